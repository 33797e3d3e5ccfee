use crate::auth::password::UNUSABLE;
use crate::domain::page::Selection;
use crate::domain::session::{DEFAULT_LIFE, RowStatus};
use crate::domain::session_settings::{AtCap, AtMost, SessionSettings};
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Field, Fields, Status};
use crate::store::NewUser;

use super::super::contract::{
    AccountAction, AccountChange, Accounts, Action, Admins, Caller, FailureKind, Operator, Reply, Request,
    Sessions, SignIn, WhyChoose,
};
use super::super::testing::{Bench, OTHER, PASSWORD, accounts_named, fields, secret, who};

mod codes;
mod second_step;
mod set_up;

/// The bcrypt hash, cost 4, of `short`.
const SHORT: &str = "$2y$04$WdQVkHKlwRrwAQqYcO7u2.fE4Jo0mPe1sVENqjagmGGpFLyBSKMqa";
/// The bcrypt hash, cost 4, of [`PASSWORD`].
const LEGACY: &str = "$2y$04$4l.4Jv8E23x9/dG1ZypXDeT/PfEjiwtiSRYmV6j7UGH7G0wc/xJNm";

const HOUR: Duration = Duration::hours(1);

const WRONG: &str = "Wrong username or password.";

fn set_up(name: &str) -> SignIn {
    SignIn::SetUp { fields: fields(name), password: secret(PASSWORD) }
}

fn signed_in(reply: Reply) -> Operator {
    match reply {
        Reply::SignedIn(operator) => operator,
        other => panic!("{other:?}"),
    }
}

fn choose(name: &str, proof: &str, password: &str) -> Request {
    SignIn::Choose { name: name.into(), proof: secret(proof), password: secret(password) }.into()
}

impl Bench {
    fn code(&mut self, name: &str) -> String {
        let make = AccountChange::MakeCode { life: Duration::hours(1) }.of(who(name));
        match self.ask(Caller::Owner, make.into()).unwrap() {
            Reply::Secret { secret, .. } => secret.expose().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn stored_hash(&self, name: &str) -> String {
        self.read(|rows| rows.credentials(self.now, &who(name))).unwrap().password_hash
    }

    fn words(&mut self, name: &str, typed: &str) -> String {
        let failure = self.log_in(name, typed).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused);
        failure.message
    }
}

#[test]
fn before_anybody_is_in_only_the_house_is_shown() {
    let mut bench = Bench::empty();
    let Ok(Reply::StoreStatus(status)) = bench.ask(Caller::Nobody, SignIn::Look.into()) else { panic!() };
    assert!(status.admins == Admins::Never && status.store.ends_with("nexus.db"));
    bench.account("ada", AccessLevel::Admin, Status::Confirmed);
    let Ok(Reply::StoreStatus(status)) = bench.ask(Caller::Nobody, SignIn::Look.into()) else { panic!() };
    assert_eq!(status.admins, Admins::Usable);
}

#[test]
fn both_names_open_the_door_and_the_session_says_where_from() {
    let mut bench = Bench::new();
    for name in ["ada", "ADA", "Ada@Nexus.example"] {
        signed_in(bench.log_in(name, PASSWORD).unwrap());
    }
    let caller = bench.operator("ada");
    let session = bench.session(caller);
    assert_eq!((session.origin_detail.as_str(), session.last_seen), ("pts/3", Some(bench.now)));
    assert_eq!(session.expiration, Some(bench.now + DEFAULT_LIFE));
}

#[test]
fn every_log_in_does_the_same_work_and_every_failure_gets_the_same_words() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    bench.account("sue", AccessLevel::User, Status::Suspended);
    for (name, hash) in [
        ("ulf", UNUSABLE),
        ("dan", "$argon2id$v=19$m=8,t=4294967295,p=1$AA$AA"),
        ("leo", LEGACY),
        ("liz", &LEGACY.replace("$04$", "$06$")),
        (
            "max",
            "$argon2id$v=19$m=16,t=2,p=1$TkVYVVMtc2FsdC0xNmJ5dA$EbEHmqLCpPAO/kqdKo4+zYnPWzZ0sw/OKb9PavzrQIc",
        ),
    ] {
        let id = bench.account(name, AccessLevel::User, Status::Confirmed);
        bench.store_hash(id, hash);
    }
    bench.code("sue");
    let names = [
        "ada",
        "nobody",
        "pia",
        "sue",
        "ulf",
        "dan",
        "leo",
        "liz",
        "max",
        "",
        "no such@name",
        "1",
        "99",
        "bob ",
    ];
    let work = |bench: &mut Bench, name: &str, typed: &str| {
        let (runs, rounds) = bench.service.hasher.worked();
        let (before, rounds) = (runs.len(), rounds);
        let answer = bench.log_in(name, typed);
        let (all, all_rounds) = bench.service.hasher.worked();
        (answer, all[before..].to_vec(), all_rounds - rounds)
    };
    for (typed, hashes) in [("not the password", 2), ("ABCD-0123", 3)] {
        let (_, runs, rounds) = work(&mut bench, "ada", typed);
        assert_eq!((runs.len(), rounds), (hashes, 1 << 6));
        for name in names {
            let (answer, same, same_rounds) = work(&mut bench, name, typed);
            assert_eq!(answer.unwrap_err().message, WRONG, "{name}");
            assert_eq!((&same, same_rounds), (&runs, rounds), "{name} {typed}");
        }
    }
    let (_, runs, rounds) = work(&mut bench, "nobody", PASSWORD);
    for name in ["ada", "pia", "leo"] {
        let (answer, same, same_rounds) = work(&mut bench, name, PASSWORD);
        assert_eq!(answer.is_ok(), name != "pia", "{name}");
        assert_eq!((&same, same_rounds), (&runs, rounds), "{name}");
    }
}

