//! What was typed into a form whose session had ended, on its way through the sign-in.
//!
//! It travels in hidden fields of the sign-in page, so that nothing of somebody who is not signed in is stored. It comes back as a page
//! that is filled in, and is sent by nobody but the person who looks at it.

use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::access::Configures;
use super::form::{Fields, Meant, Text};
use super::page::Failure;
use super::session::FORM_TOKEN;
use super::settings_form::{SettingsForm, resumed};
use super::{Console, credentials, general, inbound, invitation, progress, results};
use crate::domain::CustomerId;
use crate::store::admins::Session;

/// What the names of the fields begin with in the sign-in page.
const PREFIX: &str = "kept.";

/// A form that was not taken.
pub(super) struct Kept {
    /// What it is filled in on; `None` for a form that only acts.
    page: Option<ResumedPage>,
    /// The customer of the session that has ended.
    customer: CustomerId,
    /// By name: those of whichever form it is.
    fields: Fields,
}

/// What the sign-in page carries along beside the fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct KeptFor {
    /// The address that the form is sent to, when its page can be filled in.
    kept_for_action: Text,
    /// The customer of the session that has ended.
    kept_for_customer: Meant<CustomerId>,
}

impl Kept {
    /// What is worth keeping of a form with this token: `None` when nothing was typed but secrets.
    pub(super) fn of(action: &Uri, form_token: &SecretString, fields: &Fields) -> Option<Self> {
        let typed = fields.iter().filter(|(name, text)| !text.is_empty() && !is_secret(name));
        let (customer, _) = form_token.expose_secret().trim().split_once('.')?;
        Self::with(action.path(), customer.parse().ok()?, typed)
    }

    /// What the sign-in page was carrying along.
    pub(super) fn carried(kept_for: &KeptFor, fields: &Fields) -> Option<Self> {
        let carried = fields.iter().filter_map(|(name, text)| Some((name.strip_prefix(PREFIX)?, text)));
        let carried = carried.filter(|(name, _)| !is_secret(name));
        Self::with(&kept_for.kept_for_action, kept_for.kept_for_customer.0?, carried)
    }

    fn with<'a>(action: &str, customer: CustomerId, fields: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let mut fields = fields.map(|(name, text)| (name.to_owned(), text.to_owned())).peekable();
        fields.peek()?;
        Some(Self { page: ResumedPage::of(action), customer, fields: fields.collect() })
    }

    /// Whether the page of the form can be shown filled in; otherwise it is to be sent again.
    pub(super) fn comes_back(&self) -> bool {
        self.page.is_some()
    }

    /// The hidden fields of the sign-in page.
    pub(super) fn hidden(&self) -> Vec<(String, String)> {
        let action = self.page.as_ref().map_or("", |page| page.action);
        let own =
            [("kept_for_action".to_owned(), action.to_owned()), ("kept_for_customer".to_owned(), self.customer.to_string())];
        let kept = self.fields.iter().map(|(name, text)| (format!("{PREFIX}{name}"), text.to_owned()));
        own.into_iter().chain(kept).collect()
    }

    /// The page of the form, filled in as it was; `None` when it does not come back, or was another customer's.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn resumed(self, console: &Console, session: Session) -> Result<Option<Response>, Failure> {
        if self.customer != session.customer {
            return Ok(None);
        }
        let Ok(who) = Configures::allowed(session) else { return Ok(None) };
        let Some(page) = self.page else { return Ok(None) };
        (page.filled_in)(console, who, &self.fields).await.map(Some)
    }
}

/// Fills a page in with what was typed.
type FilledIn = for<'a> fn(&'a Console, Configures, &'a Fields) -> BoxFuture<'a, Result<Response, Failure>>;

/// A page that comes back filled in.
struct ResumedPage {
    /// The address that its form is sent to.
    action: &'static str,
    filled_in: FilledIn,
}

impl ResumedPage {
    const ALL: [Self; 8] = [
        Self::new(general::General::PATH, |console, who, fields| Box::pin(resumed::<general::General>(console, who, fields))),
        Self::new(inbound::AtsToHarverTab::PATH, |console, who, fields| {
            Box::pin(resumed::<inbound::AtsToHarverTab>(console, who, fields))
        }),
        Self::new(invitation::InvitationPage::PATH, |console, who, fields| Box::pin(invitation::resumed(console, who, fields))),
        Self::new(invitation::PREVIEW, |console, who, fields| Box::pin(invitation::resumed(console, who, fields))),
        Self::new(progress::AtsToHarver::PATH, |console, who, fields| {
            Box::pin(resumed::<progress::AtsToHarver>(console, who, fields))
        }),
        Self::new(results::Assessments::PATH, |console, who, fields| {
            Box::pin(resumed::<results::Assessments>(console, who, fields))
        }),
        Self::new(results::Reports::PATH, |console, who, fields| Box::pin(resumed::<results::Reports>(console, who, fields))),
        Self::new(credentials::EDIT, |console, who, fields| Box::pin(credentials::resumed(console, who, fields))),
    ];

