//! A page of another site may make the tester's browser send any form. None of them does anything then.

use reqwest::StatusCode;

use crate::crawl::walk::Walk;

/// How a browser says that another site asks.
const FOREIGN: [&[(&str, &str)]; 6] = [
    &[("origin", "http://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://127.0.0.1:1"), ("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
];

#[tokio::test]
async fn no_form_is_taken_from_a_page_of_another_site() {
    let walk = Walk::through_everything().await;
    let before = walk.state().await;
    let mut taken = Vec::new();
    let mut tried = 0;
    for form in walk.forms() {
        for button in form.buttons.iter().filter(|button| button.posts) {
            for headers in FOREIGN {
                let request = walk.client.post(button.target.clone()).form(&form.sent_by(button));
                let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                let answer = request.send().await.expect("an answer");
                tried += 1;
                if answer.status() != StatusCode::FORBIDDEN {
                    taken.push(format!("{} of {} with {headers:?}: {}", form.key, form.page, answer.status()));
                }
            }
        }
    }
    assert!(tried > 100, "only {tried} forms were sent");
    assert!(taken.is_empty(), "{taken:#?}");
    assert!(walk.state().await == before, "something has changed all the same");
}
