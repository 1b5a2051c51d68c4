use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::*;
use crate::icims::api::search::query::Group;
use crate::icims::model::{Life, NodeId, ProfileKey, WorkflowId};
use crate::icims::state::Refusal;
use crate::icims::state::bulk::{NewApplication, NewCandidate};
use crate::icims::state::fixture::{now, platform, read};
use crate::icims::state::users::Rights;

const STATUSES: [&str; 5] = ["D10100", "C40101", "C40120", "C40177", "C40190"];
const EMAILS: [&str; 7] = ["ines@x.org", "agnines@x.org", "ines@x.org.uk", "INES@X.org", "ben@y.org", "two@at@x.org", "nobody"];

fn node(id: &str) -> NodeId {
    id.parse().expect("a node id")
}

fn later(hours: u32) -> Timestamp {
    now().checked_add(SignedDuration::from_hours(i64::from(hours))).expect("a moment")
}

/// What people do, each with two numbers that say to whom and how. What is refused changes nothing and is passed over.
#[derive(Clone, Debug)]
struct Deed {
    what: u8,
    who: usize,
    how: usize,
    hour: u32,
}

fn deed() -> impl Strategy<Value = Deed> {
    (0_u8..9, 0_usize..12, 0_usize..12, 0_u32..400).prop_map(|(what, who, how, hour)| Deed { what, who, how, hour })
}

fn nth(state: &CustomerState, kind: ProfileType, place: usize) -> ProfileKey {
    let ids: Vec<u64> = state.ids_within(kind, 0..=u64::MAX).collect();
    (kind, ids.get(place % ids.len().max(1)).copied().unwrap_or_default())
}

fn act(state: &mut CustomerState, deed: &Deed) -> Result<(), Refusal> {
    let Deed { what, who, how, hour } = *deed;
    let at = later(hour);
    let by = state.recruiter();
    let person = PersonId::new(nth(state, ProfileType::People, who).1);
    let job = JobId::new(nth(state, ProfileType::Jobs, how).1);
    let workflow = WorkflowId::new(nth(state, ProfileType::Workflows, who).1);
    let (folder, external) = (["D32006", "D32007", "D32013"][how % 3], ["Key-1", "key-1", "k2"][who % 3]);
    let (email, status) = (EMAILS[how % EMAILS.len()], STATUSES[how % STATUSES.len()]);
    let (kind, values) = match what {
        0 | 1 => {
            let names = ("A", "B");
            (
                ProfileType::People,
                json!({"firstname": names.0, "lastname": names.1, "email": email, "folder": {"id": folder}, "externalid": external}),
            )
        }
        2 => (ProfileType::Jobs, json!({"jobtitle": "Advisor", "externalid": external})),
        3 => (ProfileType::Workflows, json!({"baseprofile": job, "associatedprofile": person, "status": {"id": status}})),
        _ => (ProfileType::Jobs, json!({"folder": {"id": "D31004"}})),
    };
    let values = state.read_changes(kind, values.as_object().expect("an object"), &Rights::default())?;
    match what {
        0 => state.create_person(values, at).map(drop),
        1 => state.edit_person(person, values, at),
        2 => state.create_job(values, at).map(drop),
        3 => state.attach(values, by, at).map(drop),
        4 => state.advance(workflow, &node(status), by, at).map(drop),
        5 => state.edit_job(job, values, at),
        6 => state.delete_profile(nth(state, ProfileType::ALL[how % ProfileType::ALL.len()], who), at),
        7 => {
            let row = json!({"assessmentresult": "Great Fit"});
            let row = row.as_object().expect("an object");
            state.add_entry((ProfileType::Workflows, workflow.get()), "assessmentresults", row, at).map(drop)
        }
        _ => state.load_package(status).map(drop),
    }
}

/// A state after many deeds. A refusal is as good a deed as any: it must leave rows and look-ups as they were.
fn after(deeds: &[Deed]) -> CustomerState {
    let mut state = platform().state;
    for deed in deeds {
        let _ = act(&mut state, deed);
    }
    state
}

/// One filter on a search of workflows or people; `prefix` leads from the searched type to the person.
fn filter(prefix: &'static str) -> impl Strategy<Value = Json> {
    let days = ["2031-03-04", "2031-03-06 4:00 AM", "2031-03-12", "2031-03-20", "no date", ""];
    let texts = (select(vec!["email", "emailaddress", "externalid"]), select(vec!["=", "==", "!=", "!=="]));
    let values = select(vec!["ines@x.org", "INES@x.org", "ines", "@x.org", "s@x.", "key-1", "two@at@x.org", ""]);
    let dates = (select(vec!["createddate", "updateddate"]), select(vec!["=", "<", ">", "<=", ">=", "!="]));
    prop_oneof![
        (texts, values).prop_map(move |((name, operator), value)| json!({"name": format!("{prefix}.{name}"), "operator": operator, "value": [value]})),
        (dates, select(days.to_vec()), proptest::option::of(select(days.to_vec()))).prop_map(move |((name, operator), from, to)| {
            let mut filter = json!({"name": format!("{prefix}.{name}"), "operator": operator, "value": [from]});
            if let Some(to) = to {
                filter["secondaryValue"] = json!([to]);
            }
            filter
        }),
        (select(vec!["=", "!="]), select(vec!["D32006", "Cand:Active", "C1", "32013"]))
            .prop_map(move |(operator, value)| json!({"name": format!("{prefix}.folder"), "operator": operator, "value": [value]})),
        (select(vec!["=", "<", ">", "<=", ">=", "!="]), 30_514_u64..30_530)
            .prop_map(move |(operator, id)| json!({"name": format!("{prefix}.id"), "operator": operator, "value": [id]})),
        (select(vec!["=", "==", "!="]), 30_514_u64..30_530)
            .prop_map(move |(operator, id)| json!({"name": format!("{prefix}.idCSV"), "operator": operator, "value": [format!("{id}, {}", id + 3)]})),
    ]
}

