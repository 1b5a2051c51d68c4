//! Showing the page, and taking the choice.

use std::collections::BTreeSet;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::PATH;
use super::offer::{Offer, Package, offer};
use super::page::{self, Choosing, Problem, Sent};
use crate::ats_to_harver::refusal::Refusal;
use crate::ats_to_harver::{AtsToHarver, ad_hoc};
use crate::domain::{Customer, Pattern, Selection, SelectionEnd, SelectionState, VacancyId, with_causes};
use crate::icims::in_plain_words;
use crate::store::orders::{self, NewOrder};
use crate::store::{self, StoreError, Tx, selections};
use crate::web::{Notice, kept_nowhere};

/// Why there is no page to show.
enum NoPage {
    /// The address was never given out, or what it stands for is gone.
    Unknown,
    /// The choice has ended otherwise than by being sent.
    Over(SelectionEnd),
    /// It cannot be made at the moment.
    Refused(Refusal),
}

impl<E: Into<Refusal>> From<E> for NoPage {
    fn from(refusal: E) -> Self {
        Self::Refused(refusal.into())
    }
}

/// What was sent off with the form.
struct Chosen {
    packages: BTreeSet<VacancyId>,
    cancelled: bool,
}

impl Chosen {
    /// Reads what browsers send. What is no vacancy was not offered.
    fn read(body: &[u8]) -> Self {
        let fields: Vec<_> = url::form_urlencoded::parse(body).into_owned().collect();
        let packages = fields.iter().filter(|(name, _)| name == "package").filter_map(|(_, id)| id.parse().ok());
        Self { packages: packages.collect(), cancelled: fields.iter().any(|(name, _)| name == "cancel") }
    }
}

/// `GET /packages/{token}`
pub(super) async fn show(State(work): State<AtsToHarver>, token: Result<Path<String>, PathRejection>) -> Response {
    let shown = async {
        let (selection, customer) = behind(&work, token).await?;
        match selection.state(work.clock.now()) {
            SelectionState::Ended(SelectionEnd::Sent) if work.clock.now() < selection.expires_at => sent(&work, &selection).await,
            SelectionState::Ended(end) => Err(NoPage::Over(end)),
            SelectionState::AwaitingPackages => {
                let offer = offer(&work, &customer, &selection).await?;
                Ok(Choosing::of(&selection, &offer, None).into_response())
            }
        }
    };
    answered(&work, shown.await)
}

/// `POST /packages/{token}`
pub(super) async fn choose(
    State(work): State<AtsToHarver>,
    token: Result<Path<String>, PathRejection>,
    form: Result<RawForm, axum::extract::rejection::RawFormRejection>,
) -> Response {
    let body = form.map(|RawForm(body)| body).unwrap_or_default();
    let chosen = async {
        let (selection, customer) = behind(&work, token).await?;
        match selection.state(work.clock.now()) {
            SelectionState::Ended(SelectionEnd::Sent) => show_again(&work, &selection).await,
            SelectionState::Ended(end) => Err(NoPage::Over(end)),
            SelectionState::AwaitingPackages => take(&work, &customer, &selection, &Chosen::read(&body)).await,
        }
    };
    answered(&work, chosen.await)
}

async fn take(work: &AtsToHarver, customer: &Customer, selection: &Selection, chosen: &Chosen) -> Result<Response, NoPage> {
    let now = work.clock.now();
    let id = selection.id;
    if chosen.cancelled {
        work.store.write(move |tx| selections::end(tx, id, SelectionEnd::Cancelled, now)).await?;
        return show_again(work, selection).await;
    }
    let offer = offer(work, customer, selection).await?;
    let wanted = match wanted(&offer, chosen) {
        Ok(wanted) => wanted,
        Err(problem) => return ask_again(work, selection, &offer, problem).await,
    };
    let again = offer.again.clone();
    let new_orders: Vec<NewOrder> = wanted.iter().map(|package| new_order(selection, &offer, package)).collect();
    let sent = work.store.write(move |tx| -> Result<bool, Refusal> {
        // Whoever has sent it off or cancelled it meanwhile was first.
        if !selections::end(tx, id, SelectionEnd::Sent, now)? {
            return Ok(false);
        }
        new_orders.iter().try_for_each(|new| ad_hoc::record(tx, new, &again, now)).map(|()| true)
    });
    match sent.await {
        Ok(_) => show_again(work, selection).await,
        Err(Refusal::AlreadyInvited | Refusal::NotMailedYet(_) | Refusal::AlreadyCompleted) => {
            ask_again(work, selection, &offer, Problem::ChosenElsewhere).await
        }
        Err(refusal) => Err(NoPage::Refused(refusal)),
    }
}

