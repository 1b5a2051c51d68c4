//! The matching profile of a vacancy: overall labels, and what each indicator weighs and is called (`harver-platform.md` 2).

use askama::Template;
use axum::body::Bytes;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};

use super::fields::Faults;
use super::vacancy::{Head, go, status};
use super::visitor::{Desk, Refused, said};
use crate::harver_platform::model::{Bracket, Indicator, Vacancy, VacancyId};
use crate::harver_platform::state::{LABELS, TITLE_LIMIT};
use crate::ui::{Given, Page};

/// The tab.
#[derive(Template, Debug)]
#[template(path = "harver_platform/vacancy_matching.html")]
struct MatchingTab {
    head: Head,
    overall: Vec<LabelRow>,
    indicators: Vec<IndicatorRows>,
}

/// One label as a line of the form.
#[derive(Debug)]
struct LabelRow {
    /// What the names of its fields begin with.
    prefix: String,
    position: usize,
    name: String,
    from: String,
    cutoff: bool,
    name_error: String,
    from_error: String,
}

/// One indicator.
#[derive(Debug)]
struct IndicatorRows {
    id: String,
    name: String,
    made_of: String,
    weight: String,
    weight_error: String,
    labels: Vec<LabelRow>,
}

/// `GET /app/vacancies/{vacancy}/matching-profile`
pub(super) async fn show(desk: Desk, uri: Uri) -> Result<Response, Refused> {
    let id: VacancyId = desk.id("vacancy")?;
    let page = desk.account.read(|state| {
        let vacancy = state.vacancy(&id)?;
        let overall = as_they_are("label", &vacancy.settings.profile.brackets);
        let rows = |indicator: &Indicator| {
            let labels = as_they_are(&format!("{}-label", indicator.id), &indicator.brackets);
            indicator_rows(vacancy, indicator, indicator.weight.to_string(), String::new(), labels)
        };
        let indicators = vacancy.settings.profile.indicators.iter().map(rows).collect();
        Ok::<_, Refused>(MatchingTab { head: Head::of(&desk, vacancy, "/matching-profile").after(&uri), overall, indicators })
    });
    Ok(Page::ok(page?).into_response())
}

/// `POST /app/vacancies/{vacancy}/matching-profile`. Results that are there already keep their scores.
pub(super) async fn save(desk: Desk, body: Bytes) -> Result<Response, Refused> {
    let (form, id, mut faults) = (Given::parse(&body), desk.id::<VacancyId>("vacancy")?, Faults::default());
    let mut profile = desk.account.read(|state| state.vacancy(&id).map(|vacancy| vacancy.settings.profile.clone()))?;
    profile.brackets = brackets(&form, "label", &profile.brackets, &mut faults);
    for indicator in &mut profile.indicators {
        let weight = faults.number(&form, &format!("{}-weight", indicator.id), 1..=100);
        indicator.weight = u8::try_from(weight).unwrap_or(indicator.weight);
        indicator.brackets = brackets(&form, &format!("{}-label", indicator.id), &indicator.brackets, &mut faults);
    }
    let refusal = if faults.any() {
        String::new()
    } else {
        match said(desk.account.write(|state| state.configure(&id, |settings| settings.profile = profile)).await)? {
            Ok(()) => return Ok(go(&id, "/matching-profile", "saved")),
            Err(refusal) => refusal,
        }
    };
    let page = desk.account.read(|state| {
        let vacancy = state.vacancy(&id)?;
        let rows = |indicator: &Indicator| {
            let weight = format!("{}-weight", indicator.id);
            let labels = as_typed(&form, &format!("{}-label", indicator.id), &faults);
            indicator_rows(vacancy, indicator, form.text(&weight).to_owned(), faults.of(&weight), labels)
        };
        let indicators = vacancy.settings.profile.indicators.iter().map(rows).collect();
        let head = Head::of(&desk, vacancy, "/matching-profile").refusing(refusal);
        Ok::<_, Refused>(MatchingTab { head, overall: as_typed(&form, "label", &faults), indicators })
    });
    Ok(Page(status(true), page?).into_response())
}

fn indicator_rows(
    vacancy: &Vacancy,
    indicator: &Indicator,
    weight: String,
    weight_error: String,
    labels: Vec<LabelRow>,
) -> IndicatorRows {
    let title = |key: &str| vacancy.module(key).map_or_else(|| key.to_owned(), |module| module.title.clone());
    let parts = indicator.parts.iter().map(|part| format!("{} ({})", title(&part.module), part.weight));
    let made_of = parts.collect::<Vec<_>>().join(", ");
    IndicatorRows { id: indicator.id.clone(), name: indicator.name.clone(), made_of, weight, weight_error, labels }
}

