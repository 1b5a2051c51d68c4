//! What somebody looks for on a page: something of a role with a label, as a screen reader announces it.

use std::fmt;

use anyhow::{Result, ensure};

/// What people can see and use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harness) enum Role {
    Link,
    Button,
    Switch,
    /// Opens what is folded away: a menu, or details.
    Disclosure,
    TextField,
    DropDown,
    CheckBox,
    RadioButton,
    Heading,
}

impl Role {
    /// The computed roles that it has in the browser.
    fn computed(self) -> &'static [&'static str] {
        match self {
            Self::Link => &["link"],
            Self::Button => &["button"],
            Self::Switch => &["switch"],
            // Chromium's own words: ARIA has none for the summary of details.
            Self::Disclosure => &["DisclosureTriangle", "DisclosureTriangleGrouped"],
            Self::TextField => &["textbox", "searchbox"],
            Self::DropDown => &["combobox"],
            Self::CheckBox => &["checkbox"],
            Self::RadioButton => &["radio"],
            Self::Heading => &["heading"],
        }
    }

    /// Where in a document it may be: as the browser is asked for role and label of each, the fewer the better.
    fn elements(self) -> &'static str {
        match self {
            Self::Link => "self::a",
            Self::Button | Self::Switch => "self::button",
            Self::Disclosure => "self::summary",
            Self::TextField => "self::input or self::textarea",
            Self::DropDown => "self::select",
            Self::CheckBox | Self::RadioButton => "self::input",
            Self::Heading => "self::h1 or self::h2 or self::h3",
        }
    }

    /// Whether its label stands beside it instead of in it.
    fn is_labelled(self) -> bool {
        matches!(self, Self::TextField | Self::DropDown | Self::CheckBox | Self::RadioButton)
    }
}

/// Something on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::harness) struct Spot {
    role: Role,
    label: String,
    /// The part of the page in which it is, by its label; where a page has several of the same label.
    part: Option<String>,
}

impl Spot {
    pub(in crate::harness) fn new(role: Role, label: &str) -> Self {
        Self { role, label: label.to_owned(), part: None }
    }

    pub(in crate::harness) fn link(label: &str) -> Self {
        Self::new(Role::Link, label)
    }

    pub(in crate::harness) fn button(label: &str) -> Self {
        Self::new(Role::Button, label)
    }

    /// The same, in a part of the page.
    pub(in crate::harness) fn within(self, part: &str) -> Self {
        Self { part: Some(part.to_owned()), ..self }
    }

    pub(super) fn role(&self) -> Role {
        self.role
    }

    /// Whether the browser announces something as this.
    pub(super) fn is(&self, role: &str, label: &str) -> bool {
        self.role.computed().contains(&role) && label == self.label
    }

    /// What may be it, as a path: the browser knows more of labels than a path can say, so each is asked for.
    pub(super) fn path(&self) -> Result<String> {
        let (label, elements) = (quoted(&self.label)?, self.role.elements());
        let reads = format!("starts-with(normalize-space(.), {label})");
        let of_its_own = format!("starts-with(@aria-label, {label})");
        let called = if self.role.is_labelled() {
            format!("{of_its_own} or @id = //label[{reads}]/@for or ancestor::label[{reads}]")
        } else {
            format!("{of_its_own} or {reads}")
        };
        let part = match &self.part {
            None => String::new(),
            Some(part) => {
                let part = quoted(part)?;
                format!("//*[@aria-label = {part} or @aria-labelledby = //*[normalize-space(.) = {part}]/@id]")
            }
        };
        Ok(format!("{part}//*[{elements}][{called}]"))
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.role, self.label)?;
        self.part.as_ref().map_or(Ok(()), |part| write!(f, " in {part:?}"))
    }
}

/// A text in a path, which knows no escapes.
pub(super) fn quoted(text: &str) -> Result<String> {
    ensure!(!text.contains('\'') || !text.contains('"'), "a label with both kinds of quotation marks: {text}");
    Ok(if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_looked_for_by_its_label_and_everything_else_by_what_it_says() {
        let link = Spot::link("ATS to Harver").within("Parts of Credentials").path().expect("a path");
        assert!(link.starts_with("//*[@aria-label = 'Parts of Credentials' or "), "{link}");
        assert!(
            link.ends_with(
                "//*[self::a][starts-with(@aria-label, 'ATS to Harver') or starts-with(normalize-space(.), 'ATS to Harver')]"
            ),
            "{link}"
        );
        let field = Spot::new(Role::DropDown, "Add to").path().expect("a path");
        assert!(field.contains("@id = //label[starts-with(normalize-space(.), 'Add to')]/@for"), "{field}");
    }

    #[test]
    fn labels_may_have_one_kind_of_quotation_mark() {
        assert!(Spot::button("Open Ana's report").path().expect("a path").contains("\"Open Ana's report\""));
        assert!(Spot::button("\"Open\" Ana's report").path().is_err());
    }

    #[test]
    fn what_is_announced_otherwise_is_something_else() {
        let save = Spot::button("Save");
        assert!(save.is("button", "Save"));
        for (role, label) in [("link", "Save"), ("button", "Save with the default field"), ("button", "")] {
            assert!(!save.is(role, label), "{role} {label}");
        }
        assert!(Spot::new(Role::TextField, "Search").is("searchbox", "Search"));
    }
}
