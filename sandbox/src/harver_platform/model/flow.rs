//! The candidate journey: an ordered set of modules, each one page.

use serde::{Deserialize, Serialize};

/// One building block of a flow.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Module {
    /// Unique in the flow; part of the page's address, such as `sjt`.
    pub key: String,
    /// Heading of the page.
    pub title: String,
    /// What the candidate is asked to do.
    pub introduction: String,
    /// What is on the page.
    pub content: ModuleContent,
}

/// What is on a module's page.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum ModuleContent {
    /// Only something to read.
    Content {
        /// Paragraphs.
        paragraphs: Vec<String>,
    },
    /// What would you do? Each choice is worth something.
    SituationalJudgement {
        /// Situations.
        questions: Vec<ChoiceQuestion>,
    },
    /// Numbers and logic.
    Cognitive {
        /// Problems.
        questions: Vec<ChoiceQuestion>,
    },
    /// Statements on a nine-point scale, from 1 (disagree) to 9 (agree).
    Personality {
        /// Statements about oneself.
        statements: Vec<String>,
    },
    /// Texts to copy exactly.
    Typing {
        /// Texts.
        tasks: Vec<TypingTask>,
    },
}

/// A question with choices, of which the candidate takes one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChoiceQuestion {
    /// The question.
    pub text: String,
    /// The choices, in the order shown; they are named `a`, `b`, `c` and so on.
    pub choices: Vec<Choice>,
}

/// One choice.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Choice {
    /// What it says.
    pub text: String,
    /// What it is worth, 0 to 100.
    pub points: u8,
}

/// A text to copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypingTask {
    /// What it is, such as `Customer name`.
    pub label: String,
    /// What to copy.
    pub text: String,
}

/// The highest point of the personality scale.
pub(crate) const SCALE: u8 = 9;
/// The longest text a typing task takes.
pub const TYPING_LIMIT: usize = 500;

/// One question of a module as the page's form sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// One of these values.
    OneOf(Vec<String>),
    /// Some text.
    Text,
}

/// Why an answer is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFault {
    /// Nothing was chosen.
    NotChosen,
    /// Nothing was typed.
    NotTyped,
    /// The value is not among those on the page.
    NotOffered,
    /// More than [`TYPING_LIMIT`] characters.
    TooLong,
}

impl Question {
    /// Checks one answer.
    ///
    /// # Errors
    /// When it is missing, or not one that the page offers.
    pub fn check(&self, answer: Option<&str>) -> Result<(), AnswerFault> {
        match (self, answer.map(str::trim).filter(|answer| !answer.is_empty())) {
            (Self::OneOf(_), None) => Err(AnswerFault::NotChosen),
            (Self::Text, None) => Err(AnswerFault::NotTyped),
            (Self::OneOf(values), Some(answer)) if !values.iter().any(|value| value == answer) => Err(AnswerFault::NotOffered),
            (Self::Text, Some(answer)) if answer.chars().count() > TYPING_LIMIT => Err(AnswerFault::TooLong),
            _ => Ok(()),
        }
    }
}

/// The name of the choice at this position.
pub(crate) fn letter(position: usize) -> String {
    u8::try_from(position).ok().filter(|at| *at < 26).map_or_else(|| position.to_string(), |at| char::from(b'a' + at).to_string())
}

/// The name of the question at this position, as forms and answers use it.
pub(crate) fn question_name(position: usize) -> String {
    format!("q{}", position + 1)
}

impl Module {
    /// The module type, as results name it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self.content {
            ModuleContent::Content { .. } => "Content Page",
            ModuleContent::SituationalJudgement { .. } => "Situational Judgement",
            ModuleContent::Cognitive { .. } => "Cognitive Ability",
            ModuleContent::Personality { .. } => "Personality Questionnaire",
            ModuleContent::Typing { .. } => "Typing",
        }
    }

    /// Whether it affects the score.
    #[must_use]
    pub fn is_scorable(&self) -> bool {
        !matches!(self.content, ModuleContent::Content { .. })
    }

    /// The questions of its form, named and in order.
    #[must_use]
    pub fn questions(&self) -> Vec<(String, Question)> {
        let questions: Vec<Question> = match &self.content {
            ModuleContent::Content { .. } => Vec::new(),
            ModuleContent::SituationalJudgement { questions } | ModuleContent::Cognitive { questions } => {
                questions.iter().map(|question| Question::OneOf((0..question.choices.len()).map(letter).collect())).collect()
            }
            ModuleContent::Personality { statements } => {
                statements.iter().map(|_| Question::OneOf((1..=SCALE).map(|point| point.to_string()).collect())).collect()
            }
            ModuleContent::Typing { tasks } => tasks.iter().map(|_| Question::Text).collect(),
        };
        questions.into_iter().enumerate().map(|(position, question)| (question_name(position), question)).collect()
    }
}
