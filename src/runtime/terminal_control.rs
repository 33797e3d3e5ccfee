//! The event loop's control of the terminal besides drawing: a trait, so that tests need no terminal.

use std::io;

/// The loop's control of the terminal besides drawing.
pub(crate) trait TerminalControl {
    /// Puts text into the terminal's clipboard.
    fn copy(&mut self, text: &str) -> io::Result<()>;
    /// Has the terminal report the mouse, or not any more.
    fn report_mouse(&mut self, reports: bool) -> io::Result<()>;
    /// Has the terminal report the mouse no more, and its status once all reports are out. Returns false if it reports no
    /// mouse; then nothing happens.
    fn silence_mouse(&mut self) -> io::Result<bool>;
    /// Restores the terminal and asks the process group to stop. Returns false if nobody could continue it; then
    /// nothing happens.
    fn suspend(&mut self) -> io::Result<bool>;
    /// Restores the terminal and stops the process until somebody continues it. Returns false if nobody could; then
    /// nothing happens.
    fn stop(&mut self) -> io::Result<bool>;
    /// Takes the terminal again after a stop. Returns false if the program is in the background and may not use
    /// it.
    fn resume(&mut self) -> io::Result<bool>;
}
