//! Why a rule says no. One word per decision; the API and the screens each find their own way to say it.

use crate::engine::DiskError;
use crate::icims::model::{EventId, PersonId, WorkflowId};
use crate::icims::schema::ProfileType;

/// What speaks against a change. Nothing has been changed when a rule answers this.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such profile.
    #[error("{} not found.", .0.title())]
    NotFound(ProfileType),
    /// There is no such entry in this collection.
    #[error("{0}: Entry not found.")]
    EntryNotFound(String),
    /// A field is needed and has no value.
    #[error("{0}: Required field.")]
    Required(String),
    /// A value does not fit its field: wrong type, not in the list, no such profile.
    #[error("{0}: Invalid value.")]
    Invalid(String),
    /// A text is longer than its field.
    #[error("{field}: The value is longer than {max} characters.")]
    TooLong {
        /// The field.
        field: String,
        /// Its limit in characters.
        max: usize,
    },
    /// One person has at most one recruiting workflow for a job.
    #[error("This person already has a recruiting workflow for this job: {existing}.")]
    DuplicateWorkflow {
        /// The one there is.
        existing: WorkflowId,
    },
    /// The customer allows one person for each e-mail address.
    #[error("email: {existing} already has this e-mail address.")]
    SharedEmail {
        /// The person who has it.
        existing: PersonId,
    },
    /// A person whom a login belongs to is not deleted.
    #[error("A login belongs to this person, who cannot be deleted.")]
    HasLogin,
    /// The field is not one for files.
    #[error("{0}: Field is not a file.")]
    NotAFile(String),
    /// No file has been uploaded.
    #[error("{0}: File not found.")]
    NoFile(String),
    /// This file can be replaced and not removed.
    #[error("{0}: This file cannot be deleted.")]
    FileKept(String),
    /// A file is larger than a field takes.
    #[error("{field}: The file is larger than {limit} bytes.")]
    FileTooLarge {
        /// The field.
        field: String,
        /// Its limit in bytes.
        limit: usize,
    },
    /// All files of the customer together would be too much.
    #[error("The files of this customer would be larger than {limit} bytes: delete some first.")]
    NoRoomForFiles {
        /// The limit in bytes.
        limit: u64,
    },
    /// The status has entrance criteria that this workflow does not meet (forced workflow).
    #[error("status: Entrance criteria not met.")]
    EntranceCriteria {
        /// Each unmet criterion as a sentence for the recruiter.
        unmet: Vec<String>,
    },
    /// A plain Person cannot be submitted to a job.
    #[error(
        "{name} is a Contact, not a Candidate, and cannot be submitted to a job. \
         Create the person as a Candidate (Create, Person, Candidate) or give the profile a Candidate folder."
    )]
    NotACandidate {
        /// The person's name.
        name: String,
    },
    /// The job does not take applications.
    #[error("{title} is not open for applications: its folder is not Approved.")]
    JobNotOpen {
        /// The job's title.
        title: String,
    },
    /// The portal and the recruiter screens refuse addresses that mail systems may not understand (assessment-flow 7).
    #[error("{0} cannot be used as an e-mail address: write name@host in plain letters without accents.")]
    EmailAddress(String),
    /// A customer has a limited number of list nodes, as all of them live in memory.
    #[error("list: There is no room for more than {limit} list entries.")]
    TooManyNodes {
        /// How many there may be.
        limit: usize,
    },
    /// A customer has a limited number of profiles of each type, as all of them live in memory.
    #[error("There is no room for more than {limit} {} of one customer: delete some, or open a fresh customer.", .kind.plural())]
    TooManyProfiles {
        /// The type.
        kind: ProfileType,
        /// How many there may be.
        limit: usize,
    },
    /// A customer has a limited number of events that wait for the vendor.
    #[error("{limit} events of this customer wait for the vendor's answer already: let the vendor answer, or switch it off.")]
    TooManyEvents {
        /// How many may wait.
        limit: usize,
    },
    /// The application is not at a step where this makes sense.
    #[error("This application has no assessment to take.")]
    NoAssessment,
    /// There is no such event to the vendor.
    #[error("There is no event {0} to the vendor.")]
    NoSuchEvent(EventId),
    /// The event has not been answered yet.
    #[error("Event {0} still waits for the vendor's answer.")]
    EventUnderWay(EventId),
    /// No event goes to the vendor.
    #[error("The vendor is switched off under Admin, Event Notifications.")]
    VendorSwitchedOff,
    /// The disk did not take the change.
    #[error(transparent)]
    Storage(#[from] DiskError),
}
