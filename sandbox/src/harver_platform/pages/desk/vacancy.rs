//! What all tabs of a vacancy share: its head with the package label, opening and closing, and the plain form.

use askama::Template;
use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};

use super::visitor::{Desk, Refused, Shell, said};
use crate::harver_platform::model::{Vacancy, VacancyId, VacancyStatus};
use crate::ui::{Choice, Field, Flag, Given, Page};

/// The tabs of a vacancy: what follows its address, and what they are called.
const TABS: [(&str, &str); 7] = [
    ("", "Basics"),
    ("/matching-profile", "Matching profile"),
    ("/flow", "Flow"),
    ("/end-page", "End Page"),
    ("/communication", "Communication"),
    ("/reapply", "Reapply"),
    ("/candidates", "Candidates"),
];

/// The head of every tab.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) shell: Shell,
    pub(super) id: VacancyId,
    pub(super) title: String,
    pub(super) package_label: String,
    pub(super) status: Badge,
    pub(super) tab: &'static str,
    pub(super) notice: &'static str,
    pub(super) refusal: String,
}

/// A status in words and colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Badge {
    pub(super) name: &'static str,
    pub(super) tone: &'static str,
}

impl Badge {
    pub(super) fn of(status: VacancyStatus) -> Self {
        let (name, tone) = match status {
            VacancyStatus::Draft => ("Draft", "warn"),
            VacancyStatus::Open => ("Open", "good"),
            VacancyStatus::Closed => ("Closed", ""),
        };
        Self { name, tone }
    }
}

impl Head {
    pub(super) fn of(desk: &Desk, vacancy: &Vacancy, tab: &'static str) -> Self {
        Self {
            shell: desk.shell.clone(),
            id: vacancy.id.clone(),
            title: vacancy.settings.internal_title.clone(),
            package_label: vacancy.package_label(),
            status: Badge::of(vacancy.status),
            tab,
            notice: "",
            refusal: String::new(),
        }
    }

    /// Says what has just been done, if the address says so.
    pub(super) fn after(self, uri: &Uri) -> Self {
        let asked = Given::parse(uri.query().unwrap_or_default().as_bytes());
        let notice = match asked.text("done") {
            "saved" => "The changes have been saved.",
            "created" => "The vacancy has been created as a draft. Open it to take candidates.",
            "open" => "The vacancy is open: it takes candidates.",
            "closed" => "The vacancy is closed: it takes no more candidates. Those who are in may finish.",
            _ => "",
        };
        Self { notice, ..self }
    }

    /// Says why nothing was changed.
    pub(super) fn refusing(self, refusal: impl Into<String>) -> Self {
        Self { refusal: refusal.into(), ..self }
    }

    /// What can be done about the status: value and label.
    pub(super) fn moves(&self) -> &'static [(&'static str, &'static str)] {
        match self.status.name {
            "Open" => &[("closed", "Close")],
            "Draft" => &[("open", "Open"), ("closed", "Close")],
            _ => &[("open", "Open again")],
        }
    }

    /// The tabs: address, label, whether it is this one.
    pub(super) fn tabs(&self) -> [(&'static str, &'static str, bool); 7] {
        TABS.map(|(path, label)| (path, label, path == self.tab))
    }
}

/// A tab that is one form.
#[derive(Template, Debug)]
#[template(path = "harver_platform/vacancy_form.html")]
pub(super) struct FormTab {
    pub(super) head: Head,
    pub(super) heading: &'static str,
    pub(super) intro: &'static str,
    pub(super) fields: Vec<Field>,
    pub(super) choices: Vec<Choice>,
    pub(super) flags: Vec<Flag>,
}

impl FormTab {
    /// The page: as it is, or with what was wrong.
    pub(super) fn answer(self, is_wrong: bool) -> Response {
        Page(status(is_wrong), self).into_response()
    }
}

/// How a form is answered.
pub(super) fn status(is_wrong: bool) -> StatusCode {
    if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// Sends the browser to a tab after a change.
pub(super) fn go(id: &VacancyId, tab: &str, done: &str) -> Response {
    Redirect::to(&format!("/app/vacancies/{id}{tab}?done={done}")).into_response()
}

/// `POST /app/vacancies/{vacancy}/status`: opens or closes it.
pub(super) async fn set_status(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let id: VacancyId = desk.id("vacancy")?;
    let form = Given::parse(&body);
    let wanted = form.text("status").parse::<VacancyStatus>();
    let refusal = match wanted {
        Ok(status) => match said(desk.account.write(|state| state.set_vacancy_status(&id, status)).await)? {
            Ok(()) => return Ok(go(&id, "", status.as_str())),
            Err(refusal) => refusal,
        },
        Err(_) => "Choose open or closed.".to_owned(),
    };
    super::settings::basics_page(&desk, &id, |head| head.refusing(refusal))
}
