//! Single words: names, addresses and ids as people type them and as flags hold them.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use crate::control::ControlToken;
use crate::engine::faults::PathPattern;
use crate::harver_platform::model::{Email, Language, PhoneNumber, VacancyId, WebAddress};
use crate::icims::model::NodeId;
use crate::mailbox::SmtpUser;
use crate::start::{HostName, PublicUrl};
use crate::ui::{Given, Piece, pieces, unescaped};

/// What is read is the same when it is written and read again.
fn stays<T: FromStr + Debug + PartialEq + Clone>(text: &str, written: impl Fn(&T) -> String) {
    if let Ok(read) = text.parse::<T>() {
        let again = written(&read).parse::<T>();
        assert!(again.is_ok_and(|again| again == read), "{read:?} is written as {:?}", written(&read));
    }
}

fn shown<T: Display>(value: &T) -> String {
    value.to_string()
}

fn text<T: Into<String> + Clone>(value: &T) -> String {
    value.clone().into()
}

/// Names of hosts, addresses, ids, users, patterns, forms and HTML.
///
/// # Panics
/// When a word changes by being written and read again.
pub fn sandbox_words(bytes: &[u8]) {
    check_form(bytes);
    let Ok(word) = std::str::from_utf8(bytes) else { return };
    stays::<HostName>(word, shown);
    stays::<PublicUrl>(word, |public| {
        let name = word.split('=').next().unwrap_or_default();
        format!("{name}={}", public.url)
    });
    stays::<WebAddress>(word, text);
    stays::<Email>(word, text);
    stays::<PhoneNumber>(word, text);
    stays::<Language>(word, text);
    stays::<VacancyId>(word, text);
    stays::<NodeId>(word, text);
    stays::<PathPattern>(word, shown);
    stays::<SmtpUser>(word, |user| format!("{}:{}", user.name(), user.password()));
    assert!(!word.contains('/') || word.parse::<ControlToken>().is_err(), "a token fits into an address");
    if let Ok(pattern) = word.parse::<PathPattern>() {
        assert!(word.contains('*') || pattern.admits(word), "a path admits itself");
    }
    if let Ok(address) = word.parse::<WebAddress>() {
        assert!(address.as_str().starts_with("http"), "a browser is sent to a page: {address:?}");
    }
    check_html(word);
}

fn check_form(bytes: &[u8]) {
    let given = Given::parse(bytes);
    for (name, value) in url::form_urlencoded::parse(bytes) {
        assert!(given.all(&name).any(|known| known == value.trim()), "every value of {name:?} is there");
        assert!(given.ids(&name).len() <= given.all(&name).count());
    }
}

fn check_html(html: &str) {
    let mut length = 0;
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => {
                length += text.len();
                assert!(unescaped(text).len() <= text.len(), "a reference is longer than its character: {text:?}");
            }
            Piece::Tag(tag) => {
                length += tag.name().len();
                let _ = tag.attribute("href");
            }
        }
    }
    assert!(length <= html.len(), "no piece is read twice");
}
