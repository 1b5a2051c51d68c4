//! The catalogue for a terminal.

use std::fmt::{self, Display, Formatter};

use super::{Catalogue, Entry, parameters};
use crate::harness::runner::wrapped;

/// How many uses of a step are named.
const USES: usize = 3;

impl Display for Catalogue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for group in &self.groups {
            wrapped(f, "", &group.title)?;
            for paragraph in &group.about {
                wrapped(f, "  ", paragraph)?;
            }
            writeln!(f)?;
            group.entries.iter().try_for_each(|entry| self.entry(f, entry))?;
        }
        writeln!(f, "In patterns:")?;
        for (sign, means) in parameters() {
            wrapped(f, "  ", &format!("{sign}: {means}"))?;
        }
        let counted = self.groups.iter().map(|group| group.entries.len()).sum::<usize>();
        write!(f, "\nsteps: {counted}")?;
        if let Some(without) = self.without_step {
            let used = self.groups.iter().flat_map(|group| &group.entries).filter(|entry| !entry.used.is_empty()).count();
            write!(f, ", of which your features use {used}")?;
            if without > 0 {
                write!(f, "; sentences without a step: {without}, which --dry-run names")?;
            }
        }
        Ok(())
    }
}

impl Catalogue {
    fn entry(&self, f: &mut Formatter<'_>, entry: &Entry) -> fmt::Result {
        wrapped(f, "  ", &format!("{:?} {}", entry.keyword, entry.pattern))?;
        if let Some(does) = &entry.does {
            wrapped(f, "    ", does)?;
        }
        if let Some(example) = entry.telling_example() {
            wrapped(f, "    ", &format!("e.g. {}", example.sentence))?;
            example.below.iter().try_for_each(|line| writeln!(f, "       {line}"))?;
        }
        if self.without_step.is_some() {
            let named = entry.used.iter().take(USES).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = entry.used.len().saturating_sub(USES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            wrapped(f, "    ", &if named.is_empty() { "not used".to_owned() } else { format!("used at {named}{more}") })?;
        }
        writeln!(f)
    }
}
