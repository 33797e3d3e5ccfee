//! The config file, its location and its parser, and `nexus config`.
//!
//! It touches no file itself: the caller passes the functions that do ([`ConfigFiles`]).

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use crate::domain::config::Config;
use crate::domain::settings::{is_setting, nearest_setting};
use crate::domain::text::{excerpt_bare, excerpt_path, visible};
use crate::service::contract::{ConfigFiles, Failure, FailureKind};

use super::Exit;
use super::options::GlobalOptions;
use super::output::Format;
use document::DocumentKey;

mod document;
mod edit;
mod show;
mod template;

pub use show::StoreOrigin;

/// Maximum number of bytes that are read of a config file: a device or an endless pipe must not fill the
/// memory.
const MAX_BYTES: u64 = 64 << 10;

/// The location of the config file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFile {
    /// A path from the command line: the file must exist.
    Named(PathBuf),
    /// The default path: the file is optional.
    Default(PathBuf),
    /// The default path cannot be determined.
    Unknown,
}

impl ConfigFile {
    /// Returns the settings; `open` opens a file, and `check` examines values whose rules this layer does not know.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] for a file that cannot be read or breaks a rule. The message names the file,
    /// the place and the rule.
    pub fn settings<R: Read>(
        &self,
        open: impl FnOnce(&Path) -> io::Result<R>,
        check: impl Fn(&Config) -> Result<(), Failure>,
    ) -> Result<Config, Failure> {
        let Some((path, text)) = self.text(open)? else { return Ok(Config::default()) };
        checked(path, &text, &check)
    }

    /// Returns the path and the contents, or `None` where the file is optional and missing.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] for a file that cannot be read.
    fn text<R: Read>(
        &self,
        open: impl FnOnce(&Path) -> io::Result<R>,
    ) -> Result<Option<(&Path, String)>, Failure> {
        let (Self::Named(path) | Self::Default(path)) = self else { return Ok(None) };
        match (open(path).and_then(contents), self) {
            (Ok(text), _) => Ok(Some((path, text))),
            (Err(error), Self::Default(_)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            (Err(error), _) => Err(Failure::new(
                FailureKind::Invalid,
                format!("Cannot read {}: {error}.", excerpt_path(path)),
            )),
        }
    }

    /// Returns the path of the file to write.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] if no path can be determined.
    fn path(&self) -> Result<&Path, Failure> {
        match self {
            Self::Named(path) | Self::Default(path) => Ok(path),
            Self::Unknown => {
                let words = "Cannot locate the config file: HOME is not set.";
                Err(Failure::new(FailureKind::Invalid, words).hint("name it with --config FILE"))
            }
        }
    }
}

/// Reads all of a file of acceptable size.
fn contents(file: impl Read) -> io::Result<String> {
    let mut text = String::new();
    if file.take(MAX_BYTES + 1).read_to_string(&mut text)? as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 KiB"));
    }
    Ok(text)
}

/// Parses a file and lets `check` examine the settings.
fn checked(
    path: &Path,
    text: &str,
    check: &dyn Fn(&Config) -> Result<(), Failure>,
) -> Result<Config, Failure> {
    let config = parse(path, text)?;
    check(&config).map_err(|failure| located(path, text, failure))?;
    Ok(config)
}

fn parse(path: &Path, text: &str) -> Result<Config, Failure> {
    toml::from_str(text).map_err(|error| {
        let suggestion = unknown_key(text, &error).and_then(|key| nearest_setting(&key));
        let hint = suggestion.map(|name| format!("did you mean `{name}`? ")).unwrap_or_default();
        invalid(path, text, &error).hint(hint + "`nexus config init --help` lists the settings")
    })
}

/// Returns the key, with its tables, that an error is about, if it is about an unknown one.
fn unknown_key(text: &str, error: &toml::de::Error) -> Option<String> {
    let name = error.message().strip_prefix("unknown field `")?.split('`').next()?;
    let is_meant = |key: &DocumentKey| !is_setting(&key.name) && key.name.split('.').any(|part| part == name);
    let mut keys = document::keys(text).into_iter().filter(is_meant);
    keys.find(|key| key.line >= line_of(text, error).unwrap_or_default()).map(|key| key.name)
}

/// Returns the line that an error is about, counted from 1.
fn line_of(text: &str, error: &toml::de::Error) -> Option<usize> {
    let before = text.get(..error.span()?.start)?;
    Some(before.matches('\n').count() + 1)
}