#[test]
fn a_failed_log_in_writes_one_entry_in_one_transaction_even_where_it_costs_a_try() {
    let mut bench = Bench::new();
    bench.code("ada");
    let last = |bench: &Bench| bench.read(|rows| rows.journal_head()).seq;
    for (name, typed) in [("ada", "0000-0000"), ("ada", "not the password"), ("nobody", "0000-0000")] {
        let (before, version) = (last(&bench), bench.service.store.change_counter().unwrap());
        bench.words(name, typed);
        assert_eq!(last(&bench), before + 1, "{name} {typed}");
        assert_eq!(bench.service.store.change_counter().unwrap(), version, "no other connection writes");
    }
    let Ok(Reply::Codes(codes)) = bench.ask(Caller::Owner, Accounts::ListCodes.into()) else { panic!() };
    assert_eq!(codes[0].terms.tries_left, 4);
}

#[test]
fn log_ins_find_accounts_by_the_rule_that_holds_everywhere() {
    let mut bench = Bench::new();
    let accounts = [
        ("12345", "digits@x"),
        ("müller", "m@x"),
        ("two words", "t@x"),
        ("pat@x", "other@x"),
        ("pat", "PAT@x"),
        ("bob ", "b@x"),
    ];
    for (username, email) in accounts {
        let id = bench.account(&email.replace('@', "."), AccessLevel::User, Status::Confirmed);
        // As another program may have written it.
        bench.spoil(&format!(
            "UPDATE de_torres_vincent_users SET username = '{username}', email = '{email}' WHERE id = {id}"
        ));
    }
    for (name, label) in [
        ("2", "12345"),
        ("DIGITS@x", "12345"),
        ("MÜLLER", "müller"),
        ("mu\u{308}ller", "müller"),
        ("Two Words", "two words"),
        ("pat@x", "pat"),
        ("other@x", "pat@x"),
        ("pat", "pat"),
        ("bob ", "bob "),
        (" pat ", "pat"),
    ] {
        assert_eq!(signed_in(bench.log_in(name, PASSWORD).unwrap()).label, label, "{name}");
    }
    for name in ["12345", "bob", "bob  ", "muller", ""] {
        assert_eq!(bench.words(name, PASSWORD), WRONG, "{name}");
    }
}

#[test]
fn only_the_right_password_tells_where_the_account_stands() {
    let mut bench = Bench::new();
    bench.account("pia", AccessLevel::User, Status::Pending);
    bench.account("sue", AccessLevel::User, Status::Suspended);
    assert_eq!(bench.words("pia", PASSWORD), "This account is waiting for confirmation.");
    assert_eq!(bench.words("sue", PASSWORD), "This account is suspended.");
    assert_eq!(bench.words("sue", OTHER), WRONG);
}

#[test]
fn a_legacy_hash_is_replaced_at_the_first_log_in() {
    let mut bench = Bench::new();
    let id = bench.user("ada").id;
    bench.store_hash(id, LEGACY);
    assert_eq!(bench.words("ada", "not the password"), WRONG);
    assert_eq!(bench.stored_hash("ada"), LEGACY);
    signed_in(bench.log_in("ada", PASSWORD).unwrap());
    assert!(bench.stored_hash("ada").starts_with("$argon2id$"));
    signed_in(bench.log_in("ada", PASSWORD).unwrap());
}

#[test]
fn a_short_legacy_password_must_be_replaced() {
    let mut bench = Bench::new();
    let id = bench.user("ada").id;
    bench.store_hash(id, SHORT);
    assert_eq!(bench.log_in("ada", "short"), Ok(Reply::ChoosePassword(WhyChoose::BreaksPolicy)));
    assert_eq!(bench.stored_hash("ada"), SHORT);
    signed_in(bench.ask(Caller::Nobody, choose("ada", "short", OTHER)).unwrap());
}

