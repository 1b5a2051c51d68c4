//! The API's client against an iCIMS that answers as it likes.

use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

async fn api(icims: &MockServer, calls: u32) -> IcimsApi {
    let token = ResponseTemplate::new(200).set_body_json(json!({"access_token": "t"}));
    Mock::given(path("/token")).respond_with(token).mount(icims).await;
    let url = format!("{}/token", icims.uri()).parse().expect("a URL");
    let sign_in = SignIn::Token(Token::of(url, "id".into(), "secret".into(), "audience".into()));
    let access = Access { sign_in, names: Names::of_the_sandbox(), calls: Calls::limited(calls, true) };
    IcimsApi::at(&icims.uri(), "4021", Arc::new(access), http::client().expect("a client"))
}

#[tokio::test]
async fn who_is_never_let_in_asks_twice_and_no_more() {
    let icims = MockServer::start().await;
    let api = api(&icims, 50).await;
    Mock::given(path("/customers/4021")).respond_with(ResponseTemplate::new(401)).mount(&icims).await;
    let error = format!("{:#}", api.greet().await.expect_err("no way in"));
    assert!(error.contains("401"), "{error}");
    assert_eq!(api.calls().used(), Some((2, 50)));
}

#[tokio::test]
async fn what_is_created_without_an_answer_may_be_there_and_what_is_refused_is_not() {
    for (answer, left) in [(500, 1), (400, 0), (201, 1)] {
        let icims = MockServer::start().await;
        let api = api(&icims, 50).await;
        let created = Mock::given(method("POST")).and(path("/customers/4021/people"));
        created.respond_with(ResponseTemplate::new(answer)).mount(&icims).await;
        api.create_candidate("Ana", "Weber", None).await.expect_err("none of them tells where the person is");
        assert_eq!(api.calls().take_created().len(), left, "{answer}");
    }
}
