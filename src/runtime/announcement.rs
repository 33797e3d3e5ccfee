//! Tells on the terminal what a long piece of work is, for as long as it goes on.

use std::io::{self, IsTerminal as _, Write};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::domain::text::visible;

/// Work that takes no longer than this is not announced.
const DELAY: Duration = Duration::from_secs(1);

/// Runs work, and says on standard error what it is if it goes on for long and somebody sits there.
pub fn announced(words: &str, work: &mut dyn FnMut()) {
    let err = io::stderr();
    if err.is_terminal() {
        announce(words, DELAY, err, work);
    } else {
        work();
    }
}

/// Runs work, and writes the words after a while; they are taken away when it is over.
fn announce(words: &str, delay: Duration, mut out: impl Write + Send, work: &mut dyn FnMut()) {
    let words = visible(words);
    let (end, over) = channel::<()>();
    thread::scope(|scope| {
        let told = move || {
            if over.recv_timeout(delay) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            // Words that cannot be written stop no work.
            let _ = write!(out, "\r{words}").and_then(|()| out.flush());
            let _ = over.recv();
            let _ = write!(out, "\r{:1$}\r", "", words.chars().count()).and_then(|()| out.flush());
        };
        // Without a thread it is not told.
        let _ = thread::Builder::new().name("announcement".into()).spawn_scoped(scope, told);
        work();
        drop(end);
    });
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender};

    use super::*;

    /// Passes on what is written to it.
    struct Passed(Sender<String>);

    impl Write for Passed {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(String::from_utf8_lossy(bytes).into_owned()).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Reads what is written until it is `wanted`; more may follow.
    fn wait_for(written: &Receiver<String>, wanted: &str) {
        let mut all = String::new();
        while all != wanted {
            all += &written.recv().unwrap();
            assert!(wanted.starts_with(&all), "{all:?}");
        }
    }

    #[test]
    fn long_work_is_told_while_it_goes_on_and_no_longer() {
        let (out, written) = channel();
        let mut runs = 0;
        announce("Checking\x1b…", Duration::ZERO, Passed(out), &mut || {
            wait_for(&written, "\rChecking␛…");
            runs += 1;
        });
        wait_for(&written, &format!("\r{}\r", " ".repeat(10)));
        assert_eq!((runs, written.recv().ok()), (1, None));
    }

    #[test]
    fn short_work_is_not_told() {
        let (out, written) = channel();
        announce("Checking…", Duration::from_secs(3_600), Passed(out), &mut || {});
        assert_eq!(written.recv().ok(), None);
    }
}
