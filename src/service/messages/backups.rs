//! Sentences about backups, for console and commands.

use crate::domain::backup::BackupContent;
use crate::domain::finding::Finding;
use crate::domain::text::{byte_count, count, excerpt_path};
use crate::domain::time::date_time;
use crate::service::contract::{BackupReply, NeededKey, VerifiedBackup};

impl BackupReply {
    /// Returns what was done, or what a dry run found, sentence by sentence.
    pub fn sentences(&self) -> Vec<String> {
        match self {
            Self::Foreseen { file, overwrites } => {
                let beside = if *overwrites { ", overwriting the older file" } else { "" };
                vec![format!("Would back up the store to {}{beside}.", excerpt_path(file))]
            }
            Self::Made(report) => {
                let (file, size) = (excerpt_path(&report.file), byte_count(report.bytes));
                let done = format!("Backed up the store to {file} ({size}): {}.", rows(&report.content));
                let aside = report.set_aside.iter().map(|aside| {
                    format!("A damaged file was in the way: it is kept as {}.", excerpt_path(aside))
                });
                let key = report.key_file.as_ref().map(|key| {
                    let key = excerpt_path(key);
                    format!("The key of the second factors, {key}, is not in it: keep a copy elsewhere.")
                });
                let unrecorded = "The journal does not record it, since the store is only read.".to_owned();
                let unrecorded = report.entry.is_none().then_some(unrecorded);
                [done]
                    .into_iter()
                    .chain(unrecorded)
                    .chain(key)
                    .chain(aside)
                    .chain(report.findings.iter().map(warned))
                    .collect()
            }
            Self::Verified(backup) => {
                let verdict = match backup.check.findings.len() as u64 {
                    0 => "is sound".to_owned(),
                    findings => format!("has {}", count(findings, "finding", "findings")),
                };
                vec![format!("{} {verdict}.", excerpt_path(&backup.file))]
            }
            Self::RestoreForeseen { backup, store, sessions, key } => {
                let mut lines = vec![format!("Would restore {}.", excerpt_path(&backup.file))];
                lines.extend(backup.consequences(store.as_deref(), *sessions, key.as_ref()));
                lines
            }
            Self::Restored(report) => {
                let file = excerpt_path(&report.backup.file);
                let content = report.backup.check.content.as_ref();
                let rows = content.map(|content| format!(": {}", rows(content))).unwrap_or_default();
                let mut lines = vec![format!("Restored the store from {file}{rows}.")];
                if report.sessions_ended > 0 {
                    let sessions = count(report.sessions_ended, "session has", "sessions have");
                    lines.push(format!("{sessions} ended."));
                }
                lines.extend(
                    report
                        .kept
                        .as_ref()
                        .map(|kept| format!("The old store is kept as {}.", excerpt_path(kept))),
                );
                lines.extend(report.key.as_ref().map(|key| key.sentence(report.backup.factors())));
                lines.extend(report.backup.check.findings.iter().map(warned));
                lines
            }
        }
    }
}

impl NeededKey {
    /// Returns the state of the key file of that many second factors.
    fn sentence(&self, factors: u64) -> String {
        let factors = count(factors, "second factor needs", "second factors need");
        let path = excerpt_path(&self.path);
        if self.is_there {
            format!("{factors} the key file {path}, which is not in the backup: the one that is there stays.")
        } else {
            format!(
                "{factors} the key file {path}, which is not in the backup and not there: put it back, or \
                 nobody with a second factor can log in."
            )
        }
    }
}

impl VerifiedBackup {
    /// Returns the number of accounts with a second factor.
    fn factors(&self) -> u64 {
        self.check.content.as_ref().map_or(0, |content| content.factors)
    }

    /// Returns the consequences of a restore, a sentence each: for the store that it would replace, active sessions, and the
    /// key file that second factors need.
    pub fn consequences(&self, store: Option<&str>, sessions: u64, key: Option<&NeededKey>) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(content) = &self.check.content {
            lines.push(format!("The backup holds {}.", rows(content)));
            let newest =
                content.changed_at.map(|at| format!("Its newest change was made {} UTC.", date_time(at)));
            lines.extend(newest);
        }
        if let Some(store) = store {
            lines.push(format!("All rows of {store} are replaced; it is kept beside."));
        }
        if sessions > 0 {
            lines.push(format!("{}.", count(sessions, "active session ends", "active sessions end")));
        }
        lines.extend(key.map(|key| key.sentence(self.factors())));
        lines.extend(self.check.findings.iter().map(warned));
        lines
    }
}

fn rows(content: &BackupContent) -> String {
    [
        count(content.accounts, "account", "accounts"),
        count(content.sessions, "session", "sessions"),
        count(content.directories, "directory", "directories"),
        count(content.head.seq.unsigned_abs(), "journal entry", "journal entries"),
    ]
    .join(", ")
}

fn warned(finding: &Finding) -> String {
    format!("{}: {}: {}", finding.severity.word(), finding.object, finding.message)
}
