//! Portal files: read from TOML or JSON, their mistakes told with line, column and what was probably meant.
//!
//! Pure. Read next: `setup.rs` (what stands in one), `../cli.rs`, `../control/portals.rs`.

use super::{Portal, PortalSetup, kept};
use serde_json::{Map, Value};

/// What a file said, and nothing else: what it leaves out can be filled in by others than the default portal.
#[derive(Debug, Default)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// This setup, but for what was said.
    pub(crate) fn over(self, own: PortalSetup) -> PortalSetup {
        let Ok(Value::Object(mut all)) = serde_json::to_value(&own) else { return own };
        all.extend(self.0);
        // It was read as a setup before; members that are left out are those of `own`.
        serde_json::from_value(Value::Object(all)).unwrap_or(own)
    }
}

/// A whole portal file; `name` is what it is called in messages.
pub(crate) fn read(name: &str, text: &str) -> Result<PortalSetup, String> {
    let setup: PortalSetup = toml::from_str(text).map_err(|error| explain(name, text, &error))?;
    check(name, text, setup)
}

/// The portal file that starts a portal as it is now.
pub(crate) fn written(portal: &Portal) -> String {
    // A setup has no member that TOML does not know.
    toml::to_string(&portal.export()).unwrap_or_default()
}

/// A portal that came in the body of a request: TOML, JSON, or nothing.
pub(crate) fn read_members(body: &[u8]) -> Result<Members, String> {
    let text =
        std::str::from_utf8(body).map_err(|_| "a portal is TOML or JSON, which is UTF-8".to_owned())?;
    let start = text.trim_start();
    if start.is_empty() {
        return Ok(Members::default());
    }
    let value: Value = if start.starts_with('{') {
        let told = |error: &serde_json::Error| {
            let at = offset(text, error.line(), error.column());
            let message = error.to_string();
            let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            point("portal.json", text, at, message, suggestion(message).as_deref())
        };
        let setup: PortalSetup = serde_json::from_str(text).map_err(|error| told(&error))?;
        check("portal.json", text, setup)?;
        serde_json::from_str(text).map_err(|error| told(&error))?
    } else {
        read("portal.toml", text)?;
        toml::from_str(text).map_err(|error| explain("portal.toml", text, &error))?
    };
    match value {
        Value::Object(members) => Ok(Members(members)),
        _ => Err("a portal is a table".to_owned()),
    }
}

fn check(name: &str, text: &str, setup: PortalSetup) -> Result<PortalSetup, String> {
    if setup.app_id.parse::<i32>().is_err() {
        let at = text.find("app_id").unwrap_or(0);
        return Err(point(name, text, at, &format!("app_id \"{}\" is not a number", setup.app_id), None));
    }
    if let Some((kept, why)) = kept::mistake(&setup) {
        let at = text.find(&kept.row).unwrap_or(0);
        let message = format!("the kept row {} cannot be read: {why}", kept.row);
        return Err(point(name, text, at, &message, Some("export the portal again, or take the row out")));
    }
    Ok(setup)
}

/// Where a line and a column, both counted from 1, are in a text.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// File, line and column, the line itself with a caret, and what was probably meant.
fn explain(name: &str, text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start);
    point(name, text, at, error.message(), suggestion(error.message()).as_deref())
}

fn point(name: &str, text: &str, at: usize, message: &str, help: Option<&str>) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count();
    let column = before.chars().rev().take_while(|c| *c != '\n').count();
    let shown = text.lines().nth(line).unwrap_or_default();
    let caret = " ".repeat(column);
    let help = help.map(|h| format!("\nhelp: {h}")).unwrap_or_default();
    format!("{name}:{}:{}: {message}\n  {shown}\n  {caret}^{help}", line + 1, column + 1)
}

/// Of the names that serde expected, the one that is nearest to the name that it found.
fn suggestion(message: &str) -> Option<String> {
    let mut names = message.split('`').skip(1).step_by(2);
    let found = names.next()?;
    let nearest = names.min_by_key(|name| strsim::levenshtein(found, name))?;
    (strsim::levenshtein(found, nearest) <= found.len() / 2).then(|| format!("did you mean `{nearest}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_in_a_portal_file_is_pointed_at() {
        let text = "portal_id = 1\nacces_token = \"x\"\n";
        let shown = read("portal.toml", text).expect_err("no such key");
        assert!(shown.starts_with("portal.toml:2:1: unknown field `acces_token`"), "{shown}");
        assert!(shown.ends_with("help: did you mean `access_token`?"), "{shown}");
    }

    #[test]
    fn a_mistake_in_json_is_pointed_at() {
        let shown =
            read_members(b"{\n  \"portal_id\": 1,\n  \"acces_token\": \"x\"\n}").expect_err("no such key");
        assert!(shown.starts_with("portal.json:3:"), "{shown}");
        assert!(shown.contains("unknown field `acces_token`"), "{shown}");
        assert!(shown.ends_with("help: did you mean `access_token`?"), "{shown}");
        assert!(read_members(b"{\"app_id\": \"x\"}").is_err() && read_members(b"[1]").is_err());
    }

    #[test]
    fn a_kept_row_that_is_none_is_pointed_at() {
        let text = "portal_id = 1\n[[kept]]\nrow = '{\"record\":[\"call\",1]}'\nvalue = '{}'\n";
        let shown = read("portal.toml", text).expect_err("no such type");
        assert!(shown.starts_with("portal.toml:3:8: the kept row"), "{shown}");
        assert!(shown.ends_with("help: export the portal again, or take the row out"), "{shown}");
    }

    #[test]
    fn what_a_portal_leaves_out_is_filled_in() {
        let own = PortalSetup { access_token: "own".into(), ..PortalSetup::default() };
        for body in [
            &b"portal_id = 7\n[[contacts]]\nid = 5\n"[..],
            b"{\"portal_id\": 7, \"contacts\": [{\"id\": 5}]}",
        ] {
            let read = read_members(body).expect("a portal").over(own.clone());
            assert_eq!((read.portal_id, read.access_token.as_str(), read.contacts.len()), (7, "own", 1));
            assert_eq!(read.owners.len(), own.owners.len());
        }
    }

    #[test]
    fn the_default_portal_survives_a_portal_file() {
        let text = toml::to_string(&PortalSetup::default()).expect("it serialises");
        assert!(read("portal.toml", &text) == Ok(PortalSetup::default()));
    }
}
