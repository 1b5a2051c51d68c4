//! A server as a process of its own: started, looked at from outside, killed in the end.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::Outcome;

/// In which the kernel counts processor time (`man 5 proc`): hundredths of a second on all platforms that have it.
const TICK: Duration = Duration::from_millis(10);

pub(super) struct Server {
    child: Child,
    /// Kept open, as a program may end when nobody reads it.
    stdout: BufReader<ChildStdout>,
}

/// Resident memory in MiB.
pub(super) struct Resident {
    pub(super) all: f64,
    /// What is not the content of files.
    pub(super) anonymous: f64,
}

impl Server {
    /// Starts a program and waits for the line of JSON by which it says that it is ready.
    pub(super) fn start(program: &Path, arguments: &[&str]) -> Outcome<(Self, Value)> {
        let mut child = Command::new(program).args(arguments).stdout(Stdio::piped()).spawn()?;
        let stdout = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut server = Self { child, stdout };
        let mut line = String::new();
        server.stdout.read_line(&mut line)?;
        Ok((server, serde_json::from_str(&line)?))
    }

    /// The processor time of all threads so far, also within the kernel.
    pub(super) fn processor_time(&self) -> Outcome<Duration> {
        let stat = self.told("stat")?;
        // The name of the program stands in brackets and may hold anything.
        let fields = stat.rsplit_once(')').ok_or("no such file as expected")?.1.split_whitespace();
        let ticks: Vec<u32> = fields.skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        Ok(TICK * ticks.iter().sum::<u32>())
    }

    /// The memory that is held at present.
    pub(super) fn resident(&self) -> Outcome<Resident> {
        let status = self.told("status")?;
        let field = |name: &str| -> Outcome<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            let kibibytes: f64 = line.and_then(|line| line.split_whitespace().next()).ok_or("no such line")?.parse()?;
            Ok(kibibytes / 1024.0)
        };
        Ok(Resident { all: field("VmRSS")?, anonymous: field("RssAnon")? })
    }

    fn told(&self, file: &str) -> Outcome<String> {
        Ok(std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already if that fails.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}
