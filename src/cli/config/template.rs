//! The text of a new config file, in which every setting is explained.

use toml::{Table, Value};

use crate::domain::config::Config;
use crate::domain::settings::{KEY_EXAMPLES, KEYS, SETTINGS, Setting};
use crate::domain::text::wrap;

/// Width of a comment, in cells.
const COMMENT_WIDTH: usize = 96;

const HEAD: &str = "\
# Settings of NEXUS. What is commented out has its default, or is an example of what has none.
# `nexus manual config` says more; `nexus config show` prints the settings in force.

";

/// Returns the text of a new file: it changes nothing until a line of it is uncommented.
pub(super) fn text() -> String {
    let mut lines = vec![HEAD.to_owned()];
    let mut current = "";
    for setting in SETTINGS {
        let (table, name) = setting.table_and_name();
        if table != current {
            lines.push(format!("[{table}]\n"));
            current = table;
        }
        let help = format!("{}.", setting.help);
        lines.extend(wrap(&help, COMMENT_WIDTH).into_iter().map(|line| format!("# {line}\n")));
        lines.push(format!("# {name} = {}\n\n", value_or_example(setting)));
    }
    lines.push(format!(
        "# Other keys for the console's commands; `nexus manual config` says more.\n[{KEYS}]\n"
    ));
    lines.extend(KEY_EXAMPLES.iter().map(|(key, value, meaning)| {
        let name = key.strip_prefix("keys.").unwrap_or(key);
        format!("# {name} = {value}  # {meaning}\n")
    }));
    lines.concat()
}

/// Returns the settings as help lists them.
pub(super) fn reference() -> String {
    let mut lines = vec!["Settings in the file (TOML):\n".to_owned()];
    let mut entry = |key: &str, help: &str| {
        lines.push(format!("\n  {key}\n"));
        lines.extend(wrap(help, 70).into_iter().map(|line| format!("          {line}\n")));
    };
    for setting in SETTINGS {
        let note = if setting.example.is_some() { "not set by default, as in" } else { "default" };
        entry(setting.key, &format!("{} [{note}: {}]", setting.help, value_or_example(setting)));
    }
    let keys = format!("{KEYS}.COMMAND, {KEYS}.SCREEN.COMMAND");
    entry(&keys, "Other keys for a command: a key, a list of keys, or \"\" for none");
    lines.push("\nAn unknown key or an invalid value is an error (exit 6) and is never ignored.".to_owned());
    lines.concat()
}

/// Returns the default of a setting as TOML, or its example where it has none.
pub(super) fn value_or_example(setting: &Setting) -> String {
    let default = default_of(setting.key).map(|value| value.to_string());
    default.or_else(|| setting.example.map(str::to_owned)).unwrap_or_default()
}

/// Returns the default of a setting, if it has one.
fn default_of(key: &str) -> Option<Value> {
    let defaults = Value::Table(Table::try_from(Config::default()).ok()?);
    key.split('.').try_fold(&defaults, |table, name| table.get(name)).cloned()
}
