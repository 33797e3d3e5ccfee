//! The mouse on a dialog: a click moves the cursor and does nothing else.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::Position;

use crate::tui::context::Context;
use crate::tui::pointer::{WHEEL_ROWS, Wheel};

use super::Overlay;

impl Overlay {
    /// Takes a click: the cursor goes to the line or the field.
    pub fn click(&mut self, context: &Context, at: Position) {
        match self {
            Self::Edit(edit) => edit.click(context, at),
            Self::Help(help) => help.click(context, at),
            Self::Palette(palette) => palette.click(context, at),
            Self::Menu(menu) => menu.click(context, at),
            Self::Columns(columns) => columns.click(context, at),
            Self::ViewList(views) => views.click(context, at),
            Self::SecondFactor(dialog) => dialog.click(context, at),
            Self::SecretDialog(_) | Self::FactorSlip(_) | Self::TextBox(_) | Self::Verify(_) => {}
        }
    }

    /// Takes a turn of the wheel: a list or a text scrolls.
    pub fn wheel(&mut self, context: &Context, wheel: Wheel) {
        let key = match wheel {
            Wheel::Up => KeyEvent::from(KeyCode::Up),
            Wheel::Down => KeyEvent::from(KeyCode::Down),
        };
        for _ in 0..WHEEL_ROWS {
            // These keys only move something here.
            match self {
                Self::Help(help) => drop(help.press(key)),
                Self::Columns(columns) => drop(columns.press(key)),
                Self::ViewList(views) => drop(views.press(key)),
                Self::TextBox(text_box) => drop(text_box.press(context, key)),
                // Up and Down are the history, other fields or the other end.
                Self::Palette(_)
                | Self::Edit(_)
                | Self::Menu(_)
                | Self::SecretDialog(_)
                | Self::SecondFactor(_)
                | Self::FactorSlip(_)
                | Self::Verify(_) => return,
            }
        }
    }
}
