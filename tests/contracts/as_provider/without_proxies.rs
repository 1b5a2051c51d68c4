//! The client of the verifier cannot be given one, and reads from the environment through which proxy it calls the provider, which
//! listens on this machine. Where the environment names one, each test is therefore run again in a process that is told of none.

use std::process::Command;

const VARIABLES: [&str; 6] = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Tests that replay pacts.
macro_rules! replays {
    ($(async fn $name:ident() $body:block)+) => {$(
        #[test]
        fn $name() {
            $crate::as_provider::without_proxies::run(concat!(module_path!(), "::", stringify!($name)), async $body);
        }
    )+};
}
pub(crate) use replays;

/// Runs a test here, or the one of this name in a process of its own.
pub(crate) fn run(test: &str, replayed: impl Future<Output = ()>) {
    if VARIABLES.iter().any(|name| std::env::var_os(name).is_some()) {
        return run_elsewhere(test);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(replayed);
}

fn run_elsewhere(test: &str) {
    // The runner leaves out the name of the suite.
    let (_, test) = test.split_once("::").expect("the path of a module");
    let mut command = Command::new(std::env::current_exe().expect("this suite"));
    command.args(["--exact", test, "--nocapture"]);
    for name in VARIABLES {
        command.env_remove(name);
    }
    let output = command.output().expect("this suite starts");
    let said = String::from_utf8_lossy(&output.stdout);
    // A name that nobody has is a success, too.
    let passed = output.status.success() && said.contains("1 passed");
    assert!(passed, "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}
