//! Panic handling: the terminal is restored first, then the message is printed, exit code 101.
//!
//! A request that panics on a worker is different: it is caught, and the console continues and shows a failure.
//! The hook must not touch the terminal then.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Installs a hook that calls `restore` before the message of any panic outside [`guard`] is printed.
pub(super) fn restore_first(restore: fn()) {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if GUARDED.get() {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            PLACE.with_borrow_mut(|caught| *caught = place);
        } else {
            restore();
            print(panic);
        }
    }));
}

/// Runs `work`; if it panics, nothing is printed and the source location is returned.
pub(super) fn guard<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    GUARDED.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    outcome.map_err(|_| PLACE.take())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    static RESTORED: AtomicBool = AtomicBool::new(false);

    #[test]
    fn a_guarded_panic_is_named_and_leaves_the_terminal_alone() {
        restore_first(|| RESTORED.store(true, Ordering::SeqCst));
        let place = guard(|| panic!("planted")).unwrap_err();
        assert!(place.contains("panics.rs"), "{place}");
        assert!(!RESTORED.load(Ordering::SeqCst));
        assert_eq!(guard(|| 7), Ok(7));

        // A thread of its own: the test harness would count a panic here as a failure.
        let unguarded = std::thread::Builder::new().spawn(|| panic!("planted")).unwrap();
        assert!(unguarded.join().is_err());
        assert!(RESTORED.load(Ordering::SeqCst));
    }
}
