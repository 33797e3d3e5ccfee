use crate::domain::integrity::EVERY;
use crate::domain::time::Duration;
use crate::domain::user::{AccessLevel, Status};

use super::super::contract::{AccountAction, Caller, Check, CheckStep, FailureKind, Reply};
use super::super::testing::{Bench, PASSWORD, accounts_named};
use super::*;

impl Bench {
    fn check(&mut self, check: Check) -> Result<CheckStep, Failure> {
        match self.ask(Caller::Nobody, super::super::contract::Request::Check(check))? {
            Reply::Check(step) => Ok(step),
            other => panic!("{other:?}"),
        }
    }

    /// Checks all tables and returns their number.
    fn check_all(&mut self) -> Result<u32, Failure> {
        for before in 0.. {
            match self.check(Check::Table(before))? {
                CheckStep::Sound => {}
                CheckStep::NoMore => return Ok(before),
                other => panic!("{other:?}"),
            }
        }
        Ok(0)
    }

    /// Overwrites the table of accounts, which has one page here.
    fn damage(&self) {
        use std::os::unix::fs::FileExt as _;
        let path = self.folder().join("nexus.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'de_torres_vincent_user_directories'";
        let page: u32 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.write_all_at(&[0xa5; 4_096], u64::from(page - 1) * 4_096).unwrap();
    }
}

#[test]
fn one_console_checks_and_the_others_wait_for_a_day() {
    let mut first = Bench::new();
    let mut second = first.second();
    assert_eq!(first.check(Check::Begin), Ok(CheckStep::Begun));
    let in_an_hour = CheckStep::NotDue(first.now + Duration::hours(1));
    assert_eq!(second.check(Check::Begin), Ok(in_an_hour));
    assert!(first.check_all().unwrap() > 10);
    let end = Check::End { begun_at: first.now };
    assert_eq!(first.check(end), Ok(CheckStep::Noted { mended: false }));
    let tomorrow = CheckStep::NotDue(first.now + EVERY);
    assert_eq!((first.check(Check::Begin), second.check(Check::Begin)), (Ok(tomorrow), Ok(tomorrow)));
    second.later(EVERY);
    assert_eq!(second.check(Check::Begin), Ok(CheckStep::Begun));
    let Ok(Reply::StoreStatus(status)) =
        first.ask(Caller::Nobody, super::super::contract::SignIn::Look.into())
    else {
        panic!()
    };
    assert_eq!(status.sound_at, Some(first.now));
}

#[test]
fn a_console_that_was_killed_while_it_checked_keeps_others_from_it_for_an_hour_only() {
    let mut bench = Bench::new();
    bench.check(Check::Begin).unwrap();
    bench.later(Duration::hours(1));
    assert_eq!(bench.check(Check::Begin), Ok(CheckStep::Begun));
}

#[test]
fn where_nothing_can_be_written_it_is_checked_without_a_note() {
    let mut bench = Bench::new();
    bench.read_only();
    assert_eq!(bench.check(Check::Begin), Ok(CheckStep::Begun));
    bench.check_all().unwrap();
    let end = Check::End { begun_at: bench.now };
    assert_eq!(bench.check(end), Ok(CheckStep::Noted { mended: false }));
    assert_eq!(bench.check(Check::Begin), Ok(CheckStep::Begun));
}

#[test]
fn a_damaged_table_is_named_and_nothing_is_changed_from_then_on() {
    let mut bench = Bench::new();
    bench.damage();
    bench.check(Check::Begin).unwrap();
    let failure = bench.check_all().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Damaged);
    assert!(failure.message.contains("table de_torres_vincent_user_directories"), "{failure:?}");
    assert!(failure.hint.as_ref().is_some_and(|hint| hint.contains("backup")), "{failure:?}");
    let refused = bench.refused(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["ada"])));
    assert_eq!((refused.kind, refused.kind.exit_code()), (FailureKind::Damaged, 7));
    assert_eq!(bench.user("ada").status, Status::Confirmed);
    assert!(bench.log_in("ada", PASSWORD).is_ok(), "what is whole is read");
}

#[test]
fn damage_that_a_reading_meets_is_remembered_but_not_by_a_rehearsal() {
    let mut bench = Bench::new();
    bench.damage();
    let mut second = bench.second();
    let list = || super::super::contract::Directories::Show(super::super::contract::DirectorySelector::Id(1));
    assert_eq!(bench.rehearse(Caller::Owner, list().into()).unwrap_err().kind, FailureKind::Damaged);
    assert_eq!(bench.service.store.damage(), None);
    assert_eq!(bench.kind(Caller::Owner, list()), FailureKind::Damaged);
    assert!(bench.service.store.damage().is_some());
    assert_eq!(
        second.kind(Caller::Owner, AccountAction::Suspend.on(accounts_named(&["ada"]))),
        FailureKind::Damaged
    );
}

#[test]
fn the_console_that_only_reads_has_it_remembered_by_the_one_that_writes() {
    let mut bench = Bench::new();
    assert_eq!(bench.check(Check::Damaged), Ok(CheckStep::Noted { mended: false }));
    let damage = bench.service.store.damage();
    assert_eq!(damage.as_ref().map(|damage| damage.found_at), Some(bench.now));
    bench.later(Duration::hours(1));
    bench.check(Check::Damaged).unwrap();
    assert_eq!(bench.service.store.damage(), damage, "what was found first stays");
}

#[test]
fn a_clean_check_forgets_damage_from_before_it_was_begun_and_no_other() {
    let mut bench = Bench::new();
    bench.check(Check::Damaged).unwrap();
    bench.later(EVERY);
    assert_eq!(bench.check(Check::Begin), Ok(CheckStep::Begun));
    bench.check_all().unwrap();
    let early = Check::End { begun_at: bench.now - EVERY };
    assert_eq!(bench.check(early), Ok(CheckStep::Noted { mended: false }));
    let end = Check::End { begun_at: bench.now };
    assert_eq!(bench.check(end), Ok(CheckStep::Noted { mended: true }));
    let mut next = bench.second();
    next.account("bob", AccessLevel::User, Status::Confirmed);
}