#[test]
fn the_sixth_console_session_ends_the_oldest() {
    let mut bench = Bench::new();
    let callers: Vec<_> = (0..6).map(|_| bench.operator("ada")).collect();
    let good: Vec<_> = callers.iter().map(|caller| bench.is_in(*caller)).collect();
    assert_eq!(good, [false, true, true, true, true, true]);
    assert_eq!(
        bench.refused(callers[0], SignIn::StillIn).message,
        "You were logged out: ended for a newer console by ada."
    );
    assert_eq!(signed_in(bench.log_in("ada", PASSWORD).unwrap()).ended_consoles, 1);
    assert_eq!(signed_in(bench.log_in("ada", PASSWORD).unwrap()).ended_consoles, 1);
}

#[test]
fn only_active_consoles_count_and_the_cap_can_refuse() {
    let mut bench = Bench::new();
    bench.service.sessions =
        SessionSettings { max: AtMost::new(2).unwrap(), at_cap: AtCap::Refuse, ..SessionSettings::default() };
    let first = bench.operator("ada");
    bench.later(HOUR);
    let second = bench.operator("ada");
    let failure = bench.log_in("ada", PASSWORD).unwrap_err();
    let words = "You have 2 console sessions already, and may not have more.";
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Refused, words));
    assert_eq!(bench.log_in("ada", OTHER).unwrap_err().message, WRONG, "nothing is told before the proof");
    assert!(bench.is_in(first) && bench.is_in(second), "nothing ended");
    // The first one runs out, though no row says so yet.
    bench.later(DEFAULT_LIFE - HOUR);
    signed_in(bench.log_in("ada", PASSWORD).unwrap());
    bench.log_in("ada", PASSWORD).unwrap_err();
    bench.done(Caller::Owner, Sessions::Revoke(Selection::one(bench.session(second).id)));
    signed_in(bench.log_in("ada", PASSWORD).unwrap());
}

#[test]
fn sessions_of_dead_processes_end_at_the_next_log_in() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.service.host.process = "gone 8".into();
    let dead = bench.operator("bob");
    bench.service.host.process = "boot 1 9".into();
    bench.operator("ada");
    assert_eq!(bench.session(dead).row_status, RowStatus::Expired);
}

#[test]
fn the_lock_opens_for_the_operators_own_password_only() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    bench.later(Duration::minutes(20));
    let failure = bench.refused(ada, SignIn::Unlock(secret(OTHER)));
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Refused, "Wrong password."));
    let operator = signed_in(bench.ask(ada, SignIn::Unlock(secret(PASSWORD)).into()).unwrap());
    assert_eq!(operator.caller(), ada);
    assert_eq!(bench.session(ada).last_seen, Some(bench.now));
}

#[test]
fn a_session_that_is_over_unlocks_nothing() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    bench.later(DEFAULT_LIFE);
    assert_eq!(bench.kind(ada, SignIn::Unlock(secret(PASSWORD))), FailureKind::SignedOut);
    assert_eq!(bench.kind(ada, SignIn::StillIn), FailureKind::SignedOut);
}

#[test]
fn still_in_tells_the_level_of_now() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let bob = bench.operator("bob");
    bench.done(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["bob"])));
    assert_eq!(
        bench.refused(bob, SignIn::StillIn).message,
        "You were logged out: account suspended by root."
    );
}

#[test]
fn whoever_logs_out_is_out_and_may_do_it_twice() {
    let mut bench = Bench::new();
    let ada = bench.operator("ada");
    for _ in 0..2 {
        assert_eq!(bench.ask(ada, SignIn::LogOut.into()), Ok(Reply::SignedOut));
    }
    assert!(!bench.is_in(ada));
    assert_eq!(bench.ask(Caller::Operator(999), SignIn::LogOut.into()), Ok(Reply::SignedOut));
}

#[test]
fn what_changes_during_the_hash_decides() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let (now, bob) = (bench.now, bench.user("bob").id);
    for (words, request) in [
        (WRONG, SignIn::LogIn { name: "bob".into(), secret: secret(PASSWORD), code: None }.into()),
        (WRONG, choose("bob", PASSWORD, OTHER)),
    ] {
        let hash = bench.stored_hash("bob");
        bench.meddle(move |rows| rows.set_password(now, bob, "another hash", false).unwrap());
        assert_eq!(bench.ask(Caller::Nobody, request).unwrap_err().message, words);
        bench.store_hash(bob, &hash);
    }
    let suspended = Fields { status: Some(Status::Suspended), ..Fields::default() };
    bench.meddle(move |rows| rows.update_user(now, bob, &suspended).unwrap());
    assert_eq!(bench.words("bob", PASSWORD), "This account is suspended.");
    assert_eq!(bench.user("bob").active_sessions, 0);
}
