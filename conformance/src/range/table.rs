//! The fixed table: ranges that every recording is asked for, in this order. Random ranges come after (checks.md 1.2).

/// One row of the table: a case with one request.
#[derive(Debug)]
pub struct Row {
    /// The case's name in evidence.
    pub case: &'static str,
    /// The value of the Range header for a recording of this many bytes; `None` sends no Range.
    pub range: fn(u64) -> Option<String>,
}

macro_rules! rows {
    ($($case:literal = |$l:ident| $value:expr;)+) => {
        /// Every row, in order. Recordings shorter than 2 KiB are not asked.
        pub static TABLE: &[Row] = &[$(Row { case: $case, range: |$l| $value }),+];
    };
}

rows! {
    "no-range" = |_l| None;
    "first-byte" = |_l| Some("bytes=0-0".into());
    "first-two-bytes" = |_l| Some("bytes=0-1".into());
    "open-from-start" = |_l| Some("bytes=0-".into());
    "whole-closed" = |l| Some(format!("bytes=0-{}", l - 1));
    "header" = |_l| Some("bytes=0-43".into());
    "middle" = |l| Some(format!("bytes={}-{}", l / 2, l / 2 + 999));
    "open-from-middle" = |l| Some(format!("bytes={}-", l / 2));
    "last-byte-closed" = |l| Some(format!("bytes={0}-{0}", l - 1));
    "last-byte-open" = |l| Some(format!("bytes={}-", l - 1));
    "last-byte-suffix" = |_l| Some("bytes=-1".into());
    "suffix" = |_l| Some("bytes=-500".into());
    "suffix-longer-than-recording" = |l| Some(format!("bytes=-{}", l + 1000));
    "end-beyond" = |l| Some(format!("bytes={}-{}", l - 10, l + 9999));
    "end-far-beyond" = |l| Some(format!("bytes=0-{}", l * 10));
    "start-at-length" = |l| Some(format!("bytes={l}-"));
    "start-beyond" = |l| Some(format!("bytes={}-{}", l + 1000, l + 2000));
    "zero-suffix" = |_l| Some("bytes=-0".into());
    "reversed" = |_l| Some("bytes=500-100".into());
    "garbage-letters" = |_l| Some("bytes=abc".into());
    "garbage-empty" = |_l| Some("bytes=".into());
    "garbage-dash" = |_l| Some("bytes=-".into());
    "garbage-three" = |_l| Some("bytes=1-2-3".into());
    "garbage-hex" = |_l| Some("bytes=0x0-5".into());
    "garbage-sign" = |_l| Some("bytes=+0-5".into());
    "garbage-parameter" = |_l| Some("bytes=0-5;q=1".into());
    "garbage-decimal" = |_l| Some("bytes=0.0-5".into());
    "garbage-no-equals" = |_l| Some("bytes 0-5".into());
    "garbage-no-unit" = |_l| Some("0-5".into());
    "unit-items" = |_l| Some("items=0-5".into());
    "unit-seconds" = |_l| Some("seconds=1-2".into());
    "spelt-upper-case" = |_l| Some("BYTES=0-9".into());
    "spelt-title-case" = |_l| Some("Bytes=0-9".into());
    "spelt-space-first" = |_l| Some("bytes= 0-9".into());
    "spelt-spaces-around" = |_l| Some("bytes = 0-9".into());
    "spelt-spaces-inside" = |_l| Some("bytes=0 - 9".into());
    "spelt-leading-zeros" = |_l| Some("bytes=000-0017".into());
    "number-largest-u32" = |_l| Some("bytes=0-4294967295".into());
    "number-beyond-u32" = |_l| Some("bytes=0-4294967296".into());
    "number-from-beyond-u32" = |_l| Some("bytes=4294967296-".into());
    "number-largest-u64" = |_l| Some("bytes=0-18446744073709551615".into());
    "number-beyond-u64" = |_l| Some("bytes=0-18446744073709551616".into());
    "number-forty-nines" = |_l| Some(format!("bytes=0-{}", "9".repeat(40)));
    "number-from-beyond-u64" = |_l| Some("bytes=18446744073709551616-".into());
    "number-suffix-beyond-u64" = |_l| Some("bytes=-18446744073709551616".into());
}
