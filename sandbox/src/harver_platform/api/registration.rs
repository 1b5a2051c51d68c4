//! `POST /vacancies/{vacancy}/applications`: register a candidate, or find the existing application (`harver-platform.md` 9.2).

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::error::{ApiError, Fault};
use super::guard::Access;
use super::request::{Body, Id};
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::{AtsParameters, CandidateName, VacancyId};
use crate::harver_platform::state::Registration;
use crate::reference::documented;

/// The longest name of an attribute (*assumed*).
const NAME_LIMIT: usize = 200;
/// The longest text about a person, in characters (*assumed*): no mail address is longer.
const TEXT_LIMIT: usize = 254;
/// The longest value of an attribute on creation.
const CREATED_VALUE_LIMIT: usize = 512;

/// Registers a candidate; the same mail address gets the same application with a renewed magic link (harver-platform.md 9.2).
#[utoipa::path(
    post, path = "/vacancies/{vacancy}/applications", operation_id = "registerCandidate", tag = "applications",
    request_body = ref("#/components/schemas/Registration"),
    responses((status = 201, body = ref("#/components/schemas/Registered"))),
    extensions(("x-fidelity" = json!(documented("harver-platform 9.2", "registering_twice_finds_the_same_application_with_a_renewed_link")))),
)]
pub(super) async fn create(
    State(platform): State<HarverPlatform>,
    access: Access,
    Id(vacancy): Id<VacancyId>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    access.account.read(|state| state.vacancy(&vacancy).map(|_| ()))?;
    let registration = parse(body.data()).map_err(|faults| ApiError::Errors(StatusCode::BAD_REQUEST, faults))?;
    let now = platform.now();
    let registered = access.account.write(|state| state.register(&vacancy, registration, now)).await?;
    let answer = json!({"data": {
        "magicLink": platform.url(&format!("/app/landing/{vacancy}/magic-link/{}", registered.link)),
        "applicationId": registered.application.as_str(),
        "currentStatus": registered.status.as_str(),
    }});
    Ok((StatusCode::CREATED, Json(answer)))
}

fn fault(title: &str, detail: impl Into<String>) -> Fault {
    Fault { id: "ValidationError", title: title.into(), detail: detail.into() }
}

/// Reads the document, collecting everything that is wrong with it.
pub(super) fn parse(data: &Map<String, Value>) -> Result<Registration, Vec<Fault>> {
    let mut faults = Vec::new();
    let none = Map::new();
    let path = ["relationships", "candidate", "data", "attributes"];
    let person = path.iter().try_fold(data, |object, name| object.get(*name)?.as_object()).unwrap_or(&none);
    let mut field = |name: &str, mandatory: bool| match person.get(name) {
        Some(Value::String(text)) if text.chars().count() > TEXT_LIMIT => {
            let detail = format!("data.relationships.candidate.data.attributes.{name} is longer than {TEXT_LIMIT} characters");
            faults.push(fault(&format!("Invalid {name}"), detail));
            None
        }
        Some(Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        None | Some(Value::Null) if !mandatory => None,
        Some(Value::String(_)) if !mandatory => None,
        found => {
            let problem =
                if found.is_none_or(|value| value.is_string() || value.is_null()) { "is mandatory" } else { "must be a text" };
            faults.push(fault(
                &format!("Invalid {name}"),
                format!("data.relationships.candidate.data.attributes.{name} {problem}"),
            ));
            None
        }
    };
    let (email, first, last) = (field("emailAddress", true), field("firstName", true), field("lastName", true));
    let (phone, language) = (field("phoneNumber", false), field("language", false));
    let email = email.and_then(|text| keep(text.parse(), "emailAddress", &mut faults));
    let phone = phone.and_then(|text| keep(text.parse(), "phoneNumber", &mut faults));
    let language = language.and_then(|text| keep(text.parse(), "language", &mut faults));
    let ats = match data.get("attributes") {
        None | Some(Value::Null) => Some(AtsParameters::new()),
        Some(Value::Object(pairs)) => keep(ats_parameters(pairs, CREATED_VALUE_LIMIT), "attributes", &mut faults),
        Some(_) => keep(Err("must be an object"), "attributes", &mut faults),
    };
    match (email, first, last, ats, faults.is_empty()) {
        (Some(email), Some(first), Some(last), Some(ats), true) => {
            Ok(Registration { email, name: CandidateName { first, last }, phone, language, ats })
        }
        _ => Err(faults),
    }
}

fn keep<T, E: std::fmt::Display>(read: Result<T, E>, name: &str, faults: &mut Vec<Fault>) -> Option<T> {
    read.map_err(|problem| faults.push(fault(&format!("Invalid {name}"), format!("{name}: {problem}")))).ok()
}

/// Reads free attributes: at most 20, names of letters, digits, `-` and `_`, texts up to a limit.
pub(super) fn ats_parameters(pairs: &Map<String, Value>, value_limit: usize) -> Result<AtsParameters, String> {
    if pairs.len() > 20 {
        return Err("at most 20 pairs are allowed".into());
    }
    let pair = |(key, value): (&String, &Value)| {
        let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        match value {
            _ if !plain => Err(format!("{key:?} may only have letters, digits, - and _")),
            _ if key.len() > NAME_LIMIT => Err(format!("a name is longer than {NAME_LIMIT} characters")),
            Value::String(text) if text.chars().count() <= value_limit => Ok((key.clone(), text.clone())),
            Value::String(_) => Err(format!("{key} is longer than {value_limit} characters")),
            _ => Err(format!("{key} must be a text")),
        }
    };
    pairs.iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn document(person: Value, attributes: Value) -> Map<String, Value> {
        let document = json!({"type": "applications", "attributes": attributes, "relationships": {"candidate": {"data": {"type": "candidates", "attributes": person}}}});
        document.as_object().expect("an object").clone()
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let person = json!({"emailAddress": "ines", "firstName": " ", "phoneNumber": "0655", "language": "xx"});
        let faults = parse(&document(person, json!({"a b": "1"}))).expect_err("much is wrong");
        let titles: Vec<&str> = faults.iter().map(|fault| fault.title.as_str()).collect();
        let named = ["firstName", "lastName", "emailAddress", "phoneNumber", "language", "attributes"];
        assert_eq!(titles, named.map(|name| format!("Invalid {name}")));
    }

    #[test]
    fn attributes_have_limits() {
        let check = |attributes: Value, limit: usize| ats_parameters(attributes.as_object().expect("an object"), limit);
        assert!(check(json!({"return_url": "x".repeat(512)}), 512).is_ok());
        assert!(check(json!({"return_url": "x".repeat(513)}), 512).is_err());
        assert!(check(json!({"id": 5}), 512).is_err());
        let many: Map<String, Value> = (0..21).map(|at| (format!("k{at}"), json!("v"))).collect();
        assert!(ats_parameters(&many, 512).is_err());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,9}".prop_map(Value::from)
        ];
        let key = prop_oneof![
            Just("attributes".to_owned()),
            Just("relationships".to_owned()),
            Just("candidate".to_owned()),
            Just("data".to_owned()),
            Just("emailAddress".to_owned()),
            ".{0,4}"
        ];
        leaf.prop_recursive(6, 32, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(key.clone(), inner, 0..5).prop_map(|pairs| pairs.into_iter().collect())
            ]
        })
    }

    proptest! {
        #[test]
        fn no_document_makes_the_reader_panic(document in any_json()) {
            let data = document.as_object().cloned().unwrap_or_default();
            let _ = parse(&data);
        }
    }
}
