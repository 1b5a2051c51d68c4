use proptest::prelude::*;

use super::*;
use crate::mailbox::smtp::fuzzing::steps_of;

const HELLO: &str = "EHLO laptop\r\nMAIL FROM:<talent@brightwater.example>\r\nRCPT TO:<ines@example.org>\r\nDATA\r\n";

/// Everything a session asks for when it is given `bytes` in packets of `packet` bytes.
fn steps(bytes: &[u8], packet: usize) -> Vec<Step> {
    steps_of(Session::default(), bytes, packet)
}

fn statuses(bytes: &[u8]) -> Vec<String> {
    statuses_of(Session::default(), bytes)
}

fn statuses_of(session: Session, bytes: &[u8]) -> Vec<String> {
    let status = |step| match step {
        Step::Reply(text) | Step::Close(text) | Step::Encrypt(text) => text[..3].to_owned(),
        Step::Deliver(..) => "deliver".to_owned(),
    };
    steps_of(session, bytes, usize::MAX).into_iter().map(status).collect()
}

fn check(conversation: &str, expected: &[&str]) {
    assert_eq!(statuses(conversation.as_bytes()), expected, "{conversation}");
}

#[test]
fn a_pipelined_conversation_is_answered_line_by_line() {
    check(
        &format!("{HELLO}Subject: x\r\n\r\nHello\r\n.\r\nNOOP\r\nQUIT\r\n"),
        &["250", "250", "250", "354", "deliver", "250", "221"],
    );
}

#[test]
fn commands_out_of_sequence_are_refused() {
    check("MAIL FROM:<a@b.example>\r\n", &["503"]);
    check("EHLO x\r\nRCPT TO:<a@b.example>\r\n", &["250", "503"]);
    check("EHLO x\r\nDATA\r\n", &["250", "503"]);
    check("EHLO x\r\nMAIL FROM:<a@b.example>\r\nDATA\r\n", &["250", "250", "503"]);
    check("EHLO x\r\nMAIL FROM:<a@b.example>\r\nMAIL FROM:<a@b.example>\r\n", &["250", "250", "503"]);
    check("EHLO x\r\nMAIL FROM:<a@b.example>\r\nRSET\r\nRCPT TO:<a@b.example>\r\n", &["250", "250", "250", "503"]);
    check("EHLO x\r\nMAIL FROM:<a@b.example>\r\nEHLO x\r\nRCPT TO:<a@b.example>\r\n", &["250", "250", "250", "503"]);
}

#[test]
fn letters_beyond_ascii_are_taken_of_who_says_smtputf8_and_refused_by_that_name_otherwise() {
    let plain = "EHLO x\r\nMAIL FROM:<jürgen@b.example>\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<zoë@d.example>\r\n";
    check(plain, &["250", "553", "250", "553"]);
    for step in steps(plain.as_bytes(), usize::MAX) {
        let Step::Reply(lines) = step else { panic!("a reply") };
        assert!(lines.starts_with("250") || lines.starts_with("553 5.6.7 ") && lines.contains("SMTPUTF8"), "{lines}");
    }
    let said = "EHLO x\r\nMAIL FROM:<jürgen@b.example> SMTPUTF8\r\nRCPT TO:<zoë@d.example>\r\nDATA\r\n.\r\n";
    let seen = steps(said.as_bytes(), 1);
    let Step::Reply(offered) = &seen[0] else { panic!("a reply") };
    assert!(offered.contains("250-SMTPUTF8\r\n"), "{offered}");
    let envelope = Envelope { from: "jürgen@b.example".into(), to: vec!["zoë@d.example".into()] };
    assert_eq!(seen[4], Step::Deliver(envelope, Vec::new()));
    check(
        "EHLO x\r\nMAIL FROM:<a@b> SMTPUTF8\r\nRSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<zoë@d>\r\n",
        &["250", "250", "250", "250", "553"],
    );
}

#[test]
fn unknown_and_unoffered_commands_are_told_apart() {
    check("BREW coffee\r\nSTARTTLS\r\nETRN x\r\nVRFY ines\r\nHELP\r\n", &["500", "502", "502", "252", "214"]);
}

