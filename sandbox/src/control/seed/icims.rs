//! The tenant's iCIMS: packages in the lists, jobs with and without them, people in several statuses.

use jiff::{SignedDuration, Timestamp};
use rand::RngExt;
use serde_json::{Value, json};

use super::names::Name;
use super::posting::Posting;
use super::{Plan, PlannedVacancy, life};
use crate::control::ready::SampleKeys;
use crate::engine::Chance;
use crate::icims::model::{JobId, NodeId, PersonId, Role, WorkflowId};
use crate::icims::schema::ProfileType;
use crate::icims::state::changes::Changes;
use crate::icims::state::connection::Connection;
use crate::icims::state::{CustomerState, Refusal};

/// A package as every real platform has some: not ours, and not to be taken for ours.
const OTHER_VENDOR: &str = "Northwind Typing Test v2";
/// Where applications of the portal arrive.
const NEW_SUBMISSION: &str = "D10100";
/// How a name is drawn.
type Naming = fn(&mut Chance) -> Name;
/// The other candidates of the sample job: how many hours ago they applied, the status they are in by now, and their names.
const OTHERS: [(i64, &str, Naming); 7] = [
    (5, NEW_SUBMISSION, Name::accented),
    (9, NEW_SUBMISSION, Name::long),
    (20, NEW_SUBMISSION, Name::drawn),
    (31, "C40120", Name::drawn),
    (47, "C40120", Name::accented),
    (70, "C40130", Name::drawn),
    (95, "C40190", Name::drawn),
];
/// How many candidates have not been submitted to any job.
const UNSUBMITTED: usize = 3;

/// Fills a new platform and says where the sample is.
pub(in crate::control) fn plant(plan: &Plan, state: &mut CustomerState, now: Timestamp) -> Result<SampleKeys, Refusal> {
    let ago = |hours| now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(now);
    let mut world = World { plan, state, chance: plan.chance("people"), lives: plan.chance("lives") };

    let other = world.state.load_package(OTHER_VENDOR)?.on_job;
    let [advisor, care, picker] = plan.vacancies.each_ref().map(PlannedVacancy::label);
    let [advisor, care, picker] = [world.package(&advisor)?, world.package(&care)?, world.package(&picker)?];
    let location = world.office(ago(24 * 400))?;
    let opened = ago(24 * 14);
    let job = world.job("Call Centre Advisor", &advisor, &location, opened)?;
    world.job("Warehouse Shift Lead", &[], &location, opened)?;
    world.job("Online Support Agent", &[&[other], &care[..]].concat(), &location, opened)?;
    world.job("Seasonal Order Picker", &picker, &location, opened)?;

    let person = world.person(Some(Role::Candidate), &Name::new("Ines", "Okafor"), ago(2))?;
    let workflow = world.apply(person, job, ago(2))?;
    for (hours, status, naming) in OTHERS {
        let name = naming(&mut world.chance);
        let other = world.person(Some(Role::Candidate), &name, ago(hours))?;
        let applied = world.apply(other, job, ago(hours))?;
        if status != NEW_SUBMISSION {
            let by = world.state.recruiter();
            world.state.advance(applied, &node(status), by, ago(hours / 2))?;
        }
    }
    for _ in 0..UNSUBMITTED {
        let name = Name::drawn(&mut world.chance);
        world.person(Some(Role::Candidate), &name, ago(24 * 3))?;
    }
    // The mistake the guide warns of: somebody who was made as a plain Person.
    world.person(None, &Name::new("Priya", "Castellanos"), ago(24 * 3))?;

    // The recruiter was hired long before this platform, so there is one to read; its ids are of a sequence of their own.
    world.state.onboarded(world.state.recruiter(), opened)?;

    let trigger = world.state.connection().trigger.clone();
    if plan.unconnected {
        let present = world.state.connection().clone();
        world.state.configure_connection(Connection { enabled: false, inline: false, trigger: None, ..present })?;
    }
    Ok(SampleKeys {
        job_id: job.to_string(),
        person_id: person.to_string(),
        workflow_id: workflow.to_string(),
        vacancy_id: plan.vacancies[0].id.to_string(),
        send_to_harver_status: trigger.map(|status| status.to_string()).unwrap_or_default(),
    })
}

