//! Effects of SET: the mode in which quoted text is read, the time zone, and the settings that a dump saves in
//! `@variables`.

use std::ops::BitOr;

use crate::domain::zone::Zone;

/// The parts of MySQL's `SQL_MODE` that affect quoted text. Source: MySQL 8.4 manual, "Server SQL Modes".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mode {
    /// `NO_BACKSLASH_ESCAPES`: a backslash is an ordinary character.
    pub(super) plain_backslash: bool,
    /// `ANSI_QUOTES`: double quotes enclose a name, not a text.
    pub(super) ansi_quotes: bool,
}

impl Mode {
    /// The mode of the SQL standard and of SQLite.
    pub(super) const STANDARD: Self = Self { plain_backslash: true, ansi_quotes: true };

    /// Parses a value of `SQL_MODE`: words separated by commas. Those in the last arm include `ANSI_QUOTES`.
    fn named(list: &[u8]) -> Self {
        list.split(|byte| *byte == b',').fold(Self::default(), |mode, word| {
            match word.trim_ascii().to_ascii_uppercase().as_slice() {
                b"NO_BACKSLASH_ESCAPES" => Self { plain_backslash: true, ..mode },
                b"ANSI_QUOTES" | b"ANSI" | b"ORACLE" | b"MSSQL" | b"DB2" | b"POSTGRESQL" | b"MAXDB" => {
                    Self { ansi_quotes: true, ..mode }
                }
                _ => mode,
            }
        })
    }
}

impl BitOr for Mode {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            plain_backslash: self.plain_backslash || other.plain_backslash,
            ansi_quotes: self.ansi_quotes || other.ansi_quotes,
        }
    }
}

/// The session's time zone, as far as the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum ZoneSetting {
    /// The file does not say: it was never set, or was set to the server's own.
    #[default]
    Unset,
    Known(Zone),
    /// The name of an unknown time zone.
    Unknown(String),
}

impl ZoneSetting {
    fn named(name: &[u8]) -> Self {
        let name = String::from_utf8_lossy(name);
        if ["SYSTEM", "DEFAULT"].iter().any(|word| name.eq_ignore_ascii_case(word)) {
            return Self::Unset;
        }
        Zone::parse(&name).map_or_else(|| Self::Unknown(name.into_owned()), Self::Known)
    }
}

/// A system variable that affects the reading of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SystemVariable {
    SqlMode,
    TimeZone,
    Autocommit,
    ForeignKeyChecks,
}

impl SystemVariable {
    /// Parses a name with or without its scope.
    fn of(name: &[u8]) -> Option<Self> {
        let scopes: [&[u8]; 5] = [b"@@", b"SESSION.", b"LOCAL.", b"GLOBAL.", b""];
        let name = name.to_ascii_uppercase();
        let bare =
            scopes.iter().fold(name.as_slice(), |rest, scope| rest.strip_prefix(*scope).unwrap_or(rest));
        match bare {
            b"SQL_MODE" => Some(Self::SqlMode),
            b"TIME_ZONE" => Some(Self::TimeZone),
            b"AUTOCOMMIT" => Some(Self::Autocommit),
            b"FOREIGN_KEY_CHECKS" => Some(Self::ForeignKeyChecks),
            _ => None,
        }
    }
}

/// A saved value, parsed as either setting.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Saved {
    mode: Option<Mode>,
    zone: Option<ZoneSetting>,
}

/// The current settings, and those saved in `@variables` (dumps save them around triggers and routines).
#[derive(Debug, Default)]
pub(super) struct Variables {
    pub(super) mode: Mode,
    pub(super) zone: ZoneSetting,
    saved: Vec<(Vec<u8>, Saved)>,
}

/// Maximum number of saved values. Dump tools use few; a file with more loses its oldest.
const MAX_SAVED: usize = 32;
/// The most `@OLD_` variables that are heeded; dump tools use a dozen.
pub(super) const MAX_OLD: usize = 256;

impl Variables {
    fn save(&mut self, variable: &[u8], value: Saved) {
        self.saved.retain(|(name, _)| !name.eq_ignore_ascii_case(variable));
        if self.saved.len() == MAX_SAVED {
            self.saved.remove(0);
        }
        self.saved.push((variable.to_vec(), value));
    }

