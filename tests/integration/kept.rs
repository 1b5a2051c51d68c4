//! What has been acknowledged is there after the process was killed, whatever it was doing; a file that cannot be used is left alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::program::{Program, until, visitor};

/// The neighbours alone.
fn up(data: &Path) -> Program {
    Program::start(["sandbox", "--port", "0", "--data"].map(AsRef::as_ref).into_iter().chain([data.as_os_str()]))
}

/// With the integration.
fn all_up(data: &Path) -> Program {
    Program::start(["up", "--json", "--port", "0", "--data"].map(AsRef::as_ref).into_iter().chain([data.as_os_str()]))
}

/// What a client needs of a program that is about to be killed.
#[derive(Clone)]
struct Caller {
    client: Client,
    base: String,
    user: (String, String),
}

impl Caller {
    fn of(program: &Program) -> Self {
        let text = |key| program.text("icims", key).to_owned();
        let base = format!("{}/customers/{}", text("base_url"), text("customer_id"));
        Self { client: visitor(), base, user: (text("username"), text("password")) }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<reqwest::Response, reqwest::Error> {
        let request = self.client.request(method, format!("{}/{path}", self.base)).basic_auth(&self.user.0, Some(&self.user.1));
        match body {
            Some(body) => request.json(body).send().await,
            None => request.send().await,
        }
    }

    /// Creates people and renames them until nobody answers any more; the last name of each person that was acknowledged, and the one
    /// that was under way.
    async fn hammer(self, who: usize, acknowledged: Arc<AtomicUsize>) -> BTreeMap<String, (String, Option<String>)> {
        let mut known = BTreeMap::new();
        for number in 0.. {
            let first = format!("A{who}x{number}");
            let person = json!({"firstname": first, "lastname": "Kept", "email": format!("{first}@example.org")});
            let Ok(answer) = self.ask(Method::POST, "people", Some(&person)).await else { break };
            assert_eq!(answer.status(), StatusCode::CREATED);
            let location = answer.headers()["location"].to_str().expect("an address").to_owned();
            let id = location.rsplit('/').next().expect("an id").to_owned();
            known.insert(id.clone(), (first.clone(), None));
            acknowledged.fetch_add(1, Ordering::SeqCst);
            let renamed = format!("{first}b");
            match self.ask(Method::PATCH, &format!("people/{id}"), Some(&json!({"firstname": renamed}))).await {
                Ok(answer) => {
                    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
                    known.insert(id, (renamed, None));
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
                Err(_) => {
                    known.insert(id, (first, Some(renamed)));
                    break;
                }
            }
        }
        known
    }

    async fn first_name(&self, id: &str) -> Option<String> {
        let answer = self.ask(Method::GET, &format!("people/{id}"), None).await.expect("it answers");
        let body: Value = answer.json().await.expect("JSON");
        body["firstname"].as_str().map(str::to_owned)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_change_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    // Where the kill falls is left to the machine; how much has been acknowledged before it grows from round to round.
    for enough in [7, 40, 150] {
        let program = up(folder.path());
        let (caller, acknowledged) = (Caller::of(&program), Arc::new(AtomicUsize::new(0)));
        let mut hammering = JoinSet::new();
        for who in 0..4 {
            hammering.spawn(caller.clone().hammer(who, Arc::clone(&acknowledged)));
        }
        until("enough to be acknowledged", async || match acknowledged.load(Ordering::SeqCst) {
            count if count >= enough => Ok(()),
            count => Err(count.to_string()),
        })
        .await;
        program.kill();
        let known: Vec<_> = hammering.join_all().await;
        assert!(known.iter().map(BTreeMap::len).sum::<usize>() > 0);

        let program = up(folder.path());
        let caller = Caller::of(&program);
        for (id, (acknowledged, under_way)) in known.iter().flatten() {
            let found = caller.first_name(id).await;
            let kept = found.as_ref() == Some(acknowledged) || (under_way.is_some() && &found == under_way);
            assert!(kept, "person {id}: {found:?} instead of {acknowledged:?} or {under_way:?}");
        }
        program.kill();
    }
}

/// What tells one of two worlds from the other: a person who is in the second alone, and the second's name of the job.
struct Marks {
    job: String,
    person: String,
}

impl Marks {
    /// Makes the first world the second.
    async fn set(program: &Program, caller: &Caller) -> Self {
        let job = format!("jobs/{}", program.text("sample", "job_id"));
        let nora = json!({"firstname": "Nora", "lastname": "Kept", "email": "nora@example.org"});
        let created = caller.ask(Method::POST, "people", Some(&nora)).await.expect("it answers");
        let location = created.headers()["location"].to_str().expect("an address").to_owned();
        let person = location.rsplit('/').next().expect("an id").to_owned();
        let renamed = caller.ask(Method::PATCH, &job, Some(&json!({"jobtitle": "Kept"}))).await.expect("it answers");
        assert_eq!(renamed.status(), StatusCode::NO_CONTENT);
        Self { job, person }
    }

    async fn seen(&self, caller: &Caller) -> (bool, bool) {
        let nora = caller.first_name(&self.person).await.as_deref() == Some("Nora");
        let job = caller.ask(Method::GET, &self.job, None).await.expect("it answers");
        (nora, job.json::<Value>().await.expect("JSON")["jobtitle"] == "Kept")
    }
}

/// Posts these to control, one after the other and all over again. When `enough` are done, the program is killed while it writes the
/// next one to disk.
async fn killed_while_posting(program: Program, folder: &Path, posts: &[(&'static str, Vec<u8>)], enough: usize) {
    let (control, done) = (program.text("control", "base_url").to_owned(), Arc::new(AtomicUsize::new(0)));
    let over = Arc::new(AtomicBool::new(false));
    let posting = tokio::spawn({
        let (done, over, posts) = (Arc::clone(&done), Arc::clone(&over), posts.to_vec());
        async move {
            let client = visitor();
            for (path, body) in posts.iter().cycle() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                match client.post(format!("{control}/__sandbox/{path}")).body(body.clone()).send().await {
                    Ok(answer) => assert_eq!(answer.status(), StatusCode::OK, "{path}"),
                    Err(_) => return,
                }
                done.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    until("enough replacements", async || match done.load(Ordering::SeqCst) {
        count if count >= enough => Ok(()),
        count => Err(count.to_string()),
    })
    .await;
    let log = || fs::metadata(folder.join("sandbox.db-wal")).and_then(|log| Ok((log.len(), log.modified()?))).ok();
    let before = log();
    until("the next one to be written", async || if log() == before { Err(format!("{before:?}")) } else { Ok(()) }).await;
    program.kill();
    over.store(true, Ordering::SeqCst);
    posting.await.expect("no panic");
}

/// The snapshot has one customer more than a fresh world. A kill leaves either the one or the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_during_resets_and_restores_leaves_one_whole_world() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = up(folder.path());
    let (control, caller) = (program.text("control", "base_url").to_owned(), Caller::of(&program));
    let marks = Marks::set(&program, &caller).await;
    let opened = visitor().post(format!("{control}/__sandbox/customers")).send().await.expect("it answers");
    assert_eq!(opened.status(), StatusCode::OK);
    let taken = visitor().put(format!("{control}/__sandbox/snapshots/kept")).send().await.expect("it answers");
    assert_eq!(taken.status(), StatusCode::OK);
    program.kill();

    for enough in [1, 2, 4, 7, 11] {
        killed_while_posting(
            up(folder.path()),
            folder.path(),
            &[("snapshots/kept/restore", Vec::new()), ("reset", Vec::new())],
            enough,
        )
        .await;
        let program = up(folder.path());
        let url = format!("{}/__sandbox/customers", program.text("control", "base_url"));
        let customers: Value = visitor().get(url).send().await.expect("it answers").json().await.expect("JSON");
        let customers = customers["customers"].as_array().expect("customers").len();
        let seen = (customers, marks.seen(&Caller::of(&program)).await);
        assert!(seen == (1, (false, false)) || seen == (2, (true, true)), "a part of each: {seen:?}");
        program.kill();
    }
}

/// Two files of one customer take each other's place; in the second, the candidate has been invited. A kill leaves either the one or
/// the other, to the last row, also of the integration, which keeps its own in another file: it is exported as it came in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_during_imports_leaves_one_whole_customer() {
    let folder = tempfile::tempdir().expect("a folder");
    let export = async |program: &Program| {
        let url = format!("{}/__sandbox/customers/4021/export", program.text("control", "base_url"));
        let answer = visitor().get(url).send().await.expect("it answers");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.bytes().await.expect("a file").to_vec()
    };
    let program = all_up(folder.path());
    let first = export(&program).await;
    let marks = Marks::set(&program, &Caller::of(&program)).await;
    let client = visitor();
    program.advance(&client).await;
    until("the invitation, and nothing left to do", async || {
        let (mails, pending) = (program.mails(&client).await.len(), program.pending(&client).await);
        if (mails, pending) == (1, 0) { Ok(()) } else { Err(format!("{mails} mails, {pending} pending")) }
    })
    .await;
    let second = export(&program).await;
    program.kill();

    let posts = [&first, &second].map(|file| ("customers/import?replace=true", file.clone()));
    for enough in [1, 2, 4, 7, 11] {
        killed_while_posting(all_up(folder.path()), folder.path(), &posts, enough).await;
        let program = all_up(folder.path());
        let seen = marks.seen(&Caller::of(&program)).await;
        let whole = if seen == (true, true) { &second } else { &first };
        assert!(seen == (true, true) || seen == (false, false), "a part of each: {seen:?}");
        assert!(export(&program).await == *whole, "it is not what the file holds");
        program.kill();
    }
}

#[test]
fn a_file_that_cannot_be_used_stops_the_start_and_is_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    up(folder.path()).kill();
    let file = folder.path().join("sandbox.db");
    let settled = |sql: &str| {
        let connection = rusqlite::Connection::open(&file).expect("the file");
        connection.execute_batch(sql).expect("a change");
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").expect("written back");
    };
    settled("");
    let sound = fs::read(&file).expect("the file");
    for (name, says) in [
        ("newer", "version 99"),
        ("older", "version 2, this program writes version 4"),
        ("cut short", "damaged"),
        ("empty", "damaged"),
        ("a row that cannot be read", "damaged"),
        ("a table that nobody knows", "newer one"),
        ("an actor that nobody knows", "newer program"),
    ] {
        fs::write(&file, &sound).expect("the file");
        match name {
            "newer" => settled("PRAGMA user_version=99"),
            "older" => settled("PRAGMA user_version=2"),
            "cut short" => fs::write(&file, &sound[..sound.len() / 2]).expect("the file"),
            "empty" => fs::write(&file, []).expect("the file"),
            "a row that cannot be read" => settled("UPDATE rows SET body = x'7b' WHERE name = 'people'"),
            "a table that nobody knows" => settled("UPDATE rows SET name = 'robots' WHERE name = 'people'"),
            _ => settled("UPDATE rows SET scope = 'fortune/1' WHERE scope = 'mailbox' OR name = 'tenants'"),
        }
        let before = fs::read(&file).expect("the file");
        let arguments = ["sandbox", "--port", "0", "--data"];
        let output =
            Command::new(env!("CARGO_BIN_EXE_harver-icims")).args(arguments).arg(folder.path()).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(says), "{name}: {said}");
        assert_eq!(fs::read(&file).expect("the file"), before, "{name}");
    }
}
