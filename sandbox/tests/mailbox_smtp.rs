//! The mailbox over real sockets: what a sender is told is what a reader finds.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use icims_sandbox::engine::{Clock, Disk, HOUSE, Journal, JournalFilter, Kept, Registry, Surroundings, restored};
use icims_sandbox::mailbox::{Mail, MailFilter, Mailbox, SmtpCertificate, SmtpLimits, SmtpOffer};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use proptest::prelude::*;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A mailbox that receives until it is told to stop or dropped.
struct Receiving {
    mailbox: Mailbox,
    journal: Journal,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

async fn receiving(disk: Disk) -> Receiving {
    receiving_into(Mail::new(), SmtpLimits::default(), disk).await
}

async fn receiving_within(limits: SmtpLimits, disk: Disk) -> Receiving {
    receiving_into(Mail::new(), limits, disk).await
}

async fn receiving_into(mail: Mail, limits: SmtpLimits, disk: Disk) -> Receiving {
    receiving_with(mail, limits, SmtpOffer::default(), disk).await
}

async fn receiving_with(mail: Mail, limits: SmtpLimits, offer: SmtpOffer, disk: Disk) -> Receiving {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let base_url = "http://127.0.0.1:8700".parse().expect("a URL");
    let registry = Registry::begun(
        disk,
        [(HOUSE, Mail::new()), (4021, mail), (4022, Mail::new())].map(|(id, mail)| Kept::new(id).with(mail)),
    );
    let journal = Journal::new();
    let mailbox = Mailbox::new(Surroundings { base_url, clock: Clock::new(), journal: journal.clone(), registry, seed: 1 });
    let (stop, stopped) = oneshot::channel::<()>();
    let receiver = mailbox.clone();
    let running = tokio::spawn(async move {
        let shutdown = async {
            let _ = stopped.await;
        };
        receiver.run_smtp(listener, limits, offer, shutdown).await;
    });
    Receiving { mailbox, journal, address, stop, running }
}

/// Sends everything at once, as pipelining allows, and returns the statuses of the final lines of all answers.
async fn converse(address: SocketAddr, wire: &[u8]) -> Vec<String> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (read, mut write) = stream.into_split();
    let answers = async {
        let (mut lines, mut statuses) = (BufReader::new(read).lines(), Vec::new());
        while let Ok(Some(line)) = lines.next_line().await {
            if line.as_bytes().get(3) == Some(&b' ') {
                statuses.push(line[..3].to_owned());
            }
        }
        statuses
    };
    // A session that has been ended takes nothing more; what it said before is what counts.
    tokio::join!(answers, write.write_all(wire)).0
}

fn message_to(recipient: &str, message: &str) -> Vec<u8> {
    format!(
        "EHLO laptop\r\nMAIL FROM:<talent@brightwater.example> BODY=8BITMIME\r\nRCPT TO:<{recipient}>\r\nDATA\r\n{message}\r\n.\r\nQUIT\r\n"
    )
    .into_bytes()
}

fn invitation(order: u32) -> String {
    format!(
        "From: Talent <talent@brightwater.example>\r\nSubject: Your assessment {order}\r\nMessage-ID: <order-{order}@integration.example>\r\n\
         X-Icims-Customer: 4021\r\n\r\nOpen http://127.0.0.1:8703/m/{order}"
    )
}

#[tokio::test]
async fn a_message_is_found_by_customer_and_recipient_as_soon_as_it_is_acknowledged() {
    let receiving = receiving(Disk::memory()).await;
    let statuses = converse(receiving.address, &message_to("ines@example.org", &invitation(1))).await;
    assert_eq!(statuses, ["220", "250", "250", "250", "354", "250", "221"]);
    let found = receiving.mailbox.find(&MailFilter {
        customer: Some("4021".into()),
        to: Some("INES@example.org".into()),
        ..MailFilter::default()
    });
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].links, ["http://127.0.0.1:8703/m/1"]);
    assert!(receiving.mailbox.find(&MailFilter { customer: Some("4022".into()), ..MailFilter::default() }).is_empty());
}

