//! The default flow: a call centre advisor.
//!
//! In every question the choices go from best to worst, worth 100, 60, 25 and 0 points, so that a tester can aim at a label
//! (see [`scoring`](crate::harver_platform::scoring)). Situations, problems and weights are *assumed*; the module types,
//! the nine-point scale and the labels are documented (`harver-platform.md` 2 and 6).

use super::{
    AuthenticationStrategy, Bracket, Choice, ChoiceQuestion, CommunicationSet, EndPage, Indicator, IndicatorPart, Language,
    MatchingProfile, Module, ModuleContent, NewVacancy, Reapply, TypingTask,
};

/// What the choices of a question are worth, in the order shown.
const POINTS: [u8; 4] = [100, 60, 25, 0];

/// A vacancy "Call Centre Advisor" with five modules: `welcome`, `sjt`, `cognitive`, `personality`, `typing`.
#[must_use]
pub fn call_centre_advisor() -> NewVacancy {
    NewVacancy {
        internal_title: "Call Centre Advisor".into(),
        public_title: "Call Centre Advisor".into(),
        description:
            "You are the voice our customers hear. You listen, solve and explain, by telephone and chat, in a team of twelve."
                .into(),
        location: "Rotterdam".into(),
        languages: vec![Language::EN_US, Language::NL_NL],
        authentication: AuthenticationStrategy::AtsFirst,
        reapply: Reapply::Off,
        modules: vec![welcome(), situational_judgement(), cognitive(), personality(), typing()],
        profile: profile(),
        interview_guide: true,
        development_report: true,
        end_page: EndPage::default(),
        communication: CommunicationSet::default(),
    }
}

fn module(key: &str, title: &str, introduction: &str, content: ModuleContent) -> Module {
    Module { key: key.into(), title: title.into(), introduction: introduction.into(), content }
}

fn question(text: &str, choices: [&str; 4]) -> ChoiceQuestion {
    let choices = choices.into_iter().zip(POINTS).map(|(text, points)| Choice { text: text.into(), points }).collect();
    ChoiceQuestion { text: text.into(), choices }
}

fn welcome() -> Module {
    let paragraphs = [
        "You are about to get to know the work of a call centre advisor. Four short parts follow; together they take about 20 minutes.",
        "There is no need to prepare. Find a quiet place, take your time, and answer as you would at work.",
        "Your answers are stored after each part. You may stop and go on later by the link in your invitation.",
    ];
    let paragraphs = paragraphs.into_iter().map(str::to_owned).collect();
    module("welcome", "Welcome", "What to expect.", ModuleContent::Content { paragraphs })
}

fn situational_judgement() -> Module {
    let questions = vec![
        question(
            "A customer calls for the third time about the same late delivery and is angry. What do you do first?",
            [
                "Apologise, sum up what you see in the earlier calls, and say what you will do now",
                "Apologise and ask the customer to tell the whole story again",
                "Explain that deliveries are another department's work and offer their number",
                "Ask the customer to calm down before you go on",
            ],
        ),
        question(
            "You have promised to call a customer back today, but the answer you need has not come in. What do you do?",
            [
                "Call as promised, say what is still open and agree on a new moment",
                "Send a message that it takes longer",
                "Wait until the answer is there, and call then",
                "Leave it to the colleague who has the late shift",
            ],
        ),
        question(
            "A colleague gives a customer wrong information beside you. What do you do?",
            [
                "Write your colleague a note during the call, so that it can be put right at once",
                "Tell your colleague after the call",
                "Mention it in the next team meeting",
                "Nothing: it is not your call",
            ],
        ),
        question(
            "The queue is long and the customer on the line wants to chat. What do you do?",
            [
                "Stay friendly, bring the conversation back to the question and finish it well",
                "Say that others are waiting and ask whether there is anything else",
                "Answer shorter and shorter until the customer stops",
                "Put the customer on hold",
            ],
        ),
    ];
    let introduction = "Four situations at work. Choose what you would do.";
    module("sjt", "Situations at work", introduction, ModuleContent::SituationalJudgement { questions })
}

fn cognitive() -> Module {
    let questions = vec![
        question("An advisor handles 48 calls in 6 hours. How many is that in 5 hours?", ["40", "42", "38", "30"]),
        question("Which number comes next? 3, 6, 12, 24, …", ["48", "36", "30", "27"]),
        question(
            "A subscription costs 20.00 a month. With 15 % off for the first three months, what do these three months cost together?",
            ["51.00", "57.00", "45.00", "60.00"],
        ),
        question(
            "All refunds above 50.00 need approval. This refund was not approved, and it followed the rule. What is certain?",
            ["It was 50.00 or less", "It was less than 50.00", "It was refused", "It was above 50.00"],
        ),
    ];
    let introduction = "Four problems with numbers and logic. You may use paper, no calculator.";
    module("cognitive", "Numbers and logic", introduction, ModuleContent::Cognitive { questions })
}

fn personality() -> Module {
    let statements = [
        "I stay calm when somebody raises their voice.",
        "I finish what I have promised, also when nobody checks.",
        "I like to find out what is behind a question.",
        "I feel at ease with people I have never met.",
        "I change my mind when I hear a better argument.",
        "After a setback I am soon myself again.",
    ];
    let statements = statements.into_iter().map(str::to_owned).collect();
    let introduction =
        "How well does each statement describe you? 1 means not at all, 9 means entirely. There are no wrong answers.";
    module("personality", "About you", introduction, ModuleContent::Personality { statements })
}

fn typing() -> Module {
    let tasks = [
        ("Order number", "BW-2047-118-K"),
        ("Customer", "Marjolein van der Zwaan"),
        ("Note", "Deliver to no. 14, after 6:30 pm"),
    ];
    let tasks = tasks.into_iter().map(|(label, text)| TypingTask { label: label.into(), text: text.into() }).collect();
    let introduction = "Copy each text exactly, with capitals and punctuation.";
    module("typing", "Accurate typing", introduction, ModuleContent::Typing { tasks })
}

fn profile() -> MatchingProfile {
    let bracket = |id: &str, name: &str, threshold, cutoff| Bracket { id: id.into(), name: name.into(), threshold, cutoff };
    let indicator = |id: &str, external_id: &str, name: &str, weight, parts: &[(&str, u8)], cutoff| Indicator {
        id: id.into(),
        external_id: external_id.into(),
        name: name.into(),
        weight,
        parts: parts.iter().map(|(module, weight)| IndicatorPart { module: (*module).into(), weight: *weight }).collect(),
        brackets: vec![
            bracket("good", "Good", 60, false),
            bracket("average", "Average", 20, false),
            bracket("low", "Low", 0, cutoff),
        ],
    };
    MatchingProfile {
        indicators: vec![
            indicator("k1", "CUS", "Customer Focus", 50, &[("sjt", 60), ("personality", 40)], false),
            indicator("k2", "PRB", "Problem Solving", 30, &[("cognitive", 100)], true),
            indicator("k3", "ACC", "Accuracy", 20, &[("typing", 100)], false),
        ],
        brackets: vec![
            bracket("great", "Great Fit", 70, false),
            bracket("good", "Good Fit", 45, false),
            bracket("poor", "Poor Fit", 0, false),
        ],
    }
}
