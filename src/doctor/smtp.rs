//! A conversation with a mail server that ends before any mail: greeting, EHLO, STARTTLS, EHLO, AUTH, QUIT.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::tls::{self, Shown};

/// The longest line that is read: RFC 5321 has 512 characters, some servers more.
const LONGEST_LINE: usize = 4 * 1024;
/// The most lines of an answer.
const MOST_LINES: usize = 100;

/// How the connection is to be protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    None,
    StartTls,
    Tls,
}

/// What came of it, step by step. A step that was not come to is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Conversation {
    /// Whether there is a server, and what went wrong.
    pub(super) connected: Option<Result<(), String>>,
    /// Whether it has greeted as a mail server does.
    pub(super) greeted: Option<Result<String, String>>,
    /// Whether the connection is protected as it is to be.
    pub(super) protected: Option<Result<(), String>>,
    /// Whether STARTTLS is offered on a connection that is not to be protected.
    pub(super) could_be_protected: bool,
    /// Its certificate.
    pub(super) certificate: Option<Shown>,
    /// Whether it lets us sign in: `Ok(false)` where nobody was to.
    pub(super) signed_in: Option<Result<bool, String>>,
}

/// Who signs in.
#[derive(Clone, Copy)]
pub(super) struct User<'a> {
    pub(super) name: &'a str,
    pub(super) password: &'a str,
}

/// Talks to a server as far as it goes. What is known when the deadline comes stands in `told`.
pub(super) async fn talk(host: &str, port: u16, security: Security, user: Option<User<'_>>, told: &mut Conversation) {
    let stream = match TcpStream::connect((host.trim_matches(['[', ']']), port)).await {
        Ok(stream) => stream,
        Err(error) => return told.connected = Some(Err(error.to_string())),
    };
    told.connected = Some(Ok(()));
    if security == Security::Tls {
        match tls::over(stream, host).await {
            Ok((stream, shown)) => {
                told.protected = Some(Ok(()));
                told.certificate = Some(shown);
                let mut line = Line::new(stream);
                if greet(&mut line, told).await.is_some() {
                    sign_in(&mut line, user, told).await;
                }
            }
            Err(why) => told.protected = Some(Err(format!("It does not speak TLS from the first byte ({why})."))),
        }
        return;
    }
    let mut line = Line::new(stream);
    let Some(offers) = greet(&mut line, told).await else { return };
    told.could_be_protected = offers.iter().any(|offer| offer == "STARTTLS");
    if security == Security::None {
        told.protected = Some(Ok(()));
        return sign_in_with(&mut line, &offers, user, told).await;
    }
    if !told.could_be_protected {
        return told.protected = Some(Err("It does not offer STARTTLS.".to_owned()));
    }
    match line.ask("STARTTLS").await {
        Ok(answer) if answer.code == 220 => {}
        Ok(answer) => return told.protected = Some(Err(format!("It refused STARTTLS: {}.", answer.words()))),
        Err(why) => return told.protected = Some(Err(format!("It broke off after STARTTLS: {why}."))),
    }
    match tls::over(line.0.into_inner(), host).await {
        Ok((stream, shown)) => {
            told.protected = Some(Ok(()));
            told.certificate = Some(shown);
            sign_in(&mut Line::new(stream), user, told).await;
        }
        Err(why) => told.protected = Some(Err(format!("The handshake after STARTTLS failed ({why})."))),
    }
}

/// Waits for the greeting and says hello. What the server offers; `None` where it is none.
async fn greet<S: AsyncRead + AsyncWrite + Unpin>(line: &mut Line<S>, told: &mut Conversation) -> Option<Vec<String>> {
    let greeting = match line.answer().await {
        Ok(answer) if answer.code == 220 => answer,
        Ok(answer) => {
            told.greeted = Some(Err(format!("It greeted with {}.", answer.words())));
            return None;
        }
        Err(why) => {
            told.greeted = Some(Err(format!("It has not greeted as a mail server does: {why}.")));
            return None;
        }
    };
    match line.ask("EHLO harver-icims.localhost").await {
        Ok(answer) if answer.code == 250 => {
            told.greeted = Some(Ok(greeting.words()));
            Some(answer.offers())
        }
        Ok(answer) => {
            told.greeted = Some(Err(format!("It refused EHLO: {}.", answer.words())));
            None
        }
        Err(why) => {
            told.greeted = Some(Err(format!("It broke off after EHLO: {why}.")));
            None
        }
    }
}

