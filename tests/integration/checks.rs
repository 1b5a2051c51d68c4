//! The checks before an integration is enabled, against the simulated neighbours: what is wrong with a customer fails at its place.

use std::sync::Arc;
use std::time::Duration;

use harver_icims::checks::{Check, Checker, Outcome, Report};
use harver_icims::clock::Clock;
use harver_icims::domain::{AtsAuthentication, AtsConnection, Customer, HarverConnection};
use harver_icims::harver_platform::HarverClient;
use harver_icims::http::{Clients, Timeouts};
use harver_icims::icims::IcimsClient;
use icims_sandbox::Sandbox;
use icims_sandbox::harver_platform::model::VacancyStatus;
use icims_sandbox::harver_platform::state::AccountState;
use icims_sandbox::icims::schema::{ProfileType, list};
use icims_sandbox::icims::state::users::{IntegrationUser, Rights};
use icims_sandbox::icims::state::{CustomerState, Refusal};
use icims_sandbox::library;
use serde_json::{Value, json};

use crate::support;

/// A company of the sandbox with an integration that is set up for it.
struct Scene {
    sandbox: Sandbox,
    company: library::Customer,
    customer: Customer,
}

impl Scene {
    async fn open() -> Self {
        let sandbox = Sandbox::start().await;
        let company = sandbox.open_customer("Brightwater Foods").await;
        let keys = company.keys();
        let url = |text: &str| text.parse::<url::Url>().expect("an address");
        let (icims, platform) = (&keys.icims, &keys.platform);
        let customer = Customer {
            id: icims.customer_id.parse().expect("digits"),
            ats: AtsConnection {
                base_url: url(&icims.base_url),
                authentication: AtsAuthentication::OAuth2 {
                    token_url: url(&icims.token_url),
                    client_id: icims.client_id.clone(),
                    client_secret: icims.client_secret.as_str().into(),
                },
            }
            .into(),
            harver: HarverConnection {
                base_url: url(&platform.base_url),
                account: platform.account_id.parse().expect("24 digits"),
                client_id: platform.client_id.clone(),
                client_secret: platform.client_secret.as_str().into(),
            },
            return_url: Some(url(&icims.portal_url)),
            ..support::customer(&url(&icims.base_url), &url(&platform.base_url))
        };
        Self { sandbox, company, customer }
    }

    async fn run(&self) -> Report {
        let http = Clients::new(Timeouts { connect: Duration::from_secs(20), answer: Duration::from_secs(20) }).expect("HTTP");
        let clock = Clock::real();
        let checker = Checker {
            icims: IcimsClient::new(http.clone(), clock.clone()),
            harver: HarverClient::new(http.clone(), clock.clone()),
            http,
            clock,
            deadline: Duration::from_secs(60),
        };
        checker.run(&self.customer).await
    }

    async fn change<T>(&self, rule: impl FnOnce(&mut CustomerState) -> Result<T, Refusal>) -> T {
        let id = self.company.id().parse().expect("digits");
        let tenant = self.sandbox.world().icims().customer(id).expect("it was just opened");
        tenant.write(rule).await.expect("a change within the rules")
    }

    async fn limit(&self, rights: Rights) {
        self.change(|state| {
            let user = IntegrationUser { rights: Arc::new(rights), ..state.users().integration.clone() };
            state.put_user(user)
        })
        .await;
    }

    async fn close_all_vacancies(&self) {
        let account = self.sandbox.world().platform().account(&self.company.keys().platform.account_id).expect("an account");
        let close = |account: &mut AccountState| {
            let ids: Vec<_> = account.vacancies().map(|vacancy| vacancy.id.clone()).collect();
            ids.iter().try_for_each(|id| account.set_vacancy_status(id, VacancyStatus::Closed))
        };
        account.write(close).await.expect("vacancies can be closed");
    }

    async fn close_all_jobs(&self) {
        let query = r#"{"filters":[{"name":"job.id","operator":">","value":["0"]}]}"#;
        let found = self.company.get(&format!("/search/jobs?searchJson={}", urlencoded(query))).await;
        let keys = &self.company.keys().icims;
        let client = icims_sandbox::engine::direct().build().expect("a client");
        for job in found["searchResults"].as_array().expect("jobs") {
            let at = format!("{}/jobs/{}", self.company.api_url(), job["id"]);
            let closing = client.patch(at).basic_auth(&keys.username, Some(&keys.password));
            let answer = closing.json(&json!({"folder": {"id": "D31004"}})).send().await.expect("iCIMS answers");
            assert_eq!(answer.status(), 204);
        }
    }

    /// Hides the packages that are in both lists and loads others.
    async fn load_instead(&self, label: &str) {
        self.change(|state| {
            let lists = [list::ASSESSMENT_TYPE, list::ASSESSMENT_NAME];
            let nodes = lists.into_iter().flat_map(|list| state.nodes(list, None)).map(|node| node.id.clone()).collect();
            state.hide_nodes(&nodes)?;
            state.load_package(label)
        })
        .await;
    }
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn of(report: &Report, wanted: Outcome) -> Vec<&Check> {
    report.checks.iter().filter(|check| check.outcome == wanted).collect()
}

/// Exactly this check has failed.
#[track_caller]
fn only_failure<'a>(report: &'a Report, id: &str) -> &'a Check {
    let failed = of(report, Outcome::Failed);
    assert_eq!(failed.iter().map(|check| check.id).collect::<Vec<_>>(), [id], "{report:#?}");
    assert!(!report.is_good());
    failed[0]
}

