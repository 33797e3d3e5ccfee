//! The colours of a theme by their roles, as a theme file names them.

use serde::Deserialize;

use super::color::{Color, ColorDepth};

/// A theme file. A theme with a ground of its own has `text`, `back` and `colors`. One on the terminal's ground has
/// colours for a dark, a light and an unknown ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ThemeColors {
    /// The colour of text, and the ground under it; without them those of the terminal.
    pub ground: Option<ColorPair>,
    pub colors: Option<Roles>,
    pub dark: Roles,
    pub light: Roles,
    pub unknown: Roles,
}

/// The colours of the roles. A role without one has the colour of text, and is told apart by bold or dim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Roles {
    /// The focus, and keys.
    pub accent: Option<Color>,
    /// States that are in order.
    pub good: Option<Color>,
    /// States that ask for attention.
    pub care: Option<Color>,
    /// Errors and destructive actions.
    pub bad: Option<Color>,
    /// Hints, units and separators.
    pub quiet: Option<Color>,
    /// The row under the cursor; without it, text and ground change places.
    pub selection: Option<ColorPair>,
    /// The current tab; without it, it has the colour of the accent.
    pub focus: Option<ColorPair>,
}

/// A colour of text, and the ground under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColorPair {
    pub text: Color,
    pub back: Color,
}

/// A theme and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPalette {
    pub name: String,
    pub palette: ThemeColors,
}

/// The lowest contrast at which text can be read (WCAG 2.2, 1.4.3).
pub const READABLE: f64 = 4.5;

/// The brightness of a terminal's own ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    Dark,
    Light,
}

impl Ground {
    /// Returns the brightness of a ground of this colour: dark if white text is read more easily on it than black.
    pub fn of(color: Color) -> Self {
        let (black, white) = (Color::Ansi(0).rgb(), Color::Ansi(15).rgb());
        if color.rgb().contrast(white) >= color.rgb().contrast(black) { Self::Dark } else { Self::Light }
    }

    /// Returns the ground that the environment tells: `COLORFGBG`, as rxvt and konsole set it, ends with the index of a
    /// colour. The Linux console is black, and may print a question for its colour.
    pub fn of_environment(colorfgbg: &str, term: &str) -> Option<Self> {
        let index = colorfgbg.rsplit(';').next().and_then(|index| index.parse().ok());
        let told = index.filter(|index| *index < 16).map(|index| Self::of(Color::Ansi(index)));
        told.or_else(|| term.starts_with("linux").then_some(Self::Dark))
    }
}

impl ThemeColors {
    /// Returns the roles on a terminal with this ground.
    pub fn roles(&self, ground: Option<Ground>) -> Roles {
        self.colors.unwrap_or(match ground {
            Some(Ground::Dark) => self.dark,
            Some(Ground::Light) => self.light,
            None => self.unknown,
        })
    }

    /// Returns the lowest contrast on a ground of its own, or `None` if the ground is the terminal's.
    pub fn contrast(&self) -> Option<f64> {
        let ground = self.ground?;
        Some(self.colors.unwrap_or_default().contrast(ground).min(ground.contrast()))
    }

    /// Returns the same theme with the nearest colours that a terminal with so many colours shows.
    #[must_use]
    pub fn at_depth(self, depth: ColorDepth) -> Self {
        Self {
            ground: self.ground.map(|pair| pair.at_depth(depth)),
            colors: self.colors.map(|roles| roles.at_depth(depth)),
            dark: self.dark.at_depth(depth),
            light: self.light.at_depth(depth),
            unknown: self.unknown.at_depth(depth),
        }
    }
}

impl Roles {
    /// The roles without colours.
    pub const PLAIN: Self =
        Self { accent: None, good: None, care: None, bad: None, quiet: None, selection: None, focus: None };

    /// Returns the lowest contrast of a role on a ground.
    pub fn contrast(&self, ground: ColorPair) -> f64 {
        let roles = [self.accent, self.good, self.care, self.bad, self.quiet].into_iter().flatten();
        let roles = roles.map(|role| ColorPair { text: role, ..ground });
        let pairs = roles.chain(self.selection).chain(self.focus);
        pairs.map(ColorPair::contrast).fold(f64::INFINITY, f64::min)
    }

    fn at_depth(self, depth: ColorDepth) -> Self {
        let color = |color: Option<Color>| color.map(|color| color.at_depth(depth));
        let pair = |pair: Option<ColorPair>| pair.map(|pair| pair.at_depth(depth));
        Self {
            accent: color(self.accent),
            good: color(self.good),
            care: color(self.care),
            bad: color(self.bad),
            quiet: color(self.quiet),
            selection: pair(self.selection),
            focus: pair(self.focus),
        }
    }
}

impl ColorPair {
    /// Returns the contrast of the text on its ground.
    pub fn contrast(self) -> f64 {
        self.text.rgb().contrast(self.back.rgb())
    }

    fn at_depth(self, depth: ColorDepth) -> Self {
        Self { text: self.text.at_depth(depth), back: self.back.at_depth(depth) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_may_tell_the_ground() {
        for (text, ground) in [
            ("15;0", Some(Ground::Dark)),
            ("0;15", Some(Ground::Light)),
            ("0;default;15", Some(Ground::Light)),
            ("12;8", Some(Ground::Light)),
            ("7;4", Some(Ground::Dark)),
            ("0;default", None),
            ("", None),
            ("0;99", None),
        ] {
            assert_eq!(Ground::of_environment(text, "xterm"), ground, "{text}");
        }
        assert_eq!(Ground::of_environment("", "linux-16color"), Some(Ground::Dark));
    }
}
