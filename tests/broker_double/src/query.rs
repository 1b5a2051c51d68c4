//! The query of the matrix, as Rack reads it: `q[][pacticipant]=a&q[][version]=1&q[][pacticipant]=b`.

use url::form_urlencoded;

/// Which versions of an application are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) pacticipant: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) latest: bool,
    pub(crate) tag: Option<String>,
    pub(crate) branch: Option<String>,
    pub(crate) main_branch: bool,
}

impl Selector {
    fn has(&self, key: &str) -> bool {
        match key {
            "pacticipant" => self.pacticipant.is_some(),
            "version" => self.version.is_some(),
            "latest" => self.latest,
            "tag" => self.tag.is_some(),
            "branch" => self.branch.is_some(),
            _ => self.main_branch,
        }
    }

    fn put(&mut self, key: &str, value: String) {
        match key {
            "pacticipant" => self.pacticipant = Some(value),
            "version" => self.version = Some(value),
            "latest" => self.latest = value == "true",
            "tag" => self.tag = Some(value),
            "branch" => self.branch = Some(value),
            _ => self.main_branch = value == "true",
        }
    }
}

/// What is asked of the matrix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) selectors: Vec<Selector>,
    pub(crate) ignored: Vec<Selector>,
    pub(crate) environment: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) latest: bool,
    pub(crate) main_branch: bool,
    /// One row for each version of the provider, and not only for the last.
    pub(crate) each_provider_version: bool,
}

impl Query {
    pub(crate) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (key, value) in form_urlencoded::parse(text.as_bytes()) {
            let value = value.into_owned();
            match key.as_ref() {
                "environment" => query.environment = Some(value).filter(|value| !value.is_empty()),
                "tag" => query.tag = Some(value).filter(|value| !value.is_empty()),
                "latest" => query.latest = value == "true",
                "mainBranch" => query.main_branch = value == "true",
                "latestby" => query.each_provider_version = value == "cvpv",
                key => {
                    let within = |prefix: &str| key.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(']'));
                    if let Some(name) = within("q[][") {
                        take(&mut query.selectors, name, value);
                    } else if let Some(name) = within("ignore[][") {
                        take(&mut query.ignored, name, value);
                    }
                }
            }
        }
        query
    }
}

/// A key that the last selector has begins another one.
fn take(selectors: &mut Vec<Selector>, key: &str, value: String) {
    if selectors.last().is_none_or(|last| last.has(key)) {
        selectors.push(Selector::default());
    }
    if let Some(last) = selectors.last_mut() {
        last.put(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_comes_again_begins_another_selector() {
        let query = Query::parse(
            "q[][pacticipant]=a%20b&q[][version]=1&q%5B%5D%5Bpacticipant%5D=c&q[][latest]=true&latestby=cvpv&environment=x",
        );
        let named = |name: &str| Selector { pacticipant: Some(name.into()), ..Selector::default() };
        let expected = vec![Selector { version: Some("1".into()), ..named("a b") }, Selector { latest: true, ..named("c") }];
        assert_eq!(query.selectors, expected);
        assert!(query.each_provider_version && query.environment.as_deref() == Some("x") && !query.latest);
    }
}
