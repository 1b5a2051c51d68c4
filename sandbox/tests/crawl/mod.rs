//! What holds for every screen and every form of the sandbox, whichever page it is on: a browser without scripts goes through all of them.

mod buttons;
mod driver;
mod form;
mod keyboard;
mod lost;
mod origins;
mod walk;
