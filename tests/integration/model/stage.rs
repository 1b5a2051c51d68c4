//! The service between the neighbours, and a story played on it.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harver_icims::app::App;
use harver_icims::ats_to_harver::START_PATH;
use harver_icims::config::Settings;
use harver_icims::delivery::{Ladder, StepOutcome};
use harver_icims::domain::{Customer, EmailAddress, OrderState, Reach};
use harver_icims::harver_to_ats::CALLBACK_PATH;
use harver_icims::invitation::{SmtpSecurity, SmtpSettings};
use harver_icims::settings::{self, By, SaveError, Way};
use harver_icims::store::{self, Store, StoreError, jobs, orders};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::deeds::{Announces, Asks, Deed, Lost, Setting, Trouble, Who};
use super::neighbours::{Neighbours, World};
use super::post::Post;
use super::reference::{Reference, Says};
use super::story::{Wrong, step};
use crate::database::fresh_store;
use crate::support::{ACCOUNT, SteppedClock, customer, nowhere};

/// A story ends before an invitation would be closed, which is two weeks after its link.
const LONGEST: SignedDuration = SignedDuration::from_hours(12 * 24);
/// Within this time everything is done once everybody is well: a neighbour that has refused is tried every quarter of an hour.
const SETTLES_WITHIN: SignedDuration = SignedDuration::from_mins(45);
/// No step is given up in a story: what is left of it is still to come.
const RUNGS: usize = 300;

/// Plays a story, and says what is wrong with how it comes out.
pub(super) async fn play(deeds: &[Deed], neighbours: &Neighbours, post: &Post) -> Result<(), Wrong> {
    let mut stage = Stage::set(neighbours, post).await;
    let mut done = Vec::new();
    for deed in deeds {
        match stage.does(*deed).await {
            Outcome::NotPossible => {}
            Outcome::Done(said) => done.push(format!("{}{said}", step(*deed))),
            Outcome::Wrong(said, what) => {
                done.push(format!("{}{said}", step(*deed)));
                return Err(Wrong { done, what });
            }
        }
        if let Some(what) = stage.forbidden() {
            return Err(Wrong { done, what });
        }
    }
    let settled = stage.settles().await;
    done.push("everybody is well again and nothing is left to do".into());
    settled.map_or(Ok(()), |what| Err(Wrong { done, what }))
}

enum Outcome {
    NotPossible,
    Done(String),
    Wrong(String, String),
}

struct Stage<'a> {
    neighbours: &'a Neighbours,
    post: &'a Post,
    clock: SteppedClock,
    began: Timestamp,
    store: Store,
    app: App,
    reference: Reference,
    last_event: Option<(Who, Asks)>,
    /// How many mails have been looked at.
    seen: usize,
}

impl<'a> Stage<'a> {
    async fn set(neighbours: &'a Neighbours, post: &'a Post) -> Self {
        *neighbours.world() = World::default();
        let (clock, store) = (SteppedClock::at_noon(), fresh_store());
        let present = clock.clock();
        post.begin_anew(std::sync::Arc::new(move || present.now()));
        let url = neighbours.url.parse().expect("a URL");
        let customer = customer(&url, &url);
        store.write(move |tx| store::insert_customer(tx, &customer)).await.expect("a customer");
        let app = app(post.port, &store, &clock);
        let began = clock.clock().now();
        Self { neighbours, post, clock, began, store, app, reference: Reference::new(), last_event: None, seen: 0 }
    }

    fn now(&self) -> Timestamp {
        self.clock.clock().now()
    }

