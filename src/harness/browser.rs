//! A real browser: Debian's Chromium, driven by its chromedriver. One driver for a run, one browser at a time.

use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

/// The longest a page may take until it shows what is expected.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a browser needs to run without a screen, without a sandbox of its own and without talking to anybody else.
const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1100,1400",
    "--lang=en-US",
];

/// The browsers of a run.
#[derive(Debug)]
pub(super) struct Browsers {
    driver: OnceCell<Driver>,
    /// Two browsers at once are slower than one after the other on the machines this runs on.
    turn: Arc<Semaphore>,
}

impl Browsers {
    pub(super) fn new() -> Self {
        Self { driver: OnceCell::new(), turn: Arc::new(Semaphore::new(1)) }
    }

    /// Whether there is a browser to drive.
    pub(super) fn are_installed() -> bool {
        ["chromium", "chromedriver"].into_iter().all(|program| {
            let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        })
    }

    /// Opens a fresh browser that keeps its screenshots in `evidence`.
    pub(super) async fn open(&self, evidence: PathBuf) -> Result<Browser> {
        let turn = Arc::clone(&self.turn).acquire_owned().await.context("waiting for the browser")?;
        // Pictures of an earlier run would pass for pictures of this one.
        match std::fs::remove_dir_all(&evidence) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("clearing {}", evidence.display()));
            }
            _ => {}
        }
        let driver = self.driver.get_or_try_init(Driver::start).await?;
        let profile = Profile::new(&evidence)?;
        let mut flags: Vec<String> = FLAGS.into_iter().map(str::to_owned).collect();
        flags.push(format!("--user-data-dir={}", profile.0.display()));
        let capabilities = json!({"goog:chromeOptions": {"args": flags}});
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        let connecting = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver.address).await;
        let client = connecting.context("opening the browser")?;
        Ok(Browser { client, evidence, shots: 0, _profile: profile, _turn: turn })
    }
}

/// An open browser. Whoever opens it closes it; when the driver ends, it takes forgotten ones with it.
#[derive(Debug)]
pub(super) struct Browser {
    client: Client,
    evidence: PathBuf,
    shots: usize,
    _profile: Profile,
    _turn: OwnedSemaphorePermit,
}

impl Browser {
    /// Opens an address.
    pub(super) async fn open(&self, address: &str) -> Result<()> {
        self.client.goto(address).await.with_context(|| format!("opening {address} in the browser"))
    }

    /// Waits until something is there.
    pub(super) async fn see(&self, selector: &str) -> Result<()> {
        self.element(selector).await.map(|_| ())
    }

    /// Whether something is there now.
    pub(super) async fn has(&self, selector: &str) -> Result<bool> {
        Ok(!self.client.find_all(Locator::Css(selector)).await?.is_empty())
    }

    /// Waits for something and clicks it.
    pub(super) async fn click(&self, selector: &str) -> Result<()> {
        self.element(selector).await?.click().await.with_context(|| format!("clicking {selector}"))
    }

    /// Waits for something and double-clicks it with the mouse.
    pub(super) async fn double_click(&self, selector: &str) -> Result<()> {
        let element = self.element(selector).await?;
        let press = || PointerAction::Down { button: MOUSE_BUTTON_LEFT };
        let release = || PointerAction::Up { button: MOUSE_BUTTON_LEFT };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
            .then(press())
            .then(release())
            .then(press())
            .then(release());
        self.client.perform_actions(mouse).await.with_context(|| format!("double-clicking {selector}"))
    }

    /// Waits for the link with these words and clicks it.
    pub(super) async fn click_link(&self, words: &str) -> Result<()> {
        let waiting = self.client.wait().at_most(PATIENCE).for_element(Locator::LinkText(words)).await;
        waiting
            .with_context(|| format!("there is no link {words:?}"))?
            .click()
            .await
            .with_context(|| format!("clicking {words:?}"))
    }

    /// Types into a field instead of what is there.
    pub(super) async fn write(&self, selector: &str, text: &str) -> Result<()> {
        let field = self.element(selector).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("typing into {selector}"))
    }

    /// Chooses the entry of a drop-down at this place, from 0.
    pub(super) async fn choose(&self, selector: &str, place: usize) -> Result<()> {
        let field = self.element(selector).await?;
        field.select_by_index(place).await.with_context(|| format!("choosing in {selector}"))
    }

    /// An attribute of every match.
    pub(super) async fn attributes(&self, selector: &str, name: &str) -> Result<Vec<String>> {
        let mut values = Vec::new();
        for element in self.client.find_all(Locator::Css(selector)).await? {
            values.extend(element.attr(name).await?);
        }
        Ok(values)
    }

    /// What the first match says.
    pub(super) async fn text(&self, selector: &str) -> Result<String> {
        self.element(selector).await?.text().await.with_context(|| format!("reading {selector}"))
    }

    /// Goes to the window that a link has opened, runs nothing else meanwhile, and closes it again.
    pub(super) async fn look_into_new_window(&mut self, selector: &str, name: &str) -> Result<()> {
        let here = self.client.window().await?;
        let waiting = async {
            loop {
                let all = self.client.windows().await?;
                if let Some(other) = all.into_iter().find(|window| *window != here) {
                    return Ok::<_, anyhow::Error>(other);
                }
            }
        };
        let other = tokio::time::timeout(PATIENCE, waiting).await.context("no window was opened")??;
        self.client.switch_to_window(other).await?;
        self.see(selector).await?;
        self.photograph(name).await?;
        self.client.close_window().await?;
        self.client.switch_to_window(here).await.context("going back to the first window")
    }

    /// Keeps a picture of the page as `NN-name.png`.
    pub(super) async fn photograph(&mut self, name: &str) -> Result<()> {
        self.shots += 1;
        let picture = self.client.screenshot().await.context("taking a screenshot")?;
        let file = self.evidence.join(format!("{:02}-{}.png", self.shots, name.replace(' ', "-")));
        std::fs::create_dir_all(&self.evidence).with_context(|| format!("creating {}", self.evidence.display()))?;
        std::fs::write(&file, picture).with_context(|| format!("writing {}", file.display()))
    }

    /// Closes the browser.
    pub(super) async fn close(self) -> Result<()> {
        self.client.clone().close().await.context("closing the browser")
    }

    async fn whereabouts(&self) -> String {
        match (self.client.current_url().await, self.client.title().await) {
            (Ok(url), Ok(title)) => format!("the browser is at {url} ({title})"),
            _ => "the browser does not say where it is".into(),
        }
    }

    async fn element(&self, selector: &str) -> Result<Element> {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await {
            Ok(element) => Ok(element),
            Err(error) => Err(anyhow!(error).context(format!("{selector} is not on the page; {}", self.whereabouts().await))),
        }
    }
}

/// The folder of a browser's profile, removed with it.
#[derive(Debug)]
struct Profile(PathBuf);

impl Profile {
    fn new(evidence: &Path) -> Result<Self> {
        let name = evidence.file_name().and_then(|name| name.to_str()).unwrap_or("browser");
        let folder = std::env::temp_dir().join(format!("harver-icims-{}-{name}", std::process::id()));
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
struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    /// Starts chromedriver on a port of its own choice.
    async fn start() -> Result<Self> {
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
