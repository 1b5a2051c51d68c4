//! Profiles as JSON (icims-api 5.3 to 5.7): a field without a value, or hidden from the user, is not a key.

use serde_json::{Number, Value as Json, json};

use crate::icims::model::{Entry, FileRef, Money, NodeId, OnboardingId, ProfileKey, Record, Value, WorkflowId};
use crate::icims::schema::{Field, Kind, ProfileType};
use crate::icims::state::CustomerState;
use crate::icims::state::changes::Warning;
use crate::icims::state::date_time_text;
use crate::icims::state::onboarding::{NEW_HIRE_CATEGORY, NEW_HIRE_LABEL};
use crate::icims::state::users::Rights;
use crate::icims::urls::Urls;

use super::shown::{Object, Shown};

/// What no field of any type is called.
pub(super) const LINKS: &str = "links";

/// Writes profiles of one customer.
pub(super) struct Writer<'a> {
    pub(super) state: &'a CustomerState,
    pub(super) urls: &'a Urls,
    /// What the caller may not see.
    pub(super) rights: &'a Rights,
}

impl<'a> Writer<'a> {
    /// A profile with the requested fields, or with the default set.
    pub(super) fn profile(
        &self,
        key: ProfileKey,
        record: &'a Record,
        requested: Option<&[String]>,
    ) -> (Object<'a>, Vec<Warning>) {
        let (mut body, mut warnings) = (Object::new(), Vec::new());
        let fields: Vec<&Field> = match requested {
            None => key.0.fields().iter().filter(|field| field.shown).collect(),
            Some(names) => {
                let unknown = names.iter().filter(|name| key.0.field(name).is_none());
                warnings.extend(unknown.map(|name| Warning::unknown_field(name)));
                names.iter().filter_map(|name| key.0.field(name)).collect()
            }
        };
        for field in fields {
            // A field that is named twice is not written twice.
            if body.contains_key(field.name) || self.rights.hides(key.0, field.name) {
                continue;
            }
            if let Some(value) = self.field(key, record, field) {
                body.insert(field.name, value);
            }
        }
        body.insert(LINKS, self.links(key));
        (body, warnings)
    }

    /// The value of one field; `None` when there is none.
    pub(super) fn field(&self, key: ProfileKey, record: &'a Record, field: &Field) -> Option<Shown<'a>> {
        match field.kind {
            Kind::System => self.system(key, record, field.name),
            _ => Some(self.value(key, field, record.fields.get(field.name)?)),
        }
    }

    /// One entry of a collection.
    pub(super) fn entry(&self, key: ProfileKey, collection: &str, children: &[Field], entry: &'a Entry) -> Object<'a> {
        let mut body = Object::new();
        if let Some(id) = entry.entry {
            body.insert("entry", id.get().into());
        }
        for child in children {
            match (entry.fields.get(child.name), entry.entry) {
                (Some(Value::File(file)), Some(id)) => {
                    let base = self.urls.entry(key, collection, id);
                    body.insert(child.name, file_json(&base, child.name, file).into());
                }
                (Some(value), _) => {
                    body.insert(child.name, self.value(key, child, value));
                }
                (None, _) => {}
            }
        }
        body
    }

    /// A list node as a field value. Countries and states have a short form instead of a formatted value (icims-api 5.7).
    fn node(&self, id: &NodeId) -> Shown<'a> {
        let text = self.state.node_text(id);
        let abbrev = self.state.node(id).and_then(|node| node.abbrev.as_deref());
        let id = id.to_string().into();
        match abbrev {
            Some(abbrev) => Shown::ordered([("abbrev", abbrev.into()), ("id", id), ("value", text.into())]),
            None => Shown::ordered([("formattedvalue", text.clone().into()), ("id", id), ("value", text.into())]),
        }
    }

    /// The status history, newest first (icims-api 7.6).
    pub(super) fn status_log(&self, id: WorkflowId) -> Shown<'a> {
        let log = self.state.workflow(id).map_or(&[][..], |workflow| &workflow.log);
        let newest_first = log.iter().rev();
        newest_first
            .map(|change| {
                Shown::ordered([
                    ("status", self.node(&change.status)),
                    ("updatedBy", self.reference((ProfileType::People, change.by.get()))),
                    ("updatedDate", date_time_text(change.at).into()),
                ])
            })
            .collect()
    }

