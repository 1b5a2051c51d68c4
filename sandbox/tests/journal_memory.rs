//! The journal holds no more memory than it promises (`docs/limits.md`), whatever the exchanges are like. Counted are the bytes that
//! the process has asked the allocator for, so this test is alone in its program.

use icims_sandbox::engine::{Actor, Exchange, Journal, Original, Outcome};
use jiff::Timestamp;
use peak_alloc::PeakAlloc;

#[global_allocator]
static HELD: PeakAlloc = PeakAlloc;

const LIMIT: usize = 64 * 1024 * 1024;
/// More than the journal keeps of any of these.
const RECORDED: usize = 55_000;

struct Shape {
    name: &'static str,
    customers: usize,
    headers: usize,
    body: usize,
    /// Whether the bytes on the wire are others than those that are shown.
    compressed: bool,
}

#[test]
fn the_journal_holds_no_more_than_its_limit_whatever_the_exchanges_are_like() {
    let shape = |name, customers, headers, body, compressed| Shape { name, customers, headers, body, compressed };
    for shape in [
        shape("hardly anything", 1, 0, 0, false),
        shape("many small headers", 3, 40, 20, false),
        shape("as calls usually are", 3, 14, 600, false),
        shape("compressed", 3, 14, 2_000, true),
        shape("longer than what is kept", 2, 5, 100_000, false),
        shape("each of somebody else", 100_000, 5, 10, false),
    ] {
        let before = HELD.current_usage();
        let journal = Journal::new();
        // Enough to fill the journal in one of the two ways.
        let recorded = RECORDED.min(LIMIT * 3 / 2 / (shape.body + shape.headers * 64 + 1));
        for number in 0..recorded {
            let (exchange, original) = recording(&shape, number);
            journal.record_with(exchange, Some(original));
        }
        let held = HELD.current_usage() - before;
        assert!(held <= LIMIT, "{}: {held} bytes are held", shape.name);
        let kept = journal.find(&Default::default()).len();
        assert!(held > LIMIT / 2 || kept == 50_000, "{}: what fits is kept, {held} bytes, {kept} exchanges", shape.name);
    }
}

fn recording(shape: &Shape, number: usize) -> (Exchange, Original) {
    let headers: Vec<_> = (0..shape.headers).map(|at| (format!("x-header-{at}"), "a value of some length".into())).collect();
    let mut body = String::with_capacity(shape.body * 2);
    body.push_str(&"x".repeat(shape.body));
    let wire = if shape.compressed { vec![0x1f; shape.body / 4] } else { body.clone().into_bytes() };
    let exchange = Exchange {
        id: 0,
        at: Timestamp::UNIX_EPOCH,
        from: Actor::Integration,
        to: Actor::Icims,
        customer: Some((4021 + number % shape.customers).to_string()),
        workflow: None,
        method: "GET".into(),
        target: format!("/customers/4021/people/{number}"),
        request_headers: headers.clone(),
        request_body: body.clone(),
        outcome: Outcome::Answered { status: 200, headers: headers.clone(), body },
        took_ms: 1,
        faults: Vec::new(),
        replay_of: None,
    };
    (exchange, Original { headers, body: wire })
}
