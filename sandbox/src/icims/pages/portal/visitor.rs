//! Who looks at the career portal: the customer's careers site, and the candidate if the browser is logged in.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::session::{self, Session};
use crate::engine::Tenant;
use crate::icims::Icims;
use crate::icims::model::{Job, JobId, PersonId};
use crate::icims::pages::desk::{self, Refused};
use crate::icims::pages::read;
use crate::icims::state::{CustomerState, Refusal};

/// What the name of the cookie begins with that holds the portal session.
const COOKIE: &str = "icims_portal";

/// What the header of a portal page shows.
#[derive(Clone, Debug)]
pub(in crate::icims::pages) struct Shell {
    pub(in crate::icims::pages) customer: u64,
    pub(super) name: String,
    /// The candidate who is logged in; empty for a stranger.
    pub(super) candidate: String,
}

/// A job as the portal shows it.
#[derive(Clone, Debug)]
pub(super) struct JobView {
    pub(super) id: JobId,
    pub(super) title: String,
    pub(super) place: String,
    /// The address of the job without the page at its end.
    pub(super) path: String,
}

impl JobView {
    pub(super) fn of(state: &CustomerState, customer: u64, job: &Job) -> Self {
        Self { id: job.id, title: read::title_of(job), place: read::place(state, job), path: read::portal_path(customer, job) }
    }
}

/// A browser on the portal.
pub(in crate::icims::pages) struct Visitor {
    pub(in crate::icims::pages) icims: Icims,
    pub(in crate::icims::pages) tenant: Arc<Tenant<CustomerState>>,
    pub(in crate::icims::pages) shell: Shell,
    pub(super) session: Option<Session>,
    ids: Vec<(String, String)>,
}

impl Visitor {
    /// The present on the virtual clock.
    pub(in crate::icims::pages) fn now(&self) -> Timestamp {
        self.icims.clock().now()
    }

    /// The page for a rule that refuses what the portal itself has made sure of; only a reset in between can cause it.
    pub(super) fn broken(&self, refusal: &Refusal) -> Refused {
        let message = format!("{refusal} Begin again from the open positions.");
        Refused::missing("careers", message, ("View All Open Positions".into(), self.path("")))
    }

    /// An address of this portal.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/careers/{}{rest}", self.shell.customer)
    }

    /// The person who is logged in.
    pub(super) fn person(&self) -> Option<PersonId> {
        self.session.as_ref().and_then(|session| session.person)
    }

    /// The job that the address names, if it is open; otherwise a page that says so.
    pub(super) fn open_job(&self) -> Result<JobView, Refused> {
        let id = self.id("job");
        let customer = self.shell.customer;
        let found = self.tenant.read(|state| {
            let job = id.and_then(|id| state.job(id)).filter(|job| state.is_open(job))?;
            Some(JobView::of(state, customer, job))
        });
        found.ok_or_else(|| self.gone())
    }

    /// The job that the address names, open or not: an application that was begun may be finished after the job has closed.
    pub(super) fn job(&self) -> Result<JobView, Refused> {
        let id = self.id("job");
        let customer = self.shell.customer;
        let found = self.tenant.read(|state| Some(JobView::of(state, customer, state.job(id?)?)));
        found.ok_or_else(|| self.gone())
    }

    /// The page for an address that is none of this portal's.
    pub(super) fn no_such_page(&self) -> Refused {
        let message = format!("{} has no such page. The open positions are on the start page.", self.shell.name);
        Refused::missing("careers", message, ("View All Open Positions".into(), self.path("")))
    }

    fn gone(&self) -> Refused {
        let message = "This position is no longer open, or the link is incomplete. The open positions are on the start page.";
        Refused::missing("careers", message.into(), ("View All Open Positions".into(), self.path("")))
    }

    fn id<T: FromStr>(&self, place: &str) -> Option<T> {
        self.ids.iter().find(|(name, _)| name == place).and_then(|(_, value)| value.parse().ok())
    }

    /// The same visitor, logged in.
    pub(super) fn logged_in(self, session: Session) -> Self {
        let person = |state: &CustomerState| state.person(session.person?).map(read::name_of);
        let candidate = self.tenant.read(person).unwrap_or_default();
        Self { shell: Shell { candidate, ..self.shell }, session: Some(session), ..self }
    }

    /// Sends the browser on with its session in a cookie.
    pub(super) fn go_with(&self, session: &Session, address: &str) -> Response {
        with_cookie(Redirect::to(address).into_response(), &self.cookie(session))
    }

    /// A session as a cookie, out of reach of scripts and of other sites' forms.
    pub(super) fn cookie(&self, session: &Session) -> String {
        let name = self.icims.0.surroundings.cookie(COOKIE);
        format!("{name}={}; Path=/careers/{}; HttpOnly; SameSite=Lax", session.token, self.shell.customer)
    }

    /// Sends the browser on and takes its cookie away.
    pub(super) fn go_without(&self, address: &str) -> Response {
        let name = self.icims.0.surroundings.cookie(COOKIE);
        let cookie = format!("{name}=; Path=/careers/{}; HttpOnly; SameSite=Lax; Max-Age=0", self.shell.customer);
        with_cookie(Redirect::to(address).into_response(), &cookie)
    }
}

impl FromRequestParts<Icims> for Visitor {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, icims: &Icims) -> Result<Self, Refused> {
        let ids = desk::segments(parts, icims).await;
        let (customer, tenant) = desk::customer(icims, &ids, "careers")?;
        let tokens = tokens(parts, &icims.0.surroundings.cookie(COOKIE));
        let now = icims.clock().now();
        let (name, session, candidate) = tenant.read(|state| {
            let session = tokens.iter().find_map(|token| session::valid(state, token, now));
            let person = session.as_ref().and_then(|session| state.person(session.person?));
            (state.info().name.clone(), session, person.map_or_else(String::new, read::name_of))
        });
        Ok(Self { icims: icims.clone(), tenant, shell: Shell { customer, name, candidate }, session, ids })
    }
}

/// The tokens of all cookies with our name; a browser may hold one for each path that the page is below.
fn tokens(parts: &Parts, own: &str) -> Vec<String> {
    let cookies = parts.headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| *name == own).map(|(_, token)| token.to_owned()).collect()
}

pub(super) fn with_cookie(mut response: Response, cookie: &str) -> Response {
    let value = HeaderValue::from_str(cookie).expect("tokens and numbers are visible ASCII");
    response.headers_mut().append(header::SET_COOKIE, value);
    response
}
