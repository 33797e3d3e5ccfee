//! Screens: each a folder with its state, messages, keys and drawing. None knows another, nor the root.
//!
//! A list screen is a `ListSpec` in its folder and a line in `SCREENS`.

pub mod bin;
pub mod detail_pane;
pub mod directories;
pub mod journal;
mod list_columns;
pub mod list_screen;
mod list_text;
mod list_view;
pub mod listing;
pub mod login;
pub mod screen;
pub mod sessions;
pub mod users;

use crate::domain::filter::ListKind;
use crate::tui::route::{ScreenId, Tab};
use list_screen::ListScreen;
use listing::ListSpec;
use screen::Screen;

/// All list screens. Tabs and their digit keys are in this order; a screen without a tab is a board.
pub(crate) const SCREENS: &[ScreenDef] = &[
    ScreenDef::of::<users::AccountList>(),
    ScreenDef::of::<sessions::SessionList>(),
    ScreenDef::of::<directories::DirectoryTree>(),
    ScreenDef::of::<journal::EntryList>(),
    ScreenDef::of::<bin::BinItemList>(),
];

/// The definition of a list screen: its name, its tab and its constructor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScreenDef {
    pub(crate) id: ScreenId,
    pub(crate) name: &'static str,
    pub(crate) tab: Option<Tab>,
    pub(crate) subject: ListKind,
    pub(crate) new: fn() -> Box<dyn Screen + Send>,
}

impl ScreenDef {
    const fn of<S: ListSpec>() -> Self {
        Self { id: S::ID, name: S::STYLE.name, tab: S::TAB, subject: S::SUBJECT, new: new_screen::<S> }
    }
}

fn new_screen<S: ListSpec>() -> Box<dyn Screen + Send> {
    Box::new(ListScreen::<S>::default())
}

#[cfg(test)]
mod tests;
