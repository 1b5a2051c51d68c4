//! The Harver Admin's pages: how a customer's integration stands, the credentials, the orders, what was given up.
//!
//! Server-rendered, without scripts: every page is a struct with a template in `pages/`, every action a form. Each page is limited to
//! the customer of whoever is signed in; what belongs to another customer is answered like what does not exist.
//!
//! 1. `sign_in` opens a session, `session` recognises it and guards each form with its token, `origin` turns away other sites.
//! 2. `overview`, `credentials`, `orders` and `dead_letters` are the sections of the menu (harver-platform.md 11).
//! 3. `page` is what all of them share: the shell, the security headers, errors as pages with a way back.
//!
//! Sessions are rows in the store, so any replica recognises them. Failed sign-ins are counted in memory, see [`SignIns`].

mod admin;
mod ats_form;
mod connection;
mod credentials;
mod dead_letters;
mod form;
mod orders;
mod origin;
mod overview;
mod page;
mod password;
mod session;
mod sign_in;
mod sign_ins;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware;
use axum::response::Redirect;
use axum::routing::{any, get, post};
use url::Url;

pub use admin::{CreateAdminError, create_admin, new_admin, new_public_admin};
pub use password::hash_password;
pub use sign_ins::SignIns;

use crate::checks::Checker;
use crate::clock::Clock;
use crate::settings::{By, Way};
use crate::store::Store;
use crate::store::admins::Session;

/// The address of the first page.
pub const HOME: &str = "/console";

const STYLESHEET: &str = include_str!("console.css");

/// No form here is longer than a few hundred bytes.
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
    /// The address under which others reach the integration, without a path. When it is `https`, cookies are `Secure`.
    pub public_url: Url,
    /// The path of the endpoint that iCIMS sends its events to.
    pub start_path: &'static str,
    /// Whom the pages name for help.
    pub support_contact: String,
    /// The count of failed sign-ins.
    pub sign_ins: SignIns,
}

impl Console {
    /// Whoever is signed in, as the history of settings names them.
    fn by(&self, session: &Session) -> By {
        By { who: session.email.clone(), way: Way::Console, now: self.clock.now() }
    }
}

/// Everything below `/console`.
pub fn routes(console: Console) -> Router {
    Router::new()
        .route(HOME, get(overview::overview))
        .route("/console/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/console/sign-out", post(sign_in::sign_out))
        .route("/console/credentials", get(credentials::first_tab))
        .route("/console/credentials/harver-to-ats", get(credentials::harver_to_ats))
        .route("/console/credentials/harver-to-ats/test", post(credentials::test))
        .route("/console/credentials/harver-to-ats/edit", get(credentials::edit).post(credentials::save))
        .route("/console/credentials/ats-to-harver", get(credentials::ats_to_harver))
        .route("/console/orders", get(orders::list))
        .route("/console/orders/{number}", get(orders::one))
        .route("/console/dead-letters", get(dead_letters::list))
        .route("/console/dead-letters/{number}/replay", post(dead_letters::replay))
        .route("/console/static/console.css", get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLESHEET) }))
        .route("/console/", get(|| async { Redirect::permanent(HOME) }))
        .route("/console/{*rest}", any(page::not_found))
        .method_not_allowed_fallback(page::wrong_method)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(console.public_url.clone(), origin::refuse_other_sites))
        .layer(middleware::map_response(page::with_security_headers))
        .with_state(console)
}
