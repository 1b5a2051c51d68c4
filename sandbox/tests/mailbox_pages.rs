//! The mailbox in a browser and as JSON.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use icims_sandbox::engine::{Clock, Disk, HOUSE, Journal, Kept, Registry, Surroundings};
use icims_sandbox::mailbox::{Envelope, Mail, Mailbox};
use tower::ServiceExt;

fn mailbox() -> Mailbox {
    let base_url = "http://127.0.0.1:8700".parse().expect("a URL");
    let registry = Registry::begun(Disk::memory(), [HOUSE, 4021, 4022].map(|id| Kept::new(id).with(Mail::new())));
    Mailbox::new(Surroundings { base_url, clock: Clock::new(), journal: Journal::new(), registry, seed: 1 })
}

async fn deliver(mailbox: &Mailbox, to: &str, customer: &str, html: &str) {
    let raw = format!(
        "From: Talent <talent@brightwater.example>\r\nSubject: Your <b>assessment</b>\r\nMessage-ID: <{to}@integration.example>\r\n\
         X-Icims-Customer: {customer}\r\nContent-Type: multipart/alternative; boundary=half\r\n\r\n\
         --half\r\nContent-Type: text/plain\r\n\r\nOpen http://harver.example/m/{to}\r\n\
         --half\r\nContent-Type: text/html\r\n\r\n{html}\r\n--half--\r\n"
    );
    let envelope = Envelope { from: "bounce@brightwater.example".into(), to: vec![to.into()] };
    mailbox.deliver(envelope, raw.into_bytes()).await.expect("it is stored");
}

async fn get(router: Router, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let (parts, body) = router.oneshot(request).await.expect("an answer").into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).expect("text"))
}

#[tokio::test]
async fn the_empty_list_says_what_to_do_next() {
    let (status, _, page) = get(mailbox().router(), "/mailbox").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("id=\"no-messages\"") && page.contains("Send to Harver"), "{page}");
}

#[tokio::test]
async fn the_list_is_filtered_and_escapes_what_strangers_wrote() {
    let mailbox = mailbox();
    deliver(&mailbox, "ines@example.org", "4021", "<p>Hello</p>").await;
    deliver(&mailbox, "ben@example.org", "4022", "<p>Hello</p>").await;
    let (_, _, page) = get(mailbox.router(), "/mailbox?customer=4021&to=").await;
    assert!(page.contains("id=\"message-40210000001\"") && !page.contains("id=\"message-40220000001\""), "{page}");
    assert!(page.contains("Your &#60;b&#62;assessment"), "{page}");
}

#[tokio::test]
async fn a_message_shows_headers_links_text_and_a_frame_that_can_only_be_read() {
    let mailbox = mailbox();
    deliver(&mailbox, "ines@example.org", "4021", "<script>alert(1)</script><a href='http://harver.example/help'>Help</a>").await;
    let (status, _, page) = get(mailbox.router(), "/mailbox/messages/latest").await;
    assert_eq!(status, StatusCode::OK);
    for expected in [
        "<a id=\"link-1\" href=\"http://harver.example/m/ines@example.org\"",
        "<a id=\"link-2\" href=\"http://harver.example/help\"",
        "sandbox=\"allow-popups allow-popups-to-escape-sandbox\"",
        "src=\"/mailbox/messages/40210000001/html\"",
        "bounce@brightwater.example",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("alert(1)"), "{page}");
    let (_, headers, _) = get(mailbox.router(), "/mailbox/messages/latest/html").await;
    let policy = headers["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox allow-popups"), "{policy}");
}

/// What a page shows at a selector; one line for each element.
fn text_at(page: &str, selector: &str) -> Vec<String> {
    let page = scraper::Html::parse_document(page);
    let selector = scraper::Selector::parse(selector).expect("a selector");
    let text = |element: scraper::ElementRef<'_>| element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    page.select(&selector).map(text).collect()
}

