//! Fifth criterion: the integration works in real time, and answers events before iCIMS gives up.

use jiff::SignedDuration;

use super::Seen;
use super::finding::{Finding, Proof};
use super::journal::{Entry, quoted, shown};
use super::journey::{Journey, Way};
use super::tenant::ClockRead;

/// What counts as real time. iCIMS's documents have no number; work that is done in batches takes longer.
const REAL_TIME: SignedDuration = SignedDuration::from_secs(60);
/// By how much the sandbox's clock may differ from the real one over a run before times are not believed.
const CLOCKS_AGREE: SignedDuration = SignedDuration::from_secs(2);

/// All of it. `clock` was read at the beginning and at the end.
pub(super) fn proofs(journeys: &[&Journey], clock: [ClockRead; 2], seen: &Seen<'_>) -> Vec<Proof> {
    let mut proofs = vec![events(seen)];
    if let Some(why) = not_to_be_believed(clock) {
        let next = "let the sandbox's clock run while this runs: POST /__sandbox/clock with {\"frozen\": false}";
        proofs.push(Proof::new("Times of the journal", Finding::not_shown(why, next)));
        return proofs;
    }
    let timed = journeys.iter().flat_map(|journey| [to_candidate(journey, seen), to_result(journey, seen)]).collect();
    believed_with(proofs, timed)
}

/// A quick answer to an event says nothing of when the work behind it is done: it counts only where something of that was timed.
fn believed_with(mut answers: Vec<Proof>, timed: Vec<Proof>) -> Vec<Proof> {
    if !timed.iter().any(|proof| proof.finding.is_shown()) {
        let why = "neither an invitation nor a result could be timed, so that nothing is known of what comes after the answer";
        answers
            .iter_mut()
            .filter(|proof| proof.finding.is_shown())
            .for_each(|proof| proof.finding = Finding::not_applicable(why));
    }
    answers.extend(timed);
    answers
}

/// Why the times of the journal are no times.
fn not_to_be_believed([first, last]: [ClockRead; 2]) -> Option<String> {
    if first.frozen || last.frozen {
        return Some("the sandbox's clock stands still, so that everything seems to take no time".into());
    }
    let real = SignedDuration::try_from(last.asked.duration_since(first.asked)).unwrap_or(SignedDuration::MAX);
    let told = last.now.duration_since(first.now);
    let off = (told - real).abs();
    (off > CLOCKS_AGREE).then(|| format!("somebody has moved the sandbox's clock by {} ms meanwhile", off.as_millis()))
}

fn events(seen: &Seen<'_>) -> Proof {
    let title = "Answers to events come before iCIMS gives up";
    let events: Vec<&Entry> = seen.run.iter().filter(|entry| entry.is_event()).collect();
    let limit = seen.connection.timeout_seconds * 1_000;
    let Some(slowest) = events.iter().max_by_key(|event| event.took_ms) else {
        return Proof::new(title, Finding::not_applicable("iCIMS sent no event"));
    };
    let unanswered = events.iter().find(|event| event.status().is_none());
    let finding = match unanswered {
        Some(event) => {
            let reason = event.told().map(|told| told.outcome()).unwrap_or_default();
            let why = format!("an event got no answer within {} ms: {}", event.took_ms, quoted(&reason, seen.secrets));
            Finding::not_shown(why, "answer at once and do what takes long afterwards")
        }
        None if slowest.took_ms > limit => {
            let why = format!("an answer took {} ms, and iCIMS waits {limit} ms", slowest.took_ms);
            Finding::not_shown(why, "answer at once and do what takes long afterwards")
        }
        None => Finding::Shown,
    };
    let mut proof = Proof::new(title, finding);
    let times: Vec<u64> = events.iter().map(|event| event.took_ms).collect();
    let all: Vec<String> = times.iter().map(u64::to_string).collect();
    proof.facts.push(format!("{} events, answered after {} ms.", times.len(), all.join(", ")));
    proof.facts.push(format!("The slowest took {} ms. This iCIMS waits {} s.", slowest.took_ms, limit / 1_000));
    proof
}

/// From the event to the mail, or to the redirect.
fn to_candidate(journey: &Journey, seen: &Seen<'_>) -> Proof {
    let title = format!("From event to invitation: {}", way(journey));
    let Some(event) = seen.run.iter().find(|entry| entry.is_event_of(&journey.workflow)) else {
        return Proof::new(title, Finding::not_applicable("iCIMS sent no event"));
    };
    if journey.way == Way::Portal {
        return match event.status() {
            Some(303) => measured(title, "The candidate was redirected", event.took(), [event].as_slice(), seen),
            _ => Proof::new(title, Finding::not_applicable("the candidate was not redirected")),
        };
    }
    let mail = seen.run.iter().find(|entry| entry.is_mail_to(&journey.email) && entry.succeeded());
    match mail {
        Some(mail) => measured(title, "The mail was handed over", mail.after(event.at), &[event, mail], seen),
        None => Proof::new(title, Finding::not_applicable("no mail to the candidate came through the sandbox's mailbox")),
    }
}

