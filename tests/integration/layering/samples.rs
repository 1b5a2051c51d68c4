//! Small sources that break the rules, each in a way of its own, and some that only look like it.

use super::rules::{Rules, broken_rules};
use super::source::Crate;
use super::unexpected_starts;

/// A crate with a module `low` that may use nothing, `high` that may use `low`, and files that are given.
fn sample(files: &[(&str, &str)]) -> Crate {
    let mut files: Vec<(String, String)> = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    for (file, text) in
        [("lib.rs", "pub mod high; pub mod low; pub use high::Tall;"), ("high/mod.rs", "mod deep; pub struct Tall;")]
    {
        if !files.iter().any(|(known, _)| known == file) {
            files.push((file.to_owned(), text.to_owned()));
        }
    }
    Crate::parse("sample", "src", &files)
}

fn broken(files: &[(&str, &str)]) -> Vec<String> {
    let rules: Rules = [("high", ["low"].as_slice()), ("low", &[])].into_iter().collect();
    broken_rules(&sample(files), &rules)
}

#[test]
fn an_arrow_that_points_up_is_noticed_however_it_is_written() {
    for code in [
        "use crate::high::Tall;",
        "use crate::{high, low};",
        "use crate::{low, high::{Tall, deep}};",
        "use super::super::high::Tall;",
        "use super::super::{high::Tall};",
        "mod inner { use super::super::super::high::Tall; }",
        "fn f() { super::super::high::f(); }",
        "fn f() -> Option<crate::high::Tall> { None }",
        "fn f() { <crate::high::Tall as Default>::default(); }",
        "fn f() { let f = crate::high::f; }",
        "fn f() { println!(\"{}\", crate::high::f()); }",
        "macro_rules! m { () => { $crate::high::f() } }",
        "#[serde(with = \"crate::high\")] struct Low;",
        "#[derive(crate::high::Tall)] struct Low;",
        "#[cfg(test)] mod tests { use crate::high::Tall; }",
        "pub(crate) use crate::high::Tall as Small;",
        "use sample::high::Tall;",
        "use crate::Tall;",
        "use super::super::Tall;",
    ] {
        let found = broken(&[("low/mod.rs", "mod part;"), ("low/part.rs", code)]);
        assert!(!found.is_empty(), "{code}");
        assert!(found.iter().all(|one| one.starts_with("src/low/part.rs:1: low must not use high")), "{code}: {found:?}");
    }
}

#[test]
fn what_is_handed_on_is_followed_to_where_it_is_made() {
    let lib = "mod high; mod low; mod middle; pub use middle::*;";
    let rules: Rules = [("high", [].as_slice()), ("middle", &["high"]), ("low", &["middle"])].into_iter().collect();
    for (middle, low) in [
        ("pub use crate::high::Tall;", "use crate::middle::Tall;"),
        ("pub use crate::high::Tall as Small;", "use crate::middle::Small;"),
        ("pub(crate) use crate::high::*;", "fn f() { crate::middle::Tall; }"),
        ("pub use crate::high;", "use crate::middle::high::Tall;"),
        ("pub use inner::Tall; mod inner { pub use crate::high::Tall; }", "use crate::middle::Tall;"),
        ("pub use crate::high::Tall;", "use crate::Tall;"),
    ] {
        let files = [("lib.rs", lib), ("high.rs", "pub struct Tall;"), ("middle.rs", middle), ("low.rs", low)];
        let found = broken_rules(&sample(&files), &rules);
        assert!(found.len() == 1 && found[0].contains("low must not use high, which"), "{middle} {low}: {found:?}");
    }
}

#[test]
fn the_root_is_not_taken_as_a_whole() {
    for code in ["use crate::*;", "use super::*;", "use crate::{self as all};", "use super as all;"] {
        let found = broken(&[("low.rs", code)]);
        assert!(found.len() == 1 && found[0].contains("name the module"), "{code}: {found:?}");
    }
}

