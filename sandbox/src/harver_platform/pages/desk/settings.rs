//! The tabs of a vacancy that are one form each: basics, End Page, communication, reapply.

use axum::body::Bytes;
use axum::http::Uri;
use axum::response::Response;

use super::fields::{Faults, Texts};
use super::vacancy::{FormTab, Head, go};
use super::visitor::{Desk, Refused, said};
use crate::harver_platform::model::{
    AuthenticationStrategy, BUTTON_LIMIT, CommunicationSet, EndPage, NewVacancy, Reapply, Vacancy, VacancyId, WebAddress,
    WebAddressError,
};
use crate::ui::{Choice, Choosable, Field, Flag, Given};

/// How many weeks or months may have to go by before somebody applies again (*assumed*).
const PERIODS: std::ops::RangeInclusive<u16> = 1..=104;

/// Shows the vacancy that the address names.
fn shown(desk: &Desk, page: impl FnOnce(&Vacancy) -> FormTab, is_wrong: bool) -> Result<Response, Refused> {
    let id: VacancyId = desk.id("vacancy")?;
    Ok(desk.account.read(|state| state.vacancy(&id).map(page))?.answer(is_wrong))
}

/// Changes the vacancy that the address names. What the rules refuse is said above the form, which `again` shows with what was typed.
async fn saved(
    desk: &Desk,
    tab: &str,
    change: impl FnOnce(&mut NewVacancy),
    again: impl FnOnce(&Vacancy) -> FormTab,
) -> Result<Response, Refused> {
    let id: VacancyId = desk.id("vacancy")?;
    match said(desk.account.write(|state| state.configure(&id, change)).await)? {
        Ok(()) => Ok(go(&id, tab, "saved")),
        Err(refusal) => {
            let refuse = |page: FormTab| FormTab { head: page.head.refusing(refusal), ..page };
            shown(desk, |vacancy| refuse(again(vacancy)), true)
        }
    }
}

/// `GET /app/vacancies/{vacancy}`
pub(super) async fn basics(desk: Desk, uri: Uri) -> Result<Response, Refused> {
    shown(
        &desk,
        |vacancy| basics_tab(Head::of(&desk, vacancy, "").after(&uri), &Basics::of(&vacancy.settings), &Faults::default()),
        false,
    )
}

/// The first tab, with a head that says why something was not done.
pub(super) fn basics_page(desk: &Desk, id: &VacancyId, head: impl FnOnce(Head) -> Head) -> Result<Response, Refused> {
    let page = desk.account.read(|state| {
        let vacancy = state.vacancy(id)?;
        Ok::<_, Refused>(basics_tab(head(Head::of(desk, vacancy, "")), &Basics::of(&vacancy.settings), &Faults::default()))
    });
    Ok(page?.answer(true))
}

/// `POST /app/vacancies/{vacancy}`
pub(super) async fn save_basics(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let (form, mut faults) = (Given::parse(&body), Faults::default());
    let typed = Basics::read(&form, &mut faults);
    let page = |vacancy: &Vacancy| basics_tab(Head::of(&desk, vacancy, ""), &typed, &faults);
    if faults.any() {
        return shown(&desk, page, true);
    }
    let settings = typed.clone();
    saved(&desk, "", |vacancy| settings.apply(vacancy), page).await
}

/// What the first tab is about.
#[derive(Clone, Debug)]
struct Basics {
    texts: Texts,
    authentication: AuthenticationStrategy,
    interview_guide: bool,
    development_report: bool,
}

impl Basics {
    fn of(settings: &NewVacancy) -> Self {
        Self {
            texts: Texts::of(settings),
            authentication: settings.authentication,
            interview_guide: settings.interview_guide,
            development_report: settings.development_report,
        }
    }

