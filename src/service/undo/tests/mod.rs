use proptest::prelude::*;

use crate::domain::filter::Filter;
use crate::domain::page::Selection;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status};
use crate::service::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Bin, Caller, Directories, DirectorySelector,
    InBin, Request, Sessions,
};
use crate::service::testing::{Bench, OTHER, accounts_named, fields, secret, who};

use super::*;

mod changed_since;

const OWNER: Caller = Caller::Owner;

fn place(path: &str) -> DirectorySelector {
    DirectorySelector::Path(path.into())
}

impl Bench {
    /// Returns a store with the admin `ada`, the confirmed `bob` with a home, and the pending `eve`.
    fn inhabited() -> Self {
        let mut bench = Self::new();
        bench.account("bob", AccessLevel::User, Status::Pending);
        bench.account("eve", AccessLevel::User, Status::Pending);
        bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["bob"])));
        bench
    }

    /// Returns all rows without the times of the last change.
    fn rows(&mut self) -> String {
        let fields =
            "id, firstname, lastname, username, email, password, contact_number, address, access_level,
                      status, access_code, created_at, session_token";
        self.dump_columns("de_torres_vincent_users", fields)
            + &self.dump_of(&["de_torres_vincent_session_tokens", "nexus_sessions"])
            + &self.dump_columns(
                "de_torres_vincent_user_directories",
                "id, user_id, directory_id, directory_name, directory_path, date_added, username",
            )
    }

    fn head(&self) -> i64 {
        self.read(|rows| rows.journal_head()).seq
    }

    fn entry(&self, seq: i64) -> Entry {
        self.read(|rows| rows.entry(seq)).unwrap()
    }
}

/// Returns every action that can be undone, for an inhabited store.
fn undoable() -> Vec<Request> {
    let name = |name: &str| Fields { username: Some(name.into()), ..Fields::default() };
    let level =
        Fields { level: Some(AccessLevel::Admin), address: Some("1 Lane".into()), ..Fields::default() };
    vec![
        Accounts::Add { fields: fields("zoe"), password: None, must_change: false }.into(),
        AccountChange::Edit { fields: name("rob"), was: None }.of(who("bob")).into(),
        AccountChange::Edit { fields: level, was: None }.of(who("eve")).into(),
        AccountChange::Edit { fields: name(""), was: None }.of(who("bob")).into(),
        AccountAction::Confirm.on(accounts_named(&["eve"])).into(),
        AccountAction::Confirm
            .on(AccountSelection::Shown { filter: Filter::default(), except: vec![] })
            .into(),
        AccountAction::Suspend.on(accounts_named(&["bob", "eve"])).into(),
        AccountAction::Promote.on(accounts_named(&["bob"])).into(),
        AccountAction::Delete.on(accounts_named(&["bob"])).into(),
        AccountAction::Delete.on(accounts_named(&["bob", "eve"])).into(),
        Sessions::Renew { which: Selection::one(1), life: Duration::hours(5) }.into(),
        Directories::Add { path: "00002_BOB/Photos/2024".into(), owner: None }.into(),
        Directories::Add { path: "attic".into(), owner: Some(who("eve")) }.into(),
        Directories::Rename { place: place("00002_BOB/Photos"), name: "Bilder".into() }.into(),
        Directories::Move { place: place("00002_BOB/Photos"), to: place("00002_BOB/Videos") }.into(),
        Directories::Trash(vec![place("00002_BOB/Photos"), place("00002_BOB/Videos")]).into(),
        Directories::Trash(vec![place("00002_BOB")]).into(),
        Directories::Provision(accounts_named(&["eve"])).into(),
        Directories::Provision(accounts_named(&["ada", "eve"])).into(),
    ]
}

