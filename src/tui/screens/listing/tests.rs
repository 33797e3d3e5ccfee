use std::convert::Infallible;

use crate::domain::page::Selection;
use crate::service::contract::Sessions as SessionRequest;
use crate::tui::keys::name;
use crate::tui::testing::{context, keys, session};
use crate::tui::widgets::table::Cell;

use super::*;

/// Rows that are their own ids.
#[derive(Debug, Default)]
struct Numbers;

impl ListSpec for Numbers {
    type Row = i64;
    type Column = crate::domain::session::SessionColumn;
    type Detail = ();
    type ListMsg = Infallible;
    type RowMsg = Infallible;

    const ID: ScreenId = ScreenId::SESSIONS;
    const TAB: Option<Tab> = None;
    const STYLE: ListStyle<i64, Self::Column, ()> = ListStyle {
        name: "Numbers",
        unit: "numbers",
        none: "",
        no_match: "",
        columns: &[],
        sorted_column: |_| None,
        cells: &[|_, row, _| Cell::new(row.to_string())],
        detail: |_, _, _, _| Vec::new(),
        group: None,
        crumbs: None,
    };

    const KEYS: &'static [Key<KeyMsg<Infallible, Infallible>>] = &[];
    const SUBJECT: ListKind = ListKind::Sessions;
    const SORTS: &'static [SortKey<Self::Column>] = &[SortKey {
        on: &[", u", ", U"],
        column: crate::domain::session::SessionColumn::User,
        name: "sort-user",
        help: "sort by account",
    }];

    fn id(row: &i64) -> i64 {
        *row
    }

    fn request(&self, filter: &Filter, sort: Sort<Self::Column>, span: RowRange) -> Request {
        Request::Sessions(SessionRequest::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<i64>> {
        match reply {
            Reply::Sessions(window) => Some(window.map(|session| session.id)),
            _ => None,
        }
    }

    fn history(_: &i64) -> Option<Route> {
        None
    }

    fn needs_admin(_: KeyMsg<Infallible, Infallible>) -> bool {
        false
    }

    fn changes(msg: KeyMsg<Infallible, Infallible>) -> bool {
        match msg {
            KeyMsg::List(never) | KeyMsg::Row(never) => match never {},
        }
    }

    fn on_list(_: &mut Listing<Self>, _: &mut DetailPane, never: Infallible) -> Vec<Ask> {
        match never {}
    }

    fn on_row(_: &Context, _: &i64, never: Infallible) -> Vec<Ask> {
        match never {}
    }
}

type Numbered = Listing<Numbers>;

/// Returns the requested span of a list of the numbers from 0 on.
fn range(total: u64, span: RowRange) -> Reply {
    let at = match span.anchor {
        Anchor::Position(at) => at,
        Anchor::Row { id, .. } | Anchor::After(id) => id as u64,
    };
    let at = at.min(total.saturating_sub(1));
    let first = at.saturating_sub(u64::from(span.before));
    let end = (first + u64::from(span.len)).min(total);
    let rows = (first..end).map(|id| session(id as i64, 1, "ada"));
    Reply::Sessions(Window { rows: rows.collect(), first, anchor: Some(at), total, unfiltered: total })
}

/// Lets the store answer what is asked for, and what that brings about in turn.
fn answer(list: &mut Numbered, total: u64, asks: Vec<Ask>) {
    for ask in asks {
        if let Ask::Query(slot, Request::Sessions(SessionRequest::List { span, .. })) = ask {
            let more = list.take(slot, range(total, span));
            answer(list, total, more);
        }
    }
}

/// Returns a list of that many rows, ten of them shown.
fn list(total: u64) -> Numbered {
    let mut list = Numbered::default();
    list.set_height(10);
    let asks = list.refresh();
    answer(&mut list, total, asks);
    list
}

/// Presses keys that nobody answers.
fn press(list: &mut Numbered, script: &str) -> Vec<Ask> {
    let mut asks = Vec::new();
    let mut prefix = String::new();
    for key in keys(script) {
        let press = Press { key, name: format!("{prefix}{}", name(key)) };
        prefix.clear();
        match list.press(&press) {
            Answer::Asks(more) => asks.extend(more),
            Answer::Prefix => prefix = format!("{} ", press.name),
            Answer::Wait | Answer::Pass => {}
        }
    }
    asks
}

/// Presses keys; the store answers at once.
fn operate(list: &mut Numbered, total: u64, script: &str) {
    for key in keys(script) {
        let press = Press { key, name: name(key) };
        if let Answer::Asks(asks) = list.press(&press) {
            answer(list, total, asks);
        }
    }
}

fn marked(list: &mut Numbered) -> Selection {
    list.target().unwrap()
}

/// Returns the number of rows that are selected by id.
fn ids(list: &mut Numbered) -> usize {
    match marked(list) {
        Selection::Ids(ids) => ids.len(),
        Selection::Shown { .. } => 0,
    }
}

#[test]
fn a_row_that_is_only_loaded_takes_no_room() {
    let mut list = list(2_000);
    let widths = |list: &mut Numbered| {
        list.note_shown(&context(80, 24), &[0]);
        list.widths(&context(80, 24), &[0]).to_vec()
    };
    assert_eq!(widths(&mut list), [1], "those of 0 to 9, though more are loaded");
    operate(&mut list, 2_000, &"j".repeat(10));
    assert_eq!(widths(&mut list), [2], "10 is shown");
    operate(&mut list, 2_000, "g");
    assert_eq!(widths(&mut list), [2], "columns do not move to and fro");
}

#[test]
fn every_key_that_moves() {
    for (script, at) in [
        ("j", 1),
        ("<down><down>", 2),
        ("jjk", 1),
        ("jj<up>", 1),
        ("<ctrl-d>", 5),
        ("<ctrl-d><ctrl-u>", 0),
        ("<pagedown>", 9),
        ("<pagedown><pagedown><pageup>", 9),
        ("G", 999),
        ("<end>", 999),
        ("Gg", 0),
        ("G<home>", 0),
    ] {
        let mut list = list(1_000);
        operate(&mut list, 1_000, script);
        assert_eq!(list.scroll().cursor(), at, "{script}");
        assert_eq!(list.current(), Some(&(at as i64)), "{script}");
    }
}

#[test]
fn a_row_far_away_is_read_and_nothing_happens_to_it_before() {
    let mut list = list(1_000);
    let asks = list.go_to(499);
    assert_eq!((asks.len(), list.target()), (1, Err(vec![])));
    answer(&mut list, 1_000, asks);
    assert_eq!(marked(&mut list), Selection::one(499));
    let asks = list.go_to(5_000);
    answer(&mut list, 1_000, asks);
    assert_eq!(list.current(), Some(&999));
}

#[test]
fn marks_are_set_taken_away_and_turned_round() {
    let mut list = list(4);
    operate(&mut list, 4, "<space><space>");
    assert_eq!(marked(&mut list), Selection::Ids(vec![0, 1]));
    operate(&mut list, 4, "g<space>");
    assert_eq!(marked(&mut list), Selection::Ids(vec![1]));
    operate(&mut list, 4, "~");
    assert_eq!(marked(&mut list), Selection::Shown { filter: Filter::default(), except: vec![1] });
    operate(&mut list, 4, "*");
    assert_eq!(marked(&mut list), Selection::Shown { filter: Filter::default(), except: vec![] });
}

#[test]
fn nothing_is_done_where_nothing_shows() {
    assert_eq!(list(0).target(), Err(vec![]));
    let mut nobody = list(0);
    operate(&mut nobody, 0, "*");
    assert_eq!(nobody.target(), Err(vec![]), "all of none");
    let mut one = list(1);
    operate(&mut one, 1, "<space>~");
    assert_eq!(one.target(), Err(vec![]), "all but the only one");
}

#[test]
fn a_range_goes_either_way() {
    let mut down = list(10);
    operate(&mut down, 10, "jvjj");
    assert!(down.is_marked(1, 1) && down.is_marked(3, 3) && !down.is_marked(4, 4));
    operate(&mut down, 10, "v");
    assert_eq!(marked(&mut down), Selection::Ids(vec![1, 2, 3]));
    let mut up = list(10);
    operate(&mut up, 10, "jjvkk");
    assert_eq!(marked(&mut up), Selection::Ids(vec![0, 1, 2]));
}

#[test]
fn a_range_that_is_not_loaded_is_read_before_anything_is_done_to_it() {
    let mut list = list(1_000);
    operate(&mut list, 1_000, "vG");
    let asks = list.target().unwrap_err();
    assert!(matches!(asks.as_slice(), [Ask::Query(Slot::Range, _)]));
    answer(&mut list, 1_000, asks);
    assert_eq!(ids(&mut list), 1_000);
}

#[test]
fn a_range_that_comes_after_another_filter_marks_nothing() {
    let mut list = list(1_000);
    operate(&mut list, 1_000, "vG");
    let late = list.target().unwrap_err();
    let asks = list.set_filter("ada");
    answer(&mut list, 10, asks);
    answer(&mut list, 1_000, late);
    assert_eq!(ids(&mut list), 1);
}

#[test]
fn a_range_has_an_end() {
    let mut list = list(200_000);
    operate(&mut list, 200_000, "vG");
    assert!(matches!(press(&mut list, "v").as_slice(), [Ask::ShowError(_)]));
}

#[test]
fn the_filter_reads_with_every_key_and_stays_on_enter() {
    let mut list = list(10);
    assert_eq!(press(&mut list, "/ad<left>").len(), 2);
    assert!(list.takes_text());
    press(&mut list, "<enter>");
    assert!(!list.takes_text());
    assert_eq!(list.filter().terms.len(), 1);
}

#[test]
fn nothing_is_done_to_rows_of_an_older_filter_or_order() {
    for script in ["/ad<enter>", ",u"] {
        let mut list = list(10);
        press(&mut list, "<space>");
        let asks = press(&mut list, script);
        assert_eq!(list.current(), None, "{script}");
        assert_eq!(list.target(), Err(vec![]), "{script}");
        press(&mut list, "<space>vjv");
        answer(&mut list, 2, asks);
        press(&mut list, "g");
        assert_eq!(marked(&mut list), Selection::one(0), "{script}");
    }
}

#[test]
fn a_filter_that_is_none_changes_nothing() {
    let mut list = list(10);
    assert_eq!(press(&mut list, "/colour:red").len(), 6, "every word before the colon is one");
    let asks = press(&mut list, "<enter>");
    assert!(list.takes_text() && asks.is_empty());
    press(&mut list, "<esc>");
    assert!(!list.takes_text() && list.filter().is_empty());
}

#[test]
fn a_paste_goes_into_the_open_filter_only() {
    let mut list = list(10);
    assert_eq!(list.paste("ada"), []);
    press(&mut list, "/");
    assert_eq!(list.paste("ada\n").len(), 1);
    assert_eq!(list.filter().terms.len(), 1);
}

#[test]
fn escape_takes_back_range_and_marks_then_the_filter_then_nothing() {
    let mut list = list(10);
    operate(&mut list, 10, "/a<enter>v");
    operate(&mut list, 10, "<esc>");
    assert_eq!(list.filter().terms.len(), 1);
    operate(&mut list, 10, "<space><esc>");
    assert_eq!((list.filter().terms.len(), ids(&mut list)), (1, 1));
    operate(&mut list, 10, "<esc>");
    assert!(list.filter().is_empty());
    let escape = Press { key: keys("<esc>")[0], name: "esc".into() };
    assert_eq!(list.press(&escape), Answer::Pass);
}

#[test]
fn reading_again_keeps_the_cursor_on_its_row() {
    let mut list = list(100);
    operate(&mut list, 100, "jjj");
    let asks = press(&mut list, "R");
    let [Ask::Query(Slot::Rows, Request::Sessions(SessionRequest::List { span, .. }))] = asks.as_slice()
    else {
        panic!("{asks:?}")
    };
    assert_eq!(span.anchor, Anchor::Row { id: 3, last_seen_at: 3 });
}

#[test]
fn what_was_done_takes_the_marks_away() {
    let mut list = list(10);
    operate(&mut list, 10, "<space><space>v");
    list.unmark();
    assert_eq!(marked(&mut list), Selection::one(2));
}