#[tokio::test]
async fn a_message_between_addresses_with_letters_beyond_ascii_is_found_by_them() {
    let receiving = receiving(Disk::memory()).await;
    let wire = "EHLO x\r\nMAIL FROM:<jürgen@münchen.example> SMTPUTF8\r\nRCPT TO:<zoë@例え.example>\r\nDATA\r\n\
                From: Jürgen <jürgen@münchen.example>\r\nSubject: Grüße\r\n\r\nHallo\r\n.\r\nQUIT\r\n";
    assert_eq!(converse(receiving.address, wire.as_bytes()).await, ["220", "250", "250", "250", "354", "250", "221"]);
    let found = receiving.mailbox.find(&MailFilter { to: Some("ZOË@例え.example".into()), ..MailFilter::default() });
    let [message] = &found[..] else { panic!("{found:?}") };
    assert_eq!((message.from.as_str(), message.subject.as_str()), ("Jürgen <jürgen@münchen.example>", "Grüße"));
}

#[tokio::test]
async fn who_has_signed_in_hands_mail_in_and_the_journal_does_not_know_the_password() {
    let offer = SmtpOffer { user: Some("mailer:open sesame".parse().expect("a user")), certificate: None };
    let receiving = receiving_with(Mail::new(), SmtpLimits::default(), offer, Disk::memory()).await;
    let message = message_to("ines@example.org", &invitation(9));
    let statuses = converse(receiving.address, &message).await;
    assert_eq!(statuses[2], "530", "{statuses:?}");
    assert!(receiving.mailbox.find(&MailFilter::default()).is_empty());
    // \0mailer\0open sesame
    let signed_in = String::from_utf8(message).expect("text").replace("MAIL", "AUTH PLAIN AG1haWxlcgBvcGVuIHNlc2FtZQ==\r\nMAIL");
    let statuses = converse(receiving.address, signed_in.as_bytes()).await;
    assert_eq!(statuses, ["220", "250", "235", "250", "250", "354", "250", "221"]);
    assert_eq!(receiving.mailbox.find(&MailFilter::default()).len(), 1);
    let journal = format!("{:?}", receiving.journal.find(&JournalFilter::default()));
    assert!(journal.contains("order-9") && !journal.contains("sesame") && !journal.contains("AG1haWxl"), "{journal}");
}

/// Hands a message in as applications do, with a library, encrypted with this certificate to trust.
async fn handed_in(
    address: SocketAddr,
    trusted: &str,
    mechanism: Mechanism,
    password: &str,
) -> Result<(), lettre::transport::smtp::Error> {
    let root = Certificate::from_pem(trusted.as_bytes()).expect("a certificate");
    let tls = TlsParameters::builder("localhost".into()).add_root_certificate(root).build().expect("parameters");
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .tls(Tls::Required(tls))
        .credentials(Credentials::new("mailer".into(), password.into()))
        .authentication(vec![mechanism])
        .build();
    let message =
        Message::builder().from("a@b.example".parse().expect("an address")).to("zoe@example.org".parse().expect("an address"));
    transport.send(message.body("Hello".to_owned()).expect("a message")).await.map(drop)
}

#[tokio::test]
async fn applications_that_insist_on_encryption_and_sign_in_are_served() {
    let [own, other] = ["localhost"; 2].map(|name| SmtpCertificate::for_names(vec![name.into()]).expect("a certificate"));
    let user = Some("mailer:open sesame".parse().expect("a user"));
    let offer = SmtpOffer { user, certificate: Some(own.clone()) };
    let receiving = receiving_with(Mail::new(), SmtpLimits::default(), offer, Disk::memory()).await;
    let address = receiving.address;
    for mechanism in [Mechanism::Plain, Mechanism::Login] {
        handed_in(address, own.pem(), mechanism, "open sesame").await.expect("it is taken");
        let error = handed_in(address, own.pem(), mechanism, "open barley").await.expect_err("a wrong password");
        assert!(error.is_permanent(), "{error:?}");
    }
    handed_in(address, other.pem(), Mechanism::Plain, "open sesame").await.expect_err("nobody vouches for it");
    assert_eq!(receiving.mailbox.find(&MailFilter { to: Some("zoe@example.org".into()), ..MailFilter::default() }).len(), 2);
    assert!(!format!("{:?}", receiving.journal.find(&JournalFilter::default())).contains("sesame"));
}

