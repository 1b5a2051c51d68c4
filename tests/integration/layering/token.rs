//! Rust source as words, marks, texts and what brackets hold. Comments and documentation are left out.

use std::iter::Peekable;
use std::str::Chars;

/// A piece of source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, a keyword or a number, with its line.
    Word(String, usize),
    /// One character that stands for itself. Lifetimes begin with one.
    Mark(char),
    /// What stands between quotation marks.
    Text(String),
    /// What a bracket of this kind holds.
    Group(char, Vec<Token>),
}

impl Token {
    pub(super) fn is_mark(&self, mark: char) -> bool {
        *self == Self::Mark(mark)
    }

    pub(super) fn is_word(&self, wanted: &str) -> bool {
        matches!(self, Self::Word(word, _) if word == wanted)
    }
}

/// Takes a text apart.
///
/// # Panics
/// When it ends within a text or a bracket, or a bracket is closed that was not opened.
pub(super) fn read(text: &str) -> Vec<Token> {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1 };
    let tokens = reader.tokens(None);
    assert!(reader.rest.next().is_none(), "line {}: a bracket is closed that was not opened", reader.line);
    tokens
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.line += usize::from(next == Some('\n'));
        next
    }

    /// Everything up to a closing bracket, or to the end.
    fn tokens(&mut self, end: Option<char>) -> Vec<Token> {
        let mut tokens = Vec::new();
        while let Some(&next) = self.rest.peek() {
            if [')', ']', '}'].contains(&next) {
                if Some(next) == end {
                    self.next();
                }
                return tokens;
            }
            if next.is_alphanumeric() || next == '_' {
                let token = self.word();
                tokens.push(token);
                continue;
            }
            self.next();
            match next {
                '/' if self.rest.peek() == Some(&'/') => while self.next().is_some_and(|character| character != '\n') {},
                '/' if self.rest.peek() == Some(&'*') => self.comment(),
                '(' => tokens.push(Token::Group('(', self.tokens(Some(')')))),
                '[' => tokens.push(Token::Group('[', self.tokens(Some(']')))),
                '{' => tokens.push(Token::Group('{', self.tokens(Some('}')))),
                '"' => tokens.push(self.text()),
                '\'' => self.character(&mut tokens),
                space if space.is_whitespace() => {}
                mark => tokens.push(Token::Mark(mark)),
            }
        }
        assert!(end.is_none(), "line {}: a bracket is not closed", self.line);
        tokens
    }

    /// A word, or the text that it introduces, as in `b"…"` and `r#"…"#`.
    fn word(&mut self) -> Token {
        let (mut word, line) = (String::new(), self.line);
        while let Some(character) = self.rest.next_if(|next| next.is_alphanumeric() || *next == '_') {
            word.push(character);
        }
        let is_raw = ["r", "br", "cr"].contains(&word.as_str());
        match self.rest.peek() {
            Some('"') if is_raw => self.raw(0),
            Some('"') if ["b", "c"].contains(&word.as_str()) => {
                self.next();
                self.text()
            }
            Some('#') if is_raw => {
                let mut marks = 0;
                while self.rest.next_if_eq(&'#').is_some() {
                    marks += 1;
                }
                // `r#type` is a name.
                if self.rest.peek() == Some(&'"') { self.raw(marks) } else { self.word() }
            }
            _ => Token::Word(word, line),
        }
    }

    fn raw(&mut self, marks: usize) -> Token {
        self.next();
        let (mut text, end) = (String::new(), format!("\"{}", "#".repeat(marks)));
        while !text.ends_with(&end) {
            text.push(self.next().expect("the end of a raw text"));
        }
        text.truncate(text.len() - end.len());
        Token::Text(text)
    }

    fn text(&mut self) -> Token {
        let mut text = String::new();
        loop {
            match self.next().expect("the end of a text") {
                '"' => return Token::Text(text),
                '\\' => drop(self.next()),
                character => text.push(character),
            }
        }
    }

    /// A character such as `'"'` is passed over; a lifetime is a mark and a word.
    fn character(&mut self, tokens: &mut Vec<Token>) {
        let mut ahead = self.rest.clone();
        let (first, second) = (ahead.next(), ahead.next());
        if first == Some('\\') {
            self.next();
            self.next();
            while self.next().is_some_and(|character| character != '\'') {}
        } else if second == Some('\'') {
            self.next();
            self.next();
        } else {
            tokens.push(Token::Mark('\''));
        }
    }

    /// The rest of a comment, in which others may be.
    fn comment(&mut self) {
        let (mut depth, mut before) = (1, self.next());
        while depth > 0 {
            let next = Some(self.next().expect("the end of a comment"));
            before = match (before, next) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    None
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    None
                }
                _ => next,
            };
        }
    }
}
