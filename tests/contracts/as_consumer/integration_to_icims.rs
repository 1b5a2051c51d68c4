//! ④ The integration reads from iCIMS and writes into it, through its real client (icims-api.md 5, 8).

mod tenant;

use harver_icims::clock::Clock;
use harver_icims::domain::{AtsAuthentication, AtsField, Customer, PackageLabel, Recommendation, ResultRowId, Score, WorkflowId};
use harver_icims::http;
use harver_icims::icims::{IcimsClient, IcimsError, ReportLink, ResultRow, RowStatus};
use harver_icims::neighbour::Kind;
use icims_sandbox::control::provider_states::IcimsState as State;
use pact_consumer::builders::{RequestBuilder, ResponseBuilder};
use pact_consumer::prelude::*;
use url::Url;

use super::patterns::{form, header, integer, moment, number, some_text, text, web_address};
use super::recording::{Interaction, Recording, credentials_of_the_state, when};
use crate::brightwater::CUSTOMER;
use crate::pact_file::Pair;
use crate::support::{self, PACKAGE, nowhere};

const PERSON: &str = "30517";
const JOB: &str = "2210";
const WORKFLOW: &str = "88431";
const ENTRY: &str = "5127";

const BASIC: &str = "^Basic [A-Za-z0-9+/]+=*$";
const BEARER: &str = "^Bearer .+$";
/// How results write a moment, in UTC.
const DATE_TIME: &str = "yyyy-MM-dd hh:mm a";
/// The four delivered statuses of a result.
const STATUS: &str = "^D3700201900[1-4]$";

fn client() -> IcimsClient {
    IcimsClient::new(http::Clients::new(http::Timeouts::default()).expect("HTTP"), Clock::real())
}

/// The customer with its iCIMS at this address, by Basic authentication.
fn customer(icims: &Url) -> Customer {
    support::customer(icims, &nowhere())
}

fn by_oauth(icims: &Url) -> Customer {
    let mut customer = customer(icims);
    customer.ats.all_mut().next().expect("a connection").authentication = AtsAuthentication::OAuth2 {
        token_url: icims.join("/oauth/token").expect("a path"),
        client_id: "icims-client".into(),
        client_secret: "icims-secret".into(),
    };
    customer
}

fn asks<'a>(request: &'a mut RequestBuilder, method: &str, authorization: &str, at: &str) -> &'a mut RequestBuilder {
    let shown =
        at.replace("${person}", PERSON).replace("${job}", JOB).replace("${workflow}", WORKFLOW).replace("${entry}", ENTRY);
    let (told, example) =
        if authorization == BEARER { ("${bearer}", "Bearer 4021.e1f0") } else { ("${basic}", "Basic ZXhhbXBsZTpleGFtcGxl") };
    request
        .method(method)
        .header_from_provider_state("authorization", told, header(authorization, example))
        .header("accept", "application/json")
        .path_from_provider_state(format!("/customers/${{customer}}{at}"), format!("/customers/{CUSTOMER}{shown}"))
}

fn answers(response: &mut ResponseBuilder, status: u16, body: JsonPattern) {
    response.status(status).content_type(header("^application/json.*$", "application/json")).json_body(body);
}

/// The envelope of errors (icims-api.md 3.1).
fn refuses(response: &mut ResponseBuilder, status: u16, code: i64, message: &str) {
    answers(response, status, json_pattern!({"errors": [{"errorMessage": some_text(message), "errorCode": code}]}));
}

fn label(value: &str) -> JsonPattern {
    json_pattern!({"id": form("^[CD][0-9]+$", "C30211"), "value": value})
}

#[tokio::test]
async fn the_integration_uses_the_rest_api_as_agreed() {
    let mut recording = Recording::of(Pair::IntegrationToIcims);
    tokens(&mut recording).await;
    people(&mut recording).await;
    jobs(&mut recording).await;
    standings(&mut recording).await;
    results_read(&mut recording).await;
    results_written(&mut recording).await;
    results_refused(&mut recording).await;
    tenant::contents(&mut recording).await;
    tenant::rights(&mut recording).await;
    recording.finish();
}

