//! The assessment package as iCIMS names it.

use std::fmt;

use super::ids::VacancyId;

/// A label of the form `Harver <vacancy name> – <vacancy id>` (setup guide, "From Harver to share with iCIMS"; promise G03).
///
/// On reading, en dash, em dash and hyphen are accepted, with or without spaces; on writing it is an en dash between spaces. The
/// vacancy is told from the id alone: names change, and may contain dashes themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageLabel {
    raw: String,
    name: String,
    vacancy: VacancyId,
}

/// Why a label does not name a Harver package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAHarverPackage {
    /// The word Harver is not in front.
    #[error("{0:?} does not begin with the word Harver, so it is another vendor's package")]
    OtherVendor(String),
    /// The word Harver is there, but the rest cannot be read.
    #[error("{0:?} is not written as \"Harver <vacancy name> – <vacancy id>\", with the 24-digit vacancy id at the end")]
    WronglyFormatted(String),
}

impl PackageLabel {
    /// Reads a label as it stands in the list in iCIMS.
    ///
    /// # Errors
    /// When it belongs to another vendor, or is Harver's and cannot be read.
    pub fn parse(text: &str) -> Result<Self, NotAHarverPackage> {
        let raw = text.trim();
        let other_vendor = || NotAHarverPackage::OtherVendor(raw.to_owned());
        let wrong = || NotAHarverPackage::WronglyFormatted(raw.to_owned());
        let prefix = raw.get(..6).filter(|word| word.eq_ignore_ascii_case("harver")).ok_or_else(other_vendor)?;
        let rest = &raw[prefix.len()..];
        if !rest.is_empty() && !rest.starts_with(|next: char| next.is_whitespace() || is_dash(next)) {
            return Err(other_vendor());
        }
        let (name, id) = rest.rsplit_once(is_dash).ok_or_else(wrong)?;
        let name = name.trim().trim_start_matches(is_dash).trim();
        let vacancy = id.trim().parse().map_err(|_| wrong())?;
        if name.is_empty() {
            return Err(wrong());
        }
        Ok(Self { raw: raw.to_owned(), name: name.to_owned(), vacancy })
    }

    /// The label that stands for a vacancy, or `None` when the vacancy has no name.
    #[must_use]
    pub fn for_vacancy(name: &str, vacancy: &VacancyId) -> Option<Self> {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        Self::parse(&format!("Harver {name} – {vacancy}")).ok()
    }

    /// The label as it stands in iCIMS: a result row must name the package by exactly these characters.
    #[must_use]
    pub fn as_listed(&self) -> &str {
        &self.raw
    }

    /// The vacancy's name; informative only.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The vacancy that the package stands for.
    #[must_use]
    pub fn vacancy(&self) -> &VacancyId {
        &self.vacancy
    }
}

impl fmt::Display for PackageLabel {
    /// The label as it should be loaded into iCIMS.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Harver {} – {}", self.name, self.vacancy)
    }
}

fn is_dash(character: char) -> bool {
    matches!(character, '–' | '—' | '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "64c20d1e5f7a8b0012ab34cd";

    #[test]
    fn the_guides_format_is_read_with_any_dash() {
        for dash in [" – ", " - ", " — ", "–", "-", "  –"] {
            let label = PackageLabel::parse(&format!("Harver Call Centre Advisor{dash}{ID}")).expect("a Harver label");
            assert_eq!((label.name(), label.vacancy().as_str()), ("Call Centre Advisor", ID));
            assert_eq!(label.to_string(), format!("Harver Call Centre Advisor – {ID}"));
        }
    }

    #[test]
    fn dashes_in_the_name_belong_to_the_name() {
        let label = PackageLabel::parse(&format!("harver Call-Centre – Night – {ID}")).expect("a Harver label");
        assert_eq!(label.name(), "Call-Centre – Night");
    }

    #[test]
    fn another_vendors_package_is_told_from_a_mistake() {
        for other in ["Dispatcher Aptitude v3", "Harverland Test – 64c20d1e5f7a8b0012ab34cd", "", "Hä"] {
            assert!(matches!(PackageLabel::parse(other), Err(NotAHarverPackage::OtherVendor(_))), "{other:?}");
        }
        for wrong in ["Harver", "Harver Call Centre Advisor", "Harver Advisor – 64c2", "Harver – 64c20d1e5f7a8b0012ab34cd"] {
            assert!(matches!(PackageLabel::parse(wrong), Err(NotAHarverPackage::WronglyFormatted(_))), "{wrong:?}");
        }
    }

    #[test]
    fn the_label_of_a_vacancy_is_in_the_guides_format() {
        let id = ID.parse().expect("24 digits");
        let label = PackageLabel::for_vacancy(" Call  Centre – Advisor\n", &id).expect("a name");
        assert_eq!(label.as_listed(), format!("Harver Call Centre – Advisor – {ID}"));
        assert_eq!(PackageLabel::for_vacancy(" ", &id), None);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}") {
            let _ = PackageLabel::parse(&text);
            let _ = PackageLabel::parse(&format!("Harver{text}"));
        }

        #[test]
        fn what_is_written_is_read_back(name in "[A-Za-z][A-Za-z –-]{0,30}[A-Za-z]") {
            let written = PackageLabel::parse(&format!("Harver {name} – {ID}")).expect("a Harver label").to_string();
            let read = PackageLabel::parse(&written).expect("what we write");
            prop_assert_eq!(read.to_string(), written);
        }
    }
}
