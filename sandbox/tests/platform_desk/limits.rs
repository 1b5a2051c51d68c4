//! How much an account may have of what its screens make.

use icims_sandbox::engine::DiskError;
use reqwest::StatusCode;

use crate::platform_desk::stage::Stage;

#[tokio::test]
async fn an_account_with_as_many_vacancies_as_it_may_have_says_so() {
    let stage = Stage::start().await;
    let account = stage.sandbox.world().platform().account(&stage.keys.platform.account_id).expect("there");
    let lowered = account.write(|state| {
        state.limits.vacancies = state.vacancies().count() + 1;
        Ok::<(), DiskError>(())
    });
    lowered.await.expect("kept");
    let desk = stage.desk().await;
    assert_eq!(stage.post(&desk, "/app/vacancies/new", &[("internal_title", "One more")]).await.status, StatusCode::OK);
    let page = stage.post(&desk, "/app/vacancies/new", &[("internal_title", "One too many")]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text("#refusal").contains("vacancies"));
    assert_eq!(page.attribute("#internal_title", "value"), "One too many");
}

#[tokio::test]
async fn texts_of_a_vacancy_are_as_long_as_they_may_be_and_no_longer() {
    let stage = Stage::start().await;
    let desk = stage.desk().await;
    for (field, limit) in [("internal_title", 200), ("public_title", 200), ("location", 200), ("description", 10_000)] {
        let post = async |length: usize| {
            let text = "ü".repeat(length);
            // Of two values with one name the first one counts.
            let form = [(field, &*text), ("internal_title", "Driver")];
            stage.post(&desk, "/app/vacancies/new", &form).await
        };
        assert_eq!(post(limit).await.status, StatusCode::OK, "{field}");
        assert!(post(limit + 1).await.has(&format!("#{field}-error")), "{field}");
    }
}

#[tokio::test]
async fn one_browser_too_many_signs_out_the_one_that_came_first() {
    let stage = Stage::start().await;
    let mut desks = Vec::new();
    for _ in 0..11 {
        desks.push(stage.desk().await);
    }
    assert_eq!(stage.get(&desks[0], "/app/vacancies").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.get(&desks[1], "/app/vacancies").await.status, StatusCode::OK);
}
