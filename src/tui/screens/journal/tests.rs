use crate::domain::journal::{Action, EntityKind as Thing};
use crate::domain::journal::{Actor, EntityRef, Entry, Erased, FieldValues, Origin, Outcome};
use crate::domain::page::Anchor;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, UserId};
use crate::tui::context::Viewer;
use crate::tui::effect::Slot;
use crate::tui::screens::list_screen::ListScreen;
use crate::tui::screens::screen::Screen as _;
use crate::tui::testing::{context, entry, frame, press, window};
use crate::tui::theme::{TerminalFeatures, Theme};

use super::*;

type JournalScreen = ListScreen<EntryList>;

fn edited() -> Entry {
    Entry {
        action: Action::Edited.word().into(),
        before: FieldValues::new().with("email", "alan@old.example").with("address", None::<String>),
        after: FieldValues::new()
            .with("email", "alan@nexus.example")
            .with("address", "King's College, Cambridge"),
        ..entry(57)
    }
}

fn refused() -> Entry {
    Entry {
        action: Action::Deleted.word().into(),
        outcome: Outcome::Refused,
        actor: Actor { account: Some(UserId(4)), name: "edsger".into(), sudo_user: None },
        before: FieldValues::new(),
        after: FieldValues::new().with("refused", "Only an admin may delete accounts."),
        ..entry(58)
    }
}

fn by_command() -> Entry {
    let id = Some(34);
    Entry {
        action: Action::Issued.word().into(),
        actor: Actor { account: None, name: "root".into(), sudo_user: Some("vincent".into()) },
        origin: Origin { session: None, place: "pts/3".into() },
        object: EntityRef {
            kind: Thing::Session,
            id,
            label: "alan 3fa9c1e0".into(),
            account: Some(UserId(3)),
        },
        before: FieldValues::new(),
        after: FieldValues::new().with("expiration", "2026-11-23 20:00:00"),
        act: 55,
        undoes: Some(54),
        ..entry(56)
    }
}

fn of_the_store() -> Entry {
    let object = EntityRef { kind: Thing::Store, id: None, label: "old.sql".into(), account: None };
    let after = FieldValues::new().with("users", 300).with("sessions", 4_000);
    Entry { action: "import".into(), object, before: FieldValues::new(), after, ..entry(55) }
}

fn shown(rows: Vec<Entry>, context: &Context) -> JournalScreen {
    let single = |entry| Line { entry, fold: Fold::Single };
    shown_in_lines(rows.into_iter().map(single).collect(), context)
}

fn shown_in_lines(rows: Vec<Line>, context: &Context) -> JournalScreen {
    let mut screen = JournalScreen::default();
    screen.open(context, None);
    screen.reply(context, Slot::Rows, Ok(Reply::Lines(window(rows))));
    screen.wake(&Context { now: context.now + Duration::milliseconds(60), ..*context });
    screen
}

fn loaded() -> JournalScreen {
    shown(vec![refused(), edited(), by_command(), of_the_store()], &context(80, 24))
}

fn pressed(script: &str) -> Vec<Ask> {
    press(&mut loaded(), &context(80, 24), script)
}

#[test]
fn it_opens_on_the_newest_entry() {
    let asks = JournalScreen::default().open(&context(80, 24), None);
    let [Ask::Query(Slot::Rows, Request::Journal(JournalRequest::Lines { filter, sort, span, .. }))] =
        asks.as_slice()
    else {
        panic!("{asks:?}")
    };
    assert!(filter.is_empty() && sort.descending);
    assert_eq!((span.anchor, span.before), (Anchor::Position(0), 0));
}

#[test]
fn time_runs_either_way() {
    for (script, descending) in [(",t", false), (",T", true)] {
        let asks = pressed(script);
        let [Ask::Query(Slot::Rows, Request::Journal(JournalRequest::Lines { sort, .. })), Ask::Remember(_)] =
            asks.as_slice()
        else {
            panic!("{asks:?}")
        };
        assert_eq!((sort.column, sort.descending), (JournalColumn::Seq, descending));
    }
}

