//! Home, phones, gender, work history and education of everybody, and that they are the same for the same seed.

use std::collections::BTreeSet;

use icims_sandbox::Sandbox;
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::{Read, everybody, fewer};

/// State, first characters of the postal code, and country of the cities that people live in.
const CITIES: [(&str, &str, &str, &str); 16] = [
    ("Boston", "MA", "021", "US"),
    ("Cambridge", "MA", "0213", "US"),
    ("Somerville", "MA", "0214", "US"),
    ("Quincy", "MA", "0216", "US"),
    ("Newton", "MA", "0245", "US"),
    ("Brookline", "MA", "0244", "US"),
    ("Chelsea", "MA", "02150", "US"),
    ("Everett", "MA", "02149", "US"),
    ("Milton", "MA", "02186", "US"),
    ("Watertown", "MA", "02472", "US"),
    ("Worcester", "MA", "016", "US"),
    ("New York", "NY", "100", "US"),
    ("Chicago", "IL", "606", "US"),
    ("Austin", "TX", "787", "US"),
    ("San Diego", "CA", "921", "US"),
    ("Ottawa", "ON", "K1", "CA"),
];

pub(super) const FIELDS: &str = "firstname,lastname,email,addresses,phones,gender,workexperience,education,resume,createddate";

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json[key].as_str().filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("no {key} in {json}"))
}

fn entries<'a>(person: &'a Json, collection: &str) -> &'a [Json] {
    let entries = person[collection].as_array().filter(|entries| !entries.is_empty());
    entries.unwrap_or_else(|| panic!("no {collection} in {person}"))
}

fn lives_somewhere(person: &Json) {
    let home = &entries(person, "addresses")[0];
    assert_eq!((text(&home["addresstype"], "value"), &home["primary"]), ("Home", &json!(true)));
    let city = text(home, "addresscity");
    let (_, state, zip, country) = CITIES.into_iter().find(|(known, ..)| *known == city).unwrap_or_else(|| panic!("{home}"));
    let found = (text(&home["addressstate"], "abbrev"), text(&home["addresscountry"], "abbrev"));
    assert_eq!(found, (state, country), "{home}");
    assert!(text(home, "addresszip").starts_with(zip), "{home}");
    assert!(text(home, "addressstreet1").starts_with(|first: char| first.is_ascii_digit()), "{home}");
}

fn can_be_called_and_nobody_else_is(person: &Json) {
    let number = text(&entries(person, "phones")[0], "phonenumber");
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    assert!(digits.len() == 11 && digits[4..].starts_with("55501"), "{number} may be somebody's");
}

/// The posts follow one another, the newest goes on, and school came first.
fn has_worked(person: &Json) {
    let posts = entries(person, "workexperience");
    assert!(posts.len() >= 2, "{person}");
    let made = &text(person, "createddate")[..10];
    let mut until = made;
    for (at, post) in posts.iter().enumerate() {
        assert!(["worktitle", "workemployer", "workcity", "workdescription"].iter().all(|key| !text(post, key).is_empty()));
        let from = text(post, "workstartdate");
        match post["workenddate"].as_str() {
            Some(to) => assert!(at > 0 && from < to && to < until, "{posts:?}"),
            None => assert!(at == 0 && from < until, "{posts:?}"),
        }
        until = from;
    }
    let studies = &entries(person, "education")[0];
    let (began, ended) = (text(studies, "educationstartdate"), text(studies, "graduationdate"));
    assert!(began < ended && ended <= until, "{studies} before {posts:?}");
    assert!(["degree", "school"].iter().all(|key| studies[key]["value"] != studies[key]["id"]), "{studies}");
}

#[tokio::test]
async fn everybody_has_home_phone_gender_work_history_and_education() {
    let sandbox = Sandbox::start().await;
    for (whose, read) in everybody(&sandbox).await {
        let (mut ids, mut genders, mut cities) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let people = read.candidates().await;
        assert!(people.len() >= 11, "{whose} has {} candidates", people.len());
        for id in people {
            let person = read.customer.get(&format!("/people/{id}?fields={FIELDS}")).await;
            lives_somewhere(&person);
            can_be_called_and_nobody_else_is(&person);
            has_worked(&person);
            genders.insert(text(&person, "gender").to_owned());
            cities.insert(text(&entries(&person, "addresses")[0], "addresscity").to_owned());
            for collection in ["addresses", "phones", "workexperience", "education"] {
                for entry in entries(&person, collection) {
                    assert!(ids.insert(entry["entry"].as_u64().expect("an id")), "{whose}: {entry} shares its id");
                }
            }
        }
        assert!(genders.contains("Female") && genders.contains("Male"), "{whose}: {genders:?}");
        assert!(cities.len() >= 4, "{whose}: all of them live in {cities:?}");
    }
}

