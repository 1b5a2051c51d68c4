//! Custom fields: one of every kind on people, jobs and recruiting workflows (icims-api 5.7, 5.9).
//!
//! A custom field has two numbers: `field24301` in profiles, `customfield3101` in search filters. Labels and numbers are *assumed*;
//! in a real tenant an administrator has made the fields.

use super::{Field, Kind, ProfileType, field, list};

/// Labels of the drop-down: plain strings, no list nodes (icims-api 5.7).
const ANSWERS: &[&str] = &["Yes", "No", "Other (Please Specify)"];

macro_rules! custom_fields {
    ($fields:ident, $children:ident, $profile:literal, $search:expr) => {
        const $children: &[Field] = &[
            field(concat!("field", $profile, "31"), "Custom Entry Text", Kind::Text).numbered($search + 31),
            field(concat!("field", $profile, "32"), "Custom Entry Number", Kind::Number).numbered($search + 32),
            field(concat!("field", $profile, "33"), "Custom Entry Date", Kind::Date).numbered($search + 33),
            field(concat!("field", $profile, "34"), "Custom Entry List", Kind::Node(list::SHIFT)).numbered($search + 34),
            field(concat!("field", $profile, "35"), "Custom Entry Person", Kind::Profile(ProfileType::People))
                .numbered($search + 35),
            field(concat!("field", $profile, "36"), "Custom Entry Job", Kind::Profile(ProfileType::Jobs)).numbered($search + 36),
            field(concat!("field", $profile, "37"), "Custom Entry Checkbox", Kind::Flag).numbered($search + 37),
            field(concat!("field", $profile, "38"), "Custom Entry File", Kind::File).numbered($search + 38),
        ];

        pub(super) const $fields: &[Field] = &[
            field(concat!("field", $profile, "01"), "Custom Text", Kind::Text).numbered($search + 1),
            field(concat!("field", $profile, "02"), "Custom Long Text", Kind::LongText).numbered($search + 2),
            field(concat!("field", $profile, "03"), "Custom Rich Text", Kind::RichText).numbered($search + 3),
            field(concat!("field", $profile, "04"), "Custom Number", Kind::Number).numbered($search + 4),
            field(concat!("field", $profile, "05"), "Custom Decimal", Kind::Decimal).numbered($search + 5),
            field(concat!("field", $profile, "06"), "Custom Date", Kind::Date).numbered($search + 6),
            field(concat!("field", $profile, "07"), "Custom Date and Time", Kind::DateTime).numbered($search + 7),
            field(concat!("field", $profile, "08"), "Custom Checkbox", Kind::Flag).numbered($search + 8),
            field(concat!("field", $profile, "09"), "Custom Drop-Down", Kind::Choice(ANSWERS)).numbered($search + 9),
            field(concat!("field", $profile, "10"), "Custom List", Kind::Node(list::SHIFT)).numbered($search + 10),
            field(concat!("field", $profile, "11"), "Custom Multiple List", Kind::Nodes(list::SHIFT)).numbered($search + 11),
            field(concat!("field", $profile, "12"), "Custom Currency", Kind::Money).numbered($search + 12),
            field(concat!("field", $profile, "13"), "Custom Salary", Kind::Salary).numbered($search + 13),
            field(concat!("field", $profile, "14"), "Custom Person", Kind::Profile(ProfileType::People)).numbered($search + 14),
            field(concat!("field", $profile, "15"), "Custom Job", Kind::Profile(ProfileType::Jobs)).numbered($search + 15),
            field(concat!("field", $profile, "16"), "Custom Collection", Kind::Entries($children)).numbered($search + 16),
            field(concat!("field", $profile, "17"), "Custom File", Kind::File).numbered($search + 17),
        ];
    };
}

custom_fields!(PERSON, PERSON_ENTRY, "243", 3_100);
custom_fields!(JOB, JOB_ENTRY, "245", 3_300);
custom_fields!(WORKFLOW, WORKFLOW_ENTRY, "247", 3_500);

/// The own fields of a type, followed by its custom ones.
pub(super) const fn joined<const N: usize>(own: &[Field], custom: &[Field]) -> [Field; N] {
    let mut all = [own[0]; N];
    let mut place = 1;
    while place < N {
        all[place] = if place < own.len() { own[place] } else { custom[place - own.len()] };
        place += 1;
    }
    all
}
