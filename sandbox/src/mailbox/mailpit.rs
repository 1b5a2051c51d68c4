//! What programs that read mail from Mailpit ask for, so that they read it here as well: `GET /api/v1/search` and
//! `GET /api/v1/message/{ID}` in the shapes of its API, version 1.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{MailFilter, Mailbox, Message, Received, Words};

/// How many messages are listed when nobody says how many.
const LISTED: usize = 50;

pub(super) fn routes() -> Router<Mailbox> {
    Router::new().route("/api/v1/search", get(search)).route("/api/v1/message/{id}", get(show))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    query: String,
    #[serde(default)]
    start: usize,
    limit: Option<usize>,
}

/// The newest messages that a query admits. Of its language `to:` is understood, and words.
async fn search(State(mailbox): State<Mailbox>, Query(asked): Query<Asked>) -> Response {
    let filter = match filter(&asked.query) {
        Ok(filter) => filter,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    let found = mailbox.search(&filter, usize::MAX).await;
    let shown: Vec<Value> = found.iter().skip(asked.start).take(asked.limit.unwrap_or(LISTED)).map(summary).collect();
    let (total, count) = (found.len(), shown.len());
    let counted = json!({
        "total": total, "unread": total, "count": count, "messages_count": total, "messages_unread": total,
        "start": asked.start, "tags": [], "messages": shown,
    });
    Json(counted).into_response()
}

async fn show(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Response {
    let found = match id.as_str() {
        "latest" => mailbox.search(&MailFilter::default(), 1).await.first().and_then(|newest| mailbox.message(newest.id)),
        number => number.parse().ok().and_then(|number| mailbox.message(number)),
    };
    match found {
        Some(received) => Json(whole(&received)).into_response(),
        None => (StatusCode::NOT_FOUND, "message not found").into_response(),
    }
}

/// `to:"ana@example.org" assessment`: an address, and words.
fn filter(query: &str) -> Result<MailFilter, String> {
    let (mut to, mut words) = (None, Vec::new());
    for word in query.split_whitespace() {
        match word.strip_prefix("to:") {
            Some(address) => to = Some(address.trim_matches('"').to_owned()),
            None => words.push(word.trim_matches('"')),
        }
    }
    Ok(MailFilter { to, words: Words::parse(&words.join(" "))?, ..MailFilter::default() })
}

fn summary(message: &Message) -> Value {
    let snippet: String = message.text.as_deref().unwrap_or_default().chars().take(250).collect();
    json!({
        "ID": message.id.to_string(), "MessageID": message.message_id, "Read": false, "From": address(&message.from),
        "To": recipients(message), "Cc": [], "Bcc": [], "ReplyTo": [], "Subject": message.subject,
        "Created": message.received_at, "Tags": [], "Attachments": 0,
        "Snippet": snippet.split_whitespace().collect::<Vec<_>>().join(" "),
    })
}

fn whole(received: &Received) -> Value {
    let message = &received.message;
    json!({
        "ID": message.id.to_string(), "MessageID": message.message_id, "From": address(&message.from),
        "To": recipients(message), "Cc": [], "Bcc": [], "ReplyTo": [], "ReturnPath": received.return_path,
        "Subject": message.subject, "Date": message.received_at, "Tags": [], "Size": received.raw().len(),
        "Text": message.text.as_deref().unwrap_or_default(), "HTML": message.html.as_deref().unwrap_or_default(),
        "Inline": [], "Attachments": [],
    })
}

fn recipients(message: &Message) -> Vec<Value> {
    message.to.iter().map(|to| address(to)).collect()
}

/// `Name <address>`, or the bare address.
fn address(text: &str) -> Value {
    let parts = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    let (name, address) = parts.unwrap_or(("", text));
    json!({ "Name": name.trim().trim_matches('"'), "Address": address })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_an_address_and_words() {
        let filter = filter("to:\"ana@example.org\" Assessment \"today\"").expect("a filter");
        assert_eq!(filter.to.as_deref(), Some("ana@example.org"));
        assert_eq!(filter.words.as_str(), "Assessment today");
        assert!(super::filter(&"w ".repeat(11)).is_err());
    }

    #[test]
    fn a_sender_has_a_name_or_none() {
        assert_eq!(address("Brightwater <a@b.test>"), json!({"Name": "Brightwater", "Address": "a@b.test"}));
        assert_eq!(address("a@b.test"), json!({"Name": "", "Address": "a@b.test"}));
    }
}
