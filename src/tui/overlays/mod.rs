//! Dialogs on top of a screen. While one is open, it gets all keys.

use crossterm::event::KeyEvent;
use ratatui::Frame;

use crate::service::contract::{Failure, Reply};
use crate::tui::context::Context;
use crate::tui::dialog::Dialog;
use crate::tui::effect::{Ask, RequestId};
use crate::tui::keys::Help as HelpRow;

pub mod columns;
pub mod confirm;
pub mod edit;
pub mod factor_slip;
pub mod help;
pub mod menu;
pub mod palette;
mod pointer;
pub mod second_factor;
pub mod secret_dialog;
pub mod text_box;
pub mod verify;
pub mod view_list;

/// An open dialog.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    Edit(Box<edit::Edit>),
    Help(help::HelpDialog),
    Palette(Box<palette::Palette>),
    Menu(menu::Menu),
    Columns(columns::ColumnsDialog),
    SecretDialog(secret_dialog::SecretDialog),
    SecondFactor(Box<second_factor::SecondFactorDialog>),
    FactorSlip(Box<factor_slip::FactorSlipDialog>),
    TextBox(text_box::TextBox),
    Verify(verify::VerifyDialog),
    ViewList(view_list::ViewList),
}

impl Overlay {
    /// Builds the overlay that a dialog names.
    pub fn new(dialog: Dialog) -> Self {
        match dialog {
            Dialog::Form(form) => Self::Edit(Box::new(edit::Edit::new(form))),
            Dialog::Columns { now, usual } => Self::Columns(columns::ColumnsDialog::new(now, usual)),
            Dialog::PasswordMenu { account, is_own } => Self::Menu(menu::Menu::password(&account, is_own)),
        }
    }

    pub fn press(&mut self, context: &Context, key: KeyEvent) -> Vec<Ask> {
        match self {
            Self::Edit(edit) => edit.press(key),
            Self::Help(help) => help.press(key),
            Self::Palette(palette) => palette.press(key),
            Self::Menu(menu) => menu.press(key),
            Self::Columns(columns) => columns.press(key),
            Self::SecretDialog(reveal) => reveal.press(key),
            Self::SecondFactor(dialog) => dialog.press(key),
            Self::FactorSlip(slip) => slip.press(key),
            Self::ViewList(views) => views.press(key),
            Self::TextBox(text_box) => text_box.press(context, key),
            Self::Verify(verify) => verify.press(key),
        }
    }

    /// Takes pasted text; only fields use it.
    pub fn paste(&mut self, text: &str) -> Vec<Ask> {
        match self {
            Self::Edit(edit) => return edit.paste(text),
            Self::Help(help) => help.filter.paste(text).unwrap_or_default(),
            Self::Palette(palette) => return palette.paste(text),
            Self::Verify(verify) => verify.paste(text),
            Self::SecondFactor(dialog) => dialog.paste(text),
            Self::FactorSlip(_)
            | Self::Menu(_)
            | Self::Columns(_)
            | Self::SecretDialog(_)
            | Self::TextBox(_)
            | Self::ViewList(_) => {}
        }
        Vec::new()
    }

    /// Takes values of the store that complete what is typed.
    pub fn complete(&mut self, reply: Reply) {
        match self {
            Self::Palette(palette) => palette.complete(reply),
            Self::Edit(edit) => edit.complete(reply),
            Self::Help(_)
            | Self::Menu(_)
            | Self::Columns(_)
            | Self::ViewList(_)
            | Self::SecretDialog(_)
            | Self::SecondFactor(_)
            | Self::FactorSlip(_)
            | Self::TextBox(_)
            | Self::Verify(_) => {}
        }
    }

    /// Returns the line that is typed into the palette, if that is it.
    pub fn command_line(&self) -> Option<String> {
        match self {
            Self::Palette(palette) => Some(palette.line().to_owned()),
            Self::Edit(_)
            | Self::Help(_)
            | Self::Menu(_)
            | Self::Columns(_)
            | Self::ViewList(_)
            | Self::SecretDialog(_)
            | Self::SecondFactor(_)
            | Self::FactorSlip(_)
            | Self::TextBox(_)
            | Self::Verify(_) => None,
        }
    }

    /// Returns the form: the only dialog that holds text to save.
    fn form(&self) -> Option<&edit::Edit> {
        match self {
            Self::Edit(edit) => Some(edit),
            Self::Help(_)
            | Self::Palette(_)
            | Self::Menu(_)
            | Self::Columns(_)
            | Self::SecretDialog(_)
            | Self::SecondFactor(_)
            | Self::FactorSlip(_)
            | Self::TextBox(_)
            | Self::Verify(_)
            | Self::ViewList(_) => None,
        }
    }

    /// Wipes the secrets that were typed. What else was typed stays.
    pub fn wipe_secrets(&mut self) {
        match self {
            Self::Edit(edit) => edit.wipe_secrets(),
            Self::Verify(verify) => verify.wipe(),
            Self::SecondFactor(dialog) => dialog.wipe(),
            Self::Help(_)
            | Self::FactorSlip(_)
            | Self::Palette(_)
            | Self::Menu(_)
            | Self::Columns(_)
            | Self::SecretDialog(_)
            | Self::TextBox(_)
            | Self::ViewList(_) => {}
        }
    }