/// From what the simulated platform says of the end, or else from the event, to the result in iCIMS.
fn to_result(journey: &Journey, seen: &Seen<'_>) -> Proof {
    let of_workflow = |entry: &&Entry| entry.workflow.as_deref() == Some(&journey.workflow);
    let writes = |entry: &&Entry| entry.is_call_of_icims() && entry.writes_to_workflow().is_some() && entry.succeeded();
    let written = seen.run.iter().filter(of_workflow).rfind(writes).filter(|_| journey.result().is_some());
    let title = format!("From finish to result in iCIMS: {}", way(journey));
    let Some(written) = written else {
        return Proof::new(title, Finding::not_applicable("no result was seen to be written"));
    };
    let last = seen.run.iter().filter(of_workflow).rfind(|entry| entry.is_webhook() && entry.at <= written.at);
    // The platform says it again to whoever did not take it: it counts from the first time.
    let told = last
        .and_then(|last| seen.run.iter().filter(of_workflow).find(|entry| entry.is_webhook() && entry.asked() == last.asked()));
    if let Some(told) = told.filter(|_| journey.was_walked) {
        let what = "The result was written, counted from the platform's word that the candidate had finished,";
        return measured(title, what, written.after(told.at), &[told, written], seen);
    }
    let Some(event) = seen.run.iter().find(|entry| entry.is_event_of(&journey.workflow)) else {
        return Proof::new(title, Finding::not_applicable("iCIMS sent no event"));
    };
    if written.after(event.at) <= REAL_TIME {
        // Whenever the candidate finished, it was after the event.
        return measured(
            title,
            "The result was written, counted from the event,",
            written.after(event.at),
            &[event, written],
            seen,
        );
    }
    let why = format!(
        "only the integration knows when the candidate finished; the result came {} ms after the event",
        written.after(event.at).as_millis()
    );
    Proof::new(title, Finding::not_applicable(why))
}

fn measured(title: String, what: &str, took: SignedDuration, said: &[&Entry], seen: &Seen<'_>) -> Proof {
    let finding = if took <= REAL_TIME {
        Finding::Shown
    } else {
        let why = format!("it took {} ms", took.as_millis());
        Finding::not_shown(
            why,
            format!("act when the event or the webhook comes, not in batches: within {} s", REAL_TIME.as_secs()),
        )
    };
    let mut proof = Proof::new(title, finding);
    proof.facts.push(format!("{what} after {} ms.", took.as_millis()));
    // Times tell the rest; what was said is among the exchanges of the first criterion.
    proof.said = shown(said.iter().copied(), seen.secrets);
    proof.said.iter_mut().for_each(|one| (one.asked, one.answered) = (None, None));
    proof
}

fn way(journey: &Journey) -> &'static str {
    match journey.way {
        Way::Recruiter => "recruiter's advance",
        Way::Portal => "career portal",
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_quick_answer_alone_is_no_real_time() {
        let (shown, unknown) = (|| Proof::new("", Finding::Shown), || Proof::new("", Finding::not_applicable("why")));
        let failed = || Proof::new("", Finding::not_shown("why", "next"));
        for (answer, timed, wanted) in [
            (shown(), vec![unknown(), unknown()], ["not applicable", "not applicable", "not applicable"].as_slice()),
            (shown(), vec![unknown(), shown()], &["shown", "not applicable", "shown"]),
            (failed(), vec![unknown()], &["NOT SHOWN", "not applicable"]),
            (shown(), vec![], &["not applicable"]),
        ] {
            let labels: Vec<_> = believed_with(vec![answer], timed).iter().map(|proof| proof.finding.label()).collect();
            assert_eq!(labels, wanted);
        }
    }

    #[test]
    fn times_of_a_clock_that_stands_still_or_is_moved_are_not_believed() {
        let (now, asked) = ("2026-03-04T10:00:00Z".parse().expect("a moment"), Instant::now());
        let first = ClockRead { now, frozen: false, asked };
        let later = |told: i64, frozen: bool| ClockRead {
            now: now + SignedDuration::from_secs(told),
            frozen,
            asked: asked + Duration::from_secs(5),
        };
        assert_eq!(not_to_be_believed([first, later(5, false)]), None);
        for (told, frozen, says) in
            [(5, true, "stands still"), (0, false, "moved"), (3_600, false, "moved"), (-60, false, "moved")]
        {
            let why = not_to_be_believed([first, later(told, frozen)]);
            assert!(why.as_deref().is_some_and(|why| why.contains(says)), "{told} {frozen}: {why:?}");
        }
    }
}
