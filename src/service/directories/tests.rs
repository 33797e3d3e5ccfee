use crate::domain::directory::LIBRARIES;
use crate::domain::filter::Filter;
use crate::domain::user::{AccessLevel, Field, Status, UserId};
use crate::store::NewDirectory;

use super::super::contract::{
    AccountAction, Action, Caller, Directories, DirectorySelector, FailureKind, Reply,
};
use super::super::testing::{ALL, Bench, accounts_named, in_order, who};

fn at(path: &str) -> DirectorySelector {
    DirectorySelector::Path(path.into())
}

fn add(path: &str) -> Directories {
    Directories::Add { path: path.into(), owner: None }
}

fn rename(path: &str, name: &str) -> Directories {
    Directories::Rename { place: at(path), name: name.into() }
}

fn move_to(path: &str, to: &str) -> Directories {
    Directories::Move { place: at(path), to: at(to) }
}

/// Returns a store with `ada`, `bob` and their homes.
fn homes() -> Bench {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    bench.done(Caller::Owner, Directories::Provision(accounts_named(&["ada", "bob"])));
    bench
}

impl Bench {
    /// Inserts a row as another program may write it.
    fn row(&mut self, owner: i64, path: &str) -> i64 {
        let date_added = self.now;
        self.write(|rows| {
            rows.insert_directory(&NewDirectory {
                id: None,
                user_id: UserId(owner),
                directory_id: format!("{owner}-{}", path.len()),
                path: path.into(),
                name: None,
                date_added,
                last_modified: None,
                last_accessed: None,
                username: None,
            })
            .unwrap()
        })
    }