#[tokio::test]
async fn fields_entries_and_the_default_read_agree() {
    let sandbox = Sandbox::builder().seed(31).start().await;
    let read = Read::of(sandbox.customer());
    let id = &read.customer.sample().person_id;
    let plain = read.customer.get(&format!("/people/{id}")).await;
    assert!(plain.get("addresses").is_some() && plain.get("gender").is_none(), "{plain}");
    for collection in ["addresses", "workexperience", "education"] {
        let field = read.customer.get(&format!("/people/{id}/fields/{collection}")).await;
        let entry = read.customer.get(&format!("/people/{id}/fields/{collection}/{}", field[0]["entry"])).await;
        assert_eq!(entry, field[0], "{collection}");
    }
    let gender = read.customer.get(&format!("/people/{id}/fields/gender")).await;
    assert_eq!(gender, read.customer.get(&format!("/people/{id}?fields=gender")).await["gender"]);
    let (status, ..) = read.call(Method::GET, &format!("/people/{id}/fields/addresses/7"), None).await;
    assert_eq!(status, 404, "nobody has that entry");
}

/// What can be read of everybody, with the résumés.
async fn told(seed: u64) -> Vec<(String, Vec<u8>)> {
    let sandbox = Sandbox::builder().seed(seed).frozen_at("2031-03-04T09:00:00Z").start().await;
    sandbox.world().seed_customer("4021", fewer("small")).await.expect("seeded");
    let (read, mut told) = (Read::of(sandbox.customer()), Vec::new());
    for id in read.candidates().await {
        let person = read.customer.get(&format!("/people/{id}?fields=id,addresses,gender,workexperience,education")).await;
        let (.., bytes) = read.call(Method::GET, &format!("/people/{id}/fields/resume/binary"), None).await;
        told.push((person.to_string().replace(&sandbox.addresses().icims, ""), bytes));
    }
    told
}

#[tokio::test]
async fn the_same_seed_gives_the_same_lives_and_another_seed_others() {
    let (one, same, other) = (told(13).await, told(13).await, told(14).await);
    assert!(one.len() > 30, "{}", one.len());
    assert!(one == same, "the same seed gives two lives to somebody");
    assert!(one.iter().zip(&other).all(|(one, other)| one.1 != other.1), "another seed gives the same résumé to somebody");
}

#[tokio::test]
async fn a_changed_person_keeps_the_rest_and_a_restart_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let sandbox = Sandbox::builder().seed(5).data(folder.path()).start().await;
    let read = Read::of(sandbox.customer());
    let all = read.candidates().await;
    let (changed, left) = (all[1], all[2]);
    let look = async |read: &Read, id: u64| {
        let mut person = read.customer.get(&format!("/people/{id}?fields={FIELDS}")).await;
        person["resume"]["file"] = Json::Null;
        person["links"] = Json::Null;
        (person, read.call(Method::GET, &format!("/people/{id}/fields/resume/binary"), None).await)
    };
    let before = (look(&read, changed).await, look(&read, left).await);
    let home = before.0.0["addresses"][0]["entry"].clone();
    let moved = json!({"addresses": [{"entry": home, "addressstreet1": "77 Tannery Row"}]});
    assert_eq!(read.call(Method::PATCH, &format!("/people/{changed}"), Some(&moved)).await.0, 204);
    let mut after = look(&read, changed).await;
    assert_eq!(after.0["addresses"][0]["addressstreet1"], "77 Tannery Row");
    after.0["addresses"][0]["addressstreet1"] = before.0.0["addresses"][0]["addressstreet1"].clone();
    assert_eq!(after, before.0);
    drop(read);
    sandbox.stop().await;

    let sandbox = Sandbox::builder().seed(99).data(folder.path()).start().await;
    let read = Read::of(sandbox.customer());
    assert_eq!(look(&read, left).await, before.1);
    assert_eq!(look(&read, changed).await.1, before.0.1);
    assert_eq!(look(&read, changed).await.0["addresses"][0]["addressstreet1"], "77 Tannery Row");
}
