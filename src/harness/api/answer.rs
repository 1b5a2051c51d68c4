//! Looks at answers. The first look sends the request that was put together.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Api;
use super::draft::Draft;
use super::exchange::Exchange;
use super::json_path::Path;
use super::schema;
use super::verb::Verb;
use crate::harness::report::{TAKEN_OUT, is_secret};

/// How often somebody is asked who has not come to it yet.
const EVERY: Duration = Duration::from_millis(100);

impl Api {
    /// The answer to the request that was put together last.
    async fn answer(&mut self) -> Result<&Exchange> {
        // A request that cannot be sent is not left over: it was tried.
        if let Some(draft) = self.draft.take() {
            let request = self.ready(&draft).map_err(|error| self.without_secrets(&error))?;
            let exchange = self.send(request).await?;
            self.exchanges.push(exchange);
        }
        self.exchanges.last().context("nothing was asked yet: begin with a request, such as: When GET 'http://…'")
    }

    pub(in crate::harness) async fn has_status(&mut self, status: u16) -> Result<()> {
        let found = self.answer().await?.status.as_u16();
        if found == status {
            return Ok(());
        }
        bail!("the status is {found}, not {status}: {}", self.last_told())
    }

    /// Whether the answer came within so many milliseconds, and the latency buffer.
    pub(in crate::harness) async fn came_within(&mut self, milliseconds: u64) -> Result<()> {
        let buffer = self.latency_buffer();
        let exchange = self.answer().await?;
        let (took, limit) = (exchange.took, Duration::from_millis(milliseconds) + buffer);
        ensure!(
            took <= limit,
            "{} after {} ms, later than {milliseconds} ms and the latency buffer of {} ms",
            exchange.line(),
            took.as_millis(),
            buffer.as_millis()
        );
        Ok(())
    }

    pub(in crate::harness) async fn header_equals(&mut self, name: &str, value: &str) -> Result<()> {
        self.answer().await?;
        let (name, wanted) = (self.variables.fill(name)?, self.variables.fill(value)?);
        let exchange = self.answer().await?;
        let found: Vec<_> = exchange.headers.get_all(&name).iter().filter_map(|value| value.to_str().ok()).collect();
        ensure!(!found.is_empty(), "{} without the header {name}", exchange.line());
        // Some headers are there to let somebody in.
        let shown =
            if is_secret(&name) || name.eq_ignore_ascii_case("set-cookie") { TAKEN_OUT.to_owned() } else { found.join(", ") };
        let held = if found.contains(&wanted.as_str()) {
            Ok(())
        } else {
            Err(anyhow!("the header {name} is {shown:?}, not {wanted:?}"))
        };
        held.map_err(|error| self.without_secrets(&error))
    }

    pub(in crate::harness) async fn path_equals(&mut self, path: &str, value: &str) -> Result<()> {
        let wanted = |api: &Self| api.variables.fill(value);
        self.look(path, wanted, |path, body, wanted| path.equals(body, wanted)).await
    }

    pub(in crate::harness) async fn path_matches(&mut self, path: &str, pattern: &str) -> Result<()> {
        let wanted = |api: &Self| api.variables.fill_pattern(pattern);
        self.look(path, wanted, |path, body, pattern| path.matches(body, pattern)).await
    }

    pub(in crate::harness) async fn path_is_empty(&mut self, path: &str) -> Result<()> {
        self.look(path, |_| Ok(()), |path, body, ()| path.is_empty(body)).await
    }

    async fn look<T>(
        &mut self,
        path: &str,
        wanted: impl Fn(&Self) -> Result<T>,
        holds: impl Fn(&Path, &serde_json::Value, &T) -> Result<()>,
    ) -> Result<()> {
        let (path, wanted) = (Path::parse(&self.variables.fill(path)?)?, wanted(self)?);
        self.answer().await?;
        let exchange = self.exchanges.last().context("an answer")?;
        let held = holds(&path, &exchange.json()?, &wanted);
        held.map_err(|error| self.without_secrets(&error)).with_context(|| exchange.line())
    }