/// Shows the packages with what is wrong, unless the same form was sent twice and the other one was taken meanwhile.
async fn ask_again(work: &AtsToHarver, selection: &Selection, offer: &Offer, problem: Problem) -> Result<Response, NoPage> {
    let id = selection.id;
    if work.store.read(move |tx| selections::is_open(tx, id)).await? {
        return Ok(Choosing::of(selection, offer, Some(problem)).into_response());
    }
    show_again(work, selection).await
}

/// Leads to the page once more: what it shows then can be reloaded without sending anything again.
async fn show_again(work: &AtsToHarver, selection: &Selection) -> Result<Response, NoPage> {
    let selection = selection.clone();
    let token = work.store.read(move |tx| Ok::<_, StoreError>(selections::token(tx, &selection))).await?;
    Ok(Redirect::to(&PATH.replace("{token}", &token)).into_response())
}

/// The packages that were chosen, if each of them can be.
fn wanted<'a>(offer: &'a Offer, chosen: &Chosen) -> Result<Vec<&'a Package>, Problem> {
    if chosen.packages.is_empty() {
        return Err(Problem::NothingChosen);
    }
    let can_be_chosen = |id: &VacancyId| {
        let mut packages = offer.packages.iter();
        packages.find(|package| package.label.vacancy() == id && package.obstacle.is_none()).ok_or(Problem::ChosenElsewhere)
    };
    chosen.packages.iter().map(can_be_chosen).collect()
}

fn new_order(selection: &Selection, offer: &Offer, package: &Package) -> NewOrder {
    NewOrder {
        customer: selection.customer,
        workflow: selection.workflow,
        person: selection.person,
        job: selection.job,
        job_title: offer.job_title.clone().unwrap_or_else(|| package.label.name().to_owned()),
        package: package.label.clone(),
        candidate: offer.candidate.clone(),
        pattern: Pattern::AdHoc,
        return_url: None,
    }
}

/// What the candidate is invited to for the workflow, as it stands now.
async fn sent(work: &AtsToHarver, selection: &Selection) -> Result<Response, NoPage> {
    let (customer, workflow) = (selection.customer, selection.workflow);
    let orders = work.store.read(move |tx| orders::of_workflow(tx, customer, workflow)).await?;
    Ok(Sent::of(&orders).into_response())
}

async fn behind(work: &AtsToHarver, token: Result<Path<String>, PathRejection>) -> Result<(Selection, Customer), NoPage> {
    let Path(token) = token.map_err(|_| NoPage::Unknown)?;
    let look = move |tx: &Tx<'_>| -> Result<_, StoreError> {
        let Some(selection) = selections::behind(tx, &token)? else { return Ok(None) };
        Ok(store::customer(tx, selection.customer)?.map(|customer| (selection, customer)))
    };
    let (selection, customer) = work.store.read(look).await?.ok_or(NoPage::Unknown)?;
    let is_over = selection.state(work.clock.now()) != SelectionState::AwaitingPackages;
    // What was sent can be looked at until the page runs out; what is still to be sent needs an integration that takes it.
    if is_over || (customer.enabled && customer.patterns.contains(&Pattern::AdHoc)) {
        return Ok((selection, customer));
    }
    Err(NoPage::Refused(if customer.enabled { Refusal::PatternOff(Pattern::AdHoc) } else { Refusal::SwitchedOff }))
}

fn answered(work: &AtsToHarver, answer: Result<Response, NoPage>) -> Response {
    kept_nowhere(answer.unwrap_or_else(|no_page| notice(work, &no_page).into_response()))
}

fn notice(work: &AtsToHarver, no_page: &NoPage) -> Notice {
    let support = &work.support_contact;
    let (status, title, message) = match no_page {
        NoPage::Unknown => (StatusCode::NOT_FOUND, "There is nothing to choose here", page::unknown(support)),
        NoPage::Over(end) => (StatusCode::GONE, page::title_of(*end), page::over(*end)),
        NoPage::Refused(refusal) => {
            tracing::warn!(reason = with_causes(refusal), "A choice of packages could not be made.");
            let message = refusal.vendor_error(Some(Pattern::AdHoc), support).user_message;
            (refusal.status(), "Packages cannot be chosen at the moment", in_plain_words(&message))
        }
    };
    Notice { status, title: title.into(), message }
}
