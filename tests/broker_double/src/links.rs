//! Addresses of the double's resources, as links in HAL.

use serde_json::{Value, json};
use url::Url;

/// Where the double is, as whoever asks has called it.
#[derive(Clone, Debug)]
pub(crate) struct Base(pub(crate) String);

impl Base {
    /// The address of a path of names, each of them encoded.
    pub(crate) fn to(&self, names: &[&str]) -> String {
        let mut url: Url = self.0.parse().expect("the address of the request");
        url.path_segments_mut().expect("an http address").extend(names);
        url.to_string()
    }

    pub(crate) fn link(&self, names: &[&str]) -> Value {
        json!({"href": self.to(names)})
    }

    /// The same with a name beside it.
    pub(crate) fn named(&self, title: &str, name: &str, names: &[&str]) -> Value {
        json!({"title": title, "name": name, "href": self.to(names)})
    }

    /// A link with places to fill in, which are written as they stand.
    pub(crate) fn template(&self, path: &str) -> Value {
        json!({"href": format!("{}{path}", self.0), "templated": true})
    }
}

/// The number by which a broker knows an environment.
pub(crate) fn uuid(at: usize) -> String {
    format!("00000000-0000-4000-8000-{at:012x}")
}

/// The place of an environment in the list, by that number.
pub(crate) fn place(uuid: &str) -> Option<usize> {
    usize::from_str_radix(uuid.strip_prefix("00000000-0000-4000-8000-")?, 16).ok()
}
