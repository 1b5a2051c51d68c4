//! One consumer's side of a contract, written while its real code talks to a mock provider.
//!
//! The library merges into what it finds and never removes anything, so each recording begins in an empty folder.

use std::collections::BTreeSet;

use icims_sandbox::control::provider_states::ProviderState;
use pact_consumer::builders::{HttpPartBuilder as _, InteractionBuilder, PactBuilder, RequestBuilder, ResponseBuilder};
use pact_consumer::mock_server::StartMockServer;
use pact_models::expression_parser::DataType;
use pact_models::generators::Generator;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use crate::pact_file::{Pair, first_difference, interactions, normalised};

/// One request and the answer to it.
pub(crate) struct Interaction {
    builder: InteractionBuilder,
    /// What tells it from the others of its contract.
    key: String,
}

/// An interaction that begins with the provider in this state.
pub(crate) fn when(
    state: &impl ProviderState,
    description: &str,
    build: impl FnOnce(&mut RequestBuilder, &mut ResponseBuilder),
) -> Interaction {
    let mut interaction = InteractionBuilder::new(description, "");
    let (name, params) = state.on_paper();
    let params = Value::Object(params);
    let key = format!("{description}, given {name} {params}");
    interaction.given_with_params(name, &params);
    build(&mut interaction.request, &mut interaction.response);
    Interaction { builder: interaction, key }
}

/// The provider's state tells what stands at this place of the request's body.
pub(crate) fn takes(request: &mut RequestBuilder, place: &str, expression: &str) {
    request.body_generator(place, Generator::ProviderStateGenerator(expression.into(), Some(DataType::STRING)));
}

/// The provider's state tells with which credentials a form asks for a token.
pub(crate) fn credentials_of_the_state(request: &mut RequestBuilder) {
    takes(request, "$.client_id", "${client_id}");
    takes(request, "$.client_secret", "${client_secret}");
}

/// A contract in the making.
pub(crate) struct Recording {
    pair: Pair,
    scratch: TempDir,
    recorded: BTreeSet<String>,
}

impl Recording {
    /// Begins with nothing.
    pub(crate) fn of(pair: Pair) -> Self {
        Self { pair, scratch: TempDir::new().expect("a folder"), recorded: BTreeSet::new() }
    }

    /// Lets the consumer talk to a provider that knows these interactions and no others. Each must be asked for.
    pub(crate) async fn exchange<T>(&mut self, interactions: Vec<Interaction>, drive: impl AsyncFnOnce(Url) -> T) -> T {
        let mut pact = PactBuilder::new_v4(self.pair.consumer(), self.pair.provider());
        pact.with_output_dir(self.scratch.path());
        for Interaction { builder, key } in interactions {
            pact.push_interaction(&builder.build_v4());
            self.recorded.insert(key);
        }
        let provider = pact.start_mock_server(None, None);
        // Dropping the mock provider compares what was asked with what it knows, and writes only when they agree.
        drive(provider.url()).await
    }

    /// Compares with the committed file, or replaces it when `UPDATE_PACTS` says so.
    pub(crate) fn finish(self) {
        let pair = self.pair;
        let written = std::fs::read_to_string(self.scratch.path().join(pair.file_name())).expect("something was recorded");
        let recorded = normalised(&written);
        assert_eq!(interactions(&recorded), self.recorded.len(), "{pair}: two interactions share a description and a state");
        if updating() {
            pair.accept(&recorded);
            return;
        }
        let committed = pair.committed();
        assert!(
            recorded == committed,
            "{pair} is not what {consumer} says now, from {difference}\n\nIf the change is meant, run\n\n    UPDATE_PACTS=1 cargo test --test contracts as_consumer\n\nand then the whole suite, which asks {provider} whether it agrees. If it is not meant, undo it in {consumer}.\n",
            consumer = pair.consumer(),
            provider = pair.provider(),
            difference = first_difference(&committed, &recorded),
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "a switch of the test run, not a setting of a program")]
fn updating() -> bool {
    std::env::var("UPDATE_PACTS").is_ok_and(|value| value == "1")
}
