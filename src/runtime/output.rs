//! Output to the terminal that never blocks shutdown: a terminal that nobody reads (a stalled link) may hold up
//! the console, but not its end.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::termios::tcgetpgrp;

/// True once the process was told to end.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Interval at which a blocked write checks if the process must end.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// Number of intervals after which an ending process gives up writing: a quarter of a second.
const LAST_LOOKS: u8 = 5;

/// Makes all further writes give up quickly.
pub(super) fn hurry() {
    ENDING.store(true, Ordering::SeqCst);
}

/// Interval at which a list that goes on looks for more.
const GLANCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// Waits a moment. Returns false at once if nobody reads standard output any more: a closed pipe.
pub fn wait_with_reader() -> bool {
    // Without an event that is waited for, only an error or the end of the other side is told (poll(2)).
    let mut stdout = [PollFd::from_borrowed_fd(rustix::stdio::stdout(), PollFlags::empty())];
    match poll(&mut stdout, Some(&GLANCE)) {
        Ok(0) => true,
        Ok(_) => false,
        // A signal that does not end the program.
        Err(error) => error == rustix::io::Errno::INTR,
    }
}

/// The terminal of standard output.
#[derive(Debug)]
pub(super) struct Output {
    terminal: File,
    looks: u8,
    /// True if a write had to wait since the last question.
    blocked: bool,
}

/// A writer of frames.
pub(super) trait FrameWriter: Write {
    /// Returns true if a write had to wait since the last call.
    fn take_blocked(&mut self) -> bool;
}

impl FrameWriter for Output {
    fn take_blocked(&mut self) -> bool {
        std::mem::take(&mut self.blocked)
    }
}

impl Output {
    /// Opens a file description of its own, so that non-blocking writes are not imposed on the shell, which
    /// shares standard output.
    pub(super) fn open() -> io::Result<Self> {
        let stdout = rustix::stdio::stdout();
        // Only a process with this controlling terminal gets its foreground process group.
        let own = tcgetpgrp(stdout).and_then(|_| {
            let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            rustix::fs::open("/dev/tty", flags, Mode::empty())
        });
        let terminal: OwnedFd = own.or_else(|_| rustix::io::dup(stdout))?;
        Ok(Self { terminal: terminal.into(), looks: LAST_LOOKS, blocked: false })
    }

    fn wait(&mut self) -> io::Result<()> {
        self.blocked = true;
        if ENDING.load(Ordering::SeqCst) {
            self.looks = self.looks.checked_sub(1).ok_or(io::ErrorKind::TimedOut)?;
        }
        let terminal = self.terminal.as_fd();
        // An interrupted wait is as good as a completed one.
        let _ = rustix::event::poll(&mut [PollFd::new(&terminal, PollFlags::OUT)], Some(&LOOK));
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.terminal.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait()?,
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
