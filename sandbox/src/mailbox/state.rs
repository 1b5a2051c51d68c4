//! The messages of one customer, and the rules by which they come and go.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use imbl::HashMap;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::message::{Envelope, Message, Reading, reading};
use super::words::Words;
use crate::engine::{Indexed, Lookups, Persist, Rows, State};

/// How many numbers each customer has: a message is numbered within its customer, so that what others receive does not show.
const NUMBERS: u64 = 10_000_000;

/// Which messages to show. An absent criterion matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailFilter {
    /// Only those of this customer.
    pub customer: Option<String>,
    /// Only those to this recipient, whatever the case.
    pub to: Option<String>,
    /// Only those that arrived after the message with this id; if there is no such message, those with a greater id.
    pub after: Option<u64>,
    /// Only those that have these words.
    pub words: Words,
}

impl MailFilter {
    /// `after` says when the message arrived that the filter names.
    fn admits(&self, received: &Received, after: Option<u64>) -> bool {
        let message = &received.message;
        let newer = match after {
            Some(arrived) => received.arrived > arrived,
            None => self.after.is_none_or(|after| message.id > after),
        };
        let customer = self.customer.as_ref().is_none_or(|wanted| message.customer.as_ref() == Some(wanted));
        let to = self.to.as_ref().is_none_or(|wanted| message.to.iter().any(|to| is_same_address(to, wanted)));
        newer && customer && to && self.words.are_in(message)
    }
}

/// A message as it is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Stored")]
pub struct Received {
    /// What a reader wants of it. A clone shares the texts.
    pub message: Arc<Message>,
    /// The return path of the SMTP session.
    pub return_path: String,
    /// Its position among the messages of all customers, which is the order of their arrival.
    pub(super) arrived: u64,
    raw: Raw,
    /// Of what it says.
    fingerprint: u64,
}

impl Received {
    /// The bytes as they were received, dot-stuffing undone.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw.0
    }
}

/// A message as it is stored: what came in. Everything else is read from that again.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    id: u64,
    received_at: Timestamp,
    return_path: String,
    to: Vec<String>,
    arrived: u64,
    raw: Raw,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    repeat_of: Option<u64>,
}

impl Serialize for Received {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { message, return_path, arrived, raw, fingerprint: _ } = self;
        let Message { id, received_at, to, repeat_of, .. } = &**message;
        let (return_path, to, raw) = (return_path.clone(), to.clone(), raw.clone());
        Stored { id: *id, received_at: *received_at, return_path, to, arrived: *arrived, raw, repeat_of: *repeat_of }
            .serialize(serializer)
    }
}

impl From<Stored> for Received {
    fn from(Stored { id, received_at, return_path, to, arrived, raw, repeat_of }: Stored) -> Self {
        let read = reading(&raw.0);
        let fingerprint = read.fingerprint;
        let message = Message { repeat_of, ..Message::new(id, received_at, &return_path, to, read) };
        Self { message: Arc::new(message), return_path, arrived, raw, fingerprint }
    }
}

/// Bytes that are stored as base64.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Raw(Arc<[u8]>);

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(|bytes| Self(bytes.into())).map_err(serde::de::Error::custom)
    }
}

/// What two deliveries to a customer that are one message have in common: recipient in lower case, Message-ID. What they say is the same, too.
type DeliveryKey = (String, String);

/// A message that was delivered.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Delivery {
    id: u64,
    fingerprint: u64,
}

/// Which messages were delivered to whom, the first one first, and how large all of them are.
#[derive(Clone, Debug, Default, PartialEq)]
struct Deliveries {
    messages: HashMap<DeliveryKey, Vec<Delivery>>,
    bytes: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct DeliveryKeys {
    delivery: Delivery,
    keys: Vec<DeliveryKey>,
    bytes: usize,
}

impl Lookups<u64, Received> for Deliveries {
    type Keys = DeliveryKeys;

    fn keys(id: &u64, row: &Received) -> DeliveryKeys {
        let keys = row.message.to.iter().filter_map(|recipient| key(&row.message, recipient));
        let delivery = Delivery { id: *id, fingerprint: row.fingerprint };
        DeliveryKeys { delivery, keys: keys.collect(), bytes: row.raw().len() }
    }

    fn add(&mut self, keys: DeliveryKeys) {
        self.bytes += keys.bytes;
        for key in keys.keys {
            let known = self.messages.entry(key).or_default();
            let place = known.partition_point(|earlier| earlier.id < keys.delivery.id);
            known.insert(place, keys.delivery);
        }
    }

