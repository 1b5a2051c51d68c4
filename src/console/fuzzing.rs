//! What browsers send to the console: forms, queries and cookies.

use axum::http::{HeaderMap, HeaderValue, Uri, header};
use url::Url;

use super::form::{Fields, moment};
use super::kept::{Kept, KeptFor, page_of};
use super::session::{FORM_TOKEN, cookie, token_in};
use super::{ats_form, dead_letters, general, inbound, invitation, orders, results, sign_in};
use crate::fuzz_input::Message;

/// A form: the path that it is sent to on the first line, headers of the browser, the form.
///
/// # Panics
/// When a form is refused for its shape, changes on its way through the sign-in, or takes a secret along; or a cookie is not read back.
pub fn console_form(bytes: &[u8]) {
    let request = Message::read(bytes);
    let fields = Fields::parse(&request.body);
    let sent: Vec<(&str, &str)> = fields.iter().collect();
    let written = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&sent).finish();
    assert_eq!(Fields::parse(written.as_bytes()).iter().collect::<Vec<_>>(), sent, "as a browser would send it again");
    let reads = [
        fields.read::<ats_form::AtsForm>().is_ok(),
        fields.read::<dead_letters::ReplayForm>().is_ok(),
        fields.read::<<general::General as super::settings_form::SettingsForm>::Form>().is_ok(),
        fields.read::<inbound::RotationForm>().is_ok(),
        fields.read::<invitation::InvitationForm>().is_ok(),
        fields.read::<orders::Search>().is_ok(),
        fields.read::<<results::Assessments as super::settings_form::SettingsForm>::Form>().is_ok(),
        fields.read::<sign_in::SignInForm>().is_ok(),
    ];
    assert!(!reads.contains(&false), "any text is a form");
    for (_, text) in &sent {
        if let Some(read) = moment(text) {
            assert_eq!(moment(&read.to_string()), Some(read));
        }
    }
    check_kept(request.word(0), &fields);
    check_cookies(&request.headers);
}

fn check_kept(action: &str, fields: &Fields) {
    let Ok(action) = action.parse::<Uri>() else { return };
    let token = fields.iter().find(|(name, _)| *name == FORM_TOKEN).map_or("", |(_, token)| token);
    let Some(kept) = Kept::of(&action, &token.into(), fields) else { return };
    let hidden = Fields::from_iter(kept.hidden());
    for name in hidden.iter().filter_map(|(name, _)| name.strip_prefix("kept.")) {
        assert!(!name.ends_with("password") && !name.ends_with("secret") && name != FORM_TOKEN, "{name} is kept");
    }
    let back = Kept::carried(&hidden.read::<KeptFor>().unwrap_or_default(), &hidden).expect("what was kept comes back");
    let again = Fields::from_iter(back.hidden());
    assert!(again.iter().eq(hidden.iter()), "what comes back is what was kept");
}

fn check_cookies(headers: &HeaderMap) {
    for address in ["https://harver.example", "http://127.0.0.1:8702"] {
        let address: Url = address.parse().expect("an address");
        let Some(token) = token_in(headers, &address) else { continue };
        assert!(!token.is_empty() && !token.contains(';'), "{token:?} is one value");
        if token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let own = HeaderMap::from_iter([(header::COOKIE, cookie(token, &address))]);
            assert_eq!(token_in(&own, &address), Some(token), "as we would set it");
        }
        let other = HeaderValue::try_from(format!("x={token}")).expect("it came in a header");
        assert_eq!(token_in(&HeaderMap::from_iter([(header::COOKIE, other)]), &address), None);
    }
    if let Some(page) = page_of(headers) {
        assert!(page.starts_with('/'), "a page is a path: {page:?}");
    }
}
