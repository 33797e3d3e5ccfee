use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;

use crate::domain::user::{AccessLevel, Status};
use crate::service::contract::{Accounts, Caller, Request};
use crate::service::perform;
use crate::service::testing::{Bench, names_in};

use super::*;

const HEAD: &str = "email,firstname,lastname,username,access_level\r\n";

fn request(bench: &Bench, text: &str) -> Request {
    let [file, codes] = ["people.csv", "codes.csv"].map(|name| bench.folder().join(name));
    fs::write(&file, text).unwrap();
    Request::Accounts(Accounts::AddAll { file, codes, agreed: None })
}

fn codes(bench: &Bench) -> Vec<String> {
    bench.text("codes.csv").lines().map(str::to_owned).collect()
}

fn count(bench: &Bench) -> u64 {
    bench.read(|rows| rows.stored_count(StoredTable::Users))
}

/// Returns the reasons for the bad rows, after making sure that nothing was added.
fn reasons(text: &str) -> Vec<String> {
    let mut bench = Bench::new();
    let request = request(&bench, text);
    let failure = bench.refused(Caller::Owner, request);
    assert_eq!((failure.kind, count(&bench)), (FailureKind::Invalid, 1), "{}", failure.message);
    assert!(!bench.folder().join("codes.csv").exists());
    let refused = failure.report.map(|report| report.refused).unwrap_or_default();
    refused.iter().map(|row| format!("{}: {}", row.place, row.reason)).collect()
}

