//! What a crate's source says of itself: its modules, the paths that each uses, what is handed on under another name, and where tasks
//! are started. Read off the tokens, so that a path is seen wherever it stands: in a `use`, an expression, a macro or an attribute.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::token::{self, Token};

/// Names of modules from the crate's root, and at the end perhaps the name of an item; `*` stands for all items.
pub(super) type Names = Vec<String>;

/// What starts a task or a thread, as a function or as a method with an argument. Without one it starts a process.
const STARTERS: [&str; 8] = [
    "spawn",
    "spawn_blocking",
    "spawn_blocking_on",
    "spawn_local",
    "spawn_local_on",
    "spawn_on",
    "spawn_scoped",
    "spawn_unchecked",
];
/// What introduces an item's name.
const ITEMS: [&str; 8] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union"];

/// A path that leads somewhere in the same crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Used {
    /// The module that uses it.
    pub(super) by: Names,
    pub(super) path: Names,
    /// `file:line`.
    pub(super) place: String,
}

/// The source of one crate.
#[derive(Debug, Default)]
pub(super) struct Crate {
    /// What it is called from outside.
    name: String,
    pub(super) modules: BTreeSet<Names>,
    /// The names of the items of each module.
    pub(super) items: BTreeMap<Names, BTreeSet<String>>,
    pub(super) used: Vec<Used>,
    /// What modules hand on: module, name or `*`, what it stands for.
    pub(super) handed_on: Vec<(Names, String, Names)>,
    /// Where production code starts tasks: `file:line`.
    pub(super) starts: Vec<String>,
    /// Every name in the code with the places where it is, for what is forbidden by name.
    pub(super) names: BTreeMap<String, Vec<String>>,
    /// Modules in files of their own that are tests only.
    tests: BTreeSet<Names>,
}

/// Where the reading is.
#[derive(Clone, Copy)]
struct Here<'a> {
    module: &'a [String],
    file: &'a str,
    /// Whether this is compiled for tests only.
    is_test: bool,
}

impl Here<'_> {
    fn place(self, line: usize) -> String {
        format!("{}:{line}", self.file)
    }
}

