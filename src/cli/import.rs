//! `nexus import`: imports a legacy database or an export, or adds the accounts of a list.

use std::path::PathBuf;

use clap::Args;

use crate::domain::text::{count, grouped};
use crate::domain::zone::Zone;
use crate::service::contract::confirmation::FrontEnd;
use crate::service::contract::{
    Accounts, ActionSummary, Failure, Import, ImportReport, LaterStatements, Reply, Request,
};

use super::StoreUse;
use super::import_report::{counts, fields, named, words};
use super::output::Format;
use super::problem::ErrorFormat;
use super::runner::{CommandError, CommandRunner, unexpected};
use super::selection_args::Input;
use super::store_command::StoreCommand;

/// Import a legacy database, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct ImportArguments {
    /// A dump as mysqldump, mariadb-dump, phpMyAdmin and others write it, the text of sqlite3's .dump, a SQLite
    /// file with the same tables, or JSON or CSV of `nexus export`; each may be packed with gzip or zstd
    #[arg(required_unless_present = "new_accounts")]
    file: Option<PathBuf>,
    /// Add the accounts of a file of CSV with access codes; its first line names the columns `email`, `firstname`,
    /// `lastname`, `username`, `access_level`
    #[arg(long, value_name = "FILE", requires = "codes", conflicts_with_all = [
        "file", "skip_bad_rows", "ignore_later_statements", "replace", "keep_sessions", "strip_prefixes", "database",
        "time_zone", "report",
    ])]
    new_accounts: Option<PathBuf>,
    /// Write the access codes of the new accounts into this new file
    #[arg(long, value_name = "FILE", requires = "new_accounts")]
    codes: Option<PathBuf>,
    /// Write the result for each row into this new file, as lines of JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    leniency: Leniency,
    /// Replace accounts of the store that have the same username or email
    #[arg(long)]
    replace: bool,
    /// Keep sessions active that have not expired
    #[arg(long)]
    keep_sessions: bool,
    /// Remove this prefix from every path; if given several times, the longest match is removed
    #[arg(long = "strip-prefix", value_name = "PATH", allow_hyphen_values = true)]
    strip_prefixes: Vec<String>,
    /// Import the tables of this database, if the dump holds several
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    database: Option<String>,
    /// The time zone of the times in the file, overriding the file: +02:00, Europe/Berlin
    #[arg(long, value_name = "ZONE", value_parser = zone, allow_hyphen_values = true)]
    time_zone: Option<Zone>,
}

/// The faults that an import tolerates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
struct Leniency {
    /// Import the good rows and report the bad ones, instead of importing nothing
    #[arg(long)]
    skip_bad_rows: bool,
    /// Import the rows although later statements change them
    #[arg(long)]
    ignore_later_statements: bool,
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text)
        .ok_or_else(|| "not a time zone: write +02:00, or a name such as Europe/Berlin".to_owned())
}

impl ImportArguments {
    fn import(&self) -> Import {
        let later_statements = if self.leniency.ignore_later_statements {
            LaterStatements::Ignore
        } else {
            LaterStatements::Refuse
        };
        Import {
            file: self.file.clone().unwrap_or_default(),
            skip_bad_rows: self.leniency.skip_bad_rows,
            replace: self.replace,
            keep_sessions: self.keep_sessions,
            strip_prefixes: self.strip_prefixes.clone(),
            database: self.database.clone(),
            time_zone: self.time_zone,
            later_statements,
            agreed_admins: None,
            report: self.report.clone(),
        }
    }

    fn action(&self) -> Request {
        self.list(None).unwrap_or_else(|| Request::Import(self.import()))
    }

    /// Returns the request to add the accounts of a list, if one is named.
    fn list(&self, agreed: Option<String>) -> Option<Request> {
        let (file, codes) = (self.new_accounts.clone()?, self.codes.clone()?);
        Some(Request::Accounts(Accounts::AddAll { file, codes, agreed }))
    }
}

impl StoreCommand for ImportArguments {
    fn request(&self, _: &Input) -> Result<Option<Request>, Failure> {
        Ok(Some(self.action()))
    }

    fn expected(&self) -> Option<u64> {
        None
    }

    fn store_use(&self, _: bool) -> StoreUse {
        if self.list(None).is_some() { StoreUse::Normal } else { StoreUse::Load }
    }

    fn makes_store(&self) -> bool {
        true
    }

