//! From JSON to typed values, field by field (icims-api 5.7). Reads the state, changes nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use crate::icims::model::{CompanyId, Entry, EntryId, Money, Node, NodeId, Record, Value};
use crate::icims::schema::{Field, Kind, ProfileType, list_of};

use super::lists::{LABEL_LIMIT, made_here};
use super::{CustomerState, Refusal};

/// Most entries that one collection takes (*assumed*).
const ENTRY_LIMIT: usize = 500;

pub(super) struct Reader<'a> {
    pub(super) state: &'a CustomerState,
    /// What the profile has, for a screen that shows it: nodes that have been taken out of their lists may stay.
    has: Option<&'a Record>,
    /// Nodes that are added to open lists when the change is applied.
    pub(super) fresh: Vec<Node>,
    /// The same by list and label.
    named: BTreeMap<(&'static str, String), NodeId>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(state: &'a CustomerState) -> Self {
        Self { state, has: None, fresh: Vec::new(), named: BTreeMap::new() }
    }

    /// The same, where what the profile has is sent along with what is changed.
    pub(super) fn keeping(state: &'a CustomerState, has: Option<&'a Record>) -> Self {
        Self { has, ..Self::new(state) }
    }

    /// The value of a field; `None` removes it, as `null` and the empty string do.
    pub(super) fn value(&mut self, field: &'static Field, json: &Json) -> Result<Option<Value>, Refusal> {
        if json.is_null() || json.as_str() == Some("") {
            return Ok(None);
        }
        let invalid = || Refusal::Invalid(field.name.into());
        let value = match field.kind {
            Kind::Text | Kind::LongText | Kind::RichText | Kind::Title => {
                Value::Text(limited(field, json.as_str().ok_or_else(invalid)?)?)
            }
            Kind::Choice(labels) => Value::Text(choice(labels, json).ok_or_else(invalid)?),
            Kind::Key => Value::Text(limited(field, &key_text(json).ok_or_else(invalid)?)?),
            Kind::Number => Value::Number(json.as_i64().ok_or_else(invalid)?),
            Kind::Decimal => Value::Decimal(json.as_number().ok_or_else(invalid)?.clone()),
            Kind::Date => Value::Date(json.as_str().and_then(read_date).ok_or_else(invalid)?),
            Kind::DateTime => Value::DateTime(json.as_str().and_then(read_date_time).ok_or_else(invalid)?),
            Kind::Flag => Value::Flag(json.as_bool().ok_or_else(invalid)?),
            Kind::Node(list) => Value::Node(self.node(field, list, json)?),
            Kind::Nodes(list) => return self.nodes(field, list, json),
            Kind::Profile(kind) => Value::Profile(self.profile(kind, json).ok_or_else(invalid)?),
            Kind::Location => self.location(json).ok_or_else(invalid)?,
            Kind::Money => money(json, false).ok_or_else(invalid)?,
            Kind::Salary => money(json, true).ok_or_else(invalid)?,
            Kind::Entries(children) => return self.entries(field, children, json),
            Kind::File | Kind::System => return Err(invalid()),
        };
        Ok(Some(value))
    }

    /// The sub-fields of one collection entry. Unknown keys are ignored, and files, which have their own endpoint.
    pub(super) fn entry_fields(
        &mut self,
        children: &'static [Field],
        object: &Map<String, Json>,
    ) -> Result<BTreeMap<&'static str, Option<Value>>, Refusal> {
        let mut fields = BTreeMap::new();
        for child in children {
            if child.kind != Kind::File
                && let Some(json) = object.get(child.name)
            {
                fields.insert(child.name, self.value(child, json)?);
            }
        }
        Ok(fields)
    }

    fn entries(&mut self, field: &Field, children: &'static [Field], json: &Json) -> Result<Option<Value>, Refusal> {
        let invalid = || Refusal::Invalid(field.name.into());
        let items = json.as_array().filter(|items| items.len() <= ENTRY_LIMIT).ok_or_else(invalid)?;
        let mut entries = Vec::with_capacity(items.len());
        for item in items {
            let object = item.as_object().ok_or_else(invalid)?;
            let entry = match object.get("entry") {
                None | Some(Json::Null) => None,
                Some(number) => Some(EntryId::new(whole(number).ok_or_else(invalid)?)),
            };
            let fields = self.entry_fields(children, object)?;
            let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
            entries.push(Entry { entry, fields });
        }
        Ok(Some(Value::Entries(entries)))
    }

    fn nodes(&mut self, field: &Field, list: &'static str, json: &Json) -> Result<Option<Value>, Refusal> {
        let invalid = || Refusal::Invalid(field.name.into());
        let items = json.as_array().filter(|items| items.len() <= ENTRY_LIMIT).ok_or_else(invalid)?;
        let mut nodes = Vec::new();
        for item in items {
            let node = self.node(field, list, item)?;
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        Ok((!nodes.is_empty()).then_some(Value::Nodes(nodes)))
    }

    /// A node by id, by visible label or by short form; the id decides when several are given.
    fn node(&mut self, field: &Field, list: &'static str, json: &Json) -> Result<NodeId, Refusal> {
        let text = |name: &str| json.get(name).filter(|value| !value.is_null());
        let found = match (text("id"), text("value").and_then(Json::as_str)) {
            (Some(id), _) => id.as_str().and_then(|id| self.with_id(field, list, id)),
            (None, Some(label)) => self.labelled(list, label)?,
            (None, None) => text("abbrev").and_then(Json::as_str).and_then(|abbrev| self.abbreviated(list, abbrev)),
        };
        found.ok_or_else(|| Refusal::Invalid(field.name.into()))
    }

    fn with_id(&self, field: &Field, list: &str, id: &str) -> Option<NodeId> {
        let node = self.state.node(&id.parse().ok()?)?;
        let is_kept = |record: &Record| record.node(field.name) == Some(&node.id) || record.nodes(field.name).contains(&node.id);
        (node.list == list && (!node.removed || self.has.is_some_and(is_kept))).then(|| node.id.clone())
    }

    fn abbreviated(&self, list: &str, abbrev: &str) -> Option<NodeId> {
        self.state.lists.lookups().abbreviated(list, abbrev).next().cloned()
    }

    /// The node with this label. In an open list an unknown label becomes a new node, if there is room.
    fn labelled(&mut self, list: &'static str, label: &str) -> Result<Option<NodeId>, Refusal> {
        if let Some(node) = self.state.node_labelled(list, label) {
            return Ok(Some(node.id.clone()));
        }
        // A hidden one is there all the same, so that it is not added to an open list again.
        if self.state.nodes_labelled(list, label).any(|node| !node.removed) {
            return Ok(None);
        }
        let label = label.trim();
        let open = list_of(list).is_some_and(|list| list.open);
        if !open || label.is_empty() || label.chars().count() > LABEL_LIMIT {
            return Ok(None);
        }
        if let Some(id) = self.named.get(&(list, label.to_owned())) {
            return Ok(Some(id.clone()));
        }
        self.state.check_node_room(self.fresh.len() + 1)?;
        let id = self.state.fresh_node_id(self.fresh.len() as u64);
        self.fresh.push(made_here(id.clone(), list, label));
        self.named.insert((list, label.to_owned()), id.clone());
        Ok(Some(id))
    }

    /// A profile by number, `{"id": n}` or `{"externalid": key}`.
    fn profile(&self, kind: ProfileType, json: &Json) -> Option<u64> {
        let id = match json {
            Json::Object(object) => match object.get("id").filter(|id| !id.is_null()) {
                Some(id) => whole(id)?,
                None => self.by_external_id(kind, &key_text(object.get("externalid")?)?)?,
            },
            number => whole(number)?,
        };
        self.state.record((kind, id)).map(|_| id)
    }

    fn by_external_id(&self, kind: ProfileType, key: &str) -> Option<u64> {
        let lookups = self.state.profile_lookups(kind)?;
        let same = |id: &u64| self.state.record((kind, *id)).is_some_and(|record| record.text("externalid") == key);
        lookups.with_external_id(key).find(same)
    }

    /// An address of a company; without `companyid` the company that has such an entry (*assumed*).
    fn location(&self, json: &Json) -> Option<Value> {
        let object = json.as_object()?;
        let entry = EntryId::new(whole(object.get("id")?)?);
        let has_entry = |company: &&crate::icims::model::Company| {
            company.record.entries("addresses").iter().any(|address| address.entry == Some(entry))
        };
        let company = match object.get("companyid").filter(|id| !id.is_null()) {
            Some(id) => self.state.company(CompanyId::new(whole(id)?)).filter(has_entry)?,
            None => self.state.companies().find(has_entry)?,
        };
        Some(Value::Location { company: company.id, entry })
    }
}

