//! What must never be a 500: gaps, wrong media types, and bytes that nobody meant well.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use proptest::prelude::*;
use serde_json::json;

use crate::icims_api::support::World;

#[tokio::test]
async fn what_is_not_simulated_says_so_by_name() {
    let world = World::new().await;
    let check = async |method: &str, path: &str, named: &str| {
        let reply = world.call(method, path, None).await;
        reply.is_error(501, 501, &format!("The iCIMS simulator does not simulate {named}."));
    };
    check("GET", "/forms", "GET /customers/4021/forms").await;
    check("GET", "/forms/Shift/meta/data_schema", "GET /customers/4021/forms/Shift/meta/data_schema").await;
    check("GET", "/profiledefinitions/v1/room/schema", "/customers/{customerId}/profiledefinitions/v1/room/schema").await;
    check("GET", "/people/30517/fields/resume/binary/more", "GET /customers/4021/people/30517/fields/resume/binary/more").await;
    check("GET", "/sourceworkflows/5", "/customers/{customerId}/sourceworkflows").await;
    check("PATCH", "/jobboardposts/", "PATCH /customers/4021/jobboardposts/").await;
    check("GET", "/search/talentpools?searchJson=%7B%7D", "/customers/{customerId}/search/talentpools").await;
}

#[tokio::test]
async fn a_body_must_be_a_json_object_and_say_so() {
    let world = World::new().await;
    let send = async |kind: &str, body: &str| {
        let request = Request::post("/customers/4021/people").header("authorization", &world.authorization);
        world.send(request.header("content-type", kind).body(Body::from(body.to_owned())).expect("a request")).await
    };
    let json = "application/json; charset=utf-8";
    send("text/plain", "{}").await.is_error(415, 11, "The Content-Type of the request must be application/json.");
    send(json, "").await.is_error(400, 11, "The request body is not valid JSON.");
    send(json, "{\"firstname\":").await.is_error(400, 11, "The request body is not valid JSON.");
    send(json, "[]").await.is_error(400, 11, "The request body must be a JSON object.");
    send(json, &"[".repeat(100_000)).await.is_error(400, 11, "The request body is not valid JSON.");
    send(json, "{}").await.is_error(400, 1, "firstname: Required field.");
}

#[tokio::test]
async fn a_field_name_that_cannot_stand_in_a_header_is_warned_of_all_the_same() {
    let world = World::new().await;
    let reply = world.post("/people", json!({"firstname": "A", "lastname": "B", "nämé\r\nX-Evil: 1": 1})).await;
    assert_eq!(reply.status, StatusCode::CREATED);
    assert!(reply.headers.get("x-evil").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn no_path_and_no_body_is_an_internal_error(
        method in prop::sample::select(&["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE"]),
        prefix in prop::sample::select(&["/customers/4021", "/customers/4021", "/customers/4021", "/datastream/v2/streams", "/oauth", "/customers"]),
        path in "(/(people|jobs|companies|applicantworkflows|search|portals|careers|filters|v2|lists|lists.country|node|D41001|fields|person|job|\
            phones|resume|field24316|field24338|binary|text|profiledefinitions|v1|schema|resultsSchema|filtersSchema|linkTo|token|\
            submittalstatuslog|subscriptions|recruiting-workflow-events|events|4021|30517|88431|2210|1187|18446744073709551616|%ff|%00|\\.\\.|[a-z0-9%é]{0,6})){0,7}",
        query in "(fields=|searchJson=|size=|page=|exclusiveStartKey=)?[a-zA-Z0-9%\\{\\}\":,\\[\\]]{0,30}",
        kind in prop::sample::select(&["application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "application/x-www-form-urlencoded"]),
        body in "(\\{\"(firstname|status|filters|assessmentresults|addresses|field24313|field24316)\":(1|null|\"x\"|\\[\\{\\}\\]|\\{\"id\":\"D1\"\\})\\}|\
            --x\r\n(Content-Disposition: form-data; name=\"a\"(; filename=\"\\PC{0,5}\")?\r\n)?\r\n[a-z]{0,9}(\r\n--x--\r\n)?|\\PC{0,20})",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let world = World::new().await;
            let request = Request::builder().method(method).uri(format!("{prefix}{path}?{query}"));
            let request = request.header("authorization", &world.authorization).header("content-type", kind);
            let Ok(request) = request.body(Body::from(body)) else { return Ok(()) };
            let reply = world.send(request).await;
            prop_assert!(reply.status == 501 || !reply.status.is_server_error(), "{} {}", reply.status, reply.text);
            let about_a_customer = prefix == "/customers/4021" && !path.starts_with("/linkTo/") && method != "HEAD";
            if (reply.status.is_client_error() || reply.status == 501) && about_a_customer {
                prop_assert!(reply.json()["errors"][0]["errorMessage"].is_string());
            }
            Ok(())
        })?;
    }
}
