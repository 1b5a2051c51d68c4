//! What the files that define the steps say of them. They are part of the program, as a comment is not there any more when it runs.

use anyhow::{Context, Result};
use include_dir::{Dir, File, include_dir};

use super::STEPS;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/harness/steps");

/// A step as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// The pattern.
    pub(super) pattern: String,
    /// Whether that is a regular expression, and not a Cucumber expression.
    pub(super) is_regex: bool,
    /// The names of what the function takes out of the sentence.
    pub(super) parameters: Vec<String>,
    /// What stands above it.
    pub(super) does: Option<String>,
}

/// The step whose attribute is at this line of a file.
///
/// # Errors
/// When there is none.
pub(super) fn of(path: &str, line: u32) -> Result<Written> {
    read(text(path)?, line as usize).context("there is no step at that line")
}

/// Title and further paragraphs of a file.
pub(super) fn about(path: &str) -> Result<(String, Vec<String>)> {
    let lines = text(path)?.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let whole = lines.collect::<Vec<_>>().join("\n");
    let mut paragraphs =
        whole.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).filter(|paragraph| !paragraph.is_empty());
    let title = paragraphs.next().with_context(|| format!("{path} does not say what its steps are about"))?;
    Ok((title.trim_end_matches('.').to_owned(), paragraphs.collect()))
}

fn text(path: &str) -> Result<&'static str> {
    let below = path.rsplit_once(STEPS).map_or(path, |(_, below)| below);
    FILES.get_file(below).and_then(File::contents_utf8).with_context(|| format!("the program carries no {path}"))
}

fn read(text: &str, line: usize) -> Option<Written> {
    let lines: Vec<&str> = text.lines().collect();
    let here = line.checked_sub(1)?;
    let begin = lines.get(..here)?.iter().rposition(|line| line.trim().is_empty()).map_or(0, |blank| blank + 1);
    let (above, below) = (lines.get(begin..here)?, lines.get(here..)?);
    let last = below.iter().position(|line| line.trim_end().ends_with(")]"))?;
    let attribute = below[..=last].join("\n");
    let function = below[last + 1..].iter().skip_while(|line| !line.contains("fn ")).copied().collect::<Vec<_>>().join(" ");
    let signature = function.split_once('(')?.1.split_once(')')?.0;
    let parameters = signature.split(',').filter_map(|parameter| parameter.trim().split_once(':'));
    let parameters = parameters.map(|(name, _)| name.to_owned()).filter(|name| name != "world" && name != "step");
    let docs: Vec<&str> = above.iter().filter_map(|line| line.trim().strip_prefix("///")).map(str::trim).collect();
    Some(Written {
        pattern: literal(&attribute)?,
        is_regex: attribute.contains("regex ="),
        parameters: parameters.collect(),
        does: (!docs.is_empty()).then(|| docs.join(" ")),
    })
}

/// The first literal of a piece of code.
fn literal(code: &str) -> Option<String> {
    let open = code.find('"')?;
    let before = &code[..open];
    let hashes = before.len() - before.trim_end_matches('#').len();
    let is_raw = before[..before.len() - hashes].ends_with('r');
    let close = code.rfind(&format!("\"{}", "#".repeat(hashes)))?;
    let inner = code.get(open + 1..close)?;
    Some(if is_raw { inner.to_owned() } else { inner.replace("\\\"", "\"").replace("\\\\", "\\") })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r###"//! About.

use x;

/// Does a thing,
/// and more.
#[given(expr = "a \"thing\" of {string}")]
#[when(
    regex = r#"^"(.*)" is (\w+)$"#
)]
async fn thing(world: &mut World, first_one: String, step: &Step, second: u64) -> Outcome {
    Ok(())
}

#[then("nothing")]
async fn nothing(world: &mut World) -> Outcome {
"###;

    #[test]
    fn a_step_is_read_as_it_is_written() {
        let thing = |pattern: &str, is_regex| Written {
            pattern: pattern.to_owned(),
            is_regex,
            parameters: vec!["first_one".to_owned(), "second".to_owned()],
            does: Some("Does a thing, and more.".to_owned()),
        };
        assert_eq!(read(FILE, 7), Some(thing("a \"thing\" of {string}", false)));
        assert_eq!(read(FILE, 8), Some(thing("^\"(.*)\" is (\\w+)$", true)));
        assert_eq!(read(FILE, 15), Some(Written { pattern: "nothing".to_owned(), ..Written::default() }));
        assert_eq!(read(FILE, 900), None);
    }
}
