//! Sets up the console, runs it, and shuts it down: first the terminal is restored, then the workers finish and
//! end the operator's session, then the demo's folder is removed.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};

use ratatui::Frame;
use tempfile::TempDir;

use crate::domain::config::{Config, HeadAnchor, StartScreen};
use crate::domain::local_zone::LocalZone;
use crate::domain::time::Timestamp;
use crate::service::Service;
use crate::service::contract::{Failure, FailureKind, ProofAge};
use crate::store::{Access, StoreError, StoreUrl};
use crate::tui::appearance::Appearance;
use crate::tui::effect::{Effect, Msg};
use crate::tui::keymap::Keymap;
use crate::tui::model::Model;
use crate::tui::route::ScreenId;
use crate::tui::startup::{Commands, ReadOnly, StartupOptions, StorePath};
use crate::tui::theme::TerminalFeatures;

use super::command_worker::CommandWorker;
use super::effect_runner::EffectRunner;
use super::event_loop::{Console, EventLoop};
use super::plain::{self, LineLoop};
use super::preferences::PreferenceFiles;
use super::syslog::Syslog;
use super::terminal::{TerminalGuard, restore};
use super::worker::Workers;
use super::{RuntimeEvent, clock, demo, host_info, input, panics, signals, terminal};

/// The way in which the console is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleMode {
    /// On a terminal with cursor control.
    Screen,
    /// In lines of text, without cursor control; it needs no terminal.
    Lines,
}

/// The store of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChoice {
    /// The default store, which commands in the same environment open too.
    Default(StoreUrl),
    /// A store that a command must name.
    Named(StoreUrl),
    /// A temporary store of sample rows.
    Demo,
}

/// The choices with which the console starts.
#[derive(Debug)]
pub struct ConsoleSetup {
    /// Nothing is changed if this or the store's file does not allow it.
    pub access: Access,
    pub mode: ConsoleMode,
    pub features: TerminalFeatures,
    pub appearance: Appearance,
    pub keymap: Keymap,
    /// It names the place to which the journal's head is sent at log-out, unless the store is temporary.
    pub config: Config,
    /// The folder in which preferences are kept, unless the store is temporary.
    pub state: Option<PathBuf>,
    pub local_zone: Option<LocalZone>,
    /// The commands that the palette takes.
    pub commands: Commands,
}

/// Runs the console and returns the exit code. `open` opens a service over a store.
///
/// # Errors
/// The console cannot start, and the terminal is unchanged; or the store's file was replaced while it was open.
pub fn console(
    choice: StoreChoice,
    setup: ConsoleSetup,
    open: impl Fn(&StoreUrl, Access) -> Result<Service, Failure> + Send + 'static,
) -> Result<u8, Failure> {
    let ConsoleSetup { access, mode, features, appearance, keymap, config, state, local_zone, commands } =
        setup;
    let (outbox, inbox) = mpsc::channel();
    panics::restore_first(match mode {
        ConsoleMode::Screen => restore,
        ConsoleMode::Lines => plain::show_typing,
    });
    // From here on a signal shuts the console down in order, so that the demo's folder is removed.
    signals::listen(&outbox, mode == ConsoleMode::Lines && plain::is_typed()).map_err(no_console)?;
    let now = clock::now();
    let name: fn(PathBuf) -> StorePath = match &choice {
        StoreChoice::Default(_) => StorePath::Usual,
        StoreChoice::Named(_) | StoreChoice::Demo => StorePath::Named,
    };
    let (folder, url) = match choice {
        StoreChoice::Default(url) | StoreChoice::Named(url) => (None, url),
        StoreChoice::Demo => {
            let folder = TempDir::with_prefix("nexus-demo-").map_err(no_console)?;
            let url = folder.path().join("nexus.db").into();
            (Some(folder), url)
        }
    };
    let url = url.absolute().map_err(no_console)?;
    let populated = folder.as_ref().map(|_| demo::populate(&mut open(&url, Access::ReadWrite)?, now));
    let demo = populated.transpose()?;
    let writes = open(&url, access)?;
    let reads = open(&url, Access::ReadOnly)?;
    let opened = identity(url.path());
    let store = name(url.path().to_owned());
    let read_only = writes.store.writable().err();
    let read_only =
        read_only.map(|error| ReadOnly { wanted: error == StoreError::ReadOnly, why: error.into() });

    let syslog = match config.journal.anchor {
        HeadAnchor::Syslog if folder.is_none() => Some(Syslog::local(url.path())),
        HeadAnchor::Syslog | HeadAnchor::None => None,
    };
    let state = state.filter(|_| folder.is_none());
    let start = |state| PreferenceFiles::start(state, url.path(), &outbox);
    let preferences = state.map(start).transpose().map_err(no_console)?;
    let workers = Workers::start(reads, writes, syslog, &outbox, clock::now).map_err(no_console)?;
    let again = url.clone();
    let open = Box::new(move || open(&again, Access::ReadOnly));
    let command_worker =
        CommandWorker::start(open, commands.interpreter, &outbox, clock::now).map_err(no_console)?;
    let host = host_info::machine_name();
    let size = terminal::drawn_size().unwrap_or_default();
    let front = match config.start {
        StartScreen::Users => ScreenId::USERS,
        StartScreen::Overview => ScreenId::OVERVIEW,
    };
    let asks_ground = features.colour && appearance.ground.is_none();
    let model = Model::new(StartupOptions {
        size,
        now,
        features,
        host,
        local_zone,
        store,
        front,
        demo,
        read_only,
        commands,
        appearance,
        keymap: keymap.keep(),
        mouse: config.mouse && mode == ConsoleMode::Screen,
        lock_after: config.lock.after.span(),
        proof_age: ProofAge(config.reauth.after.span()),
    });
    let mut effects = EffectRunner::new(&workers, outbox.clone());
    effects.commands = Some(&command_worker);
    effects.preferences = preferences;
    let code = match mode {
        ConsoleMode::Screen => {
            let terminal = TerminalUse { asks_ground, reports_mouse: config.mouse };
            run_on_screen(model, effects, outbox, &inbox, terminal)
        }
        ConsoleMode::Lines => run_in_lines(model, effects, &outbox, &inbox, features),
    };
    match code.map_err(no_console)? {
        // What was shown and done last was in a file that nobody finds any more.
        0 if identity(url.path()) != opened => Err(StoreError::Replaced.into()),
        code => Ok(code),
    }
}

