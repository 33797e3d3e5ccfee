use std::ops::ControlFlow;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::page::Selection;
use crate::domain::session::{EndReason, MAX_LIFE, RowStatus, SessionEnd, SessionLabel, SessionOrigin};
use crate::domain::session_settings::AtMost;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Field, Status, UserId};
use crate::store::NewSession;

use super::super::contract::{
    AccountAction, AccountChange, Action, Bin, Caller, FailureKind, InBin, Reply, Request, Sessions, SignIn,
    Undo,
};
use super::super::perform;
use super::super::testing::{Bench, OTHER, accounts_named, secret, who};

const HOUR: Duration = Duration::hours(1);

fn renew(id: i64, life: Duration) -> Sessions {
    Sessions::Renew { which: Selection::one(id), life }
}

impl Bench {
    /// Issues a token for `ada`; returns it and its session's row.
    fn token(&mut self, life: Duration) -> (String, i64) {
        match self.ask(Caller::Owner, Sessions::Issue { who: who("ada"), life, label: None }.into()).unwrap()
        {
            Reply::Secret { summary, secret, .. } => (secret.expose().to_owned(), summary.id.unwrap()),
            other => panic!("{other:?}"),
        }
    }

    fn is_good(&mut self, token: &str) -> bool {
        match self.ask(Caller::Owner, Sessions::Verify(secret(token)).into()) {
            Ok(Reply::Verified(..)) => true,
            Err(failure) => {
                assert_eq!(failure.kind, FailureKind::Refused);
                assert!(failure.message.starts_with("Invalid token: "), "{}", failure.message);
                false
            }
            other => panic!("{other:?}"),
        }
    }

    /// Returns the reason why a token is not valid.
    fn why_bad(&mut self, token: &str) -> String {
        let failure = self.refused(Caller::Owner, Sessions::Verify(secret(token)));
        let why = failure.message.strip_prefix("Invalid token: ").unwrap();
        why.trim_end_matches('.').to_owned()
    }

    /// Inserts sessions of `ada` whose time is over but whose rows say active.
    fn overdue(&mut self, how_many: usize) {
        let expiration = Some(self.now - HOUR);
        self.write(|rows| {
            for n in 0..how_many {
                rows.insert_session(&NewSession {
                    id: None,
                    user_id: UserId(1),
                    digest: crate::auth::token::digest(&n.to_string()),
                    expiration,
                    active: true,
                    start: None,
                })
                .unwrap();
            }
        });
    }
}

#[test]
fn an_issued_token_is_good_for_its_time() {
    let mut bench = Bench::new();
    let (token, id) = bench.token(HOUR);
    let session = bench.session(Caller::Operator(id));
    assert_eq!((session.origin, session.expiration), (SessionOrigin::Service, Some(bench.now + HOUR)));
    assert!(token.starts_with("nxs_") && bench.is_good(&token));
    assert_eq!(bench.session(Caller::Operator(id)).last_seen, Some(bench.now));
    bench.later(HOUR);
    assert!(!bench.is_good(&token));
}

#[test]
fn a_token_that_is_not_good_says_why() {
    let mut bench = Bench::new();
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    assert_eq!(bench.why_bad("nxs_unknown"), "it is unknown");
    assert_eq!(bench.why_bad(""), "it is unknown");
    let (revoked, id) = bench.token(HOUR);
    bench.done(Caller::Owner, Sessions::Revoke(Selection::one(id)));
    assert_eq!(bench.why_bad(&revoked), "revoked by root, 23 Nov 2026 12:00 UTC");
    let (suspended, _) = bench.token(HOUR);
    let (by_another_program, _) = bench.token(HOUR);
    bench.spoil("UPDATE de_torres_vincent_users SET status = 'suspended' WHERE username = 'ada'");
    assert_eq!(bench.why_bad(&by_another_program), "account suspended");
    bench.spoil("UPDATE de_torres_vincent_users SET status = 'confirmed' WHERE username = 'ada'");
    bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["ada"])));
    assert_eq!(bench.why_bad(&suspended), "account suspended by root, 23 Nov 2026 12:00 UTC");
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["ada"])));
    assert_eq!(bench.why_bad(&suspended), "account suspended by root, 23 Nov 2026 12:00 UTC");
    let (deleted, _) = bench.token(HOUR);
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["ada"])));
    assert_eq!(bench.why_bad(&deleted), "its account was deleted by root, 23 Nov 2026 12:00 UTC");
}

