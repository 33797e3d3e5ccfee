//! Actions that are not counted in rows: an import and a repair of the store. What they would do is foreseen by a dry run,
//! and what they did is a text.

use crate::domain::text::{count, visible};
use crate::service::contract::{
    Accounts, ActionSummary, Backup, BackupReply, Diagnosis, Failure, Import, ImportReport, Reply, Request,
};
use crate::tui::effect::Effect;
use crate::tui::overlays::confirm::Confirm;

use super::{Model, NOTICE, Notice};

/// The most names and findings that a question lists.
const LISTED: usize = 8;

impl Model {
    /// Asks about an import that replaces accounts, or that makes admins of some.
    pub(super) fn ask_to_import(&mut self, import: Import, report: &ImportReport) -> Vec<Effect> {
        let rows = [
            count(report.taken.users, "account", "accounts"),
            count(report.taken.sessions, "session", "sessions"),
            count(report.taken.directories, "directory", "directories"),
        ];
        let mut lines = Vec::new();
        if report.taken.users > 0 {
            lines.push(format!("The file has {}.", rows.join(", ")));
        }
        if report.replaced > 0 {
            let replaced = count(report.replaced, "account of the store is", "accounts of the store are");
            lines.push(format!("{replaced} replaced."));
        }
        if !report.admins.is_empty() {
            lines.push(format!("These accounts become admins: {}.", listed(&report.admins)));
        }
        let agreed_admins = Some(report.admins.clone());
        let request = Request::Import(Import { agreed_admins, ..import });
        self.ask_foreseen(request, "Import the file?", lines, "import")
    }

    /// Asks about a list of new accounts if some of them are admins; others are added at once. Either way only the accounts that
    /// were foreseen are added.
    pub(super) fn ask_to_add_all(&mut self, request: Request, foreseen: &ActionSummary) -> Vec<Effect> {
        let Request::Accounts(Accounts::AddAll { file, codes, agreed: _ }) = request else {
            return Vec::new();
        };
        let request = Request::Accounts(Accounts::AddAll { file, codes, agreed: foreseen.list.clone() });
        if !foreseen.changes_level {
            return self.perform(request);
        }
        let lines = vec![format!("These accounts become admins: {}.", listed(&foreseen.names))];
        let request_id = self.pending.unused_id();
        let word = foreseen.word();
        let asking =
            Confirm::foreseen(request, &foreseen.headline(), lines, word, request_id, self.now).of_levels();
        self.ask(asking)
    }

    /// Asks about a repair, or shows that there is nothing to repair.
    pub(super) fn ask_to_repair(&mut self, request: Request, foreseen: &Diagnosis) -> Vec<Effect> {
        if foreseen.mended.is_empty() {
            self.show_diagnosis(foreseen);
            return Vec::new();
        }
        let lines = foreseen.mended.iter().take(LISTED).map(|finding| finding.message.clone()).collect();
        let findings = count(foreseen.mended.len() as u64, "finding", "findings");
        self.ask_foreseen(request, &format!("Repair {findings}?"), lines, "repair")
    }

    /// Asks about a backup that overwrites a file, or about a restore; another backup is made at once.
    pub(super) fn ask_about_backup(&mut self, request: Request, foreseen: &BackupReply) -> Vec<Effect> {
        match (request, foreseen) {
            (
                Request::Backup(Backup::Make { keep, compress, .. }),
                BackupReply::Foreseen { file, overwrites },
            ) => {
                let make = Backup::Make { file: file.clone(), keep, compress, overwrite: *overwrites };
                let request = Request::Backup(make);
                if !overwrites {
                    return self.perform(request);
                }
                let lines = vec![
                    visible(&file.to_string_lossy()).into_owned(),
                    "It already exists and would be replaced for good.".into(),
                ];
                self.ask_foreseen(request, "Overwrite the file?", lines, "overwrite")
            }
            (
                request @ Request::Backup(Backup::Restore { .. }),
                BackupReply::RestoreForeseen { backup, store, sessions, key },
            ) => {
                let lines = backup.consequences(store.as_deref(), *sessions, key.as_ref());
                self.ask_foreseen(request, "Restore the backup?", lines, "restore")
            }
            // The request and the count of it come from the same question; no other pair is ever asked about.
            (
                Request::SignIn(_)
                | Request::Accounts(_)
                | Request::Sessions(_)
                | Request::Directories(_)
                | Request::Import(_)
                | Request::Export(_)
                | Request::Journal(_)
                | Request::Undo(_)
                | Request::Bin(_)
                | Request::Counted(_)
                | Request::Doctor(_)
                | Request::Check(_)
                | Request::Backup(_)
                | Request::Overview
                | Request::Metrics,
                BackupReply::Foreseen { .. }
                | BackupReply::Made(_)
                | BackupReply::Verified(_)
                | BackupReply::RestoreForeseen { .. }
                | BackupReply::Restored(_),
            ) => Vec::new(),
        }
    }

