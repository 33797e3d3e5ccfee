//! The way to the terminal that never gets stuck: a terminal that nobody reads (a stalled link) may hold up the console,
//! but not its end.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Mode, OFlags};
use rustix::termios::tcgetpgrp;

/// Somebody has told the process to end.
static ENDING: AtomicBool = AtomicBool::new(false);

/// The time between looks at whether the process must end, while the terminal takes nothing.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// Looks after which an ending process gives up writing: a quarter of a second.
const LAST_LOOKS: u8 = 5;

/// From now on no writing waits for long.
pub(super) fn hurry() {
    ENDING.store(true, Ordering::SeqCst);
}

/// Standard output's terminal.
#[derive(Debug)]
pub(super) struct Output {
    terminal: File,
    looks: u8,
}

impl Output {
    /// A way of its own, so that not waiting in writes is not imposed on the shell, which shares standard output.
    pub(super) fn open() -> io::Result<Self> {
        let stdout = rustix::stdio::stdout();
        // It has a process group in the foreground only for those whose controlling terminal it is.
        let own = tcgetpgrp(stdout).and_then(|_| {
            let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            rustix::fs::open("/dev/tty", flags, Mode::empty())
        });
        let terminal: OwnedFd = own.or_else(|_| rustix::io::dup(stdout))?;
        Ok(Self { terminal: terminal.into(), looks: LAST_LOOKS })
    }

    fn wait(&mut self) -> io::Result<()> {
        if ENDING.load(Ordering::SeqCst) {
            self.looks = self.looks.checked_sub(1).ok_or(io::ErrorKind::TimedOut)?;
        }
        let terminal = self.terminal.as_fd();
        // An interrupted wait is as good as one that is over.
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
