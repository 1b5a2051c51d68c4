//! The modules, one page each.

use std::collections::BTreeMap;

use askama::Template;
use axum::body::Bytes;
use axum::extract::RawPathParams;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::notice;
use super::session::{self, SignedOut, Visitor};
use super::wording::Wording;
use crate::harver_platform::model::{AnswerFault, Answers, Module, ModuleContent, SCALE, letter, question_name};
use crate::harver_platform::state::{AnswerRefusal, Refusal, Step, step};
use crate::ui::Page;

/// One module.
#[derive(Template, Debug)]
#[template(path = "harver_platform/module.html")]
struct ModulePage {
    wording: &'static Wording,
    account: String,
    vacancy: String,
    key: String,
    title: String,
    introduction: String,
    /// From 1.
    position: usize,
    all: usize,
    completed: usize,
    percent: usize,
    paragraphs: Vec<String>,
    fields: Vec<Field>,
    has_errors: bool,
}

/// One question.
#[derive(Debug)]
struct Field {
    name: String,
    text: String,
    error: Option<&'static str>,
    input: Input,
}

/// How a question is answered.
#[derive(Debug)]
enum Input {
    /// One below the other.
    Choices(Vec<Offer>),
    /// Side by side.
    Scale(Vec<Offer>),
    /// A text to copy, and what has been typed.
    Copy { text: String, typed: String },
}

/// One thing to choose.
#[derive(Debug)]
struct Offer {
    value: String,
    text: String,
    checked: bool,
}

/// `GET /app/journey/{application}`: to the step the candidate is at.
pub(super) async fn go_on(visitor: Visitor) -> Response {
    visitor.go_on()
}

/// `GET /app/journey/{application}/modules/{module}`.
pub(super) async fn show(visitor: Visitor, path: RawPathParams) -> Response {
    page(&visitor, module_key(&path), &Answers::new(), &BTreeMap::new(), StatusCode::OK).into_response()
}

/// `POST /app/journey/{application}/modules/{module}`: stores the answers and goes on.
pub(super) async fn answer(visitor: Visitor, path: RawPathParams, body: Bytes) -> Response {
    let (key, answers) = (module_key(&path), session::form(&body));
    let stored = visitor.account.write(|state| state.answer(&visitor.application, key, &answers, visitor.now)).await;
    match stored {
        Ok(()) => visitor.go_on(),
        Err(AnswerRefusal::Fields(faults)) => {
            page(&visitor, key, &answers, &faults, StatusCode::UNPROCESSABLE_ENTITY).into_response()
        }
        Err(AnswerRefusal::Gone(Refusal::Disk(error))) => notice::not_stored(&error.to_string()),
        Err(AnswerRefusal::Gone(_)) => SignedOut.into_response(),
    }
}

fn module_key(path: &RawPathParams) -> &str {
    path.iter().find(|(name, _)| *name == "module").map(|(_, value)| value).unwrap_or_default()
}

fn page(
    visitor: &Visitor,
    key: &str,
    answers: &Answers,
    faults: &BTreeMap<String, AnswerFault>,
    status: StatusCode,
) -> Result<Response, SignedOut> {
    let page = visitor.look(|state, vacancy, application| {
        let module = vacancy.module(key).filter(|_| step(vacancy, application) == Step::Module(key))?;
        let modules = &vacancy.settings.modules;
        let completed = application.answers.len();
        let wording = Wording::of(application.language);
        Some(ModulePage {
            wording,
            account: state.profile().name.clone(),
            vacancy: vacancy.settings.public_title.clone(),
            key: module.key.clone(),
            title: module.title.clone(),
            introduction: module.introduction.clone(),
            position: completed + 1,
            all: modules.len(),
            completed,
            percent: completed * 100 / modules.len().max(1),
            paragraphs: paragraphs(module),
            fields: fields(module, answers, |name| Some(wording.fault(*faults.get(name)?))),
            has_errors: !faults.is_empty(),
        })
    })?;
    Ok(page.map_or_else(|| visitor.go_on(), |page| Page(status, page).into_response()))
}

fn paragraphs(module: &Module) -> Vec<String> {
    match &module.content {
        ModuleContent::Content { paragraphs } => paragraphs.clone(),
        _ => Vec::new(),
    }
}

fn fields(module: &Module, answers: &Answers, fault: impl Fn(&str) -> Option<&'static str>) -> Vec<Field> {
    let answer = |position: usize| answers.get(&question_name(position)).map(String::as_str).unwrap_or_default();
    let offer = |position: usize, value: String, text: String| Offer { checked: answer(position) == value, value, text };
    let questions: Vec<(String, Input)> = match &module.content {
        ModuleContent::Content { .. } => Vec::new(),
        ModuleContent::SituationalJudgement { questions } | ModuleContent::Cognitive { questions } => questions
            .iter()
            .enumerate()
            .map(|(position, question)| {
                let offers = question.choices.iter().enumerate();
                let offers = offers.map(|(at, choice)| offer(position, letter(at), choice.text.clone())).collect();
                (question.text.clone(), Input::Choices(offers))
            })
            .collect(),
        ModuleContent::Personality { statements } => statements
            .iter()
            .enumerate()
            .map(|(position, statement)| {
                let offers = (1..=SCALE).map(|point| offer(position, point.to_string(), point.to_string())).collect();
                (statement.clone(), Input::Scale(offers))
            })
            .collect(),
        ModuleContent::Typing { tasks } => tasks
            .iter()
            .enumerate()
            .map(|(position, task)| {
                (task.label.clone(), Input::Copy { text: task.text.clone(), typed: answer(position).to_owned() })
            })
            .collect(),
    };
    let field = |(position, (text, input)): (usize, (String, Input))| {
        let name = question_name(position);
        Field { error: fault(&name), name, text, input }
    };
    questions.into_iter().enumerate().map(field).collect()
}