impl Crate {
    /// Reads every file below a folder, which is shown as `shown`.
    pub(super) fn read(name: &str, folder: &Path, shown: &str) -> Self {
        let files = files_in(folder).into_iter().map(|file| {
            let text = fs::read_to_string(folder.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            (file, text)
        });
        Self::parse(name, shown, &files.collect::<Vec<_>>())
    }

    /// Reads files that are given with their paths below the crate's folder, such as `icims/mod.rs`.
    pub(super) fn parse(name: &str, shown: &str, files: &[(String, String)]) -> Self {
        let mut found = Self { name: name.to_owned(), ..Self::default() };
        let read = files.iter().map(|(file, text)| (module_of(file), format!("{shown}/{file}"), token::read(text)));
        let mut files: Vec<_> = read.collect();
        // Parents say which modules are tests, so they are read first.
        files.sort_by_key(|(module, ..)| module.len());
        files.iter().for_each(|(module, _, tokens)| found.declare(module, tokens));
        for (module, file, tokens) in &files {
            let is_test = (0..=module.len()).any(|depth| found.tests.contains(&module[..depth]));
            found.walk(tokens, Here { module, file, is_test });
        }
        found
    }

    /// Notes a module and those within it, so that later a name is known to be one.
    fn declare(&mut self, module: &[String], tokens: &[Token]) {
        self.modules.insert(module.to_vec());
        for three in tokens.windows(3) {
            if let [keyword, Token::Word(name, _), Token::Group('{', body)] = three
                && keyword.is_word("mod")
            {
                self.declare(&[module, std::slice::from_ref(name)].concat(), body);
            }
        }
    }

    fn walk(&mut self, tokens: &[Token], here: Here<'_>) {
        let (mut at, mut is_test) = (0, here.is_test);
        while let Some(first) = tokens.get(at) {
            let (rest, inner) = (&tokens[at..], Here { is_test, ..here });
            let before = at.checked_sub(1).map(|before| &tokens[..=before]).unwrap_or_default();
            at += match (first, &rest[1..]) {
                (Token::Mark('#'), [Token::Group('[', attribute), ..]) => {
                    is_test |= is_test_only(attribute);
                    self.attribute(attribute, inner);
                    2
                }
                (Token::Word(word, _), [Token::Group('(', held), ..]) if word == "pub" && is_visibility(held) => 2,
                (Token::Word(word, _), [Token::Word(name, _), next, ..]) if word == "mod" => {
                    let module = [here.module, std::slice::from_ref(name)].concat();
                    match next {
                        Token::Group('{', body) => self.walk(body, Here { module: &module, ..inner }),
                        _ if is_test => drop(self.tests.insert(module)),
                        _ => {}
                    }
                    is_test = here.is_test;
                    3
                }
                (Token::Word(word, _), [next, ..]) if word == "use" && !next.is_mark('<') => {
                    let length = rest.iter().position(|token| token.is_mark(';')).unwrap_or(rest.len());
                    self.import(&rest[1..length], &[], is_public(before), inner);
                    length
                }
                (Token::Word(word, line), after) => {
                    self.word(word, *line, (before.last(), after), inner);
                    self.path(rest, *line, inner)
                }
                (Token::Group(kind, held), _) => {
                    self.walk(held, inner);
                    // What an attribute says ends with the item's body.
                    if *kind == '{' {
                        is_test = here.is_test;
                    }
                    1
                }
                (token, _) => {
                    if token.is_mark(';') {
                        is_test = here.is_test;
                    }
                    1
                }
            };
        }
    }

    /// A word with what stands before and after it: an item's name, something forbidden by name, the start of a task.
    fn word(&mut self, word: &str, line: usize, (before, after): (Option<&Token>, &[Token]), here: Here<'_>) {
        if let [Token::Word(name, _), ..] = after
            && ITEMS.contains(&word)
        {
            self.items.entry(here.module.to_vec()).or_default().insert(name.clone());
        }
        let is_definition = before.is_some_and(|before| before.is_word("fn"));
        let is_called = match after {
            [Token::Group('(', arguments), ..] => !arguments.is_empty(),
            // Handed on as a value: `.map(tokio::spawn)`.
            _ => before.is_some_and(|mark| mark.is_mark(':')),
        };
        if is_called && !is_definition {
            self.start(word, line, here);
        }
        self.names.entry(word.to_owned()).or_default().push(here.place(line));
    }

    fn start(&mut self, word: &str, line: usize, here: Here<'_>) {
        if STARTERS.contains(&word) && !here.is_test {
            self.starts.push(here.place(line));
        }
    }

    /// A path within the crate that may begin here; after how many tokens to go on.
    fn path(&mut self, tokens: &[Token], line: usize, here: Here<'_>) -> usize {
        let (names, _) = names_of(tokens);
        if let [_, _, ..] = names.as_slice()
            && let Some(path) = self.absolute(&names, here)
        {
            self.used.push(Used { by: here.module.to_vec(), path, place: here.place(line) });
        }
        // No other path begins within `super::super::`; but the later words of a path may start a task.
        let leading = tokens.chunks(3).take_while(|chunk| match chunk {
            [Token::Word(word, _), mark, _] => ["crate", "self", "super"].contains(&word.as_str()) && mark.is_mark(':'),
            _ => false,
        });
        (3 * leading.count()).max(1)
    }

    /// A `use` tree below the names that lead to it.
    fn import(&mut self, tree: &[Token], above: &[String], is_public: bool, here: Here<'_>) {
        for branch in tree.split(|token| token.is_mark(',')) {
            let branch = if branch.first().is_some_and(|token| token.is_mark(':')) { &branch[2..] } else { branch };
            let (names, length) = names_of(branch);
            let mut path = [above, names.as_slice()].concat();
            if let Some(Token::Group(_, held)) = branch.get(length) {
                self.import(held, &path, is_public, here);
                continue;
            }
            if branch.iter().any(|token| token.is_mark('*')) {
                path.push("*".to_owned());
            }
            if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
                path.pop();
            }
            let line = branch.iter().find_map(|token| if let Token::Word(_, line) = token { Some(*line) } else { None });
            let (Some(last), line) = (path.last().cloned(), line.unwrap_or_default()) else { continue };
            self.start(&last, line, here);
            path.iter().for_each(|name| self.names.entry(name.clone()).or_default().push(here.place(line)));
            let Some(path) = self.absolute(&path, here) else { continue };
            if is_public {
                let renamed = branch.iter().skip_while(|token| !token.is_word("as")).nth(1);
                let name = if let Some(Token::Word(name, _)) = renamed { name.clone() } else { last };
                self.handed_on.push((here.module.to_vec(), name, path.clone()));
            }
            self.used.push(Used { by: here.module.to_vec(), path, place: here.place(line) });
        }
    }

