//! Signals that end the console in good order, and the one that says it goes on after a stop.
//!
//! In raw mode no key sends a signal: these come from other programs.

use std::io;
use std::sync::mpsc::Sender;
use std::time::Duration;

use rustix::termios::{QueueSelector, tcflush};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use super::{Inward, start_thread};
use crate::tui::effect::Msg;

/// The exit code when the terminal is gone: that of SIGHUP, delivered or not.
pub(super) const TERMINAL_GONE: u8 = exit_code(SIGHUP);

/// The time that an orderly end gets before a terminal that takes no more output is no longer waited for. It is
/// more than what the workers get (see [`super::worker`]).
const PATIENCE: Duration = Duration::from_millis(1_500);

/// What shells report for a process that a signal ended.
const fn exit_code(signal: i32) -> u8 {
    128 + signal as u8
}

/// Starts the thread that waits for signals; it ends with the process.
pub(super) fn listen(inbox: &Sender<Inward>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCONT])?;
    start_thread("signals", inbox, move |inbox| {
        for signal in signals.forever() {
            if signal == SIGCONT {
                let _ = inbox.send(Inward::Msg(Msg::Resumed));
            } else {
                let _ = inbox.send(Inward::End(exit_code(signal)));
                break;
            }
        }
        free_the_writer();
    })
}

/// A terminal that nobody reads holds the loop in the middle of a write, where it hears of no signal. Throwing away
/// what was not read sets it free to leave.
fn free_the_writer() {
    let mut wait = PATIENCE;
    loop {
        #[expect(clippy::disallowed_methods, reason = "this thread has nothing else to do")]
        std::thread::sleep(wait);
        let _ = tcflush(rustix::stdio::stdout(), QueueSelector::OFlush);
        wait = PATIENCE / 30;
    }
}
