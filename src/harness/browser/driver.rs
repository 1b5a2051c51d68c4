//! chromedriver and what it leaves on the disk.

use std::io::{self, BufRead, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

/// How long browsers may take to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many drivers and browsers this process has started.
static STARTED: AtomicUsize = AtomicUsize::new(0);

/// chromedriver, listening.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    /// Where it listens, on this machine alone.
    port: u16,
    /// The profiles of its browsers, which go with it.
    profiles: PathBuf,
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
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let profiles = std::env::temp_dir().join(format!("harver-icims-{}-{number}", std::process::id()));
        Ok(Self { process, port, profiles })
    }

    /// The folder of a browser that knows nothing yet.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn profile(&self) -> Result<PathBuf> {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let profile = self.profiles.join(number.to_string());
        std::fs::create_dir_all(&profile).with_context(|| format!("creating {}", profile.display()))?;
        Ok(profile)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
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

impl Driver {
    /// Has chromedriver end every browser that it has opened, and itself. A signal would leave the browsers behind.
    fn shut_down(&self) -> io::Result<()> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        // The answer comes once they have ended; or chromedriver itself has by then.
        match connection.read(&mut [0]) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            eprintln!("chromedriver does not end its browsers: {error}");
        }
        // Whether it has ended already or not: nothing of it is wanted any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
        match std::fs::remove_dir_all(&self.profiles) {
            Err(error) if error.kind() != ErrorKind::NotFound => eprintln!("{} is left behind: {error}", self.profiles.display()),
            _ => {}
        }
    }
}
