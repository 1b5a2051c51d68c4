//! Settings as somebody writes them: the body of a request, or a section of a file.

use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use crate::domain::{AtsAuthentication, Customer, Reach};
use crate::fuzz_input::brightwater;
use crate::settings::{Document, Problems, Rules};

const RULES: Rules = Rules { plain_http: false, reach: Reach::Public };

/// A document of settings, as JSON where it begins with a brace and as TOML otherwise: for a new customer and for one that is there.
///
/// # Panics
/// When what was taken breaks a rule, or is told as something that would change it.
pub fn settings_document(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let document: Option<Document> =
        if text.trim_start().starts_with('{') { serde_json::from_str(text).ok() } else { toml::from_str(text).ok() };
    let Some(document) = document else { return };
    let now = Timestamp::from_second(1_741_093_200).expect("in range");
    check(RULES.create(&document, now), now);
    check(RULES.change(&document, &brightwater(), now), now);
}

fn check(outcome: Result<Customer, Problems>, now: Timestamp) {
    match outcome {
        Ok(customer) => {
            check_rules(&customer);
            let told = serde_json::to_string(&Document::of(&customer, now)).expect("settings can be written");
            let read = serde_json::from_str(&told).expect("settings that were written can be read");
            let drift = RULES.drift(&read, &customer, now);
            let drift = drift.unwrap_or_else(|problems| panic!("{told} is refused: {:?}", Vec::from_iter(problems.iter())));
            assert!(drift.is_empty(), "{told} would change {drift:?}");
        }
        Err(problems) => {
            for (setting, message) in problems.iter() {
                assert!(!setting.is_empty() && !message.is_empty() && message.len() <= 4_000, "{setting}: {message}");
            }
        }
    }
}

fn check_rules(customer: &Customer) {
    assert!(!customer.enabled || !customer.patterns.is_empty());
    assert!(!customer.name.trim().is_empty() && !customer.name.contains(['\n', '\r']));
    let addresses = customer.ats.all().map(|ats| &ats.base_url).chain([&customer.harver.base_url]);
    for address in addresses {
        assert!(address.scheme() == "https" && address.has_host(), "{address} is called");
        assert!(address.username().is_empty() && address.password().is_none(), "{address} holds no secrets");
    }
    for ats in customer.ats.all() {
        let secret = match &ats.authentication {
            AtsAuthentication::Basic { password, .. } => password,
            AtsAuthentication::OAuth2 { client_secret, .. } => client_secret,
        };
        assert!(!secret.expose_secret().is_empty(), "an empty secret opens nothing");
    }
    for both in &customer.ended_statuses {
        assert!(!customer.trigger_statuses.contains(both), "{both} asks for an assessment and is an end");
    }
}
