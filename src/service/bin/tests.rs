use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::Selection;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::{
    AccountAction, AccountChange, Accounts, Caller, Directories, DirectorySelector, Sessions, Undo,
};
use crate::service::testing::{ALL, Bench, OTHER, PASSWORD, accounts_named, fields, in_order, secret, who};

use super::*;

fn restore(name: &str) -> Bin {
    Bin::Restore { which: InBin::Account(who(name)), to: None, with_sessions: true }
}

fn restore_directory(path: &str, to: Option<&str>) -> Bin {
    Bin::Restore { which: InBin::Directory(path.into()), to: to.map(str::to_owned), with_sessions: true }
}

fn place(path: &str) -> DirectorySelector {
    DirectorySelector::Path(path.into())
}

impl Bench {
    /// Returns a store with the confirmed `bob` and his home.
    fn with_bob() -> Self {
        let mut bench = Self::new();
        bench.account("bob", AccessLevel::User, Status::Pending);
        bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
        bench
    }

    fn bin(&mut self, caller: Caller, filter: &str) -> Vec<String> {
        let filter = match filter {
            "" => Filter::default(),
            text => Filter::parse(ListKind::Bin, text).unwrap(),
        };
        match self.ask(caller, Bin::List { filter, sort: in_order(), span: ALL }.into()).unwrap() {
            Reply::Items(window) => window.rows.into_iter().map(|item| item.label).collect(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_deleted_account_comes_back_byte_for_byte() {
    let mut bench = Bench::with_bob();
    bench.operator("bob");
    for _ in 0..3 {
        let issue = Sessions::Issue { who: who("bob"), life: Duration::hours(1), label: None };
        bench.ask(Caller::Owner, issue.into()).unwrap();
    }
    bench.done(Caller::Owner, Sessions::Revoke(Selection::one(2)));
    let code = AccountChange::MakeCode { life: Duration::hours(1) }.of(who("bob"));
    bench.ask(Caller::Owner, code.into()).unwrap();
    let set = AccountChange::SetPassword { password: secret(OTHER), must_change: true }.of(who("bob"));
    bench.done(Caller::Owner, set);
    let before = bench.dump();
    bench.later(Duration::hours(2));
    let gone = bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    assert_eq!((gone.accounts, gone.sessions, gone.directories), (1, 4, 8));
    assert_ne!(bench.dump(), before);
    bench.later(Duration::hours(2));
    let back = bench.done(Caller::Owner, restore("bob"));
    assert_eq!((back.accounts, back.sessions, back.directories, back.left_out), (1, 4, 8, 0));
    assert_eq!(back.done(), "Restored bob with 4 sessions and 8 directories");
    assert_eq!(bench.dump(), before);
    assert_eq!(bench.bin(Caller::Owner, ""), [""; 0]);
}

#[test]
fn nobody_in_the_bin_is_let_in() {
    let mut bench = Bench::with_bob();
    let bob = bench.operator("bob");
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    assert!(!bench.is_in(bob));
    assert_eq!(bench.log_in("bob", PASSWORD).unwrap_err().message, "Wrong username or password.");
}

#[test]
fn names_stay_held_for_the_keep_time() {
    let mut bench = Bench::with_bob();
    bench.account("eve", AccessLevel::User, Status::Pending);
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    let add = |name: &str, email: &str| {
        let fields = Fields { email: Some(email.into()), ..fields(name) };
        Accounts::Add { fields, password: None, must_change: false }
    };
    let failure = bench.refused(Caller::Owner, add("BOB", "other@nexus.example"));
    assert_eq!((failure.kind, failure.field), (FailureKind::Conflict, Some(Field::Username)));
    assert_eq!(
        failure.message,
        "This username is reserved for bob, who is in the bin, until 23 Dec 2026 12:00 UTC."
    );
    let failure = bench.refused(Caller::Owner, add("other", "Bob@NEXUS.example"));
    assert_eq!((failure.kind, failure.field), (FailureKind::Conflict, Some(Field::Email)));
    let rename = Fields { username: Some("bob".into()), ..Fields::default() };
    let edit = AccountChange::Edit { fields: rename, was: None }.of(who("eve"));
    assert_eq!(bench.kind(Caller::Owner, edit.clone()), FailureKind::Conflict);
    bench.later(Duration::days(30));
    bench.done(Caller::Owner, edit);
    let failure = bench.refused(Caller::Owner, restore("bob"));
    assert_eq!((failure.kind, failure.field), (FailureKind::Conflict, Some(Field::Username)));
    assert_eq!(failure.message, "bob is taken by the account 3 now.");
    assert_eq!(bench.bin(Caller::Owner, ""), ["bob"]);
}

#[test]
fn letters_beyond_ascii_are_held_too() {
    let mut bench = Bench::new();
    bench.account("élise", AccessLevel::User, Status::Pending);
    let elise = crate::service::contract::AccountSelection::one(UserId(2));
    bench.done(Caller::Owner, AccountAction::Delete.on(elise));
    let fields = Fields { username: None, email: Some("ÉLISE@nexus.example".into()), ..fields("x") };
    let add = Accounts::Add { fields, password: None, must_change: false };
    assert_eq!(bench.kind(Caller::Owner, add), FailureKind::Conflict);
}

#[test]
fn an_account_does_not_come_back_while_another_has_its_names_in_whatever_form() {
    let mut bench = Bench::new();
    let id = bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.spoil(&format!(
        "UPDATE de_torres_vincent_users SET username = 'zo\u{eb}', email = 'caf\u{e9}@x.example' WHERE id = {id}"
    ));
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["ZOË"])));
    let other = bench.account("eve", AccessLevel::User, Status::Confirmed);
    for (column, name, field) in [
        ("email", "CAFE\u{301}@x.example", Field::Email),
        ("email", "ｃafé@x.example", Field::Email),
        ("email", "café@x.exam\u{200b}ple", Field::Email),
        ("username", "ZOË", Field::Username),
        ("username", "caf\u{e9}@x.example", Field::Email),
    ] {
        bench.spoil(&format!(
            "UPDATE de_torres_vincent_users SET username = 'eve', email = 'eve@x' WHERE id = {other};
             UPDATE de_torres_vincent_users SET {column} = '{name}' WHERE id = {other}"
        ));
        let failure = bench.refused(Caller::Owner, restore("zoë"));
        assert_eq!((failure.kind, failure.field), (FailureKind::Conflict, Some(field)), "{name}");
    }
    bench.spoil(&format!(
        "UPDATE de_torres_vincent_users SET username = 'eve', email = 'eve@x' WHERE id = {other}"
    ));
    bench.done(Caller::Owner, restore("ZOË"));
    assert_eq!(bench.user("CAFÉ@x.example").id, id);
}

#[test]
fn what_is_there_already_stays_out_and_is_counted() {
    let mut bench = Bench::with_bob();
    let issue = Sessions::Issue { who: who("bob"), life: Duration::hours(1), label: None };
    bench.ask(Caller::Owner, issue.into()).unwrap();
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.spoil(
        "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token)
           SELECT 1, session_token FROM nexus_bin_sessions;
         INSERT INTO de_torres_vincent_user_directories (id, user_id, directory_id, directory_name, directory_path)
           SELECT id, 1, 'other', 'x', 'x' FROM nexus_bin_directories LIMIT 1",
    );
    let back = bench.done(Caller::Owner, restore("bob"));
    assert_eq!((back.sessions, back.directories, back.left_out), (0, 8, 1));
    assert_eq!(back.done(), "Restored bob with 8 directories; 1 exists already and was not restored");
    assert_eq!(bench.paths().iter().filter(|path| path.starts_with("00002_BOB")).count(), 8);
}

#[test]
fn a_directory_comes_back_where_it_was_or_elsewhere() {
    let mut bench = Bench::with_bob();
    let add = Directories::Add { path: "00002_BOB/Photos/2024".into(), owner: None };
    bench.done(Caller::Owner, add);
    let before = bench.dump();
    bench.done(Caller::Owner, Directories::Trash(vec![place("00002_BOB/Photos")]));
    let back = bench.done(Caller::Owner, restore_directory("00002_BOB/Photos", None));
    assert_eq!((back.directories, bench.dump() == before), (2, true));

    bench.done(Caller::Owner, Directories::Trash(vec![place("00002_BOB/Photos")]));
    bench.done(Caller::Owner, Directories::Add { path: "00002_BOB/Photos".into(), owner: None });
    let back = restore_directory("00002_BOB/Photos", None);
    assert_eq!(bench.kind(Caller::Owner, back), FailureKind::Conflict);
    bench.done(Caller::Owner, restore_directory("00002_BOB/Photos", Some("00002_BOB/Videos/Été")));
    assert!(bench.paths().contains(&"00002_BOB/Videos/Été/2024".to_owned()));
}

#[test]
fn a_directory_needs_the_one_above_and_its_account() {
    let mut bench = Bench::with_bob();
    bench.done(Caller::Owner, Directories::Trash(vec![place("00002_BOB/Photos")]));
    bench.done(Caller::Owner, Directories::Trash(vec![place("00002_BOB")]));
    let failure = bench.refused(Caller::Owner, restore_directory("00002_BOB/Photos", None));
    assert_eq!(failure.message, "00002_BOB, where 00002_BOB/Photos belongs, does not exist.");
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    let failure = bench.refused(Caller::Owner, restore_directory("00002_BOB", None));
    assert_eq!(failure.message, "00002_BOB belongs to an account that does not exist.");
    assert_eq!(bench.bin(Caller::Owner, ""), ["00002_BOB/Photos", "00002_BOB", "bob"]);
}

#[test]
fn what_went_one_out_of_the_other_comes_back_in_the_right_order() {
    let mut bench = Bench::with_bob();
    let before = bench.dump();
    bench.done(Caller::Owner, Directories::Trash(vec![place("00002_BOB/Photos")]));
    bench.done(Caller::Owner, Directories::Trash(vec![place("00002_BOB")]));
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    let all = Selection::Shown { filter: Filter::default(), except: Vec::new() };
    for which in [all, Selection::Ids(vec![1, 3, 2])] {
        let back = bench
            .done(Caller::Owner, Bin::Restore { which: InBin::Items(which), to: None, with_sessions: true });
        assert_eq!((back.accounts, back.directories, bench.dump() == before), (1, 8, true));
        bench.done(Caller::Owner, Undo::Last);
        assert_eq!(bench.bin(Caller::Owner, ""), ["00002_BOB/Photos", "00002_BOB", "bob"]);
    }
    let some = InBin::Items(Selection::Ids(vec![1, 3]));
    assert_eq!(
        bench.kind(Caller::Owner, Bin::Restore { which: some, to: None, with_sessions: true }),
        FailureKind::Conflict
    );
}

#[test]
fn a_token_that_is_somebody_elses_by_now_does_not_come_back_with_the_account() {
    let mut bench = Bench::with_bob();
    bench.operator("bob");
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    bench.spoil(
        "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration, status)
         SELECT 1, session_token, expiration, status FROM nexus_bin_sessions",
    );
    assert_eq!(bench.done(Caller::Owner, restore("bob")).left_out, 1);
    let tokens = bench.dump_columns("de_torres_vincent_users", "id, session_token");
    assert!(tokens.ends_with(" Integer(2) Null\n"), "{tokens}");
}

#[test]
fn a_purge_is_for_good_and_frees_the_names() {
    let mut bench = Bench::with_bob();
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    let purge = || Bin::Purge(InBin::Account(who("bob")));
    let (foreseen, _) = bench.count(Caller::Owner, purge());
    assert_eq!(bench.done_unwritten(Caller::Owner, purge()), foreseen);
    assert_eq!(bench.kind(Caller::Owner, restore("bob")), FailureKind::NotFound);
    assert_eq!(bench.kind(Caller::Owner, purge()), FailureKind::NotFound);
    bench.account("bob", AccessLevel::User, Status::Pending);
    let left =
        bench.dump_of(&["nexus_bin", "nexus_bin_users", "nexus_bin_sessions", "nexus_bin_directories"]);
    assert_eq!(left, "");
}

#[test]
fn what_is_called_alike_is_not_purged_by_guess() {
    let mut bench = Bench::with_bob();
    for _ in 0..2 {
        bench.done(Caller::Owner, Directories::Trash(vec![place("00002_BOB/Photos")]));
        bench.done(Caller::Owner, Directories::Add { path: "00002_BOB/Photos".into(), owner: None });
    }
    let purge = Bin::Purge(InBin::Directory("00002_BOB/Photos".into()));
    assert_eq!(bench.kind(Caller::Owner, purge), FailureKind::Conflict);
    let purge = Bin::Purge(InBin::Items(crate::domain::page::Selection::one(1)));
    assert_eq!(bench.done(Caller::Owner, purge).directories, 1);
}

#[test]
fn a_plain_user_sees_his_own_and_purges_nothing() {
    let mut bench = Bench::with_bob();
    bench.account("eve", AccessLevel::User, Status::Pending);
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["eve"])));
    let bob = bench.operator("bob");
    bench.done(bob, Directories::Trash(vec![place("00002_BOB/Photos")]));
    assert_eq!(bench.bin(bob, ""), ["00002_BOB/Photos"]);
    assert_eq!(bench.bin(Caller::Owner, "user:bob"), ["00002_BOB/Photos"]);
    assert_eq!(bench.bin(Caller::Owner, "EVE"), ["eve"]);
    assert_eq!(bench.kind(bob, restore("eve")), FailureKind::Refused);
    let purge = Bin::Purge(InBin::Directory("00002_BOB/Photos".into()));
    assert_eq!(bench.kind(bob, purge), FailureKind::Refused);
    bench.done(bob, restore_directory("00002_BOB/Photos", None));
    bench.done(Caller::Owner, Directories::Trash(vec![place("00002_BOB")]));
    assert_eq!(bench.kind(bob, restore_directory("00002_BOB", None)), FailureKind::Refused);
}

#[test]
fn an_import_does_not_take_what_the_bin_keeps() {
    let mut bench = Bench::with_bob();
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["bob"])));
    let kept = bench.read(|rows| rows.reserved_names(bench.now));
    assert!(kept.has_id(UserId(2)) && kept.holds("BOB") && kept.holds("bob@nexus.example"));
    assert!(!kept.has_id(UserId(1)) && !kept.holds("ada"));
}
