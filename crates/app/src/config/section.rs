//! The form of a section: one declaration per field gives its type, its default, its line in the annotated
//! example, its row in the reference and its place in `config show`.
//!
//! ```ignore
//! section! {
//!     /// What the section is for.
//!     Retry = "retry" {
//!         /// What the field does.
//!         lifetime_secs: Seconds = Default("432_000"),
//!     }
//! }
//! ```
//!
//! `Required(example)` must be set, `Default(value)` is set when it is left out, `Optional(example)` may be absent
//! (its type is then an `Option` or a list). The texts are TOML and are read by the same code as the file.

use std::path::Path;
use std::sync::Arc;

use super::problem::{Expected, Fault, Problem};
use super::source::{Kind, Node, Spot, Table, parse};

/// A type that a field may have.
pub trait Setting: Sized {
    /// Reads the value, or says what is wrong with it.
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self>;
    /// The value as TOML; `None` is nothing to write.
    fn write(&self) -> Option<String>;
    /// The value of a field that may be left out.
    fn absent() -> Option<Self> {
        None
    }
}

/// A section of the file.
pub trait Section: Sized {
    /// Its name and fields.
    const DESCRIPTION: Description;
    /// Reads it; `None` when a fault was reported.
    fn read(reader: &mut SectionReader<'_>) -> Option<Self>;
    /// The fields with their values as TOML, for `config show`.
    fn values(&self) -> Vec<(&'static str, Option<String>)>;
}

/// What the example and the reference say of a section.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// The name in brackets.
    pub name: &'static str,
    /// Whether it may stand several times, `[[name]]`.
    pub repeated: bool,
    /// The doc comment, line by line.
    pub doc: &'static [&'static str],
    /// The fields in order.
    pub fields: &'static [FieldDescription],
}

/// What they say of a field.
#[derive(Debug, Clone, Copy)]
pub struct FieldDescription {
    /// Its key.
    pub name: &'static str,
    /// The doc comment, line by line.
    pub doc: &'static [&'static str],
    /// Whether it must be set.
    pub presence: Presence,
}

/// Whether a field must be set, with its example or default in TOML.
#[derive(Debug, Clone, Copy)]
pub enum Presence {
    /// Must be set.
    Required(&'static str),
    /// Has this value when it is left out.
    Default(&'static str),
    /// May be left out.
    Optional(&'static str),
}

impl Presence {
    /// The TOML text.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Presence::Required(text) | Presence::Default(text) | Presence::Optional(text) => text,
        }
    }
}

/// Reports faults of one field.
pub struct FieldReader<'a> {
    key: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl<'a> FieldReader<'a> {
    /// For a value outside a section.
    pub fn new(key: &'a str, problems: &'a mut Vec<Problem>) -> Self {
        Self { key, problems }
    }

    /// The value is not what it should be.
    pub fn wrong<T>(&mut self, node: &Node, expected: Expected) -> Option<T> {
        let fault = Fault::WrongValue { key: self.key.to_owned(), seen: node.kind.to_string(), expected };
        self.problems.push(Problem { spot: node.spot.clone(), fault });
        None
    }

    /// The value is not what a phrase of the catalogue describes.
    pub fn expected<T>(&mut self, node: &Node, phrase: &'static str) -> Option<T> {
        self.wrong(node, Expected::Phrase(phrase))
    }

    /// The value breaks a rule that has a sentence of its own.
    pub fn rule<T>(&mut self, node: &Node, sentence: &'static str) -> Option<T> {
        let arguments = vec![("key", self.key.to_owned()), ("seen", node.kind.to_string())];
        self.problems.push(Problem { spot: node.spot.clone(), fault: Fault::Rule { sentence, arguments } });
        None
    }
}

/// Reads the fields of one section.
pub struct SectionReader<'a> {
    table: &'a Table,
    spot: Spot,
    problems: &'a mut Vec<Problem>,
}

impl<'a> SectionReader<'a> {
    /// For the table of a section that starts at `spot`.
    pub fn new(table: &'a Table, spot: Spot, problems: &'a mut Vec<Problem>) -> Self {
        Self { table, spot, problems }
    }

    /// Reads one field.
    pub fn field<T: Setting>(&mut self, section: &str, name: &'static str, presence: Presence) -> Option<T> {
        let key = format!("{section}.{name}");
        if let Some((_, node)) = self.table.get(name) {
            return T::read(node, &mut FieldReader::new(&key, self.problems));
        }
        match presence {
            Presence::Optional(_) => T::absent(),
            Presence::Default(text) => {
                let node = literal(text, self.problems)?;
                T::read(&node, &mut FieldReader::new(&key, self.problems))
            }
            Presence::Required(example) => {
                let fault = Fault::MissingKey { key, example: format!("{name} = {example}") };
                self.problems.push(Problem { spot: self.spot.clone(), fault });
                None
            }
        }
    }