#[test]
fn every_act_is_undone_and_done_again() {
    for act in undoable() {
        let mut bench = Bench::inhabited();
        let issue = Sessions::Issue { who: who("ada"), life: Duration::hours(1), label: None };
        bench.ask(OWNER, issue.into()).unwrap();
        let before = bench.rows();
        bench.ask(OWNER, act.clone()).unwrap();
        let after = bench.rows();
        assert_ne!(before, after, "{act:?}");
        for _ in 0..2 {
            let (foreseen, _) = bench.count(OWNER, Undo::Last);
            let undone = bench.done_unwritten(OWNER, Undo::Last);
            assert_eq!((&undone, undone.action), (&foreseen, Action::Undone));
            assert_eq!(bench.rows(), before, "{act:?}");
            let redone = bench.done(OWNER, Undo::Redo);
            assert_eq!(redone.action, Action::Redone);
            assert_eq!(bench.rows(), after, "{act:?}");
        }
        assert_eq!(bench.kind(OWNER, Undo::Redo), FailureKind::NotFound);
    }
}

#[test]
fn an_undo_says_what_it_takes_back() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["eve"])));
    assert_eq!(bench.done(OWNER, Undo::Last).done(), "Undid confirm of eve with 8 directories");
    assert_eq!(bench.done(OWNER, Undo::Redo).done(), "Redid confirm of eve with 8 directories");
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob", "eve"])));
    assert_eq!(bench.done(OWNER, Undo::Last).done(), "Undid delete of 2 accounts with 16 directories");
}

#[test]
fn undos_go_back_act_by_act() {
    let mut bench = Bench::inhabited();
    let start = bench.rows();
    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["eve"])));
    bench.done(OWNER, AccountAction::Promote.on(accounts_named(&["eve"])));
    let end = bench.rows();
    bench.done(OWNER, Undo::Last);
    bench.done(OWNER, Undo::Last);
    assert_eq!(bench.rows(), start);
    bench.done(OWNER, Undo::Redo);
    bench.done(OWNER, Undo::Redo);
    assert_eq!(bench.rows(), end);
    bench.done(OWNER, Undo::Last);
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    assert_eq!(bench.kind(OWNER, Undo::Redo), FailureKind::NotFound, "something else was done since");
}

#[test]
fn undos_go_back_through_a_restore() {
    let mut bench = Bench::inhabited();
    let start = bench.rows();
    let items = |which| InBin::Items(Selection::one(which));
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    let binned = bench.rows();
    bench.done(OWNER, Bin::Restore { which: items(1), to: None, with_sessions: true });
    assert_eq!(bench.rows(), start);
    for _ in 0..2 {
        bench.done(OWNER, Undo::Last);
        assert_eq!(bench.rows(), binned);
        bench.done(OWNER, Undo::Redo);
        assert_eq!(bench.rows(), start);
    }
    bench.done(OWNER, Undo::Last);
    bench.done(OWNER, Undo::Last);
    assert_eq!(bench.rows(), start);
}

#[test]
fn a_directory_that_came_back_elsewhere_goes_back_to_where_it_was() {
    let mut bench = Bench::inhabited();
    let (photos, kept) = ("00002_BOB/Photos", "00002_BOB/Kept");
    let start = bench.rows();
    bench.done(OWNER, Directories::Trash(vec![place(photos)]));
    bench.done(
        OWNER,
        Bin::Restore { which: InBin::Directory(photos.into()), to: Some(kept.into()), with_sessions: true },
    );
    assert_ne!(bench.rows(), start);
    bench.done(OWNER, Undo::Last);
    bench.done(OWNER, Undo::Last);
    assert_eq!(bench.rows(), start);
}

#[test]
fn each_hand_undoes_its_own() {
    let mut bench = Bench::inhabited();
    let ada = bench.operator("ada");
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    assert_eq!(bench.kind(ada, Undo::Last), FailureKind::NotFound);
    bench.done(ada, AccountAction::Confirm.on(accounts_named(&["eve"])));
    assert_eq!(bench.done(OWNER, Undo::Last).label.as_deref(), Some("bob"));
    let named = bench.head() - 1;
    bench.done(ada, Undo::Entry(named));
    assert_eq!(bench.user("eve").status, Status::Pending);
    let failure = bench.refused(OWNER, Undo::Entry(named));
    assert!(failure.message.ends_with(&format!("is already undone, by entry {}.", named + 2)), "{failure:?}");
    bench.done(ada, Undo::Redo);
    bench.done(OWNER, Undo::Entry(named));
    assert_eq!(
        bench.user("eve").status,
        Status::Pending,
        "what was done again is undone by its first entry too"
    );
}

