//! What was measured: how soon and how fast recordings were answered, and the known shapes in that.

use super::prose;
use crate::measured::Measured;
use crate::report::measured::{COLUMNS, LEAD, row, stories};
use maud::{Markup, html};

pub(super) fn measured(measured: &Measured) -> Markup {
    if measured.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="measured" {
            h2 #measured { "Measured" }
            p { (LEAD) }
            @for shape in &measured.shapes {
                p {
                    strong { (shape.shape.sentence()) } " (" (stories(shape)) "): " (prose(&shape.seen)) ". "
                    strong { "Fix: " } (prose(shape.shape.advice()))
                }
            }
            div.scroll role="group" aria-labelledby="measured" tabindex="0" {
                table.numbers {
                    thead { tr { @for name in COLUMNS { th scope="col" { (name) } } } }
                    tbody {
                        @for kind in &measured.kinds {
                            @let [words, cells @ ..] = row(kind);
                            tr { th scope="row" { (words) } @for cell in cells { td { (cell) } } }
                        }
                    }
                }
            }
        }
    }
}