    /// Shows the report of an action that has one instead of a summary.
    pub(super) fn show_report(&mut self, reply: &Reply) {
        match reply {
            Reply::Imported(report) => self.show_import(None, report),
            Reply::Diagnosis(diagnosis) => self.show_diagnosis(diagnosis),
            Reply::Backup(reply) => self.say_backup(reply),
            Reply::Done(_)
            | Reply::Secret { .. }
            | Reply::StoreStatus(_)
            | Reply::SignedIn(_)
            | Reply::ChoosePassword(_)
            | Reply::EnterCode { .. }
            | Reply::FactorOffer(_)
            | Reply::FactorSet(_)
            | Reply::SignedOut
            | Reply::Registered
            | Reply::Ready
            | Reply::TabCounts(_)
            | Reply::Users(_)
            | Reply::User(_)
            | Reply::Calendar(_)
            | Reply::Gates(_)
            | Reply::Codes(_)
            | Reply::Invitations(_)
            | Reply::Sessions(_)
            | Reply::Session(_)
            | Reply::Verified(..)
            | Reply::Directories(_)
            | Reply::Tree(_)
            | Reply::Directory(_)
            | Reply::Counted { .. }
            | Reply::Exported(_)
            | Reply::Entries(_)
            | Reply::Lines(_)
            | Reply::AsItWas(_)
            | Reply::Head(_)
            | Reply::Version(_)
            | Reply::Checked(_)
            | Reply::Items(_)
            | Reply::Check(_)
            | Reply::Overview(_)
            | Reply::Metrics(_) => {}
        }
    }

    /// Says what was backed up or restored.
    pub(super) fn say_backup(&mut self, reply: &BackupReply) {
        let lines = reply.sentences();
        match lines.as_slice() {
            [one] => self.notify_done(one),
            _ => self.show_text("backup", &lines.join("\n")),
        }
    }

    /// Returns to the log-in after a restore, which has ended the operator's session, and says what was restored.
    pub(super) fn restored(&mut self, reply: &BackupReply) -> Vec<Effect> {
        let effects = self.signed_out("");
        self.notify_done(&reply.sentences().join(" "));
        effects
    }

    fn notify_done(&mut self, words: &str) {
        self.notify(Notice::Info {
            text: words.trim_end_matches('.').to_owned(),
            is_done: true,
            hint: None,
            also: None,
            until: self.now + NOTICE,
        });
    }

    fn ask_foreseen(
        &mut self,
        request: Request,
        headline: &str,
        lines: Vec<String>,
        word: &'static str,
    ) -> Vec<Effect> {
        let request_id = self.pending.unused_id();
        self.ask(Confirm::foreseen(request, headline, lines, word, request_id, self.now))
    }

    /// Shows what was imported, or why nothing was.
    pub(super) fn show_import(&mut self, failure: Option<&Failure>, report: &ImportReport) {
        let why = failure.map(|failure| format!("{}\n", failure.message)).unwrap_or_default();
        let text = self.start.commands.interpreter.imported(report);
        self.show_text("import", &format!("{why}{text}"));
    }

    /// Shows what was repaired and what is left.
    pub(super) fn show_diagnosis(&mut self, diagnosis: &Diagnosis) {
        let mut lines: Vec<_> =
            diagnosis.mended.iter().map(|finding| format!("Fixed: {}", finding.message)).collect();
        let saved = diagnosis.saved.as_ref();
        lines.extend(saved.map(|saved| format!("Removed objects are saved in {}.", saved.display())));
        for finding in &diagnosis.findings {
            lines.push(format!("{}: {}", finding.severity.word(), finding.message));
            lines.push(format!("  fix: {}", finding.fix));
        }
        if diagnosis.findings.is_empty() {
            lines.push("No findings.".into());
        }
        self.show_text("doctor", &lines.join("\n"));
    }
}

/// Returns names as a sentence lists them; not all of very many.
fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(LISTED);
    let shown: Vec<_> = names.iter().take(LISTED).map(String::as_str).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}
