//! Who gets in, how often, and what every answer carries.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use icims_sandbox::icims::NewCustomer;
use icims_sandbox::icims::state::users::IntegrationUser;
use jiff::SignedDuration;
use serde_json::json;

use crate::icims_api::support::{Reply, World, basic, gzip, new_customer};

async fn with(world: &World, authorization: Option<&str>, path: &str) -> Reply {
    let mut request = Request::get(path);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    world.send(request.body(Body::empty()).expect("a request")).await
}

async fn token(world: &World, form: &str) -> Reply {
    let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    world.send(request.body(Body::from(form.to_owned())).expect("a request")).await
}

const FORM: &str =
    "grant_type=client_credentials&client_id=client-4021&client_secret=shh&audience=https%3A%2F%2Fapi.icims.com%2Fv1%2F";

#[tokio::test]
async fn wrong_credentials_are_401_with_code_6_and_two_challenges() {
    let world = World::new().await;
    for wrong in [
        None,
        Some("Basic !!!"),
        Some("Basic"),
        Some("Digest x"),
        Some(basic("harver-4021", "wrong").as_str()),
        Some(basic("nobody", "pass:word").as_str()),
    ] {
        let reply = with(&world, wrong, "/customers/4021").await;
        reply.is_error(401, 6, "Invalid Username or Password credentials provided.");
        let challenges: Vec<_> = reply.headers.get_all("www-authenticate").iter().collect();
        assert_eq!(challenges, ["Basic realm=\"iCIMS\"", "x-icims-v1-hmac-sha256"]);
    }
}

#[tokio::test]
async fn a_password_may_be_in_utf_8_or_in_latin_1() {
    let world = World::new().await;
    let user = IntegrationUser { username: "zoë".into(), password: "Straße:Ã©".into(), ..IntegrationUser::default() };
    world.icims.admit(4031, NewCustomer { user, ..new_customer(4031) }.state(world.clock.now())).await.expect("a customer");
    let status = async |credentials: &[u8]| {
        let value = format!("Basic {}", STANDARD.encode(credentials));
        with(&world, Some(&value), "/customers/4031").await.status.as_u16()
    };
    assert_eq!(status("zoë:Straße:Ã©".as_bytes()).await, 200);
    assert_eq!(status(b"zo\xeb:Stra\xdfe:\xc3\xa9").await, 200, "every byte is a letter of Latin-1");
    assert_eq!(status(b"zo\xeb:Stra\xdfe:\xe9").await, 401);
    assert_eq!(status(b"zo\xeb:Strasse:\xc3\xa9").await, 401);
    assert_eq!(status("zoë:Straße:é".as_bytes()).await, 401);
    assert_eq!(status(b"zo\xeb").await, 401);
}

#[tokio::test]
async fn a_customer_of_somebody_else_is_403_and_an_unknown_one_404() {
    let world = World::new().await;
    world.open(4022).await;
    let own = Some(world.authorization.as_str());
    assert_eq!(with(&world, own, "/customers/4021").await.status, 200);
    with(&world, own, "/customers/4022").await.is_error(403, 7, "The provided Username does not belong to this customer.");
    with(&world, own, "/customers/9999").await.is_error(404, 2, "Customer not found.");
    with(&world, own, "/customers/four").await.is_error(404, 2, "Customer not found.");
}

#[tokio::test]
async fn a_token_opens_the_api_for_a_day() {
    let world = World::new().await;
    let reply = token(&world, FORM).await;
    assert_eq!(reply.status, 200);
    let body = reply.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(86_400)));
    let bearer = format!("Bearer {}", body["access_token"].as_str().expect("a token"));
    assert_eq!(with(&world, Some(&bearer), "/customers/4021").await.status, 200);
    world.clock.advance(SignedDuration::from_hours(24));
    with(&world, Some(&bearer), "/customers/4021").await.is_error(401, 9, "Authentication credentials invalid");
    with(&world, Some("Bearer 4021.made-up"), "/customers/4021").await.is_error(401, 9, "Authentication credentials invalid");
}

#[tokio::test]
async fn token_requests_may_be_json() {
    let world = World::new().await;
    let body = json!({"grant_type": "client_credentials", "client_id": "client-4021", "client_secret": "shh", "audience": "https://api.icims.com/v1/"});
    for kind in ["application/json", "APPLICATION/Json ; x=y", "application/JSON;charset=utf-8"] {
        let request = Request::post("/oauth/token").header("content-type", kind).body(Body::from(body.to_string()));
        assert_eq!(world.send(request.expect("a request")).await.status, 200, "{kind}");
    }
    assert!(world.journal.find(&Default::default()).iter().all(|exchange| exchange.customer.as_deref() == Some("4021")));
    let other = Request::post("/oauth/token").header("content-type", "application/json5").body(Body::from(body.to_string()));
    assert_eq!(world.send(other.expect("a request")).await.status, 403, "what is not announced as JSON is a form");
}

