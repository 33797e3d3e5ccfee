//! A QR code in half blocks: two modules in one cell, one above the other.

use std::fmt;

use qrcode::{Color, EcLevel, QrCode};
use ratatui::text::Line;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::tui::theme::Theme;

/// The empty modules around the code. Four are asked for (ISO/IEC 18004, 6.3.8); readers manage with two.
const QUIET: usize = 2;

/// The picture of a QR code.
#[derive(Clone, PartialEq, Eq)]
pub struct QrPicture {
    /// The number of modules a side, with the empty ones.
    side: usize,
    /// True for a dark module, row by row.
    dark: Zeroizing<Vec<bool>>,
}

/// Hides the modules: they spell the secret.
impl fmt::Debug for QrPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrPicture").field("side", &self.side).finish_non_exhaustive()
    }
}

impl QrPicture {
    /// Returns the code of a text, or `None` if it is too long for one.
    pub fn new(text: &Secret) -> Option<Self> {
        // On a screen nothing is torn or stained: the lowest level makes the smallest code.
        let code = QrCode::with_error_correction_level(text.expose(), EcLevel::L).ok()?;
        let inner = code.width();
        let side = inner + 2 * QUIET;
        let mut dark = Zeroizing::new(vec![false; side * side]);
        for (at, color) in code.to_colors().into_iter().enumerate() {
            let place = (at / inner + QUIET) * side + at % inner + QUIET;
            if let Some(module) = dark.get_mut(place) {
                *module = color == Color::Dark;
            }
        }
        Some(Self { side, dark })
    }

    /// Returns its width and height in cells.
    pub fn size(&self) -> (u16, u16) {
        (self.side as u16, self.side.div_ceil(2) as u16)
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.side + x).copied().unwrap_or_default()
    }

    /// Returns its lines, dark on light whatever the ground of the terminal is.
    pub fn lines(&self, theme: Theme) -> Vec<Line<'static>> {
        let (style, draws_light) = theme.picture();
        let cell = |x, y| {
            let [above, below] = [self.is_dark(x, y), self.is_dark(x, y + 1)].map(|dark| dark != draws_light);
            match (above, below) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            }
        };
        let line = |y| Line::styled((0..self.side).map(|x| cell(x, y)).collect::<String>(), style);
        (0..self.side).step_by(2).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::TerminalFeatures;

    fn picture(text: &str) -> QrPicture {
        QrPicture::new(&Secret::from_text(text).unwrap()).unwrap()
    }

    fn lines(colour: bool) -> Vec<String> {
        let theme = Theme::new(TerminalFeatures { colour, unicode: true });
        picture("NEXUS").lines(theme).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_corners_hold_the_marks_of_a_code() {
        // Version 1 has 21 modules; its finder pattern is a square of 7, in a ring of light ones.
        assert_eq!(picture("NEXUS").size(), (25, 13));
        let lines = lines(true);
        for (line, begins) in
            [(0, "    "), (1, "  █▀▀▀▀▀█ "), (2, "  █ ███ █ "), (3, "  █ ▀▀▀ █ "), (4, "  ▀▀▀▀▀▀▀ ")]
        {
            assert!(lines[line].starts_with(begins), "{line}: {:?}", lines[line]);
        }
        assert!(lines.iter().all(|line| line.chars().count() == 25));
    }

    #[test]
    fn without_colours_the_light_modules_are_drawn() {
        let lines = lines(false);
        assert!(lines[1].starts_with("██ ▄▄▄▄▄ █"), "{:?}", lines[1]);
    }

    #[test]
    fn the_longest_uri_fits_into_the_smallest_screen_that_shows_it() {
        assert_eq!(picture(&"x".repeat(78)).size(), (37, 19));
        assert_eq!(picture(&"x".repeat(106)).size(), (41, 21));
    }

    #[test]
    fn nothing_of_it_is_printed() {
        assert_eq!(format!("{:?}", picture("NEXUS")), "QrPicture { side: 25, .. }");
    }
}
