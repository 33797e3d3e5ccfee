//! The source files of the package.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::tokens::{test_modules, tokens};

/// Returns every file under `src/` with its path below `src/` and its text.
pub(crate) fn all_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// Returns the files of [`all_files`] that are not only for tests.
pub(crate) fn sources() -> Vec<(String, String)> {
    let mut found = all_files();
    let for_tests: BTreeSet<_> =
        found.iter().flat_map(|(file, text)| test_modules(&tokens(text), &module(file))).collect();
    found.retain(|(file, _)| !for_tests.iter().any(|tests| module(file).starts_with(tests)));
    found
}

/// Returns the module path of a file: `tui/screens/mod.rs` is `tui::screens`.
pub(crate) fn module(file: &str) -> Vec<String> {
    let name = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if ["lib", "main"].contains(&name) { Vec::new() } else { name.split('/').map(str::to_owned).collect() }
}
