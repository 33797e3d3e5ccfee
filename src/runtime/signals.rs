//! Signals that end the console in good order, those that say that it goes on after a stop and that the terminal has
//! another size, and the one that stops a long command.
//!
//! In raw mode no key sends a signal: those to the console come from other programs. In lines Ctrl-C sends one.

use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};

use signal_hook::SigId;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::{emulate_default_handler, unregister};

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

/// The signals that end a program and can be handled.
const ENDING: [i32; 4] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];

/// The signals that came, since that is asked for.
static CAME: OnceLock<Came> = OnceLock::new();
/// The signals that can be held back, since that was first done.
static SIGNALS: OnceLock<DeferredSignals> = OnceLock::new();
/// True since the console listens for signals; it ends in good order by itself.
static LISTENS: AtomicBool = AtomicBool::new(false);
/// True once the console that listens was told to end.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// A signal that was recorded.
#[derive(Default)]
struct Came {
    any: Arc<AtomicBool>,
    /// The newest one; 0 for none.
    signal: Arc<AtomicUsize>,
    /// The actions that record them.
    actions: Vec<SigId>,
}

impl Came {
    fn register() -> Self {
        let mut came = Self::default();
        for signal in heeded(&process_status()) {
            // In this order, so that the first time it is not set yet. Where these cannot be had, the signal ends the process.
            let (code, number) = (exit_code(signal).into(), signal as usize);
            let Ok(second) = flag::register_conditional_shutdown(signal, code, Arc::clone(&came.any)) else {
                continue;
            };
            came.actions.push(second);
            if let Ok(newest) = flag::register_usize(signal, Arc::clone(&came.signal), number) {
                came.actions.push(newest);
                came.actions.extend(flag::register(signal, Arc::clone(&came.any)));
            }
        }
        came
    }

    /// Leaves the signals to the console. Returns one that came before.
    fn hand_over(&self) -> Option<i32> {
        for action in &self.actions {
            unregister(*action);
        }
        let signal = self.signal.swap(0, Ordering::SeqCst) as i32;
        (signal != 0).then_some(signal)
    }
}

/// Returns what the system says about this process.
fn process_status() -> String {
    fs::read_to_string("/proc/self/status").unwrap_or_default()
}

/// Returns the signals that end the program: those that it was told to ignore are ignored for good.
fn heeded(status: &str) -> impl Iterator<Item = i32> + use<> {
    let ignored = ignored(status);
    ENDING.into_iter().filter(move |signal| ignored >> (signal - 1) & 1 == 0)
}

/// Returns the signals that the process was told to ignore, such as SIGHUP by nohup(1), by what the system says about it
/// (proc(5)): a bit for each.
fn ignored(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default()
}

/// Returns true if Ctrl-C was pressed, or another signal that ends a program has come. Until the first call it ends the
/// process as usual; from then on the first one is only recorded, and the second ends the process. A console that listens for
/// signals ends by itself: there it is true once it was told to.
pub fn interrupted() -> bool {
    if LISTENS.load(Ordering::SeqCst) {
        return IS_ENDING.load(Ordering::SeqCst);
    }
    let came = CAME.get_or_init(Came::register);
    if let Some(held) = SIGNALS.get() {
        held.let_signals_through();
    }
    came.any.load(Ordering::SeqCst)
}

/// Ends the process by the signal that stopped its work, so that whoever sent it sees that. Ctrl-C is answered with an exit
/// code.
pub fn end_by_signal() {
    let signal = CAME.get().map_or(0, |came| came.signal.load(Ordering::SeqCst)) as i32;
    if signal != 0 && signal != SIGINT {
        let _ = emulate_default_handler(signal);
    }
}

/// Runs a few milliseconds of work with the signals that end a program held back: what came meanwhile ends it
/// afterwards. A console that listens for signals is not ended by them at once, so there the work just runs.
pub fn uninterrupted(work: &mut dyn FnMut()) {
    if LISTENS.load(Ordering::SeqCst) {
        return work();
    }
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

/// Reports whether a signal is noted by [`interrupted`], or by the console, and does not end the program at once.
fn is_asked_for(signal: i32) -> bool {
    ENDING.contains(&signal) && (CAME.get().is_some() || LISTENS.load(Ordering::SeqCst))
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
        Self { signals: heeded(&process_status()).map(register).collect() }
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
    LISTENS.store(true, Ordering::SeqCst);
    if let Some(signal) = CAME.get().and_then(Came::hand_over) {
        IS_ENDING.store(true, Ordering::SeqCst);
        end(inbox, exit_code(signal));
    }
    if let Some(held) = SIGNALS.get() {
        held.let_signals_through();
    }
    start_thread("signals", inbox, move |inbox| {
        let tell = |msg| RuntimeEvent::Msg(Box::new(msg));
        for signal in signals.forever() {
            let event = match signal {
                SIGTSTP => Some(RuntimeEvent::Stop),
                SIGINT if is_interruptible => Some(RuntimeEvent::Interrupt),
                SIGCONT => Some(tell(Msg::Resumed)),
                SIGWINCH => terminal::drawn_size().map(|(columns, rows)| tell(Msg::Resize(columns, rows))),
                _ => {
                    IS_ENDING.store(true, Ordering::SeqCst);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_which_signals_are_ignored() {
        let status = "Name:\tnexus\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000001001\nSigCgt:\t0\n";
        let is_ignored = |signal: i32| ignored(status) >> (signal - 1) & 1 == 1;
        assert_eq!(ENDING.map(is_ignored), [false, false, true, false]);
        assert_eq!(heeded(status).collect::<Vec<_>>(), [SIGINT, SIGTERM, SIGQUIT]);
        assert_eq!(ignored("no such line"), 0);
    }
}