async fn tokens(recording: &mut Recording) {
    let read = async |icims: Url| client().person(&by_oauth(&icims), PERSON.parse().expect("digits")).await;
    let token = |state: &State, answer: &dyn Fn(&mut ResponseBuilder)| {
        when(state, "a request for an access token", |request, response| {
            let form = "grant_type=client_credentials&client_id=icims-client&client_secret=icims-secret&audience=https%3A%2F%2Fapi.icims.com%2Fv1%2F";
            let kind = "application/x-www-form-urlencoded";
            request.post().path("/oauth/token").header("accept", "application/json").content_type(kind).body2(form, kind);
            credentials_of_the_state(request);
            answer(response);
        })
    };
    let issued = token(&State::OAuthClient, &|response| {
        let lifetime = integer(86_400);
        answers(response, 200, json_pattern!({"access_token": some_text("4021.e1f0"), "expires_in": lifetime}));
    });
    let candidate = when(&State::Candidate, "a request with a token for a person", |request, response| {
        asks(request, "GET", BEARER, "/people/${person}").query_param("fields", "firstname,lastname,email");
        answers(response, 200, json_pattern!({"firstname": some_text("Ines"), "lastname": some_text("Okafor")}));
    });
    recording.exchange(vec![issued, candidate], read).await.expect("a person");

    let refused = token(&State::NoOAuthClients, &|response| {
        answers(response, 401, json_pattern!({"error": some_text("access_denied"), "error_description": text("Unauthorized")}));
    });
    let error = recording.exchange(vec![refused], read).await.expect_err("refused");
    assert!(matches!(error.kind, Kind::CredentialsRejected { .. }), "{error}");
}

async fn people(recording: &mut Recording) {
    let description = "a request for a person";
    let read = async |icims: Url| client().person(&customer(&icims), PERSON.parse().expect("digits")).await;
    let fields = ("fields", "firstname,lastname,email");

    let candidate = when(&State::Candidate, description, |request, response| {
        asks(request, "GET", BASIC, "/people/${person}").query_param(fields.0, fields.1);
        let email = form("^[^@ ]+@[^@ ]+$", "ines.okafor@example.org");
        answers(response, 200, json_pattern!({"firstname": some_text("Ines"), "lastname": some_text("Okafor"), "email": email}));
    });
    assert!(recording.exchange(vec![candidate], read).await.expect("a person").email.is_some());

    // A field without a value is left out, and the integration names it to the recruiter.
    let unreachable = when(&State::CandidateWithoutEmail, description, |request, response| {
        asks(request, "GET", BASIC, "/people/${person}").query_param(fields.0, fields.1);
        answers(response, 200, json_pattern!({"firstname": some_text("Ines"), "lastname": some_text("Okafor")}));
    });
    let person = recording.exchange(vec![unreachable], read).await.expect("a person");
    assert!(person.email.is_none() && !person.email_is_malformed);

    let missing = when(&State::NothingFound, description, |request, response| {
        asks(request, "GET", BASIC, "/people/30517").query_param(fields.0, fields.1);
        refuses(response, 404, 2, "Person not found.");
    });
    let error = recording.exchange(vec![missing], read).await.expect_err("nobody");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");

    let stranger = when(&State::InvalidCredentials, description, |request, response| {
        asks(request, "GET", BASIC, "/people/30517").query_param(fields.0, fields.1);
        refuses(response, 401, 6, "Invalid Username or Password credentials provided.");
    });
    let error = recording.exchange(vec![stranger], read).await.expect_err("refused");
    assert!(matches!(error.kind, Kind::CredentialsRejected { .. }), "{error}");

    let customer_read = when(&State::Candidate, "a request for the customer", |request, response| {
        asks(request, "GET", BASIC, "");
        answers(response, 200, json_pattern!({}));
    });
    recording
        .exchange(vec![customer_read], async |icims: Url| client().check_access(&customer(&icims)).await)
        .await
        .expect("access");
}

