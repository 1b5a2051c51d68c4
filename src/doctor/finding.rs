//! What one check found, in words for whoever has to act.

use serde::Serialize;

use crate::checks;

/// What a check is about. Groups are shown in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Group {
    /// The file, its secrets, the variables of this process.
    Environment,
    /// Names, connections, certificates and clocks of everybody who is called.
    Network,
    /// The customer's iCIMS, as the integration user sees it.
    Icims,
    /// What iCIMS sends to the integration.
    Events,
    /// The account on the Harver platform.
    Harver,
    /// The settings of the integration.
    Integration,
    /// The mail server.
    Mail,
    /// Whether a rehearsal stays among simulated systems.
    Sandbox,
}

impl Group {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 8] =
        [Self::Environment, Self::Network, Self::Icims, Self::Events, Self::Harver, Self::Integration, Self::Mail, Self::Sandbox];

    /// Its name, as `--only` takes it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Network => "network",
            Self::Icims => "icims",
            Self::Events => "events",
            Self::Harver => "harver",
            Self::Integration => "integration",
            Self::Mail => "mail",
            Self::Sandbox => "sandbox",
        }
    }
}

impl std::fmt::Display for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Group {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|group| group.name() == text).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.into_iter().map(Self::name).collect();
            format!("the groups are {}", names.join(", "))
        })
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// As it must be.
    Ok,
    /// It may work all the same.
    Warning,
    /// It cannot work like this.
    Fail,
    /// Nobody can tell, because something is not told or did not answer.
    Unknown,
}

impl Outcome {
    /// As it stands in front of a line.
    #[must_use]
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fail => "FAIL",
            Self::Unknown => "unknown",
        }
    }
}

/// Who can mend something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Whom {
    /// Whoever has started the command.
    You,
    /// Whoever configures the integration.
    HarverAdmin,
    /// Who issues accounts and API clients.
    HarverSupport,
    /// The administrator of the customer's iCIMS.
    IcimsAdmin,
    /// Whoever runs the network between the systems.
    Network,
}

impl Whom {
    /// To whom a message about it is addressed; `None` where nobody else is needed.
    #[must_use]
    pub(crate) fn addressee(self) -> Option<&'static str> {
        match self {
            Self::You => None,
            Self::HarverAdmin => Some("to the Harver Admin"),
            Self::HarverSupport => Some("to Harver support"),
            Self::IcimsAdmin => Some("to the iCIMS administrator"),
            Self::Network => Some("to whoever runs the network"),
        }
    }
}

impl From<checks::Whom> for Whom {
    fn from(whom: checks::Whom) -> Self {
        match whom {
            checks::Whom::HarverAdmin => Self::HarverAdmin,
            checks::Whom::IcimsAdmin => Self::IcimsAdmin,
            checks::Whom::Network => Self::Network,
        }
    }
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Mending {
    /// Who does it.
    pub whom: Whom,
    /// A command, or words to send.
    pub words: String,
}

/// One check with its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// What it is about.
    pub group: Group,
    /// Stable, for programs, such as `icims-credentials`.
    pub check: &'static str,
    /// What was checked, as a sentence that holds when all is well.
    pub title: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What is the case and why it matters.
    pub says: String,
    /// What to do; nothing where all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<Mending>,
}

/// What a check is about, before it is known how it ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    pub(super) group: Group,
    pub(super) check: &'static str,
    pub(super) title: &'static str,
}

impl Subject {
    pub(super) const fn new(group: Group, check: &'static str, title: &'static str) -> Self {
        Self { group, check, title }
    }

    pub(super) fn ok(self, says: impl Into<String>) -> Finding {
        self.ended(Outcome::Ok, says, None)
    }

    pub(super) fn warning(self, says: impl Into<String>, whom: Whom, words: impl Into<String>) -> Finding {
        self.ended(Outcome::Warning, says, Some(Mending { whom, words: words.into() }))
    }

    pub(super) fn fail(self, says: impl Into<String>, whom: Whom, words: impl Into<String>) -> Finding {
        self.ended(Outcome::Fail, says, Some(Mending { whom, words: words.into() }))
    }

    pub(super) fn unknown(self, says: impl Into<String>, whom: Whom, words: impl Into<String>) -> Finding {
        self.ended(Outcome::Unknown, says, Some(Mending { whom, words: words.into() }))
    }

    /// Something that it needs is not in the file.
    pub(super) fn not_told(self, missing: &str, add: &str) -> Finding {
        self.unknown(
            format!("It cannot be told, as the environment does not name {missing}."),
            Whom::You,
            format!("Add {add} to the file."),
        )
    }

    fn ended(self, outcome: Outcome, says: impl Into<String>, mend: Option<Mending>) -> Finding {
        let Self { group, check, title } = self;
        Finding { group, check, title, outcome, says: says.into(), mend }
    }
}

/// A check of enabling as one of ours. Where that one leaves to the next step to say what happened, it is said here at once.
pub(super) fn of_enabling(group: Group, check: checks::Check) -> Finding {
    let checks::Check { id, title, outcome, why, next_step } = check;
    let outcome = match outcome {
        checks::Outcome::Passed => Outcome::Ok,
        checks::Outcome::Warning => Outcome::Warning,
        checks::Outcome::Failed => Outcome::Fail,
    };
    let (mut says, mut mend) = (why, next_step.map(|(words, whom)| Mending { whom: whom.into(), words }));
    if let Some(rest) = says.strip_prefix("iCIMS could not be used.")
        && let Some(mend) = &mut mend
        && let Some((happened, to_do)) = mend.words.split_once(". ")
    {
        says = format!("{happened}.{rest}");
        mend.words = to_do.to_owned();
    }
    Finding { group, check: id, title, outcome, says, mend }
}
