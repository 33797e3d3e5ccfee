//! Signals that shut the console down, those for continuing after a stop and for a resized terminal, and the
//! one that stops a long command.
//!
//! In raw mode no key sends a signal: signals to the console come from other programs.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::{RuntimeEvent, end, start_thread, terminal};
use crate::tui::effect::Msg;

/// The exit code for a terminal that is gone: that of SIGHUP, delivered or not.
pub(super) const TERMINAL_GONE: u8 = exit_code(SIGHUP);

/// Returns the code that shells report for a process that a signal ended.
const fn exit_code(signal: i32) -> u8 {
    128 + signal as u8
}

/// Returns true once Ctrl-C was pressed. Until the first call Ctrl-C ends the process; from then on the first
/// press is recorded here, and only the second ends it.
pub fn interrupted() -> bool {
    static PRESSED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let pressed = PRESSED.get_or_init(|| {
        let pressed = Arc::<AtomicBool>::default();
        // The order matters: at the first press the flag is not set yet. If neither handler can be installed,
        // Ctrl-C ends the process.
        let _ = flag::register_conditional_shutdown(SIGINT, exit_code(SIGINT).into(), Arc::clone(&pressed))
            .and_then(|_| flag::register(SIGINT, Arc::clone(&pressed)));
        pressed
    });
    pressed.load(Ordering::SeqCst)
}

/// Runs a few milliseconds of work while signals that end a program are held back; a held signal takes effect
/// afterwards. Not for use in the console, which listens for signals, nor before work that Ctrl-C is to stop in
/// order.
pub fn uninterrupted(work: &mut dyn FnMut()) {
    static SIGNALS: OnceLock<DeferredSignals> = OnceLock::new();
    let deferred = SIGNALS.get_or_init(DeferredSignals::register);
    deferred.ends_at_once.store(false, Ordering::SeqCst);
    work();
    deferred.ends_at_once.store(true, Ordering::SeqCst);
    for (signal, arrived) in &deferred.signals {
        if arrived.swap(false, Ordering::SeqCst) {
            let _ = emulate_default_handler(*signal);
        }
    }
}

/// Signals that can be held back, registered once: an earlier registration would still end the program.
struct DeferredSignals {
    /// True while signals end the program at once.
    ends_at_once: Arc<AtomicBool>,
    /// Each signal, and true if it arrived.
    signals: Vec<(i32, Arc<AtomicBool>)>,
}

impl DeferredSignals {
    fn register() -> Self {
        let ends_at_once = Arc::<AtomicBool>::default();
        let register = |signal| {
            let arrived = Arc::<AtomicBool>::default();
            // A signal that cannot be held back ends the program at once.
            let _ = flag::register_conditional_default(signal, Arc::clone(&ends_at_once))
                .and_then(|_| flag::register(signal, Arc::clone(&arrived)));
            (signal, arrived)
        };
        let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map(register).into();
        Self { ends_at_once, signals }
    }
}

/// Starts the thread that waits for signals; it ends with the process.
pub(super) fn listen(inbox: &Sender<RuntimeEvent>) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH])?;
    start_thread("signals", inbox, move |inbox| {
        for signal in signals.forever() {
            let msg = match signal {
                SIGCONT => Some(Msg::Resumed),
                SIGWINCH => terminal::drawn_size().map(|(columns, rows)| Msg::Resize(columns, rows)),
                _ => {
                    end(inbox, exit_code(signal));
                    None
                }
            };
            if let Some(msg) = msg {
                let _ = inbox.send(RuntimeEvent::Msg(Box::new(msg)));
            }
        }
    })
}