#[test]
fn its_filter_is_live_and_has_its_own_keys() {
    let asks = pressed("/by:ada verb:delete");
    let Some(Ask::Query(Slot::Rows, Request::Journal(JournalRequest::Lines { filter, .. }))) = asks.last()
    else {
        panic!("{asks:?}")
    };
    assert_eq!(*filter, Filter::parse(ListKind::Journal, "by:ada verb:delete").unwrap());
    let (mut screen, context) = (loaded(), context(120, 24));
    press(&mut screen, &context, "/status:pending");
    assert!(frame(&screen, &context).contains("unknown key status"));
}

#[test]
fn a_plain_user_asks_for_the_same_and_the_service_decides_what_comes() {
    let admin = context(80, 24);
    let viewer = Some(Viewer { id: UserId(4), level: AccessLevel::User, session: Some(9) });
    let user = Context { viewer, ..admin };
    assert_eq!(JournalScreen::default().open(&user, None), JournalScreen::default().open(&admin, None));
}

#[test]
fn a_row_leads_to_the_history_of_what_it_is_about() {
    let history = |filter: &str| [Ask::Go(Route::filtered(ScreenId::JOURNAL, filter))];
    assert_eq!(pressed("H"), history("account:3"));
    assert_eq!(pressed("jjH"), history("session:34"));
    assert!(matches!(pressed("GH").as_slice(), [Ask::ShowError(_)]), "the store is no row");
}

#[test]
fn it_leads_to_the_accounts_sessions_and_directories() {
    assert_eq!(pressed("jjs"), [Ask::Go(Route::filtered(ScreenId::SESSIONS, "user:3"))]);
    assert_eq!(pressed("jjf"), [Ask::Go(Route::filtered(ScreenId::DIRECTORIES, "user:3"))]);
    assert!(matches!(pressed("Gs").as_slice(), [Ask::ShowError(_)]));
}

#[test]
fn what_is_copied_can_be_expected_when_the_journal_is_verified() {
    let asks = pressed("jy");
    let [Ask::Copy(text)] = asks.as_slice() else { panic!("{asks:?}") };
    assert_eq!(Head::parse(text), Some(Head { seq: 57, hash: edited().hash }));
}

#[test]
fn nothing_here_changes_anything() {
    for key in "acdeimrxADPSX+".chars() {
        assert_eq!(pressed(&key.to_string()), [], "{key}");
    }
}

#[test]
fn a_refusal_is_told_by_shape_and_word() {
    let (screen, context) = (loaded(), context(80, 24));
    let seen = frame(&screen, &context);
    assert!(seen.contains("tried to delete alan: Only") && seen.contains("× refused"), "{seen}");
    assert_eq!(seen.matches('×').count(), 1, "{seen}");
}

#[test]
fn an_os_user_is_not_taken_for_an_account() {
    let seen = frame(&loaded(), &context(80, 24));
    assert!(seen.contains("os:root") && !seen.contains("os:ada"), "{seen}");
}

#[test]
fn enter_shows_the_whole_entry_and_h_the_list_again() {
    let (mut screen, context) = (loaded(), context(80, 24));
    for (open, close) in [("<enter>", "h"), ("l", "<left>"), ("<right>", "<esc>"), ("<tab>", "<tab>")] {
        press(&mut screen, &context, open);
        assert!(frame(&screen, &context).contains("entry 58 · account 3"), "{open}");
        press(&mut screen, &context, close);
        assert!(frame(&screen, &context).contains("row 1 of 4"), "{close}");
    }
}

#[test]
fn the_details_look_like_this() {
    let (mut screen, context) = (loaded(), context(80, 24));
    for (name, script) in [("refused", "<enter>"), ("edited", "hj<enter>"), ("by_command", "hj<enter>")] {
        press(&mut screen, &context, script);
        insta::assert_snapshot!(name, frame(&screen, &context));
    }
}