#[tokio::test]
async fn media_types_are_compared_without_case_and_parameters() {
    let world = World::new().await;
    let send = async |path: &str, kind: &str, body: String| {
        let request = Request::builder().method("PATCH").uri(format!("/customers/4021{path}"));
        let request = request.header("authorization", &world.authorization).header("content-type", kind);
        world.send(request.body(Body::from(body)).expect("a request")).await.status.as_u16()
    };
    let person = format!("/people/{}", world.ines);
    for (kind, expected) in
        [("Application/Json", 204), ("application/JSON ;charset=\"UTF-8\"", 204), ("text/json", 415), ("application/jsonx", 415)]
    {
        assert_eq!(send(&person, kind, json!({"firstname": "Inez"}).to_string()).await, expected, "{kind}");
    }
    let file = "--Cut\r\nContent-Disposition: FORM-DATA; name=\"part\"; filename=\"cv.txt\"\r\n\r\nInez\r\n--Cut--\r\n";
    let upload = format!("{person}/fields/resume/binary");
    assert_eq!(send(&upload, "Multipart/FORM-Data; Charset=utf-8; Boundary=Cut", file.to_owned()).await, 204);
}

#[tokio::test]
async fn a_byte_order_mark_in_front_of_json_is_passed_over() {
    let world = World::new().await;
    let token = json!({"audience": "https://api.icims.com/v1/", "client_id": "client-4021", "client_secret": "shh", "grant_type": "client_credentials"});
    let request = Request::post("/oauth/token").header("content-type", "application/json");
    let reply = world.send(request.body(Body::from(format!("\u{feff}{token}"))).expect("a request")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(world.journal.find(&Default::default())[0].customer.as_deref(), Some("4021"));
    let path = format!("/people/{}", world.ines);
    let write = async |body: String| {
        let request = Request::builder().method("PATCH").uri(format!("/customers/4021{path}"));
        let request = request.header("authorization", &world.authorization).header("content-type", "application/json");
        world.send(request.body(Body::from(body)).expect("a request")).await
    };
    assert_eq!(write("\u{feff}{\"lastname\": \"Okafor-Ruiz\"}".into()).await.status, 204);
    assert_eq!(world.get(&format!("{path}?fields=lastname")).await.json()["lastname"], "Okafor-Ruiz");
    write("\u{feff}\u{feff}{}".into()).await.is_error(400, 11, "The request body is not valid JSON.");
}

#[tokio::test]
async fn token_requests_may_be_packed() {
    let world = World::new().await;
    let send = async |coding: &str, body: Vec<u8>| {
        let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
        world.send(request.header("content-encoding", coding).body(Body::from(body)).expect("a request")).await
    };
    let reply = send("GZIP", gzip(FORM.as_bytes())).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(world.journal.find(&Default::default())[0].customer.as_deref(), Some("4021"));
    let check = async |coding: &str, body: Vec<u8>, status: u16, description: &str| {
        let reply = send(coding, body).await;
        assert_eq!(reply.status, status, "{coding} {}", reply.text);
        assert_eq!(reply.json(), json!({"error": "invalid_request", "error_description": description}), "{coding}");
    };
    let bomb = gzip(&vec![b'&'; 64 * 1024 + 1]);
    check("gzip", bomb, 413, "The request body is larger than 65536 bytes or was cut short.").await;
    check("gzip", FORM.into(), 400, "The request body is not the gzip that its Content-Encoding says.").await;
    let unsupported = "The Content-Encoding of the request is not supported: send the body plain or as gzip.";
    check("compress", FORM.into(), 415, unsupported).await;
    check("gzip, gzip", gzip(&gzip(FORM.as_bytes())), 415, unsupported).await;
    let nothing = Request::get("/customers/4021").header("authorization", &world.authorization).header("content-encoding", "br");
    assert_eq!(world.send(nothing.body(Body::empty()).expect("a request")).await.status, 200, "no body is packed in no way");
}

#[tokio::test]
async fn token_errors_follow_the_table() {
    let world = World::new().await;
    let check = async |form: String, status: u16, error: &str, description: &str| {
        let reply = token(&world, &form).await;
        assert_eq!(reply.status, status, "{form}");
        assert_eq!(reply.json(), json!({"error": error, "error_description": description}), "{form}");
    };
    check(FORM.replace("shh", "oops"), 401, "access_denied", "Unauthorized").await;
    check(FORM.replace("client-4021", "client-1"), 401, "access_denied", "Unauthorized").await;
    check(FORM.replace("client_credentials", "password"), 403, "unauthorized_client", "Grant type must be client_credentials.")
        .await;
    let other_region = FORM.replace("api.icims.com", "api-eu.icims.com");
    let not_granted = "Client is not authorized to access \"https://api-eu.icims.com/v1/\".";
    check(other_region, 403, "access_denied", not_granted).await;
    check(FORM.replace("v1%2F", "v1"), 403, "access_denied", "Service not found: https://api.icims.com/v1").await;
    check(String::new(), 403, "unauthorized_client", "Grant type must be client_credentials.").await;
}

#[tokio::test]
async fn more_than_500_tokens_in_ten_minutes_are_throttled() {
    let world = World::new().await;
    for _ in 0..500 {
        assert_eq!(token(&world, FORM).await.status, 200);
    }
    assert_eq!(token(&world, FORM).await.status, 429);
    world.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(token(&world, FORM).await.status, 200);
}

#[tokio::test]
async fn every_answer_carries_the_documented_headers() {
    let world = World::new().await;
    let reply = world.get("").await;
    assert_eq!(reply.header("content-type"), "application/json;charset=UTF-8");
    assert_eq!(reply.header("cache-control"), "no-cache,no-store,no-transform,must-revalidate,max-age=0,s-maxage=0");
    assert_eq!(reply.header("strict-transport-security"), "max-age=7776000");
    assert_eq!(reply.header("x-frame-options"), "SAMEORIGIN");
    assert!(reply.header("set-cookie").starts_with("JSESSIONID="));
    let transaction = reply.header("x-transaction");
    assert!(transaction.starts_with('{') && transaction.ends_with('}') && transaction.len() == 38, "{transaction}");
    assert_eq!(reply.header("x-ratelimit-limit"), "10000");
    assert_eq!(reply.header("x-ratelimit-remaining"), "9999");
    assert_eq!(reply.header("x-customer-type"), "test");
    assert!(reply.header("link").contains("/customers/4021/jobs;rel=\"profiles\";title=\"Available Job Profiles\", http"));
    let midnight: i64 = reply.header("x-ratelimit-reset").parse().expect("seconds");
    let into_the_day = world.clock.now().as_second().rem_euclid(86_400);
    assert!((86_399..=86_401).contains(&(midnight + into_the_day)));
}

#[tokio::test]
async fn over_the_daily_limit_is_429_until_midnight() {
    let world = World::new().await;
    world
        .change(|state| {
            state.allow_daily_calls(2);
            Ok(())
        })
        .await;
    assert_eq!(world.get("/people/1").await.status, 404);
    assert_eq!(world.get("").await.status, 200);
    let reply = world.get("").await;
    reply.is_error(429, 10, "The integration user harver-4021 has used its 2 calls of today.");
    assert_eq!(reply.header("retry-after"), reply.header("x-ratelimit-reset"));
    assert_eq!(reply.header("x-ratelimit-remaining"), "0");
    world.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(world.get("").await.status, 200);
}

#[tokio::test]
async fn each_integration_has_an_allowance_of_its_own() {
    let mut world = World::new().await;
    world
        .change(|state| {
            state.allow_daily_calls(3);
            Ok(())
        })
        .await;
    let payroll = IntegrationUser { username: "payroll".into(), password: "p".into(), ..IntegrationUser::default() };
    world.icims.save_user(4021, payroll).await.expect("a user");
    for left in ["2", "1", "0"] {
        assert_eq!(world.get("").await.header("x-ratelimit-remaining"), left);
    }
    assert_eq!(world.get("").await.status, 429);
    world.authorization = basic("payroll", "p");
    let reply = world.get("").await;
    assert_eq!((reply.status.as_u16(), reply.header("x-ratelimit-remaining")), (200, "2"));
    let calls = world.icims.calls(4021);
    assert_eq!((calls.today, calls.remaining), (5, 0));
}

#[tokio::test]
async fn exchanges_are_in_the_journal_with_customer_and_workflow_but_without_secrets() {
    let world = World::new().await;
    world.get(&format!("/applicantworkflows/{}", world.workflow)).await;
    token(&world, FORM).await;
    let exchanges = world.journal.find(&Default::default());
    assert_eq!(exchanges[0].customer.as_deref(), Some("4021"));
    assert_eq!(exchanges[0].workflow, Some(world.workflow.to_string()));
    let text: String = exchanges.iter().map(|exchange| serde_json::to_string(exchange.as_ref()).expect("JSON")).collect();
    assert!(!text.contains("shh") && !text.contains("access_token"), "{text}");
}
