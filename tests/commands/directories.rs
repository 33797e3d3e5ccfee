//! `directory`.

use super::fixture::Fixture;

fn paths(fixture: &Fixture) -> Vec<String> {
    let list = fixture.json(&["directory", "list", "--sort", "directory_path"]);
    list.as_array().unwrap().iter().map(|row| row["directory_path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn directories_are_added_renamed_moved_and_removed() {
    let fixture = Fixture::with_admin();
    fixture.ok(&["directory", "add", "00001_ROOT/Photos/2024"]);
    fixture.ok(&["directory", "add", "00001_ROOT/Photos/2024/Été à la mer"]);
    fixture.ok(&["directory", "rename", "00001_ROOT/Photos/2024", "2025"]);
    fixture.ok(&["directory", "move", "00001_ROOT/Photos/2025", "00001_ROOT/Videos"]);
    assert!(paths(&fixture).contains(&"00001_ROOT/Videos/2025/Été à la mer".to_owned()));
    fixture.fails(2, &["directory", "trash", "00001_ROOT/Videos/2025"]);
    fixture.ok(&["directory", "trash", "00001_ROOT/Videos/2025", "--yes"]);
    assert!(!paths(&fixture).iter().any(|path| path.contains("2025")));
}

#[test]
fn names_and_places_keep_their_rules() {
    let fixture = Fixture::with_admin();
    for name in ["", ".", "..", "a/b", "a\nb", &"x".repeat(256)] {
        fixture.fails(6, &["directory", "rename", "00001_ROOT/Photos", name]);
    }
    fixture.fails(4, &["directory", "rename", "00001_ROOT/Photos", "Videos"]);
    fixture.fails(4, &["directory", "add", "00001_ROOT/Photos"]);
    fixture.fails(3, &["directory", "rename", "00001_ROOT/Gone", "x"]);
    fixture.fails(6, &["directory", "move", "00001_ROOT", "00001_ROOT/Photos"]);
}

#[test]
fn the_tree_is_drawn() {
    let fixture = Fixture::with_admin();
    insta::assert_snapshot!(fixture.ok(&["directory", "tree", "root"]), @r"
    00001_ROOT  (root)
    ├─ Audios
    ├─ Favorites
    ├─ Photos
    ├─ Recents
    ├─ Trash
    ├─ Uploads
    └─ Videos
    ");
    assert_eq!(fixture.json(&["directory", "tree"])[1]["depth"].as_i64(), Some(1));
    fixture.fails(3, &["directory", "tree", "nobody"]);
}

#[test]
fn a_home_is_made_where_it_is_missing() {
    let fixture = Fixture::with_admin();
    fixture.ok(&["directory", "trash", "00001_ROOT", "--yes"]);
    assert!(paths(&fixture).is_empty());
    fixture.ok(&["directory", "provision", "root"]);
    assert_eq!(paths(&fixture).len(), 8);
}

#[test]
fn a_directory_at_the_top_needs_an_owner() {
    let fixture = Fixture::with_admin();
    fixture.fails(6, &["directory", "add", "Shared"]);
    fixture.ok(&["directory", "add", "Shared", "--owner", "root"]);
}
