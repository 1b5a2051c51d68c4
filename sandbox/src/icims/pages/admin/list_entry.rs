//! One entry of a list editor: another label, hiding it, taking it out. Each is a form of its own.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::package_label::Reading;
use super::package_lists::{LISTS, other};
use crate::icims::model::{Node, NodeId};
use crate::icims::pages::desk::{Desk, Refused, Shell, said};
use crate::icims::pages::form::{Asked, Field, Flag, Submitted};
use crate::icims::schema::list_of;
use crate::icims::state::{CustomerState, Refusal};
use crate::ui::Page;

#[derive(Template)]
#[template(path = "icims/admin_list_entry.html")]
struct Entry {
    shell: Shell,
    list: String,
    list_label: String,
    node: NodeId,
    label: String,
    hidden: bool,
    notice: &'static str,
    field: Field,
    /// Whether the twin in the other list changes along; nothing if there is none.
    flag: Option<Flag>,
}

/// `GET /icims2/{customer}/admin/lists/{list}/{node}`
pub(super) async fn show(desk: Desk, Asked(asked): Asked) -> Result<Response, Refused> {
    let node = entry(&desk)?;
    let notice = match asked.text("done") {
        "renamed" => "The entry has another label. Its id is the same.",
        "hidden" => "The entry is hidden: it is offered nowhere, and the API does not take its label. What has it keeps it.",
        "shown" => "The entry is offered again.",
        _ => "",
    };
    Ok(page(desk, &node, None, String::new(), notice))
}

/// `POST /icims2/{customer}/admin/lists/{list}/{node}/rename`
pub(super) async fn rename(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let node = entry(&desk)?;
    let label = form.text("label").to_owned();
    let renamed = desk.tenant.write(|state| {
        let twin = if form.ticked("both") { twin(state, &node).map(|twin| twin.id.clone()) } else { None };
        state.rename_node(&node.id, &label)?;
        twin.map_or(Ok(()), |twin| state.rename_node(&twin, &label))
    });
    let error = match said(renamed.await)? {
        Ok(()) => return Ok(desk.go(&format!("{}?done=renamed", path(&node)))),
        Err(Refusal::Required(_)) => "Enter a label.".into(),
        Err(Refusal::Invalid(_)) => "Another entry of the list has this label. Choose another one.".into(),
        Err(refusal) => refusal.to_string(),
    };
    Ok(page(desk, &node, Some(&label), error, ""))
}

/// `POST /icims2/{customer}/admin/lists/{list}/{node}/hide`: hides it, or shows it again.
pub(super) async fn hide(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let (node, hidden) = (entry(&desk)?, form.ticked("hidden"));
    let done = if hidden { "hidden" } else { "shown" };
    said(desk.tenant.write(|state| state.hide_node(&node.id, hidden)).await)?.map_err(|_| desk.missing("entry", &node.id))?;
    Ok(desk.go(&format!("{}?done={done}", path(&node))))
}

/// `POST /icims2/{customer}/admin/lists/{list}/{node}/remove`
pub(super) async fn remove(desk: Desk) -> Result<Response, Refused> {
    let node = entry(&desk)?;
    said(desk.tenant.write(|state| state.remove_node(&node.id)).await)?.map_err(|_| desk.missing("entry", &node.id))?;
    Ok(desk.go("/admin/lists?done=removed"))
}

/// The entry that the address names, in the list that it names.
fn entry(desk: &Desk) -> Result<Node, Refused> {
    let id: NodeId = desk.id("node")?;
    let list = desk.segment("list");
    let known = |node: &&Node| !node.removed && node.list == list && LISTS.contains(&list);
    desk.tenant.read(|state| state.node(&id).filter(known).cloned()).ok_or_else(|| desk.missing("entry", id))
}

/// The entry of the other list with the same label.
fn twin<'a>(state: &'a CustomerState, node: &Node) -> Option<&'a Node> {
    state.node_labelled(other(&node.list), &node.label)
}

fn path(node: &Node) -> String {
    format!("/admin/lists/{}/{}", node.list, node.id)
}

fn page(desk: Desk, node: &Node, typed: Option<&str>, error: String, notice: &'static str) -> Response {
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let label = typed.unwrap_or(&node.label);
    let list_label = |list: &str| list_of(list).map_or_else(|| list.to_owned(), |list| list.label.to_owned());
    let has_twin = desk.tenant.read(|state| twin(state, node).is_some());
    let flag = has_twin.then_some(Flag {
        name: "both",
        label: "In the other list, too",
        hint: "A package has to have the same label in both lists.",
        on: true,
    });
    let warning = Reading::of(label).warning();
    let page = Entry {
        shell: desk.shell,
        list: node.list.clone(),
        list_label: list_label(&node.list),
        node: node.id.clone(),
        label: node.label.clone(),
        hidden: node.hidden,
        notice,
        field: Field::new("text", "label", "Label").required().value(label).error(error).warning(warning),
        flag,
    };
    Page(status, page).into_response()
}
