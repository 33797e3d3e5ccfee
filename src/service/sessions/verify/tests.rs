use proptest::prelude::*;

use crate::auth::token;
use crate::domain::filter::Filter;
use crate::domain::journal::{Entry, Outcome};
use crate::domain::page::Selection;
use crate::domain::session::{EndReason, RowStatus};
use crate::domain::time::{Duration, to_stored};
use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::{
    AccountAction, AccountSelection, Bin, Caller, FailureKind, InBin, Journal, Reply, Request, Sessions, Undo,
};
use crate::service::testing::{ALL, Bench, accounts_named, in_order, secret, who};

const OWNER: Caller = Caller::Owner;
const MINUTE: Duration = Duration::minutes(1);
const SECOND: Duration = Duration::seconds(1);

impl Bench {
    fn issue(&mut self, name: &str, life: Duration) -> (String, i64) {
        match self.ask(OWNER, Sessions::Issue { who: who(name), life, label: None }.into()).unwrap() {
            Reply::Secret { summary, secret, .. } => (secret.expose().to_owned(), summary.id.unwrap()),
            other => panic!("{other:?}"),
        }
    }

    /// Verifies a token. Returns the reason why it is not good, if it is not.
    fn verdict(&mut self, token: &str) -> Option<String> {
        match self.ask(OWNER, Sessions::Verify(secret(token)).into()) {
            Ok(Reply::Verified(..)) => None,
            Err(failure) if failure.kind == FailureKind::Refused => Some(failure.message),
            other => panic!("{other:?}"),
        }
    }

    /// Returns the journal's entries about the use of tokens, oldest first.
    fn uses(&mut self) -> Vec<Entry> {
        let filter = Filter::parse(crate::domain::filter::ListKind::Journal, "verb:use-token").unwrap();
        match self.ask(OWNER, Request::Journal(Journal::List { filter, sort: in_order(), span: ALL })) {
            Ok(Reply::Entries(window)) => window.rows,
            other => panic!("{other:?}"),
        }
    }

    /// Returns all that a use of a token can write.
    fn written(&self) -> String {
        self.dump() + &self.dump_of(&["nexus_session_ends", "nexus_journal"])
    }
}

#[test]
fn the_use_of_a_good_token_is_noted_once_a_minute() {
    let mut bench = Bench::new();
    let (token, id) = bench.issue("ada", Duration::hours(1));
    let seen = |bench: &Bench| bench.session(Caller::Operator(id)).last_seen.unwrap();
    let start = bench.now;
    bench.later(MINUTE - SECOND);
    let before = bench.written();
    for _ in 0..3 {
        assert_eq!(bench.verdict(&token), None);
    }
    assert_eq!(bench.written(), before, "its issue is less than a minute ago");
    bench.later(SECOND);
    assert_eq!((bench.verdict(&token), seen(&bench)), (None, start + MINUTE));
    bench.later(MINUTE - SECOND);
    assert_eq!((bench.verdict(&token), seen(&bench)), (None, start + MINUTE));
    bench.later(SECOND);
    assert_eq!((bench.verdict(&token), seen(&bench)), (None, start + MINUTE * 2));
    assert_eq!(bench.uses().len(), 0, "a good token leaves no entry");
}

#[test]
fn the_use_of_a_token_that_is_over_is_an_entry_once_a_minute() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let (revoked, id) = bench.issue("ada", Duration::hours(1));
    let (other, _) = bench.issue("ada", Duration::minutes(10));
    let (suspended, _) = bench.issue("bob", Duration::hours(1));
    bench.done(OWNER, Sessions::Revoke(Selection::one(id)));
    bench.done(OWNER, AccountAction::Suspend.on(accounts_named(&["bob"])));
    bench.later(Duration::minutes(10));
    for token in [&revoked, &other, &suspended] {
        for _ in 0..3 {
            assert!(bench.verdict(token).is_some());
        }
    }
    let uses = bench.uses();
    let labels: Vec<_> = uses.iter().map(|entry| entry.object.label.clone()).collect();
    assert_eq!((uses.len(), labels[2].starts_with("bob ")), (3, true), "{labels:?}");
    assert!(uses.iter().all(|entry| entry.outcome == Outcome::Refused && entry.object.id.is_some()));
    assert!(uses[0].after.text("refused").unwrap().starts_with("revoked by root"), "{:?}", uses[0]);
    assert!(uses[1].after.text("refused").unwrap().starts_with("expired"), "{:?}", uses[1]);
    let marked = bench.session(Caller::Operator(id + 1));
    assert_eq!((marked.row_status, marked.end.unwrap().reason), (RowStatus::Expired, EndReason::TimeOver));
    bench.later(MINUTE + SECOND);
    assert!(bench.verdict(&revoked).is_some());
    assert_eq!(bench.uses().len(), 4);
    assert!(!bench.written().contains(&revoked), "no entry holds a token");
}

