//! ③ The Harver platform calls back, through its real sender of webhooks (harver-platform.md 9.4).

use harver_icims::harver_to_ats::CALLBACK_PATH;
use icims_sandbox::control::provider_states::IntegrationState as State;
use icims_sandbox::engine::{Clock, Journal, Sender};
use icims_sandbox::harver_platform::callbacks::WebhookSender;
use icims_sandbox::harver_platform::model::{ApplicationStatus, Callback, CallbackState, Event, WebhookSubscription};
use icims_sandbox::harver_platform::state::{Attempt, Due};
use jiff::Timestamp;
use pact_consumer::builders::RequestBuilder;
use pact_consumer::prelude::*;
use url::Url;

use super::patterns::{header, integer};
use super::recording::{Recording, takes, when};
use crate::pact_file::Pair;
use crate::support::ACCOUNT;

/// What `Authorization` says.
const BASIC: &str = "^Basic [A-Za-z0-9+/]+=*$";
const APPLICATION: &str = "65aa01f29c3b4d00178e92fa";

fn due(receiver: &Url, event: Event, status: ApplicationStatus) -> Due {
    let triggered_at: Timestamp = "2025-03-04T13:00:21Z".parse().expect("a moment");
    Due {
        customer: None,
        account: ACCOUNT.parse().expect("24 digits"),
        number: 1,
        callback: Callback {
            event,
            application: APPLICATION.parse().expect("24 digits"),
            status,
            triggered_at,
            subscription: "orchestrator".into(),
            workflow: None,
            attempts: 0,
            latest_outcome: None,
            state: CallbackState::Pending { due_at: triggered_at },
        },
        subscription: WebhookSubscription {
            name: "orchestrator".into(),
            url: receiver.join(CALLBACK_PATH).expect("a path").into(),
            username: "harver-platform-4021".into(),
            password: "webhook-password".into(),
        },
    }
}

fn announces(request: &mut RequestBuilder, event: Event, status: ApplicationStatus) {
    request
        .post()
        .path(CALLBACK_PATH)
        .header_from_provider_state("authorization", "${basic}", header(BASIC, "Basic aGFydmVyOnNlY3JldA=="))
        .content_type("application/json")
        .json_body(json_pattern!({
            "triggeredAt": integer(1_741_093_221_000),
            "event": event.name(),
            "data": {"type": "applications", "id": APPLICATION, "attributes": {"status": status.as_str()}},
            "relationships": {"account": {"data": {"type": "account", "id": ACCOUNT}}},
        }));
    takes(request, "$.data.id", "${application}");
    takes(request, "$.relationships.account.data.id", "${account}");
}

#[tokio::test]
async fn the_platform_sends_webhooks_as_agreed() {
    let started = (Event::ApplicationStarted, ApplicationStatus::InProgress);
    let finished = (Event::CandidateStatusNew, ApplicationStatus::New);
    let cases = [
        (State::InvitedCandidate, started, 204),
        (State::InvitedCandidate, finished, 204),
        (State::StartedCandidate, started, 204),
        (State::StartedCandidate, finished, 204),
        // Of candidates who came by another way: accepted all the same, or the platform would try again for ever.
        (State::ForeignApplication, finished, 204),
        (State::InvalidWebhookCredentials, finished, 401),
    ];
    let mut recording = Recording::of(Pair::PlatformToIntegration);
    let sender = WebhookSender::new(Sender::new(Clock::new(), Journal::new()));
    for (state, (event, status), answer) in cases {
        let announced = when(&state, &format!("the webhook {}", event.name()), |request, response| {
            announces(request, event, status);
            response.status(answer);
        });
        let attempt = recording.exchange(vec![announced], async |at| sender.deliver(&due(&at, event, status)).await).await;
        assert!(matches!(attempt, Attempt::Answered(given) if given == answer), "{attempt:?}");
    }
    recording.finish();
}
