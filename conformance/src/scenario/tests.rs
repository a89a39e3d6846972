//! What the kit's scenarios say, and what a partner reads when one of their own is wrong.

use super::file::parse;
use super::{Account, ExternalId, Recording, StrikeKind, embedded, load, select};
use crate::check::Section;
use std::fmt::Write as _;

#[test]
fn the_shelf_reads_as_a_table_of_contents() {
    let mut shown = String::new();
    for scenario in embedded() {
        let sections: Vec<_> = scenario.sections.iter().map(|s| s.name()).collect();
        let weather: Vec<_> =
            scenario.weather.iter().map(|s| format!(" {:?} {:?}×{}", s.operation, s.kind, s.times)).collect();
        writeln!(
            shown,
            "{}: {} call(s);{} asks {}",
            scenario.name,
            scenario.calls.len(),
            weather.concat(),
            sections.join(" ")
        )
        .unwrap();
        assert!(!scenario.title.ends_with('.') && !scenario.why.ends_with('.'), "{}", scenario.name);
    }
    insta::assert_snapshot!(shown, @r#"
        outbound-call: 1 call(s); asks settings calls associations ready authenticated-url download ranges media security
        inbound-call: 1 call(s); asks calls associations ready authenticated-url download ranges media
        flac-recording: 1 call(s); asks calls associations ready authenticated-url download ranges media
        mp4-recording: 1 call(s); asks calls associations ready authenticated-url download ranges media
        shared-external-id: 2 call(s); asks authenticated-url download media
        awkward-external-id: 1 call(s); asks authenticated-url download
        slash-in-external-id: 1 call(s); asks authenticated-url download
        registration-moved: 1 call(s); asks settings authenticated-url download
        dated-api-version: 1 call(s); asks calls associations ready authenticated-url download
        throttled: 1 call(s); LogCall Throttled×1 Associate Throttled×1 MarkReady Throttled×1 asks calls associations ready resilience
        failing-once: 1 call(s); LogCall Failing(503)×1 Associate Failing(502)×1 MarkReady Cut×1 asks calls associations ready resilience
        slow-hubspot: 1 call(s); LogCall Slow(1s)×1 asks calls associations ready resilience
        expired-token: 1 call(s); LogCall ExpiredToken×1 asks calls associations ready resilience
        ten-calls-at-once: 10 call(s); asks calls associations ready resilience
        several-calls: 5 call(s); asks calls media
        conference: 1 call(s); asks calls ready media
        vast-recording: 1 call(s); asks calls associations ready authenticated-url download ranges media
        in-a-browser: 1 call(s); asks player
        "#);
}

#[test]
fn every_file_of_the_folder_is_on_the_shelf() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios");
    let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut names: Vec<_> = files.map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let mut shelf: Vec<_> = embedded().into_iter().map(|s| s.name).collect();
    names.sort();
    shelf.sort();
    assert_eq!(names, shelf);
}

#[test]
fn two_accounts_share_one_id_only_where_the_story_says_so() {
    let all = select(embedded(), &["shared-external-id".into()], false).unwrap();
    let accounts: Vec<_> = all[0].calls.iter().map(|c| (c.account, c.external_id)).collect();
    assert_eq!(accounts, [(Account::A, ExternalId::Shared), (Account::B, ExternalId::Shared)]);
}

#[test]
fn what_takes_long_is_told_only_by_name() {
    let names = |wanted: &[String]| -> Vec<_> {
        select(embedded(), wanted, false).unwrap().into_iter().map(|s| s.name).collect()
    };
    assert!(!names(&[]).contains(&"vast-recording".to_owned()));
    assert_eq!(names(&["vast-recording".into()]), ["vast-recording"]);
}

#[test]
fn a_browser_plays_only_where_it_is_asked_for() {
    let players = |names: &[String], browser| -> Vec<_> {
        let all = select(embedded(), names, browser).unwrap();
        all.into_iter().filter(|s| s.sections.contains(&Section::Player)).map(|s| s.name).collect()
    };
    assert!(players(&[], false).is_empty());
    assert_eq!(players(&[], true), ["in-a-browser"]);
    assert_eq!(players(&["outbound-call".into()], true), ["outbound-call"]);
    assert_eq!(players(&["in-a-browser".into()], false), ["in-a-browser"]);

    let own = |sections: &str| {
        let text = format!("title = \"t\"\nwhy = \"w\"\nsections = [{sections}]\n[[call]]");
        vec![parse(&text, "own", "own.toml").unwrap()]
    };
    let left = select(own("\"player\", \"calls\""), &[], false).unwrap();
    assert_eq!(left[0].sections, [Section::Calls]);
    assert!(select(own("\"player\""), &[], false).unwrap().is_empty());
}

#[test]
fn without_sections_a_story_asks_all_that_need_no_weather() {
    let story =
        parse("title = \"t\"\nwhy = \"w\"\n[[call]]\nrecording = \"flac\"", "own", "own.toml").unwrap();
    assert_eq!(story.calls[0].recording, Recording::Flac);
    assert!(story.calls[0].seat);
    assert_eq!(story.sections.len(), Section::ALL.len() - 2);
    assert!(!story.sections.contains(&Section::Resilience));
}

