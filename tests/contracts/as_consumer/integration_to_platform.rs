//! ② The integration asks the Harver platform, through its real client (harver-platform.md 9).

mod results;

use harver_icims::clock::Clock;
use harver_icims::domain::{Candidate, HarverConnection};
use harver_icims::harver_platform::{HarverClient, HarverError, NewApplication};
use harver_icims::http;
use harver_icims::neighbour::Kind;
use icims_sandbox::control::provider_states::PlatformState as State;
use pact_consumer::builders::{RequestBuilder, ResponseBuilder};
use pact_consumer::prelude::*;
use url::Url;

use super::patterns::{digits, form, header, hex_id, moment, some_text, text, web_address};
use super::recording::{Interaction, Recording, credentials_of_the_state, when};
use crate::pact_file::Pair;
use crate::support::{ACCOUNT, VACANCY, customer, new_order, nowhere};

const APPLICATION: &str = "65aa01f29c3b4d00178e92fa";
const RETURN_URL: &str = "https://careers-brightwater.icims.com/jobs/2210/call-centre-advisor/assessment?i=1";
const EMAIL: &str = "ines.okafor@example.org";

/// Statuses of somebody who has finished (harver-platform.md 3).
const FINISHED: &str = "^(new|shortlisted|talent-pool|invited|rejected|hired|contract)$";

fn client() -> HarverClient {
    HarverClient::new(http::Clients::new(http::Timeouts::default()).expect("HTTP"), Clock::real())
}

fn connection(platform: &Url) -> HarverConnection {
    customer(&nowhere(), platform).harver
}

fn vacancy() -> String {
    VACANCY.to_owned()
}

fn asks_for_a_token(request: &mut RequestBuilder) {
    request.post().path("/oauth/token").content_type("application/x-www-form-urlencoded").body2(
        "grant_type=client_credentials&client_id=harver-client&client_secret=harver-secret",
        "application/x-www-form-urlencoded",
    );
    credentials_of_the_state(request);
}

fn completed() -> State {
    State::AssessmentCompleted {
        vacancy: vacancy(),
        email: EMAIL.into(),
        customer: "4021".into(),
        workflow: "88431".into(),
        person: "30517".into(),
    }
}

/// The call that comes before every other one.
fn token() -> Interaction {
    when(&State::ApiClient, "a request for an access token", |request, response| {
        asks_for_a_token(request);
        response.ok().content_type(header("^application/json.*$", "application/json")).json_body(json_pattern!({
            "accessToken": some_text("2f6c1d0e"),
            "accessTokenExpiresAt": moment("yyyy-MM-dd'T'HH:mm:ss.SSSX", "2099-03-04T14:12:00.000Z"),
        }));
    })
}

fn authorized(request: &mut RequestBuilder) -> &mut RequestBuilder {
    let example = header("^Bearer .+$", "Bearer 2f6c1d0e");
    request.header_from_provider_state("authorization", "${bearer}", example).header("accept", "application/json")
}

fn answers(response: &mut ResponseBuilder, status: u16, body: JsonPattern) {
    response.status(status).content_type(header("^application/json.*$", "application/json")).json_body(body);
}

/// The error shape of everything but the oauth family; the integration shows the detail to operators.
fn refuses(response: &mut ResponseBuilder, status: u16) {
    answers(
        response,
        status,
        json_pattern!({"errors": [{"title": text("Not Found"), "detail": text("There is no such vacancy.")}]}),
    );
}

fn asks_for_an_application(request: &mut RequestBuilder) {
    authorized(request).post().path(format!("/api/v1.0/vacancies/{VACANCY}/applications")).json_body(json_pattern!({"data": {
        "type": "applications",
        "attributes": {
            "candidate_id": digits("30517"),
            "application_id": digits("88431"),
            "vacancy_id": digits("2210"),
            "custom_id_1": digits("4021"),
            "source": "icims",
            "return_url": web_address(RETURN_URL),
        },
        "relationships": {"candidate": {"data": {"type": "candidates", "attributes": {
            "emailAddress": form("^[^@ ]+@[^@ ]+$", EMAIL),
            "firstName": some_text("Ines"),
            "lastName": some_text("Okafor"),
        }}}},
    }}));
}

