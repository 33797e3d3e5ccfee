//! Arguments in, exit code out: reads the environment, then starts a command or the console.

#![expect(clippy::disallowed_methods, reason = "arguments and environment are read here, and nowhere else")]

use std::env::{args_os, current_dir, var_os};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufReader, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nexus::auth::password::{Cost, Hasher};
use nexus::cli::{
    self, Command, ConfigFile, ConsoleOptions, ConsoleStore, Environment, ErrorFormat, Exit, Invocation, Io,
    ShellLine, StoreUse, Terminal,
};
use nexus::domain::color::ColorDepth;
use nexus::domain::config::{Config, LogSettings};
use nexus::domain::key_settings::KeySettings;
use nexus::domain::palette::Ground;
use nexus::runtime::{self, ConsoleMode, ConsoleSetup, StoreChoice, clock, terminal};
use nexus::service::contract::{Caller, Failure, Reply, Request};
use nexus::service::operations::StepLimits;
use nexus::service::{self, Host, Proofs, RequestContext, Service, UnstoredTries};
use nexus::store::{self, Access, Making, Opening, Store, StoreError, StoreUrl};
use nexus::tui::appearance::Appearance;
use nexus::tui::startup::Commands;
use nexus::tui::theme::TerminalFeatures;

fn main() -> ExitCode {
    runtime::harden();
    let terminal = Terminal {
        input: io::stdin().is_terminal(),
        output: io::stdout().is_terminal(),
        error: io::stderr().is_terminal(),
        columns: terminal::size().map(|(columns, _)| columns),
    };
    if var_os("NEXUS_PASSWORD").is_some() {
        let message = "NEXUS_PASSWORD is set, but secrets are never read from the environment.";
        let hint = "Unset it: other programs can read it. Use --password-stdin or --password-file.";
        cli::warn(message, hint, &mut io::stderr());
    }
    let ascii = !terminal::takes_utf8(|name| var_os(name));
    let current_dir = current_dir().ok();
    let environment = Environment { ascii, current_dir, ..Environment::new(|name| var_os(name), terminal) };
    let args: Vec<_> = args_os().collect();
    if let Some(shell) = var_os(cli::COMPLETION_VARIABLE) {
        return complete(&shell, args, &environment);
    }
    let form = ErrorFormat::of(&args);
    let outcome = match cli::parse(args, &environment) {
        Ok(Invocation::Console(options)) => console(options),
        Ok(Invocation::Command(command)) => run(&command, &mut messages(form, ascii)),
        Ok(Invocation::Config(command)) => command
            .run(
                &runtime::SystemConfigFiles,
                &|config| check(config, command.themes.as_deref()),
                &mut io::stdout(),
                &mut io::stderr(),
            )
            .map(|()| 0),
        Ok(Invocation::Keys(file)) => {
            key_page(&file).map(|page| page.print(form, &mut io::stdout(), &mut io::stderr()))
        }
        Ok(Invocation::ManualPage { page, config }) => {
            // It is printed whatever is wrong with the file.
            let moved = settings(&config).and_then(|config| nexus::tui::model::moved_keys(&config.keys));
            let page = cli::manual_page(page, &moved.unwrap_or_default());
            Ok(page.print(form, &mut cli::text_stream(io::stdout(), ascii), &mut messages(form, ascii)))
        }
        Ok(Invocation::ManPage) => nexus::tui::model::key_page(&KeySettings::default())
            .map(|keys| cli::man_page(&keys).print(form, &mut io::stdout(), &mut io::stderr())),
        Err(exit) => {
            Ok(exit.print(form, &mut cli::text_stream(io::stdout(), ascii), &mut messages(form, ascii)))
        }
    };
    let code = outcome.unwrap_or_else(|failure| cli::report(&failure, form, &mut messages(form, ascii)));
    if code != 0 {
        // Whoever sent a signal that stopped the work sees that.
        runtime::end_by_signal();
    }
    code.into()
}

/// Returns standard error for messages. JSON is UTF-8 in every locale.
fn messages(form: ErrorFormat, ascii: bool) -> Box<dyn Write> {
    cli::text_stream(io::stderr(), ascii && form == ErrorFormat::Text)
}

