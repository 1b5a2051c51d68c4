//! The protocol of one connection as a plain function of the bytes received: no sockets, no waiting.
//!
//! Lines end with LF, with or without a CR before it, in commands and in messages alike: a person with `nc` is understood. That
//! is safe here, as nothing is relayed: a smuggled second message would only be seen by the tester who sent it.

use super::SmtpOffer;
use super::command::{BadCommand, Command};
use super::sign_in::{self, Awaited, SmtpUser, Turn};
use crate::mailbox::Envelope;

/// The largest message, announced by `SIZE`: 10 MiB.
pub(super) const MESSAGE_LIMIT: usize = 10 * 1024 * 1024;
/// The longest command line with its line end. RFC 5321, 4.5.3.1.4 demands 512 and room for parameters.
const COMMAND_LIMIT: usize = 1024;
/// The longest line of a message with its line end (RFC 5321, 4.5.3.1.6).
const TEXT_LINE_LIMIT: usize = 1000;
/// The most recipients of one message (RFC 5321, 4.5.3.1.8).
const RECIPIENT_LIMIT: usize = 100;
/// How many refused commands a client may send before the connection is closed.
const REFUSAL_LIMIT: usize = 50;

/// What the connection has to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Send these lines.
    Reply(String),
    /// Store this message, then send [`accepted`] or [`not_stored`].
    Deliver(Envelope, Vec<u8>),
    /// Send these lines in the clear, and encrypt everything after them. The session has forgotten what was said so far.
    Encrypt(String),
    /// Send these lines and close.
    Close(String),
}

/// The first line of a connection.
pub(super) fn greeting() -> String {
    "220 mailbox.sandbox ESMTP ready; nothing is relayed\r\n".into()
}

/// The answer to a message that is on disk.
pub(super) fn accepted() -> String {
    reply(250, "2.0.0", "the message is in the mailbox")
}

/// The answer to a message that could not be stored.
pub(super) fn not_stored() -> String {
    reply(451, "4.3.0", "the message could not be stored, try again; the log says why")
}

/// The answer that a fault rule wants; the enhanced status follows from the other one (RFC 3463).
pub(super) fn disturbed(status: u16, why: &str) -> String {
    reply(status, if status < 500 { "4.7.1" } else { "5.7.1" }, why)
}

/// The last words of a server that is stopping or of a client that kept silent.
pub(super) fn closing(why: &str) -> String {
    reply(421, "4.4.2", why)
}

/// A conversation.
#[derive(Debug, Default)]
pub(super) struct Session {
    received: Vec<u8>,
    // Where in `received` the search for a line end goes on, so that a long line is not searched again with every packet.
    searched: usize,
    // Who has to sign in; without a user, whoever signs in is welcome, and nobody has to.
    user: Option<SmtpUser>,
    encryption: Encryption,
    greeted: bool,
    signing_in: Option<Awaited>,
    signed_in: bool,
    transaction: Option<Envelope>,
    // Whether the addresses of the transaction may have letters beyond ASCII.
    utf8: bool,
    data: Option<Data>,
    skipping_long_line: bool,
    refusals: usize,
}

/// Whether the conversation is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Encryption {
    #[default]
    NotOffered,
    Offered,
    On,
}

/// A message that is being received.
#[derive(Debug, Default)]
struct Data {
    bytes: Vec<u8>,
    // Everything that came, also what was not kept.
    length: usize,
    long_line: bool,
}

impl Session {
    /// A conversation that begins in the clear.
    pub(super) fn new(offer: &SmtpOffer) -> Self {
        let encryption = if offer.certificate.is_some() { Encryption::Offered } else { Encryption::NotOffered };
        Self { user: offer.user.clone(), encryption, ..Self::default() }
    }

