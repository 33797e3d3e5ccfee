//! The manual, which is part of the program.

use super::fixture::Fixture;

#[test]
fn the_manual_needs_neither_a_store_nor_a_config_file() {
    let fixture = Fixture::empty();
    let index = fixture.ok(&["manual"]);
    assert!(index.contains("\n  exit-codes  "), "{index}");
    let bad = fixture.file("bad.toml", "[bin]\nkeep_days = 0\n");
    assert!(fixture.ok(&["manual", "json", "--config", &bad]).starts_with("# Keys in JSON and CSV\n"));
    assert!(fixture.fails(2, &["manual", "nowhere"]).contains("exit-codes"));
    assert!(fixture.ok(&["--help"]).contains("\n  manual       Print a page of the manual\n"));
    assert!(!fixture.store().exists());
}

#[test]
fn the_keys_are_those_of_the_config_file() {
    let fixture = Fixture::empty();
    assert!(fixture.ok(&["manual"]).contains("\n  keys        "));
    assert!(fixture.ok(&["manual", "keys"]).contains("\n| `u` | `undo` | undo your last action |\n"));
    let moved = fixture.file("moved.toml", "[keys]\nundo = \"f9\"\n");
    let page = fixture.ok(&["manual", "keys", "--config", &moved]);
    assert!(page.contains("\n| `F9` | `undo` | undo your last action |\n"), "{page}");
    let both = fixture.file("both.toml", "[keys.users]\nsuspend = \"j\"\n");
    let err = fixture.fails(6, &["manual", "keys", "--config", &both]);
    assert!(err.contains("keys: j is both suspend and down on the screen users."), "{err}");
    assert!(!fixture.store().exists());
}
