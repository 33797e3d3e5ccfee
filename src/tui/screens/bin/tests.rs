use super::*;
use crate::domain::journal::Kind as Thing;
use crate::domain::time::Duration;
use crate::domain::user::UserId;
use crate::tui::effect::Slot;
use crate::tui::screens::Screen;
use crate::tui::testing::{self, context, now, window};

fn bundle(id: i64) -> Bundle {
    let (username, email) = (Some("alan".into()), Some("alan@nexus.example".into()));
    Bundle {
        id,
        kind: Thing::Account,
        object_id: 3,
        user_id: UserId(3),
        label: "alan\u{1b}[2J".into(),
        parent: None,
        username,
        email,
        sessions: 4,
        directories: 9,
        deleted_at: Some(now() - Duration::minutes(5)),
        deleted_by: "ada".into(),
        held_until: Some(now() + Duration::days(30)),
    }
}

/// The board with three things in it.
fn board() -> Bin {
    let mut bin = Bin::default();
    bin.open(&context(120, 36), None);
    let rows = Reply::Bundles(window(vec![bundle(9), bundle(8), bundle(7)]));
    bin.reply(&context(120, 36), Slot::Rows, Ok(rows));
    bin
}

fn press(bin: &mut Bin, script: &str) -> Vec<Ask> {
    testing::press(bin, &context(120, 36), script)
}

#[test]
fn what_is_under_the_cursor_is_brought_back_or_purged() {
    let which = || InBin::Bundles(Selection::one(9));
    let restore = Request::Bin(Wish::Restore { which: which(), to: None });
    assert_eq!(press(&mut board(), "u"), [Ask::Act(restore)]);
    assert_eq!(press(&mut board(), "D"), [Ask::Act(Request::Bin(Wish::Purge(which())))]);
}

#[test]
fn history_is_that_of_what_it_was() {
    assert_eq!(press(&mut board(), "H"), [Ask::Go(Route::Journal(Some("account:3".into())))]);
}

#[test]
fn what_went_with_it_and_until_when_its_names_are_held_is_told() {
    let lines = view::detail(&context(120, 36), &bundle(9));
    let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
    assert!(text.iter().any(|line| line.contains("4 sessions, 9 directories")), "{text:?}");
    assert!(text.iter().any(|line| line.contains("Names held") && line.contains("23 Dec 2026")), "{text:?}");
    assert!(!text.iter().any(|line| line.contains('\u{1b}')), "{text:?}");
}
