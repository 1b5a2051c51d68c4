//! From answers to a label, the same every time.
//!
//! answers → module scores (0–100) → matching indicators (weighted means of modules) → matching score (weighted mean of
//! indicators, one decimal) → label of the bracket it falls into. An indicator that falls into a bracket with a cut-off forces
//! the lowest overall label, whatever the total (documented, `harver-platform.md` 2). The arithmetic is *assumed*.
//!
//! How to aim with the default flow (choices are worth 100, 60, 25, 0 from `a` to `d`; the scale's 1 to 9 is 0 to 100; a text is
//! worth the share of its words that were copied exactly):
//!
//! | label | `sjt`, `cognitive` | `personality` | `typing` | score |
//! |---|---|---|---|---|
//! | Great Fit (70 and more) | `a` everywhere | 9 everywhere | exact | 100 |
//! | Good Fit (45 and more) | `b` everywhere | 5 everywhere | exact | 66 |
//! | Poor Fit | `d` everywhere | 1 everywhere | anything else | 0 |
//! | Poor Fit by cut-off | `a` in `sjt`, `d` in `cognitive` | 9 everywhere | exact | 70 |

use serde::{Deserialize, Serialize};

use super::model::{Answers, Application, Bracket, Module, ModuleContent, Vacancy};

/// The result of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The matching score in tenths, 0 to 1000.
    pub score_tenths: u32,
    /// Id of the overall bracket, when labels are configured.
    pub bracket: Option<String>,
    /// Scores of the scorable modules, in the order of the flow.
    pub modules: Vec<ModuleScore>,
    /// Scores of the indicators, in the order of the profile.
    pub indicators: Vec<IndicatorScore>,
}

impl Outcome {
    /// The matching score, 0 to 100 with one decimal.
    #[must_use]
    pub fn score(&self) -> f64 {
        f64::from(self.score_tenths) / 10.0
    }

    /// The matching score, 0 to 100, rounded.
    #[must_use]
    pub fn rounded(&self) -> u32 {
        (self.score_tenths + 5) / 10
    }
}

/// The score of one module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleScore {
    /// Key of the module.
    pub module: String,
    /// 0 to 100.
    pub score: u32,
}

/// The score of one indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorScore {
    /// Id of the indicator.
    pub indicator: String,
    /// 0 to 100.
    pub score: u32,
    /// Id of the bracket it falls into.
    pub bracket: Option<String>,
    /// Whether that bracket cuts off.
    pub fail: bool,
}

/// The result of an application whose modules are all answered. A module without answers counts as 0.
#[must_use]
pub fn outcome(vacancy: &Vacancy, application: &Application) -> Outcome {
    let none = Answers::new();
    let scorable = vacancy.settings.modules.iter().filter(|module| module.is_scorable());
    let modules: Vec<ModuleScore> = scorable
        .map(|module| ModuleScore {
            module: module.key.clone(),
            score: module_score(module, application.answers.get(&module.key).unwrap_or(&none)),
        })
        .collect();
    let profile = &vacancy.settings.profile;
    let score_of = |key: &str| modules.iter().find(|found| found.module == key).map_or(0, |found| found.score);
    let indicators: Vec<IndicatorScore> = profile
        .indicators
        .iter()
        .map(|indicator| {
            let parts = indicator.parts.iter().map(|part| (score_of(&part.module), part.weight));
            let score = weighted_mean(parts, 1);
            let bracket = bracket_of(&indicator.brackets, score);
            IndicatorScore {
                indicator: indicator.id.clone(),
                score,
                bracket: bracket.map(|found| found.id.clone()),
                fail: bracket.is_some_and(|found| found.cutoff),
            }
        })
        .collect();
    let score_tenths = weighted_mean(indicators.iter().zip(&profile.indicators).map(|(score, of)| (score.score, of.weight)), 10);
    let cut_off = indicators.iter().any(|indicator| indicator.fail);
    let bracket = if cut_off { profile.brackets.last() } else { bracket_of(&profile.brackets, score_tenths / 10) };
    Outcome { score_tenths, bracket: bracket.map(|found| found.id.clone()), modules, indicators }
}

/// The mean of scores by weight, times `scale`, rounded. Zero when nothing weighs anything.
fn weighted_mean(scores: impl Iterator<Item = (u32, u8)>, scale: u32) -> u32 {
    let (sum, weights) = scores.fold((0_u32, 0_u32), |(sum, weights), (score, weight)| {
        let weight = u32::from(weight);
        (sum + score * weight * scale, weights + weight)
    });
    (sum + weights / 2).checked_div(weights).unwrap_or(0)
}

/// The highest bracket whose threshold the score reaches.
fn bracket_of(brackets: &[Bracket], score: u32) -> Option<&Bracket> {
    brackets.iter().find(|bracket| score >= u32::from(bracket.threshold))
}

/// 0 to 100: the mean of what the answers are worth.
fn module_score(module: &Module, answers: &Answers) -> u32 {
    let answer = |position: usize| answers.get(&super::model::question_name(position)).map_or("", String::as_str);
    let worths: Vec<u32> = match &module.content {
        ModuleContent::Content { .. } => Vec::new(),
        ModuleContent::SituationalJudgement { questions } | ModuleContent::Cognitive { questions } => questions
            .iter()
            .enumerate()
            .map(|(position, question)| {
                let chosen = (0..question.choices.len()).find(|at| super::model::letter(*at) == answer(position));
                chosen.map_or(0, |at| u32::from(question.choices[at].points.min(100)))
            })
            .collect(),
        ModuleContent::Personality { statements } => {
            (0..statements.len()).map(|position| scale_worth(answer(position))).collect()
        }
        ModuleContent::Typing { tasks } => {
            tasks.iter().enumerate().map(|(position, task)| copy_worth(&task.text, answer(position))).collect()
        }
    };
    let count = u32::try_from(worths.len()).unwrap_or(u32::MAX).max(1);
    (worths.iter().sum::<u32>() + count / 2) / count
}

