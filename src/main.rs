//! Parses the command line and hands over. No logic.

use clap::Parser;
use harver_icims::cli::Cli;

fn main() -> std::process::ExitCode {
    Cli::parse().run()
}
