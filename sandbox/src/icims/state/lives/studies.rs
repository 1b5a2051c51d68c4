//! Education, and what people say of their gender.

use jiff::Span;
use jiff::civil::Date;

use super::home::{PLACES, Place};
use super::node;
use crate::icims::model::{Fields, Life, Value};

/// A degree with the years that it takes.
struct Degree {
    node: &'static str,
    years: i64,
    schools: &'static [&'static str],
    majors: &'static [&'static str],
}

/// Nodes that every tenant is delivered with.
const DEGREES: [Degree; 3] = [
    Degree { node: "C32011", years: 4, schools: &["C32031", "C32032"], majors: &[] },
    Degree { node: "C32012", years: 2, schools: &["C32033", "C32034"], majors: &["C32021", "C32022", "C32023"] },
    Degree { node: "C32013", years: 4, schools: &["C32035", "C32036"], majors: &["C32021", "C32022", "C32024"] },
];

/// The education of somebody who began to work on a day, as an entry.
pub(super) fn fields(life: Life, began_to_work: Date) -> Fields {
    let degree = life.pick("degree", &DEGREES);
    let place: &Place = life.pick("college town", &PLACES);
    let graduated = graduation(began_to_work);
    // In September, as most schools begin.
    let began = graduated.saturating_sub(Span::new().years(degree.years)).saturating_add(Span::new().months(3));
    let mut fields = Fields::with_room(7);
    fields.insert("degree".into(), node(degree.node));
    fields.insert("educationcity".into(), Value::Text(place.city.into()));
    fields.insert("educationstartdate".into(), Value::Date(began));
    fields.insert("educationstate".into(), node(place.state));
    fields.insert("graduationdate".into(), Value::Date(graduated));
    if !degree.majors.is_empty() {
        fields.insert("major".into(), node(degree.majors[life.choose("major", degree.majors.len())]));
    }
    fields.insert("school".into(), node(degree.schools[life.choose("school", degree.schools.len())]));
    fields
}

/// The first of June before a day.
fn graduation(day: Date) -> Date {
    let june = Date::new(day.year(), 6, 1).unwrap_or(day);
    if june <= day { june } else { june.saturating_sub(Span::new().years(1)) }
}

/// Names and endings of names that most who bear them call female. It is a guess, as it has to be with made-up people.
const FEMALE: [&str; 46] = [
    "a", "nnah", "arah", "orah", "eah", "elle", "ette", "ine", "yn", "nne", "lys", "ise", "ice", "oë", "iân", "ines", "agnes",
    "beth", "eigh", "arie", "phie", "ulie", "alie", "élie", "anie", "leen", "reen", "karen", "helen", "carmen", "gretchen",
    "lauren", "kirsten", "usan", "egan", "joan", "llian", "vian", "ison", "sharon", "achel", "abel", "uriel", "ifer", "ather",
    "sther",
];
/// The same of male ones; a name that is in both lists is female, unless it stands whole in the next one.
const MALE: [&str; 20] = [
    "o", "us", "er", "ert", "ard", "ck", "ld", "ew", "el", "an", "on", "en", "as", "ré", "én", "vid", "james", "charles", "noah",
    "iah",
];
const MALE_ALL_THE_SAME: [&str; 8] = ["joshua", "luca", "ezra", "elisha", "maurice", "antoine", "garrison", "harrison"];

/// What a person with this first name says on the voluntary form; the labels are *assumed* (icims-api 5.11).
pub(super) fn gender(first_name: &str) -> &'static str {
    let name = first_name.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    match () {
        () if MALE_ALL_THE_SAME.contains(&name.as_str()) => "Male",
        () if ends(&FEMALE) => "Female",
        () if ends(&MALE) => "Male",
        () => "I do not wish to answer",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_that_everybody_knows_are_told_apart() {
        let check =
            |names: &[&str], gender: &str| names.iter().for_each(|name| assert_eq!(super::gender(name), gender, "{name}"));
        check(&["Ines", "Priya", "Susan", "Rachel", "Zoë", "Siân", "Kathleen", "Heather", "Maëlys", "Begoña"], "Female");
        check(&["Tomas", "Daniel", "Jürgen", "Łukasz-Otto", "André", "Joshua", "Matthew", "Søren", "David"], "Male");
        check(&["Kim", "Charlie", ""], "I do not wish to answer");
    }
}