    const fn new(action: &'static str, filled_in: FilledIn) -> Self {
        Self { action, filled_in }
    }

    /// The page that sends its form to this address; `None` where there is nothing to fill in.
    fn of(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.action == action)
    }
}

/// Fields for secrets are named like this; the pages are checked for it.
fn is_secret(name: &str) -> bool {
    name == FORM_TOKEN || name.ends_with("password") || name.ends_with("secret")
}

/// The page that a form was filled in on, as the browser names it: only its path, and only within the console.
pub(super) fn page_of(headers: &HeaderMap) -> Option<String> {
    let page = Url::parse(headers.get(header::REFERER)?.to_str().ok()?).ok()?;
    // Of what is no address of the web, the path is anything, or nothing.
    matches!(page.scheme(), "http" | "https").then(|| page.path().to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_page_is_a_path_wherever_the_browser_says_that_it_was() {
        let page = |referer| page_of(&HeaderMap::from_iter([(header::REFERER, HeaderValue::from_static(referer))]));
        assert_eq!(page("https://harver.example/console/general?x=1").as_deref(), Some("/console/general"));
        for elsewhere in [
            "referer: https://harver.example/console",
            "about:blank",
            "data:text/html,x",
            "/console",
            "",
            "other://harver.example",
        ] {
            assert_eq!(page(elsewhere), None, "{elsewhere}");
        }
    }

    fn of(action: &'static str, fields: &[(&str, &str)]) -> Option<Kept> {
        let token = fields.iter().find(|(name, _)| *name == FORM_TOKEN).map_or("", |(_, token)| *token);
        Kept::of(&Uri::from_static(action), &token.into(), &Fields::from(fields))
    }

    #[test]
    fn secrets_are_not_carried_along() {
        let typed = [("form_token", "4021.abc"), ("username", "harverapi"), ("password", "hush"), ("client_secret", "hush")];
        let kept = of("/console/general?x=1", &typed).expect("a user name");
        let hidden = kept.hidden();
        assert!(
            hidden.contains(&("kept.username".into(), "harverapi".into()))
                && hidden.contains(&("kept_for_action".into(), "/console/general".into()))
        );
        assert!(hidden.iter().all(|(name, text)| !name.contains("password") && text != "hush" && text != "4021.abc"));
        let forged = [("kept.password", "hush")];
        assert!(Kept::carried(&KeptFor::default(), &Fields::from(&forged[..])).is_none());
    }

    #[test]
    fn what_is_carried_comes_back_as_it_was() {
        let typed = [("form_token", "4021.abc"), ("name", " Brightwater\n& \"Sons\" "), ("pattern_inline", "on")];
        let kept = of("/console/general", &typed).expect("a name");
        let sent = Fields::from_iter(kept.hidden());
        let kept_for = sent.read().expect("any text is a form");
        let back = Kept::carried(&kept_for, &sent).expect("it was carried");
        assert_eq!((back.page.map(|page| page.action), back.customer.to_string().as_str()), (Some("/console/general"), "4021"));
        assert_eq!(back.fields.iter().collect::<Vec<_>>(), typed[1..]);
    }

    #[test]
    fn a_form_without_anything_typed_is_not_kept() {
        let kept = |fields: &[(&str, &str)]| of("/console/sign-out", fields).is_some();
        assert!(!kept(&[("form_token", "4021.abc")]) && !kept(&[]) && !kept(&[("form_token", "4021.abc"), ("name", "")]));
        assert!(!kept(&[("name", "no token, so it is no form of ours")]));
        assert!(!kept(&[("name", "a token of no customer"), ("form_token", "402ation\n.abc")]));
    }

    #[test]
    fn fields_for_secrets_are_named_so() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console/pages");
        for page in std::fs::read_dir(folder).expect("the pages") {
            let page = page.expect("a page").path();
            let text = std::fs::read_to_string(&page).expect("readable");
            for input in text.split("<input").skip(1).filter_map(|rest| rest.split('>').next()) {
                let name = input.split("name=\"").nth(1).and_then(|rest| rest.split('"').next());
                let named_so = name.is_some_and(is_secret);
                assert!(named_so || !input.contains("type=\"password\""), "{}: {input}", page.display());
            }
        }
    }
}
