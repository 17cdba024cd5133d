//! The value of `account_limits`: two figures, read from a list.

use super::section::{FieldReader, Setting};
use super::source::{Kind, Node};

/// Two figures: within an hour, and within 24 hours; 0 is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourAndDay(pub [u32; 2]);

impl Setting for HourAndDay {
    fn read(node: &Node, field: &mut FieldReader<'_>) -> Option<Self> {
        let figure = |node: &Node| match node.kind {
            Kind::Integer(number) => u32::try_from(number).ok(),
            _ => None,
        };
        let figures = match &node.kind {
            Kind::List(nodes) => nodes.iter().map(figure).collect::<Option<Vec<u32>>>(),
            _ => None,
        };
        match figures.as_deref() {
            Some([hour, day]) => Some(Self([*hour, *day])),
            _ => field.expected(node, "config-expected-hour-and-day"),
        }
    }

    fn write(&self) -> Option<String> {
        let [hour, day] = self.0;
        Some(format!("[{hour}, {day}]"))
    }
}
