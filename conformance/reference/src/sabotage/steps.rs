//! Lies about what is told to HubSpot, and in which order.

use super::Lie;
use crate::{flow::Step, server::App};

/// Leaves out, repeats or moves a step.
pub(crate) fn spoil(app: &App, steps: &mut Vec<Step>) {
    match app.config.lie {
        Some(Lie::SettingsAfterTheFirstCall) if app.tally.registers_now() => steps.insert(1, Step::Register),
        Some(Lie::CallsNeverLogged) => steps.clear(),
        Some(Lie::CallsLoggedTwice) => steps.insert(1, Step::Log),
        Some(Lie::AssociationsNeverMade) => steps.retain(|step| *step != Step::Associate),
        Some(Lie::AssociationsAfterReady) => steps.swap(1, 2),
        Some(Lie::ReadyNeverSent) => steps.retain(|step| *step != Step::MarkReady),
        Some(Lie::ReadyTwice) => steps.push(Step::MarkReady),
        _ => {}
    }
}