    /// Takes in bytes as they come off the wire.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.received.extend_from_slice(bytes);
    }

    /// What the bytes so far ask for; `None` when more are needed.
    pub(super) fn next_step(&mut self) -> Option<Step> {
        let mut at = 0;
        let step = loop {
            let Some(length) = self.received[self.searched.max(at)..].iter().position(|&byte| byte == b'\n') else {
                break None;
            };
            let end = self.searched.max(at) + length + 1;
            let line = std::mem::take(&mut self.received);
            let step = self.line(&line[at..end]);
            self.received = line;
            at = end;
            self.searched = end;
            if step.is_some() {
                break step;
            }
        };
        if matches!(step, Some(Step::Encrypt(_))) {
            // What came along with the command was not encrypted, and is not to be taken for what follows (RFC 3207, section 4.2).
            self.received.clear();
            at = 0;
        }
        self.received.drain(..at);
        self.searched = if step.is_some() { 0 } else { self.received.len() };
        step.or_else(|| self.unfinished_line())
    }

    fn line(&mut self, line: &[u8]) -> Option<Step> {
        if std::mem::take(&mut self.skipping_long_line) {
            return match &mut self.data {
                Some(data) => {
                    data.length += line.len();
                    None
                }
                None => {
                    // As if it had come in one packet: what was asked for is answered.
                    self.signing_in = None;
                    Some(self.refuse(500, "5.5.2", "the line is too long"))
                }
            };
        }
        if self.data.is_some() { self.text_line(line) } else { Some(self.command_line(line)) }
    }

    /// Bounds what is kept of a line whose end has not come yet.
    fn unfinished_line(&mut self) -> Option<Step> {
        let limit = if self.data.is_some() { TEXT_LINE_LIMIT } else { COMMAND_LIMIT };
        if self.received.len() <= limit {
            return None;
        }
        if let Some(data) = &mut self.data {
            data.long_line = true;
            data.length += self.received.len();
            if data.length > 2 * MESSAGE_LIMIT {
                return Some(Step::Close(closing("the message is far larger than announced")));
            }
        }
        self.skipping_long_line = true;
        self.received.clear();
        self.searched = 0;
        None
    }

    fn text_line(&mut self, line: &[u8]) -> Option<Step> {
        let data = self.data.as_mut()?;
        if line == b".\r\n" || line == b".\n" {
            return Some(self.end_of_data());
        }
        let text = line.strip_prefix(b".").unwrap_or(line);
        data.length += text.len();
        data.long_line |= text.len() > TEXT_LINE_LIMIT;
        if data.length <= MESSAGE_LIMIT {
            data.bytes.extend_from_slice(text);
        } else {
            data.bytes = Vec::new();
        }
        // A client that pays no heed to the announced size is read to the end of its message, within reason.
        (data.length > 2 * MESSAGE_LIMIT).then(|| Step::Close(closing("the message is far larger than announced")))
    }

    fn end_of_data(&mut self) -> Step {
        let data = self.data.take().unwrap_or_default();
        let envelope = self.transaction.take().unwrap_or_default();
        if data.length > MESSAGE_LIMIT {
            self.refuse(552, "5.3.4", "the message is larger than 10485760 bytes")
        } else if data.long_line {
            self.refuse(554, "5.6.0", "a line of the message is longer than 1000 bytes; encode the body")
        } else {
            Step::Deliver(envelope, data.bytes)
        }
    }

    fn command_line(&mut self, line: &[u8]) -> Step {
        let signing_in = self.signing_in.take();
        if line.len() > COMMAND_LIMIT {
            return self.refuse(500, "5.5.2", "the line is too long");
        }
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(awaited) = signing_in {
            return self.sign_in(awaited.take(line));
        }
        match Command::parse(line) {
            Ok(command) => self.carry_out(command),
            Err(BadCommand::Unknown) => self.refuse(500, "5.5.1", "no such command"),
            Err(BadCommand::NotOffered) => self.refuse(502, "5.5.1", "this command is not offered here"),
            Err(BadCommand::Arguments(what)) => self.refuse(501, "5.5.4", what),
            Err(BadCommand::Parameter) => self.refuse(555, "5.5.4", "this parameter was not announced"),
        }
    }

    fn carry_out(&mut self, command: Command) -> Step {
        match command {
            Command::Ehlo(client) => {
                self.greet();
                let encryption = if self.encryption == Encryption::Offered { "250-STARTTLS\r\n" } else { "" };
                Step::Reply(format!(
                    "250-mailbox.sandbox greets {client}\r\n250-SIZE {MESSAGE_LIMIT}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250-AUTH PLAIN LOGIN\r\n{encryption}250-ENHANCEDSTATUSCODES\r\n250 HELP\r\n"
                ))
            }
            Command::Helo(client) => {
                self.greet();
                Step::Reply(format!("250 mailbox.sandbox greets {client}\r\n"))
            }
            Command::Mail { from, size, utf8 } => self.mail(from, size, utf8),
            Command::Rcpt(to) => self.rcpt(to),
            Command::Data => self.begin_data(),
            Command::Rset => {
                self.transaction = None;
                Step::Reply(reply(250, "2.0.0", "the message is forgotten"))
            }
            Command::Noop => Step::Reply(reply(250, "2.0.0", "still here")),
            Command::StartTls => self.encrypt(),
            Command::Auth { .. } if !self.greeted => self.refuse(503, "5.5.1", "say EHLO first"),
            Command::Auth { .. } if self.signed_in => self.refuse(503, "5.5.1", "you have signed in"),
            Command::Auth { .. } if self.transaction.is_some() => {
                self.refuse(503, "5.5.1", "a message is under way; finish it or say RSET")
            }
            Command::Auth { mechanism, response } => self.sign_in(sign_in::begin(&mechanism, response.as_deref())),
            Command::Vrfy => Step::Reply(reply(252, "2.5.0", "every recipient is accepted")),
            Command::Help => Step::Reply(reply(214, "2.0.0", "EHLO HELO STARTTLS AUTH MAIL RCPT DATA RSET NOOP QUIT VRFY HELP")),
            Command::Quit => Step::Close(reply(221, "2.0.0", "goodbye")),
        }
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.transaction = None;
    }

    fn encrypt(&mut self) -> Step {
        match self.encryption {
            Encryption::NotOffered => self.refuse(502, "5.5.1", "encryption is not offered; start the sandbox with --smtp-tls"),
            Encryption::On => self.refuse(503, "5.5.1", "the connection is encrypted"),
            Encryption::Offered => {
                let (user, refusals) = (self.user.take(), self.refusals);
                *self = Self { user, refusals, encryption: Encryption::On, ..Self::default() };
                Step::Encrypt(reply(220, "2.0.0", "go ahead"))
            }
        }
    }

    fn sign_in(&mut self, turn: Turn) -> Step {
        match turn {
            Turn::Ask(awaited) => {
                let prompt = awaited.prompt().to_owned();
                self.signing_in = Some(awaited);
                Step::Reply(prompt)
            }
            Turn::Said(said) if self.user.as_ref().is_none_or(|user| user.is(&said)) => {
                self.signed_in = true;
                Step::Reply(reply(235, "2.7.0", "welcome"))
            }
            Turn::Said(_) => {
                self.refuse(535, "5.7.8", "name or password is wrong; they are those that the sandbox was started with")
            }
            Turn::GivenUp => self.refuse(501, "5.7.0", "signing in was given up"),
            Turn::Unreadable => self.refuse(501, "5.5.2", "this cannot be read: say it in base64, as the mechanism has it"),
            Turn::Unknown => self.refuse(504, "5.5.4", "the mechanisms are PLAIN and LOGIN"),
        }
    }

    fn mail(&mut self, from: String, size: Option<u64>, utf8: bool) -> Step {
        if !self.greeted {
            return self.refuse(503, "5.5.1", "say EHLO first");
        }
        if self.user.is_some() && !self.signed_in {
            return self.refuse(530, "5.7.0", "sign in first: say AUTH PLAIN or AUTH LOGIN");
        }
        if self.transaction.is_some() {
            return self.refuse(503, "5.5.1", "a message is under way; finish it or say RSET");
        }
        if size.is_some_and(|size| size > MESSAGE_LIMIT as u64) {
            return self.refuse(552, "5.3.4", "the message is larger than 10485760 bytes");
        }
        if !utf8 && !from.is_ascii() {
            return self.refuse_letters();
        }
        self.transaction = Some(Envelope { from, to: Vec::new() });
        self.utf8 = utf8;
        Step::Reply(reply(250, "2.1.0", "go on"))
    }

    fn rcpt(&mut self, to: String) -> Step {
        let Some(envelope) = &mut self.transaction else {
            return self.refuse(503, "5.5.1", "say MAIL FROM first");
        };
        if envelope.to.len() >= RECIPIENT_LIMIT {
            return self.refuse(452, "4.5.3", "no more than 100 recipients; send the message again for the others");
        }
        if !self.utf8 && !to.is_ascii() {
            return self.refuse_letters();
        }
        envelope.to.push(to);
        Step::Reply(reply(250, "2.1.5", "go on"))
    }

    fn begin_data(&mut self) -> Step {
        match &self.transaction {
            None => self.refuse(503, "5.5.1", "say MAIL FROM and RCPT TO first"),
            Some(envelope) if envelope.to.is_empty() => self.refuse(503, "5.5.1", "say RCPT TO first"),
            Some(_) => {
                self.data = Some(Data::default());
                Step::Reply("354 write the message; end it with a line that holds a single dot\r\n".into())
            }
        }
    }

    /// As RFC 6531, 3.5 has it.
    fn refuse_letters(&mut self) -> Step {
        self.refuse(553, "5.6.7", "an address has letters beyond ASCII; say SMTPUTF8 at the end of MAIL FROM to use them")
    }

    fn refuse(&mut self, status: u16, enhanced: &str, what: &str) -> Step {
        self.refusals += 1;
        if self.refusals > REFUSAL_LIMIT {
            return Step::Close(reply(421, "4.7.0", "too many refused commands"));
        }
        Step::Reply(reply(status, enhanced, what))
    }
}

fn reply(status: u16, enhanced: &str, what: &str) -> String {
    format!("{status} {enhanced} {what}\r\n")
}

#[cfg(test)]
mod tests;
