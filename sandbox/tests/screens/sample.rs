//! The platform that the tests look at: an open job with its package, candidates submitted to it, two more jobs, a plain Person.

use icims_sandbox::icims::model::{JobId, PersonId, Role, WorkflowId};
use icims_sandbox::icims::schema::ProfileType;
use icims_sandbox::icims::state::{CustomerState, Refusal};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// The package of the first job.
pub(crate) const PACKAGE: &str = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";

/// Where tests begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) job: JobId,
    pub(crate) person: PersonId,
    pub(crate) workflow: WorkflowId,
}

/// Fills a new platform.
pub(crate) fn plant(state: &mut CustomerState, now: Timestamp) -> Result<Sample, Refusal> {
    let package = state.load_package(PACKAGE)?.on_job;
    state.load_package("Northwind Typing Test v2")?;
    let job = job(state, "Call Centre Advisor", &json!([{ "id": package }]), now)?;
    let person = person(state, Some(Role::Candidate), ("Ines", "Okafor"), now)?;
    let workflow = attach(state, person, job, now)?;
    for title in ["Night Dispatcher", "Retail Supervisor"] {
        self::job(state, title, &json!([]), now)?;
    }
    for name in [("Rudy", "Vos"), ("Burdette", "Miller"), ("Lavonne", "Simonis")] {
        let other = self::person(state, Some(Role::Candidate), name, now)?;
        attach(state, other, job, now)?;
    }
    self::person(state, None, ("Priya", "Castellanos"), now)?;
    Ok(Sample { job, person, workflow })
}

fn job(state: &mut CustomerState, title: &str, packages: &Json, now: Timestamp) -> Result<JobId, Refusal> {
    let recruiter = state.recruiter();
    let values = json!({"jobtitle": title, "folder": {"id": "D31001"}, "assessmenttype": packages, "hiringmanager": recruiter,
                        "overview": "We look for people who keep calm when it gets busy."});
    let changes = state.read_screen(ProfileType::Jobs, values.as_object().expect("an object"))?;
    state.create_job(changes, now)
}

fn person(
    state: &mut CustomerState,
    role: Option<Role>,
    (first, last): (&str, &str),
    now: Timestamp,
) -> Result<PersonId, Refusal> {
    let email = format!("{first}.{last}@example.org").to_lowercase();
    let values = json!({"firstname": first, "lastname": last, "email": email,
                        "phones": [{"phonetype": {"value": "Mobile"}, "phonenumber": "+1 617 555 0142"}]});
    let changes = state.read_screen(ProfileType::People, values.as_object().expect("an object"))?;
    state.create_person_as(role, changes, now)
}

fn attach(state: &mut CustomerState, person: PersonId, job: JobId, now: Timestamp) -> Result<WorkflowId, Refusal> {
    let values = json!({"baseprofile": job, "associatedprofile": person, "status": {"id": "D10100"}, "source": "Career Portal"});
    let changes = state.read_screen(ProfileType::Workflows, values.as_object().expect("an object"))?;
    state.attach(changes, person, now)
}
