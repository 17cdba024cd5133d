//! What an evaluation tells of itself.

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::record::Qualifier;

/// RFC 7208 §2.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SpfResult {
    /// There is nothing to go by.
    None,
    /// The domain does not say.
    Neutral,
    /// It may send.
    Pass,
    /// It may not.
    Fail,
    /// Rather not.
    SoftFail,
    /// DNS did not answer.
    TempError,
    /// The record cannot be used.
    PermError,
}

impl From<Qualifier> for SpfResult {
    fn from(qualifier: Qualifier) -> Self {
        match qualifier {
            Qualifier::Pass => Self::Pass,
            Qualifier::Fail => Self::Fail,
            Qualifier::SoftFail => Self::SoftFail,
            Qualifier::Neutral => Self::Neutral,
        }
    }
}

/// A term of a record, and how the record was come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Whose record, behind those that include it or redirect to it, outermost first.
    pub chain: Vec<String>,
    /// The term; `None` is the record as a whole.
    pub term: Option<String>,
}

impl Place {
    /// Whose record it is.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.chain.last().map_or("", String::as_str)
    }
}

/// The term that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// In the record that gave the result.
    pub place: Place,
    /// Where the client was found: below an `include`, its own terms.
    pub inner: Place,
    /// What it means.
    pub qualifier: Qualifier,
}

/// Something that was asked of DNS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// By which term.
    pub place: Place,
    /// For which name, or whose address.
    pub name: String,
    /// Of which type: `TXT`, `A`.
    pub record: String,
    /// What came.
    pub outcome: QuestionOutcome,
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionOutcome {
    /// So many records.
    Found(usize),
    /// No such name, or no such record: a void look-up.
    Void,
    /// No answer.
    Failed,
}

/// What is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: ProblemKind,
}

/// Kinds of problems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// So many records where there may be one (RFC 7208 §4.5): a permanent error.
    SeveralRecords(usize),
    /// The grammar does not allow it: a permanent error.
    Syntax(Fault),
    /// `include` or `redirect` of a name without a record (RFC 7208 §5.2 and §6.1): a permanent error.
    NothingAt(String),
    /// So many look-ups and more than [`super::LOOKUP_LIMIT`]: a permanent error.
    TooManyLookups(usize),
    /// So many questions without an answer and more than [`super::VOID_LIMIT`]: a permanent error.
    TooManyVoidLookups(usize),
    /// An `mx` with more servers than [`super::NAME_LIMIT`]: a permanent error.
    TooManyExchanges(usize),
    /// DNS does not answer for this name: a temporary error.
    NoAnswer(String),
    /// A name that DNS cannot carry.
    ImpossibleName(String),
    /// Everybody may send.
    EverybodyPasses,
    /// `ptr`, which is slow and not to be used (RFC 7208 §5.5).
    UsesPtr,
    /// A name without address, or without server: it lets nobody in, and is a void look-up.
    NobodyAt(String),
    /// A record that includes or redirects to itself.
    Circle(String),
    /// Terms behind `all`, which nobody reads (RFC 7208 §5.1).
    BehindAll,
    /// `redirect` beside `all`, which nobody follows (RFC 7208 §6.1).
    UselessRedirect,
    /// Neither `all` nor `redirect`: it says nothing of those whom it does not name.
    NoEnd,
}

impl ProblemKind {
    /// Whether receivers give a permanent error because of it.
    #[must_use]
    pub const fn is_permanent_error(&self) -> bool {
        matches!(
            self,
            Self::SeveralRecords(_)
                | Self::Syntax(_)
                | Self::NothingAt(_)
                | Self::TooManyLookups(_)
                | Self::TooManyVoidLookups(_)
                | Self::TooManyExchanges(_)
                | Self::Circle(_)
        )
    }
}

/// What a receiver makes of a client, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Whose record was asked for.
    pub domain: String,
    /// The result.
    pub result: SpfResult,
    /// The term that decided; `None` where none matched.
    pub matched: Option<Matched>,
    /// The domain's words for a refusal.
    pub explanation: Option<String>,
    /// The terms that counted against [`super::LOOKUP_LIMIT`], in their order.
    pub lookups: Vec<Place>,
    /// Questions without an answer that counted.
    pub void_lookups: usize,
    /// Everything that was asked.
    pub questions: Vec<Question>,
    /// What was wrong on the way. Complete only where the result is an error; see [`super::survey`].
    pub problems: Vec<Problem>,
}