/// Prints the words that complete a line in a shell. Nothing is printed where something fails: the line is being typed.
fn complete(shell: &OsStr, args: Vec<OsString>, environment: &Environment) -> ExitCode {
    let index = var_os("_CLAP_COMPLETE_INDEX").and_then(|index| index.to_str()?.parse().ok());
    let line = ShellLine::new(shell, args, index);
    let words = line.complete(shell, environment, Arc::new(|url, request| read(url, request).ok()));
    ExitCode::from(u8::from(io::stdout().write_all(&words).is_err()))
}

/// Reads from a store without a word about it.
fn read(url: &StoreUrl, request: Request) -> Result<Reply, Failure> {
    let store = store::open(url, Opening::from(Access::ReadOnly))?;
    let mut service = service_over(store, Cost::STANDARD, &Config::default(), host())?;
    let call = RequestContext {
        caller: Caller::Owner,
        now: clock::now(),
        boot: None,
        dry_run: true,
        reason: None,
        counted: None,
        progress: &mut |_| ControlFlow::Continue(()),
    };
    service::perform(&mut service, call, request)
}

fn run(command: &Command, err: &mut dyn Write) -> Result<u8, Failure> {
    let io = Io {
        out: &mut io::stdout().lock(),
        err,
        input: &mut io::stdin().lock(),
        ask_secret: &mut runtime::ask_secret,
        interrupted: &mut runtime::interrupted,
        wait: &mut runtime::wait_with_reader,
        open_file: &mut |path| Ok(Box::new(BufReader::new(File::open(path)?))),
        output_file: &mut || Ok(io::stdout().as_fd().try_clone_to_owned()?.into()),
    };
    let config = settings(&command.config)?;
    let opening = Opening { making: Making::WithFirstChange, ..opening(command.access, &config)? };
    let url = &command.store;
    let reading = Opening { access: Access::ReadOnly, ..opening };
    let store = match command.store_use() {
        StoreUse::Normal => store::open(url, opening),
        StoreUse::Load => {
            // A signal that comes from now on stops the work, and what has been made is removed.
            let _ = runtime::interrupted();
            store::open(url, Opening { making: Making::WithFirstLoad, ..opening })
        }
        StoreUse::EvenAltered => match store::open(url, opening) {
            Err(StoreError::Altered(_)) => store::examine(url, reading),
            opened => opened,
        },
        StoreUse::Examine => store::examine(url, reading),
        StoreUse::Repair => store::examine(url, opening),
        StoreUse::Replace => match store::examine(url, opening) {
            Err(StoreError::Missing(_)) => store::open(url, opening),
            Err(error @ StoreError::NotAStore(_)) => {
                let hint =
                    "It was not touched. Move it away; then `nexus restore` makes a store in its place.";
                return Err(Failure::from(error).hint(hint));
            }
            examined => examined,
        },
        StoreUse::Nothing => return Ok(cli::run_without_store(command, clock::now(), io)),
    }?;
    let mut service = service_over(store, Cost::STANDARD, &config, host())?;
    Ok(cli::run(command, &mut service, clock::now(), clock::boot().as_ref(), io))
}

fn console(
    ConsoleOptions { store, config, colour, read_only, plain, state, theme, themes }: ConsoleOptions,
) -> Result<u8, Failure> {
    let config = settings(&config)?;
    let keymap = nexus::tui::model::keymap(&config.keys)?;
    let appearance = appearance(&config, theme, themes.as_deref())?;
    let features = TerminalFeatures { colour, unicode: terminal::takes_utf8(|name| var_os(name)) };
    let (choice, cost) = match store {
        ConsoleStore::Default(url) => (StoreChoice::Default(url), Cost::STANDARD),
        ConsoleStore::Named(url) => (StoreChoice::Named(url), Cost::STANDARD),
        ConsoleStore::Demo => (StoreChoice::Demo, Cost::CHEAPEST),
    };
    let local_zone = runtime::local_zone(var_os("TZ").as_deref());
    let access = if read_only { Access::ReadOnly } else { Access::ReadWrite };
    let has_warned = AtomicBool::new(false);
    let console_config = config.clone();
    // Nobody outside needs to know who tries out a temporary store.
    let log = if choice == StoreChoice::Demo { LogSettings::default() } else { config.log };
    let config = Config { log, ..config };
    // What was proven to one of the console's services counts for all of them.
    let proofs = Proofs::new(config.reauth.after.span());
    let host = host();
    // Looked up now, while the log-in that it was started from is surely there.
    let _ = &host.process;
    let open = move |url: &StoreUrl, access| {
        let store = store::open(url, opening(access, &config)?)?;
        let service = service_over(store, cost, &config, host.clone())?;
        let service = Service { proofs: proofs.clone(), ..service };
        // Every opening finds the same.
        if !has_warned.swap(true, Ordering::Relaxed) {
            cli::warn_of(service.store.warnings(), &mut io::stderr());
        }
        Ok(service)
    };
    let commands = Commands {
        interpreter: cli::CONSOLE_COMMANDS,
        home: var_os("HOME").map(Into::into),
        folder: current_dir().unwrap_or_default(),
    };
    let mode = if plain { ConsoleMode::Lines } else { ConsoleMode::Screen };
    let config = console_config;
    let setup =
        ConsoleSetup { access, mode, features, appearance, keymap, config, state, local_zone, commands };
    runtime::console(choice, setup, open)
}