#[test]
fn the_list_looks_like_this() {
    for (columns, rows) in [(120, 36), (80, 24), (60, 18), (40, 12)] {
        let context = context(columns, rows);
        let screen = shown(vec![refused(), edited(), by_command(), of_the_store()], &context);
        insta::assert_snapshot!(format!("list_{columns}x{rows}"), frame(&screen, &context));
    }
}

#[test]
fn what_is_gone_is_told_as_what_it_was() {
    let before = FieldValues::new().with("username", "alan").with("email", "alan@nexus.example");
    let deleted = Entry { before, after: FieldValues::new().with("bin", 4), ..entry(59) };
    let context = context(60, 18);
    let mut screen = shown(vec![deleted], &context);
    press(&mut screen, &context, "<enter>");
    insta::assert_snapshot!("deleted_60x18", frame(&screen, &context));
}

#[test]
fn days_are_headings_and_times_stand_in_the_rows() {
    let days = |days| Some(entry(1).at.unwrap() - Duration::days(days));
    let mut rows = vec![entry(5), entry(4)];
    rows.extend([(3, 1), (2, 4)].map(|(seq, ago)| Entry { at: days(ago), ..entry(seq) }));
    rows.push(Entry { at: None, ..entry(1) });
    let context = context(80, 24);
    let seen = frame(&shown(rows, &context), &context);
    let mut lines = seen.lines().skip(3);
    for words in [
        "Today, 23 November",
        "11:55:00",
        "11:55:00",
        "Yesterday, 22 November",
        "11:55:00",
        "Thursday, 19 November",
        "11:55:00",
        "Time unreadable",
        "–",
    ] {
        assert!(lines.next().unwrap().contains(words), "{words}: {seen}");
    }
}

#[test]
fn the_row_under_the_cursor_is_seen_however_many_headings_there_are() {
    let at = |seq: i64| entry(1).at.unwrap() - Duration::days(40 - seq);
    let rows: Vec<_> = (1..=40).rev().map(|seq| Entry { at: Some(at(seq)), ..entry(seq) }).collect();
    let context = context(60, 18);
    let mut screen = shown(rows, &context);
    for row in 1..=40 {
        let seen = frame(&screen, &context);
        assert!(seen.contains(&format!("row {row} of 40")) && seen.contains('▌'), "{seen}");
        let heading = seen.lines().nth(3).unwrap();
        assert!(heading.contains("day, "), "the first line is the day of the first row: {seen}");
        press(&mut screen, &context, "j");
    }
}

#[test]
fn hostile_text_is_made_visible_wherever_it_stands() {
    let evil = |text: &str| format!("{text}\u{1b}[31m\u{202e}\n");
    let image = || FieldValues::new().with(&evil("field"), evil("value"));
    let hostile = Entry {
        actor: Actor { name: evil("name"), sudo_user: Some(evil("sudo")), ..entry(1).actor },
        origin: Origin { session: None, place: evil("place") },
        action: evil("verb"),
        object: EntityRef { label: evil("label"), ..entry(1).object },
        before: image(),
        after: image(),
        hash: evil("h"),
        erased: Erased::default(),
        ..entry(1)
    };
    for (columns, rows) in [(120, 36), (80, 24), (40, 12)] {
        let context = context(columns, rows);
        let mut screen = shown(vec![hostile.clone()], &context);
        for script in ["", "<enter>", "<pagedown>"] {
            press(&mut screen, &context, script);
            let seen = frame(&screen, &context);
            assert!(!seen.contains(['\u{1b}', '\u{202e}']), "{seen}");
            assert!(seen.contains('␛'), "{seen}");
        }
    }
}

