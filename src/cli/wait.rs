//! `wait`: for scripts and containers, until an integration or a sandbox is ready.
//!
//! Nobody has to say which of the two is meant: an integration answers `/readyz`, and where there is no such address, a sandbox answers
//! `/__sandbox/health`.

use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};
use url::Url;

use crate::domain::with_causes;
use crate::http::{self, Answer, Timeouts, exchange, in_its_words};

/// How often is asked.
const PAUSE: Duration = Duration::from_millis(100);
/// How long one answer may take, as far as there is that much time left.
const PATIENCE: Timeouts = Timeouts { connect: Duration::from_secs(2), answer: Duration::from_secs(5) };

#[derive(Debug, Args)]
pub(super) struct WaitArgs {
    /// Address of the integration, or of the overview of a sandbox
    #[arg(long, env = "HARVER_ICIMS_WAIT_URL", default_value = "http://127.0.0.1:8700", value_name = "URL", value_parser = address)]
    url: Url,
    /// Seconds after which it is told why it is not ready
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=86_400))]
    timeout: u64,
}

/// Why it is not ready.
enum NotReady {
    /// It may become so.
    Yet(String),
    /// Whoever answers there never will.
    Ever(String),
}

pub(super) async fn run(args: WaitArgs) -> anyhow::Result<()> {
    let client = http::direct(PATIENCE).context("setting up HTTP")?;
    let deadline = Instant::now() + Duration::from_secs(args.timeout);
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = "nobody has answered yet".to_owned();
    loop {
        let asked = timeout_at(deadline, async {
            ticks.tick().await;
            ask(&client, &args.url).await
        });
        match asked.await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(NotReady::Yet(reason))) => last = reason,
            Ok(Err(NotReady::Ever(reason))) => return Err(anyhow!("{} is not ready and will not be: {reason}", args.url)),
            Err(_) => return Err(anyhow!("{} is not ready after {} s: {last}", args.url, args.timeout)),
        }
    }
}

async fn ask(client: &Client, url: &Url) -> Result<(), NotReady> {
    let answer = get(client, url, "readyz").await?;
    match answer.status {
        StatusCode::OK if answer.text().trim() == "ready" => Ok(()),
        StatusCode::NOT_FOUND => {
            let answer = get(client, url, "__sandbox/health").await?;
            match answer.json::<Health>() {
                Ok(health) if answer.status == StatusCode::OK && health.status == "ok" => Ok(()),
                _ => Err(reason(&answer)),
            }
        }
        _ => Err(reason(&answer)),
    }
}

async fn get(client: &Client, url: &Url, path: &str) -> Result<Answer, NotReady> {
    let at = format!("{}/{path}", url.as_str().trim_end_matches('/'));
    exchange(client.get(at)).await.map_err(|error| NotReady::Yet(with_causes(&error)))
}

#[derive(Deserialize)]
struct Health {
    status: String,
}

#[derive(Deserialize)]
struct Problem {
    error: Message,
}

#[derive(Deserialize)]
struct Message {
    message: String,
}

/// What an answer says that is not the one that is waited for.
fn reason(answer: &Answer) -> NotReady {
    let said = answer.json::<Problem>().map_or_else(|_| answer.text(), |problem| problem.error.message);
    match answer.status {
        StatusCode::OK | StatusCode::NOT_FOUND => {
            NotReady::Yet("what answers there is neither an integration nor the overview of a sandbox".to_owned())
        }
        StatusCode::MISDIRECTED_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            NotReady::Ever(format!("it answered {}: {}", answer.status.as_u16(), in_its_words(&said)))
        }
        status => NotReady::Yet(format!("it answered {}: {}", status.as_u16(), in_its_words(&said))),
    }
}

/// An address that can be asked.
fn address(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}: write it like http://127.0.0.1:8700"))?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err("it begins with neither http:// nor https://".to_owned())
    }
}
