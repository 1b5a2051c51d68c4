//! The sample world: an open job with its package, a candidate submitted to it, and the plain Person that shows the mistake.

use fake::Fake;
use fake::faker::name::en::{FirstName, LastName};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::engine::Chance;

use super::model::{JobId, PersonId, Role, WorkflowId};
use super::schema::ProfileType;
use super::state::changes::Changes;
use super::state::{CustomerState, Refusal};

/// What to put into a platform.
#[derive(Clone, Debug)]
pub struct SampleWorld {
    /// Labels of the vendor's packages, `Harver <vacancy name> – <vacancy id>`; the first one goes on the sample job.
    pub packages: Vec<String>,
    /// The seed for the names of everybody else.
    pub seed: u64,
}

/// What testers need to find the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The open job with the package.
    pub job: JobId,
    /// The candidate.
    pub person: PersonId,
    /// The candidate's application to the job.
    pub workflow: WorkflowId,
    /// The plain Person.
    pub contact: PersonId,
}

impl SampleWorld {
    /// Fills a new platform.
    ///
    /// # Errors
    /// When a package label is empty.
    pub fn plant(&self, state: &mut CustomerState, now: Timestamp) -> Result<Sample, Refusal> {
        if self.packages.iter().any(|label| label.trim().is_empty()) {
            return Err(Refusal::Required("package".into()));
        }
        let mut nodes = Vec::new();
        for label in &self.packages {
            nodes.push(state.load_package(label)?.on_job);
        }
        // Another vendor's package is on every real platform and must not be mistaken for ours.
        state.load_package("Northwind Typing Test v2")?;
        let place = changes(
            state,
            ProfileType::Companies,
            &json!({
                "name": "Harbour Office", "folder": {"id": "D33001"},
                "addresses": [{"addresstype": {"value": "Work"}, "addressstreet1": "3 Pier Rd", "addresscity": "Boston", "addresszip": "02110",
                               "addressstate": {"abbrev": "MA"}, "addresscountry": {"abbrev": "US"}, "primary": true}],
            }),
        )?;
        let place = state.create_company(place, now)?;
        let address = state.company(place).and_then(|place| place.record.entries("addresses").first()?.entry);
        let location = address.map(|entry| json!({"id": entry, "companyid": place}));

        let package: Vec<Json> = nodes.first().map(|id| json!({"id": id})).into_iter().collect();
        let job = self.job(state, "Call Centre Advisor", &package, location.as_ref(), now)?;
        let person = person(state, Role::Candidate.into(), ("Ines", "Okafor"), now)?;
        let workflow = attach(state, person, job, now)?;

        let mut chance = Chance::new(self.seed, &format!("people of {}", state.info().id));
        for title in ["Night Dispatcher", "Retail Supervisor"] {
            self.job(state, title, &[], location.as_ref(), now)?;
        }
        for _ in 0..4 {
            let (first, last): (String, String) =
                (FirstName().fake_with_rng(chance.rng()), LastName().fake_with_rng(chance.rng()));
            let other = self::person(state, Some(Role::Candidate), (&first, &last), now)?;
            attach(state, other, job, now)?;
        }
        let contact = self::person(state, None, ("Priya", "Castellanos"), now)?;
        Ok(Sample { job, person, workflow, contact })
    }

    fn job(
        &self,
        state: &mut CustomerState,
        title: &str,
        packages: &[Json],
        location: Option<&Json>,
        now: Timestamp,
    ) -> Result<JobId, Refusal> {
        let recruiter = state.recruiter();
        let values = changes(
            state,
            ProfileType::Jobs,
            &json!({
                "jobtitle": title, "folder": {"id": "D31001"}, "assessmenttype": packages, "joblocation": location,
                "hiringmanager": recruiter, "recruiter": recruiter,
                "overview": format!("We are looking for a {title} who likes people and keeps calm when it gets busy."),
            }),
        )?;
        state.create_job(values, now)
    }
}

fn person(
    state: &mut CustomerState,
    role: Option<Role>,
    (first, last): (&str, &str),
    now: Timestamp,
) -> Result<PersonId, Refusal> {
    let local: String = format!("{first}.{last}")
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '.')
        .collect();
    let email = format!("{local}@example.org");
    let taken = state.person_by_email(&email).is_some();
    let email = if taken { format!("{local}.{}@example.org", state.people().count()) } else { email };
    let values = changes(
        state,
        ProfileType::People,
        &json!({
            "firstname": first, "lastname": last, "email": email,
            "phones": [{"phonetype": {"value": "Mobile"}, "phonenumber": "+1 617 555 0142", "primary": true}],
        }),
    )?;
    state.create_person_as(role, values, now)
}

fn attach(state: &mut CustomerState, person: PersonId, job: JobId, now: Timestamp) -> Result<WorkflowId, Refusal> {
    let values = changes(
        state,
        ProfileType::Workflows,
        &json!({
            "baseprofile": job, "associatedprofile": person, "status": {"id": "D10100"}, "source": "Career Portal",
        }),
    )?;
    state.attach(values, person, now)
}

fn changes(state: &CustomerState, kind: ProfileType, json: &Json) -> Result<Changes, Refusal> {
    match json {
        Json::Object(object) => state.read_changes(kind, object),
        _ => Ok(Changes::default()),
    }
}
