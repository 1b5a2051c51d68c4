//! Which applications a broker knows: a name that it does not know is told with the nearest that it does.

use serde_json::Value;

use super::client::Broker;
use super::error::BrokerError;
use crate::pact::near;

impl Broker {
    /// Looks whether an application is known.
    ///
    /// # Errors
    /// When it is not, or the broker cannot be asked.
    pub async fn knows(&self, pacticipant: &str) -> Result<(), BrokerError> {
        let index = self.index().await?;
        let found = self.get(index.link("pb:pacticipants", &[])?, "its list of applications").await?;
        let listed = found.json["_embedded"]["pacticipants"].as_array().map(Vec::as_slice).unwrap_or_default();
        let names: Vec<&str> = listed.iter().filter_map(|one: &Value| one["name"].as_str()).collect();
        if names.contains(&pacticipant) {
            return Ok(());
        }
        let what = format!("the application {pacticipant}{}", near_name(pacticipant, &names));
        Err(BrokerError::NotFound { at: self.at().to_owned(), what })
    }
}

/// The known name that somebody may have meant, or a few of those that there are, to be put at the end of a sentence.
#[must_use]
pub fn near_name(name: &str, known: &[&str]) -> String {
    match near::nearest(name, known.iter().copied()) {
        Some(near) => format!("; did you mean {near}?"),
        None if known.is_empty() => "; it knows none yet".to_owned(),
        None => format!("; it knows {}", known.iter().take(8).copied().collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_offered_and_others_are_listed() {
        assert_eq!(near_name("Icims", &["harver-icims", "icims"]), "; did you mean icims?");
        assert_eq!(near_name("payroll", &["harver-icims", "icims"]), "; it knows harver-icims, icims");
        assert_eq!(near_name("payroll", &[]), "; it knows none yet");
    }
}
