//! The mailbox in a browser: the list, one message, its HTML in a frame that can do nothing but be read.

use askama::Template;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::api::{MailQuery, as_received, named};
use super::message::headers;
use super::{MailFilter, Mailbox, Message, Received, SmtpCertificate};
use crate::ui::{ApiProblem, ApiQuery, Page, Problem};

/// How many messages the list shows.
const SHOWN: usize = 200;
/// No scripts, no forms, nothing from elsewhere: the HTML is a stranger's. Links open in a window of their own.
const FRAME_POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; \
                            frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

pub(super) fn routes() -> Router<Mailbox> {
    Router::new()
        .route("/mailbox", get(list))
        .route("/mailbox/messages/{id}", get(show))
        .route("/mailbox/messages/{id}/html", get(html))
        .route("/mailbox/messages/{id}/raw", get(raw))
}

/// The certificate of the SMTP server at `/mailbox/smtp-certificate.pem`, for clients to trust; nothing if it has none.
pub(crate) fn certificate_page<S: Clone + Send + Sync + 'static>(certificate: Option<&SmtpCertificate>) -> Router<S> {
    let Some(pem) = certificate.map(|certificate| certificate.pem().to_owned()) else { return Router::new() };
    let answer = ([(header::CONTENT_TYPE, "application/x-pem-file")], pem);
    Router::new().route("/mailbox/smtp-certificate.pem", get(|| async move { answer }))
}

#[derive(Template)]
#[template(path = "mailbox/list.html")]
struct ListPage {
    customer: String,
    to: String,
    words: String,
    messages: Vec<Message>,
    limit: usize,
}

impl ListPage {
    fn is_filtered(&self) -> bool {
        !(self.customer.is_empty() && self.to.is_empty() && self.words.is_empty())
    }
}

#[derive(Template)]
#[template(path = "mailbox/message.html")]
struct MessagePage {
    message: Arc<Message>,
    return_path: String,
    size: usize,
    headers: Vec<(String, String)>,
}

async fn list(State(mailbox): State<Mailbox>, ApiQuery(query): ApiQuery<MailQuery>) -> Response {
    let filter = match query.filter(&mailbox) {
        Ok(filter) => filter,
        Err(problem) => return no_such_customer(problem),
    };
    let messages = mailbox.search(&filter, SHOWN).await;
    let words = filter.words.as_str().to_owned();
    let (customer, to) = (filter.customer.unwrap_or_default(), filter.to.unwrap_or_default());
    Page::ok(ListPage { customer, to, words, messages, limit: SHOWN }).into_response()
}

async fn show(State(mailbox): State<Mailbox>, Path(id): Path<String>, ApiQuery(query): ApiQuery<MailQuery>) -> Response {
    let filter = match query.filter(&mailbox) {
        Ok(filter) => filter,
        Err(problem) => return no_such_customer(problem),
    };
    match named(&mailbox, &id, &filter).await {
        Some(received) => {
            let (size, headers) = (received.raw().len(), headers(received.raw()));
            let Received { message, return_path, .. } = received;
            Page::ok(MessagePage { message, return_path, size, headers }).into_response()
        }
        None => not_found(&id),
    }
}

async fn html(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Response {
    match named(&mailbox, &id, &MailFilter::default()).await.and_then(|received| received.message.html.clone()) {
        Some(html) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::CONTENT_SECURITY_POLICY, FRAME_POLICY),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            // Without a target of its own a link would be followed inside the frame, where nothing works.
            (headers, format!("<!doctype html><base target=\"_blank\">{html}")).into_response()
        }
        None => not_found(&id),
    }
}

async fn raw(State(mailbox): State<Mailbox>, Path(id): Path<String>) -> Response {
    named(&mailbox, &id, &MailFilter::default()).await.map_or_else(|| not_found(&id), as_received)
}

fn not_found(id: &str) -> Response {
    nothing("No such message", format!("There is no message {id}, or it has no such part. It may have been removed by a reset."))
}

fn no_such_customer(problem: ApiProblem) -> Response {
    nothing("No such customer", problem.message)
}

fn nothing(title: &str, message: String) -> Response {
    let way_back = ("All messages".into(), "/mailbox".into());
    let problem = Problem { product: "mailbox", title: title.into(), message, way_back };
    Page(StatusCode::NOT_FOUND, problem).into_response()
}
