//! Strikes elsewhere: at the trigger, towards HubSpot, by certificates, closed ports and processes; and none at all.

use super::{
    ANSWERS,
    Fails::{self, Among, Just},
    ROW, Row,
};
use crate::hostile::peer::{HONEST, Ways};
use crate::hostile::strikes as s;
use crate::hostile::tls::Certificate;

/// Nobody listens any more after so many requests.
const fn closed(name: &'static str, requests: usize, fails: Fails) -> Row {
    let ways = Ways { gone_after: Some(requests), ..HONEST };
    Row { at: "port", name, ways, exit: 1, fails, says: &["no answer: "], ..ROW }
}

pub(super) static ROWS: &[Row] = &[
    ROW,
    Row {
        at: "trigger",
        name: "endless header fields",
        ways: Ways { trigger: s::endless_headers, ..HONEST },
        exit: 4,
        says: &["the trigger"],
        ..ROW
    },
    Row { at: "trigger", name: "an endless body", ways: Ways { trigger: s::endless_body, ..HONEST }, ..ROW },
    Row {
        at: "trigger",
        name: "silence",
        ways: Ways { trigger: s::hangs, ..HONEST },
        exit: 4,
        says: &["the trigger", "no answer in time"],
        ..ROW
    },
    Row {
        at: "trigger",
        name: "a refusal with markup",
        ways: Ways { trigger: s::refusal_with_markup, ..HONEST },
        ..ROW
    },
    Row {
        at: "trigger",
        name: "resets",
        ways: Ways { trigger: s::resets, ..HONEST },
        exit: 4,
        says: &["the trigger", "Connection reset"],
        ..ROW
    },
    Row {
        at: "HubSpot",
        name: "markup and control characters in every string",
        ways: Ways { telling: s::tells_markup, ..HONEST },
        exit: 1,
        fails: Just(&["calls/direction", "calls/status"]),
        says: &["hs_call_status is"],
        ..ROW
    },
    Row {
        at: "HubSpot",
        name: "an external id of markup",
        ways: Ways { telling: s::tells_an_id_of_markup, endpoint: s::any_call, ..HONEST },
        ..ROW
    },
    Row {
        at: "HubSpot",
        name: "rubbish of every kind",
        ways: Ways { telling: s::tells_rubbish, ..HONEST },
        ..ROW
    },
    Row {
        at: "HubSpot",
        name: "control characters in headers",
        ways: Ways { telling: s::tells_control_characters_in_headers, ..HONEST },
        exit: 1,
        fails: Just(&["calls/logged", "settings/registered"]),
        ..ROW
    },
    Row {
        at: "certificate",
        name: "a good one",
        ways: Ways { certificate: Some(Certificate::Good), ..HONEST },
        ..ROW
    },
    Row {
        at: "certificate",
        name: "expired",
        ways: Ways { certificate: Some(Certificate::Expired), ..HONEST },
        exit: 1,
        fails: Just(&[ANSWERS]),
        says: &["certificate expired"],
        ..ROW
    },
    Row {
        at: "certificate",
        name: "for another host",
        ways: Ways { certificate: Some(Certificate::AnotherHost), ..HONEST },
        exit: 1,
        fails: Just(&[ANSWERS]),
        says: &["certificate not valid for name", "other.example"],
        ..ROW
    },
    closed("closed after one request", 1, Just(&[ANSWERS])),
    closed("closed after 3 requests", 3, Just(&[ANSWERS])),
    closed("closed after 12 requests", 12, Among(&["authenticated-url/asked-again"])),
    closed("closed after 40 requests", 40, Among(&["authenticated-url/asked-again"])),
    closed("closed after 100 requests", 100, Among(&["authenticated-url/asked-again"])),
    Row { at: "process", name: "forks", process: Some("sleep 600 & sleep 600 & exec sleep 600"), ..ROW },
    Row {
        at: "process",
        name: "forks two hundred times",
        process: Some("for i in $(seq 200); do sleep 600 & done; wait"),
        ..ROW
    },
    Row {
        at: "process",
        name: "forks into a session of its own",
        process: Some("setsid sh -c 'sleep 600; :' & exec sleep 600"),
        ..ROW
    },
    Row {
        at: "process",
        name: "ignores SIGTERM",
        process: Some("trap '' TERM HUP INT; while :; do sleep 5; done"),
        ..ROW
    },
    Row {
        at: "process",
        name: "stops itself",
        process: Some("(sleep 1; kill -STOP $$) & while :; do sleep 1; done"),
        ..ROW
    },
    Row {
        at: "process",
        name: "floods its stdout",
        process: Some("exec yes '\\033[31m<script>alert(7351)</script>'"),
        ..ROW
    },
    Row {
        at: "process",
        name: "floods its stderr with one line",
        process: Some("exec tr '\\0' x </dev/zero >&2"),
        ..ROW
    },
    Row {
        at: "process",
        name: "ends in the midst and leaves others behind",
        process: Some("sleep 600 & sleep 1"),
        ..ROW
    },
    Row {
        at: "process",
        name: "ends with what would be obeyed",
        process: Some("printf '\\033]0;owned\\007\\033[31m<script>alert(7351)</script>\\000\\n' >&2; exit 3"),
        up: "/never",
        exit: 4,
        says: &["exit status: 3"],
        ..ROW
    },
];
