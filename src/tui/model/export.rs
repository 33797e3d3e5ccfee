//! `:export FILE`: writes the list in front into a file.

use std::path::{Path, PathBuf};

use crate::domain::text::{count, excerpt_path};
use crate::domain::user::AccessLevel;
use crate::service::contract::{ExportFormat, Failure, FailureKind, ListExport};
use crate::tui::effect::{Effect, RequestId};
use crate::tui::overlays::confirm::Confirm;
use crate::tui::pending::Purpose;

use super::{Model, Notice};

/// A list and the file that it is written into.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlannedExport {
    list: ListExport,
    file: PathBuf,
}

impl Model {
    /// Writes the rows and columns that the list in front shows into a new file.
    pub(super) fn export(&mut self, name: &str) -> Vec<Effect> {
        match self.plan_export(name) {
            Ok(export) => {
                self.overlay = None;
                self.start_export(export, false)
            }
            Err(failure) => {
                self.notify(Notice::Failed(failure));
                Vec::new()
            }
        }
    }

    fn plan_export(&self, name: &str) -> Result<PlannedExport, Failure> {
        let invalid = |words: &str| Failure::new(FailureKind::Invalid, words);
        if let Some(why) = self.viewing_refusal() {
            return Err(why);
        }
        if !self.may_name_files() {
            let words = "Only an admin may write files: they belong to the OS user of the console.";
            return Err(Failure::new(FailureKind::Refused, words));
        }
        if name.is_empty() {
            return Err(invalid("export needs a file: export accounts.csv.").hint(endings()));
        }
        let format = Path::new(name).extension().and_then(|ending| ExportFormat::of_ending(ending.to_str()?));
        let format = format
            .ok_or_else(|| invalid("The ending of the file's name gives the format.").hint(endings()))?;
        let (list, columns) = self
            .screen()
            .and_then(|screen| screen.exported(&self.context()))
            .ok_or_else(|| invalid("This screen has no rows to export."))?;
        Ok(PlannedExport { list: ListExport { list, columns, format }, file: self.start.commands.path(name) })
    }

    /// Returns true if the operator may name files of the machine, which the console opens as its own OS user.
    pub(super) fn may_name_files(&self) -> bool {
        self.operator.as_ref().is_some_and(|operator| operator.level == AccessLevel::Admin)
    }

    fn start_export(&mut self, export: PlannedExport, overwrites: bool) -> Vec<Effect> {
        let Some(operator) = &self.operator else { return Vec::new() };
        let caller = operator.caller();
        let (request_id, superseded) = self.pending.add(Purpose::Export, "exporting", self.now);
        let PlannedExport { list, file } = export.clone();
        self.typed.exporting = Some(export);
        let mut effects: Vec<_> = superseded.into_iter().map(Effect::Cancel).collect();
        effects.push(Effect::Export { request_id, caller, list, file, overwrites });
        effects
    }

    /// Takes the number of rows that were written. If the file is there already, asks about it.
    pub(super) fn exported(&mut self, request_id: RequestId, result: Result<u64, Failure>) -> Vec<Effect> {
        if self.pending.take(request_id).is_none() {
            return Vec::new();
        }
        let Some(export) = self.typed.exporting.take() else { return Vec::new() };
        match result {
            Ok(rows) => {
                let rows = count(rows, "row", "rows");
                self.say(format!("Exported {rows} to {}", excerpt_path(&export.file)));
                Vec::new()
            }
            Err(failure) if failure.kind == FailureKind::SignedOut => self.signed_out(&failure.message),
            Err(failure) if failure.kind == FailureKind::Conflict && self.asking.is_none() => {
                let request_id = self.pending.unused_id();
                let shown = excerpt_path(&export.file);
                self.typed.exporting = Some(export);
                self.asking = Some(Confirm::overwrite(&shown, request_id, self.now));
                vec![Effect::Watch(request_id)]
            }
            Err(failure) => {
                self.notify(Notice::Failed(failure));
                Vec::new()
            }
        }
    }

    /// Replaces the file that was there.
    pub(super) fn overwrite(&mut self) -> Vec<Effect> {
        let export = self.typed.exporting.take();
        export.map_or_else(Vec::new, |export| self.start_export(export, true))
    }
}

fn endings() -> String {
    let endings: Vec<_> = ExportFormat::ENDINGS.iter().map(|(ending, _)| format!(".{ending}")).collect();
    format!("It ends with {}.", endings.join(", "))
}
