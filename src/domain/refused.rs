//! Events that were not acted on, as they are kept for people.

use jiff::Timestamp;

use super::customer::Pattern;
use super::ids::{JobId, PersonId, WorkflowId};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// Why an event was not acted on, coarsely: what people choose from when they look for one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum RefusalKind {
            $($(#[$doc])* $variant,)+
        }

        impl RefusalKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name under which it is stored.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

kinds! {
    /// It cannot be read, or belongs to another customer.
    Unreadable = "unreadable",
    /// It came to the wrong instance.
    WrongInstance = "wrong_instance",
    /// It came from an address that is not let in.
    Source = "source",
    /// The integration, or its pattern, is off.
    SwitchedOff = "switched_off",
    /// Something about the candidate is missing or cannot be used.
    Candidate = "candidate",
    /// The address of the candidate is that of another person.
    SameAddress = "same_address",
    /// The job is closed.
    JobClosed = "job_closed",
    /// The job names no package that can be used, or too many.
    Package = "package",
    /// The vacancy takes no candidates.
    Vacancy = "vacancy",
    /// There is an order already.
    AlreadyThere = "already_there",
    /// iCIMS did not help.
    Icims = "icims",
    /// The Harver platform did not help.
    Harver = "harver",
    /// It took too long, or could not be recorded.
    Busy = "busy",
    /// It asks for nothing: of another type, or for a status that is no trigger.
    Ignored = "ignored",
}

impl std::str::FromStr for RefusalKind {
    type Err = UnknownKind;
    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// Why a stored kind cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no kind of refusal")]
pub struct UnknownKind(String);

/// One event that was not acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedEvent {
    /// Why, coarsely.
    pub kind: RefusalKind,
    /// What the answer was.
    pub http_status: u16,
    /// Which pattern it belongs to, as far as it could be told.
    pub pattern: Option<Pattern>,
    /// The workflow, as far as it could be told.
    pub workflow: Option<WorkflowId>,
    /// The candidate, likewise.
    pub person: Option<PersonId>,
    /// The job, likewise.
    pub job: Option<JobId>,
    /// Why, in the words that iCIMS was given to show.
    pub reason: String,
    /// The same for whoever looks for the cause.
    pub detail: String,
    /// What came, without what may be secret.
    pub payload: String,
    /// When it came.
    pub at: Timestamp,
}
