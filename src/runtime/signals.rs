//! Signals that end the console in good order, those that say that it goes on after a stop and that the terminal has
//! another size, and the one that stops a long command.
//!
//! In raw mode no key sends a signal: those to the console come from other programs. In lines Ctrl-C sends one.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::tui::effect::Msg;

use super::{RuntimeEvent, end, start_thread, terminal};

/// The exit code when the terminal is gone: that of SIGHUP, delivered or not.
pub(super) const TERMINAL_GONE: u8 = exit_code(SIGHUP);

/// The exit code after Ctrl-C.
pub(super) const INTERRUPTED: u8 = exit_code(SIGINT);

/// Returns the exit code that shells report for a process that a signal ended.
const fn exit_code(signal: i32) -> u8 {
    128 + signal as u8
}

/// Set once Ctrl-C was pressed, since that is asked for.
static PRESSED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
/// The signals that can be held back, since that was first done.
static SIGNALS: OnceLock<DeferredSignals> = OnceLock::new();

/// Returns true if Ctrl-C was pressed. Until the first call Ctrl-C ends the process as usual; from then on the first press
/// is only recorded, and the second ends the process.
pub fn interrupted() -> bool {
    let pressed = PRESSED.get_or_init(|| {
        let pressed = Arc::<AtomicBool>::default();
        // In this order, so that the first time it is not set yet. Where neither can be had, Ctrl-C ends the process.
        let _ = flag::register_conditional_shutdown(SIGINT, exit_code(SIGINT).into(), Arc::clone(&pressed))
            .and_then(|_| flag::register(SIGINT, Arc::clone(&pressed)));
        pressed
    });
    if let Some(held) = SIGNALS.get() {
        held.let_signals_through();
    }
    pressed.load(Ordering::SeqCst)
}

/// Runs a few milliseconds of work with the signals that end a program held back: what came meanwhile ends it
/// afterwards. Not to be used in the console, which listens for signals.
pub fn uninterrupted(work: &mut dyn FnMut()) {
    let held = SIGNALS.get_or_init(DeferredSignals::register);
    for signal in &held.signals {
        signal.as_usual.store(false, Ordering::SeqCst);
    }
    work();
    held.let_signals_through();
    for HeldSignal { number, came, .. } in &held.signals {
        if came.swap(false, Ordering::SeqCst) && !is_asked_for(*number) {
            let _ = emulate_default_handler(*number);
        }
    }
}

/// Reports whether a signal is noted by [`interrupted`] and does not end the program at once.
fn is_asked_for(signal: i32) -> bool {
    signal == SIGINT && PRESSED.get().is_some()
}

/// Signals that can be held back, registered once: what was registered before would still end the program.
struct DeferredSignals {
    signals: Vec<HeldSignal>,
}

struct HeldSignal {
    number: i32,
    /// It ends the program at once.
    as_usual: Arc<AtomicBool>,
    came: Arc<AtomicBool>,
}

impl DeferredSignals {
    fn register() -> Self {
        let register = |number| {
            let as_usual = Arc::new(AtomicBool::new(!is_asked_for(number)));
            let came = Arc::<AtomicBool>::default();
            // What cannot be held back ends the program at once, as ever.
            let _ = flag::register_conditional_default(number, Arc::clone(&as_usual))
                .and_then(|_| flag::register(number, Arc::clone(&came)));
            HeldSignal { number, as_usual, came }
        };
        Self { signals: [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map(register).into() }
    }

    /// Lets signals do again what they do.
    fn let_signals_through(&self) {
        for HeldSignal { number, as_usual, .. } in &self.signals {
            as_usual.store(!is_asked_for(*number), Ordering::SeqCst);
        }
    }
}

/// Starts the thread that waits for signals; it ends with the process. With `is_interruptible`, Ctrl-C does not end the
/// process by itself.
pub(super) fn listen(inbox: &Sender<RuntimeEvent>, is_interruptible: bool) -> io::Result<()> {
    let mut signals =
        Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT, SIGWINCH])?;
    start_thread("signals", inbox, move |inbox| {
        let tell = |msg| RuntimeEvent::Msg(Box::new(msg));
        for signal in signals.forever() {
            let event = match signal {
                SIGTSTP => Some(RuntimeEvent::Stop),
                SIGINT if is_interruptible => Some(RuntimeEvent::Interrupt),
                SIGCONT => Some(tell(Msg::Resumed)),
                SIGWINCH => terminal::drawn_size().map(|(columns, rows)| tell(Msg::Resize(columns, rows))),
                _ => {
                    end(inbox, exit_code(signal));
                    None
                }
            };
            if let Some(event) = event {
                // A missing receiver means that the console is already ending.
                let _ = inbox.send(event);
            }
        }
    })
}
