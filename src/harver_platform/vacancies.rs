//! Whether vacancies take candidates, asked once for many who come together: an account has 450 requests a minute, and a bulk of
//! candidates needs one for each already.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::client::HarverClient;
use super::error::HarverError;
use super::wire::VacancyStatus;
use crate::domain::{AccountId, HarverConnection, VacancyId};
use crate::http::address;
use crate::token_cache::TokenKey;

/// How long it is believed that a vacancy takes candidates: as long as a bulk takes to arrive. That one was closed meanwhile is told by
/// the creation of the application, and then no longer believed.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(10);

/// What the platform told; `None` where it does not tell the status.
type Told = Result<Option<VacancyStatus>, Arc<HarverError>>;
/// Whose vacancy. Changed credentials are another key: what was told to others is not ours.
type Key = (TokenKey, AccountId, VacancyId);

/// What is known of vacancies; clones share it.
#[derive(Clone, Default)]
pub(super) struct KnownVacancies(Arc<Mutex<HashMap<Key, Known>>>);

enum Known {
    /// Somebody is asking: the answer will be here.
    Asked(watch::Receiver<Option<Told>>),
    /// It takes candidates, or does not tell.
    Takes(Option<VacancyStatus>, Timestamp),
}

impl Known {
    /// Whether it is worth looking at: still believed, or still being asked by somebody who has not gone away.
    fn holds(&self, now: Timestamp) -> bool {
        match self {
            Self::Asked(answer) => answer.has_changed().is_ok(),
            Self::Takes(_, until) => now < *until,
        }
    }
}

/// What somebody who wants to know has to do.
enum Turn {
    Ask(watch::Sender<Option<Told>>),
    Wait(watch::Receiver<Option<Told>>),
    Nothing(Option<VacancyStatus>),
}

impl HarverClient {
    /// The status of a vacancy, as [`Self::vacancy_status`] tells it, or told it within the last ten seconds. Whoever asks while somebody
    /// else does waits for the same answer. That a vacancy takes nobody, and failures, are not remembered.
    ///
    /// # Errors
    /// See [`HarverError`].
    pub async fn remembered_vacancy_status(&self, connection: &HarverConnection, id: &VacancyId) -> Told {
        let key = key(connection, id);
        loop {
            match self.vacancies.turn(&key, self.clock.now()) {
                Turn::Nothing(known) => return Ok(known),
                Turn::Wait(mut answer) => {
                    let told = answer.wait_for(Option::is_some).await.ok().and_then(|told| told.clone());
                    // Whoever asked may have gone away without an answer.
                    if let Some(told) = told {
                        return told;
                    }
                }
                Turn::Ask(others) => {
                    let told = self.vacancy_status(connection, id).await.map_err(Arc::new);
                    self.vacancies.remember(&key, &told, self.clock.now());
                    others.send_replace(Some(told.clone()));
                    return told;
                }
            }
        }
    }
}

fn key(connection: &HarverConnection, id: &VacancyId) -> Key {
    let who = TokenKey::new(address(&connection.base_url, ""), &connection.client_id, &connection.client_secret);
    (who, connection.account.clone(), id.clone())
}

impl KnownVacancies {
    /// What was believed of a vacancy has turned out to be wrong.
    pub(super) fn forget(&self, connection: &HarverConnection, id: &VacancyId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(connection, id);
        if matches!(all.get(&key), Some(Known::Takes(..))) {
            all.remove(&key);
        }
    }

