//! A terminal for the real binary: a pty, what it shows (as a vt100 sees it), and its modes before and after.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// The longest silence that is still waiting: far more than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// The most columns and rows that are looked at, whatever size the terminal reports.
const MOST: (u16, u16) = (1_000, 500);

/// A program in a terminal of its own.
pub(crate) struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn Write + Send>>,
    child: Arc<Mutex<Box<dyn Child + Send + Sync>>>,
    pid: u32,
    output: Receiver<Vec<u8>>,
    reader: Option<thread::JoinHandle<()>>,
    hang_up: Arc<AtomicBool>,
    screen: vt100::Parser,
    modes: String,
    /// Set if it reports its status when asked.
    reports: bool,
}

impl Terminal {
    /// Starts `command` in a terminal of this size (columns, rows).
    pub(crate) fn start(command: CommandBuilder, (cols, rows): (u16, u16)) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let modes = modes(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        let pid = child.process_id().unwrap();
        let mut from = pair.master.try_clone_reader().unwrap();
        let hang_up = Arc::new(AtomicBool::new(false));
        let (send, output) = mpsc::channel();
        let stop = Arc::clone(&hang_up);
        // Ends when the program has closed the terminal, or with the next output once it shall hang up.
        let reader = thread::Builder::new()
            .spawn(move || {
                let mut chunk = [0; 4096];
                while let Ok(length @ 1..) = from.read(&mut chunk) {
                    if send.send(chunk[..length].to_vec()).is_err() || stop.load(Ordering::SeqCst) {
                        return;
                    }
                }
            })
            .unwrap();
        Self {
            keys: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            child: Arc::new(Mutex::new(child)),
            pid,
            output,
            reader: Some(reader),
            hang_up,
            screen: vt100::Parser::new(cells(rows.min(MOST.1)), cells(cols.min(MOST.0)), 0),
            modes,
            reports: false,
        }
    }

    /// Makes it report its status when it is asked (`CSI 5 n`), as most terminals do.
    pub(crate) fn report_status(&mut self) {
        self.reports = true;
    }

    /// Types.
    pub(crate) fn press(&mut self, keys: &str) {
        let to = self.keys.as_mut().unwrap();
        to.write_all(keys.as_bytes()).unwrap();
        to.flush().unwrap();
    }

    /// Waits until the screen shows `text`.
    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait(text, true);
    }

    /// Waits until the screen does not show `text` any more.
    pub(crate) fn wait_until_gone(&mut self, text: &str) {
        self.wait(text, false);
    }

    fn wait(&mut self, text: &str, shows: bool) {
        while self.shows(text) != shows {
            if !self.take() {
                let change = if shows { "came" } else { "went" };
                panic!("{text:?} never {change}. The screen:\n{}", self.screen.screen().contents());
            }
        }
    }

    /// Takes what is written next, and answers it. Returns false if nothing came.
    pub(crate) fn take(&mut self) -> bool {
        let Ok(chunk) = self.output.recv_timeout(PATIENCE) else { return false };
        self.screen.process(&chunk);
        let requests = chunk.windows(4).filter(|bytes| bytes == b"\x1b[5n").count();
        if self.reports && requests > 0 {
            self.press(&"\x1b[0n".repeat(requests));
        }
        true
    }

    /// Returns true if the screen shows `text` now.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.screen.screen().contents().contains(text)
    }

    /// Takes everything that is written until nothing more comes for half a second: what follows the cursor has followed.
    pub(crate) fn settle(&mut self) {
        while let Ok(chunk) = self.output.recv_timeout(Duration::from_millis(500)) {
            self.screen.process(&chunk);
        }
    }

    /// Returns what it shows.
    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.screen.screen()
    }

    /// Makes the terminal another size.
    pub(crate) fn resize(&mut self, (cols, rows): (u16, u16)) {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().unwrap().resize(size).unwrap();
        self.screen.screen_mut().set_size(cells(rows.min(MOST.1)), cells(cols.min(MOST.0)));
    }

    /// The program's process.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until the program has ended, and checks that it left the terminal as it was. The exit code.
    pub(crate) fn end(mut self) -> u32 {
        while let Ok(chunk) = self.output.recv_timeout(PATIENCE) {
            self.screen.process(&chunk);
        }
        let code = self.exit_code();
        self.assert_restored();
        assert_eq!(modes(&**self.master.as_ref().unwrap()), self.modes, "the modes are as before");
        code
    }

    /// The terminal goes away, as when a link drops. The exit code of the program.
    pub(crate) fn hang_up(mut self) -> u32 {
        self.hang_up.store(true, Ordering::SeqCst);
        // Any output sets the reader free: only when all hands are off is the terminal gone.
        self.press("\x0c");
        self.reader.take().unwrap().join().unwrap();
        self.keys = None;
        self.master = None;
        self.exit_code()
    }

    /// Nothing is left of the console on the screen.
    pub(crate) fn assert_restored(&self) {
        let screen = self.screen.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "bracketed paste is off");
        assert!(!self.reports_mouse(), "the mouse is not reported");
        assert_eq!(screen.mouse_protocol_encoding(), vt100::MouseProtocolEncoding::Default);
    }

    /// Returns true if the terminal was asked to report the mouse.
    pub(crate) fn reports_mouse(&self) -> bool {
        self.screen.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
    }

    /// Clicks the first cell of the words on the screen, as a terminal in SGR mode reports it.
    pub(crate) fn click(&mut self, words: &str) {
        let rows = self.screen.screen().contents();
        let place = rows.lines().enumerate().find_map(|(y, line)| Some((line.find(words)?, y)));
        let (x, y) = place.unwrap_or_else(|| panic!("no {words:?} in\n{rows}"));
        let (x, y) = (rows.lines().nth(y).unwrap()[..x].chars().count() + 1, y + 1);
        self.press(&format!("\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"));
    }

    fn exit_code(&self) -> u32 {
        let (send, code) = mpsc::channel();
        let child = Arc::clone(&self.child);
        let wait = move || send.send(child.lock().unwrap().wait().unwrap().exit_code());
        thread::Builder::new().spawn(wait).unwrap();
        code.recv_timeout(PATIENCE).expect("the program ends")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Only when a test fails does it still run.
        if let Ok(mut child) = self.child.try_lock() {
            let _ = child.kill();
        }
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap()
}

fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}
