//! The themes: those that are built in, and the operator's own files.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::domain::palette::{NamedPalette, ThemeColors};
use crate::domain::text::excerpt_path;
use crate::service::contract::{Failure, FailureKind};

/// The themes that are built in; the first one needs nothing of the terminal.
const BUILT_IN: [(&str, &str); 4] = [
    ("terminal-16", include_str!("../../assets/themes/terminal-16.toml")),
    ("dark", include_str!("../../assets/themes/dark.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    ("high-contrast", include_str!("../../assets/themes/high-contrast.toml")),
];

/// The maximum number of theme files, and of bytes that are read of one.
const MOST_FILES: usize = 100;
const MAX_BYTES: u64 = 16 << 10;

/// Returns the themes that are built in and those of the files `NAME.toml` in `folder`, which may be missing. A file
/// with the name of a built-in theme replaces it.
///
/// # Errors
/// [`FailureKind::Invalid`] for a file that cannot be read or breaks a rule.
pub fn themes(folder: Option<&Path>) -> Result<Vec<NamedPalette>, Failure> {
    let mut themes = Vec::new();
    for (name, text) in BUILT_IN {
        themes.push(NamedPalette { name: name.to_owned(), palette: parse(Path::new(name), text)? });
    }
    for (name, file) in folder.map(files).unwrap_or_default() {
        let palette = parse(&file, &contents(&file)?)?;
        match themes.iter_mut().find(|theme| theme.name == name) {
            Some(theme) => theme.palette = palette,
            None => themes.push(NamedPalette { name, palette }),
        }
    }
    Ok(themes)
}

/// Returns the names and paths of the theme files, in the order of their names.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let named = entries.flatten().filter_map(|entry| {
        let file_name = entry.file_name();
        let name = file_name.to_str()?.strip_suffix(".toml")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_name = (1..=40).contains(&name.len()) && name.chars().all(is_plain);
        is_name.then(|| (name.to_owned(), entry.path()))
    });
    let mut files: Vec<_> = named.take(MOST_FILES).collect();
    files.sort();
    files
}

fn contents(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Failure::new(FailureKind::Invalid, format!("Cannot read {}: {error}.", excerpt_path(path)))
    };
    // A pipe would wait for somebody to write.
    let is_file = fs::metadata(path).map_err(|error| unreadable(&error))?.is_file();
    if !is_file {
        return Err(unreadable(&"not a regular file"));
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let read = file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| unreadable(&error))?;
    if read as u64 > MAX_BYTES {
        return Err(unreadable(&"it is larger than 16 KiB"));
    }
    Ok(text)
}

fn parse(path: &Path, text: &str) -> Result<ThemeColors, Failure> {
    let palette: ThemeColors =
        toml::from_str(text).map_err(|error| super::config::invalid(path, text, &error))?;
    if palette.colors.is_some() != palette.ground.is_some() {
        let message = format!("{}: [ground] and [colors] go together.", excerpt_path(path));
        return Err(Failure::new(FailureKind::Invalid, message));
    }
    Ok(palette)
}

#[cfg(test)]
mod tests {
    use crate::domain::color::{Color, ColorDepth};
    use crate::domain::palette::{ColorPair, Ground, READABLE};

    use super::*;

    fn built_in(name: &str) -> ThemeColors {
        themes(None).unwrap().into_iter().find(|theme| theme.name == name).unwrap().palette
    }

    #[test]
    fn every_role_can_be_read_on_the_themes_own_ground() {
        for name in ["dark", "light", "high-contrast"] {
            for depth in [ColorDepth::Truecolor, ColorDepth::Indexed] {
                let contrast = built_in(name).at_depth(depth).contrast().unwrap();
                assert!(contrast >= READABLE, "{name} at {depth:?}: {contrast:.2}");
            }
        }
        assert!(built_in("high-contrast").contrast().unwrap() >= 7.0);
        assert!(built_in("high-contrast").at_depth(ColorDepth::Ansi).contrast().unwrap() >= READABLE);
    }

    #[test]
    fn every_role_of_the_sixteen_colours_can_be_read_on_xterms_palette() {
        let ground = |text, back| ColorPair { text: Color::Ansi(text), back: Color::Ansi(back) };
        let (dark, light) = (ground(7, 0), ground(0, 15));
        let palette = built_in("terminal-16");
        for (told, grounds) in
            [(Some(Ground::Dark), vec![dark]), (Some(Ground::Light), vec![light]), (None, vec![dark, light])]
        {
            for ground in grounds {
                let contrast = palette.roles(told).contrast(ground);
                assert!(contrast >= READABLE, "{told:?}: {contrast:.2}");
            }
        }
        // The sixteen are what they are: there is nothing else to put in the place of a colour.
        assert_eq!(palette.at_depth(ColorDepth::Ansi), palette);
    }

    #[test]
    fn a_file_of_the_operator_adds_a_theme_or_replaces_one() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("mine.toml", "[dark]\naccent = \"#ff8800\"");
        write("light.toml", "[light]\nbad = \"red\"");
        write("notes.txt", "no theme");
        write("..toml", "no theme");
        let themes = themes(Some(folder.path())).unwrap();
        assert_eq!(themes.len(), 5);
        let find = |name: &str| themes.iter().find(|theme| theme.name == name).unwrap().palette;
        assert_eq!(find("mine").dark.accent, Color::parse("#ff8800"));
        assert_eq!((find("light").light.bad, find("light").ground), (Some(Color::Ansi(1)), None));
    }

    #[test]
    fn a_broken_file_is_named_with_its_line() {
        for (text, words) in [
            (
                "[dark]\naccent = \"pink\"",
                "line 2: invalid value: string \"pink\", expected a colour such as red",
            ),
            ("[dark]\naccnt = \"red\"", "line 2: unknown field `accnt`"),
            ("[colors]\nbad = \"red\"", "mine.toml: [ground] and [colors] go together."),
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("mine.toml"), text).unwrap();
            let failure = themes(Some(folder.path())).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Invalid);
            assert!(failure.message.contains(words), "{}", failure.message);
        }
    }
}
