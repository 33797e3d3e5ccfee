//! Tests of the messages about owners, modes and links.

use super::*;

const ROOT: StoreUser = StoreUser { id: 0, group: None };
const ADA: StoreUser = StoreUser { id: 1000, group: None };
const MEDIA: u32 = 50;
const ADA_IN_MEDIA: StoreUser = StoreUser { id: 1000, group: Some(MEDIA) };

fn file(owner: u32, mode: u32) -> FileFacts {
    FileFacts { kind: FileKind::File, mode, owner, group: MEDIA, links: 1, mount_root: false }
}

fn folder(owner: u32, mode: u32) -> FileFacts {
    FileFacts { kind: FileKind::Folder, links: 2, ..file(owner, mode) }
}

/// Returns the consequences, and the check of each.
fn told(faults: &[FileFault]) -> Vec<(FaultEffect, &'static str)> {
    faults.iter().map(|fault| (fault.effect, fault.finding.check)).collect()
}

const REFUSED: (FaultEffect, &str) = (FaultEffect::Refuse, "mode");
const WARNED: (FaultEffect, &str) = (FaultEffect::Warn, "mode");
const REPORTED: (FaultEffect, &str) = (FaultEffect::Report, "mode");
const FOREIGN: (FaultEffect, &str) = (FaultEffect::Refuse, "owner");

#[test]
fn a_file_is_its_owners_or_roots_and_root_opens_any() {
    for (user, facts, expected) in [
        (ADA, file(1000, 0o600), &[][..]),
        (ADA, file(0, 0o640), &[]),
        (ADA, file(1001, 0o600), &[FOREIGN]),
        (ADA, file(65_534, 0o600), &[FOREIGN]),
        (ROOT, file(0, 0o600), &[]),
        (ROOT, file(1001, 0o600), &[]),
        (ADA_IN_MEDIA, file(1001, 0o660), &[FOREIGN]),
    ] {
        assert_eq!(told(&of_file(Path::new("/s/a.db"), facts, user)), expected, "{facts:?} {user:?}");
    }
}

#[test]
fn a_store_and_its_folder_have_one_owner_unless_a_group_shares_them() {
    let path = Path::new("/s/a.db");
    let reported = (FaultEffect::Report, "owner");
    for (store, folder, expected) in [
        (file(1000, 0o600), folder(1000, 0o700), None),
        (file(0, 0o600), folder(0, 0o755), None),
        (file(1001, 0o600), folder(0, 0o755), Some(reported)),
        (file(0, 0o644), folder(1000, 0o700), Some(reported)),
        (file(1001, 0o660), folder(0, 0o755), None),
        (file(1001, 0o600), folder(0, 0o2770), None),
    ] {
        let faults: Vec<_> = of_owners(path, store, folder).into_iter().collect();
        assert_eq!(told(&faults).first().copied(), expected, "{store:?} {folder:?}");
    }
}

#[test]
fn what_everyone_may_write_is_refused_to_root_too_and_a_group_is_warned_of() {
    for user in [ADA, ROOT] {
        for (mode, expected) in [
            (0o600, &[][..]),
            (0o640, &[]),
            (0o644, &[REPORTED]),
            (0o660, &[WARNED]),
            (0o620, &[WARNED]),
            (0o602, &[REFUSED]),
            (0o666, &[REFUSED, REPORTED]),
            (0o662, &[REFUSED]),
        ] {
            assert_eq!(told(&of_file(Path::new("/s/a.db"), file(user.id, mode), user)), expected, "{mode:o}");
        }
        for (mode, expected) in [
            (0o700, &[][..]),
            (0o755, &[]),
            (0o750, &[]),
            (0o775, &[WARNED]),
            (0o2770, &[WARNED]),
            (0o777, &[REFUSED]),
            (0o1777, &[REFUSED]),
            (0o703, &[REFUSED]),
        ] {
            assert_eq!(told(&of_folder(Path::new("/s"), folder(user.id, mode), user)), expected, "{mode:o}");
        }
    }
}

#[test]
fn a_group_that_is_meant_to_write_is_not_warned_of_but_everyone_is_refused_still() {
    let path = Path::new("/s/a.db");
    assert_eq!(told(&of_file(path, file(0, 0o660), ADA_IN_MEDIA)), []);
    assert_eq!(told(&of_folder(Path::new("/s"), folder(0, 0o2770), ADA_IN_MEDIA)), []);
    assert_eq!(told(&of_file(path, file(0, 0o662), ADA_IN_MEDIA)), [REFUSED]);
    let other = StoreUser { group: Some(51), ..ADA };
    assert_eq!(told(&of_file(path, file(0, 0o660), other)), [WARNED]);
}