async fn jobs(recording: &mut Recording) {
    let description = "a request for a job";
    let read = async |icims: Url| client().job(&customer(&icims), JOB.parse().expect("digits")).await;
    let asks = |request: &mut RequestBuilder, at: &str| {
        asks(request, "GET", BASIC, at).query_param("fields", "jobtitle,assessmenttype,folder");
    };
    let folder = || json_pattern!({"id": form("^[CD][0-9]+$", "D31001"), "value": some_text("Approved")});

    let state = State::JobWithPackage { package: PACKAGE.into() };
    let ordered = when(&state, description, |request, response| {
        asks(request, "/jobs/${job}");
        let packages = EachLike::new(label(PACKAGE));
        answers(
            response,
            200,
            json_pattern!({"jobtitle": some_text("Call Centre Advisor"), "assessmenttype": packages, "folder": folder()}),
        );
    });
    assert_eq!(recording.exchange(vec![ordered], read).await.expect("a job").package_labels, [PACKAGE]);

    let plain = when(&State::JobWithoutPackage, description, |request, response| {
        asks(request, "/jobs/${job}");
        answers(response, 200, json_pattern!({"jobtitle": some_text("Call Centre Advisor"), "folder": folder()}));
    });
    let job = recording.exchange(vec![plain], read).await.expect("a job");
    assert!(job.package_labels.is_empty() && job.is_open());

    let missing = when(&State::NothingFound, description, |request, response| {
        asks(request, "/jobs/2210");
        refuses(response, 404, 2, "Job not found.");
    });
    let error = recording.exchange(vec![missing], read).await.expect_err("nothing");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");
}

/// What is asked before another mail goes out.
async fn standings(recording: &mut Recording) {
    let read = async |icims: Url| client().standing(&customer(&icims), WORKFLOW.parse().expect("digits")).await;
    let description = "a request for the status of a workflow";
    let asked = |request: &mut RequestBuilder, at: &str| {
        asks(request, "GET", BASIC, at).query_param("fields", "status,associatedprofile");
    };
    let shows = |response: &mut ResponseBuilder, id: &str, label: JsonPattern| {
        let status = json_pattern!({"id": form("^[CD][0-9]+$", id), "value": label});
        answers(response, 200, json_pattern!({"status": status, "associatedprofile": {"id": integer(30_517)}}));
    };
    let open = when(&workflow_without(PACKAGE), description, |request, response| {
        asked(request, "/applicantworkflows/${workflow}");
        shows(response, "D10100", some_text("External Portal"));
    });
    let standing = recording.exchange(vec![open], read).await.expect("a standing");
    assert_eq!(standing.person, PERSON.parse().ok());
    assert!(!standing.status.expect("a status").reads_like_an_end());

    let rejected = when(&State::RejectedCandidate, description, |request, response| {
        asked(request, "/applicantworkflows/${workflow}");
        shows(
            response,
            "C40190",
            form("^.*(Not Selected|Reject|Withdr|Declin|Disqualif|Hired).*$", "Not Selected - Not Selected"),
        );
    });
    let standing = recording.exchange(vec![rejected], read).await.expect("a standing");
    assert!(standing.status.expect("a status").reads_like_an_end());

    let missing = when(&State::NothingFound, description, |request, response| {
        asked(request, "/applicantworkflows/88431");
        refuses(response, 404, 2, "Recruiting Workflow not found.");
    });
    let error = recording.exchange(vec![missing], read).await.expect_err("nothing");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");
}

fn workflow_with(package: &str) -> State {
    State::WorkflowWithResult { package: package.to_owned() }
}

fn workflow_without(package: &str) -> State {
    State::WorkflowWithoutResults { package: package.to_owned() }
}

