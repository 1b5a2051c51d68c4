//! Who calls, told by two things together: whose account a call uses, and which program its connection belongs to.
//!
//! What is looked up is kept with the connection, so that all but its first call cost a comparison. Nothing here proves who somebody is:
//! a refused call has a caller, too. The proof is the business of each API.

mod programs;

use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;

use super::journal::Actor;
use super::peer::Peer;
use programs::{Program, Programs, agent_of};

/// How programs introduce themselves with which people try out an API by hand (*assumed* that no integration is one of them, unless it is
/// declared to be). The last one is what the sandbox's own library and its checks say.
const BY_HAND: [&str; 10] = [
    "curl/",
    "wget/",
    "httpie/",
    "xh/",
    "postmanruntime/",
    "insomnia/",
    "bruno-runtime/",
    "hoppscotch",
    "mozilla/",
    TESTER_AGENT,
];
/// How the clients of tests introduce themselves.
pub const TESTER_AGENT: &str = "icims-sandbox-test";
/// Longer credentials are looked up anew for each call.
const KEPT_CREDENTIALS: usize = 4 * 1024;

/// Whose account a call uses, by what it presents. Nothing is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// The one that was issued to the integration of this customer.
    Integration(u64),
    /// Another one of a customer's.
    Another,
    /// None that anybody knows: there are no credentials, they name nobody, or they are an old token.
    Unknown,
}

/// The programs that call, and which of them is the integration. Clones share it.
///
/// The caller of an API is
///
/// 1. [`Actor::Integration`] when the call uses the account that was issued to the customer's integration *and* comes over a connection of
///    the integration's. If the integration is declared, those are the connections that begin with its `User-Agent`. If it is not, they
///    are those of the program that has first used the account and still has a connection open; a program is what comes from one
///    address under one `User-Agent`. When it has closed them all, the next program that uses the account takes its place. What comes over
///    the integration's connections with credentials that name nobody, such as an old token, is its, too.
/// 2. [`Actor::Tester`] when the program is one with which people try out an API by hand, or the client of a test, whatever
///    account it uses.
/// 3. [`Actor::Other`] in every other case: another program with the integration's account, the integration's connection with somebody
///    else's account, and whoever has no account.
///
/// All of this is *assumed*: neither vendor has such a record.
#[derive(Clone, Debug, Default)]
pub struct Callers(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    declared: OnceLock<Box<str>>,
    programs: Arc<Programs>,
}

/// What is known of a connection. It begins with its first call.
#[derive(Debug, Default)]
pub(super) struct Line(Mutex<Option<Known>>);

#[derive(Debug)]
struct Known {
    program: Arc<Program>,
    last: Option<Last>,
}

/// The last call of a connection, and who it was from.
#[derive(Debug)]
struct Last {
    credentials: Box<[u8]>,
    as_of: u64,
    actor: Actor,
}

impl Callers {
    /// Says how the integration introduces itself: its whole `User-Agent`, or the name of the product without a version. Said once, before
    /// anybody calls; what is said later does not count.
    pub fn declare(&self, agent: &str) {
        // Whoever composes the process says it once.
        let _ = self.0.declared.set(agent.into());
    }

    /// Who makes a call. `account` is asked when it is not what the connection's last call used.
    pub(super) fn of(&self, peer: Option<&Peer>, headers: &HeaderMap, account: impl FnOnce() -> Account) -> Actor {
        let agent = agent_of(headers);
        let credentials = headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
        // Without a connection, as in a test that calls a router directly, each call is one by itself.
        let (own, from) = (Line::default(), peer.and_then(Peer::elsewhere));
        let mut known = peer.map_or(&own, Peer::line).0.lock();
        let known = known.get_or_insert_with(|| Known { program: self.0.programs.introduced(from, agent), last: None });
        let goes_by_its_name = known.program.agent() == agent;
        let as_of = self.0.programs.changes();
        if let (Some(last), Some(credentials)) = (&known.last, credentials)
            && goes_by_its_name
            && last.as_of == as_of
            && *last.credentials == *credentials
        {
            return last.actor;
        }
        let account = account();
        let actor = self.judged(known.program.as_ref(), goes_by_its_name, agent, account);
        let kept = credentials.filter(|credentials| credentials.len() <= KEPT_CREDENTIALS);
        // What names nobody now may be somebody's name by the next call.
        let kept = kept.filter(|_| goes_by_its_name && account != Account::Unknown);
        known.last = kept.map(|credentials| Last { credentials: credentials.into(), as_of, actor });
        actor
    }

    fn judged(&self, program: &Program, goes_by_its_name: bool, agent: &[u8], account: Account) -> Actor {
        let otherwise = if is_by_hand(agent) { Actor::Tester } else { Actor::Other };
        let programs = &self.0.programs;
        let is_integration = match (self.0.declared.get(), account) {
            // A connection is one program's: what comes over it under another name is passed on for somebody else.
            _ if !goes_by_its_name => false,
            (_, Account::Another) => false,
            (Some(declared), _) => is_called(agent, declared),
            (None, _) if otherwise == Actor::Tester => false,
            (None, Account::Integration(customer)) => programs.takes_place(program, customer),
            (None, Account::Unknown) => programs.has_place(program),
        };
        if is_integration { Actor::Integration } else { otherwise }
    }
}

fn is_by_hand(agent: &[u8]) -> bool {
    BY_HAND.iter().any(|known| agent.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known.as_bytes())))
}

/// Whether a `User-Agent` is the declared one, or names the declared product.
fn is_called(agent: &[u8], declared: &str) -> bool {
    let rest = agent.strip_prefix(declared.as_bytes());
    rest.is_some_and(|rest| rest.is_empty() || (!declared.contains('/') && matches!(rest[0], b'/' | b' ')))
}