#[tokio::test]
async fn each_part_of_a_message_has_its_tab_that_leads_to_it_without_scripts_too() {
    let mailbox = mailbox();
    deliver(&mailbox, "zoe@example.org", "4022", "<p>Guten Tag</p>").await;
    let raw = "Subject: =?utf-8?q?Nur_Text_=E2=80=93_kurz?=\r\nX-Folded: one\r\n two\r\n\r\nKein Verweis";
    let envelope = Envelope { from: String::new(), to: vec!["zoe@example.org".into()] };
    mailbox.deliver(envelope, raw.into()).await.expect("it is stored");
    let (_, _, both) = get(mailbox.router(), "/mailbox/messages/40220000001").await;
    assert_eq!(text_at(&both, "#views a"), ["HTML", "Text", "Headers", "Source"]);
    let (_, _, plain) = get(mailbox.router(), "/mailbox/messages/1").await;
    assert_eq!(text_at(&plain, "#views a"), ["Text", "Headers", "Source"]);
    for (page, count) in [(&both, 4), (&plain, 3)] {
        let document = scraper::Html::parse_document(page);
        let links = scraper::Selector::parse("#views a").expect("a selector");
        let views: Vec<_> = document.select(&links).filter_map(|link| link.attr("href")).collect();
        assert_eq!(views.iter().filter(|view| text_at(page, view).len() == 1).count(), count, "{views:?}");
        assert!(text_at(page, ".view[hidden]").is_empty());
    }
    assert_eq!(text_at(&plain, "#headers dt"), ["Subject", "X-Folded"]);
    assert_eq!(text_at(&plain, "#headers dd"), ["Nur Text – kurz", "one two"]);
    assert!(plain.contains("sandbox loading=\"lazy\" src=\"/mailbox/messages/1/raw\""), "{plain}");
}

#[tokio::test]
async fn messages_are_found_by_up_to_ten_words() {
    let mailbox = mailbox();
    deliver(&mailbox, "ines@example.org", "4021", "<p>Blue <b>Har</b>bour &amp; Sons</p>").await;
    deliver(&mailbox, "ben@example.org", "4022", "<p class=blue>Green Hill</p>").await;
    let found = async |path: &str| -> Vec<u64> {
        let (status, _, list) = get(mailbox.router(), path).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
        list["messages"].as_array().expect("a list").iter().filter_map(|message| message["id"].as_u64()).collect()
    };
    assert_eq!(found("/mailbox/api/messages?q=HARBOUR+blue+sons").await, [40_210_000_001]);
    assert_eq!(found("/mailbox/api/messages?q=ben@example.org%20hill").await, [40_220_000_001]);
    assert_eq!(found("/mailbox/api/messages?q=assessment").await, [40_220_000_001, 40_210_000_001]);
    assert_eq!(found("/mailbox/api/messages?q=hill&customer=4021").await, [0_u64; 0]);
    assert_eq!(found("/mailbox/api/messages?q=").await.len(), 2);
    let (_, _, latest) = get(mailbox.router(), "/mailbox/api/messages/latest?q=harbour").await;
    assert!(latest.starts_with("{\"id\":40210000001,"), "{latest}");
    let (_, _, waited) = get(mailbox.router(), "/mailbox/api/messages/wait?q=hill&timeout=5s").await;
    assert!(waited.starts_with("{\"id\":40220000001,"), "{waited}");
    let (_, _, page) = get(mailbox.router(), "/mailbox?q=Blue+%26").await;
    assert!(text_at(&page, "#message-40210000001").len() == 1 && text_at(&page, "#message-40220000001").is_empty(), "{page}");
    assert!(page.contains("name=\"q\" value=\"Blue &#38;\""), "{page}");
    let ten = "a+".repeat(10);
    assert_eq!(get(mailbox.router(), &format!("/mailbox/api/messages?q={ten}")).await.0, StatusCode::OK);
    let (status, _, refusal) = get(mailbox.router(), &format!("/mailbox/api/messages?q={ten}b")).await;
    assert!(status == StatusCode::BAD_REQUEST && refusal.contains("11 words"), "{refusal}");
}

#[tokio::test]
async fn the_list_says_from_where_on_new_mail_is_waited_for() {
    let mailbox = mailbox();
    let (_, _, empty) = get(mailbox.router(), "/mailbox").await;
    assert!(empty.contains("<div id=\"mail\">"), "{empty}");
    deliver(&mailbox, "ines@example.org", "4021", "<p>One</p>").await;
    deliver(&mailbox, "ines@example.org", "4022", "<p>Two</p>").await;
    let (_, _, page) = get(mailbox.router(), "/mailbox").await;
    assert!(page.contains("<div id=\"mail\" data-newest=\"40220000001\">"), "{page}");
    deliver(&mailbox, "ben@example.org", "4021", "<p>Three</p>").await;
    let (_, _, next) = get(mailbox.router(), "/mailbox/api/messages/wait?after=40220000001&timeout=5s&customer=&to=&q=").await;
    assert!(next.starts_with("{\"id\":40210000002,"), "{next}");
}

