//! How much mail our users have handed in of late, as far as the running server has written it down: for what a provider is told.

use postamt_mta::flow::Channel;
use postamt_store::history::{MessageRecord, Query};

use super::{doctor, wait};
use crate::config::Config;
use crate::terminal::Stop;

/// How far back mail is counted.
pub const DAYS: u64 = 28;
/// The same in seconds.
pub const SPAN: u64 = DAYS * 86_400;
/// How much of it at the most.
const COUNTED: usize = 100_000;

/// When the last messages were handed in, in seconds since 1970; none where there is no history that may be read.
///
/// # Errors
/// There is no runtime for the question.
pub fn received(config: &Config) -> Result<Vec<u64>, Stop> {
    let Some(history) = doctor::history(config) else { return Ok(Vec::new()) };
    let records = wait(history.search(Query { limit: COUNTED, ..Query::default() }))?;
    let records = records.unwrap_or_default();
    Ok(records.iter().filter(|record| is_sent(record)).map(|record| record.received_at).collect())
}

/// Whether this is mail of our users, and neither a notice of the server's own nor mail that came for them: what is told of
/// how much is sent counts nothing else.
fn is_sent(record: &MessageRecord) -> bool {
    [Channel::Submission, Channel::Submissions, Channel::Sendmail]
        .iter()
        .any(|it| it.name() == record.channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_in_or_was_written_by_the_server_is_not_counted_as_sent() {
        let record = |channel: &str| MessageRecord {
            id: 1,
            received_at: 1,
            sender: String::new(),
            recipients: Vec::new(),
            account: None,
            channel: channel.to_owned(),
            size: 1,
            message_id: None,
            attempts: Vec::new(),
            finished_at: None,
        };
        let counted = ["smtp", "submission", "submissions", "sendmail", "notice", "forward"]
            .map(|it| is_sent(&record(it)));
        assert_eq!(counted, [false, true, true, true, false, false]);
    }
}