fn limited(field: &Field, text: &str) -> Result<String, Refusal> {
    if text.chars().count() > field.max {
        return Err(Refusal::TooLong { field: field.name.into(), max: field.max });
    }
    Ok(text.to_owned())
}

fn key_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, also as digits in a string (*assumed* to be tolerated for ids).
pub(in crate::icims) fn whole(json: &Json) -> Option<u64> {
    json.as_u64().or_else(|| json.as_str()?.parse().ok())
}

/// The label itself, as drop-downs are written (icims-api 5.7).
fn choice(labels: &[&str], json: &Json) -> Option<String> {
    let label = json.as_str()?;
    labels.contains(&label).then(|| label.to_owned())
}

/// An amount; only salaries have a time frame.
fn money(json: &Json, salary: bool) -> Option<Value> {
    let object = json.as_object()?;
    let amount = object.get("amount")?.as_number()?.clone();
    let currency = object.get("currency")?.as_str()?;
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let timeframe = match object.get("timeframe").filter(|frame| salary && !frame.is_null()) {
        None => None,
        Some(frame) => Some(frame.as_str().filter(|frame| TIMEFRAMES.contains(frame))?.to_owned()),
    };
    Some(Value::Money(Box::new(Money { amount, currency: currency.to_owned(), timeframe })))
}

