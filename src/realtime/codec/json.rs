//! The protocol as JSON: one object a line.

mod read;
mod write;

use bytes::{Bytes, BytesMut};

use super::{Codec, Malformed};
use crate::realtime::protocol::{Command, Publication, Push, Reply};

#[derive(Clone, Copy, Debug, Default)]
pub struct Json;

impl Codec for Json {
    fn decode<'m>(
        &self,
        message: &'m [u8],
    ) -> impl Iterator<Item = Result<Command, Malformed>> + use<'m> {
        let lines = message.strip_suffix(b"\n").unwrap_or(message);
        lines.split(|byte| *byte == b'\n').map(read::command)
    }

    fn reply(&self, reply: &Reply) -> Bytes {
        let mut out = BytesMut::with_capacity(128);
        write::reply(&mut out, reply);
        out.freeze()
    }

    fn push(&self, push: &Push<'_>) -> Bytes {
        let mut out = BytesMut::with_capacity(128);
        write::push(&mut out, push);
        out.freeze()
    }

    fn publication(&self, publication: &Publication) -> Bytes {
        let mut out = BytesMut::with_capacity(64 + publication.data.len());
        write::publication(&mut out, publication);
        out.freeze()
    }

    fn ping(&self) -> Bytes {
        Bytes::from_static(b"{}")
    }
}

#[cfg(test)]
mod tests;