    /// A path from the crate's root; `None` if it leads out of the crate.
    fn absolute(&self, names: &[String], here: Here<'_>) -> Option<Names> {
        let (first, mut rest) = names.split_first()?;
        let mut base = here.module.to_vec();
        match first.as_str() {
            "self" => {}
            "super" => {
                base.pop();
                while rest.first().is_some_and(|name| name == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            own if own == "crate" || own == self.name => base.clear(),
            child => {
                base.push(child.to_owned());
                if !self.modules.contains(&base) {
                    return None;
                }
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// Paths in an attribute, also those in texts, as serde takes them. Documentation is none.
    fn attribute(&mut self, tokens: &[Token], here: Here<'_>) {
        if tokens.first().is_some_and(|first| first.is_word("doc")) {
            return;
        }
        self.walk(tokens, here);
        self.texts(tokens, here);
    }

    fn texts(&mut self, tokens: &[Token], here: Here<'_>) {
        for token in tokens {
            match token {
                Token::Group(_, held) => self.texts(held, here),
                Token::Text(text) if ["crate::", "super::", "self::"].iter().any(|start| text.starts_with(start)) => {
                    self.walk(&token::read(text), here);
                }
                Token::Text(_) | Token::Word(..) | Token::Mark(_) => {}
            }
        }
    }
}

/// The names at the beginning that are joined by `::`, and how many tokens they take.
fn names_of(tokens: &[Token]) -> (Names, usize) {
    let (mut names, mut at) = (Vec::new(), 0);
    while let Some(Token::Word(name, _)) = tokens.get(at) {
        names.push(name.clone());
        at += 1;
        let [Token::Mark(':'), Token::Mark(':'), ..] = &tokens[at..] else { break };
        at += 2;
    }
    (names, at)
}

fn is_test_only(attribute: &[Token]) -> bool {
    matches!(attribute, [cfg, Token::Group('(', held)] if cfg.is_word("cfg") && matches!(held.as_slice(), [only] if only.is_word("test")))
}

/// Whether brackets after `pub` hold a visibility.
fn is_visibility(held: &[Token]) -> bool {
    held.first().is_some_and(|first| ["crate", "super", "self", "in"].iter().any(|known| first.is_word(known)))
}

/// Whether these tokens end with `pub` or `pub(…)`.
fn is_public(before: &[Token]) -> bool {
    match before {
        [.., word, Token::Group('(', held)] => word.is_word("pub") && is_visibility(held),
        [.., word] => word.is_word("pub"),
        [] => false,
    }
}

/// `icims/api/mod.rs` is the module `icims::api`; `lib.rs` is the root, and `main.rs` a module beside the others.
fn module_of(file: &str) -> Names {
    let mut names: Names = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if names.last().is_some_and(|last| last == "mod") || names == ["lib"] {
        names.pop();
    }
    names
}

/// The Rust files below a folder, with their paths from there.
pub(super) fn files_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path.strip_prefix(folder).expect("a path below the folder").to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}
