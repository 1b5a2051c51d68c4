//! Replaying a committed pact, and being sure that all of it was replayed.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use anyhow::ensure;
use async_trait::async_trait;
use icims_sandbox::control::provider_states::ProviderState;
use pact_models::provider_states::ProviderState as OnPaper;
use pact_verifier::callback_executors::{NullRequestFilterExecutor, ProviderStateExecutor};
use pact_verifier::{FilterInfo, PactSource, ProviderInfo, ProviderTransport, VerificationOptions, verify_provider_async};
use serde_json::Value;

use super::stage::{Scene, Stage};
use crate::pact_file::{Pair, interactions};

/// Replays every interaction of a pact against the scenes of its provider.
///
/// The library calls an empty pact, or one that it has not found, a success; so the replayed interactions are counted.
pub(crate) async fn verify<S, F>(pair: Pair, scene: fn(S) -> F)
where
    S: ProviderState,
    F: Future<Output = anyhow::Result<Scene>> + Send + 'static,
{
    let expected = interactions(&pair.committed());
    assert!(expected > 0, "{pair} has no interactions: record it with UPDATE_PACTS=1 cargo test --test contracts as_consumer");
    let outcome = replay(&pair.path().to_string_lossy(), pair.provider(), scene).await.expect("the verification can be run");
    assert!(is_kept(&outcome), "{}", explained(pair, &outcome));
    assert_eq!(outcome.interaction_results.len(), expected, "not every interaction of {pair} was replayed");
}

pub(crate) type Outcome = pact_verifier::verification_result::VerificationExecutionResult;

/// Replays the pact in this file, whatever comes of it.
pub(crate) async fn replay<S, F>(file: &str, provider: &str, scene: fn(S) -> F) -> anyhow::Result<Outcome>
where
    S: ProviderState,
    F: Future<Output = anyhow::Result<Scene>> + Send + 'static,
{
    let stage = Stage::open().await;
    let transport =
        ProviderTransport { transport: "http".into(), port: Some(stage.port()), path: None, scheme: Some("http".into()) };
    let info =
        ProviderInfo { name: provider.into(), host: "127.0.0.1".into(), transports: vec![transport], ..ProviderInfo::default() };
    let options = VerificationOptions::<NullRequestFilterExecutor> {
        coloured_output: false,
        // A redirect is an answer to an event, not a way to go.
        follow_redirects: false,
        ..VerificationOptions::default()
    };
    let director = Arc::new(Director { stage, scene, state: PhantomData });
    verify_provider_async(info, vec![PactSource::File(file.into())], FilterInfo::None, vec![], &options, None, &director, None)
        .await
}

/// Whether nothing failed; what is marked as pending counts, too.
pub(crate) fn is_kept(outcome: &Outcome) -> bool {
    let each = outcome.interaction_results.iter().all(|one| one.result.is_ok() && !one.pending);
    outcome.result && outcome.errors.is_empty() && outcome.pending_errors.is_empty() && each
}

/// The details stand in the library's own report, which it prints.
fn explained(pair: Pair, outcome: &Outcome) -> String {
    let (consumer, provider) = (pair.consumer(), pair.provider());
    let broken = outcome.interaction_results.iter().filter(|one| one.result.is_err());
    let broken: Vec<String> =
        broken.map(|one| format!("- {}, given {}", one.interaction_description, one.provider_states.join(", "))).collect();
    format!(
        "{provider} does not keep {pair}:\n{}\n\nThe report above says why. Mend {provider}, or change {consumer} and record the \
         pact anew.\n",
        broken.join("\n"),
    )
}

/// Sets the scene that an interaction asks for.
struct Director<S, F> {
    stage: Stage,
    scene: fn(S) -> F,
    state: PhantomData<fn(S)>,
}

impl<S, F> fmt::Debug for Director<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Director").field("stage", &self.stage).finish_non_exhaustive()
    }
}

#[async_trait]
impl<S, F> ProviderStateExecutor for Director<S, F>
where
    S: ProviderState,
    F: Future<Output = anyhow::Result<Scene>> + Send + 'static,
{
    async fn call(
        self: Arc<Self>,
        _interaction: Option<String>,
        wanted: &OnPaper,
        setup: bool,
        _client: Option<&reqwest::Client>,
    ) -> anyhow::Result<HashMap<String, Value>> {
        self.stage.show(None);
        if !setup {
            return Ok(HashMap::new());
        }
        ensure!(!wanted.name.is_empty(), "every interaction names the state that it begins with");
        let state = S::read(&wanted.name, &wanted.params.clone().into_iter().collect())?;
        let scene = (self.scene)(state).await?;
        let told = scene.told().clone().into_iter().collect();
        self.stage.show(Some(scene));
        Ok(told)
    }

    fn teardown(&self) -> bool {
        true
    }
}
