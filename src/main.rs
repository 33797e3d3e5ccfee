//! Arguments in, exit code out: reads the environment, then hands over to the commands or the console.

#![expect(clippy::disallowed_methods, reason = "arguments and environment are read here, and nowhere else")]

use std::env::{args_os, var_os};
use std::fs::{self, File};
use std::io::{self, BufReader, IsTerminal as _};
use std::path::Path;
use std::process::ExitCode;

use nexus::auth::password::{Cost, Hasher};
use nexus::cli::{
    self, Command, ConfigFile, ConsoleOptions, ConsoleStore, Environment, Invocation, Io, Terminal,
};
use nexus::domain::config::Config;
use nexus::runtime::{self, Place, clock, terminal};
use nexus::service::{Desk, contract::Failure};
use nexus::store::{self, Access};
use nexus::tui::start::StorePath;
use nexus::tui::theme::Look;

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
    let outcome = match cli::parse(args_os(), &Environment::new(|name| var_os(name), terminal)) {
        Ok(Invocation::Console(options)) => console(options),
        Ok(Invocation::Command(command)) => run(*command),
        Ok(Invocation::ShowConfig(show)) => show
            .exit(|path| fs::read_to_string(path))
            .map(|exit| exit.print(&mut io::stdout(), &mut io::stderr())),
        Err(exit) => Ok(exit.print(&mut io::stdout(), &mut io::stderr())),
    };
    outcome.unwrap_or_else(|failure| cli::report(&failure, &mut io::stderr())).into()
}

fn run(command: Command) -> Result<u8, Failure> {
    let io = Io {
        out: &mut io::stdout().lock(),
        err: &mut io::stderr().lock(),
        input: &mut io::stdin().lock(),
        ask_secret: &mut runtime::ask_secret,
        interrupted: &mut runtime::interrupted,
        open_file: &mut |path| Ok(Box::new(BufReader::new(File::open(path)?))),
    };
    let access = if command.readonly { Access::ReadOnly } else { Access::ReadWrite };
    let config = settings(&command.config)?;
    let mut desk = desk(&command.store, access, Cost::STANDARD, config)?;
    Ok(cli::run(command, &mut desk, clock::now(), clock::boot().as_ref(), io))
}

fn console(ConsoleOptions { store, config, colour }: ConsoleOptions) -> Result<u8, Failure> {
    let config = settings(&config)?;
    let look = Look { colour, unicode: terminal::takes_utf8(|name| var_os(name)) };
    let (place, cost) = match store {
        ConsoleStore::Usual(path) => (Place::Store(StorePath::Usual(path)), Cost::STANDARD),
        ConsoleStore::Named(path) => (Place::Store(StorePath::Named(path)), Cost::STANDARD),
        ConsoleStore::Demo => (Place::Demo, Cost::CHEAPEST),
    };
    let open = |path: &Path, access| desk(path, access, cost, config);
    runtime::console(place, look, config.journal.anchor, open)
}

fn settings(file: &ConfigFile) -> Result<Config, Failure> {
    file.settings(|path| fs::read_to_string(path))
}

fn desk(path: &Path, access: Access, cost: Cost, config: Config) -> Result<Desk, Failure> {
    let ssh = var_os("SSH_CONNECTION");
    let sudo_user = var_os("SUDO_USER").and_then(|name| name.into_string().ok());
    let here = runtime::here(ssh.as_deref().and_then(|text| text.to_str()), sudo_user);
    let keep = config.bin.keep_days.span();
    Ok(Desk { store: store::open(path, access)?, hasher: Hasher::new(cost)?, here, keep })
}
