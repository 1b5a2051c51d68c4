//! Enter in a field presses a form's first button. Where a form has several, the first acts on nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scraper::Html;

use crate::crawl::form::{Form, masked, selector};
use crate::crawl::walk::Walk;

#[tokio::test]
async fn no_form_with_several_buttons_acts_on_its_first() {
    let walk = Walk::through_everything().await;
    let several: Vec<Form> = walk.forms().into_iter().filter(|form| form.buttons.len() > 1).collect();
    assert!(several.iter().any(|form| form.key == "people-form"), "the walk has not met the People tab");
    let before = walk.state().await;
    for form in several {
        let first = &form.buttons[0];
        let request = if first.posts { walk.client.post(first.target.clone()) } else { walk.client.get(first.target.clone()) };
        let sent = form.sent_by(first);
        let answer = if first.posts { request.form(&sent) } else { request.query(&sent) }.send().await.expect("an answer");
        assert!(!answer.status().is_server_error(), "{} of {}", form.key, form.page);
        assert!(walk.state().await == before, "{:?}, the first button of {} on {}, acts", first.words, form.key, form.page);
    }
}

/// What the others say of every form holds only if the walk meets every form.
#[tokio::test]
async fn the_walk_meets_every_form_of_every_template() {
    let walk = Walk::through_everything().await;
    let met: BTreeSet<String> = walk.forms().into_iter().map(|form| form.key).collect();
    let mut written = BTreeSet::new();
    for file in templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")) {
        let text = std::fs::read_to_string(&file).expect("a template");
        let document = Html::parse_document(&text);
        for form in document.select(&selector("form")).filter(|form| form.attr("method") != Some("dialog")) {
            let action = form.attr("action").unwrap_or_default();
            written.insert(form.attr("id").map_or_else(|| masked(action), str::to_owned));
        }
    }
    assert!(written.len() > 25, "the templates are gone");
    let missed: Vec<_> = written.difference(&met).collect();
    assert!(missed.is_empty(), "no page with these forms was met: {missed:#?}");
}

fn templates(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { templates(&path) } else { vec![path] }).collect()
}
