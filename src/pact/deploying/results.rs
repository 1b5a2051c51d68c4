//! What a repository's own files come to: pacts, and the `results.json` that `pact verify --report` leaves.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Decision, Known};

/// A file of results, as [`crate::pact::Report`] writes it.
#[derive(Clone, Debug, Deserialize)]
pub struct Results {
    provider: String,
    #[serde(default)]
    provider_version: Option<String>,
    pacts: Vec<OfPact>,
    /// What was looked for, where that was not everything.
    filter: Option<String>,
    interrupted: bool,
    problems: Vec<String>,
    verdict: String,
}

#[derive(Clone, Debug, Deserialize)]
struct OfPact {
    consumer: String,
    sha256: String,
    interactions: Vec<OfInteraction>,
}

#[derive(Clone, Debug, Deserialize)]
struct OfInteraction {
    outcome: String,
}

impl Results {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("it is empty".to_owned());
        }
        let json: Value = serde_json::from_str(text).map_err(|_| "it is not JSON".to_owned())?;
        serde_json::from_value(json).map_err(|_| "it is not the results.json that pact verify --report leaves".to_owned())
    }
}

/// A pact of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Whose it is.
    pub consumer: String,
    /// Who is to keep it.
    pub provider: String,
    /// How many interactions it has.
    pub interactions: usize,
    /// The digest of its text.
    pub sha256: String,
}

impl Kept {
    /// A pact by its text, and what is known of it.
    #[must_use]
    pub fn new(consumer: &str, provider: &str, interactions: usize, text: &[u8]) -> Self {
        let sha256 = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { consumer: consumer.to_owned(), provider: provider.to_owned(), interactions, sha256 }
    }
}

/// What files of results say of a version. A provider is wanted in that version; of a consumer's pacts, every result counts, whichever
/// version of the provider it is about: an old one that does not keep the pact may still run.
#[must_use]
pub fn of_results(pacticipant: &str, version: &str, pacts: &[Kept], results: &[Results]) -> Decision {
    let mut decision = Decision::default();
    for pact in pacts.iter().filter(|pact| pact.consumer == pacticipant || pact.provider == pacticipant) {
        let of_pair: Vec<(&Results, &OfPact)> = results
            .iter()
            .filter(|of| of.provider == pact.provider)
            .flat_map(|of| of.pacts.iter().filter(|one| one.consumer == pact.consumer).map(move |one| (of, one)))
            .collect();
        let is_wanted = |of: &Results| pact.provider != pacticipant || of.provider_version.as_deref() == Some(version);
        let wanted: Vec<_> = of_pair.iter().filter(|(of, _)| is_wanted(of)).collect();
        let who = |version: Option<&str>| {
            let version = version.map(|version| format!(" {version}")).unwrap_or_default();
            format!("{}'s pact with {}{version}", pact.consumer, pact.provider)
        };
        for (of, one) in &wanted {
            let (known, why) = told(pact, of, one);
            decision.pair(known, format!("{}: {why}", who(of.provider_version.as_deref())));
        }
        if wanted.is_empty() {
            let others: Vec<&str> =
                of_pair.iter().map(|(of, _)| of.provider_version.as_deref().unwrap_or("no version")).collect();
            let why = if others.is_empty() {
                "there is no result of it".to_owned()
            } else {
                format!("the result is of {}, not of {version}", others.join(", "))
            };
            decision.pair(Known::Unknown, format!("{}: {why}", who(None)));
        }
    }
    decision
}

