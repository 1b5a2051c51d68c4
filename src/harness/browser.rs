//! A real browser: Debian's Chromium, driven by its chromedriver. One driver for a run, and one browser, which scenarios use in turn.

mod commands;
mod driver;
pub(super) mod hands;
mod looking;
pub(super) mod spot;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use scraper::Html;
use serde_json::json;
use tokio::sync::{Mutex, OnceCell, OwnedSemaphorePermit, Semaphore};

use commands::{ForgetCookies, SmallPicture};
use driver::Driver;

use super::report::{Picture, ShownPage};

/// The longest a page may take until it shows what is expected.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a page is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(20);
/// Shows what is called a password, secret, token or key as dots, or as it is again.
const HIDE_SECRETS: &str =
    "const named = ['password', 'secret', 'token', 'key'].flatMap(part => [`[id*=${part}]`, `[name*=${part}]`]);
    document.querySelectorAll(named.join()).forEach(one => one.style.setProperty('-webkit-text-security', arguments[0]));";
/// Width and height of a browser's window, unless a scenario wants another.
const WINDOW: (u32, u32) = (1100, 1400);
/// What a browser needs to run without a screen, without a sandbox of its own and without talking to anybody else.
const FLAGS: [&str; 11] = [
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
    "--lang=en-US",
];

/// The browsers of a run.
#[derive(Debug)]
pub(super) struct Browsers {
    driver: OnceCell<Driver>,
    /// Two browsers at once are slower than one after the other on the machines this runs on.
    turn: Arc<Semaphore>,
    /// The one that the scenario before has left, as starting one takes longer than a short scenario.
    idle: Arc<Mutex<Option<Client>>>,
}

impl Browsers {
    pub(super) fn new() -> Self {
        Self { driver: OnceCell::new(), turn: Arc::new(Semaphore::new(1)), idle: Arc::default() }
    }

    /// Whether there is a browser to drive.
    pub(super) fn are_installed() -> bool {
        ["chromium", "chromedriver"].into_iter().all(|program| {
            let asked = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        })
    }

    /// Opens a browser that knows nothing yet and keeps its screenshots in `evidence`.
    pub(super) async fn open(&self, evidence: PathBuf) -> Result<Browser> {
        let turn = Arc::clone(&self.turn).acquire_owned().await.context("waiting for the browser")?;
        // Pictures of an earlier run would pass for pictures of this one.
        match std::fs::remove_dir_all(&evidence) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("clearing {}", evidence.display()));
            }
            _ => {}
        }
        let idle = self.idle.lock().await.take();
        let client = match idle {
            Some(client) => client,
            None => self.start().await?,
        };
        let window = client.window().await.context("the browser's window")?;
        let browser =
            Browser { client, windows: vec![window], evidence, pictures: Vec::new(), idle: Arc::clone(&self.idle), _turn: turn };
        browser.resize(WINDOW).await?;
        Ok(browser)
    }

    async fn start(&self) -> Result<Client> {
        let driver = self.driver.get_or_try_init(Driver::start).await?;
        let mut flags: Vec<String> = FLAGS.into_iter().map(str::to_owned).collect();
        flags.push(format!("--user-data-dir={}", driver.profile()?.display()));
        let capabilities = json!({"goog:chromeOptions": {"args": flags}});
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        let connecting = ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver.address()).await;
        connecting.context("opening the browser")
    }
}

/// An open browser. Whoever opens it leaves or closes it; when the driver ends, it takes forgotten ones with it.
#[derive(Debug)]
pub(super) struct Browser {
    client: Client,
    /// In the order in which they were opened.
    windows: Vec<WindowHandle>,
    evidence: PathBuf,
    /// What was photographed, for the report.
    pictures: Vec<Picture>,
    idle: Arc<Mutex<Option<Client>>>,
    _turn: OwnedSemaphorePermit,
}

impl Browser {
    fn client(&self) -> &Client {
        &self.client
    }

    /// Gives the window another width and height.
    pub(super) async fn resize(&self, (width, height): (u32, u32)) -> Result<()> {
        self.client().set_window_size(width, height).await.context("resizing the window")
    }

    /// Turns to the second window, which is opened if there is none, or back to the first.
    pub(super) async fn turn_to(&mut self, second: bool) -> Result<()> {
        if second && self.windows.len() == 1 {
            self.windows.push(self.client().new_window(true).await.context("opening a second window")?.handle);
        }
        let window = self.windows[usize::from(second)].clone();
        self.client().switch_to_window(window).await.context("turning to another window")
    }

    /// Opens an address.
    pub(super) async fn open(&self, address: &str) -> Result<()> {
        self.client().goto(address).await.with_context(|| format!("opening {address} in the browser"))
    }

    /// Waits until something is there.
    pub(super) async fn see(&self, selector: &str) -> Result<()> {
        self.element(selector).await.map(|_| ())
    }