/// 1 is 0 points, 9 is 100.
fn scale_worth(answer: &str) -> u32 {
    let point = answer.parse::<u32>().unwrap_or(1).clamp(1, u32::from(super::model::SCALE));
    (point - 1) * 100 / (u32::from(super::model::SCALE) - 1)
}

/// The share of words that stand where they should, of the longer of both texts.
fn copy_worth(wanted: &str, typed: &str) -> u32 {
    let longest = wanted.split_whitespace().count().max(typed.split_whitespace().count()).max(1);
    let right = wanted.split_whitespace().zip(typed.split_whitespace()).filter(|(one, other)| one == other).count();
    u32::try_from(right * 100 / longest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harver_platform::model::{Question, Vacancy};
    use crate::harver_platform::state::samples;
    use proptest::prelude::*;

    /// Answers to the default flow: for each question the rank of the answer, 0 being the best.
    fn scored(ranks: &[u8]) -> Outcome {
        let (mut state, id) = samples::with_vacancy();
        let registered = state.register(&id, samples::registration("ines@example.org"), samples::moment()).expect("open");
        let vacancy = state.vacancy(&id).expect("there").clone();
        let mut application = state.application(&registered.application).expect("there").clone();
        let mut ranks = ranks.iter().copied().cycle();
        for module in &vacancy.settings.modules {
            let answers = module.questions().into_iter().enumerate();
            let answers =
                answers.map(|(at, (name, question))| (name, answer(module, at, &question, ranks.next().unwrap_or(0)))).collect();
            application.answers.insert(module.key.clone(), answers);
        }
        outcome(&vacancy, &application)
    }

    fn answer(module: &Module, position: usize, question: &Question, rank: u8) -> String {
        match (&module.content, question) {
            (ModuleContent::Personality { .. }, _) => (9 - rank * 2).to_string(),
            (_, Question::OneOf(letters)) => letters[usize::from(rank)].clone(),
            (ModuleContent::Typing { tasks }, Question::Text) => {
                let words: Vec<&str> = tasks[position].text.split_whitespace().collect();
                let right = words.len().saturating_sub(usize::from(rank) * 2);
                words
                    .iter()
                    .enumerate()
                    .map(|(at, word)| if at < right { (*word).to_owned() } else { "x".into() })
                    .collect::<Vec<_>>()
                    .join(" ")
            }
            _ => String::new(),
        }
    }

    fn label(vacancy: &Vacancy, outcome: &Outcome) -> String {
        let brackets = &vacancy.settings.profile.brackets;
        brackets.iter().find(|bracket| Some(&bracket.id) == outcome.bracket.as_ref()).expect("configured").name.clone()
    }

    #[test]
    fn the_table_of_the_module_documentation_holds() {
        let (mut state, id) = samples::with_vacancy();
        let registered = state.register(&id, samples::registration("ines@example.org"), samples::moment()).expect("open");
        let vacancy = state.vacancy(&id).expect("there").clone();
        let exact = ["BW-2047-118-K", "Marjolein van der Zwaan", "Deliver to no. 14, after 6:30 pm"];
        let wrong = ["x", "x", "x"];
        for (sjt, cognitive, point, texts, wanted, score) in [
            ("a", "a", "9", exact, "Great Fit", 1000),
            ("b", "b", "5", exact, "Good Fit", 660),
            ("d", "d", "1", wrong, "Poor Fit", 0),
            ("a", "d", "9", exact, "Poor Fit", 700),
        ] {
            let mut application = state.application(&registered.application).expect("there").clone();
            let same = |value: &str| (1..=6).map(|at| (format!("q{at}"), value.to_owned())).collect::<Answers>();
            application.answers.insert("sjt".into(), same(sjt));
            application.answers.insert("cognitive".into(), same(cognitive));
            application.answers.insert("personality".into(), same(point));
            let typed = texts.iter().enumerate().map(|(at, text)| (format!("q{}", at + 1), (*text).to_owned())).collect();
            application.answers.insert("typing".into(), typed);
            let outcome = outcome(&vacancy, &application);
            assert_eq!((label(&vacancy, &outcome).as_str(), outcome.score_tenths), (wanted, score), "{sjt} {cognitive} {point}");
        }
    }

    #[test]
    fn unanswered_modules_and_foreign_answers_are_worth_nothing() {
        let (mut state, id) = samples::with_vacancy();
        let registered = state.register(&id, samples::registration("ines@example.org"), samples::moment()).expect("open");
        let vacancy = state.vacancy(&id).expect("there").clone();
        let mut application = state.application(&registered.application).expect("there").clone();
        application.answers.insert("sjt".into(), [("q1".to_owned(), "z".to_owned())].into());
        assert_eq!(outcome(&vacancy, &application).score_tenths, 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_better_answer_never_lowers_the_score(ranks in prop::collection::vec(0_u8..4, 17), at in 0_usize..17) {
            let before = scored(&ranks);
            prop_assert!(before.score_tenths <= 1000);
            prop_assert_eq!(&before, &scored(&ranks));
            let mut better = ranks;
            better[at] = better[at].saturating_sub(1);
            prop_assert!(scored(&better).score_tenths >= before.score_tenths);
        }
    }
}
