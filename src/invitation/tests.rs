//! Mail over the wire, against a small server that says what it is told to say.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Invitation, MailError, Mailer, MessageId, Occasion, SmtpSecurity, SmtpSettings};
use crate::domain::{Disposition, EmailAddress, InvitationSettings, PersonName};
use crate::testing::decision;

pub(super) fn invitation() -> Invitation {
    Invitation {
        to: EmailAddress::parse("ines.okafor@example.org").expect("an address"),
        first_name: PersonName::parse("Ines").expect("a name"),
        job_title: "Call Centre Advisor".into(),
        company_name: "Brightwater Foods".into(),
        last_name: PersonName::parse("Okafor").expect("a name"),
        settings: InvitationSettings::new("Brightwater Foods, Hiring", "jobs@brightwater.example"),
        occasion: Occasion::Invitation,
        link: "https://my.harver.com/app/landing/64c20d1e5f7a8b0012ab34cd/magic-link/9f2c7e?a=1&b=2".parse().expect("an address"),
        link_expires_at: Some("2025-03-05T13:00:00Z".parse().expect("a moment")),
        customer: "4021".parse().expect("an id"),
        message_id: MessageId::parse("order-7-round-1").expect("an identity"),
        sent_at: "2031-02-28T23:59:58.7Z".parse().expect("a moment"),
    }
}

/// What the server answers at each step of a conversation.
#[derive(Clone, Copy)]
struct Script {
    greeting: &'static str,
    recipient: &'static str,
    accepted: &'static str,
}

const WILLING: Script = Script { greeting: "220 mail.example", recipient: "250 OK", accepted: "250 queued" };

/// A server with this script; what it was told is kept.
async fn server(script: Script) -> (u16, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Arc::new(Mutex::new(String::new()));
    let kept = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // The client may hang up at any point; the next one is welcome all the same.
            let _ = converse(stream, script, &kept).await;
        }
    });
    (port, heard)
}

