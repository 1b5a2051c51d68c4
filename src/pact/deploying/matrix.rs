//! What a broker's matrix comes to.

use std::collections::BTreeSet;

use super::{Decision, Known};
use crate::pact::broker::environments::Running;
use crate::pact::broker::matrix::{Matrix, Row};

/// What a matrix says of a version. `running` is what runs at the place, where that is known: a row is wanted for each version of a
/// provider there, as an old one may still run beside a new one.
#[must_use]
pub fn of_matrix(pacticipant: &str, version: &str, matrix: &Matrix, running: &[Running]) -> Decision {
    let mut decision = Decision::default();
    for row in &matrix.rows {
        let (known, why) = told(pacticipant, version, row);
        decision.pair(known, format!("{} with {}: {why}", row.consumer, row.provider));
    }
    let own = |row: &&Row| row.consumer.name == pacticipant;
    let providers: BTreeSet<&str> = matrix.rows.iter().filter(own).map(|row| row.provider.name.as_str()).collect();
    for Running { name, version } in running.iter().filter(|running| providers.contains(running.name.as_str())) {
        let is_told =
            matrix.rows.iter().filter(own).any(|row| row.provider.name == *name && row.provider.number() == Some(version));
        if !is_told {
            decision.object(Known::Unknown, format!("{name} {version} runs there, too, and the broker says nothing of it"));
        }
    }
    let reason = matrix.summary.reason.as_deref().unwrap_or("it gives no reason").lines().collect::<Vec<_>>().join(" ");
    match matrix.summary.deployable {
        Some(true) => decision.is_alone = matrix.rows.is_empty(),
        // What the rows say is not said twice.
        Some(false) if !decision.has(Known::Broken) => decision.object(Known::Broken, format!("the broker says no: {reason}")),
        None if !decision.has(Known::Unknown) => decision.object(Known::Unknown, format!("the broker does not know: {reason}")),
        Some(false) | None => {}
    }
    decision
}

fn told(pacticipant: &str, version: &str, row: &Row) -> (Known, String) {
    let is_asked = [&row.consumer, &row.provider].iter().any(|one| one.name == pacticipant && one.number() == Some(version));
    match row.success() {
        _ if !is_asked => (Known::Unknown, format!("that is not about {pacticipant} {version}, which was asked about")),
        _ if row.ignored => (Known::Unknown, "the broker leaves it out of what it says".to_owned()),
        Some(true) => (Known::Kept, "the contract was kept".to_owned()),
        Some(false) => (Known::Broken, "the contract was not kept".to_owned()),
        None if row.provider.version.is_none() => (Known::Unknown, format!("no version of {} is there", row.provider.name)),
        None => (Known::Unknown, "the contract was never tried".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::verdict::Verdict;

    fn row(consumer: &str, provider: &str, success: Option<bool>) -> Value {
        let application = |text: &str| {
            let (name, number) = text.split_once(' ').expect("name and version");
            json!({"name": name, "version": if number == "-" { Value::Null } else { json!({"number": number}) }})
        };
        let result = success.map(|success| json!({"success": success}));
        json!({"consumer": application(consumer), "provider": application(provider), "verificationResult": result})
    }

    fn matrix(deployable: &Value, rows: &[Value]) -> Matrix {
        let text = json!({"summary": {"deployable": deployable, "reason": "r"}, "matrix": rows});
        serde_json::from_value(text).expect("a matrix")
    }

    fn runs(name: &str, version: &str) -> Running {
        Running { name: name.into(), version: version.into() }
    }

    #[test]
    fn a_yes_needs_the_broker_and_every_row() {
        let (good, bad, open) = (row("a 1", "b 2", Some(true)), row("a 1", "b 1", Some(false)), row("a 1", "b 1", None));
        let (yes, no, unknown) = (json!(true), json!(false), Value::Null);
        for (deployable, rows, verdict) in [
            (&yes, vec![good.clone()], Verdict::Passed),
            (&yes, vec![], Verdict::LeftOut),
            (&no, vec![good.clone()], Verdict::Failed),
            (&unknown, vec![good.clone()], Verdict::LeftOut),
            // An old version beside a good new one, whatever the broker says.
            (&yes, vec![good.clone(), bad], Verdict::Failed),
            (&yes, vec![good.clone(), open], Verdict::LeftOut),
            (&yes, vec![row("a 1", "b -", None)], Verdict::LeftOut),
            (&yes, vec![row("a 7", "b 2", Some(true))], Verdict::LeftOut),
        ] {
            let decision = of_matrix("a", "1", &matrix(deployable, &rows), &[]);
            assert_eq!(decision.verdict(), verdict, "{deployable} {rows:?}: {decision:?}");
        }
        let alone = of_matrix("a", "1", &matrix(&yes, &[]), &[]);
        assert_eq!((alone.verdict(), alone.where_nobody_may_be().verdict()), (Verdict::LeftOut, Verdict::Passed));
        let told_no = of_matrix("a", "1", &matrix(&no, &[]), &[]);
        assert_eq!(told_no.where_nobody_may_be().verdict(), Verdict::Failed);
        let mut ignored = good;
        ignored["ignored"] = true.into();
        assert_eq!(of_matrix("a", "1", &matrix(&yes, &[ignored]), &[]).verdict(), Verdict::LeftOut);
    }

    #[test]
    fn what_runs_and_is_in_no_row_is_missed() {
        let yes = matrix(&json!(true), &[row("a 1", "b 2", Some(true))]);
        let decision = of_matrix("a", "1", &yes, &[runs("a", "0"), runs("b", "2"), runs("c", "1")]);
        assert_eq!(decision.verdict(), Verdict::Passed, "{decision:?}");
        let decision = of_matrix("a", "1", &yes, &[runs("b", "1"), runs("b", "2")]);
        assert_eq!(decision.verdict(), Verdict::LeftOut);
        assert!(decision.objections[0].says.contains("b 1 runs there, too"), "{decision:?}");
    }
}