/// Adds the file, and the line of the setting with whose name the message begins.
fn located(path: &Path, text: &str, failure: Failure) -> Failure {
    let name = failure.message.split(':').next().unwrap_or_default();
    let is_meant = |key: &DocumentKey| {
        key.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let line = document::keys(text).into_iter().find(is_meant).map(|key| key.line);
    let message = format!("{}: {}", place(path, line), failure.message);
    Failure { message, ..failure }
}

/// Returns the file and the line as messages name them.
fn place(path: &Path, line: Option<usize>) -> String {
    excerpt_path(path) + &line.map(|line| format!(", line {line}")).unwrap_or_default()
}

/// Returns the error for a file that breaks a rule: the file, the line and the rule.
pub(super) fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let message = format!("{}: {}.", place(path, line_of(text, error)), quoting(error.message()));
    Failure::new(FailureKind::Invalid, message)
}

/// Shortens the parts of the file that a message quotes.
fn quoting(message: &str) -> String {
    // Even a value full of quotation marks is shortened.
    const MOST: usize = 500;
    let parts = message.split_inclusive(['`', '"']).map(excerpt_bare);
    parts.collect::<String>().chars().take(MOST).collect()
}

/// Adds the settings to the help of the commands about them.
pub(super) fn with_reference(program: clap::Command) -> clap::Command {
    let settings = template::reference();
    program.mut_subcommand("config", |config| {
        config.mut_subcommands(|command| command.after_help(settings.clone()))
    })
}

/// Show or write the settings
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the settings and where each comes from: TOML, or JSON with --format json
    Show,
    /// Write a config file in which every setting is explained
    Init,
    /// Change a setting in the config file; comments and the rest of it stay
    Set {
        /// The setting: its table, a dot and its name
        key: String,
        /// The value; quotes around a text may be left out
        value: String,
    },
}

/// `nexus config`, which needs no store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigInvocation {
    file: ConfigFile,
    work: ConfigCommand,
    form: SettingsFormat,
    store: Option<StoreOrigin>,
    /// The folder of the operator's own themes.
    pub themes: Option<PathBuf>,
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SettingsFormat {
    Toml,
    Json,
}

impl ConfigInvocation {
    /// Checks the format. `store` is the store that other commands would open.
    ///
    /// # Errors
    /// Wrong usage: settings are not rows; nothing can be written with `--readonly`.
    pub(super) fn new(
        work: ConfigCommand,
        file: ConfigFile,
        store: Option<StoreOrigin>,
        themes: Option<PathBuf>,
        global: &GlobalOptions,
    ) -> Result<Self, Exit> {
        let form = match global.format {
            Format::Table => SettingsFormat::Toml,
            Format::Json | Format::Jsonl => SettingsFormat::Json,
            Format::Csv => {
                return Err(Exit::usage(
                    "Settings are printed as TOML or JSON.",
                    "use --format json, or leave it out",
                ));
            }
        };
        if global.readonly && work != ConfigCommand::Show {
            return Err(Exit::usage("--readonly forbids writing the config file.", "leave --readonly out"));
        }
        Ok(Self { file, work, form, store, themes, dry_run: global.dry_run })
    }

    /// Prints or writes the settings. `check` examines values whose rules this layer does not know.
    ///
    /// # Errors
    /// As [`ConfigFile::settings`]; [`FailureKind::Invalid`] for a setting or value that breaks a rule, a conflict
    /// if `init` finds a file, and a failure if the file cannot be written.
    pub fn run(
        &self,
        files: &dyn ConfigFiles,
        check: &dyn Fn(&Config) -> Result<(), Failure>,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let text = match &self.work {
            ConfigCommand::Show => show::text(self, files, check)?,
            ConfigCommand::Init => {
                let path = self.file.path()?;
                if self.dry_run {
                    return self.tell(path, &format!("Would write {}.", excerpt_path(path)), out, err);
                }
                files.create(path, &template::text())?;
                return self.tell(path, &format!("Wrote {}.", excerpt_path(path)), out, err);
            }
            ConfigCommand::Set { key, value } => {
                let path = self.file.path()?;
                let words = edit::set(&self.file, files, check, (key, value), self.dry_run)?;
                return self.tell(path, &words, out, err);
            }
        };
        printed(out.write_all(text.as_bytes()))
    }

    /// Reports what was written: a sentence for people, an object for programs.
    fn tell(
        &self,
        path: &Path,
        sentence: &str,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<(), Failure> {
        let action = match &self.work {
            ConfigCommand::Show => "config show",
            ConfigCommand::Init => "config init",
            ConfigCommand::Set { .. } => "config set",
        };
        let changed = u8::from(!self.dry_run);
        printed(match self.form {
            SettingsFormat::Toml => writeln!(err, "{}", visible(sentence)),
            SettingsFormat::Json => {
                writeln!(
                    out,
                    "{}",
                    json!({ "action": action, "changed": changed, "file": path.to_string_lossy() })
                )
            }
        })
    }
}

/// Converts the result of printing; a reader that went away is no failure.
fn printed(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(FailureKind::Other, format!("Cannot print: {error}.")))
        }
        _ => Ok(()),
    }
}
