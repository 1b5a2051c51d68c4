//! Handing a mail to the mail server, at most once more than needed.
//!
//! A mail is taken when the server has answered its last line, and known to be taken when that is committed. In between lie some
//! milliseconds in which a kill leaves it open; so does a connection that breaks before the answer. It is then handed over once more, as the
//! same message, and after that a person decides.

use super::AtsToHarver;
use crate::delivery::JobError;
use crate::domain::{Neighbour, OrderId, with_causes};
use crate::invitation::{Invitation, MailError};
use crate::store::{StoreError, mails};

/// Hands a mail over. The caller notes that it was taken ([`mails::taken`]) in the transaction that follows at once.
///
/// # Errors
/// When the mail server refuses or cannot be reached, when nobody knows what became of the mail twice already, or the store fails.
pub(super) async fn hand_over(work: &AtsToHarver, order: OrderId, mail: &Invitation, what: &str) -> Result<(), JobError> {
    let id = mail.message_id.as_str();
    let begun = work.mailer.begin(mail).await.map_err(|error| unmailed(&error, what))?;
    let (noted, now) = (id.to_owned(), work.clock.now());
    let may = work.store.write(move |tx| mails::begin(tx, order, &noted, now)).await;
    if !may.map_err(|error: StoreError| JobError::from_store(&error))? {
        return Err(JobError::stop(
            format!(
                "the mail {id} was handed over twice, and it is not known whether the mail server took it: look into the server's log, \
                 and replay this step if the candidate has not got it"
            ),
            format!("{what} may have reached the candidate: it is not known whether the mail server took it."),
        ));
    }
    let Err(error) = begun.finish().await else { return Ok(()) };
    if error.is_an_answer() {
        let noted = id.to_owned();
        let noted = work.store.write(move |tx| mails::turned_down(tx, &noted)).await;
        noted.map_err(|error| JobError::from_store(&error))?;
    }
    Err(unmailed(&error, what))
}

/// What stops a step that mails something.
fn unmailed(error: &MailError, what: &str) -> JobError {
    let for_recruiter = format!("{what} could not be mailed to the candidate.");
    JobError { at: Some(Neighbour::Mail), disposition: error.disposition(), for_operator: with_causes(error), for_recruiter }
}
