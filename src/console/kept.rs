//! What was typed into a form whose session had ended, on its way through the sign-in.
//!
//! It travels in hidden fields of the sign-in page, so that nothing of somebody who is not signed in is stored. It comes back as a page
//! that is filled in, and is sent by nobody but the person who looks at it.

use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use url::Url;

use super::access::Configures;
use super::form::Fields;
use super::page::Failure;
use super::session::FORM_TOKEN;
use super::settings_form::{SettingsForm, resumed};
use super::{Console, credentials, general, inbound, invitation, progress, results};
use crate::domain::CustomerId;
use crate::store::admins::Session;

/// What the names of the fields begin with in the sign-in page.
const PREFIX: &str = "kept.";
/// The field with the address that the form is sent to.
const ACTION: &str = "kept_for_action";
/// The field with the customer of the session that has ended.
const CUSTOMER: &str = "kept_for_customer";

/// A form that was not taken.
pub(super) struct Kept {
    action: String,
    customer: String,
    fields: Vec<(String, String)>,
}

impl Kept {
    /// What is worth keeping of a form: `None` when nothing was typed but secrets.
    pub(super) fn of(action: &Uri, fields: &Fields) -> Option<Self> {
        let typed = fields.iter().filter(|(name, text)| !text.is_empty() && !is_secret(name));
        let typed: Vec<_> = typed.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        let customer = fields.text(FORM_TOKEN).split_once('.').map(|(customer, _)| customer.to_owned())?;
        if typed.is_empty() { None } else { Some(Self { action: action.path().to_owned(), customer, fields: typed }) }
    }

    /// What the sign-in page was carrying along.
    pub(super) fn carried(fields: &Fields) -> Option<Self> {
        let carried = fields.iter().filter_map(|(name, text)| Some((name.strip_prefix(PREFIX)?, text)));
        let carried: Vec<_> = carried.filter(|(name, _)| !is_secret(name)).collect();
        let kept: Vec<_> = carried.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        let text = |name| fields.text(name).to_owned();
        if kept.is_empty() { None } else { Some(Self { action: text(ACTION), customer: text(CUSTOMER), fields: kept }) }
    }

    /// Whether the page of the form can be shown filled in; otherwise it is to be sent again.
    pub(super) fn comes_back(&self) -> bool {
        filled_in(&self.action).is_some()
    }

    /// The hidden fields of the sign-in page.
    pub(super) fn hidden(&self) -> Vec<(String, &str)> {
        let own = [(ACTION.to_owned(), self.action.as_str()), (CUSTOMER.to_owned(), self.customer.as_str())];
        let kept = self.fields.iter().map(|(name, text)| (format!("{PREFIX}{name}"), text.as_str()));
        own.into_iter().chain(kept).collect()
    }

    /// The page of the form, filled in as it was; `None` when it does not come back, or was another customer's.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn resumed(self, console: &Console, session: Session) -> Result<Option<Response>, Failure> {
        if self.customer.parse::<CustomerId>().ok() != Some(session.customer) {
            return Ok(None);
        }
        let Ok(who) = Configures::allowed(session) else { return Ok(None) };
        let Some(page) = filled_in(&self.action) else { return Ok(None) };
        page(console, who, &Fields::from_iter(self.fields)).await.map(Some)
    }
}

/// A page that is filled in with what was typed.
type FilledIn = for<'a> fn(&'a Console, Configures, &'a Fields) -> BoxFuture<'a, Result<Response, Failure>>;

/// The page that a form was sent from by its address; `None` for a form that only acts.
fn filled_in(action: &str) -> Option<FilledIn> {
    Some(match action {
        general::General::PATH => |console, who, fields| Box::pin(resumed::<general::General>(console, who, fields)),
        inbound::AtsToHarverTab::PATH => {
            |console, who, fields| Box::pin(resumed::<inbound::AtsToHarverTab>(console, who, fields))
        }
        invitation::InvitationPage::PATH | invitation::PREVIEW => {
            |console, who, fields| Box::pin(invitation::resumed(console, who, fields))
        }
        progress::AtsToHarver::PATH => |console, who, fields| Box::pin(resumed::<progress::AtsToHarver>(console, who, fields)),
        results::Assessments::PATH => |console, who, fields| Box::pin(resumed::<results::Assessments>(console, who, fields)),
        results::Reports::PATH => |console, who, fields| Box::pin(resumed::<results::Reports>(console, who, fields)),
        credentials::EDIT => |console, who, fields| Box::pin(credentials::resumed(console, who, fields)),
        _ => return None,
    })
}

/// Fields for secrets are named like this; the pages are checked for it.
fn is_secret(name: &str) -> bool {
    name == FORM_TOKEN || name.ends_with("password") || name.ends_with("secret")
}

/// The page that a form was filled in on, as the browser names it: only its path, and only within the console.
pub(super) fn page_of(headers: &HeaderMap) -> Option<String> {
    let page = Url::parse(headers.get(header::REFERER)?.to_str().ok()?).ok()?;
    Some(page.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_carried_along() {
        let typed = [("form_token", "4021.abc"), ("username", "harverapi"), ("password", "hush"), ("client_secret", "hush")];
        let kept = Kept::of(&Uri::from_static("/console/general?x=1"), &Fields::from(&typed[..])).expect("a user name");
        let hidden = kept.hidden();
        assert!(hidden.contains(&("kept.username".into(), "harverapi")) && hidden.contains(&(ACTION.into(), "/console/general")));
        assert!(hidden.iter().all(|(name, text)| !name.contains("password") && *text != "hush" && *text != "4021.abc"));
        let forged = [("kept.password", "hush")];
        assert!(Kept::carried(&Fields::from(&forged[..])).is_none());
    }

    #[test]
    fn what_is_carried_comes_back_as_it_was() {
        let typed = [("form_token", "4021.abc"), ("name", " Brightwater\n& \"Sons\" "), ("pattern_inline", "on")];
        let kept = Kept::of(&Uri::from_static("/console/general"), &Fields::from(&typed[..])).expect("a name");
        let sent = Fields::from_iter(kept.hidden().into_iter().map(|(name, text)| (name, text.to_owned())));
        let back = Kept::carried(&sent).expect("it was carried");
        assert_eq!((back.action.as_str(), back.customer.as_str()), ("/console/general", "4021"));
        let mut fields = back.fields;
        fields.sort();
        assert_eq!(fields, [("name".into(), typed[1].1.into()), ("pattern_inline".into(), "on".into())]);
    }

    #[test]
    fn a_form_without_anything_typed_is_not_kept() {
        let kept = |fields: &[(&str, &str)]| Kept::of(&Uri::from_static("/console/sign-out"), &Fields::from(fields)).is_some();
        assert!(!kept(&[("form_token", "4021.abc")]) && !kept(&[]) && !kept(&[("form_token", "4021.abc"), ("name", "")]));
        assert!(!kept(&[("name", "no token, so it is no form of ours")]));
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
