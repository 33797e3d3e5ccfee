//! Tells on the terminal what a long piece of work is, for as long as it goes on.

use std::io::{self, IsTerminal as _, Write};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::domain::text::visible;
use crate::store::{Finished, ReportedWork};

use super::clock;
use super::signals::interrupted;

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

/// Runs work that reports its progress, shows that on standard error if it goes on for long and somebody sits there, and stops
/// the work when Ctrl-C is pressed.
pub fn reported(words: &str, work: &mut ReportedWork<'_>) {
    let err = io::stderr();
    let is_shown = err.is_terminal();
    let begun = clock::instant();
    let is_due = &mut || is_shown && begun.elapsed() >= DELAY;
    report(words, is_due, &mut || !interrupted(), err, work);
}

/// Runs work, and writes the words with the progress once they are due; they are taken away when it is over.
fn report(
    words: &str,
    is_due: &mut dyn FnMut() -> bool,
    goes_on: &mut dyn FnMut() -> bool,
    mut out: impl Write,
    work: &mut ReportedWork<'_>,
) {
    let words = visible(words);
    let mut shown = None;
    work(&mut |Finished { done, total }| {
        let percent = done.saturating_mul(100) / total.max(1);
        if is_due() && shown != Some(percent) {
            shown = Some(percent);
            let _ = write!(out, "\r{words} {percent:>3} %").and_then(|()| out.flush());
        }
        goes_on()
    });
    if shown.is_some() {
        let _ = write!(out, "\r{:1$}\r", "", words.chars().count() + 6).and_then(|()| out.flush());
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
    fn progress_is_told_once_it_is_due_and_can_be_stopped() {
        let (mut out, mut answers) = (Vec::new(), Vec::new());
        let (mut dues, mut goes_on) =
            ([false, true, true, true].into_iter(), [true, true, true, false].into_iter());
        report(
            "Bringing\x1b…",
            &mut || dues.next().unwrap(),
            &mut || goes_on.next().unwrap(),
            &mut out,
            &mut |step| {
                for done in [0, 1, 1, 2] {
                    answers.push(step(Finished { done, total: 2 }));
                }
            },
        );
        assert_eq!(answers, [true, true, true, false]);
        let shown = format!("\rBringing␛…  50 %\rBringing␛… 100 %\r{}\r", " ".repeat(16));
        assert_eq!(String::from_utf8(out).unwrap(), shown);
    }

    #[test]
    fn short_work_is_not_told() {
        let (out, written) = channel();
        announce("Checking…", Duration::from_secs(3_600), Passed(out), &mut || {});
        assert_eq!(written.recv().ok(), None);
    }
}
