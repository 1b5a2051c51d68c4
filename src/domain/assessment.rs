//! What came of an assessment.

use jiff::Timestamp;

use super::text::cut_to;

/// A matching score between 0 and 100 (harver-platform.md 2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score(f64);

impl Score {
    /// Reads a score; `None` outside 0 to 100.
    #[must_use]
    pub fn parse(number: f64) -> Option<Self> {
        (0.0..=100.0).contains(&number).then_some(Self(number))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// The verdict that recruiters see: the label of the score's bracket, such as "Great Fit".
///
/// iCIMS holds at most 128 characters of it (assessment-flow.md 4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recommendation(String);

impl Recommendation {
    const LIMIT: usize = 128;

    /// Reads a label; `None` when it is blank. Longer ones are cut.
    #[must_use]
    pub fn parse(label: &str) -> Option<Self> {
        let label = label.trim();
        (!label.is_empty()).then(|| Self(cut_to(label, Self::LIMIT)))
    }

    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One scored aspect, such as "Accuracy 81".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// What was scored.
    pub name: String,
    /// The score as the platform writes it.
    pub score: String,
}

/// A finished assessment.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// When the candidate finished.
    pub completed_at: Timestamp,
    /// The overall score; absent when the vacancy does not score.
    pub score: Option<Score>,
    /// The verdict; absent when no labels are configured.
    pub recommendation: Option<Recommendation>,
    /// The scored aspects, in the platform's order.
    pub indicators: Vec<Indicator>,
}

impl Assessment {
    const NOTES_LIMIT: usize = 192;

    /// One line for the notes in iCIMS, such as `Accuracy 81 | Service 74`; `None` when there is nothing to say.
    ///
    /// At most 192 characters (assessment-flow.md 4.4).
    #[must_use]
    pub fn notes(&self) -> Option<String> {
        let parts: Vec<String> = self.indicators.iter().map(|one| format!("{} {}", one.name.trim(), one.score.trim())).collect();
        (!parts.is_empty()).then(|| cut_to(&parts.join(" | "), Self::NOTES_LIMIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assessment(indicators: usize) -> Assessment {
        let indicators = (0..indicators).map(|n| Indicator { name: format!("Indicator {n}"), score: "81".into() }).collect();
        Assessment { completed_at: Timestamp::UNIX_EPOCH, score: None, recommendation: None, indicators }
    }

    #[test]
    fn notes_list_the_indicators_and_fit_the_field() {
        assert_eq!(assessment(2).notes().as_deref(), Some("Indicator 0 81 | Indicator 1 81"));
        assert_eq!(assessment(0).notes(), None);
        assert!(assessment(40).notes().expect("notes").chars().count() <= 192);
    }

    #[test]
    fn a_score_is_between_0_and_100() {
        assert!(Score::parse(0.0).is_some() && Score::parse(100.0).is_some());
        assert!(Score::parse(-0.1).is_none() && Score::parse(100.1).is_none() && Score::parse(f64::NAN).is_none());
    }

    #[test]
    fn a_long_recommendation_is_cut() {
        assert_eq!(Recommendation::parse(&"x".repeat(200)).expect("a label").as_str().chars().count(), 128);
        assert!(Recommendation::parse("  ").is_none());
    }
}
