//! Compiling test programs and running them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// How long a program may run. What is broken may make a test wait for ever, and that is no test that says what is wrong.
const PATIENCE: Duration = Duration::from_secs(300);

/// A test program, as cargo selects it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// The tests beside the code.
    Unit,
    /// A program of a `tests` folder.
    Named(String),
}

impl Program {
    /// The program that the test functions of a file are in.
    #[must_use]
    pub fn of(file: &str) -> Self {
        let named = |name: &str| Self::Named(name.trim_end_matches(".rs").to_owned());
        match file.split('/').collect::<Vec<_>>()[..] {
            ["tests", name, ..] => named(name),
            ["sandbox", "tests", alone @ "journal_memory.rs"] => named(alone),
            ["sandbox", "tests", ..] => named("sandbox"),
            _ => Self::Unit,
        }
    }

    /// The program of the scenarios.
    #[must_use]
    pub fn scenarios() -> Self {
        Self::Named("cucumber".to_owned())
    }
}

/// A program that has been compiled.
#[derive(Debug)]
pub struct Built {
    /// Which one. Of the unit tests there is one for each crate.
    pub program: Program,
    executable: PathBuf,
    package: PathBuf,
}

/// Compiles programs with the same selection of packages each time, so that nothing is compiled twice for want of a feature.
///
/// # Errors
/// The compiler's first words when the code does not compile.
pub fn build(workspace: &Path, target: &Path, programs: &BTreeSet<Program>) -> Result<Vec<Built>> {
    let mut command = Command::new("cargo");
    command.args(["test", "-p", "harver-icims", "-p", "icims-sandbox", "--locked", "--no-run"]);
    command.arg("--message-format=json-render-diagnostics");
    for program in programs {
        match program {
            Program::Unit => command.arg("--lib"),
            Program::Named(name) => command.args(["--test", name]),
        };
    }
    // From one breakage to the next little changes.
    command.env("CARGO_TARGET_DIR", target).env("CARGO_INCREMENTAL", "1");
    let output = command.current_dir(workspace).output().context("cargo")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{}", said.lines().find(|line| line.starts_with("error")).unwrap_or("cargo failed without an error"));
    }
    let messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let built: Vec<Built> = messages.filter_map(|message| built(&message)).collect();
    let missing = programs.iter().find(|program| !built.iter().any(|built| built.program == **program));
    ensure!(missing.is_none(), "cargo has not said where it put {missing:?}");
    Ok(built)
}

/// What a message of cargo says of a test program.
fn built(message: &Value) -> Option<Built> {
    let executable = message["executable"].as_str().filter(|_| message["profile"]["test"] == true)?;
    let package = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    let name = message["target"]["name"].as_str()?.to_owned();
    let program = if message["target"]["kind"][0] == "test" { Program::Named(name) } else { Program::Unit };
    Some(Built { program, executable: executable.into(), package })
}

impl Built {
    /// Runs it as cargo does; what it printed.
    ///
    /// # Errors
    /// When it cannot be started, does not end in time or ends by a signal.
    pub fn run(&self, arguments: &[String]) -> Result<String> {
        let mut command = Command::new(&self.executable);
        command.args(arguments).current_dir(&self.package).env("CARGO_MANIFEST_DIR", &self.package).env("INSTA_UPDATE", "no");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut stdout = child.stdout.take().context("its output is read")?;
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let mut said = Vec::new();
            // Whoever waits has gone when the patience was at its end.
            drop(send.send(stdout.read_to_end(&mut said).map(|_| said)));
        });
        let Ok(said) = receive.recv_timeout(PATIENCE) else {
            child.kill()?;
            child.wait()?;
            bail!("it was still running after {} s", PATIENCE.as_secs());
        };
        let status = child.wait()?;
        ensure!(status.code().is_some(), "it died: {status}");
        Ok(String::from_utf8_lossy(&said?).into_owned())
    }
}

/// What libtest printed: whether each test that was run passed, by the name of its function.
#[must_use]
pub fn passed(said: &str) -> BTreeMap<String, bool> {
    let lines = said.lines().filter_map(|line| line.strip_prefix("test ")?.split_once(" ... "));
    let verdicts = lines.filter_map(|(path, verdict)| match verdict {
        "ok" => Some((path, true)),
        "FAILED" => Some((path, false)),
        _ => None,
    });
    verdicts.map(|(path, passed)| (path.rsplit("::").next().unwrap_or(path).to_owned(), passed)).collect()
}

/// What the scenarios printed: how many passed, and the names of those that failed.
///
/// # Errors
/// When they were not run to their end.
pub fn scenarios(said: &str) -> Result<(usize, Vec<String>)> {
    let last = said
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("scenarios: "))
        .context("the scenarios did not come to their end")?;
    let passed = last.split(". ").nth(1).and_then(|counts| counts.split(' ').next()?.parse().ok());
    let listed = said.lines().skip_while(|line| *line != "Failed:").skip(1).map_while(|line| line.strip_prefix("  "));
    // What is further in says why the scenario above it failed.
    let failed = listed.filter(|line| !line.starts_with(' '));
    Ok((passed.with_context(|| format!("{last:?} counts nothing"))?, failed.map(str::to_owned).collect()))
}
