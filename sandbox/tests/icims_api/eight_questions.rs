//! Eight questions that a mock server of a stateful API should answer, asked of every resource: does a created record read back; are
//! two records kept apart; does search find it; 404 for what is not there; refusal of nonsense; 401 without credentials; 401 with
//! wrong ones; refusal of a reference to a record that does not exist.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value as Json, json};

use crate::icims_api::files;
use crate::icims_api::support::{API, Reply, World, basic};

/// How records of a resource are made and found.
enum How {
    /// By `POST`; found by this filter in searches of this type.
    Profile { kind: &'static str, filter: &'static str },
    /// By `POST` on a collection; found by reading the collection.
    Entry,
    /// By `PATCH` with a file; found in the profile's field.
    File { field: &'static str },
}

struct Resource {
    how: How,
    /// Where the nth record is made.
    place: fn(&World, u64) -> String,
    /// The nth record.
    record: fn(&World, u64) -> Json,
    /// The field that tells records apart, and what it reads.
    marker: (&'static str, fn(u64) -> Json),
    nonsense: Json,
    /// A record that refers to something that does not exist.
    dangling: fn(&World) -> Json,
}

fn numbered(n: u64) -> Json {
    json!(format!("Record {n}"))
}

/// Two people without a workflow on the sample job.
fn person(world: &World, n: u64) -> u64 {
    if n == 1 { world.contact.get() } else { 1188 }
}

fn resources() -> Vec<Resource> {
    let profile = |kind, filter| How::Profile { kind, filter };
    vec![
        Resource {
            how: profile("people", "person.lastname"),
            place: |_, _| "/people".into(),
            record: |_, n| json!({"firstname": "Ana", "lastname": numbered(n)}),
            marker: ("lastname", numbered),
            nonsense: json!({"firstname": 5, "lastname": ["x"]}),
            dangling: |_| json!({"firstname": "Ana", "lastname": "Sol", "supervisor": 424_242}),
        },
        Resource {
            how: profile("jobs", "job.jobtitle"),
            place: |_, _| "/jobs".into(),
            record: |_, n| json!({"jobtitle": numbered(n)}),
            marker: ("jobtitle", numbered),
            nonsense: json!({"jobtitle": {"x": 1}}),
            dangling: |_| json!({"jobtitle": "Dispatcher", "hiringmanager": {"id": 424_242}}),
        },
        Resource {
            how: profile("companies", "company.name"),
            place: |_, _| "/companies".into(),
            record: |_, n| json!({"name": numbered(n)}),
            marker: ("name", numbered),
            nonsense: json!({"name": 5}),
            dangling: |_| json!({"name": "Depot", "folder": {"id": "C99999"}}),
        },
        Resource {
            how: profile("applicantworkflows", "applicantworkflow.person.lastname"),
            place: |_, _| "/applicantworkflows".into(),
            record: |world, n| json!({"baseprofile": world.job, "associatedprofile": person(world, n)}),
            marker: ("associatedprofile", |n| json!(if n == 1 { "Castellanos" } else { "Lindqvist" })),
            nonsense: json!({"baseprofile": "x", "associatedprofile": {}}),
            dangling: |world| json!({"baseprofile": world.job, "associatedprofile": 424_242}),
        },
        Resource {
            how: How::Entry,
            place: |world, _| format!("/people/{}/fields/phones", world.ines),
            record: |_, n| json!({"phonenumber": numbered(n)}),
            marker: ("phonenumber", numbered),
            nonsense: json!({"phonenumber": 5}),
            dangling: |_| json!({"phonetype": {"id": "C99999"}}),
        },
        Resource {
            how: How::Entry,
            place: |world, _| format!("/people/{}/fields/addresses", world.ines),
            record: |_, n| json!({"addresscity": numbered(n)}),
            marker: ("addresscity", numbered),
            nonsense: json!({"addresscity": ["x"]}),
            dangling: |_| json!({"addresscountry": {"abbrev": "XX"}}),
        },
        Resource {
            how: How::Entry,
            place: |world, _| format!("/applicantworkflows/{}/fields/assessmentresults", world.workflow),
            record: |_, n| json!({"assessmentresult": numbered(n)}),
            marker: ("assessmentresult", numbered),
            nonsense: json!({"assessmentscore": "high"}),
            dangling: |_| json!({"assessmentname": {"id": "C99999"}}),
        },
        Resource {
            how: How::Entry,
            place: |world, _| format!("/jobs/{}/fields/field24516", world.job),
            record: |_, n| json!({"field24531": numbered(n)}),
            marker: ("field24531", numbered),
            nonsense: json!({"field24532": "three"}),
            dangling: |_| json!({"field24535": 424_242}),
        },
        Resource {
            how: How::File { field: "resume" },
            place: |world, n| format!("/people/{}/fields/resume/binary", person(world, n)),
            record: |_, n| numbered(n),
            marker: ("resume", numbered),
            nonsense: json!({"resume": "not a file"}),
            dangling: |_| Json::Null,
        },
    ]
}

impl Resource {
    async fn create(&self, world: &World, n: u64) -> Reply {
        let (place, record) = ((self.place)(world, n), (self.record)(world, n));
        match self.how {
            How::File { .. } => {
                let text = record.as_str().expect("text").to_owned();
                files::send(world, "PATCH", &place, &[(Some("a.txt"), text.as_bytes())]).await
            }
            _ => world.post(&place, record).await,
        }
    }

