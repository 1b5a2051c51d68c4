//! A conversation, in packets of any length.

use super::SmtpOffer;
use super::session::{MESSAGE_LIMIT, Session, Step};

/// What a client says, after one byte that tells how long packets are.
///
/// # Panics
/// When the answers depend on the packets, or one of them is no answer of SMTP.
pub fn smtp_session(bytes: &[u8]) {
    let Some((length, said)) = bytes.split_first() else { return };
    let steps = |packet| steps_of(Session::new(&SmtpOffer::default()), said, packet);
    let (at_once, in_packets) = (steps(said.len()), steps(usize::from(*length)));
    assert_eq!(at_once, in_packets, "the answers are the same in packets of {length} bytes");
    for step in &at_once {
        match step {
            Step::Reply(lines) | Step::Close(lines) | Step::Encrypt(lines) => check_reply(lines),
            Step::Deliver(envelope, message) => {
                assert!((1..=100).contains(&envelope.to.len()) && message.len() <= MESSAGE_LIMIT);
                assert!(message.split(|byte| *byte == b'\n').all(|line| line.len() < 1_001), "a long line is refused");
            }
        }
    }
}

/// Everything a session asks for when it is given `said` in packets of so many bytes.
pub(super) fn steps_of(mut session: Session, said: &[u8], packet: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    for bytes in said.chunks(packet.max(1)) {
        session.feed(bytes);
        while let Some(step) = session.next_step() {
            let closed = matches!(step, Step::Close(_));
            steps.push(step);
            if closed {
                return steps;
            }
        }
    }
    steps
}

/// Each line is a status and words (RFC 5321, 4.2), except what is asked in the middle of signing in.
fn check_reply(lines: &str) {
    assert!(lines.ends_with("\r\n"), "{lines:?}");
    for line in lines.trim_end_matches("\r\n").split("\r\n") {
        let status = line.get(..3).and_then(|status| status.parse::<u16>().ok());
        assert!(status.is_some_and(|status| (200..600).contains(&status)), "{line:?} has a status");
        assert!(line.is_ascii() && !line.contains(['\r', '\n']) && line.len() <= 1_100, "{line:?} is one line");
    }
}
