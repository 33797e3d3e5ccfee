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
    let mut text = HEAD.to_owned();
    let mut current = "";
    for setting in SETTINGS {
        let (table, name) = setting.table_and_name();
        text.push('\n');
        if table != current {
            text += &format!("[{table}]\n");
            current = table;
        }
        for line in wrap(&format!("{}.", setting.help), COMMENT_WIDTH) {
            text += &format!("# {line}\n");
        }
        text += &format!("# {name} = {}\n", value_or_example(setting));
    }
    text +=
        &format!("\n# Other keys for the console's commands. `nexus manual config` names them.\n[{KEYS}]\n");
    for (key, value, meaning) in KEY_EXAMPLES {
        let name = key.strip_prefix("keys.").unwrap_or(key);
        text += &format!("# {name} = {value}  # {meaning}\n");
    }
    text
}

/// Returns the settings as help lists them.
pub(super) fn reference() -> String {
    let mut text = String::from("Settings in the file (TOML):\n");
    for setting in SETTINGS {
        let note = if setting.example.is_some() { "not set by default, as in" } else { "default" };
        text += &format!("\n  {}\n", setting.key);
        for line in wrap(&format!("{} [{note}: {}]", setting.help, value_or_example(setting)), 70) {
            text += &format!("          {line}\n");
        }
    }
    text += &format!("\n  {KEYS}.COMMAND, {KEYS}.SCREEN.COMMAND\n");
    text += "          Other keys for a command: a key, a list of keys, or \"\" for none\n";
    text + "\nAn unknown key or an invalid value is an error (exit 6) and is never ignored."
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
