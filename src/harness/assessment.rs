//! A candidate on the assessment platform's pages, without a browser: landing page, parts, end page.

use anyhow::{Context, Result, bail, ensure};

use super::fit::Fit;
use super::page::{Form, Page, Visitor};

/// More parts than any assessment has; a candidate who is shown more goes round in circles.
const MANY: usize = 50;

/// Where a candidate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Title, description, consents.
    Landing,
    /// One of the parts, by its key.
    Part(String),
    /// Thanks.
    End,
    /// What is shown to those who come back after the end.
    AlreadyCompleted,
}

/// Which page of the platform this is.
pub(super) fn place(page: &Page) -> Result<Place> {
    Ok(match () {
        () if page.has("#landing") => Place::Landing,
        () if page.has("#module-form") => Place::Part(page.attribute("#module-form", "data-module")?),
        () if page.has("#end-page") => Place::End,
        () if page.has("#already-completed") => Place::AlreadyCompleted,
        () => bail!("{} is no page of an assessment; it says: {}", page.url, page.words()),
    })
}

/// Accepts the terms and starts.
pub(super) async fn begin(visitor: &Visitor, landing: &Page) -> Result<Page> {
    ensure!(place(landing)? == Place::Landing, "this is not the landing page: {}", landing.words());
    let form = landing.form("#landing-form")?.tick("accept-terms")?;
    visitor.submit(form).await?.succeeded()
}

/// Answers the part that is shown.
pub(super) async fn answer(visitor: &Visitor, page: &Page, fit: Fit) -> Result<Page> {
    let form = answered(page, fit)?;
    let next = visitor.submit(form).await?.succeeded()?;
    ensure!(next.url != page.url, "the answers were not accepted: {}", next.words());
    Ok(next)
}

/// Goes on from wherever the candidate is until the end page.
pub(super) async fn finish(visitor: &Visitor, mut page: Page, fit: Fit) -> Result<Page> {
    for _ in 0..MANY {
        page = match place(&page)? {
            Place::Landing => begin(visitor, &page).await?,
            Place::Part(_) => answer(visitor, &page, fit).await?,
            Place::End => return Ok(page),
            Place::AlreadyCompleted => bail!("this assessment was finished before"),
        };
    }
    bail!("the assessment has no end; at last: {}", page.words())
}

/// The form of a part with every question answered.
fn answered(page: &Page, fit: Fit) -> Result<Form> {
    let Place::Part(part) = place(page)? else { bail!("this is no part of an assessment: {}", page.words()) };
    let mut form = page.form("#module-form")?;
    let names: Vec<String> = form.names().into_iter().map(str::to_owned).collect();
    for name in names {
        let offered: Vec<String> = form.values(&name).into_iter().map(str::to_owned).collect();
        let value = match offered.as_slice() {
            [_] => {
                let text = page.text(&format!("#{name}-text")).with_context(|| format!("{name} of {part} is a text to copy"))?;
                fit.copy(&text).to_owned()
            }
            scale if scale.iter().all(|value| value.parse::<u8>().is_ok()) => fit.point().to_owned(),
            choices => fit.choice(&part, &choices.iter().map(String::as_str).collect::<Vec<_>>()).to_owned(),
        };
        form = form.fill(&name, &value)?;
    }
    Ok(form)
}