/// Returns the device and the number of a file, or `None` if there is none.
fn identity(path: &Path) -> Option<(u64, u64)> {
    path.metadata().ok().map(|file| (file.dev(), file.ino()))
}

/// The requests to the terminal at the start.
#[derive(Debug, Clone, Copy)]
struct TerminalUse {
    asks_ground: bool,
    reports_mouse: bool,
}

fn run_on_screen(
    mut model: Model,
    effects: EffectRunner<'_>,
    outbox: Sender<RuntimeEvent>,
    inbox: &Receiver<RuntimeEvent>,
    terminal: TerminalUse,
) -> io::Result<u8> {
    let mut screen = TerminalGuard::take(terminal.reports_mouse)?;
    let size = terminal::drawn_size().unwrap_or_default();
    let mut canvas = TerminalGuard::canvas(size.0, size.1)?;
    input::listen(&outbox)?;
    if terminal.asks_ground {
        TerminalGuard::ask_ground()?;
    }
    let mut event_loop = EventLoop::new(&mut canvas, &mut screen, effects, clock::now, outbox);
    Ok(event_loop.run(&mut model, inbox))
}

fn run_in_lines(
    model: Model,
    effects: EffectRunner<'_>,
    outbox: &Sender<RuntimeEvent>,
    inbox: &Receiver<RuntimeEvent>,
    features: TerminalFeatures,
) -> io::Result<u8> {
    let mut line_loop = LineLoop::new(effects, outbox, io::stdout().lock(), !features.unicode, clock::now)?;
    Ok(line_loop.run(&mut model.in_lines(), inbox))
}

#[expect(clippy::needless_pass_by_value, reason = "it is used with map_err")]
fn no_console(error: io::Error) -> Failure {
    Failure::new(FailureKind::Other, format!("The console cannot start: {error}."))
}

impl Console for Model {
    fn begin(&mut self) -> Vec<Effect> {
        Self::begin(self)
    }

    fn update(&mut self, now: Timestamp, msg: Msg) -> Vec<Effect> {
        Self::update(self, now, msg)
    }

    fn view(&self, frame: &mut Frame<'_>) {
        Self::view(self, frame);
    }

    fn wake_at(&self) -> Option<Timestamp> {
        Self::wake_at(self)
    }

    fn takes_text(&self) -> bool {
        Self::takes_text(self)
    }
}