    /// Notes the id of the request that the dialog submitted.
    pub fn sent(&mut self, request_id: RequestId) {
        match self {
            Self::Edit(edit) => edit.sent(request_id),
            Self::Menu(menu) => menu.sent(request_id),
            Self::SecondFactor(dialog) => dialog.sent(request_id),
            Self::Help(_)
            | Self::Palette(_)
            | Self::Columns(_)
            | Self::SecretDialog(_)
            | Self::FactorSlip(_)
            | Self::TextBox(_)
            | Self::Verify(_)
            | Self::ViewList(_) => {}
        }
    }

    /// Returns true if the dialog waits for the reply to this request.
    pub fn awaits(&self, request_id: RequestId) -> bool {
        match self {
            Self::SecondFactor(dialog) => dialog.awaits(request_id),
            Self::Menu(menu) => menu.awaits(request_id),
            other => other.form().is_some_and(|form| form.awaits(request_id)),
        }
    }

    /// Shows a refusal at the field that it is about, and keeps the dialog open. Returns false if no field shows it.
    pub fn refuse(&mut self, failure: &Failure) -> bool {
        match self {
            Self::Edit(edit) => edit.refuse(failure),
            Self::SecondFactor(dialog) => {
                dialog.refuse(failure);
                true
            }
            Self::Help(_)
            | Self::Palette(_)
            | Self::Menu(_)
            | Self::Columns(_)
            | Self::SecretDialog(_)
            | Self::FactorSlip(_)
            | Self::TextBox(_)
            | Self::Verify(_)
            | Self::ViewList(_) => false,
        }
    }

    /// Returns the form, if it holds text that closing it would drop.
    pub fn unsaved(&self) -> Option<&edit::Edit> {
        self.form().filter(|form| form.is_unsaved())
    }

    /// Returns the keys of the dialog for the footer.
    pub fn hints(&self) -> Vec<HelpRow> {
        let hint = HelpRow::of_dialog;
        match self {
            Self::Edit(edit) => edit.hints(),
            Self::Help(_) => {
                vec![hint(&["enter"], "run"), hint(&["down"], "choose"), hint(&["esc"], "close")]
            }
            Self::Palette(_) => {
                vec![hint(&["enter"], "run"), hint(&["tab"], "complete"), hint(&["esc"], "close")]
            }
            Self::Columns(_) => columns::ColumnsDialog::hints(),
            Self::Menu(_) => vec![hint(&["enter"], "choose"), hint(&["esc"], "close")],
            Self::SecretDialog(_) => secret_dialog::SecretDialog::hints(),
            Self::SecondFactor(_) => second_factor::SecondFactorDialog::hints(),
            Self::FactorSlip(_) => factor_slip::FactorSlipDialog::hints(),
            Self::ViewList(_) => {
                vec![hint(&["enter"], "open"), hint(&["d"], "remove"), hint(&["esc"], "close")]
            }
            Self::TextBox(text_box) => text_box.hints(),
            Self::Verify(verify) => verify.hints(),
        }
    }

    /// Returns the dialog in lines.
    pub fn text(&self, context: &Context) -> Vec<String> {
        match self {
            Self::Edit(edit) => edit.text(),
            Self::Help(help) => help.text(),
            Self::Palette(palette) => palette.text(),
            Self::Menu(menu) => menu.text(),
            Self::Columns(columns) => columns.text(),
            Self::SecretDialog(reveal) => reveal.text(context),
            Self::SecondFactor(dialog) => dialog.text(),
            Self::FactorSlip(slip) => slip.text(),
            Self::TextBox(text_box) => text_box.text(),
            Self::Verify(verify) => verify.text(),
            Self::ViewList(views) => views.text(),
        }
    }

    /// Returns true if there is nothing to do but to read it: in lines it needs no key to close.
    pub fn is_only_read(&self) -> bool {
        match self {
            Self::Help(_) | Self::SecretDialog(_) | Self::FactorSlip(_) | Self::TextBox(_) => true,
            Self::Verify(verify) => !verify.takes_token(),
            Self::Edit(_)
            | Self::SecondFactor(_)
            | Self::Palette(_)
            | Self::Menu(_)
            | Self::Columns(_)
            | Self::ViewList(_) => false,
        }
    }

    pub fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        match self {
            Self::Edit(edit) => edit.view(context, frame),
            Self::Help(help) => help.view(context, frame),
            Self::Palette(palette) => palette.view(context, frame),
            Self::Menu(menu) => menu.view(context, frame),
            Self::Columns(columns) => columns.view(context, frame),
            Self::SecretDialog(reveal) => reveal.view(context, frame),
            Self::SecondFactor(dialog) => dialog.view(context, frame),
            Self::FactorSlip(slip) => slip.view(context, frame),
            Self::ViewList(views) => views.view(context, frame),
            Self::TextBox(text_box) => text_box.view(context, frame),
            Self::Verify(verify) => verify.view(context, frame),
        }
    }
}
