//! A Rust file taken apart line by line: code, comments and string literals kept apart, test code marked.
//!
//! The scanner knows just enough of Rust's lexical grammar (nested comments, raw strings, character literals
//! against lifetimes) that a word in a comment or a string is never taken for code. It cannot fail: an
//! unfinished literal reaches to the end of the file, which the compiler reports better.

use std::path::PathBuf;

/// One line of a file.
#[derive(Debug, Default, Clone)]
pub struct Line {
    /// What is neither comment nor literal; a literal leaves its quotes.
    pub code: String,
    /// Text of comments, with their `//`.
    pub comment: String,
    /// Contents of the string literals that begin here.
    pub strings: Vec<String>,
    /// Inside `#[cfg(test)]`.
    pub test: bool,
}

/// A file of the workspace.
#[derive(Debug)]
pub struct Source {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// The package's folder name: `mail`, `net`, … or `xtask`.
    pub package: String,
    /// The whole file is test code.
    pub test: bool,
    /// Its lines.
    pub lines: Vec<Line>,
}

impl Source {
    /// Takes a file's text apart.
    pub fn parse(path: PathBuf, package: String, test: bool, text: &str) -> Self {
        let mut lines = Scanner::new(text).scan();
        mark_tests(&mut lines);
        Self { path, package, test, lines }
    }

    /// Lines that are not test code, with their numbers from 1.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &Line)> {
        self.lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !self.test && !line.test)
            .map(|(i, line)| (i + 1, line))
    }

    /// The `//!` lines at the top.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.comment.trim()).take_while(|comment| comment.starts_with("//!"))
    }

    /// Names of modules declared as `#[cfg(test)] mod NAME;`.
    pub fn test_modules(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for pair in self.lines.windows(2) {
            let here = if pair[1].code.trim().starts_with("mod ") { &pair[1].code } else { &pair[0].code };
            if pair[0].code.contains("#[cfg(test)]")
                && let Some((_, name)) = here.split_once("mod ")
                && let Some(name) = name.trim().strip_suffix(';')
            {
                names.push(name.trim());
            }
        }
        names
    }
}

enum State {
    Code,
    LineComment,
    BlockComment(usize),
    Text { hashes: Option<usize> },
}

struct Scanner<'a> {
    rest: std::str::Chars<'a>,
    lines: Vec<Line>,
    state: State,
    literal: String,
    began: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.chars(),
            lines: vec![Line::default()],
            state: State::Code,
            literal: String::new(),
            began: 0,
        }
    }

    fn scan(mut self) -> Vec<Line> {
        while let Some(character) = self.rest.next() {
            if character == '\n' {
                self.line_end();
                continue;
            }
            match self.state {
                State::Code => self.code(character),
                State::LineComment => self.line().comment.push(character),
                State::BlockComment(depth) => self.block_comment(character, depth),
                State::Text { hashes } => self.text(character, hashes),
            }
        }
        self.lines
    }

    fn line(&mut self) -> &mut Line {
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }

    fn line_end(&mut self) {
        match self.state {
            State::LineComment => self.state = State::Code,
            State::Text { .. } => self.literal.push('\n'),
            _ => {}
        }
        self.lines.push(Line::default());
    }

    fn ahead(&self, expected: &str) -> bool {
        self.rest.as_str().starts_with(expected)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.rest.next();
        }
    }

    fn code(&mut self, character: char) {
        match character {
            '/' if self.ahead("/") => {
                self.state = State::LineComment;
                self.line().comment.push('/');
            }
            '/' if self.ahead("*") => {
                self.skip(1);
                self.state = State::BlockComment(1);
            }
            '"' => self.begin_text(None),
            'r' if self.raw_hashes().is_some() && !self.after_word() => {
                let hashes = self.raw_hashes().unwrap_or_default();
                self.skip(hashes + 1);
                self.begin_text(Some(hashes));
            }
            '\'' => self.quote(),
            other => self.line().code.push(other),
        }
    }

    /// After an `r`: the number of `#` before a quote, if this begins a raw string.
    fn raw_hashes(&self) -> Option<usize> {
        let rest = self.rest.as_str();
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        rest[hashes..].starts_with('"').then_some(hashes)
    }

    /// True when the `r` ends an identifier other than the prefixes `b` and `c`.
    fn after_word(&self) -> bool {
        let code = self.lines.last().map_or("", |line| line.code.as_str());
        let word: String = code
            .chars()
            .rev()
            .take_while(|character| character.is_alphanumeric() || *character == '_')
            .collect();
        !matches!(word.as_str(), "" | "b" | "c")
    }

    fn begin_text(&mut self, hashes: Option<usize>) {
        self.line().code.push('"');
        self.literal.clear();
        self.began = self.lines.len() - 1;
        self.state = State::Text { hashes };
    }

    /// A character literal is skipped; a lifetime stays code.
    fn quote(&mut self) {
        let mut ahead = self.rest.clone();
        match (ahead.next(), ahead.next()) {
            (Some('\\'), _) => {
                self.skip(2);
                while self.rest.next().is_some_and(|character| character != '\'') {}
                self.line().code.push_str("' '");
            }
            (Some(_), Some('\'')) => {
                self.skip(2);
                self.line().code.push_str("' '");
            }
            _ => self.line().code.push('\''),
        }
    }

    fn block_comment(&mut self, character: char, depth: usize) {
        if character == '*' && self.ahead("/") {
            self.skip(1);
            self.state = if depth == 1 { State::Code } else { State::BlockComment(depth - 1) };
        } else if character == '/' && self.ahead("*") {
            self.skip(1);
            self.state = State::BlockComment(depth + 1);
        } else {
            self.line().comment.push(character);
        }
    }

    fn text(&mut self, character: char, hashes: Option<usize>) {
        match (character, hashes) {
            ('\\', None) => {
                self.literal.push(character);
                match self.rest.next() {
                    Some('\n') => self.line_end(),
                    Some(escaped) => self.literal.push(escaped),
                    None => {}
                }
            }
            ('"', None) => self.end_text(),
            ('"', Some(hashes)) if self.ahead(&"#".repeat(hashes)) => {
                self.skip(hashes);
                self.end_text();
            }
            _ => self.literal.push(character),
        }
    }

    fn end_text(&mut self) {
        let literal = std::mem::take(&mut self.literal);
        self.lines[self.began].strings.push(literal);
        self.line().code.push('"');
        self.state = State::Code;
    }
}

/// Marks the items that follow `#[cfg(test)]`.
fn mark_tests(lines: &mut [Line]) {
    let mut depth = 0usize;
    let mut pending = false;
    let mut until: Option<usize> = None;
    for line in lines {
        if line.code.contains("#[cfg(test)]") {
            pending = true;
        }
        line.test = pending || until.is_some();
        for character in line.code.chars() {
            match character {
                '{' => {
                    if pending && until.is_none() {
                        until = Some(depth);
                        pending = false;
                    }
                    depth += 1;
                }
                '}' => {
                    depth = depth.saturating_sub(1);
                    if until == Some(depth) {
                        until = None;
                    }
                }
                ';' if until.is_none() => pending = false,
                _ => {}
            }
        }
    }
}
