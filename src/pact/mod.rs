//! Contracts held against a provider from outside: what `harver-icims pact` does. Speaks HTTP with whatever it tests and knows nothing
//! of how the integration or the sandbox work inside; nothing above but `cli` uses it.
//!
//! [`Source`] finds pacts, [`verify`] replays them one interaction after the other, [`Verification`] is what came of it. Values are
//! compared by the library of the Pact project; everything that goes over the wire is sent by our own client. So nothing is sent that
//! nobody has asked for, whatever the environment says, and a provider on this machine is never looked for behind a proxy.
//!
//! [`broker`] is where pacts are brought to and fetched from, [`deploying`] what results come to before a deploy, [`record`] how a client
//! gets a pact of its own.

pub mod broker;
pub mod deploying;
pub mod record;
pub mod sendable;

mod asking;
mod changes;
mod contract;
mod difference;
mod near;
mod replay;
mod report;
mod selection;
mod shown;
mod source;
mod states;
mod told;
mod verification;

pub use broker::near_name;
pub use changes::Changes;
pub use difference::Difference;
pub use report::{Report, results};
pub use selection::{Pattern, Selection};
pub use shown::{Answered, Sent};
pub use source::{Contract, Found, NotFound, Source};
pub use states::StateChanger;
pub use verification::{Breach, CannotVerify, Outcome, Seen, Verification, Verified, Wanted, verify};
