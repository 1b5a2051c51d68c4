//! Following a recipe: the same seed, customer, recipe and moment give the same rows.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use serde_json::{Value, json};

use super::life;
use super::names::Name;
use super::posting::Posting;
use super::recipe::{Locale, Recipe};
use crate::control::ControlError;
use crate::engine::Chance;
use crate::icims::model::{JobId, NodeId, PersonId};
use crate::icims::schema::{ProfileType, list};
use crate::icims::state::bulk::{NewApplication, NewCandidate, NewResult};
use crate::icims::state::{CustomerState, Refusal};

const SOURCES: [&str; 3] = ["Career Portal", "Job Board", "Employee Referral"];
const RESULTS: [&str; 3] = ["Great Fit", "Good Fit", "Low Fit"];
/// Where applications arrive (icims-api 5.8).
const NEW_SUBMISSION: &str = "D10100";

/// How far a seeding is.
#[derive(Debug)]
pub(in crate::control) struct Progress {
    pub(in crate::control) done: AtomicUsize,
    pub(in crate::control) total: usize,
}

/// Things that are drawn by weight.
struct Weighted<T> {
    items: Vec<(u32, T)>,
    total: u32,
}

impl<T: Clone> Weighted<T> {
    fn new(items: impl IntoIterator<Item = (T, u32)>) -> Self {
        let mut total = 0;
        let below = |(item, weight)| {
            total += weight;
            (total, item)
        };
        let items: Vec<(u32, T)> = items.into_iter().filter(|(_, weight)| *weight > 0).map(below).collect();
        Self { items, total }
    }

    fn draw(&self, chance: &mut Chance) -> T {
        let drawn = chance.rng().random_range(0..self.total);
        let place = self.items.partition_point(|(below, _)| *below <= drawn);
        self.items[place].1.clone()
    }
}

/// What a seeding draws from: who and where, and beside it what they have behind them and what the jobs offer.
pub(in crate::control) struct Sowing {
    chance: Chance,
    lives: Chance,
}

impl Sowing {
    /// For a seeding of a customer. The next free id tells seedings of one customer apart: each draws other names.
    pub(in crate::control) fn new(seed: u64, customer: u64, next: PersonId) -> Self {
        let chance = |what: &str| Chance::new(seed, &format!("customer {customer} {what} from {next}"));
        Self { chance: chance("seeded"), lives: chance("lives") }
    }
}

/// Follows a recipe. On a refusal the state is of no use any more: work on a clone.
pub(in crate::control) fn sow(
    recipe: &Recipe,
    state: &mut CustomerState,
    Sowing { chance, lives }: &mut Sowing,
    now: Timestamp,
    progress: &Progress,
) -> Result<(), ControlError> {
    // Customers of an earlier version do not have all nodes that lives refer to.
    state.deliver_lists();
    let field = Field::prepared(recipe, state, now)?;
    let jobs = field.jobs(recipe, state, (chance, lives), progress).map_err(refused)?;
    let people = field.people(recipe, state, (chance, lives), progress);
    field.workflows(recipe, state, chance, (&jobs, &people), progress).map_err(refused)?;
    // A job has been made with the positions that are open.
    state.bulk_filled(&jobs);
    Ok(())
}

fn refused(refusal: Refusal) -> ControlError {
    ControlError::Sample(Box::new(refusal))
}

/// What is the same for everything that is made.
struct Field {
    now: Timestamp,
    begin: Timestamp,
    domain: String,
    statuses: Weighted<NodeId>,
    locales: Weighted<Locale>,
    packages: Vec<(NodeId, NodeId)>,
}

impl Field {
    fn prepared(recipe: &Recipe, state: &CustomerState, now: Timestamp) -> Result<Self, ControlError> {
        let wanted = [
            (ProfileType::Jobs, recipe.jobs),
            (ProfileType::People, recipe.candidates),
            (ProfileType::Workflows, recipe.workflows),
        ];
        for (kind, more) in wanted {
            state.check_profile_room(kind, more).map_err(|refusal| ControlError::BadInput(refusal.to_string()))?;
        }
        let begin = now.checked_sub(SignedDuration::from_hours(24 * i64::from(recipe.days))).unwrap_or(now);
        let mut statuses = Vec::new();
        for (name, weight) in &recipe.statuses {
            statuses.push((status(state, name)?, *weight));
        }
        if statuses.is_empty() {
            statuses.push((status(state, NEW_SUBMISSION)?, 1));
        }
        let mut locales: Vec<(Locale, u32)> = recipe.locales.iter().map(|(locale, weight)| (*locale, *weight)).collect();
        if locales.is_empty() {
            locales.push((Locale::English, 1));
        }
        // A package is one label in both lists.
        let twin = |label: &str| state.node_labelled(list::ASSESSMENT_NAME, label).map(|node| node.id.clone());
        let on_job = state.nodes(list::ASSESSMENT_TYPE, None).into_iter();
        let packages: Vec<(NodeId, NodeId)> = on_job.filter_map(|node| Some((node.id.clone(), twin(&node.label)?))).collect();
        if packages.is_empty() && recipe.results > 0.0 {
            return Err(ControlError::BadInput(
                "the customer has no package, so there can be no results: leave results out".into(),
            ));
        }
        let domain = format!("seed.{}-{}.example", state.info().slug, state.info().id);
        let (statuses, locales) = (Weighted::new(statuses), Weighted::new(locales));
        Ok(Self { now, begin, domain, statuses, locales, packages })
    }

