//! BDAT (RFC 3030 §2). The octets of a chunk are always read to their end, wanted or not, because otherwise a
//! refused message would be taken for commands.

use bytes::{Buf, BytesMut};

use super::{Server, State, Step};
use crate::data::Content;

/// A chunk that is coming in.
#[derive(Debug)]
pub(super) struct Chunk {
    size: u64,
    remaining: u64,
    last: bool,
    /// Why it is not wanted: what is said at its end.
    refusal: Option<&'static str>,
}

impl Chunk {
    pub(super) fn is_complete(&self) -> bool {
        self.remaining == 0
    }
}

impl Server {
    pub(super) fn chunk(&mut self, size: u64, last: bool) -> Option<Step> {
        let refusal = self.objection_to_chunk();
        let rules = self.content_rules();
        if let Some(transaction) = self.transaction.as_mut().filter(|_| refusal.is_none()) {
            let declared = transaction.declared_size.or(last.then_some(size));
            transaction.chunks.get_or_insert_with(|| Content::new(rules, declared));
        }
        self.state = State::Chunk(Chunk { size, remaining: size, last, refusal });
        None
    }

    fn objection_to_chunk(&self) -> Option<&'static str> {
        match &self.transaction {
            // Here end the chunks behind one that was refused, too: it closed the transaction.
            None => Some("503 5.5.1 Say MAIL and RCPT first"),
            Some(transaction) if transaction.envelope.recipients.is_empty() => Some(self.no_recipients()),
            Some(_) => None,
        }
    }

    pub(super) fn read_chunk(&mut self, input: &mut BytesMut) -> Option<Step> {
        let State::Chunk(chunk) = &mut self.state else { return None };
        let available = usize::try_from(chunk.remaining).unwrap_or(usize::MAX).min(input.len());
        if chunk.refusal.is_none() {
            let content = self.transaction.as_mut().and_then(|transaction| transaction.chunks.as_mut());
            if let Some(content) = content {
                content.push(&input[..available]);
            }
        }
        input.advance(available);
        chunk.remaining -= available as u64;
        if !chunk.is_complete() {
            return None;
        }
        let (size, last, refusal) = (chunk.size, chunk.last, chunk.refusal);
        self.state = State::Command;
        match refusal {
            Some(refusal) => self.object(refusal),
            None => self.end_chunk(size, last),
        }
    }

    fn end_chunk(&mut self, size: u64, last: bool) -> Option<Step> {
        let transaction = self.transaction.as_mut()?;
        if last {
            let content = transaction.chunks.take()?;
            return self.message(content.finish());
        }
        let fault = transaction.chunks.as_ref().and_then(Content::fault);
        if let Some(fault) = fault {
            // RFC 3030 §2: after a failed chunk the transaction is lost.
            self.transaction = None;
            return self.refuse_content(fault, 1);
        }
        self.say_all(&["250 2.0.0 ", &size.to_string(), " octets received"]);
        None
    }
}
