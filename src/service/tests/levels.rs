//! The rights of a plain user at the rows of somebody else.

use std::collections::BTreeSet;

use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Fields, Status, UserId, Who};

use super::super::contract::{
    AccountAction, AccountChange, AccountSelection, Caller, Directories, DirectorySelector, Failure,
    FailureKind, Journal, Reply, Request, Right, Sessions, SignIn,
};
use super::super::testing::{Bench, PASSWORD, who};
use super::every_request::{KINDS, Others, everybody, kind, requests};

/// Returns a store with `zelda`, an admin who has rows of every kind, and the plain user `bob`, who is logged in.
pub(super) fn zelda_and_bob() -> (Bench, Others, Caller) {
    let mut bench = Bench::empty();
    bench.account("zelda", AccessLevel::Admin, Status::Confirmed);
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.account("zack", AccessLevel::User, Status::Confirmed);
    bench.done(Caller::Owner, Directories::Provision(everybody()));
    let zelda = bench.operator("zelda");
    let issue = Sessions::Issue { who: who("zelda"), life: Duration::hours(1), label: None };
    let Ok(Reply::Secret { secret, .. }) = bench.ask(zelda, issue.into()) else { panic!("no token") };
    let binned_path = "00001_ZELDA/Photos".to_owned();
    let trash = Directories::Trash(vec![DirectorySelector::Path(binned_path.clone())]);
    bench.done(zelda, trash);
    let zack = AccountSelection::Named(vec![who("zack")]);
    bench.done(zelda, AccountAction::Delete.on(zack));
    let edit = Fields { address: Some("1 Lane".into()), ..Fields::default() };
    let edit = AccountChange::Edit { fields: edit, was: None }.of(who("zelda"));
    let entry = bench.done(zelda, edit).written.unwrap();
    let home = bench.read(|rows| rows.home(UserId(1))).unwrap().id;
    let bob = bench.operator("bob");
    let others = Others {
        account: Who::Id(UserId(1)),
        session: bench.session(zelda).id,
        token: secret.expose().to_owned(),
        home,
        binned_directory: 1,
        binned_account: 2,
        binned_path,
        entry,
        folder: bench.folder().to_owned(),
    };
    (bench, others, bob)
}

/// Returns true for what is the caller's own, or nobody's, and may change something.
fn is_for_anybody(request: &Request) -> bool {
    matches!(request, Request::SignIn(SignIn::LogOut | SignIn::Look) | Request::Check(_))
        || matches!(request, Request::Journal(Journal::Version))
}

/// Returns true for a refusal, and for an action by a filter that finds none of the caller's own rows.
fn does_nothing(answer: &Result<Reply, Failure>) -> bool {
    match answer {
        Err(_) => true,
        Ok(Reply::Done(summary) | Reply::Counted { summary, .. }) => summary.touched() == 0,
        Ok(_) => false,
    }
}

/// Returns an answer without what depends on one's own earlier requests: their entries in the journal, and what is new since
/// the last visit.
pub(super) fn comparable(answer: &Result<Reply, Failure>) -> String {
    match answer {
        Ok(Reply::Entries(_) | Reply::Lines(_)) => String::new(),
        Ok(Reply::Overview(overview)) => format!("{:?} {:?}", overview.figures, overview.store),
        answer => format!("{answer:?}"),
    }
}

fn tables(bench: &Bench) -> String {
    bench.dump()
        + &bench.dump_of(&["nexus_bin", "nexus_bin_users", "nexus_bin_directories", "nexus_sessions"])
}

#[test]
fn every_request_of_a_plain_user_against_anothers_rows_is_refused_and_shows_nothing() {
    let (mut bench, others, bob) = zelda_and_bob();
    let all = requests(&others);
    let kinds: BTreeSet<_> = all.iter().map(kind).collect();
    assert_eq!(kinds, (0..KINDS).collect(), "every request is among them");
    // In the second store the others are and have something else: no answer may tell the two apart.
    let mut second = bench.copy();
    let edit =
        Fields { first_name: Some("Zora".into()), email: Some("z@z.example".into()), ..Fields::default() };
    second.done(Caller::Owner, AccountChange::Edit { fields: edit, was: None }.of(who("zelda")));
    second.account("zoe", AccessLevel::User, Status::Pending);
    second.operator("zelda");

    let (before, files) = (tables(&bench), std::fs::read_dir(&others.folder).unwrap().count());
    for request in all.into_iter().filter(|request| !is_for_anybody(request)) {
        let told = format!("{request:?}");
        let dry = bench.rehearse(bob, request.clone());
        let answer = bench.ask(bob, request.clone());
        for answer in [&dry, &answer] {
            let is_act = request.action().is_some();
            assert!(!is_act || does_nothing(answer), "{told}: {answer:?}");
            let needs_admin = matches!(request.right(), Right::Admin(_));
            let kind = answer.as_ref().err().map(|failure| failure.kind);
            assert!(!needs_admin || kind == Some(FailureKind::Refused), "{told}: {answer:?}");
            let shown = format!("{answer:?}").to_lowercase();
            // What was typed may come back in the words of a refusal.
            let typed = told.to_lowercase();
            for theirs in ["zelda", "zora", "zack", &others.token] {
                assert!(!shown.contains(theirs) || typed.contains(theirs), "{told}: {answer:?}");
            }
        }
        // The denials are entries of the caller's own: as many of them here as there.
        drop(second.rehearse(bob, request.clone()));
        assert_eq!(comparable(&second.ask(bob, request)), comparable(&answer), "{told}");
        assert_eq!(tables(&bench), before, "{told}");
    }
    assert_eq!(std::fs::read_dir(&others.folder).unwrap().count(), files, "no file was made");
    assert!(bench.is_in(bob));
}

#[test]
fn whoever_is_not_logged_in_gets_nothing_of_any_request() {
    let (mut bench, others, _) = zelda_and_bob();
    let before = tables(&bench);
    let needs_log_in = |request: &Request| request.right() != Right::Anybody;
    for request in requests(&others).into_iter().filter(needs_log_in) {
        let told = format!("{request:?}");
        assert_eq!(bench.kind(Caller::Nobody, request), FailureKind::SignedOut, "{told}");
    }
    assert_eq!(tables(&bench), before);
}

#[test]
fn a_level_that_is_lost_while_a_request_is_under_way_is_lost_for_it() {
    let (mut bench, others, bob) = zelda_and_bob();
    bench.done(Caller::Owner, AccountAction::Promote.on(AccountSelection::Named(vec![who("bob")])));
    assert_eq!(bench.kind(bob, AccountAction::Suspend.on(others.named())), FailureKind::SignedOut);
    let bob = bench.operator("bob");
    let now = bench.now;
    let plain = Fields { level: Some(AccessLevel::User), ..Fields::default() };
    bench.meddle(move |rows| rows.update_user(now, UserId(2), &plain).unwrap());
    let issue = Sessions::Issue { who: others.account.clone(), life: Duration::hours(1), label: None };
    assert_eq!(bench.kind(bob, issue), FailureKind::Refused);
    assert!(bench.log_in("zelda", PASSWORD).is_ok());
}
