//! `probe`: judges only the endpoint and the recording, with nothing else set up.

use super::examine::{self, Prober};
use super::{Usage, only, seed};
use crate::check::Section;
use crate::cli::ProbeArgs;
use crate::config::Config;
use crate::config::overrides::{self, Overrides};
use crate::evidence::{Call, Probe, ProbeOutcome, Story};
use crate::judge;
use std::process::ExitCode;

/// The probes that need a HubSpot.
const JOURNEY: [Probe; 5] =
    [Probe::Registration, Probe::LoggedCall, Probe::Association, Probe::Ready, Probe::Retrieval];

pub(super) async fn probe(args: ProbeArgs) -> Result<ExitCode, Usage> {
    if !args.url.contains("%s") {
        return Err(Usage(format!(
            "the URL {:?} has no %s\nhelp: write %s where the external id stands, as in https://example.com/retrieve/recording/%s",
            args.url
        )));
    }
    url::Url::parse(&args.url.replace("%s", "x")).map_err(|why| {
        Usage(format!("{:?} is no URL: {why}\nhelp: write it whole, https:// included", args.url))
    })?;
    let profiles = overrides::profiles(&args.profiles).map_err(Usage)?;
    let environment =
        Overrides::from_env(|name| std::env::var(name).ok()).map_err(|e| Usage(e.to_string()))?;
    let given = args.terms.overrides(None).map_err(Usage)?.or(environment);
    let mut config = Config::default().with(given);
    "probe".clone_into(&mut config.integration.product);
    let mut story = Story {
        scenario: "probe".to_owned(),
        title: "The endpoint and the recording alone".to_owned(),
        sections: vec![
            Section::AuthenticatedUrl,
            Section::Download,
            Section::Ranges,
            Section::Media,
            Section::Security,
        ],
        calls: vec![Call { external_id: args.external_id, account_id: args.account, ..Call::default() }],
        ..Story::default()
    };
    if args.terms.browser.is_some() {
        story.sections.insert(story.sections.len() - 1, Section::Player);
    }
    for probe in JOURNEY {
        story
            .probes
            .insert(probe, ProbeOutcome::NotAsked("probe asks only the endpoint and the recording".into()));
    }
    let terms = judge::Terms {
        profiles,
        octet_stream: args.terms.octet_stream.into(),
        only: only(&args.terms.only)?,
        set: None,
    };
    let seed = seed(config.ranges.seed);
    examine::probe(Prober {
        url: args.url,
        app_id: args.app_id,
        story,
        config,
        seed,
        terms,
        flags: args.terms,
    })
    .await
}