fn named(name: &str, value: &Json) -> Json {
    json!({"name": format!("applicantworkflow.{name}"), "value": value})
}

fn workflow_filter() -> impl Strategy<Value = Json> {
    let statuses = vec!["D10100", "Under Review", "Initial Review - Under Review", "40177", "Nowhere"];
    let days = vec!["2031-03-05", "2031-03-12", "whenever"];
    prop_oneof![
        3 => filter("applicantworkflow.person"),
        2 => proptest::collection::vec(select(statuses), 0..3).prop_map(|values| named("status", &json!(values))),
        1 => select(vec!["New Submissions", "Initial Review", "Void"]).prop_map(|value| named("bin", &json!([value]))),
        2 => (2_209_u64..2_215).prop_map(|id| named("job.id", &json!([id, 2_210]))),
        1 => select(vec!["D31001", "On Hold"]).prop_map(|value| named("job.folder", &json!([value]))),
        1 => (88_430_u64..88_440).prop_map(|id| json!({"name": "applicantworkflow.id", "operator": ">", "value": [id]})),
        1 => (88_430_u64..88_440).prop_map(|id| named("idCSV", &json!([format!("{id},{}", id + 1)]))),
        1 => (select(vec!["job.postedto", "person.logingroupid", "person.customfield9.text"]), select(vec!["=", "!="]), select(vec![None, Some("D1")]))
            .prop_map(|(name, operator, value)| json!({"name": format!("applicantworkflow.{name}"), "operator": operator, "value": Vec::from_iter(value)})),
        2 => (select(vec!["updateddate", "createddate"]), select(days)).prop_map(|(name, day)| named(name, &json!([day]))),
    ]
}

fn query(filter: impl Strategy<Value = Json> + 'static) -> impl Strategy<Value = Json> {
    let filters = proptest::collection::vec(filter, 1..4);
    let leaf =
        (filters, select(vec!["&", "|"])).prop_map(|(filters, operator)| json!({"filters": filters, "operator": operator}));
    leaf.prop_recursive(2, 12, 3, |inner| {
        (inner.clone(), proptest::collection::vec(inner, 0..3)).prop_map(|(mut group, children)| {
            group["children"] = json!(children);
            group
        })
    })
}

