//! Whether the packages stand in both lists of iCIMS as the guide wants them, and lead to open vacancies (promise G03).

use std::collections::BTreeSet;

use super::Checker;
use super::connection::unanswered;
use super::report::{Check, Subject, Whom};
use super::words::some_of;
use crate::domain::{Customer, PackageLabel, VacancyId};
use crate::harver_platform::OpenVacancy;
use crate::icims::{ListedPackage, MOST_LISTS, PackageLists};

const SUBJECT: Subject = Subject("packages", "The packages stand in both lists of iCIMS, and their vacancies are open");

/// Looks the tenant's lists through until both are found. The error is the check that says why they are not known.
pub(super) async fn lists(checker: &Checker, customer: &Customer) -> Result<PackageLists, Check> {
    let told = checker.in_time(SUBJECT, checker.icims.package_lists(customer)).await?;
    told.map_err(|error| {
        if error.keeps_something_back() {
            let fix = "Compare the lists Assessment Type and Assessment Name with the open vacancies in Harver by hand, or let the login \
                       group of the integration user read lists.";
            return SUBJECT.warning("iCIMS does not let us read its lists.", fix, Whom::IcimsAdmin);
        }
        unanswered(SUBJECT, &error, customer, checker.clock.now())
    })
}

/// Judges the lists by the open vacancies, as far as either is known.
pub(super) fn check(customer: &Customer, lists: Result<PackageLists, Check>, open: Option<&[OpenVacancy]>) -> Check {
    lists.map_or_else(|unknown| unknown, |lists| judged(&lists, open, customer.multi_phase))
}

fn judged(lists: &PackageLists, open: Option<&[OpenVacancy]>, chosen_in_harver: bool) -> Check {
    let packages = lists.packages();
    if packages.is_empty() {
        return none_at_all(lists, open);
    }
    // Where packages are chosen in Harver, nobody needs them on the job, but results still name them.
    let needed = if chosen_in_harver { 1 } else { 2 };
    let holding = |wanted: &PackageLabel| {
        let names =
            |label: &&ListedPackage| matches!(label, ListedPackage::Sound(package) if package.as_listed() == wanted.as_listed());
        packages.iter().filter(|list| list.iter().any(|label| names(&label))).count()
    };
    let is_open = |vacancy: &VacancyId| open.is_none_or(|open| open.iter().any(|known| &known.id == vacancy));
    let (mut usable, mut problems) = (Vec::new(), Problems::default());
    let mut seen = BTreeSet::new();
    for label in packages.iter().copied().flatten() {
        match label {
            ListedPackage::Wrong(text) if seen.insert(text.as_str()) => problems.in_icims.push(wrongly_formatted(text, open)),
            ListedPackage::Sound(package) if seen.insert(package.as_listed()) => {
                if holding(package) < needed {
                    problems.in_icims.push(in_one_list(package, &packages));
                } else if !is_open(package.vacancy()) {
                    problems.in_harver.push(format!("{:?} names a vacancy that is not open in Harver.", package.as_listed()));
                } else {
                    usable.push(package.as_listed().to_owned());
                }
            }
            ListedPackage::Wrong(_) | ListedPackage::Sound(_) => {}
        }
    }
    problems.judge(&usable, open.is_some())
}

/// What is wrong, by where it is mended.
#[derive(Default)]
struct Problems {
    in_icims: Vec<String>,
    in_harver: Vec<String>,
}

impl Problems {
    fn judge(self, usable: &[String], vacancies_known: bool) -> Check {
        let Self { in_icims, in_harver } = self;
        let whom = if in_icims.is_empty() { Whom::HarverAdmin } else { Whom::IcimsAdmin };
        let fix = if in_icims.is_empty() {
            "Open the vacancy in Harver, or have the package removed from both lists in iCIMS."
        } else {
            "Load each package into both lists of iCIMS, Assessment Type and Assessment Name, with the same text: Harver, the vacancy's \
             name, a dash, the vacancy's id."
        };
        let wrong = some_of(&[in_icims, in_harver].concat(), " ");
        if usable.is_empty() {
            return SUBJECT.failed(format!("No package can be used. {wrong}"), fix, whom);
        }
        let right = format!("Ready to use: {}.", some_of(usable, ", "));
        if !wrong.is_empty() {
            return SUBJECT.warning(format!("{wrong} {right}"), fix, whom);
        }
        if !vacancies_known {
            let fix = "Try again once the Harver platform can be asked.";
            return SUBJECT.warning(
                format!("{right} Whether their vacancies are open could not be told."),
                fix,
                Whom::HarverAdmin,
            );
        }
        SUBJECT.passed(right)
    }
}

fn none_at_all(lists: &PackageLists, open: Option<&[OpenVacancy]>) -> Check {
    let labels: Vec<String> = open.unwrap_or_default().iter().filter_map(label_of).map(|label| format!("{label:?}")).collect();
    let what = if labels.is_empty() { "\"Harver <vacancy name> – <vacancy id>\"".into() } else { some_of(&labels, ", ") };
    let fix = format!("Load into both lists of iCIMS, Assessment Type and Assessment Name: {what}.");
    if lists.has_more() {
        let why = format!("No package of Harver stands in the first {MOST_LISTS} lists; the others were not looked through.");
        return SUBJECT.warning(why, fix, Whom::IcimsAdmin);
    }
    SUBJECT.failed("No package of Harver stands in any list that iCIMS lets us read.", fix, Whom::IcimsAdmin)
}

