//! Boxes on top of a screen. While one is open, keys are for it alone.

use crossterm::event::KeyEvent;
use ratatui::Frame;

use crate::service::contract::Failure;
use crate::tui::context::Context;
use crate::tui::dialog::Dialog;
use crate::tui::effect::{Ask, RequestId};

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
    /// Builds the overlay that a dialog names.
    pub fn new(dialog: Dialog) -> Self {
        match dialog {
            Dialog::Form(form) => Self::Edit(Box::new(edit::Edit::new(form))),
            Dialog::PasswordMenu { account, is_own } => Self::Menu(menu::Menu::password(&account, is_own)),
        }
    }

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

    /// What the box asked for was refused: it shows that and stays open.
    pub fn refuse(&mut self, failure: &Failure) {
        if let Self::Edit(edit) = self {
            edit.refuse(failure);
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