#[test]
fn an_undo_is_undone_once_for_each_time_that_it_was_done() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    let act = bench.head();
    bench.done(OWNER, Undo::Entry(act));
    let undo = bench.head();
    bench.done(OWNER, Undo::Entry(undo));
    assert_eq!(bench.kind(OWNER, Undo::Entry(undo)), FailureKind::Conflict, "it is done again already");
    assert_eq!(bench.user("bob").status, Status::Suspended);
    bench.done(OWNER, Undo::Entry(act));
    assert_eq!(bench.kind(OWNER, Undo::Entry(act)), FailureKind::Conflict);
    assert_eq!(bench.done(OWNER, Undo::Entry(undo)).action, Action::Redone);
    assert_eq!(bench.user("bob").status, Status::Suspended);
}

#[test]
fn a_bulk_act_is_undone_as_one_from_any_of_its_entries() {
    let mut bench = Bench::inhabited();
    let before = bench.rows();
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob", "eve"])));
    let last = bench.head();
    assert_eq!(bench.done(OWNER, Undo::Entry(last)).accounts, 2);
    assert_eq!(bench.rows(), before);
}

#[test]
fn what_cannot_come_back_is_refused_and_nothing_older_is_undone_instead() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Confirm.on(accounts_named(&["eve"])));
    let issue = || Sessions::Issue { who: who("bob"), life: Duration::hours(1), label: None };
    bench.ask(OWNER, issue().into()).unwrap();
    let acts: [Request; 6] = [
        Sessions::Revoke(Selection::one(1)).into(),
        AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("bob")).into(),
        AccountChange::MakeCode { life: Duration::hours(1) }.of(who("bob")).into(),
        AccountChange::RevokeCode.of(who("bob")).into(),
        AccountAction::Delete.on(accounts_named(&["eve"])).into(),
        Bin::Purge(InBin::Account(who("eve"))).into(),
    ];
    for act in acts {
        bench.ask(OWNER, act.clone()).unwrap();
        let before = bench.rows();
        if !matches!(act, Request::Accounts(Accounts::Act { action: AccountAction::Delete, .. })) {
            assert_eq!(bench.kind(OWNER, Undo::Last), FailureKind::Refused, "{act:?}");
        }
        assert_eq!(bench.rows(), before);
    }
    bench.ask(OWNER, issue().into()).unwrap();
    let undone = bench.done(OWNER, Undo::Last);
    assert_eq!((undone.ended, undone.of), (1, Some(Action::Issued)));
    assert_eq!(bench.kind(OWNER, Undo::Redo), FailureKind::Refused, "a revoked session stays dead");
}

#[test]
fn a_suspension_undone_leaves_its_sessions_dead() {
    let mut bench = Bench::inhabited();
    let bob = bench.operator("bob");
    let (foreseen, _) = bench.count(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    assert_eq!(foreseen.ended, 1, "it is said beforehand");
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    let (foreseen, _) = bench.count(OWNER, Undo::Last);
    assert_eq!(foreseen.along(), ["1 session that it ended stays ended."], "and again before the undo");
    let undone = bench.done(OWNER, Undo::Last);
    assert_eq!(undone.done(), "Undid suspend of bob; 1 session that it ended stays ended");
    assert_eq!((bench.user("bob").status, bench.is_in(bob)), (Status::Confirmed, false));
}

#[test]
fn a_suspension_undone_makes_no_home() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, Directories::Trash(vec![place("00002_BOB")]));
    let before = bench.rows();
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    assert_eq!(bench.done(OWNER, Undo::Last).directories, 0);
    assert_eq!(bench.rows(), before);
}

