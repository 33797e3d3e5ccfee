//! Modes, owners and links found and mended.

use crate::domain::integrity::RESTORE;
use crate::domain::sqlite::beside;

use super::*;

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o7777
}

#[test]
fn what_lies_beside_a_file_gets_its_new_mode_in_the_same_repair() {
    let folder = altered("");
    set_mode(&at(&folder), 0o660);
    let mut store = examine(&at(&folder).into(), Access::ReadWrite).unwrap();
    let log = beside(&at(&folder), "-wal");
    assert_eq!(mode(&log), 0o660, "the repair opened it with the mode before");
    let repaired = store.repair(false, &mut noting()).unwrap();
    assert_eq!(repaired.mended.len(), 1);
    assert_eq!((mode(&at(&folder)), mode(&log)), (0o600, 0o600));
    assert_eq!(findings(&mut *store), []);
}

#[test]
fn a_store_that_is_refused_is_examined_and_what_can_be_mended_is() {
    let folder = altered("DROP TRIGGER nexus_users_touch");
    set_mode(&at(&folder), 0o666);
    let told: Vec<_> = found(&folder).into_iter().map(|one| (one.check, one.severity, one.fixable)).collect();
    let refused = [("mode", Severity::Error, true), ("mode", Severity::Warning, true)];
    assert_eq!(told, refused, "each fault once, and nothing that only repeats it");
    let mended: Vec<_> = repaired(&folder, false).mended.iter().map(|one| one.check).collect();
    assert_eq!(mended, ["mode", "mode", "schema"]);
    assert_eq!(found(&folder), []);
}

#[test]
fn a_store_that_can_only_be_read_keeps_what_a_repair_cannot_reach() {
    let folder = altered("DROP TRIGGER nexus_users_touch");
    set_mode(&at(&folder), 0o644);
    std::fs::hard_link(at(&folder), folder.path().join("second.db")).unwrap();
    let told = || found(&folder).into_iter().map(|one| (one.check, one.fixable)).collect::<Vec<_>>();
    assert_eq!(told(), [("links", false), ("mode", true), ("schema", false)]);
    let schema = found(&folder).pop().unwrap();
    assert_eq!(schema.fix, "Fix the other findings first; then: nexus doctor --fix");
    assert_eq!(repaired(&folder, true).mended.len(), 1, "the mode");
    assert_eq!(told(), [("links", false), ("schema", false)]);
    let mut store = examine(&at(&folder).into(), Access::ReadOnly).unwrap();
    set_mode(&at(&folder), 0o644);
    assert_eq!(store.repair(true, &mut noting()), Err(StoreError::ReadOnly));
    assert_eq!(mode(&at(&folder)), 0o644, "who may only read changes no mode");
}

#[test]
fn a_link_in_the_place_of_a_log_is_a_finding_and_stays() {
    let folder = altered("");
    let target = folder.path().join("target");
    std::fs::write(&target, "theirs").unwrap();
    let log = beside(&at(&folder), "-wal");
    std::os::unix::fs::symlink(&target, &log).unwrap();
    let checks: Vec<_> = found(&folder).into_iter().map(|one| one.check).collect();
    assert_eq!(checks, ["links", "leftover"]);
    let mut store = examine(&at(&folder).into(), Access::ReadWrite).unwrap();
    let refused = store.repair(false, &mut noting());
    assert!(matches!(refused, Err(StoreError::Finding(finding)) if finding.check == "links"));
    assert_eq!(std::fs::read_to_string(log).unwrap(), "theirs");
}

#[test]
fn a_long_log_is_found_and_copied_into_the_file() {
    let folder = altered("");
    let other = another_program(&folder);
    // While it reads, the log cannot begin anew.
    let reader = another_program(&folder);
    reader.execute_batch("BEGIN; SELECT count(*) FROM nexus_journal").unwrap();
    other.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (zeroblob(70000000))").unwrap();
    let checks = || found(&folder).into_iter().map(|one| (one.check, one.fixable)).collect::<Vec<_>>();
    assert_eq!(checks(), [("log", true)]);
    assert_eq!(repaired(&folder, false).mended, [], "somebody reads it");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(repaired(&folder, false).mended.len(), 1);
    assert_eq!(checks(), []);
}

#[test]
fn a_file_that_an_old_sqlite_wrote_last_is_found_until_nexus_marks_it() {
    let folder = altered("");
    let file = std::fs::File::options().write(true).open(at(&folder)).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &3_040_001_u32.to_be_bytes(), 96).unwrap();
    drop(file);
    let [finding] = found(&folder).try_into().unwrap();
    assert!(finding.message.contains("last written by SQLite 3.40.1"), "{finding:?}");
    assert_eq!(repaired(&folder, false).mended, [finding]);
    assert_eq!(found(&folder), []);
}

#[test]
fn a_file_of_which_not_even_the_schema_can_be_read_is_a_finding_and_no_failure() {
    type Spoil = fn(&std::fs::File);
    let spoilt: [Spoil; 2] = [
        |file| std::os::unix::fs::FileExt::write_all_at(file, &[0; 8], 100).unwrap(),
        |file| file.set_len(file.metadata().unwrap().len() / 2).unwrap(),
    ];
    for spoil in spoilt {
        let folder = altered("");
        spoil(&std::fs::File::options().write(true).open(at(&folder)).unwrap());
        for access in [Access::ReadOnly, Access::ReadWrite] {
            let found = findings(&mut *examine(&at(&folder).into(), access).unwrap());
            let is_told = |one: &Finding| one.severity == Severity::Error && one.fix == RESTORE;
            assert!(found.iter().any(is_told), "{found:?}");
        }
    }
}
