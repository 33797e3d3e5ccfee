//! Arguments in, exit code out: reads the environment, then hands over to the commands or the console.

#![expect(clippy::disallowed_methods, reason = "arguments and environment are read here, and nowhere else")]

use std::env::{args_os, var_os};
use std::fs::File;
use std::io::{self, BufReader, IsTerminal as _};
use std::path::Path;
use std::process::ExitCode;

use nexus::auth::password::{Cost, Hasher};
use nexus::cli::{self, ConsoleOptions, ConsoleStore, Environment, Exit, Invocation, Io, Terminal};
use nexus::runtime::{self, Place, clock, terminal};
use nexus::service::Desk;
use nexus::service::contract::Failure;
use nexus::store::{self, Access};
use nexus::tui::theme::Look;

fn main() -> ExitCode {
    runtime::harden();
    let environment = environment();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let invocation = match cli::parse(args_os(), &environment) {
        Ok(invocation) => invocation,
        Err(exit) => return exit.print(&mut out, &mut err).into(),
    };
    let outcome = match invocation {
        Invocation::Console(options) => {
            if let Err(words) = terminal::check(environment.term.as_deref()) {
                return Exit { code: 2, text: format!("nexus: {words}\n") }.print(&mut out, &mut err).into();
            }
            drop((out, err));
            console(&options)
        }
        Invocation::Command(command) => {
            let access = if command.readonly { Access::ReadOnly } else { Access::ReadWrite };
            desk(&command.store, access, Cost::STANDARD).map(|mut desk| {
                let io = Io {
                    out: &mut out,
                    err: &mut err,
                    input: &mut io::stdin().lock(),
                    ask_secret: &mut runtime::ask_secret,
                    open_file: &mut |path| Ok(Box::new(BufReader::new(File::open(path)?))),
                };
                cli::run(*command, &mut desk, clock::now(), io)
            })
        }
    };
    outcome.unwrap_or_else(|failure| cli::report(&failure, &mut io::stderr())).into()
}

fn console(options: &ConsoleOptions) -> Result<u8, Failure> {
    let look = Look { colour: options.colour, unicode: terminal::takes_utf8(|name| var_os(name)) };
    let (place, cost) = match &options.store {
        ConsoleStore::File(path) => (Place::Store(path.clone()), Cost::STANDARD),
        ConsoleStore::Demo => (Place::Demo, Cost::CHEAPEST),
    };
    let access = |wanted| if options.readonly { Access::ReadOnly } else { wanted };
    runtime::console(place, look, |path, wanted| desk(path, access(wanted), cost))
}

fn desk(path: &Path, access: Access, cost: Cost) -> Result<Desk, Failure> {
    let ssh = var_os("SSH_CONNECTION").map(|text| text.to_string_lossy().into_owned());
    Ok(Desk {
        store: store::open(path, access)?,
        hasher: Hasher::new(cost)?,
        here: runtime::here(ssh.as_deref()),
    })
}

fn environment() -> Environment {
    let (output, error) = (io::stdout().is_terminal(), io::stderr().is_terminal());
    Environment {
        store: var_os("NEXUS_STORE"),
        data_home: var_os("XDG_DATA_HOME"),
        home: var_os("HOME"),
        no_color: var_os("NO_COLOR"),
        term: var_os("TERM"),
        terminal: Terminal { input: io::stdin().is_terminal(), output, error, columns: terminal::columns() },
    }
}
