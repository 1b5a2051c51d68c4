//! Vendors that hang, and vendors that never stop talking: neither costs another customer anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use icims_sandbox::Sandbox;
use icims_sandbox::icims::model::{EventId, NodeId};
use icims_sandbox::icims::state::CustomerState;
use icims_sandbox::icims::state::outgoing::EventOutcome;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A vendor that does with each connection what it is told.
async fn vendor<F: Future<Output = ()> + Send + 'static>(talk: impl Fn(TcpStream) -> F + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(talk(connection));
        }
    });
    format!("http://{address}/start")
}

async fn advance_all(sandbox: &Sandbox, customer: u64) -> Vec<EventId> {
    let tenant = sandbox.world().icims().customer(customer).expect("the customer");
    let (trigger, now): (NodeId, _) = ("C40177".parse().expect("a node id"), sandbox.world().clock().now());
    let rule = |state: &mut CustomerState| {
        let (by, all) = (state.recruiter(), state.workflows().map(|workflow| workflow.id).collect::<Vec<_>>());
        all.into_iter().map(|workflow| state.advance(workflow, &trigger, by, now)).collect::<Result<Vec<_>, _>>()
    };
    tenant.write(rule).await.expect("moves").into_iter().filter_map(|moved| moved.event).collect()
}

#[tokio::test]
async fn customers_whose_vendors_hang_take_nothing_from_another_one() {
    let sandbox = Sandbox::start().await;
    let open = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&open);
    let hanging = vendor(move |mut connection| {
        let counted = Arc::clone(&counted);
        async move {
            counted.fetch_add(1, Ordering::SeqCst);
            // Reads what comes and says nothing, until the other side has had enough.
            let mut heard = Vec::new();
            connection.read_to_end(&mut heard).await.ok();
        }
    })
    .await;
    let listens = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&listens).await;
    let recipe = || serde_json::from_str(r#"{"jobs": 4, "candidates": 40, "workflows": 40, "days": 30}"#).expect("a recipe");
    let mut stuck = Vec::new();
    for number in 0..8 {
        let customer = sandbox.open_customer("Brightwater").await;
        let id: u64 = customer.id().parse().expect("a number");
        customer.connect_vendor(&hanging, "events", "s3cret").await;
        sandbox.world().seed_customer(customer.id(), recipe()).await.unwrap_or_else(|error| panic!("{number}: {error}"));
        stuck.push((id, advance_all(&sandbox, id).await.len()));
    }
    let quiet = sandbox.open_customer("Harbour").await;
    quiet.connect_vendor(&listens.uri(), "events", "s3cret").await;
    let id: u64 = quiet.id().parse().expect("a number");
    for event in advance_all(&sandbox, id).await {
        let outcome = sandbox.world().icims().outcome(id, event).await.expect("an outcome");
        assert!(outcome.is_success(), "{outcome:?}");
    }
    for (customer, events) in &stuck {
        assert_eq!(sandbox.world().icims().pending(Some(*customer)), *events, "nobody has answered {customer}");
    }
    assert!(open.load(Ordering::SeqCst) <= 8 * 32, "no more than 32 of each customer are under way");
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_read_to_it() {
    let sandbox = Sandbox::start().await;
    let endless = vendor(|mut connection| async move {
        let mut said = connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n").await;
        while said.is_ok() {
            said = connection.write_all(&[b'x'; 64 * 1024]).await;
        }
    })
    .await;
    let customer = sandbox.customer();
    customer.connect_vendor(&endless, "events", "s3cret").await;
    let id: u64 = customer.id().parse().expect("a number");
    let event = advance_all(&sandbox, id).await[0];
    let outcome = sandbox.world().icims().outcome(id, event).await.expect("an outcome");
    let EventOutcome::Failed { reason, .. } = &outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("larger than 1048576 bytes"), "{reason}");
}

/// What was said to the vendor cannot be unsaid, so that it is not said again only because the disk was full when the answer came.
#[tokio::test]
async fn an_event_whose_outcome_the_disk_refuses_is_not_sent_again() {
    let sandbox = Sandbox::start().await;
    let (disk, vendor) = (sandbox.world().registry().disk().clone(), MockServer::start().await);
    let refused = AtomicUsize::new(0);
    let accepts = move |_: &wiremock::Request| {
        if refused.fetch_add(1, Ordering::SeqCst) == 0 {
            disk.refuse(1);
        }
        ResponseTemplate::new(200)
    };
    Mock::given(any()).respond_with(accepts).mount(&vendor).await;
    let customer = sandbox.customer();
    customer.connect_vendor(&vendor.uri(), "events", "s3cret").await;
    let id: u64 = customer.id().parse().expect("a number");
    let events = advance_all(&sandbox, id).await;
    for event in &events {
        let outcome = sandbox.world().icims().outcome(id, *event).await.expect("an outcome");
        assert!(outcome.is_success(), "{outcome:?}");
    }
    assert_eq!(sandbox.world().icims().pending(Some(id)), 0);
    assert_eq!(vendor.received_requests().await.expect("recorded").len(), events.len(), "each once");
}
