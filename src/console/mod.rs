//! The pages of Harver Admins and Recruiters: how a customer's integration stands and is set up, the orders, what was given up.
//!
//! Server-rendered, without scripts: every page is a struct with a template in `pages/`, every action a form. Each page is limited to
//! the customer of whoever is signed in; what belongs to another customer is answered like what does not exist.
//!
//! 1. `sign_in` opens a session, `session` recognises it and guards each form with its token, `origin` turns away other sites, and
//!    `access` lets only Harver Admins configure. `kept` carries a form over a session that has ended.
//! 2. `integration` and `adding` begin an integration; `general`, `credentials`, `inbound`, `progress` and `results` are its sections in
//!    the guide's order (harver-platform.md 11); `enabling` runs the checks. Their forms go through `settings_form`.
//! 3. `overview`, `orders`, `refused`, `dead_letters` and `history` tell what has happened; `order_actions` cancels an order or sends it again,
//!    `parked` has a neighbour tried again that refuses everything.
//! 4. `page` is what all of them share: the shell, the security headers, errors as pages with a way back. `form` reads what is typed or
//!    asked for into a struct of each handler.
//!
//! Sessions are rows in the store, so any replica recognises them. So are failed sign-ins, see [`SignIns`].

mod access;
mod adding;
mod admin;
mod ats_form;
mod connection;
mod credentials;
mod dead_letters;
mod elsewhere;
mod enabling;
mod form;
#[cfg(test)]
mod form_names;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod general;
mod history;
mod inbound;
mod integration;
mod invitation;
mod kept;
mod order_actions;
mod orders;
mod origin;
mod overview;
mod page;
mod parked;
mod password;
mod progress;
mod refused;
mod results;
mod session;
mod settings_form;
mod sign_in;
mod sign_ins;
mod tokens;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware;
use axum::response::Redirect;
use axum::routing::{any, get, post};
use url::Url;

pub use admin::{CreateAdminError, create_admin, new_admin, new_public_admin};
pub use elsewhere::{is_browser, no_page};
pub use sign_ins::SignIns;

use crate::checks::Checker;
use crate::clock::Clock;
use crate::domain::{Customer, Instance};
use crate::settings::{By, Rules, Way};
use crate::store::Store;
use crate::web::Rates;
use access::Configures;
use settings_form::{save, show};

/// The address of the first page.
pub const HOME: &str = "/console";

const STYLESHEET: &str = include_str!("console.css");
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const PREVIEW_SCRIPT: &str = include_str!("preview.js");
const COPY_SCRIPT: &str = include_str!("copy.js");

/// No form here is longer than a few hundred bytes. The sign-in takes twice as much, because it carries a form that came too late.
const LARGEST_FORM: usize = 64 * 1024;

/// What the console works with. Clones share everything.
#[derive(Clone)]
pub struct Console {
    /// The integration's memory.
    pub store: Store,
    /// The present: sessions run out on it.
    pub clock: Clock,
    /// What is tried before credentials are saved, and before the integration is enabled.
    pub checker: Checker,
    /// What settings may be where this integration runs.
    pub rules: Rules,
    /// The address under which others reach the integration, without a path. When it is `https`, cookies are `Secure`.
    pub public_url: Url,
    /// The path of the endpoint that iCIMS sends its events to.
    pub start_path: &'static str,
    /// The path of the endpoint that gives out tokens for events.
    pub token_path: &'static str,
    /// Which of Harver's instances this is.
    pub instance: Instance,
    /// Where the start endpoint of the other one is, if it is known.
    pub other_start_url: Option<Url>,
    /// Whom the pages name for help.
    pub support_contact: String,
    /// How often its pages may be asked for.
    pub rates: Rates,
    /// The count of failed sign-ins.
    pub sign_ins: SignIns,
}

impl Console {
    /// Whoever configures, as the history of settings names them. Nobody else can be the one who changes settings here.
    fn by(&self, who: &Configures) -> By {
        By { who: who.session.email.clone(), way: Way::Console, now: self.clock.now() }
    }

