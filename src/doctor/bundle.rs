//! What support is sent, and what programs read.

use serde::Serialize;
use serde_json::{Value, json};

use super::report::Report;
use super::secrets::{TAKEN_OUT, is_secret};
use super::subject::Subject;

/// The version of both documents; `docs/doctor.schema.json` describes it.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Counts {
    ok: usize,
    warning: usize,
    fail: usize,
    unknown: usize,
}

/// The report for programs.
#[must_use]
pub(crate) fn json(report: &Report) -> Value {
    let count = |wanted: super::Outcome| report.findings.iter().filter(|finding| finding.outcome == wanted).count();
    let counts = Counts {
        ok: count(super::Outcome::Ok),
        warning: count(super::Outcome::Warning),
        fail: count(super::Outcome::Fail),
        unknown: count(super::Outcome::Unknown),
    };
    json!({
        "version": VERSION,
        "examined": report.examined,
        "verdict": report.verdict,
        "exit_code": report.verdict.code(),
        "counts": counts,
        "findings": report.findings,
    })
}

/// The report with what was examined, for support. Of a secret it says that there is one, of a proxy that one is set.
#[must_use]
pub(crate) fn bundle(report: &Report, subject: &Subject, variables: &[String], now: jiff::Timestamp) -> Value {
    let secrets = subject.secrets();
    let settings: serde_json::Map<String, Value> = subject
        .settings()
        .map(|(setting, value)| {
            let shown = if is_secret(setting) { TAKEN_OUT.to_owned() } else { secrets.out_of(value) };
            (setting.to_owned(), shown.into())
        })
        .collect();
    let mut document = json(report);
    document["program"] = concat!("harver-icims ", env!("CARGO_PKG_VERSION")).into();
    document["system"] = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH).into();
    document["made_at"] = now.to_string().into();
    document["source"] = subject.origin.words().into();
    document["settings"] = settings.into();
    document["variables"] = variables.to_vec().into();
    document
}
