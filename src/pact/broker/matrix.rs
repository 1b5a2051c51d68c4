//! The matrix: which versions were verified together, and what the broker concludes from it.

use serde::Deserialize;

use super::client::Broker;
use super::error::BrokerError;

/// With whom somebody is to get on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// With everything that runs in an environment.
    Environment(String),
    /// With the last version of everybody that has a tag.
    Tag(String),
    /// With the last version on everybody's main branch.
    MainBranches,
}

impl std::fmt::Display for Place {
    /// As what follows "may be deployed".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment(name) => write!(f, "to {name}"),
            Self::Tag(tag) => write!(f, "beside what is tagged {tag}"),
            Self::MainBranches => f.write_str("beside the main branches"),
        }
    }
}

/// Rows and what they come to.
#[derive(Clone, Debug, Deserialize)]
pub struct Matrix {
    /// What the broker concludes.
    pub summary: Summary,
    /// One for each pair of versions that have a contract, or ought to.
    #[serde(rename = "matrix")]
    pub rows: Vec<Row>,
}

/// What the broker concludes.
#[derive(Clone, Debug, Deserialize)]
pub struct Summary {
    /// Nothing where not everything is known.
    pub deployable: Option<bool>,
    /// In its words, a line each.
    pub reason: Option<String>,
}

/// A consumer beside a provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Whose contract it is.
    pub consumer: Application,
    /// Who is to keep it.
    pub provider: Application,
    /// What came of trying, if somebody has tried.
    pub verification_result: Option<Outcome>,
    /// Whether the broker left it out of its conclusion.
    #[serde(default)]
    pub ignored: bool,
}

/// An application in a row.
#[derive(Clone, Debug, Deserialize)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// Its version; nothing where there is none that ought to be there.
    pub version: Option<Number>,
}

/// A version.
#[derive(Clone, Debug, Deserialize)]
pub struct Number {
    /// As it was published.
    pub number: String,
}

/// What came of a verification.
#[derive(Clone, Debug, Deserialize)]
pub struct Outcome {
    /// Whether the contract was kept.
    pub success: Option<bool>,
}

impl Application {
    /// The version, if there is one.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.version.as_ref().map(|version| version.number.as_str())
    }
}

impl std::fmt::Display for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.number() {
            Some(number) => write!(f, "{} {number}", self.name),
            None => write!(f, "{} (no version)", self.name),
        }
    }
}

impl Row {
    /// Whether it was verified, and how.
    #[must_use]
    pub fn success(&self) -> Option<bool> {
        self.verification_result.as_ref()?.success
    }
}

impl Broker {
    /// How a version gets on with everybody at a place, a row for each version there (`latestby=cvpv`): a broker that is asked for less
    /// shows the newest version of a provider alone, and hides an older one that still runs beside it.
    ///
    /// # Errors
    /// When the broker cannot be asked, or does not understand.
    pub async fn matrix(&self, pacticipant: &str, version: &str, place: &Place) -> Result<Matrix, BrokerError> {
        let mut url = self.below("matrix");
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("q[][pacticipant]", pacticipant).append_pair("q[][version]", version);
            query.append_pair("latestby", "cvpv");
            match place {
                Place::Environment(name) => query.append_pair("environment", name),
                Place::Tag(tag) => query.append_pair("tag", tag).append_pair("latest", "true"),
                Place::MainBranches => query.append_pair("mainBranch", "true").append_pair("latest", "true"),
            };
        }
        let found = self.get(url, "its matrix").await?;
        serde_json::from_value(found.json).map_err(self.unreadable("a matrix with a summary"))
    }
}
