//! Input from the terminal: keys, pasted text, and its hang-up.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::mpsc::Sender;

use crossterm::event::KeyEventKind;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::isatty;
use zeroize::Zeroize as _;

use crate::domain::color::Color;
use crate::domain::palette::Ground;
use crate::tui::effect::Msg;

use super::signals::TERMINAL_GONE;
use super::{RuntimeEvent, clock, end, start_thread};

mod event;
mod keys;
mod mouse;
mod parser;
mod paste;
mod sequence;

pub(super) use event::InputEvent;
use parser::Parser;

/// Number of bytes of one read: the size of a terminal's queue.
const CHUNK: usize = 4096;

/// Starts the two threads that listen to the terminal; they end with the process.
pub(super) fn listen(inbox: &Sender<RuntimeEvent>) -> io::Result<()> {
    start_thread("input", inbox, read)?;
    // A terminal may hang up while nothing is read from it, so another thread watches for that.
    start_thread("terminal watch", inbox, watch)
}

fn read(inbox: &Sender<RuntimeEvent>) {
    if let Ok(mut reader) = Reader::open(CHUNK) {
        while let Ok(event) = reader.next_event() {
            if runtime_event(event).is_some_and(|event| inbox.send(event).is_err()) {
                return;
            }
        }
    }
    end(inbox, TERMINAL_GONE);
}

/// Reads the terminal event by event.
#[derive(Debug)]
pub(super) struct Reader {
    /// The terminal, if it is not standard input.
    tty: Option<OwnedFd>,
    parser: Parser,
    buffer: Vec<u8>,
    events: VecDeque<InputEvent>,
}

impl Reader {
    /// Opens the terminal; reads take at most `chunk` bytes. With one, nothing after the last event is taken
    /// from the terminal.
    pub(super) fn open(chunk: usize) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::CLOEXEC;
        let tty = if isatty(rustix::stdio::stdin()) {
            None
        } else {
            Some(rustix::fs::open("/dev/tty", flags, Mode::empty())?)
        };
        let parser = Parser::new(clock::instant());
        Ok(Self { tty, parser, buffer: vec![0; chunk], events: VecDeque::new() })
    }

    /// Waits for the next event. Sleeps until input arrives; has a time limit only in the middle of a sequence.
    pub(super) fn next_event(&mut self) -> io::Result<InputEvent> {
        let mut events = Vec::new();
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            if self.has_input()? {
                let Self { tty, parser, buffer, .. } = self;
                let read = match rustix::io::read(terminal(tty.as_ref()), buffer.as_mut_slice()) {
                    Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(read) => read,
                    Err(Errno::INTR | Errno::AGAIN) => continue,
                    Err(error) => return Err(error.into()),
                };
                parser.feed(buffer.get(..read).unwrap_or_default(), clock::instant(), &mut events);
                // It may have been a password.
                buffer.as_mut_slice().zeroize();
            } else {
                self.parser.tick(clock::instant(), &mut events);
            }
            self.events.extend(events.drain(..));
        }
    }

    /// Waits until there is something to read or the parser's deadline has passed. Returns true if there is
    /// input.
    fn has_input(&self) -> io::Result<bool> {
        let left = self.parser.deadline().map(|at| at.saturating_duration_since(clock::instant()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        let terminal = terminal(self.tty.as_ref());
        match poll(&mut [PollFd::new(&terminal, PollFlags::IN)], left.as_ref()) {
            Ok(ready) => Ok(ready > 0),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn terminal(tty: Option<&OwnedFd>) -> BorrowedFd<'_> {
    tty.map_or(rustix::stdio::stdin(), AsFd::as_fd)
}

/// Returns what an event means to the loop; `None` if nothing.
fn runtime_event(event: InputEvent) -> Option<RuntimeEvent> {
    let msg = match event {
        InputEvent::Key(key) if key.kind == KeyEventKind::Release => return None,
        InputEvent::Key(key) => Msg::Key(key),
        InputEvent::Paste(text) => Msg::Paste(text.into()),
        InputEvent::Pointer(pointer) => Msg::Pointer(pointer),
        InputEvent::Background(rgb) => Msg::Ground(Ground::of(Color::Rgb(rgb))),
        InputEvent::Status => return Some(RuntimeEvent::StatusReport),
        InputEvent::TabStopsWork => return Some(RuntimeEvent::TabStopsWork),
    };
    Some(RuntimeEvent::Msg(Box::new(msg)))
}

/// Waits until the terminal hangs up, without waking for anything else.
fn watch(inbox: &Sender<RuntimeEvent>) {
    let stdin = rustix::stdio::stdin();
    let mut asked = [PollFd::new(&stdin, PollFlags::empty())];
    // No events are requested: hang-up and error are always reported.
    while let Err(Errno::INTR) = poll(&mut asked, None) {}
    end(inbox, TERMINAL_GONE);
}

#[cfg(test)]
mod tests;
