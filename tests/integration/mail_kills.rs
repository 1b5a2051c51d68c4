//! Kills around the moment in which a mail server takes a mail: how often a candidate gets it, counted where it arrives.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harver_icims::clock::Clock;
use harver_icims::domain::{Job, JobKind, OrderId, OrderState};
use harver_icims::store::{self, SealingKey, Store, StoreError, jobs, orders};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::chance::Chance;
use crate::commands::{PASSPHRASE, Serving, serve};
use crate::program::until;
use crate::support::{customer, new_order, nowhere};

/// How often the program is killed at a random moment; `HARVER_ICIMS_MAIL_KILLS` says otherwise.
const KILLS: usize = 6;
/// A kill comes at most so long after the last line of the mail has arrived.
const WITHIN: Duration = Duration::from_millis(30);

/// A mail server that counts what arrives: a mail counts when its last line is there, whether it was answered or not.
#[derive(Clone)]
struct Counter {
    port: u16,
    arrived: Arc<Mutex<Vec<String>>>,
    came: Arc<Notify>,
}

impl Counter {
    /// One that answers, or takes mail and never says so.
    async fn open(answers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let counter = Self { port, arrived: Arc::default(), came: Arc::new(Notify::new()) };
        let serving = counter.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                // Whoever is killed hangs up in the middle.
                tokio::spawn(async move { drop(serving.serve(stream, answers).await) });
            }
        });
        counter
    }

    async fn serve(&self, mut stream: TcpStream, answers: bool) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let (reader, mut writer) = stream.split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 ready\r\n").await?;
        let mut identity: Option<String> = None;
        while let Some(line) = lines.next_line().await? {
            let answer = match (identity.as_mut(), line.as_str()) {
                (Some(_), ".") => {
                    self.arrived.lock().expect("no panic elsewhere").extend(identity.take());
                    self.came.notify_one();
                    if !answers {
                        continue;
                    }
                    "250 taken"
                }
                (Some(identity), line) => {
                    if let Some(value) = line.strip_prefix("Message-ID:") {
                        value.trim().clone_into(identity);
                    }
                    continue;
                }
                (None, "DATA") => {
                    identity = Some(String::new());
                    "354 go on"
                }
                (None, "QUIT") => "221 bye",
                (None, _) => "250 OK",
            };
            writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }

    fn arrived(&self) -> Vec<String> {
        self.arrived.lock().expect("no panic elsewhere").clone()
    }
}

/// A database in which one mail waits, and the configuration of a service that works on it.
struct Waiting {
    folder: tempfile::TempDir,
    config: PathBuf,
    order: OrderId,
}

impl Waiting {
    async fn at(counter: &Counter) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join("integration.db");
        let store = Store::open(&database, key()).expect("a fresh file");
        let now = Clock::real().now();
        let recorded: Result<OrderId, StoreError> = store
            .write(move |tx| {
                store::insert_customer(tx, &customer(&nowhere(), &nowhere()))?;
                let order = orders::insert(tx, &new_order(88431), now)?;
                let application = "65aa01f29c3b4d00178e92fa".parse().expect("24 digits");
                let link = "https://my.harver.com/magic-link/1".parse().expect("a URL");
                orders::keep_link(tx, order, &application, (&link, now + jiff::SignedDuration::from_hours(24)), now)?;
                jobs::enqueue(tx, Job { kind: JobKind::SendInvitation, order }, now)?;
                Ok(order)
            })
            .await;
        let config = folder.path().join("serve.toml");
        let text = format!(
            "public_url = \"http://127.0.0.1:9\"\nlisten = \"127.0.0.1:0\"\ndatabase = \"{}\"\nretry_minutes = [1]\n[mail]\n\
             host = \"127.0.0.1\"\nport = {}\nsender_address = \"noreply@example.org\"\nsecurity = \"none\"\n",
            database.display(),
            counter.port
        );
        std::fs::write(&config, text).expect("a file");
        Self { folder, config, order: recorded.expect("an order") }
    }

    fn serving(&self) -> Serving {
        Serving(serve(&self.config).stderr(std::process::Stdio::null()).spawn().expect("the program starts"))
    }

    /// Waits until the order is in this state, as whoever serves has stored it.
    async fn until_state(&self, state: OrderState) {
        let store = beside(self.folder.path());
        let order = self.order;
        until("the order's state", async || {
            let found: Result<_, StoreError> = store.read(move |tx| orders::get_order(tx, order)).await;
            let found = found.expect("the store answers").expect("the order").state;
            if found == state { Ok(()) } else { Err(format!("{found:?}")) }
        })
        .await;
    }
}

fn key() -> SealingKey {
    SealingKey::from_passphrase(&PASSPHRASE.1.to_owned().into())
}

fn beside(folder: &Path) -> Store {
    Store::open_beside(&folder.join("integration.db"), key()).expect("a file")
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_around_the_mail_a_candidate_gets_it_once_more_at_most() {
    let kills = std::env::var_os("HARVER_ICIMS_MAIL_KILLS").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(KILLS);
    let (mut second, mut chance) = (0, Chance::of_this_run());
    let seed = chance.seed;
    for _ in 0..kills {
        let counter = Counter::open(true).await;
        let waiting = Waiting::at(&counter).await;
        let first = waiting.serving();
        counter.came.notified().await;
        let moment = chance.moment(WITHIN);
        let _ = tokio::time::timeout(moment, std::future::pending::<()>()).await;
        drop(first);

        let _second = waiting.serving();
        waiting.until_state(OrderState::Invited).await;
        let arrived = counter.arrived();
        assert!((1..=2).contains(&arrived.len()), "seed {seed}: {arrived:?}");
        assert!(
            arrived.iter().all(|identity| *identity == arrived[0] && !identity.is_empty()),
            "seed {seed}: one message: {arrived:?}"
        );
        second += arrived.len() - 1;
    }
    eprintln!("{second} of {kills} kills within {} ms of a mail's last line led to a second delivery", WITHIN.as_millis());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_twice_before_the_answer_a_candidate_gets_a_mail_no_third_time() {
    let counter = Counter::open(false).await;
    let waiting = Waiting::at(&counter).await;
    for _ in 0..2 {
        let serving = waiting.serving();
        counter.came.notified().await;
        drop(serving);
    }
    let _third = waiting.serving();
    waiting.until_state(OrderState::Failed).await;
    let arrived = counter.arrived();
    assert_eq!(arrived.len(), 2, "a person decides about the third: {arrived:?}");
    assert_eq!(arrived[0], arrived[1]);
}