    fn value(&self, key: ProfileKey, field: &Field, value: &'a Value) -> Shown<'a> {
        match (value, field.kind) {
            (Value::Text(text), _) => text.as_str().into(),
            (Value::Number(number), _) => Json::from(*number).into(),
            (Value::Decimal(number), _) => Json::Number(number.clone()).into(),
            (Value::Date(date), _) => date.to_string().into(),
            (Value::DateTime(at), _) => date_time_text(*at).into(),
            (Value::Flag(flag), _) => Json::from(*flag).into(),
            (Value::Node(id), _) => self.node(id),
            (Value::Nodes(ids), _) => ids.iter().map(|id| self.node(id)).collect(),
            (Value::Profile(id), Kind::Profile(kind)) => self.reference((kind, *id)),
            (Value::Profile(id), _) => Json::from(*id).into(),
            (Value::Location { company, entry }, _) => json!({
                "id": entry, "companyid": company,
                "address": self.urls.entry((ProfileType::Companies, company.get()), "addresses", entry),
                "value": self.state.location_text(*company, *entry),
            })
            .into(),
            (Value::Money(money), _) => {
                let Money { amount, currency, timeframe } = money.as_ref();
                let mut money = json!({"amount": amount, "currency": currency, "amountstring": amount_text(amount)});
                if let Some(timeframe) = timeframe {
                    money["timeframe"] = timeframe.as_str().into();
                }
                money.into()
            }
            (Value::Entries(entries), Kind::Entries(children)) => {
                entries.iter().map(|entry| Shown::Object(self.entry(key, field.name, children, entry))).collect()
            }
            (Value::File(file), _) => file_json(&self.urls.profile(key), field.name, file).into(),
            (Value::Entries(_), _) => Shown::List(Vec::new()),
        }
    }

    fn reference(&self, key: ProfileKey) -> Shown<'a> {
        let name = self.state.profile_name(key).unwrap_or_default();
        Shown::ordered([("id", key.1.into()), ("profile", self.urls.profile(key).into()), ("value", name.into())])
    }

    /// The base profile of every onboarding workflow. Its type is not simulated, so that its address answers `501`.
    fn new_hire_category(&self) -> Shown<'a> {
        Shown::ordered([
            ("id", NEW_HIRE_CATEGORY.into()),
            ("profile", self.urls.new_hire_category(NEW_HIRE_CATEGORY).into()),
            ("value", NEW_HIRE_LABEL.into()),
        ])
    }

    fn system(&self, key: ProfileKey, record: &Record, name: &str) -> Option<Shown<'a>> {
        match name {
            "id" => Some(key.1.into()),
            "createddate" => Some(date_time_text(record.created).into()),
            "updateddate" => Some(date_time_text(record.updated).into()),
            "jobid" => Some(self.state.job(crate::icims::model::JobId::new(key.1))?.display_id().into()),
            "baseprofile" => Some(self.new_hire_category()),
            "submittalstatuslog" => Some(self.status_log(WorkflowId::new(key.1))),
            _ => None,
        }
    }

    /// All of them say `rel: self`; only the titles differ (icims-api 5.6).
    fn links(&self, key: ProfileKey) -> Shown<'a> {
        let link = |title: &'static str, url: String| {
            Shown::ordered([("rel", "self".into()), ("title", title.into()), ("url", url.into())])
        };
        let ends = match key.0 {
            ProfileType::Workflows => self
                .state
                .workflow(WorkflowId::new(key.1))
                .map(|workflow| (self.urls.profile((ProfileType::Jobs, workflow.job.get())), workflow.person)),
            ProfileType::Onboarding => self
                .state
                .onboarding(OnboardingId::new(key.1))
                .map(|onboarding| (self.urls.new_hire_category(NEW_HIRE_CATEGORY), onboarding.person)),
            ProfileType::People | ProfileType::Jobs | ProfileType::Companies => None,
        };
        let mut links = vec![link("The current profile being viewed.", self.urls.profile(key))];
        if let Some((base, person)) = ends {
            links.push(link("The base profile of this workflow.", base));
            let person = self.urls.profile((ProfileType::People, person.get()));
            links.push(link("The associated profile of this workflow.", person));
        }
        Shown::List(links)
    }
}

/// A file by its address; the other keys are *assumed* (icims-api 5.7).
fn file_json(base: &str, field: &str, file: &FileRef) -> Json {
    json!({
        "file": format!("{base}/fields/{field}/binary"), "filename": file.name, "contenttype": file.media, "size": file.size,
        "uploaddate": date_time_text(file.uploaded),
    })
}

/// `52,000.00`
fn amount_text(amount: &Number) -> String {
    let cents = format!("{:.2}", amount.as_f64().unwrap_or_default());
    let (sign, digits) = cents.strip_prefix('-').map_or(("", cents.as_str()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_by_thousands() {
        let check = |amount: Json, text: &str| assert_eq!(amount_text(amount.as_number().expect("a number")), text);
        check(json!(52000), "52,000.00");
        check(json!(999.5), "999.50");
        check(json!(-1234567), "-1,234,567.00");
    }
}
