//! The messages of one journey in every order, each worked on at once or all of them at the end: the recruiter sees the same.

use harver_icims::domain::OrderState;

use crate::callbacks::{ROWS, last_write, ready, statuses};
use crate::scene::Scene;

/// What somebody tells the integration. Until it tells that the candidate has finished, the platform shows whoever looks that she is at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    /// The candidate has come to the assessment on the portal, the first time or again.
    Applied,
    /// Webhooks of the platform.
    Started,
    ProgressChanged,
    Finished,
}

const JOURNEY: [Message; 5] = [Message::Applied, Message::Applied, Message::Started, Message::ProgressChanged, Message::Finished];

/// What is left of a journey for whoever looks at it from outside.
#[derive(Debug, PartialEq)]
struct End {
    orders: Vec<OrderState>,
    rows_created: usize,
    result: serde_json::Value,
    told_last: String,
    /// Whether it was ever told that somebody is at it who had finished.
    fell_back: bool,
}

async fn played(messages: &[Message], at_once: bool) -> End {
    let scene = ready().await;
    scene.platform_shows_progress(3);
    for message in messages {
        told(&scene, *message).await;
        if at_once {
            scene.drain().await;
        }
    }
    scene.drain().await;
    let told = statuses(&scene).await;
    let complete = told.iter().position(|status| status == "D37002019001");
    End {
        orders: scene.orders().await.iter().map(|order| order.state).collect(),
        rows_created: scene.asked_icims("POST", ROWS).await,
        result: last_write(&scene).await["assessmentresult"].clone(),
        told_last: told.last().expect("it was told something").clone(),
        fell_back: complete.is_some_and(|at| told[at..].iter().any(|status| status != "D37002019001")),
    }
}

async fn told(scene: &Scene, message: Message) {
    let answer = match message {
        Message::Applied => scene.applied().await,
        Message::Started => scene.announced("ApplicationStarted").await,
        Message::ProgressChanged => scene.announced_with("ProcessStatusHasChanged", "in-progress").await,
        Message::Finished => {
            scene.platform_shows_finish();
            scene.announced("CandidateStatusNew").await
        }
    };
    assert!(answer.status.is_success() || answer.status.is_redirection(), "{message:?}: {}", answer.status);
}

/// Every order of some things, those that cannot be told apart once.
fn orders_of(left: &[Message]) -> Vec<Vec<Message>> {
    if left.is_empty() {
        return vec![Vec::new()];
    }
    let firsts = (0..left.len()).filter(|at| !left[..*at].contains(&left[*at]));
    firsts
        .flat_map(|at| {
            let mut rest = left.to_vec();
            let first = rest.remove(at);
            orders_of(&rest).into_iter().map(move |mut after| {
                after.insert(0, first);
                after
            })
        })
        .collect()
}

#[tokio::test]
async fn all_orders_of_one_journeys_messages_end_the_same() {
    let all = orders_of(&JOURNEY);
    assert_eq!(all.len(), 60, "five messages, of which one comes twice");
    let expected = played(&JOURNEY, true).await;
    let natural = (expected.orders.as_slice(), expected.rows_created, expected.fell_back);
    assert_eq!(natural, (&[OrderState::Completed][..], 1, false), "{expected:?}");
    for messages in all {
        for at_once in [true, false] {
            assert_eq!(played(&messages, at_once).await, expected, "{messages:?}, worked on at once: {at_once}");
        }
    }
}
