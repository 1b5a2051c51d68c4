//! What is shown of addresses, bodies and texts.

use crate::harness::report::mask::{address, body, words};

#[test]
fn addresses_keep_what_lets_nobody_in() {
    let check = |given: &str, shown: &str| assert_eq!(address(given), shown, "{given}");
    check("/customers/4021/people/30517?fields=email,firstname", "/customers/4021/people/30517?fields=email,firstname");
    check("/enter?token=abc&x=1#abc", "/enter?token=•••&x=•••");
    check("http://ana:geheim@127.0.0.1:8702/a?page=2", "http://127.0.0.1:8702/a?page=2");
    check("/packages/4fq2Zk81mmPq0aT77xYb", "/packages/•••");
    check("/applications/65aa01f2-9c3b-4d00-978e-92fa65aa01f2/reports", "/applications/65aa01f2…/reports");
    check("/applications/65aa01f29c3b4d00178e92fa", "/applications/65aa01f2…");
    check("/api/v1.0/vacancies", "/api/v1.0/vacancies");
    check("ana.weber@mail.example", "ana.weber@mail.example");
}

#[test]
fn bodies_keep_names_and_harmless_values() {
    let check = |given: &str, shown: Option<&str>| assert_eq!(body(given, 200).as_deref(), shown, "{given}");
    check(
        r#"{"a": 1, "clientSecret": "x", "deep": [{"Password": "x"}]}"#,
        Some("{\n  \"a\": 1,\n  \"clientSecret\": \"•••\",\n  \"deep\": [\n    {\n      \"Password\": \"•••\"\n    }\n  ]\n}"),
    );
    check("grant_type=client_credentials&client_secret=x", Some("grant_type=client_credentials\nclient_secret=•••"));
    check(r#"{"link": "http://x.example/in?t=1"}"#, Some("{\n  \"link\": \"http://x.example/in?t=•••\"\n}"));
    check("<html>password</html>", None);
    check("just words", None);
    check("\"a string\"", None);
    check("", None);
    let long = format!("{{\"a\": \"{}\"}}", "ä ".repeat(300));
    assert_eq!(body(&long, 200).expect("a body").chars().count(), 202);
}

#[test]
fn texts_lose_codes_tokens_and_links() {
    let check = |given: &str, shown: &str| assert_eq!(words(given), shown, "{given}");
    check("Your code is 481516. Good luck!", "Your code is •••. Good luck!");
    check("See http://x.example/a/4fq2Zk81mmPq0aT77xYb, Ana", "See http://x.example/a/•••, Ana");
    check("bearer:4fq2Zk81mmPq0aT77xYb", "bearer:•••");
    check("Order 88431 of 2026-03-04 is sent", "Order 88431 of 2026-03-04 is sent");
    check("ärger  und\nlinien", "ärger  und\nlinien");
}
