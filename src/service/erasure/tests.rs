use crate::domain::filter::Filter;
use crate::domain::journal::{Break, Entry, Erased, Head};
use crate::domain::page::{Selection, Window};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status};
use crate::service::contract::{
    AccountAction, AccountChange, Accounts, Bin, Caller, Directories, DirectorySelector, InBin, Journal,
    Request, Sessions, Undo,
};
use crate::service::testing::{ALL, Bench, OTHER, PASSWORD, accounts_named, in_order, secret, who};

use super::*;

/// Texts of the account that stand nowhere else.
const MARKS: [&str; 10] = [
    "qxalan",
    "qxturing",
    "qxalan@nexus.example",
    "qxturing@nexus.example",
    "Qxfirst",
    "Qxlast",
    "+49 30 5550191",
    "+49 30 5550192",
    "Qxstreet 7",
    "Qxreason",
];

fn erase(name: &str) -> Bin {
    Bin::Erase(who(name))
}

fn place(path: &str) -> DirectorySelector {
    DirectorySelector::Path(path.into())
}

impl Bench {
    /// Returns a store in which `qxalan`, an admin with the id 2, was changed in every way, did things to `bob` and `eve`, and
    /// was deleted. Both are called otherwise now.
    fn with_a_life() -> Self {
        let mut bench = Self::new();
        let added = Fields {
            username: Some("qxalan".into()),
            email: Some("qxalan@nexus.example".into()),
            first_name: Some("Qxfirst".into()),
            last_name: Some("Qxlast".into()),
            contact_number: Some("+49 30 5550191".into()),
            address: Some("Qxstreet 7".into()),
            level: Some(AccessLevel::Admin),
            status: Some(Status::Confirmed),
            ..Fields::default()
        };
        let add = Accounts::Add { fields: added, password: Some(secret(PASSWORD)), must_change: false };
        bench.ask(Caller::Owner, add.into()).unwrap();
        bench.account("bob", AccessLevel::User, Status::Pending);
        bench.account("eve", AccessLevel::User, Status::Confirmed);
        bench.log_in("qxalan", "wrong but nearly right").unwrap_err();
        let alan = bench.operator("qxalan");
        bench.done(alan, AccountAction::Confirm.on(accounts_named(&["bob"])));
        let issue = Sessions::Issue { who: who("eve"), life: Duration::hours(1), label: None };
        bench.ask(alan, issue.clone().into()).unwrap();
        let session = bench.read(|rows| rows.session_ids(bench.now, &Filter::default()));
        bench.done(alan, Sessions::Revoke(Selection::one(*session.last().unwrap())));
        bench.ask(alan, issue.into()).unwrap();
        bench.done(alan, AccountAction::Suspend.on(accounts_named(&["eve"])));
        bench.done(alan, AccountAction::Delete.on(accounts_named(&["eve"])));
        bench.later(Duration::minutes(1));
        let edited = Fields {
            username: Some("qxturing".into()),
            email: Some("qxturing@nexus.example".into()),
            contact_number: Some("+49 30 5550192".into()),
            ..Fields::default()
        };
        bench.done(alan, AccountChange::Edit { fields: edited, was: None }.of(who("qxalan")));
        bench.done(alan, Directories::Add { path: "00002_QXALAN/Photos/Qxstreet 7".into(), owner: None });
        bench.done(
            alan,
            Directories::Rename { place: place("00002_QXALAN/Photos/Qxstreet 7"), name: "Qxlast".into() },
        );
        bench.done(alan, Directories::Trash(vec![place("00002_QXALAN/Photos/Qxlast")]));
        let set = AccountChange::SetPassword { password: secret(OTHER), must_change: false };
        bench.done(Caller::Owner, set.of(who("qxturing")));
        bench
            .because("Qxreason", Caller::Owner, AccountAction::Demote.on(accounts_named(&["qxturing"])))
            .unwrap();
        bench.done(Caller::Owner, Undo::Last);
        bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["qxturing"])));
        bench.operator("bob");
        // About somebody else, or refused.
        bench
            .because("asked by Qxturing.", Caller::Owner, AccountAction::Suspend.on(accounts_named(&["bob"])))
            .unwrap();
        let bob = bench.account("mallory", AccessLevel::User, Status::Confirmed);
        assert_eq!(bob.0, 5);
        let mallory = bench.operator("mallory");
        bench.refused(mallory, AccountAction::Delete.on(accounts_named(&["qxturing"])));
        bench.refused(mallory, Directories::Trash(vec![place("00002_QXALAN")]));
        bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["qxturing"])));
        bench.done(Caller::Owner, Undo::Last);
        bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["qxturing"])));
        bench.refused(
            mallory,
            Bin::Restore { which: InBin::Account(who("qxturing")), to: None, with_sessions: false },
        );
        bench
    }

    fn entries(&mut self) -> Vec<Entry> {
        let list = Journal::List { filter: Filter::default(), sort: in_order(), span: ALL };
        match self.ask(Caller::Owner, Request::Journal(list)).unwrap() {
            Reply::Entries(Window { rows, .. }) => rows,
            other => panic!("{other:?}"),
        }
    }

    /// Returns the marks that the files of the store hold, letter case ignored.
    fn marks(&self) -> Vec<&'static str> {
        let files = std::fs::read_dir(self.folder())
            .unwrap()
            .map(|file| std::fs::read(file.unwrap().path()).unwrap());
        let bytes = files.collect::<Vec<_>>().concat().to_ascii_lowercase();
        let holds = |mark: &str| memchr::memmem::find(&bytes, mark.to_lowercase().as_bytes()).is_some();
        MARKS.into_iter().filter(|mark| holds(mark)).collect()
    }

    fn verified(&mut self, expect: Option<Head>) -> Option<Break> {
        match self.ask(Caller::Owner, Request::Journal(Journal::Verify { expect })).unwrap() {
            Reply::Checked(checked) => checked.broken,
            other => panic!("{other:?}"),
        }
    }

    fn noted_head(&mut self) -> Head {
        self.read(|rows| rows.journal_head())
    }
}

