//! One line of a client, read as a command (RFC 5321, section 4.1).

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// `EHLO` with the client's name.
    Ehlo(String),
    /// `HELO` with the client's name.
    Helo(String),
    /// `MAIL FROM`: the return path, empty for `<>`, the announced size in bytes, and whether addresses may have letters beyond ASCII
    /// (RFC 6531).
    Mail { from: String, size: Option<u64>, utf8: bool },
    /// `RCPT TO`: one recipient.
    Rcpt(String),
    /// `DATA`.
    Data,
    /// `RSET`.
    Rset,
    /// `NOOP`.
    Noop,
    /// `QUIT`.
    Quit,
    /// `AUTH`: the mechanism, and what the client says along with it.
    Auth { mechanism: String, response: Option<String> },
    /// `STARTTLS`.
    StartTls,
    /// `VRFY`.
    Vrfy,
    /// `HELP`.
    Help,
}

/// Why a line is no command that can be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadCommand {
    /// No such command.
    Unknown,
    /// A command of SMTP that this server does not offer.
    NotOffered,
    /// The arguments cannot be read.
    Arguments(&'static str),
    /// A parameter that was not announced.
    Parameter,
}

const MAIL_SYNTAX: &str = "write MAIL FROM:<address>";
const RCPT_SYNTAX: &str = "write RCPT TO:<address>";
const NO_ARGUMENTS: &str = "this command takes no arguments";

impl Command {
    /// Reads a line without its line end.
    pub(super) fn parse(line: &[u8]) -> Result<Self, BadCommand> {
        let line = std::str::from_utf8(line)
            .map_err(|_| BadCommand::Arguments("commands are ASCII, and addresses at most UTF-8"))?
            .trim_end();
        let (verb, rest) = line.split_at(line.find(' ').unwrap_or(line.len()));
        let rest = rest.trim_start();
        let alone = |command| if rest.is_empty() { Ok(command) } else { Err(BadCommand::Arguments(NO_ARGUMENTS)) };
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => client_name(rest).map(Self::Ehlo),
            "HELO" => client_name(rest).map(Self::Helo),
            "MAIL" => mail(rest),
            "RCPT" => rcpt(rest),
            "DATA" => alone(Self::Data),
            "RSET" => alone(Self::Rset),
            "QUIT" => alone(Self::Quit),
            // Arguments of NOOP are ignored (RFC 5321, 4.1.1.9).
            "NOOP" => Ok(Self::Noop),
            "HELP" => Ok(Self::Help),
            "VRFY" if !rest.is_empty() => Ok(Self::Vrfy),
            "VRFY" => Err(BadCommand::Arguments("write VRFY and whom to look for")),
            "AUTH" => auth(rest),
            "STARTTLS" => alone(Self::StartTls),
            "EXPN" | "BDAT" | "TURN" | "ETRN" => Err(BadCommand::NotOffered),
            _ => Err(BadCommand::Unknown),
        }
    }
}

fn client_name(rest: &str) -> Result<String, BadCommand> {
    let readable = rest.is_ascii() && !rest.contains(|c: char| c.is_ascii_control() || c == ' ');
    if rest.is_empty() || !readable { Err(BadCommand::Arguments("say your name after the command")) } else { Ok(rest.to_owned()) }
}

fn mail(rest: &str) -> Result<Command, BadCommand> {
    let (from, parameters) = path(rest, "FROM:", MAIL_SYNTAX)?;
    let (mut size, mut utf8) = (None, false);
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.to_ascii_uppercase().as_str() {
            "SIZE" => size = Some(value.parse().map_err(|_| BadCommand::Arguments("SIZE is a number of bytes"))?),
            "BODY" if value.eq_ignore_ascii_case("7BIT") || value.eq_ignore_ascii_case("8BITMIME") => {}
            // Who wrote the message, in the eyes of another server (RFC 4954, section 5).
            "AUTH" if !value.is_empty() => {}
            "SMTPUTF8" if value.is_empty() => utf8 = true,
            "BODY" => return Err(BadCommand::Arguments("BODY is 7BIT or 8BITMIME")),
            _ => return Err(BadCommand::Parameter),
        }
    }
    if from.is_empty() {
        return Ok(Command::Mail { from: String::new(), size, utf8 });
    }
    Ok(Command::Mail { from: address(from, MAIL_SYNTAX)?, size, utf8 })
}

fn auth(rest: &str) -> Result<Command, BadCommand> {
    let mut words = rest.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(mechanism), response, None) => {
            Ok(Command::Auth { mechanism: mechanism.to_owned(), response: response.map(str::to_owned) })
        }
        _ => Err(BadCommand::Arguments("write AUTH and PLAIN or LOGIN")),
    }
}

fn rcpt(rest: &str) -> Result<Command, BadCommand> {
    let (to, parameters) = path(rest, "TO:", RCPT_SYNTAX)?;
    if !parameters.trim().is_empty() {
        return Err(BadCommand::Parameter);
    }
    // The one address without a domain that every server accepts (RFC 5321, 4.5.1).
    if to.eq_ignore_ascii_case("postmaster") {
        return Ok(Command::Rcpt(to.to_owned()));
    }
    address(to, RCPT_SYNTAX).map(Command::Rcpt)
}

