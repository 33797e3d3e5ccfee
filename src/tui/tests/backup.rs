//! Backups and restores by command.

use crate::domain::backup::{BackupCheck, BackupContent};
use crate::domain::journal::Head;
use crate::service::contract::{Backup, BackupReply, BackupReport, RestoreReport, VerifiedBackup};

use super::*;

fn content() -> BackupContent {
    BackupContent {
        schema: 9,
        bytes: 1_500_000,
        accounts: 300,
        sessions: 688,
        directories: 2_292,
        factors: 2,
        head: Head::empty(),
        changed_at: Some(now()),
    }
}

fn verified() -> VerifiedBackup {
    let check = BackupCheck { content: Some(content()), findings: Vec::new() };
    VerifiedBackup { file: "/srv/b.db".into(), check }
}

fn foreseen(overwrites: bool) -> BackupReply {
    BackupReply::Foreseen { file: "/srv/b.db".into(), overwrites }
}

fn made() -> BackupReply {
    let (bytes, sha256, findings, entry) = (1_000, String::new(), Vec::new(), Some(7));
    BackupReply::Made(BackupReport {
        file: "/srv/b.db".into(),
        bytes,
        sha256,
        content: content(),
        findings,
        set_aside: Vec::new(),
        key_file: None,
        entry,
    })
}

fn restored() -> BackupReply {
    BackupReply::Restored(RestoreReport {
        backup: verified(),
        store: "/srv/nexus.db".into(),
        kept: Some("/srv/nexus.db.before-now".into()),
        sessions_ended: 1,
        key: None,
        entry: Some(3),
    })
}

/// Types a command, and answers the dry run that it begins with.
fn typed(screen: &str, line: &str, reply: BackupReply) -> Service {
    let mut service = Service::logged_in();
    service.operate(screen);
    let effects = service.press(&format!(":{line}<enter>"));
    assert!(matches!(effects[..], [Effect::Perform { dry_run: true, .. }, ..]), "{line}: {effects:?}");
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Ok(Reply::Backup(Box::new(reply)))));
    service.read();
    service
}

/// Returns the requests about backups that are performed.
fn performed(service: &Service) -> Vec<&Backup> {
    let backup = |asked: &'_ Asked| !asked.dry_run && matches!(asked.request, Request::Backup(_));
    let requests = service.open.iter().filter(|asked| backup(asked)).map(|asked| &asked.request);
    requests
        .filter_map(|request| if let Request::Backup(backup) = request { Some(backup) } else { None })
        .collect()
}

#[test]
fn a_backup_is_made_at_once_unless_it_overwrites_a_file() {
    let mut service = typed("", "backup<space>b.db", foreseen(false));
    assert!(matches!(performed(&service)[..], [Backup::Make { overwrite: false, keep: None, .. }]));
    service.finish(Ok(Reply::Backup(Box::new(made()))));
    service.assert_shows("✓ Backed up the store to /srv/b.db (1.0 kB): 300 accounts");

    let mut service = typed("", "backup<space>b.db", foreseen(true));
    assert_eq!(performed(&service), [] as [&Backup; 0]);
    service.assert_shows("Overwrite the file?");
    service.press("y");
    assert!(matches!(performed(&service)[..], [Backup::Make { overwrite: true, .. }]));
    let mut service = typed("", "backup<space>b.db", foreseen(true));
    service.press("<esc>");
    assert_eq!(performed(&service), [] as [&Backup; 0]);
}

#[test]
fn a_restore_asks_and_leads_to_the_log_in() {
    // The board of the bin has a key for another kind of restoring.
    for screen in ["", "ot"] {
        let store = Some("/srv/nexus.db".to_owned());
        let reply = BackupReply::RestoreForeseen { backup: verified(), store, sessions: 2, key: None };
        let mut service = typed(screen, "restore<space>/srv/b.db", reply);
        service.assert_shows("Restore the backup?");
        service.assert_shows("2 active sessions end.");
        assert_eq!(performed(&service), [] as [&Backup; 0]);
        service.press("y");
        assert!(matches!(performed(&service)[..], [Backup::Restore { despite_findings: false, .. }]));
        service.finish(Ok(Reply::Backup(Box::new(restored()))));
        service.assert_shows("✓ Restored the store from /srv/b.db");
        service.answer();
        service.assert_shows("Username or email");
    }
}
