//! The history of a run: what each client did and saw, and what the neighbours counted; and a checker that reads nothing else.
//!
//! It depends neither on the integration nor on the sandbox, so that no mistake of theirs can be one of the checker's. A test writes with
//! [`History`]; [`wrong_with`] says in plain sentences which promises a history breaks. What is not answered is *unknown*: it may or may
//! not have happened, and either is right. A history holds no moments, only their order: where one thread decides everything, the same
//! seed gives the same bytes.
//!
//! Read next: `entry.rs` for the format, `rules.rs` for what must hold.

mod entry;
mod reading;
mod rules;
mod story;
mod writer;

pub use entry::{Does, Entry, Mail, Row, Saw, Stage};
pub use reading::{Unreadable, read};
pub use rules::wrong_with;
pub use writer::{Act, History};