fn told(pact: &Kept, of: &Results, one: &OfPact) -> (Known, String) {
    let count = |wanted: &[&str]| one.interactions.iter().filter(|seen| wanted.contains(&seen.outcome.as_str())).count();
    let (all, kept, broken) = (one.interactions.len(), count(&["kept"]), count(&["broken"]));
    let unknown = |why: String| (Known::Unknown, why);
    match () {
        () if one.sha256 != pact.sha256 => unknown("the result is of another pact, as its digest differs".to_owned()),
        () if broken > 0 => (Known::Broken, format!("{broken} of {all} interactions were not kept")),
        () if of.filter.is_some() || count(&["not_wanted"]) > 0 => unknown("the result is of a part of it".to_owned()),
        () if of.interrupted || count(&["not_reached"]) > 0 => unknown("the run ended before everything was tried".to_owned()),
        () if !of.problems.is_empty() => unknown(format!("nobody can trust the result: {}", of.problems.join("; "))),
        () if all != pact.interactions || all == 0 => {
            unknown(format!("the result is of {all} of {} interactions", pact.interactions))
        }
        () if kept != all => unknown(format!("{} of {all} interactions are pending", all - kept)),
        // A run of several pacts has failed by another one, which is told by itself.
        () if !matches!(of.verdict.as_str(), "ok" | "FAILED") => unknown(format!("the run has ended as {}", of.verdict)),
        () => (Known::Kept, format!("{all} interactions were kept")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::verdict::Verdict;

    fn pact() -> Kept {
        Kept::new("shop", "icims", 2, b"text")
    }

    fn results(change: impl FnOnce(&mut Value)) -> Results {
        let mut text = json!({
            "provider": "icims", "provider_version": "7", "filter": null, "interrupted": false, "problems": [], "verdict": "ok",
            "pacts": [{"consumer": "shop", "sha256": pact().sha256, "interactions": [{"outcome": "kept"}, {"outcome": "kept"}]}],
        });
        change(&mut text);
        Results::parse(&text.to_string()).expect("results")
    }

    #[test]
    fn a_yes_needs_the_whole_result_of_this_very_pact() {
        type Change = fn(&mut Value);
        let changes: [(Change, Verdict, &str); 11] = [
            (|_| {}, Verdict::Passed, "2 interactions were kept"),
            (|of| of["pacts"][0]["sha256"] = "0".into(), Verdict::LeftOut, "of another pact"),
            (
                |of| of["pacts"][0]["interactions"][0]["outcome"] = "broken".into(),
                Verdict::Failed,
                "1 of 2 interactions were not kept",
            ),
            (
                |of| of["pacts"][0]["interactions"][0]["outcome"] = "pending".into(),
                Verdict::LeftOut,
                "1 of 2 interactions are pending",
            ),
            (|of| of["pacts"][0]["interactions"][0]["outcome"] = "not_wanted".into(), Verdict::LeftOut, "of a part of it"),
            (|of| of["pacts"][0]["interactions"] = json!([]), Verdict::LeftOut, "of 0 of 2 interactions"),
            (|of| of["filter"] = "--filter x".into(), Verdict::LeftOut, "of a part of it"),
            (|of| of["interrupted"] = true.into(), Verdict::LeftOut, "ended before"),
            (|of| of["problems"] = json!(["two of one name"]), Verdict::LeftOut, "nobody can trust the result: two of one name"),
            (|of| of["verdict"] = "NOT RUN".into(), Verdict::LeftOut, "ended as NOT RUN"),
            (|of| of["pacts"] = json!([]), Verdict::LeftOut, "there is no result of it"),
        ];
        for (change, verdict, says) in changes {
            let decision = of_results("shop", "2", &[pact()], &[results(change)]);
            assert_eq!(decision.verdict(), verdict, "{says}: {decision:?}");
            assert!(decision.pairs[0].says.contains(says), "{says}: {decision:?}");
        }
        assert_eq!(of_results("shop", "2", &[pact()], &[]).verdict(), Verdict::LeftOut);
    }

    #[test]
    fn a_provider_is_wanted_in_its_version_and_an_old_one_counts_for_a_consumer() {
        let (good, old) = (
            results(|_| {}),
            results(|of| {
                of["provider_version"] = "6".into();
                of["pacts"][0]["interactions"][0]["outcome"] = "broken".into();
            }),
        );
        let both = [good.clone(), old.clone()];
        assert_eq!(of_results("shop", "2", &[pact()], &both).verdict(), Verdict::Failed);
        assert_eq!(of_results("icims", "7", &[pact()], &both).verdict(), Verdict::Passed);
        assert_eq!(of_results("icims", "6", &[pact()], &both).verdict(), Verdict::Failed);
        let decision = of_results("icims", "8", &[pact()], &both);
        assert!(decision.verdict() == Verdict::LeftOut && decision.pairs[0].says.contains("of 7, 6, not of 8"), "{decision:?}");
    }

    #[test]
    fn what_is_no_file_of_results_is_refused() {
        for (text, says) in [("", "empty"), ("{", "not JSON"), ("{}", "not the results.json"), ("[]", "not the results.json")] {
            assert!(Results::parse(text).expect_err(text).contains(says), "{text}");
        }
    }
}
