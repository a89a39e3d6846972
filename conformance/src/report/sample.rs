//! Small results, made by hand and hostile, for the tests of the renderers.

use crate::check::{Level, Profile, Section};
use crate::measured::{FirstByte, Kind, KindMeasured, Measured, Shape, ShapeSeen};
use crate::results::{CheckResult, Identity, Kit, Results, RunTiming, SCHEMA, Standing, StoryResult};
use crate::verdict::{Finding, Verdict};

pub(crate) const HOSTILE: &str =
    "<script>alert('x')</script> ]]> \x1b[31mred\x1b[0m \0 `code` ``` a|b \u{202e}";

fn check(
    section: Section,
    id: &str,
    level: Level,
    profile: Profile,
    title: &str,
    verdict: Verdict,
) -> CheckResult {
    CheckResult { check: id.into(), section, level, profile, title: title.into(), verdict }
}

fn story(scenario: &str, checks: Vec<CheckResult>) -> StoryResult {
    StoryResult {
        scenario: scenario.into(),
        title: format!("The story of {scenario}"),
        not_told: None,
        checks,
        requests: 301,
        random_cases: 256,
        took_ms: 1234,
    }
}

pub(crate) fn results(stories: Vec<StoryResult>, exit: u8, sentence: &str) -> Results {
    Results {
        schema: SCHEMA.into(),
        kit: Kit { name: "conformance".into(), version: "0.1.0".into() },
        integration: Identity {
            organization: "Acme Telephony".into(),
            product: "Acme Dialer".into(),
            version: "4.2.1".into(),
            contact: "integrations@acme.example".into(),
        },
        seed: "0x00000000c0ffee00".into(),
        cases: 256,
        profiles: vec![Profile::Playback, Profile::Seek, Profile::Transcription],
        strict: false,
        filtered: false,
        shard: None,
        standing: Standing {
            exit,
            sentence: sentence.into(),
            reasons: vec![sentence.into()],
            counts: std::collections::BTreeMap::new(),
        },
        waivers: Vec::new(),
        stories,
        setup_faults: Vec::new(),
        harness_faults: Vec::new(),
        measured: Measured::default(),
        timing: RunTiming { started: "2026-11-22T11:00:00Z".into(), took_ms: 4321 },
    }
}

fn passing() -> CheckResult {
    let title = "The call is logged";
    check(Section::Calls, "calls/logged", Level::Required, Profile::Playback, title, Verdict::Pass)
}

fn undeclared() -> CheckResult {
    let why = Verdict::not_applicable("the profile security was not declared");
    check(
        Section::Security,
        "security/neighbour",
        Level::Recommended,
        Profile::Security,
        "No neighbour is heard",
        why,
    )
}

pub(crate) fn single() -> Finding {
    Finding {
        clause: "RFC 9110 §15.3.7: 206 encloses exactly the bytes that its Content-Range names".into(),
        more: 2,
        ..Finding::new(
            "GET http://127.0.0.1:40513/recordings/call-1?sig=<secret:2> Range: bytes=0-0",
            "206 with byte 0",
            format!("200, Content-Type: {HOSTILE}"),
        )
        .or("nothing else")
        .differing("at byte 1 of 1460044")
        .seen_in("e12")
        .seen_in("j7")
        .curl("url=$(curl -s 'http://127.0.0.1:40513/retrieve/recording/call-1?appId=1')\ncurl -s -H 'Range: bytes=0-0' \"$url\"")
    }
}

/// Two stories with every kind of verdict, and one that was not told.
pub(crate) fn mixed() -> Results {
    let fail = |finding| {
        let title = "A satisfiable range is answered with 206";
        check(Section::Ranges, "ranges/single", Level::Required, Profile::Seek, title, Verdict::fail(finding))
    };
    let lifetime = Verdict::fail(Finding {
        clause: "guide §1: recordings are reached through authenticated URLs".into(),
        ..Finding::new("GET /retrieve/recording/call-1", "at least 82 s", "30 s, of 17 ms each")
    });
    let lifetime = check(
        Section::AuthenticatedUrl,
        "authenticated-url/lifetime",
        Level::Recommended,
        Profile::Playback,
        "The URL lives long enough",
        lifetime,
    );
    let channels = check(
        Section::Media,
        "media/channels",
        Level::Required,
        Profile::Transcription,
        "Each speaker has a channel",
        Verdict::unjudged(format!("the download was blocked: {HOSTILE}")),
    );
    let quiet = check(
        Section::Media,
        "media/quiet",
        Level::Informational,
        Profile::Transcription,
        "Nobody whispers",
        Verdict::unjudged("not stable: 1 of 3"),
    );
    let mut moved = story("registration-moved", Vec::new());
    moved.not_told = Some("nothing can move the registration | at all".into());
    (moved.requests, moved.random_cases) = (0, 0);
    let stories = vec![
        story("outbound-call", vec![passing(), lifetime, fail(single()), channels, quiet, undeclared()]),
        story("inbound-call", vec![passing(), fail(Finding::new("GET", "206", "200"))]),
        moved,
    ];
    let mut mixed = results(stories, 1, "not conformant: 1 required check of 5 is broken");
    mixed.standing.reasons.push("1 required check is unjudged".into());
    mixed.measured = measured();
    mixed
}

fn measured() -> Measured {
    let kind = |kind, count, median, p95, bytes_per_second| KindMeasured {
        kind,
        count,
        first_byte_ms: FirstByte { median, p95 },
        bytes_per_second,
    };
    let shape = Shape::DelayedAcknowledgement;
    Measured {
        kinds: vec![
            kind(Kind::Whole, 4, 1.25, 2.5, Some(123_456_789)),
            kind(Kind::SmallFromWithin, 130, 0.4, 44.2, None),
        ],
        shapes: vec![ShapeSeen {
            shape,
            stories: vec!["outbound-call".into(), format!("inbound-call {HOSTILE}")],
            seen: "the rest of 130 small parts came 44 ms after their first byte".into(),
            advice: shape.advice().into(),
        }],
    }
}

/// One story without a fault.
pub(crate) fn green() -> Results {
    results(
        vec![story("outbound-call", vec![passing(), undeclared()])],
        0,
        "conformant: every required check passed",
    )
}

/// Nothing was told at all.
pub(crate) fn not_set_up() -> Results {
    let mut results = results(Vec::new(), 4, "not set up: the integration did not start");
    let fault = format!("`node server.js` ended with 1 before it was up: {HOSTILE}\nhelp: run it by hand");
    results.setup_faults.push(fault);
    results
}

/// Something failed, and it may be the kit's doing.
pub(crate) fn kit_failed() -> Results {
    let mut results = results(Vec::new(), 70, "the kit itself failed");
    results.harness_faults.push(format!("the clock was set: {HOSTILE}\nhelp: run it again"));
    results
}