/// The lines of a list of labels, with empty ones for more.
fn as_they_are(prefix: &str, brackets: &[Bracket]) -> Vec<LabelRow> {
    let row = |position: usize| {
        let bracket = brackets.get(position - 1);
        LabelRow {
            prefix: format!("{prefix}-{position}"),
            position,
            name: bracket.map(|bracket| bracket.name.clone()).unwrap_or_default(),
            from: bracket.map(|bracket| bracket.threshold.to_string()).unwrap_or_default(),
            cutoff: bracket.is_some_and(|bracket| bracket.cutoff),
            name_error: String::new(),
            from_error: String::new(),
        }
    };
    (1..=LABELS).map(row).collect()
}

fn as_typed(form: &Given, prefix: &str, faults: &Faults) -> Vec<LabelRow> {
    let row = |position: usize| {
        let prefix = format!("{prefix}-{position}");
        let (name, from) = (format!("{prefix}-name"), format!("{prefix}-from"));
        LabelRow {
            position,
            name: form.text(&name).to_owned(),
            from: form.text(&from).to_owned(),
            cutoff: form.ticked(&format!("{prefix}-cutoff")),
            name_error: faults.of(&name),
            from_error: faults.of(&from),
            prefix,
        }
    };
    (1..=LABELS).map(row).collect()
}

/// Reads a list of labels; lines that are empty are passed over. A label keeps its id, by which results name it, with its line;
/// a new one gets an id that no label of the list has, nor had until now.
fn brackets(form: &Given, prefix: &str, known: &[Bracket], faults: &mut Faults) -> Vec<Bracket> {
    let mut read: Vec<(String, Bracket)> = Vec::new();
    for position in 1..=LABELS {
        let prefix = format!("{prefix}-{position}");
        let (name, from) = (format!("{prefix}-name"), format!("{prefix}-from"));
        if form.text(&name).is_empty() && form.text(&from).is_empty() {
            continue;
        }
        let is_taken = |id: &String| known.iter().chain(read.iter().map(|(_, bracket)| bracket)).any(|bracket| bracket.id == *id);
        let fresh = || (position..).map(|number| format!("label-{number}")).find(|id| !is_taken(id)).expect("numbers do not end");
        let id = known.get(position - 1).map_or_else(fresh, |bracket| bracket.id.clone());
        let threshold = u8::try_from(faults.number(form, &from, 0..=100)).unwrap_or_default();
        if faults.of(&from).is_empty() && read.last().is_some_and(|(_, above)| above.threshold <= threshold) {
            faults.add(&from, "This must be lower than the one above.");
        }
        let name = faults.line(form, &name, TITLE_LIMIT, true);
        read.push((from, Bracket { id, name, threshold, cutoff: form.ticked(&format!("{prefix}-cutoff")) }));
    }
    if let Some((from, last)) = read.last()
        && last.threshold != 0
    {
        faults.add(from, "The lowest label begins at 0.");
    }
    read.into_iter().map(|(_, bracket)| bracket).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: &str) -> (Vec<(String, String, u8)>, Faults) {
        let mut faults = Faults::default();
        let known = vec![Bracket { id: "great".into(), name: "Great Fit".into(), threshold: 70, cutoff: false }];
        let read = brackets(&Given::parse(form.as_bytes()), "label", &known, &mut faults);
        (read.into_iter().map(|bracket| (bracket.id, bracket.name, bracket.threshold)).collect(), faults)
    }

    #[test]
    fn labels_are_read_line_by_line_and_empty_lines_are_passed_over() {
        let (labels, faults) = read("label-1-name=Yes&label-1-from=80&label-4-name=No&label-4-from=0");
        assert_eq!(labels, [("great".into(), "Yes".into(), 80), ("label-4".into(), "No".into(), 0)]);
        assert!(!faults.any());
    }

    #[test]
    fn a_new_label_gets_an_id_that_no_other_one_has() {
        let label = |id: &str, threshold| Bracket { id: id.into(), name: id.into(), threshold, cutoff: false };
        // Made by filling in the third line of a list of one: the empty second line is passed over.
        let known = [label("great", 70), label("label-3", 0)];
        let form = "label-1-name=A&label-1-from=80&label-2-name=B&label-2-from=60&label-3-name=C&label-3-from=40&label-4-name=D&label-4-from=0";
        let read = brackets(&Given::parse(form.as_bytes()), "label", &known, &mut Faults::default());
        let ids: Vec<_> = read.iter().map(|bracket| &*bracket.id).collect();
        assert_eq!(ids, ["great", "label-3", "label-4", "label-5"]);
    }

    #[test]
    fn thresholds_go_down_to_zero_and_every_label_has_a_name() {
        let (_, faults) = read("label-1-name=Yes&label-1-from=50&label-2-name=Perhaps&label-2-from=50&label-3-from=10");
        assert_eq!(faults.of("label-2-from"), "This must be lower than the one above.");
        assert_eq!(faults.of("label-3-name"), "Fill this in.");
        assert_eq!(faults.of("label-3-from"), "The lowest label begins at 0.");
        let (_, faults) = read("label-1-name=Yes&label-1-from=101");
        assert_eq!(faults.of("label-1-from"), "Write a whole number from 0 to 100.");
    }
}
