//! The client against a server that answers as Dovecot 2.3 did to the same commands.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::*;

const MESSAGE: &str = "From: Brightwater Foods <noreply@harver.example>\r\nTo: Ana Weber <ana@mail.example>\r\n\
    Subject: =?utf-8?q?Your_assessment_=E2=80=93_Brightwater?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\r\nDear Ana,\r\n\r\nhttps://harver.test/magic-link/abc?x=3D1&y=3D2\r\n\
    --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<a href=\"https://harver.test/magic-link/abc?x=1&amp;y=2\">Start</a>\r\n--b--\r\n";

/// A server for one session. What it was asked, at the end.
async fn server(found: &'static str) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let session = tokio::spawn(async move {
        let (read, mut write) = listener.accept().await.expect("a client").0.into_split();
        let (mut lines, mut asked) = (BufReader::new(read).lines(), Vec::new());
        write.write_all(b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.\r\n").await.expect("a greeting");
        while let Ok(Some(line)) = lines.next_line().await {
            let (tag, command) = line.split_once(' ').expect("a tag");
            let answer = match command.split(' ').take(2).collect::<Vec<_>>().join(" ").as_str() {
                "LOGIN \"qa\"" if command.ends_with("\"right\"") => format!("{tag} OK Logged in\r\n"),
                "LOGIN \"qa\"" => format!("{tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"),
                "EXAMINE \"INBOX\"" => format!("* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n{tag} OK [READ-ONLY] Examine completed.\r\n"),
                "UID SEARCH" => format!("* SEARCH {found}\r\n{tag} OK Search completed.\r\n"),
                "UID FETCH" => {
                    let uid = command.split(' ').nth(2).expect("a number");
                    let size = MESSAGE.len();
                    format!("* 1 FETCH (UID {uid} BODY[] {{{size}}}\r\n{MESSAGE})\r\n{tag} OK Fetch completed.\r\n")
                }
                "LOGOUT" => format!("* BYE Logging out\r\n{tag} OK Logout completed.\r\n"),
                _ => format!("{tag} BAD Error in IMAP command.\r\n"),
            };
            asked.push(command.to_owned());
            write.write_all(answer.as_bytes()).await.expect("an answer");
        }
        asked
    });
    (port, session)
}

fn client(port: u16, password: &str) -> Imap {
    let address = format!("imap://127.0.0.1:{port}").parse().expect("a URL");
    Imap::new(&address, "qa".into(), password.into()).expect("a mailbox")
}

#[tokio::test]
async fn mail_is_read_newest_first_and_left_unread() {
    let (port, session) = server("4 19 7").await;
    let mails = client(port, "right").mail("Ana@mail.example").await.expect("mail");
    assert_eq!(mails.iter().map(|mail| mail.id).collect::<Vec<_>>(), [19, 7, 4]);
    let mail = &mails[0];
    assert_eq!(mail.from, "Brightwater Foods <noreply@harver.example>");
    assert_eq!(
        (mail.to.as_slice(), mail.subject.as_str()),
        (["ana@mail.example".to_owned()].as_slice(), "Your assessment – Brightwater")
    );
    assert_eq!(mail.links[0], "https://harver.test/magic-link/abc?x=1&y=2");
    let asked = session.await.expect("a session");
    assert!(asked.iter().all(|command| !command.contains("SELECT") && !command.contains("STORE")), "{asked:?}");
    assert!(asked.iter().filter(|command| command.contains("FETCH")).all(|command| command.contains("BODY.PEEK[]")), "{asked:?}");
    assert_eq!(asked.last().map(String::as_str), Some("LOGOUT"));
}

#[tokio::test]
async fn what_is_to_somebody_else_is_left_out() {
    let (port, _session) = server("4").await;
    assert!(client(port, "right").mail("na@mail.example").await.expect("no mail").is_empty(), "a server searches for parts, too");
}

#[tokio::test]
async fn a_wrong_password_is_told_without_it() {
    let (port, _session) = server("").await;
    let error = format!("{:#}", client(port, "guessed").mail("ana@mail.example").await.expect_err("no way in"));
    assert!(error.contains("qa is not let in") && !error.contains("guessed"), "{error}");
}
