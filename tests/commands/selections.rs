//! The rows that an action is for: counted, asked about, named on standard input, expected in number.

use super::fixture::Fixture;

/// A house with the pending accounts `p1` to `pN`, whose ids follow the admin's.
fn with_pending(n: usize) -> Fixture {
    let fixture = Fixture::with_admin();
    for n in 1..=n {
        fixture.add(&format!("p{n}"));
    }
    fixture
}

fn pending(fixture: &Fixture) -> usize {
    fixture.count(&["user", "list", "--filter", "status:pending"])
}

#[test]
fn ids_are_read_from_standard_input() {
    let fixture = with_pending(3);
    let ran = fixture.run_with(&["user", "confirm", "-", "--yes"], "2\r\n\n 3 \n3\n");
    assert_eq!((ran.code, ran.err.as_str()), (0, "Confirmed 2 accounts, made 16 directories.\n"));
    assert_eq!(pending(&fixture), 1);
    let ran = fixture.run_with(&["user", "confirm", "-", "p3", "--yes"], "\u{feff}2");
    assert_eq!((ran.code, pending(&fixture)), (0, 0), "{}", ran.err);
    fixture.ok(&["session", "issue", "p1"]);
    let ids = "1\n";
    fixture.ok_with(&["session", "renew", "-"], ids);
    fixture.ok_with(&["session", "revoke", "-", "--yes"], ids);
    fixture.ok_with(&["directory", "provision", "-"], "2\n");
    fixture.ok_with(&["directory", "trash", "--id", "-", "--yes"], "2\n");
    fixture.ok_with(&["bin", "restore", "-"], "1\n");
    fixture.ok_with(&["user", "delete", "-", "--yes"], "3");
    fixture.ok_with(&["bin", "purge", "-", "--yes"], "2\n");
    assert_eq!(fixture.count(&["bin", "list"]), 0);
}

#[test]
fn what_is_no_id_on_standard_input_is_exit_6_and_nothing_is_done() {
    let fixture = with_pending(2);
    for input in
        ["2\np1\n", "2\n-3\n", "2\n0x3\n", "2 3\n", "2\n99999999999999999999\n", "2\n\u{1b}[31m\n", "+2\n"]
    {
        for act in [&["user", "confirm", "-", "--yes"][..], &["user", "delete", "-", "--yes"]] {
            let ran = fixture.run_with(act, input);
            assert_eq!(ran.code, 6, "{input:?}: {}", ran.err);
            assert!(
                ran.err.contains("standard input is not an id") && !ran.err.contains('\u{1b}'),
                "{}",
                ran.err
            );
        }
    }
    let ran = fixture.run_with(&["user", "confirm", "-", "--yes"], "2\n77\n");
    assert_eq!(ran.code, 3, "{}", ran.err);
    let ran = fixture.run_with(&["user", "confirm", "-", "--yes"], &"9".repeat(5_000_000));
    assert!(ran.code == 6 && ran.err.len() < 400, "{}", ran.err.len());
    assert_eq!(pending(&fixture), 2);
    let ran = fixture.run_with(&["user", "delete", "-", "--yes"], "");
    assert_eq!((ran.code, ran.err.as_str()), (0, "Nothing to delete.\n"), "no ids are no rows");
}

#[test]
fn an_act_is_for_as_many_rows_as_expected_or_for_none() {
    let fixture = with_pending(3);
    let filter = ["--filter", "status:pending", "--yes", "--expect"];
    for action in ["confirm", "suspend", "promote", "delete"] {
        for expect in ["2", "4", "0"] {
            let before = fixture.tables();
            let err = fixture.fails(4, &[&["user", action], &filter[..], &[expect]].concat());
            assert!(err.contains(&format!("It applies to 3 rows, not to {expect}.")), "{err}");
            assert_eq!(fixture.tables(), before);
        }
    }
    fixture.fails(4, &["user", "confirm", "p1", "2", "--expect", "2", "--yes"]);
    fixture.ok(&["user", "confirm", "p1", "--expect", "1"]);
    fixture.ok(&["user", "confirm", "--filter", "status:pending", "--expect", "2", "--yes"]);
    fixture.fails(4, &["undo", "--expect", "1"]);
    fixture.ok(&["undo", "--expect", "2"]);
    fixture.ok(&["session", "sweep", "--expect", "0"]);
    fixture.fails(4, &["user", "delete", "p1", "p2", "--expect", "3", "--dry-run"]);
    assert_eq!(pending(&fixture), 2);
}

#[test]
fn several_rows_ask_and_where_nobody_can_answer_nothing_is_done() {
    let fixture = with_pending(3);
    let before = fixture.tables();
    for args in [
        &["user", "promote", "--all"][..],
        &["user", "confirm", "--all"],
        &["user", "confirm", "p1", "p2"],
        &["user", "confirm", "--filter", "status:pending"],
        &["directory", "provision", "--all"],
        &["user", "promote", "p1"],
        &["user", "edit", "p1", "--access-level", "admin"],
        &["user", "edit", "p1", "--status", "suspended"],
        &["user", "access-code", "p1"],
        &["user", "access-code", "p1", "--revoke"],
        &["user", "add", "--firstname", "A", "--lastname", "B", "--email", "a@b", "--access-level", "admin"],
        &["session", "revoke", "--all"],
        &["user", "purge", "nobody"],
        &["user", "delete", "nobody"],
    ] {
        let err = fixture.fails(2, args);
        assert!(err.contains("--yes"), "{args:?}: {err}");
    }
    assert_eq!(fixture.tables(), before);
    fixture.ok(&["user", "confirm", "p1"]);
    fixture.ok(&["user", "confirm", "--filter", "user:p2"]);
    fixture.ok(&["user", "confirm", "p1", "p2"]);
}

#[test]
fn undoing_a_bulk_confirm_leaves_the_bin_empty() {
    let fixture = with_pending(3);
    fixture.ok(&["user", "confirm", "--all", "--yes"]);
    let before = fixture.rows("SELECT * FROM de_torres_vincent_user_directories ORDER BY id");
    fixture.ok(&["undo"]);
    assert_eq!((fixture.count(&["bin", "list"]), pending(&fixture)), (0, 3));
    let entry = fixture.json(&["journal", "head"])["seq"].to_string();
    fixture.ok(&["undo", &entry]);
    let after = fixture.rows("SELECT * FROM de_torres_vincent_user_directories ORDER BY id");
    assert_eq!(after.len(), before.len());
}
