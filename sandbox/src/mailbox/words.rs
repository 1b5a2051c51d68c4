//! Looking for words in messages.

use serde::{Deserialize, Deserializer};

use super::Message;
use crate::engine::work;
use crate::ui::{Piece, pieces, unescaped};

/// How many words may be looked for at once.
const LOOKED_FOR: usize = 10;

/// Words that a message has to have, all of them, somewhere and whatever the case. Without any, every message has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    asked: String,
    each: Vec<String>,
}

impl Words {
    /// Reads words with spaces between them.
    ///
    /// # Errors
    /// When there are more than ten. The text says so.
    pub fn parse(text: &str) -> Result<Self, String> {
        let each: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        if each.len() > LOOKED_FOR {
            return Err(format!("{} words are looked for: no more than {LOOKED_FOR} are possible at once", each.len()));
        }
        Ok(Self { asked: text.trim().to_owned(), each })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    /// The words as somebody wrote them.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.asked
    }

    /// Whether a message has all of them: in subject, sender, recipients, Message-ID, links, text, or what is read of its HTML.
    pub(super) fn are_in(&self, message: &Message) -> bool {
        if self.is_empty() {
            return true;
        }
        let text = searched(message).to_lowercase();
        self.each.iter().all(|word| {
            work::done(text.len());
            text.contains(word.as_str())
        })
    }
}

/// Everything of a message that a person reads.
fn searched(message: &Message) -> String {
    let mut all = vec![message.subject.clone(), message.from.clone()];
    all.extend(message.message_id.iter().chain(&message.to).chain(&message.links).chain(&message.text).cloned());
    // Tags do not part words: they only change what they look like.
    let read_in = |html: &String| -> String {
        let texts = pieces(html).filter_map(|piece| match piece {
            Piece::Text(text) => Some(unescaped(text)),
            Piece::Tag(_) => None,
        });
        texts.collect()
    };
    all.extend(message.html.as_ref().map(read_in));
    all.join("\n")
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::mailbox::message::reading;

    fn message(raw: &str) -> Message {
        Message::new(7, Timestamp::UNIX_EPOCH, "bounce@b.example", vec!["zoë@d.example".into()], reading(raw.as_bytes()))
    }

    #[test]
    fn a_message_has_words_wherever_a_person_reads_them() {
        let html = message(
            "From: Käthe <k@a.example>\r\nSubject: Your Test\r\nMessage-ID: <order-7@x>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
             <style>hidden</style><div class=box>As<b>sess</b>ment &amp; more <a href='http://link.example/m/9'>here</a></div>",
        );
        for words in ["KÄTHE", "your test", "order-7", "ZOË@d", "assessment", "& more", "m/9", "here käthe  TEST", ""] {
            assert!(Words::parse(words).expect("few words").are_in(&html), "{words}");
        }
        for words in ["hidden", "box", "test nowhere", "div"] {
            assert!(!Words::parse(words).expect("few words").are_in(&html), "{words}");
        }
        assert!(Words::parse("面试").expect("few words").are_in(&message("Subject: x\r\n\r\n您的面试链接")));
    }

    #[test]
    fn looking_for_words_takes_as_long_as_the_message_is() {
        let words = Words::parse("aab b").expect("few words");
        work::assert_linear(&["a", "aa ", "<a>", "&amp;"], |html| {
            let html = Some(html.to_owned());
            words.are_in(&Message { html, ..message("") });
        });
    }
}