#[test]
fn each_row_is_an_account_with_a_code_that_works() {
    let mut bench = Bench::new();
    let request = request(&bench, &format!("{HEAD}a@b,A,\"=L, x\",al,\r\nc@d,C,D,,Admin\r\n"));
    let summary = bench.done(Caller::Owner, request);
    assert_eq!((summary.accounts, summary.ids.clone(), summary.changes_level), (2, vec![2, 3], true));
    assert!(summary.written.is_some());
    let lines = codes(&bench);
    assert_eq!(lines[0], "id,email,firstname,lastname,username,access_level,access_code,expires_at");
    assert!(lines[1].starts_with("2,a@b,A,\"'=L, x\",al,user,"), "{}", lines[1]);
    assert!(lines[2].starts_with("3,c@d,C,D,,admin,") && lines[2].ends_with(",2026-11-24T12:00:00Z"));
    let mode = fs::metadata(bench.folder().join("codes.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let user = bench.user("al");
    assert_eq!((user.status, user.level), (Status::Pending, AccessLevel::User));
    let code = lines[1].rsplit(',').nth(1).unwrap();
    assert!(matches!(bench.log_in("al", code), Ok(Reply::ChoosePassword(_))));
}

#[test]
fn bad_rows_are_all_named_and_nothing_is_added() {
    let rows = "good@x,A,B,,\r\nada@nexus.example,A,B,,\r\nbad,A,B,,\r\nc@d,A,B,,root\r\nGOOD@x,A,B,,\r\n\
                e@f,A,,,\r\ng@h,A\r\ni@j,A,B,ada,\r\n";
    let reasons = reasons(&format!("{HEAD}{rows}"));
    let places: Vec<_> = reasons.iter().map(|reason| reason.split_once(": ").unwrap().0).collect();
    assert_eq!(places, ["row 4", "row 5", "row 7", "row 8", "row 3", "row 6", "row 9"], "{reasons:?}");
    assert!(reasons[1].contains("access_level cannot be “root”"), "{reasons:?}");
    assert!(reasons[4].contains("Email is taken") && reasons[6].contains("Username is taken"));
}

#[test]
fn names_of_the_store_are_a_conflict_and_repeated_ones_are_not() {
    for (rows, kind) in [
        ("ada@nexus.example,A,B,,\r\n", FailureKind::Conflict),
        ("a@b,A,B,,\r\na@b,A,B,,\r\n", FailureKind::Invalid),
        ("ada@nexus.example,A,B,,\r\nbad,A,B,,\r\n", FailureKind::Invalid),
    ] {
        let mut bench = Bench::new();
        let request = request(&bench, &format!("{HEAD}{rows}"));
        assert_eq!(bench.kind(Caller::Owner, request), kind, "{rows}");
    }
}

#[test]
fn the_columns_are_known_and_the_needed_ones_are_there() {
    for text in [
        "",
        "email,firstname\r\na@b,A\r\n",
        "email,firstname,lastname,password\r\n",
        HEAD,
        "email,firstname,lastname,Email\r\n",
    ] {
        assert!(reasons(text).is_empty(), "{text}");
    }
}

#[test]
fn nothing_is_added_if_the_list_of_codes_cannot_be_new() {
    let mut bench = Bench::new();
    let request = request(&bench, &format!("{HEAD}a@b,A,B,,\r\n"));
    fs::write(bench.folder().join("codes.csv"), "mine").unwrap();
    assert_eq!(bench.kind(Caller::Owner, request), FailureKind::Conflict);
    assert_eq!((count(&bench), codes(&bench)), (1, vec!["mine".to_owned()]));
}

#[test]
fn the_store_is_neither_read_nor_written_over() {
    let mut bench = Bench::new();
    let Request::Accounts(Accounts::AddAll { file, codes, agreed }) = request(&bench, HEAD) else { panic!() };
    let store = bench.folder().join("nexus.db");
    let journal = bench.folder().join("nexus.db-journal");
    for (file, codes) in [(store, codes), (file, journal)] {
        let add = Accounts::AddAll { file, codes, agreed: agreed.clone() };
        let failure = bench.refused(Caller::Owner, Request::Accounts(add));
        assert_eq!(failure.kind, FailureKind::Invalid);
        assert!(failure.message.contains("the store itself"), "{}", failure.message);
    }
}

#[test]
fn only_the_accounts_that_were_agreed_to_are_added() {
    let mut bench = Bench::new();
    let asked = request(&bench, &format!("{HEAD}al@b,A,B,al,admin\r\n"));
    let list = bench.count(Caller::Owner, asked.clone()).0.list;
    assert!(list.is_some());
    let agreed = |request: Request| match request {
        Request::Accounts(Accounts::AddAll { file, codes, .. }) => {
            Request::Accounts(Accounts::AddAll { file, codes, agreed: list.clone() })
        }
        other => panic!("{other:?}"),
    };
    // Another email behind the same name, and one more account.
    for rows in ["eve@b,A,B,al,admin\r\n", "al@b,A,B,al,admin\r\neve@b,A,B,eve,admin\r\n"] {
        let swapped = agreed(request(&bench, &format!("{HEAD}{rows}")));
        let failure = bench.refused(Caller::Owner, swapped);
        assert_eq!((failure.kind, count(&bench)), (FailureKind::Conflict, 1), "{}", failure.message);
        assert!(!bench.folder().join("codes.csv").exists());
    }
    // The same accounts in another spelling of the file.
    let same = request(&bench, "username,email,firstname,lastname,access_level\nal,al@b,A,B,admin\n");
    assert_eq!(bench.done(Caller::Owner, agreed(same)).accounts, 1);
}

#[test]
fn a_file_of_too_many_rows_is_refused() {
    let message = |rows: usize| {
        let mut bench = Bench::new();
        let request = request(&bench, &format!("{HEAD}{}", "x\r\n".repeat(rows)));
        bench.refused(Caller::Owner, request).message
    };
    assert!(message(MAX_ROWS + 1).contains("more than 100,000 rows"));
}

#[test]
fn a_dry_run_and_one_that_is_stopped_leave_nothing() {
    let mut bench = Bench::new();
    let request = request(&bench, &format!("{HEAD}a@b,A,B,,\r\n"));
    let (counted, _) = bench.count(Caller::Owner, request.clone());
    assert_eq!(counted.accounts, 1);
    let mut stop = |_| ControlFlow::Break(());
    let context = bench.context(Caller::Owner, &mut stop);
    let failure = perform(&mut bench.service, context, request).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Stopped);
    assert_eq!(count(&bench), 1);
    assert_eq!(names_in(bench.folder()), ["people.csv"]);
}
