//! The SMTP listener: RFC 5321 as far as a sender of invitations needs it.
//!
//! `command` reads a line, `sign_in` credentials, `session` is the protocol without sockets, this file connects it to the `wire`.

mod certificate;
mod command;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod session;
mod sign_in;
mod wire;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::Mailbox;
use super::disturbed::Verdict;
use crate::engine::Sockets;
use session::{Session, Step};
use wire::Wire;

pub use certificate::{CertificateError, SmtpCertificate};
pub use sign_in::{NotAnSmtpUser, SmtpUser};

/// What the SMTP server admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmtpLimits {
    /// How many sessions are served at once; one more is told `421` to come back.
    pub sessions: usize,
    /// How long a client may keep silent (RFC 5321, 4.5.3.2.7); then it is told `421`.
    pub silence: Duration,
}

impl Default for SmtpLimits {
    fn default() -> Self {
        Self { sessions: 512, silence: Duration::from_secs(300) }
    }
}

/// What the SMTP server offers beyond taking mail.
#[derive(Clone, Debug, Default)]
pub struct SmtpOffer {
    /// Who has to sign in. Without a user, whoever signs in is welcome, and nobody has to.
    pub user: Option<SmtpUser>,
    /// What connections are encrypted with after `STARTTLS`. Without a certificate, that is not offered.
    pub certificate: Option<SmtpCertificate>,
}

/// How long to wait before accepting again when the system refuses, for want of file handles say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `listener` until `shutdown` ends, then lets each connection finish the message it is storing.
pub(super) async fn run(
    mailbox: Mailbox,
    listener: Sockets,
    limits: SmtpLimits,
    offer: SmtpOffer,
    shutdown: impl Future<Output = ()>,
) {
    let offer = Arc::new(offer);
    let room = Arc::new(Semaphore::new(limits.sessions));
    let stopping = watch::Sender::new(false);
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                let (mailbox, room, stopping) = (mailbox.clone(), Arc::clone(&room), stopping.subscribe());
                let offer = Arc::clone(&offer);
                connections.spawn(async move {
                    let served = match room.try_acquire() {
                        Ok(_place) => serve(&mailbox, stream, limits.silence, &offer, stopping).await,
                        Err(_) => turn_away(stream).await,
                    };
                    if let Err(error) = served {
                        tracing::debug!(%error, "A mail connection broke.");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "A mail connection could not be accepted.");
                tokio::time::interval_at(tokio::time::Instant::now() + ACCEPT_PAUSE, ACCEPT_PAUSE).tick().await;
            }
        }
    }
    drop(listener);
    stopping.send_replace(true);
    while connections.join_next().await.is_some() {}
}

async fn turn_away(stream: TcpStream) -> std::io::Result<()> {
    Wire::new(stream)?.say_last(&session::closing("too many connections, come back later")).await
}

async fn serve(
    mailbox: &Mailbox,
    stream: TcpStream,
    silence: Duration,
    offer: &SmtpOffer,
    mut stopping: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let mut wire = Wire::new(stream)?;
    let mut session = Session::new(offer);
    let mut buffer = vec![0; 16 * 1024];
    wire.say(&session::greeting()).await?;
    loop {
        while let Some(step) = session.next_step() {
            match step {
                Step::Reply(lines) => wire.say(&lines).await?,
                Step::Close(lines) => return wire.say_last(&lines).await,
                Step::Encrypt(lines) => {
                    wire.say(&lines).await?;
                    if let Some(certificate) = &offer.certificate {
                        wire = tokio::select! {
                            // Nothing that could be said now would be understood.
                            () = stopped(&mut stopping) => return Ok(()),
                            encrypted = tokio::time::timeout(silence, wire.encrypted(certificate)) => encrypted??,
                        };
                    }
                }
                Step::Deliver(envelope, raw) => {
                    let lines = match mailbox.receive(envelope, raw).await {
                        Verdict::Accepted => session::accepted(),
                        Verdict::NotStored(error) => {
                            tracing::error!(%error, "A message could not be stored.");
                            session::not_stored()
                        }
                        Verdict::Refused { status, message } => session::disturbed(status, &message),
                        Verdict::BrokenOff => return wire.break_off(),
                    };
                    wire.say(&lines).await?;
                }
            }
        }
        let read = tokio::select! {
            () = stopped(&mut stopping) => return wire.say_last(&session::closing("the mailbox is stopping")).await,
            read = tokio::time::timeout(silence, wire.read(&mut buffer)) => read,
        };
        match read {
            Ok(Ok(0)) => return Ok(()),
            Ok(length) => session.feed(&buffer[..length?]),
            Err(_) => return wire.say_last(&session::closing("nothing was said for too long")).await,
        }
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // A sender that is gone has stopped, too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
