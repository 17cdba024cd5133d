//! The frame of the milter protocol: four octets of length, one of code, and the content.
//!
//! [`Packet::take`] cuts a packet from what has come, or says that more is needed; a length above [`PACKET_LIMIT`] is a
//! fault before any room is made for it.

use bytes::{Buf, Bytes, BytesMut};

use super::Fault;

/// Octets of body in one packet (`MILTER_CHUNK_SIZE`); many milters have room for no more.
pub const CHUNK_LIMIT: usize = 65_535;
/// Octets of an answer. A milter's library sends up to 65,535, and a name, an index and some ends of text beside them.
pub const PACKET_LIMIT: u32 = 128 * 1024;

/// An answer in its frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// What it is.
    pub code: u8,
    /// What it holds.
    pub content: Bytes,
}

impl Packet {
    /// Cuts the next packet from the front; `None` until it is whole.
    ///
    /// # Errors
    /// [`Fault::EmptyPacket`], [`Fault::PacketTooLarge`]: what follows can never be read then.
    pub fn take(input: &mut BytesMut) -> Result<Option<Self>, Fault> {
        let Some(head) = input.first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_be_bytes(*head);
        if length == 0 {
            return Err(Fault::EmptyPacket);
        }
        if length > PACKET_LIMIT {
            return Err(Fault::PacketTooLarge(length));
        }
        let length = length as usize;
        if input.len() < 4 + length {
            return Ok(None);
        }
        input.advance(4);
        let code = input.get_u8();
        Ok(Some(Self { code, content: input.split_to(length - 1).freeze() }))
    }

    /// The code as people read it.
    #[must_use]
    pub fn letter(&self) -> char {
        char::from(self.code)
    }
}

/// Writes a packet whose content is these parts, one behind the other.
pub(super) fn put(output: &mut Vec<u8>, code: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    put_head(output, code, length);
    for part in parts {
        output.extend_from_slice(part);
    }
}

/// Writes the head of a packet whose content, of this length, follows.
pub(super) fn put_head(output: &mut Vec<u8>, code: u8, length: usize) {
    let length = u32::try_from(length + 1).expect("what we send is cut into chunks");
    output.extend_from_slice(&length.to_be_bytes());
    output.push(code);
}
