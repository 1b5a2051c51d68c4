//! What proves that a promise is kept: a test that goes red when the code behind it is broken on purpose.
//!
//! `edits/` holds one declared breakage for each promise of the guide (`G07.toml`), each case of assessment-flow 10 (`row-12.toml`) and
//! each promise of `CONTRIBUTING.md` (`promise-03.toml`): a piece of the source, what it is replaced with, and which tests then fail.
//!
//! - [`number`] knows the lists that are answered to, and which of their numbers a name carries;
//! - [`source`] finds the tests and scenarios of the repository;
//! - [`breakage`] reads a declared breakage; [`check`] says, without compiling, what is wrong with them;
//! - [`copy`] is the copy of the checkout that is broken, [`head_start`] what need not be compiled for it;
//! - [`replay`] breaks it and looks, with [`cargo`], what the tests say;
//! - [`choice`] picks those that are replayed.

pub mod breakage;
pub mod cargo;
pub mod check;
pub mod choice;
pub mod copy;
pub mod head_start;
pub mod number;
pub mod replay;
pub mod source;
