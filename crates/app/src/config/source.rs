//! The configuration as it was written: the main file and those beside it, parsed into one tree in which every
//! key and value knows its file and line.
//!
//! [`read`] never stops at the first fault: syntax errors of all files and keys that are set twice are all
//! reported, and the tree holds what could be understood.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Fault, Problem};

/// A file and a line in it; line 0 is the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file.
    pub file: Arc<Path>,
    /// Counted from 1.
    pub line: usize,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => self.file.display().fmt(f),
            line => write!(f, "{}:{line}", self.file.display()),
        }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where the value starts.
    pub spot: Spot,
    /// What it is.
    pub kind: Kind,
}

/// The kinds of TOML values that settings are made of.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A string.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// `[…]`.
    List(Vec<Node>),
    /// `[section]` or `{…}`.
    Table(Table),
    /// A kind that no setting has (floats, dates, numbers beyond 64 bits), as it was written.
    Other(String),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Text(text) => write!(f, "{text:?}"),
            Kind::Integer(number) => number.fmt(f),
            Kind::Boolean(value) => value.fmt(f),
            Kind::List(_) => f.write_str("[…]"),
            Kind::Table(_) => f.write_str("{…}"),
            Kind::Other(text) => f.write_str(text),
        }
    }
}

/// A table: the place of each key, and its value.
pub type Table = BTreeMap<String, (Spot, Node)>;

/// Everything that was read.
#[derive(Debug)]
pub struct Source {
    /// The merged tree.
    pub table: Table,
    /// The files, in the order they were read.
    pub files: Vec<PathBuf>,
}

/// Reads the file and, in the order of their names, the files `conf.d/*.toml` beside it.
pub fn read(path: &Path, problems: &mut Vec<Problem>) -> Source {
    let mut source = Source { table: Table::new(), files: Vec::new() };
    let mut paths = vec![path.to_path_buf()];
    paths.extend(included(path, problems));
    for path in paths {
        let file: Arc<Path> = path.clone().into();
        match std::fs::read_to_string(&path) {
            Ok(text) => merge(&mut source.table, parse(&file, &text, problems), problems),
            Err(error) => {
                let fault = if error.kind() == std::io::ErrorKind::NotFound {
                    Fault::Missing
                } else {
                    Fault::Unreadable { error: error.to_string() }
                };
                problems.push(Problem { spot: Spot { file, line: 0 }, fault });
            }
        }
        source.files.push(path);
    }
    source
}

/// The directory whose `*.toml` files belong to a configuration file.
#[must_use]
pub fn include_directory(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new(".")).join("conf.d")
}

fn included(path: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let directory = include_directory(path);
    let entries = match std::fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() != std::io::ErrorKind::NotFound {
                let spot = Spot { file: directory.into(), line: 0 };
                problems.push(Problem { spot, fault: Fault::Unreadable { error: error.to_string() } });
            }
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    paths
}

/// Parses the text of one file.
pub fn parse(file: &Arc<Path>, text: &str, problems: &mut Vec<Problem>) -> Table {
    let lines = Lines::new(file, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let spot = lines.spot(error.span().map_or(0, |span| span.start));
        problems.push(Problem { spot, fault: Fault::Syntax { error: error.message().to_owned() } });
    }
    lines.table(table.get_ref())
}

/// Finds the line of an octet.
struct Lines<'a> {
    file: &'a Arc<Path>,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(file: &'a Arc<Path>, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, starts }
    }

    fn spot(&self, offset: usize) -> Spot {
        Spot { file: self.file.clone(), line: self.starts.partition_point(|start| *start <= offset) }
    }

    fn table(&self, table: &DeTable<'_>) -> Table {
        table
            .iter()
            .map(|(key, value)| (key.get_ref().to_string(), (self.spot(key.span().start), self.node(value))))
            .collect()
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let kind = match value.get_ref() {
            DeValue::String(text) => Kind::Text(text.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| Kind::Other(number.to_string()), Kind::Integer),
            DeValue::Boolean(value) => Kind::Boolean(*value),
            DeValue::Array(values) => Kind::List(values.iter().map(|value| self.node(value)).collect()),
            DeValue::Table(table) => Kind::Table(self.table(table)),
            DeValue::Float(number) => Kind::Other(number.to_string()),
            DeValue::Datetime(time) => Kind::Other(time.to_string()),
        };
        Node { spot: self.spot(value.span().start), kind }
    }
}

/// Adds the settings of another file: sections are joined, lists of tables (`[[relay]]`) grow, and a key that
/// is set in both is a fault, because neither value would be expected.
fn merge(into: &mut Table, from: Table, problems: &mut Vec<Problem>) {
    for (key, (spot, node)) in from {
        let Some((first, present)) = into.get_mut(&key) else {
            into.insert(key, (spot, node));
            continue;
        };
        match (&mut present.kind, node.kind) {
            (Kind::Table(present), Kind::Table(more)) => merge(present, more, problems),
            (Kind::List(present), Kind::List(more)) if all_tables(present) && all_tables(&more) => {
                present.extend(more);
            }
            _ => {
                problems.push(Problem { spot, fault: Fault::SetTwice { key, first: first.clone() } });
            }
        }
    }
}

fn all_tables(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| matches!(node.kind, Kind::Table(_)))
}