#[test]
fn an_undo_is_an_entry() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    let of = bench.head();
    bench.done(OWNER, Undo::Last);
    let entry = bench.read(|rows| rows.entry(of + 1)).unwrap();
    assert_eq!((entry.action.as_str(), entry.undoes, entry.object.label.as_str()), ("undo", Some(of), "bob"));
    assert_eq!(entry.before.to_string(), r#"{"status":"suspended"}"#);
    assert_eq!(entry.after.to_string(), r#"{"status":"confirmed"}"#);
}

#[test]
fn the_last_admin_is_not_undone_away() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Promote.on(accounts_named(&["bob"])));
    let promoted = bench.head();
    bench.done(OWNER, AccountAction::Demote.on(accounts_named(&["ada"])));
    let before = bench.rows();
    assert_eq!(bench.kind(OWNER, Undo::Entry(promoted)), FailureKind::Refused);
    assert_eq!(bench.rows(), before);
    assert!(bench.has_usable_admin());
}

#[test]
fn a_plain_user_undoes_what_he_may_do() {
    let mut bench = Bench::inhabited();
    let bob = bench.operator("bob");
    let fields = |level| Fields { address: Some("1 Lane".into()), level, ..Fields::default() };
    bench.done(bob, AccountChange::Edit { fields: fields(None), was: None }.of(who("bob")));
    bench.done(bob, Undo::Last);
    assert_eq!(bench.user("bob").address, None);
    bench.done(OWNER, AccountChange::Edit { fields: fields(None), was: None }.of(who("bob")));
    let entry = bench.head();
    bench.done(OWNER, AccountChange::Edit { fields: fields(None), was: None }.of(who("eve")));
    bench.done(OWNER, AccountAction::Promote.on(accounts_named(&["bob"])));
    let promoted = bench.head();
    bench.done(OWNER, AccountAction::Demote.on(accounts_named(&["bob"])));
    let bob = bench.operator("bob");
    let again = bench.head() - 1;
    assert_eq!(bench.kind(bob, Undo::Entry(entry + 1)), FailureKind::NotFound, "it is another's");
    assert_eq!(bench.kind(bob, Undo::Entry(again)), FailureKind::Refused, "nobody makes himself an admin");
    assert_eq!(bench.kind(bob, Undo::Entry(promoted)), FailureKind::Conflict);
    bench.done(bob, Undo::Entry(entry));
    assert_eq!(bench.user("bob").address, None);
}

#[test]
fn what_the_bin_no_longer_holds_is_not_undone() {
    let mut bench = Bench::inhabited();
    bench.done(OWNER, AccountAction::Delete.on(accounts_named(&["bob"])));
    let deleted = bench.head();
    bench.done(OWNER, Bin::Restore { which: InBin::Account(who("bob")), to: None, with_sessions: true });
    let failure = bench.refused(OWNER, Undo::Entry(deleted));
    assert_eq!(failure.message, "bob is no longer in the bin: restored or purged.");
    bench.done(OWNER, Undo::Last);
    assert!(bench.read(|rows| rows.user(bench.now, &who("bob"))).is_none());
}

#[test]
fn entries_that_changed_nothing_are_not_undone() {
    let mut bench = Bench::inhabited();
    bench.refused(OWNER, AccountAction::Suspend.on(accounts_named(&["ada"])));
    let refused = bench.head();
    assert_eq!(bench.kind(OWNER, Undo::Entry(refused)), FailureKind::Conflict);
    assert_eq!(bench.kind(OWNER, Undo::Entry(999)), FailureKind::NotFound);
    assert_eq!(bench.kind(OWNER, Undo::Entry(-1)), FailureKind::NotFound);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Undoes random actions one after the other.
    #[test]
    fn what_was_done_is_undone(chosen in prop::collection::vec(0..undoable().len(), 1..6)) {
        let mut bench = Bench::inhabited();
        let mut states = vec![bench.rows()];
        for at in chosen {
            let head = bench.head();
            let act = undoable().swap_remove(at);
            if bench.ask(OWNER, act).is_ok() && bench.head() > head {
                states.push(bench.rows());
            }
        }
        while states.len() > 1 {
            states.pop();
            bench.done(OWNER, Undo::Last);
            prop_assert_eq!(&bench.rows(), states.last().unwrap());
        }
    }
}
