//! The catalogue: every check, by section, one file each; each file opens with its `CHECKS` list.

use crate::check::Check;

mod download;
mod media;
mod ranges;

/// Every check, in the order of the journey.
pub fn all() -> impl Iterator<Item = &'static Check> {
    let sections: [&[&'static Check]; 8] = [
        download::CHECKS,
        ranges::rows::CHECKS,
        ranges::ends::CHECKS,
        ranges::spelling::CHECKS,
        ranges::invariants::CHECKS,
        ranges::validators::CHECKS,
        ranges::random::CHECKS,
        media::CHECKS,
    ];
    sections.into_iter().flatten().copied()
}

/// The check with this id.
pub fn find(id: &str) -> Option<&'static Check> {
    all().find(|c| c.id == id)
}
