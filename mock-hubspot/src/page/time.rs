//! The portal's clock on the page: what it shows, and the buttons that freeze it, put it forward, and let it run.

use super::{HOME, parts};
use crate::portal::{Clock, moment};
use maud::{Markup, html};

/// A part of the weather's page.
pub(super) fn section(clock: &Clock) -> Markup {
    let frozen = clock.is_frozen();
    html! {
        section aria-labelledby="clock-title" {
            h2 id="clock-title" { "Clock" }
            p.under {
                "HubSpot's time here is " time { (moment::written(clock.now())) } " "
                @if frozen { (parts::pill("warn", "frozen")) } @else { (parts::pill("idle", "running")) }
            }
            form.filters method="post" action={ (HOME) "/clock" } aria-label="Set the clock" {
                label { "Put forward by" input.short name="advance" placeholder="31m"; }
                button name="then" value="" { "Put forward" }
                @if frozen { button name="then" value="resume" { "Let it run" } }
                @else { button name="then" value="freeze" { "Freeze" } }
            }
        }
    }
}
