//! What becomes of an application: its progress, its result, its reports, and who has finished unheard.

use harver_icims::domain::{ApplicationId, Language, ReportType};
use harver_icims::harver_platform::HarverError;
use harver_icims::neighbour::Kind;
use icims_sandbox::control::provider_states::PlatformState as State;
use jiff::Timestamp;
use pact_consumer::builders::RequestBuilder;
use pact_consumer::prelude::*;
use url::Url;

use super::{
    APPLICATION, EMAIL, FINISHED, answers, asks_for, authorized, client, completed, connection, refuses, token, vacancy,
};
use crate::as_consumer::patterns::{form, hex_id, holds, integer, number, some_text, web_address};
use crate::as_consumer::recording::{Recording, when};
use crate::support::VACANCY;

/// A report whose own link lives for minutes, and the page that never ends: one call tells them all.
async fn reports(recording: &mut Recording, completed: &State) {
    for report in [ReportType::CandidateDetailPage, ReportType::Pdf, ReportType::FactSheet] {
        let included = when(completed, "a request for the reports of an application", |request, response| {
            asks_for(request, "");
            request.query_param("include", "report");
            let one = |kind: &str, url: &str| json_pattern!({"type": kind, "attributes": {"url": web_address(url)}});
            answers(
                response,
                200,
                json_pattern!({
                    "data": {"type": "applications", "id": hex_id(APPLICATION), "attributes": {}},
                    "included": holds(vec![
                        one("reports", "https://api.harver.com/reports/candidate-report?token=7c1e"),
                        one("fact-sheets", "https://api.harver.com/reports/fact-sheet?token=7c1e"),
                        one("candidate-detail-page", "https://app.harver.com/app/candidates/65aa01f29c3b4d00178e92fa"),
                    ]),
                }),
            );
        });
        let linked = recording.exchange(vec![token(), included], async |platform| link(&platform, report).await).await;
        assert!(linked.expect("an answer").is_some(), "{report}");
    }
    let guide = when(completed, "a request for a link to the interview guide", |request, response| {
        asks_for(request, "/reports/interview-guides");
        let link = web_address("https://app.harver.com/reports/interview-guide?token=7c1e");
        answers(response, 200, json_pattern!({"data": {"attributes": {"url": link}}}));
    });
    let linked =
        recording.exchange(vec![token(), guide], async |platform| link(&platform, ReportType::InterviewGuide).await).await;
    assert!(linked.expect("an answer").is_some());
    let development = when(completed, "a request for a link to the development report", |request, response| {
        asks_for(request, "/reports/development-reports");
        request.query_param("locale", "en-US");
        let link = web_address("https://app.harver.com/reports/development-report?token=7c1e");
        answers(response, 200, json_pattern!({"data": {"attributes": {"url": link}}}));
    });
    let linked =
        recording.exchange(vec![token(), development], async |platform| link(&platform, ReportType::Development).await).await;
    assert!(linked.expect("an answer").is_some());
}

async fn link(platform: &Url, report: ReportType) -> Result<Option<Url>, HarverError> {
    let id = APPLICATION.parse().expect("24 digits");
    client().report_link(&connection(platform), &id, report, Language::EnglishUs).await
}

