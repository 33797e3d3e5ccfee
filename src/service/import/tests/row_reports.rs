//! The result for each row in a file.

use super::*;

/// Imports rows with a report and returns its lines: the result, the place, and the id or reason.
fn lines(bench: &mut Bench, text: &str, skip_bad_rows: bool) -> Vec<String> {
    let source = dump(text);
    let report = source.path.with_file_name("rows.jsonl");
    let _ = import(bench, Import { skip_bad_rows, report: Some(report.clone()), ..request(&source.path) });
    let text = std::fs::read_to_string(&report).unwrap();
    let line = |line: &str| {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let detail = row.get("id").or(row.get("reason")).cloned().unwrap_or_default();
        format!("{} {} {detail}", row["result"].as_str().unwrap(), row["line"])
    };
    text.lines().map(line).collect()
}

fn rows() -> String {
    users(&[user(1, "ada"), user(2, "alan"), user(3, "ADA")])
        + &sessions("(1,1,'a','2026-11-23 13:00:00','active'),\n(2,9,'b','2026-11-23 13:00:00','active')")
        + &directories(&directory(7, 2, "x"))
}

#[test]
fn every_row_has_a_line() {
    let mut bench = Bench::empty();
    let taken = lines(&mut bench, &rows(), true);
    let wanted = [
        "imported 2 1",
        "imported 3 2",
        "refused 4 \"repeats the username of another row\"",
        "imported 5 1",
        "refused 6 \"points to no imported account (9)\"",
        "imported 7 7",
    ];
    assert_eq!(taken, wanted);
    let refused = lines(&mut Bench::empty(), &rows(), false);
    let results: Vec<_> = refused.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(
        results,
        ["not_imported", "not_imported", "refused", "not_imported", "refused", "not_imported"]
    );
    assert_eq!(refused[0], "not_imported 2 \"nothing was imported\"");
}

#[test]
fn accounts_of_the_store_are_conflicts_with_all_that_belongs_to_them() {
    let mut bench = Bench::empty();
    bench.account("ada", AccessLevel::User, Status::Confirmed);
    let found = lines(&mut bench, &rows(), true);
    let results: Vec<_> = found.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(results, ["conflict", "not_imported", "conflict", "left_out", "refused", "not_imported"]);
    assert_eq!(found[0], "conflict 2 \"has the username or email of account 1 in the store\"");
    assert_eq!(found[3], "left_out 5 \"belongs to an account that conflicts\"");
}

#[test]
fn a_report_that_is_there_refuses_the_import() {
    let mut bench = Bench::empty();
    let source = dump(&rows());
    let report = source.path.with_file_name("rows.jsonl");
    std::fs::write(&report, "mine").unwrap();
    let failure = import(&mut bench, Import { report: Some(report.clone()), ..request(&source.path) });
    assert_eq!(failure.unwrap_err().kind, FailureKind::Conflict);
    assert_eq!(std::fs::read_to_string(&report).unwrap(), "mine");
}

#[test]
fn nothing_is_reported_by_a_dry_run_or_one_that_is_stopped() {
    let mut bench = Bench::empty();
    let source = dump(&rows());
    let report = source.path.with_file_name("rows.jsonl");
    let wanted = || {
        let wanted = Import { skip_bad_rows: true, report: Some(report.clone()), ..request(&source.path) };
        Request::Import(wanted)
    };
    for (dry_run, is_stopped) in [(true, false), (false, true)] {
        let mut tell = |_| if is_stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let context = RequestContext { dry_run, ..bench.context(Caller::Owner, &mut tell) };
        let result = perform_any(&mut bench.service, context, wanted());
        assert_eq!(result.is_err(), is_stopped);
        assert!(!report.exists());
    }
}

#[test]
fn an_import_that_would_leave_no_admin_reports_nothing_as_imported() {
    let mut bench = Bench::new();
    let text = users(&[user(1, "ada")]);
    let source = dump(&text);
    let report = source.path.with_file_name("rows.jsonl");
    let wanted = Import { replace: true, report: Some(report.clone()), ..request(&source.path) };
    let failure = import(&mut bench, wanted).unwrap_err();
    let found = std::fs::read_to_string(&report).unwrap_or_default();
    assert!(!found.contains("\"imported\""), "{failure:?} {found}");
    assert!(found.contains("not_imported"), "{failure:?} {found}");
    assert!(failure.message.contains("admin"), "{failure:?}");
}
