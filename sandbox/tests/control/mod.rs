//! What a tester may do over control, against a whole sandbox with a vendor beside it.

mod callers;
mod calls;
mod faults;
mod fidelity_pages;
mod journal_replay;
mod ledger;
mod overview;
mod sample;
mod support;
mod switches;
mod under_way;