#[test]
fn every_way_to_end_a_session_is_written_down_and_travels_through_the_bin() {
    let mut bench = Bench::new();
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let ended = |bench: &mut Bench, request: Request| {
        let (_, id) = bench.token(HOUR);
        bench.done(Caller::Owner, request);
        (id, bench.session(Caller::Operator(id)).end.unwrap().reason)
    };
    let level = |action: AccountAction| action.on(accounts_named(&["ada"])).into();
    assert_eq!(ended(&mut bench, level(AccountAction::Demote)).1, EndReason::LevelChanged);
    assert_eq!(ended(&mut bench, level(AccountAction::Promote)).1, EndReason::LevelChanged);
    let password = AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("ada"));
    let (by_password, reason) = ended(&mut bench, password.into());
    assert_eq!(reason, EndReason::PasswordChanged);
    let before = bench.session(Caller::Operator(by_password)).end;
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["ada"])));
    bench.done(Caller::Owner, Undo::Last);
    assert_eq!(bench.session(Caller::Operator(by_password)).end, before);
    let (_, id) = bench.token(HOUR);
    bench.done(Caller::Owner, Undo::Last);
    assert_eq!(bench.session(Caller::Operator(id)).end.unwrap().reason, EndReason::IssueUndone);
    let root = bench.operator("root");
    bench.ask(root, SignIn::LogOut.into()).unwrap();
    let out = bench.session(root).end.unwrap();
    assert_eq!((out.reason, out.by.as_deref()), (EndReason::LoggedOut, Some("root")));
    let first = bench.operator("root");
    for _ in 0..5 {
        bench.operator("root");
    }
    assert_eq!(bench.session(first).end.unwrap().reason, EndReason::TooMany);
}

#[test]
fn a_session_that_is_ended_for_a_reason_says_so() {
    let mut bench = Bench::new();
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let level = AccountAction::Demote.on(accounts_named(&["ada"]));
    let password = AccountChange::SetPassword { password: secret(OTHER), must_change: false }.of(who("ada"));
    let acts: [(&str, Request); 3] = [
        ("access level changed", level.into()),
        ("password changed", password.into()),
        ("account suspended", AccountAction::Suspend.on(accounts_named(&["ada"])).into()),
    ];
    for (words, act) in acts {
        let (_, id) = bench.token(HOUR);
        bench.because("lost: laptop", Caller::Owner, act).unwrap();
        let session = bench.session(Caller::Operator(id));
        assert_eq!(session.end_remark(bench.now), Some("lost: laptop"), "{words}");
        let why = session.why_ended(bench.now).unwrap();
        assert!(why.starts_with(words) && why.ends_with(": lost: laptop"), "{why}");
    }
    bench.done(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["ada"])));
    let (_, id) = bench.token(HOUR);
    bench.because("stolen", Caller::Owner, Sessions::Revoke(Selection::one(id))).unwrap();
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["ada"])));
    bench.done(Caller::Owner, Undo::Last);
    assert_eq!(bench.session(Caller::Operator(id)).end_remark(bench.now), Some("stolen"), "through the bin");
    let (_, id) = bench.token(HOUR);
    bench.done(Caller::Owner, Sessions::Revoke(Selection::one(id)));
    assert_eq!(bench.session(Caller::Operator(id)).end_remark(bench.now), None);
}

#[test]
fn what_was_over_by_time_was_ended_by_nobody() {
    let mut bench = Bench::new();
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let (_, id) = bench.token(HOUR);
    let over = bench.now + HOUR;
    bench.later(HOUR * 3);
    let unswept = bench.session(Caller::Operator(id)).why_ended(bench.now);
    let summary = bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["ada"])));
    assert_eq!((summary.sessions, summary.ended), (0, 0), "it was over");
    let session = bench.session(Caller::Operator(id));
    assert_eq!(session.end, Some(SessionEnd::new(over, None, EndReason::TimeOver)));
    assert_eq!(session.why_ended(bench.now), unswept);
}

#[test]
fn a_life_has_its_limits() {
    let mut bench = Bench::new();
    let (_, id) = bench.token(MAX_LIFE);
    for life in [Duration::zero(), -HOUR, MAX_LIFE + Duration::seconds(1)] {
        for request in [Sessions::Issue { who: who("ada"), life, label: None }, renew(id, life)] {
            let failure = bench.refused(Caller::Owner, request);
            assert_eq!((failure.kind, failure.field), (FailureKind::Invalid, Some(Field::Span)));
        }
    }
}

