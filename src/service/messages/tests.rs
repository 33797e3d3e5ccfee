use crate::domain::dependents::{Dependents, TableRows};
use crate::service::contract::NotUndone;

use super::*;

fn named(action: Action, label: &str) -> ActionSummary {
    ActionSummary { label: Some(label.into()), ..ActionSummary::new(action) }
}

#[test]
fn rows_of_other_programs_that_go_along_are_told() {
    let rows = |table: &str, rows| vec![TableRows { table: table.into(), rows }];
    let others = |deleted, cleared| Some(Box::new(Dependents { deleted, cleared, ..Dependents::default() }));
    let both = others(rows("ratings", 3), rows("plans", 1));
    let summary = ActionSummary { accounts: 1, sessions: 1, others: both, ..named(Action::Deleted, "alan") };
    let rest = "alan with 1 session, and 3 rows of table ratings, and for good the references in 1 row of table plans";
    assert_eq!(summary.question(), format!("Delete {rest}?"));
    assert_eq!(summary.done(), format!("Deleted {rest}"));
    let purged = ActionSummary {
        accounts: 1,
        others: others(rows("log", 1), Vec::new()),
        ..named(Action::Purged, "alan")
    };
    assert_eq!(purged.question(), "Purge alan, and for good 1 row of table log?");
}

#[test]
fn one_thing_goes_by_its_name() {
    let summary = ActionSummary { accounts: 1, directories: 8, ..named(Action::Confirmed, "edsger") };
    assert_eq!(summary.done(), "Confirmed edsger, made 8 directories");
    assert_eq!(summary.would(), "Would confirm edsger, make 8 directories");
    assert_eq!(summary.question(), "Confirm edsger, make 8 directories?");
}

#[test]
fn what_is_taken_back_is_named() {
    let of = Some(Action::Deleted);
    let one = ActionSummary { accounts: 1, sessions: 2, directories: 8, of, ..named(Action::Undone, "alan") };
    assert_eq!(one.done(), "Undid delete of alan with 2 sessions and 8 directories");
    let several = ActionSummary { label: None, accounts: 13, ..one };
    assert_eq!(several.headline(), "Undo delete of 13 accounts?");
    let subtree =
        ActionSummary { directories: 12, of: Some(Action::Trashed), ..named(Action::Redone, "a/b") };
    assert_eq!(subtree.would(), "Would redo trash of a/b (12 directories)");
}

#[test]
fn what_an_undo_left_is_told_with_its_reasons() {
    let left = |n: i64| -> Vec<_> {
        (0..n).map(|entry| NotUndone { entry, why: format!("p{entry} was changed since.") }).collect()
    };
    let (of, action) = (Some(Action::Confirmed), Action::Undone);
    let one =
        ActionSummary { accounts: 29, of, vanished: 1, not_undone: left(1), ..ActionSummary::new(action) };
    assert_eq!(one.done(), "Undid confirm of 29 accounts; 1 is left as it is: p0 was changed since",);
    let many = ActionSummary { vanished: 1_200, not_undone: left(100), ..one };
    let told = "1,200 are left as they are: p0 was changed since; p1 was changed since; p2 was changed since; \
                and 1,197 more";
    assert_eq!(many.done(), format!("Undid confirm of 29 accounts; {told}"));
}

#[test]
fn several_are_counted() {
    let summary =
        ActionSummary { accounts: 3, sessions: 7, unchanged: 2, ..ActionSummary::new(Action::Suspended) };
    assert_eq!(summary.done(), "Suspended 3 accounts, ended 7 sessions; 2 are already suspended");
}

#[test]
fn sessions_are_told_by_whose_they_are() {
    let whose = Some("alan".to_owned());
    let one = ActionSummary { sessions: 1, whose: whose.clone(), ..named(Action::Revoked, "3fa9c1e0") };
    assert_eq!(one.headline(), "Revoke session 3fa9c1e0 of alan?");
    let all = ActionSummary { sessions: 7, whose, ..ActionSummary::new(Action::Revoked) };
    assert_eq!((all.headline().as_str(), all.word()), ("Revoke 7 sessions of alan?", "revoke"));
}

#[test]
fn what_a_deleted_account_takes_with_it_is_told() {
    let summary =
        ActionSummary { accounts: 1, sessions: 1, directories: 9, ..named(Action::Deleted, "alan") };
    assert_eq!(summary.question(), "Delete alan with 1 session and 9 directories?");
}

#[test]
fn sessions_and_directories_are_counted_once() {
    for (summary, done) in [
        (ActionSummary { sessions: 1, ..named(Action::Issued, "alan") }, "Issued a token for alan"),
        (ActionSummary { sessions: 1_200, ..ActionSummary::new(Action::Swept) }, "Swept 1,200 sessions"),
        (
            ActionSummary { directories: 1, ..named(Action::Added, "00003_ALAN/2024") },
            "Added 00003_ALAN/2024",
        ),
        (ActionSummary { directories: 12, ..named(Action::Trashed, "a/b") }, "Trashed a/b (12 directories)"),
    ] {
        assert_eq!(summary.done(), done);
    }
}

#[test]
fn an_act_that_touched_nothing_says_so() {
    assert_eq!(ActionSummary::new(Action::Swept).done(), "Nothing to sweep");
    let same = ActionSummary { unchanged: 1, ..named(Action::Confirmed, "ada") };
    assert_eq!(same.would(), "Nothing to change: ada is already confirmed");
    assert_eq!(named(Action::PasswordSet, "ada").done(), "Set the password of ada");
}
