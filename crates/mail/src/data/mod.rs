//! The content of a message on its way in: the end of DATA found, dots unstuffed, line endings watched.
//!
//! [`Content`] collects what DATA or BDAT brings and knows what is wrong with it; [`DataDecoder`] is in front of
//! it with DATA. Both take any split of the octets and give the same result. A fault never ends the reading
//! early: the message is read to its true end and refused there, so that the rest of it can never be taken for
//! commands.

mod content;
mod decoder;
mod long_lines;

pub use content::{Content, ContentFault, ContentRules, FinishedContent};
pub use decoder::DataDecoder;
pub use long_lines::{LINE_LIMIT, LongLines, shorten_lines};

#[cfg(test)]
mod tests;
