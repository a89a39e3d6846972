//! `replay`: sends one stored failing case again, to an integration that runs.

use super::Usage;
use crate::cases::{Came, Replayed, SCHEMA, StoredCase};
use crate::cli::ReplayArgs;
use crate::evidence::{Call, Story};
use crate::patience::Patience;
use crate::probe::{self, ProbeContext, RangeSettings, Way};
use mock_hubspot::secrets::Secrets;
use std::process::ExitCode;

pub(super) async fn replay(args: ReplayArgs) -> Result<ExitCode, Usage> {
    let name = args.case.display();
    let text =
        std::fs::read_to_string(&args.case).map_err(|e| Usage(format!("{name} cannot be read: {e}")))?;
    let case: StoredCase =
        serde_json::from_str(&text).map_err(|e| Usage(format!("{name} is no stored case: {e}")))?;
    if case.schema != SCHEMA {
        return Err(Usage(format!(
            "{name} is of another form: {}\nhelp: this kit reads {SCHEMA}",
            case.schema
        )));
    }
    let spool = tempfile::tempdir().map_err(|e| Usage(format!("no temporary folder: {e}")))?;
    let ctx = ProbeContext {
        registered_url: args.url.unwrap_or_else(|| case.endpoint.clone()),
        app_id: case.app_id.clone(),
        secrets: Secrets::new(),
        patience: Patience::default(),
        ranges: RangeSettings::default(),
        spool: spool.path().into(),
        way: Way::default(),
        browser: None,
    };
    let call = Call {
        external_id: args.external_id.unwrap_or_else(|| case.external_id.clone()),
        account_id: case.account_id.clone(),
        ..Call::default()
    };
    let mut story = Story { scenario: case.scenario.clone(), calls: vec![call], ..Story::default() };
    let (whole, exchange) = match probe::ask_again(&ctx, &mut story, &case.headers).await {
        Ok(both) => both,
        Err(reason) => {
            println!("not asked: {reason}");
            return Ok(ExitCode::from(4));
        }
    };
    let range = exchange.sent("range").unwrap_or_default();
    let told = |came: &Came| {
        let range = came.content_range.as_ref().map(|r| format!(", Content-Range: {r}")).unwrap_or_default();
        let wrong = came.first_wrong.map(|at| format!(", wrong from byte {at} on")).unwrap_or_default();
        format!("{}{range}, {} bytes{wrong}", came.status, came.bytes)
    };
    let (word, exit) = match case.judge(&whole, &exchange) {
        Replayed::Fixed => ("fixed", 0),
        Replayed::StillFailing => ("still failing", 1),
        Replayed::Changed => ("changed", 1),
    };
    println!("{word}: {} with Range: {range}", case.check);
    println!("  before  {}", told(&case.came));
    println!("  now     {}", told(&Came::of(&exchange)));
    Ok(ExitCode::from(exit))
}
