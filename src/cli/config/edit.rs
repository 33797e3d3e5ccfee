//! `nexus config set`: a change of one setting that keeps the rest of the file as it is.

use std::mem;
use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use crate::domain::config::Config;
use crate::domain::settings::{is_setting, nearest_setting};
use crate::domain::text::{excerpt_bare, excerpt_path};
use crate::service::contract::{ConfigFiles, Failure, FailureKind};

use super::{ConfigFile, parse, template};

/// Writes a setting, into a new file if there is none at the default path, and returns a sentence that says so. `check` examines values
/// whose rules this layer does not know. With `dry_run` everything but the writing is done.
///
/// # Errors
/// [`FailureKind::Invalid`] for an unknown setting, for a value that breaks its rule and for a file that was invalid
/// before; a failure if the file cannot be written.
pub(super) fn set(
    file: &ConfigFile,
    files: &dyn ConfigFiles,
    check: &dyn Fn(&Config) -> Result<(), Failure>,
    (key, value): (&str, &str),
    dry_run: bool,
) -> Result<String, Failure> {
    if !is_setting(key) {
        return Err(unknown(key));
    }
    let path = file.path()?;
    let found = file.text(|path| files.open(path))?.map(|(_, text)| text);
    let old = found.clone().unwrap_or_else(template::text);
    parse(path, &old)?;
    let (new, written) = changed(path, &old, key, value, check)?;
    let (verb, file) = (if dry_run { "Would set" } else { "Set" }, excerpt_path(path));
    match found {
        _ if dry_run => {}
        Some(_) => files.replace(path, &new)?,
        None => files.create(path, &new)?,
    }
    Ok(format!("{verb} {} to {} in {file}.", excerpt_bare(key), excerpt_bare(&written)))
}

fn unknown(key: &str) -> Failure {
    let message = format!("There is no setting “{}”.", excerpt_bare(key));
    let suggestion = nearest_setting(key).map(|name| format!("did you mean `{name}`? "));
    let hint = suggestion.unwrap_or_default() + "`nexus config set --help` lists the settings";
    Failure::new(FailureKind::Invalid, message).hint(hint)
}

/// Returns the changed file, and the value as it is written there. A value is taken as TOML if that fits, and as
/// the text it is if not.
fn changed(
    path: &Path,
    old: &str,
    key: &str,
    value: &str,
    check: &dyn Fn(&Config) -> Result<(), Failure>,
) -> Result<(String, String), Failure> {
    let as_toml = value.parse::<Value>().ok().map(|mut value| {
        value.decor_mut().clear();
        value
    });
    let as_text = Value::from(value);
    let mut refusal = None;
    for value in as_toml.into_iter().chain([as_text]) {
        let text = with(old, key, &value)?;
        match toml::from_str::<Config>(&text) {
            Ok(config) => {
                check(&config)?;
                return Ok((text, value.to_string()));
            }
            Err(error) => {
                let words = error.message().to_owned();
                refusal.get_or_insert(words);
            }
        }
    }
    let rule = refusal.unwrap_or_default();
    let message = format!("{} was not set: {}.", excerpt_bare(key), super::quoting(&rule));
    Err(Failure::new(FailureKind::Invalid, message).hint(format!("{} was left alone", excerpt_path(path))))
}

/// Returns the text of a file with another value. A line that is a commented-out value of the setting gives way to
/// it, as in the file that `config init` writes.
fn with(old: &str, key: &str, value: &Value) -> Result<String, Failure> {
    let mut document: DocumentMut =
        old.parse().map_err(|error| Failure::new(FailureKind::Invalid, format!("{error}")))?;
    // Comments at the end belong to the table above them: a new table comes after those.
    let mut end = document.trailing().as_str().unwrap_or_default().to_owned();
    let (tables, name) = key.rsplit_once('.').unwrap_or(("", key));
    let is_there = item(document.as_table(), key).is_some();
    if !is_there && let Some(text) = uncommented(old, tables, name, value) {
        return Ok(text);
    }
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for part in tables.split('.').filter(|part| !part.is_empty()) {
        let inner = table.entry(part).or_insert_with(|| Item::Table(last_table(mem::take(&mut end))));
        table = inner.as_table_like_mut().ok_or_else(|| {
            Failure::new(
                FailureKind::Invalid,
                format!("“{}” is not a table in the file.", excerpt_bare(part)),
            )
        })?;
    }
    if table.get(name).is_some_and(Item::is_table_like) {
        let message = format!("“{}” is a table in the file.", excerpt_bare(key));
        return Err(Failure::new(FailureKind::Invalid, message));
    }
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(present) => {
            let decor = present.decor().clone();
            *present = value.clone();
            *present.decor_mut() = decor;
        }
        None => drop(table.insert(name, Item::Value(value.clone()))),
    }
    document.set_trailing(end);
    Ok(with_endings_of(old, &document.to_string()))
}

/// Returns a table that stands below all others, and below what precedes it there.
fn last_table(before: String) -> Table {
    let mut table = Table::new();
    table.set_position(Some(isize::MAX));
    table.decor_mut().set_prefix(before + "\n");
    table
}

/// Returns the new text with the byte order mark and the line endings of the old one, which TOML does not keep.
fn with_endings_of(old: &str, new: &str) -> String {
    let mark = if old.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let mut old_lines = old.trim_start_matches('\u{feff}').split_inclusive('\n');
    let usual = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = new.trim_start_matches('\u{feff}').split_inclusive('\n').map(|line| {
        let Some(text) = line.strip_suffix('\n').map(|text| text.trim_end_matches('\r')) else {
            return line.to_owned();
        };
        let is_same = |old: &&str| old.trim_end_matches(['\r', '\n']) == text;
        let ending =
            old_lines.clone().find(is_same).map(|old| if old.ends_with("\r\n") { "\r\n" } else { "\n" });
        if ending.is_some() {
            old_lines.find(is_same);
        }
        format!("{text}{}", ending.unwrap_or(usual))
    });
    mark.to_owned() + &lines.collect::<String>()
}

fn item<'t>(table: &'t Table, key: &str) -> Option<&'t Item> {
    let mut parts = key.split('.');
    let first = table.get(parts.next()?)?;
    parts.try_fold(first, |item, part| item.get(part))
}

/// Replaces a line such as `# keep_days = 30` in its table; `None` if there is no such line.
fn uncommented(old: &str, table: &str, name: &str, value: &Value) -> Option<String> {
    let mut current = String::new();
    let mut lines: Vec<_> = old.split_inclusive('\n').map(str::to_owned).collect();
    let line = lines.iter_mut().find(|line| {
        let text = line.trim();
        if let Some(header) = text.strip_prefix('[') {
            header.split(']').next().unwrap_or_default().trim().clone_into(&mut current);
        }
        let assignment = text.strip_prefix('#').map(str::trim_start);
        let after = assignment.and_then(|text| text.strip_prefix(name)).map(str::trim_start);
        current == table && after.is_some_and(|after| after.starts_with('='))
    })?;
    let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
    *line = format!("{name} = {value}{end}");
    let text = lines.concat();
    // A line inside a text of several lines only looks like a comment.
    let document: DocumentMut = text.parse().ok()?;
    let key = if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") };
    let is_set = item(document.as_table(), &key).and_then(Item::as_value).map(ToString::to_string);
    (is_set.as_deref().map(str::trim) == Some(value.to_string().trim())).then_some(text)
}
