//! An address that leads nowhere is a page with a way back for a browser, and what it always was for a program.

use reqwest::{Method, StatusCode};
use scraper::Html;

use crate::crawl::form::selector;
use crate::crawl::walk::{Walk, browser};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn every_unknown_address_that_a_browser_asks_for_is_a_page_with_a_way_back() {
    let walk = Walk::through_everything().await;
    let addresses = walk.sandbox.addresses().clone();
    let mut asked = Vec::new();
    for base in [&addresses.control, &addresses.icims, &addresses.platform] {
        asked.extend(
            ["/nowhere", "/no/such/page", "/static/nothing.css", "/%20", "/favicon.ico"].map(|path| format!("{base}{path}")),
        );
    }
    let below = |base: &str, paths: &[&str]| paths.iter().map(|path| format!("{base}{path}")).collect::<Vec<_>>();
    asked.extend(below(
        &addresses.icims,
        &["/icims2", "/icims2/", "/careers", "/careers/4021/nowhere", "/careers/4021/jobs", "/careers/x/y"],
    ));
    asked.extend(below(
        &addresses.icims,
        &["/icims2/4021/nowhere", "/icims2/4021/people/1/nowhere", "/oauth", "/customers/4021/linkTo/people/1"],
    ));
    asked.extend(below(
        &addresses.control,
        &["/mailbox/nowhere", "/mailbox/messages/999", "/faults/nowhere", "/snapshots/x/y", "/journal/1"],
    ));
    asked.extend(below(&addresses.platform, &["/app", "/app/nowhere", "/reports/nowhere", "/reports"]));
    for address in asked {
        let answer = browser().get(&address).header("accept", BROWSER).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{address}");
        check_way_back(&address, answer).await;
    }
}

/// Going back, or Enter in the address bar after a form was answered, asks for the address of the form.
#[tokio::test]
async fn the_address_of_every_form_is_a_page_for_a_browser_that_opens_it() {
    let walk = Walk::through_everything().await;
    let forms = walk.forms();
    let targets = forms.iter().flat_map(|form| &form.buttons).filter(|button| button.posts).map(|button| button.target.clone());
    for address in targets {
        let answer = browser().get(address.clone()).header("accept", BROWSER).send().await.expect("an answer");
        if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
            assert!(answer.headers().contains_key("allow"), "{address}");
            check_way_back(address.as_str(), answer).await;
        } else {
            let html = answer.text().await.expect("a page");
            assert!(html.contains("<main"), "{address}: {html}");
        }
    }
}

#[tokio::test]
async fn a_program_gets_the_vendors_own_shape_or_the_bare_status() {
    let walk = Walk::through_everything().await;
    let (keys, client) = (walk.keys(), browser());
    let icims = &keys.icims;
    for accept in [BROWSER, "application/json"] {
        let asked = |path: &str| client.get(format!("{}{path}", icims.base_url)).header("accept", accept);
        let answer =
            asked("/customers/4021/people/1").basic_auth(&icims.username, Some(&icims.password)).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert!(answer.text().await.expect("a body").contains("errorCode"), "{accept}");
        let answer = client
            .get(format!("{}/api/nowhere", keys.platform.base_url))
            .header("accept", accept)
            .send()
            .await
            .expect("an answer");
        assert!(answer.text().await.expect("a body").starts_with('{'), "{accept}");
        let answer = client.get(format!("{}/__sandbox/nowhere", keys.control.base_url)).header("accept", accept).send().await;
        assert!(answer.expect("an answer").text().await.expect("a body").contains("\"error\""), "{accept}");
    }
    for (method, path, status) in
        [(Method::GET, "/nowhere", 404), (Method::PUT, "/nowhere", 404), (Method::PUT, "/icims2/4021/jobs", 405)]
    {
        let answer =
            client.request(method, format!("{}{path}", icims.base_url)).header("accept", "*/*").send().await.expect("an answer");
        assert_eq!((answer.status().as_u16(), answer.text().await.expect("a body").as_str()), (status, ""), "{path}");
    }
}

async fn check_way_back(address: &str, answer: reqwest::Response) {
    let (page, html) = (answer.url().clone(), answer.text().await.expect("a page"));
    let back = {
        let document = Html::parse_document(&html);
        let link = document.select(&selector("main a[href]")).next();
        page.join(link.unwrap_or_else(|| panic!("{address} has no way back: {html}")).attr("href").expect("it has one"))
    };
    let there = browser().get(back.expect("an address")).header("accept", BROWSER).send().await.expect("an answer");
    assert!(
        there.status().is_success(),
        "the way back of {address} leads to {}, which is answered {}",
        there.url(),
        there.status()
    );
}
