//! The List API, read only (icims-api 10.9). Node and page shapes are *assumed*.

use axum::extract::RawQuery;
use axum::response::Response;
use serde_json::{Value as Json, json};

use crate::icims::model::{Node, NodeId};
use crate::icims::schema::{EMPTY_LISTS, LISTS, list_of};
use crate::icims::state::CustomerState;
use crate::reference::{assumed, documented};

use super::error::{ApiError, ok_json};
use super::extract::parameter;
use super::place::WholeCustomer;

const CUSTOM: &str = "lists.customfields_lists";
/// Default and largest page.
const PAGE: usize = 1_000;

/// Names the lists (icims-api 10.9).
#[utoipa::path(
    get, path = "/{customer}/v2/lists", operation_id = "readListNames", tag = "lists",
    responses((status = 200, body = ref("#/components/schemas/ListNames"))),
    extensions(("x-fidelity" = json!(documented("icims-api 10.9", "standard_lists_are_named_and_have_nodes")))),
)]
pub(super) async fn names(_: WholeCustomer) -> Response {
    let mut names: Vec<&str> = LISTS.iter().filter(|list| list.root.is_none()).map(|list| list.key).collect();
    names.extend(EMPTY_LISTS);
    names.push(CUSTOM);
    ok_json(&json!({ "lists": names }))
}

/// Reads the first level of a list (icims-api 10.9).
#[utoipa::path(
    get, path = "/{customer}/v2/lists/{list}", operation_id = "readList", tag = "lists",
    params(
        ("size" = Option<u16>, Query, minimum = 1, maximum = 1000, description = "Nodes of one page."),
        ("page" = Option<u32>, Query, description = "Which page, from 0."),
    ),
    responses((status = 200, body = ref("#/components/schemas/NodePage"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 10.9", "nodes_are_read_level_by_level_and_page_by_page")))),
)]
pub(super) async fn top(WholeCustomer(caller, named): WholeCustomer, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let list = named.text("list");
    let base = format!("{}/v2/lists/{list}", caller.urls.customer());
    let nodes = caller.tenant.read(|state| {
        if list == CUSTOM {
            // A custom list has no name, only a node id.
            return Ok(LISTS.iter().filter_map(|list| Some(custom_root(list.root?, &base))).collect());
        }
        if EMPTY_LISTS.contains(&list) {
            return Ok(Vec::new());
        }
        let known = list_of(list).filter(|list| list.root.is_none()).ok_or_else(|| ApiError::not_found("List"))?;
        Ok::<Vec<Json>, ApiError>(state.nodes(known.key, None).into_iter().map(|node| shown(node, &base)).collect())
    })?;
    Ok(paged(nodes, &base, query.as_deref()))
}

/// Reads the nodes below one (icims-api 10.9).
#[utoipa::path(
    get, path = "/{customer}/v2/lists/{list}/node/{node}", operation_id = "readListNode", tag = "lists",
    params(
        ("size" = Option<u16>, Query, minimum = 1, maximum = 1000, description = "Nodes of one page."),
        ("page" = Option<u32>, Query, description = "Which page, from 0."),
    ),
    responses((status = 200, body = ref("#/components/schemas/NodePage"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 10.9", "nodes_are_read_level_by_level_and_page_by_page")))),
)]
pub(super) async fn below(WholeCustomer(caller, named): WholeCustomer, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    let (list, node) = (named.text("list"), named.text("node"));
    let base = format!("{}/v2/lists/{list}", caller.urls.customer());
    let nodes = caller.tenant.read(|state| children(state, list, node, &base)).ok_or_else(|| ApiError::not_found("List node"))?;
    Ok(paged(nodes, &format!("{base}/node/{node}"), query.as_deref()))
}

/// The same at the address of the first version (icims-api 10.9).
#[utoipa::path(
    get, path = "/{customer}/lists/{list}/node/{node}", operation_id = "readListNodeAtFirstAddress", tag = "lists",
    params(
        ("size" = Option<u16>, Query, minimum = 1, maximum = 1000, description = "Nodes of one page."),
        ("page" = Option<u32>, Query, description = "Which page, from 0."),
    ),
    responses((status = 200, body = ref("#/components/schemas/NodePage"))),
    extensions(("x-fidelity" = json!(assumed("icims-api 10.9", "nodes_are_read_level_by_level_and_page_by_page")))),
)]
pub(super) async fn below_at_first_address(whole: WholeCustomer, query: RawQuery) -> Result<Response, ApiError> {
    below(whole, query).await
}

fn children(state: &CustomerState, list: &str, node: &str, base: &str) -> Option<Vec<Json>> {
    let custom = LISTS.iter().find(|custom| list == CUSTOM && custom.root == Some(node));
    let nodes = match custom {
        Some(custom) => state.nodes(custom.key, None),
        None => {
            let parent = state.node(&node.parse::<NodeId>().ok()?)?;
            let listed_here = list_of(&parent.list)
                .is_some_and(|of| if list == CUSTOM { of.root.is_some() } else { of.key == list && of.root.is_none() });
            if !listed_here {
                return None;
            }
            state.nodes(&parent.list, Some(&parent.id))
        }
    };
    Some(nodes.into_iter().map(|node| shown(node, base)).collect())
}

fn shown(node: &Node, base: &str) -> Json {
    let mut body = json!({"id": node.id, "value": node.label, "hidden": node.hidden, "_links": links(node.id.as_str(), base)});
    if let Some(abbrev) = &node.abbrev {
        body["abbrev"] = abbrev.as_str().into();
    }
    body
}

fn custom_root(id: &str, base: &str) -> Json {
    json!({"id": id, "hidden": false, "_links": links(id, base)})
}

fn links(id: &str, base: &str) -> Json {
    let address = format!("{base}/node/{id}");
    json!({"self": {"href": address}, "children": {"href": address}})
}

/// One page of `size` nodes; `page` counts from 0.
fn paged(nodes: Vec<Json>, address: &str, query: Option<&str>) -> Response {
    let number = |name: &str| parameter(query, name).and_then(|text| text.parse::<usize>().ok());
    let size = number("size").filter(|size| (1..=PAGE).contains(size)).unwrap_or(PAGE);
    let page = number("page").unwrap_or(0);
    let from = page.saturating_mul(size);
    let more = from.saturating_add(size) < nodes.len();
    let nodes: Vec<Json> = nodes.into_iter().skip(from).take(size).collect();
    let mut links = json!({"self": {"href": address}});
    if more {
        links["next"] = json!({"href": format!("{address}?size={size}&page={}", page + 1)});
    }
    ok_json(&json!({"nodes": nodes, "_links": links}))
}
