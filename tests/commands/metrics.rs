//! `nexus metrics` over real stores.

use super::fixture::{Fixture, PASSWORD};

/// Returns the value of the only sample whose line has these parts.
fn sample(text: &str, name: &str, label: &str) -> i64 {
    let mut lines =
        text.lines().filter(|line| line.starts_with(&format!("{name}{{")) && line.contains(label));
    let (line, more) = (lines.next().unwrap_or_else(|| panic!("{name}: {text}")), lines.next());
    assert_eq!(more, None);
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn the_figures_are_those_of_the_store() {
    let fixture = Fixture::with_admin();
    let before = fixture.ok(&["metrics"]);
    assert!(before.ends_with("# EOF\n"), "{before}");
    assert_eq!(before.matches("nexus_last_backup_age_seconds").count(), 3, "no sample: {before}");
    fixture.add("ada");
    fixture.ok_with(&["user", "password", "ada", "--password-stdin", "--yes"], PASSWORD);
    fixture.ok(&["session", "issue", "root"]);
    fixture.ok(&["backup", fixture.path("backup.db").to_str().unwrap()]);
    let text = fixture.ok(&["metrics", "--readonly"]);
    assert_eq!(sample(&text, "nexus_accounts", "status=\"confirmed\""), 1);
    assert_eq!(sample(&text, "nexus_accounts", "status=\"pending\""), 1);
    assert_eq!(sample(&text, "nexus_active_sessions", ""), 1);
    assert_eq!(sample(&text, "nexus_log_ins_total", "result=\"done\""), 0);
    let entries = fixture.count(&["journal", "list"]);
    assert_eq!(sample(&text, "nexus_journal_entries", "") as usize, entries);
    assert!((0..60).contains(&sample(&text, "nexus_last_backup_age_seconds", "")), "{text}");
    assert!(sample(&text, "nexus_store_size_bytes", "") > 100_000);
    assert_eq!(fixture.json(&["metrics"])["accounts"]["pending"], 1);
    assert_eq!(fixture.count(&["journal", "list"]), entries, "nothing was written");
}

#[test]
fn without_a_store_there_are_no_figures_and_none_is_made() {
    let fixture = Fixture::empty();
    let failed = fixture.run(&["metrics"]);
    assert_eq!((failed.code, failed.out.as_str()), (7, ""));
    assert!(!fixture.store().exists());
}
