//! The list editors that hold assessment packages. A package has to be in both, under the same label (assessment-flow 4.3).

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::package_label::Reading;
use crate::icims::model::Node;
use crate::icims::pages::desk::{Desk, Refused, Shell, said};
use crate::icims::pages::form::{Asked, Choice, Choosable, Field, Submitted};
use crate::icims::schema::{list, list_of};
use crate::icims::state::CustomerState;
use crate::ui::Page;

/// The longest label of a list node, in characters (*assumed*).
const LIMIT: usize = 255;
/// The two lists.
pub(super) const LISTS: [&str; 2] = [list::ASSESSMENT_TYPE, list::ASSESSMENT_NAME];

#[derive(Template)]
#[template(path = "icims/admin_lists.html")]
struct PackageLists {
    shell: Shell,
    notice: &'static str,
    field: Field,
    choice: Choice,
    lonely: Vec<String>,
    /// Labels that begin with the word Harver and cannot be read, each with what is wrong.
    wrong: Vec<(String, &'static str)>,
    lists: Vec<ListView>,
}

struct ListView {
    id: &'static str,
    label: String,
    nodes: Vec<Line>,
}

struct Line {
    id: String,
    label: String,
    hidden: bool,
    wrong: bool,
}

/// The other of the two lists.
pub(super) fn other(list: &str) -> &'static str {
    let [on_jobs, on_results] = LISTS;
    if list == on_jobs { on_results } else { on_jobs }
}

/// `GET /icims2/{customer}/admin/lists`
pub(super) async fn show(desk: Desk, Asked(asked): Asked) -> Response {
    let notice = match asked.text("done") {
        "added" => "The package has been added.",
        "removed" => "The entry has been removed. Records that have it still show it.",
        _ => "",
    };
    // The label that was added comes back only if there is something to say of it.
    let label = asked.text("label");
    let is_there = desk.tenant.read(|state| LISTS.into_iter().any(|list| state.node_labelled(list, label).is_some()));
    page(desk, (if is_there { label } else { "" }, ""), String::new(), notice)
}

/// `POST /icims2/{customer}/admin/lists`: adds a label to both lists or to one. Any text is taken, as in the real editor; what Harver
/// will not recognise comes back with a warning.
pub(super) async fn add(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let (label, target) = (form.text("label"), form.text("list"));
    if label.is_empty() {
        return Ok(page(desk, (label, target), "Enter the label of the package.".into(), ""));
    }
    if label.chars().count() > LIMIT {
        return Ok(page(desk, (label, target), format!("The label may have at most {LIMIT} characters."), ""));
    }
    let outcome = desk
        .tenant
        .write(|state| match LISTS.into_iter().find(|list| *list == target) {
            Some(list) => state.add_node(list, label).map(|_| ()),
            None => state.load_package(label).map(|_| ()),
        })
        .await;
    match said(outcome)? {
        Ok(()) if Reading::of(label) == Reading::Package => Ok(desk.go("/admin/lists?done=added")),
        Ok(()) => {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("label", label).finish();
            Ok(desk.go(&format!("/admin/lists?done=added&{query}")))
        }
        Err(refusal) => Ok(page(desk, (label, target), refusal.to_string(), "")),
    }
}

fn page(desk: Desk, (label, target): (&str, &str), error: String, notice: &'static str) -> Response {
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (lists, lonely) = desk.tenant.read(|state| (LISTS.map(|list| list_view(state, list)), lonely(state)));
    let mut wrong: Vec<_> = lists.iter().flat_map(|list| &list.nodes).filter_map(Line::fault).collect();
    wrong.sort();
    wrong.dedup();
    let warning = if label.is_empty() || !error.is_empty() { String::new() } else { Reading::of(label).warning() };
    let hint = "For example: Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";
    let options = vec![
        Choosable::new("", "Both lists", target),
        Choosable::new(list::ASSESSMENT_TYPE, "Assessment Type only", target),
        Choosable::new(list::ASSESSMENT_NAME, "Assessment Name only", target),
    ];
    let page = PackageLists {
        shell: desk.shell,
        notice,
        field: Field::new("text", "label", "Label").required().hint(hint).value(label).error(error).warning(warning),
        choice: Choice { name: "list", label: "Add to".into(), hint: "", error: String::new(), options },
        lonely,
        wrong,
        lists: lists.into(),
    };
    Page(status, page).into_response()
}

fn list_view(state: &CustomerState, list: &'static str) -> ListView {
    let line = |node: &Node| Line {
        id: node.id.to_string(),
        label: node.label.clone(),
        hidden: node.hidden,
        wrong: matches!(Reading::of(&node.label), Reading::Wrong(_)),
    };
    let nodes = state.nodes(list, None).into_iter().map(line).collect();
    ListView { id: list, label: list_of(list).map_or(list, |list| list.label).to_owned(), nodes }
}

impl Line {
    /// The label with what is wrong with it, if something is.
    fn fault(&self) -> Option<(String, &'static str)> {
        match Reading::of(&self.label) {
            Reading::Wrong(reason) => Some((self.label.clone(), reason)),
            Reading::Package | Reading::OtherVendor => None,
        }
    }
}

/// Labels that are in one list and not in the other.
fn lonely(state: &CustomerState) -> Vec<String> {
    let [on_jobs, on_results] = LISTS;
    let missing = |here: &str, there: &'static str| {
        let nodes = state.nodes(here, None).into_iter();
        nodes.filter(|node| state.node_labelled(there, &node.label).is_none()).map(|node| node.label.clone()).collect::<Vec<_>>()
    };
    let mut labels = missing(on_jobs, on_results);
    labels.extend(missing(on_results, on_jobs));
    labels
}
