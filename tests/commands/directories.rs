//! `directory`.

use super::house::House;

fn paths(house: &House) -> Vec<String> {
    let list = house.json(&["directory", "list", "--sort", "directory_path"]);
    list.as_array().unwrap().iter().map(|row| row["directory_path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn directories_are_added_renamed_moved_and_removed() {
    let house = House::with_admin();
    house.ok(&["directory", "add", "00001_ROOT/Photos/2024"]);
    house.ok(&["directory", "add", "00001_ROOT/Photos/2024/Été à la mer"]);
    house.ok(&["directory", "rename", "00001_ROOT/Photos/2024", "2025"]);
    house.ok(&["directory", "move", "00001_ROOT/Photos/2025", "00001_ROOT/Videos"]);
    assert!(paths(&house).contains(&"00001_ROOT/Videos/2025/Été à la mer".to_owned()));
    house.fails(2, &["directory", "trash", "00001_ROOT/Videos/2025"]);
    house.ok(&["directory", "trash", "00001_ROOT/Videos/2025", "--yes"]);
    assert!(!paths(&house).iter().any(|path| path.contains("2025")));
}

#[test]
fn names_and_places_keep_their_rules() {
    let house = House::with_admin();
    for name in ["", ".", "..", "a/b", "a\nb", &"x".repeat(256)] {
        house.fails(6, &["directory", "rename", "00001_ROOT/Photos", name]);
    }
    house.fails(4, &["directory", "rename", "00001_ROOT/Photos", "Videos"]);
    house.fails(4, &["directory", "add", "00001_ROOT/Photos"]);
    house.fails(3, &["directory", "rename", "00001_ROOT/Gone", "x"]);
    house.fails(6, &["directory", "move", "00001_ROOT", "00001_ROOT/Photos"]);
}

#[test]
fn the_tree_is_drawn() {
    let house = House::with_admin();
    insta::assert_snapshot!(house.ok(&["directory", "tree", "root"]), @r"
    00001_ROOT  (root)
    ├─ Audios
    ├─ Favorites
    ├─ Photos
    ├─ Recents
    ├─ Trash
    ├─ Uploads
    └─ Videos
    ");
    assert_eq!(house.json(&["directory", "tree"])[1]["depth"].as_i64(), Some(1));
    house.fails(3, &["directory", "tree", "nobody"]);
}

#[test]
fn a_home_is_made_where_it_is_missing() {
    let house = House::with_admin();
    house.ok(&["directory", "trash", "00001_ROOT", "--yes"]);
    assert!(paths(&house).is_empty());
    house.ok(&["directory", "provision", "root"]);
    assert_eq!(paths(&house).len(), 8);
}

#[test]
fn a_directory_at_the_top_needs_an_owner() {
    let house = House::with_admin();
    house.fails(6, &["directory", "add", "Shared"]);
    house.ok(&["directory", "add", "Shared", "--owner", "root"]);
}
