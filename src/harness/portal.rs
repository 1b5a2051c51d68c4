//! An applicant on the career portal, without a browser.

use anyhow::{Context, Result, ensure};

use super::page::{Page, Visitor};

/// Finds a position on the career portal and opens its page.
pub(super) async fn find(visitor: &Visitor, portal: &str, title: &str) -> Result<Page> {
    let form = visitor.open(portal).await?.succeeded()?.form("#job-search")?.fill("q", title)?;
    let found = visitor.submit(form).await?.succeeded()?;
    visitor.open(&found.link_named(title)?).await?.succeeded()
}

/// Fills in the application up to its last step: the assessment step, or the thanks where the position has none.
pub(super) async fn apply(visitor: &Visitor, portal: &str, title: &str, name: (&str, &str), email: &str) -> Result<Page> {
    let job = find(visitor, portal, title).await?;
    let page = visitor.follow(&job, "#apply").await?.succeeded()?;
    let page = visitor.submit(page.form("#application-form")?.fill("email", email)?).await?.succeeded()?;
    let form = page.form("#application-form")?.fill("firstname", name.0)?.fill("lastname", name.1)?;
    let page = visitor.submit(form).await?.succeeded()?;
    let form = page.form("#application-form")?;
    let source = form.value_labelled("source", |label| label != "Please choose").context("a source to choose")?;
    visitor.submit(form.fill("source", &source)?).await?.succeeded()
}

/// Leaves for the assessment. The platform's page, or the portal's page that says why not.
pub(super) async fn leave(visitor: &Visitor, step: &Page) -> Result<Page> {
    ensure!(step.has("#assessment-form"), "this is not the assessment step: {}", step.words());
    visitor.submit(step.form("#assessment-form")?).await
}

/// Goes back from the assessment's end page.
pub(super) async fn go_back(visitor: &Visitor, end: &Page) -> Result<Page> {
    visitor.follow(end, "#return-link").await?.succeeded()
}
