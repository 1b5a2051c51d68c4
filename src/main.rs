//! Parses the command line and hands over. No logic.

use clap::Parser;
use harver_icims::cli::Cli;

/// Chosen by measurement, see `ARCHITECTURE.md` (What a call costs).
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    Cli::parse().run()
}
