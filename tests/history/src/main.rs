//! Reads histories and says what is wrong with them: exit code 0 when nothing is, 1 when something is, 2 when one cannot be read.

use std::process::ExitCode;

fn main() -> ExitCode {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    if files.is_empty() {
        eprintln!("history FILE…: name the files that a run has written");
        return ExitCode::from(2);
    }
    let mut all_are_right = true;
    for file in files {
        let shown = file.display();
        let entries = match std::fs::read_to_string(&file) {
            Ok(text) => history::read(&text),
            Err(error) => {
                eprintln!("{shown}: {error}");
                return ExitCode::from(2);
            }
        };
        let entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                eprintln!("{shown}: {error}");
                return ExitCode::from(2);
            }
        };
        let wrong = history::wrong_with(&entries);
        wrong.iter().for_each(|sentence| println!("{shown}: {sentence}"));
        if wrong.is_empty() {
            println!("{shown}: {} lines, nothing is wrong", entries.len());
        }
        all_are_right &= wrong.is_empty();
    }
    if all_are_right { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