#[tokio::test]
async fn a_client_that_never_encrypts_what_it_asked_to_is_ended_and_keeps_nobody_from_stopping() {
    let certificate = Some(SmtpCertificate::for_names(vec!["localhost".into()]).expect("a certificate"));
    let limits = SmtpLimits { silence: Duration::from_secs(200), ..SmtpLimits::default() };
    let offer = SmtpOffer { user: None, certificate };
    let Receiving { address, stop, running, .. } = receiving_with(Mail::new(), limits, offer, Disk::memory()).await;
    let (read, mut write) = TcpStream::connect(address).await.expect("a connection").into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"EHLO x\r\nSTARTTLS\r\n").await.expect("it is sent");
    while !lines.next_line().await.expect("an answer").expect("a line").starts_with("220 2.0.0") {}
    stop.send(()).expect("the mailbox runs");
    tokio::time::timeout(Duration::from_secs(10), running).await.expect("it stops").expect("without a panic");
    assert_eq!(lines.next_line().await.expect("the end"), None, "nothing is said in the clear");
}

#[tokio::test]
async fn a_second_delivery_of_the_same_message_is_accepted_and_not_kept() {
    let receiving = receiving(Disk::memory()).await;
    for _ in 0..2 {
        let statuses = converse(receiving.address, &message_to("ines@example.org", &invitation(1))).await;
        assert_eq!(statuses[5], "250");
    }
    assert_eq!(receiving.mailbox.find(&MailFilter::default()).len(), 1);
}

#[tokio::test]
async fn another_message_with_the_same_id_is_kept_and_marked() {
    let receiving = receiving(Disk::memory()).await;
    for text in ["Open", "Your link has changed: open", "Open"] {
        let mail = invitation(7).replace("Open", text);
        let statuses = converse(receiving.address, &message_to("ines@example.org", &mail)).await;
        assert_eq!(statuses[5], "250");
    }
    let found: Vec<_> = receiving.mailbox.find(&MailFilter::default()).iter().map(|it| (it.id, it.repeat_of)).collect();
    assert_eq!(found, [(40_210_000_002, Some(40_210_000_001)), (40_210_000_001, None)]);
}

#[tokio::test]
async fn an_acknowledged_message_is_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sandbox.db");
    let (disk, _) = Disk::open(&path).expect("a new file");
    let before = receiving(disk).await;
    converse(before.address, &message_to("ines@example.org", &invitation(1))).await;
    // One that is written in many pieces.
    let large = format!("{}\r\n{}", invitation(2), "http://127.0.0.1:8703/m/x äöü\r\n".repeat(10_000));
    converse(before.address, &message_to("ines@example.org", &large)).await;
    let kept = before.mailbox.find(&MailFilter::default());
    assert_eq!(kept.len(), 2);

    let (disk, rows) = Disk::open(&path).expect("the same file");
    let mail = restored(&rows, |_| Mail::new()).expect("sound rows").remove(&4021).expect("the messages of the customer");
    let after = receiving_into(mail, SmtpLimits::default(), disk).await;
    assert_eq!(after.mailbox.find(&MailFilter::default()), kept);
    assert_eq!(after.mailbox.message(kept[0].id).expect("the large one").raw(), format!("{large}\r\n").as_bytes());
    converse(after.address, &message_to("ines@example.org", &invitation(1))).await;
    assert_eq!(after.mailbox.find(&MailFilter::default()).len(), 2, "the duplicate is still known");
}

