use crate::domain::page::Selection;
use crate::tui::effect::Slot;
use crate::tui::screens::list_screen::ListScreen;
use crate::tui::screens::listing::RowShown;
use crate::tui::screens::screen::Screen;
use crate::tui::testing::{self, context, item, window};

use super::*;

type BinScreen = ListScreen<BinItemList>;

/// Returns the board with three things in it.
fn board() -> BinScreen {
    let mut bin = BinScreen::default();
    bin.open(&context(120, 36), None);
    let rows = Reply::Items(window(vec![item(9), item(8), item(7)]));
    bin.reply(&context(120, 36), Slot::Rows, Ok(rows));
    bin
}

fn press(bin: &mut BinScreen, script: &str) -> Vec<Ask> {
    testing::press(bin, &context(120, 36), script)
}

#[test]
fn what_is_under_the_cursor_is_brought_back_or_purged() {
    let which = || InBin::Items(Selection::one(9));
    let restore = Request::Bin(BinRequest::Restore { which: which(), to: None, with_sessions: false });
    assert_eq!(press(&mut board(), "u"), [Ask::Submit(restore)]);
    assert_eq!(press(&mut board(), "D"), [Ask::Submit(Request::Bin(BinRequest::Purge(which())))]);
}

#[test]
fn history_is_that_of_what_it_was() {
    assert_eq!(press(&mut board(), "H"), [Ask::Go(Route::filtered(ScreenId::JOURNAL, "account:3"))]);
}

#[test]
fn what_went_with_it_and_until_when_its_names_are_held_is_told() {
    let lines = (view::STYLE.detail)(&context(120, 36), &item(9), None, RowShown::default());
    let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
    assert!(
        text.contains(&"  2 sessions".to_owned()) && text.contains(&"  8 directories".to_owned()),
        "{text:?}"
    );
    assert!(text.iter().any(|line| line.contains("Reserved") && line.contains("23 Dec 2026")), "{text:?}");
    assert!(!text.iter().any(|line| line.contains('\u{1b}')), "{text:?}");
}
