//! Whether a refusal is one that a user of iCIMS can act on: the status 400, the documented payload, and in it a message for people.

use serde_json::Value;

use super::finding::Finding;
use super::journal::{Answer, Entry, quoted};
use crate::harness::report::Known;

/// What vendors answer (iCIMS's Error Reporting Standard for Vendors).
const PAYLOAD: &str = r#"400 with {"error": {"userMessage": "what is wrong and what to do", "debugErrorMessage": "…"}}"#;
/// A message with fewer words says that something is wrong, and not what.
const FEWEST_WORDS: usize = 5;
/// Words by which a message tells its reader what can be done.
const ADVICE: [&str; 34] = [
    "add", "ask", "call", "change", "check", "choose", "complete", "contact", "correct", "create", "edit", "enter", "fill",
    "follow", "go", "open", "please", "provide", "re-send", "remove", "reply", "reset", "resend", "retry", "see", "select",
    "set", "try", "turn", "update", "use", "wait", "withdraw", "write",
];
/// What only programs and their authors write.
const TRACES: [&str; 14] = [
    "traceback (most recent call last)",
    "stack trace",
    "stacktrace",
    "exception in thread",
    "exception:",
    "error: at ",
    "panicked at",
    "unhandled",
    "nullpointerexception",
    "sqlstate",
    "undefined is not",
    "<anonymous>",
    "org.springframework",
    "null reference",
];

/// What the message of a refusal must do besides being friendly.
#[derive(Clone, Copy)]
pub(super) enum Names<'a> {
    Nothing,
    /// The customer's label of a field, and what a message writes in its place.
    Field {
        label: &'a str,
        placeholder: &'a str,
    },
}

/// What the answer to an event is worth as a refusal. `what` is what was to be refused; `read` is what iCIMS showed the user of it.
pub(super) fn refusal(event: &Entry, what: &str, read: &str, names: Names<'_>, secrets: &Known) -> Finding {
    let (status, body) = match &event.answer {
        Answer::None { reason } => {
            return Finding::not_shown(
                format!("there was no answer to {what}: {}", quoted(reason, secrets)),
                format!("see that the integration runs at {}, and answers", quoted(&event.target, secrets)),
            );
        }
        Answer::Given { status, body } => (*status, body.trim()),
    };
    if status != 400 {
        let why = match status {
            200..400 => format!("{what} was accepted with the status {status}"),
            _ => format!("{what} was refused with the status {status}, not with 400"),
        };
        return Finding::not_shown(why, format!("answer {PAYLOAD}"));
    }
    let wrong = |why: String| Finding::not_shown(format!("{what} was refused with 400, but {why}"), format!("answer {PAYLOAD}"));
    if body.is_empty() {
        return wrong("the answer is empty".into());
    }
    let Ok(payload) = serde_json::from_str::<Value>(body) else {
        let kind = if is_markup(body) { "HTML" } else { "no JSON" };
        return wrong(format!("the answer is {kind}: {}", quoted(body, secrets)));
    };
    let Some(message) = payload["error"]["userMessage"].as_str() else {
        return wrong(format!("the answer has no error.userMessage: {}", quoted(body, secrets)));
    };
    if let Some(why) = unfriendly(message) {
        return wrong(format!("{why}: \"{}\"", quoted(message, secrets)));
    }
    if let Some((_, rest)) = read.split_once("{{") {
        let name = rest.split("}}").next().unwrap_or_default();
        return Finding::not_shown(
            format!("iCIMS knows no field {{{{{name}}}}}, so that the user reads the placeholder itself"),
            "write a field as {{person.email}}: the type of profile and the name in the API",
        );
    }
    match names {
        Names::Field { label, placeholder } if !read.to_lowercase().contains(&label.to_lowercase()) => Finding::not_shown(
            format!(
                "{what} was refused with 400, but the message does not name the field, which this customer calls \"{label}\""
            ),
            format!("write {placeholder} in the userMessage: iCIMS puts the customer's own label there"),
        ),
        Names::Field { .. } | Names::Nothing => Finding::Shown,
    }
}