    fn read(form: &Given, faults: &mut Faults) -> Self {
        let authentication = match form.text("authentication") {
            "ats-first" => AuthenticationStrategy::AtsFirst,
            "ats-only" => AuthenticationStrategy::AtsOnly,
            _ => {
                faults.add("authentication", "Choose one of the list.");
                AuthenticationStrategy::AtsFirst
            }
        };
        Self {
            texts: Texts::read(form, faults),
            authentication,
            interview_guide: form.ticked("interview_guide"),
            development_report: form.ticked("development_report"),
        }
    }

    fn apply(self, settings: &mut NewVacancy) {
        self.texts.apply(settings);
        settings.authentication = self.authentication;
        (settings.interview_guide, settings.development_report) = (self.interview_guide, self.development_report);
    }
}

fn basics_tab(head: Head, basics: &Basics, faults: &Faults) -> FormTab {
    let chosen = if basics.authentication == AuthenticationStrategy::AtsOnly { "ats-only" } else { "ats-first" };
    let strategies = vec![Choosable::new("ats-first", "ATS First", chosen), Choosable::new("ats-only", "ATS Only", chosen)];
    FormTab {
        head,
        heading: "Basics",
        intro: "",
        fields: basics.texts.fields(faults),
        choices: vec![Choice {
            name: "authentication",
            label: "Candidate authentication".into(),
            hint: "ATS First: links come from the ATS, and a code by mail when one has expired. ATS Only: links come from the ATS alone, and \
                Harver sends no mail.",
            error: faults.of("authentication"),
            options: strategies,
        }],
        flags: vec![
            Flag {
                name: "interview_guide",
                label: "Interview guide",
                hint: "The report exists for this vacancy.",
                on: basics.interview_guide,
            },
            Flag {
                name: "development_report",
                label: "Development report",
                hint: "The report exists for this vacancy.",
                on: basics.development_report,
            },
        ],
    }
}

/// `GET /app/vacancies/{vacancy}/end-page`
pub(super) async fn end_page(desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let page = |vacancy: &Vacancy| {
        let EndPage { button, return_url } = vacancy.settings.end_page.clone();
        let address = return_url.map(String::from).unwrap_or_default();
        end_tab(Head::of(&desk, vacancy, "/end-page").after(&uri), &button, &address, &Faults::default())
    };
    shown(&desk, page, false)
}

/// `POST /app/vacancies/{vacancy}/end-page`
pub(super) async fn save_end_page(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let (form, mut faults) = (Given::parse(&body), Faults::default());
    let button = faults.line(&form, "button", BUTTON_LIMIT, false);
    let typed = form.text("return_url");
    let address: Option<Result<WebAddress, WebAddressError>> = (!typed.is_empty()).then(|| typed.parse());
    let return_url = match address.transpose() {
        Ok(address) => address,
        Err(error) => {
            faults.add("return_url", error.to_string());
            None
        }
    };
    let page = |vacancy: &Vacancy| end_tab(Head::of(&desk, vacancy, "/end-page"), &button, typed, &faults);
    if faults.any() {
        return shown(&desk, page, true);
    }
    let settings = EndPage { button: button.clone(), return_url };
    saved(&desk, "/end-page", |vacancy| vacancy.end_page = settings, page).await
}

fn end_tab(head: Head, button: &str, address: &str, faults: &Faults) -> FormTab {
    FormTab {
        head,
        heading: "End Page",
        intro: "The last page thanks the candidate and leads back to the application in iCIMS.",
        fields: vec![
            Field::new("text", "return_url", "Candidate return URL").value(address).error(faults.of("return_url")).hint(
                "Candidates go back there. Who comes from an application that names its own address goes to that one instead.",
            ),
            Field::new("text", "button", "Button label")
                .value(button)
                .error(faults.of("button"))
                .hint("Left empty, it says Back to your application, in the candidate's language."),
        ],
        choices: Vec::new(),
        flags: Vec::new(),
    }
}

