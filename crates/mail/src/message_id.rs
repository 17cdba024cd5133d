//! Message identifiers that we make ourselves (RFC 5322 §3.6.4), for messages that come without one and for our
//! notices. Unique because the queue id is; the time keeps them apart even when a queue is made anew.

/// `<time.queue-id@host>`, with its angle brackets.
///
/// `queue_id` and `hostname` are our own words, hence good atoms.
#[must_use]
pub fn generate(now: u64, queue_id: &str, hostname: &str) -> String {
    format!("<{now:x}.{queue_id}@{hostname}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_as_an_identifier() {
        let id = generate(1_790_000_000, "01h2x3y4z5a6b", "mail.sender.test");
        assert_eq!(id, "<6ab13b80.01h2x3y4z5a6b@mail.sender.test>");
        assert_eq!(crate::header::message_id(id.as_bytes()), Some(&*id));
    }
}