    fn saved(&self, name: &[u8]) -> Option<&Saved> {
        self.saved.iter().find(|(saved, _)| saved.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Returns the mode that a variable holds or that a bare word names, if any.
    fn mode_of(&self, name: &[u8]) -> Option<Mode> {
        match (SystemVariable::of(name), self.saved(name)) {
            (Some(SystemVariable::SqlMode), _) => Some(self.mode),
            (_, Some(saved)) => saved.mode,
            _ if name.starts_with(b"@") => None,
            _ => Some(Mode::named(name)),
        }
    }

    /// Returns the time zone that a variable holds or that a bare word names, if any.
    fn zone_of(&self, name: &[u8]) -> Option<ZoneSetting> {
        match (SystemVariable::of(name), self.saved(name)) {
            (Some(SystemVariable::TimeZone), _) => Some(self.zone.clone()),
            (_, saved) => saved.and_then(|saved| saved.zone.clone()),
        }
    }
}

/// A token of a SET statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SetToken {
    /// A variable or any bare word, with its `@`s.
    Name(Vec<u8>),
    Text(Vec<u8>),
    Equals,
    Comma,
    /// Anything without effect: brackets, other signs.
    Other,
}

/// Returns the name, in capitals, of an `@OLD_` variable, in which dumps save the settings that they change.
fn old(name: &[u8]) -> Option<Vec<u8>> {
    let is_old = name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"@OLD_"));
    is_old.then(|| name.to_ascii_uppercase())
}

/// Adds a name to those of a statement, which names few.
fn add(names: &mut Vec<Vec<u8>>, name: Option<Vec<u8>>) {
    names.extend(name.filter(|_| names.len() < MAX_OLD));
}

/// The facts that a SET statement reveals about the end of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SetSummary {
    /// True if it is `SET NAMES`.
    pub(super) names: bool,
    /// The `@OLD_` variables in which settings are put aside.
    pub(super) saves_old: Vec<Vec<u8>>,
    /// Those that are given any value, which need not come back.
    pub(super) gives_old: Vec<Vec<u8>>,
    /// Those from which they are brought back.
    pub(super) restores_old: Vec<Vec<u8>>,
    pub(super) autocommit: Option<bool>,
    pub(super) foreign_keys: Option<bool>,
}

/// One `target = value` of a SET statement while its tokens come in.
#[derive(Debug, Default)]
pub(super) struct Assignment {
    target: Vec<u8>,
    equals: bool,
    mode: Option<Mode>,
    zone: Option<ZoneSetting>,
    /// The first word or text of the value.
    value: Option<Vec<u8>>,
    /// The `@OLD_` variable in the value.
    reads_old: Option<Vec<u8>>,
    /// True if the value holds a system variable.
    reads_system: bool,
}

impl Assignment {
    /// Adds the next token; a comma executes the assignment and begins the next one.
    pub(super) fn take(&mut self, piece: SetToken, variables: &mut Variables, summary: &mut SetSummary) {
        match piece {
            SetToken::Name(name) if !self.equals => {
                summary.names |= name.eq_ignore_ascii_case(b"NAMES");
                self.target = name;
            }
            SetToken::Name(name) => {
                self.add_mode(variables.mode_of(&name));
                self.zone = self.zone.take().or_else(|| variables.zone_of(&name));
                self.reads_old = self.reads_old.take().or_else(|| old(&name));
                self.reads_system |= name.starts_with(b"@@");
                self.value.get_or_insert(name);
            }
            SetToken::Text(text) if self.equals => {
                self.add_mode(Some(Mode::named(&text)));
                self.zone = self.zone.take().or_else(|| Some(ZoneSetting::named(&text)));
                self.value.get_or_insert(text);
            }
            SetToken::Equals => self.equals = true,
            SetToken::Comma => std::mem::take(self).finish(variables, summary),
            SetToken::Text(_) | SetToken::Other => {}
        }
    }

    /// Carries the assignment into the variables and the summary.
    pub(super) fn finish(self, variables: &mut Variables, summary: &mut SetSummary) {
        if !self.equals {
            return;
        }
        // A user variable never is a system variable, whatever its name.
        if self.target.starts_with(b"@") && !self.target.starts_with(b"@@") {
            let names = if self.reads_system { &mut summary.saves_old } else { &mut summary.gives_old };
            add(names, old(&self.target));
            if self.mode.is_some() || self.zone.is_some() {
                variables.save(&self.target, Saved { mode: self.mode, zone: self.zone });
            }
            return;
        }
        add(&mut summary.restores_old, self.reads_old);
        let off = self.value.as_deref().is_some_and(|value| {
            [b"0".as_slice(), b"OFF", b"FALSE"].iter().any(|word| value.eq_ignore_ascii_case(word))
        });
        match SystemVariable::of(&self.target) {
            Some(SystemVariable::SqlMode) => variables.mode = self.mode.unwrap_or_default(),
            Some(SystemVariable::TimeZone) => variables.zone = self.zone.unwrap_or_default(),
            Some(SystemVariable::Autocommit) => summary.autocommit = Some(!off),
            Some(SystemVariable::ForeignKeyChecks) => summary.foreign_keys = Some(!off),
            None => {}
        }
    }

    fn add_mode(&mut self, part: Option<Mode>) {
        self.mode = match (self.mode, part) {
            (Some(mode), Some(part)) => Some(mode | part),
            (mode, part) => mode.or(part),
        };
    }
}
