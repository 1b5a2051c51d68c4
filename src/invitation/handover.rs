//! Handing a mail to the server in two parts: all that comes before it, then the mail itself. In between the caller notes that the
//! candidate may get it from now on.

use std::time::Duration;

use futures_util::FutureExt as _;
use lettre::Message;
use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::{Instant, timeout_at};

use super::smtp::{MailError, Mailer};
use super::template::Invitation;
use crate::crash_point::{self, Effect};
use crate::domain::Neighbour;
use crate::meter::{CallOutcome, Meter};

/// How long the server may take to accept a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

/// How long a whole delivery may take: a server that trickles must not hold a worker.
const DELIVERY_WITHIN: Duration = Duration::from_secs(30);

/// A server that waits for a mail.
#[must_use = "the mail has not been sent"]
pub struct Handover {
    connection: AsyncSmtpConnection,
    mail: Message,
    /// Its identity.
    message: String,
    until: Instant,
    meter: Meter,
}

impl Mailer {
    /// Tells the server who writes to whom, until it waits for the mail. Whoever drops what this returns has sent nothing.
    ///
    /// # Errors
    /// See [`MailError`].
    pub async fn begin(&self, invitation: &Invitation) -> Result<Handover, MailError> {
        let message = invitation.message_id.as_str().to_owned();
        let mail = self.message(invitation).map_err(|source| MailError::Unsendable { message: message.clone(), source })?;
        let until = Instant::now() + DELIVERY_WITHIN;
        let connected = measured(&self.meter, "begin_mail", async {
            match timeout_at(until, self.connect(mail.envelope())).await {
                Ok(connected) => connected.map_err(|error| MailError::of(&message, error)),
                Err(_) => Err(MailError::TimedOut { message: message.clone() }),
            }
        });
        let connection = connected.await?;
        Ok(Handover { connection, mail, message, until, meter: self.meter.clone() })
    }

    async fn connect(&self, envelope: &Envelope) -> Result<AsyncSmtpConnection, SmtpError> {
        let (server, hello) = ((self.host.as_str(), self.port), ClientId::default());
        let from_the_first_byte = if let Tls::Wrapper(parameters) = &self.tls { Some(parameters.clone()) } else { None };
        let connected = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_WITHIN), &hello, from_the_first_byte, None);
        let mut connection = connected.await?;
        let told = self.tell(&mut connection, &hello, envelope).await;
        if told.is_err() {
            leave(&mut connection);
        }
        told.map(|()| connection)
    }

    /// Addresses and text are ASCII, whatever they say: no extension is needed.
    async fn tell(&self, server: &mut AsyncSmtpConnection, hello: &ClientId, envelope: &Envelope) -> Result<(), SmtpError> {
        if let Tls::Required(parameters) = &self.tls {
            server.starttls(parameters.clone(), hello).await?;
        }
        if let Some(user) = &self.user {
            server.auth(DEFAULT_MECHANISMS, user).await?;
        }
        server.command(Mail::new(envelope.from().cloned(), Vec::new())).await?;
        for to in envelope.to() {
            server.command(Rcpt::new(to.clone(), Vec::new())).await?;
        }
        server.command(Data).await.map(drop)
    }
}

impl Handover {
    /// Sends the mail; returns as soon as the server has taken it.
    ///
    /// # Errors
    /// See [`MailError`]. Where the error is no [answer](MailError::is_an_answer), the server may have taken it all the same.
    pub async fn finish(mut self) -> Result<(), MailError> {
        let meter = self.meter.clone();
        let handed_over = async {
            let answered = timeout_at(self.until, self.connection.message(&self.mail.formatted())).await;
            let Ok(answer) = answered else { return Err(MailError::TimedOut { message: self.message }) };
            leave(&mut self.connection);
            answer.map(drop).map_err(|error| MailError::of(&self.message, error))
        };
        measured(&meter, "finish_mail", handed_over).await
    }
}

/// Asks the server and measures how long it takes.
async fn measured<T>(
    meter: &Meter,
    call: &'static str,
    asked: impl Future<Output = Result<T, MailError>>,
) -> Result<T, MailError> {
    let calling = meter.calling(Neighbour::Mail, call);
    let effect = Effect::Call(Neighbour::Mail, call);
    crash_point::before(effect);
    let answer = asked.await;
    crash_point::after(effect);
    calling.ended(answer.as_ref().err().map_or(CallOutcome::Answered, MailError::outcome));
    answer
}

/// Says good-bye and does not wait for the answer: whoever has been told what became of a mail has to write that down first.
fn leave(server: &mut AsyncSmtpConnection) {
    let _ = server.quit().now_or_never();
}
