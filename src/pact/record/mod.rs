//! A pact of somebody's own: what a client says to a provider, and what the provider answers, written down as a contract.
//!
//! 1. [`proxy`] passes requests on and shows each [`Exchange`] to the [`Recording`].
//! 2. `interaction` makes a contract of one: what matters of the request, and of the answer what a client can rely on, which is the
//!    shape (`shape`) and not the values. `example` puts examples in the place of secrets, people and moments.
//! 3. Where somebody brings circumstances about, a client asks for them at the recording itself, and what they tell ([`Told`]) stands in
//!    the pact by its name, so that it can be replayed elsewhere.
//! 4. [`Recording::pact`] is the file: the same exchanges give the same bytes, in whatever order they came.

mod example;
mod interaction;
mod proxy;
mod recording;
mod shape;
mod states;

pub use proxy::{Proxy, proxy};
pub use recording::{Recorded, Recording};
pub use states::Told;

/// The header in which a client says under which circumstances it asks.
pub const STATE: &str = "x-pact-state";
/// The header in which it says more about them, as a JSON object.
pub const STATE_PARAMETERS: &str = "x-pact-state-params";
/// The header in which it says what it wants, in words.
pub const DESCRIPTION: &str = "x-pact-description";

/// What a provider is in before it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// As the provider knows it.
    pub name: String,
    /// More about it.
    pub parameters: serde_json::Map<String, serde_json::Value>,
}

impl State {
    /// A state by its name and a JSON object.
    ///
    /// # Errors
    /// When the name is empty, or the parameters are no object.
    pub fn parse(name: &str, parameters: Option<&str>) -> Result<Self, String> {
        if name.trim().is_empty() {
            return Err("a state has a name".to_owned());
        }
        let parameters = parameters.map_or_else(|| Ok(serde_json::Map::new()), serde_json::from_str);
        let parameters = parameters.map_err(|_| "the parameters of a state are a JSON object".to_owned())?;
        Ok(Self { name: name.trim().to_owned(), parameters })
    }
}

/// A request and its answer, as they went over the wire.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Such as `GET`.
    pub method: String,
    /// Without the query, encoded as it came.
    pub path: String,
    /// Names and values, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body, unpacked.
    pub body: Vec<u8>,
    /// Under which circumstances.
    pub state: Option<State>,
    /// What these have told, where they were asked for here.
    pub told: Option<Told>,
    /// What was wanted, in the client's words.
    pub description: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// Names in small letters.
    pub answer_headers: Vec<(String, String)>,
    /// The body of the answer.
    pub answer: Vec<u8>,
}

/// A header's value.
fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The media type without its parameters, in small letters.
fn media_type(headers: &[(String, String)]) -> Option<String> {
    let value = header(headers, "content-type")?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Whether a media type is JSON.
fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json")
}