/// `GET /app/vacancies/{vacancy}/communication`
pub(super) async fn communication(desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let page = |vacancy: &Vacancy| {
        let set = vacancy.settings.communication;
        let flag = |name, label, hint, on| Flag { name, label, hint, on };
        let open = "To those who have not finished and are still in progress, with a fresh link.";
        FormTab {
            head: Head::of(&desk, vacancy, "/communication").after(&uri),
            heading: "Communication set",
            intro: "The invitation comes from the integration, not from here. The mail with a confirmation code is always sent, unless links \
                come from the ATS alone: then Harver sends no mail at all.",
            fields: Vec::new(),
            choices: Vec::new(),
            flags: vec![
                flag("completion", "Completion", "Thanks, once the assessment is complete.", set.completion),
                flag("reminder_48_hours", "Reminder after 48 hours", open, set.reminder_48_hours),
                flag("reminder_7_days", "Reminder after 7 days", open, set.reminder_7_days),
            ],
        }
    };
    shown(&desk, page, false)
}

/// `POST /app/vacancies/{vacancy}/communication`
pub(super) async fn save_communication(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let (form, id): (Given, VacancyId) = (Given::parse(&body), desk.id("vacancy")?);
    let set = CommunicationSet {
        completion: form.ticked("completion"),
        reminder_48_hours: form.ticked("reminder_48_hours"),
        reminder_7_days: form.ticked("reminder_7_days"),
    };
    desk.account.write(|state| state.set_communication(&id, set, desk.now)).await?;
    Ok(go(&id, "/communication", "saved"))
}

/// `GET /app/vacancies/{vacancy}/reapply`
pub(super) async fn reapply(desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let page = |vacancy: &Vacancy| {
        let (chosen, period) = match vacancy.settings.reapply {
            Reapply::Off => ("off", String::new()),
            Reapply::Immediately => ("immediately", String::new()),
            Reapply::AfterWeeks(weeks) => ("weeks", weeks.to_string()),
            Reapply::AfterMonths(months) => ("months", months.to_string()),
        };
        reapply_tab(Head::of(&desk, vacancy, "/reapply").after(&uri), chosen, &period, &Faults::default())
    };
    shown(&desk, page, false)
}

/// `POST /app/vacancies/{vacancy}/reapply`
pub(super) async fn save_reapply(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let (form, mut faults) = (Given::parse(&body), Faults::default());
    let setting = match form.text("reapply") {
        "off" => Reapply::Off,
        "immediately" => Reapply::Immediately,
        "weeks" => Reapply::AfterWeeks(faults.number(&form, "period", PERIODS)),
        "months" => Reapply::AfterMonths(faults.number(&form, "period", PERIODS)),
        _ => {
            faults.add("reapply", "Choose one of the list.");
            Reapply::Off
        }
    };
    let page =
        |vacancy: &Vacancy| reapply_tab(Head::of(&desk, vacancy, "/reapply"), form.text("reapply"), form.text("period"), &faults);
    if faults.any() {
        return shown(&desk, page, true);
    }
    saved(&desk, "/reapply", |vacancy| vacancy.reapply = setting, page).await
}

fn reapply_tab(head: Head, chosen: &str, period: &str, faults: &Faults) -> FormTab {
    let options = [
        ("off", "Not at all: a second attempt leads back to the first"),
        ("immediately", "At once after finishing"),
        ("weeks", "Some weeks after finishing"),
        ("months", "Some months after finishing"),
    ];
    FormTab {
        head,
        heading: "Reapply",
        intro: "Whether candidates who have finished may start again. It counts for attempts from now on.",
        fields: vec![
            Field::new("text", "period", "How many weeks or months")
                .value(period)
                .error(faults.of("period"))
                .hint("Only where some time has to go by."),
        ],
        choices: vec![Choice {
            name: "reapply",
            label: "Candidates may start again".into(),
            hint: "",
            error: faults.of("reapply"),
            options: options.map(|(value, label)| Choosable::new(value, label, chosen)).into(),
        }],
        flags: Vec::new(),
    }
}