#[test]
fn a_module_without_a_place_is_noticed() {
    assert_eq!(broken(&[("low.rs", ""), ("wide.rs", "")]), ["the module wide has no place in the layers"]);
}

#[test]
fn what_is_near_or_allowed_is_not_taken_for_an_arrow() {
    for (file, code) in [
        ("high/deep.rs", "use crate::low::f; use super::super::low; use super::Tall;"),
        ("low/part.rs", "use self::high::Tall; mod high { pub struct Tall; }"),
        ("low/part.rs", "/// As [`crate::high::Tall`].\nfn f() { let text = \"crate::high::Tall\"; } // crate::high::Tall"),
        ("low/part.rs", "pub(in crate::high) struct Low; fn f() -> impl Sized + use<'_> {}"),
        ("low/part.rs", "use std::high::Tall; fn f() { high::f(); }"),
        ("low/part.rs", "use super::*; use super::super::low::f;"),
    ] {
        let found = broken(&[("low/mod.rs", "mod part; pub fn f() {}"), (file, code)]);
        assert!(found.is_empty(), "{code}: {found:?}");
    }
}

fn starts(code: &str) -> Vec<String> {
    unexpected_starts(&Crate::parse("sample", "src", &[("low.rs".to_owned(), code.to_owned())]), &[])
}

#[test]
fn the_start_of_a_task_is_noticed_however_it_is_written() {
    for code in [
        "fn f() { tokio::spawn(async {}); }",
        "fn f() { tokio::task::spawn(async {}); }",
        "fn f() { tokio::task::spawn_blocking(|| ()); }",
        "fn f() { tokio::task::spawn_local(async {}); }",
        "use tokio::spawn;",
        "use tokio::task::{JoinSet, spawn as go};",
        "use ::tokio::spawn as go;",
        "fn f() { let mut set = JoinSet::new(); set.spawn(async {}); }",
        "fn f() { set.spawn_on(async {}, &handle); }",
        "fn f() { JoinSet::spawn(&mut set, async {}); }",
        "fn f() { Handle::current().spawn_blocking(|| ()); }",
        "fn f() { std::thread::spawn(|| ()); }",
        "fn f() { thread::Builder::new().name(name).spawn(|| ()); }",
        "fn f() { thread::scope(|scope| scope.spawn(|| ())); }",
        "fn f() { tokio::select! { _ = stop => { set.spawn(async {}); } } }",
        "fn f() { all.map(tokio::spawn); }",
        "#[cfg(test)] mod tests { } fn f() { tokio::spawn(async {}); }",
        "#[cfg(test)] use a::b; fn f() { tokio::spawn(async {}); }",
    ] {
        assert_eq!(starts(code), ["src/low.rs:1: starts a task"], "{code}");
    }
}

#[test]
fn processes_tests_and_namesakes_start_no_task() {
    for code in [
        "fn f() { Command::new(\"chromedriver\").spawn(); }",
        "#[cfg(test)] mod tests { #[test] fn f() { tokio::spawn(async {}); } }",
        "fn spawn(what: u8) {}",
        "fn f() { let spawn = 1; }",
        "// tokio::spawn(async {})\nfn f() { let text = \"tokio::spawn(async {})\"; }",
    ] {
        assert_eq!(starts(code), [""; 0], "{code}");
    }
    let files = [("a/mod.rs", "#[cfg(test)]\nmod tests;"), ("a/tests.rs", "fn f() { tokio::spawn(async {}); }")];
    let files: Vec<_> = files.map(|(file, text)| (file.to_owned(), text.to_owned())).into();
    assert!(Crate::parse("sample", "src", &files).starts.is_empty());
}

#[test]
fn a_place_on_the_list_that_starts_nothing_is_noticed() {
    let none = Crate::parse("sample", "src", &[("low.rs".to_owned(), String::new())]);
    assert_eq!(unexpected_starts(&none, &[("src/low.rs", "why")]), ["src/low.rs starts no task any more; take it off the list"]);
}
