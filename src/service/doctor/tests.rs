//! Examination and repair of the store: the permissions, and the journal entries.

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::{AccountAction, FailureKind, Journal, Request};

use super::super::testing::{Bench, accounts_named};
use super::*;

const EVIL: &str = "CREATE TRIGGER evil AFTER INSERT ON de_torres_vincent_users BEGIN SELECT 1; END;
    DROP TRIGGER nexus_users_touch;";

fn diagnosis(reply: Reply) -> Diagnosis {
    let Reply::Diagnosis(diagnosis) = reply else { panic!("{reply:?}") };
    *diagnosis
}

#[test]
fn a_repair_is_an_act_of_the_journal_with_an_entry_for_each_finding() {
    let mut bench = Bench::new();
    bench.spoil(EVIL);
    let repair = Request::Doctor(Doctor::Repair { drop_foreign: true });
    let foreseen = diagnosis(bench.rehearse(Caller::Owner, repair.clone()).unwrap());
    assert_eq!((foreseen.mended.len(), foreseen.findings.len()), (2, 0));
    let done = diagnosis(bench.ask(Caller::Owner, repair).unwrap());
    assert_eq!((done.mended.len(), done.findings.len()), (2, 0));
    let span = RowRange { anchor: Anchor::Position(0), before: 0, len: 10 };
    let sort = Sort { descending: true, ..Sort::default() };
    let list = Journal::List { filter: Filter::parse(ListKind::Journal, "verb:repair").unwrap(), sort, span };
    let Reply::Entries(window) = bench.ask(Caller::Owner, Request::Journal(list)).unwrap() else { panic!() };
    let told: Vec<_> = window.rows.iter().map(|entry| (entry.object.label.as_str(), entry.act)).collect();
    let act = window.rows[1].seq;
    assert_eq!(told, [("evil", act), ("nexus_users_touch", act)]);
    assert!(window.rows[0].after.text("saved").unwrap().contains(".removed-"));
    assert_eq!(window.rows[0].before.text("finding"), Some(done.mended[1].message.as_str()));
}

#[test]
fn an_examination_finds_what_a_repair_would_leave() {
    let mut bench = Bench::new();
    assert_eq!(diagnosis(bench.ask(Caller::Owner, Request::Doctor(Doctor::Examine)).unwrap()).findings, []);
    bench.spoil(EVIL);
    let found = diagnosis(bench.ask(Caller::Owner, Request::Doctor(Doctor::Examine)).unwrap());
    assert_eq!(found.findings.len(), 2);
    let repair = Request::Doctor(Doctor::Repair { drop_foreign: false });
    let done = diagnosis(bench.ask(Caller::Owner, repair).unwrap());
    assert_eq!((done.mended.len(), done.findings.len(), done.saved), (1, 1, None));
}

#[test]
fn only_an_admin_may_examine_the_store_from_the_console() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let (ada, bob) = (bench.operator("ada"), bench.operator("bob"));
    let examine = || Request::Doctor(Doctor::Examine);
    assert_eq!(bench.kind(bob, examine()), FailureKind::Refused);
    assert_eq!(bench.kind(bob, Request::Doctor(Doctor::Repair { drop_foreign: true })), FailureKind::Refused);
    assert_eq!(bench.kind(Caller::Nobody, examine()), FailureKind::SignedOut);
    assert!(bench.ask(ada, examine()).is_ok());
}

#[test]
fn an_act_on_an_altered_store_is_refused_with_what_to_do() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.spoil(EVIL);
    let failure = bench.refused(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"])));
    assert_eq!(failure.kind, FailureKind::Unavailable);
    assert!(failure.message.contains("trigger nexus_users_touch is missing"), "{}", failure.message);
    assert!(failure.hint.unwrap().contains("`nexus doctor --fix`"));
}
