//! Signals that end the console in good order, and the one that says it goes on after a stop.
//!
//! In raw mode no key sends a signal: these come from other programs.

use std::io;
use std::sync::mpsc::Sender;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

use super::{Inward, end, start_thread};
use crate::tui::effect::Msg;

/// The exit code when the terminal is gone: that of SIGHUP, delivered or not.
pub(super) const TERMINAL_GONE: u8 = exit_code(SIGHUP);

/// What shells report for a process that a signal ended.
const fn exit_code(signal: i32) -> u8 {
    128 + signal as u8
}

/// Starts the thread that waits for signals; it ends with the process.
pub(super) fn listen(inbox: &Sender<Inward>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT])?;
    start_thread("signals", inbox, move |inbox| {
        for signal in signals.forever() {
            if signal == SIGCONT {
                let _ = inbox.send(Inward::Msg(Msg::Resumed));
            } else {
                end(inbox, exit_code(signal));
            }
        }
    })
}
