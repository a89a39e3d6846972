//! `run --dry-run`: what a run would do. Nothing is started and nothing is sent.

use super::Usage;
use super::examine::Examination;
use super::stage;
use crate::catalogue;
use crate::drive::act::Act;
use crate::plan::{self, PlannedStory, Values};
use mock_hubspot::secrets::Secrets;
use std::process::ExitCode;

/// Nothing was selected.
const INCOMPLETE: u8 = 3;

pub(super) fn dry_run(asked: &Examination) -> Result<ExitCode, Usage> {
    let trigger = asked.config.trigger.clone().ok_or_else(super::examine::no_trigger)?;
    // The recordings are made as they would be, and go again.
    let folder = tempfile::tempdir().map_err(|error| Usage(format!("no temporary folder: {error}")))?;
    let secrets = Secrets::new();
    let portal = stage::portal(asked).map_err(Usage)?;
    for secret in [&portal.access_token, &portal.refresh_token, &portal.developer_key, &portal.client_secret]
    {
        secrets.know(secret);
    }
    let values = Values {
        mock_url: "http://127.0.0.1:<mock port>".to_owned(),
        portal,
        api: asked.config.hubspot.api.segment().to_owned(),
        port: 0,
        run_dir: folder.path().to_owned(),
        seed: asked.seed,
    };
    let values = stage::advertised(&asked.config, values);
    let planned = plan::plan(&asked.config, &trigger, &asked.scenarios, &values, |_| {})
        .map(|planned| asked.share(planned))
        .map_err(|error| Usage(format!("the recordings cannot be made: {error}")))?;
    println!("seed {:#018x} · nothing is started, nothing is sent", asked.seed);
    if let Some(start) = &asked.config.start {
        let words = start.command.iter().map(|word| word.0.render(|name| values.common(name, &values.api)));
        println!("starts: {}", secrets.cut_text(&words.collect::<Vec<_>>().join(" ")));
    } else {
        println!("starts nothing: the integration already runs");
    }
    let mut checks = 0;
    for story in &planned {
        checks += tell(asked, story, &secrets);
    }
    println!("\n{} stories, {checks} verdicts at most", planned.len());
    Ok(if checks == 0 { ExitCode::from(INCOMPLETE) } else { ExitCode::SUCCESS })
}

/// Tells one story; how many checks it asks.
fn tell(asked: &Examination, planned: &PlannedStory, secrets: &Secrets) -> usize {
    let story = &planned.story;
    println!("\n{}: {}", story.scenario, story.title);
    if let Some(why) = &planned.not_told {
        println!("  not told: {why}");
        return 0;
    }
    for (act, call) in planned.acts.iter().zip(&story.calls) {
        let does = match act {
            Act::Request { method, url, .. } => format!("{method} {url}"),
            Act::Command(command) => format!("runs {}", command.join(" ")),
            Act::Manual(sentence) => format!("asks you: {sentence}"),
        };
        println!(
            "  call {} ({}): {}",
            call.external_id,
            call.direction.to_lowercase(),
            secrets.cut_text(&does)
        );
    }
    for weather in &story.weather {
        println!("  weather: {} on {:?}, {} times", weather.strike, weather.operation, weather.times);
    }
    let asks = |check: &&crate::check::Check| {
        story.sections.contains(&check.section())
            && asked.terms.selects(check.id)
            && asked.terms.profiles.contains(&check.profile)
    };
    let checks = catalogue::all().filter(asks).count();
    let sections: Vec<_> = story.sections.iter().map(|section| section.name()).collect();
    println!("  {checks} checks of {}", sections.join(", "));
    checks
}