#[tokio::test]
async fn a_thousand_links_of_a_message_are_listed() {
    let receiving = receiving(Disk::memory()).await;
    let links = (0..1_001).map(|number| format!("http://127.0.0.1/{number}\r\n")).collect::<String>();
    converse(receiving.address, &message_to("ines@example.org", &format!("{}\r\n{links}", invitation(1)))).await;
    let found = receiving.mailbox.find(&MailFilter::default()).remove(0);
    assert_eq!(found.links.len(), 1_000);
    assert!(found.text.is_some_and(|text| text.contains("http://127.0.0.1/1000")), "the text is whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_senders_at_once_lose_nothing() {
    let receiving = receiving(Disk::memory()).await;
    let address = receiving.address;
    let send = |order| async move { converse(address, &message_to("ines@example.org", &invitation(order))).await };
    let senders: Vec<_> = (0..200).map(|order| tokio::spawn(send(order))).collect();
    for sender in senders {
        assert_eq!(sender.await.expect("no panic").last().map(String::as_str), Some("221"));
    }
    assert_eq!(receiving.mailbox.find(&MailFilter::default()).len(), 200);
}

#[tokio::test]
async fn waiting_ends_with_the_message_that_arrives_or_with_the_time() {
    let receiving = receiving(Disk::memory()).await;
    let filter = MailFilter { to: Some("ines@example.org".into()), ..MailFilter::default() };
    let wire = message_to("ines@example.org", &invitation(1));
    let (found, _) = tokio::join!(receiving.mailbox.wait(&filter, Duration::from_secs(20)), converse(receiving.address, &wire));
    let first = found.expect("the message");
    let later = MailFilter { after: Some(first.id), ..filter };
    assert_eq!(receiving.mailbox.wait(&later, Duration::from_millis(20)).await, None);
}

#[tokio::test]
async fn a_silent_connection_does_not_keep_the_mailbox_from_stopping() {
    let Receiving { address, stop, running, .. } = receiving(Disk::memory()).await;
    let silent = TcpStream::connect(address).await.expect("a connection");
    let mut lines = BufReader::new(silent).lines();
    lines.next_line().await.expect("a greeting");
    stop.send(()).expect("the mailbox runs");
    let farewell = lines.next_line().await.expect("a line").expect("a farewell");
    assert!(farewell.starts_with("421"), "{farewell}");
    tokio::time::timeout(Duration::from_secs(10), running).await.expect("it stops").expect("without a panic");
}

/// Hands a message over whose end is written apart from the rest or not, with a client that waits for acknowledgements, as libraries do; how
/// long it took from the first byte of the message to the answer.
#[cfg(target_os = "linux")]
async fn handed_over(address: SocketAddr, apart: bool) -> Duration {
    let (read, mut write) = TcpStream::connect(address).await.expect("a connection").into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(HELLO.as_bytes()).await.expect("it is sent");
    while !lines.next_line().await.expect("an answer").expect("a line").starts_with("354") {}
    let started = Instant::now();
    let pieces: &[&[u8]] =
        if apart { &[b"Subject: x\r\n\r\nHello", b"\r\n.\r\n"] } else { &[b"Subject: x\r\n\r\nHello\r\n.\r\n"] };
    for piece in pieces {
        write.write_all(piece).await.expect("it is sent");
    }
    assert!(lines.next_line().await.expect("an answer").expect("a line").starts_with("250"));
    started.elapsed()
}

/// A delayed acknowledgement takes 40 ms, whatever the machine; what a busy one adds, it adds to both.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_client_that_writes_the_end_apart_does_not_wait_for_an_acknowledgement() {
    let receiving = receiving(Disk::memory()).await;
    let (mut apart, mut at_once) = (Vec::new(), Vec::new());
    for _ in 0..25 {
        apart.push(handed_over(receiving.address, true).await);
        at_once.push(handed_over(receiving.address, false).await);
    }
    apart.sort();
    at_once.sort();
    let (apart, at_once) = (apart[12], at_once[12]);
    assert!(apart < at_once + Duration::from_millis(20), "{apart:?} in two pieces, {at_once:?} in one");
}

const HELLO: &str = "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<ines@example.org>\r\nDATA\r\n";

#[tokio::test]
async fn a_message_of_more_than_ten_mebibytes_is_refused_and_far_more_ends_the_session() {
    let receiving = receiving(Disk::memory()).await;
    let line = "x".repeat(998) + "\r\n";
    let message = |bytes: usize| line.repeat(bytes / line.len() + 1);
    let limit = 10 * 1024 * 1024;
    let announced = format!("EHLO x\r\nMAIL FROM:<a@b.example> SIZE={}\r\nQUIT\r\n", limit + 1);
    assert_eq!(converse(receiving.address, announced.as_bytes()).await, ["220", "250", "552", "221"]);
    let sent = format!("{HELLO}{}.\r\nQUIT\r\n", message(limit));
    assert_eq!(converse(receiving.address, sent.as_bytes()).await, ["220", "250", "250", "250", "354", "552", "221"]);
    let endless = format!("{HELLO}{}", message(2 * limit));
    assert_eq!(converse(receiving.address, endless.as_bytes()).await.last().map(String::as_str), Some("421"));
    assert!(receiving.mailbox.find(&MailFilter::default()).is_empty());
}

