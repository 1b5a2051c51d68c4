//! IP Address Restrictions: from where the API of this platform may be called.

use std::net::IpAddr;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;

use crate::icims::pages::desk::{Desk, Refused, Shell, said};
use crate::icims::pages::form::{Asked, Field, Submitted};
use crate::ui::Page;

/// The addresses that Harver calls from (harver-platform 11.1).
const HARVER: [&str; 13] = [
    "80.113.26.114",
    "35.158.208.210",
    "54.229.248.124",
    "52.51.44.10",
    "124.43.10.11",
    "52.29.23.29",
    "34.241.38.163",
    "34.247.200.75",
    "54.171.191.142",
    "52.48.58.158",
    "3.19.247.132",
    "18.217.100.151",
    "3.139.115.195",
];
/// Where the integration of this sandbox calls from when it runs beside it.
const HERE: &str = "127.0.0.1";

#[derive(Template)]
#[template(path = "icims/admin_allowlist.html")]
struct Restrictions {
    shell: Shell,
    notice: &'static str,
    /// How many ranges there are; with none, everybody may call.
    count: usize,
    field: Field,
    harver: Vec<(&'static str, bool)>,
    missing: usize,
    /// Whether an integration on this machine would be refused.
    shuts_out_this_machine: bool,
}

/// `GET /icims2/{customer}/admin/ip-restrictions`
pub(super) async fn show(desk: Desk, Asked(asked): Asked) -> Response {
    let notice = match asked.text("done") {
        "saved" => "The changes have been saved.",
        "harver" => "All addresses of Harver may call now.",
        _ => "",
    };
    let ranges = current(&desk);
    page(desk, &ranges, &in_lines(&ranges), String::new(), notice)
}

/// `POST /icims2/{customer}/admin/ip-restrictions`: these ranges and no others.
pub(super) async fn save(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let typed = form.text("ranges").to_owned();
    match read(&typed) {
        Ok(ranges) => store(desk, ranges, &typed, "saved").await,
        Err(error) => {
            let ranges = current(&desk);
            Ok(page(desk, &ranges, &typed, error, ""))
        }
    }
}

/// `POST /icims2/{customer}/admin/ip-restrictions/harver`: adds what is missing of Harver's addresses.
pub(super) async fn add_harver(desk: Desk) -> Result<Response, Refused> {
    let mut ranges = current(&desk);
    let missing: Vec<_> = harver().filter(|address| !admits(&ranges, *address)).map(IpNet::from).collect();
    ranges.extend(missing);
    let lines = in_lines(&ranges);
    store(desk, ranges, &lines, "harver").await
}

async fn store(desk: Desk, ranges: Vec<IpNet>, typed: &str, done: &str) -> Result<Response, Refused> {
    match said(desk.tenant.write(|state| state.set_allowlist(ranges)).await)? {
        Ok(()) => Ok(desk.go(&format!("/admin/ip-restrictions?done={done}"))),
        Err(_) => {
            let ranges = current(&desk);
            Ok(page(desk, &ranges, typed, "There may be at most 200 lines. Write neighbours as one range.".into(), ""))
        }
    }
}

fn current(desk: &Desk) -> Vec<IpNet> {
    desk.tenant.read(|state| state.allowlist().to_vec())
}

/// The ranges as typed, one in each line.
fn read(typed: &str) -> Result<Vec<IpNet>, String> {
    let lines = typed.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let range = |(place, line): (usize, &str)| {
        let read = line.parse::<IpNet>().ok().or_else(|| line.parse::<IpAddr>().ok().map(IpNet::from));
        read.map(|range| range.trunc()).ok_or_else(|| {
            format!(
                "Line {} reads “{line}”, which is no address. Write 203.0.113.7, or a range such as 203.0.113.0/24.",
                place + 1
            )
        })
    };
    lines.map(range).collect()
}

fn in_lines(ranges: &[IpNet]) -> String {
    let line =
        |range: &IpNet| if range.prefix_len() == range.max_prefix_len() { range.addr().to_string() } else { range.to_string() };
    ranges.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn harver() -> impl Iterator<Item = IpAddr> {
    HARVER.into_iter().filter_map(|address| address.parse().ok())
}

fn admits(ranges: &[IpNet], address: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(&address))
}

fn page(desk: Desk, ranges: &[IpNet], typed: &str, error: String, notice: &'static str) -> Response {
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let is_in = |address: &str| address.parse().is_ok_and(|address| admits(ranges, address));
    let harver: Vec<_> = HARVER.map(|address| (address, is_in(address))).into();
    let page = Restrictions {
        shell: desk.shell,
        notice,
        count: ranges.len(),
        field: Field::new("long", "ranges", "Addresses that may call the API")
            .hint("One address or range in each line. With none, everybody may call.")
            .value(typed)
            .error(error),
        missing: harver.iter().filter(|(_, is_in)| !is_in).count(),
        harver,
        shuts_out_this_machine: !ranges.is_empty() && !is_in(HERE),
    };
    Page(status, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_an_address_or_a_range() {
        let ranges = read("203.0.113.7\r\n\n 2001:db8::/32 \n198.51.100.9/24").expect("three");
        assert_eq!(in_lines(&ranges), "203.0.113.7\n2001:db8::/32\n198.51.100.0/24");
        let error = read("203.0.113.7\nharver.com").expect_err("a name");
        assert!(error.starts_with("Line 2 reads “harver.com”"), "{error}");
        assert_eq!(read("").expect("nothing"), []);
    }

    #[test]
    fn every_address_of_harver_is_one_and_there_once() {
        let all: std::collections::BTreeSet<_> = harver().collect();
        assert_eq!(all.len(), HARVER.len());
    }
}
