//! Reading the filter JSON (icims-api 10.2, 10.3, 10.7): an unknown key, name or operator rejects the whole query.

use serde_json::{Map, Value as Json};

use crate::icims::schema::ProfileType;
use crate::icims::state::users::Rights;

use super::names::{Compared, Target, What, target};
use crate::icims::api::error::ApiError;

/// Most filters of one query (*assumed*).
const FILTER_LIMIT: usize = 1_000;

/// Most bytes of the names and values of all filters of one query together (*assumed*): as much as fits into an address.
const BYTES_LIMIT: usize = 64 * 1024;

/// Filters and groups joined by one operator.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) any: bool,
    pub(super) filters: Vec<Filter>,
    pub(super) children: Vec<Group>,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filter {
    pub(super) target: Target,
    pub(super) operator: Operator,
    pub(super) values: Vec<String>,
    /// Upper bound of a range; absent when the key is absent.
    pub(super) secondary: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Exact,
    NotExact,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
}

impl Operator {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "=" => Self::Equal,
            "!=" => Self::NotEqual,
            "==" => Self::Exact,
            "!==" => Self::NotExact,
            "<" => Self::Less,
            ">" => Self::Greater,
            "<=" => Self::LessOrEqual,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// The table of icims-api 10.3; `!=` on list nodes is accepted (*assumed*).
    fn fits(self, what: What) -> bool {
        let compared = what.compared();
        match self {
            Self::Equal => true,
            Self::NotEqual => compared != Compared::ZipRadius,
            Self::Exact | Self::NotExact => compared == Compared::Text,
            Self::Less | Self::Greater | Self::LessOrEqual | Self::GreaterOrEqual => {
                matches!(compared, Compared::Number | Compared::DateOnly | Compared::DateTime)
            }
        }
    }
}

pub(super) fn no_filter() -> ApiError {
    ApiError::search("At least one filter must be specified")
}

pub(super) fn unreadable() -> ApiError {
    ApiError::search("An unknown parsing error occurred")
}

/// The refusal of a query that would have to look at too much.
pub(super) fn too_much(limit: usize) -> ApiError {
    ApiError::search(format!(
        "The search looks at more than {limit} values. Narrow it down with a filter on id, status, job, folder, e-mail address or date, \
         or compare with fewer values"
    ))
}

/// How much of a query has been read.
#[derive(Debug, Default)]
struct Size {
    filters: usize,
    bytes: usize,
}

impl Size {
    fn add_filter(&mut self) -> Result<(), ApiError> {
        self.filters += 1;
        if self.filters > FILTER_LIMIT { Err(unreadable()) } else { Ok(()) }
    }

    fn add_text<'a>(&mut self, text: &'a str) -> Result<&'a str, ApiError> {
        self.bytes += text.len();
        if self.bytes <= BYTES_LIMIT {
            return Ok(text);
        }
        let message =
            format!("The names and values of all filters together may have {BYTES_LIMIT} bytes; search in several steps");
        Err(ApiError::search(message))
    }
}

impl Group {
    /// No filter: everything matches.
    pub(super) const EVERYTHING: Self = Self { any: false, filters: Vec::new(), children: Vec::new() };

    /// Reads a whole query for a search of `kind`.
    pub(super) fn read(kind: ProfileType, json: &Json, rights: &Rights) -> Result<Self, ApiError> {
        let mut size = Size::default();
        let group = Self::read_group(kind, json, rights, &mut size)?;
        if size.filters == 0 { Err(no_filter()) } else { Ok(group) }
    }

    fn read_group(kind: ProfileType, json: &Json, rights: &Rights, size: &mut Size) -> Result<Self, ApiError> {
        let object = json.as_object().ok_or_else(unreadable)?;
        let attribute = |key: &&String| !matches!(key.as_str(), "filters" | "operator" | "children");
        if let Some(key) = object.keys().find(attribute) {
            return Err(ApiError::search(format!("The following group attribute is unrecognized: {key}")));
        }
        let any = match text(object, "operator")?.unwrap_or("&") {
            "&" => false,
            "|" => true,
            other => {
                let message = format!("The following group operator is not valid in the given context: {other}");
                return Err(ApiError::search(message));
            }
        };
        let filters =
            list(object, "filters")?.iter().map(|json| Filter::read(kind, json, rights, size)).collect::<Result<_, _>>()?;
        let children =
            list(object, "children")?.iter().map(|json| Self::read_group(kind, json, rights, size)).collect::<Result<_, _>>()?;
        Ok(Self { any, filters, children })
    }
}

