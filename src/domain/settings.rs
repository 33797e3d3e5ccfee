//! The table of settings: the names, values and meanings of the config file's keys.

use super::nearest::nearest;

/// A setting of the config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its tables and its name, as in `bin.keep_days`.
    pub key: &'static str,
    /// The meaning and the rule for its values, without a full stop.
    pub help: &'static str,
    /// A value, in TOML, for settings that have no default.
    pub example: Option<&'static str>,
}

/// All settings, in the order of the file: those before the first table come first.
///
/// Their defaults are those of [`Config`](super::config::Config).
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "start",
        help: "The screen that the console shows after log-in: \"users\" or \"overview\"",
        example: None,
    },
    Setting {
        key: "theme",
        help: "The console's colours: \"terminal-16\", \"dark\", \"light\", \"high-contrast\" or one of your own",
        example: None,
    },
    Setting {
        key: "mouse",
        help: "True if the console uses the mouse; with Shift the terminal still selects text",
        example: None,
    },
    Setting {
        key: "registration",
        help: "Who can register at the log-in screen: everybody (\"open\"), with an invitation (\"code\"), or nobody (\"closed\")",
        example: None,
    },
    Setting {
        key: "second_factor",
        help: "Who needs a second factor: \"off\" (nobody can set one up), \"optional\", \"admins\" or \"all\"",
        example: None,
    },
    Setting {
        key: "store.label",
        help: "The name that the console shows for the store, at most 20 cells; without one, its file's name",
        example: Some("\"media\""),
    },
    Setting {
        key: "store.color",
        help: "A colour behind that name, to tell stores apart: a name such as \"red\", or \"#ff8800\"",
        example: Some("\"red\""),
    },
    Setting {
        key: "store.group",
        help: "The group that may write the store besides its owner, by name or number",
        example: Some("\"media\""),
    },
    Setting {
        key: "journal.anchor",
        help: "Where the journal's head is sent at each log-out from the console: \"none\" or \"syslog\"",
        example: None,
    },
    Setting {
        key: "bin.keep_days",
        help: "The days for which the username and email of a deleted account stay reserved: 1 to 3650",
        example: None,
    },
    Setting {
        key: "idle.suspend_after",
        help: "The days after which an account that was not seen is suspended: 1 to 3650, or 0 to switch that off",
        example: Some("90"),
    },
    Setting {
        key: "lock.after",
        help: "The minutes without a key after which the console locks: 1 to 60",
        example: None,
    },
    Setting {
        key: "reauth.after",
        help: "The minutes after which a grave action asks the password again: 0 (always) to 60",
        example: None,
    },
    Setting {
        key: "sessions.max",
        help: "The console sessions that an account may have at once: 1 to 100",
        example: None,
    },
    Setting {
        key: "sessions.at_cap",
        help: "A log-in beyond them ends the oldest one, \"end-oldest\", or is refused: \"refuse\"",
        example: None,
    },
    Setting {
        key: "sessions.max_tokens",
        help: "The tokens that an account may have at once, 1 to 10000; beyond them none is issued",
        example: None,
    },
    Setting {
        key: "sessions.idle",
        help: "The minutes after which a token that nobody used ends: 5 to 525600, or 0 to switch that off",
        example: Some("43200"),
    },
    Setting {
        key: "search.memory",
        help: "The most that a search keeps of the accounts' words in memory, in MiB: 0 to 4096; the rest is read for each",
        example: None,
    },
    Setting {
        key: "log.syslog",
        help: "True if each log-in, good or failed, is a line in the local syslog",
        example: None,
    },
];

/// The table of the settings that remap keys, which have the names of commands.
pub const KEYS: &str = "keys";

/// Settings that remap keys, as examples: name, TOML value and meaning.
pub const KEY_EXAMPLES: &[(&str, &str, &str)] = &[
    ("keys.undo", "\"U\"", "another key for a command, by the name that : in the console has"),
    ("keys.pending", "[\"z p\", \"f5\"]", "several keys; \"z p\" is z and then p"),
    ("keys.overview", "\"\"", "no key at all"),
    ("keys.users.suspend", "\"ctrl-x\"", "only on one screen"),
];

impl Setting {
    /// Returns the table, empty for settings outside of any, and the name in it.
    pub fn table_and_name(&self) -> (&'static str, &'static str) {
        self.key.rsplit_once('.').unwrap_or(("", self.key))
    }
}

/// Returns true if there is a setting of that name, or the name is one of the table of keys.
pub fn is_setting(key: &str) -> bool {
    let remaps = key.strip_prefix(KEYS).is_some_and(|rest| rest.starts_with('.'));
    remaps || SETTINGS.iter().any(|setting| setting.key == key)
}

/// Returns the setting whose name is most like a mistyped one: by its whole key, or by its last part alone.
pub fn nearest_setting(key: &str) -> Option<&'static str> {
    let whole = nearest(key, SETTINGS.iter().map(|setting| setting.key));
    whole.or_else(|| {
        let last = key.rsplit('.').next().unwrap_or(key);
        let name = nearest(last, SETTINGS.iter().map(|setting| setting.table_and_name().1))?;
        SETTINGS.iter().map(|setting| setting.key).find(|key| key.rsplit('.').next() == Some(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_setting_is_guessed() {
        for (typed, guess) in [
            ("stroe.label", Some("store.label")),
            ("keep_days", Some("bin.keep_days")),
            ("bin.keepdays", Some("bin.keep_days")),
            ("themes", Some("theme")),
            ("zzz", None),
        ] {
            assert_eq!(nearest_setting(typed), guess, "{typed}");
        }
    }

    #[test]
    fn names_of_keys_are_settings() {
        for (key, is) in
            [("keys.undo", true), ("keys.users.undo", true), ("keys", false), ("keysundo", false)]
        {
            assert_eq!(is_setting(key), is, "{key}");
        }
        assert!(is_setting("store.label") && !is_setting("store"));
    }
}
