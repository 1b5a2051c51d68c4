//! Addresses that lead nowhere, and addresses of forms that are opened instead of sent to: browsers get a page with a way back.
//!
//! Whoever does not ask for a page gets the bare status, as before the screens were there; the API answers for its own addresses.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::ui::{Page, Problem, wants_page};

/// Any address that is neither a screen nor one of the API.
pub(super) async fn no_such_page(request: Request) -> Response {
    let message = "There is nothing at this address. It may have been cut off when it was copied.";
    answer(&request, StatusCode::NOT_FOUND, "Not found", message)
}

/// A screen's address that takes forms and shows nothing, opened from the address bar or by going back.
pub(super) async fn only_for_forms(request: Request) -> Response {
    let message = "This address takes a form and has no page of its own. Nothing was changed; open the page with the form again.";
    answer(&request, StatusCode::METHOD_NOT_ALLOWED, "Nothing to show", message)
}

fn answer(request: &Request, status: StatusCode, title: &str, message: &str) -> Response {
    if !wants_page(request.headers()) {
        return status.into_response();
    }
    let (product, way_back) = way_back(request.uri().path());
    Page(status, Problem { product, title: title.into(), message: message.into(), way_back }).into_response()
}

/// To the start of what the address looks like a part of. Only digits are taken over from it.
fn way_back(path: &str) -> (&'static str, (String, String)) {
    let mut parts = path.split('/').skip(1);
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_customer = !second.is_empty() && second.bytes().all(|byte| byte.is_ascii_digit());
    match first {
        "icims2" if is_customer => ("icims", ("Back to the dashboard".into(), format!("/icims2/{second}"))),
        "careers" if is_customer => ("careers", ("View All Open Positions".into(), format!("/careers/{second}"))),
        _ => ("icims", ("To the start page".into(), "/".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_the_customer_that_the_address_names() {
        let check = |path: &str, to: &str| assert_eq!(way_back(path).1.1, to, "{path}");
        check("/icims2/4021/workflows/1/status", "/icims2/4021");
        check("/careers/4021/logout", "/careers/4021");
        check("/careers/", "/");
        check("/careers//evil.example", "/");
        check("/icims2/4021x/people", "/");
        check("//evil.example/4021", "/");
        check("/", "/");
    }
}