#[tokio::test]
async fn a_customer_who_is_none_is_not_found_and_mail_that_names_one_belongs_to_nobody() {
    let mailbox = mailbox();
    deliver(&mailbox, "ines@example.org", "4077", "<p>One</p>").await;
    for look_up in ["?customer=4077", "/wait?customer=4077&timeout=4m", "/latest?customer=4077", "/40770000001/raw?customer=x"] {
        let (status, _, refusal) = get(mailbox.router(), &format!("/mailbox/api/messages{look_up}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{look_up}");
        assert!(refusal.contains("\"code\":\"unknown_customer\""), "{look_up}: {refusal}");
    }
    for page in ["/mailbox?customer=4077", "/mailbox/messages/latest?customer=4077"] {
        let (status, _, refusal) = get(mailbox.router(), page).await;
        assert!(status == StatusCode::NOT_FOUND && refusal.contains("There is no customer 4077"), "{page}: {refusal}");
    }
    let (_, _, all) = get(mailbox.router(), "/mailbox/api/messages").await;
    assert!(all.contains("\"customer\":\"4077\""), "{all}");
}

#[tokio::test]
async fn a_repeat_is_marked_in_list_and_page() {
    let mailbox = mailbox();
    deliver(&mailbox, "ines@example.org", "4021", "<p>One</p>").await;
    deliver(&mailbox, "ines@example.org", "4021", "<p>Another</p>").await;
    deliver(&mailbox, "ines@example.org", "4021", "<p>One</p>").await;
    let (_, _, list) = get(mailbox.router(), "/mailbox").await;
    assert_eq!(text_at(&list, "#messages tbody tr").len(), 2);
    assert_eq!(text_at(&list, "#message-40210000002 .badge"), ["repeat"]);
    assert!(text_at(&list, "#message-40210000001 .badge").is_empty());
    let (_, _, page) = get(mailbox.router(), "/mailbox/messages/latest").await;
    assert!(text_at(&page, "#repeat-of")[0].starts_with("of message 40210000001"), "{page}");
    let (_, _, json) = get(mailbox.router(), "/mailbox/api/messages/latest").await;
    assert!(json.contains("\"repeat_of\":40210000001"), "{json}");
}

#[tokio::test]
async fn the_api_lists_shows_and_hands_out_the_original() {
    let mailbox = mailbox();
    deliver(&mailbox, "ines@example.org", "4021", "<p>One</p>").await;
    deliver(&mailbox, "ben+test@example.org", "4021", "<p>Two</p>").await;
    let (_, _, list) = get(mailbox.router(), "/mailbox/api/messages?customer=4021").await;
    let mut list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    for message in list["messages"].as_array_mut().expect("a list") {
        message["received_at"] = "(moment)".into();
    }
    insta::assert_json_snapshot!(list);
    let (_, _, latest) = get(mailbox.router(), "/mailbox/api/messages/latest?to=ines@example.org").await;
    assert!(latest.starts_with("{\"id\":40210000001,"), "{latest}");
    let (status, _, found) = get(mailbox.router(), "/mailbox/api/messages/wait?to=ben+test@example.org&timeout=5s").await;
    assert!(status == StatusCode::OK && found.contains("\"id\":40210000002"), "{found}");
    let (_, _, raw) = get(mailbox.router(), "/mailbox/api/messages/40210000001/raw").await;
    assert!(raw.starts_with("From: Talent"), "{raw}");
}

#[tokio::test]
async fn waiting_in_vain_shows_what_was_there_instead() {
    let mailbox = mailbox();
    deliver(&mailbox, "ines@example.org", "4021", "<p>One</p>").await;
    let (status, _, body) = get(mailbox.router(), "/mailbox/api/messages/wait?to=inez@example.org&timeout=10ms").await;
    assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
    insta::assert_snapshot!(body);
}

#[tokio::test]
async fn wrong_input_is_a_clear_refusal() {
    let router = mailbox().router();
    for (path, expected) in [
        ("/mailbox/messages/7", StatusCode::NOT_FOUND),
        ("/mailbox/messages/x%00y", StatusCode::NOT_FOUND),
        ("/mailbox/messages/latest/html", StatusCode::NOT_FOUND),
        ("/mailbox/api/messages/99999999999999999999", StatusCode::NOT_FOUND),
        ("/mailbox/api/messages?after=first", StatusCode::BAD_REQUEST),
        ("/mailbox/api/messages/wait?timeout=tomorrow", StatusCode::BAD_REQUEST),
    ] {
        let (status, _, body) = get(router.clone(), path).await;
        assert_eq!(status, expected, "{path}: {body}");
    }
}
