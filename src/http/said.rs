//! Answers that nobody has sent: bytes in the place of a neighbour, for `crate::fuzzing`. Whatever is called on this thread meanwhile gets
//! them.

use std::cell::RefCell;
use std::rc::Rc;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use url::Url;

use super::Answer;

type Said = Rc<dyn Fn(&Url) -> Answer>;

thread_local! {
    static SAID: RefCell<Option<Said>> = const { RefCell::new(None) };
}

impl Answer {
    /// An answer of these parts.
    pub(crate) fn of(status: StatusCode, headers: HeaderMap, body: Vec<u8>) -> Self {
        Self { status, headers, body }
    }
}

/// What is said to a request for this address, if anything is.
pub(super) fn to(url: &Url) -> Option<Answer> {
    let said = SAID.with_borrow(Clone::clone)?;
    Some(said(url))
}

/// Does something, in the course of which every call is answered so.
pub(crate) fn while_saying<T>(said: impl Fn(&Url) -> Answer + 'static, task: impl FnOnce() -> T) -> T {
    SAID.set(Some(Rc::new(said)));
    let done = task();
    SAID.set(None);
    done
}