#[test]
fn an_erased_person_is_nowhere_in_the_files_and_the_chain_holds() {
    let mut bench = Bench::with_a_life();
    assert_eq!(bench.marks(), MARKS, "the search finds what is there");
    let (noted, before) = (bench.noted_head(), bench.entries());
    let (foreseen, rows) = bench.count(Caller::Owner, erase("qxturing"));
    assert_eq!(
        (rows.ids.to_vec(), foreseen.accounts, foreseen.label.as_deref()),
        (vec![2], 1, Some("qxturing"))
    );
    let done = bench.done_unwritten(Caller::Owner, erase("qxturing"));
    assert_eq!(done, ActionSummary { ids: vec![2], ..foreseen.clone() });
    assert_eq!(bench.marks(), Vec::<&str>::new());
    assert_eq!(bench.verified(None), None);
    assert_eq!(bench.verified(Some(noted.clone())), None, "heads from before still count");
    let forged = Head { hash: "0".repeat(64), ..noted };
    assert!(bench.verified(Some(forged)).is_some());

    let after = bench.entries();
    assert_eq!(after.len(), before.len() + 1);
    for (was, is) in before.iter().zip(&after) {
        let kept = |entry: &Entry| {
            let Entry { seq, at, action, outcome, act, undoes, hash, .. } = entry.clone();
            let ids = (entry.actor.account, entry.origin.session, entry.object.id, entry.object.account);
            (seq, at, action, outcome, act, undoes, hash, ids, entry.object.kind)
        };
        assert_eq!(kept(was), kept(is));
        let is_about = was.object.account == Some(UserId(2));
        assert!(is.erased.object == is_about || is.erased.object && foreseen.erased.mentions > 0, "{is:?}");
        if was.actor.account == Some(UserId(2)) {
            assert_eq!((is.actor.name.as_str(), is.origin.place.as_str()), ("account 2 (erased)", ""));
        } else if !is.erased.actor {
            assert_eq!((&is.actor, &is.origin), (&was.actor, &was.origin));
        }
        if !is.erased.object {
            assert_eq!((&is.object, &is.before, &is.after), (&was.object, &was.before, &was.after));
        }
    }
    let last = after.last().unwrap();
    assert_eq!((last.action.as_str(), last.object.id, last.object.label.as_str()), ("erase", Some(2), ""));
    assert_eq!(
        foreseen.erased.entries,
        after.iter().filter(|entry| entry.erased != Erased::default()).count() as u64
    );
    assert!(foreseen.erased.mentions >= 1, "{foreseen:?}");
}

#[test]
fn what_others_are_and_did_stays() {
    let mut bench = Bench::with_a_life();
    bench.done(Caller::Owner, erase("qxturing"));
    let deleted = bench.dump_columns("nexus_bin", "user_id, deleted_by = 'account 2 (erased)'");
    assert_eq!(deleted, "nexus_bin Integer(4) Integer(1)\n");
    let ended = bench.dump_columns("nexus_bin_sessions", "user_id, ended_by = 'account 2 (erased)'");
    assert!(ended.contains("Integer(4) Integer(1)"), "{ended}");
    let issued = bench.dump_columns("nexus_bin_sessions", "user_id, detail = ''");
    assert!(issued.contains("Integer(4) Integer(1)") && !issued.contains("Integer(0)"), "{issued}");
    bench.done(
        Caller::Owner,
        Bin::Restore { which: InBin::Account(who("eve")), to: None, with_sessions: false },
    );
    assert_eq!((bench.user("eve").id.0, bench.user("bob").status), (4, Status::Suspended));
    let history = bench.entries();
    assert!(history.iter().any(|entry| entry.object.label == "eve" && entry.action == "suspend"));
}

