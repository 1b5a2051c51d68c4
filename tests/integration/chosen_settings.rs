//! What a Harver Admin has chosen is what happens, on the paths of both directions, whenever it is changed.

use axum::http::StatusCode;
use harver_icims::domain::{Instance, OrderState};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::callbacks::{given_up, invited, last_write, ready, statuses};
use crate::post_office::PostOffice;
use crate::scene::{RETURN_URL, Scene};
use crate::support::VACANCY;

const CAREERS: &str = "https://careers.example.org/thanks";

/// Where the platform was told that candidates go on, newest last.
async fn told_the_platform(scene: &Scene) -> Vec<Value> {
    let requests = scene.harver.received_requests().await.expect("recording is on");
    let at = format!("/api/v1.0/vacancies/{VACANCY}/applications");
    let created = requests.iter().filter(|request| request.url.path() == at);
    created.map(|request| request.body_json::<Value>().expect("JSON")["data"]["attributes"]["return_url"].clone()).collect()
}

#[tokio::test]
async fn icims_is_told_the_statuses_that_were_chosen() {
    let scene = invited().await;
    scene.set(json!({"statuses": {"in_progress": "C40188", "complete": "C40189", "incomplete": "C40190"}})).await;
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.drain().await;
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, ["C40188", "C40189"]);

    let scene = ready().await;
    scene.set(json!({"statuses": {"incomplete": "C40190"}})).await;
    scene.advanced_to("40177").await;
    scene.drain().await;
    given_up(&scene, scene.orders().await[0].id).await;
    scene.drain().await;
    assert_eq!(last_write(&scene).await["assessmentstatus"]["id"], "C40190");
}

#[tokio::test]
async fn progress_that_still_waits_when_it_is_switched_off_is_not_told() {
    let scene = invited().await;
    scene.platform_shows_progress(0);
    scene.announced("ApplicationStarted").await;
    scene.worker().step().await.expect("it is looked at");
    scene.set(json!({"reports_progress": false})).await;
    assert_eq!(scene.drain().await, 1);
    assert!(statuses(&scene).await.is_empty(), "iCIMS is told nothing");
    scene.platform_shows_finish();
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    assert_eq!(statuses(&scene).await, ["D37002019001"]);
}

#[tokio::test]
async fn candidates_go_on_where_the_event_says_or_else_where_the_company_says() {
    let scene = Scene::ready().await;
    scene.set(json!({"return_url": CAREERS})).await;
    scene.advanced_to("40177").await;
    scene.worker().step().await.expect("the store answers");
    assert_eq!(scene.orders().await[0].return_url, None, "the order keeps what the event said");
    scene.applied().await;
    assert_eq!(told_the_platform(&scene).await, [json!(CAREERS), json!(RETURN_URL)]);

    let scene = Scene::ready().await;
    scene.advanced_to("40177").await;
    scene.worker().step().await.expect("the store answers");
    assert_eq!(told_the_platform(&scene).await, [Value::Null], "nowhere, if nobody says");
}

#[tokio::test]
async fn a_finished_candidate_whose_event_names_no_place_goes_on_where_the_company_says() {
    let scene = invited().await;
    scene.set(json!({"return_url": CAREERS})).await;
    scene.announced("CandidateStatusNew").await;
    scene.drain().await;
    let mut event = scene.event("ApplicationCompletedEvent");
    event["userId"] = json!("30517");
    assert_eq!(scene.start(&event).await.location.as_deref(), Some(RETURN_URL), "the portal named a place before");
    event["systemId"] = json!("88432");
    event["links"][0]["url"] = json!(format!("{}/customers/4021/applicantworkflows/88432", scene.icims.uri()));
    assert_eq!(scene.start(&event).await.location.as_deref(), Some(CAREERS));
    assert_eq!(scene.start(&event).await.location.as_deref(), Some(CAREERS), "also the next time");
}

