//! Reading text that others wrote: once, from front to back.
//!
//! A parser that searches the rest of its text at every step is fast on what is usual and takes minutes on what somebody made up. A
//! [`Cursor`] cannot be put back: whatever was looked through for something that is not there has been passed. So a reader built on it
//! costs what its text is long, whatever the text says.

/// A text and how far it has been read.
#[derive(Debug)]
pub struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Begins at the front.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// Passes everything before the first character that `stops` says yes to, which comes next; without one, everything.
    pub fn until(&mut self, stops: impl FnMut(char) -> bool) -> &'a str {
        self.pass(self.rest.find(stops).unwrap_or(self.rest.len()))
    }

    /// Passes one character.
    pub fn character(&mut self) -> Option<char> {
        let next = self.ahead()?;
        self.pass(next.len_utf8());
        Some(next)
    }

    /// Whether this comes next, whatever the case of its letters.
    #[must_use]
    pub fn sees(&self, word: &str) -> bool {
        self.rest.as_bytes().get(..word.len()).is_some_and(|next| next.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Passes this word of ASCII characters if it comes next, whatever the case of its letters.
    pub fn takes(&mut self, word: &str) -> bool {
        let seen = self.sees(word);
        if seen {
            self.pass(word.len());
        }
        seen
    }

    /// The character that comes next; `None` when everything has been read.
    #[must_use]
    pub fn ahead(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn pass(&mut self, length: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at(length);
        self.rest = rest;
        work::done(passed.len());
        passed
    }
}

/// How much a reader does, counted in tests: bytes that it passes or looks at.
pub mod work {
    /// Counts work that is not done by a [`Cursor`](super::Cursor).
    #[cfg(not(any(test, feature = "fuzzing")))]
    pub(crate) fn done(_: usize) {}

    #[cfg(test)]
    pub(crate) use counting::assert_linear;
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) use counting::{assert_within, done};

    #[cfg(any(test, feature = "fuzzing"))]
    mod counting {
        use std::cell::Cell;

        thread_local! {
            static DONE: Cell<usize> = const { Cell::new(0) };
        }

        pub(crate) fn done(steps: usize) {
            DONE.set(DONE.get() + steps);
        }

        /// How much is done within `task`.
        fn of<T>(task: impl FnOnce() -> T) -> usize {
            let before = DONE.get();
            task();
            DONE.get() - before
        }

        /// What a task gives, which fails when it is more work than this.
        #[track_caller]
        pub(crate) fn assert_within<T>(most: usize, task: impl FnOnce() -> T) -> T {
            let mut given = None;
            let work = of(|| given = Some(task()));
            assert!(work <= most, "{work} steps, of which {most} are allowed");
            given.expect("the task was done")
        }

        /// Fails unless reading ten times as much is hardly more than ten times the work, and a few times what there is to read at most. Each
        /// pattern is repeated until it fills 100 KB, then 1 MB.
        ///
        /// The work must be at least the text once: a reader that goes round the counter does not pass.
        #[cfg(test)]
        #[track_caller]
        pub(crate) fn assert_linear(patterns: &[&str], read: impl Fn(&str)) {
            for pattern in patterns {
                let [small, large] = [100_000, 1_000_000].map(|size| {
                    let text = pattern.repeat(size / pattern.len());
                    let work = of(|| read(&text));
                    assert!(work >= text.len(), "{pattern:?}: {work} steps counted for {} bytes", text.len());
                    assert!(work <= 8 * text.len(), "{pattern:?}: {work} steps for {} bytes", text.len());
                    work
                });
                assert!(large <= 11 * small, "{pattern:?}: {small} steps, then {large} for ten times as much");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_through_has_been_passed() {
        let mut text = Cursor::new("Ana <ana@x.org> é");
        assert_eq!(text.until(|c| c == '<'), "Ana ");
        assert!(text.sees("<ANA") && !text.takes("<b") && text.takes("<Ana@"));
        assert_eq!(text.until(|c| c == '>'), "x.org");
        assert_eq!((text.character(), text.character(), text.character()), (Some('>'), Some(' '), Some('é')));
        assert_eq!((text.ahead(), text.character()), (None, None));
        assert_eq!(text.until(|_| true), "");
    }

    #[test]
    #[should_panic(expected = "steps for")]
    fn a_reader_that_begins_anew_at_every_step_is_noticed() {
        work::assert_linear(&["a"], |text| {
            for at in (0..text.len()).step_by(1_000) {
                Cursor::new(&text[at..]).until(|c| c == 'b');
            }
        });
    }

    #[test]
    #[should_panic(expected = "steps counted")]
    fn a_reader_that_goes_round_the_counter_is_noticed() {
        work::assert_linear(&["a"], |text| assert!(!text.contains('b')));
    }
}
