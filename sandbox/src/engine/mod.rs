//! Shared machinery below the actors: time, chance, rows and their write-through, the journal, faults on purpose, the outbound sender.
//!
//! Nothing here knows a vendor, a page or a rule. Actors call down into it; it never calls up.

mod chance;
mod clients;
mod clock;
mod current;
mod directory;
mod disk;
mod disturb;
mod exchange;
pub mod faults;
mod gate;
mod indexed;
mod journal;
mod kept;
mod observe;
mod peer;
mod sender;
mod shares;
mod surroundings;
mod table;
mod tenant;

pub use chance::Chance;
pub use clients::Clients;
pub use clock::{Clock, ClockSetting};
pub use current::{Current, Pins};
pub use directory::Directory;
pub use disk::{Change, Disk, DiskError, Receipt, Step, StoredRow};
pub use exchange::{Actor, Exchange, ExchangeId, Original, Outcome};
pub use gate::{Closed, Gate, Pass};
pub use indexed::{Edited, Indexed, Lookups};
pub use journal::{Journal, JournalFilter};
pub use kept::{Body, Headers, Passed, Passing};
pub use observe::{EXCHANGE, Injected, Observer, REPLAY_OF, Subject, TellSubject, observe};
pub use peer::{Connection, Listening, Peer};
pub use sender::{Answer, Delivery, SendError, Sender};
pub use shares::Shares;
pub use surroundings::Surroundings;
pub use table::{Rows, Single, Table};
pub use tenant::{Persist, Tenant};
