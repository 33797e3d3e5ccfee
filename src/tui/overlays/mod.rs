//! Boxes on top of a screen. While one is open, keys are for it alone.

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use super::effect::{Ask, RequestId};
use super::screens::Context;
use super::theme::Theme;
use crate::domain::text::{clip, visible};
use crate::service::contract::Failure;

pub mod confirm;
pub mod edit;
pub mod help;
pub mod menu;
pub mod palette;
pub mod secret_dialog;

/// A box.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// Fields to fill in.
    Edit(Box<edit::Edit>),
    /// The keys.
    Help(help::HelpDialog),
    /// A command by name.
    Palette(palette::Palette),
    /// A few things to choose from.
    Menu(menu::Menu),
    /// A token or code, shown this once.
    SecretDialog(secret_dialog::SecretDialog),
}

impl Overlay {
    /// A key.
    pub fn press(&mut self, key: KeyEvent) -> Vec<Ask> {
        match self {
            Self::Edit(edit) => edit.press(key),
            Self::Help(help) => help.press(key),
            Self::Palette(palette) => palette.press(key),
            Self::Menu(menu) => menu.press(key),
            Self::SecretDialog(reveal) => reveal.press(key),
        }
    }

    /// Pasted text: only fields take it.
    pub fn paste(&mut self, text: &str) {
        match self {
            Self::Edit(edit) => edit.paste(text),
            Self::Help(help) => help.filter.paste(text).unwrap_or_default(),
            Self::Palette(palette) => palette.paste(text),
            Self::Menu(_) | Self::SecretDialog(_) => {}
        }
    }

    /// What the box asked for is under way with this ticket. Only one with fields stays for the answer.
    pub fn sent(&mut self, request_id: RequestId) {
        if let Self::Edit(edit) = self {
            edit.sent(request_id);
        }
    }

    /// Whether this ticket's answer is for this box.
    pub fn awaits(&self, request_id: RequestId) -> bool {
        matches!(self, Self::Edit(edit) if edit.awaits(request_id))
    }

    /// What the box asked for was refused: it stays open. Returns whether it says so itself, at a field.
    pub fn refuse(&mut self, failure: &Failure) -> bool {
        match self {
            Self::Edit(edit) => edit.refuse(failure),
            Self::Help(_) | Self::Palette(_) | Self::Menu(_) | Self::SecretDialog(_) => false,
        }
    }

    /// Draws it over the screen.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        match self {
            Self::Edit(edit) => edit.view(context, frame),
            Self::Help(help) => help.view(context, frame),
            Self::Palette(palette) => palette.view(context, frame),
            Self::Menu(menu) => menu.view(context, frame),
            Self::SecretDialog(reveal) => reveal.view(context, frame),
        }
    }
}

/// Clears a place for a box in the middle of `area`, draws its frame, and returns the room inside. The title is anybody's
/// text: it is made visible here, once.
fn open(frame: &mut Frame<'_>, area: Rect, theme: Theme, title: &str, width: u16, lines: u16) -> Rect {
    let width = (width + 4).min(area.width);
    let height = (lines + 2).min(area.height);
    let place =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, place);
    let title = format!(" {} ", clip(&visible(title), usize::from(width.saturating_sub(6))));
    let block = Block::bordered()
        .border_set(theme.border())
        .border_style(theme.quiet())
        .title(Line::from(Span::styled(title, theme.strong())));
    frame.render_widget(block, place);
    Rect {
        x: place.x + 2.min(place.width),
        y: place.y + 1.min(place.height),
        width: place.width.saturating_sub(4),
        height: place.height.saturating_sub(2),
    }
}
