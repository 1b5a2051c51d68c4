//! The simulated iCIMS from outside: its REST API through the real router, its events towards a real listener.

mod access;
mod collections;
mod events;
mod events_proof;
mod field_families;
mod files;
mod hostile;
mod kinds;
mod lists;
mod profiles;
mod restart;
mod search;
mod signed;
mod support;
mod switches;
mod users;
mod workflows;
