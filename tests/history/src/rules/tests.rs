//! For every rule a history that breaks it, and one beside it that does not.

use super::*;
use crate::Does;

const INES: &str = "4021/88431";

/// What is told of one applicant between the opening and the closing.
#[derive(Clone, Default)]
struct Told(Vec<Entry>);

impl Told {
    fn did(mut self, does: Does, saw: Option<Saw>) -> Self {
        let act = self.0.len() as u64;
        self.0.push(Entry::Begins { act, who: "somebody".into(), does, whom: INES.into() });
        self.0.extend(saw.map(|saw| Entry::Ends { act, saw }));
        self
    }

    fn event(self, saw: Saw) -> Self {
        self.did(Does::Event, Some(saw))
    }

    fn finished(self) -> Self {
        self.did(Does::Finish, Some(Saw::Taken))
    }

    fn crash(self) -> Self {
        self.and(Entry::Crashes { who: "the service".into() })
    }

    fn mail(self, message: &str) -> Self {
        self.and(Entry::Delivered { whom: INES.into(), message: message.into(), mail: Mail::Invitation })
    }

    fn reminder(self, message: &str) -> Self {
        self.and(Entry::Delivered { whom: INES.into(), message: message.into(), mail: Mail::Reminder })
    }

    fn written(self, stages: &[Stage]) -> Self {
        stages.iter().fold(self, |told, stage| told.and(Entry::Written { whom: INES.into(), stage: *stage }))
    }

    fn counted(self, applications: usize, stages: &[Stage]) -> Self {
        let row = |stage: &Stage| Row { stage: *stage, has_result: *stage == Stage::Complete };
        self.and(Entry::Counted { whom: INES.into(), applications, rows: stages.iter().map(row).collect() })
    }

    fn and(mut self, entry: Entry) -> Self {
        self.0.push(entry);
        self
    }

    /// The whole, in which somebody else's event was taken as well: a history without any shows nothing.
    fn entries(self) -> Vec<Entry> {
        let whom = || "somebody else".to_owned();
        let mut entries = vec![
            Entry::Opens { run: "a test".into(), seed: None, at_once: 1 },
            Entry::Begins { act: 900, who: "iCIMS".into(), does: Does::Event, whom: whom() },
            Entry::Ends { act: 900, saw: Saw::Taken },
            Entry::Delivered { whom: whom(), message: "another".into(), mail: Mail::Invitation },
            Entry::Counted { whom: whom(), applications: 1, rows: Vec::new() },
        ];
        entries.extend(self.0);
        entries.push(Entry::Closes);
        entries
    }
}

fn told() -> Told {
    Told::default()
}

/// Invited, and nothing else.
fn invited() -> Told {
    told().event(Saw::Taken).mail("m1")
}

#[track_caller]
fn right(told: Told) {
    assert_eq!(wrong_with(&told.entries()), Vec::<String>::new());
}

#[track_caller]
fn wrong(told: Told, sentences: &[&str]) {
    assert_eq!(wrong_with(&told.entries()), sentences);
}

#[test]
fn a_whole_journey_is_right() {
    let stages = [Stage::Sent, Stage::InProgress, Stage::Complete];
    right(invited().did(Does::Start, Some(Saw::Taken)).finished().written(&stages).counted(1, &[Stage::Complete]));
}

#[test]
fn an_event_that_was_taken_is_not_lost() {
    wrong(
        told().event(Saw::Taken).mail("m1").counted(0, &[]),
        &["4021/88431: an event was taken, and the platform has no application"],
    );
    wrong(told().event(Saw::Taken).counted(1, &[]), &["4021/88431: an event was taken, and no invitation came"]);
}

#[test]
fn an_event_that_is_there_already_was_taken_before() {
    right(told().event(Saw::Unknown).event(Saw::Already).mail("m1").counted(1, &[]));
    wrong(
        told().event(Saw::Unknown).event(Saw::Already).counted(0, &[]),
        &[
            "4021/88431: an event was taken, and the platform has no application",
            "4021/88431: an event was taken, and no invitation came",
        ],
    );
}

#[test]
fn an_unknown_event_may_or_may_not_have_happened_and_happens_once() {
    for unknown in [Some(Saw::Unknown), None] {
        right(told().did(Does::Event, unknown).counted(0, &[]));
        right(told().did(Does::Event, unknown).counted(1, &[]));
        right(told().did(Does::Event, unknown).mail("m1").counted(1, &[]));
        wrong(told().did(Does::Event, unknown).mail("m1").counted(2, &[]), &["4021/88431: has 2 applications on the platform"]);
    }
}

