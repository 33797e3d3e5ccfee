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
    assert!(fixture.ok(&["--help"]).contains("\n  manual     Print a page of the manual\n"));
    assert!(!fixture.store().exists());
}