/// Why a message is none for people, if it is none.
fn unfriendly(message: &str) -> Option<&'static str> {
    let (trimmed, small) = (message.trim(), message.to_lowercase());
    let words: Vec<&str> = small.split(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '\'').collect();
    match () {
        () if trimmed.is_empty() => Some("its message is empty"),
        () if is_markup(trimmed) => Some("its message is HTML"),
        () if trimmed.starts_with(['{', '[']) && !trimmed.starts_with("{{") => Some("its message is raw JSON"),
        () if trimmed.contains("\":") || trimmed.contains("{\"") => Some("its message has raw JSON in it"),
        () if is_trace(&small) => Some("its message is what a program says to its author"),
        () if words.iter().filter(|word| !word.is_empty()).count() < FEWEST_WORDS => {
            Some("its message is too short to say what is wrong")
        }
        () if !words.iter().any(|word| ADVICE.contains(word)) => {
            Some("its message does not say what its reader can do, such as to ask, to enter or to wait")
        }
        () => None,
    }
}

fn is_markup(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        if after.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '!' || letter == '/') && after.contains('>')
        {
            return true;
        }
        rest = after;
    }
    false
}

/// Whether a text in small letters has frames of a call stack in it, or words of one.
fn is_trace(small: &str) -> bool {
    let is_frame = |line: &str| {
        let line = line.trim_start();
        (line.starts_with("at ") || line.contains(" at ")) && line.contains('(') && line.contains(':')
            || line.starts_with("file \"") && line.contains(", line ")
    };
    TRACES.iter().any(|trace| small.contains(trace)) || small.lines().any(is_frame)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GOOD: &str = "We cannot invite this candidate because {{person.email}} is empty. Enter it, then try again.";

    fn found(status: u16, body: &str, read: &str, names: Names<'_>) -> Finding {
        let event = Entry::from(json!({"outcome": {"kind": "answered", "status": status, "headers": [], "body": body}}));
        refusal(&event, "the duplicate", read, names, &Known::default())
    }

    fn with(message: &str) -> String {
        json!({"error": {"userMessage": message}}).to_string()
    }

    #[test]
    fn a_message_for_people_is_one() {
        let email = Names::Field { label: "Private E-Mail", placeholder: "{{person.email}}" };
        let read = GOOD.replace("{{person.email}}", "Private e-mail");
        for names in [Names::Nothing, email] {
            assert_eq!(found(400, &with(GOOD), &read, names), Finding::Shown);
        }
    }

    #[test]
    fn whatever_is_wrong_with_a_refusal_is_told() {
        let email = Names::Field { label: "Private e-mail", placeholder: "{{person.email}}" };
        for (status, body, says) in [
            (200, String::new(), "was accepted with the status 200"),
            (303, String::new(), "was accepted with the status 303"),
            (500, with(GOOD), "refused with the status 500, not with 400"),
            (401, with(GOOD), "refused with the status 401, not with 400"),
            (400, String::new(), "the answer is empty"),
            (400, "<html><body>Bad Request</body></html>".into(), "the answer is HTML"),
            (400, "Bad Request".into(), "the answer is no JSON"),
            (400, "{\"message\": \"no\"}".into(), "no error.userMessage"),
            (400, with(" "), "its message is empty"),
            (400, with("<b>Please</b> ask somebody else about it"), "its message is HTML"),
            (400, with("{\"code\": 17, \"field\": \"please enter it\"}"), "raw JSON"),
            (400, with("Please see the reason {\"code\": 17} for what is wrong"), "raw JSON in it"),
            (400, with("Please try again. Traceback (most recent call last): x"), "what a program says"),
            (400, with("Please try again later on\n    at Vendor.invite(Vendor.java:17)"), "what a program says"),
            (400, with("Duplicate."), "too short"),
            (400, with("This candidate was already invited some time ago."), "does not say what its reader can do"),
            (400, with("The address is missing here. Please enter it, then try again."), "does not name the field"),
        ] {
            let finding = found(status, &body, "", email);
            assert!(finding.why().is_some_and(|why| why.contains(says)), "{status} {body:?}: {finding:?}");
            assert!(finding.next().is_some_and(|next| !next.is_empty()));
        }
        let unknown = found(400, &with(GOOD), "because {{person.mail}} is empty", email);
        assert!(unknown.why().is_some_and(|why| why.contains("knows no field {{person.mail}}")), "{unknown:?}");
        let lost = Entry::from(json!({"target": "http://127.0.0.1:9/x", "outcome": {"kind": "failed", "reason": "refused"}}));
        let finding = refusal(&lost, "the duplicate", "", email, &Known::default());
        assert!(finding.why().is_some_and(|why| why.contains("no answer to the duplicate: refused")), "{finding:?}");
    }
}
