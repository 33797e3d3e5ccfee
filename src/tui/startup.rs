//! The options with which the console starts.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::domain::local_zone::LocalZone;
use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::{CommandInterpreter, Failure, FailureKind, ProofAge};

use super::appearance::Appearance;
use super::keymap::Keymap;
use super::route::ScreenId;
use super::theme::TerminalFeatures;

/// The options with which the console starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartupOptions {
    /// The columns and rows of the terminal.
    pub size: (u16, u16),
    pub now: Timestamp,
    pub features: TerminalFeatures,
    /// The name of the machine.
    pub host: String,
    /// The time zone of the machine; `None` if it is UTC.
    pub local_zone: Option<LocalZone>,
    pub store: StorePath,
    /// The screen after log-in.
    pub front: ScreenId,
    /// The account of a demo, shown on the log-in screen.
    pub demo: Option<DemoAccount>,
    /// The reason why nothing can be changed, if that is so.
    pub read_only: Option<ReadOnly>,
    pub commands: Commands,
    pub appearance: Appearance,
    pub keymap: &'static Keymap,
    /// Set if the mouse is used from the start.
    pub mouse: bool,
    /// The time without a key after which the console locks.
    pub lock_after: Duration,
    /// The age from which on a proof of identity does not count for a grave action.
    pub proof_age: ProofAge,
}

/// The commands of the command line, and the folders that names of files start from.
#[derive(Clone)]
pub struct Commands {
    pub interpreter: &'static dyn CommandInterpreter,
    /// The folder that `~` stands for.
    pub home: Option<PathBuf>,
    /// The current folder.
    pub folder: PathBuf,
}

impl Commands {
    /// Returns the whole path of a file that the operator named.
    pub fn path(&self, name: &str) -> PathBuf {
        let below_home = name.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match (below_home, &self.home) {
            (Some(rest), Some(home)) => home.join(rest.trim_start_matches('/')),
            (Some(_) | None, _) => self.folder.join(name),
        }
    }
}

impl fmt::Debug for Commands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commands")
            .field("home", &self.home)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// There is only one command line.
impl PartialEq for Commands {
    fn eq(&self, other: &Self) -> bool {
        self.home == other.home && self.folder == other.folder
    }
}

impl Eq for Commands {}

/// The reason why nothing can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOnly {
    /// The error for every attempt to change something.
    pub why: Failure,
    /// Set if the console was started read-only on purpose.
    pub wanted: bool,
}

impl ReadOnly {
    /// Returns the text for the title.
    pub fn mark(&self) -> &'static str {
        if self.why.kind == FailureKind::Damaged { "damaged read-only" } else { "read-only" }
    }
}

/// The absolute path of the store, by the way in which commands find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePath {
    /// The store that commands open by default.
    Usual(PathBuf),
    /// A store that a command must name.
    Named(PathBuf),
}

impl StorePath {
    pub fn path(&self) -> &Path {
        let (Self::Usual(path) | Self::Named(path)) = self;
        path
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAccount {
    pub username: String,
    /// Not secret: the whole store is thrown away.
    pub password: String,
}
