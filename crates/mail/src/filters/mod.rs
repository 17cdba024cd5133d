//! What content filters say, read from their octets: clamd's answers and Rspamd's. The drivers that carry questions and
//! answers are in the `net` crate; what a verdict does to a message is decided by whoever asks.

pub mod clamd;
pub mod rspamd;
