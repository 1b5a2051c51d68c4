//! Links between the documents of the repository lead somewhere: to a file that is there, and to a heading that it has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The Markdown files that are part of the repository, without what tools install beside them.
fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
            documents(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// The lines of a document outside blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

/// Where the links of a document lead.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    prose(text).flat_map(|line| line.split("](").skip(1).filter_map(|rest| rest.split(')').next()))
}

/// What addresses of headings end in, as GitHub makes them; equal ones are numbered.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for line in prose(text).filter(|line| line.starts_with('#')) {
        let heading = line.trim_start_matches('#').trim();
        let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
        let anchor: String = kept.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect();
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        known.extend(std::iter::once(anchor.clone()).chain(numbered).find(|anchor| !known.contains(anchor)));
    }
    known
}

fn problem_of(document: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let folder = document.parent().unwrap_or(document);
    let place = if path.is_empty() { document.to_owned() } else { folder.join(path) };
    if !place.exists() {
        return Some(format!("{} is not there", place.display()));
    }
    let is_document = place.extension().is_some_and(|extension| extension == "md");
    if anchor.is_empty() || !is_document {
        return None;
    }
    let text = std::fs::read_to_string(&place).expect("a document");
    (!anchors(&text).contains(anchor)).then(|| format!("{} has no heading #{anchor}", place.display()))
}

#[test]
fn every_link_of_a_document_leads_somewhere() {
    let (mut found, mut links, mut wrong) = (Vec::new(), 0, Vec::new());
    documents(&root(), &mut found);
    for document in &found {
        let text = std::fs::read_to_string(document).expect("a document");
        for target in targets(&text) {
            links += 1;
            wrong.extend(problem_of(document, target).map(|problem| format!("{}: {problem}", document.display())));
        }
    }
    assert!(found.len() > 8 && links > 100, "only {links} links in {} documents", found.len());
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_missing_file_and_a_missing_heading_are_noticed() {
    let evidence = root().join("sandbox/evidence/icims-api.md");
    assert_eq!(problem_of(&root().join("README.md"), "sandbox/evidence/icims-api.md#4-rate-limits"), None);
    assert_eq!(problem_of(&evidence, "#4-rate-limits"), None);
    assert!(problem_of(&evidence, "#99-nothing").is_some_and(|problem| problem.contains("#99-nothing")));
    assert!(problem_of(&evidence, "elsewhere.md").is_some_and(|problem| problem.contains("not there")));
    assert_eq!(targets("[a](b.md#c) and [d](e)\n```\n[no](link)\n```").collect::<Vec<_>>(), ["b.md#c", "e"]);
}
