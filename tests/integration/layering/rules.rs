//! Which module may use which, and what a crate does against it.

use std::collections::BTreeMap;

use super::source::{Crate, Names, Used};

/// What each module may use of the others. A module that is not listed breaks the rules.
pub(super) type Rules = BTreeMap<&'static str, &'static [&'static str]>;

/// How often something may be handed on under another name until it is where it is made.
const HANDED_ON: usize = 16;

/// What a crate does against the rules, in words.
pub(super) fn broken_rules(of: &Crate, rules: &Rules) -> Vec<String> {
    let homeless = of.modules.iter().filter_map(|module| match module.as_slice() {
        [name] if !rules.contains_key(name.as_str()) => Some(format!("the module {name} has no place in the layers")),
        _ => None,
    });
    let mut broken: Vec<String> = homeless.collect();
    for used in &of.used {
        // The root only lists the modules.
        let Some(module) = used.by.first() else { continue };
        let allowed = rules.get(module.as_str()).copied().unwrap_or_default();
        let forbidden = |name: &str| rules.contains_key(name) && name != module && !allowed.contains(&name);
        broken.extend(problem_with(of, used, &forbidden).map(|problem| format!("{}: {module} {problem}", used.place)));
    }
    broken.sort();
    broken.dedup();
    broken
}

fn problem_with(of: &Crate, used: &Used, forbidden: &impl Fn(&str) -> bool) -> Option<String> {
    let Used { path, .. } = used;
    match path.first().map(String::as_str) {
        None | Some("*") => return Some("must not use the root as a whole: name the module".to_owned()),
        Some(named) if forbidden(named) => return Some(format!("must not use {}", path.join("::"))),
        Some(_) => {}
    }
    let made = made_at(of, path);
    let origin = made.first().filter(|origin| forbidden(origin))?;
    Some(format!("must not use {origin}, which it reaches as {}", path.join("::")))
}

/// Where that to which a path leads is made, through everything that hands it on.
fn made_at(of: &Crate, path: &Names) -> Names {
    let mut path = path.clone();
    for _ in 0..HANDED_ON {
        match (0..path.len()).find_map(|depth| one_step(of, &path, depth)) {
            Some(next) if next != path => path = next,
            _ => break,
        }
    }
    path
}

/// The path with the name at this depth followed to what it stands for.
fn one_step(of: &Crate, path: &Names, depth: usize) -> Option<Names> {
    let (module, name, rest) = (&path[..depth], &path[depth], &path[depth + 1..]);
    let is_here = |module: &[String], name: &String| {
        of.items.get(module).is_some_and(|items| items.contains(name))
            || of.modules.contains(&[module, std::slice::from_ref(name)].concat())
    };
    if is_here(module, name) {
        return None;
    }
    let handed_on = of.handed_on.iter().filter(|(by, ..)| by == module);
    let target = handed_on.filter_map(|(_, known, target)| match (known.as_str(), target.as_slice()) {
        ("*", [from @ .., _]) => {
            let has = is_here(from, name) || of.handed_on.iter().any(|(by, known, _)| by == from && known == name);
            has.then(|| [from, std::slice::from_ref(name)].concat())
        }
        _ => (known == name).then(|| target.clone()),
    });
    let target = target.into_iter().next()?;
    Some([target.as_slice(), rest].concat())
}
