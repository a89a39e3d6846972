//! The words of HTTP and of recordings, for whoever has never read an RFC.

/// (word, what it means). Longer words stand before those that they contain.
static WORDS: &[(&str, &str)] = &[
    ("200", "the answer that encloses the whole recording"),
    ("206", "the answer that encloses a part of the recording, \"Partial Content\""),
    ("304", "the answer that says: what you have is still right"),
    ("412", "the answer that says: the recording is not the one you think"),
    ("416", "the answer that says: there are no such bytes in the recording"),
    ("429", "HubSpot's answer to too many requests: wait, and send it again"),
    ("Accept-Ranges", "a header in which a server says whether parts can be asked for"),
    ("Content-Disposition", "a header that gives the name under which a download is saved"),
    ("Content-Encoding", "a header that says how the body was compressed for the journey"),
    ("Content-Length", "a header that says how many bytes the body has"),
    ("Content-Range", "a header that says which bytes a 206 encloses, and of how many: `bytes 0-99/1000`"),
    ("Content-Type", "a header that says what the body is"),
    ("Cross-Origin-Resource-Policy", "a header that says whose pages may show or play this"),
    (
        "ETag",
        "a label for one version of the bytes; weak, with `W/` before it, when it does not promise each byte",
    ),
    ("HEAD", "a request for the headers alone"),
    ("If-Range", "a header of the player: the part if nothing has changed, else the whole"),
    ("If-None-Match", "a header of the client: send it only if it has changed"),
    ("Last-Modified", "a header that says when the recording was last changed"),
    ("nosniff", "a header that forbids the browser to find out the type by itself"),
    ("multipart", "a body that encloses several parts, with lines between them"),
    ("octet-stream", "the media type that means just bytes: `application/octet-stream`"),
    ("GUID", "an id such as f240bbac-87c9-4f6e-bf70-924b57d47db7"),
    ("moov", "the index of an MP4 file: without it nothing can be found in the sound"),
    ("presigned", "of a URL: it carries its own permission, for a time"),
    ("Range", "a header in which a player asks for a part: `bytes=0-99` means the first hundred bytes"),
];

/// The words that stand in a text, with what they mean, in the order of the alphabet.
pub fn words_in(text: &str) -> Vec<(&'static str, &'static str)> {
    WORDS.iter().filter(|(word, _)| stands(text, word)).copied().collect()
}

/// Whether a word stands in a text by itself.
fn stands(text: &str, word: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-');
    text.match_indices(word).any(|(at, _)| {
        !joins(text[..at].chars().next_back()) && !joins(text[at + word.len()..].chars().next())
    })
}