    /// The path of a record that has just been made.
    async fn made(&self, world: &World, n: u64) -> String {
        let reply = self.create(world, n).await;
        assert!(reply.status.is_success(), "{}: {} {}", (self.place)(world, n), reply.status, reply.text);
        reply.header("location").strip_prefix(&format!("{API}/customers/4021")).expect("an own address").to_owned()
    }

    /// What the marker of a record reads.
    async fn read(&self, world: &World, path: &str) -> Json {
        let (marker, _) = self.marker;
        match self.how {
            How::Profile { kind: "applicantworkflows", .. } => {
                let body = world.get(path).await.json();
                let name = body[marker]["value"].as_str().expect("a name").to_owned();
                json!(name.rsplit(' ').next())
            }
            How::Profile { .. } => world.get(&format!("{path}?fields={marker}")).await.json()[marker].clone(),
            How::Entry => world.get(path).await.json()[marker].clone(),
            How::File { .. } => json!(world.get(path).await.text),
        }
    }

    /// A path of this resource at which nothing is.
    fn nowhere(&self, world: &World) -> String {
        match self.how {
            How::File { .. } => (self.place)(world, 1),
            _ => format!("{}/424242", (self.place)(world, 1)),
        }
    }

    /// How many records there are at its place.
    async fn count(&self, world: &World) -> usize {
        let place = (self.place)(world, 1);
        match self.how {
            How::Profile { kind, filter } => {
                let all = json!({"filters": [{"name": format!("{}.id", filter.split('.').next().expect("a prefix")), "operator": ">", "value": ["0"]}]});
                world.post(&format!("/search/{kind}"), all).await.json()["searchResults"].as_array().expect("results").len()
            }
            How::Entry => world.get(&place).await.json().as_array().expect("entries").len(),
            How::File { .. } => usize::from(world.get(&place).await.status == 200),
        }
    }
}

#[tokio::test]
async fn a_created_record_reads_back() {
    for resource in resources() {
        let world = World::new().await;
        let path = resource.made(&world, 1).await;
        assert_eq!(resource.read(&world, &path).await, (resource.marker.1)(1), "{path}");
    }
}

#[tokio::test]
async fn two_records_are_kept_apart() {
    for resource in resources() {
        let world = World::new().await;
        let (first, second) = (resource.made(&world, 1).await, resource.made(&world, 2).await);
        assert_ne!(first, second);
        assert_eq!(resource.read(&world, &first).await, (resource.marker.1)(1), "{first}");
        assert_eq!(resource.read(&world, &second).await, (resource.marker.1)(2), "{second}");
    }
}

#[tokio::test]
async fn search_finds_what_was_created_and_not_the_other() {
    for resource in resources() {
        let world = World::new().await;
        let (first, second) = (resource.made(&world, 1).await, resource.made(&world, 2).await);
        match resource.how {
            How::Profile { kind, filter } => {
                let wanted = json!({"filters": [{"name": filter, "value": [(resource.marker.1)(1)], "operator": "=="}]});
                let found = world.post(&format!("/search/{kind}"), wanted).await.json();
                let found: Vec<&str> =
                    found["searchResults"].as_array().expect("results").iter().filter_map(|row| row["self"].as_str()).collect();
                assert_eq!(found, [format!("{API}/customers/4021{first}")]);
            }
            How::Entry => {
                let found = world.get(&(resource.place)(&world, 1)).await.json();
                for path in [first, second] {
                    let id = path.rsplit('/').next().expect("an id");
                    let named = |entry: &&Json| entry["entry"].as_u64() == id.parse().ok();
                    assert_eq!(found.as_array().expect("entries").iter().filter(named).count(), 1, "{path}");
                }
            }
            How::File { field } => {
                let profile = first.split("/fields").next().expect("a profile");
                let body = world.get(&format!("{profile}?fields={field}")).await.json();
                assert_eq!(body[field]["file"], format!("{API}/customers/4021{first}"));
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    for resource in resources() {
        let world = World::new().await;
        let nowhere = resource.nowhere(&world);
        let reply = world.get(&nowhere).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["errors"][0]["errorCode"]), (404, &json!(2)), "{nowhere}");
        if !matches!(resource.how, How::File { .. }) {
            assert_eq!(world.patch(&nowhere, (resource.record)(&world, 1)).await.status, 404, "{nowhere}");
        }
    }
}

#[tokio::test]
async fn nonsense_is_refused_and_changes_nothing() {
    for resource in resources() {
        let world = World::new().await;
        let (place, before) = ((resource.place)(&world, 1), resource.count(&world).await);
        let method = if matches!(resource.how, How::File { .. }) { "PATCH" } else { "POST" };
        for nonsense in [resource.nonsense.clone(), json!([]), json!("text")] {
            let reply = world.call(method, &place, Some(nonsense.clone())).await;
            assert!(reply.status.is_client_error(), "{place} {nonsense}: {}", reply.status);
            assert!(reply.json()["errors"][0]["errorMessage"].is_string());
        }
        assert_eq!(resource.count(&world).await, before, "{place}");
    }
}

async fn refused(authorization: Option<String>) {
    for resource in resources() {
        let world = World::new().await;
        let (place, before) = ((resource.place)(&world, 1), resource.count(&world).await);
        for method in ["GET", "POST", "PATCH", "DELETE"] {
            let mut request = Request::builder().method(method).uri(format!("/customers/4021{place}"));
            if let Some(authorization) = &authorization {
                request = request.header("authorization", authorization);
            }
            let request = request.header("content-type", "application/json");
            let request = request.body(Body::from((resource.record)(&world, 1).to_string())).expect("a request");
            world.send(request).await.is_error(401, 6, "Invalid Username or Password credentials provided.");
        }
        assert_eq!(resource.count(&world).await, before, "{place}");
    }
}

#[tokio::test]
async fn without_credentials_everything_is_401() {
    refused(None).await;
}

#[tokio::test]
async fn with_wrong_credentials_everything_is_401() {
    refused(Some(basic("harver-4021", "wrong"))).await;
}

#[tokio::test]
async fn a_reference_to_what_does_not_exist_is_refused_and_changes_nothing() {
    for resource in resources() {
        let world = World::new().await;
        let (place, before) = ((resource.place)(&world, 1), resource.count(&world).await);
        if let How::File { field } = resource.how {
            // A file refers to the profile that it is on.
            let nobody = format!("/people/424242/fields/{field}/binary");
            files::send(&world, "PATCH", &nobody, &[(Some("a.txt"), b"x")]).await.is_error(404, 2, "Person not found.");
        } else {
            let reply = world.post(&place, (resource.dangling)(&world)).await;
            assert!(matches!(reply.status.as_u16(), 400 | 404), "{place}: {} {}", reply.status, reply.text);
        }
        assert_eq!(resource.count(&world).await, before, "{place}");
    }
}
