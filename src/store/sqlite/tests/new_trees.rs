//! Homes that are inserted at once, as if one row had come after the other.

use crate::store::NewDirectory;

use super::super::directories;
use super::super::{denormalized, new_trees};
use super::*;

/// Returns directories of an account with these paths.
fn new(user: UserId, paths: &[&str]) -> Vec<NewDirectory> {
    let directory = |(at, path): (usize, &&str)| NewDirectory {
        id: None,
        user_id: user,
        directory_id: format!("{}-{at}-{path}", user.0).replace('É', "E"),
        path: (*path).to_owned(),
        name: None,
        date_added: now(),
        last_modified: None,
        last_accessed: None,
        username: Some("ada".into()),
    };
    paths.iter().enumerate().map(directory).collect()
}

/// Returns all rows of two tables, and the settings.
fn rows(store: &SqliteStore) -> Vec<String> {
    let mut rows = Vec::new();
    for sql in [
        "SELECT concat_ws('|', id, user_id, directory_id, directory_name, date_added, last_modified, last_accessed,
           directory_path, username) FROM de_torres_vincent_user_directories ORDER BY id",
        "SELECT concat_ws('|', id, user_id, parent, name, folded) FROM nexus_directories ORDER BY id",
        "SELECT name FROM nexus_settings ORDER BY name",
        "SELECT directories || '' FROM nexus_directory_counts",
    ] {
        let mut statement = store.connection.prepare(sql).unwrap();
        rows.extend(statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(|row| row.unwrap()));
    }
    rows
}

#[test]
fn directories_that_are_inserted_together_are_those_that_are_inserted_one_by_one() {
    let trees: [&[&str]; 9] = [
        &["00001_ADA", "00001_ADA/Music", "00001_ADA/Éclair", "00001_ADA/Photos"],
        &["00001_ADA", "00001_ADA/Music", "00001_ADA/Music"],
        &["00001_ADA"],
        &[],
        // What is no whole tree.
        &["00001_ADA", "00001_ADA/Music/Jazz", "00001_ADA/Music"],
        &["00001_ADA/Music", "00001_ADA"],
        &["a", "b", "c"],
        &["a/b", "a/b/c", "a"],
        &["a", "a//b", "a/"],
    ];
    for tree in trees {
        // Of an account that has none, and of one that has some already.
        for before in [&[] as &[&str], &["00001_ADA/Music/Jazz"], &["a"]] {
            let [together, one_by_one] = [true, false].map(|together| {
                let folder = TempDir::new().unwrap();
                let mut store = fresh(&folder);
                let user = keep(&mut store, |rows| rows.insert_user(&account("ada", AccessLevel::User)));
                for directory in new(user, before) {
                    keep(&mut store, |rows| {
                        let directory_id = format!("before-{}", directory.directory_id);
                        rows.insert_directory(&NewDirectory { directory_id, ..directory })
                    });
                }
                let new = new(user, tree);
                keep(&mut store, |rows| {
                    if together {
                        return rows.insert_directories(&new);
                    }
                    new.iter().try_for_each(|new| rows.insert_directory(new).map(drop))
                });
                let sql = format!("SELECT {}", denormalized::WRONG_DIRECTORIES);
                let wrong: bool = store.connection.query_row(&sql, [], |row| row.get(0)).unwrap();
                assert!(!wrong, "{tree:?} after {before:?}");
                rows(&store)
            });
            assert_eq!(together, one_by_one, "{tree:?} after {before:?}");
        }
    }
}

#[test]
fn a_tree_that_cannot_be_inserted_leaves_the_triggers_as_they_are() {
    let folder = TempDir::new().unwrap();
    let mut store = fresh(&folder);
    let ids = ["ada", "bob"]
        .map(|name| keep(&mut store, |rows| rows.insert_user(&account(name, AccessLevel::User))));
    let taken = new(ids[0], &["x"]);
    keep(&mut store, |rows| rows.insert_directories(&taken));
    let mut tree = new(ids[1], &["y", "y/z"]);
    tree[1].directory_id.clone_from(&taken[0].directory_id);
    let transaction = store.connection.unchecked_transaction().unwrap();
    assert!(matches!(new_trees::insert(&transaction, &tree), Err(StoreError::Duplicate(_))));
    assert_eq!(directories::count(&transaction, ids[1]), Ok(0), "whole or not at all");
    transaction.commit().unwrap();
    assert!(!rows(&store).contains(&"moving".to_owned()));
}