#[test]
fn an_account_that_was_purged_before_is_erased_by_its_id_or_a_name_that_it_had_and_only_once() {
    for name in ["2", "qxalan", "qxturing"] {
        let mut bench = Bench::with_a_life();
        bench.done(Caller::Owner, Bin::Purge(InBin::Account(who("qxturing"))));
        let done = bench.done(Caller::Owner, erase(name));
        assert_eq!((done.accounts, done.sessions), (1, 0), "{name}");
        // The item with the trashed directory went with it.
        assert_eq!(bench.marks(), Vec::<&str>::new(), "{name}");
        assert_eq!(bench.verified(None), None);
        assert_eq!(bench.kind(Caller::Owner, erase("2")), FailureKind::Conflict);
        assert_eq!(bench.kind(Caller::Owner, erase("qxalan")), FailureKind::NotFound);
    }
}

#[test]
fn only_an_admin_erases_and_only_what_is_gone() {
    let mut bench = Bench::with_a_life();
    assert_eq!(bench.kind(Caller::Owner, erase("bob")), FailureKind::NotFound);
    assert_eq!(bench.kind(Caller::Owner, erase("nobody")), FailureKind::NotFound);
    assert_eq!(bench.kind(Caller::Owner, erase("77")), FailureKind::NotFound);
    let mallory = bench.operator("mallory");
    assert_eq!(bench.kind(mallory, erase("qxturing")), FailureKind::Refused);
    let refused = bench.entries().pop().unwrap();
    assert_eq!((refused.object.account, refused.action.as_str()), (Some(UserId(2)), "erase"));
}

#[test]
fn what_was_erased_is_not_undone_and_not_shown_as_it_was() {
    let mut bench = Bench::with_a_life();
    let edit = bench.entries().into_iter().find(|entry| entry.action == "edit").unwrap().seq;
    bench.done(Caller::Owner, erase("qxturing"));
    let refused = bench.refused(Caller::Owner, Undo::Entry(edit));
    assert_eq!(refused.kind, FailureKind::Conflict);
    assert!(refused.message.contains("erased"), "{}", refused.message);
    assert_eq!(bench.kind(Caller::Owner, Undo::Last), FailureKind::Refused, "an erasure is for good");
    let shown = Journal::AsItWas { who: Who::Id(UserId(2)), at: bench.now - Duration::hours(1) };
    assert_eq!(bench.kind(Caller::Owner, Request::Journal(shown)), FailureKind::NotFound);
}

#[test]
fn a_journal_that_is_not_intact_is_not_erased() {
    let mut bench = Bench::with_a_life();
    bench.spoil(
        "DROP TRIGGER nexus_journal_fixed;
         UPDATE nexus_journal SET before = '{}' WHERE verb = 'edit' AND account_id = 2;",
    );
    let trigger = include_str!("../../../assets/schema/sqlite/0013_erasure.sql");
    let from = trigger.find("CREATE TRIGGER nexus_journal_fixed").unwrap();
    let trigger = &trigger[from..];
    bench.spoil(&trigger[..trigger.find("END;").unwrap() + 4]);
    let marks = bench.marks();
    let refused = bench.refused(Caller::Owner, erase("qxturing"));
    assert_eq!((refused.kind, refused.message.as_str()), (FailureKind::Refused, ALTERED));
    assert_eq!(bench.marks(), marks);
    assert!(bench.verified(None).is_some());
    assert!(bench.read(|rows| rows.binned_accounts(&who("qxturing"))).len() == 1);
}

#[test]
fn a_name_that_somebody_else_has_now_is_no_mention() {
    let mut bench = Bench::with_a_life();
    bench.done(Caller::Owner, Bin::Purge(InBin::Account(who("qxturing"))));
    bench.account("qxturing", AccessLevel::User, Status::Pending);
    let (foreseen, _) = bench.count(Caller::Owner, erase("2"));
    let reason = "asked by Qxturing.";
    bench.done(Caller::Owner, erase("2"));
    let kept = bench.entries().into_iter().any(|entry| entry.reason.as_deref() == Some(reason));
    assert!(kept, "{foreseen:?}");
    assert_eq!(bench.verified(None), None);
}

#[test]
fn the_reason_of_an_erasure_names_nobody() {
    let mut bench = Bench::with_a_life();
    let mut ask = |reason| bench.because(reason, Caller::Owner, erase("2"));
    for named in ["Qxturing asked", "asked by qxalan@nexus.example", "for 00002_QXALAN", "Qxfirst Qxlast"] {
        assert_eq!(ask(named).unwrap_err().kind, FailureKind::Invalid, "{named}");
    }
    ask("request 17").unwrap();
    assert_eq!(bench.marks(), Vec::<&str>::new());
    let entry = bench.entries().pop().unwrap();
    assert_eq!((entry.action.as_str(), entry.reason.as_deref()), ("erase", Some("request 17")));
}
