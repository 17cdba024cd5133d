//! SPF (RFC 7208) as a receiver evaluates it, with a trace of how it came to its result.
//!
//! ```text
//! evaluate(resolver, query) ─▶ Evaluation: result, the term that matched, look-ups, problems
//! survey(resolver, domain)  ─▶ Survey: the whole tree of records, whoever sends, and what is wrong with it
//! ```
//!
//! [`evaluate`] answers for one client and stops where a receiver stops. [`survey`] reads everything, so it also finds
//! what only some other client would run into. Both read records by [`record`]; neither says anything in words.

mod evaluate;
mod expand;
mod fault;
mod macros;
mod mechanisms;
mod names;
pub mod record;
mod survey;
mod trace;

pub use evaluate::{Query, evaluate};
pub use fault::{Fault, FaultKind};
pub(crate) use names::is_in_network;
pub use survey::{Survey, SurveyedRecord, survey};
pub use trace::{Evaluation, Matched, Place, Problem, ProblemKind, Question, QuestionOutcome, SpfResult};

/// Terms that look something up, at the most (RFC 7208 §4.6.4).
pub const LOOKUP_LIMIT: usize = 10;
/// Questions without an answer, at the most (RFC 7208 §4.6.4).
pub const VOID_LIMIT: usize = 2;
/// Servers of one `mx`, and names of one address, at the most (RFC 7208 §4.6.4).
pub const NAME_LIMIT: usize = 10;

/// Whether a TXT record is an SPF record (RFC 7208 §4.5): the version is a term of its own.
#[must_use]
pub fn is_record(text: &str) -> bool {
    text.split(' ').next().unwrap_or_default().eq_ignore_ascii_case("v=spf1")
}