#[test]
fn mistakes_are_shown_where_they_stand() {
    let head = "title = \"t\"\nwhy = \"w\"\n";
    let mistakes = [
        "calls = 0",
        "calls = 2\n[[call]]\n[[call]]",
        "sections = [\"settings\"]",
        "sections = []\n[[call]]",
        "sections = [\"range\"]\n[[call]]",
        "[[call]]\nrecordin = \"wav\"",
        "[[call]]\nrecording = \"mp3\"",
        "api_version = \"v4\"\n[[call]]",
        "[[call]]\n[[weather]]\noperation = \"log-cal\"\nstrike = \"cut\"",
        "[[call]]\n[[weather]]\noperation = \"log-call\"\nstrike = \"slow\"",
        "[[call]]\n[[weather]]\noperation = \"log-call\"\nstrike = \"cut\"\nstatus = 503",
        "[[call]]\n[[weather]]\noperation = \"log-call\"\nstrike = \"failing\"\nstatus = 429",
        "[[call]]\n[[weather]]\noperation = \"log-call\"\nstrike = \"cut\"\ntimes = 0",
        "expect = \"206\"\n[[call]]",
    ];
    let shown =
        mistakes.map(|text| parse(&format!("{head}{text}"), "own", "own.toml").unwrap_err().to_string());
    insta::assert_snapshot!(shown.join("\n\n"), @r#"
        own.toml:1:1: calls is a number from 1 to 100
          |
        1 | title = "t"
          | ^

        own.toml:1:1: calls and several [[call]]
          |
        1 | title = "t"
          | ^
        help: with calls = … write one [[call]] at most: all are alike

        own.toml:1:1: a story without a call is not judged
          |
        1 | title = "t"
          | ^
        help: add [[call]]

        own.toml:1:1: a story that asks nothing
          |
        1 | title = "t"
          | ^
        help: name sections, or leave the key out

        own.toml:3:14: unknown word `range`
          |
        3 | sections = ["range"]
          |              ^^^^^
        help: did you mean `ranges`? the words here are settings, calls, associations, ready, authenticated-url, download, ranges, media, player, resilience, security

        own.toml:4:1: unknown key `recordin`
          |
        4 | recordin = "wav"
          | ^^^^^^^^
        help: did you mean `recording`? the keys here are direction, recording, account, external_id, seat

        own.toml:4:14: unknown word `mp3`
          |
        4 | recording = "mp3"
          |              ^^^
        help: did you mean `mp4`? the words here are wav, flac, mp4, long, conference, vast

        own.toml:3:16: `v4` has associations only, no calls
          |
        3 | api_version = "v4"
          |                ^^
        help: use v3, 2025-09, 2026-03 or 2026-09

        own.toml:5:14: unknown word `log-cal`
          |
        5 | operation = "log-cal"
          |              ^^^^^^^
        help: did you mean `log-call`?

        own.toml:4:1: how slow?
          |
        4 | [[weather]]
          | ^^^^^^^^^^^
        help: write delay = "1s"

        own.toml:4:1: only failing has a status
          |
        4 | [[weather]]
          | ^^^^^^^^^^^
        help: take status out

        own.toml:4:1: a failing HubSpot answers 5xx
          |
        4 | [[weather]]
          | ^^^^^^^^^^^
        help: write status = 500 to 599

        own.toml:4:1: weather that never strikes
          |
        4 | [[weather]]
          | ^^^^^^^^^^^
        help: write times = 1 or more, or take the table out

        own.toml:3:1: unknown key `expect`
          |
        3 | expect = "206"
          | ^^^^^^
        help: the keys here are title, why, sections, call, calls, weather, move_registration, api_version, on_request
        "#);
}

#[test]
fn a_folder_adds_stories_and_takes_no_name_twice() {
    let folder = tempfile::tempdir().unwrap();
    let story =
        "title = \"t\"\nwhy = \"w\"\n[[call]]\n[[weather]]\noperation = \"log-call\"\nstrike = \"failing\"\n";
    std::fs::write(folder.path().join("own-story.toml"), story).unwrap();
    std::fs::write(folder.path().join("notes.md"), "not a story").unwrap();
    let all = load(Some(folder.path())).unwrap();
    let own = all.last().unwrap();
    assert_eq!((own.name.as_str(), own.weather[0].kind), ("own-story", StrikeKind::Failing(503)));

    std::fs::write(folder.path().join("throttled.toml"), story).unwrap();
    let taken = load(Some(folder.path())).unwrap_err().to_string();
    assert!(taken.contains("a scenario throttled of its own"), "{taken}");
    std::fs::rename(folder.path().join("throttled.toml"), folder.path().join("My Story.toml")).unwrap();
    assert!(load(Some(folder.path())).unwrap_err().to_string().contains("kebab-case"));
    assert!(load(Some(&folder.path().join("nowhere"))).is_err());
}

#[test]
fn an_unknown_scenario_is_an_error_with_a_suggestion() {
    let error = select(embedded(), &["outbound-cal".into()], false).unwrap_err().to_string();
    assert!(error.contains("did you mean `outbound-call`?"), "{error}");
    let two = select(embedded(), &["throttled".into(), "outbound-call".into()], false).unwrap();
    assert_eq!(two.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["outbound-call", "throttled"]);
}