    fn turn(&self, key: &Key, now: Timestamp) -> Turn {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, known| known.holds(now));
        match all.get(key) {
            Some(Known::Takes(status, _)) => Turn::Nothing(status.clone()),
            Some(Known::Asked(answer)) => Turn::Wait(answer.clone()),
            None => {
                let (others, answer) = watch::channel(None);
                all.insert(key.clone(), Known::Asked(answer));
                Turn::Ask(others)
            }
        }
    }

    fn remember(&self, key: &Key, told: &Told, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match told {
            Err(_) | Ok(Some(VacancyStatus::Closed | VacancyStatus::Draft)) => all.remove(key),
            Ok(status) => {
                let until = now.saturating_add(REMEMBERED).unwrap_or(now);
                all.insert(key.clone(), Known::Takes(status.clone(), until))
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use wiremock::matchers::{method, path, path_regex};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;
    use crate::harver_platform::NewApplication;
    use crate::testing::{Stepped, account, address_of, connection};

    fn vacancy() -> VacancyId {
        "64c20d1e5f7a8b0012ab34cd".parse().expect("24 digits")
    }

    fn status(status: &str) -> ResponseTemplate {
        ResponseTemplate::new(200).set_body_json(json!({"data": {"type": "vacancies", "attributes": {"status": status}}}))
    }

    async fn platform(answer: ResponseTemplate) -> MockServer {
        let server = MockServer::start().await;
        let token = json!({"accessToken": "token", "accessTokenExpiresAt": "2999-01-01T00:00:00.000Z"});
        let signs_in = ResponseTemplate::new(200).set_body_json(token);
        Mock::given(method("POST")).and(path("/oauth/token")).respond_with(signs_in).mount(&server).await;
        Mock::given(method("GET")).and(path_regex("^/api/")).respond_with(answer).mount(&server).await;
        server
    }

    async fn asked(server: &MockServer) -> usize {
        let requests = server.received_requests().await.expect("recording is on");
        requests.iter().filter(|request| request.method.as_str() == "GET").count()
    }

    #[tokio::test]
    async fn many_who_ask_at_once_are_told_by_one_answer_which_holds_for_ten_seconds() {
        let server = platform(status("open").set_delay(Duration::from_millis(50))).await;
        let (time, platform) = (Stepped::new(), connection(&address_of(&server)));
        let client = HarverClient::new(crate::testing::patient(), time.clock.clone());
        let id = vacancy();
        let all = (0..50).map(|_| client.remembered_vacancy_status(&platform, &id));
        for told in futures::future::join_all(all).await {
            assert_eq!(told.expect("an answer"), Some(VacancyStatus::Open));
        }
        assert_eq!(asked(&server).await, 1);
        time.step(9);
        client.remembered_vacancy_status(&platform, &vacancy()).await.expect("an answer");
        assert_eq!(asked(&server).await, 1);
        time.step(1);
        client.remembered_vacancy_status(&platform, &vacancy()).await.expect("an answer");
        assert_eq!(asked(&server).await, 2);
    }

    #[tokio::test]
    async fn what_keeps_candidates_away_is_asked_for_again() {
        for answer in [status("closed"), status("draft"), ResponseTemplate::new(503), ResponseTemplate::new(404)] {
            let server = platform(answer).await;
            let platform = connection(&address_of(&server));
            let client = HarverClient::new(crate::testing::patient(), Stepped::new().clock);
            for times in 1..=2 {
                let _ = client.remembered_vacancy_status(&platform, &vacancy()).await;
                assert_eq!(asked(&server).await, times);
            }
        }
    }

    #[tokio::test]
    async fn a_vacancy_that_turns_a_candidate_away_is_asked_for_again() {
        let server = platform(status("open")).await;
        let refused = include_str!("../../fixtures/harver_platform/error_refused.json");
        let closed = ResponseTemplate::new(400).set_body_string(refused);
        Mock::given(method("POST")).and(path_regex("^/api/")).respond_with(closed).mount(&server).await;
        let (id, platform) = (vacancy(), connection(&address_of(&server)));
        let client = HarverClient::new(crate::testing::patient(), Stepped::new().clock);
        client.remembered_vacancy_status(&platform, &id).await.expect("an answer");
        let candidate = crate::testing::ines();
        let new = NewApplication {
            candidate: &candidate,
            customer: "4021".parse().expect("an id"),
            workflow: "88431".parse().expect("an id"),
            person: "30517".parse().expect("an id"),
            job: "2210".parse().expect("an id"),
            return_url: None,
        };
        client.create_application(&platform, &id, &new).await.expect_err("it is closed");
        client.remembered_vacancy_status(&platform, &id).await.expect("an answer");
        assert_eq!(asked(&server).await, 2);
    }

    #[tokio::test]
    async fn a_failure_is_shared_by_those_who_wait_for_it() {
        let server = platform(ResponseTemplate::new(503).set_delay(Duration::from_millis(50))).await;
        let platform = connection(&address_of(&server));
        let client = HarverClient::new(crate::testing::patient(), Stepped::new().clock);
        let id = vacancy();
        let all = (0..20).map(|_| client.remembered_vacancy_status(&platform, &id));
        assert!(futures::future::join_all(all).await.iter().all(Result::is_err));
        assert_eq!(asked(&server).await, 1);
    }

    #[tokio::test]
    async fn whoever_gives_up_leaves_the_question_to_the_next() {
        let server = platform(status("open").set_delay(Duration::from_millis(200))).await;
        let platform = connection(&address_of(&server));
        let client = HarverClient::new(crate::testing::patient(), Stepped::new().clock);
        let id = vacancy();
        let impatient = tokio::time::timeout(Duration::from_millis(50), client.remembered_vacancy_status(&platform, &id));
        let (gone, told) = tokio::join!(impatient, client.remembered_vacancy_status(&platform, &id));
        assert!(gone.is_err());
        assert_eq!(told.expect("an answer"), Some(VacancyStatus::Open));
    }

    #[tokio::test]
    async fn accounts_and_credentials_do_not_share_what_they_were_told() {
        let server = platform(status("open")).await;
        let first = connection(&address_of(&server));
        let mut other_account = first.clone();
        other_account.account = "64b1f0c2a9d3e7004a5b6c71".parse().expect("24 digits");
        assert_ne!(other_account.account, account());
        let mut other_secret = first.clone();
        other_secret.client_secret = "another".into();
        let client = HarverClient::new(crate::testing::patient(), Stepped::new().clock);
        for platform in [&first, &other_account, &other_secret] {
            client.remembered_vacancy_status(platform, &vacancy()).await.expect("an answer");
        }
        assert_eq!(asked(&server).await, 3);
    }
}
