//! Shared machinery below the actors: time, chance, rows and their write-through, the journal, faults on purpose, the outbound sender.
//!
//! Nothing here knows a vendor, a page or a rule. Actors call down into it; it never calls up.

mod aside;
mod callers;
mod chance;
mod clients;
mod clock;
mod cursor;
mod customer;
mod disk;
mod disturb;
pub mod faults;
mod indexed;
mod journal;
mod json;
mod names;
mod news;
mod observe;
mod outbox;
mod peer;
mod persist;
mod registry;
mod sender;
mod shares;
mod sockets;
mod surroundings;
mod table;
mod target;
mod tenant;

pub use aside::aside;
pub use callers::{Account, Callers, TESTER_AGENT};
pub use chance::Chance;
pub use clients::{Clients, direct};
pub use clock::{Clock, ClockSetting};
pub use cursor::{Cursor, work};
pub use customer::{Customer, Kept};
pub use disk::{Change, Disk, DiskError, Receipt, Step, StoredRow};
pub use disturb::AsItIs;
pub use indexed::{Edited, Indexed, Lookups};
pub use journal::{
    Actor, Begun, Body, CallUnderWay, Exchange, ExchangeId, Headers, Journal, JournalFilter, Original, Outcome, Passed, Passing,
    Target, UnderWay,
};
pub use json::read_json;
pub use names::Owner;
pub use news::{Board, News};
pub use observe::{EXCHANGE, Injected, Observer, REPLAY_OF, Refuse, Subject, TellAccount, TellSubject, observe};
pub use outbox::{Outbox, Quiet, Refused, Sends, Ticket, Traffic, Turn, UNDER_WAY, UNDER_WAY_PER_CUSTOMER, Wanted, persevere};
pub use peer::{Connection, Listening, Peer};
pub use persist::{Name, Persist, State, restored};
pub use registry::{Extent, HOUSE, Registry, Replacement, Source};
pub use sender::{ANSWER_LIMIT, Answer, Delivery, SendError, Sender};
pub use shares::Shares;
pub use sockets::Sockets;
pub use surroundings::Surroundings;
pub use table::{Rows, Single, Table};
pub use target::{path_as_sent, plainly_addressed};
pub use tenant::Tenant;
