//! The mail server: it notes what arrives, and when.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail that has arrived.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    pub(super) to: String,
    pub(super) identity: String,
    pub(super) at: Timestamp,
}

impl Mail {
    pub(super) fn is_reminder(&self) -> bool {
        self.identity.contains(".reminder-")
    }
}

type Present = Arc<dyn Fn() -> Timestamp + Send + Sync>;

#[derive(Default)]
struct Inside {
    mails: Vec<Mail>,
    is_away: bool,
    loses_answer: bool,
    present: Option<Present>,
}

#[derive(Clone)]
pub(super) struct Post {
    pub(super) port: u16,
    inside: Arc<Mutex<Inside>>,
}

impl Post {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let post = Self { port: listener.local_addr().expect("an address").port(), inside: Arc::default() };
        let serving = post.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                // Who is hung up on hangs up.
                tokio::spawn(async move { drop(serving.serve(stream).await) });
            }
        });
        post
    }

    fn with<T>(&self, what: impl FnOnce(&mut Inside) -> T) -> T {
        what(&mut self.inside.lock().expect("no panic elsewhere"))
    }

    /// Nothing has arrived, everything works, and this is the time.
    pub(super) fn begin_anew(&self, present: Present) {
        self.with(|inside| *inside = Inside { present: Some(present), ..Inside::default() });
    }

    pub(super) fn is_away(&self, is_away: bool) {
        self.with(|inside| inside.is_away = is_away);
    }

    /// The next mail arrives, and its sender is not told.
    pub(super) fn loses_answer(&self) {
        self.with(|inside| inside.loses_answer = true);
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.with(|inside| inside.mails.clone())
    }

    async fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        if self.with(|inside| inside.is_away) {
            return stream.write_all(b"421 not now\r\n").await;
        }
        let (reader, mut writer) = stream.split();
        let mut lines = BufReader::new(reader).lines();
        writer.write_all(b"220 ready\r\n").await?;
        let (mut to, mut identity, mut in_data) = (String::new(), String::new(), false);
        while let Some(line) = lines.next_line().await? {
            let answer = match line.as_str() {
                "." if in_data => {
                    in_data = false;
                    if self.arrived(std::mem::take(&mut to), std::mem::take(&mut identity)) {
                        return Ok(());
                    }
                    "250 taken"
                }
                line if in_data => {
                    if let Some(id) = line.strip_prefix("Message-ID:") {
                        identity = id.trim().to_owned();
                    }
                    continue;
                }
                "DATA" => {
                    in_data = true;
                    "354 go on"
                }
                "QUIT" => return Ok(()),
                line => {
                    if let Some(address) = line.strip_prefix("RCPT TO:<") {
                        to = address.split('>').next().unwrap_or_default().to_owned();
                    }
                    "250 OK"
                }
            };
            writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }

    /// Notes a mail. Whether its sender hears nothing of it.
    fn arrived(&self, to: String, identity: String) -> bool {
        self.with(|inside| {
            let at = inside.present.as_ref().map_or(Timestamp::UNIX_EPOCH, |present| present());
            inside.mails.push(Mail { to, identity, at });
            std::mem::take(&mut inside.loses_answer)
        })
    }
}