    async fn does(&mut self, deed: Deed) -> Outcome {
        let now = self.now();
        match deed {
            Deed::Advanced(who, asks) => {
                self.last_event = Some((who, asks));
                return self.advanced(who, asks).await;
            }
            Deed::EventSentAgain => {
                let Some((who, asks)) = self.last_event else { return Outcome::NotPossible };
                return self.advanced(who, asks).await;
            }
            Deed::Started(who) => {
                let has_link = self.post.mails().iter().any(|mail| mail.to == who.email());
                let mut world = self.neighbours.world();
                match world.application(who) {
                    Some(application) if has_link && !application.started => application.started = true,
                    _ => return Outcome::NotPossible,
                }
                self.reference.started(who);
            }
            Deed::Finished(who) => {
                match self.neighbours.world().application(who) {
                    Some(application) if application.started && !application.finished => application.finished = true,
                    _ => return Outcome::NotPossible,
                }
                self.reference.finished(who, now);
            }
            Deed::Announced(who, what) => return self.announced(who, what).await,
            Deed::LosesAnswer(Lost::Mail) => {
                self.post.loses_answer();
                self.reference.mail_goes_unanswered();
            }
            Deed::LosesAnswer(what) => self.neighbours.world().loses = Some(what),
            Deed::Begins(trouble) => return self.troubled(trouble, true),
            Deed::Ends(trouble) => return self.troubled(trouble, false),
            Deed::Passes(time) if now.duration_since(self.began) + time > LONGEST => return Outcome::NotPossible,
            Deed::Passes(time) => self.clock.advance(time),
            Deed::Switched(setting, on) => {
                if !self.switches(setting, on).await {
                    return Outcome::NotPossible;
                }
                self.reference.switched(setting, on);
            }
            Deed::Restarted => self.app = app(self.post.port, &self.store, &self.clock),
            Deed::Works => self.works().await,
        }
        Outcome::Done(String::new())
    }

    fn troubled(&self, trouble: Trouble, begins: bool) -> Outcome {
        let mut world = self.neighbours.world();
        let news = if begins { world.troubles.insert(trouble) } else { world.troubles.remove(&trouble) };
        if trouble == Trouble::MailIsAway {
            self.post.is_away(begins);
        }
        if news { Outcome::Done(String::new()) } else { Outcome::NotPossible }
    }

    async fn advanced(&mut self, who: Who, asks: Asks) -> Outcome {
        let now = self.now();
        let job = if asks == Asks::OnAJobThatIsNotThere { "2211" } else { "2210" };
        let status = if asks == Asks::ForAnotherStatus { "C40190" } else { "C40177" };
        let event = json!({"eventType": "WorkFlowStatusChangeEvent", "customerId": "4021", "systemId": who.workflow(),
            "personId": who.person(), "jobId": job, "userId": "1188", "newStatus": status});
        let says = {
            let mut world = self.neighbours.world();
            world.without_address = (asks == Asks::WithoutAnAddress).then_some(who);
            self.reference.says(who, asks, &world, now)
        };
        let (status, body) = self.post(START_PATH, "harver-icims-4021:event-password", &event).await;
        self.neighbours.world().without_address = None;
        let is_yes = status.is_success();
        let said = format!(", which is answered {}", status.as_u16());
        let right = match says {
            Says::Yes | Says::Ignored => is_yes,
            Says::No => !is_yes && body["error"]["userMessage"].is_string(),
            Says::YesOrNo => true,
        };
        if !right {
            return Outcome::Wrong(said, format!("the answer is {}, and not {}: {body}", says.in_words(), status.as_u16()));
        }
        if is_yes && says != Says::Ignored {
            self.reference.invited(who, now);
        }
        Outcome::Done(said)
    }

    async fn announced(&mut self, who: Who, what: Announces) -> Outcome {
        let Some(id) = self.neighbours.world().application(who).map(|application| application.id.clone()) else {
            return Outcome::NotPossible;
        };
        let (event, status) = match what {
            Announces::Start => ("ApplicationStarted", "in-progress"),
            Announces::Progress => ("ProcessStatusHasChanged", "in-progress"),
            Announces::Finish => ("CandidateStatusNew", "new"),
        };
        let callback = json!({"event": event, "data": {"type": "applications", "id": id, "attributes": {"status": status}},
            "relationships": {"account": {"data": {"type": "account", "id": ACCOUNT}}}});
        let (status, body) = self.post(CALLBACK_PATH, "harver-platform-4021:webhook-password", &callback).await;
        if !status.is_success() {
            return Outcome::Wrong(String::new(), format!("every webhook is heard, and not answered {status}: {body}"));
        }
        if what == Announces::Start {
            self.reference.start_announced(who);
        }
        Outcome::Done(String::new())
    }