const TIMEFRAMES: [&str; 5] = ["Hourly", "Daily", "Weekly", "Monthly", "Yearly"];

/// `yyyy-mm-dd`.
pub(in crate::icims) fn read_date(text: &str) -> Option<Date> {
    Date::strptime("%Y-%m-%d", text).ok().filter(|date| (1000..=9998).contains(&date.year()))
}

/// `yyyy-mm-dd hh:mm AM`, in UTC; a single-digit hour is accepted (icims-api 10.5).
pub(in crate::icims) fn read_date_time(text: &str) -> Option<Timestamp> {
    let moment = DateTime::strptime("%Y-%m-%d %I:%M %p", text).ok()?;
    let moment = moment.to_zoned(TimeZone::UTC).ok()?;
    (1000..=9998).contains(&moment.year()).then(|| moment.timestamp())
}

/// The text form of a moment, `yyyy-mm-dd hh:mm AM` in UTC.
#[must_use]
pub(in crate::icims) fn date_time_text(at: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(at);
    let (hour, half) = (at.hour(), if at.hour() < 12 { "AM" } else { "PM" });
    let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
    format!("{} {hour:02}:{:02} {half}", at.date(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_times_use_the_twelve_hour_clock_in_utc() {
        let check = |text: &str, normal: &str| {
            assert_eq!(read_date_time(text).map(date_time_text).as_deref(), Some(normal), "{text}");
        };
        check("2031-03-04 02:31 PM", "2031-03-04 02:31 PM");
        check("2031-03-04 4:00 AM", "2031-03-04 04:00 AM");
        check("2031-03-04 12:00 AM", "2031-03-04 12:00 AM");
        check("2031-03-04 12:00 PM", "2031-03-04 12:00 PM");
        for wrong in ["", "2031-03-04", "2031-03-04 14:31", "2031-13-04 02:31 PM", "04/03/2031 02:31 PM", "2031-03-04T14:31:00Z"]
        {
            assert_eq!(read_date_time(wrong), None, "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_date_readers_panic(text in "\\PC{0,40}|[0-9]{1,5}-[0-9]{1,3}-[0-9]{1,3} [0-9]{1,2}:[0-9]{1,2} [AP]M") {
            let _ = read_date(&text);
            if let Some(at) = read_date_time(&text) {
                proptest::prop_assert_eq!(read_date_time(&date_time_text(at)), Some(at));
            }
        }
    }
}