/// A conversation in which one user has to sign in.
fn with_user() -> Session {
    Session::new(&SmtpOffer { user: Some("ines:sesame".parse().expect("a user")), certificate: None })
}

/// The same, that can be encrypted.
fn encryptable() -> Session {
    Session { encryption: Encryption::Offered, ..with_user() }
}

#[test]
fn encryption_begins_where_it_is_offered_and_everything_begins_anew_with_it() {
    let wire = format!("EHLO x\r\nAUTH PLAIN {RIGHT}\r\nMAIL FROM:<a@b.example>\r\nSTARTTLS\r\n");
    let mut session = encryptable();
    session.feed(format!("{wire}RCPT TO:<injected@d.example>\r\nNOO").as_bytes());
    let steps: Vec<Step> = std::iter::from_fn(|| session.next_step()).collect();
    assert!(matches!(&steps[3..], [Step::Encrypt(lines)] if lines.starts_with("220")), "nothing after it is read: {steps:?}");
    let Step::Reply(offered) = &steps[0] else { panic!("a reply") };
    assert!(offered.contains("250-STARTTLS\r\n"), "{offered}");
    let then = "MAIL FROM:<a@b.example>\r\nEHLO x\r\nRCPT TO:<c@d.example>\r\nMAIL FROM:<a@b.example>\r\nSTARTTLS\r\nNOOP\r\n";
    session.feed(then.as_bytes());
    let steps: Vec<Step> = std::iter::from_fn(|| session.next_step()).collect();
    let said: Vec<&str> = steps
        .iter()
        .map(|step| match step {
            Step::Reply(lines) => lines.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    let statuses: Vec<&str> = said.iter().map(|lines| &lines[..3]).collect();
    assert_eq!(
        statuses,
        ["503", "250", "503", "530", "503", "250"],
        "neither greeting nor sign-in nor message is left: {said:?}"
    );
    assert!(!said[1].contains("STARTTLS"), "{}", said[1]);
}

#[test]
fn refusals_are_counted_on_when_the_connection_is_encrypted() {
    let seen = statuses_of(encryptable(), format!("{}EHLO x\r\nSTARTTLS\r\n", "nonsense\r\n".repeat(40)).as_bytes());
    assert_eq!(seen.last().map(String::as_str), Some("220"));
    let mut session = encryptable();
    session.feed(format!("{}STARTTLS\r\n", "nonsense\r\n".repeat(40)).as_bytes());
    while session.next_step().is_some() {}
    let seen = statuses_of(session, "nonsense\r\n".repeat(11).as_bytes());
    assert_eq!(seen.last().map(String::as_str), Some("421"));
}

// \0ines\0sesame, \0ines\0wrong; ines, sesame.
const RIGHT: &str = "AGluZXMAc2VzYW1l";
const WRONG: &str = "AGluZXMAd3Jvbmc=";
#[test]
fn a_line_that_is_too_long_ends_signing_in_whatever_packets_it_comes_in() {
    let said = format!("EHLO x\r\nAUTH LOGIN\r\n{}\r\nQUIT\r\n", "z".repeat(1_200));
    let at_once = steps(said.as_bytes(), said.len());
    assert!(matches!(at_once.last(), Some(Step::Close(_))), "{at_once:?}");
    assert_eq!(steps(said.as_bytes(), 100), at_once);
}

const LOGIN: [&str; 2] = ["aW5lcw==", "c2VzYW1l"];

#[test]
fn whoever_signs_in_is_welcome_unless_there_is_a_user_who_has_to() {
    let [name, password] = LOGIN;
    let mail = "MAIL FROM:<a@b.example>\r\n";
    let check_user = |conversation: &str, anybody: &[&str], user: &[&str]| {
        let wire = format!("EHLO x\r\n{conversation}\r\n{mail}");
        assert_eq!(statuses(wire.as_bytes())[1..], *anybody, "anybody: {conversation}");
        let session = with_user();
        assert_eq!(statuses_of(session, wire.as_bytes())[1..], *user, "a user: {conversation}");
    };
    check_user("NOOP", &["250", "250"], &["250", "530"]);
    check_user(&format!("AUTH PLAIN {RIGHT}"), &["235", "250"], &["235", "250"]);
    check_user(&format!("AUTH PLAIN\r\n{RIGHT}"), &["334", "235", "250"], &["334", "235", "250"]);
    check_user(&format!("AUTH LOGIN\r\n{name}\r\n{password}"), &["334", "334", "235", "250"], &["334", "334", "235", "250"]);
    check_user(&format!("AUTH LOGIN {name}\r\n{password}"), &["334", "235", "250"], &["334", "235", "250"]);
    check_user(&format!("AUTH PLAIN {WRONG}"), &["235", "250"], &["535", "530"]);
    check_user(&format!("AUTH LOGIN {name}\r\n{name}"), &["334", "235", "250"], &["334", "535", "530"]);
    check_user("AUTH PLAIN\r\n*", &["334", "501", "250"], &["334", "501", "530"]);
    check_user("AUTH LOGIN\r\nNOOP!", &["334", "501", "250"], &["334", "501", "530"]);
    check_user(&format!("AUTH PLAIN\r\n{}", "A".repeat(2_000)), &["334", "500", "250"], &["334", "500", "530"]);
    check_user("AUTH XOAUTH2 abc", &["504", "250"], &["504", "530"]);
    check_user(&format!("AUTH PLAIN {RIGHT}\r\nAUTH PLAIN {RIGHT}"), &["235", "503", "250"], &["235", "503", "250"]);
}

#[test]
fn signing_in_has_its_place_in_the_conversation() {
    check(&format!("AUTH PLAIN {RIGHT}\r\n"), &["503"]);
    check(&format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\nAUTH PLAIN {RIGHT}\r\n"), &["250", "250", "503"]);
    // A new greeting and a forgotten message leave who has signed in.
    let session = with_user();
    let wire = format!("EHLO x\r\nAUTH PLAIN {RIGHT}\r\nRSET\r\nEHLO x\r\nMAIL FROM:<a@b.example>\r\n");
    assert_eq!(statuses_of(session, wire.as_bytes()), ["250", "235", "250", "250", "250"]);
    // Whoever guesses is sent away.
    let session = with_user();
    let guesses = format!("EHLO x\r\n{}", format!("AUTH PLAIN {WRONG}\r\n").repeat(60));
    assert_eq!(statuses_of(session, guesses.as_bytes()).last().map(String::as_str), Some("421"));
}

#[test]
fn nothing_of_what_was_said_to_sign_in_is_repeated_or_shown() {
    let mut session = with_user();
    session.feed(format!("EHLO x\r\nAUTH PLAIN {WRONG}\r\nAUTH LOGIN\r\n{}\r\n", LOGIN[0]).as_bytes());
    let steps: Vec<Step> = std::iter::from_fn(|| session.next_step()).collect();
    let shown = format!("{session:?} {steps:?}");
    assert!(!["sesame", WRONG, LOGIN[0]].iter().any(|secret| shown.contains(secret)), "{shown}");
}

#[test]
fn sign_in_is_announced_and_encryption_only_where_it_is_offered() {
    let Some(Step::Reply(answer)) = steps(b"EHLO x\r\n", usize::MAX).pop() else { panic!("a reply") };
    assert!(
        answer.contains("250-SIZE 10485760\r\n") && answer.contains("250-8BITMIME\r\n") && answer.contains("250-PIPELINING\r\n")
    );
    assert!(answer.contains("250-AUTH PLAIN LOGIN\r\n") && !answer.contains("STARTTLS"));
}

#[test]
fn a_message_larger_than_announced_is_refused_and_the_conversation_goes_on() {
    check(&format!("EHLO x\r\nMAIL FROM:<a@b.example> SIZE={}\r\nNOOP\r\n", MESSAGE_LIMIT + 1), &["250", "552", "250"]);
    let huge = "x".repeat(998) + "\r\n";
    let message = huge.repeat(MESSAGE_LIMIT / huge.len() + 1);
    check(&format!("{HELLO}{message}.\r\nNOOP\r\n"), &["250", "250", "250", "354", "552", "250"]);
    check(&format!("{HELLO}{}", huge.repeat(2 * MESSAGE_LIMIT / huge.len() + 1)), &["250", "250", "250", "354", "421"]);
}

#[test]
fn lines_that_are_too_long_are_refused_without_being_kept() {
    for packet in [7, usize::MAX] {
        let long = "x".repeat(5000);
        let seen = steps(format!("{long}\r\nNOOP\r\n").as_bytes(), packet);
        assert!(
            matches!(&seen[..], [Step::Reply(first), Step::Reply(second)] if first.starts_with("500") && second.starts_with("250")),
            "{seen:?}"
        );
        let seen = steps(format!("{HELLO}{long}\r\nshort\r\n.\r\nNOOP\r\n").as_bytes(), packet);
        assert!(
            matches!(&seen[4..], [Step::Reply(first), Step::Reply(second)] if first.starts_with("554") && second.starts_with("250")),
            "{seen:?}"
        );
    }
}

#[test]
fn recipients_beyond_the_hundredth_are_refused() {
    let recipients = "RCPT TO:<a@b.example>\r\n".repeat(101);
    let seen = statuses(format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{recipients}").as_bytes());
    assert_eq!(seen[2..102], vec!["250"; 100]);
    assert_eq!(seen[102], "452");
}

#[test]
fn a_client_that_only_talks_nonsense_is_sent_away() {
    let seen = statuses(&b"nonsense\r\n".repeat(200));
    assert_eq!(seen.len(), REFUSAL_LIMIT + 1);
    assert_eq!(seen.last().map(String::as_str), Some("421"));
}

#[test]
fn bare_line_feeds_end_lines_everywhere() {
    let seen = steps(b"EHLO x\nMAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nDATA\nHello\n..\n.\nQUIT\n", usize::MAX);
    assert_eq!(
        seen[4],
        Step::Deliver(Envelope { from: "a@b.example".into(), to: vec!["c@d.example".into()] }, b"Hello\n.\n".to_vec())
    );
}

/// What a client puts on the wire for a message: dots doubled at the start of lines, ended by a single dot.
fn stuffed(message: &[u8]) -> Vec<u8> {
    let lines = message.split_inclusive(|&byte| byte == b'\n');
    let mut wire: Vec<u8> =
        lines.flat_map(|line| [&b".".repeat(usize::from(line.starts_with(b".")))[..], line].concat()).collect();
    wire.extend_from_slice(b".\r\n");
    wire
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..4000), packet in 1..600_usize) {
        steps(&bytes, packet);
        steps(&[HELLO.as_bytes(), &bytes].concat(), packet);
    }

    #[test]
    fn no_sequence_of_commands_panics(
        lines in prop::collection::vec("(EHLO x|STARTTLS|AUTH PLAIN|AUTH LOGIN YQ==|YQ==|\\*|MAIL FROM:<a@b>|RCPT TO:<c@d>|DATA|RSET|\\.|\\.\\.|VRFY|QUIT|MAIL FROM:<\\PC{0,9}|RCPT TO:\\PC{0,9})(\r|)\n", 0..40),
        packet in 1..200_usize,
    ) {
        steps_of(encryptable(), lines.concat().as_bytes(), packet);
        steps(lines.concat().as_bytes(), packet);
    }

    #[test]
    fn an_accepted_message_is_the_one_that_was_sent_in_whatever_packets(
        lines in prop::collection::vec(("[.]{0,3}", prop::collection::vec(any::<u8>(), 0..300), "(\r|)\n"), 0..30),
        packet in 1..2000_usize,
    ) {
        let message: Vec<u8> = lines.into_iter().flat_map(|(dots, text, end)| [dots.as_bytes(), &text, end.as_bytes()].concat()).collect();
        let wire = [HELLO.as_bytes(), &stuffed(&message), b"QUIT\r\n"].concat();
        let seen = steps(&wire, packet);
        prop_assert_eq!(seen.len(), 6);
        let Step::Deliver(envelope, received) = &seen[4] else { panic!("a message") };
        prop_assert_eq!(envelope.to.len(), 1);
        prop_assert_eq!(received, &message);
    }
}