fn check_plans(state: &CustomerState, kind: ProfileType, json: &Json) -> Result<(), TestCaseError> {
    // Some operators do not fit some fields: the query is refused before anything is planned.
    let Ok(group) = Group::read(kind, json, &Rights::default()) else { return Ok(()) };
    let matcher = Matcher::new(state, kind, &group, now(), usize::MAX);
    let scanned: Vec<u64> = state.ids_within(kind, 0..=u64::MAX).filter(|id| matcher.matches(*id)).take(PAGE).collect();
    for limits in [LIMITS, Limits { gathered: 2, runs: 3 }, Limits { gathered: 0, runs: 64 }] {
        prop_assert_eq!(&page_within(&matcher, limits).expect("no bound").ids, &scanned, "{} {:?}", json, limits);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_plan_finds_what_going_through_everybody_finds(
        deeds in proptest::collection::vec(deed(), 0..60),
        workflows in query(workflow_filter()),
        people in query(filter("person")),
    ) {
        let state = after(&deeds);
        check_plans(&state, ProfileType::Workflows, &workflows)?;
        check_plans(&state, ProfileType::People, &people)?;
    }

    #[test]
    fn lookups_are_what_the_rows_alone_tell_whatever_is_done(deeds in proptest::collection::vec(deed(), 0..80)) {
        let state = after(&deeds);
        state.check_lookups();
    }
}

/// A platform with workflows in proportion: 20 to a job, five to a candidate, a tenth of them reviewed.
fn proportional(count: usize) -> CustomerState {
    let mut state = platform().state;
    let (new, reviewed) = (node("D10100"), node("C40120"));
    let mut job = JobId::new(0);
    let mut people = Vec::new();
    for place in 0..count {
        let at = later(u32::try_from(place % 600).expect("small"));
        if place % 20 == 0 {
            let values = read(&state, ProfileType::Jobs, json!({"jobtitle": "Advisor"}));
            job = state.create_job(values, at).expect("a job");
        }
        if place % 100 < 20 {
            let text = format!("p{place}");
            let email = format!("{text}@x.org");
            let life = Life::new(NonZeroU32::MIN);
            let new = NewCandidate { first: text.clone(), last: text, email, phone: String::new(), life };
            people.push(state.bulk_candidate(new, at));
        }
        let person = people[place / 100 * 20 + place % 20];
        let moves = if place % 10 == 3 { vec![(new.clone(), at), (reviewed.clone(), at)] } else { vec![(new.clone(), at)] };
        let application = NewApplication { person, job, source: "Recruiter", moves, result: None };
        state.bulk_application(application).expect("a workflow");
    }
    state
}

#[test]
fn a_page_costs_the_same_among_a_thousand_and_among_a_hundred_thousand() {
    let touched = |state: &CustomerState, filters: &Json| {
        let group = Group::read(ProfileType::Workflows, &json!({"filters": filters}), &Rights::default()).expect("a query");
        let page = first_page(&Matcher::new(state, ProfileType::Workflows, &group, now(), usize::MAX)).expect("no bound");
        assert!(!page.ids.is_empty(), "{filters} finds something");
        page.touched
    };
    let few = proportional(2_000);
    let many = proportional(100_000);
    let middle = "90000";
    for filters in [
        json!([{"name": "applicantworkflow.id", "value": [middle]}]),
        json!([{"name": "applicantworkflow.idCSV", "value": ["88500,88501,90000"]}]),
        json!([{"name": "applicantworkflow.id", "operator": ">", "value": ["88600"]}]),
        json!([{"name": "applicantworkflow.person.email", "value": ["p705@x.org"]}]),
        json!([{"name": "applicantworkflow.person.email", "operator": "==", "value": ["P705@x.org"]}]),
        json!([{"name": "applicantworkflow.person.id", "value": ["30600"]}]),
        json!([{"name": "applicantworkflow.job.id", "value": ["2250"]}]),
        json!([{"name": "applicantworkflow.job.id", "value": ["2250"]}, {"name": "applicantworkflow.status", "value": ["C40120"]}]),
        json!([{"name": "applicantworkflow.status", "value": ["D10100"]}]),
        json!([{"name": "applicantworkflow.bin", "value": ["New Submissions"]}, {"name": "applicantworkflow.id", "operator": ">", "value": ["88500"]}]),
    ] {
        let (in_few, in_many) = (touched(&few, &filters), touched(&many, &filters));
        assert_eq!(in_few, in_many, "{filters}");
        assert!(in_many <= PAGE + 10, "{filters} looks at {in_many}");
    }
    // What half of everybody matches, and what few do: neither goes through everybody.
    for (filters, most) in [
        (json!([{"name": "applicantworkflow.updateddate", "value": ["2031-03-10"], "secondaryValue": ["2031-03-20"]}]), 4_000),
        (
            json!([{"name": "applicantworkflow.createddate", "value": ["2031-03-20"], "secondaryValue": ["2031-03-20 3:00 AM"]}]),
            2_000,
        ),
        (json!([{"name": "applicantworkflow.status", "value": ["C40120"]}]), PAGE + 1),
    ] {
        let in_many = touched(&many, &filters);
        assert!(in_many <= most, "{filters} looks at {in_many}");
    }
}

#[test]
fn a_search_ends_with_its_budget_and_says_so() {
    // One more than these is there from the start.
    let state = proportional(2_999);
    let answer = |filters: Json, steps: usize| {
        let group = Group::read(ProfileType::Workflows, &json!({"filters": filters}), &Rights::default()).expect("a query");
        let matcher = Matcher::new(&state, ProfileType::Workflows, &group, now(), steps);
        let page = first_page(&matcher);
        (page.as_ref().map(|page| page.ids.len()), page.map_or(0, |page| page.touched), steps - matcher.budget.left())
    };
    let nobody = || json!([{"name": "applicantworkflow.person.lastname", "value": ["nobody"]}]);
    // Of every workflow the row, the filter and the name.
    assert_eq!(answer(nobody(), 20_000), (Some(0), 3_000, 9_000));
    assert_eq!(answer(nobody(), 8_999), (None, 0, 8_999));
    let values = |count: usize| vec!["~"; count];
    let costly = json!([{"name": "applicantworkflow.person.lastname", "operator": "!=", "value": values(1_000)}]);
    assert_eq!(answer(costly.clone(), 100_000), (None, 0, 100_000), "each value counts");
    assert_eq!(answer(costly, 1_100_000).0, Some(PAGE));
    // What is only planned counts, too: people of one address, 1,000 times.
    let planned = vec![json!({"name": "applicantworkflow.person.email", "value": values(0)}); 10];
    assert!(answer(json!(planned), 8_000).2 <= 8_000);
    let many = vec![json!({"name": "applicantworkflow.person.email", "value": vec!["@x.org"; 1_000]}); 3];
    assert_eq!(answer(json!(many), 8_000), (None, 0, 8_000));
}
