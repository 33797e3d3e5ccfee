use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::domain::dependents::{Dependents, TableRows};
use crate::domain::user::UserId;
use crate::service::contract::{AccountAction, AccountSelection, Action};
use crate::tui::testing::{context, keys, now, text};

use super::*;

fn box_before_its_count() -> Confirm {
    let request = Request::Accounts(AccountAction::Suspend.on(AccountSelection::one(UserId(3))));
    Confirm::new(request, RequestId(7), now())
}

/// Returns a box about this many accounts that the terminal shows.
fn shown(care: Confirmation) -> Confirm {
    let mut confirm = box_before_its_count();
    let summary = ActionSummary { accounts: 12, ..ActionSummary::new(Action::Suspended) };
    confirm.counted(&summary, CountedRows::one(Some(3)), care, None);
    confirm.show(true);
    confirm
}

/// Returns the result of the last key; all keys before it leave the box open.
fn press(confirm: &mut Confirm, script: &str) -> Choice {
    press_at(confirm, script, now())
}

fn press_at(confirm: &mut Confirm, script: &str, at: Timestamp) -> Choice {
    let mut choices: Vec<_> =
        keys(script).into_iter().map(|key| confirm.press(&context(80, 24), key, at)).collect();
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
    assert_eq!(press(&mut number(), "<enter>"), Choice::Cancel);
    assert_eq!(press(&mut number(), "1<backspace><enter>"), Choice::Cancel, "nothing is typed any more");
}

#[test]
fn what_does_not_match_is_said_and_can_be_mended() {
    for (care, wrong, mended) in [
        (Confirmation::TypeNumber(12), "1<enter>", "2<enter>"),
        (Confirmation::TypeNumber(12), "13<enter>", "<backspace>2<enter>"),
        (Confirmation::TypeNumber(12), "123<enter>", "<backspace><enter>"),
        (Confirmation::TypeName("quentin".into()), "quenti<enter>", "n<enter>"),
        (Confirmation::TypeName("ann".into()), "anna<enter>", "<backspace><enter>"),
        (Confirmation::TypeName("ann".into()), "Ann<enter>", "<backspace><backspace><backspace>ann<enter>"),
    ] {
        let mut confirm = shown(care);
        assert_eq!(press(&mut confirm, wrong), Choice::Stay, "{wrong}");
        let typed = wrong.trim_end_matches("<enter>");
        let seen = frame_of(&confirm, 80, 24);
        assert!(seen.contains("It does not match.") && seen.contains(&format!(": {typed}▏")), "{seen}");
        assert_eq!(press(&mut confirm.clone(), "<esc>"), Choice::Cancel);
        assert_eq!(press(&mut confirm, mended), Choice::Accept, "{wrong} {mended}");
    }
}

/// Returns the box on a terminal of this size, as text.
fn frame_of(confirm: &Confirm, columns: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| confirm.view(&context(columns, rows), frame)).unwrap();
    text(&terminal)
}

#[test]
fn a_box_with_a_long_name_is_read_by_scrolling_at_any_size() {
    let name = (0..40).map(|n| format!("part{n:02}")).collect::<Vec<_>>().join(" ");
    for (columns, rows) in [(40, 10), (40, 12), (60, 18), (80, 24)] {
        let mut confirm = box_before_its_count();
        let summary = ActionSummary {
            accounts: 1,
            others: Some(Box::new(Dependents {
                deleted: vec![TableRows { table: "watched".into(), rows: 3 }],
                ..Dependents::default()
            })),
            label: Some(name.clone()),
            ..ActionSummary::new(Action::Purged)
        };
        confirm.counted(&summary, CountedRows::one(Some(3)), Confirmation::TypeName(name.clone()), None);
        confirm.show(true);
        let context = context(columns, rows);
        let mut seen = String::new();
        for _ in 0..60 {
            let frame = frame_of(&confirm, columns, rows);
            assert!(frame.contains('▏') && frame.contains("Cancel"), "{frame}");
            seen += &frame;
            assert_eq!(confirm.press(&context, keys("<down>")[0], now()), Choice::Stay);
        }
        for words in
            (0..40).map(|n| format!("part{n:02}")).chain(["for good".into(), "cannot be undone".into()])
        {
            assert!(seen.contains(&words), "{columns}x{rows}: no {words} in\n{seen}");
        }
        assert_eq!(confirm.press(&context, keys("<enter>")[0], now()), Choice::Cancel);
    }
}