#[tokio::test]
async fn lines_recipients_and_refusals_of_a_session_are_bounded() {
    let receiving = receiving(Disk::memory()).await;
    let check = async |wire: &str, last: &[&str]| {
        let statuses = converse(receiving.address, wire.as_bytes()).await;
        assert_eq!(statuses[statuses.len() - last.len()..], *last, "{statuses:?}");
    };
    check(&format!("{}\r\nQUIT\r\n", "x".repeat(1_025)), &["220", "500", "221"]).await;
    check(&format!("{HELLO}{}\r\n.\r\nQUIT\r\n", "x".repeat(1_001)), &["354", "554", "221"]).await;
    let recipients = "RCPT TO:<a@b.example>\r\n".repeat(101);
    check(&format!("EHLO x\r\nMAIL FROM:<a@b.example>\r\n{recipients}QUIT\r\n"), &["250", "452", "221"]).await;
    check(&"nonsense\r\n".repeat(51), &["500", "421"]).await;
}

#[tokio::test]
async fn a_session_too_many_is_told_to_come_back_and_a_silent_one_is_ended() {
    let limits = SmtpLimits { sessions: 1, silence: Duration::from_millis(200) };
    let receiving = receiving_within(limits, Disk::memory()).await;
    let first = TcpStream::connect(receiving.address).await.expect("a connection");
    let mut first = BufReader::new(first).lines();
    assert!(first.next_line().await.expect("a line").is_some_and(|line| line.starts_with("220")));
    assert_eq!(converse(receiving.address, b"").await, ["421"], "the only place is taken");
    let farewell = first.next_line().await.expect("a line").expect("a farewell");
    assert!(farewell.starts_with("421"), "{farewell}");
    assert_eq!(first.next_line().await.expect("the end"), None);
    let statuses = converse(receiving.address, &message_to("ines@example.org", &invitation(1))).await;
    assert_eq!(statuses.last().map(String::as_str), Some("221"), "the place is free again: {statuses:?}");
}

/// Ten thousand messages of one customer push out the oldest of its own, and no one else's.
#[tokio::test]
async fn a_full_mailbox_gives_away_the_oldest_message_of_whoever_has_the_most() {
    let receiving = receiving(Disk::memory()).await;
    let mail = |customer: &str, number: usize| {
        format!(
            "MAIL FROM:<a@b.example>\r\nRCPT TO:<ines@example.org>\r\nDATA\r\nMessage-ID: <{customer}-{number}@x>\r\nX-Icims-Customer: {customer}\r\n\r\nHello\r\n.\r\n"
        )
    };
    let wire: String = (0..10_003).map(|number| mail("4022", number)).collect();
    let wire = format!("EHLO x\r\n{}{wire}QUIT\r\n", mail("4021", 1));
    assert_eq!(converse(receiving.address, wire.as_bytes()).await.last().map(String::as_str), Some("221"));
    let of = |customer: &str| receiving.mailbox.find(&MailFilter { customer: Some(customer.into()), ..MailFilter::default() });
    assert_eq!((of("4021").len(), of("4022").len()), (1, 9_999));
    assert_eq!(of("4022").last().and_then(|message| message.message_id.clone()).as_deref(), Some("4022-4@x"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_accepted_reads_back_byte_for_byte(
        lines in prop::collection::vec(
            ("[.]{0,2}", prop::collection::vec(any::<u8>().prop_filter("no line end", |byte| *byte != b'\n'), 0..200)), 0..20),
    ) {
        let lines: Vec<Vec<u8>> = lines.iter().map(|(dots, text)| [dots.as_bytes(), text, b"\r\n"].concat()).collect();
        let stuffed: Vec<u8> =
            lines.iter().flat_map(|line| [if line[0] == b'.' { &b"."[..] } else { b"" }, line].concat()).collect();
        let wire = [b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<ines@example.org>\r\nDATA\r\n", &stuffed[..], b".\r\nQUIT\r\n"].concat();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let kept = runtime.block_on(async {
            let receiving = receiving(Disk::memory()).await;
            converse(receiving.address, &wire).await;
            receiving.mailbox.message(1).expect("it was accepted")
        });
        prop_assert_eq!(kept.raw(), &lines.concat()[..]);
    }
}