/// The text between the angle brackets, without a source route, and what follows them.
fn path<'a>(rest: &'a str, keyword: &str, syntax: &'static str) -> Result<(&'a str, &'a str), BadCommand> {
    let bad = BadCommand::Arguments(syntax);
    let given = rest.get(..keyword.len()).filter(|given| given.eq_ignore_ascii_case(keyword)).ok_or(bad)?;
    let inside = rest[given.len()..].trim_start().strip_prefix('<').ok_or(bad)?;
    let mut quoted = false;
    let mut escaped = false;
    let end = inside.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' => return !quoted,
            _ => {}
        }
        false
    });
    let (inside, after) = inside.split_at(end.ok_or(bad)?);
    let mailbox = match inside.strip_prefix('@').and_then(|route| route.split_once(':')) {
        Some((_, mailbox)) => mailbox,
        None => inside,
    };
    match after[1..].chars().next() {
        None | Some(' ') => Ok((mailbox, &after[1..])),
        Some(_) => Err(bad),
    }
}

/// An address with a local part and a domain, within the lengths of RFC 5321, 4.5.3.1. Whether it may be more than ASCII is up to the session.
fn address(text: &str, syntax: &'static str) -> Result<String, BadCommand> {
    let readable = text.len() <= 254 && !text.contains(char::is_control);
    match text.rsplit_once('@') {
        Some((local, domain)) if readable && !local.is_empty() && !domain.is_empty() => {
            let bare = !local.starts_with('"') && local.contains([' ', '<', ',', '@']);
            if bare || domain.contains([' ', '<', ',', '"']) { Err(BadCommand::Arguments(syntax)) } else { Ok(text.to_owned()) }
        }
        _ => Err(BadCommand::Arguments(syntax)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Result<Command, BadCommand>) {
        assert_eq!(Command::parse(line.as_bytes()), expected, "{line}");
    }

    #[test]
    fn commands_are_read_whatever_the_case() {
        check("ehlo laptop", Ok(Command::Ehlo("laptop".into())));
        check("HELO [127.0.0.1]", Ok(Command::Helo("[127.0.0.1]".into())));
        check("Data ", Ok(Command::Data));
        check("StartTLS", Ok(Command::StartTls));
        check("STARTTLS now", Err(BadCommand::Arguments(NO_ARGUMENTS)));
        check("NOOP for a while", Ok(Command::Noop));
        check("VRFY ines", Ok(Command::Vrfy));
    }

    #[test]
    fn paths_are_read_with_their_parameters() {
        let mail = |from: &str, size| Ok(Command::Mail { from: from.into(), size, utf8: false });
        check("MAIL FROM:<a@b.example>", mail("a@b.example", None));
        check("mail from: <a@b.example> SIZE=12 BODY=8BITMIME", mail("a@b.example", Some(12)));
        check("MAIL FROM:<>", mail("", None));
        check("MAIL FROM:<a@b.example> AUTH=<> SIZE=3", mail("a@b.example", Some(3)));
        let auth =
            |response: Option<&str>| Ok(Command::Auth { mechanism: "Plain".into(), response: response.map(str::to_owned) });
        check("auth Plain", auth(None));
        check("AUTH Plain AGEAYg==", auth(Some("AGEAYg==")));
        check("MAIL FROM:<@relay.example,@other.example:a@b.example>", mail("a@b.example", None));
        check("RCPT TO:<\"a > b\"@c.example>", Ok(Command::Rcpt("\"a > b\"@c.example".into())));
        check(
            "MAIL FROM:<jürgen@münchen.example> SmtpUtf8",
            Ok(Command::Mail { from: "jürgen@münchen.example".into(), size: None, utf8: true }),
        );
        check("MAIL FROM:<> SIZE=1 SMTPUTF8", Ok(Command::Mail { from: String::new(), size: Some(1), utf8: true }));
        check("RCPT TO:<用户@例え.example>", Ok(Command::Rcpt("用户@例え.example".into())));
        check("RCPT TO:<Postmaster>", Ok(Command::Rcpt("Postmaster".into())));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_reason() {
        check("MAIL a@b.example", Err(BadCommand::Arguments(MAIL_SYNTAX)));
        check("MAIL FROM:<a@b.example>SIZE=1", Err(BadCommand::Arguments(MAIL_SYNTAX)));
        check("MAIL FROM:<a@b.example> SIZE=-1", Err(BadCommand::Arguments("SIZE is a number of bytes")));
        check("MAIL FROM:<a@b.example> SMTPUTF8=yes", Err(BadCommand::Parameter));
        check("RCPT TO:<a@b.example> SMTPUTF8", Err(BadCommand::Parameter));
        check("RCPT TO:<>", Err(BadCommand::Arguments(RCPT_SYNTAX)));
        check("RCPT TO:<ines>", Err(BadCommand::Arguments(RCPT_SYNTAX)));
        check("RCPT TO:<in\u{85}s@b.example>", Err(BadCommand::Arguments(RCPT_SYNTAX)));
        let latin = Command::parse(b"RCPT TO:<in\xe9s@b.example>");
        assert_eq!(latin, Err(BadCommand::Arguments("commands are ASCII, and addresses at most UTF-8")));
        check("RCPT TO:<a@b.example", Err(BadCommand::Arguments(RCPT_SYNTAX)));
        check("EHLO", Err(BadCommand::Arguments("say your name after the command")));
        check("AUTH", Err(BadCommand::Arguments("write AUTH and PLAIN or LOGIN")));
        check("AUTH PLAIN a b", Err(BadCommand::Arguments("write AUTH and PLAIN or LOGIN")));
        check("ETRN b.example", Err(BadCommand::NotOffered));
        check("GET / HTTP/1.1", Err(BadCommand::Unknown));
        check("", Err(BadCommand::Unknown));
    }
}
