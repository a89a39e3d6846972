//! The catalogue: every check, by section, one file each; each file opens with its `CHECKS` list.
//!
//! `journey.rs` and `address.rs` hold what several sections read from the evidence; they judge nothing themselves.

mod address;
mod associations;
mod authenticated_url;
mod calls;
mod download;
#[cfg(test)]
mod example;
mod journey;
mod media;
mod player;
mod ranges;
mod ready;
mod resilience;
mod security;
mod settings;

use crate::check::Check;

/// Every check, in the order of the journey.
pub fn all() -> impl Iterator<Item = &'static Check> {
    let sections: [&[&'static Check]; 34] = [
        settings::CHECKS,
        calls::CHECKS,
        calls::properties::CHECKS,
        calls::owner::CHECKS,
        associations::CHECKS,
        ready::CHECKS,
        authenticated_url::answer::CHECKS,
        authenticated_url::variants::CHECKS,
        authenticated_url::refusals::CHECKS,
        download::CHECKS,
        download::signed::CHECKS,
        download::delivery::CHECKS,
        download::origins::CHECKS,
        ranges::rows::CHECKS,
        ranges::ends::CHECKS,
        ranges::spelling::CHECKS,
        ranges::invariants::CHECKS,
        ranges::validators::CHECKS,
        ranges::random::CHECKS,
        ranges::numbers::CHECKS,
        ranges::several::CHECKS,
        ranges::conditions::CHECKS,
        ranges::clients::CHECKS,
        ranges::wire::CHECKS,
        ranges::http2::CHECKS,
        media::CHECKS,
        media::file::CHECKS,
        media::lengths::CHECKS,
        media::channels::CHECKS,
        media::order::CHECKS,
        media::speed::CHECKS,
        player::CHECKS,
        resilience::CHECKS,
        security::CHECKS,
    ];
    sections.into_iter().flatten().copied()
}

/// The check with this id.
pub fn find(id: &str) -> Option<&'static Check> {
    all().find(|c| c.id == id)
}
