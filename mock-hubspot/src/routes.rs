//! Which operation a request asks for: the table of `versions.rs`, walked.
//!
//! Holds no path of its own. Read next: `versions.rs`, `handlers/mod.rs`.

use crate::texts::Texts;
use crate::versions::{Route, routes};
use crate::wire::ObjectType;
use compact_str::CompactString;
use memchr::memchr_iter;
use percent_encoding::percent_decode_str;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Where a request leads.
pub(crate) enum Matched {
    /// To an operation, with the parameters of its path, decoded.
    Found(&'static Route, Texts),
    /// To a path that knows only other methods.
    WrongMethod(Vec<&'static str>),
    /// Nowhere.
    Miss,
}

/// A row of the table with its segments.
type Row = (&'static Route, Vec<Segment>);

/// A segment of a template.
#[derive(Clone, Copy)]
enum Segment {
    Literal(&'static str),
    /// Stands for any but the empty one.
    Parameter(&'static str),
}

impl From<&'static str> for Segment {
    fn from(segment: &'static str) -> Self {
        parameter(segment).map_or(Self::Literal(segment), Self::Parameter)
    }
}

/// What tells most rows apart besides the number of segments: the beginning, which in every row is literal.
type Beginning<'a> = [&'a str; BEGINNING];

/// The empty segment before the first slash counts.
const BEGINNING: usize = 4;
/// All rows of as many segments, by their beginning.
type Shelf = Vec<(Beginning<'static>, Vec<Row>)>;

/// No row has as many segments.
const MOST: usize = 16;

/// The table by the number of segments, then by the beginning.
static ROWS: LazyLock<[Shelf; MOST]> = LazyLock::new(|| {
    let mut shelves = [const { Shelf::new() }; MOST];
    for route in routes() {
        let texts: Vec<&str> = route.template.split('/').collect();
        let (shelf, beginning) = (&mut shelves[texts.len()], beginning(&texts));
        let segments = texts.into_iter().map(Segment::from).collect();
        match shelf.iter_mut().find(|(of, _)| *of == beginning) {
            Some((_, rows)) => rows.push((route, segments)),
            None => shelf.push((beginning, vec![(route, segments)])),
        }
    }
    shelves
});

fn beginning<'a>(segments: &[&'a str]) -> Beginning<'a> {
    std::array::from_fn(|at| segments.get(at).copied().unwrap_or_default())
}

pub(crate) fn find(method: &str, path: &str) -> Matched {
    let mut segments = [""; MOST];
    let mut count = 0;
    let mut begin = 0;
    for end in memchr_iter(b'/', path.as_bytes()).chain([path.len()]) {
        // What is longer fits no row.
        let Some(place) = segments.get_mut(count) else { return Matched::Miss };
        *place = &path[begin..end];
        (begin, count) = (end + 1, count + 1);
    }
    let segments = &segments[..count];
    let beginning = beginning(segments);
    // They differ at the end rather than at the beginning.
    let shelf =
        ROWS.get(count).into_iter().flatten().find(|(of, _)| of.iter().rev().eq(beginning.iter().rev()));
    let rows = || shelf.into_iter().flat_map(|(_, rows)| rows);
    if let Some((route, template)) = rows().find(|(r, row)| r.method == method && fits(row, segments)) {
        return Matched::Found(route, params(template, segments));
    }
    let mut allowed = Vec::new();
    for (route, _) in rows().filter(|(_, row)| fits(row, segments)) {
        if !allowed.contains(&route.method) {
            allowed.push(route.method);
        }
    }
    if allowed.is_empty() { Matched::Miss } else { Matched::WrongMethod(allowed) }
}

/// The guide's association call without its last segment, which no documentation of v3 has.
pub(crate) fn is_untyped_link(method: &str, path: &str) -> bool {
    let typed = routes().filter(|r| r.template.ends_with("/{associationType}"));
    let path: Vec<&str> = path.split('/').chain(["type"]).collect();
    method == "PUT"
        && typed.into_iter().any(|r| {
            let template: Vec<Segment> = r.template.split('/').map(Segment::from).collect();
            template.len() == path.len() && fits(&template, &path)
        })
}

/// Whether a path fits a template of as many segments.
fn fits(template: &[Segment], path: &[&str]) -> bool {
    template.iter().zip(path).all(|(wanted, segment)| match wanted {
        Segment::Parameter(_) => !segment.is_empty(),
        Segment::Literal(wanted) => same(wanted, segment),
    })
}

/// The parameters of a path that fits.
fn params(template: &[Segment], path: &[&str]) -> Texts {
    let mut params = Texts::default();
    for (wanted, segment) in template.iter().zip(path) {
        if let Segment::Parameter(name) = wanted {
            let decoded = CompactString::from(percent_decode_str(segment).decode_utf8_lossy());
            params.insert(CompactString::const_new(name), decoded);
        }
    }
    params
}

/// The name of a parameter, where a template's segment is one.
pub(crate) fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// Literal segments are compared as they are, object types under all their names.
fn same(wanted: &str, segment: &str) -> bool {
    wanted == segment
        || (wanted == ObjectType::Calls.plural() && ObjectType::infer(segment) == Some(ObjectType::Calls))
}

/// The parameters of a query, decoded, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: &str) -> Self {
        Self(url::form_urlencoded::parse(raw.as_bytes()).into_owned().collect())
    }

    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A list: repeated, separated by commas, or both; blanks and repetitions do not count.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        if self.first(name).is_none() {
            return Vec::new();
        }
        let values = self.0.iter().filter(|(n, _)| n == name).flat_map(|(_, v)| v.split(','));
        let mut seen = HashSet::new();
        values.map(str::trim).filter(|value| !value.is_empty() && seen.insert(*value)).collect()
    }

    /// `true` in any case: one of HubSpot's SDKs writes `True`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.first(name).is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }

    /// The query again, with another `after`.
    pub(crate) fn with_after(&self, after: &str) -> String {
        let kept = self.0.iter().filter(|(n, _)| n != "after" && n != "hapikey");
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .append_pair("after", after)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;

    fn operation(method: &str, path: &str) -> Option<Operation> {
        match find(method, path) {
            Matched::Found(route, _) => Some(route.operation),
            Matched::WrongMethod(_) | Matched::Miss => None,
        }
    }

    #[test]
    fn every_row_of_the_table_is_reached() {
        for route in routes() {
            let path = route.template.replace(['{', '}'], "");
            let Matched::Found(found, _) = find(route.method, &path) else { panic!("{path}") };
            assert_eq!((found.operation, found.version), (route.operation, route.version), "{path}");
        }
    }

    #[test]
    fn calls_are_calls_under_every_name() {
        for name in ["calls", "call", "0-48"] {
            assert_eq!(operation("POST", &format!("/crm/v3/objects/{name}")), Some(Operation::LogCall));
        }
        assert_eq!(operation("POST", "/crm/v3/objects/contacts"), Some(Operation::CreateRecord));
    }

    #[test]
    fn only_owners_and_searches_tolerate_a_trailing_slash() {
        assert_eq!(operation("GET", "/crm/v3/owners/"), Some(Operation::ListOwners));
        assert_eq!(operation("POST", "/crm/v3/objects/calls/search/"), Some(Operation::Search));
        assert_eq!(operation("POST", "/crm/v3/objects/calls/"), None);
    }

    #[test]
    fn parameters_are_decoded() {
        let Matched::Found(_, params) = find("GET", "/crm/v3/objects/calls/a%2Fb") else { panic!("a route") };
        assert_eq!(params.get("callId"), Some("a/b"));
    }

    #[test]
    fn the_settings_cannot_be_deleted() {
        let Matched::WrongMethod(allowed) = find("DELETE", "/crm/v3/extensions/calling/1/settings/recording")
        else {
            panic!("the path exists")
        };
        assert_eq!(allowed, ["GET", "POST", "PATCH"]);
    }

    #[test]
    fn lists_come_repeated_or_with_commas() {
        let query = Query::parse("properties=a&properties=b,c,,a&archived=False");
        assert_eq!(query.list("properties"), ["a", "b", "c"]);
        assert!(!query.flag("archived"));
    }
}
