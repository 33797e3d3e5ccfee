//! A terminal whose tab stops can be set.

use std::collections::BTreeSet;
use std::num::NonZero;

/// Clears all tab stops, and sets one at the cursor (TBC and HTS: ECMA-48, 8.3.154 and 8.3.62).
const CLEAR: &[u8] = b"\x1b[3g";
const SET: &[u8] = b"\x1bH";

/// An emulator of a terminal whose tab stops can be set; `vt100` knows only those at each eighth column.
pub(crate) struct Emulator {
    inner: vt100::Parser,
    width: u16,
    stops: BTreeSet<u16>,
    /// The beginning of a sequence whose end has not come.
    begun: Vec<u8>,
}

impl Emulator {
    pub(crate) fn new(width: u16, height: u16) -> Self {
        let size = |cells| NonZero::new(cells).unwrap_or(NonZero::<u16>::MIN);
        Self {
            inner: vt100::Parser::new(size(height), size(width), 0),
            width,
            stops: (8..width).step_by(8).collect(),
            begun: Vec::new(),
        }
    }

    pub(crate) fn process(&mut self, bytes: &[u8]) {
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let mut bytes = all.as_slice();
        while let Some(first) = bytes.first() {
            let is_begun = |sequence: &[u8]| bytes.len() < sequence.len() && sequence.starts_with(bytes);
            if is_begun(CLEAR) || is_begun(SET) {
                break;
            }
            let column = self.inner.screen().cursor_position().1;
            let len = if bytes.starts_with(CLEAR) {
                self.stops.clear();
                CLEAR.len()
            } else if bytes.starts_with(SET) {
                self.stops.insert(column);
                SET.len()
            } else if *first == b'\t' {
                let next = self.stops.range(column + 1..).next().copied().unwrap_or(self.width - 1);
                self.inner.process(format!("\x1b[{}G", next + 1).as_bytes());
                1
            } else {
                self.inner.process(&[*first]);
                1
            };
            bytes = bytes.get(len..).unwrap_or_default();
        }
        self.begun = bytes.to_vec();
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.inner.screen()
    }
}