#[test]
fn a_refused_event_has_no_effect() {
    right(told().event(Saw::Refused).counted(0, &[]));
    wrong(
        told().event(Saw::Refused).mail("m1").written(&[Stage::Sent]).counted(1, &[]),
        &[
            "4021/88431: has an application, though no event about them was taken",
            "4021/88431: has mail, though no event about them was taken",
            "4021/88431: has a line in iCIMS, though no event about them was taken",
        ],
    );
    wrong(told().mail("m1").counted(0, &[]), &["4021/88431: has mail, though no event about them was taken"]);
}

#[test]
fn there_is_one_application() {
    wrong(invited().counted(2, &[]), &["4021/88431: has 2 applications on the platform"]);
}

#[test]
fn there_is_one_invitation_for_each_event_that_was_taken() {
    let twice = "4021/88431: got 2 different invitations, and 1 were asked for at most";
    wrong(invited().event(Saw::Already).mail("m2").counted(1, &[]), &[twice]);
    wrong(told().event(Saw::Unknown).event(Saw::Taken).mail("m1").mail("m2").counted(1, &[]), &[twice]);
    right(invited().event(Saw::Taken).mail("m2").counted(1, &[]));
    right(invited().event(Saw::Unknown).mail("m2").counted(1, &[]));
    right(invited().reminder("r1").counted(1, &[]));
}

#[test]
fn a_mail_comes_again_only_after_a_crash() {
    right(invited().crash().mail("m1").counted(1, &[]));
    wrong(invited().mail("m1").crash().counted(1, &[]), &["4021/88431: m1 came again, and nothing had died in between"]);
    wrong(
        told().crash().event(Saw::Taken).mail("m1").mail("m1").counted(1, &[]),
        &["4021/88431: m1 came again, and nothing had died in between"],
    );
}

#[test]
fn a_mail_never_comes_a_third_time() {
    wrong(invited().crash().mail("m1").crash().mail("m1").counted(1, &[]), &["4021/88431: m1 came a third time"]);
}

#[test]
fn one_crash_cuts_off_no_more_than_is_under_way() {
    let twice = |told: Told| told.reminder("r1").crash().mail("m1").reminder("r1");
    wrong(twice(invited()).counted(1, &[]), &["2 mails came once more, and 1 crashes cut off 1 at most"]);
    right(twice(invited()).crash().counted(1, &[]));
}

#[test]
fn a_finish_has_one_line_with_its_result() {
    wrong(invited().finished().counted(1, &[]), &["4021/88431: has finished, and iCIMS has no result"]);
    wrong(invited().finished().counted(1, &[Stage::Complete, Stage::Complete]), &["4021/88431: has 2 lines in iCIMS"]);
    let without =
        Entry::Counted { whom: INES.into(), applications: 1, rows: vec![Row { stage: Stage::Complete, has_result: false }] };
    wrong(invited().finished().and(without), &["4021/88431: a line says something else than its result"]);
}

#[test]
fn there_is_no_result_without_a_finish() {
    wrong(
        invited().written(&[Stage::Complete]).counted(1, &[Stage::Complete]),
        &["4021/88431: has a result, and has not finished"],
    );
    right(invited().did(Does::Finish, None).written(&[Stage::Complete]).counted(1, &[Stage::Complete]));
}

#[test]
fn a_line_never_goes_back() {
    let counted = |stages: &[Stage]| invited().finished().written(stages).counted(1, &[Stage::Complete]);
    right(counted(&[Stage::Sent, Stage::Incomplete, Stage::Sent, Stage::Complete, Stage::Complete]));
    wrong(
        counted(&[Stage::InProgress, Stage::Sent, Stage::Complete]),
        &["4021/88431: the line went back from InProgress to Sent"],
    );
    wrong(counted(&[Stage::Complete, Stage::InProgress]), &["4021/88431: the line went back from Complete to InProgress"]);
    wrong(counted(&[Stage::Complete, Stage::Incomplete]), &["4021/88431: the line went back from Complete to Incomplete"]);
}

#[test]
fn whoever_is_in_it_was_counted() {
    wrong(invited(), &["4021/88431: was counted 0 times, not once"]);
    wrong(invited().counted(1, &[]).counted(1, &[]), &["4021/88431: was counted 2 times, not once"]);
}

#[test]
fn a_history_that_shows_nothing_is_not_right() {
    let opened = || Entry::Opens { run: "a test".into(), seed: None, at_once: 1 };
    let nothing = "no event was taken: such a history shows nothing";
    assert_eq!(wrong_with(&[opened(), Entry::Closes]), [nothing]);
    let missing = "the history does not begin with its opening and end with its closing: nobody knows what is missing";
    assert_eq!(wrong_with(&[]), [missing, nothing]);
    let mut cut_off = invited().counted(1, &[]).entries();
    cut_off.pop();
    assert_eq!(wrong_with(&cut_off), [missing]);
}

#[test]
fn what_was_not_begun_cannot_end() {
    wrong(invited().and(Entry::Ends { act: 77, saw: Saw::Taken }).counted(1, &[]), &["act 77 ends and was not under way"]);
}
