//! Looking at a page as people do: for something of a role with a label, and for words.

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::Locator;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use serde_json::Value;

use super::commands::{ComputedLabel, ComputedRole};
use super::spot::Spot;
use super::{Browser, PATIENCE};

/// What one look finds.
enum Seen {
    One(Element),
    Several(usize),
    /// None, but these.
    Others(Vec<String>),
}

impl Browser {
    /// Waits until there is one such thing.
    ///
    /// # Errors
    /// When there is none in time, or there are several: the page should tell them apart.
    pub(super) async fn find(&self, spot: &Spot) -> Result<Element> {
        let path = spot.path()?;
        let start = Instant::now();
        loop {
            let seen = match self.look(spot, &path).await {
                Ok(Seen::One(element)) => return Ok(element),
                Ok(Seen::Several(count)) => format!("{count} of them"),
                Ok(Seen::Others(others)) => format!("{others:?}"),
                Err(error) if error.is_stale_element_reference() => "a page that changes under the eyes".into(),
                Err(error) => return Err(error).with_context(|| format!("looking for {spot}")),
            };
            if start.elapsed() > PATIENCE {
                bail!("{spot} is not on the page, but {seen}; {}", self.whereabouts().await);
            }
        }
    }

    async fn look(&self, spot: &Spot, path: &str) -> Result<Seen, CmdError> {
        let (mut found, mut others) = (Vec::new(), Vec::new());
        for element in self.client().find_all(Locator::XPath(path)).await? {
            let (role, label) = self.announced(&element).await?;
            if spot.is(&role, &label) {
                found.push(element);
            } else {
                others.push(format!("{role} {label:?}"));
            }
        }
        let count = found.len();
        Ok(match (found.pop(), count) {
            (Some(one), 1) => Seen::One(one),
            (Some(_), _) => Seen::Several(count),
            (None, _) => Seen::Others(others),
        })
    }

    /// Role and label, as a screen reader would have them.
    async fn announced(&self, element: &Element) -> Result<(String, String), CmdError> {
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let role = self.client().issue_cmd(ComputedRole(element.element_id())).await?;
        let label = self.client().issue_cmd(ComputedLabel(element.element_id())).await?;
        Ok((text(role), text(label)))
    }

    /// Waits until there is one such thing.
    pub(in crate::harness) async fn shows(&self, spot: &Spot) -> Result<()> {
        self.find(spot).await.map(drop)
    }

    /// Whether there is no such thing now.
    pub(in crate::harness) async fn lacks(&self, spot: &Spot) -> Result<bool> {
        let looked = self.look(spot, &spot.path()?).await.with_context(|| format!("looking for {spot}"))?;
        Ok(matches!(looked, Seen::Others(_)))
    }

    /// Whether a check box, a radio button or a switch is on.
    pub(in crate::harness) async fn is_on(&self, spot: &Spot) -> Result<bool> {
        is_on(&self.find(spot).await?).await.with_context(|| format!("reading {spot}"))
    }

    /// Whether a field is marked as wrong.
    pub(in crate::harness) async fn is_refused(&self, spot: &Spot) -> Result<bool> {
        let marked = self.find(spot).await?.attr("aria-invalid").await.with_context(|| format!("reading {spot}"))?;
        Ok(marked.as_deref() == Some("true"))
    }

    /// What a field holds.
    pub(in crate::harness) async fn value(&self, spot: &Spot) -> Result<String> {
        let value = self.find(spot).await?.prop("value").await.with_context(|| format!("reading {spot}"))?;
        Ok(value.unwrap_or_default())
    }

    /// Waits until the page says something, whatever stands between its words.
    pub(in crate::harness) async fn says(&self, words: &str) -> Result<()> {
        let start = Instant::now();
        let mut said = String::new();
        while start.elapsed() <= PATIENCE {
            said = self.words().await?;
            if said.contains(words) {
                return Ok(());
            }
        }
        bail!("the page does not say {words:?}; {}; it says: {said}", self.whereabouts().await)
    }

    /// What the page says now; nothing while it changes.
    pub(in crate::harness) async fn words(&self) -> Result<String> {
        let main = async { self.client().find(Locator::Css("main")).await?.text().await };
        match main.await {
            Ok(said) => Ok(said.split_whitespace().collect::<Vec<_>>().join(" ")),
            Err(error) if error.is_stale_element_reference() || error.is_no_such_element() => Ok(String::new()),
            Err(error) => Err(error).context("reading the page"),
        }
    }

    /// Whether a page can be read without moving it sideways.
    pub(in crate::harness) async fn fits_its_window(&self) -> Result<()> {
        let script = "return [document.documentElement.scrollWidth, window.innerWidth]";
        let widths = self.client().execute(script, Vec::new()).await.context("measuring the page")?;
        ensure!(
            widths[0].as_u64() <= widths[1].as_u64(),
            "the page is wider than its window: {widths}; {}",
            self.whereabouts().await
        );
        Ok(())
    }

    /// What changes with each page.
    pub(super) async fn document(&self) -> Result<ElementRef> {
        Ok(self.client().find(Locator::Css("html")).await?.element_id())
    }

    /// Waits until another page has taken the place of this one.
    pub(super) async fn comes_after(&self, page: &ElementRef) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() <= PATIENCE {
            match self.client().find(Locator::Css("html")).await {
                Ok(html) if html.element_id() != *page => return Ok(()),
                Err(error) if !error.is_no_such_element() => return Err(error).context("waiting for the next page"),
                Ok(_) | Err(_) => {}
            }
        }
        bail!("no other page came; {}", self.whereabouts().await)
    }
}

/// Whether a check box, a radio button or a switch is on.
pub(super) async fn is_on(element: &Element) -> Result<bool, CmdError> {
    match element.attr("aria-checked").await? {
        Some(checked) => Ok(checked == "true"),
        None => element.is_selected().await,
    }
}
