//! No honest server is blamed: real file servers, with octet-stream configured, have no required finding on playback and
//! seek; those that are known to ignore `Range` fail seek and pass playback. `servers/README.md` keeps the table.

use crate::front::{ACCOUNT, APP, Front};
use crate::kit::{Kit, verdicts};
use crate::server::{SOUND, Server, WITHOUT_RANGES};
use conformance::recording::{Format, USUAL_MS, make};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Servers that are examined at the same time.
const AT_ONCE: usize = 2;

/// What was found of one server.
struct Found {
    place: usize,
    row: String,
    /// What weighs less than required, a line each.
    lesser: BTreeSet<String>,
    wrong: Vec<String>,
}

/// One recording in every format, by file name.
fn files() -> Vec<(String, Vec<u8>)> {
    let file =
        |format: Format| (format!("two-voices.{}", format.extension()), make(format, 1, USUAL_MS).bytes);
    Format::ALL.map(file).into()
}

#[test]
fn no_honest_server_is_blamed() {
    let table = examine_all(SOUND, |finding| {
        (finding.level == "required").then(|| format!("is blamed by {}: {}", finding.check, finding.whole))
    });
    println!("{table}");
}

#[test]
fn a_server_without_ranges_fails_seek_and_passes_playback() {
    let table = examine_all(WITHOUT_RANGES, |finding| {
        (finding.level == "required" && finding.profile == "playback")
            .then(|| format!("is blamed by {}: {}", finding.check, finding.whole))
    });
    println!("{table}");
    for row in table.lines().skip(2) {
        assert!(row.contains("| pass | FAIL |"), "fails seek and nothing else: {row}");
    }
}

/// A check that did not pass although it was asked.
struct Finding {
    check: String,
    level: String,
    profile: String,
    /// What was sent and what came, or why it was not judged.
    words: String,
    whole: String,
}

/// Examines each of them; the table of what was found. What `wrong` says is an error.
fn examine_all(servers: &[Server], wrong: impl Fn(&Finding) -> Option<String> + Sync) -> String {
    let files = files();
    let waiting = Mutex::new(servers.iter().enumerate());
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some((place, server)) = waiting.lock().unwrap().next() else { return };
                    let examined = examine(server, place, &files, &wrong);
                    found.lock().unwrap().extend(examined);
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort_by_key(|f| f.place);
    let wrong: Vec<_> = found.iter().flat_map(|f| f.wrong.clone()).collect();
    let lesser: Vec<_> = found.iter().flat_map(|f| f.lesser.clone()).collect();
    println!("{}", lesser.join("\n"));
    let rows: Vec<_> = found.into_iter().map(|f| f.row).collect();
    let table = format!(
        "| server | version | playback | seek | findings that weigh less than required |\n| --- | --- | --- | --- | --- |\n{}",
        rows.join("\n")
    );
    assert!(wrong.is_empty(), "{table}\n{}", wrong.join("\n"));
    table
}

/// What was sent and what came; or why it was not judged.
fn words(verdict: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match &verdict["finding"] {
        Value::Null => text(&verdict["reason"]),
        finding => format!("{} is answered {}", text(&finding["sent"]), text(&finding["received"])),
    }
}

fn examine(
    server: &Server,
    place: usize,
    files: &[(String, Vec<u8>)],
    wrong: impl Fn(&Finding) -> Option<String>,
) -> Option<Found> {
    let running = server.start(files)?;
    let front = Front::start(running.urls.clone());
    let (mut all, mut shapes) = (Vec::new(), BTreeSet::new());
    let seed = std::env::var("HONEST_SEED").unwrap_or_else(|_| "0x5eed".to_owned());
    for (name, _) in files {
        let kit = Kit::new();
        let args = [
            "probe",
            &front.template,
            "--external-id",
            name,
            "--account",
            ACCOUNT,
            "--app-id",
            APP,
            "--profile",
            "playback,seek",
            "--seed",
            &seed,
            "--out",
            "out",
        ];
        let (_, results) = kit.results(&args);
        for shape in results["measured"]["shapes"].as_array().into_iter().flatten() {
            shapes.insert(format!("- {}: {name}: {}: {}", server.name, shape["shape"], shape["seen"]));
        }
        let verdicts = verdicts(&results);
        for profile in ["playback", "seek"] {
            let passed = verdicts.iter().filter(|v| v.4["profile"] == profile && v.3 == "pass").count();
            assert!(passed > 0, "{}: nothing passed for {profile}: {results}", server.name);
        }
        all.extend(verdicts.into_iter().filter(|v| v.3 == "fail" || v.3 == "unjudged").map(
            |(_, check, level, _, whole)| Finding {
                check,
                level,
                profile: whole["profile"].as_str().unwrap_or_default().to_owned(),
                words: words(&whole),
                whole: whole.to_string(),
            },
        ));
    }
    let verdict = |profile: &str| {
        let failed = all.iter().any(|f| f.level == "required" && f.profile == profile);
        if failed { "FAIL" } else { "pass" }
    };
    let lesser = || all.iter().filter(|f| f.level != "required");
    let ids: BTreeSet<_> = lesser().map(|f| format!("`{}`", f.check)).collect();
    let row = format!(
        "| {} | {} | {} | {} | {} |",
        server.name,
        running.version,
        verdict("playback"),
        verdict("seek"),
        ids.into_iter().collect::<Vec<_>>().join(" ")
    );
    let lesser = lesser().map(|f| format!("- {}: `{}`: {}", server.name, f.check, f.words));
    let lesser = lesser.chain(shapes).collect();
    let wrong = all.iter().filter_map(|f| wrong(f).map(|why| format!("{} {why}", server.name))).collect();
    Some(Found { place, row, lesser, wrong })
}
