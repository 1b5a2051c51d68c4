//! The messages that are kept, and the rules by which they come and go.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use imbl::{HashMap, OrdMap};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::message::{Envelope, Message, Reading};
use crate::engine::{DiskError, Persist, Rows, Shares, StoredRow, Table};

/// How many messages are kept; then the oldest of the customer that has the most fall out.
const CAPACITY: usize = 10_000;
/// How many bytes of messages are kept, by the same rule, so that a few huge ones cannot fill the memory. The newest message always
/// stays.
const BYTES: usize = 256 * 1024 * 1024;
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
}

impl MailFilter {
    fn admits(&self, position: u64, message: &Message, after: Option<u64>) -> bool {
        let newer = match after {
            Some(arrived) => position > arrived,
            None => self.after.is_none_or(|after| message.id > after),
        };
        let customer = self.customer.as_ref().is_none_or(|wanted| message.customer.as_ref() == Some(wanted));
        newer && customer && self.to.as_ref().is_none_or(|wanted| message.to.iter().any(|to| to.eq_ignore_ascii_case(wanted)))
    }
}

/// A message as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Received {
    /// What a reader wants of it.
    pub message: Message,
    /// The return path of the SMTP session.
    pub return_path: String,
    raw: Raw,
}

impl Received {
    /// The bytes as they were received, dot-stuffing undone.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.raw.0
    }

    fn with_id(&self, id: u64) -> Self {
        let mut copy = self.clone();
        copy.message.id = id;
        copy
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

/// What makes two deliveries one message: customer, recipient in lower case, Message-ID.
///
/// The customer is part of it so that no customer's mail can make another's disappear.
type DeliveryKey = (Option<String>, String, String);

/// All messages in the order of their arrival, and look-ups that are built from them.
#[derive(Clone, Debug)]
pub(crate) struct MailboxState {
    messages: Table<u64, Received>,
    delivered: HashMap<DeliveryKey, u64>,
    by_id: OrdMap<u64, u64>,
    shares: Shares,
}

impl Persist for MailboxState {
    fn tables(&mut self) -> Vec<&mut dyn Rows> {
        vec![&mut self.messages]
    }
}

impl MailboxState {
    pub(crate) fn new() -> Self {
        Self { messages: Table::new("messages"), delivered: HashMap::new(), by_id: OrdMap::new(), shares: Shares::default() }
    }

    /// The state that was stored as `rows`.
    pub(crate) fn restored<'a>(rows: impl Iterator<Item = &'a StoredRow>) -> Result<Self, DiskError> {
        let mut state = Self::new();
        for row in rows {
            state.restore_row(row)?;
        }
        state.reindex();
        Ok(state)
    }

    fn reindex(&mut self) {
        let empty = Self::new();
        (self.delivered, self.by_id, self.shares) = (empty.delivered, empty.by_id, empty.shares);
        let rows: Vec<(u64, Received)> = self.messages.iter().map(|(position, row)| (*position, row.clone())).collect();
        for (position, row) in &rows {
            self.note(*position, row);
        }
    }

    /// Writes a message down where it is looked up.
    fn note(&mut self, position: u64, row: &Received) {
        self.delivered.extend(keys(&row.message).map(|key| (key, position)));
        self.by_id.insert(row.message.id, position);
        self.shares.add(row.message.customer.as_deref(), position, row.raw().len());
    }

    /// How many messages there are.
    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    /// The messages of one customer alone, with their numbers.
    pub(crate) fn of_customer(&self, customer: &str) -> Self {
        let mut state = Self::new();
        for (id, received) in self.messages.iter() {
            if received.message.customer.as_deref() == Some(customer) {
                state.messages.put(*id, received.clone());
            }
        }
        state.reindex();
        state
    }

    /// The same messages, numbered from 1.
    pub(crate) fn numbered_anew(&self) -> Self {
        let mut state = Self::new();
        for (number, received) in (1..).zip(self.messages.values()) {
            state.messages.put(number, received.with_id(number));
        }
        state.reindex();
        state
    }

    /// Puts messages in the place of all those of a customer, as if they had arrived last. They keep their numbers if they are
    /// numbers of this customer. What exceeds the limits falls out.
    pub(crate) fn replace_customer(&mut self, customer: &str, with: &Self) {
        for position in self.shares.of(Some(customer)).collect::<Vec<_>>() {
            self.take_out(position);
        }
        for received in with.messages.values() {
            let (id, first) = (received.message.id, first_number(received.message.customer.as_deref()));
            let keeps = (first..first + NUMBERS).contains(&id) && !self.by_id.contains_key(&id);
            let id = if keeps { id } else { self.next_id(received.message.customer.as_deref()) };
            self.put(received.with_id(id));
        }
        self.shrink();
    }

    fn put(&mut self, received: Received) {
        let position = self.messages.last_key().map_or(1, |last| last + 1);
        self.note(position, &received);
        self.messages.put(position, received);
    }

    /// The number after the last one of a customer's messages.
    fn next_id(&self, customer: Option<&str>) -> u64 {
        let first = first_number(customer);
        let last = self.by_id.range(first..first + NUMBERS).next_back();
        last.map_or(first, |(last, _)| *last) + 1
    }

    fn shrink(&mut self) {
        while self.messages.len() > 1 && (self.messages.len() > CAPACITY || self.shares.bytes() > BYTES) {
            let newest = self.messages.last_key().copied();
            let Some(mut position) = self.shares.first_to_go() else { return };
            if Some(position) == newest {
                let Some(oldest) = self.messages.iter().next().map(|(position, _)| *position) else { return };
                position = oldest;
            }
            self.take_out(position);
        }
    }

    /// Keeps a message for those recipients that do not have it yet; its number if it is kept, `None` if nobody is left.
    ///
    /// Exchange and Cyrus suppress duplicates in the same way: by recipient and Message-ID.
    pub(super) fn deliver(&mut self, envelope: Envelope, read: Reading, raw: Vec<u8>, now: Timestamp) -> Option<u64> {
        let mut message = Message {
            id: self.next_id(read.customer.as_deref()),
            received_at: now,
            customer: read.customer,
            from: read.from.unwrap_or_else(|| envelope.from.clone()),
            to: Vec::new(),
            subject: read.subject,
            text: read.text,
            html: read.html,
            links: read.links,
            message_id: read.message_id,
        };
        for recipient in envelope.to {
            match key(&message, &recipient).and_then(|key| self.delivered.get(&key)) {
                // Counting as changed makes this delivery wait until the first one is on disk, too.
                Some(earlier) => drop(self.messages.edit(earlier)),
                None if message.to.iter().any(|to| to.eq_ignore_ascii_case(&recipient)) => {}
                None => message.to.push(recipient),
            }
        }
        if message.to.is_empty() {
            return None;
        }
        let id = message.id;
        self.put(Received { message, return_path: envelope.from, raw: Raw(raw.into()) });
        self.shrink();
        Some(id)
    }

    /// The messages that a filter admits, newest first.
    pub(super) fn find(&self, filter: &MailFilter) -> impl DoubleEndedIterator<Item = &Received> {
        let after = filter.after.and_then(|id| self.by_id.get(&id).copied());
        let rows = self.messages.iter().rev();
        rows.filter(move |(position, row)| filter.admits(**position, &row.message, after)).map(|(_, row)| row)
    }

    pub(super) fn get(&self, id: u64) -> Option<&Received> {
        self.messages.get(self.by_id.get(&id)?)
    }

    fn take_out(&mut self, position: u64) {
        if let Some(gone) = self.messages.remove(&position) {
            self.shares.remove(gone.message.customer.as_deref(), position, gone.raw().len());
            self.by_id.remove(&gone.message.id);
            for key in keys(&gone.message) {
                self.delivered.remove(&key);
            }
        }
    }
}

