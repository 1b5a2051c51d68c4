//! The Vacancy Overview, and creating a vacancy (`harver-platform.md` 7).

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Bytes;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};

use super::fields::{Faults, Texts};
use super::vacancy::{Badge, go, status};
use super::visitor::{Desk, Refused, Shell, said};
use crate::harver_platform::model::{
    CommunicationSet, EndPage, NewVacancy, Vacancy, VacancyId, VacancyStatus, call_centre_advisor,
};
use crate::harver_platform::state::AccountState;
use crate::ui::{Choosable, Field, Given, Page};

/// How many vacancies the list shows.
const SHOWN: usize = 100;

/// The list.
#[derive(Template, Debug)]
#[template(path = "harver_platform/vacancies.html")]
struct Overview {
    shell: Shell,
    q: String,
    statuses: Vec<Choosable>,
    has_any: bool,
    rows: Vec<Row>,
    more: bool,
}

/// One vacancy.
#[derive(Debug)]
struct Row {
    id: VacancyId,
    title: String,
    status: Badge,
    candidates: usize,
    created: String,
}

/// `GET /app/vacancies?q=…&status=open`
pub(super) async fn show(desk: Desk, uri: Uri) -> Response {
    let asked = Given::parse(uri.query().unwrap_or_default().as_bytes());
    let (q, chosen) = (asked.text("q").to_owned(), asked.text("status").to_owned());
    let mut statuses = vec![Choosable::new("", "Every status", &chosen)];
    statuses.extend(VacancyStatus::ALL.map(|status| Choosable::new(status.as_str(), Badge::of(status).name, &chosen)));
    let (mut rows, has_any) = desk.account.read(|state| (rows(state, &q, &chosen), state.vacancies().next().is_some()));
    let more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    Page::ok(Overview { shell: desk.shell, q, statuses, has_any, rows, more }).into_response()
}

/// The vacancies whose internal title or id has what is looked for, by title.
fn rows(state: &AccountState, q: &str, status: &str) -> Vec<Row> {
    let mut candidates = BTreeMap::<&VacancyId, usize>::new();
    for application in state.applications() {
        *candidates.entry(&application.vacancy).or_default() += 1;
    }
    let wanted = q.to_lowercase();
    let is_found = |vacancy: &&Vacancy| {
        let named = vacancy.settings.internal_title.to_lowercase().contains(&wanted) || vacancy.id.as_str().contains(&wanted);
        named && (status.is_empty() || vacancy.status.as_str() == status)
    };
    let row = |vacancy: &Vacancy| Row {
        id: vacancy.id.clone(),
        title: vacancy.settings.internal_title.clone(),
        status: Badge::of(vacancy.status),
        candidates: candidates.get(&vacancy.id).copied().unwrap_or_default(),
        created: vacancy.created_at.strftime("%Y-%m-%d").to_string(),
    };
    let mut rows: Vec<Row> = state.vacancies().filter(is_found).map(row).collect();
    rows.sort_by_cached_key(|row| row.title.to_lowercase());
    rows
}

/// The form for a new vacancy.
#[derive(Template, Debug)]
#[template(path = "harver_platform/vacancy_new.html")]
struct NewPage {
    shell: Shell,
    refusal: String,
    fields: Vec<Field>,
}

/// What a new vacancy begins with: the flow and the matching profile of the standard job, and nothing else of it.
fn standard() -> NewVacancy {
    let empty = String::new;
    let texts = (empty(), empty(), empty(), empty());
    let (internal_title, public_title, description, location) = texts;
    let (end_page, communication) = (EndPage::default(), CommunicationSet::default());
    NewVacancy { internal_title, public_title, description, location, end_page, communication, ..call_centre_advisor() }
}

/// `GET /app/vacancies/new`
pub(super) async fn blank(desk: Desk) -> Response {
    let fields = Texts::of(&standard()).fields(&Faults::default());
    Page::ok(NewPage { shell: desk.shell, refusal: String::new(), fields }).into_response()
}

/// `POST /app/vacancies/new`: creates a draft.
pub(super) async fn create(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let mut faults = Faults::default();
    let texts = Texts::read(&Given::parse(&body), &mut faults);
    let fields = texts.fields(&faults);
    let refusal = if faults.any() {
        String::new()
    } else {
        let mut new = standard();
        texts.apply(&mut new);
        match said(desk.account.write(|state| state.create_vacancy(None, new, desk.now)).await)? {
            Ok(id) => return Ok(go(&id, "", "created")),
            Err(refusal) => refusal,
        }
    };
    Ok(Page(status(true), NewPage { shell: desk.shell, refusal, fields }).into_response())
}
