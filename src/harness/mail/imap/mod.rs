//! A mailbox that is read by IMAP (RFC 3501), without a change: messages stay as unread as they were.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use async_imap::Session;
use futures::TryStreamExt as _;
use mail_parser::MessageParser;
use rustls::ClientConfig;
use rustls_platform_verifier::ConfigVerifierExt as _;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use super::{Mail, links};

/// How long one look may take.
const LIMIT: Duration = Duration::from_secs(30);
/// How many messages to one candidate are read, the newest.
const MANY: usize = 20;

/// A mailbox and who opens it.
#[derive(Clone)]
pub(in crate::harness) struct Imap {
    host: String,
    port: u16,
    is_secure: bool,
    username: String,
    password: String,
}

/// What a session goes over.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Wire for T {}

impl Imap {
    /// `imaps://host[:port]`, or `imap://host[:port]` where nothing is encrypted.
    ///
    /// # Errors
    /// When the address is neither.
    pub(in crate::harness) fn new(address: &Url, username: String, password: String) -> Result<Self> {
        let is_secure = match address.scheme() {
            "imaps" => true,
            "imap" => false,
            other => bail!("{other}:// is no way to read mail; write imaps://host or imap://host"),
        };
        let host = address.host_str().context("the address of the mailbox has no host")?.to_owned();
        let port = address.port().unwrap_or(if is_secure { 993 } else { 143 });
        Ok(Self { host, port, is_secure, username, password })
    }

    pub(super) async fn mail(&self, to: &str) -> Result<Vec<Mail>> {
        let looked = timeout(LIMIT, self.look(to)).await;
        looked.with_context(|| format!("{} did not answer within {} s", self.host, LIMIT.as_secs()))?
    }

    pub(super) fn password(&self) -> &str {
        &self.password
    }

    async fn look(&self, to: &str) -> Result<Vec<Mail>> {
        let plain = TcpStream::connect((self.host.as_str(), self.port)).await;
        let plain = plain.with_context(|| format!("{} port {} does not answer", self.host, self.port))?;
        let wire: Box<dyn Wire> = if self.is_secure {
            let config = ClientConfig::with_platform_verifier().context("the certificates of this machine")?;
            let name = self.host.clone().try_into().context("the name of the host")?;
            Box::new(TlsConnector::from(Arc::new(config)).connect(name, plain).await.context("making the connection secure")?)
        } else {
            Box::new(plain)
        };
        let mut client = async_imap::Client::new(wire);
        client.read_response().await.context("the greeting")?.context("the connection was closed at once")?;
        let signed_in = client.login(&self.username, &self.password).await;
        // The library's error may hold what was sent.
        let mut session = signed_in.map_err(|_| anyhow!("{} is not let in with this password", self.username))?;
        let found = read(&mut session, to).await;
        session.logout().await.context("leaving")?;
        found
    }
}

async fn read(session: &mut Session<Box<dyn Wire>>, to: &str) -> Result<Vec<Mail>> {
    session.examine("INBOX").await.context("opening the inbox")?;
    let quoted = to.replace(['"', '\\', '\r', '\n'], "");
    let mut found: Vec<u32> = session.uid_search(format!("TO \"{quoted}\"")).await.context("searching")?.into_iter().collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.truncate(MANY);
    let mut mails = Vec::new();
    for uid in found {
        let messages: Vec<_> = session.uid_fetch(uid.to_string(), "BODY.PEEK[]").await?.try_collect().await?;
        let bodies = messages.iter().filter_map(|message| message.body());
        mails.extend(bodies.filter_map(|raw| told(uid.into(), raw)));
    }
    mails.retain(|mail| mail.to.iter().any(|address| address.eq_ignore_ascii_case(to)));
    Ok(mails)
}

fn told(id: u64, raw: &[u8]) -> Option<Mail> {
    let message = MessageParser::default().parse(raw)?;
    let shown = |name: Option<&str>, address: Option<&str>| match (name, address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (_, address) => address.unwrap_or_default().to_owned(),
    };
    let from = message.from().and_then(|from| from.first()).map(|from| shown(from.name(), from.address()));
    let to = message.to().into_iter().flat_map(|to| to.iter()).filter_map(|to| to.address().map(str::to_owned)).collect();
    let text = message.body_text(0).map(|text| text.into_owned());
    let mut found = links::of(text.as_deref().unwrap_or_default());
    found.extend(message.body_html(0).iter().flat_map(|html| links::of(&html.replace("&amp;", "&"))));
    Some(Mail {
        id,
        from: from.unwrap_or_default(),
        to,
        subject: message.subject().unwrap_or_default().to_owned(),
        text,
        links: found,
    })
}

#[cfg(test)]
mod tests;
