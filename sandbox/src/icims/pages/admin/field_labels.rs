//! What fields are called in this platform, and which of them the integration user may see.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::icims::pages::desk::{Desk, Refused, Shell, said};
use crate::icims::pages::form::{Asked, Given, Submitted};
use crate::icims::schema::ProfileType;
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::Page;

/// The longest label, in characters (*assumed*).
const LIMIT: usize = 100;
/// The fields that an assessment vendor reads or writes (assessment-flow 4.2, 4.4).
const FIELDS: [(ProfileType, &str); 10] = [
    (ProfileType::People, "firstname"),
    (ProfileType::People, "lastname"),
    (ProfileType::People, "email"),
    (ProfileType::People, "phones"),
    (ProfileType::People, "addresses"),
    (ProfileType::Jobs, "jobtitle"),
    (ProfileType::Jobs, "assessmenttype"),
    (ProfileType::Jobs, "folder"),
    (ProfileType::Workflows, "status"),
    (ProfileType::Workflows, "assessmentresults"),
];

#[derive(Template)]
#[template(path = "icims/admin_fields.html")]
struct FieldLabels {
    shell: Shell,
    notice: &'static str,
    refusal: String,
    rows: Vec<Row>,
}

struct Row {
    /// `person.email`
    placeholder: String,
    /// `person-email`, for element ids.
    slug: String,
    label: String,
    visible: bool,
}

/// `GET /icims2/{customer}/admin/fields`
pub(super) async fn show(desk: Desk, Asked(asked): Asked) -> Response {
    let notice = if asked.text("done") == "saved" { "The changes have been saved." } else { "" };
    let rows = desk.tenant.read(|state| FIELDS.map(|field| stored(state, field)).into());
    Page::ok(FieldLabels { shell: desk.shell, notice, refusal: String::new(), rows }).into_response()
}

/// `POST /icims2/{customer}/admin/fields`
pub(super) async fn save(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let rows = FIELDS.map(|field| given(&form, field));
    if rows.iter().any(|row| row.label.chars().count() > LIMIT) {
        let refusal = format!("A label may have at most {LIMIT} characters. Nothing was changed.");
        let page = FieldLabels { shell: desk.shell, notice: "", refusal, rows: rows.into() };
        return Ok(Page(StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let saved = desk.tenant.write(|state| {
        FIELDS.into_iter().zip(&rows).try_for_each(|((kind, field), row)| {
            state.rename_field(kind, field, &row.label)?;
            state.hide_field(&format!("{}.{field}", kind.plural()), !row.visible)
        })
    });
    said::<()>(saved.await)?.map_err(|refusal: Refusal| desk.missing("field", refusal))?;
    Ok(desk.go("/admin/fields?done=saved"))
}

fn stored(state: &CustomerState, (kind, field): (ProfileType, &str)) -> Row {
    let label = state.field_label(kind, field).unwrap_or_default();
    row((kind, field), label, !state.users().integration.rights.hides(kind, field))
}

fn given(form: &Given, (kind, field): (ProfileType, &str)) -> Row {
    let empty = row((kind, field), String::new(), false);
    let label = form.text(&format!("label-{}", empty.slug)).to_owned();
    let visible = form.ticked(&format!("visible-{}", empty.slug));
    Row { label, visible, ..empty }
}

fn row((kind, field): (ProfileType, &str), label: String, visible: bool) -> Row {
    let kind = kind.singular();
    Row { placeholder: format!("{kind}.{field}"), slug: format!("{kind}-{field}"), label, visible }
}
