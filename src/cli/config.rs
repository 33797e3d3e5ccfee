//! The config file, its location and its parser, and `nexus config show`.
//!
//! It opens no file itself: the caller passes a function that opens one.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::domain::config::Config;
use crate::domain::text::{excerpt_bare, excerpt_path};
use crate::service::contract::{Failure, FailureKind};

use super::Exit;
use super::output::Format;

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
    /// Returns the settings; `open` opens a file.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] for a file that cannot be read or breaks a rule. The message names the file,
    /// the place and the rule.
    pub fn settings<R: Read>(&self, open: impl FnOnce(&Path) -> io::Result<R>) -> Result<Config, Failure> {
        let (Self::Named(path) | Self::Default(path)) = self else { return Ok(Config::default()) };
        match (open(path).and_then(contents), self) {
            (Ok(text), _) => parse(path, &text),
            (Err(error), Self::Default(_)) if error.kind() == io::ErrorKind::NotFound => {
                Ok(Config::default())
            }
            (Err(error), _) => Err(Failure::new(
                FailureKind::Invalid,
                format!("Cannot read {}: {error}.", excerpt_path(path)),
            )),
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

fn parse(path: &Path, text: &str) -> Result<Config, Failure> {
    toml::from_str(text)
        .map_err(|error| invalid(path, text, &error).hint("`nexus config show --help` lists the settings"))
}

/// Returns the error for a file that breaks a rule: the file, the line and the rule.
pub(super) fn invalid(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map(|before| format!(", line {}", before.matches('\n').count() + 1));
    let message =
        format!("{}{}: {}.", excerpt_path(path), line.unwrap_or_default(), quoting(error.message()));
    Failure::new(FailureKind::Invalid, message)
}

/// Shortens the parts of the file that a message quotes.
fn quoting(message: &str) -> String {
    // Even a value full of quotation marks is shortened.
    const MOST: usize = 500;
    let parts = message.split_inclusive(['`', '"']).map(excerpt_bare);
    parts.collect::<String>().chars().take(MOST).collect()
}

const SETTINGS: &str = "\
Settings in the file (TOML), with their defaults:

  start = \"users\"   # or \"overview\": the screen that the console shows after log-in
  theme = \"terminal-16\"   # or \"dark\", \"light\", \"high-contrast\", or one of your own
  mouse = false     # or true: the console uses the mouse; Shift still selects text

  [keys]            # none by default: other keys for commands, by the names that : in the console has
  undo = \"U\"        # also a list of keys; \"\" leaves the command without a key
  pending = \"z p\"   # a sequence
  [keys.users]      # only on this screen
  suspend = \"f5\"

  [store]
  label = \"media\"   # none by default: the console shows the file's name; at most 20 cells
  color = \"red\"     # none by default: a colour behind that name, such as red or #ff8800
  group = \"media\"   # none by default: a group that may write the store besides its owner
  [journal]
  anchor = \"none\"   # or \"syslog\": send the journal's head to the local syslog at each log-out
  [bin]
  keep_days = 30    # 1 to 3650: days for which the names of a deleted account stay reserved

An unknown key or an invalid value is an error (exit 6) and is never ignored.";

/// Show the settings
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the settings: TOML, or JSON with --format json
    #[command(after_help = SETTINGS)]
    Show,
}

/// `nexus config show`, which needs no store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShowConfig {
    file: ConfigFile,
    form: SettingsFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SettingsFormat {
    Toml,
    Json,
}

impl ShowConfig {
    /// Checks the format.
    ///
    /// # Errors
    /// Wrong usage: settings are not rows.
    pub(super) fn new(file: ConfigFile, format: Format) -> Result<Self, Exit> {
        let form = match format {
            Format::Table => SettingsFormat::Toml,
            Format::Json | Format::Jsonl => SettingsFormat::Json,
            Format::Csv => {
                return Err(Exit::usage(
                    "Settings are printed as TOML or JSON.",
                    "use --format json, or leave it out",
                ));
            }
        };
        Ok(Self { file, form })
    }

    /// Returns the text to print; `open` opens a file.
    ///
    /// # Errors
    /// As [`ConfigFile::settings`].
    pub fn exit<R: Read>(&self, open: impl FnOnce(&Path) -> io::Result<R>) -> Result<Exit, Failure> {
        let config = self.file.settings(open)?;
        let unwritable = |what: String| Failure::new(FailureKind::Other, what);
        let text = match self.form {
            SettingsFormat::Toml => {
                toml::to_string(&config).map_err(|error| unwritable(error.to_string()))?
            }
            SettingsFormat::Json => {
                serde_json::to_string(&config).map_err(|error| unwritable(error.to_string()))? + "\n"
            }
        };
        Ok(Exit::asked_for(text))
    }
}
