//! The People tab by keyboard, in a real browser: only it decides what Enter does.

use icims_sandbox::{Config, Sandbox};

use crate::crawl::driver::{Driver, ENTER};
use crate::crawl::walk::browser;

#[tokio::test(flavor = "multi_thread")]
async fn enter_on_a_ticked_box_moves_nobody_and_turning_down_asks_first() {
    let Some(driver) = Driver::open().await else {
        eprintln!("Left out: there is no Chromium with its chromedriver on this machine.");
        return;
    };
    let sandbox =
        Sandbox::bind(Config { port: 0, ..Config::default() }).await.expect("ports").start(None).await.expect("it starts");
    let keys = &sandbox.ready().tenant;
    let (workflow, people) =
        (&keys.sample.workflow_id, format!("{}/jobs/{}/people", keys.icims.recruiter_url, keys.sample.job_id));
    let (row, select, status) =
        (format!("#panel-not-selected #select-{workflow}"), format!("#select-{workflow}"), format!("#status-{workflow}"));

    driver.go(&people).await;
    let before = driver.words(&status).await;
    driver.press(&select, " ").await;
    driver.press(&select, ENTER).await;
    assert!(driver.words("#refusal").await.contains("Advance menu"), "the page says what to do");
    assert!(driver.is_ticked(&select).await, "who was ticked stays ticked");
    assert_eq!(driver.words(&status).await, before);

    driver.click("#reject").await;
    assert!(driver.words("#question-title").await.contains("Not Selected"));
    driver.click("#cancel").await;
    assert!(driver.is_ticked(&select).await && driver.words(&status).await == before, "going back moves nobody");
    driver.click("#reject").await;
    driver.press("#confirm", ENTER).await;
    driver.words("#summary").await;

    // Somebody who has been turned down is one Enter away from being a new submission where the first button acts.
    driver.go(&people).await;
    driver.press(&row, " ").await;
    driver.press(&row, ENTER).await;
    driver.words("#refusal").await;
    assert!(driver.is_ticked(&row).await, "the candidate is still in the panel Not Selected");
    let html = browser().get(&people).send().await.expect("a page").text().await.expect("HTML");
    assert!(html.contains("panel-not-selected"), "{html}");
    driver.close().await;
}
