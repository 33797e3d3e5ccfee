//! A terminal whose tab stops can be set.

use std::collections::BTreeSet;
use std::num::NonZero;

use super::{HEIGHT, WIDTH};

/// An emulator of a terminal whose tab stops can be set; `vt100` knows only those at each eighth column.
pub(super) struct Emulator {
    inner: vt100::Parser,
    stops: BTreeSet<u16>,
}

impl Emulator {
    pub(super) fn new() -> Self {
        let size = |cells| NonZero::new(cells).unwrap();
        Self {
            inner: vt100::Parser::new(size(HEIGHT), size(WIDTH), 0),
            stops: (8..WIDTH).step_by(8).collect(),
        }
    }

    pub(super) fn process(&mut self, mut bytes: &[u8]) {
        while let Some(first) = bytes.first() {
            let column = self.inner.screen().cursor_position().1;
            let len = if bytes.starts_with(b"\x1b[3g") {
                self.stops.clear();
                4
            } else if bytes.starts_with(b"\x1bH") {
                self.stops.insert(column);
                2
            } else if *first == b'\t' {
                let next = self.stops.range(column + 1..).next().copied().unwrap_or(WIDTH - 1);
                self.inner.process(format!("\x1b[{}G", next + 1).as_bytes());
                1
            } else {
                self.inner.process(&[*first]);
                1
            };
            bytes = bytes.get(len..).unwrap();
        }
    }

    pub(super) fn screen(&self) -> &vt100::Screen {
        self.inner.screen()
    }

    /// Sets other tab stops, as a terminal may when it is resized.
    pub(super) fn set_stops(&mut self, stops: impl Into<BTreeSet<u16>>) {
        self.stops = stops.into();
    }
}