    /// Reports the keys that are no fields.
    pub fn finish(&mut self, description: Description) {
        let names: Vec<&str> = description.fields.iter().map(|field| field.name).collect();
        for (key, (spot, _)) in self.table {
            if !names.contains(&key.as_str()) {
                let full = format!("{}.{key}", description.name);
                let nearest = nearest(key, names.iter().copied());
                let fault = Fault::UnknownKey { key: full, nearest };
                self.problems.push(Problem { spot: spot.clone(), fault });
            }
        }
    }
}

/// The value of a TOML text of the source, as a default is.
fn literal(text: &str, problems: &mut Vec<Problem>) -> Option<Node> {
    let file: Arc<Path> = Path::new("(default)").into();
    let mut table = parse(&file, &format!("value = {text}"), problems);
    table.remove("value").map(|(_, node)| node)
}

/// The name that was probably meant.
pub fn nearest<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    names
        .map(|name| (strsim::jaro_winkler(key, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
}

/// Reads a section that stands once; when it is left out, all its fields are.
pub fn single<S: Section>(root: &Table, file: &Spot, problems: &mut Vec<Problem>) -> Option<S> {
    let empty = Table::new();
    let (table, spot) = match root.get(S::DESCRIPTION.name) {
        None => (&empty, file.clone()),
        Some((spot, Node { kind: Kind::Table(table), .. })) => (table, spot.clone()),
        Some((_, node)) => {
            return not_a_section(node, S::DESCRIPTION.name, "config-expected-section", problems);
        }
    };
    S::read(&mut SectionReader::new(table, spot, problems))
}

/// Reads a section that may stand several times, each with its place.
pub fn repeated<S: Section>(root: &Table, problems: &mut Vec<Problem>) -> Option<Vec<(Spot, S)>> {
    let name = S::DESCRIPTION.name;
    let nodes = match root.get(name) {
        None => return Some(Vec::new()),
        Some((_, Node { kind: Kind::List(nodes), .. })) => nodes,
        Some((_, node)) => return not_a_section(node, name, "config-expected-sections", problems),
    };
    let mut sections = Vec::with_capacity(nodes.len());
    let mut complete = true;
    for node in nodes {
        let section = match &node.kind {
            Kind::Table(table) => S::read(&mut SectionReader::new(table, node.spot.clone(), problems)),
            _ => not_a_section(node, name, "config-expected-sections", problems),
        };
        match section {
            Some(section) => sections.push((node.spot.clone(), section)),
            None => complete = false,
        }
    }
    complete.then_some(sections)
}

fn not_a_section<T>(node: &Node, name: &str, phrase: &'static str, problems: &mut Vec<Problem>) -> Option<T> {
    FieldReader::new(name, problems).expected(node, phrase)
}

macro_rules! section {
    (
        $(#[doc = $doc:literal])+
        $repeated:ident $name:ident = $key:literal {
            $( $(#[doc = $field_doc:literal])+ $field:ident : $type:ty = $presence:ident($text:literal), )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $( $(#[doc = $field_doc])+ pub $field: $type, )+
        }

        impl $crate::config::section::Section for $name {
            const DESCRIPTION: $crate::config::section::Description = $crate::config::section::Description {
                name: $key,
                repeated: section!(@repeated $repeated),
                doc: &[$($doc),+],
                fields: &[$( $crate::config::section::FieldDescription {
                    name: stringify!($field),
                    doc: &[$($field_doc),+],
                    presence: $crate::config::section::Presence::$presence($text),
                } ),+],
            };

            fn read(reader: &mut $crate::config::section::SectionReader<'_>) -> Option<Self> {
                $( let $field = reader.field::<$type>(
                    $key,
                    stringify!($field),
                    $crate::config::section::Presence::$presence($text),
                ); )+
                reader.finish(Self::DESCRIPTION);
                Some(Self { $( $field: $field?, )+ })
            }

            fn values(&self) -> Vec<(&'static str, Option<String>)> {
                vec![$( (stringify!($field), $crate::config::section::Setting::write(&self.$field)) ),+]
            }
        }
    };
    (@repeated once) => { false };
    (@repeated many) => { true };
}
pub(crate) use section;
