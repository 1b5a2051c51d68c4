//! A PostgreSQL server of the tests' own, which goes with the process that has started it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The Debian package that has what is started here.
pub(crate) const PACKAGE: &str = "postgresql";

/// A server that nobody else knows: it listens on a socket in its own folder.
pub(crate) struct Server {
    programs: PathBuf,
    folder: TempDir,
    running: Option<Child>,
}

impl Server {
    /// Makes and starts one; `None` where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let mut server = Self { programs: programs()?, folder: tempfile::tempdir().expect("a folder"), running: None };
        server.give_away();
        let settings = "--pgdata data --username app --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync";
        let made = server.command("initdb").args(settings.split(' ')).output().expect("initdb can be run");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.run();
        Some(server)
    }

    /// The address of its database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://app@{}/postgres", self.folder.path().to_string_lossy().replace('/', "%2F"))
    }

    /// Starts it again after [`Self::stop`].
    pub(crate) fn run(&mut self) {
        let folder = self.folder.path().to_string_lossy().into_owned();
        // What a test has kept outlives the server, and need not outlive the machine.
        let settings = [
            "listen_addresses=",
            &format!("unix_socket_directories={folder}"),
            "max_connections=300",
            "fsync=off",
            "full_page_writes=off",
            // What is never restored needs no log of the past.
            "wal_level=minimal",
            "max_wal_senders=0",
            "max_wal_size=64MB",
            "min_wal_size=32MB",
            // It is no compiler: whatever is so dear that the server would compile it fails.
            "jit_provider=plpgsql",
        ];
        let mut command = self.command("postgres");
        command.args(["-D", "data"]).args(settings.iter().flat_map(|setting| ["-c", *setting]));
        self.running = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("postgres can be run"));
        while postgres_answers(&self.url()).is_err() {
            assert!(self.is_starting(), "the server has ended");
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
    }

    /// Ends it at once, with whatever it is doing.
    pub(crate) fn stop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill().expect("it can be killed");
            running.wait().expect("it has ended");
        }
    }

    fn is_starting(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| running.try_wait().is_ok_and(|ended| ended.is_none()))
    }

    /// A program of PostgreSQL in the server's folder, as a user who may run a server, and not for longer than this thread lives.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        if is_root() {
            command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
        }
        command.arg(self.programs.join(program)).current_dir(self.folder.path());
        command
    }

    /// Lets the user who runs it own its folder.
    fn give_away(&self) {
        if is_root() {
            let owner = format!("{USER}:{USER}");
            let given = Command::new("chown").arg(owner).arg(self.folder.path()).status().expect("chown can be run");
            assert!(given.success(), "the folder cannot be given to {USER}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Debian's package makes this user; PostgreSQL does not run as root.
const USER: &str = "postgres";

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|told| told.stdout.starts_with(b"0\n"))
}

/// Where the newest PostgreSQL that is installed has its programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> =
        versions.flatten().map(|version| version.path().join("bin")).filter(|bin| has_server(bin)).collect();
    found.sort();
    let on_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| has_server(folder));
    found.pop().or_else(on_path)
}

fn has_server(folder: &Path) -> bool {
    ["initdb", "postgres"].into_iter().all(|program| folder.join(program).is_file())
}

fn postgres_answers(url: &str) -> Result<(), postgres::Error> {
    std::thread::scope(|threads| {
        let asked = threads.spawn(|| postgres::Client::connect(url, postgres::NoTls).map(drop));
        asked.join().expect("no panic")
    })
}