    fn run(&self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        if let Some(request) = self.list(None) {
            let agreed = runner.agree_to_list(request.clone())?;
            return runner.add_all(self.list(agreed).unwrap_or(request));
        }
        let asks = self.action().must_be_counted(FrontEnd::Command) && runner.options.asks();
        let asks_about_admins = runner.options.asks() && runner.options.can_ask;
        let mut import = self.import();
        if asks {
            let report = runner.dry_run(&Import { report: None, ..import.clone() })?;
            let replaced = count(report.replaced, "account", "accounts");
            let question = format!("Import {}, replacing {replaced} in the store?", counts(report.taken));
            tell_admins(runner, &report);
            runner.question(&question)?;
            import.agreed_admins = Some(report.admins);
        } else if asks_about_admins {
            // Most files hold no new admins, and then one run is enough.
            import.agreed_admins = Some(Vec::new());
        }
        let dry_run = runner.options.dry_run;
        let mut outcome = runner.import(Request::Import(import.clone()), dry_run);
        if asks_about_admins
            && !asks
            && let Err(stop) = &outcome
            && let Some(report) = stop.report().filter(|report| !report.admins.is_empty())
        {
            tell_admins(runner, report);
            runner.question("Import them?")?;
            import.agreed_admins = Some(report.admins.clone());
            outcome = runner.import(Request::Import(import), dry_run);
        }
        runner.report_import(outcome, dry_run)
    }
}

impl CommandRunner<'_, '_> {
    /// Asks about the accounts of a list if some of them are admins, and returns the checksum of what was asked about.
    fn agree_to_list(&mut self, request: Request) -> Result<Option<String>, CommandError> {
        if !self.options.asks() {
            return Ok(None);
        }
        let counted = self.summary_of(request, true)?;
        if counted.changes_level {
            for line in named("These accounts become admins:", &counted.names) {
                self.say(&line);
            }
            self.question(&counted.question())?;
        }
        Ok(counted.list)
    }

    /// Adds the accounts of a list.
    fn add_all(&mut self, request: Request) -> Result<(), CommandError> {
        let summary = self.summary_of(request, self.options.dry_run)?;
        self.report_summary(summary, None)
    }

    /// Performs the request and returns its summary. Bad rows are reported.
    fn summary_of(&mut self, request: Request, dry_run: bool) -> Result<ActionSummary, CommandError> {
        match self.perform(request, dry_run).map_err(CommandError::from) {
            Ok(Reply::Done(summary) | Reply::Counted { summary, .. }) => Ok(summary),
            Ok(_) => Err(unexpected().into()),
            Err(stop) => {
                self.report_refused_rows(&stop, dry_run);
                Err(stop)
            }
        }
    }

    fn import(&mut self, request: Request, dry_run: bool) -> Result<ImportReport, CommandError> {
        let Reply::Imported(report) = self.perform(request, dry_run)? else {
            return Err(unexpected().into());
        };
        Ok(*report)
    }

    /// Runs the import as a dry run. Conflicts and bad rows are reported as in a real run.
    fn dry_run(&mut self, import: &Import) -> Result<ImportReport, CommandError> {
        let outcome = self.import(Request::Import(import.clone()), true);
        if let Err(stop) = &outcome {
            self.report_refused_rows(stop, true);
        }
        outcome
    }

    /// Reports the result for every row.
    fn report_import(
        &mut self,
        outcome: Result<ImportReport, CommandError>,
        dry_run: bool,
    ) -> Result<(), CommandError> {
        let report = match outcome {
            Ok(report) => report,
            Err(stop) => {
                self.report_refused_rows(&stop, dry_run);
                return Err(stop);
            }
        };
        for line in words(&report, dry_run) {
            self.say(&line);
        }
        if self.style.format == Format::Table {
            Ok(())
        } else {
            self.print_for_programs(fields(report, dry_run))
        }
    }

    /// Lists every refused row, even if nothing was imported because of them; programs find them in the error.
    fn report_refused_rows(&mut self, stop: &CommandError, dry_run: bool) {
        if self.style.format.errors() == ErrorFormat::Json {
            return;
        }
        if let Some(report) = stop.report() {
            for line in words(report, dry_run) {
                self.say(&line);
            }
        }
    }
}

/// Names the accounts that become admins before the question about them.
fn tell_admins(runner: &mut CommandRunner<'_, '_>, report: &ImportReport) {
    let heading = match report.admins.len() {
        1 => "This account becomes an admin:".to_owned(),
        n => format!("These {} accounts become admins:", grouped(n as u64)),
    };
    for line in named(&heading, &report.admins) {
        runner.say(&line);
    }
}
