//! Writes a message's content from the slices it lies in, several to a write.
//!
//! A failed write says whether the last octets can have left this host: if they cannot, no server can have
//! taken the message.

use std::io::IoSlice;
use std::time::Duration;

use bytes::Bytes;
use postamt_mail::client::{Framing, Problem};
use postamt_mail::dot_stuffing::Stuffed;
use tokio::io::AsyncWriteExt;

use super::stream::Stream;
use super::wire::{GivenUp, unless, within};

/// Slices given to one write.
const SLICES: usize = 32;

/// A write that failed.
#[derive(Debug)]
pub(super) struct Interrupted {
    pub(super) problem: Problem,
    /// The end of the content may be on its way.
    pub(super) end_given_away: bool,
}

/// Writes `header` (the BDAT command, or nothing) and the content; each write must end within `limit`.
pub(super) async fn write(
    stream: &mut Stream,
    header: &[u8],
    framing: Framing,
    pieces: &[Bytes],
    limit: Duration,
    given_up: &mut GivenUp<'_>,
) -> Result<(), Interrupted> {
    let header = std::iter::once(header);
    let slices: Slices<'_> = match framing {
        Framing::Lines => Box::new(header.chain(Stuffed::new(pieces)).filter(|slice| !slice.is_empty())),
        Framing::Chunk => {
            Box::new(header.chain(pieces.iter().map(|p| &p[..])).filter(|slice| !slice.is_empty()))
        }
    };
    write_slices(stream, slices, limit, given_up).await
}

/// Boxed, because a closure type held over an await makes the compiler doubt that the future is `Send`.
type Slices<'a> = Box<dyn Iterator<Item = &'a [u8]> + Send + 'a>;

async fn write_slices(
    stream: &mut Stream,
    slices: Slices<'_>,
    limit: Duration,
    given_up: &mut GivenUp<'_>,
) -> Result<(), Interrupted> {
    let mut slices = slices.peekable();
    while slices.peek().is_some() {
        let mut batch = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (place, slice) in batch.iter_mut().zip(slices.by_ref().take(SLICES)) {
            *place = IoSlice::new(slice);
            count += 1;
        }
        let is_last = slices.peek().is_none();
        let mut rest = &mut batch[..count];
        while !rest.is_empty() {
            match unless(given_up, within(limit, stream.write_vectored(rest))).await {
                Ok(0) => return Err(Interrupted { problem: Problem::Closed, end_given_away: false }),
                Ok(written) => IoSlice::advance_slices(&mut rest, written),
                // The kernel takes nothing with a failing write; the TLS layer may have sent a part before.
                Err(problem) => {
                    // Nothing of a write that was given up while it waited has left.
                    let doubtful = is_last && stream.is_tls() && !matches!(problem, Problem::GivenUp);
                    return Err(Interrupted { problem, end_given_away: doubtful });
                }
            }
        }
    }
    // All is with the TLS layer or the kernel now.
    within(limit, stream.flush()).await.map_err(|problem| Interrupted { problem, end_given_away: true })
}
