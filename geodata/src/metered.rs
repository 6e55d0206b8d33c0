//! A reader that stops where one piece of a stream goes on for too long.

use std::io::{self, BufRead, Read};

/// Largest text or tag, in bytes.
const PIECE: usize = 64 << 20;

/// Fails when one piece of XML (a text, a tag) goes on for longer than any honest one: it would have to be held whole.
pub struct Metered<R> {
    inner: R,
    since_last: usize,
}

impl<R> Metered<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, since_last: 0 }
    }

    /// A new piece begins.
    pub fn restart(&mut self) {
        self.since_last = 0;
    }
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_last > PIECE {
            return Err(io::Error::other("one element of more than 64 MB"));
        }
        self.inner.fill_buf()
    }
    fn consume(&mut self, count: usize) {
        self.since_last += count;
        self.inner.consume(count);
    }
}
