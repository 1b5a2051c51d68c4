//! Homes: cities with the county, state, postal code and country that belong to them; streets and numbers are made up.

use super::node;
use crate::icims::model::{Fields, Life, Value};

/// A city, or a part of one.
pub(super) struct Place {
    pub(super) city: &'static str,
    county: &'static str,
    /// Node of the state or province.
    pub(super) state: &'static str,
    zip: &'static str,
    /// Node of the country.
    country: &'static str,
}

const MASSACHUSETTS: &str = "D41001024";
const UNITED_STATES: &str = "D41001";

const fn place(city: &'static str, county: &'static str, state: &'static str, zip: &'static str) -> Place {
    Place { city, county, state, zip, country: UNITED_STATES }
}

/// Around the office of the sample first, as most people live near; the mobile numbers have the area code of these.
pub(super) const PLACES: [Place; 18] = [
    place("Boston", "Suffolk", MASSACHUSETTS, "02110"),
    place("Boston", "Suffolk", MASSACHUSETTS, "02118"),
    place("Boston", "Suffolk", MASSACHUSETTS, "02127"),
    place("Cambridge", "Middlesex", MASSACHUSETTS, "02139"),
    place("Somerville", "Middlesex", MASSACHUSETTS, "02143"),
    place("Quincy", "Norfolk", MASSACHUSETTS, "02169"),
    place("Newton", "Middlesex", MASSACHUSETTS, "02458"),
    place("Brookline", "Norfolk", MASSACHUSETTS, "02446"),
    place("Chelsea", "Suffolk", MASSACHUSETTS, "02150"),
    place("Everett", "Middlesex", MASSACHUSETTS, "02149"),
    place("Milton", "Norfolk", MASSACHUSETTS, "02186"),
    place("Watertown", "Middlesex", MASSACHUSETTS, "02472"),
    place("Worcester", "Worcester", MASSACHUSETTS, "01608"),
    place("New York", "New York", "D41001035", "10011"),
    place("Chicago", "Cook", "D41001017", "60607"),
    place("Austin", "Travis", "D41001047", "78704"),
    place("San Diego", "San Diego", "D41001006", "92103"),
    Place { city: "Ottawa", county: "", state: "D41002009", zip: "K1P 5M7", country: "D41002" },
];

const STREETS: [&str; 16] = [
    "Quarry Lane",
    "Maple Street",
    "Harbor Avenue",
    "Cedar Street",
    "Linden Road",
    "Orchard Street",
    "Mill Road",
    "Chestnut Avenue",
    "Willow Court",
    "Pier Road",
    "Summit Street",
    "Walnut Street",
    "Garden Terrace",
    "Church Street",
    "Prospect Avenue",
    "Meadow Lane",
];

/// How many of them are so near to one another that people go to work in all of them.
const NEAR: usize = 12;

/// A place to which people travel every day from where they live.
pub(super) fn near_home(life: Life, question: &str) -> &'static Place {
    match life.choose("home", PLACES.len()) {
        at if at < NEAR => &PLACES[life.choose(question, NEAR)],
        at => &PLACES[at],
    }
}

fn of(life: Life) -> &'static Place {
    life.pick("home", &PLACES)
}

fn street(life: Life) -> String {
    format!("{} {}", 1 + life.choose("house", 240), life.pick("street", &STREETS))
}

/// The value of a sub-field of the address.
pub(super) fn value(life: Life, field: &str) -> Option<Value> {
    let place = of(life);
    let text = |text: &str| (!text.is_empty()).then(|| Value::Text(text.to_owned()));
    match field {
        "addresscity" => text(place.city),
        "addresscountry" => Some(node(place.country)),
        "addresscounty" => text(place.county),
        "addressstate" => Some(node(place.state)),
        "addressstreet1" => text(&street(life)),
        "addressstreet2" => (life.choose("flat", 3) == 0).then(|| Value::Text(format!("Apt {}", 1 + life.choose("door", 30)))),
        "addresstype" => Some(node("D84002")),
        "addresszip" => text(place.zip),
        "primary" => Some(Value::Flag(true)),
        _ => None,
    }
}

/// The address, as one entry.
pub(super) fn address(life: Life) -> Fields {
    let fields = [
        "addresscity",
        "addresscountry",
        "addresscounty",
        "addressstate",
        "addressstreet1",
        "addressstreet2",
        "addresstype",
        "addresszip",
        "primary",
    ];
    fields.into_iter().filter_map(|field| Some((field, value(life, field)?))).collect()
}