/// Returns the page of the manual with the keys of the console.
fn key_page(file: &ConfigFile) -> Result<Exit, Failure> {
    nexus::tui::model::key_page(&settings(file)?.keys).map(Exit::asked_for)
}

/// Returns the appearance that is asked for: `theme` on the command line, or else in the config file.
fn appearance(config: &Config, theme: Option<String>, folder: Option<&Path>) -> Result<Appearance, Failure> {
    let text = |name| var_os(name).and_then(|text| text.into_string().ok()).unwrap_or_default();
    let mut looks = Appearance::new(cli::themes(folder)?, ColorDepth::of(&text("COLORTERM"), &text("TERM")));
    looks.use_theme(&theme.unwrap_or_else(|| config.theme.0.clone()))?;
    looks.ground = Ground::of_environment(&text("COLORFGBG"), &text("TERM"));
    looks.store_label = config.store.label.as_ref().map(|label| label.as_str().to_owned());
    looks.store_color = config.store.color;
    Ok(looks)
}

/// Checks the settings whose rules only the console knows.
fn check(config: &Config, themes: Option<&Path>) -> Result<(), Failure> {
    nexus::tui::model::keymap(&config.keys)?;
    config.store.group.as_ref().map(runtime::group_id).transpose()?;
    appearance(config, None, themes).map(|_| ())
}

/// Returns the settings of a file in which all names are known, those of keys too. A theme is looked for where it is used.
fn settings(file: &ConfigFile) -> Result<Config, Failure> {
    let check = |config: &Config| {
        let has_keys = !config.keys.is_empty();
        if has_keys { nexus::tui::model::keymap(&config.keys).map(drop) } else { Ok(()) }
    };
    file.settings(|path| File::open(path), check)
}

fn opening(access: Access, config: &Config) -> Result<Opening, Failure> {
    let group = config.store.group.as_ref().map(runtime::group_id).transpose()?;
    Ok(Opening {
        access,
        group,
        making: Making::AtOnce,
        search_memory: config.search.memory,
        announced: runtime::announced,
        reported: runtime::reported,
        uninterrupted: runtime::uninterrupted,
    })
}

/// Returns the facts about this process.
fn host() -> Host {
    Host::found_by(|| {
        let ssh = var_os("SSH_CONNECTION");
        let sudo_user = var_os("SUDO_USER").and_then(|name| name.into_string().ok());
        runtime::host(ssh.as_deref().and_then(|text| text.to_str()), sudo_user)
    })
}

fn service_over(store: Box<dyn Store>, cost: Cost, config: &Config, host: Host) -> Result<Service, Failure> {
    let keep = config.bin.keep_days.span();
    let steps = StepLimits::measured_by(clock::steady);
    let log = config.log.syslog.then(|| runtime::authentication_log(&store.location()));
    let proofs = Proofs::new(config.reauth.after.span());
    let (tries, idle, sessions) = (UnstoredTries::default(), config.idle, config.sessions);
    let factor_policy = config.second_factor;
    Ok(Service {
        store,
        hasher: Hasher::new(cost)?,
        host,
        tries,
        log,
        registration: config.registration,
        keep,
        idle,
        sessions,
        steps,
        factor_policy,
        proofs,
    })
}
