use super::*;
use crate::domain::user::UserId;
use crate::service::contract::{AccountSelection, Accounts, Action};
use crate::tui::testing::{keys, now};

fn box_before_its_count() -> Confirm {
    let request = Request::Accounts(Accounts::Suspend(AccountSelection::one(UserId(3))));
    Confirm::new(request, RequestId(7), now())
}

/// A box about this many accounts that the terminal shows.
fn shown(care: Confirmation) -> Confirm {
    let mut confirm = box_before_its_count();
    let summary = ActionSummary { accounts: 12, ..ActionSummary::new(Action::Suspended) };
    confirm.counted(&summary, CountedRows::one(Some(3)), care);
    confirm.show(true);
    confirm
}

/// Returns the result of the last key; all keys before it leave the box open.
fn press(confirm: &mut Confirm, script: &str) -> Choice {
    press_at(confirm, script, now())
}

fn press_at(confirm: &mut Confirm, script: &str, at: Timestamp) -> Choice {
    let mut choices: Vec<_> = keys(script).into_iter().map(|key| confirm.press(key, at)).collect();
    let last = choices.pop().unwrap();
    assert!(choices.iter().all(|choice| *choice == Choice::Stay), "{script}: {choices:?}");
    last
}

#[test]
fn y_accepts_and_no_key_that_opens_a_box_does() {
    assert_eq!(press(&mut shown(Confirmation::Ask), "y"), Choice::Accept);
    assert_eq!(press(&mut shown(Confirmation::Ask), "ddxxDDXXcA+SPYie<space>"), Choice::Stay);
}

#[test]
fn cancel_is_focused() {
    for key in ["<enter>", "<esc>", "n", "q"] {
        assert_eq!(press(&mut shown(Confirmation::Ask), key), Choice::Cancel, "{key}");
    }
}

#[test]
fn many_rows_are_accepted_by_their_number() {
    let number = || shown(Confirmation::TypeNumber(12));
    assert_eq!(press(&mut number(), "12<enter>"), Choice::Accept);
    assert_eq!(press(&mut number(), "y12<enter>"), Choice::Accept, "letters are no part of a number");
    assert_eq!(press(&mut number(), "13<backspace>2<enter>"), Choice::Accept);
    for script in ["y", "12", "1", "d"] {
        assert_eq!(press(&mut number(), script), Choice::Stay, "{script}");
    }
    for script in ["<enter>", "1<enter>", "13<enter>", "12<backspace><enter>"] {
        assert_eq!(press(&mut number(), script), Choice::Cancel, "{script}");
    }
}

#[test]
fn a_purge_is_accepted_by_the_name_as_it_is_shown() {
    let named = |name: &str| shown(Confirmation::TypeName(name.into()));
    assert_eq!(press(&mut named("quentin"), "quentin<enter>"), Choice::Accept);
    assert_eq!(press(&mut named("quentin"), "y"), Choice::Stay);
    assert_eq!(press(&mut named("quentin"), "quenti<enter>"), Choice::Cancel);
    assert_eq!(press(&mut named("a\u{202e}b"), "a<lt>U+202E>b<enter>"), Choice::Accept);
}

#[test]
fn nothing_but_escape_counts_before_the_terminal_shows_it() {
    let mut confirm = box_before_its_count();
    assert_eq!(press(&mut confirm, "yy<enter>"), Choice::Stay);
    assert_eq!(press(&mut confirm, "<esc>"), Choice::Cancel);
    let mut confirm = shown(Confirmation::Ask);
    confirm.show(false);
    assert_eq!(press(&mut confirm, "y<enter>"), Choice::Stay);
}

#[test]
fn keys_that_follow_a_lost_one_at_once_are_of_the_same_burst() {
    let mut confirm = shown(Confirmation::Ask);
    confirm.lose(now());
    let after = |millis| now() + Duration::milliseconds(millis);
    assert_eq!(press_at(&mut confirm, "y", after(15)), Choice::Stay);
    assert_eq!(press_at(&mut confirm, "y", after(30)), Choice::Stay, "it goes on");
    assert_eq!(press_at(&mut confirm, "y", after(50)), Choice::Accept);
}
