//! Mail that a fault rule disturbs: refused for now or for good, slow, or lost in between.
//!
//! Rules are looked at once the message is complete, because its header names the customer (*assumed* to be late enough: a real
//! server refuses at `RCPT`).

use std::time::Instant;

use super::{Envelope, Mailbox, exchange, message};
use crate::engine::faults::{Call, Effect, Struck, Withdrawn};
use crate::engine::{Actor, Begun, DiskError, Outcome, Target};

/// What becomes of a message that was handed over.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It is in the mailbox, or was already.
    Accepted,
    /// The disk did not take it.
    NotStored(DiskError),
    /// A fault rule refuses it.
    Refused { status: u16, message: String },
    /// A fault rule breaks the connection off.
    BrokenOff,
}

impl Mailbox {
    /// Takes a message in as a mail server does: with the faults that are set.
    pub(super) async fn receive(&self, envelope: Envelope, raw: Vec<u8>) -> Verdict {
        let (now, started) = (self.0.surroundings.clock.now(), Instant::now());
        let faults = self.0.surroundings.journal.faults();
        let (read, raw) = message::read(raw).await;
        let recipients: Vec<&str> = envelope.to.iter().map(String::as_str).collect();
        let call = Call {
            actor: Actor::Mailbox,
            from: Actor::Integration,
            method: "SMTP",
            paths: &recipients,
            customer: read.customer.as_deref(),
        };
        let struck = faults.strike(&call, now);
        let _under_way = self.0.surroundings.journal.begin(Begun {
            at: now,
            from: call.from,
            agent: None,
            to: call.actor,
            customer: read.customer.clone(),
            workflow: None,
            method: None,
            target: Target::Text(envelope.to.join(", ")),
            faults: struck.iter().map(Struck::mark).collect(),
        });
        // Mail for a customer who is gone belongs to nobody, and is taken in all the same.
        let (Ok(()) | Err(Withdrawn)) = faults.slow_down(&struck).await;
        let effect = struck.iter().map(|rule| &rule.effect).find(|effect| !matches!(effect, Effect::Latency { .. }));
        let (verdict, outcome) = match effect {
            Some(Effect::Status { status, message, .. }) => {
                let message = message.clone().unwrap_or_else(|| "not now".into());
                let outcome = Outcome::Answered { status: *status, headers: Vec::new(), body: message.clone() };
                (Verdict::Refused { status: *status, message }, outcome)
            }
            Some(Effect::Drop) => {
                let reason = "the connection broke off before the message was taken in";
                (Verdict::BrokenOff, Outcome::Failed { reason: reason.into() })
            }
            effect => {
                let lost = matches!(effect, Some(Effect::LoseReply));
                let marks = struck.iter().map(Struck::mark).collect();
                return match self.deliver_marked(Actor::Integration, envelope, (read, raw), marks).await {
                    Ok(()) if lost => Verdict::BrokenOff,
                    Ok(()) => Verdict::Accepted,
                    Err(error) => Verdict::NotStored(error),
                };
            }
        };
        let mut refused = exchange(&envelope, &read, now);
        refused.outcome = outcome;
        refused.took_ms = started.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        refused.faults = struck.iter().map(Struck::mark).collect();
        self.0.surroundings.journal.record(refused);
        verdict
    }
}
