//! Breaks the copy as declared, looks what the tests say, and puts it right again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::breakage::Breakage;
use crate::cargo::{self, Built, Program};
use crate::copy::Copy;
use crate::source::Source;

/// What came of a breakage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that was named went red.
    Red,
    /// These stayed green: the promise can be broken without anybody noticing.
    Unnoticed(Vec<String>),
    /// It proves nothing, for this reason.
    Void(String),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Red => f.write_str("red"),
            Self::Unnoticed(names) => write!(f, "UNNOTICED by {}", names.join(", ")),
            Self::Void(reason) => write!(f, "VOID: {reason}"),
        }
    }
}

/// What is run, and what it said.
type Said = BTreeMap<String, bool>;

/// The copy with what is compiled from it.
#[derive(Debug)]
pub struct Workshop<'a> {
    /// What is broken.
    pub copy: Copy,
    /// Where cargo puts what it compiles from it.
    pub target: PathBuf,
    /// What there is to go red.
    pub source: &'a Source,
}

impl Workshop<'_> {
    /// Which of the tests and tags of these breakages are red although nothing is broken.
    ///
    /// # Errors
    /// When the copy does not compile or a program does not run to its end.
    pub fn red_already(&self, breakages: &[Breakage]) -> Result<BTreeSet<String>> {
        let said = self.look(breakages)?;
        Ok(said.into_iter().filter(|(_, passed)| !passed).map(|(name, _)| name).collect())
    }

    /// Breaks the copy, looks, and puts it right.
    ///
    /// # Errors
    /// When the copy cannot be written.
    pub fn replay(&self, breakage: &Breakage) -> Result<Verdict> {
        let broken = self.copy.change(&breakage.edit.file, |text| breakage.edit.applied(text))?;
        let said = self.look(std::slice::from_ref(breakage));
        drop(broken);
        Ok(match said {
            Err(error) => Verdict::Void(format!("{error:#}")),
            Ok(said) => {
                let passed: Vec<String> = said.into_iter().filter(|(_, passed)| *passed).map(|(name, _)| name).collect();
                if passed.is_empty() { Verdict::Red } else { Verdict::Unnoticed(passed) }
            }
        })
    }

    /// Compiles and runs what these breakages name: whether each test and each tag is green.
    fn look(&self, breakages: &[Breakage]) -> Result<Said> {
        let names: BTreeSet<&String> = breakages.iter().flat_map(|breakage| &breakage.edit.red).collect();
        let tags: BTreeSet<&String> = breakages.iter().filter_map(|breakage| breakage.edit.scenario.as_ref()).collect();
        let mut of_program: BTreeMap<Program, Vec<String>> = BTreeMap::new();
        for name in names {
            let files = self.source.named(name).into_iter().map(|test| Program::of(&test.file));
            files.for_each(|program| of_program.entry(program).or_default().push(name.clone()));
        }
        let mut programs: BTreeSet<Program> = of_program.keys().cloned().collect();
        programs.extend(tags.first().map(|_| Program::scenarios()));
        let built = cargo::build(self.copy.folder(), &self.target, &programs)?;
        let mut said = Said::new();
        for (program, names) in &of_program {
            said.extend(tests(&built, program, names)?);
        }
        if !tags.is_empty() {
            said.extend(self.scenarios(&built, &tags)?);
        }
        Ok(said)
    }

    /// A tag is red when one of its scenarios failed.
    fn scenarios(&self, built: &[Built], tags: &BTreeSet<&String>) -> Result<Said> {
        let wanted = tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>().join(" or ");
        let mut said = Said::new();
        for program in built.iter().filter(|built| built.program == Program::scenarios()) {
            let (passed, failed) = cargo::scenarios(&program.run(&["--tags".to_owned(), wanted.clone()])?)?;
            ensure!(passed + failed.len() > 0, "no scenario with the tag {wanted} was run");
            let is_green =
                |tag: &str| !self.source.tagged(tag).iter().any(|scenario| failed.iter().any(|name| is_of(name, &scenario.name)));
            said.extend(tags.iter().map(|tag| ((*tag).clone(), is_green(tag))));
        }
        Ok(said)
    }
}

/// Whether a scenario that was run is this one, or an example of it.
fn is_of(ran: &str, declared: &str) -> bool {
    let parts: Vec<&str> = declared.split(['<', '>']).step_by(2).collect();
    let (first, rest) = parts.split_first().expect("a text has a first part");
    let Some(mut left) = ran.strip_prefix(first) else { return false };
    for part in rest {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    rest.last().map_or(left.is_empty(), |last| last.is_empty() || left.is_empty())
}

/// Runs tests by the names of their functions.
fn tests(built: &[Built], program: &Program, names: &[String]) -> Result<Said> {
    let mut said = Said::new();
    for program in built.iter().filter(|built| built.program == *program) {
        said.extend(cargo::passed(&program.run(names)?));
    }
    said.retain(|name, _| names.contains(name));
    let unknown: Vec<&str> = names.iter().filter(|name| !said.contains_key(*name)).map(String::as_str).collect();
    ensure!(unknown.is_empty(), "did not run to its end: {}", unknown.join(", "));
    Ok(said)
}
