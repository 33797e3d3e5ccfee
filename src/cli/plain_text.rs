//! Text for people in a locale without UTF-8: help and messages in ASCII.

use std::io::{self, Write};
use std::str;

use crate::domain::text::to_ascii;

/// Returns a stream that gets what is written in ASCII if `ascii`, and as it is otherwise.
pub fn text_stream<'w>(stream: impl Write + 'w, ascii: bool) -> Box<dyn Write + 'w> {
    if ascii { Box::new(AsciiText { stream, rest: Vec::new() }) } else { Box::new(stream) }
}

struct AsciiText<W: Write> {
    stream: W,
    /// The beginning of a character that is not whole yet.
    rest: Vec<u8>,
}

impl<W: Write> Write for AsciiText<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.extend(bytes);
        let whole = match str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            // What is no UTF-8 at all is replaced.
            Err(error) => error.error_len().map_or(error.valid_up_to(), |_| self.rest.len()),
        };
        let rest = self.rest.split_off(whole);
        let text = String::from_utf8_lossy(&self.rest).replace(['“', '”'], "\"").replace('’', "'");
        self.rest = rest;
        self.stream.write_all(to_ascii(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_ascii_however_it_is_torn() {
        let text = "unknown key “müller” … ok\n";
        let mut out = Vec::new();
        let mut stream = text_stream(&mut out, true);
        for byte in text.as_bytes() {
            assert_eq!(stream.write(&[*byte]).unwrap(), 1);
        }
        drop(stream);
        assert_eq!(String::from_utf8(out).unwrap(), "unknown key \"m<U+00FC>ller\" ~ ok\n");
        let mut out = Vec::new();
        text_stream(&mut out, false).write_all(text.as_bytes()).unwrap();
        assert_eq!(out, text.as_bytes());
    }
}