async fn converse(stream: TcpStream, script: Script, heard: &Mutex<String>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut in_data = false;
    writer.write_all(format!("{}\r\n", script.greeting).as_bytes()).await?;
    while let Some(line) = lines.next_line().await? {
        heard.lock().expect("no panic elsewhere").push_str(&format!("{line}\n"));
        let answer = match line.get(..4).map(str::to_ascii_uppercase).as_deref() {
            _ if in_data && line == "." => {
                in_data = false;
                script.accepted
            }
            _ if in_data => continue,
            Some("DATA") => {
                in_data = true;
                "354 go on"
            }
            Some("RCPT") => script.recipient,
            // Nobody waits for an answer to it.
            Some("QUIT") => continue,
            _ => "250 OK",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

fn mailer(port: u16) -> Mailer {
    let sender_address = EmailAddress::parse("noreply@harver.com").expect("an address");
    let settings =
        SmtpSettings { host: "127.0.0.1".into(), port, sender_address, security: SmtpSecurity::None, credentials: None };
    Mailer::new(&settings).expect("usable settings")
}

/// Hands the invitation over.
async fn send(mailer: &Mailer, invitation: &Invitation) -> Result<(), MailError> {
    mailer.begin(invitation).await?.finish().await
}

/// The mail without what changes every time: boundaries.
fn steady(heard: &str) -> String {
    let boundary =
        heard.split_once("boundary=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(boundary, _)| boundary.to_owned());
    let masked = heard.replace(&boundary.expect("a boundary"), "[boundary]");
    let steady = masked.lines().map(|line| match line {
        line if line.starts_with("EHLO ") => "EHLO [host]",
        line => line,
    });
    steady.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn an_invitation_goes_out_in_both_forms_with_its_identity() {
    let (port, heard) = server(WILLING).await;
    send(&mailer(port), &invitation()).await.expect("accepted");
    let heard = heard.lock().expect("no panic elsewhere").clone();
    insta::assert_snapshot!(steady(heard.split("\nQUIT").next().expect("a mail")));
}

#[tokio::test]
async fn until_the_mail_itself_goes_out_nothing_is_sent_and_its_answer_is_the_last_that_is_waited_for() {
    let (port, heard) = server(WILLING).await;
    let handover = mailer(port).begin(&invitation()).await.expect("the server is willing");
    assert!(heard.lock().expect("no panic elsewhere").ends_with("\nDATA\n"));
    // The server says nothing to the good-bye that follows.
    handover.finish().await.expect("accepted");
}

#[tokio::test]
async fn a_moment_before_the_first_that_can_be_written_is_written_as_the_first() {
    let (port, heard) = server(WILLING).await;
    let early = Invitation { sent_at: "1969-07-20T20:17:40Z".parse().expect("a moment"), ..invitation() };
    send(&mailer(port), &early).await.expect("accepted");
    let heard = heard.lock().expect("no panic elsewhere").clone();
    assert!(heard.contains("\nDate: Thu, 01 Jan 1970 00:00:00 +0000\n"), "{heard}");
}

#[tokio::test]
async fn no_value_adds_a_header() {
    let (port, heard) = server(WILLING).await;
    let inject = "x\r\nBcc: everybody@example.org\r\n\r\nbody";
    let hostile = Invitation {
        settings: InvitationSettings::new(inject, "a@b.example\r\nBcc: everybody@example.org"),
        job_title: inject.into(),
        company_name: inject.into(),
        ..invitation()
    };
    send(&mailer(port), &hostile).await.expect("accepted");
    let heard = heard.lock().expect("no panic elsewhere").clone();
    let header = heard.split_once("\nDATA\n").and_then(|(_, mail)| mail.split_once("\n\n")).expect("a mail").0;
    assert!(!header.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{header}");
    assert!(!header.contains("Reply-To"), "{header}");
    assert_eq!(heard.lines().filter(|line| line.starts_with("RCPT")).count(), 1);
}

/// What becomes of the invitation when the server follows this script.
async fn check(script: Script, expected: &str, disposition: Disposition) -> MailError {
    let (port, _) = server(script).await;
    let error = send(&mailer(port), &invitation()).await.expect_err(expected);
    assert_eq!((decision(&error).as_str(), error.disposition()), (expected, disposition), "{error}");
    assert!(!format!("{error} {error:?}").contains("okafor"), "{error:?}");
    error
}

#[tokio::test]
async fn a_final_refusal_stops_with_the_servers_words() {
    let recipient = "550 5.1.1 <ines.okafor@example.org>: mailbox unavailable";
    let error = check(Script { recipient, ..WILLING }, "Rejected", Disposition::Stop).await;
    assert!(error.to_string().contains("mailbox unavailable"), "{error}");
    check(Script { accepted: "554 looks like spam", ..WILLING }, "Rejected", Disposition::Stop).await;
    check(Script { greeting: "554 no", ..WILLING }, "Rejected", Disposition::Stop).await;
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again() {
    let later = Disposition::RetryLater;
    check(Script { recipient: "450 greylisted, come back in five minutes", ..WILLING }, "Deferred", later).await;
    check(Script { accepted: "452 disk full", ..WILLING }, "Deferred", later).await;
    check(Script { greeting: "421 too many connections", ..WILLING }, "Deferred", later).await;
}

#[tokio::test]
async fn a_server_that_talks_nonsense_or_is_gone_is_asked_again() {
    check(Script { greeting: "hello?", ..WILLING }, "Unreachable", Disposition::RetryLater).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    let error = send(&mailer(closed), &invitation()).await.expect_err("nobody listens");
    assert_eq!((decision(&error).as_str(), error.disposition()), ("Unreachable", Disposition::RetryLater), "{error:?}");
}

#[tokio::test]
async fn a_server_that_hangs_up_in_the_middle_is_asked_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // Whether the client hears the greeting does not matter: it is about to lose us.
            let _ = stream.write_all(b"220 mail.example\r\n").await;
        }
    });
    let error = send(&mailer(port), &invitation()).await.expect_err("hung up");
    assert_eq!(error.disposition(), Disposition::RetryLater, "{error:?}");
}

#[tokio::test]
async fn an_unencrypted_server_is_refused_where_encryption_is_demanded() {
    let (port, heard) = server(WILLING).await;
    let sender_address = EmailAddress::parse("noreply@harver.com").expect("an address");
    let security = SmtpSecurity::StartTls;
    let settings = SmtpSettings { host: "localhost".into(), port, sender_address, security, credentials: None };
    let error = send(&Mailer::new(&settings).expect("usable settings"), &invitation()).await.expect_err("no encryption");
    assert_eq!((decision(&error).as_str(), error.disposition()), ("Unusable", Disposition::Park), "{error:?}");
    assert!(!heard.lock().expect("no panic elsewhere").contains("okafor"), "{error:?}");
}

proptest::proptest! {
    #[test]
    fn whatever_counts_as_an_address_can_be_mailed(text in "[a-z.+'é_-]{1,12}@[a-zü.-]{1,16}\\.[a-zñ]{2,8}") {
        if let Some(address) = EmailAddress::parse(&text) {
            let mailed = address.for_mail();
            proptest::prop_assert!(mailed.is_ascii() && mailed.parse::<lettre::Address>().is_ok(), "{mailed}");
        }
    }
}

#[tokio::test]
async fn a_server_that_does_not_know_us_is_told_from_one_that_does_not_know_the_candidate() {
    check(Script { recipient: "530 5.7.0 Authentication required", ..WILLING }, "Unusable", Disposition::Park).await;
}
