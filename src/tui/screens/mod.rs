//! Screens: each a folder with its state, messages, keys and drawing. None knows another, nor the root.
//!
//! A list screen is a `ListSpec` in its folder and a line in `SCREENS`; any other is an `OwnScreen` and a line.

pub mod bin;
pub mod detail_pane;
pub mod directories;
pub mod journal;
mod list_columns;
mod list_keys;
mod list_pane;
mod list_pointer;
pub mod list_screen;
mod list_text;
mod list_view;
pub mod listing;
pub mod login;
pub mod overview;
pub mod screen;
pub mod sessions;
pub mod users;

use crate::domain::filter::ListKind;
use crate::tui::route::{ScreenId, Tab};
use list_screen::ListScreen;
use listing::ListSpec;
use screen::Screen;

/// All screens but the log-in. Tabs and their digit keys, from 0, are in this order; a screen without a tab is a board.
pub(crate) const SCREENS: &[ScreenDef] = &[
    overview::OverviewScreen::DEF,
    ScreenDef::of::<users::AccountList>(),
    ScreenDef::of::<sessions::SessionList>(),
    ScreenDef::of::<directories::DirectoryTree>(),
    ScreenDef::of::<journal::EntryList>(),
    ScreenDef::of::<bin::BinItemList>(),
];

/// The definition of a screen: its name, its tab and its constructor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScreenDef {
    pub(crate) id: ScreenId,
    pub(crate) name: &'static str,
    pub(crate) tab: Option<Tab>,
    /// The list that it shows, if it shows one.
    pub(crate) subject: Option<ListKind>,
    pub(crate) new: fn() -> Box<dyn Screen + Send>,
}

impl ScreenDef {
    const fn of<S: ListSpec>() -> Self {
        let subject = Some(S::SUBJECT);
        Self { id: S::ID, name: S::STYLE.name, tab: S::TAB, subject, new: boxed::<ListScreen<S>> }
    }

    const fn own<S: OwnScreen>(id: ScreenId, name: &'static str, tab: Tab) -> Self {
        Self { id, name, tab: Some(tab), subject: None, new: boxed::<S> }
    }
}

/// A screen that is no list.
pub(crate) trait OwnScreen: Screen + Default + Send + 'static {
    const DEF: ScreenDef;
}

fn boxed<S: Screen + Default + Send + 'static>() -> Box<dyn Screen + Send> {
    Box::new(S::default())
}

#[cfg(test)]
mod tests;
