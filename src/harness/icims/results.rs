//! Assessment results as the API tells them.

use serde_json::Value;

/// One line of the section Assessments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::harness) struct ResultLine {
    pub(in crate::harness) name: String,
    pub(in crate::harness) status: String,
    pub(in crate::harness) score: String,
    pub(in crate::harness) recommendation: String,
    pub(in crate::harness) notes: String,
    pub(in crate::harness) report: String,
}

impl ResultLine {
    pub(super) fn read(line: &Value) -> Self {
        Self {
            name: label(&line["assessmentname"]),
            status: label(&line["assessmentstatus"]),
            score: label(&line["assessmentscore"]),
            recommendation: label(&line["assessmentresult"]),
            notes: label(&line["assessmentnotes"]),
            report: label(&line["assessmenturl"]),
        }
    }
}

/// What people read of a value: a list entry's label, a text, a number.
pub(in crate::harness) fn label(value: &Value) -> String {
    match value {
        Value::Object(node) => node.get("value").or_else(|| node.get("formattedvalue")).map(label).unwrap_or_default(),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