fn ids(checks: &[&Check]) -> Vec<&'static str> {
    checks.iter().map(|check| check.id).collect()
}

#[tokio::test]
async fn the_sample_company_can_be_enabled() {
    let scene = Scene::open().await;
    let report = scene.run().await;
    assert!(report.is_good() && of(&report, Outcome::Failed).is_empty(), "{report:#?}");
    // One of its packages is there for trying what happens when its vacancy is closed.
    let warnings = of(&report, Outcome::Warning);
    assert_eq!(ids(&warnings), ["packages"], "{report:#?}");
    assert!(warnings[0].why.contains("Call Centre Advisor") && warnings[0].why.contains("not open in Harver"), "{warnings:?}");
    assert_eq!(report.checks.len(), 13, "{report:#?}");
}

#[tokio::test]
async fn without_open_requisitions_it_cannot() {
    let scene = Scene::open().await;
    scene.close_all_jobs().await;
    let report = scene.run().await;
    assert!(only_failure(&report, "requisitions").why.contains("none is approved"), "{report:#?}");
}

#[tokio::test]
async fn without_open_vacancies_it_cannot_and_every_package_says_so() {
    let scene = Scene::open().await;
    scene.close_all_vacancies().await;
    let report = scene.run().await;
    let failed = of(&report, Outcome::Failed);
    assert_eq!(ids(&failed), ["vacancies", "packages"], "{report:#?}");
    assert!(failed[0].why.contains("no open vacancy") && failed[1].why.contains("not open in Harver"), "{report:#?}");
}

#[tokio::test]
async fn a_wrongly_written_package_fails_with_the_right_text() {
    let scene = Scene::open().await;
    scene.load_instead("Harver Call Centre Advisor").await;
    let report = scene.run().await;
    let vacancy = &scene.company.sample().vacancy_id;
    let why = &only_failure(&report, "packages").why;
    assert!(why.contains(&format!("Harver Call Centre Advisor – {vacancy}")), "{why}");

    let right = format!("Harver Call Centre Advisor – {vacancy}");
    scene.load_instead(&right).await;
    assert!(scene.run().await.is_good(), "after the fix it can be enabled");
}

#[tokio::test]
async fn each_hidden_field_fails_at_its_profile() {
    for (hidden, check) in [
        ("people.email", "fields-person"),
        ("people.firstname", "fields-person"),
        ("jobs.assessmenttype", "fields-job"),
        ("applicantworkflows.assessmentresults", "fields-results"),
    ] {
        let scene = Scene::open().await;
        scene.limit(Rights { hidden_fields: [hidden.to_owned()].into(), ..Rights::default() }).await;
        let report = scene.run().await;
        let field = hidden.split_once('.').expect("a field").1;
        assert!(only_failure(&report, check).why.contains(field), "{report:#?}");
    }
}

#[tokio::test]
async fn rights_to_profiles_and_to_writing_are_told_apart() {
    let scene = Scene::open().await;
    scene.limit(Rights { read_only: true, ..Rights::default() }).await;
    only_failure(&scene.run().await, "writing-results");
    scene.limit(Rights { hidden_types: [ProfileType::People.plural().to_owned()].into(), ..Rights::default() }).await;
    only_failure(&scene.run().await, "fields-person");
    scene.limit(Rights { hidden_types: [ProfileType::Jobs.plural().to_owned()].into(), ..Rights::default() }).await;
    assert_eq!(ids(&of(&scene.run().await, Outcome::Failed)), ["requisitions", "fields-job"]);
}

#[tokio::test]
async fn an_address_that_is_not_let_in_fails_there_and_nothing_else_is_asked() {
    let scene = Scene::open().await;
    scene.change(|state| state.set_allowlist(vec!["80.113.26.114/32".parse().expect("a range")])).await;
    let report = scene.run().await;
    let check = only_failure(&report, "icims-addresses");
    assert!(check.why.contains("127.0.0.1"), "{check:?}");
    assert!(!report.checks.iter().any(|check| check.id.starts_with("fields") || check.id == "requisitions"), "{report:#?}");
    scene.change(|state| state.set_allowlist(Vec::new())).await;
    assert!(scene.run().await.is_good(), "after the fix it can be enabled");
}

#[tokio::test]
async fn another_companys_id_is_a_matter_of_the_credentials() {
    let mut scene = Scene::open().await;
    let other = scene.sandbox.open_customer("Harbour Light").await;
    scene.customer.id = other.id().parse().expect("digits");
    let report = scene.run().await;
    assert!(only_failure(&report, "icims-credentials").why.contains(other.id()), "{report:#?}");
}

#[tokio::test]
async fn checking_changes_nothing() {
    let scene = Scene::open().await;
    let state = |scene: &Scene| {
        let id = scene.company.id().parse().expect("digits");
        let tenant = scene.sandbox.world().icims().customer(id).expect("it is there");
        tenant.read(|state| (state.people().count(), state.jobs().count(), state.workflows().count()))
    };
    let workflow = scene.company.sample_workflow();
    let before = (state(&scene), scene.company.results(workflow).await);
    scene.run().await;
    let after: (_, Vec<Value>) = (state(&scene), scene.company.results(workflow).await);
    assert_eq!(before, after);
}
