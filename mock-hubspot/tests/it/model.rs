//! Random stories told to the mock and to a simple model: they never differ.
//!
//! `MODEL_CASES` raises the number of stories.

mod simple;
mod story;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use story::Story;

/// What is told; objects are named by their place among those that were made.
#[derive(Clone, Debug)]
enum Act {
    Make(bool, Given),
    MakeMany(bool, Vec<Given>),
    Change(bool, usize, Given),
    /// Texts and numbers only.
    ChangeMany(bool, Vec<(usize, u8, Option<u8>)>),
    Upsert(bool, u8, Given),
    Archive(bool, usize),
    ArchiveMany(bool, Vec<usize>),
    Link(Form, usize, usize),
    Unlink(Form, usize, usize),
    Read(bool, usize),
    ReadMany(bool, Vec<usize>, bool),
    List(bool, u8, bool),
    Search(bool, Wanted, u8, bool),
    Links(bool, usize),
}

/// How a link is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The guide's, with the type in the path.
    Guide,
    /// v4's, without a label.
    Default,
    /// v4's, with the types in the body.
    Labelled,
    /// One of a batch.
    Batch,
}

/// Values for the three properties of the model; 0 clears, and is left out where an object is made.
type Given = (Option<u8>, Option<u8>, Option<u8>);

#[derive(Clone, Debug)]
enum Wanted {
    All,
    Key(u8),
    Word(u8),
    AtLeast(u8),
    Unset,
    Not(u8),
    LinkedTo(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let value = || proptest::option::weighted(0.7, 0..6_u8);
    let given = move || (value(), value(), value());
    let wanted = prop_oneof![
        Just(Wanted::All),
        (0..6_u8).prop_map(Wanted::Key),
        (1..6_u8).prop_map(Wanted::Word),
        (0..6_u8).prop_map(Wanted::AtLeast),
        Just(Wanted::Unset),
        (0..6_u8).prop_map(Wanted::Not),
        any::<usize>().prop_map(Wanted::LinkedTo),
    ];
    let form = prop_oneof![Just(Form::Guide), Just(Form::Default), Just(Form::Labelled), Just(Form::Batch)];
    let (flag, place) = (any::<bool>, any::<usize>);
    let act = prop_oneof![
        3 => (flag(), given()).prop_map(|(c, g)| Act::Make(c, g)),
        1 => (flag(), vec(given(), 1..4)).prop_map(|(c, g)| Act::MakeMany(c, g)),
        3 => (flag(), place(), given()).prop_map(|(c, n, g)| Act::Change(c, n, g)),
        2 => (flag(), 1..6_u8, given()).prop_map(|(c, n, g)| Act::Upsert(c, n, g)),
        1 => (flag(), place()).prop_map(|(c, n)| Act::Archive(c, n)),
        1 => (flag(), vec(place(), 1..4)).prop_map(|(c, n)| Act::ArchiveMany(c, n)),
        1 => (flag(), vec((place(), 0..6_u8, value()), 1..4)).prop_map(|(c, all)| Act::ChangeMany(c, all)),
        3 => (form.clone(), place(), place()).prop_map(|(f, c, n)| Act::Link(f, c, n)),
        1 => (form, place(), place()).prop_map(|(f, c, n)| Act::Unlink(f, c, n)),
        2 => (flag(), place()).prop_map(|(c, n)| Act::Read(c, n)),
        1 => (flag(), vec(place(), 1..5), flag()).prop_map(|(c, n, a)| Act::ReadMany(c, n, a)),
        1 => (flag(), any::<u8>(), flag()).prop_map(|(c, l, a)| Act::List(c, l, a)),
        2 => (flag(), wanted, any::<u8>(), flag()).prop_map(|(c, w, l, d)| Act::Search(c, w, l, d)),
        1 => (flag(), place()).prop_map(|(c, n)| Act::Links(c, n)),
    ];
    vec(act, 1..60)
}

#[test]
fn the_mock_and_a_simple_model_never_differ() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let cases = std::env::var("MODEL_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(64);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let told = runner.run(&acts(), |acts| {
        runtime.block_on(async {
            let mut story = Story::start().await;
            for act in acts {
                story.tell(act).await;
            }
            for call in [true, false] {
                for n in 0..story.model.all(call).len() {
                    story.read(call, n).await;
                    story.links(call, n).await;
                }
            }
        });
        Ok(())
    });
    told.unwrap_or_else(|difference| panic!("{difference}"));
}
