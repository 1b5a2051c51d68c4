//! Which pacts a provider is asked to verify, and which of them are pending or in work.

use serde_json::{Value, json};

use crate::links::Base;
use crate::world::{Pact, World};

/// What a provider wants to verify.
pub(crate) struct Wanted<'a> {
    pub(crate) provider: &'a str,
    /// As it was posted.
    pub(crate) body: &'a Value,
}

/// A content that is to be verified.
struct Chosen<'a> {
    pact: &'a Pact,
    reasons: Vec<String>,
    is_wip: bool,
}

impl Wanted<'_> {
    /// The answer to the question.
    pub(crate) fn answer(&self, world: &World, base: &Base) -> Value {
        let pacts: Vec<Value> = self.choose(world).iter().map(|chosen| self.json(world, chosen, base)).collect();
        let own =
            json!({"href": base.to(&["pacts", "provider", self.provider, "for-verification"]), "title": "Pacts to be verified"});
        json!({"_embedded": {"pacts": pacts}, "_links": {"self": own}})
    }

    fn choose<'a>(&self, world: &'a World) -> Vec<Chosen<'a>> {
        let of = || world.pacts.iter().filter(|pact| pact.provider == self.provider);
        let mut chosen: Vec<Chosen<'a>> = Vec::new();
        let selectors = self.body["consumerVersionSelectors"].as_array().cloned().unwrap_or_default();
        // Whoever names nothing is given the last pact of each consumer.
        let selectors = if selectors.is_empty() { vec![json!({"latest": true})] } else { selectors };
        for selector in &selectors {
            let mut matching: Vec<&Pact> = of().filter(|pact| self.is_selected(world, selector, pact)).collect();
            if is_latest_only(selector) {
                let all = matching.clone();
                matching.retain(|pact| {
                    all.iter().rfind(|other| other.consumer == pact.consumer).is_some_and(|last| std::ptr::eq(*last, *pact))
                });
            }
            for pact in matching {
                let reason = format!("{} ({})", selector, pact.version);
                match chosen.iter_mut().find(|known| known.pact.sha == pact.sha && known.pact.consumer == pact.consumer) {
                    Some(known) => known.reasons.push(reason),
                    None => chosen.push(Chosen { pact, reasons: vec![reason], is_wip: false }),
                }
            }
        }
        if self.body["includeWipPactsSince"].is_string() {
            let is_new = |pact: &&Pact| {
                let is_chosen = chosen.iter().any(|known| known.pact.sha == pact.sha && known.pact.consumer == pact.consumer);
                !is_chosen && self.is_pending(world, pact)
            };
            let wip: Vec<Chosen<'a>> =
                of().filter(is_new).map(|pact| Chosen { pact, reasons: Vec::new(), is_wip: true }).collect();
            chosen.extend(wip);
        }
        chosen
    }

    fn is_selected(&self, world: &World, selector: &Value, pact: &Pact) -> bool {
        let Some(version) = world.find_version(&pact.consumer, &pact.version) else { return false };
        let main = world.pacticipants.get(&pact.consumer).and_then(|of| of.main_branch.as_deref());
        let environment = selector["environment"].as_str();
        let text = |key: &str| selector[key].as_str();
        let flag = |key: &str| selector[key] == json!(true);
        text("consumer").is_none_or(|name| name == pact.consumer)
            && text("branch").is_none_or(|branch| version.branch.as_deref() == Some(branch))
            && text("tag").is_none_or(|tag| version.tags.iter().any(|known| known == tag))
            && (!flag("mainBranch") || (main.is_some() && version.branch.as_deref() == main))
            && (!flag("matchingBranch") || version.branch.as_deref() == self.body["providerVersionBranch"].as_str())
            && (!flag("deployed") || version.is_deployed(environment))
            && (!flag("released") || version.is_released(environment))
            && (!flag("deployedOrReleased") || version.is_deployed(environment) || version.is_released(environment))
    }

    /// Whether no version of the provider's branch has kept the pact yet.
    fn is_pending(&self, world: &World, pact: &Pact) -> bool {
        let branch = self.body["providerVersionBranch"].as_str();
        let on_branch =
            |version: &str| world.find_version(&pact.provider, version).is_some_and(|known| known.branch.as_deref() == branch);
        let kept =
            |known: &&crate::world::Verification| known.success && known.is_about(pact) && on_branch(&known.provider_version);
        !world.verifications.iter().any(|known| kept(&known))
    }

    fn json(&self, world: &World, chosen: &Chosen<'_>, base: &Base) -> Value {
        let Pact { consumer, version, provider, sha, .. } = chosen.pact;
        let names = ["pacts", "provider", provider, "consumer", consumer, "pact-version", sha];
        let why = if chosen.is_wip { "it is in work".to_owned() } else { format!("it matches {}", chosen.reasons.join(", ")) };
        let text = format!("The pact at {} is being verified because {why}", base.to(&names));
        let mut properties = json!({"notices": [{"when": "before_verification", "text": text}]});
        if self.body["includePendingStatus"] == json!(true) {
            properties["pending"] = (chosen.is_wip || self.is_pending(world, chosen.pact)).into();
        }
        if chosen.is_wip {
            properties["wip"] = true.into();
        }
        let name = format!("Pact between {consumer} ({version}) and {provider}");
        json!({
            "shortDescription": if chosen.is_wip { "wip".to_owned() } else { chosen.reasons.join(", ") },
            "verificationProperties": properties,
            "_links": {"self": {"href": base.to(&names), "name": name}},
        })
    }
}

/// Of branches and tags the last version counts, of what is deployed or released each.
fn is_latest_only(selector: &Value) -> bool {
    let everywhere = ["deployed", "released", "deployedOrReleased"].iter().any(|key| selector[key] == json!(true));
    let whole_tag = selector["tag"].is_string() && selector["latest"] != json!(true);
    !everywhere && !whole_tag
}