struct World<'a> {
    plan: &'a Plan,
    state: &'a mut CustomerState,
    chance: Chance,
    lives: Chance,
}

impl World<'_> {
    /// The place where all jobs are, as the API wants it.
    fn office(&mut self, now: Timestamp) -> Result<Value, Refusal> {
        let company = self.changes(
            ProfileType::Companies,
            &json!({
                "name": "Harbour Office", "folder": {"id": "D33001"},
                "addresses": [{"addresstype": {"value": "Work"}, "addressstreet1": "3 Pier Rd", "addresscity": "Boston",
                    "addresszip": "02110", "addressstate": {"abbrev": "MA"}, "addresscountry": {"abbrev": "US"}, "primary": true}],
            }),
        )?;
        let id = self.state.create_company(company, now)?;
        let entry = self.state.company(id).and_then(|company| company.record.entries("addresses").first()?.entry);
        Ok(entry.map_or(Value::Null, |entry| json!({"id": entry, "companyid": id})))
    }

    /// A package in both lists, unless people are to load it.
    fn package(&mut self, label: &str) -> Result<Vec<NodeId>, Refusal> {
        if self.plan.unconnected {
            return Ok(Vec::new());
        }
        Ok(vec![self.state.load_package(label)?.on_job])
    }

    fn job(&mut self, title: &str, packages: &[NodeId], location: &Value, now: Timestamp) -> Result<JobId, Refusal> {
        let recruiter = self.state.recruiter();
        let mut posting = Posting::of(title, &mut self.lives).values(&self.plan.name);
        posting.insert("assessmenttype".into(), packages.iter().map(|id| json!({"id": id})).collect());
        posting.insert("joblocation".into(), location.clone());
        posting.insert("hiringmanager".into(), json!(recruiter));
        posting.insert("recruiter".into(), json!(recruiter));
        let job = self.state.read_screen(ProfileType::Jobs, &posting)?;
        self.state.create_job(job, now)
    }

    fn person(&mut self, role: Option<Role>, name: &Name, now: Timestamp) -> Result<PersonId, Refusal> {
        let email = self.free_email(name);
        let number = format!("+1 617 555 0{}", 100 + self.chance.rng().random_range(0..100));
        let person = self.changes(
            ProfileType::People,
            &json!({
                "firstname": name.first, "lastname": name.last, "email": email,
                "phones": [{"phonetype": {"value": "Mobile"}, "phonenumber": number, "primary": true}],
            }),
        )?;
        let id = self.state.create_person_as(role, person, now)?;
        self.state.give_life(id, life(&mut self.lives))?;
        Ok(id)
    }

    /// Two people may have the same name; no two have the same address.
    fn free_email(&self, name: &Name) -> String {
        let email = name.email(&self.plan.domain);
        match self.state.person_by_email(&email) {
            None => email,
            Some(_) => email.replacen('@', &format!(".{}@", self.state.people().count()), 1),
        }
    }

    fn apply(&mut self, person: PersonId, job: JobId, now: Timestamp) -> Result<WorkflowId, Refusal> {
        let workflow = self.changes(
            ProfileType::Workflows,
            &json!({"baseprofile": job, "associatedprofile": person, "status": {"id": NEW_SUBMISSION}, "source": "Career Portal"}),
        )?;
        self.state.attach(workflow, person, now)
    }

    fn changes(&self, kind: ProfileType, json: &Value) -> Result<Changes, Refusal> {
        let object = json.as_object().cloned().unwrap_or_default();
        self.state.read_screen(kind, &object)
    }
}

fn node(id: &str) -> NodeId {
    id.parse().expect("ids in the program text are node ids")
}
