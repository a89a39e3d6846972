//! The lies that the reference integration can be told to tell, by name. `list.rs` is the list; how each is told
//! stands in the file of its section, and the honest code calls it in one line where it is told.

pub(crate) mod associations;
pub(crate) mod authenticated_url;
pub(crate) mod calls;
pub(crate) mod delivery;
pub(crate) mod download;
mod list;
pub(crate) mod media;
pub(crate) mod ranges;
pub(crate) mod ready;
pub(crate) mod resilience;
pub(crate) mod security;
pub(crate) mod settings;
pub(crate) mod steps;
mod tally;
pub(crate) mod unusual;
pub(crate) mod wire;

pub use list::{ALL, Lie};
pub(crate) use tally::Tally;

/// One lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sabotage {
    /// `section/kebab-name`.
    pub name: &'static str,
    /// The scenario that shows it.
    pub story: &'static str,
    /// What is done wrong, in a sentence.
    pub lie: &'static str,
}

/// The lie with this name.
pub fn find(name: &str) -> Option<&'static Sabotage> {
    ALL.iter().find(|s| s.name == name)
}

/// The known name that is most like this one, when one is like it at all.
pub fn suggest(name: &str) -> Option<&'static str> {
    let likeness = |known: &Sabotage| strsim::jaro_winkler(known.name, name);
    let nearest = ALL.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(nearest) > 0.7).then_some(nearest.name)
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn every_name_is_a_lie_that_the_code_knows() {
        for sabotage in ALL {
            assert_eq!(Lie::from_name(sabotage.name).unwrap().name(), sabotage.name);
            assert_eq!(find(sabotage.name), Some(sabotage));
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = ALL.iter().map(|sabotage| sabotage.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }

    #[test]
    fn a_misspelt_name_is_met_with_the_nearest_one() {
        assert_eq!(suggest("ranges/tiny-peices"), Some("ranges/tiny-pieces"));
        assert_eq!(suggest("?"), None);
    }
}
