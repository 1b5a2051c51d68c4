//! What senders hand over: their conversation, and the messages.

pub use super::smtp::fuzzing::smtp_session;

use jiff::Timestamp;

use super::message::{Message, headers, reading};
use super::words::Words;
use crate::engine::work;

/// The work of reading a byte: each is looked at in its line, in its part and in search of links.
const STEPS_A_BYTE: usize = 64;

/// A message as it came.
///
/// # Panics
/// When reading it takes more than its length allows, differs the second time, or finds links that lead to no page.
pub fn mail_message(bytes: &[u8]) {
    let read = work::assert_within(STEPS_A_BYTE * (bytes.len() + 64), || reading(bytes));
    assert!(read.links.len() <= 1_000);
    for link in &read.links {
        let scheme = link.split("://").next().unwrap_or_default();
        assert!(scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"), "{link:?} is no page");
        assert!(!link.contains(['\r', '\n', '\t']), "{link:?} is one line");
    }
    let again = reading(bytes);
    assert_eq!((again.fingerprint, &again.links, &again.subject), (read.fingerprint, &read.links, &read.subject));
    assert!(headers(bytes).len() <= 1_000, "a header has bounds");
    let message = Message::new(1, Timestamp::UNIX_EPOCH, "bounce@b.example", vec!["ines@x.example".into()], read);
    for word in message.subject.split_whitespace().take(10) {
        let words = Words::parse(word).expect("one word");
        assert!(words.are_in(&message), "{word:?} of the subject is found");
    }
}
