//! The text of the invitation, with places for what is known only when it is sent.

use std::fmt;

use super::{ClosesAfter, Language};

/// How a candidate is invited (promise G28).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationSettings {
    /// The sender's name, such as "Brightwater Foods".
    pub sender_name: String,
    /// Whom a candidate asks for help.
    pub support_email: String,
    /// The language of the text.
    pub language: Language,
    /// The subject; `None` is that of the language.
    pub subject: Option<MailTemplate>,
    /// The body; `None` is that of the language.
    pub body: Option<MailTemplate>,
    /// Whether those who have not finished are reminded after 48 hours and after 7 days (harver-platform.md 8).
    pub reminders: bool,
    /// The subject of a reminder; `None` is that of the language.
    pub reminder_subject: Option<MailTemplate>,
    /// The body of a reminder; `None` is that of the language.
    pub reminder_body: Option<MailTemplate>,
    /// When an invitation is closed that nobody has followed.
    pub closes_after: ClosesAfter,
}

impl InvitationSettings {
    /// The default texts, in the name of a company. Candidates are reminded: of an invitation they hear from whoever sent it
    /// (assessment-flow.md 3.4), and the platform did not send this one.
    #[must_use]
    pub fn new(sender_name: impl Into<String>, support_email: impl Into<String>) -> Self {
        Self {
            sender_name: sender_name.into(),
            support_email: support_email.into(),
            language: Language::default(),
            subject: None,
            body: None,
            reminders: true,
            reminder_subject: None,
            reminder_body: None,
            closes_after: ClosesAfter::default(),
        }
    }
}

macro_rules! variables {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// What a text may ask for. Which ones Harver's own editor knows is not published (harver-platform.md 14): *assumed*.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Variable { $($(#[$doc])* $variant,)+ }

        impl Variable {
            /// All of them, in the order of lists.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name between the braces.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

variables! {
    /// The candidate's first name.
    FirstName = "first_name",
    /// The candidate's last name.
    LastName = "last_name",
    /// The job applied for.
    JobTitle = "job_title",
    /// The company.
    CompanyName = "company_name",
    /// The personal link.
    Link = "link",
    /// Until when it works.
    LinkExpiresAt = "link_expires_at",
    /// Whom to ask for help.
    SupportEmail = "support_email",
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(Variable),
}

/// A text with variables, such as `Dear {{first_name}}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailTemplate {
    written: String,
    lines: Vec<Vec<Part>>,
}

/// Why a text cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct TemplateProblem {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong, in words for whoever wrote it.
    pub what: String,
}

impl MailTemplate {
    /// The most characters of a text.
    pub const LONGEST: usize = 20_000;

    /// Reads a text.
    ///
    /// # Errors
    /// When it is empty, too long, or names a variable that does not exist.
    pub fn parse(text: &str) -> Result<Self, TemplateProblem> {
        if text.trim().is_empty() {
            return Err(TemplateProblem { line: 1, column: 1, what: "there is no text".into() });
        }
        if text.chars().count() > Self::LONGEST {
            let what = format!("the text is longer than {} characters", Self::LONGEST);
            return Err(TemplateProblem { line: 1, column: 1, what });
        }
        // Whatever ends a line is one character, so that what is kept is read again as it is.
        let written = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines = written.split('\n').zip(1..).map(|(line, number)| parts(line, number)).collect::<Result<_, _>>()?;
        Ok(Self { written, lines })
    }

    /// The text as it was written, with line feeds as the only line ends.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Whether it asks for a variable.
    #[must_use]
    pub fn names(&self, variable: Variable) -> bool {
        self.lines.iter().flatten().any(|part| *part == Part::Variable(variable))
    }

    /// The text with values in place of the variables. A line that asks for something that there is not is left out.
    #[must_use]
    pub fn fill<'a>(&'a self, value: impl Fn(Variable) -> Option<&'a str>) -> String {
        let text = |part: &'a Part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Variable(variable) => value(*variable),
        };
        let lines: Vec<String> = self.lines.iter().filter_map(|line| line.iter().map(text).collect()).collect();
        lines.join("\n")
    }
}

impl fmt::Display for MailTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn unknown(name: &str) -> String {
    let known: Vec<String> = Variable::ALL.iter().map(|variable| format!("{{{{{}}}}}", variable.name())).collect();
    let name: String = name.chars().take(40).collect();
    format!("there is no variable {{{{{name}}}}}: use one of {}", known.join(", "))
}

/// The parts of a line. A variable ends on the line where it begins.
fn parts(line: &str, number: usize) -> Result<Vec<Part>, TemplateProblem> {
    let mut parts = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{{") {
        let column = line[..line.len() - rest.len() + before.len()].chars().count() + 1;
        let problem = |what: String| TemplateProblem { line: number, column, what };
        let Some((name, behind)) = after.split_once("}}") else {
            return Err(problem("this variable has no end: write }} behind its name".into()));
        };
        let name = name.trim();
        let known = Variable::ALL.iter().find(|variable| variable.name() == name);
        parts.push(Part::Text(before.to_owned()));
        parts.push(Part::Variable(*known.ok_or_else(|| problem(unknown(name)))?));
        rest = behind;
    }
    parts.push(Part::Text(rest.to_owned()));
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variables_are_filled_and_everything_else_stays() {
        let template = MailTemplate::parse("Beste {{ first_name }},\r\n{{link}} } {x}").expect("a text");
        assert!(template.names(Variable::Link) && !template.names(Variable::JobTitle));
        let value = |variable| Some(if variable == Variable::Link { "https://a.example" } else { "Zoë {{link}}" });
        let filled = template.fill(value);
        assert_eq!(filled, "Beste Zoë {{link}},\nhttps://a.example } {x}", "a value is no text with variables");
    }

    #[test]
    fn an_unknown_variable_is_refused_at_its_place() {
        let problem = MailTemplate::parse("Grüße\nà {{first_name}} {{ salary }}").expect_err("salary is no variable");
        assert_eq!((problem.line, problem.column), (2, 18));
        assert!(problem.what.contains("{{salary}}") && problem.what.contains("{{first_name}}"), "{}", problem.what);
    }

    #[test]
    fn a_line_without_its_value_is_left_out() {
        let template = MailTemplate::parse("One\n- until {{link_expires_at}}, {{first_name}}\n\nTwo").expect("a text");
        let value = |variable| (variable != Variable::LinkExpiresAt).then_some("Zoë");
        assert_eq!(template.fill(value), "One\n\nTwo");
    }

    #[test]
    fn what_is_kept_of_a_text_is_read_again_as_it_is() {
        for text in ["a\r\nb", "a\rb", "a\r\r\nb", "a\n\rb"] {
            let template = MailTemplate::parse(text).expect("a text");
            assert_eq!(MailTemplate::parse(template.as_str()), Ok(template.clone()), "{text:?}");
        }
    }

    #[test]
    fn a_variable_ends_on_its_line() {
        let problem = MailTemplate::parse("Dear {{first_name\n}}").expect_err("it does not end");
        assert_eq!((problem.line, problem.column), (1, 6));
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        assert!(MailTemplate::parse(" \n ").is_err());
        let longest = "ä".repeat(MailTemplate::LONGEST);
        assert!(MailTemplate::parse(&longest).is_ok());
        assert!(MailTemplate::parse(&format!("{longest}x")).is_err());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "[a-z{}\n é]{0,40}") {
            if let Ok(template) = MailTemplate::parse(&text) {
                prop_assert_eq!(template.as_str(), &text);
                prop_assert!(MailTemplate::parse(template.as_str()).is_ok());
            }
        }
    }
}
