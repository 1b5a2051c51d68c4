//! What no route knows. Administrators type addresses into iCIMS and Harver by hand, so slashes too many are read past (*assumed*); whoever
//! asks for anything else is told that there is nothing: people by a page with a way to the console, events also where they belong.

use std::borrow::Cow;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt as _;

use crate::ats_to_harver::{START_PATH, misdirected};
use crate::console;
use crate::web::AsSent;

/// The routes, and an answer for what they do not know.
pub(super) fn answered_everywhere(known: Router, support_contact: &str) -> Router {
    let (contact, of_method) = (support_contact.to_owned(), support_contact.to_owned());
    let known = known.method_not_allowed_fallback(move |method: Method, uri: Uri, headers: HeaderMap| async move {
        wrong_method(&method, &uri, &headers, &of_method).await
    });
    let plainly = known.clone().fallback(move |method: Method, uri: Uri, headers: HeaderMap| async move {
        nothing_here(&method, &uri, &headers, &contact).await
    });
    known.fallback(|mut request: Request| async move {
        if let Some(plain) = without_surplus_slashes(request.uri()) {
            let sent = std::mem::replace(request.uri_mut(), plain);
            request.extensions_mut().insert(AsSent(sent));
        }
        plainly.oneshot(request).await
    })
}

/// The address with one slash where there are several, and none at the end; `None` when it is written so already.
fn without_surplus_slashes(uri: &Uri) -> Option<Uri> {
    let segments: Vec<&str> = uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let plain = format!("/{}", segments.join("/"));
    if plain == uri.path() {
        return None;
    }
    let target = uri.query().map_or(Cow::Borrowed(plain.as_str()), |query| Cow::Owned(format!("{plain}?{query}")));
    target.parse().ok()
}

/// In the vendor's form below the path of events, where iCIMS reads the answer (assessment-flow.md 1.1).
async fn nothing_here(method: &Method, uri: &Uri, headers: &HeaderMap, support_contact: &str) -> Response {
    if console::is_browser(method, headers) {
        return console::no_page(StatusCode::NOT_FOUND, uri, support_contact).await;
    }
    let events = START_PATH.split('/').nth(1).unwrap_or_default();
    if uri.path().split('/').nth(1) == Some(events) {
        return misdirected(uri.path(), support_contact);
    }
    let said =
        format!("There is nothing at {}. The console is at /console, the description of the API at /reference.\n", uri.path());
    (StatusCode::NOT_FOUND, said).into_response()
}

async fn wrong_method(method: &Method, uri: &Uri, headers: &HeaderMap, support_contact: &str) -> Response {
    if console::is_browser(method, headers) {
        return console::no_page(StatusCode::METHOD_NOT_ALLOWED, uri, support_contact).await;
    }
    (StatusCode::METHOD_NOT_ALLOWED, format!("{method} is not what {} takes.\n", uri.path())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_too_many_are_taken_out_and_the_query_stays() {
        let plain = |text: &str| without_surplus_slashes(&text.parse().expect("an address")).map(|uri| uri.to_string());
        assert_eq!(plain("/a/b/").as_deref(), Some("/a/b"));
        assert_eq!(plain("//a//b?c=//d/").as_deref(), Some("/a/b?c=//d/"));
        assert_eq!(plain("///").as_deref(), Some("/"));
        assert_eq!(plain("/a/b?c"), None);
        assert_eq!(plain("/"), None);
    }
}
