//! The same seed gives the same history, byte for byte, where one thread decides everything: the integration is driven in this process, its
//! clock is stepped, and the choices of iCIMS, the platform and the candidate come from the seed. What runs as processes of its own is
//! interleaved by the machine; there the seed repeats the choices, and not what comes of them.

use std::path::Path;

use history::{Does, History, Mail, Row, Saw, Stage};
use jiff::SignedDuration;
use serde_json::Value;

use crate::callbacks::{ROW, ROWS, icims_takes_rows};
use crate::chance::Chance;
use crate::post_office::PostOffice;
use crate::scene::Scene;
use crate::support::VACANCY;

const INES: &str = "4021/88431";
/// How many things happen in a history.
const LENGTH: usize = 25;

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// The recruiter advances Ines, for the first time or again.
    Advanced,
    /// She begins, and the platform says so.
    Started,
    /// She gives the last answer, and the platform says so.
    Finished,
    /// The platform says something once more.
    ToldAgain,
    /// What is due is done.
    Work,
    /// Time passes.
    Hours(i64),
}

const ALL: [Next; 8] =
    [Next::Advanced, Next::Started, Next::Finished, Next::ToldAgain, Next::Work, Next::Work, Next::Hours(1), Next::Hours(30)];

/// Plays a history of this seed and leaves it in a file of this name.
async fn played(seed: u64, name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let history = History::open(&path, "one thread", Some(seed), 1);
    let office = PostOffice::open().await;
    let scene = Scene::ready_with(|settings| settings.mail.port = office.port).await;
    icims_takes_rows(&scene).await;
    let mut played = Played { scene: &scene, office: &office, history: &history, mails: 0, writes: 0, finished: false };
    played.happens(Next::Advanced).await;
    let mut chance = Chance::of(seed);
    for _ in 0..LENGTH {
        played.happens(*chance.one_of(&ALL)).await;
    }
    played.happens(Next::Work).await;
    played.is_counted().await;
    history.close();
    std::fs::read_to_string(path).expect("the file is there")
}

struct Played<'p> {
    scene: &'p Scene,
    office: &'p PostOffice,
    history: &'p History,
    mails: usize,
    writes: usize,
    finished: bool,
}

impl Played<'_> {
    async fn happens(&mut self, next: Next) {
        match next {
            Next::Advanced => {
                let act = self.history.begins("iCIMS", Does::Event, INES);
                let answer = self.scene.advanced_to("40177").await;
                self.history.ends(
                    act,
                    match answer.status.as_u16() {
                        200..400 => Saw::Taken,
                        _ if answer.user_message().contains("already has") => Saw::Already,
                        _ => Saw::Refused,
                    },
                );
            }
            Next::Started if !self.finished && self.mails > 0 => {
                let act = self.history.begins("the candidate", Does::Start, INES);
                self.scene.platform_shows_progress(1);
                self.history.ends(act, Saw::Taken);
                self.scene.announced("ApplicationStarted").await;
            }
            Next::Finished if !self.finished && self.mails > 0 => {
                let act = self.history.begins("the candidate", Does::Finish, INES);
                self.scene.platform_shows_finish();
                self.finished = true;
                self.history.ends(act, Saw::Taken);
                self.scene.announced("CandidateStatusNew").await;
            }
            Next::ToldAgain => drop(self.scene.announced_with("ProcessStatusHasChanged", "in-progress").await),
            Next::Started | Next::Finished => {}
            Next::Work => drop(self.scene.drain().await),
            Next::Hours(hours) => self.scene.clock.advance(SignedDuration::from_hours(hours)),
        }
        self.write_down().await;
    }

    /// What the neighbours have seen since.
    async fn write_down(&mut self) {
        let mails = self.office.all("Message-ID:");
        for message in &mails[self.mails..] {
            let kind = if message.contains(".reminder-") { Mail::Reminder } else { Mail::Invitation };
            self.history.delivered(INES, message, kind);
        }
        self.mails = mails.len();
        let writes = self.writes().await;
        writes[self.writes..].iter().for_each(|row| self.history.written(INES, stage(row)));
        self.writes = writes.len();
    }

    /// The lines that iCIMS was given.
    async fn writes(&self) -> Vec<Value> {
        let requests = self.scene.icims.received_requests().await.expect("recording is on");
        let of_rows =
            requests.iter().filter(|request| matches!(request.url.path(), ROW | ROWS) && request.method.as_str() != "GET");
        let rows = of_rows.map(|request| request.body_json::<Value>().expect("JSON"));
        rows.filter(|row| row["assessmentstatus"]["id"].is_string()).collect()
    }

    async fn is_counted(&self) {
        let created = self.scene.asked_platform("POST", &format!("/api/v1.0/vacancies/{VACANCY}/applications")).await;
        let rows = self.scene.asked_icims("POST", ROWS).await;
        let last = self.writes().await.pop();
        let row = last.map(|row| Row { stage: stage(&row), has_result: row["assessmentresult"] == "Great Fit" });
        // The platform of this scene has one application, however often it is asked for it; iCIMS has a line for each that was added.
        self.history.counted(INES, created.min(1), row.into_iter().cycle().take(rows).collect());
    }
}

fn stage(row: &Value) -> Stage {
    match row["assessmentstatus"]["id"].as_str() {
        Some("D37002019001") => Stage::Complete,
        Some("D37002019002") => Stage::Incomplete,
        Some("D37002019003") => Stage::InProgress,
        Some("D37002019004") => Stage::Sent,
        other => panic!("{other:?} is no status of a line"),
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_history_byte_for_byte() {
    let mut different = std::collections::BTreeSet::new();
    for seed in 0..12 {
        let [one, other] = [played(seed, "one_thread.jsonl").await, played(seed, "one_thread_again.jsonl").await];
        assert_eq!(one, other, "seed {seed}");
        different.insert(one.split_once('\n').expect("an opening").1.to_owned());
    }
    assert!(different.len() > 6, "a seed decides something: {} different histories", different.len());
}
