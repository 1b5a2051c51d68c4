//! chromedriver and what it leaves on the disk.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow};

/// How many profiles this process has made.
static PROFILES: AtomicUsize = AtomicUsize::new(0);

/// The folder of a browser's profile, removed with it.
#[derive(Debug)]
pub(super) struct Profile(pub(super) PathBuf);

impl Profile {
    pub(super) fn new() -> Result<Self> {
        let number = PROFILES.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("harver-icims-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // What the browser still writes while it ends may keep the folder; it is in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// chromedriver, listening.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    /// Where it listens.
    pub(super) address: String,
}

impl Driver {
    /// Starts chromedriver on a port of its own choice.
    pub(super) async fn start() -> Result<Self> {
        let mut process = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting chromedriver")?;
        let output = process.stdout.take().context("the output of chromedriver")?;
        let port = tokio::task::spawn_blocking(move || port_of(BufReader::new(output))).await??;
        Ok(Self { process, address: format!("http://127.0.0.1:{port}") })
    }
}

/// Reads `ChromeDriver was started successfully on port 40123.`
fn port_of(mut output: impl BufRead) -> Result<u16> {
    let mut line = String::new();
    while output.read_line(&mut line).context("reading from chromedriver")? > 0 {
        if let Some((_, rest)) = line.split_once("successfully on port ") {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            return digits.parse().context("the port of chromedriver");
        }
        line.clear();
    }
    Err(anyhow!("chromedriver ended without listening"))
}

impl Drop for Driver {
    fn drop(&mut self) {
        // On SIGTERM chromedriver closes the browsers it has opened; SIGKILL would leave them behind.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}
