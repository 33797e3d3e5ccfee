use std::sync::{Arc, Barrier};

use crate::domain::clock::BootTime;
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::Entry;
use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::{
    AccountAction, AccountChange, Accounts, Caller, Journal, Reply, Request, SignIn, Undo,
};
use crate::service::testing::{ALL, Bench, OTHER, PASSWORD, accounts_named, secret, who};

use super::*;

const WRONG: &str = "Wrong username or password.";

fn log_in(name: &str, typed: &str) -> Request {
    SignIn::LogIn { name: name.into(), secret: secret(typed), code: None }.into()
}

impl Bench {
    /// Tries to log in. Returns the words of the failure and the wait, in milliseconds; nothing for a success.
    fn tries(&mut self, name: &str, typed: &str) -> Option<(String, i64)> {
        self.fails(Caller::Nobody, log_in(name, typed))
    }

    fn fails(&mut self, caller: Caller, request: Request) -> Option<(String, i64)> {
        let failure = self.ask(caller, request).err()?;
        let wait = failure.next_try.map_or(0, |next| next.wait.num_milliseconds());
        Some((failure.message, wait))
    }

    /// Advances both clocks.
    fn millis_pass(&mut self, millis: i64) {
        self.later(Duration::milliseconds(millis));
        let boot = self.boot.take();
        self.boot = boot.map(|boot| BootTime::of_millis(boot.id.clone(), boot.in_millis() + millis));
    }

    fn from(&mut self, origin: &str) -> &mut Self {
        self.service.host.origin = origin.into();
        self
    }

    fn hashed(&self) -> usize {
        self.service.hasher.worked().0.len()
    }

    fn found(&mut self, filter: &str) -> Vec<Entry> {
        let filter = Filter::parse(ListKind::Journal, filter).unwrap();
        let list = Journal::List { filter, sort: crate::service::testing::in_order(), span: ALL };
        match self.ask(Caller::Owner, Request::Journal(list)).unwrap() {
            Reply::Entries(window) => window.rows,
            other => panic!("{other:?}"),
        }
    }