fn hands_out_a_link(response: &mut ResponseBuilder, application: JsonPattern, status: JsonPattern) {
    let link = format!("https://my.harver.com/app/landing/{VACANCY}/magic-link/9f2c7e");
    answers(
        response,
        201,
        json_pattern!({"data": {"magicLink": web_address(&link), "applicationId": application, "currentStatus": status}}),
    );
}

fn asks_for(request: &mut RequestBuilder, below_the_application: &str) {
    authorized(request).get().path_from_provider_state(
        format!("/api/v1.0/applications/${{application}}{below_the_application}"),
        header(
            &format!("^/api/v1\\.0/applications/[0-9a-f]{{24}}{below_the_application}$"),
            &format!("/api/v1.0/applications/{APPLICATION}{below_the_application}"),
        ),
    );
}

async fn create(platform: &Url) -> Result<(bool, Url), HarverError> {
    let order = new_order(88431);
    let return_url: Url = RETURN_URL.parse().expect("a URL");
    let candidate: &Candidate = &order.candidate;
    let new = NewApplication {
        candidate,
        customer: order.customer,
        workflow: order.workflow,
        person: order.person,
        job: order.job,
        return_url: Some(&return_url),
    };
    let created = client().create_application(&connection(platform), &VACANCY.parse().expect("24 digits"), &new).await?;
    Ok((created.is_in_progress, created.link))
}

#[tokio::test]
async fn the_integration_uses_the_public_api_as_agreed() {
    let mut recording = Recording::of(Pair::IntegrationToPlatform);
    credentials(&mut recording).await;
    vacancies(&mut recording).await;
    open_vacancies(&mut recording).await;
    registrations(&mut recording).await;
    second_rounds(&mut recording).await;
    results::results(&mut recording).await;
    results::finishes(&mut recording).await;
    recording.finish();
}

async fn credentials(recording: &mut Recording) {
    let refused = when(&State::NoApiClients, "a request for an access token", |request, response| {
        asks_for_a_token(request);
        answers(response, 400, json_pattern!({"message": text("Invalid client: client is invalid")}));
    });
    let error = recording.exchange(vec![refused], async |platform| create(&platform).await).await.expect_err("refused");
    assert!(matches!(error.kind, Kind::CredentialsRejected { .. }), "{error}");

    let stale = when(&State::InvalidToken, "a request with an access token that is not valid", |request, response| {
        authorized(request).get().path(format!("/api/v1.0/vacancies/{VACANCY}"));
        answers(response, 401, json_pattern!({"message": text("Invalid token: access token is invalid")}));
    });
    let read = async |platform: Url| client().vacancy_status(&connection(&platform), &VACANCY.parse().expect("24 digits")).await;
    let error = recording.exchange(vec![token(), stale], read).await.expect_err("refused");
    assert!(matches!(error.kind, Kind::CredentialsRejected { .. }), "{error}");
}

async fn vacancies(recording: &mut Recording) {
    let read = async |platform: Url| client().vacancy_status(&connection(&platform), &VACANCY.parse().expect("24 digits")).await;
    let asks = |request: &mut RequestBuilder| {
        authorized(request).get().path(format!("/api/v1.0/vacancies/{VACANCY}"));
    };
    let open = State::OpenVacancy { vacancy: vacancy() };
    for (state, status) in [(open, "open"), (State::ClosedVacancy { vacancy: vacancy() }, "closed")] {
        let told = when(&state, "a request for a vacancy", |request, response| {
            asks(request);
            let attributes = json_pattern!({"status": status});
            answers(response, 200, json_pattern!({"data": {"type": "vacancies", "id": VACANCY, "attributes": attributes}}));
        });
        let found = recording.exchange(vec![token(), told], read).await.expect("there").expect("a status");
        assert_eq!(found.to_string(), status);
    }
    let missing = when(&State::NoVacancies, "a request for a vacancy", |request, response| {
        asks(request);
        refuses(response, 404);
    });
    let error = recording.exchange(vec![token(), missing], read).await.expect_err("nowhere");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");
}

