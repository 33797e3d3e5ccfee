//! `nexus import`: taking in a legacy database.

use std::path::PathBuf;

use clap::Args;

use crate::domain::text::{count, grouped};
use crate::domain::zone::Zone;
use crate::service::contract::confirmation::FrontEnd;
use crate::service::contract::{Import, ImportReport, LaterStatements, Reply, Request};

use super::import_report::{counts, fields, names, words};
use super::output::Format;
use super::problem::ErrorFormat;
use super::runner::{CommandError, CommandRunner, Course, unexpected};

/// Take in a legacy database: all of it, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub(super) struct ImportArguments {
    /// A dump as mysqldump, mariadb-dump, phpMyAdmin and others write it, the text of sqlite3's .dump, or a SQLite file
    /// with the same tables; each may be packed with gzip or zstd
    file: PathBuf,
    #[command(flatten)]
    leniency: Leniency,
    /// Where an account of the store has the same username or email, take the source's
    #[arg(long)]
    replace: bool,
    /// Sessions that are still in time stay active
    #[arg(long)]
    keep_sessions: bool,
    /// Take this off the front of every path; of several, the longest that fits
    #[arg(long = "strip-prefix", value_name = "PATH", allow_hyphen_values = true)]
    strip_prefixes: Vec<String>,
    /// Take the tables of this database, where the dump holds them in several
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    database: Option<String>,
    /// The zone of the times in the file, whatever it says itself: +02:00, Europe/Berlin
    #[arg(long, value_name = "ZONE", value_parser = zone, allow_hyphen_values = true)]
    time_zone: Option<Zone>,
}

/// What an import passes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
struct Leniency {
    /// Take the good rows and report the bad ones, instead of taking nothing
    #[arg(long)]
    skip_bad_rows: bool,
    /// Take the rows as they stand, although statements after them change them
    #[arg(long)]
    ignore_later_statements: bool,
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).ok_or_else(|| "no time zone: write +02:00, or a name such as Europe/Berlin".to_owned())
}

impl ImportArguments {
    fn wish(&self) -> Import {
        let later_statements = if self.leniency.ignore_later_statements {
            LaterStatements::Ignore
        } else {
            LaterStatements::Refuse
        };
        Import {
            file: self.file.clone(),
            skip_bad_rows: self.leniency.skip_bad_rows,
            replace: self.replace,
            keep_sessions: self.keep_sessions,
            strip_prefixes: self.strip_prefixes.clone(),
            database: self.database.clone(),
            time_zone: self.time_zone,
            later_statements,
            agreed_admins: None,
        }
    }

    pub(super) fn request(&self) -> Request {
        Request::Import(self.wish())
    }

    pub(super) fn run(self, runner: &mut CommandRunner<'_, '_>) -> Result<(), CommandError> {
        let asks = self.request().must_be_counted(FrontEnd::Command) && runner.options.asks();
        let asks_about_admins = runner.options.asks() && runner.options.can_ask;
        let mut wish = self.wish();
        if asks {
            let report = runner.rehearsed(&wish)?;
            let replaced = count(report.replaced, "account", "accounts");
            let question = format!("Take {}, replacing {replaced} of the store?", counts(report.taken));
            runner.question(&match report.admins.len() {
                0 => question,
                _ => format!("{question} {}", admins(&report)),
            })?;
            wish.agreed_admins = Some(report.admins);
        } else if asks_about_admins {
            // Most files hold none, and then they are taken at once.
            wish.agreed_admins = Some(Vec::new());
        }
        let course = runner.options.course;
        let mut outcome = runner.import(Request::Import(wish.clone()), course);
        if asks_about_admins
            && !asks
            && let Err(stop) = &outcome
            && let Some(report) = stop.report().filter(|report| !report.admins.is_empty())
        {
            runner.question(&format!("{} Import them?", admins(report)))?;
            wish.agreed_admins = Some(report.admins.clone());
            outcome = runner.import(Request::Import(wish), course);
        }
        runner.tell_import(outcome, course)
    }
}

impl CommandRunner<'_, '_> {
    fn import(&mut self, request: Request, course: Course) -> Result<ImportReport, CommandError> {
        match self.perform(request, course)? {
            Reply::Imported(report) => Ok(*report),
            _ => Err(unexpected().into()),
        }
    }

    /// What an import would come to. What keeps it from being done is told as if it had been tried.
    fn rehearsed(&mut self, wish: &Import) -> Result<ImportReport, CommandError> {
        let outcome = self.import(Request::Import(wish.clone()), Course::Rehearsal);
        if let Err(stop) = &outcome {
            self.tell_refused(stop, Course::Rehearsal);
        }
        outcome
    }

    /// Tells what became of every row.
    fn tell_import(
        &mut self,
        outcome: Result<ImportReport, CommandError>,
        course: Course,
    ) -> Result<(), CommandError> {
        let report = match outcome {
            Ok(report) => report,
            Err(stop) => {
                self.tell_refused(&stop, course);
                return Err(stop);
            }
        };
        for line in words(&report, course) {
            self.say(&line);
        }
        if self.style.format == Format::Table { Ok(()) } else { self.tell_programs(fields(report, course)) }
    }

    /// Every refused row is named, also where nothing was taken because of them; programs find them in the error.
    fn tell_refused(&mut self, stop: &CommandError, course: Course) {
        if self.style.format.errors() == ErrorFormat::Json {
            return;
        }
        if let Some(report) = stop.report() {
            for line in words(report, course) {
                self.say(&line);
            }
        }
    }
}

/// The accounts that become admins, by name.
fn admins(report: &ImportReport) -> String {
    let names = names(&report.admins);
    match report.admins.len() {
        1 => format!("This account becomes an admin: {names}."),
        n => format!("These {} accounts become admins: {names}.", grouped(n as u64)),
    }
}
