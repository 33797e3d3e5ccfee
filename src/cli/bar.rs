//! A progress bar on one line of standard error.

use std::io::Write;

use crate::service::contract::Progress;

/// A progress bar, redrawn when its percentage changes and removed at the end.
pub(super) struct Bar<'e> {
    err: &'e mut dyn Write,
    shown: Option<u64>,
    /// True for a locale without block characters.
    ascii: bool,
}

impl<'e> Bar<'e> {
    /// Width of the bar itself, in cells.
    const CELLS: u64 = 30;

    pub(super) fn new(err: &'e mut dyn Write, ascii: bool) -> Self {
        Self { err, shown: None, ascii }
    }

    pub(super) fn show(&mut self, progress: Progress) {
        let percent = (progress.done.saturating_mul(100) / progress.total.max(1)).min(100);
        if self.shown == Some(percent) {
            return;
        }
        self.shown = Some(percent);
        let filled = (percent * Self::CELLS / 100) as usize;
        let rest = Self::CELLS as usize - filled;
        let (done, to_do) = if self.ascii { ("#", "-") } else { ("█", "░") };
        // A bar that cannot be drawn does not stop the work.
        let _ = write!(self.err, "\r{}{} {percent:>3} %", done.repeat(filled), to_do.repeat(rest))
            .and_then(|()| self.err.flush());
    }

    pub(super) fn clear(&mut self) {
        if self.shown.is_some() {
            let _ = write!(self.err, "\r{:1$}\r", "", Self::CELLS as usize + 6);
        }
    }
}