async fn results_read(recording: &mut Recording) {
    let read = async |icims: Url| client().result_rows(&customer(&icims), WORKFLOW.parse().expect("digits")).await;
    let description = "a request for the results of a workflow";
    let results = |request: &mut RequestBuilder, at: &str| {
        asks(request, "GET", BASIC, at).query_param("fields", "assessmentresults");
    };
    let found = when(&workflow_with(PACKAGE), description, |request, response| {
        results(request, "/applicantworkflows/${workflow}");
        let row = json_pattern!({
            "entry": integer(5127),
            "assessmentname": label(PACKAGE),
            "assessmentstatus": {"id": form(STATUS, "D37002019004")},
        });
        answers(response, 200, json_pattern!({"assessmentresults": EachLike::new(row)}));
    });
    let rows = recording.exchange(vec![found], read).await.expect("rows");
    assert_eq!(rows[0].status, Some(RowStatus::Sent));
    assert_eq!(rows[0].name.as_deref(), Some(PACKAGE));

    let none = when(&workflow_without(PACKAGE), description, |request, response| {
        results(request, "/applicantworkflows/${workflow}");
        answers(
            response,
            200,
            json_pattern!({"links": EachLike::new(json_pattern!({"url": web_address("https://api.icims.com/x")}))}),
        );
    });
    assert!(recording.exchange(vec![none], read).await.expect("rows").is_empty());

    let missing = when(&State::NothingFound, description, |request, response| {
        results(request, "/applicantworkflows/88431");
        refuses(response, 404, 2, "Recruiting Workflow not found.");
    });
    let error = recording.exchange(vec![missing], read).await.expect_err("nothing");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");
}

fn row(package: &str, status: RowStatus) -> ResultRow {
    ResultRow {
        package: PackageLabel::parse(package).expect("a Harver label"),
        status,
        date: "2025-03-04T12:00:00Z".parse().expect("a moment"),
        score: None,
        recommendation: None,
        notes: None,
        report: None,
    }
}

fn adds(request: &mut RequestBuilder, at: &str, package: &str) {
    asks(request, "POST", BASIC, at).content_type("application/json").json_body(json_pattern!({
        "assessmentname": {"value": package},
        "assessmentdate": moment(DATE_TIME, "2025-03-04 12:00 PM"),
        "assessmentstatus": {"id": form(STATUS, "D37002019004")},
    }));
}

async fn add(icims: &Url, package: &str) -> Result<ResultRowId, IcimsError> {
    let workflow: WorkflowId = WORKFLOW.parse().expect("digits");
    client().add_result_row(&customer(icims), workflow, &row(package, RowStatus::Sent)).await
}

const ROWS: &str = "/applicantworkflows/${workflow}/fields/assessmentresults";

