//! What is asked of iCIMS before the integration is enabled (icims-api.md 10, 11.1).

use std::collections::HashMap;

use harver_icims::icims::{JobsWanted, ProfileType};
use harver_icims::neighbour::Kind;
use icims_sandbox::control::provider_states::IcimsState as State;
use pact_consumer::builders::RequestBuilder;
use pact_consumer::prelude::*;
use url::Url;

use super::{BASIC, answers, asks, client, customer, refuses};
use crate::as_consumer::patterns::{form, integer, some_text};
use crate::as_consumer::recording::{Recording, when};
use crate::support::PACKAGE;

fn searches(request: &mut RequestBuilder, filter: JsonPattern) {
    asks(request, "POST", BASIC, "/search/jobs").query_param("staleness", "0").content_type("application/json");
    request.json_body(json_pattern!({"filters": [filter]}));
}

fn approved() -> JsonPattern {
    json_pattern!({"name": "job.folder", "operator": "=", "value": ["D31001"]})
}

pub(super) async fn contents(recording: &mut Recording) {
    let with_package = State::JobWithPackage { package: PACKAGE.into() };
    let empty = State::NothingFound;
    let any = || json_pattern!({"name": "job.id", "operator": ">", "value": ["0"]});
    for (wanted, description, filter) in [
        (JobsWanted::Approved, "a search for approved jobs", approved as fn() -> JsonPattern),
        (JobsWanted::Any, "a search for jobs", any),
    ] {
        let look = async |icims: Url| client().jobs(&customer(&icims), wanted).await.expect("an answer").len();
        let some = when(&with_package, description, |request, response| {
            searches(request, filter());
            answers(response, 200, json_pattern!({"searchResults": EachLike::new(json_pattern!({"id": integer(2210)}))}));
        });
        assert_eq!(recording.exchange(vec![some], look).await, 1);
        let none = when(&empty, description, |request, response| {
            searches(request, filter());
            answers(response, 200, json_pattern!({"searchResults": []}));
        });
        assert_eq!(recording.exchange(vec![none], look).await, 0);
    }

    let at = "/v2/lists/lists.customfields_lists";
    let node = |node: JsonPattern| json_pattern!({"nodes": EachLike::new(node)});
    let lists = when(&with_package, "a request for the lists that the customer has made", |request, response| {
        asks(request, "GET", BASIC, at);
        answers(response, 200, node(json_pattern!({"id": form("^[CD][0-9]+$", "C30200")})));
    });
    let read = async |icims: Url| client().custom_lists(&customer(&icims)).await;
    assert_eq!(recording.exchange(vec![lists], read).await.expect("lists").len(), 1);

    let labels = when(&with_package, "a request for what a list offers", |request, response| {
        asks(request, "GET", BASIC, &format!("{at}/node/C30200"));
        let package = json_pattern!({"id": form("^[CD][0-9]+$", "C30211"), "value": PACKAGE});
        answers(response, 200, node(package));
    });
    let read = async |icims: Url| client().list_labels(&customer(&icims), &"C30200".parse().expect("a node")).await;
    assert_eq!(recording.exchange(vec![labels], read).await.expect("labels"), [PACKAGE]);
}

/// What the integration user may use. A field that is hidden from it is not in the schema.
pub(super) async fn rights(recording: &mut Recording) {
    let (everything, little) = (State::NothingFound, State::LimitedUser);
    let described = |names: &[&str]| {
        let shapes = names.iter().map(|name| ((*name).to_owned(), json_pattern!({}))).collect::<HashMap<String, JsonPattern>>();
        json_pattern!({"properties": JsonPattern::from(shapes)})
    };
    let results = json_pattern!({"properties": {"assessmentresults": {"type": "array", "items": described(&[
        "assessmentname", "assessmentdate", "assessmentstatus", "assessmentscore", "assessmentresult", "assessmentnotes",
        "assessmenturl"])}}});
    for (of, kind, schema, field) in [
        (ProfileType::Person, "person", described(&["firstname", "lastname", "email"]), "email"),
        (ProfileType::Job, "job", described(&["jobtitle", "folder", "assessmenttype"]), "assessmenttype"),
        (ProfileType::Workflow, "submittal", results, "assessmentresults.assessmenturl"),
    ] {
        let shown = when(&everything, &format!("a request for the schema of a {kind}"), |request, response| {
            asks(request, "GET", BASIC, &format!("/profiledefinitions/v1/{kind}/schema"));
            answers(response, 200, schema);
        });
        let fields = recording.exchange(vec![shown], async |icims: Url| client().fields(&customer(&icims), of).await).await;
        assert!(fields.expect("fields").have(field), "{field}");
    }

    let hidden = when(&little, "a search for approved jobs", |request, response| {
        searches(request, approved());
        let words = some_text("The following filter is either not valid or hidden: job.folder");
        answers(response, 400, json_pattern!({"errors": [{"errorMessage": words}]}));
    });
    let look = async |icims: Url| client().jobs(&customer(&icims), JobsWanted::Approved).await;
    let error = recording.exchange(vec![hidden], look).await.expect_err("refused");
    assert!(matches!(error.kind, Kind::Refused { status: 400, .. }), "{error}");

    let tries = "/applicantworkflows/999999999/fields/assessmentresults/999999999";
    let attempt = |state: &State, code: i64, message: &str| {
        when(state, "an empty change of a result that does not exist", |request, response| {
            asks(request, "PATCH", BASIC, tries).content_type("application/json").json_body(json_pattern!({}));
            refuses(response, 404, code, message);
        })
    };
    let try_it = async |icims: Url| client().try_to_write(&customer(&icims)).await;
    recording.exchange(vec![attempt(&everything, 2, "Applicant Workflow not found.")], try_it).await.expect("it may write");
    let error = recording.exchange(vec![attempt(&little, 3, "Access denied.")], try_it).await.expect_err("it may not");
    assert!(matches!(error.kind, Kind::NotVisible), "{error}");
}