#[test]
fn renewing_moves_the_end() {
    let mut bench = Bench::new();
    let (_, id) = bench.token(HOUR);
    bench.later(Duration::minutes(30));
    let summary = bench.done(Caller::Owner, renew(id, HOUR));
    assert_eq!((summary.action, summary.sessions, summary.id), (Action::Renewed, 1, Some(id)));
    assert_eq!(bench.session(Caller::Operator(id)).expiration, Some(bench.now + HOUR));
}

#[test]
fn a_console_session_lives_twelve_hours_at_most() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    let start = bench.now;
    bench.later(Duration::hours(7));
    let id = bench.session(ada).id;
    bench.done(ada, renew(id, Duration::hours(8)));
    assert_eq!(bench.session(ada).expiration, Some(start + Duration::hours(12)));
    assert_eq!(bench.session(ada).last_seen, Some(bench.now));
}

#[test]
fn a_renewal_says_the_cap_that_held() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    let id = bench.session(ada).id;
    let summary = bench.done(ada, renew(id, Duration::hours(12)));
    assert_eq!((summary.capped, summary.capped_until), (0, None), "it holds from the start on");
    bench.later(Duration::hours(7));
    let (foreseen, _) = bench.count(ada, renew(id, Duration::hours(8)));
    assert_eq!(foreseen.capped, 1);
    let summary = bench.done(ada, renew(id, Duration::hours(8)));
    let short = bench.session(ada).short_id;
    let until = "console sessions end after 12 h at the latest: until 24 Nov 2026 00:00 UTC";
    assert_eq!(summary.done(), format!("Renewed session {short} of ada; {until}"));
    let (_, token) = bench.token(HOUR);
    let both = Sessions::Renew { which: Selection::Ids(vec![id, token]), life: Duration::hours(8) };
    let said = bench.done(Caller::Owner, both).done();
    assert_eq!(said, format!("Renewed 2 sessions of ada; {until}"));
}

#[test]
fn a_label_goes_with_its_session_everywhere() {
    let mut bench = Bench::new();
    let label = SessionLabel::parse("TV, Wohnzimmer").ok();
    let issue = Sessions::Issue { who: who("ada"), life: HOUR, label };
    let Ok(Reply::Secret { summary, .. }) = bench.ask(Caller::Owner, issue.into()) else { panic!() };
    let id = summary.id.unwrap();
    bench.token(HOUR);
    let label = |bench: &Bench| bench.session(Caller::Operator(id)).label;
    assert_eq!(label(&bench).as_deref(), Some("TV, Wohnzimmer"));
    let found = |bench: &Bench, filter: &str| {
        let filter = Filter::parse(ListKind::Sessions, filter).unwrap();
        bench.read(|rows| rows.session_ids(bench.now, &filter))
    };
    assert_eq!(found(&bench, "label:wohnZIMMER"), [id]);
    assert_eq!(found(&bench, "label:kitchen"), [] as [i64; 0]);
    assert_eq!(found(&bench, "!label:tv"), [id + 1]);
    let entry = bench.read(|rows| rows.entry(summary.written.unwrap())).unwrap();
    assert_eq!(entry.after.text("label"), Some("TV, Wohnzimmer"));
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["ada"])));
    bench.done(Caller::Owner, Undo::Last);
    assert_eq!(label(&bench).as_deref(), Some("TV, Wohnzimmer"), "through the bin");
}

#[test]
fn an_account_has_no_more_tokens_than_the_settings_allow() {
    let mut bench = Bench::new();
    bench.service.sessions.max_tokens = AtMost::new(2).unwrap();
    bench.operator("ada");
    let (first, id) = bench.token(HOUR);
    let (second, _) = bench.token(HOUR * 2);
    let issue = || Sessions::Issue { who: who("ada"), life: HOUR, label: None };
    let failure = bench.refused(Caller::Owner, issue());
    let words = "ada has 2 tokens already, and may not have more.";
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Conflict, words));
    assert!(bench.is_good(&first) && bench.is_good(&second), "none of them ended");
    bench.done(Caller::Owner, Sessions::Revoke(Selection::one(id)));
    let (third, _) = bench.token(HOUR);
    assert_eq!(bench.kind(Caller::Owner, issue()), FailureKind::Conflict);
    // Whatever runs out makes room at once, and those that are there live on under a lower limit.
    bench.later(HOUR);
    bench.token(HOUR);
    bench.service.sessions.max_tokens = AtMost::new(1).unwrap();
    assert_eq!(bench.kind(Caller::Owner, issue()), FailureKind::Conflict);
    assert!(bench.is_good(&second) && !bench.is_good(&third));
}

