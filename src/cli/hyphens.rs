//! Values that begin with a hyphen: `--firstname -Anna`, `user show -x`. Usernames may begin with one, and
//! NEXUS has no short options besides `-h` and `-V`.

use crate::domain::text::excerpt;
use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::{Arg, Command};

/// Allows values with a leading hyphen for all options of a command and of its subcommands.
pub(super) fn allow_in_options(command: Command) -> Command {
    let is_valued = |arg: &Arg| !arg.is_positional() && arg.get_action().takes_values();
    command
        .mut_args(|arg| if is_valued(&arg) { arg.allow_hyphen_values(true) } else { arg })
        .mut_subcommands(allow_in_options)
}

/// Inserts `--` before the first argument that begins with a hyphen and is neither an option nor an option's
/// value; the others of its kind follow it, in their order.
///
/// # Errors
/// A sentence about an option that stands in place of another one's value.
pub(super) fn separate(command: &Command, args: Vec<OsString>) -> Result<Vec<OsString>, String> {
    let mut options = BTreeMap::new();
    collect(command, &mut options);
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    let mut waiting = None;
    let mut args = args.into_iter();
    for arg in args.by_ref() {
        let word = arg.to_string_lossy().into_owned();
        if word == "--" {
            behind.insert(0, arg);
            break;
        }
        let (name, has_value) = name_of(&word);
        let known = name.and_then(|name| options.get_key_value(name));
        match (waiting.take(), known) {
            (Some(option), Some(_)) => {
                return Err(format!(
                    "--{option} needs a value; write --{option}={} if you mean it",
                    excerpt(&word)
                ));
            }
            (None, Some((name, takes_value))) => {
                waiting = (*takes_value && !has_value).then(|| name.clone());
                before.push(arg);
            }
            (None, None) if name.is_none() && (is_hyphened(&word) || !behind.is_empty()) => behind.push(arg),
            (Some(_) | None, None) => before.push(arg),
        }
    }
    if behind.first().is_some_and(|first| first != "--") {
        behind.insert(0, "--".into());
    }
    Ok(before.into_iter().chain(behind).chain(args).collect())
}

/// Returns the name of a word that looks like a long option, and true if a value follows it.
fn name_of(word: &str) -> (Option<&str>, bool) {
    match word.strip_prefix("--") {
        Some(name) => name.split_once('=').map_or((Some(name), false), |(name, _)| (Some(name), true)),
        None => (None, false),
    }
}

fn is_hyphened(word: &str) -> bool {
    word.starts_with('-') && !matches!(word, "-" | "-h" | "-V")
}

/// Adds the long options of a command and its subcommands; true marks one that takes a value.
fn collect(command: &Command, options: &mut BTreeMap<String, bool>) {
    options.extend(["help", "version"].map(|name| (name.to_owned(), false)));
    let takes_value = |arg: &Arg| Some((arg.get_long()?.to_owned(), arg.get_action().takes_values()));
    options.extend(command.get_arguments().filter_map(takes_value));
    command.get_subcommands().for_each(|subcommand| collect(subcommand, options));
}
