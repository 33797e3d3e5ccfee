//! A terminal for the real program, 120 by 40: what it shows, and when each byte of it came. Like most terminals it
//! reports its status and its cursor, and sets tab stops.

use std::io::{self, Read as _, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::emulator::Emulator;
use crate::outcome::{Outcome, Trouble, failed};
use crate::process;

/// The longest silence that is still waiting.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// Columns and rows.
const SIZE: (u16, u16) = (120, 40);
/// The request for the terminal's status (DSR, ECMA-48, 8.3.35), and the answer of one that works.
const STATUS_REQUEST: &[u8] = b"\x1b[5n";
const STATUS_REPORT: &[u8] = b"\x1b[0n";
/// The request for the cursor's position.
const POSITION_REQUEST: &[u8] = b"\x1b[6n";

/// The console in a terminal of its own.
pub(crate) struct Terminal {
    keys: Keys,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: Emulator,
    /// The other end stays open as long as this one.
    _master: Box<dyn MasterPty + Send>,
}

/// The way to the program, for what is typed and for the terminal's own answers.
#[derive(Clone)]
struct Keys(Arc<Mutex<Box<dyn Write + Send>>>);

impl Keys {
    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.write_all(bytes)?;
        keys.flush()
    }
}

/// The output after a key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reaction {
    /// Until the first byte.
    pub(crate) first: Duration,
    /// Until the screen showed the text that was waited for.
    pub(crate) shown: Duration,
    /// Until the last byte.
    pub(crate) last: Duration,
    /// The number of bytes.
    pub(crate) bytes: u64,
    /// The processor time of the thread that draws.
    pub(crate) drawing: Duration,
}