    fn shown(&mut self, place: DirectorySelector) -> crate::domain::directory::Directory {
        match self.ask(Caller::Owner, Directories::Show(place).into()).unwrap() {
            Reply::Directory(directory) => *directory,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_home_has_its_libraries() {
    let mut bench = Bench::new();
    let summary = bench.done(Caller::Owner, Directories::Provision(accounts_named(&["ada"])));
    assert_eq!((summary.action, summary.accounts, summary.directories), (Action::Provisioned, 1, 8));
    assert_eq!(summary.label.as_deref(), Some("ada"));
    let mut expected = vec!["00001_ADA".to_owned()];
    expected.extend(LIBRARIES.iter().map(|name| format!("00001_ADA/{name}")));
    let mut paths = bench.paths();
    paths.sort();
    assert_eq!(paths, expected);
    let home = bench.shown(at("00001_ADA"));
    assert_eq!((home.username.as_deref(), home.directory_id.len()), (Some("ada"), 32));
}

#[test]
fn only_what_is_missing_is_made() {
    let mut bench = homes();
    bench.done(Caller::Owner, Directories::Trash(vec![at("00001_ADA/Photos"), at("00001_ADA/Videos")]));
    let summary = bench.done(Caller::Owner, Directories::Provision(accounts_named(&["ada", "bob"])));
    assert_eq!((summary.accounts, summary.directories, summary.unchanged), (1, 2, 1));
}

#[test]
fn a_home_that_somebody_else_holds_is_a_conflict() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Pending);
    bench.row(1, "00002_BOB");
    let provision = Directories::Provision(accounts_named(&["bob"]));
    assert_eq!(bench.kind(Caller::Owner, provision), FailureKind::Conflict);
    assert_eq!(
        bench.kind(Caller::Owner, AccountAction::Confirm.on(accounts_named(&["bob"]))),
        FailureKind::Conflict
    );
    assert_eq!(bench.user("bob").status, Status::Pending);
}

#[test]
fn a_new_directory_belongs_to_its_parents_owner() {
    let mut bench = homes();
    let summary = bench.done(Caller::Owner, add("00002_BOB/Photos/2024"));
    assert_eq!((summary.action, summary.directories), (Action::Added, 1));
    assert_eq!(summary.label.as_deref(), Some("00002_BOB/Photos/2024"));
    let directory = bench.shown(DirectorySelector::Id(summary.id.unwrap()));
    assert_eq!((directory.owner.as_str(), directory.name.as_str()), ("bob", "2024"));
}

#[test]
fn a_new_root_needs_an_owner() {
    let mut bench = homes();
    assert_eq!(bench.kind(Caller::Owner, add("Shared")), FailureKind::Invalid);
    let owned = Directories::Add { path: "Shared".into(), owner: Some(who("bob")) };
    assert_eq!(bench.done(Caller::Owner, owned.clone()).directories, 1);
    assert_eq!(bench.kind(Caller::Owner, owned), FailureKind::Conflict);
    let taken = Directories::Add { path: "Shared".into(), owner: Some(who("ada")) };
    assert_eq!(bench.kind(Caller::Owner, taken), FailureKind::Conflict);
}

#[test]
fn a_directory_is_not_added_to_nothing_or_twice() {
    let mut bench = homes();
    let failure = bench.refused(Caller::Owner, add("00009_EVE/Photos"));
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert_eq!(failure.message, "There is no directory 00009_EVE.");
    assert_eq!(bench.kind(Caller::Owner, add("00001_ADA/Photos")), FailureKind::Conflict);
    let wrong_owner = Directories::Add { path: "00001_ADA/New".into(), owner: Some(who("bob")) };
    assert_eq!(bench.refused(Caller::Owner, wrong_owner).message, "00001_ADA belongs to ada, not to bob.");
}

#[test]
fn bad_names_and_paths_are_invalid() {
    let mut bench = homes();
    for request in [
        add("/etc"),
        add("00001_ADA/../x"),
        add(""),
        rename("00001_ADA/Photos", "a/b"),
        rename("00001_ADA/Photos", ".."),
        rename("00001_ADA/Photos", ""),
    ] {
        let failure = bench.refused(Caller::Owner, request);
        assert_eq!((failure.kind, failure.field), (FailureKind::Invalid, Some(Field::DirectoryName)));
    }
}

#[test]
fn where_several_have_the_path_the_owner_decides() {
    let mut bench = Bench::new();
    bench.account("bob", AccessLevel::User, Status::Confirmed);
    let of_ada = bench.row(1, "MEDIA");
    bench.row(2, "MEDIA");
    let failure = bench.refused(Caller::Owner, add("MEDIA/x"));
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert_eq!(failure.message, "Several accounts have a directory MEDIA: ada, bob.");
    assert_eq!(bench.kind(Caller::Owner, rename("MEDIA", "x")), FailureKind::Conflict);
    for name in ["ada", "bob"] {
        bench.done(Caller::Owner, Directories::Add { path: "MEDIA/x".into(), owner: Some(who(name)) });
    }
    let by_id = Directories::Rename { place: DirectorySelector::Id(of_ada), name: "M".into() };
    assert_eq!(bench.done(Caller::Owner, by_id).directories, 2);
}

#[test]
fn a_rename_takes_along_what_lies_below() {
    let mut bench = homes();
    let summary = bench.done(Caller::Owner, rename("00001_ADA", "00001_LOVELACE"));
    assert_eq!((summary.action, summary.directories), (Action::Renamed, 8));
    assert_eq!(summary.label.as_deref(), Some("00001_LOVELACE"));
    bench.shown(at("00001_LOVELACE/Photos"));
    let same = bench.done(Caller::Owner, rename("00001_LOVELACE", "00001_LOVELACE"));
    assert_eq!((same.directories, same.unchanged), (0, 1));
    assert_eq!(bench.kind(Caller::Owner, rename("00001_LOVELACE/Photos", "Videos")), FailureKind::Conflict);
    assert_eq!(bench.kind(Caller::Owner, rename("00001_LOVELACE", "00002_BOB")), FailureKind::Conflict);
}

#[test]
fn a_move_stays_with_the_owner_and_out_of_itself() {
    let mut bench = homes();
    bench.done(Caller::Owner, add("00001_ADA/Photos/2024"));
    let summary = bench.done(Caller::Owner, move_to("00001_ADA/Photos", "00001_ADA/Videos"));
    assert_eq!((summary.action, summary.directories), (Action::Moved, 2));
    bench.shown(at("00001_ADA/Videos/Photos/2024"));
    for (from, to, kind) in [
        ("00001_ADA/Videos", "00001_ADA/Videos/Photos", FailureKind::Invalid),
        ("00001_ADA/Videos", "00001_ADA/Videos", FailureKind::Invalid),
        ("00001_ADA/Videos", "00002_BOB", FailureKind::Refused),
        ("00001_ADA/Videos", "00003_EVE", FailureKind::NotFound),
        ("00001_ADA/None", "00001_ADA", FailureKind::NotFound),
    ] {
        assert_eq!(bench.kind(Caller::Owner, move_to(from, to)), kind, "{from} {to}");
    }
    let there = bench.done(Caller::Owner, move_to("00001_ADA/Videos/Photos", "00001_ADA/Videos"));
    assert_eq!((there.directories, there.unchanged), (0, 1));
    bench.done(Caller::Owner, add("00001_ADA/Photos"));
    let taken = move_to("00001_ADA/Photos", "00001_ADA/Videos");
    assert_eq!(bench.kind(Caller::Owner, taken), FailureKind::Conflict);
}

#[test]
fn removing_takes_all_that_lies_below() {
    let mut bench = homes();
    let both = Directories::Trash(vec![at("00001_ADA"), at("00001_ADA/Photos")]);
    assert_eq!(bench.done(Caller::Owner, both).directories, 8);
    assert_eq!(bench.paths().len(), 8);
    let failure = bench.refused(Caller::Owner, Directories::Trash(vec![at("00002_BOB"), at("00001_ADA")]));
    assert_eq!(failure.message, "There is no directory 00001_ADA.");
    assert_eq!(bench.paths().len(), 8);
}

#[test]
fn opening_is_noted() {
    let mut bench = homes();
    let id = bench.shown(at("00001_ADA/Photos")).id;
    assert_eq!(bench.shown(DirectorySelector::Id(id)).last_accessed, None);
    bench.done(Caller::Owner, Directories::Opened(id));
    assert_eq!(bench.shown(DirectorySelector::Id(id)).last_accessed, Some(bench.now));
    assert_eq!(bench.kind(Caller::Owner, Directories::Opened(999)), FailureKind::NotFound);
}

#[test]
fn a_list_and_a_tree_can_be_held_to_one_account() {
    let mut bench = homes();
    let of = |name: &str| Some(who(name));
    let list = |of| Directories::List { of, filter: Filter::default(), sort: in_order(), span: ALL };
    let tree = |of| Directories::Tree { of, open: [].into(), sort: in_order(), span: ALL };
    let Ok(Reply::Directories(flat)) = bench.ask(Caller::Owner, list(of("bob")).into()) else { panic!() };
    assert_eq!(flat.total, 8);
    let Ok(Reply::Tree(roots)) = bench.ask(Caller::Owner, tree(of("bob")).into()) else { panic!() };
    assert_eq!(roots.rows.iter().map(|row| row.directory.path.as_str()).collect::<Vec<_>>(), ["00002_BOB"]);
    assert_eq!(bench.kind(Caller::Owner, list(of("nobody"))), FailureKind::NotFound);
    assert_eq!(bench.kind(Caller::Owner, tree(of("nobody"))), FailureKind::NotFound);
}
