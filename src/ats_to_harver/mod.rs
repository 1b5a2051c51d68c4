//! Direction 1: an iCIMS event becomes an assessment in Harver.
//!
//! 1. `authenticate` tells whose iCIMS calls, by what `tokens` gives out among other things; `receive` reads the event and picks the pattern's path.
//! 2. What is there is looked for first. For a new order `gather` asks iCIMS who the candidate is and what the job orders, and refuses
//!    what cannot be ordered, naming what to fix; `new_order` records it.
//! 3. Ad hoc, the recruiter waits for a yes or no: `ad_hoc` records the order with its first job in one transaction and answers.
//! 4. Inline, the candidate waits for a link: `inline` has the application created, records the order with its link and hands it over.
//!    Whatever is refused is kept by `refused_event` for the console.
//! 5. With multi-phase, `selection` hands a page over on which the recruiter chooses the packages; each becomes such an order.
//! 6. `start_assessment` (job) creates the application and keeps its link; `send_invitation` (job) mails the link.
//!    `mailing` sees to it that a candidate gets a mail at most once more than needed, whatever is killed or breaks.
//! 7. `remind` (job) reminds who has not finished, and `close_invitation` (job) ends what nobody followed; `invited` schedules both.
//!    Before another mail `look_again` asks iCIMS whether the candidate is still up for the job, and under which address.
//! 8. `reapply` asks the platform whether somebody who has completed an assessment may take it once more.
//!
//! Inbound handlers otherwise never call a neighbour, except where a report is opened (`harver_to_ats`). The start endpoint does, because
//! the documented answers need it: inline must hand over the platform's link, and an ad hoc refusal must name the missing field. So does
//! the page of packages, which shows what both neighbours know at that moment. All have a hard deadline.
//!
//! The other direction is `harver_to_ats`; the two meet in `domain::Job` only.

mod ad_hoc;
mod answered;
mod authenticate;
mod close_invitation;
mod deadline;
mod gather;
mod inline;
mod invited;
mod look_again;
mod mailing;
mod new_order;
mod reapply;
mod receive;
mod refusal;
mod refused_event;
mod remind;
mod selection;
mod send_invitation;
mod standing;
mod start_assessment;
mod tokens;

use std::time::Duration;

use url::Url;

pub use answered::Answered;
pub use close_invitation::close_invitation;
pub(crate) use receive::described;
pub use receive::{START_PATH, misdirected, routes, too_often};
pub use remind::remind;
pub use send_invitation::send_invitation;
pub use start_assessment::start_assessment;
pub use tokens::TOKEN_PATH;

use crate::clock::Clock;
use crate::domain::{Instance, LinkLife};
use crate::harver_platform::HarverClient;
use crate::icims::IcimsClient;
use crate::invitation::Mailer;
use crate::store::Store;
use crate::web::Rates;

/// What this direction works with. Clones share everything.
#[derive(Clone)]
pub struct AtsToHarver {
    /// The integration's memory.
    pub store: Store,
    /// The present.
    pub clock: Clock,
    /// iCIMS.
    pub icims: IcimsClient,
    /// The Harver platform.
    pub harver: HarverClient,
    /// Outgoing mail.
    pub mailer: Mailer,
    /// How often a customer's iCIMS may call.
    pub rates: Rates,
    /// Real time within which an event is answered, whatever the neighbours do (assessment-flow.md 1.3).
    pub deadline: Duration,
    /// How long a link works: 24 hours, or 1 hour, depending on which Harver document one reads (harver-platform.md 4).
    pub link_life: LinkLife,
    /// The address under which others reach the integration, without a path: the page on which packages are chosen begins with it.
    pub public_url: Url,
    /// Whom to ask when something does not work; every refusal names it (promise G40).
    pub support_contact: String,
    /// Which of Harver's instances this is. Accounts of the other one are told to call that.
    pub instance: Instance,
    /// The address of the start endpoint of the other one, if it is known.
    pub other_instance_url: Option<Url>,
}
