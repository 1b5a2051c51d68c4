//! Whether Harver recognises the label of a package, for warnings. The List Editor takes any text, as the real one does.

/// How a package reads.
pub(super) const FORMAT: &str = "Harver <vacancy name> – <vacancy id>";
/// How many digits a vacancy's id has.
const ID_DIGITS: usize = 24;

/// What Harver makes of a label (assessment-flow 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A package of Harver's.
    Package,
    /// The word Harver is not in front: the package of another vendor.
    OtherVendor,
    /// The word Harver is in front and the rest cannot be read, for this reason.
    Wrong(&'static str),
}

impl Reading {
    /// Reads a label: the word Harver whatever its case, a name, any dash, the id.
    pub(super) fn of(label: &str) -> Self {
        let label = label.trim();
        let is_dash = |letter: char| matches!(letter, '–' | '—' | '-');
        let Some(word) = label.get(..6).filter(|word| word.eq_ignore_ascii_case("harver")) else { return Self::OtherVendor };
        let rest = &label[word.len()..];
        if !rest.is_empty() && !rest.starts_with(|next: char| next.is_whitespace() || is_dash(next)) {
            return Self::OtherVendor;
        }
        let Some((name, id)) = rest.rsplit_once(is_dash) else { return Self::Wrong("There is no dash before the vacancy id.") };
        let id = id.trim();
        if id.len() != ID_DIGITS || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Self::Wrong("It does not end with a vacancy id, which has 24 digits from 0 to 9 and a to f.");
        }
        match name.trim().trim_start_matches(is_dash).trim() {
            "" => Self::Wrong("There is no vacancy name between the word Harver and the dash."),
            _ => Self::Package,
        }
    }

    /// What to tell whoever enters such a label, with the right format; empty if there is nothing to tell.
    pub(super) fn warning(self) -> String {
        match self {
            Self::Package => String::new(),
            Self::OtherVendor => {
                format!(
                    "Harver takes this for another vendor's package: it does not begin with the word Harver. A package of Harver's reads {FORMAT}."
                )
            }
            Self::Wrong(reason) => format!("Harver will not recognise this package. {reason} It has to read {FORMAT}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_harvers_another_vendors_or_wrong() {
        let id = "64d93f0b7c1e2a0045ff9a10";
        let check = |label: &str, package: bool| assert_eq!(Reading::of(label) == Reading::Package, package, "{label}");
        check(&format!("Harver Night Dispatcher – {id}"), true);
        check(&format!(" harver Night-Shift Dispatcher - {id} "), true);
        check(&format!("Harver – Dispatcher — {}", id.to_uppercase()), true);
        check(&format!("Harver Night Dispatcher {id}"), false);
        check(&format!("Harver – {id}"), false);
        check(&format!("Harver Night Dispatcher – {}", &id[1..]), false);
        check("Harver", false);
        assert_eq!(Reading::of("Harvester Skills – 1"), Reading::OtherVendor);
        assert_eq!(Reading::of("Überprüfung"), Reading::OtherVendor);
        assert!(Reading::of("Harver Night Dispatcher").warning().contains(FORMAT));
        assert!(Reading::of("Northwind Typing Test").warning().contains("begin with the word Harver"));
    }
}