async fn results_written(recording: &mut Recording) {
    let location = r"^\S*/customers/[0-9]+/applicantworkflows/[0-9]+/fields/assessmentresults/[0-9]+$";
    let example = "https://api.icims.com/customers/4021/applicantworkflows/88431/fields/assessmentresults/5127";
    // An entry like one that is there is not stored twice; the answer is the same (icims-api.md 9.1).
    for state in [workflow_without(PACKAGE), workflow_with(PACKAGE)] {
        let added = when(&state, "a request to add a result", |request, response| {
            adds(request, ROWS, PACKAGE);
            response.status(201).header("location", header(location, example));
        });
        let id = recording.exchange(vec![added], async |icims: Url| add(&icims, PACKAGE).await).await.expect("a row");
        assert_eq!(id.to_string(), ENTRY);
    }

    let complete = ResultRow {
        score: Score::parse(78.5),
        recommendation: Recommendation::parse("Great Fit"),
        notes: Some("Accuracy 81 | Customer Focus 74".into()),
        report: Some(ReportLink {
            field: AtsField::default(),
            url: "https://app.harver.com/reports-hub?token=7c1e".parse().expect("a URL"),
        }),
        ..row(PACKAGE, RowStatus::Complete)
    };
    let updated: Interaction = when(&workflow_with(PACKAGE), "a request to complete a result", |request, response| {
        asks(request, "PATCH", BASIC, &format!("{ROWS}/${{entry}}")).content_type("application/json").json_body(json_pattern!({
            "assessmentdate": moment(DATE_TIME, "2025-03-04 12:00 PM"),
            "assessmentstatus": {"id": form(STATUS, "D37002019001")},
            "assessmentscore": number(78.5),
            "assessmentresult": some_text("Great Fit"),
            "assessmentnotes": form("^.{1,192}$", "Accuracy 81 | Customer Focus 74"),
            "assessmenturl": web_address("https://app.harver.com/reports-hub?token=7c1e"),
        }));
        response.status(204);
    });
    let update = async |icims: Url| {
        let (workflow, entry) = (WORKFLOW.parse().expect("digits"), ENTRY.parse().expect("digits"));
        client().update_result_row(&customer(&icims), workflow, entry, &complete).await
    };
    recording.exchange(vec![updated], update).await.expect("changed");

    // Notes that are not true any more are deleted with null (assessment-flow.md 4.5).
    let taken_back: Interaction = when(&workflow_with(PACKAGE), "a request to take a failure back", |request, response| {
        asks(request, "PATCH", BASIC, &format!("{ROWS}/${{entry}}")).content_type("application/json").json_body(json_pattern!({
            "assessmentdate": moment(DATE_TIME, "2025-03-04 12:00 PM"),
            "assessmentstatus": {"id": form(STATUS, "D37002019004")},
            "assessmentnotes": null,
        }));
        response.status(204);
    });
    let take_back = async |icims: Url| {
        let (workflow, entry) = (WORKFLOW.parse().expect("digits"), ENTRY.parse().expect("digits"));
        client().update_result_row(&customer(&icims), workflow, entry, &row(PACKAGE, RowStatus::Sent)).await
    };
    recording.exchange(vec![taken_back], take_back).await.expect("changed");

    let linked: Interaction = when(&workflow_with(PACKAGE), "a request to add the link to the report", |request, response| {
        let link = web_address("https://app.harver.com/reports-hub?token=7c1e");
        let body = json_pattern!({"assessmenturl": link});
        asks(request, "PATCH", BASIC, &format!("{ROWS}/${{entry}}")).content_type("application/json").json_body(body);
        response.status(204);
    });
    let link = async |icims: Url| {
        let (workflow, entry) = (WORKFLOW.parse().expect("digits"), ENTRY.parse().expect("digits"));
        client().add_report_link(&customer(&icims), workflow, entry, complete.report.as_ref().expect("a report")).await
    };
    recording.exchange(vec![linked], link).await.expect("changed");
}

async fn results_refused(recording: &mut Recording) {
    let unlisted = "Harver Night Shift – 64c20d1e5f7a8b0012ab34ce";
    let refused =
        when(&workflow_without(PACKAGE), "a request to add a result for a package that is not listed", |request, response| {
            adds(request, ROWS, unlisted);
            answers(response, 400, json_pattern!({"errors": [{"errorMessage": some_text("assessmentname: Invalid value.")}]}));
        });
    let error = recording.exchange(vec![refused], async |icims: Url| add(&icims, unlisted).await).await.expect_err("refused");
    assert!(matches!(error.kind, Kind::Refused { status: 400, .. }), "{error}");

    let missing = when(&State::NothingFound, "a request to add a result", |request, response| {
        adds(request, "/applicantworkflows/88431/fields/assessmentresults", PACKAGE);
        refuses(response, 404, 2, "Recruiting Workflow not found.");
    });
    let error = recording.exchange(vec![missing], async |icims: Url| add(&icims, PACKAGE).await).await.expect_err("nothing");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");
}
