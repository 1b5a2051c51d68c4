//! Admin > System Configuration: the customer's side of the connection to the vendor.
//!
//! In a real platform iCIMS staff enter these settings (set-up guide, iCIMs Integration Configuration Steps); here the tester does.

mod allowlist;
mod event_notifications;
mod field_labels;
mod list_entry;
mod package_label;
mod package_lists;
mod statuses;

use askama::Template;
use axum::Router;
use axum::routing::{get, post};

use super::desk::{Desk, Shell};
use crate::icims::Icims;
use crate::ui::Page;

/// Every page of the administrator.
pub(super) fn router() -> Router<Icims> {
    Router::new()
        .route("/icims2/{customer}/admin", get(show))
        .route("/icims2/{customer}/admin/event-notifications", get(event_notifications::show).post(event_notifications::save))
        .route("/icims2/{customer}/admin/lists", get(package_lists::show).post(package_lists::add))
        .route("/icims2/{customer}/admin/lists/{list}/{node}", get(list_entry::show))
        .route("/icims2/{customer}/admin/lists/{list}/{node}/rename", post(list_entry::rename))
        .route("/icims2/{customer}/admin/lists/{list}/{node}/hide", post(list_entry::hide))
        .route("/icims2/{customer}/admin/lists/{list}/{node}/remove", post(list_entry::remove))
        .route("/icims2/{customer}/admin/ip-restrictions", get(allowlist::show).post(allowlist::save))
        .route("/icims2/{customer}/admin/ip-restrictions/harver", post(allowlist::add_harver))
        .route("/icims2/{customer}/admin/fields", get(field_labels::show).post(field_labels::save))
        .route("/icims2/{customer}/admin/statuses", get(statuses::show).post(statuses::save))
}

#[derive(Template)]
#[template(path = "icims/admin.html")]
struct Admin {
    shell: Shell,
    entries: [Entry; 5],
}

struct Entry {
    id: &'static str,
    path: &'static str,
    title: &'static str,
    about: &'static str,
}

/// `GET /icims2/{customer}/admin`
async fn show(desk: Desk) -> Page<impl Template> {
    let entries = [
        Entry {
            id: "admin-events",
            path: "event-notifications",
            title: "Event Notifications",
            about: "Where events go, the login for the vendor, which triggers fire, and the switch that enables the vendor.",
        },
        Entry {
            id: "admin-lists",
            path: "lists",
            title: "List Editor: Assessment Type and Assessment Name",
            about: "The assessment packages: chosen on the job, and named on the result.",
        },
        Entry {
            id: "admin-statuses",
            path: "statuses",
            title: "Recruiting Workflow Bins and Statuses",
            about: "Which statuses there are, which one is the trigger, and what a status requires first.",
        },
        Entry {
            id: "admin-fields",
            path: "fields",
            title: "Fields",
            about: "What fields are called here, and which of them the integration user may see.",
        },
        Entry {
            id: "admin-ip-restrictions",
            path: "ip-restrictions",
            title: "IP Address Restrictions",
            about: "From which addresses the API may be called, those of Harver among them.",
        },
    ];
    Page::ok(Admin { shell: desk.shell, entries })
}