#[test]
fn a_purge_is_accepted_by_the_name_as_it_is_shown() {
    let named = |name: &str| shown(Confirmation::TypeName(name.into()));
    assert_eq!(press(&mut named("quentin"), "quentin<enter>"), Choice::Accept);
    assert_eq!(press(&mut named("quentin"), "y"), Choice::Stay);
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

#[test]
fn the_box_before_the_purge_of_an_account_offers_to_erase_it_and_takes_that_back() {
    use crate::domain::page::Selection;
    use crate::domain::user::Who;
    use crate::service::contract::{Bin, InBin};

    let purge = || Request::Bin(Bin::Purge(InBin::Items(Selection::one(5))));
    let shown_for = |accounts, directories| {
        let mut confirm = Confirm::new(purge(), RequestId(7), now());
        let label = Some("alan".to_owned());
        let summary =
            ActionSummary { accounts, directories, label, id: Some(3), ..ActionSummary::new(Action::Purged) };
        let name = Confirmation::TypeName("alan".into());
        confirm.counted(&summary, CountedRows::one(Some(5)), name, None);
        confirm.show(true);
        confirm
    };
    let erased = Request::Bin(Bin::Erase(Who::Id(UserId(3)))).for_rows(CountedRows::one(Some(3)));
    let purged = purge().for_rows(CountedRows::one(Some(5)));
    for (script, headline, request) in [
        ("alan", "Purge alan?", &purged),
        ("<tab>alan", "Erase alan?", &erased),
        ("al<tab>an", "Erase alan?", &erased),
        ("<tab><tab>alan", "Purge alan?", &purged),
    ] {
        let mut confirm = shown_for(1, 8);
        assert_eq!(press(&mut confirm, script), Choice::Stay);
        assert_eq!(confirm.text()[0], headline, "{script}");
        assert_eq!(press(&mut confirm, "<enter>"), Choice::Accept, "{script}");
        assert_eq!(confirm.into_asked(), Asked::Action { request: request.clone(), rows: None });
    }
    assert!(frame_of(&shown_for(1, 8), 80, 24).contains("Tab: erase what the journal says"));
    let mut directory = shown_for(0, 8);
    press(&mut directory, "<tab>");
    assert_eq!(directory.text()[0], "Purge alan?", "a directory is no person");
}

/// Returns the box before a rejection, which needs a reason.
fn rejection(care: Confirmation) -> Confirm {
    let request = Request::Accounts(AccountAction::Reject.on(AccountSelection::one(UserId(3))));
    let mut confirm = Confirm::new(request, RequestId(7), now());
    let summary =
        ActionSummary { accounts: 1, label: Some("pia".into()), ..ActionSummary::new(Action::Rejected) };
    confirm.counted(&summary, CountedRows::one(Some(3)), care, None);
    confirm.show(true);
    confirm
}

/// Returns the reason of the action that was agreed to.
fn reason(confirm: Confirm) -> Option<String> {
    let Asked::Action { request, .. } = confirm.into_asked() else { panic!() };
    request.reason().map(|reason| reason.words().to_owned())
}

#[test]
fn a_reason_can_be_given_before_y() {
    let mut confirm = shown(Confirmation::Ask);
    assert_eq!(press(&mut confirm, "<tab>payment failed, yes<tab>y"), Choice::Accept);
    assert_eq!(reason(confirm).as_deref(), Some("payment failed, yes"));
    let mut confirm = shown(Confirmation::Ask);
    assert_eq!(press(&mut confirm, "<tab>payment failed<enter>"), Choice::Accept);
    assert_eq!(reason(confirm).as_deref(), Some("payment failed"));
    let mut confirm = shown(Confirmation::Ask);
    assert_eq!(press(&mut confirm, "y"), Choice::Accept);
    assert_eq!(reason(confirm), None);
    for script in
        ["<tab>payment<esc>", "<tab>payment<tab>n", "<tab>payment<tab><enter>", "<tab><enter><enter>"]
    {
        assert_eq!(press(&mut shown(Confirmation::Ask), script), Choice::Cancel, "{script}");
    }
}

#[test]
fn a_number_is_typed_beside_a_reason() {
    for script in ["12<tab>spam<enter>", "<tab>spam<tab>12<enter>", "<tab>spam<enter>12<enter>"] {
        let mut confirm = shown(Confirmation::TypeNumber(12));
        assert_eq!(press(&mut confirm, script), Choice::Accept, "{script}");
        assert_eq!(reason(confirm).as_deref(), Some("spam"), "{script}");
    }
    for script in ["12", "12<tab>spam", "<tab>spam<tab>12"] {
        let mut confirm = shown(Confirmation::TypeNumber(12));
        press(&mut confirm, script);
        assert_eq!(frame_of(&confirm, 80, 24).matches('▏').count(), 1, "{script}");
    }
}

#[test]
fn a_rejection_is_accepted_with_a_reason_only() {
    let mut confirm = rejection(Confirmation::Ask);
    assert_eq!(press(&mut confirm, "<enter>"), Choice::Stay);
    assert!(frame_of(&confirm, 80, 24).contains("A reason is needed."));
    assert_eq!(press(&mut confirm, "<tab>y"), Choice::Stay, "nor by y");
    assert_eq!(press(&mut confirm, "why not<enter>"), Choice::Accept);
    assert_eq!(reason(confirm).as_deref(), Some("why not"));
    let mut many = rejection(Confirmation::TypeNumber(12));
    assert_eq!(press(&mut many, "12<enter>"), Choice::Stay, "the reason is missing");
    assert_eq!(press(&mut many, "spam<enter>"), Choice::Accept);
    assert_eq!(reason(many).as_deref(), Some("spam"));
}

#[test]
fn a_paste_goes_into_the_reason_and_nowhere_else() {
    let mut confirm = shown(Confirmation::Ask);
    confirm.paste("y\n", now());
    assert_eq!(press_at(&mut confirm, "<tab>", now() + Duration::seconds(1)), Choice::Stay);
    confirm.paste("ticket 7\n", now());
    assert_eq!(press_at(&mut confirm, "<enter>", now() + Duration::seconds(1)), Choice::Accept);
    assert_eq!(reason(confirm).as_deref(), Some("ticket 7"));
}

#[test]
fn the_field_for_a_reason_is_in_sight_at_any_size() {
    for (columns, rows) in [(40, 10), (40, 12), (60, 18), (80, 24)] {
        let seen = frame_of(&shown(Confirmation::Ask), columns, rows);
        assert!(seen.contains("Reason") && seen.contains("Cancel"), "{seen}");
        let seen = frame_of(&rejection(Confirmation::TypeNumber(12)), columns, rows);
        assert!(seen.contains("Reason") && seen.contains("Cancel") && seen.contains('▏'), "{seen}");
    }
}

#[test]
fn in_lines_a_reason_is_asked_for() {
    let mut confirm = shown(Confirmation::Ask);
    assert_eq!(confirm.prompt(), "y suspend, Tab reason, n cancel.");
    assert!(!confirm.takes_text() && confirm.has_way_to_reason());
    press(&mut confirm, "<tab>");
    assert_eq!(confirm.prompt(), "To suspend, type the reason. Esc cancels.");
    assert!(confirm.takes_text() && !confirm.has_way_to_reason());
    assert_eq!(confirm.answer("payment failed"), Choice::Accept);
    assert_eq!(reason(confirm).as_deref(), Some("payment failed"));
}
