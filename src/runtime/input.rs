//! What comes from the terminal: keys, pasted text, new sizes, and that it is gone.

use std::io;
use std::sync::mpsc::Sender;

use crossterm::event::{self, Event, KeyEventKind};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

use super::signals::TERMINAL_GONE;
use super::{Inward, end, start_thread};
use crate::tui::effect::Msg;

/// Starts the two threads that listen to the terminal; they end with the process.
pub(super) fn listen(inbox: &Sender<Inward>) -> io::Result<()> {
    start_thread("input", inbox, read)?;
    // crossterm spins for ever when the terminal goes and no SIGHUP is delivered (crossterm#793), so another thread
    // sees to that.
    start_thread("terminal watch", inbox, watch)
}

fn read(inbox: &Sender<Inward>) {
    while let Some(event) = next_event() {
        if message(event).is_some_and(|msg| inbox.send(Inward::Msg(msg)).is_err()) {
            return;
        }
    }
    end(inbox, TERMINAL_GONE);
}

#[expect(clippy::disallowed_methods, reason = "this is where the terminal is read")]
fn next_event() -> Option<Event> {
    event::read().ok()
}

/// What an event says to the console; `None` for what is not for it.
fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Msg::Key(key)),
        Event::Paste(text) => Some(Msg::Paste(text.into())),
        Event::Resize(columns, rows) => Some(Msg::Resize(columns, rows)),
        Event::Key(_) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

/// Waits, without ever waking for anything else, until the terminal hangs up.
fn watch(inbox: &Sender<Inward>) {
    let stdin = rustix::stdio::stdin();
    let mut asked = [PollFd::new(&stdin, PollFlags::empty())];
    // No events are asked for: hang-up and error are always reported.
    while let Err(Errno::INTR) = rustix::event::poll(&mut asked, None) {}
    end(inbox, TERMINAL_GONE);
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;

    #[test]
    fn presses_and_repeats_count_and_releases_do_not() {
        let mut key = KeyEvent::new(KeyCode::Char('j'), KeyModifiers::NONE);
        for (kind, counts) in
            [(KeyEventKind::Press, true), (KeyEventKind::Repeat, true), (KeyEventKind::Release, false)]
        {
            key.kind = kind;
            assert_eq!(message(Event::Key(key)).is_some(), counts, "{kind:?}");
        }
    }

    #[test]
    fn pastes_and_sizes_are_passed_on_and_focus_is_not() {
        assert_eq!(message(Event::Paste("a\nb".into())), Some(Msg::Paste("a\nb".into())));
        assert_eq!(message(Event::Resize(0, 0)), Some(Msg::Resize(0, 0)));
        assert_eq!(message(Event::FocusLost), None);
    }
}
