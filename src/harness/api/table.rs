//! The tables below sentences: names with values.

use anyhow::{Context, Result, bail};
use cucumber::gherkin::Step;

use super::variables::Variables;

/// Names with values, in their order. A name may stand there several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::harness) struct Rows(Vec<(String, String)>);

impl Rows {
    /// The rows of a table with a name and a value each.
    ///
    /// # Errors
    /// When there is no table, or a row has more or less.
    pub(in crate::harness) fn of(step: &Step) -> Result<Self> {
        let rows = table(step)?.iter().map(|row| match row.as_slice() {
            [name, value] if !name.is_empty() => Ok((name.clone(), value.clone())),
            _ => bail!("a row of this table is a name and its value: | name | value |, and not | {} |", row.join(" | ")),
        });
        rows.collect::<Result<_>>().map(Self)
    }

    /// The columns `Name` and `Value` of a table with titles; others are for readers.
    ///
    /// # Errors
    /// When there is no such table.
    pub(in crate::harness) fn titled(step: &Step) -> Result<Self> {
        let (titles, rows) = table(step)?.split_first().context("the table is empty")?;
        let column = |title: &str| {
            let found = titles.iter().position(|column| column.eq_ignore_ascii_case(title));
            found.with_context(|| format!("the table has no column {title}: it begins with | Name | Value |"))
        };
        let (name, value) = (column("Name")?, column("Value")?);
        if rows.is_empty() {
            bail!("the table has nothing below its titles");
        }
        Ok(Self(rows.iter().map(|row| (row[name].clone(), row[value].clone())).collect()))
    }

    /// The same with the values of variables.
    pub(super) fn filled(&self, variables: &Variables) -> Result<Vec<(String, String)>> {
        self.0.iter().map(|(name, value)| Ok((variables.fill(name)?, variables.fill(value)?))).collect()
    }

    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// The value beside a name of a header, whatever its capitals.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

fn table(step: &Step) -> Result<&[Vec<String>]> {
    Ok(&step.table().context("this sentence wants a table below it")?.rows)
}