#[test]
fn a_long_value_is_cut_and_can_be_read_to_where_it_is() {
    let long = Entry { after: FieldValues::new().with("status", "x".repeat(100_000)), ..entry(1) };
    let context = context(80, 24);
    let mut screen = shown(vec![long], &context);
    press(&mut screen, &context, "<enter>G");
    assert!(frame(&screen, &context).contains("x…"));
}

#[test]
fn without_utf_8_it_is_plain_ascii() {
    let theme = Theme::new(TerminalFeatures { colour: false, unicode: false });
    let context = Context { theme, ..context(80, 24) };
    let mut screen = shown(vec![edited()], &context);
    press(&mut screen, &context, "<enter>");
    let seen = frame(&screen, &context);
    assert!(seen.contains("-> alan@nexus.example") && !seen.contains('→'), "{seen}");
}

#[test]
fn an_empty_journal_says_so() {
    let (screen, context) = (shown(Vec::new(), &context(80, 24)), context(80, 24));
    assert!(frame(&screen, &context).contains("Nothing has been done yet."));
}

/// Returns an action on 51 accounts, and an entry of its own.
fn folded(context: &Context) -> JournalScreen {
    let bulk = Line { entry: entry(7), fold: Fold::Closed(51) };
    shown_in_lines(vec![Line { entry: refused(), fold: Fold::Single }, bulk], context)
}

/// Returns the unfolded actions of the only request.
fn unfolded(asks: &[Ask]) -> Vec<i64> {
    match asks {
        [Ask::Query(Slot::Rows, Request::Journal(JournalRequest::Lines { unfolded, .. }))] => {
            unfolded.clone()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bulk_action_is_one_line_that_enter_unfolds_and_h_folds() {
    let context = context(80, 24);
    let mut screen = folded(&context);
    assert!(frame(&screen, &context).contains("confirmed 51 accounts"), "{}", frame(&screen, &context));
    assert!(frame(&screen, &context).contains("▸ 51 entries"));
    let asks = press(&mut screen, &context, "j<enter>");
    assert_eq!(unfolded(&asks), [7]);
    let [Ask::Query(_, Request::Journal(JournalRequest::Lines { span, .. }))] = asks.as_slice() else {
        panic!()
    };
    assert_eq!(span.anchor, Anchor::Position(1), "the first of them takes the place of the line");
    let open = |seq, is_first| Line {
        entry: Entry { act: 7, ..entry(seq) },
        fold: Fold::Open { is_first, entries: 51 },
    };
    screen.reply(&context, Slot::Rows, Ok(Reply::Lines(window(vec![open(8, true), open(7, false)]))));
    let seen = frame(&screen, &context);
    assert!(seen.contains("▾ 51 entries") && seen.matches("confirmed alan").count() == 2, "{seen}");
    press(&mut screen, &context, "<enter>");
    assert!(frame(&screen, &context).contains("entry 7 · account 3"), "an entry of it is shown in detail");
    assert_eq!(press(&mut screen, &context, "h"), []);
    assert_eq!(unfolded(&press(&mut screen, &context, "h")), [] as [i64; 0]);
}

#[test]
fn a_folded_action_is_about_no_single_row() {
    for key in ["s", "f", "H"] {
        let context = context(80, 24);
        let asks = press(&mut folded(&context), &context, &format!("j{key}"));
        assert!(matches!(asks.as_slice(), [Ask::ShowError(_)]), "{key}: {asks:?}");
    }
    let context = context(80, 24);
    let undo = press(&mut folded(&context), &context, "ju");
    assert_eq!(undo, [Ask::Submit(Request::Undo(Undo::Entry(7)))], "all of it is undone at once");
}

#[test]
fn folds_look_like_this() {
    for (columns, rows) in [(120, 36), (40, 12)] {
        let context = context(columns, rows);
        let mut screen = folded(&context);
        press(&mut screen, &context, "j");
        insta::assert_snapshot!(format!("folded_{columns}x{rows}"), frame(&screen, &context));
    }
}
