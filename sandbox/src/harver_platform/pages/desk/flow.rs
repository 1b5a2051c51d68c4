//! The flow of a vacancy: which modules candidates take, in which order. It can be changed while the vacancy is a draft.

use askama::Template;
use axum::body::Bytes;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};

use super::fields::Faults;
use super::vacancy::{Head, go, status};
use super::visitor::{Desk, Refused, said};
use crate::harver_platform::model::{Module, Vacancy, VacancyId, VacancyStatus, call_centre_advisor};
use crate::ui::{Choosable, Given, Page};

/// The tab.
#[derive(Template, Debug)]
#[template(path = "harver_platform/vacancy_flow.html")]
struct FlowTab {
    head: Head,
    is_draft: bool,
    rows: Vec<ModuleRow>,
}

/// One module, in the flow or not.
#[derive(Debug)]
struct ModuleRow {
    field: String,
    title: String,
    kind: &'static str,
    is_scorable: bool,
    questions: usize,
    places: Vec<Choosable>,
    error: String,
}

/// `GET /app/vacancies/{vacancy}/flow`
pub(super) async fn show(desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let id: VacancyId = desk.id("vacancy")?;
    let page = desk.account.read(|state| {
        let vacancy = state.vacancy(&id)?;
        let place = |key: &str| vacancy.settings.modules.iter().position(|module| module.key == key).map_or(0, |at| at + 1);
        let rows = rows(vacancy, |key| place(key).to_string(), &Faults::default());
        Ok::<_, Refused>(FlowTab { head: Head::of(&desk, vacancy, "/flow").after(&uri), is_draft: is_draft(vacancy), rows })
    });
    Ok(Page::ok(page?).into_response())
}

/// `POST /app/vacancies/{vacancy}/flow`: the place of every module, `0` for none.
pub(super) async fn save(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let (form, id, mut faults) = (Given::parse(&body), desk.id::<VacancyId>("vacancy")?, Faults::default());
    let offered = desk.account.read(|state| state.vacancy(&id).map(offered))?;
    let highest = u16::try_from(offered.len()).unwrap_or(u16::MAX);
    let mut placed: Vec<(u16, Module)> = Vec::new();
    for module in offered {
        let field = field(&module);
        let place = faults.number(&form, &field, 0..=highest);
        if place > 0 && placed.iter().any(|(taken, _)| *taken == place) {
            faults.add(field, "Another part has this place.");
        }
        if place > 0 {
            placed.push((place, module));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    let modules: Vec<Module> = placed.into_iter().map(|(_, module)| module).collect();
    let refusal = if faults.any() {
        String::new()
    } else {
        match said(desk.account.write(|state| state.set_flow(&id, modules)).await)? {
            Ok(()) => return Ok(go(&id, "/flow", "saved")),
            Err(refusal) => refusal,
        }
    };
    let page = desk.account.read(|state| {
        let vacancy = state.vacancy(&id)?;
        let rows = rows(vacancy, |key| form.text(&format!("place-{key}")).to_owned(), &faults);
        let head = Head::of(&desk, vacancy, "/flow").refusing(refusal);
        Ok::<_, Refused>(FlowTab { head, is_draft: is_draft(vacancy), rows })
    });
    Ok(Page(status(true), page?).into_response())
}

fn is_draft(vacancy: &Vacancy) -> bool {
    vacancy.status == VacancyStatus::Draft
}

/// The modules of the flow in their order, then those that a flow can have beside them.
fn offered(vacancy: &Vacancy) -> Vec<Module> {
    let mut modules = vacancy.settings.modules.clone();
    modules.extend(call_centre_advisor().modules.into_iter().filter(|module| vacancy.module(&module.key).is_none()));
    modules
}

fn field(module: &Module) -> String {
    format!("place-{}", module.key)
}

fn rows(vacancy: &Vacancy, chosen: impl Fn(&str) -> String, faults: &Faults) -> Vec<ModuleRow> {
    let modules = offered(vacancy);
    let count = modules.len();
    let row = |module: Module| {
        let (field, chosen) = (field(&module), chosen(&module.key));
        let mut places = vec![Choosable::new("0", "Not in the flow", &chosen)];
        places.extend((1..=count).map(|place| Choosable::new(place.to_string(), place.to_string(), &chosen)));
        ModuleRow {
            kind: module.type_name(),
            is_scorable: module.is_scorable(),
            questions: module.questions().len(),
            error: faults.of(&field),
            title: module.title,
            field,
            places,
        }
    };
    let is_shown = |module: &Module| is_draft(vacancy) || vacancy.module(&module.key).is_some();
    modules.into_iter().filter(is_shown).map(row).collect()
}
