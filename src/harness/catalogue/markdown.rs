//! The catalogue as a page.

use super::{Catalogue, Entry, parameters};

/// What prints the page.
pub(super) const COMMAND: &str = "harver-icims check --steps --format markdown";

impl Catalogue {
    /// The page, in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = format!(
            "# Steps\n\nEvery sentence that a feature can use, as `{COMMAND}` prints it: the pattern, what it does where the words do \
             not say it all, and a sentence that uses it. How own features are written and run stands in \
             [writing-features.md](writing-features.md).\n\n"
        );
        for group in &self.groups {
            page.push_str(&format!("- [{}](#{})\n", group.title, anchor(&group.title)));
        }
        page.push_str("\n## What stands for what\n\n| in a pattern | stands for |\n|---|---|\n");
        for (sign, means) in parameters() {
            page.push_str(&format!("| `{}` | {} |\n", sign.replace('|', "\\|"), means.replace('|', "\\|")));
        }
        for group in &self.groups {
            page.push_str(&format!("\n## {}\n\n", group.title));
            for paragraph in &group.about {
                page.push_str(&format!("{paragraph}\n\n"));
            }
            group.entries.iter().for_each(|entry| page.push_str(&item(entry)));
        }
        page
    }
}

fn item(entry: &Entry) -> String {
    let does = entry.does.as_ref().map(|does| format!("  \n  {does}")).unwrap_or_default();
    let example = entry.telling_example().map(|example| match example.below.as_slice() {
        [] => format!("  \n  e.g. `{}`", example.sentence),
        below => {
            let below: String = below.iter().map(|line| format!("  {line}\n")).collect();
            format!("\n\n  ```gherkin\n  {}\n{below}  ```\n", example.sentence)
        }
    });
    format!("- **{:?}** `{}`{does}{}\n", entry.keyword, entry.pattern, example.unwrap_or_default())
}

/// The name of a title in addresses.
fn anchor(title: &str) -> String {
    let kept =
        title.to_lowercase().chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-')).collect::<String>();
    kept.replace(' ', "-")
}
