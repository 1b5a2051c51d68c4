//! Whether the page that candidates return to is there (promise G07). Events bring a page of their own, so this is never more than a
//! warning.

use reqwest::Method;
use url::Url;

use super::Checker;
use super::report::{Check, Subject, Whom};
use crate::domain::{Customer, Pattern};
use crate::http::NoAnswer;

const SUBJECT: Subject = Subject("return-url", "The page that candidates return to can be reached");

/// `None` where no candidate is sent there: without a page, and without the pattern that takes candidates out of iCIMS.
pub(super) async fn check(checker: &Checker, customer: &Customer) -> Option<Check> {
    let page = customer.return_url.as_ref().filter(|_| customer.patterns.contains(&Pattern::Inline))?;
    if !matches!(page.scheme(), "http" | "https") {
        let fix = "Correct the Candidate Return URL: it begins with https://.";
        return Some(SUBJECT.warning("It is no address of a web page.", fix, Whom::HarverAdmin));
    }
    let fix = "Open the address in a browser. If it does not open, correct the Candidate Return URL; if it does, our network may keep us \
               from it, and candidates reach it all the same.";
    Some(match checker.in_time(SUBJECT, status(checker, page)).await {
        Ok(Ok(status)) if status < 500 => SUBJECT.passed(format!("It answers with status {status}.")),
        Ok(Ok(status)) => SUBJECT.warning(format!("It answers with status {status}."), fix, Whom::HarverAdmin),
        Ok(Err(error)) => {
            let whom = if error.proxy().is_some() { Whom::Network } else { Whom::HarverAdmin };
            SUBJECT.warning(format!("There was {error}."), fix, whom)
        }
        Err(_) => SUBJECT.warning("There was no answer in time.", fix, Whom::HarverAdmin),
    })
}

/// Any answer tells that somebody is there, so the page itself is not asked for, and no redirect is followed.
async fn status(checker: &Checker, page: &Url) -> Result<u16, NoAnswer> {
    Ok(checker.http.exchange(checker.http.request(Method::HEAD, page.clone())).await?.status.as_u16())
}