    fn failures(&mut self, name: &str) -> Option<FailedLogIns> {
        match self.ask(Caller::Nobody, log_in(name, PASSWORD)).unwrap() {
            Reply::SignedIn(operator) => operator.failed,
            other => panic!("{other:?}"),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a try that succeeds tells nothing")]
fn wrong(wait: i64) -> Option<(String, i64)> {
    Some((WRONG.into(), wait))
}

#[expect(clippy::unnecessary_wraps, reason = "a try that succeeds tells nothing")]
fn too_soon(seconds: i64, wait: i64) -> Option<(String, i64)> {
    Some((format!("Next try in {seconds} s."), wait))
}

fn booted() -> Bench {
    let mut bench = Bench::new();
    bench.is_throttled = true;
    bench.boot = Some(BootTime::of_millis("b1".into(), 600_000));
    bench
}

#[test]
fn waits_grow_and_end_with_the_right_password() {
    let mut bench = booted();
    for (failure, wait) in (1..=10).zip([1, 1, 3, 3, 3, 3, 3, 3, 5, 5]) {
        assert_eq!(bench.tries("ada", OTHER), wrong(wait * 1_000), "{failure}");
        bench.millis_pass(wait * 1_000);
    }
    assert_eq!(bench.tries("ada", PASSWORD), None);
    assert_eq!(bench.tries("ada", OTHER), wrong(1_000));
}

#[test]
fn during_a_wait_nothing_is_hashed_or_counted_whoever_the_name_is() {
    let mut bench = booted();
    for name in ["ada", "nobody", "nobody@nexus.example", "99"] {
        assert_eq!(bench.tries(name, OTHER), wrong(1_000), "{name}");
        let before = bench.hashed();
        bench.millis_pass(400);
        for typed in [PASSWORD, OTHER, "ABCD-EFGH"] {
            assert_eq!(bench.tries(name, typed), too_soon(1, 600), "{name}");
        }
        assert_eq!(bench.hashed(), before);
        bench.millis_pass(600);
        assert_eq!(bench.tries(name, OTHER), wrong(1_000), "{name}");
        bench.millis_pass(1_000);
    }
    // Refusals of that kind are no failures.
    assert_eq!(bench.found("verb:log-in result:refused").len(), 8);
}

#[test]
fn only_the_origin_that_failed_waits_and_only_for_that_name() {
    let mut bench = booted();
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    bench.from("eve").tries("ada", OTHER);
    assert_eq!(bench.tries("eve", PASSWORD), None);
    assert_eq!(bench.from("root").tries("ada", PASSWORD), None);
    assert_eq!(bench.from("eve at 10.0.4.7").tries("ada", PASSWORD), None);
    assert_eq!(bench.from("eve").tries(" ADA ", PASSWORD), too_soon(1, 1_000));
    // Somebody else's success does not end it.
    bench.millis_pass(1_000);
    assert_eq!(bench.from("eve").tries("ada", OTHER), wrong(1_000));
    bench.millis_pass(1_000);
    assert_eq!(bench.from("eve").tries("ada", OTHER), wrong(3_000));
}

#[test]
fn another_name_of_the_account_brings_no_further_try_and_tells_nothing() {
    let mut bench = booted();
    assert_eq!(bench.tries("ada", OTHER), wrong(1_000));
    let before = bench.hashed();
    // It looks like a first try at an unknown name, though the password is right.
    assert_eq!(bench.tries("ada@nexus.example", PASSWORD), wrong(1_000));
    assert_eq!(bench.tries("1", PASSWORD), wrong(1_000));
    assert_eq!(bench.hashed() - before, 2, "the same work as ever");
    bench.millis_pass(1_000);
    assert_eq!(bench.tries("ada@nexus.example", PASSWORD), None);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "threads stand for the processes")]
fn all_processes_share_the_count_and_fifty_at_once_get_one_try() {
    let bench = booted();
    let start = Arc::new(Barrier::new(50));
    let threads: Vec<_> = (0..50)
        .map(|_| {
            let (mut second, start) = (bench.second(), Arc::clone(&start));
            second.boot = bench.boot.clone();
            second.is_throttled = true;
            std::thread::spawn(move || {
                start.wait();
                let before = second.hashed();
                let words = second.tries("ada", OTHER).unwrap().0;
                (words, second.hashed() - before)
            })
        })
        .collect();
    let results: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(results.iter().filter(|(words, _)| words == WRONG).count(), 1);
    assert_eq!(results.iter().filter(|(_, hashed)| *hashed > 0).count(), 1);
    let tries = bench.read(|rows| rows.failed_tries(TryTarget::Account(UserId(1)), "root")).unwrap();
    assert_eq!(tries.count, 1);
}

#[test]
fn a_clock_that_is_set_opens_no_wait_and_lengthens_none() {
    for days in [-1, 3_650] {
        let mut bench = booted();
        bench.tries("ada", OTHER);
        bench.later(Duration::days(days));
        assert_eq!(bench.tries("ada", PASSWORD), too_soon(1, 1_000), "{days}");
        bench.millis_pass(1_000);
        assert_eq!(bench.tries("ada", PASSWORD), None, "{days}");
    }
    // In another boot, before the time of the failure.
    let mut bench = booted();
    bench.tries("ada", OTHER);
    bench.boot = Some(BootTime::of_millis("b2".into(), 5_000));
    bench.later(Duration::days(-30));
    assert_eq!(bench.tries("ada", PASSWORD), too_soon(1, 1_000));
    bench.millis_pass(1_000);
    assert_eq!(bench.tries("ada", PASSWORD), None);
}

#[test]
fn a_read_only_store_is_counted_in_the_process() {
    let mut bench = booted();
    bench.read_only();
    assert_eq!(bench.tries("ada", OTHER), wrong(1_000));
    assert_eq!(bench.tries("ada", PASSWORD), too_soon(1, 1_000));
    assert_eq!(bench.tries("nobody", OTHER), wrong(1_000));
    assert_eq!(bench.tries("nobody", OTHER), too_soon(1, 1_000));
    bench.millis_pass(1_000);
    assert_eq!(bench.tries("ada", PASSWORD), None);
    assert_eq!(bench.tries("ada", OTHER), wrong(1_000));
}

#[test]
fn the_lock_screen_and_the_own_password_count_too() {
    let mut bench = booted();
    let ada = bench.operator("ada");
    let unlock = |typed: &str| Request::from(SignIn::Unlock(secret(typed)));
    assert_eq!(bench.fails(ada, unlock(OTHER)), Some(("Wrong password.".into(), 1_000)));
    assert_eq!(bench.fails(ada, unlock(PASSWORD)), too_soon(1, 1_000));
    bench.millis_pass(1_000);
    let change = |current: &str| -> Request {
        Accounts::ChangeOwnPassword {
            current: secret(current),
            password: secret("eight silver lanterns hum"),
        }
        .into()
    };
    let (words, wait) = bench.fails(ada, change(OTHER)).unwrap();
    assert_eq!((words.as_str(), wait), ("The current password is wrong.", 1_000));
    bench.millis_pass(1_000);
    // A new password that breaks the policy is no guess at the current one.
    let bad = Accounts::ChangeOwnPassword { current: secret(PASSWORD), password: secret("passwordpassword") };
    for _ in 0..3 {
        assert!(bench.fails(ada, bad.clone().into()).unwrap().0.contains("repeats"));
    }
    assert_eq!(bench.fails(ada, change(PASSWORD)), None);
    assert_eq!(bench.fails(ada, unlock("eight silver lanterns hum")), None);
}

#[test]
fn an_access_code_counts_and_the_choice_after_a_right_one_does_not() {
    let mut bench = booted();
    bench.account("eve", AccessLevel::User, Status::Pending);
    let make = AccountChange::MakeCode { life: Duration::hours(1) }.of(who("eve"));
    let Reply::Secret { secret: code, .. } = bench.ask(Caller::Owner, make.into()).unwrap() else { panic!() };
    assert_eq!(bench.tries("eve", "ABCD-EFGH"), wrong(1_000));
    assert_eq!(bench.tries("eve", code.expose()), too_soon(1, 1_000));
    bench.millis_pass(1_000);
    assert!(matches!(bench.ask(Caller::Nobody, log_in("eve", code.expose())), Ok(Reply::ChoosePassword(_))));
    let choose = |password: &str| -> Request {
        SignIn::Choose { name: "eve".into(), proof: code.clone(), password: secret(password) }.into()
    };
    for _ in 0..3 {
        assert!(bench.fails(Caller::Nobody, choose("passwordpassword")).unwrap().0.contains("repeats"));
    }
    let Reply::SignedIn(eve) = bench.ask(Caller::Nobody, choose(OTHER)).unwrap() else { panic!() };
    assert_eq!(eve.failed.unwrap().count, 1);
}

#[test]
fn failures_are_told_at_the_next_log_in_and_once() {
    let mut bench = booted();
    assert_eq!(bench.failures("ada"), None);
    for (origin, failures) in [("root", 2), ("eve at 10.0.4.7", 5)] {
        for _ in 0..failures {
            assert!(bench.from(origin).tries("ada", OTHER).unwrap().0 == WRONG);
            bench.millis_pass(5_000);
        }
    }
    let last_at = bench.now - Duration::seconds(5);
    let told = bench.from("root").failures("ada").unwrap();
    let expected = FailedLogIns { count: 7, last_at, last_from: "eve at 10.0.4.7".into(), other_origins: 1 };
    assert_eq!(told, expected);
    assert_eq!(
        told.sentence("5 min ago"),
        "7 failures since your last log-in, the last one 5 min ago by eve at 10.0.4.7 and 1 other origin"
    );
    assert_eq!(bench.failures("ada"), None);
    // The other origin is not let off.
    assert_eq!(bench.from("eve at 10.0.4.7").tries("ada", OTHER), wrong(3_000));
}

#[test]
fn waits_are_shown_and_an_admin_lifts_them() {
    let mut bench = booted();
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    for origin in ["root", "mallory"] {
        bench.from(origin).tries("eve", OTHER);
        bench.from(origin).tries("eve@nexus.example", OTHER);
    }
    let until = bench.now + Duration::seconds(1);
    let wait = |origin: &str| LogInWait { origin: origin.into(), failures: 1, until };
    assert_eq!(bench.detail("eve").waits, [wait("root"), wait("mallory")]);
    let unlock = || AccountAction::Unlock.on(accounts_named(&["eve"]));
    assert_eq!(bench.done(Caller::Owner, unlock()).done(), "Lifted the waits of eve");
    assert_eq!(bench.detail("eve").waits, []);
    for name in ["eve", "eve@nexus.example"] {
        assert_eq!(bench.from("mallory").tries(name, PASSWORD), None, "{name}");
    }
    assert_eq!(bench.done(Caller::Owner, unlock()).unchanged, 1);
    assert_eq!(bench.found("verb:unlock").len(), 1);
    let eve = bench.operator("eve");
    assert_eq!(bench.refused(eve, unlock()).message, "Only an admin may lift waits.");
}

#[test]
fn whoever_is_confirmed_waits_no_longer() {
    let mut bench = booted();
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    bench.account("bob", AccessLevel::User, Status::Suspended);
    bench.account("kim", AccessLevel::User, Status::Confirmed);
    for name in ["eve", "bob"] {
        bench.from("mallory").tries(name, OTHER);
    }
    let failed = |bench: &Bench| {
        let filter = Filter::parse(ListKind::Users, "has:failures").unwrap();
        bench.read(|rows| rows.user_ids(bench.now, &filter)).len()
    };
    assert_eq!(failed(&bench), 2);
    let confirm = || AccountAction::Confirm.on(accounts_named(&["eve", "bob", "kim"]));
    let done = bench.done(Caller::Owner, confirm());
    assert_eq!((done.accounts, done.unchanged, failed(&bench)), (2, 1, 0));
    for name in ["eve", "bob"] {
        assert_eq!(bench.detail(name).waits, [], "{name}");
        assert_eq!(bench.from("mallory").tries(name, PASSWORD), None, "{name}");
    }
    assert_eq!(bench.found("verb:confirm").len(), 2);
    assert_eq!(bench.done(Caller::Owner, confirm()).unchanged, 3);
    // The failures are forgotten; the rest is undone.
    let undone = bench.done(Caller::Owner, Undo::Last);
    assert_eq!((undone.accounts, undone.vanished), (1, 1));
    assert_eq!(bench.user("bob").status, Status::Suspended);
}

#[test]
fn nothing_is_left_of_an_account_that_is_deleted() {
    let mut bench = booted();
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    bench.tries("eve", OTHER);
    bench.done(Caller::Owner, AccountAction::Delete.on(accounts_named(&["eve"])));
    assert!(!bench.dump_of(&["nexus_failed_log_ins"]).contains("account:"));
    let name = bench.dump_of(&["nexus_failed_log_ins", "nexus_settings"]);
    assert!(!name.contains("eve"), "{name}");
}

#[test]
fn of_names_ten_thousand_are_kept() {
    let mut bench = booted();
    let last = bench.by_both_clocks();
    bench.write(|rows| {
        for n in 0..=FailedTries::MOST_KEPT {
            let mut hash = [0; 16];
            hash[..4].copy_from_slice(&n.to_be_bytes());
            let tries = one_more(None, &last);
            rows.keep_failed_tries(TryTarget::Name(hash), "root", &tries).unwrap();
        }
    });
    let kept = |n: u32| {
        let mut hash = [0; 16];
        hash[..4].copy_from_slice(&n.to_be_bytes());
        bench.read(|rows| rows.failed_tries(TryTarget::Name(hash), "root")).is_some()
    };
    assert!(!kept(0) && kept(1) && kept(FailedTries::MOST_KEPT));
}

impl Bench {
    fn by_both_clocks(&self) -> Moment {
        Moment { wall: self.now, boot: self.boot.clone() }
    }
}

#[test]
fn the_journal_has_ten_entries_of_a_run_and_then_one_a_minute() {
    let mut bench = booted();
    // Unknown names never wait for each other: 2,000 failures in 2 minutes.
    for n in 0..2_000 {
        assert_eq!(bench.tries(&format!("nobody{n}"), OTHER), wrong(1_000));
        bench.millis_pass(60);
    }
    bench.millis_pass(60_000);
    bench.account("eve", AccessLevel::User, Status::Confirmed);
    assert_eq!(bench.tries("eve", PASSWORD), None);
    let entries = bench.found("verb:log-in result:refused");
    assert_eq!(entries.len(), 12, "ten of their own and two minutes");
    assert!(entries.iter().all(|entry| entry.object.label == "unknown"));
    let why = |at: usize| entries[at].after.text(crate::domain::journal::REFUSED).unwrap();
    assert_eq!(why(10), "990 more at 2026-11-23 12:00 UTC, by root");
    assert_eq!(why(11), "1,000 more at 2026-11-23 12:01 UTC, by root");
}

#[test]
fn a_million_failures_fit_in_five_megabytes() {
    let mut bench = booted();
    let size = |bench: &Bench| {
        let folder = bench.folder();
        let connection = rusqlite::Connection::open(folder.join("nexus.db")).unwrap();
        let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let (begin, failures, minutes) = (size(&bench), 3_000, 300);
    for n in 0..failures {
        bench.tries(&format!("nobody{n}"), OTHER);
        bench.millis_pass(minutes * 60_000 / failures);
    }
    let with_all = size(&bench);
    bench.spoil("DELETE FROM nexus_failed_log_ins WHERE target <> 'unknown'; VACUUM");
    let (a_name, an_entry) = ((with_all - size(&bench)) / failures, (size(&bench) - begin) / minutes);
    // One process answers a failed log-in each half second: a million take 8,334 minutes, and each minute costs an entry. Of
    // names 10,000 are kept.
    let million = 10_000 * a_name + 8_334 * an_entry;
    assert!(million < 5_000_000, "a name takes {a_name} bytes, an entry {an_entry}");
}