/// What the numbers of a customer's messages begin with. Whoever named no customer, or none that is a number, has the plain count.
fn first_number(customer: Option<&str>) -> u64 {
    let first = customer.and_then(|id| id.parse::<u64>().ok()?.checked_mul(NUMBERS));
    first.filter(|first| first.checked_add(NUMBERS).is_some()).unwrap_or(0)
}

fn key(message: &Message, recipient: &str) -> Option<DeliveryKey> {
    let message_id = message.message_id.clone()?;
    Some((message.customer.clone(), recipient.to_ascii_lowercase(), message_id))
}

fn keys(message: &Message) -> impl Iterator<Item = DeliveryKey> {
    message.to.iter().filter_map(|recipient| key(message, recipient))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deliver(state: &mut MailboxState, customer: &str, to: &[&str], message_id: &str) -> Option<u64> {
        let envelope = Envelope { from: "talent@brightwater.example".into(), to: to.iter().map(|&to| to.into()).collect() };
        let message_id = Some(message_id.to_owned()).filter(|it| !it.is_empty());
        let read = Reading { customer: Some(customer.into()), message_id, ..Reading::default() };
        state.deliver(envelope, read, b"raw".to_vec(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_same_message_to_the_same_recipient_is_kept_once() {
        let mut state = MailboxState::new();
        assert_eq!(deliver(&mut state, "4021", &["ines@example.org"], "order-1"), Some(40_210_000_001));
        assert_eq!(deliver(&mut state, "4021", &["Ines@Example.org"], "order-1"), None);
        assert_eq!(deliver(&mut state, "4021", &["ines@example.org", "ben@example.org"], "order-1"), Some(40_210_000_002));
        assert_eq!(
            state.get(40_210_000_002).map(|received| received.message.to.clone()),
            Some(vec!["ben@example.org".to_owned()])
        );
        assert_eq!(deliver(&mut state, "4021", &["ines@example.org"], "order-2"), Some(40_210_000_003));
    }

    #[test]
    fn messages_without_an_id_and_of_another_customer_are_never_duplicates() {
        let mut state = MailboxState::new();
        assert!(deliver(&mut state, "4021", &["ines@example.org"], "").is_some());
        assert!(deliver(&mut state, "4021", &["ines@example.org"], "").is_some());
        assert!(deliver(&mut state, "4021", &["ines@example.org"], "order-1").is_some());
        assert!(deliver(&mut state, "4022", &["ines@example.org"], "order-1").is_some());
    }

    #[test]
    fn only_the_newest_messages_are_kept() {
        let mut state = MailboxState::new();
        for number in 0..CAPACITY + 3 {
            deliver(&mut state, "4021", &["ines@example.org"], &format!("order-{number}"));
        }
        assert_eq!(state.messages.len(), CAPACITY);
        assert_eq!(state.delivered.len(), CAPACITY);
        assert_eq!(state.find(&MailFilter::default()).next_back().map(|received| received.message.id), Some(40_210_000_004));
    }

    #[test]
    fn a_busy_customer_pushes_out_its_own_messages_and_nobody_elses() {
        let mut state = MailboxState::new();
        deliver(&mut state, "4021", &["ines@example.org"], "order-1");
        for number in 0..CAPACITY + 3 {
            deliver(&mut state, "4022", &["ben@example.org"], &format!("order-{number}"));
        }
        let of = |customer: &str| MailFilter { customer: Some(customer.into()), ..MailFilter::default() };
        assert_eq!(state.find(&of("4021")).count(), 1);
        assert_eq!(state.find(&of("4022")).count(), CAPACITY - 1);
    }

    #[test]
    fn messages_are_numbered_within_their_customer_and_those_of_nobody_plainly() {
        let mut state = MailboxState::new();
        let numbers = ["4021", "4022", "", "not a number", "99999999999999999999", "4021"]
            .map(|customer| deliver(&mut state, customer, &["ines@example.org"], "").expect("it is kept"));
        assert_eq!(numbers, [40_210_000_001, 40_220_000_001, 1, 2, 3, 40_210_000_002]);
    }

    #[test]
    fn a_filter_tells_customers_recipients_and_time_apart() {
        let mut state = MailboxState::new();
        deliver(&mut state, "4021", &["ines@example.org"], "a");
        deliver(&mut state, "4022", &["ines@example.org"], "b");
        deliver(&mut state, "4021", &["ben@example.org"], "c");
        let ids = |filter: MailFilter| state.find(&filter).map(|received| received.message.id).collect::<Vec<_>>();
        assert_eq!(ids(MailFilter { customer: Some("4021".into()), ..MailFilter::default() }), [40_210_000_002, 40_210_000_001]);
        assert_eq!(
            ids(MailFilter { to: Some("INES@example.org".into()), ..MailFilter::default() }),
            [40_220_000_001, 40_210_000_001]
        );
        assert_eq!(ids(MailFilter { after: Some(40_220_000_001), ..MailFilter::default() }), [40_210_000_002]);
        assert_eq!(ids(MailFilter { after: Some(u64::MAX), ..MailFilter::default() }), [0_u64; 0]);
    }

    #[test]
    fn duplicates_are_still_known_after_a_restore() {
        let mut before = MailboxState::new();
        deliver(&mut before, "4021", &["ines@example.org"], "order-1");
        let changes = before.messages.drain().expect("rows encode");
        let rows: Vec<StoredRow> = changes
            .into_iter()
            .map(|change| StoredRow {
                scope: "mailbox".into(),
                table: change.table.into(),
                key: change.key,
                body: change.body.expect("a body"),
            })
            .collect();
        let mut after = MailboxState::restored(rows.iter()).expect("it restores");
        assert_eq!(deliver(&mut after, "4021", &["ines@example.org"], "order-1"), None);
        assert_eq!(after.shares.bytes(), 3);
    }
}