impl Terminal {
    /// Starts the console over a store.
    pub(crate) fn start(store: &Path) -> Outcome<Self> {
        let (cols, rows) = SIZE;
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).map_err(words)?;
        let mut command = CommandBuilder::new(crate::PROGRAM);
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PATH", "/usr/bin:/bin")] {
            command.env(name, value);
        }
        command.arg("--store");
        command.arg(store);
        let mut from = pair.master.try_clone_reader().map_err(words)?;
        let (send, output) = mpsc::channel();
        let keys = Keys(Arc::new(Mutex::new(pair.master.take_writer().map_err(words)?)));
        let answers = keys.clone();
        thread::spawn(move || {
            let mut chunk = vec![0; 65_536];
            let mut end = Vec::new();
            // It ends when the program has closed the terminal.
            while let Ok(length @ 1..) = from.read(&mut chunk) {
                let bytes = chunk.get(..length).unwrap_or_default().to_vec();
                // A terminal answers at once, also while nobody measures. A program that has ended takes no answer.
                for _ in 0..requests(&mut end, &bytes) {
                    let _ = answers.send(STATUS_REPORT);
                }
                if send.send((Instant::now(), bytes)).is_err() {
                    return;
                }
            }
        });
        let child = pair.slave.spawn_command(command).map_err(words)?;
        let screen = Emulator::new(cols, rows);
        Ok(Self { keys, child, output, screen, _master: pair.master })
    }

    /// The program's process.
    pub(crate) fn pid(&self) -> Outcome<u32> {
        self.child.process_id().ok_or_else(|| Trouble::Failed("the console has ended".into()))
    }

    /// Types; the moment at which it was typed.
    pub(crate) fn press(&mut self, keys: &str) -> Outcome<Instant> {
        let now = Instant::now();
        self.keys.send(keys.as_bytes())?;
        Ok(now)
    }

    /// The moment at which the screen shows `text`.
    pub(crate) fn wait_for(&mut self, text: &str) -> Outcome<Instant> {
        let end = Instant::now() + PATIENCE;
        let mut at = Instant::now();
        while !self.shows(text) {
            at = match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok((at, bytes)) => {
                    self.take_in(&bytes)?;
                    at
                }
                Err(RecvTimeoutError::Timeout) => return Err(self.late(text)),
                Err(RecvTimeoutError::Disconnected) => return failed("the console has ended"),
            };
        }
        Ok(at)
    }

    /// Shows what came, and tells the cursor's position where it is asked for.
    fn take_in(&mut self, bytes: &[u8]) -> Outcome<()> {
        let mut rest = bytes;
        let request =
            |bytes: &[u8]| bytes.windows(POSITION_REQUEST.len()).position(|at| at == POSITION_REQUEST);
        while let Some((before, after)) = request(rest).and_then(|at| rest.split_at_checked(at)) {
            self.screen.process(before);
            let (line, column) = self.screen.screen().cursor_position();
            self.keys.send(format!("\x1b[{};{}R", line + 1, column + 1).as_bytes())?;
            rest = after.strip_prefix(POSITION_REQUEST).unwrap_or_default();
        }
        self.screen.process(rest);
        Ok(())
    }

    /// On failure it prints the wanted text and the screen to standard error.
    fn late(&self, text: &str) -> Trouble {
        eprintln!("[waited for {text:?}; the screen:\n{}]", self.screen.screen().contents());
        Trouble::Late(format!("no answer in {} s", PATIENCE.as_secs()))
    }

    /// The row that the cursor stands on: the screen says `row 1,234 of`.
    pub(crate) fn row(&self) -> Outcome<u64> {
        let screen = self.screen.screen().contents();
        let number = screen
            .split("row ")
            .filter_map(|rest| rest.split_once(" of "))
            .find_map(|(number, _)| number.replace(',', "").parse().ok());
        number.ok_or_else(|| Trouble::Failed("the screen names no row".into()))
    }

    /// Returns true if the screen shows `text` now.
    fn shows(&self, text: &str) -> bool {
        self.screen.screen().contents().contains(text)
    }

    /// Takes in what comes until nothing has come for `quiet`: the moment of the last byte, and how many came.
    pub(crate) fn settle(&mut self, quiet: Duration) -> (Option<Instant>, u64) {
        let mut last = None;
        let mut count = 0;
        while let Ok((at, bytes)) = self.output.recv_timeout(quiet) {
            // A program that has ended takes no answer.
            let _ = self.take_in(&bytes);
            last = Some(at);
            count += bytes.len() as u64;
        }
        (last, count)
    }

    /// Presses, waits until the screen shows `text`, and then until nothing has come for `quiet`.
    pub(crate) fn react(&mut self, keys: &str, text: &str, quiet: Duration) -> Outcome<Reaction> {
        let drawing = process::main_thread(self.pid()?)?;
        let pressed = self.press(keys)?;
        let end = pressed + PATIENCE;
        let (mut first, mut shown, mut last, mut count) = (None, None, pressed, 0);
        loop {
            let there = first.is_some() && self.shows(text);
            if there {
                shown.get_or_insert(last);
            }
            let wait = if there { quiet } else { end.saturating_duration_since(Instant::now()) };
            match self.output.recv_timeout(wait) {
                Ok((at, bytes)) => {
                    self.take_in(&bytes)?;
                    first = first.or(Some(at));
                    last = at;
                    count += bytes.len() as u64;
                }
                Err(RecvTimeoutError::Timeout) if there => break,
                Err(RecvTimeoutError::Timeout) => return Err(self.late(text)),
                Err(RecvTimeoutError::Disconnected) => return failed("the console has ended"),
            }
        }
        let (first, shown) = (first.unwrap_or(last), shown.unwrap_or(last));
        Ok(Reaction {
            first: first - pressed,
            shown: shown - pressed,
            last: last - pressed,
            bytes: count,
            drawing: process::main_thread(self.pid()?)?.saturating_sub(drawing),
        })
    }

    /// Leaves the console and waits for its end.
    pub(crate) fn quit(mut self) -> Outcome<()> {
        // `q` is a letter in a field; Ctrl-c leaves from anywhere, and asks where work is under way.
        for keys in ["\x03", "y", ""] {
            self.press(keys)?;
            let end = Instant::now() + PATIENCE / 10;
            while Instant::now() < end {
                if self.child.try_wait()?.is_some() {
                    return Ok(());
                }
                self.settle(Duration::from_millis(5));
            }
        }
        Err(self.late("its end"))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Only where a measurement broke off does it still run.
        let _ = self.child.kill();
    }
}

/// Counts the requests for the status in these bytes. `end` holds the end of earlier bytes, with which one may have begun.
fn requests(end: &mut Vec<u8>, bytes: &[u8]) -> usize {
    end.extend_from_slice(bytes);
    let count = end.windows(STATUS_REQUEST.len()).filter(|some| *some == STATUS_REQUEST).count();
    let rest = end.len().saturating_sub(STATUS_REQUEST.len() - 1);
    end.drain(..rest);
    count
}

fn words(error: impl std::fmt::Display) -> Trouble {
    Trouble::Failed(error.to_string())
}
