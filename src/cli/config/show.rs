//! `nexus config show`: the settings in force and where each comes from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use toml_edit::{DocumentMut, Item};

use crate::domain::config::Config;
use crate::domain::settings::SETTINGS;
use crate::domain::text::visible_path;
use crate::service::contract::{ConfigFiles, Failure, FailureKind};

use super::document::{DocumentKey, keys};
use super::{ConfigFile, ConfigInvocation, SettingsFormat, checked};

/// The store that commands open, and where that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOrigin {
    pub path: PathBuf,
    /// `--store`, `NEXUS_STORE` or `default`.
    pub origin: &'static str,
}

/// Returns the text that `config show` prints.
///
/// # Errors
/// As [`ConfigFile::settings`].
pub(super) fn text(
    invocation: &ConfigInvocation,
    files: &dyn ConfigFiles,
    check: &dyn Fn(&Config) -> Result<(), Failure>,
) -> Result<String, Failure> {
    let found = invocation.file.text(|path| files.open(path))?;
    let (config, keys) = match &found {
        Some((path, text)) => (checked(path, text, check)?, keys(text)),
        None => (Config::default(), Vec::new()),
    };
    match invocation.form {
        SettingsFormat::Toml => {
            let head = head(&invocation.file, found.is_some(), invocation.store.as_ref());
            Ok(head + &document(&config, &keys)?)
        }
        SettingsFormat::Json => object(invocation, &config, &keys),
    }
}

fn head(file: &ConfigFile, is_there: bool, store: Option<&StoreOrigin>) -> String {
    let file = match file {
        ConfigFile::Named(path) => format!("# file: {} (--config)\n", visible_path(path)),
        ConfigFile::Default(path) if is_there => format!("# file: {} (default)\n", visible_path(path)),
        ConfigFile::Default(path) => format!("# file: {} (default; not there)\n", visible_path(path)),
        ConfigFile::Unknown => "# file: none; HOME is not set\n".to_owned(),
    };
    let store =
        store.map(|StoreOrigin { path, origin }| format!("# store: {} ({origin})\n", visible_path(path)));
    file + &store.unwrap_or_default() + "\n"
}

/// Returns the settings as a config file whose comments tell the origins.
fn document(config: &Config, keys: &[DocumentKey]) -> Result<String, Failure> {
    let text = toml::to_string(config).map_err(|error| unwritable(&error.to_string()))?;
    let mut document: DocumentMut = text.parse().map_err(|error| unwritable(&format!("{error}")))?;
    comment(document.as_item_mut(), "", keys);
    let mut text = document.to_string();
    for setting in SETTINGS {
        let (table, name) = setting.table_and_name();
        let is_set = document.get(table).is_some_and(|table| table.get(name).is_some());
        if setting.example.is_some() && !is_set {
            let header = format!("[{table}]\n");
            text = text.replacen(&header, &format!("{header}# {name}: not set\n"), 1);
        }
    }
    Ok(text)
}

/// Adds the origin of each value behind it.
fn comment(item: &mut Item, name: &str, keys: &[DocumentKey]) {
    if let Some(table) = item.as_table_like_mut() {
        for (key, inner) in table.iter_mut() {
            let name = if name.is_empty() { key.to_string() } else { format!("{name}.{}", key.get()) };
            comment(inner, &name, keys);
        }
    } else if let Some(value) = item.as_value_mut() {
        let origin = match line_of(name, keys) {
            Some(line) => format!("  # line {line}"),
            None => "  # default".to_owned(),
        };
        value.decor_mut().set_suffix(origin);
    }
}

/// Returns the settings with their origins as JSON.
fn object(invocation: &ConfigInvocation, config: &Config, keys: &[DocumentKey]) -> Result<String, Failure> {
    let mut object = serde_json::to_value(config).map_err(|error| unwritable(&error.to_string()))?;
    let named = keys.iter().map(|key| key.name.as_str());
    let defaults = SETTINGS.iter().filter(|setting| setting.example.is_none()).map(|setting| setting.key);
    let origins: BTreeMap<_, _> = defaults
        .chain(named)
        .map(|name| (name, line_of(name, keys).map_or(json!("default"), |line| json!({ "line": line }))))
        .collect();
    if let Value::Object(fields) = &mut object {
        fields.insert("origins".into(), json!(origins));
        let file = invocation.file.path().ok().map(|path| path.to_string_lossy());
        fields.insert("config_file".into(), json!(file));
        let store = invocation.store.as_ref();
        fields.insert("store_path".into(), json!(store.map(|store| store.path.to_string_lossy())));
        fields.insert("store_origin".into(), json!(store.map(|store| store.origin)));
    }
    Ok(object.to_string() + "\n")
}

fn line_of(name: &str, keys: &[DocumentKey]) -> Option<usize> {
    keys.iter().find(|key| key.name == name).map(|key| key.line)
}

fn unwritable(what: &str) -> Failure {
    Failure::new(FailureKind::Other, what.to_owned())
}
