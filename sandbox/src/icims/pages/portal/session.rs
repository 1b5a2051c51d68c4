//! The rules that the portal's steps call, each with the session that makes it possible.

use jiff::Timestamp;

use super::visitor::Visitor;
use crate::icims::model::{ApplicationStep, JobId, PersonId, Role, WorkflowId};
use crate::icims::pages::desk::{Refused, said};
use crate::icims::pages::form::Given;
use crate::icims::pages::typed::PersonDraft;
use crate::icims::pages::upload;
use crate::icims::schema::ProfileType;
use crate::icims::state::application::Application;
use crate::icims::state::files::NewFile;
use crate::icims::state::sessions::PortalSession;
use crate::icims::state::{CustomerState, Refusal};

/// A browser that has given its e-mail address.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) token: String,
    pub(super) email: String,
    /// The person behind the address; nobody until the profile has been filled in.
    pub(super) person: Option<PersonId>,
}

/// The session with this token, unless it has ended.
pub(super) fn valid(state: &CustomerState, token: &str, now: Timestamp) -> Option<Session> {
    let PortalSession { email, person, .. } = state.portal_session(token, now)?.clone();
    Some(Session { token: token.to_owned(), email, person })
}

/// Begins a session for an address, and for the person behind it if there is one.
pub(super) async fn begin(visitor: &Visitor, email: &str, person: Option<PersonId>) -> Result<Session, Refused> {
    let (seed, now) = (visitor.icims.0.surroundings.seed, visitor.now());
    let begun = visitor.tenant.write(|state| Ok::<_, Refusal>(state.begin_portal_session(email, person, seed, now))).await;
    match said(begun)? {
        Ok(token) => Ok(Session { token, email: email.to_owned(), person }),
        Err(refusal) => Err(visitor.broken(&refusal)),
    }
}

/// Ends the visitor's session.
pub(super) async fn end(visitor: &Visitor) -> Result<(), Refused> {
    let Some(session) = &visitor.session else { return Ok(()) };
    let ended = visitor.tenant.write(|state| {
        state.end_portal_session(&session.token);
        Ok::<_, Refusal>(())
    });
    said(ended.await)?.map_err(|refusal| visitor.broken(&refusal))
}

/// Saves the profile step, with a résumé if one came along: a new address becomes a Candidate, a known one is brought up to date.
pub(super) async fn save_profile(
    visitor: &Visitor,
    session: &Session,
    draft: &PersonDraft,
    resume: Option<NewFile>,
) -> Result<Result<(), Refusal>, Refused> {
    let now = visitor.now();
    let saved = visitor.tenant.write(|state| {
        // The address may have become known in another window meanwhile; there is one profile per address.
        let known = session.person.or_else(|| state.person_by_email(&session.email).map(|person| person.id));
        let person = match known {
            Some(person) => {
                draft.save(state, person, now)?;
                person
            }
            None => {
                let changes = state.read_screen(ProfileType::People, &draft.values(None))?;
                state.create_person_as(Some(Role::Candidate), changes, now)?
            }
        };
        if let Some(file) = resume {
            upload::put_resume(state, person, file, now)?;
        }
        state.keep_portal_session(&session.token, person, now);
        Ok(())
    });
    said(saved.await)
}

/// Opens the application at its last question; the step it is at then.
pub(super) async fn apply(
    visitor: &Visitor,
    person: PersonId,
    job: JobId,
    answers: &Given,
) -> Result<Result<ApplicationStep, Refusal>, Refused> {
    let now = visitor.now();
    let (source, source_name) = (answers.text("source").to_owned(), answers.text("sourcename").to_owned());
    let opened = visitor.tenant.write(|state| {
        let id = state.open_portal_application(Application { person, job, source, source_name }, now)?;
        if let Some(session) = &visitor.session {
            state.keep_portal_session(&session.token, person, now);
        }
        Ok(state.workflow(id).and_then(|workflow| workflow.application).unwrap_or(ApplicationStep::Complete))
    });
    said(opened.await)
}

/// The candidate is back, or nothing is asked of them any more: the application is complete.
pub(super) async fn complete(visitor: &Visitor, workflow: WorkflowId) -> Result<(), Refused> {
    let completed = visitor.tenant.write(|state| state.returned_from_vendor(workflow)).await;
    said(completed)?.map_err(|refusal| visitor.broken(&refusal))
}

/// Whether applications to this job end with an assessment now.
pub(super) fn asks_for_assessment(visitor: &Visitor, job: JobId) -> bool {
    visitor.tenant.read(|state| state.ends_with_assessment(job))
}