    fn take(&mut self, keys: DeliveryKeys) {
        self.bytes -= keys.bytes;
        for key in &keys.keys {
            let Some(known) = self.messages.get_mut(key) else { continue };
            known.retain(|delivery| *delivery != keys.delivery);
            if known.is_empty() {
                self.messages.remove(key);
            }
        }
    }
}

/// The messages of a customer, by number.
#[derive(Clone, Debug)]
pub struct Mail {
    messages: Indexed<u64, Received, Deliveries>,
}

impl Persist for Mail {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.messages]
    }
}

impl State for Mail {
    const KIND: &'static str = "mail";
}

impl Default for Mail {
    fn default() -> Self {
        Self::new()
    }
}

impl Mail {
    /// No messages.
    #[must_use]
    pub fn new() -> Self {
        Self { messages: Indexed::new("messages") }
    }

    /// How many messages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether there is no message.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// How many bytes the messages have, as they were received.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.messages.lookups().bytes
    }

    /// When the last message arrived, as a position among those of all customers.
    pub(super) fn last_arrival(&self) -> Option<u64> {
        self.messages.values().map(|received| received.arrived).max()
    }

    /// The same messages, as if they had arrived from this position on.
    pub(crate) fn arrived_from(&self, first: u64) -> Self {
        let mut state = Self::new();
        for (arrived, (id, received)) in (first..).zip(self.messages.iter()) {
            state.messages.put(*id, Received { arrived, ..received.clone() });
        }
        state
    }

    /// Takes out the oldest messages, but never the last one, until no more than so many and so much are over.
    pub(super) fn take_out_oldest(&mut self, mut surplus: usize, mut surplus_bytes: usize) {
        while self.len() > 1 && (surplus > 0 || surplus_bytes > 0) {
            let Some((id, size)) = self.messages.iter().next().map(|(id, received)| (*id, received.raw().len())) else { return };
            self.messages.remove(&id);
            (surplus, surplus_bytes) = (surplus.saturating_sub(1), surplus_bytes.saturating_sub(size));
        }
    }

    /// Keeps a message of a customer, or of nobody, for those recipients that do not have it yet; `None` if nobody is left.
    ///
    /// Exchange and Cyrus suppress duplicates by recipient and Message-ID. Here they also have to say the same: a tester wants to see the other
    /// message that a sender gave the same identity by mistake.
    pub(super) fn deliver(
        &mut self,
        owner: u64,
        envelope: Envelope,
        read: Reading,
        raw: Vec<u8>,
        arrival: Arrival,
    ) -> Option<Kept> {
        let id = self.messages.last_key().map_or(first_number(owner), |last| *last) + 1;
        let fingerprint = read.fingerprint;
        let mut message = Message::new(id, arrival.at, &envelope.from, Vec::new(), read);
        for recipient in envelope.to {
            let key = key(&message, &recipient);
            let earlier = key.and_then(|key| self.messages.lookups().messages.get(&key)).map_or(&[][..], Vec::as_slice);
            if earlier.iter().any(|delivery| delivery.fingerprint == fingerprint) {
                continue;
            }
            message.repeat_of = message.repeat_of.into_iter().chain(earlier.first().map(|first| first.id)).min();
            if !message.to.iter().any(|to| is_same_address(to, &recipient)) {
                message.to.push(recipient);
            }
        }
        if message.to.is_empty() {
            return None;
        }
        let kept = Kept { id, repeat_of: message.repeat_of };
        let (message, raw, return_path) = (Arc::new(message), Raw(raw.into()), envelope.from);
        self.messages.put(id, Received { message, return_path, arrived: arrival.position, raw, fingerprint });
        Some(kept)
    }

    /// The messages that a filter admits, newest first; `after` says when the message arrived that the filter names.
    pub(super) fn find(&self, filter: &MailFilter, after: Option<u64>) -> impl DoubleEndedIterator<Item = &Received> {
        self.messages.values().rev().filter(move |received| filter.admits(received, after))
    }

    pub(super) fn get(&self, id: u64) -> Option<&Received> {
        self.messages.get(&id)
    }
}

/// A message that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// Its number.
    pub(super) id: u64,
    /// The message that has the same Message-ID and says something else, if there is one.
    pub(super) repeat_of: Option<u64>,
}

/// When a message arrives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// On the virtual clock.
    pub(super) at: Timestamp,
    /// Among the messages of all customers.
    pub(super) position: u64,
}

/// Whose a number of a message is: a customer, or nobody.
pub(super) fn owner_of(id: u64) -> u64 {
    id / NUMBERS
}

/// What the numbers of a customer's messages begin with. Those of nobody have the plain count.
fn first_number(owner: u64) -> u64 {
    owner.saturating_mul(NUMBERS)
}

fn key(message: &Message, recipient: &str) -> Option<DeliveryKey> {
    Some((recipient.to_lowercase(), message.message_id.clone()?))
}

/// Whatever the case, as people mean it: no server in use tells recipients apart by it.
fn is_same_address(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || !one.is_ascii() && one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests;
