//! `CONTAINS_TOKEN`: whether a text has a word, `*` standing for any part of one.

/// How much of a text is looked at; HubSpot's properties are no longer.
const LONGEST: usize = 65_536;

/// Words, each of which the text must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenPattern(Vec<Vec<String>>);

impl TokenPattern {
    pub(crate) fn new(text: &str) -> Self {
        let text = text.to_lowercase();
        Self(text.split_whitespace().map(|word| word.split('*').map(str::to_owned).collect()).collect())
    }

    /// Words are what stands between blanks, and what stands between any signs.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
        let text = text[..end].to_lowercase();
        self.0.iter().all(|word| {
            let fits = |token: &str| !token.is_empty() && glob(word, token);
            fits(text.trim())
                || text.split_whitespace().any(fits)
                || text.split(|c: char| !c.is_alphanumeric()).any(fits)
        })
    }
}

/// Whether a token is these parts in this order, with anything between them. Takes a time linear in the token.
fn glob(parts: &[String], token: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_none_or(|only| only == token);
    };
    let Some(mut rest) = token.strip_prefix(first.as_str()).and_then(|t| t.strip_suffix(last.as_str()))
    else {
        return false;
    };
    for part in middle {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_or_by_their_parts() {
        for (pattern, text, found) in [
            ("dial", "No dial tone", true),
            ("DIAL tone", "No dial-tone", true),
            ("dia", "No dial tone", false),
            ("dia*", "No dial tone", true),
            ("*@customer.example", "ada@customer.example", true),
            ("customer.example", "ada@customer.example", false),
            ("customer", "ada@customer.example", true),
            ("*", "anything", true),
            ("*", "", false),
            ("a**a", "aba", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(TokenPattern::new(pattern).fits(text), found, "{pattern} in {text}");
        }
    }
}
