//! The bin and undo: requests to the service, and output of its replies.

use crate::domain::bin::{BinColumn, BinItem};
use crate::domain::journal::EntityKind;
use crate::domain::page::{Anchor, Sort, Window};
use crate::domain::time::Duration;
use crate::domain::user::{UserId, Who};
use crate::service::contract::{
    Action, ActionSummary, Bin, Failure, FailureKind, InBin, Reply, Request, Undo,
};

use super::super::testing::{World, now};

/// Returns the only request that a command makes.
fn request(args: &[&str]) -> Request {
    let mut ran = World::default().act(&[args, &["--yes"]].concat());
    assert_eq!((ran.code, ran.asked.len()), (0, 1), "{args:?}: {}", ran.err);
    ran.asked.remove(0).0
}

#[test]
fn accounts_are_restored_and_purged_by_any_of_their_names() {
    for (name, who) in [
        ("3", Who::Id(UserId(3))),
        ("alan", Who::Username("alan".into())),
        ("a@b.c", Who::Email("a@b.c".into())),
    ] {
        let which = || InBin::Account(who.clone());
        let restore = Bin::Restore { which: which(), to: None, with_sessions: false };
        assert_eq!(request(&["user", "restore", name]), Request::Bin(restore));
        assert_eq!(request(&["user", "purge", name]), Request::Bin(Bin::Purge(which())));
    }
    assert_eq!(World::default().act(&["user", "restore", ""]).code, 6);
}

#[test]
fn directories_are_restored_and_purged_by_their_paths() {
    let which = || InBin::Directory("a/b".into());
    let restore = |to: Option<&str>| {
        Request::Bin(Bin::Restore { which: which(), to: to.map(Into::into), with_sessions: false })
    };
    assert_eq!(request(&["directory", "restore", "a/b"]), restore(None));
    assert_eq!(request(&["directory", "restore", "a/b", "--to", "c/d"]), restore(Some("c/d")));
    assert_eq!(request(&["directory", "purge", "a/b"]), Request::Bin(Bin::Purge(which())));
}

#[test]
fn what_could_not_come_back_is_told() {
    let summary = ActionSummary {
        label: Some("alan".into()),
        accounts: 1,
        sessions: 2,
        directories: 8,
        left_out: 1,
        ..ActionSummary::new(Action::Restored)
    };
    let ran =
        World::default().run(&["user", "restore", "alan"], &mut |_, _| Ok(Reply::Done(summary.clone())));
    let words = "Restored alan with 2 sessions and 8 directories; 1 exists already and was not restored.\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", words));
}

#[test]
fn an_undo_is_of_the_newest_act_or_of_an_entry() {
    assert_eq!(request(&["undo"]), Request::Undo(Undo::Last));
    assert_eq!(request(&["undo", "4711"]), Request::Undo(Undo::Entry(4711)));
}

#[test]
fn a_dry_run_says_what_an_undo_would_take_back() {
    let summary = ActionSummary {
        label: Some("alan".into()),
        accounts: 1,
        of: Some(Action::Suspended),
        ..ActionSummary::new(Action::Undone)
    };
    let undo = |args: &[&str]| World::default().run(args, &mut |_, _| Ok(Reply::Done(summary.clone())));
    assert_eq!(undo(&["undo", "--dry-run"]).err, "Would undo suspend of alan.\n");
    assert_eq!(undo(&["undo"]).err, "Undid suspend of alan.\n");
}

#[test]
fn an_undo_that_is_refused_says_why() {
    for (kind, code) in [(FailureKind::NotFound, 3), (FailureKind::Conflict, 4), (FailureKind::Refused, 5)] {
        let ran = World::default().run(&["undo", "7"], &mut |_, _| {
            Err(Failure::new(kind, "alan was changed since: address is 2 L\x1bane, not 1 Lane."))
        });
        assert_eq!(
            (ran.code, ran.err.as_str()),
            (code, "nexus: alan was changed since: address is 2 L␛ane, not 1 Lane.\n")
        );
    }
}

fn item(id: i64, kind: EntityKind) -> BinItem {
    BinItem {
        id,
        kind,
        object_id: 3,
        user_id: UserId(3),
        label: "al\x1ban".into(),
        parent: None,
        username: Some("al\x1ban".into()),
        email: Some("alan@nexus.example".into()),
        sessions: 5_000,
        directories: 8,
        deleted_at: Some(now()),
        deleted_by: "=root".into(),
        held_until: Some(now() + Duration::days(30)),
    }
}

#[test]
fn the_bin_in_every_format() {
    let directory = BinItem {
        object_id: 56,
        label: "00003_ALAN/Photos/2024".into(),
        parent: Some("00003_ALAN/Photos".into()),
        username: None,
        email: None,
        sessions: 0,
        ..item(8, EntityKind::Directory)
    };
    let window = Window { rows: vec![item(7, EntityKind::Account), directory], ..Window::default() };
    for format in ["table", "json", "csv"] {
        let ran = World::default()
            .run(&["bin", "list", "--format", format], &mut |_, _| Ok(Reply::Items(window.clone())));
        insta::assert_snapshot!(format!("bin_{format}"), ran.out);
    }
}

#[test]
fn the_bin_is_listed_in_the_order_of_deletion_or_by_name() {
    let list = |args: &[&str]| {
        World::default()
            .run(&[&["bin", "list"], args].concat(), &mut |_, _| Ok(Reply::Items(Window::default())))
    };
    let wanted = |args: &[&str]| match &list(args).asked[0].0 {
        Request::Bin(Bin::List { filter, sort, span }) => (filter.terms.len(), *sort, span.anchor),
        other => panic!("{other:?}"),
    };
    let by = |column, descending| Sort { column, descending };
    let all = Anchor::After(i64::MIN);
    assert_eq!(wanted(&[]), (0, by(BinColumn::Deleted, false), all));
    assert_eq!(wanted(&["--sort", "deleted_at"]), (0, by(BinColumn::Deleted, false), all));
    assert_eq!(wanted(&["--after", "7"]), (0, by(BinColumn::Deleted, false), Anchor::After(7)));
    assert_eq!(
        wanted(&["--filter", "user:alan photos", "--sort", "deleted_at:desc"]),
        (2, by(BinColumn::Deleted, true), Anchor::Position(0))
    );
    assert_eq!(wanted(&["--sort", "label"]), (0, by(BinColumn::Label, false), Anchor::Position(0)));
    assert_eq!(list(&["--filter", "status:pending"]).code, 6);
    assert_eq!(list(&[]).err, "The bin is empty.\n");
}
