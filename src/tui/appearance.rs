//! The appearance that the operator chooses: the theme, and the name and colour of the store.

use std::path::Path;

use crate::domain::color::{Color, ColorDepth};
use crate::domain::nearest::nearest;
use crate::domain::palette::{Ground, NamedPalette, READABLE, ThemeColors};
use crate::domain::text::{clip, excerpt_bare, visible_name};
use crate::service::contract::{Failure, FailureKind};

use super::theme::{TerminalFeatures, Theme};

/// The most cells of a store's name.
const NAME: usize = 20;

/// The themes, the store's mark, and what is known of the terminal's colours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Appearance {
    /// The themes; the first one needs nothing of the terminal.
    themes: Vec<NamedPalette>,
    /// The index of the theme in use.
    theme: usize,
    pub depth: ColorDepth,
    /// The terminal's own ground, once it is known.
    pub ground: Option<Ground>,
    pub store_label: Option<String>,
    pub store_color: Option<Color>,
}

impl Appearance {
    /// Creates the appearance with these themes; the first one is in use.
    pub fn new(themes: Vec<NamedPalette>, depth: ColorDepth) -> Self {
        Self { themes, depth, ..Self::default() }
    }

    /// Returns the names of the themes.
    pub fn theme_names(&self) -> impl Iterator<Item = &str> {
        self.themes.iter().map(|theme| theme.name.as_str())
    }

    /// Returns the name of the theme in use.
    pub fn theme_name(&self) -> &str {
        self.themes.get(self.theme).map_or("", |theme| theme.name.as_str())
    }

    /// Uses the theme with this name.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] if there is none; it names the one that may be meant.
    pub fn use_theme(&mut self, name: &str) -> Result<(), Failure> {
        let at = self.theme_names().position(|theme| theme == name);
        if let Some(at) = at {
            self.theme = at;
            return Ok(());
        }
        let hint = match nearest(name, self.theme_names()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("themes: {}", self.theme_names().collect::<Vec<_>>().join(", ")),
        };
        let words = format!("There is no theme \"{}\".", clip(&excerpt_bare(name), 60));
        Err(Failure::new(FailureKind::Invalid, words).hint(hint))
    }

    /// Returns the styles of the theme in use on this terminal. If its colours cannot be told from its ground with so
    /// few colours, those of the first theme are used.
    pub fn theme(&self, features: TerminalFeatures) -> Theme {
        let at_depth = |theme: &NamedPalette| theme.palette.at_depth(self.depth);
        let chosen = self.themes.get(self.theme).map(at_depth);
        let is_readable = |palette: &ThemeColors| {
            self.depth == ColorDepth::Truecolor || palette.contrast().is_none_or(|least| least >= READABLE)
        };
        let palette = chosen.filter(is_readable).or_else(|| self.themes.first().map(at_depth));
        Theme::with_palette(features, &palette.unwrap_or_default(), self.ground)
    }

    /// Returns the name of the store: its label, or else the name of its file.
    pub fn store_name(&self, file: &Path) -> String {
        if let Some(label) = &self.store_label {
            return label.clone();
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        clip(&visible_name(&name), NAME).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color as Shown;

    use crate::domain::palette::{ColorPair, Roles};

    use super::*;

    const FEATURES: TerminalFeatures = TerminalFeatures { colour: true, unicode: true };

    fn named(name: &str, palette: ThemeColors) -> NamedPalette {
        NamedPalette { name: name.into(), palette }
    }

    fn own_ground(text: &str, back: &str) -> ThemeColors {
        let ground = ColorPair { text: Color::parse(text).unwrap(), back: Color::parse(back).unwrap() };
        let roles = Roles { accent: Some(ground.text), ..Roles::default() };
        ThemeColors { ground: Some(ground), colors: Some(roles), ..ThemeColors::default() }
    }

    fn sixteen() -> ThemeColors {
        let accent = |index| Roles { accent: Some(Color::Ansi(index)), ..Roles::default() };
        ThemeColors { dark: accent(6), light: accent(4), ..ThemeColors::default() }
    }

    #[test]
    fn the_ground_of_the_terminal_decides_where_a_theme_has_none() {
        let mut looks = Appearance::new(vec![named("terminal-16", sixteen())], ColorDepth::Ansi);
        assert_eq!(looks.theme(FEATURES).accent().fg, None);
        looks.ground = Some(Ground::Dark);
        assert_eq!(looks.theme(FEATURES).accent().fg, Some(Shown::Cyan));
        looks.ground = Some(Ground::Light);
        assert_eq!(looks.theme(FEATURES).accent().fg, Some(Shown::Blue));
        let without = TerminalFeatures { colour: false, ..FEATURES };
        assert_eq!(looks.theme(without), Theme::new(without));
    }

    #[test]
    fn a_theme_that_cannot_be_read_with_few_colours_gives_way_to_the_first() {
        let themes = vec![named("terminal-16", sixteen()), named("grey", own_ground("#8a8a8a", "#101010"))];
        let mut looks = Appearance::new(themes, ColorDepth::Truecolor);
        looks.ground = Some(Ground::Dark);
        looks.use_theme("grey").unwrap();
        assert_eq!(looks.theme(FEATURES).accent().fg, Some(Shown::Rgb(138, 138, 138)));
        let shallow = Appearance { depth: ColorDepth::Indexed, ..looks.clone() };
        assert!(matches!(shallow.theme(FEATURES).accent().fg, Some(Shown::Indexed(_))));
        let themes = vec![named("terminal-16", sixteen()), named("blue", own_ground("#0000c0", "#c0c0ff"))];
        let mut looks = Appearance::new(themes, ColorDepth::Ansi);
        looks.ground = Some(Ground::Dark);
        looks.use_theme("blue").unwrap();
        let accent = looks.theme(FEATURES).accent().fg;
        assert!(matches!(accent, Some(Shown::Blue | Shown::Cyan)), "{accent:?}");
    }

    #[test]
    fn an_unknown_theme_is_answered_with_the_nearest() {
        let themes = ["terminal-16", "dark", "light"].map(|name| named(name, ThemeColors::default()));
        let mut looks = Appearance::new(themes.into(), ColorDepth::Ansi);
        let failure = looks.use_theme("drak").unwrap_err();
        assert_eq!(failure.hint.as_deref(), Some("did you mean dark?"));
        let failure = looks.use_theme("solarized").unwrap_err();
        assert_eq!(failure.hint.as_deref(), Some("themes: terminal-16, dark, light"));
        assert_eq!(looks.theme_name(), "terminal-16");
    }

    #[test]
    fn a_store_has_its_label_or_the_name_of_its_file() {
        let mut looks = Appearance::default();
        assert_eq!(looks.store_name(Path::new("/srv/a\u{1b}[31m.db")), "a␛[31m.db");
        looks.store_label = Some("media".into());
        assert_eq!(looks.store_name(Path::new("/srv/nexus.db")), "media");
    }
}
