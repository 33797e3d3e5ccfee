//! The drawing of a second factor that is being set up: the QR code, the secret as text, and the field for the first code.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Text};
use ratatui::widgets::Clear;

use crate::domain::secret::Secret;
use crate::domain::text::{excerpt, visible, wrap};
use crate::service::contract::FactorOffer;
use crate::tui::context::Context;
use crate::tui::widgets::field::InputField;
use crate::tui::widgets::form::{Form, Labels, Row, Rule};
use crate::tui::widgets::qr::QrPicture;

/// The margin on both sides, the gap between the picture and the words, and the least width of the words, in cells.
const MARGIN: u16 = 1;
const GAP: u16 = 3;
const LEAST_WORDS: u16 = 30;
/// The most width of the words, in cells.
const MOST_WORDS: u16 = 46;
/// The characters of the secret in a group, and the groups in a line.
const GROUP: usize = 4;
const GROUPS: usize = 4;

/// The words about the step, without and with the picture.
const TYPE_IT: &str = "Type this secret into an app for one-time codes, then enter the code that it shows.";
const SCAN_IT: &str = "Scan the picture with an app for one-time codes, or type in the secret:";
const THEN: &str = "Then enter the code that it shows.";

/// The words below recovery codes.
pub const ONCE: &str =
    "Each code works once, instead of one from the app. They are shown only now: write them down.";

/// Creates the form for a code.
pub fn code_form() -> Form {
    Form::new(vec![Row::new("Code", InputField::secret(), Rule::Required)])
}

/// A second factor to set up, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorView {
    offer: FactorOffer,
    picture: Option<QrPicture>,
}

/// The places of the parts.
struct Places {
    /// The picture, if there is room for it.
    picture: Option<Rect>,
    lines: Vec<Line<'static>>,
    words: Rect,
    form: Rect,
    labels: Labels,
    answer: Rect,
}

impl FactorView {
    /// Creates the view of an offer.
    pub fn new(offer: FactorOffer) -> Self {
        let picture = QrPicture::new(&offer.uri);
        Self { offer, picture }
    }

    /// Returns the secret.
    pub fn secret(&self) -> &Secret {
        &self.offer.secret
    }

    fn headline(&self) -> String {
        format!("Second factor of {}", excerpt(&self.offer.label))
    }

    /// Returns the secret in groups, a few to the line.
    fn secret_lines(&self) -> Vec<String> {
        let secret: Vec<char> = self.offer.secret.expose().chars().collect();
        let groups: Vec<String> = secret.chunks(GROUP).map(|group| group.iter().collect()).collect();
        groups.chunks(GROUPS).map(|line| line.join(" ")).collect()
    }

    /// Returns the words and the secret in lines.
    pub fn text(&self) -> Vec<String> {
        let head = [visible(&self.headline()).into_owned(), TYPE_IT.to_owned()];
        head.into_iter().chain([self.secret_lines().join(" "), self.offer.uri.expose().to_owned()]).collect()
    }

    /// Draws it over the whole area of the screens, with the form and the answer to the last code below the words.
    pub fn view(&self, context: &Context, frame: &mut Frame<'_>, form: &Form, answer: &[Line<'static>]) {
        frame.render_widget(Clear, context.body);
        let places = self.places(context, form, answer);
        if let (Some(area), Some(picture)) = (places.picture, &self.picture) {
            frame.render_widget(Text::from(picture.lines(context.theme)), area);
        }
        frame.render_widget(Text::from(places.lines), places.words);
        form.view(frame, places.form, context.theme, places.labels);
        frame.render_widget(Text::from(answer.to_vec()), places.answer);
    }

    /// Takes a click: the cursor goes to the field.
    pub fn click(&self, context: &Context, form: &mut Form, at: Position) {
        let places = self.places(context, form, &[]);
        form.click(places.form, context.theme, places.labels, at);
    }

    fn places(&self, context: &Context, form: &Form, answer: &[Line<'static>]) -> Places {
        let body = context.body;
        let fits = |(columns, rows): (u16, u16)| {
            columns + GAP + LEAST_WORDS + 2 * MARGIN <= body.width
                && rows <= body.height
                && context.theme.has_blocks()
        };
        let size = self.picture.as_ref().map(QrPicture::size).filter(|size| fits(*size));
        let room = body.width - 2 * MARGIN - size.map_or(0, |(columns, _)| columns + GAP);
        let width = room.min(MOST_WORDS);
        // Spaced if there is room, else without blank lines, and with the label beside the field.
        let [mut lines, tight] =
            [true, false].map(|spaced| self.lines(context, width, size.is_some(), spaced));
        let mut labels = Labels::Above;
        let below = answer.len() as u16;
        let height = |lines: &[Line<'_>], labels| {
            lines.len() as u16 + form.lines(labels, width, context.theme) + below
        };
        if height(&lines, labels) > body.height {
            (lines, labels) = (tight, Labels::Left);
        }
        let total = size.map_or(0, |(_, rows)| rows).max(height(&lines, labels));
        let top = body.y + body.height.saturating_sub(total) / 3;
        let left = body.x + MARGIN + (room - width) / 2;
        let picture = size.map(|(columns, rows)| Rect { x: left, y: top, width: columns, height: rows });
        let x = picture.map_or(left, |picture| picture.right() + GAP);
        let words = Rect { x, y: top, width, height: lines.len() as u16 };
        let form_lines = form.lines(labels, width, context.theme);
        let form = Rect { y: words.bottom(), height: form_lines, ..words };
        let answer = Rect { y: form.bottom(), height: below, ..words };
        let [words, form, answer] = [words, form, answer].map(|area| area.intersection(body));
        Places { picture, lines, words, form, labels, answer }
    }

    fn lines(&self, context: &Context, width: u16, has_picture: bool, spaced: bool) -> Vec<Line<'static>> {
        let theme = context.theme;
        let cells = usize::from(width);
        let wrapped = |text: &str, style| -> Vec<Line<'static>> {
            wrap(text, cells).into_iter().map(|part| Line::styled(part.to_owned(), style)).collect()
        };
        let blank = || spaced.then(|| Line::raw(""));
        let mut lines = wrapped(&visible(&self.headline()), theme.strong());
        lines.extend(blank());
        lines.extend(wrapped(if has_picture { SCAN_IT } else { TYPE_IT }, theme.plain()));
        lines.extend(blank());
        lines.extend(self.secret_lines().into_iter().map(|line| Line::styled(line, theme.accent())));
        lines.extend(blank());
        if has_picture {
            lines.extend(wrapped(THEN, theme.plain()));
            lines.extend(blank());
        }
        lines
    }
}

/// Returns recovery codes in as many columns as fit into so many cells.
pub fn code_lines(codes: &[Secret], cells: usize) -> Vec<String> {
    const CODE: usize = 9;
    const BETWEEN: usize = 3;
    let columns = ((cells + BETWEEN) / (CODE + BETWEEN)).clamp(1, 5);
    let gap = " ".repeat(BETWEEN);
    codes.chunks(columns).map(|line| line.iter().map(Secret::expose).collect::<Vec<_>>().join(&gap)).collect()
}
