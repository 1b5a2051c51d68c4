//! What the pages send and what the handlers read have the same names; and whatever is sent can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use super::form::{Fields, NoFields};
use super::kept::KeptFor;
use super::settings_form::{self, SettingsForm};
use super::{
    adding, ats_form, credentials, dead_letters, general, history, inbound, invitation, order_actions, orders, progress, refused,
    results, session, sign_in, tokens,
};

type Names = BTreeSet<String>;

/// A form or a query, as a handler reads it.
struct Read {
    /// Where it is sent, as the templates write it, with a star for what they fill in.
    action: &'static str,
    fields: &'static [&'static str],
    can_read: fn(&Fields) -> bool,
}

fn at<F: DeserializeOwned>(action: &'static str) -> Read {
    let mut asked = AskedForFields(&[]);
    assert!(F::deserialize(&mut asked).is_err(), "it is only asked for its fields");
    Read { action, fields: asked.0, can_read: |fields| fields.read::<F>().is_ok() }
}

fn of<P: SettingsForm>() -> Read {
    at::<P::Form>(P::PATH)
}

/// What is sent by `POST`; beside it each form of somebody who is signed in carries its token.
fn forms() -> Vec<Read> {
    vec![
        of::<general::General>(),
        at::<NoFields>("/console/general/*disable*enable*"),
        of::<inbound::AtsToHarverTab>(),
        at::<inbound::RotationForm>("/console/credentials/ats-to-harver/rotate"),
        at::<credentials::TestForm>("/console/credentials/harver-to-ats/test"),
        at::<NoFields>("/console/credentials/harver-to-ats/withdraw"),
        at::<ats_form::AtsForm>(credentials::EDIT),
        of::<progress::AtsToHarver>(),
        of::<results::Assessments>(),
        of::<results::Reports>(),
        of::<invitation::InvitationPage>(),
        at::<adding::AddForm>("/console/integration/add"),
        at::<dead_letters::ReplayForm>("/console/dead-letters/replay"),
        at::<NoFields>("/console/dead-letters/*/replay"),
        at::<dead_letters::DismissalForm>("/console/dead-letters/*/dismiss"),
        at::<order_actions::CancellationForm>("/console/orders/*/cancel"),
        at::<NoFields>("/console/orders/*/invite-again"),
        at::<NoFields>("/console/neighbours/*/try"),
        at::<tokens::NewToken>("/console/tokens"),
        at::<tokens::Revocation>("/console/tokens/revoke"),
        at::<sign_in::SignInForm>(sign_in::PATH),
        at::<NoFields>("/console/sign-out"),
    ]
}

/// What stands behind the question mark of an address.
fn queries() -> Vec<Read> {
    vec![
        at::<settings_form::Done>(general::General::PATH),
        at::<inbound::Done>(inbound::AtsToHarverTab::PATH),
        at::<credentials::Taken>("/console/credentials/harver-to-ats"),
        at::<orders::Search>("/console/orders"),
        at::<orders::Done>("/console/orders/*"),
        at::<refused::Search>("/console/refused"),
        at::<dead_letters::Done>("/console/dead-letters"),
        at::<history::Place>("/console/history"),
        at::<tokens::Done>("/console/tokens"),
        at::<sign_in::Way>(sign_in::PATH),
    ]
}

/// Asks a struct for its fields and gives it nothing to read.
struct AskedForFields(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut AskedForFields {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a form is a struct, without flattened parts"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        self.0 = fields;
        Err(Error::custom("there is nothing to read"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

/// The texts of the files in a folder of the console that end like this.
fn texts(folder: &str, ending: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path());
    let wanted = files.filter(|file| file.extension().is_some_and(|extension| extension == ending));
    wanted.map(|file| fs::read_to_string(file).expect("readable")).collect()
}

/// A template with a star for everything that it fills in or decides.
fn with_stars(template: &str) -> String {
    let pieces = template.replace("{%", "{{").replace("%}", "}}");
    let mut pieces = pieces.split("{{");
    let begin = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(begin, |text, piece| text + "*" + piece.split_once("}}").map_or(piece, |(_, after)| after))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// The names of the fields in a piece of a page.
fn names_in(piece: &str) -> Names {
    let tags = piece.split('<').filter_map(|rest| rest.split('>').next());
    let fields = tags.filter(|tag| ["input", "select", "textarea", "button"].iter().any(|kind| tag.starts_with(kind)));
    fields.filter_map(|tag| attribute(tag, "name")).map(str::to_owned).collect()
}

/// The names of the fields of all forms that are sent in a way, by where they are sent.
fn sent(way: &str) -> BTreeMap<String, Names> {
    let mut sent: BTreeMap<String, Names> = BTreeMap::new();
    for page in texts("src/console/pages", "html") {
        let page = with_stars(&page);
        let mut pieces = page.split("<form");
        assert_eq!(names_in(pieces.next().unwrap_or_default()), Names::new(), "a field belongs to a form");
        for piece in pieces {
            let (form, after) = piece.split_once("</form>").expect("a form ends");
            assert_eq!(names_in(after), Names::new(), "a field belongs to a form");
            let head = form.split('>').next().expect("a form begins");
            if attribute(head, "method") == Some(way) {
                let action = attribute(head, "action").expect("it is sent somewhere").to_owned();
                sent.entry(action).or_default().extend(names_in(form));
            }
        }
    }
    sent
}

fn owned(fields: &[&str]) -> Names {
    fields.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn handlers_read_the_fields_that_the_pages_have_and_no_others() {
    let read = forms().into_iter().map(|form| {
        // The sign-in has no session yet. It carries along whatever a form had that came too late.
        let beside = if form.action == sign_in::PATH { "*" } else { session::FORM_TOKEN };
        (form.action.to_owned(), owned(&[form.fields, &[beside]].concat()))
    });
    assert_eq!(read.collect::<BTreeMap<_, _>>(), sent("post"));
    assert_eq!(at::<session::Token>("").fields, [session::FORM_TOKEN]);
}

#[test]
fn what_is_searched_for_is_read() {
    for (action, names) in sent("get") {
        let read: Names = queries().iter().filter(|query| query.action == action).flat_map(|query| owned(query.fields)).collect();
        assert!(names.is_subset(&read), "{action}: {names:?}");
    }
}

#[test]
fn addresses_ask_for_what_is_read_and_for_nothing_else() {
    let mut named: Names = sent("get").into_values().flatten().collect();
    let sources = texts("src/console", "rs").into_iter().chain(texts("src/console/pages", "html"));
    for text in sources {
        // Tests ask for what there is not.
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for rest in text.split(['?', '&']).skip(1) {
            let name = rest.split(|letter: char| !(letter.is_ascii_lowercase() || letter == '_')).next().unwrap_or_default();
            if !name.is_empty() && rest[name.len()..].starts_with('=') {
                named.insert(name.to_owned());
            }
        }
    }
    let read: Names = queries().iter().flat_map(|query| owned(query.fields)).collect();
    assert_eq!(read, named);
}

proptest! {
    #[test]
    fn any_bytes_are_a_form(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let all: Vec<Read> = forms().into_iter().chain(queries()).chain([at::<KeptFor>(""), at::<session::Token>("")]).collect();
        for read in &all {
            let fields = Fields::parse(&body);
            prop_assert!((read.can_read)(&fields), "{}", read.action);
            // Bytes by chance hardly ever name a field.
            let filled = read.fields.iter().map(|name| ((*name).to_owned(), String::from_utf8_lossy(&body).into_owned()));
            prop_assert!((read.can_read)(&Fields::from_iter(filled)), "{}", read.action);
        }
    }
}
