//! Tells a step that panicked from one that returned an error. cucumber makes a panic of both, where the step is defined.

use std::collections::BTreeMap;
use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

use cucumber::step;

/// Where the panic with a message was, by the message.
static HEARD: Mutex<BTreeMap<String, (String, u32)>> = Mutex::new(BTreeMap::new());

/// Listens from now on, silently, until the run puts back who listened before. Called within a run, which silences panics at its start.
pub(super) fn listen() {
    panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        if let (Some(message), Some(place)) = (info.payload_as_str(), info.location()) {
            let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
            heard.insert(message.to_owned(), (place.file().to_owned(), place.line()));
        }
    }));
}

/// Lets panics be told on stderr again after a run that did not come to its end.
pub(super) fn unlisten() {
    drop(panic::take_hook());
}

/// The error of a step; where it was a real panic, with the place.
pub(super) fn told(payload: &(dyn std::any::Any + Send), definition: Option<step::Location>) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    let Some(text) = text else { return "it panicked without a word".to_owned() };
    let heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    match heard.get(text) {
        Some((file, line)) if definition.is_none_or(|at| at.path != file || at.line != *line) => {
            format!("it panicked at {file}:{line}: {text}")
        }
        _ => text.to_owned(),
    }
}
