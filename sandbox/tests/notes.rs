//! Which test calls what, noted in a file while `called` runs the tests that marks of fidelity name.

use std::ffi::OsStr;
use std::fs::OpenOptions;
use std::io::Write as _;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};

/// The file that notes go to; without it nothing is noted.
pub(crate) const NOTES: &str = "SANDBOX_TEST_NOTES";

/// The same router; while the check runs it notes which test calls what.
pub(crate) fn noted(router: Router) -> Router {
    let Some(file) = std::env::var_os(NOTES) else { return router };
    // Tests run on a thread that has their name, and make their worlds there.
    let test = std::thread::current().name().expect("a test runs on a thread with its name").to_owned();
    router.layer(from_fn(move |request: Request, next: Next| {
        let (test, file) = (test.clone(), file.clone());
        let call = format!("{} {}", request.method(), request.uri().path());
        async move {
            let answer = next.run(request).await;
            note(&file, &format!("{test} {} {call}\n", answer.status().as_u16()));
            answer
        }
    }))
}

/// Adds a line to the notes.
fn note(file: &OsStr, line: &str) {
    // One write for a line, so that the lines of tests that run at the same time do not mix.
    let mut notes = OpenOptions::new().append(true).create(true).open(file).expect("a file for the notes");
    notes.write_all(line.as_bytes()).expect("a note");
}
