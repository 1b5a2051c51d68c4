//! Where the tests keep what they keep: in memory, or in a PostgreSQL server.

pub(crate) mod server;

use std::sync::atomic::{AtomicU32, Ordering};

use harver_icims::clock::Clock;
use harver_icims::store::{SealingKey, Store};

/// The server for this run, if there is one: each store gets a schema of its own in it.
pub(crate) const SERVER: &str = "HARVER_TEST_DATABASE_URL";

/// A store that nobody else uses and that holds nothing.
pub(crate) fn fresh_store() -> Store {
    let key = SealingKey::for_this_process();
    let Some(server) = std::env::var_os(SERVER) else { return Store::in_memory(key).expect("memory") };
    let server = server.into_string().expect("an address");
    Store::connect(&fresh_schema(&server).into(), key, Clock::real()).expect("a database").0
}

/// The address of an empty schema on a server.
pub(crate) fn fresh_schema(server: &str) -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let schema = format!("test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    std::thread::scope(|threads| {
        let made = threads.spawn(|| {
            let mut client = postgres::Client::connect(server, postgres::NoTls).expect("the server");
            client.batch_execute(&format!("CREATE SCHEMA {schema}")).expect("a schema");
        });
        made.join().expect("no panic");
    });
    format!("{server}?options=-csearch_path%3D{schema}")
}
