//! Makes hostile text harmless: control characters are shown, never sent; long text is clipped. Pure.

use super::WRITES;
use std::fmt::Write as _;

/// The most characters of one value on a terminal.
pub(super) const TERMINAL: usize = 400;
/// The most characters of one value in a file.
pub(super) const FILE: usize = 4_000;
/// The most characters of a line for a shell: it would be of no use if it were cut.
pub(super) const CURL: usize = 16_000;

/// One line of at most `most` characters: control characters become visible pictures, directions and separators of
/// Unicode their numbers.
pub(super) fn line(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut characters = text.chars();
    for _ in 0..most {
        let Some(c) = characters.next() else { return shown };
        push(&mut shown, c);
    }
    let left = characters.count();
    if left > 0 {
        write!(shown, "… ({left} more characters)").expect(WRITES);
    }
    shown
}

/// The same for text of several lines: line breaks stay.
pub(super) fn block(text: &str, most: usize) -> String {
    let lines: Vec<_> = text.lines().take(100).map(|l| line(l, most)).collect();
    lines.join("\n")
}

fn push(shown: &mut String, c: char) {
    match c {
        '\t' => shown.push(' '),
        // U+2400 and on: the pictures of the control characters.
        '\0'..='\x1f' => shown.extend(char::from_u32(0x2400 + c as u32)),
        '\x7f' => shown.push('␡'),
        _ if hidden(c) => {
            write!(shown, "\\u{{{:x}}}", c as u32).expect(WRITES);
        }
        _ => shown.push(c),
    }
}

/// Characters that a reader cannot see and that change what is seen, or that XML does not have.
fn hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::{block, line};

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        assert_eq!(
            line("a\x1b[31mred\x07\0\r\nb\u{9b}2J\u{202e}c\x7f", 99),
            "a␛[31mred␇␀␍␊b\\u{9b}2J\\u{202e}c␡"
        );
    }

    #[test]
    fn long_text_says_how_much_is_missing() {
        assert_eq!(line("ééééé", 3), "ééé… (2 more characters)");
        assert_eq!(line("ééééé", 5), "ééééé");
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("curl \\\n  -s\r\nx\0", 99), "curl \\\n  -s\nx␀");
    }
}
