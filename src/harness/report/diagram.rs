//! What a scenario's actors said to one another, as a sequence diagram: a lane for each, an arrow for each request, the steps between
//! them as far as their times can be told.

use std::fmt::Write as _;

use jiff::SignedDuration;

use super::exchange::{ACTORS, Exchange, PEOPLE};
use super::mask::cut;
use super::run::{Attempt, Step};

const LANE: usize = 225;
const MARGIN: usize = 90;
const HEAD: usize = 40;
const ROW: usize = 29;
/// How many letters fit between two lanes.
const LETTERS: usize = 33;
/// How far a clock may seem to be off before times of steps and exchanges are not compared.
const CLOCKS_AGREE: SignedDuration = SignedDuration::from_millis(250);

/// A row of the diagram.
#[derive(Clone, Copy)]
enum Row<'a> {
    /// A step of the scenario.
    Step(&'a Step),
    /// An exchange with its number, from 1.
    Said(usize, &'a Exchange),
}

/// The diagram; absent if nothing was said.
pub(super) fn svg(attempt: &Attempt) -> Option<String> {
    let exchanges = &attempt.seen.exchanges;
    if exchanges.is_empty() {
        return None;
    }
    let rows = rows(attempt);
    let takes_part = |name: &str| exchanges.iter().any(|one| one.from == name || one.to == name);
    let has_steps = rows.iter().any(|row| matches!(row, Row::Step(_)));
    let lanes: Vec<(&str, &str)> =
        ACTORS.into_iter().filter(|(name, _)| takes_part(name) || (*name == PEOPLE && has_steps)).collect();
    let (width, height) = (2 * MARGIN + LANE * (lanes.len().max(2) - 1), HEAD + ROW * (rows.len() + 1));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Sequence diagram of {} exchanges; the table says the same\">",
        exchanges.len()
    );
    for (place, (_, label)) in lanes.iter().enumerate() {
        let x = lane(place);
        let (left, end) = (x - 84, height - 8);
        put(
            &mut svg,
            format_args!(
                "<path class=\"lane\" d=\"M{x} {HEAD}V{end}\"/><rect class=\"actor\" x=\"{left}\" y=\"4\" width=\"168\" height=\"26\" rx=\"5\"/><text class=\"who\" x=\"{x}\" y=\"22\">{label}</text>"
            ),
        );
    }
    for (number, row) in rows.iter().enumerate() {
        let y = HEAD + ROW * (number + 1);
        match row {
            Row::Step(step) => note(&mut svg, step, y, width),
            Row::Said(number, exchange) => arrow(&mut svg, *number, exchange, y, &lanes),
        }
    }
    svg.push_str("</svg>");
    Some(svg)
}

/// Steps and exchanges in the order in which they happened. In a scenario that moved the clock, the exchanges alone.
fn rows(attempt: &Attempt) -> Vec<Row<'_>> {
    let said = (1..).zip(&attempt.seen.exchanges).map(|(number, exchange)| Row::Said(number, exchange));
    let (Some(began), Some(ended)) = (attempt.began, attempt.ended) else { return said.collect() };
    let agree = |exchange: &Exchange| exchange.at.is_some_and(|at| at + CLOCKS_AGREE >= began && at - CLOCKS_AGREE <= ended);
    if !attempt.seen.exchanges.iter().all(agree) {
        return said.collect();
    }
    let mut rows = Vec::new();
    let mut steps = attempt.steps.iter().peekable();
    for (number, exchange) in (1..).zip(&attempt.seen.exchanges) {
        while let Some(step) = steps.next_if(|step| step.began <= exchange.at) {
            rows.push(Row::Step(step));
        }
        rows.push(Row::Said(number, exchange));
    }
    rows.extend(steps.map(Row::Step));
    rows
}

fn note(svg: &mut String, step: &Step, y: usize, width: usize) {
    let (top, wide) = (y - 15, width - 16);
    let words = format!("{} {}", step.written.keyword, step.written.text);
    let words = escape(&cut(&words, width / 8));
    put(
        svg,
        format_args!(
            "<rect class=\"note\" x=\"8\" y=\"{top}\" width=\"{wide}\" height=\"22\" rx=\"3\"/><text class=\"step\" x=\"18\" y=\"{y}\">{words}</text>"
        ),
    );
}

fn arrow(svg: &mut String, number: usize, exchange: &Exchange, y: usize, lanes: &[(&str, &str)]) {
    let place = |name: &str| lanes.iter().position(|(known, _)| *known == name).unwrap_or_default();
    let (from, to) = (lane(place(&exchange.from)), lane(place(&exchange.to)));
    let class = if exchange.succeeded() { "said" } else { "said refused" };
    let outcome = exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let letters = (LETTERS * from.abs_diff(to) / LANE).max(LETTERS) - outcome.len().min(9) - 8;
    let label = format!("{number} {} {} → {outcome}", exchange.method, ending(&exchange.target, letters));
    let title = format!("{} {} → {}, {} ms", exchange.method, exchange.target, exchange.outcome(), exchange.took_ms);
    let (tip, tail) = if to >= from { (to - 2, "l-8 -4v8z") } else { (to + 2, "l8 -4v8z") };
    let (middle, above) = (usize::midpoint(from, to), y - 6);
    put(
        svg,
        format_args!(
            "<g class=\"{class}\"><title>{}</title><path class=\"line\" d=\"M{from} {y}H{tip}\"/><path class=\"tip\" d=\"M{tip} {y}{tail}\"/><text x=\"{middle}\" y=\"{above}\">{}</text></g>",
            escape(&title),
            escape(&label)
        ),
    );
}

fn lane(place: usize) -> usize {
    MARGIN + LANE * place
}

/// The end of an address, which tells more of it than its beginning.
fn ending(target: &str, letters: usize) -> String {
    let path = target.split('?').next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest.find('/').map_or(rest, |slash| &rest[slash..]));
    let count = path.chars().count();
    if count <= letters {
        return path.to_owned();
    }
    let end: String = path.chars().skip(count - letters + 1).collect();
    format!("…{end}")
}

/// A text between two tags.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn put(svg: &mut String, part: std::fmt::Arguments<'_>) {
    svg.write_fmt(part).expect("text can be written");
}
