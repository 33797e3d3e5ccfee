//! Every action, with proofs of every age.

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::Selection;
use crate::domain::user::{AccessLevel, Fields, Status};
use crate::exchange::unpack::Packing;

use super::super::contract::{
    AccountAction, AccountChange, Action, Backup, Bin, Directories, DirectorySelector, Export, ExportForm,
    ExportLayout, ExportTarget, InBin, Journal, Sessions, Undo,
};
use super::super::testing::{ALL, Bench, OTHER, PASSWORD, accounts_named, fields, in_order, secret, who};
use super::*;

/// The setting of these tests.
const AGE: Duration = Duration::minutes(5);

fn bench() -> Bench {
    let mut bench = Bench::new();
    bench.service.proofs = Proofs::new(AGE);
    for name in ["alan", "grace"] {
        bench.account(name, AccessLevel::User, Status::Confirmed);
    }
    bench.account("edsger", AccessLevel::Admin, Status::Confirmed);
    bench
}

/// The need of every action for a proof, as the issue and the security policy name the grave ones: levels, others'
/// passwords, purge, restore of a backup, export of hashes.
#[test]
fn the_table_of_actions_names_the_grave_ones() {
    let always = [
        Action::Promoted,
        Action::Demoted,
        Action::PasswordSet,
        Action::CodeMade,
        Action::FactorEnrolled,
        Action::FactorReset,
        Action::Purged,
        Action::Erased,
        Action::StoreRestored,
        Action::Exported,
    ];
    let for_levels = [Action::Added, Action::Edited, Action::Imported, Action::Undone, Action::Redone];
    for action in Action::ALL {
        let need = if always.contains(&action) {
            ProofNeed::Always
        } else if for_levels.contains(&action) {
            ProofNeed::ForLevels
        } else {
            ProofNeed::Never
        };
        assert_eq!(action.row().proof, need, "{action:?}");
    }
}

/// Returns a grave and an ordinary request of each kind, with whether it is grave.
fn requests(folder: &std::path::Path) -> Vec<(Request, bool)> {
    let level = |level| Fields { level: Some(level), ..Fields::default() };
    let edit = |name, fields| AccountChange::Edit { fields, was: None }.of(who(name)).into();
    let export = |with_hashes| {
        Request::Export(Export {
            to: ExportTarget::Named { path: folder.join(format!("{with_hashes}.json")), replaces: true },
            form: ExportForm { layout: ExportLayout::Json, packing: Packing::Plain },
            filter: Filter::default(),
            only: None,
            with_hashes,
            with_journal: false,
        })
    };
    let add = |name, level| Accounts::Add {
        fields: Fields { level: Some(level), ..fields(name) },
        password: None,
        must_change: false,
    };
    let home = || DirectorySelector::Path("00002_ALAN".into());
    vec![
        (AccountAction::Promote.on(accounts_named(&["alan"])).into(), true),
        (AccountAction::Demote.on(accounts_named(&["edsger"])).into(), true),
        (edit("grace", level(AccessLevel::Admin)), true),
        (edit("alan", Fields { address: Some("x".into()), ..Fields::default() }), false),
        (add("barbara", AccessLevel::Admin).into(), true),
        (add("niklaus", AccessLevel::User).into(), false),
        (
            AccountChange::SetPassword { password: secret(OTHER), must_change: true }.of(who("grace")).into(),
            true,
        ),
        (AccountChange::MakeCode { life: Duration::hours(1) }.of(who("grace")).into(), true),
        (AccountChange::RevokeCode.of(who("grace")).into(), false),
        (AccountChange::EnrolFactor.of(who("grace")).into(), true),
        (AccountChange::ResetFactor.of(who("grace")).into(), true),
        (AccountAction::Suspend.on(accounts_named(&["alan"])).into(), false),
        (AccountAction::Confirm.on(accounts_named(&["alan"])).into(), false),
        (Request::Undo(Undo::Last), false),
        (Directories::Provision(accounts_named(&["alan"])).into(), false),
        (Directories::Rename { place: home(), name: "00002_AL".into() }.into(), false),
        (Directories::Trash(vec![DirectorySelector::Path("00002_AL".into())]).into(), false),
        (Sessions::Issue { who: who("alan"), life: Duration::hours(1), label: None }.into(), false),
        (Sessions::Revoke(Selection::Ids(vec![])).into(), false),
        (Sessions::Sweep.into(), false),
        (AccountAction::Delete.on(accounts_named(&["alan"])).into(), false),
        (Bin::Restore { which: InBin::Account(who("alan")), to: None, with_sessions: false }.into(), false),
        (AccountAction::Delete.on(accounts_named(&["alan"])).into(), false),
        (Bin::Purge(InBin::Account(who("alan"))).into(), true),
        (Bin::Erase(who("2")).into(), true),
        (export(false), false),
        (export(true), true),
        (
            Request::Backup(Backup::Make {
                file: folder.join("backup.db"),
                keep: None,
                compress: false,
                overwrite: false,
            }),
            false,
        ),
        (Request::Backup(Backup::Restore { file: folder.join("backup.db"), despite_findings: false }), true),
    ]
}

/// Returns true if the request fails for want of a proof.
fn is_unproven(bench: &mut Bench, caller: Caller, request: Request) -> bool {
    bench.ask(caller, request).is_err_and(|failure| failure.kind == FailureKind::ProofNeeded)
}

