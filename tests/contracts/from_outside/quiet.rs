//! Nothing leaves that nobody has asked for, whatever the environment says.

use std::io::ErrorKind;
use std::net::TcpListener;

use super::place::{World, command, run};
use super::provider;
use crate::pact_file::Pair;

#[test]
fn no_connection_leaves_and_no_proxy_is_asked_for_what_is_near() {
    let world = World::start();
    let (name, url) = provider(&world, Pair::PlatformToIntegration);
    let file = Pair::PlatformToIntegration.path();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("it does not wait");
    let proxy = format!("http://{}", listener.local_addr().expect("an address"));
    for tracking in [None, Some("1"), Some("false")] {
        let mut verifying =
            command(&["--provider", name, "--url", &url, "--control-url", world.control(), &file.to_string_lossy()]);
        for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            verifying.env(variable, &proxy);
        }
        for variable in ["NO_PROXY", "no_proxy", "PACT_DO_NOT_TRACK", "pact_do_not_track"] {
            verifying.env_remove(variable);
        }
        if let Some(value) = tracking {
            verifying.env("PACT_DO_NOT_TRACK", value);
        }
        let said = run(verifying);
        assert_eq!(said.code, Some(0), "{said:?}");
        // Whoever had called by now would be waiting to be accepted.
        let called = listener.accept().expect_err("nobody has called");
        assert_eq!(called.kind(), ErrorKind::WouldBlock, "{tracking:?}");
    }
}
