//! A multipart/byteranges body, taken apart as RFC 9110 §14.6 and RFC 2046 §5.1 have it. Pure.

use std::ops::Range;

/// One part: its header fields, and where its bytes lie in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Header fields, as they came.
    pub headers: Vec<(String, String)>,
    /// Its bytes.
    pub body: Range<usize>,
}

impl Piece {
    /// The first value of a header field, by a name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The boundary that a Content-Type names.
pub fn boundary(content_type: &str) -> Option<String> {
    let (_, parameters) = content_type.split_once(';')?;
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    })?;
    (!value.is_empty() && value.len() <= 70).then_some(value)
}

/// Takes a body apart: the parts that can be read, and what is wrong with the rest.
pub fn parts(body: &[u8], boundary: &str) -> (Vec<Piece>, Option<String>) {
    let delimiter = format!("--{boundary}");
    let mut found = Vec::new();
    let Some(mut at) = find(body, delimiter.as_bytes(), 0) else {
        return (found, Some("the boundary that Content-Type names is not in the body".into()));
    };
    loop {
        at += delimiter.len();
        if body[at..].starts_with(b"--") {
            return (found, None);
        }
        let Some(head) = line_end(body, at) else {
            let bare = body[at..].starts_with(b"\n");
            let how = if bare {
                "lines end with LF alone, not CRLF"
            } else {
                "the boundary is not followed by CRLF"
            };
            return (found, Some(how.into()));
        };
        let Some(end) = find(body, b"\r\n\r\n", head.saturating_sub(2)) else {
            return (found, Some("the header of a part does not end with an empty line".into()));
        };
        let start = end + 4;
        let Some(next) = find(body, format!("\r\n{delimiter}").as_bytes(), start.saturating_sub(2)) else {
            return (found, Some("the last boundary is missing: a closing `--` must follow it".into()));
        };
        let text = String::from_utf8_lossy(&body[head..end.max(head)]).into_owned();
        let headers = text.split("\r\n").filter_map(|line| line.split_once(':'));
        let headers =
            headers.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
        found.push(Piece { headers, body: start..next.max(start) });
        at = next + 2;
    }
}

/// Where the line after optional blanks begins, if CRLF ends this one.
fn line_end(body: &[u8], at: usize) -> Option<usize> {
    let blanks = body[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    body[at + blanks..].starts_with(b"\r\n").then_some(at + blanks + 2)
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = body.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[u8] = b"preamble\r\n--b\r\nContent-Type: a/b\r\nContent-Range: bytes 0-1/9\r\n\r\nxy\r\n--b\r\ncontent-range: bytes 8-8/9\r\n\r\nz\r\n--b--\r\n";

    #[test]
    fn parts_are_found_with_their_fields() {
        let (parts, wrong) = parts(TWO, "b");
        assert_eq!(wrong, None);
        assert_eq!(parts.len(), 2);
        assert_eq!(&TWO[parts[0].body.clone()], b"xy");
        assert_eq!(parts[1].header("Content-Range"), Some("bytes 8-8/9"));
        assert_eq!(&TWO[parts[1].body.clone()], b"z");
    }

    #[test]
    fn what_is_malformed_is_named() {
        let lf = String::from_utf8(TWO.to_vec()).unwrap().replace("\r\n", "\n");
        assert_eq!(parts(lf.as_bytes(), "b").1.unwrap(), "lines end with LF alone, not CRLF");
        assert!(parts(&TWO[..TWO.len() - 9], "b").1.unwrap().contains("last boundary"));
        assert!(parts(b"xyz", "b").1.is_some());
    }

    #[test]
    fn a_boundary_is_read_quoted_or_not() {
        assert_eq!(boundary("multipart/byteranges; boundary=b").as_deref(), Some("b"));
        assert_eq!(boundary("multipart/byteranges; charset=x; Boundary=\"a b\"").as_deref(), Some("a b"));
        assert_eq!(boundary("multipart/byteranges"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_taken_apart_without_a_panic(body: Vec<u8>, more in "(--b(\r\n|\n|--)?|x: y\r\n|\r\n){0,20}") {
            let mut all = body;
            all.extend(more.into_bytes());
            let _ = parts(&all, "b");
        }
    }
}