    /// Holds the body against what the OpenAPI document says of it.
    pub(in crate::harness) async fn body_fits_its_schema(&mut self) -> Result<()> {
        self.answer().await?;
        let base_of = |name: &str| self.base_of(name);
        let exchange = self.exchanges.last().context("an answer")?;
        let request = &exchange.request;
        let operation = self.settings.documents.operation(&request.method, &request.address, base_of)?;
        let schema = operation.schema(exchange.status, exchange.media_type())?;
        schema::check(&schema, &exchange.json()?).with_context(|| operation.to_string())
    }

    /// Holds the body against a schema that stands below the sentence.
    pub(in crate::harness) async fn body_fits(&mut self, schema: Option<&str>) -> Result<()> {
        let schema = schema.context("this sentence wants a schema between two lines of \"\"\" below it")?;
        let schema = serde_json::from_str(&self.variables.fill(schema)?).context("the schema below is no JSON")?;
        schema::check(&schema, &self.answer().await?.json()?)
    }

    /// Holds the body against a schema in a file.
    pub(in crate::harness) async fn body_fits_file(&mut self, file: &str) -> Result<()> {
        let schema = serde_json::from_str(&self.file(file)?).with_context(|| format!("the schema {file} is no JSON"))?;
        schema::check(&schema, &self.answer().await?.json()?).with_context(|| format!("the schema {file}"))
    }

    /// Shows the request: the one that is put together, else the one that was sent last.
    pub(in crate::harness) fn print_request(&mut self) -> Result<()> {
        let request = match (&self.draft, self.exchanges.last()) {
            (Some(draft), _) => self.ready(draft)?,
            (None, Some(exchange)) => exchange.request.clone(),
            (None, None) => bail!("there is no request to print"),
        };
        self.printed.push(request.told(&self.known()));
        Ok(())
    }

    pub(in crate::harness) async fn print_body(&mut self) -> Result<()> {
        self.answer().await?;
        let exchange = self.exchanges.last().context("an answer")?;
        self.printed.push(format!("{}\n{}", exchange.line(), exchange.shown_body(&self.known())));
        Ok(())
    }

    /// Asks again and again until the value at a path is the one that is waited for.
    ///
    /// # Errors
    /// When it is not within so many seconds: what was waited for, and what was seen last.
    pub(in crate::harness) async fn comes_to_answer(
        &mut self,
        seconds: u64,
        verb: Verb,
        address: &str,
        path: &str,
        value: &str,
    ) -> Result<()> {
        self.nothing_is_left_unsent()?;
        ensure!(verb.only_reads(), "a {verb} that is sent again and again does something each time; wait with a GET");
        let (path, wanted) = (Path::parse(&self.variables.fill(path)?)?, self.variables.fill(value)?);
        let request = self.ready(&Draft::new(verb, address))?;
        let (since, limit) = (Instant::now(), Duration::from_secs(seconds));
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut seen = "nobody has answered".to_owned();
        loop {
            let left = limit.saturating_sub(since.elapsed());
            let Ok(sent) = timeout(left, async {
                ticks.tick().await;
                self.send(request.clone()).await
            })
            .await
            else {
                let told = anyhow!(
                    "waited {seconds} s until {} {address} answers with {path} equal to {wanted:?}; at last: {seen}",
                    request.method
                );
                return Err(self.without_secrets(&told));
            };
            let holds = sent.and_then(|exchange| {
                let holds = exchange.json().and_then(|body| path.equals(&body, &wanted));
                holds.map(|()| exchange)
            });
            match holds {
                Ok(exchange) => {
                    self.exchanges.push(exchange);
                    return Ok(());
                }
                Err(error) => seen = self.without_secrets(&error).to_string(),
            }
        }
    }

    fn last_told(&self) -> String {
        self.exchanges.last().map(|exchange| exchange.told(&self.known())).unwrap_or_default()
    }
}