#[tokio::test]
async fn an_event_for_an_account_of_the_other_instance_says_so_and_records_nothing() {
    let endpoint = "https://us.example.org/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace";
    for (known, says) in [(true, endpoint), (false, "Ask support for the address of the US instance")] {
        let scene =
            Scene::ready_with(|settings| settings.other_instance_url = known.then(|| endpoint.parse().expect("a URL"))).await;
        scene.set(json!({"instance": "us"})).await;
        let candidate = "it is not ready for this job yet";
        for (answer, says) in [(scene.advanced_to("40177").await, says), (scene.applied().await, candidate)] {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            let said = answer.user_message();
            assert!(said.contains(says) && said.contains("support@harver.com"), "{said}");
            let logged = answer.body["error"]["debugErrorMessage"].as_str().unwrap_or_default();
            assert!(logged.contains("lives on the US instance"), "{logged}");
        }
        assert!(scene.orders().await.is_empty());
        assert!(scene.icims.received_requests().await.expect("recording is on").is_empty(), "nobody was asked");

        scene.set(json!({"instance": "default"})).await;
        assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    }
    let scene = Scene::ready_with(|settings| settings.instance = Instance::Us).await;
    let answer = scene.advanced_to("40177").await;
    assert!(answer.user_message().contains("lives on the default instance"), "{}", answer.body);
    scene.set(json!({"instance": "us"})).await;
    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_credentials_learn_nothing_about_the_instance() {
    let scene = Scene::ready().await;
    scene.set(json!({"instance": "us"})).await;
    let at = harver_icims::ats_to_harver::START_PATH;
    let answer = scene.post(at, "harver-icims-4021:wrong", b"{}".to_vec(), &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(!answer.body.to_string().contains("instance"), "{}", answer.body);
}

#[tokio::test]
async fn what_is_under_way_when_the_integration_is_disabled_still_finishes() {
    let office = PostOffice::open().await;
    let port = office.port;
    let scene = Scene::ready_with(move |settings| settings.mail.port = port).await;
    let at = "/customers/4021/applicantworkflows/88431";
    scene.icims_answers("GET", at, ResponseTemplate::new(200).set_body_json(json!({"assessmentresults": []}))).await;
    let rows = format!("{at}/fields/assessmentresults");
    let created = ResponseTemplate::new(201).insert_header("Location", format!("{}{rows}/512", scene.icims.uri()));
    scene.icims_answers("POST", &rows, created).await;
    scene.icims_answers("PATCH", &format!("{rows}/512"), ResponseTemplate::new(204)).await;
    let application = format!("/api/v1.0/applications/{}", crate::scene::APPLICATION);
    let hub = json!({"data": {"url": "https://app.harver.com/reports-hub?token=opaque"}});
    scene
        .harver_answers("GET", &format!("{application}/reports/reports-hub"), ResponseTemplate::new(200).set_body_json(hub))
        .await;

    assert_eq!(scene.advanced_to("40177").await.status, StatusCode::OK);
    scene.switch(false).await;
    let recruiter = "the Harver integration is not enabled. Ask a Harver Admin to enable it";
    for (answer, says) in
        [(scene.advanced_to("40177").await, recruiter), (scene.applied().await, "it is not ready for this job yet")]
    {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        let said = answer.user_message();
        assert!(said.contains(says), "{said}");
    }
    scene.drain().await;
    assert_eq!((office.all("Message-ID:").len(), scene.orders().await[0].state), (1, OrderState::Invited));
    scene.platform_shows_progress(0);
    for (announced, state) in [("ApplicationStarted", OrderState::InProgress), ("CandidateStatusNew", OrderState::Completed)] {
        assert_eq!(scene.announced(announced).await.status, StatusCode::NO_CONTENT);
        scene.drain().await;
        assert_eq!(scene.orders().await[0].state, state);
        scene.platform_shows_finish();
    }
    assert_eq!(statuses(&scene).await, ["D37002019003", "D37002019001"]);
    assert_eq!(scene.asked_icims("POST", &rows).await, 1);
    scene.switch(true).await;
    assert!(scene.advanced_to("40177").await.user_message().contains("already completed"));
}
