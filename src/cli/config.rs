//! The config file: where it is and how it is read, and `nexus config show`.
//!
//! It opens no file itself: whoever calls says how one is read.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::domain::config::Config;
use crate::domain::text::{excerpt_bare, excerpt_path};
use crate::service::contract::{Failure, FailureKind};

use super::Exit;
use super::output::Format;

/// The most bytes that are read of a config file: a device or an endless pipe must not fill the memory.
const MAX_BYTES: u64 = 64 << 10;

/// Where the config file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFile {
    /// As told: it must be there.
    Named(PathBuf),
    /// Where it usually is, if it is there.
    Usual(PathBuf),
    /// It is not known where it would be.
    Unknown,
}

impl ConfigFile {
    /// The settings in force; `open` opens a file.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] for a file that cannot be read or breaks a rule: says which, where, and the rule.
    pub fn settings<R: Read>(&self, open: impl FnOnce(&Path) -> io::Result<R>) -> Result<Config, Failure> {
        let (Self::Named(path) | Self::Usual(path)) = self else { return Ok(Config::default()) };
        match (open(path).and_then(contents), self) {
            (Ok(text), _) => parse(path, &text),
            (Err(error), Self::Usual(_)) if error.kind() == io::ErrorKind::NotFound => Ok(Config::default()),
            (Err(error), _) => Err(Failure::new(
                FailureKind::Invalid,
                format!("Cannot read {}: {error}.", excerpt_path(path)),
            )),
        }
    }
}

/// Reads all of a file of a sensible size.
fn contents(file: impl Read) -> io::Result<String> {
    let mut text = String::new();
    if file.take(MAX_BYTES + 1).read_to_string(&mut text)? as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 KiB"));
    }
    Ok(text)
}

fn parse(path: &Path, text: &str) -> Result<Config, Failure> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| format!(", line {}", before.matches('\n').count() + 1));
        let message =
            format!("{}{}: {}.", excerpt_path(path), line.unwrap_or_default(), quoting(error.message()));
        Failure::new(FailureKind::Invalid, message).hint("`nexus config show --help` names the settings")
    })
}

/// Shortens what a message about the file quotes of it.
fn quoting(message: &str) -> String {
    // Not even a value full of quotation marks comes through at length.
    const MOST: usize = 500;
    let parts = message.split_inclusive(['`', '"']).map(excerpt_bare);
    parts.collect::<String>().chars().take(MOST).collect()
}

const SETTINGS: &str = "\
Settings in the file (TOML), with what holds where they are missing:

  [store]
  group = \"media\"   # nothing by default: a group that may write the store besides its owner
  [journal]
  anchor = \"none\"   # or \"syslog\": the journal's head goes to the local syslog at each log-out
  [bin]
  keep_days = 30    # 1 to 3650: days that the names of a deleted account stay reserved

A key that is not known, or a value that breaks its rule, is an error (exit 6), never passed over.";

/// The settings of NEXUS.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the settings in force: TOML, or JSON with --format json
    #[command(after_help = SETTINGS)]
    Show,
}

/// `nexus config show`: it needs no store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowConfig {
    file: ConfigFile,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Toml,
    Json,
}

impl ShowConfig {
    /// # Errors
    /// Wrong usage: settings are no rows.
    pub(super) fn new(file: ConfigFile, format: Format) -> Result<Self, Exit> {
        let form = match format {
            Format::Table => Form::Toml,
            Format::Json | Format::Jsonl => Form::Json,
            Format::Csv => {
                return Err(Exit::usage("Settings are printed as TOML or JSON.", "--format json, or none"));
            }
        };
        Ok(Self { file, form })
    }

    /// What is to be printed; `open` opens a file.
    ///
    /// # Errors
    /// As [`ConfigFile::settings`].
    pub fn exit<R: Read>(&self, open: impl FnOnce(&Path) -> io::Result<R>) -> Result<Exit, Failure> {
        let config = self.file.settings(open)?;
        let unwritable = |what: String| Failure::new(FailureKind::Other, what);
        let text = match self.form {
            Form::Toml => toml::to_string(&config).map_err(|error| unwritable(error.to_string()))?,
            Form::Json => {
                serde_json::to_string(&config).map_err(|error| unwritable(error.to_string()))? + "\n"
            }
        };
        Ok(Exit::asked_for(text))
    }
}