/// Says hello once more, as a connection that was protected in between begins anew, and signs in.
async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(line: &mut Line<S>, user: Option<User<'_>>, told: &mut Conversation) {
    match line.ask("EHLO harver-icims.localhost").await {
        Ok(answer) => sign_in_with(line, &answer.offers(), user, told).await,
        Err(why) => told.signed_in = Some(Err(format!("It broke off after EHLO: {why}."))),
    }
}

async fn sign_in_with<S: AsyncRead + AsyncWrite + Unpin>(
    line: &mut Line<S>,
    offers: &[String],
    user: Option<User<'_>>,
    told: &mut Conversation,
) {
    let Some(user) = user else { return told.signed_in = Some(Ok(false)) };
    let methods = offers.iter().find_map(|offer| offer.strip_prefix("AUTH ")).unwrap_or_default();
    let encoded = |text: &str| BASE64_STANDARD.encode(text);
    let answer = if methods.split_whitespace().any(|method| method == "PLAIN") {
        line.ask(&format!("AUTH PLAIN {}", encoded(&format!("\0{}\0{}", user.name, user.password)))).await
    } else if methods.split_whitespace().any(|method| method == "LOGIN") {
        match line.ask("AUTH LOGIN").await {
            Ok(answer) if answer.code == 334 => match line.ask(&encoded(user.name)).await {
                Ok(answer) if answer.code == 334 => line.ask(&encoded(user.password)).await,
                other => other,
            },
            other => other,
        }
    } else {
        return told.signed_in = Some(Err("It offers no way to sign in with a user name and a password.".to_owned()));
    };
    told.signed_in = Some(match answer {
        Ok(answer) if answer.code == 235 => Ok(true),
        Ok(answer) => Err(format!("It refuses user name and password: {}.", answer.words())),
        Err(why) => Err(format!("It broke off while we signed in: {why}.")),
    });
    // It closes the connection either way.
    let _ = line.ask("QUIT").await;
}

/// An answer of the server.
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    fn words(&self) -> String {
        let text = self.lines.first().map(String::as_str).unwrap_or_default();
        format!("{} {}", self.code, crate::http::in_its_words(text)).trim().to_owned()
    }

    fn offers(&self) -> Vec<String> {
        self.lines.iter().skip(1).map(|line| line.trim().to_ascii_uppercase().replace("AUTH=", "AUTH ")).collect()
    }
}

/// Lines back and forth.
struct Line<S>(BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    fn new(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    async fn ask(&mut self, command: &str) -> Result<Reply, String> {
        self.0.write_all(format!("{command}\r\n").as_bytes()).await.map_err(|error| error.to_string())?;
        self.0.flush().await.map_err(|error| error.to_string())?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<Reply, String> {
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES {
            let text = self.line().await?;
            let code = text.get(..3).and_then(|code| code.parse().ok()).ok_or("what came is no answer of a mail server")?;
            lines.push(text.get(4..).unwrap_or_default().to_owned());
            if text.as_bytes().get(3) != Some(&b'-') {
                return Ok(Reply { code, lines });
            }
        }
        Err("its answer has no end".to_owned())
    }

    async fn line(&mut self) -> Result<String, String> {
        let mut bytes = Vec::new();
        loop {
            let more = self.0.fill_buf().await.map_err(|error| error.to_string())?;
            if more.is_empty() {
                return Err("it closed the connection".to_owned());
            }
            let end = more.iter().position(|&byte| byte == b'\n');
            let taken = end.map_or(more.len(), |end| end + 1);
            bytes.extend_from_slice(&more[..taken]);
            self.0.consume(taken);
            if end.is_some() {
                return Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned());
            }
            if bytes.len() > LONGEST_LINE {
                return Err("it sends a line without end".to_owned());
            }
        }
    }
}
