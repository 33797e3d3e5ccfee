//! The terminal: taken over while a `TerminalGuard` lives, and restored exactly afterwards.
//!
//! Raw mode, the alternate screen, bracketed paste, the hidden cursor, and reports of the mouse if they are wanted;
//! nothing else: no keyboard protocol.

use std::ffi::OsString;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::execute;
use crossterm::style::{Attribute, Print, SetAttribute};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use rustix::process::{Signal, getpgid, getpgrp, getpid, getsid, kill_current_process_group, kill_process};
use rustix::termios::tcgetpgrp;

use super::canvas::Canvas;
use super::diff_backend::DiffBackend;
use super::frame_pacer::STATUS_REQUEST;
use super::output::Output;
use super::tab_stops::default_stops;
use super::terminal_control::TerminalControl;

/// The request for the colour of the terminal's ground (xterm: OSC 11).
const BACKGROUND_REQUEST: &str = "\x1b]11;?\x1b\\";
/// Presses, releases and the wheel are reported, with places of any size, and moves are not (xterm: modes 1000 and 1006).
/// With Shift, terminals still select text.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";
/// True while the terminal is taken over.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// True while the mouse is wanted, also while the shell has the terminal.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Maximum size of the drawing area.
const MOST_COLUMNS: u16 = 1_000;
const MOST_ROWS: u16 = 500;

/// Returns true if the terminal takes UTF-8: the locale says so (POSIX: the first of `LC_ALL`, `LC_CTYPE`,
/// `LANG` that is set and not empty), or no variable is set, since most terminals take UTF-8.
pub fn takes_utf8(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default();
    let locale = locale.to_string_lossy().to_lowercase();
    locale.is_empty() || locale.contains("utf-8") || locale.contains("utf8")
}

/// A guard for the taken-over terminal; dropping it restores the terminal.
#[derive(Debug)]
pub(super) struct TerminalGuard(());

impl TerminalGuard {
    /// Takes the terminal over; it reports the mouse if that is wanted.
    pub(super) fn take(reports_mouse: bool) -> io::Result<Self> {
        let screen = Self(());
        MOUSE.store(reports_mouse, Ordering::SeqCst);
        take_over()?;
        Ok(screen)
    }

    /// Asks the terminal for the colour of its ground; a terminal that knows no such question answers nothing.
    pub(super) fn ask_ground() -> io::Result<()> {
        execute!(Output::open()?, Print(BACKGROUND_REQUEST))
    }

    /// Returns the screen of this terminal. Every frame is one write.
    pub(super) fn canvas(columns: u16, rows: u16) -> io::Result<Canvas<DiffBackend<Output>>> {
        Ok(Canvas::new(DiffBackend::new(Output::open()?), columns, rows))
    }
}

/// Returns columns and rows of the terminal on standard output, if there is one.
pub fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some((size.ws_col, size.ws_row))
}

/// Returns columns and rows of the drawing area: the terminal's, up to more than any screen shows. The rest
/// stays blank. A terminal may report any size, and each cell takes memory.
pub(super) fn drawn_size() -> Option<(u16, u16)> {
    size().map(drawable)
}

fn drawable((columns, rows): (u16, u16)) -> (u16, u16) {
    (columns.min(MOST_COLUMNS), rows.min(MOST_ROWS))
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        restore();
    }
}

impl TerminalControl for TerminalGuard {
    /// Sends OSC 52, which sets the terminal's own clipboard and works through SSH.
    fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(Output::open()?, Print(format_args!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text))))
    }

    fn report_mouse(&mut self, reports: bool) -> io::Result<()> {
        MOUSE.store(reports, Ordering::SeqCst);
        execute!(Output::open()?, Print(if reports { MOUSE_ON } else { MOUSE_OFF }))
    }

    fn silence_mouse(&mut self) -> io::Result<bool> {
        let reports = MOUSE.load(Ordering::SeqCst) && TAKEN.load(Ordering::SeqCst) && is_ours();
        if reports {
            execute!(Output::open()?, Print(MOUSE_OFF), Print(STATUS_REQUEST))?;
        }
        Ok(reports)
    }

    /// Asks the whole process group to stop, like the terminal's own Ctrl-Z: a `sudo` in front of us too. The signal
    /// reaches this process as well, which then calls [`TerminalControl::stop`].
    fn suspend(&mut self) -> io::Result<bool> {
        if is_orphaned() {
            return Ok(false);
        }
        restore();
        kill_current_process_group(Signal::TSTP)?;
        Ok(true)
    }

    fn stop(&mut self) -> io::Result<bool> {
        if is_orphaned() {
            return Ok(false);
        }
        restore();
        stop_process()?;
        Ok(true)
    }

    fn resume(&mut self) -> io::Result<bool> {
        let ours = is_ours();
        if ours {
            // A stop that we did not ask for (SIGSTOP) may have left the terminal in any mode.
            disable_raw_mode()?;
            take_over()?;
        }
        Ok(ours)
    }
}

/// Stops this process until somebody continues it, if there is a shell that could.
pub(super) fn stop_process() -> io::Result<()> {
    if !is_orphaned() {
        kill_process(getpid(), Signal::STOP)?;
    }
    Ok(())
}

/// Returns true if this program is in the foreground. In the background, setting modes would stop the whole
/// process, and with it a shutdown that may be in progress.
fn is_ours() -> bool {
    tcgetpgrp(rustix::stdio::stdin()).map_or(true, |foreground| foreground == getpgrp())
}

/// Returns true if there is no shell that could continue this process group after a stop: the leader of the session has
/// ended, or is in this group (`ssh HOST nexus`, a command of tmux). The kernel discards SIGTSTP then.
fn is_orphaned() -> bool {
    let leader = getsid(None).and_then(|leader| getpgid(Some(leader)));
    leader.map_or(true, |group| group == getpgrp())
}

fn take_over() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    let mouse = if MOUSE.load(Ordering::SeqCst) { MOUSE_ON } else { "" };
    execute!(Output::open()?, EnterAlternateScreen, EnableBracketedPaste, Print(mouse), Hide)
}

/// Restores the terminal as it was found; does nothing if it is not taken over or belongs to the shell.
/// Failures are ignored: the terminal is gone then.
pub(super) fn restore() {
    if TAKEN.swap(false, Ordering::SeqCst) && is_ours() {
        let _ = give_back();
        let _ = disable_raw_mode();
    }
}

fn give_back() -> io::Result<()> {
    let plain = SetAttribute(Attribute::Reset);
    let mouse = if MOUSE.load(Ordering::SeqCst) { MOUSE_OFF } else { "" };
    // The frames may have set other stops, and the shell's programs count on these.
    let stops = default_stops(size().map_or(0, |(columns, _)| columns));
    execute!(
        Output::open()?,
        plain,
        Print(stops),
        Print(mouse),
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_terminal_is_drawn_on_beyond_a_bound() {
        for (reported, drawn) in [
            ((80, 24), (80, 24)),
            ((0, 0), (0, 0)),
            ((1_000, 500), (1_000, 500)),
            ((10_000, 24), (1_000, 24)),
            ((u16::MAX, u16::MAX), (1_000, 500)),
        ] {
            assert_eq!(drawable(reported), drawn);
        }
    }

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