/// What is wrong with a label, and the right text if its vacancy can be told by its name.
fn wrongly_formatted(text: &str, open: Option<&[OpenVacancy]>) -> String {
    let written = text.to_lowercase();
    // The longest name is the one that is meant: others may be parts of it.
    let named = open.unwrap_or_default().iter().filter(|vacancy| written.contains(&vacancy.name.to_lowercase()));
    let right = named.max_by_key(|vacancy| vacancy.name.len()).and_then(label_of);
    match right {
        Some(right) => format!("{text:?} is wrongly written: the right text is {right:?}."),
        None => format!(
            "{text:?} is wrongly written: the right form is \"Harver <vacancy name> – <vacancy id>\", with all 24 digits."
        ),
    }
}

fn in_one_list(package: &PackageLabel, packages: &[&[ListedPackage]]) -> String {
    let twins = packages.iter().copied().flatten().filter_map(|label| match label {
        ListedPackage::Sound(other) if other.vacancy() == package.vacancy() && other.as_listed() != package.as_listed() => {
            Some(other)
        }
        ListedPackage::Sound(_) | ListedPackage::Wrong(_) => None,
    });
    match twins.map(PackageLabel::as_listed).next() {
        Some(twin) => format!("{:?} stands in one of the two lists only; the other one says {twin:?}.", package.as_listed()),
        None => format!("{:?} stands in one of the two lists only.", package.as_listed()),
    }
}

fn label_of(vacancy: &OpenVacancy) -> Option<String> {
    PackageLabel::for_vacancy(&vacancy.name, &vacancy.id).map(|label| label.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Outcome;

    const CALLS: &str = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";
    const NIGHT: &str = "Harver Night Shift – 64c20d1e5f7a8b0012ab34ce";

    fn vacancies() -> Vec<OpenVacancy> {
        [("Call Centre Advisor", "64c20d1e5f7a8b0012ab34cd"), ("Call Centre", "64c20d1e5f7a8b0012ab34cf")]
            .map(|(name, id)| OpenVacancy { id: id.parse().expect("24 digits"), name: name.into() })
            .into()
    }

    fn of(lists: &[&[&str]]) -> PackageLists {
        let mut read = PackageLists::default();
        lists.iter().for_each(|list| read.add(None, &list.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>()));
        read
    }

    fn check(lists: &[&[&str]], expected: Outcome, says: &[&str]) -> Check {
        let check = judged(&of(lists), Some(&vacancies()), false);
        assert_eq!(check.outcome, expected, "{lists:?}: {check:?}");
        let text = format!("{} {:?}", check.why, check.next_step);
        for words in says {
            assert!(text.replace("\\\"", "\"").contains(words), "{words:?} is not in {text}");
        }
        check
    }

    #[test]
    fn the_same_label_in_both_lists_with_an_open_vacancy_is_right() {
        check(&[&["Typing Test v2", CALLS], &[CALLS, "Typing Test v2"], &["Day", "Night"]], Outcome::Passed, &[CALLS]);
    }

    #[test]
    fn no_package_anywhere_names_what_is_to_be_loaded() {
        let says = [CALLS, "Assessment Type and Assessment Name"];
        check(&[&["Typing Test v2"], &["Harverland"]], Outcome::Failed, &says);
        check(&[], Outcome::Failed, &says);
    }

    #[test]
    fn a_wrongly_written_package_is_explained_with_the_right_text() {
        let wrong = "Harver Call Centre Advisor";
        let right = format!("the right text is \"{CALLS}\"");
        check(&[&[wrong], &[wrong]], Outcome::Failed, &["No package can be used", wrong, &right]);
        check(&[&[wrong, CALLS], &[CALLS]], Outcome::Warning, &["Ready to use", &right]);
        check(&[&["Harver Juggling – 7", CALLS], &[CALLS]], Outcome::Warning, &["with all 24 digits"]);
    }

    #[test]
    fn a_package_in_one_list_only_can_be_chosen_or_reported_but_not_both() {
        check(&[&[CALLS], &["Typing Test v2"]], Outcome::Failed, &["in one of the two lists only"]);
        check(&[&[CALLS], &[NIGHT]], Outcome::Failed, &["in one of the two lists only"]);
        check(&[&[CALLS, NIGHT], &[CALLS]], Outcome::Warning, &[NIGHT, "in one of the two lists only"]);
        let hyphen = CALLS.replace('–', "-");
        check(&[&[CALLS], &[&hyphen]], Outcome::Failed, &["the other one says", &hyphen]);
    }

    #[test]
    fn a_package_without_an_open_vacancy_is_for_harver_to_mend() {
        let failed = check(&[&[NIGHT], &[NIGHT]], Outcome::Failed, &["not open in Harver"]);
        assert_eq!(failed.next_step.expect("a step").1, Whom::HarverAdmin);
        check(&[&[NIGHT, CALLS], &[NIGHT, CALLS]], Outcome::Warning, &["not open in Harver"]);
    }

    #[test]
    fn another_list_that_says_harver_does_not_disturb() {
        check(&[&["Harver", "Northwind"], &[CALLS], &[CALLS]], Outcome::Passed, &[CALLS]);
    }

    #[test]
    fn packages_that_are_chosen_in_harver_need_only_be_written() {
        let one = of(&[&[CALLS]]);
        assert_eq!(judged(&one, Some(&vacancies()), true).outcome, Outcome::Passed);
        assert_eq!(judged(&one, Some(&vacancies()), false).outcome, Outcome::Failed);
    }

    #[test]
    fn what_is_not_known_is_not_held_against_a_package() {
        let both = of(&[&[NIGHT], &[NIGHT]]);
        assert_eq!(judged(&both, None, false).outcome, Outcome::Warning);
        let more = PackageLists::default().with_more(true);
        assert_eq!(judged(&more, Some(&vacancies()), false).outcome, Outcome::Warning);
    }
}
