//! The kinds of arguments' values, for those who complete them.

use clap::Arg;

use crate::domain::filter::ListKind;
use crate::domain::settings::SETTINGS;
use crate::service::contract::ArgumentKind;

/// Returns the placeholder of an argument's values, such as WHO.
pub(super) fn placeholder(argument: &Arg) -> String {
    let named = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let named = named.unwrap_or_else(|| argument.get_id().as_str().to_ascii_uppercase());
    named.replace('_', "-")
}

/// Returns the kind of the values of an argument.
pub(super) fn argument_kind(command: &str, argument: &Arg) -> ArgumentKind {
    let words: Vec<String> =
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if words.is_empty() { kind(command, &placeholder(argument)) } else { ArgumentKind::Words(words) }
}

/// Returns the kind of an argument by its placeholder, which the command line uses for one thing each.
fn kind(command: &str, placeholder: &str) -> ArgumentKind {
    match placeholder {
        // These find accounts in the bin only.
        "WHO" if matches!(command, "user restore" | "user purge") => ArgumentKind::BinnedAccount,
        "WHO" => ArgumentKind::Account,
        "FILE" => ArgumentKind::File,
        "KEY" => ArgumentKind::Words(SETTINGS.iter().map(|setting| setting.key.to_owned()).collect()),
        "ID" if command.starts_with("session ") => ArgumentKind::Session,
        "ID" if command.starts_with("bin ") => ArgumentKind::BinItem,
        // The prefix that an import strips is no directory of the store.
        "PATH" | "NEW-PARENT" if command != "import" => ArgumentKind::Directory,
        "EXPR" => filtered(command).map_or(ArgumentKind::Text, ArgumentKind::Filter),
        _ => ArgumentKind::Text,
    }
}

/// Returns the list that the filter of a command selects from.
fn filtered(command: &str) -> Option<ListKind> {
    if command == "export" {
        return Some(ListKind::Users);
    }
    match command.split_once(' ')? {
        // Homes are made for accounts.
        ("user", _) | ("directory", "provision") => Some(ListKind::Users),
        ("session", _) => Some(ListKind::Sessions),
        ("directory", _) => Some(ListKind::Directories),
        ("journal", _) => Some(ListKind::Journal),
        ("bin", _) => Some(ListKind::Bin),
        _ => None,
    }
}