    async fn post(&self, at: &str, credentials: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::post(at)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(credentials)));
        let request = request.body(Body::from(body.to_string())).expect("a request");
        let answer = self.app.router().oneshot(request).await.expect("the router answers");
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Whether that has changed anything.
    async fn switches(&self, setting: Setting, on: bool) -> bool {
        let by = By { who: "admin@example.org".into(), way: Way::Console, now: self.now() };
        let changed = move |present: &Customer| {
            let mut customer = present.clone();
            match setting {
                Setting::Progress => customer.reports_progress = on,
                Setting::Sent => customer.reports_sent = on,
                Setting::Reminders => customer.invitation.reminders = on,
                Setting::Enabled => customer.enabled = on,
            }
            Ok(customer)
        };
        let saved: Result<_, SaveError> =
            self.store.write(move |tx| settings::replace(tx, "4021".parse().expect("digits"), changed, &by)).await;
        !saved.expect("settings that can be used").is_empty()
    }

    /// Does what is due now, and nothing that becomes due later.
    async fn works(&self) {
        let worker = self.app.worker();
        while let StepOutcome::Ran(_) = worker.step().await.expect("the store answers") {}
    }

    fn forbidden(&mut self) -> Option<String> {
        let mails = self.post.mails();
        let new = &mails[self.seen..];
        self.seen = mails.len();
        self.reference.forbids(&self.neighbours.world(), new)
    }

    /// Ends all troubles, lets time pass until nothing is left to do, and says what has come out otherwise.
    async fn settles(&mut self) -> Option<String> {
        {
            let mut world = self.neighbours.world();
            world.troubles.clear();
            world.loses = None;
        }
        self.post.is_away(false);
        let settled = self.now() + SETTLES_WITHIN;
        let worker = self.app.worker();
        loop {
            match worker.step().await.expect("the store answers") {
                StepOutcome::Ran(_) | StepOutcome::Lost => {}
                StepOutcome::Idle(Some(next)) if next < settled => {
                    self.clock.advance(next.duration_since(self.now()).max(SignedDuration::from_millis(1)));
                }
                StepOutcome::Idle(_) => break,
            }
            if let Some(what) = self.forbidden() {
                return Some(what);
            }
        }
        let dead = self.store.read(|tx| jobs::dead(tx, "4021".parse().expect("digits"), 10)).await;
        let dead: Result<_, StoreError> = dead;
        let given_up = dead.expect("the store answers").len();
        if given_up > 0 {
            return Some(format!("nothing is given up, and not {given_up} steps"));
        }
        let (states, mails) = (self.states().await, self.post.mails());
        self.reference.differs(&self.neighbours.world(), &mails, &states, self.now())
    }

    async fn states(&self) -> BTreeMap<Who, Vec<OrderState>> {
        let found: Result<_, StoreError> =
            self.store.read(|tx| orders::find(tx, "4021".parse().expect("digits"), &orders::Wanted::default(), 100)).await;
        let mut states: BTreeMap<Who, Vec<OrderState>> = BTreeMap::new();
        for order in found.expect("the store answers").orders {
            let workflow = order.workflow.to_string();
            let who = Who::ALL.into_iter().find(|who| who.workflow() == workflow).expect("somebody of the story");
            states.entry(who).or_default().push(order.state);
        }
        states
    }
}

/// The service as it starts on this store.
fn app(post: u16, store: &Store, clock: &SteppedClock) -> App {
    let mail = SmtpSettings {
        host: "127.0.0.1".into(),
        port: post,
        sender_address: EmailAddress::parse("noreply@example.org").expect("an address"),
        security: SmtpSecurity::None,
        credentials: None,
    };
    let ladder = Ladder::new(vec![SignedDuration::from_mins(1); RUNGS]).expect("a ladder");
    let settings = Settings { reach: Reach::Anywhere, ladder, ..Settings::new(nowhere(), mail) };
    App::new(settings, store.clone(), clock.clock()).expect("settings that can be used")
}
