//! The requests of players, in their order and with their header fields, as they were measured with a recording of a
//! quarter of an hour: play, seek to 80 %, seek back to 20 %. Safari's are from reports.

use super::asking::{Asking, Recording, to_recording};
use super::manners::{self, Fields};
use crate::evidence::{Probe, ProbeOutcome};
use crate::range::walk::READ_AT_MOST;

/// A player whose requests are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Player {
    /// Chromium 156.
    Chrome156,
    /// Chrome before 2026.
    ChromeLegacy,
    /// Firefox 153.
    Firefox153,
    /// Safari.
    Safari,
}

impl Player {
    /// Every player, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Chrome156, Self::ChromeLegacy, Self::Firefox153, Self::Safari];
    /// Its name in cases and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chrome156 => "chrome156",
            Self::ChromeLegacy => "chrome-legacy",
            Self::Firefox153 => "firefox153",
            Self::Safari => "safari",
        }
    }
}

/// One request: its Range, and whether If-Range goes with it.
type Request = (String, bool);

/// Offsets are multiples of 32 KiB, as measured, where the recording is long enough.
fn aligned(length: u64, percent: u64) -> u64 {
    const PIECE: u64 = 32 << 10;
    let at = length * percent / 100;
    if at >= PIECE { at / PIECE * PIECE } else { at }
}

/// What a player sends for a recording of `length` bytes: always its short form; the long one where it was ordered.
fn requests(player: Player, length: u64, long: bool) -> Vec<Request> {
    let (far, back, end) = (aligned(length, 80), aligned(length, 20), length - 1);
    let plain = |range: String| (format!("bytes={range}"), false);
    let cached = |range: String| (format!("bytes={range}"), true);
    let mut all = match player {
        // Holes of its cache are closed ranges, under If-Range.
        Player::Chrome156 => vec![
            plain("0-".into()),
            cached(format!("{far}-{end}")),
            cached(format!("{back}-{}", far.max(back + 1) - 1)),
        ],
        Player::ChromeLegacy => vec![plain("0-".into()), plain(format!("{far}-"))],
        Player::Firefox153 => vec![plain("0-".into()), plain(format!("{far}-")), plain(format!("{back}-"))],
        Player::Safari => vec![
            plain("0-1".into()),
            plain(format!("0-{end}")),
            plain("576-583".into()),
            plain(format!("{far}-{}", (far + 65_535).min(end))),
        ],
    };
    if long {
        // Chromium fills small holes, Firefox searches a FLAC file by halves, Safari walks the boxes of an MP4 file.
        all.extend(match player {
            Player::Chrome156 | Player::ChromeLegacy => vec![
                cached(format!("{}-{end}", length - length.min(17_071))),
                cached(format!("{}-{}", far - far.min(32_768), far.max(1) - 1)),
                plain(format!("{}-", aligned(length, 6))),
            ],
            Player::Firefox153 => [10, 15, 17, 18, 20]
                .into_iter()
                .map(|percent| plain(format!("{}-", aligned(length, percent))))
                .collect(),
            Player::Safari => {
                (0..12).map(|step| plain(format!("{}-{}", 600 + 24 * step, 607 + 24 * step))).collect()
            }
        });
    }
    all
}

fn fields(player: Player, range: &str) -> Fields {
    match player {
        Player::Chrome156 => manners::chromium(range),
        Player::ChromeLegacy => manners::chrome_legacy(range),
        Player::Firefox153 => manners::firefox(range),
        Player::Safari => manners::safari(range),
    }
}

/// Asks as each player would, one after another.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    if asking.is_silent(Probe::Players) {
        return;
    }
    for player in Player::ALL {
        let long = asking.ctx.ranges.player == Some(player);
        let asked = requests(player, recording.spooled.length, long);
        for (number, (range, conditional)) in (1..).zip(asked) {
            let mut headers = fields(player, &range);
            // A weak ETag is not sent back (measured); without any, the date is.
            let validator = match &recording.etag {
                Some(etag) => Some(etag.clone()).filter(|etag| etag.starts_with('"')),
                None => recording.last_modified.clone(),
            };
            headers.extend(validator.filter(|_| conditional).map(|validator| ("If-Range", validator.into())));
            let case = format!("{}-{number}", player.name());
            let ask =
                to_recording(Probe::Players, case, url, headers, Some(&recording.spooled), READ_AT_MOST);
            let heard = asking.client.ask_politely(ask).await;
            let heard = asking.keep(heard);
            if heard.waited_in_vain {
                let reason = format!("an answer to {} stalled", player.name());
                asking.settle(Probe::Players, ProbeOutcome::Blocked(reason));
                return;
            }
        }
    }
    asking.settle(Probe::Players, ProbeOutcome::Asked);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::range::oracle::plainly_satisfiable;

    #[test]
    fn every_player_asks_for_what_is_there() {
        for length in [2048, 70_000, 1_280_044, 58_492_878] {
            for player in Player::ALL {
                for (range, _) in requests(player, length, true) {
                    assert!(
                        plainly_satisfiable(Some(&range), length),
                        "{} {range} of {length}",
                        player.name()
                    );
                }
            }
        }
        assert_eq!(requests(Player::Firefox153, 58_492_878, false)[1].0, "bytes=46792704-");
        assert_eq!(requests(Player::Chrome156, 58_492_878, false)[2].0, "bytes=11698176-46792703");
    }
}
