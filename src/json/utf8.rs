//! Checks text for UTF-8, if possible several texts at once.
//!
//! A message of less than 128 bytes has no length prefix beyond ASCII. Unless it contains a number, it is
//! valid UTF-8 as a whole if and only if its texts are. One check of such a message replaces one for each
//! of its names and texts.

use std::cell::Cell;

use super::wire::WireError;

/// Messages of this size can have a length prefix that is not ASCII.
const LARGE: usize = 0x80;

/// The last small message that was checked.
#[derive(Default)]
pub(super) struct Checked<'a> {
    message: Cell<&'a [u8]>,
    /// The message, if it is valid UTF-8.
    text: Cell<&'a str>,
}

impl<'a> Checked<'a> {
    /// Checks a message in advance if it is small and not a part of the last one, so that no byte is
    /// checked in advance twice.
    #[inline]
    pub(super) fn prepare(&self, message: &'a [u8]) {
        let last = self.message.get();
        if message.len() < LARGE && offset(message, last) >= last.len() {
            self.check(message);
        }
    }

    #[inline(never)]
    fn check(&self, message: &'a [u8]) {
        self.message.set(message);
        self.text
            .set(std::str::from_utf8(message).unwrap_or_default());
    }

    /// The text in `bytes`. A part of valid text between two characters is valid, too.
    #[inline]
    pub(super) fn text(&self, bytes: &'a [u8]) -> Result<&'a str, WireError> {
        let checked = self.text.get();
        let start = offset(bytes, checked.as_bytes());
        let end = start.wrapping_add(bytes.len());
        match checked.get(start..end) {
            Some(text) => Ok(text),
            None => super::read::text(bytes),
        }
    }
}

/// The position of `bytes` in `whole`. Beyond its end if it is not a part of it.
#[inline]
fn offset(bytes: &[u8], whole: &[u8]) -> usize {
    bytes.as_ptr().addr().wrapping_sub(whole.as_ptr().addr())
}
