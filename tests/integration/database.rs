//! Where the tests keep what they keep: in memory, or in a PostgreSQL server.

pub(crate) mod server;

use std::sync::atomic::{AtomicU32, Ordering};

use harver_icims::clock::Clock;
use harver_icims::store::{SealingKey, Store, StoreError};

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

/// A database that can be opened again, with another key too, and looked into from outside.
pub(crate) enum Lasting {
    File(tempfile::TempDir),
    Server(String),
}

impl Lasting {
    /// An empty one.
    pub(crate) fn fresh() -> Self {
        match std::env::var_os(SERVER) {
            None => Self::File(tempfile::tempdir().expect("a folder")),
            Some(server) => Self::on(&server.into_string().expect("an address")),
        }
    }

    /// An empty one on a server.
    pub(crate) fn on(server: &str) -> Self {
        Self::Server(fresh_schema(server))
    }

    fn path(folder: &tempfile::TempDir) -> std::path::PathBuf {
        folder.path().join("integration.db")
    }

    /// Opens it; whoever had it open before must have let go of it.
    ///
    /// # Errors
    /// What the program says.
    pub(crate) fn open(&self, key: SealingKey) -> Result<Store, StoreError> {
        match self {
            Self::File(folder) => Store::open(&Self::path(folder), key),
            Self::Server(url) => Ok(Store::connect(&url.clone().into(), key, Clock::real())?.0),
        }
    }

    /// Runs statements past the program.
    pub(crate) fn run(&self, sql: &str) {
        match self {
            Self::File(folder) => {
                let connection = rusqlite::Connection::open(Self::path(folder)).expect("a file");
                connection.execute_batch(sql).expect("statements");
            }
            Self::Server(url) => {
                std::thread::scope(|threads| {
                    threads
                        .spawn(|| postgres::Client::connect(url, postgres::NoTls).expect("the server").batch_execute(sql))
                        .join()
                        .expect("no panic")
                        .expect("statements");
                });
            }
        }
    }

    /// Every row, as far as it is text; of a file everything that is in it and beside it.
    pub(crate) fn in_the_open(&self) -> String {
        match self {
            Self::File(folder) => {
                let files = std::fs::read_dir(folder.path()).expect("a folder");
                // The log goes with the last connection, which may be closed just now.
                let read = |file: std::io::Result<std::fs::DirEntry>| std::fs::read(file.expect("a file").path()).ok();
                files.filter_map(read).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
            }
            Self::Server(url) => std::thread::scope(|threads| {
                let asked = threads.spawn(|| {
                    let mut client = postgres::Client::connect(url, postgres::NoTls).expect("the server");
                    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
                    let tables: Vec<String> = client.query(tables, &[]).expect("tables").iter().map(|row| row.get(0)).collect();
                    tables.iter().fold(String::new(), |mut all, table| {
                        let rows = client.query(&format!("SELECT t::text FROM {table} AS t"), &[]).expect("rows");
                        rows.iter().for_each(|row| all += row.get(0));
                        all
                    })
                });
                asked.join().expect("no panic")
            }),
        }
    }
}

/// Whether a word stands in what [`Lasting::in_the_open`] has read, also as bytes.
pub(crate) fn shows(all: &str, word: &str) -> bool {
    let bytes: String = word.bytes().map(|byte| format!("{byte:02x}")).collect();
    all.contains(word) || all.contains(&bytes)
}
