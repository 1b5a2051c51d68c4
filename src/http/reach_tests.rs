//! What is out of reach is not called, however its address is written.

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Clients, NoAnswer, Timeouts, USER_AGENT};
use crate::domain::Reach;

fn clients(reach: Reach) -> Clients {
    Clients::introduced(Timeouts::default(), USER_AGENT, reach).expect("HTTP")
}

async fn asked(reach: Reach, url: &str) -> Result<u16, NoAnswer> {
    let clients = clients(reach);
    let request = clients.request(reqwest::Method::GET, url.parse().expect(url));
    clients.exchange(request).await.map(|answer| answer.status.as_u16())
}

async fn neighbour(answer: ResponseTemplate) -> (MockServer, u16) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let port = server.address().port();
    (server, port)
}

async fn calls_of(server: &MockServer) -> usize {
    server.received_requests().await.expect("recording is on").len()
}

#[tokio::test]
async fn nothing_on_this_machine_is_called_unless_that_is_allowed() {
    let (server, port) = neighbour(ResponseTemplate::new(200)).await;
    for host in ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "LOCALHOST.", "app.localhost", "0.0.0.0"]
    {
        for scheme in ["http", "https"] {
            let refused = asked(Reach::Public, &format!("{scheme}://{host}:{port}/latest/meta-data")).await;
            // A name that this machine cannot look up has no address at all.
            let unknown = ["app.localhost", "LOCALHOST."].contains(&host) && matches!(refused, Err(NoAnswer::Unreachable { .. }));
            assert!(matches!(refused, Err(NoAnswer::NotCalled(_))) || unknown, "{scheme}://{host}: {refused:?}");
        }
    }
    assert_eq!(calls_of(&server).await, 0);
    for host in ["127.0.0.1", "localhost"] {
        assert_eq!(asked(Reach::Anywhere, &format!("http://{host}:{port}/")).await.expect("it is allowed"), 200);
    }
    assert_eq!(calls_of(&server).await, 2);
}

#[tokio::test]
async fn an_answer_that_leads_elsewhere_is_not_followed() {
    let (inside, port) = neighbour(ResponseTemplate::new(200)).await;
    for status in [301, 302, 303, 307, 308] {
        let away = ResponseTemplate::new(status).insert_header("location", format!("http://127.0.0.1:{port}/").as_str());
        let (_neighbour, at) = neighbour(away).await;
        assert_eq!(asked(Reach::Anywhere, &format!("http://127.0.0.1:{at}/")).await.expect("an answer"), status);
    }
    assert_eq!(calls_of(&inside).await, 0);
}

#[tokio::test]
async fn whoever_only_knows_the_name_is_not_told_the_address_behind_it() {
    let refused = asked(Reach::Public, "http://localhost:9/").await.expect_err("it is out of reach");
    assert!(!refused.to_string().contains("127.0.0.1"), "{refused}");
    let logged = crate::domain::with_causes(&refused);
    assert!(logged.contains("--allow-private-addresses"), "{logged}");
}
