//! What a real browser made of the recording: whether it played, how far it could seek, and where it went on.
//!
//! Asked only where a browser is asked for (`--browser`). The judges stand in `judges`.

mod judges;
#[cfg(test)]
mod tests;

use crate::check::{Check, check};
use crate::clauses::{guide, players, rfc9110};

pub(super) static CHECKS: &[&Check] = &[&PLAYS, &SEEKABLE, &SEEKS, &ANSWERS_RANGES, &SEEK_COSTS];

check! {
    /// Chromium plays the recording on a page of another site.
    ///
    /// ## Why it matters
    /// It is what users do: HubSpot's page has their browser play the recording from your address. A browser that
    /// refuses shows an error where the player should be.
    ///
    /// ## How to fix
    /// Open the authenticated URL in an `<audio>` element on a page of another host, and look into the browser's network
    /// panel. A blocked answer means `Cross-Origin-Resource-Policy` or a `Content-Type` that is no sound beside `nosniff`;
    /// an answer that came and did not play, a `Content-Range` that is missing or does not fit the recording.
    static PLAYS = {
        id: "player/plays", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[players::PLAYING, guide::OCTET_STREAM],
        needs: &[Browser],
        judge: judges::plays,
        proof: &[
            "download/text-type",
            "download/json-type",
            "download/nosniff-text",
            "download/same-origin-policy",
            "ranges/no-content-range",
            "ranges/content-range-ends-at-length",
        ],
    }
}

check! {
    /// The player can seek from the start to the end of the recording.
    ///
    /// ## Why it matters
    /// A player offers only what it believes it can reach. Where the server ignores `Range`, or tells no complete length,
    /// the playhead cannot be dragged, or the recording seems endless.
    ///
    /// ## How to fix
    /// Answer `Range` with 206 and a `Content-Range` that ends in the recording's length (`bytes 0-999/58492878`, not
    /// `…/*`), and send `Accept-Ranges: bytes`.
    static SEEKABLE = {
        id: "player/seekable-to-the-end", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::LENGTH, guide::RANGE_206],
        needs: &[Browser],
        judge: judges::seekable,
        proof: &["ranges/answers-200-with-everything", "ranges/total-unknown"],
    }
}

check! {
    /// Put at 80 % and back at 20 %, the playhead stays there and plays on.
    ///
    /// ## Why it matters
    /// Dragging the playhead is a range request. Where it is answered with other bytes, or not at all, the recording
    /// starts again, jumps to its end, hangs, or stops with an error.
    ///
    /// ## How to fix
    /// Answer each `Range` with exactly the bytes that were asked for, as often as it is asked and as long as somebody
    /// listens: a signed URL must work more than once, and longer than the recording takes. The checks of `ranges/` name
    /// the request that goes wrong.
    static SEEKS = {
        id: "player/seeks", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::SEEKING, players::FINAL_URL],
        needs: &[Browser],
        judge: judges::seeks,
        proof: &[
            "ranges/answers-200-with-everything",
            "ranges/constant-content-range",
            "ranges/200-with-a-slice",
            "download/one-time-url",
        ],
    }
}

check! {
    /// Every range that the browser asks for is answered with 206.
    ///
    /// ## Why it matters
    /// HubSpot asks for 206 and not 200. A browser that gets 200 downloads the recording again from its start, which takes
    /// as long as the recording is large; any other refusal ends the playing.
    ///
    /// ## How to fix
    /// Keep the ETag the same for the same bytes: a browser sends it back in `If-Range`, and gets all of the recording where
    /// it changed. Answer `bytes=0-` with 206, too. Let the URL work for every request of a listener, not for one alone.
    static ANSWERS_RANGES = {
        id: "player/answers-ranges", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S13_1_5, rfc9110::S14_2],
        needs: &[Browser],
        judge: judges::answers_ranges,
        proof: &[
            "ranges/answers-200-with-everything",
            "ranges/accept-ranges-lies",
            "ranges/opens-with-200",
            "ranges/etag-each-time",
            "ranges/if-range-never-matches",
            "ranges/200-with-a-slice",
            "download/one-time-url",
        ],
    }
}

check! {
    /// A seek does not fetch what lies before it.
    ///
    /// ## Why it matters
    /// Whoever seeks to the end of an hour waits for the whole hour, and your network carries it each time.
    ///
    /// ## How to fix
    /// Answer `Range` with 206 and the bytes that were asked for. `player/answers-ranges` names the request.
    static SEEK_COSTS = {
        id: "player/seek-costs", level: Informational, profile: Seek, since: "0.1.0",
        clauses: &[players::SEEKING, guide::RANGE_206],
        needs: &[Browser],
        judge: judges::seek_costs,
        proof: &["ranges/accept-ranges-lies", "ranges/etag-each-time"],
    }
}