impl Filter {
    fn read(kind: ProfileType, json: &Json, rights: &Rights, size: &mut Size) -> Result<Self, ApiError> {
        size.add_filter()?;
        let object = json.as_object().ok_or_else(unreadable)?;
        let attribute = |key: &&String| !matches!(key.as_str(), "name" | "value" | "secondaryValue" | "operator");
        if let Some(key) = object.keys().find(attribute) {
            return Err(ApiError::search(format!("The following filter attribute is unrecognized: {key}")));
        }
        let name = size.add_text(text(object, "name")?.unwrap_or_default())?;
        let target = target(kind, name)
            .filter(|target| target.is_visible(rights))
            .ok_or_else(|| ApiError::search(format!("The following filter is either not valid or hidden: {name}")))?;
        let written = text(object, "operator")?.unwrap_or("=");
        let operator = Operator::of(written).filter(|operator| operator.fits(target.what)).ok_or_else(|| {
            ApiError::search(format!("The following filter operator is not valid in the given context: {written}"))
        })?;
        let secondary = values(object, "secondaryValue", size)?;
        Ok(Self { target, operator, values: values(object, "value", size)?.unwrap_or_default(), secondary })
    }
}

fn text<'a>(object: &'a Map<String, Json>, key: &str) -> Result<Option<&'a str>, ApiError> {
    match object.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(unreadable()),
    }
}

fn list<'a>(object: &'a Map<String, Json>, key: &str) -> Result<&'a [Json], ApiError> {
    match object.get(key) {
        None | Some(Json::Null) => Ok(&[]),
        Some(Json::Array(items)) => Ok(items),
        Some(_) => Err(unreadable()),
    }
}

/// Strings, or numbers as one forum example has them.
fn values(object: &Map<String, Json>, key: &str, size: &mut Size) -> Result<Option<Vec<String>>, ApiError> {
    let items = match object.get(key) {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::Array(items)) if items.len() <= FILTER_LIMIT => items,
        Some(_) => return Err(unreadable()),
    };
    let item = |json: &Json| match json {
        Json::String(text) => size.add_text(text).map(str::to_owned),
        Json::Number(number) => Ok(number.to_string()),
        _ => Err(unreadable()),
    };
    items.iter().map(item).collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_values_have_a_limit_together() {
        let read = |lengths: [usize; 3]| {
            let [name, value, to] = lengths.map(|length| "x".repeat(length));
            let query = json!({"filters": [{"name": "applicantworkflow.updateddate", "value": [value], "secondaryValue": [to]}, {"name": name}]});
            Group::read(ProfileType::Workflows, &query, &Rights::default())
                .expect_err("one filter is unknown")
                .message()
                .to_owned()
        };
        let own = "applicantworkflow.updateddate".len();
        let too_long = "The names and values of all filters together may have 65536 bytes; search in several steps";
        assert!(read([BYTES_LIMIT - own - 20, 10, 10]).starts_with("The following filter is either not valid or hidden: x"));
        for lengths in [[BYTES_LIMIT - own - 19, 10, 10], [1, BYTES_LIMIT, 1], [1, 1, BYTES_LIMIT]] {
            assert_eq!(read(lengths), too_long);
        }
    }

    #[test]
    fn what_is_wrong_with_a_query_is_said_in_the_documented_words() {
        let check = |query: Json, message: &str| {
            let error = Group::read(ProfileType::Workflows, &query, &Rights::default()).expect_err(message);
            assert_eq!(error.message(), message);
        };
        check(json!({}), "At least one filter must be specified");
        check(json!({"filters": []}), "At least one filter must be specified");
        check(json!([]), "An unknown parsing error occurred");
        check(json!({"filters": [{"value": ["1"]}]}), "The following filter is either not valid or hidden: ");
        check(
            json!({"filters": [{"name": "job.id", "value": ["1"]}]}),
            "The following filter is either not valid or hidden: job.id",
        );
        check(
            json!({"filters": [{"name": "applicantworkflow.status", "value": ["1"], "operator": ">"}]}),
            "The following filter operator is not valid in the given context: >",
        );
        check(
            json!({"filters": [{"name": "applicantworkflow.id", "value": ["1"]}], "operator": "and"}),
            "The following group operator is not valid in the given context: and",
        );
        check(
            json!({"filters": [{"name": "applicantworkflow.id", "values": ["1"]}]}),
            "The following filter attribute is unrecognized: values",
        );
        check(json!({"filter": []}), "The following group attribute is unrecognized: filter");
    }
}