#[test]
fn an_undone_deletion_brings_all_sessions_back_whatever_the_limits() {
    let mut bench = Bench::new();
    bench.account("root", AccessLevel::Admin, Status::Confirmed);
    let tokens = [bench.token(HOUR).0, bench.token(HOUR).0, bench.token(HOUR).0];
    let consoles = [bench.operator("ada"), bench.operator("ada")];
    let delete = || AccountAction::Delete.on(accounts_named(&["ada"]));
    bench.done(Caller::Owner, delete());
    bench.service.sessions.max_tokens = AtMost::new(1).unwrap();
    bench.service.sessions.max = AtMost::new(1).unwrap();
    bench.done(Caller::Owner, Undo::Last);
    assert!(tokens.iter().all(|token| bench.is_good(token)));
    assert!(consoles.iter().all(|console| bench.is_in(*console)));
    bench.done(Caller::Owner, delete());
    let which = InBin::Account(who("ada"));
    bench.done(Caller::Owner, Bin::Restore { which, to: None, with_sessions: true });
    assert!(tokens.iter().all(|token| bench.is_good(token)));
    let issue = Sessions::Issue { who: who("ada"), life: HOUR, label: None };
    assert_eq!(bench.kind(Caller::Owner, issue), FailureKind::Conflict);
}

#[test]
fn what_is_over_is_not_renewed() {
    let mut bench = Bench::new();
    let (_, over) = bench.token(HOUR);
    bench.later(HOUR);
    let (_, good) = bench.token(HOUR);
    let both = Sessions::Renew { which: Selection::Ids(vec![good, over]), life: Duration::hours(2) };
    assert_eq!(bench.kind(Caller::Owner, both), FailureKind::Conflict);
    assert_eq!(bench.session(Caller::Operator(good)).expiration, Some(bench.now + HOUR));
}

#[test]
fn revoking_counts_what_was_good() {
    let mut bench = Bench::new();
    let (_, first) = bench.token(HOUR);
    let (_, second) = bench.token(HOUR);
    let summary = bench.done(Caller::Owner, Sessions::Revoke(Selection::one(first)));
    assert_eq!((summary.sessions, summary.unchanged, summary.id), (1, 0, Some(first)));
    assert_eq!(summary.label, Some(bench.session(Caller::Operator(first)).short_id));
    let summary = bench.done(Caller::Owner, Sessions::Revoke(Selection::Ids(vec![first, second, second])));
    assert_eq!((summary.sessions, summary.unchanged, summary.label), (1, 1, None));
}

#[test]
fn one_missing_session_stops_the_whole_act() {
    let mut bench = Bench::new();
    let (token, id) = bench.token(HOUR);
    let failure = bench.refused(Caller::Owner, Sessions::Revoke(Selection::Ids(vec![id, 99])));
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::NotFound, "There is no session 99."));
    assert!(bench.is_good(&token));
}

#[test]
fn what_a_filter_shows_is_revoked() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    let (token, _) = bench.token(HOUR);
    let filter = Filter::parse(ListKind::Sessions, "user:bob").unwrap();
    bench.done(Caller::Owner, Sessions::Revoke(Selection::Shown { filter, except: Vec::new() }));
    assert!(!bench.is_in(bob));
    assert!(bench.is_good(&token));
}

#[test]
fn a_sweep_marks_all_whose_time_is_over() {
    let mut bench = Bench::new();
    bench.overdue(450);
    let (token, _) = bench.token(HOUR);
    let (rehearsed, _) = bench.count(Caller::Owner, Sessions::Sweep);
    assert_eq!(rehearsed.sessions, 450);
    assert_eq!(bench.done_unwritten(Caller::Owner, Sessions::Sweep), rehearsed);
    assert_eq!(bench.session(Caller::Operator(1)).row_status, RowStatus::Expired);
    assert_eq!(bench.done(Caller::Owner, Sessions::Sweep).sessions, 0);
    assert!(bench.is_good(&token));
}

#[test]
fn a_sweep_can_be_stopped_between_steps() {
    let mut bench = Bench::new();
    bench.overdue(450);
    let mut stop = |_| ControlFlow::Break(());
    let context = bench.context(Caller::Owner, &mut stop);
    let failure = perform(&mut bench.service, context, Sessions::Sweep.into()).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Stopped);
    assert_eq!(failure.message, "Stopped; 100 of 450 sessions are swept.");
    assert_eq!(bench.done(Caller::Owner, Sessions::Sweep).sessions, 350);
}
