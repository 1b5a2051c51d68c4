//! What the double knows: applications with their versions, pacts, results, environments. Rules without HTTP.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Branches that a broker takes for the main one of an application that names none.
const MAIN: [&str; 3] = ["develop", "main", "master"];

/// One version of an application.
#[derive(Clone, Debug, Default)]
pub(crate) struct Version {
    pub(crate) number: String,
    pub(crate) branch: Option<String>,
    pub(crate) tags: Vec<String>,
    /// Environment and instance.
    deployed: Vec<(String, Option<String>)>,
    released: Vec<String>,
}

impl Version {
    pub(crate) fn is_deployed(&self, environment: Option<&str>) -> bool {
        self.deployed.iter().any(|(name, _)| environment.is_none_or(|wanted| wanted == name))
    }

    pub(crate) fn is_released(&self, environment: Option<&str>) -> bool {
        self.released.iter().any(|name| environment.is_none_or(|wanted| wanted == name))
    }
}

/// An application; its versions in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pacticipant {
    pub(crate) main_branch: Option<String>,
    pub(crate) versions: Vec<Version>,
}

/// A pact as a consumer's version has published it.
#[derive(Clone, Debug)]
pub(crate) struct Pact {
    pub(crate) consumer: String,
    pub(crate) version: String,
    pub(crate) provider: String,
    /// The digest of its content; several versions may have published the same.
    pub(crate) sha: String,
    pub(crate) content: Value,
}

/// What somebody has published about a pact's content and a version of its provider.
#[derive(Clone, Debug)]
pub(crate) struct Verification {
    pub(crate) consumer: String,
    pub(crate) provider: String,
    pub(crate) sha: String,
    pub(crate) provider_version: String,
    pub(crate) success: bool,
    pub(crate) number: usize,
    /// As it was posted.
    pub(crate) body: Value,
}

/// Everything that is known.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub(crate) pacticipants: BTreeMap<String, Pacticipant>,
    pub(crate) pacts: Vec<Pact>,
    pub(crate) verifications: Vec<Verification>,
    /// Names, in the order in which they were created.
    pub(crate) environments: Vec<String>,
}

/// What becomes of a published pact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Publishing {
    New,
    Same,
    /// The version has published something else before; nothing is changed.
    Conflict,
}

impl World {
    /// Creates an environment.
    pub fn create_environment(&mut self, name: &str) {
        if !self.environments.iter().any(|known| known == name) {
            self.environments.push(name.to_owned());
        }
    }

    /// Notes that a version runs somewhere; what ran there in the same instance does not any more.
    pub fn deploy(&mut self, pacticipant: &str, version: &str, environment: &str, instance: Option<&str>) {
        let place = (environment.to_owned(), instance.map(str::to_owned));
        let of = self.pacticipants.entry(pacticipant.to_owned()).or_default();
        of.versions.iter_mut().for_each(|version| version.deployed.retain(|known| *known != place));
        self.version(pacticipant, version).deployed.push(place);
    }

    /// Notes that a version is released somewhere, beside those that are.
    pub fn release(&mut self, pacticipant: &str, version: &str, environment: &str) {
        self.version(pacticipant, version).released.push(environment.to_owned());
    }

    /// Notes what came of verifying a consumer's version with a provider's.
    ///
    /// # Panics
    /// When the consumer's version has published nothing.
    pub fn verify(&mut self, consumer: [&str; 2], provider: [&str; 2], success: bool) {
        let pact = self.pact(consumer[0], consumer[1], provider[0]).expect("a pact that was published");
        let (consumer, provider_name, sha) = (pact.consumer.clone(), pact.provider.clone(), pact.sha.clone());
        self.version(provider[0], provider[1]);
        self.verifications.push(Verification {
            consumer,
            provider: provider_name,
            sha,
            provider_version: provider[1].to_owned(),
            success,
            number: self.verifications.len() + 1,
            body: Value::Null,
        });
    }

    /// What was posted of verifications, in order.
    #[must_use]
    pub fn posted(&self) -> Vec<Value> {
        self.verifications.iter().map(|verification| verification.body.clone()).filter(|body| !body.is_null()).collect()
    }

    /// The version of an application, which is made if it is not there.
    pub(crate) fn version(&mut self, pacticipant: &str, number: &str) -> &mut Version {
        let of = self.pacticipants.entry(pacticipant.to_owned()).or_default();
        let at = of.versions.iter().position(|version| version.number == number).unwrap_or_else(|| {
            of.versions.push(Version { number: number.to_owned(), ..Version::default() });
            of.versions.len() - 1
        });
        &mut of.versions[at]
    }