#[test]
fn several_names_and_a_mount_point_leave_only_reading() {
    let path = Path::new("/s/a.db");
    let mut facts = FileFacts { links: 3, ..file(1000, 0o600) };
    assert_eq!(told(&of_names(path, facts)), [(FaultEffect::ReadOnly, "links")]);
    facts = FileFacts { links: 1, mount_root: true, ..facts };
    assert_eq!(told(&of_names(path, facts)), [(FaultEffect::ReadOnly, "mount")]);
    assert!(of_names(path, facts)[0].finding.fix.contains("umount /s/a.db"));
    assert_eq!(told(&of_names(path, file(1000, 0o600))), []);
}

#[test]
fn what_lies_beside_is_an_ordinary_file_of_the_same_owners() {
    let path = Path::new("/s/a.db-wal");
    let store = file(1000, 0o600);
    for kind in [FileKind::Link, FileKind::Folder, FileKind::Other] {
        let planted = FileFacts { kind, ..file(1000, 0o600) };
        assert_eq!(
            told(&of_companion(path, planted, store, ADA)),
            [(FaultEffect::Refuse, "links")],
            "{kind:?}"
        );
    }
    assert_eq!(told(&of_companion(path, file(1000, 0o600), store, ADA)), []);
    assert_eq!(told(&of_companion(path, file(1001, 0o600), store, ADA)), [FOREIGN]);
    assert_eq!(told(&of_companion(path, file(1000, 0o646), store, ADA)), [REFUSED]);
    // Where a group shares the store, it is whoever wrote first.
    let shared = file(0, 0o660);
    assert_eq!(told(&of_companion(path, file(1001, 0o660), shared, ADA_IN_MEDIA)), []);
    assert_eq!(told(&of_companion(path, file(1001, 0o666), shared, ADA_IN_MEDIA)), [REFUSED]);
}

#[test]
fn the_key_file_is_for_the_owner_and_the_group_that_reads_it() {
    let (path, store) = (Path::new("/s/a.db.key"), file(1000, 0o600));
    for (mode, expected) in
        [(0o600, &[][..]), (0o640, &[]), (0o644, &[REPORTED]), (0o660, &[WARNED]), (0o602, &[REFUSED])]
    {
        assert_eq!(told(&of_key_file(path, file(1000, mode), store, ADA)), expected, "{mode:o}");
    }
    assert_eq!(told(&of_key_file(path, file(1001, 0o600), store, ADA)), [FOREIGN]);
    // Where a group shares the store, one of it has made the file.
    assert_eq!(told(&of_key_file(path, file(1001, 0o640), file(0, 0o660), ADA_IN_MEDIA)), []);
    let folder = FileFacts { kind: FileKind::Folder, ..file(1000, 0o777) };
    assert_eq!(told(&of_key_file(path, folder, store, ADA)), [], "it is named where the key is read");
}

#[test]
fn only_the_owner_can_mend_a_mode_and_no_folder_for_everyone_is_closed() {
    let mended = |faults: Vec<FileFault>| faults.first().map(|fault| (fault.finding.fixable, fault.mode));
    let path = Path::new("/s/a.db");
    assert_eq!(mended(of_file(path, file(1000, 0o666), ADA)), Some((true, Some(0o600))));
    assert_eq!(mended(of_file(path, file(0, 0o666), ADA)), Some((false, Some(0o600))));
    assert_eq!(mended(of_file(path, file(0, 0o662), ADA_IN_MEDIA)), Some((false, Some(0o660))));
    assert_eq!(mended(of_folder(Path::new("/s"), folder(1000, 0o777), ADA)), Some((true, Some(0o755))));
    assert_eq!(mended(of_folder(Path::new("/tmp"), folder(0, 0o1777), ROOT)), Some((false, None)));
}

#[test]
fn commands_quote_paths_for_a_shell() {
    let faults = of_file(Path::new("/s/it's $HOME.db"), file(1000, 0o602), ADA);
    assert!(faults[0].finding.fix.ends_with("chmod 600 \"/s/it's \"'$HOME.db'"), "{}", faults[0].finding.fix);
}

#[test]
fn an_empty_file_is_private_only_like_one_that_nexus_makes() {
    assert!(is_private(file(1000, 0o600), ADA));
    for facts in [
        file(0, 0o600),
        file(1000, 0o644),
        file(1000, 0o400),
        file(1000, 0o4600),
        folder(1000, 0o600),
        FileFacts { links: 2, ..file(1000, 0o600) },
        FileFacts { mount_root: true, ..file(1000, 0o600) },
    ] {
        assert!(!is_private(facts, ADA), "{facts:?}");
    }
}
