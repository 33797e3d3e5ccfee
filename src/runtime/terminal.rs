//! The terminal: taken over while a [`Screen`] lives, and afterwards exactly as it was.
//!
//! Raw mode, the alternate screen, bracketed paste and the hidden cursor, nothing else: no mouse, no keyboard protocol.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::style::{Attribute, Print, SetAttribute};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use rustix::process::{Signal, kill_current_process_group};

use super::Window;

/// Whether the terminal is taken over right now.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Bytes of one frame that are gathered before they are written: a full redraw of 200×60 cells fits.
const FRAME: usize = 64 * 1024;

/// Why there can be no console here, if so; `term` is `TERM`.
///
/// # Errors
/// A sentence with what to do instead.
pub fn check(term: Option<&OsStr>) -> Result<(), &'static str> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err("the console needs a terminal on standard input and output; \
                    without one, use the commands (`nexus --help` lists them)");
    }
    if term.is_none_or(|term| term.is_empty() || term == "dumb") {
        return Err("this terminal cannot show the console (TERM is dumb or not set); \
                    use the commands (`nexus --help` lists them)");
    }
    Ok(())
}

/// Its width in cells, where there is one.
pub fn columns() -> Option<u16> {
    crossterm::terminal::size().ok().map(|(columns, _)| columns)
}

/// Whether the terminal takes UTF-8: the locale says so (POSIX: the first of `LC_ALL`, `LC_CTYPE`, `LANG` that is set
/// and not empty), or nothing is said at all, as terminals have long done so.
pub fn takes_utf8(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default();
    let locale = locale.to_string_lossy().to_lowercase();
    locale.is_empty() || locale.contains("utf-8") || locale.contains("utf8")
}

/// The terminal, taken over; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Screen(());

impl Screen {
    /// Takes the terminal over.
    pub(super) fn take() -> io::Result<Self> {
        let screen = Self(());
        take_over()?;
        Ok(screen)
    }

    /// What ratatui draws on: every frame is one write.
    pub(super) fn canvas() -> io::Result<Terminal<CrosstermBackend<BufWriter<File>>>> {
        let out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        Terminal::new(CrosstermBackend::new(BufWriter::with_capacity(FRAME, out)))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

impl Window for Screen {
    /// OSC 52, the clipboard of the terminal itself: it works through SSH.
    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), Print(format_args!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text))))
    }

    fn suspend(&mut self) -> io::Result<()> {
        restore();
        // The whole group, as the terminal's own Ctrl-Z would: a `sudo` in front of us stops too. Where nobody
        // could wake us (no shell above), the signal does nothing and we come back at once.
        kill_current_process_group(Signal::TSTP)?;
        take_over()
    }

    fn resume(&mut self) -> io::Result<()> {
        // Whoever stopped us without asking (SIGSTOP) may have left the terminal in any mode.
        disable_raw_mode()?;
        take_over()
    }
}

fn take_over() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)
}

/// Gives the terminal back as it was found; does nothing when it is not taken over. Failures are of no interest: the
/// terminal is gone then.
pub(super) fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ =
            execute!(out, SetAttribute(Attribute::Reset), DisableBracketedPaste, LeaveAlternateScreen, Show);
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        for (environment, utf8) in [
            (&[("LANG", "en_GB.UTF-8")][..], true),
            (&[("LANG", "C.utf8")], true),
            (&[("LC_ALL", ""), ("LC_CTYPE", "de_DE.UTF-8")], true),
            (&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")], false),
            (&[], true),
        ] {
            let variable =
                |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
            assert_eq!(takes_utf8(variable), utf8, "{environment:?}");
        }
    }
}
