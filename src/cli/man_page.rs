//! Man pages of the program and its commands, from the definition of the command line.

use clap::Command;
use clap_mangen::Man;

use super::Exit;

const MANUAL: &str = "NEXUS";

/// Returns the man page of the program or, with its words, of a command.
///
/// # Errors
/// Wrong usage: there is no such command.
pub(super) fn of(program: Command, words: &[String]) -> Result<String, Exit> {
    let mut program = program.disable_help_subcommand(true);
    // Global options are added to the commands by it.
    program.build();
    let command = words.iter().try_fold(&program, |command, word| command.find_subcommand(word));
    let Some(command) = command.filter(|_| words.iter().all(|word| !word.starts_with('-'))) else {
        return Err(Exit::usage("There is no such command.", "see `nexus --help`"));
    };
    let command: Command = command.clone().disable_help_flag(true);
    let man = Man::new(command).manual(MANUAL).source(concat!("nexus ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render(&mut page)
        .map_err(|_| Exit::usage("The man page cannot be printed.", "see `nexus --help`"))?;
    Ok(String::from_utf8_lossy(&page).chars().map(escaped).collect())
}

/// Returns a character as every roff reads it, whatever its input encoding (`groff_char(7)`).
fn escaped(c: char) -> String {
    if c.is_ascii() { c.to_string() } else { format!("\\[u{:04X}]", u32::from(c)) }
}