    /// The endpoint that the customer's iCIMS sends its events to; `None` when it is on the other instance and nobody said where.
    fn start_url(&self, customer: &Customer) -> Option<String> {
        if customer.instance == self.instance {
            return Some(format!("{}{}", words::address(&self.public_url), self.start_path));
        }
        self.other_start_url.as_ref().map(words::address)
    }
}

/// Everything below `/console`.
pub fn routes(console: Console) -> Router {
    Router::new()
        .route(HOME, get(overview::overview))
        .route("/console/sign-in", get(sign_in::form).post(sign_in::sign_in).layer(DefaultBodyLimit::max(2 * LARGEST_FORM)))
        .route("/console/sign-out", post(sign_in::sign_out))
        .merge(set_up())
        .route("/console/orders", get(orders::list))
        .route("/console/orders/{number}", get(orders::one))
        .route("/console/refused", get(refused::list))
        .route("/console/orders/{number}/cancel", get(order_actions::ask).post(order_actions::cancel))
        .route("/console/orders/{number}/invite-again", post(order_actions::invite_again))
        .route("/console/dead-letters", get(dead_letters::list))
        .route("/console/dead-letters/replay", post(dead_letters::replay_many))
        .route("/console/dead-letters/{number}/replay", post(dead_letters::replay))
        .route("/console/dead-letters/{number}/dismiss", post(dead_letters::dismiss))
        .route("/console/neighbours/{name}/try", post(parked::try_now))
        .route("/console/history", get(history::changes))
        .route("/console/tokens", get(tokens::list).post(tokens::create))
        .route("/console/tokens/revoke", post(tokens::revoke))
        .route("/console/static/console.css", get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLESHEET) }))
        .route("/console/static/preview.js", get(|| async { ([(header::CONTENT_TYPE, JAVASCRIPT)], PREVIEW_SCRIPT) }))
        .route("/console/static/copy.js", get(|| async { ([(header::CONTENT_TYPE, JAVASCRIPT)], COPY_SCRIPT) }))
        .route("/console/", get(|| async { Redirect::permanent(HOME) }))
        .route("/console/{*rest}", any(page::not_found))
        .method_not_allowed_fallback(page::wrong_method)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(console.public_url.clone(), origin::refuse_other_sites))
        .layer(middleware::map_response(page::with_security_headers))
        .with_state(console)
}

/// The integration and its sections, in the order of the guide.
fn set_up() -> Router<Console> {
    Router::new()
        .route("/console/integration", get(integration::menu))
        .route("/console/integration/add", get(integration::choose).post(adding::add))
        .route("/console/general", get(show::<general::General>).post(save::<general::General>))
        .route("/console/general/enable", post(enabling::enable))
        .route("/console/general/disable", post(enabling::disable))
        .route("/console/credentials", get(credentials::first_tab))
        .route("/console/credentials/harver-to-ats", get(credentials::harver_to_ats))
        .route("/console/credentials/harver-to-ats/test", post(credentials::test))
        .route("/console/credentials/harver-to-ats/edit", get(credentials::edit).post(credentials::save))
        .route("/console/credentials/harver-to-ats/withdraw", post(credentials::withdraw))
        .route("/console/credentials/ats-to-harver", get(inbound::show).post(save::<inbound::AtsToHarverTab>))
        .route("/console/credentials/ats-to-harver/rotate", post(inbound::rotate))
        .route("/console/ats-to-harver", get(show::<progress::AtsToHarver>).post(save::<progress::AtsToHarver>))
        .route("/console/harver-to-ats", get(results::first_tab))
        .route("/console/harver-to-ats/assessments", get(show::<results::Assessments>).post(save::<results::Assessments>))
        .route("/console/harver-to-ats/reports", get(show::<results::Reports>).post(save::<results::Reports>))
        .merge(mail())
}

/// The editor of the mail and its preview, which shows a page with styles of its own.
fn mail() -> Router<Console> {
    Router::new()
        .route("/console/invitation", get(show::<invitation::InvitationPage>).post(save::<invitation::InvitationPage>))
        .route("/console/invitation/preview", post(invitation::preview))
        .layer(middleware::map_response(invitation::allow_styles))
}
