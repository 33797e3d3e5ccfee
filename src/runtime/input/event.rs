//! The events that a terminal sends.

use crossterm::event::KeyEvent;

use crate::domain::color::Rgb;
use crate::tui::pointer::Pointer;

/// An event from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InputEvent {
    Key(KeyEvent),
    Pointer(Pointer),
    /// Pasted text.
    Paste(String),
    /// The terminal reports its status: it has shown everything that was sent before the request.
    Status,
    /// The terminal passed the trial of `tab_stops.rs`.
    TabStopsWork,
    /// The terminal reports the colour of its ground.
    Background(Rgb),
}
