//! How well each family of fields is known. The match has an arm for every kind: a new one does not compile without its mark.

use super::{Field, Kind, ProfileType};
use crate::reference::{Fidelity, Row, assumed, documented, observed};

const KINDS: &str = "custom_fields_of_every_kind_are_read_as_documented_and_removed_by_null";
const SHAPES: &str = "every_family_of_fields_reads_back_in_its_shape";

/// The family a kind of field belongs to, with its mark (icims-api 5.7).
fn family(kind: Kind) -> (&'static str, Fidelity) {
    match kind {
        Kind::Text => ("text, URL, e-mail", documented("icims-api 5.7", SHAPES)),
        Kind::LongText => ("long text", documented("icims-api 5.7", KINDS)),
        Kind::RichText => ("rich text", documented("icims-api 5.7", KINDS)),
        Kind::Title => ("profile title", documented("icims-api 5.7", KINDS)),
        Kind::Choice(_) => ("static drop-down, radio buttons, yes or no", documented("icims-api 5.7", KINDS)),
        Kind::Key => ("text that is also taken as a number", assumed("icims-api 5.7", SHAPES)),
        Kind::Number => ("whole number", documented("icims-api 5.7", KINDS)),
        Kind::Decimal => ("decimal", documented("icims-api 5.7", KINDS)),
        Kind::Date => ("date", documented("icims-api 5.7", KINDS)),
        Kind::DateTime => ("date and time", documented("icims-api 5.7", KINDS)),
        Kind::Flag => ("checkbox", documented("icims-api 5.7", KINDS)),
        Kind::Node(_) => ("list node", documented("icims-api 5.7, 5.8", SHAPES)),
        Kind::Nodes(_) => ("several list nodes", documented("icims-api 5.7, 5.8", SHAPES)),
        Kind::Profile(_) => ("reference to a profile", documented("icims-api 5.7", SHAPES)),
        Kind::Location => ("reference to an address", observed("icims-api 5.7", SHAPES)),
        Kind::Money => ("currency", documented("icims-api 5.7", KINDS)),
        Kind::Salary => ("salary", documented("icims-api 5.7", KINDS)),
        Kind::File => ("file", observed("icims-api 5.7, 9.3", "a_resume_is_uploaded_read_replaced_and_kept")),
        Kind::Entries(_) => ("collection", documented("icims-api 5.7, 9.1", SHAPES)),
        Kind::System => ("kept by iCIMS: ids, dates, status history", documented("icims-api 5.3, 7.6", SHAPES)),
    }
}

/// The families that occur, the default fields of each profile type, and the sets of fields themselves.
pub(in crate::icims) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut add = |fields: &[Field]| collect(fields, &mut rows);
    ProfileType::ALL.into_iter().for_each(|kind| add(kind.fields()));
    let defaults = |kind: ProfileType| {
        let seen = |test| observed("icims-api 5.5", test);
        let fidelity = match kind {
            ProfileType::People => seen("a_person_shows_the_default_fields_that_have_a_value"),
            ProfileType::Jobs => seen("the_default_job_fields_leave_the_packages_out"),
            ProfileType::Companies => seen("jobs_and_companies_are_made_over_the_api_too"),
            ProfileType::Workflows => seen("a_workflow_reads_as_recorded"),
            ProfileType::Onboarding => assumed("icims-api 7.1, 7.2", "whoever_is_moved_to_hired_gets_an_onboarding_workflow"),
        };
        Row::new(format!("default fields of {}", kind.plural()), fidelity)
    };
    rows.extend(ProfileType::ALL.map(defaults));
    rows
}

fn collect(fields: &[Field], rows: &mut Vec<Row>) {
    for field in fields {
        let (name, fidelity) = family(field.kind);
        if rows.iter().all(|row| row.what != name) {
            rows.push(Row::new(name, fidelity));
        }
        if let Kind::Entries(children) = field.kind {
            collect(children, rows);
        }
    }
}
