//! Replays declared breakages in a copy of the checkout.
//!
//! ```sh
//! cargo run -p breakages -- --only G07
//! cargo run -p breakages -- --changed-since main --handful 3
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use breakages::breakage;
use breakages::check;
use breakages::choice::Choice;
use breakages::copy::Copy;
use breakages::head_start::head_start;
use breakages::replay::{Verdict, Workshop};
use breakages::source::Source;
use clap::Parser;

/// Breaks the code as tests/breakages/edits declares, and wants the named tests to go red
#[derive(Debug, Parser)]
#[command(name = "breakages")]
struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// Begin no further one after so many minutes, compilation included, and say which are left
    #[arg(long, value_name = "N")]
    minutes: Option<u64>,
    /// Where the copy is made and compiled: in `breakages` below this folder
    #[arg(long, value_name = "FOLDER", env = "CARGO_TARGET_DIR", default_value = "target")]
    target: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("The breakages could not be replayed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the crate is two folders below the root");
    let problems = check::problems(root)?;
    ensure!(problems.is_empty(), "mend these first\n{}", problems.join("\n"));
    let source = Source::read(root)?;
    let chosen = arguments.choice.of(root, &breakage::read(root)?, &source)?;
    if chosen.is_empty() {
        println!("No breakage is about what has changed.");
        return Ok(true);
    }
    let folder = root.join(&arguments.target).join("breakages");
    let (place, target) = (folder.join("copy"), folder.join("target"));
    if !target.exists() {
        // What is begun from the checkout's compilations needs files that are newer than those.
        fs::create_dir_all(&place)?;
        fs::remove_dir_all(&place)?;
        head_start(&root.join(&arguments.target).join("debug"), &target.join("debug"))?;
    }
    let workshop = Workshop { copy: Copy::of(root, place)?, target, source: &source };
    println!("Compiling, and looking whether what is to go red is green ...");
    let begun = Instant::now();
    let red_already = workshop.red_already(&chosen)?;

    let (mut red, mut other, mut left) = (0, 0, Vec::new());
    for one in &chosen {
        let is_late = arguments.minutes.is_some_and(|minutes| begun.elapsed() > Duration::from_secs(60 * minutes));
        // Whatever the compilation has taken, something is shown.
        if is_late && red + other > 0 {
            left.push(one.number.to_string());
            continue;
        }
        let since = Instant::now();
        let wanted = one.edit.red.iter().chain(&one.edit.scenario).find(|name| red_already.contains(*name));
        let verdict = match wanted {
            Some(name) => Verdict::Void(format!("{name} is red although nothing is broken")),
            None => workshop.replay(one)?,
        };
        println!("{:<10}  {verdict}  ({}, {} s)", one.number.to_string(), one.edit.file, since.elapsed().as_secs());
        *if verdict == Verdict::Red { &mut red } else { &mut other } += 1;
    }
    if !left.is_empty() {
        println!("Not replayed for want of time: {}", left.join(", "));
    }
    println!("breakages: {}. {red} red, {other} not", if other == 0 { "ok" } else { "FAILED" });
    Ok(other == 0)
}