pub(super) async fn results(recording: &mut Recording) {
    let id = APPLICATION.parse().expect("24 digits");
    let read = async |platform: Url| client().application(&connection(&platform), &id).await;
    let includes = |request: &mut RequestBuilder| {
        asks_for(request, "");
        request.query_param("include", "matching-indicators,ats");
    };
    // Whose application it is: a result goes to nobody else.
    let ats = || {
        let whose = json_pattern!({"custom_id_1": "4021", "application_id": "88431", "candidate_id": "30517"});
        json_pattern!({"type": "ats-parameters", "attributes": whose})
    };
    let candidate = || json_pattern!({"candidate": {"data": {"attributes": {"email": form("^[^@ ]+@[^@ ]+$", EMAIL)}}}});
    let described = |attributes: JsonPattern, included: Vec<JsonPattern>| {
        let data = json_pattern!({"type": "applications", "id": hex_id(APPLICATION), "attributes": attributes, "relationships": candidate()});
        json_pattern!({"data": data, "included": holds(included)})
    };

    let State::AssessmentCompleted { vacancy, email, customer, workflow, person } = completed() else { unreachable!() };
    let state = State::AssessmentInProgress { vacancy, email, customer, workflow, person };
    let unfinished = when(&state, "a request for an application", |request, response| {
        includes(request);
        let progress = json_pattern!({"all": integer(5), "completed": integer(1)});
        answers(response, 200, described(json_pattern!({"status": "in-progress", "progress": progress}), vec![ats()]));
    });
    let found = recording.exchange(vec![token(), unfinished], read).await.expect("there");
    assert!(found.completed.is_none(), "{found:?}");
    assert_eq!((found.workflow, found.person), ("88431".parse().ok(), "30517".parse().ok()));
    assert_eq!((found.progress.all, found.progress.completed), (5, 1));

    let state = completed();
    let finished = when(&state, "a request for an application", |request, response| {
        includes(request);
        let attributes = json_pattern!({
            "status": form(FINISHED, "new"),
            "completedAt": integer(1_741_097_220),
            "matchingScore": number(78.5),
            "matchingProfile": {"label": some_text("Great Fit")},
        });
        let indicator = json_pattern!({"type": "matching-indicators", "attributes": {"name": some_text("Accuracy"), "score": form(r"^\d+(\.\d+)?$", "81")}});
        answers(response, 200, described(attributes, vec![indicator, ats()]));
    });
    let found = recording.exchange(vec![token(), finished], read).await.expect("there");
    let assessment = found.completed.expect("finished");
    assert!(assessment.score.is_some() && assessment.recommendation.is_some() && assessment.indicators.len() == 1);

    let hub = when(&state, "a request for a link to the reports", |request, response| {
        asks_for(request, "/reports/reports-hub");
        request.query_param("expiresIn", "31536000").query_param("allowedPII", "true");
        let link = web_address("https://app.harver.com/reports-hub?token=7c1e");
        answers(response, 200, json_pattern!({"data": {"attributes": {"url": link}}}));
    });
    let linked = recording.exchange(vec![token(), hub], async |platform| link(&platform, ReportType::ReportsHub).await).await;
    assert!(linked.expect("an answer").is_some());
    reports(recording, &state).await;

    let missing = when(&State::NoApplications, "a request for an application", |request, response| {
        authorized(request)
            .get()
            .path(format!("/api/v1.0/applications/{APPLICATION}"))
            .query_param("include", "matching-indicators,ats");
        refuses(response, 404);
    });
    let error = recording.exchange(vec![token(), missing], read).await.expect_err("nowhere");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");
}

/// What is asked because a webhook may never come.
pub(super) async fn finishes(recording: &mut Recording) {
    let description = "a request for who has finished in a vacancy";
    let asks = |request: &mut RequestBuilder| {
        let request = authorized(request).get().path(format!("/api/v1.0/vacancies/{VACANCY}/candidates"));
        request.query_param("filter[status]", "new").query_param("filter[status-updated-at][since]", "0");
    };
    let list = async |platform: Url| {
        let vacancy = VACANCY.parse().expect("24 digits");
        client().finished_since(&connection(&platform), &vacancy, Timestamp::UNIX_EPOCH).await
    };
    let finished = when(&completed(), description, |request, response| {
        asks(request);
        let application = json_pattern!({"type": "applications", "id": hex_id(APPLICATION)});
        let related = json_pattern!({"applications": {"data": EachLike::new(application)}});
        let candidate = json_pattern!({"type": "candidates", "relationships": related});
        answers(response, 200, json_pattern!({"data": EachLike::new(candidate)}));
    });
    let found = recording.exchange(vec![token(), finished], list).await.expect("a list");
    assert_eq!(found.iter().map(ApplicationId::as_str).collect::<Vec<_>>(), [APPLICATION]);

    let nobody = when(&State::OpenVacancy { vacancy: vacancy() }, description, |request, response| {
        asks(request);
        answers(response, 200, json_pattern!({"data": []}));
    });
    assert!(recording.exchange(vec![token(), nobody], list).await.expect("a list").is_empty());

    let missing = when(&State::NoVacancies, description, |request, response| {
        asks(request);
        refuses(response, 404);
    });
    let error = recording.exchange(vec![token(), missing], list).await.expect_err("nowhere");
    assert!(matches!(error.kind, Kind::NotFound), "{error}");
}
