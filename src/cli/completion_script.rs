//! `nexus completions`: the scripts with which shells ask for the words that complete a line.

use std::ffi::OsStr;

use clap::{Args, ValueEnum};
use clap_complete::env::{Bash, EnvCompleter, Fish, Zsh};

use super::Exit;
use super::output::Format;

/// The environment variable by which a script asks for words; its value is the name of the shell.
pub const VARIABLE: &str = "NEXUS_COMPLETE";

const PROGRAM: &str = "nexus";

/// A shell whose lines can be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

#[derive(Debug, Clone, PartialEq, Eq, Args)]
#[command(after_help = HOW)]
pub(super) struct CompletionsArguments {
    /// The shell that runs the script
    shell: Shell,
}

/// Replaces the last line of the script for zsh: where zsh itself loads the file `_nexus` from its `fpath`, when the first
/// word is to be completed, the file is the function that completes it.
const IN_ZSH: &str = "
if [[ ${funcstack[1]-} == _nexus ]]; then
    _clap_dynamic_completer_nexus \"$@\"
else
    compdef _clap_dynamic_completer_nexus nexus
fi
";

/// Changes to the script for zsh: no blank follows words that end with a colon, as none follows folders.
const GOES_ON: [(&str, &str); 3] = [
    ("        local -a other=()\n", "        local -a other=()\n        local -a open=()\n"),
    (
        "            if [[ \"$value\" == */ ]]; then\n",
        "            if [[ \"$completion\" == *'\\:' || \"$completion\" == *'\\::'* ]]; then
                open+=(\"$completion\")
            elif [[ \"$value\" == */ ]]; then\n",
    ),
    (
        "        [[ -n $other ]] && _describe -V 'values' other\n",
        "        [[ -n $other ]] && _describe -V 'values' other
        [[ -n $open ]] && _describe -V 'values' open -S ''\n",
    ),
];

const HOW: &str = "\
To complete commands, options, accounts and filters with Tab, add one line to the start-up file of your shell:

  bash   ~/.bashrc                    source <(nexus completions bash)
  zsh    ~/.zshrc, after compinit     source <(nexus completions zsh)
  fish   ~/.config/fish/config.fish   nexus completions fish | source";

impl CompletionsArguments {
    /// Returns the script.
    ///
    /// # Errors
    /// Wrong usage: another format than plain text.
    pub(super) fn exit(&self, format: Format) -> Result<Exit, Exit> {
        if format != Format::Table {
            return Err(Exit::usage("The script is plain text.", "leave --format out"));
        }
        let name = match self.shell {
            Shell::Bash => "bash",
            Shell::Zsh => "zsh",
            Shell::Fish => "fish",
        };
        let mut script = Vec::new();
        let written = completer(OsStr::new(name))
            .map(|shell| shell.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script));
        match written {
            Some(Ok(())) => {
                // Where there is no word, bash completes the names of files and quotes them.
                let script = String::from_utf8_lossy(&script)
                    .replace("-o bashdefault", "-o bashdefault -o default")
                    // A separator or a quote before the cursor is no part of what bash completes, but of the word.
                    .replace(
                        " words[COMP_CWORD]=",
                        " [[ ${words[COMP_CWORD]} == [:=] || ${words[COMP_CWORD]} == [\\\"\\']* ]] || words[COMP_CWORD]=",
                    )
                    .replace("\ncompdef _clap_dynamic_completer_nexus nexus\n", IN_ZSH);
                let script = GOES_ON.iter().fold(script, |script, (old, new)| script.replace(old, new));
                Ok(Exit::asked_for(script))
            }
            _ => Err(Exit::usage("There is no script for this shell.", "see `nexus completions --help`")),
        }
    }
}

/// Returns the part of the library that knows a shell.
pub(super) fn completer(shell: &OsStr) -> Option<&'static dyn EnvCompleter> {
    let known: [&'static dyn EnvCompleter; 3] = [&Bash, &Zsh, &Fish];
    known.into_iter().find(|known| OsStr::new(known.name()) == shell)
}
