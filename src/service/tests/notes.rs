//! Notes of operators: who sees and sets them, and where they go.

use crate::domain::filter::ListKind;
use crate::domain::journal::Entry;
use crate::service::contract::{AccountAction, Bin, FailureKind, InBin, Journal, Undo};
use crate::service::testing::accounts_named;

use super::*;

const OWNER: Caller = Caller::Owner;

fn note(name: &str, text: &str) -> Request {
    let fields = Fields { note: Some(text.into()), ..Fields::default() };
    AccountChange::Edit { fields, was: None }.of(who(name)).into()
}

impl Bench {
    /// Returns the names of the accounts that a filter shows, with their notes.
    fn noted(&mut self, caller: Caller, filter: &str) -> Vec<(String, Option<String>)> {
        let filter = match filter {
            "" => Filter::default(),
            text => Filter::parse(ListKind::Users, text).unwrap(),
        };
        match self.ask(caller, Accounts::List { filter, sort: in_order(), span: ALL }.into()).unwrap() {
            Reply::Users(window) => {
                window.rows.into_iter().map(|user| (user.label().to_owned(), user.note)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn history(&mut self, caller: Caller) -> Vec<Entry> {
        let filter = Filter::parse(ListKind::Journal, "verb:edit result:done").unwrap();
        let list = Journal::List { filter, sort: in_order(), span: ALL };
        match self.ask(caller, Request::Journal(list)).unwrap() {
            Reply::Entries(window) => window.rows,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_note_is_found_by_its_key_and_by_no_word() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let ada = bench.operator("ada");
    bench.done(ada, note("bob", "Pays in CASH, see Tücket 4711"));
    let bob = [("bob".to_owned(), Some("Pays in CASH, see Tücket 4711".to_owned()))];
    for filter in ["note:cash", "note:tucket", "note:\"pays in\"", "note:\"see t\" bob"] {
        assert_eq!(bench.noted(ada, filter), bob, "{filter}");
    }
    assert_eq!(bench.noted(ada, "cash"), []);
    assert_eq!(bench.noted(ada, "!note:cash"), [("ada".to_owned(), None)]);
    bench.done(ada, note("bob", ""));
    assert_eq!(bench.noted(ada, "note:cash"), []);
}

#[test]
fn a_plain_user_neither_sees_nor_finds_nor_sets_a_note() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(OWNER, note("bob", "pays in cash"));
    let bob = bench.operator("bob");
    assert_eq!(bench.noted(bob, ""), [("bob".to_owned(), None)]);
    let filter = Filter::parse(ListKind::Users, "note:cash").unwrap();
    let list = Accounts::List { filter, sort: in_order(), span: ALL };
    assert_eq!(bench.kind(bob, list), FailureKind::Refused);
    let Ok(Reply::User(shown)) = bench.ask(bob, Accounts::Show(who("bob")).into()) else { panic!() };
    assert_eq!(shown.user.note, None);
    for text in ["pays by card", "pays in cash"] {
        assert_eq!(bench.kind(bob, note("bob", text)), FailureKind::Refused, "{text}");
    }
    let [entry] = &bench.history(bob)[..] else { panic!() };
    assert!(entry.before.is_empty() && entry.after.is_empty(), "{entry:?}");
    let [entry] = &bench.history(OWNER)[..] else { panic!() };
    assert_eq!(entry.after.text("note"), Some("pays in cash"));
    let at_once = Journal::AsItWas { who: who("bob"), at: bench.now };
    let Ok(Reply::AsItWas(was)) = bench.ask(bob, Request::Journal(at_once)) else { panic!() };
    assert_eq!(was.fields.get("note"), None);
}

#[test]
fn a_note_is_undone_and_goes_to_the_bin_and_comes_back() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(OWNER, note("bob", "pays in cash"));
    bench.done(OWNER, note("bob", "pays by card"));
    bench.done(OWNER, Undo::Last);
    assert_eq!(bench.user("bob").note.as_deref(), Some("pays in cash"));
    let before = bench.dump();
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.done(OWNER, Bin::Restore { which: InBin::Account(who("bob")), to: None, with_sessions: false });
    assert_eq!(bench.user("bob").note.as_deref(), Some("pays in cash"));
    assert_eq!(bench.dump(), before);
}

#[test]
fn a_note_keeps_its_rules() {
    let mut bench = Bench::new();
    for text in ["a\nb", "a\u{1b}[2J", &"x".repeat(1_001)] {
        assert_eq!(bench.kind(OWNER, note("ada", text)), FailureKind::Invalid, "{text:?}");
    }
    bench.done(OWNER, note("ada", &"é".repeat(1_000)));
}