#[test]
fn every_action_is_refused_without_a_recent_proof_if_it_is_grave() {
    let out = tempfile::tempdir().unwrap();
    for (seconds, recent) in [(0, true), (299, true), (300, false), (3_599, false), (20_000, false)] {
        let mut bench = bench();
        for (request, is_grave) in requests(out.path()) {
            let ada = bench.operator("ada");
            bench.later(Duration::seconds(seconds));
            let before = bench.dump();
            let words = format!("{seconds} s: {request:?}");
            let refused = is_unproven(&mut bench, ada, request.clone());
            assert_eq!(refused, is_grave && !recent, "{words}");
            if refused {
                assert_eq!(bench.dump(), before, "{words}");
                let prove = SignIn::Prove(secret(PASSWORD));
                bench.ask(ada, prove.into()).unwrap();
                assert!(!is_unproven(&mut bench, ada, request), "{words}");
            }
        }
    }
}

#[test]
fn a_command_and_a_count_need_no_proof() {
    let out = tempfile::tempdir().unwrap();
    let mut bench = bench();
    let ada = bench.operator("ada");
    bench.later(Duration::hours(1));
    for (request, _) in requests(out.path()) {
        let counted = bench.rehearse(ada, request.clone());
        assert!(counted.err().is_none_or(|failure| failure.kind != FailureKind::ProofNeeded), "{request:?}");
        assert!(!is_unproven(&mut bench, Caller::Owner, request));
    }
}

#[test]
fn with_an_age_of_zero_a_proof_is_good_for_one_action_within_a_minute() {
    let mut bench = bench();
    bench.service.proofs = Proofs::new(Duration::zero());
    let ada = bench.operator("ada");
    let promote = |name| Request::from(AccountAction::Promote.on(accounts_named(&[name])));
    assert!(is_unproven(&mut bench, ada, promote("alan")), "a log-in is no proof for an action");
    bench.ask(ada, SignIn::Prove(secret(PASSWORD)).into()).unwrap();
    bench.ask(ada, promote("alan")).unwrap();
    assert!(is_unproven(&mut bench, ada, promote("grace")));
    bench.ask(ada, SignIn::Prove(secret(PASSWORD)).into()).unwrap();
    bench.later(Duration::minutes(1));
    assert!(is_unproven(&mut bench, ada, promote("grace")));
}

/// Returns the number of failed log-ins in the journal.
fn failed_log_ins(bench: &mut Bench) -> u64 {
    let filter = Filter::parse(ListKind::Journal, "verb:log-in result:refused").unwrap();
    let list = Journal::List { filter, sort: in_order(), span: ALL };
    match bench.ask(Caller::Owner, Request::Journal(list)) {
        Ok(Reply::Entries(window)) => window.total,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wrong_password_is_a_failed_log_in_and_no_proof() {
    let mut bench = bench();
    let ada = bench.operator("ada");
    bench.later(Duration::minutes(6));
    assert_eq!(bench.kind(ada, SignIn::Prove(secret(OTHER))), FailureKind::Refused);
    assert_eq!(failed_log_ins(&mut bench), 1);
    assert!(is_unproven(&mut bench, ada, AccountAction::Promote.on(accounts_named(&["alan"])).into()));
}

#[test]
fn another_operator_s_proof_does_not_count_and_unlocking_does() {
    let mut bench = bench();
    let (ada, edsger) = (bench.operator("ada"), bench.operator("edsger"));
    bench.later(Duration::minutes(6));
    bench.ask(edsger, SignIn::Unlock(secret(PASSWORD)).into()).unwrap();
    let promote = || Request::from(AccountAction::Promote.on(accounts_named(&["alan"])));
    assert!(is_unproven(&mut bench, ada, promote()));
    assert!(!is_unproven(&mut bench, edsger, promote()));
}

#[test]
fn undo_brings_no_level_back_without_a_proof() {
    let mut bench = bench();
    let ada = bench.operator("ada");
    bench.ask(ada, AccountAction::Demote.on(accounts_named(&["edsger"])).into()).unwrap();
    bench.later(Duration::minutes(6));
    assert!(is_unproven(&mut bench, ada, Undo::Last.into()));
    assert_eq!(bench.user("edsger").level, AccessLevel::User);
    let (summary, _) = bench.count(ada, Undo::Last);
    assert!(summary.changes_level, "the question can tell");
    bench.ask(ada, SignIn::Prove(secret(PASSWORD)).into()).unwrap();
    bench.ask(ada, Undo::Last.into()).unwrap();
    assert_eq!(bench.user("edsger").level, AccessLevel::Admin);
}

#[test]
fn whoever_is_signed_out_is_told_that() {
    let mut bench = bench();
    let ada = bench.operator("ada");
    bench.later(Duration::hours(9));
    let promote = AccountAction::Promote.on(accounts_named(&["alan"]));
    assert_eq!(bench.kind(ada, promote), FailureKind::SignedOut);
}

#[test]
fn the_services_of_one_console_share_their_proofs() {
    let mut bench = bench();
    let mut reads = bench.second();
    reads.service.proofs = bench.service.proofs.clone();
    let ada = bench.operator("ada");
    bench.later(Duration::minutes(6));
    reads.later(Duration::minutes(6));
    let out = tempfile::tempdir().unwrap();
    let hashes = || {
        requests(out.path())
            .into_iter()
            .find(|(request, _)| {
                request.proof_need() == ProofNeed::Always && matches!(request, Request::Export(_))
            })
            .unwrap()
            .0
    };
    assert!(is_unproven(&mut reads, ada, hashes()));
    bench.ask(ada, SignIn::Prove(secret(PASSWORD)).into()).unwrap();
    reads.ask(ada, hashes()).unwrap();
}
