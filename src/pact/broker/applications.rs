//! Which applications a broker knows: a name that it does not know is told with the nearest that it does.

use serde_json::Value;

use super::client::Broker;
use super::error::BrokerError;

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
        let what = format!("the application {pacticipant}{}", nearest(pacticipant, &names));
        Err(BrokerError::NotFound { at: self.at().to_owned(), what })
    }
}

/// The known name that somebody may have meant, or a few of those that there are.
pub(super) fn nearest(name: &str, known: &[&str]) -> String {
    let likeness = |other: &str| strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
    let best = known.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match best {
        Some(best) if likeness(best) > 0.6 => format!("; did you mean {best}?"),
        Some(_) => format!("; it knows {}", known.iter().take(8).copied().collect::<Vec<_>>().join(", ")),
        None => "; it knows none yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_offered_and_others_are_listed() {
        assert_eq!(nearest("Icims", &["harver-icims", "icims"]), "; did you mean icims?");
        assert_eq!(nearest("payroll", &["harver-icims", "icims"]), "; it knows harver-icims, icims");
        assert_eq!(nearest("payroll", &[]), "; it knows none yet");
    }
}
