//! The platform's screens for recruiters and administrators, and the mails that it sends, in a whole sandbox.

mod stage;

mod codes;
mod limits;
mod looks;
mod mails;
mod reports;
mod settings;
mod sign_in;
mod vacancies;