    /// Whether something is there now.
    pub(super) async fn has(&self, selector: &str) -> Result<bool> {
        Ok(!self.client().find_all(Locator::Css(selector)).await?.is_empty())
    }

    /// Waits for something and clicks it.
    pub(super) async fn click(&self, selector: &str) -> Result<()> {
        self.element(selector).await?.click().await.with_context(|| format!("clicking {selector}"))
    }

    /// Waits for something and double-clicks it with the mouse.
    pub(super) async fn double_click(&self, selector: &str) -> Result<()> {
        let element = self.element(selector).await?;
        self.double_click_on(element).await.with_context(|| format!("double-clicking {selector}"))
    }

    async fn double_click_on(&self, element: Element) -> Result<()> {
        let press = || PointerAction::Down { button: MOUSE_BUTTON_LEFT };
        let release = || PointerAction::Up { button: MOUSE_BUTTON_LEFT };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 })
            .then(press())
            .then(release())
            .then(press())
            .then(release());
        Ok(self.client().perform_actions(mouse).await?)
    }

    /// Waits for the link with these words and clicks it.
    pub(super) async fn click_link(&self, words: &str) -> Result<()> {
        let waiting = self.client().wait().at_most(PATIENCE).every(LOOK).for_element(Locator::LinkText(words)).await;
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
        for element in self.client().find_all(Locator::Css(selector)).await? {
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
        let here = self.client().window().await?;
        let waiting = async {
            loop {
                let all = self.client().windows().await?;
                if let Some(other) = all.into_iter().find(|window| *window != here) {
                    return Ok::<_, anyhow::Error>(other);
                }
            }
        };
        let other = tokio::time::timeout(PATIENCE, waiting).await.context("no window was opened")??;
        self.client().switch_to_window(other).await?;
        self.see(selector).await?;
        self.photograph(name).await?;
        self.client().close_window().await?;
        self.client().switch_to_window(here).await.context("going back to the first window")
    }

    /// Keeps a picture of the page as `NN-name.png`, on which what lets somebody in is dots.
    pub(super) async fn photograph(&mut self, name: &str) -> Result<()> {
        self.client().execute(HIDE_SECRETS, vec!["disc".into()]).await.context("hiding secrets")?;
        let picture = self.client().screenshot().await.context("taking a screenshot")?;
        let small = self.client().issue_cmd(SmallPicture).await.context("taking a small screenshot")?;
        self.client().execute(HIDE_SECRETS, vec!["none".into()]).await.context("showing secrets again")?;
        let small = STANDARD.decode(small["data"].as_str().unwrap_or_default()).context("reading a small screenshot")?;
        let number = self.pictures.len() + 1;
        self.pictures.push(Picture::webp(format!("{number:02} {name}"), small));
        let file = self.evidence.join(format!("{number:02}-{}.png", name.replace(' ', "-")));
        std::fs::create_dir_all(&self.evidence).with_context(|| format!("creating {}", self.evidence.display()))?;
        std::fs::write(&file, picture).with_context(|| format!("writing {}", file.display()))
    }

    /// Hands over what was photographed.
    pub(super) fn take_pictures(&mut self) -> Vec<Picture> {
        std::mem::take(&mut self.pictures)
    }

    /// The page that is open now.
    pub(super) async fn page(&self) -> Result<ShownPage> {
        let address = self.client().current_url().await.context("where the browser is")?;
        let source = self.client().source().await.context("reading the browser's page")?;
        Ok(ShownPage::of("the browser", address.as_str(), None, &Html::parse_document(&source)))
    }

    /// Leaves the browser to the next scenario, which finds it as if it had just been opened.
    pub(super) async fn leave(self) -> Result<()> {
        for window in &self.windows[1..] {
            self.client().switch_to_window(window.clone()).await?;
            self.client().close_window().await.context("closing a window")?;
        }
        self.client().switch_to_window(self.windows[0].clone()).await?;
        self.client().issue_cmd(ForgetCookies).await.context("forgetting cookies")?;
        self.client().goto("about:blank").await.context("leaving the last page")?;
        let Self { client, idle, _turn, .. } = self;
        *idle.lock().await = Some(client);
        Ok(())
    }

    /// Closes the browser.
    pub(super) async fn close(self) -> Result<()> {
        self.client.close().await.context("closing the browser")
    }

    async fn whereabouts(&self) -> String {
        match (self.client().current_url().await, self.client().title().await) {
            (Ok(url), Ok(title)) => format!("the browser is at {url} ({title})"),
            _ => "the browser does not say where it is".into(),
        }
    }

    async fn element(&self, selector: &str) -> Result<Element> {
        match self.client().wait().at_most(PATIENCE).every(LOOK).for_element(Locator::Css(selector)).await {
            Ok(element) => Ok(element),
            Err(error) => Err(anyhow!(error).context(format!("{selector} is not on the page; {}", self.whereabouts().await))),
        }
    }
}
