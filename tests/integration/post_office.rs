//! A mail server that keeps what it takes, and takes it when it is allowed to.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};

/// Open until the test ends.
#[derive(Clone)]
pub(crate) struct PostOffice {
    pub(crate) port: u16,
    mails: Arc<Mutex<Vec<String>>>,
    /// Somebody has handed a mail over and waits for the answer.
    pub(crate) handed_over: Arc<Notify>,
    permits: Arc<Semaphore>,
    taken: Arc<Notify>,
    /// What is said of the next mails, each of which has arrived all the same; without words the connection is closed.
    endings: Arc<Mutex<VecDeque<&'static str>>>,
    /// The connections that have not ended, by their numbers.
    connections: Arc<watch::Sender<BTreeSet<u64>>>,
}

impl PostOffice {
    /// Takes every mail at once.
    pub(crate) async fn open() -> Self {
        Self::with_permits(Semaphore::MAX_PERMITS).await
    }

    /// Answers for a mail only once it is [allowed](Self::allow) to.
    pub(crate) async fn hesitant() -> Self {
        Self::with_permits(0).await
    }

    /// Says this of the next mails, and takes every mail after them.
    pub(crate) async fn saying(endings: &[&'static str]) -> Self {
        let office = Self::open().await;
        office.endings.lock().expect("no panic elsewhere").extend(endings);
        office
    }

    async fn with_permits(permits: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let permits = Arc::new(Semaphore::new(permits));
        let office = Self {
            port,
            mails: Arc::default(),
            handed_over: Arc::new(Notify::new()),
            permits,
            taken: Arc::new(Notify::new()),
            endings: Arc::default(),
            connections: Arc::new(watch::Sender::new(BTreeSet::new())),
        };
        let serving = office.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let serving = serving.clone();
                serving.connections.send_modify(|open| _ = open.insert(number));
                tokio::spawn(async move {
                    // Who is killed hangs up in the middle.
                    let _ = serving.serve(stream).await;
                    serving.connections.send_modify(|open| _ = open.remove(&number));
                });
            }
        });
        office
    }

    /// Says this of the next mail.
    pub(crate) fn says(&self, ending: &'static str) {
        self.endings.lock().expect("no panic elsewhere").push_back(ending);
    }

    pub(crate) fn allow(&self) {
        self.permits.add_permits(1);
    }

    /// The values of a header in the mails that were taken, oldest first.
    pub(crate) fn all(&self, header: &str) -> Vec<String> {
        let mails = self.mails.lock().expect("no panic elsewhere");
        let value =
            |mail: &String| mail.lines().find_map(|line| line.strip_prefix(header)).expect("the header").trim().to_owned();
        mails.iter().map(value).collect()
    }

    /// Returns once so many mails have been taken.
    pub(crate) async fn until_taken(&self, mails: usize) {
        while self.mails.lock().expect("no panic elsewhere").len() < mails {
            self.taken.notified().await;
        }
    }

    /// Returns once every connection that is open now has ended: what somebody had sent who is dead by now has arrived.
    pub(crate) async fn until_the_dead_are_heard(&self) {
        let dead = self.connections.borrow().clone();
        let mut connections = self.connections.subscribe();
        connections.wait_for(|open| open.is_disjoint(&dead)).await.expect("it is never closed");
    }

    /// Every mail that was taken, oldest first, as it came.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("no panic elsewhere").clone()
    }

    pub(crate) fn last(&self) -> String {
        self.mails.lock().expect("no panic elsewhere").last().expect("a mail").clone()
    }

    async fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let (reader, mut writer) = stream.split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 ready\r\n").await?;
        let mut mail: Option<String> = None;
        while let Some(line) = lines.next_line().await? {
            let answer = match (mail.as_mut(), line.as_str()) {
                (Some(_), ".") => {
                    self.handed_over.notify_one();
                    self.permits.acquire().await.expect("it is never closed").forget();
                    self.mails.lock().expect("no panic elsewhere").extend(mail.take());
                    self.taken.notify_one();
                    match self.endings.lock().expect("no panic elsewhere").pop_front() {
                        None => "250 taken",
                        Some("") => return Ok(()),
                        Some(words) => words,
                    }
                }
                (Some(mail), line) => {
                    mail.push_str(line);
                    mail.push('\n');
                    continue;
                }
                (None, "DATA") => {
                    mail = Some(String::new());
                    "354 go on"
                }
                // Whoever says good-bye does not wait for the answer.
                (None, "QUIT") => return Ok(()),
                (None, _) => "250 OK",
            };
            writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}