    /// The moment of the `place`th of `count` things.
    fn moment(&self, place: usize, count: usize) -> Timestamp {
        let length = self.now.duration_since(self.begin).as_secs();
        let share = i64::try_from(place).unwrap_or_default() * length / i64::try_from(count).unwrap_or_default().max(1);
        self.begin.checked_add(SignedDuration::from_secs(share)).unwrap_or(self.begin)
    }

    fn jobs(
        &self,
        recipe: &Recipe,
        state: &mut CustomerState,
        (chance, lives): (&mut Chance, &mut Chance),
        progress: &Progress,
    ) -> Result<Vec<JobId>, Refusal> {
        let (recruiter, location) = (state.recruiter(), office(state));
        let mut jobs = Vec::with_capacity(recipe.jobs);
        for _ in 0..recipe.jobs {
            let mut values = Posting::drawn(chance, lives).values(&state.info().name);
            values.insert("hiringmanager".into(), json!(recruiter));
            values.insert("recruiter".into(), json!(recruiter));
            values.insert("joblocation".into(), location.clone());
            if !self.packages.is_empty() {
                let package = &self.packages[chance.rng().random_range(0..self.packages.len())].0;
                values.insert("assessmenttype".into(), json!([{"id": package}]));
            }
            let changes = state.read_screen(ProfileType::Jobs, &values)?;
            jobs.push(state.create_job(changes, self.begin)?);
            progress.done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(jobs)
    }

    fn people(
        &self,
        recipe: &Recipe,
        state: &mut CustomerState,
        (chance, lives): (&mut Chance, &mut Chance),
        progress: &Progress,
    ) -> Vec<PersonId> {
        let mut people = Vec::with_capacity(recipe.candidates);
        for place in 0..recipe.candidates {
            let name = match self.locales.draw(chance) {
                Locale::English => Name::english(chance),
                Locale::French => Name::french(chance),
                Locale::German => Name::german(chance),
                Locale::Portuguese => Name::portuguese(chance),
                Locale::Accented => Name::accented(chance),
                Locale::Long => Name::long(chance),
            };
            // The number of the candidate makes the address different from every other.
            let email = name.email(&self.domain).replacen('@', &format!(".{}@", state.next_person_id()), 1);
            let phone = format!("+1 617 555 0{}", 100 + chance.rng().random_range(0..100));
            let new = NewCandidate { first: name.first, last: name.last, email, phone, life: life(lives) };
            // Nobody applies before being there: the first applications are made one after the other.
            people.push(state.bulk_candidate(new, self.moment(place, recipe.workflows.max(recipe.candidates))));
            progress.done.fetch_add(1, Ordering::Relaxed);
        }
        people
    }

    fn workflows(
        &self,
        recipe: &Recipe,
        state: &mut CustomerState,
        chance: &mut Chance,
        (jobs, people): (&[JobId], &[PersonId]),
        progress: &Progress,
    ) -> Result<(), Refusal> {
        let new = status_id(NEW_SUBMISSION);
        // Round after round everybody applies to the job beside the last one, so that no pair comes twice.
        let firsts: Vec<usize> = people.iter().map(|_| chance.rng().random_range(0..jobs.len().max(1))).collect();
        for place in 0..recipe.workflows {
            let (who, round) = (place % people.len(), place / people.len());
            let made = self.moment(place, recipe.workflows.max(recipe.candidates));
            let until_now = self.now.duration_since(made).as_secs().max(1);
            let later = |chance: &mut Chance| {
                let seconds = chance.rng().random_range(0..until_now);
                made.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(self.now)
            };
            let status = self.statuses.draw(chance);
            let mut moves = vec![(new.clone(), made)];
            if status != new {
                moves.push((status, later(chance)));
            }
            let result = chance.rng().random_bool(recipe.results).then(|| NewResult {
                name: self.packages[chance.rng().random_range(0..self.packages.len())].1.clone(),
                at: later(chance),
                score: chance.rng().random_range(0..=100),
                result: RESULTS[chance.rng().random_range(0..RESULTS.len())],
            });
            let source = SOURCES[chance.rng().random_range(0..SOURCES.len())];
            let job = jobs[(firsts[who] + round) % jobs.len()];
            state.bulk_application(NewApplication { person: people[who], job, source, moves, result })?;
            progress.done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The first place of the customer, as the API wants it; nothing where there is none.
fn office(state: &CustomerState) -> Value {
    let places = state.companies().filter_map(|company| Some((company.id, company.record.entries("addresses").first()?.entry?)));
    places.into_iter().next().map_or(Value::Null, |(company, entry)| json!({"id": entry, "companyid": company}))
}

fn status_id(text: &str) -> NodeId {
    text.parse().expect("ids in the program text are node ids")
}

/// A status by id or by label.
fn status(state: &CustomerState, name: &str) -> Result<NodeId, ControlError> {
    let by_id = name.parse().ok().filter(|id| state.is_status(id));
    let by_label = || state.nodes_labelled(list::STATUSES, name).map(|node| node.id.clone()).find(|id| state.is_status(id));
    by_id.or_else(by_label).ok_or_else(|| {
        ControlError::BadInput(format!("the customer has no status {name}: use the label or the id of one, as the search does"))
    })
}
