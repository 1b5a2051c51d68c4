//! The guide followed in a browser, with the mouse or with the keyboard alone: Harver in the first window, iCIMS in the second.
//! Everything is found as people find it, by what it is and what it is called.

mod console;
mod icims;
mod invitation;
mod looking;

use anyhow::{Context, Result, bail};

use super::World;
use crate::harness::browser::hands::{Hands, Means};
use crate::harness::browser::spot::{Role, Spot};

/// As wide as a page of 1280 pixels is whose text somebody has enlarged fourfold.
const ENLARGED: (u32, u32) = (320, 900);

/// A link that leads to a section of the integration.
fn section(name: &str) -> Spot {
    Spot::link(name).within("Sections of the integration")
}

/// A link that leads to a part of a section.
fn part(section: &str, name: &str) -> Spot {
    Spot::link(name).within(&format!("Parts of {section}"))
}

impl World {
    /// Opens the overview, where everything begins.
    pub(in crate::harness) async fn sit_down(&mut self, means: Means, enlarged: bool) -> Result<()> {
        self.open_browser().await?;
        self.means = means;
        if enlarged {
            self.browser()?.resize(ENLARGED).await?;
        }
        let overview = self.overview()?;
        self.browser()?.open(&overview).await?;
        self.picture("overview").await
    }

    /// The browser, in the hands of whoever the sentence is about.
    fn hands(&self) -> Result<Hands<'_>> {
        let browser = self.browser.as_ref().context("no browser is open")?;
        Ok(Hands { browser, means: self.means })
    }

    /// Where all screens of a customer are linked, and its credentials shown.
    fn overview(&self) -> Result<String> {
        let keys = self.company()?.keys()?;
        Ok(format!("{}/?customer={}", keys.control.base_url.trim_end_matches('/'), keys.icims.customer_id))
    }

    /// Goes to a screen from the overview.
    async fn leave_the_overview(&mut self, link: Spot) -> Result<()> {
        let overview = self.overview()?;
        self.browser()?.open(&overview).await?;
        self.hands()?.follow(&link).await
    }

    async fn turn_to_harver(&mut self) -> Result<()> {
        self.browser()?.turn_to(false).await
    }

    /// Harver, at the overview of the console.
    async fn turn_to_console(&mut self) -> Result<()> {
        self.turn_to_harver().await?;
        self.leave_the_overview(Spot::link("Console")).await
    }

    async fn turn_to_icims(&mut self) -> Result<()> {
        self.browser()?.turn_to(true).await
    }

    /// iCIMS, at a screen of its administrator's.
    async fn turn_to_icims_admin(&mut self, screen: &str) -> Result<()> {
        self.turn_to_icims().await?;
        self.leave_the_overview(Spot::link("Admin")).await?;
        self.hands()?.follow(&Spot::link(screen)).await
    }

    /// Keeps a picture; nothing on it stands out of the window.
    async fn picture(&mut self, name: &str) -> Result<()> {
        let browser = self.browser()?;
        browser.photograph(name).await?;
        browser.fits_its_window().await
    }

    /// Waits until the page says this, and keeps a picture of it.
    async fn reads(&mut self, words: &str, picture: &str) -> Result<()> {
        self.hands()?.browser.says(words).await?;
        self.picture(picture).await
    }

    /// Presses the button that copies a value, and waits until it has.
    async fn copy(&self, what: &str) -> Result<()> {
        let hands = self.hands()?;
        hands.press(&Spot::button(&format!("Copy {what}"))).await?;
        hands.browser.shows(&Spot::button(&format!("Copied {what}"))).await
    }

    async fn at_heading(&self, heading: &str) -> Result<()> {
        self.hands()?.browser.shows(&Spot::new(Role::Heading, heading)).await
    }
}

/// How the integration signs in to iCIMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harness) enum Method {
    OAuth2,
    Basic,
}

impl Method {
    /// By its label.
    pub(in crate::harness) fn labelled(label: &str) -> Result<Self> {
        Ok(match label {
            "OAuth2" => Self::OAuth2,
            "Basic authentication" => Self::Basic,
            other => bail!("there is no authentication method {other}"),
        })
    }
}