#[test]
fn a_token_that_differs_in_one_bit_is_unknown_and_leaves_nothing() {
    let mut bench = Bench::new();
    let (token, id) = bench.issue("ada", Duration::hours(1));
    bench.later(MINUTE * 2);
    let before = bench.written();
    for at in 0..token.len() {
        for bit in 0..7 {
            let mut bytes = token.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let Ok(altered) = String::from_utf8(bytes) else { continue };
            if altered.chars().any(char::is_control) {
                continue;
            }
            assert_eq!(bench.verdict(&altered).as_deref(), Some("Invalid token: it is unknown."));
        }
    }
    assert_eq!(bench.written(), before);
    bench.done(OWNER, Sessions::Revoke(Selection::one(id)));
    assert!(bench.verdict(&token).is_some_and(|why| why.contains("revoked")));
}

#[test]
fn a_token_comes_back_with_the_undo_of_the_deletion_but_not_from_the_bin() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let (token, id) = bench.issue("bob", Duration::hours(10));
    let (short, _) = bench.issue("bob", Duration::hours(1));
    let delete = || AccountAction::Delete.on(AccountSelection::Named(vec![who("bob")]));
    let restore = |with_sessions| Bin::Restore { which: InBin::Account(who("bob")), to: None, with_sessions };

    bench.done(OWNER, delete());
    assert!(bench.verdict(&token).is_some_and(|why| why.contains("deleted by root")));
    assert_eq!(bench.uses().len(), 1);
    bench.done(OWNER, Undo::Last);
    assert_eq!((bench.verdict(&token), bench.verdict(&short)), (None, None));

    bench.done(OWNER, delete());
    assert_eq!(bench.done(OWNER, restore(true)).lost, 0);
    assert_eq!(bench.verdict(&token), None);

    bench.later(Duration::hours(2));
    let deleted_at = bench.now;
    bench.done(OWNER, delete());
    bench.later(Duration::hours(3));
    let (foreseen, _) = bench.count(OWNER, restore(false));
    let summary = bench.done(OWNER, restore(false));
    assert_eq!((summary.sessions, summary.lost, foreseen.lost), (2, 1, 1));
    let words = "Restored bob with 2 sessions; 1 session that the deletion ended stays ended: only --with-sessions \
                 brings it back";
    assert_eq!(summary.done(), words);
    let why = bench.verdict(&token).unwrap();
    assert!(why.starts_with("Invalid token: account deleted by root, "), "{why}");
    let ended = |bench: &Bench, id| bench.session(Caller::Operator(id)).end.unwrap();
    assert_eq!((ended(&bench, id).at, ended(&bench, id).reason), (deleted_at, EndReason::AccountDeleted));
    assert_eq!(ended(&bench, id + 1).reason, EndReason::TimeOver, "its time was over before");
    assert_eq!(bench.read(|rows| rows.active_sessions(bench.now, crate::domain::user::UserId(2))), 0);
    let newest = bench.dump_columns("de_torres_vincent_users", "id = 2 AND session_token IS NULL");
    assert!(newest.contains('1'), "{newest}");
    let (again, _) = bench.issue("bob", Duration::hours(1));
    assert_eq!(bench.verdict(&again), None);
}

/// The page of the manual for programs that check tokens by SQL.
const SERVICES: &str = include_str!("../../../../assets/manual/services.md");

/// Returns the query that the page shows, with `?1` for the digest.
fn query() -> &'static str {
    let (_, rest) = SERVICES.split_once("```sql\n").unwrap();
    rest.split_once("```").unwrap().0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// The view asks SQLite for the time, so that the rows are set around the real one, and none within some seconds of it.
    #[test]
    fn the_query_of_the_manual_says_what_verify_says(
        rows in prop::collection::vec((1..5_i64, any::<bool>(), -100_000_i64..100_000, 0..5_u8), 1..40),
    ) {
        let mut bench = Bench::new();
        for (name, status) in [("bob", Status::Confirmed), ("pia", Status::Pending), ("sue", Status::Suspended)] {
            bench.account(name, AccessLevel::User, status);
        }
        let file = bench.folder().join("nexus.db");
        let other = rusqlite::Connection::open(file).unwrap();
        let clock: String = other.query_row("SELECT datetime('now')", [], |row| row.get(0)).unwrap();
        bench.now = crate::domain::time::from_stored(&clock).unwrap();
        let mut tokens = Vec::new();
        for (at, (account, active, seconds, form)) in rows.into_iter().enumerate() {
            let seconds = if seconds.abs() < 60 { 60 } else { seconds };
            let text = to_stored(bench.now + Duration::seconds(seconds));
            let expiration = match form {
                0 => text,
                1 => text.replace(' ', "T") + "Z",
                2 => text.replace(' ', "T") + ".250Z",
                3 => text[..10].to_owned(),
                _ => "never".to_owned(),
            };
            let token = format!("nxs_{at}");
            let status = if active { "active" } else { "expired" };
            other.execute(
                "INSERT INTO de_torres_vincent_session_tokens (user_id, session_token, expiration, status) VALUES (?, ?, ?, ?)",
                rusqlite::params![account, token::digest(&token), expiration, status],
            ).unwrap();
            tokens.push(token);
        }
        for token in tokens {
            let digest = token::digest(&token);
            let found: Option<i64> = rusqlite::OptionalExtension::optional(
                other.query_row(query(), [&digest], |row| row.get("user_id")),
            ).unwrap();
            let verified = bench.verdict(&token).is_none();
            prop_assert_eq!(found.is_some(), verified, "{}", token);
        }
    }
}
