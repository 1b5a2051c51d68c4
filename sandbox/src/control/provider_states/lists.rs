//! The closed lists: in which states each provider can be asked to be, and what each state is told and tells.
//!
//! The names are the contracts' own words. Consumers write them from here into their pacts, and whoever verifies a provider reads them
//! here. A state that *takes* something has it in the pact as parameters; what a state *tells* are values that exist only once it has
//! been brought about, such as ids, which a pact takes from there (generators `ProviderState`, `${customer}`).

use std::fmt;

use serde_json::{Map, Value};

/// One list of states.
pub trait ProviderState: fmt::Debug + Clone + Sized + Send + Sync + 'static {
    /// Whose states these are: the name of the provider in pacts.
    const PROVIDER: &'static str;
    /// The names of all states.
    const NAMES: &'static [&'static str];

    /// Reads a state from a pact.
    ///
    /// # Errors
    /// When there is no such state, or its parameters are not those that it takes.
    fn read(name: &str, params: &Map<String, Value>) -> Result<Self, BadState>;

    /// The name and the parameters under which a pact knows this state.
    fn on_paper(&self) -> (&'static str, Map<String, Value>);
}

/// Why a state cannot be brought about: the sentence names it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadState {
    /// There is no such provider.
    #[error("there are no states for a provider {provider:?}: it is one of {}", listed(PROVIDERS))]
    UnknownProvider {
        /// What was asked for.
        provider: String,
    },
    /// The provider has no such state.
    #[error("there is no state {name:?} of {provider}: there are {}", listed(known))]
    Unknown {
        /// Whose states were looked at.
        provider: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: &'static [&'static str],
    },
    /// A parameter is not one of the state's.
    #[error("the state {state:?} takes no parameter {parameter:?}: it takes {}", listed(takes))]
    UnknownParameter {
        /// The state.
        state: &'static str,
        /// What it was given.
        parameter: String,
        /// What it takes.
        takes: &'static [&'static str],
    },
    /// A parameter is absent or no text.
    #[error("the state {state:?} needs the parameter {parameter:?}, as text")]
    MissingParameter {
        /// The state.
        state: &'static str,
        /// What it needs.
        parameter: &'static str,
    },
    /// A parameter has a form that cannot be used.
    #[error("the parameter {parameter:?} of the state {state:?} cannot be used: {reason}")]
    BadParameter {
        /// The state.
        state: &'static str,
        /// Which parameter.
        parameter: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Whose states there are.
pub const PROVIDERS: &[&str] = &[IcimsState::PROVIDER, PlatformState::PROVIDER, IntegrationState::PROVIDER];

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none".into() } else { names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ") }
}

/// Declares a list once: the type, its names, how it is read and how it is written.
macro_rules! states {
    ($(#[$about:meta])* $list:ident of $provider:literal { $($(#[$of:meta])* $name:literal => $state:ident $({ $($param:ident),+ })?),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $list {
            $(
                $(#[$of])*
                $state $({
                    $(
                        #[doc = concat!("The parameter `", stringify!($param), "`.")]
                        $param: String,
                    )+
                })?,
            )+
        }

        impl ProviderState for $list {
            const PROVIDER: &'static str = $provider;
            const NAMES: &'static [&'static str] = &[$($name),+];

            fn read(name: &str, params: &Map<String, Value>) -> Result<Self, BadState> {
                match name {
                    $(
                        $name => {
                            check($name, params, &[$($(stringify!($param)),+)?])?;
                            Ok(Self::$state $({ $($param: text($name, params, stringify!($param))?),+ })?)
                        }
                    )+
                    _ => Err(BadState::Unknown { provider: $provider, name: name.to_owned(), known: Self::NAMES }),
                }
            }

            fn on_paper(&self) -> (&'static str, Map<String, Value>) {
                match self {
                    $(
                        Self::$state $({ $($param),+ })? => {
                            ($name, [$($((stringify!($param).to_owned(), Value::from($param.as_str()))),+)?].into_iter().collect())
                        }
                    )+
                }
            }
        }
    };
}