/// What is asked before the integration is enabled.
async fn open_vacancies(recording: &mut Recording) {
    let description = "a request for the open vacancies of the account";
    let asks = |request: &mut RequestBuilder| {
        let shown = format!("/api/v1.0/accounts/{ACCOUNT}/vacancies");
        let request = authorized(request).get().path_from_provider_state("/api/v1.0/accounts/${account}/vacancies", shown);
        request.query_param("filter[status]", "open").query_param("filter[skip_aggregation]", "true");
    };
    let list = async |platform: Url| client().open_vacancies(&connection(&platform)).await.expect("vacancies");
    let open = when(&State::OpenVacancy { vacancy: vacancy() }, description, |request, response| {
        asks(request);
        let attributes = json_pattern!({"name": some_text("Call Centre Advisor"), "status": "open"});
        let vacancy = json_pattern!({"type": "vacancies", "id": hex_id(VACANCY), "attributes": attributes});
        answers(response, 200, json_pattern!({"data": EachLike::new(vacancy)}));
    });
    assert_eq!(recording.exchange(vec![token(), open], list).await[0].id.as_str(), VACANCY);
    for state in [State::ClosedVacancy { vacancy: vacancy() }, State::NoVacancies] {
        let none = when(&state, description, |request, response| {
            asks(request);
            answers(response, 200, json_pattern!({"data": []}));
        });
        assert!(recording.exchange(vec![token(), none], list).await.is_empty());
    }
}

async fn registrations(recording: &mut Recording) {
    let description = "a request to register a candidate";
    let create = async |platform: Url| create(&platform).await;
    for state in [State::OpenVacancy { vacancy: vacancy() }, State::RegisteredBefore { vacancy: vacancy(), email: EMAIL.into() }]
    {
        let registered = when(&state, description, |request, response| {
            asks_for_an_application(request);
            hands_out_a_link(response, hex_id(APPLICATION), json_pattern!("in-progress"));
        });
        let (is_in_progress, _) = recording.exchange(vec![token(), registered], create).await.expect("registered");
        assert!(is_in_progress);
    }
    let state = completed();
    let finished = when(&state, description, |request, response| {
        asks_for_an_application(request);
        hands_out_a_link(response, hex_id(APPLICATION), form(FINISHED, "new"));
    });
    let (is_in_progress, _) = recording.exchange(vec![token(), finished], create).await.expect("registered");
    assert!(!is_in_progress);

    for (state, status) in [(State::ClosedVacancy { vacancy: vacancy() }, 400), (State::NoVacancies, 404)] {
        let refused = when(&state, description, |request, response| {
            asks_for_an_application(request);
            refuses(response, status);
        });
        let error = recording.exchange(vec![token(), refused], create).await.expect_err("refused");
        match status {
            400 => assert!(matches!(error.kind, Kind::Refused { .. }), "{error}"),
            _ => assert!(matches!(error.kind, Kind::NotFound), "{error}"),
        }
    }
}

/// What is asked before somebody who has finished is invited again.
async fn second_rounds(recording: &mut Recording) {
    let description = "a request whether a candidate may start again";
    let ask = async |platform: Url| client().can_reapply(&connection(&platform), &APPLICATION.parse().expect("24 digits")).await;
    let again = State::AssessmentToRepeat { vacancy: vacancy(), email: EMAIL.into() };
    for (state, may) in [(completed(), false), (again, true)] {
        let told = when(&state, description, |request, response| {
            asks_for(request, "/reapply/status");
            answers(response, 200, json_pattern!({"data": {"canReapply": may}}));
        });
        assert_eq!(recording.exchange(vec![token(), told], ask).await.expect("an answer"), may);
    }
    let missing = when(&State::NoApplications, description, |request, response| {
        authorized(request).get().path(format!("/api/v1.0/applications/{APPLICATION}/reapply/status"));
        refuses(response, 404);
    });
    let error = recording.exchange(vec![token(), missing], ask).await.expect_err("nowhere");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");
}
