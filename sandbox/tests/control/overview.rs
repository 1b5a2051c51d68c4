//! The overview: links to everything, and forms that need no script.

use reqwest::StatusCode;

use crate::control::support::Running;

#[tokio::test]
async fn the_overview_links_every_screen_and_shows_what_to_try_first() {
    let running = Running::start().await;
    let url = format!("{}/", running.sandbox.addresses().control);
    let page = running.client.get(url).send().await.expect("an answer").text().await.expect("a page");
    let keys = &running.sandbox.ready().tenant;
    for (id, target) in [
        ("recruiter-home", keys.icims.recruiter_url.clone()),
        ("sample-job", format!("{}/jobs/{}", keys.icims.recruiter_url, keys.sample.job_id)),
        ("sample-candidate", format!("{}/people/{}", keys.icims.recruiter_url, keys.sample.person_id)),
        ("portal", keys.icims.portal_url.clone()),
        ("console", keys.integration.console_url.clone()),
        ("platform", keys.platform.base_url.clone()),
        ("mailbox", "/mailbox?customer=4021".to_owned()),
        ("step-advance", format!("{}/jobs/{}/people", keys.icims.recruiter_url, keys.sample.job_id)),
        ("step-screen", format!("{}/workflows/{}/screen", keys.icims.recruiter_url, keys.sample.workflow_id)),
    ] {
        assert!(page.contains(&format!("<a id=\"{id}\" href=\"{target}\"")), "{id}: {page}");
        // Nobody listens at the integration's address here.
        if target.starts_with("http") && id != "console" {
            let answer = running.client.get(&target).send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK, "{target}");
        }
    }
    assert!(page.contains(&keys.icims.password) && page.contains("curl -i -X PATCH"), "{page}");
}

#[tokio::test]
async fn the_overview_s_forms_work_without_scripts() {
    let running = Running::start().await;
    let control = running.sandbox.addresses().control.clone();
    for (path, form, said) in [
        ("overview/clock", "by=1d&customer=4021", "The clock of all systems has been moved."),
        ("overview/customers", "", "A new customer has been opened."),
        ("overview/reset", "", "Everything is as after a first start."),
    ] {
        let request = running.client.post(format!("{control}/{path}")).header("Origin", &control).body(form);
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        let page = request.send().await.expect("an answer").text().await.expect("a page");
        assert!(page.contains(said), "{path}: {page}");
    }
    for (path, form, status) in [
        ("overview/clock", "by=99y", StatusCode::BAD_REQUEST),
        ("overview/clock", "", StatusCode::BAD_REQUEST),
        ("nowhere", "", StatusCode::NOT_FOUND),
    ] {
        let request = running.client.post(format!("{control}/{path}")).body(form);
        let answer = request.header("Content-Type", "application/x-www-form-urlencoded").send().await.expect("an answer");
        assert_eq!(answer.status(), status, "{path} {form}");
        assert!(answer.text().await.expect("a page").contains("id=\"problem\""), "{path} {form}");
    }
}