fn check(state: &'static str, params: &Map<String, Value>, takes: &'static [&'static str]) -> Result<(), BadState> {
    match params.keys().find(|name| !takes.contains(&name.as_str())) {
        Some(name) => Err(BadState::UnknownParameter { state, parameter: name.clone(), takes }),
        None => Ok(()),
    }
}

fn text(state: &'static str, params: &Map<String, Value>, parameter: &'static str) -> Result<String, BadState> {
    let given = params.get(parameter).and_then(Value::as_str);
    given.map(str::to_owned).ok_or(BadState::MissingParameter { state, parameter })
}

states! {
    /// States of iCIMS, for contract ④. Each has a customer of its own with nothing in it but what the state says, and tells `customer`,
    /// `basic` and `bearer` (what `Authorization` says for its integration user), `client_id` and `client_secret`.
    IcimsState of "icims" {
        /// Who asks for a token is known.
        "an OAuth client" => OAuthClient,
        /// `client_id` and `client_secret` are nobody's.
        "no OAuth clients" => NoOAuthClients,
        /// `basic` and `bearer` are nobody's.
        "credentials that are not valid" => InvalidCredentials,
        /// Tells `person`.
        "a candidate" => Candidate,
        /// Tells `person`.
        "a candidate without an e-mail address" => CandidateWithoutEmail,
        /// An approved job; tells `job`.
        "a job with a package" => JobWithPackage { package },
        /// An approved job; tells `job`.
        "a job without a package" => JobWithoutPackage,
        /// Tells `workflow` and `person`.
        "a workflow without results" => WorkflowWithoutResults { package },
        /// Its one result says that the candidate was invited; tells `workflow`, `person` and `entry`.
        "a workflow with a result" => WorkflowWithResult { package },
        /// Tells `workflow` and `person`.
        "a candidate who was rejected" => RejectedCandidate,
        /// There is nothing at all.
        "none of the profiles that are asked for" => NothingFound,
        /// The user sees neither `people.email` nor `jobs.folder`.
        "an integration user who may not see e-mail addresses, nor write" => LimitedUser,
    }
}

states! {
    /// States of the Harver platform, for contract ②. Each has an account of its own with nothing in it but what the state says, and tells
    /// `account`, `bearer` (what `Authorization` says for its API client), `client_id` and `client_secret`.
    PlatformState of "harver-platform" {
        /// Who asks for a token is known.
        "an API client" => ApiClient,
        /// `client_id` and `client_secret` are nobody's.
        "no API clients" => NoApiClients,
        /// `bearer` is nobody's.
        "an access token that is not valid" => InvalidToken,
        /// Candidates can register.
        "an open vacancy" => OpenVacancy { vacancy },
        /// Candidates cannot register.
        "a closed vacancy" => ClosedVacancy { vacancy },
        /// There is none.
        "no vacancies" => NoVacancies,
        /// Tells `application`.
        "a candidate who was registered before" => RegisteredBefore { vacancy, email },
        /// The first module is answered; tells `application`.
        "an assessment in progress" => AssessmentInProgress { vacancy, email, customer, workflow, person },
        /// Tells `application`.
        "a completed assessment" => AssessmentCompleted { vacancy, email, customer, workflow, person },
        /// Tells `application`.
        "a completed assessment that may be taken again" => AssessmentToRepeat { vacancy, email },
        /// There is none.
        "no applications" => NoApplications,
    }
}

states! {
    /// States of the integration, for contracts ① and ③. Each has a customer of its own at both neighbours, and tells `customer`, `account`,
    /// `basic` (what `Authorization` says for the caller of that contract) and `icims`, the address of iCIMS. Those of contract ① tell
    /// `person`, `job`, `workflow` and `recruiter`, too; those of contract ③ `application`.
    IntegrationState of "harver-icims" {
        /// On a job with a package.
        "a candidate who can be assessed" => CandidateToAssess,
        /// On a job with a package.
        "a candidate without an e-mail address" => CandidateWithoutEmail,
        /// The candidate could be reached.
        "a job without a package" => JobWithoutPackage,
        /// iCIMS does not know the credentials that the integration has.
        "an iCIMS that the integration may not enter" => CredentialsForIcimsRejected,
        /// It answers 503, whatever it is asked.
        "a Harver platform that is out of order" => PlatformOutOfOrder,
        /// `basic` is nobody's.
        "event credentials that are not valid" => InvalidEventCredentials,
        /// The link to the assessment has been handed over.
        "an invited candidate" => InvitedCandidate,
        /// The platform has said so.
        "a candidate who has started" => StartedCandidate,
        /// The candidate came to the platform by another way.
        "an application that was not ordered here" => ForeignApplication,
        /// `basic` is nobody's.
        "webhook credentials that are not valid" => InvalidWebhookCredentials,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn params(json: Value) -> Map<String, Value> {
        json.as_object().expect("an object").clone()
    }

    #[test]
    fn a_state_reads_back_from_its_name_and_parameters() {
        for state in [IcimsState::NoOAuthClients, IcimsState::JobWithPackage { package: "Harver Night Shift".into() }] {
            let (name, params) = state.on_paper();
            assert_eq!(IcimsState::read(name, &params), Ok(state));
        }
    }

    #[test]
    fn what_is_not_listed_is_refused_by_name() {
        let refusal = |name: &str, given: Value| IcimsState::read(name, &params(given)).expect_err("not listed").to_string();
        let unknown = refusal("a candidate who juggles", json!({}));
        assert!(
            unknown.starts_with("there is no state \"a candidate who juggles\" of icims: there are \"an OAuth client\", "),
            "{unknown}"
        );
        assert_eq!(
            refusal("a job with a package", json!({"package": "Harver", "mood": "good"})),
            "the state \"a job with a package\" takes no parameter \"mood\": it takes \"package\""
        );
        assert_eq!(
            refusal("a candidate", json!({"customer": "4021"})),
            "the state \"a candidate\" takes no parameter \"customer\": it takes none"
        );
        for given in [json!({}), json!({"package": 7})] {
            let missing = refusal("a job with a package", given);
            assert_eq!(missing, "the state \"a job with a package\" needs the parameter \"package\", as text");
        }
    }

    #[test]
    fn no_list_has_a_name_twice() {
        fn check<S: ProviderState>() {
            let mut names = S::NAMES.to_vec();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), S::NAMES.len(), "{}", S::PROVIDER);
        }
        check::<IcimsState>();
        check::<PlatformState>();
        check::<IntegrationState>();
    }
}
