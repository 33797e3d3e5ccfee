//! Scripted bytes and times go in; the resulting events are compared.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::domain::color::Rgb;
use crate::tui::pointer::{Gesture, Pointer, Wheel};

use super::*;

mod keyboard;
mod mouse;
mod replies;

/// Maximum delay between parts of one sequence in these tests.
const SPLIT: Duration = Duration::from_millis(9);

/// A terminal with a manual clock.
struct Script {
    parser: Parser,
    now: Instant,
    /// The events, without the colours of the ground and the mouse.
    events: Vec<InputEvent>,
    pointers: Vec<Pointer>,
    grounds: Vec<Rgb>,
}

impl Script {
    fn new() -> Self {
        let now = clock::instant();
        Self { parser: Parser::new(now), now, events: Vec::new(), pointers: Vec::new(), grounds: Vec::new() }
    }

    /// Sends these bytes at once.
    fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.parser.feed(bytes.as_ref(), self.now, &mut self.events);
        let Self { events, pointers, grounds, .. } = self;
        events.retain(|event| match event {
            InputEvent::Background(rgb) => {
                grounds.push(*rgb);
                false
            }
            InputEvent::Pointer(pointer) => {
                pointers.push(*pointer);
                false
            }
            InputEvent::Key(_) | InputEvent::Paste(_) | InputEvent::Status | InputEvent::TabStopsWork => true,
        });
        self
    }

    /// Sends nothing for this long.
    fn wait(&mut self, silence: Duration) -> &mut Self {
        self.now += silence;
        self.parser.tick(self.now, &mut self.events);
        self
    }

    fn wait_millis(&mut self, millis: u64) -> &mut Self {
        self.wait(Duration::from_millis(millis))
    }

    /// Waits until nothing is pending and returns the events.
    fn end(mut self) -> Vec<InputEvent> {
        self.wait(Duration::from_secs(2));
        self.events
    }
}

/// Returns the events of bytes that arrive at once.
fn events(bytes: impl AsRef<[u8]>) -> Vec<InputEvent> {
    let mut script = Script::new();
    script.send(bytes);
    script.end()
}

fn plain(letter: char) -> InputEvent {
    InputEvent::Key(keys::character(letter))
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> InputEvent {
    InputEvent::Key(KeyEvent::new(code, modifiers))
}

fn esc() -> InputEvent {
    key(KeyCode::Esc, KeyModifiers::NONE)
}

#[test]
fn presses_and_repeats_count_and_releases_do_not() {
    let mut key = KeyEvent::new(KeyCode::Char('j'), KeyModifiers::NONE);
    for (kind, counts) in
        [(KeyEventKind::Press, true), (KeyEventKind::Repeat, true), (KeyEventKind::Release, false)]
    {
        key.kind = kind;
        assert_eq!(runtime_event(InputEvent::Key(key)).is_some(), counts, "{kind:?}");
    }
}

#[test]
fn pastes_and_status_reports_are_passed_on() {
    let pasted = RuntimeEvent::Msg(Box::new(Msg::Paste("a\nb".into())));
    assert_eq!(runtime_event(InputEvent::Paste("a\nb".into())), Some(pasted));
    assert_eq!(runtime_event(InputEvent::Status), Some(RuntimeEvent::StatusReport));
    assert_eq!(runtime_event(InputEvent::TabStopsWork), Some(RuntimeEvent::TabStopsWork));
}