    /// Puts a version on a branch, and on the main one if it has a name for it.
    pub(crate) fn put_on_branch(&mut self, pacticipant: &str, number: &str, branch: &str) {
        self.version(pacticipant, number).branch = Some(branch.to_owned());
        let of = self.pacticipants.entry(pacticipant.to_owned()).or_default();
        if of.main_branch.is_none() && MAIN.contains(&branch) {
            of.main_branch = Some(branch.to_owned());
        }
    }

    pub(crate) fn find_version(&self, pacticipant: &str, number: &str) -> Option<&Version> {
        self.pacticipants.get(pacticipant)?.versions.iter().find(|version| version.number == number)
    }

    /// What would become of a pact.
    pub(crate) fn publishing(&self, consumer: &str, version: &str, provider: &str, content: &Value) -> Publishing {
        match self.pact(consumer, version, provider) {
            None => Publishing::New,
            Some(pact) if pact.sha == digest(content) => Publishing::Same,
            Some(_) => Publishing::Conflict,
        }
    }

    /// Takes a pact in, unless it is there; whether its content was never published before.
    pub(crate) fn publish(&mut self, consumer: &str, version: &str, provider: &str, content: Value) -> bool {
        let sha = digest(&content);
        let is_new = !self.pacts.iter().any(|pact| pact.consumer == consumer && pact.provider == provider && pact.sha == sha);
        self.pacticipants.entry(provider.to_owned()).or_default();
        if self.pact(consumer, version, provider).is_none() {
            let (consumer, version, provider) = (consumer.to_owned(), version.to_owned(), provider.to_owned());
            self.pacts.push(Pact { consumer, version, provider, sha, content });
        }
        is_new
    }

    pub(crate) fn pact(&self, consumer: &str, version: &str, provider: &str) -> Option<&Pact> {
        self.pacts.iter().find(|pact| pact.consumer == consumer && pact.version == version && pact.provider == provider)
    }

    pub(crate) fn pact_of_sha(&self, consumer: &str, provider: &str, sha: &str) -> Option<&Pact> {
        self.pacts.iter().rev().find(|pact| pact.consumer == consumer && pact.provider == provider && pact.sha == sha)
    }

    /// The last result of a content and a version of the provider.
    pub(crate) fn verification(&self, pact: &Pact, provider_version: &str) -> Option<&Verification> {
        let of = self.verifications.iter().rev();
        of.into_iter().find(|known| known.is_about(pact) && known.provider_version == provider_version)
    }
}

impl Verification {
    pub(crate) fn is_about(&self, pact: &Pact) -> bool {
        self.consumer == pact.consumer && self.provider == pact.provider && self.sha == pact.sha
    }
}

/// A content's digest: what counts are the interactions, in any order, not who wrote them with what.
fn digest(content: &Value) -> String {
    let mut interactions: Vec<String> =
        content["interactions"].as_array().into_iter().flatten().map(|one| sorted(one).to_string()).collect();
    interactions.sort();
    let digest = Sha256::digest(json!([interactions, content["metadata"]["pactSpecification"]]).to_string());
    digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let pairs: BTreeMap<String, Value> = object.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            Value::Object(pairs.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_keeps_the_pact_that_it_has_published() {
        let mut world = World::default();
        let [one, other] = [1, 2].map(|number| json!({"interactions": [{"description": number}], "metadata": {"tool": number}}));
        assert_eq!(world.publishing("a", "1", "b", &one), Publishing::New);
        assert!(world.publish("a", "1", "b", one.clone()));
        let mut retold = one.clone();
        retold["metadata"]["tool"] = 7.into();
        assert_eq!(world.publishing("a", "1", "b", &retold), Publishing::Same);
        assert_eq!(world.publishing("a", "1", "b", &other), Publishing::Conflict);
        assert!(!world.publish("a", "2", "b", retold), "the content is known of another version");
    }

    #[test]
    fn what_is_deployed_takes_the_place_of_what_was_there_in_the_same_instance() {
        let mut world = World::default();
        world.deploy("a", "1", "production", None);
        world.deploy("a", "2", "production", None);
        world.deploy("a", "1", "production", Some("blue"));
        let deployed = |number| world.find_version("a", number).expect("known").is_deployed(Some("production"));
        assert!(deployed("1") && deployed("2"));
        world.deploy("a", "3", "production", Some("blue"));
        let deployed = |number| world.find_version("a", number).expect("known").is_deployed(Some("production"));
        assert!(!deployed("1") && deployed("2") && deployed("3"));
    }
}
