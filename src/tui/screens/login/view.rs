//! The drawing of the log-in screen: a column in the middle, at any size.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Text};

use crate::domain::text::{clip, pad, visible, visible_name, width as width_of, wrap};
use crate::domain::time::ago;
use crate::service::contract::{Admins, Failure, FailureKind, WhyChoose};
use crate::tui::context::Context;
use crate::tui::plain::ScreenText;
use crate::tui::startup::DemoAccount;
use crate::tui::widgets::answer;
use crate::tui::widgets::form::Labels;

use super::{LoginScreen, LoginStep, second_step};

/// The width of the column in cells; wider if a new password's objections stand beside its label.
const WIDTH: u16 = 46;
const WIDTH_CHOOSING: u16 = 60;

/// The answer to a registration. It is the same whether or not the email was taken.
const REGISTERED: &str = "Registered. An admin confirms the account before you can log in.";

/// The words about a try that was made during a wait, once the wait is over.
const NOT_CHECKED: &str = "Too soon: not checked. Enter tries again.";

/// The arrangements that are tried, the best first: of the form, and how much of the head is left out. The name of the
/// program goes first, then the place of the store; sentences about what to do stay.
const ARRANGEMENTS: [(Labels, Less); 7] = [
    (Labels::Spaced, Less::Nothing),
    (Labels::Above, Less::Nothing),
    (Labels::Above, Less::Logo),
    (Labels::Above, Less::Place),
    (Labels::Left, Less::Nothing),
    (Labels::Left, Less::Logo),
    (Labels::Left, Less::Place),
];

/// The part of the head that is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Less {
    Nothing,
    Logo,
    /// The name of the program, and the place of the store.
    Place,
}

/// The lines above the form.
struct LoginHeading {
    /// The host and the file of the store.
    place: Option<String>,
    sentences: Vec<String>,
}

/// The parts of the screen, as they fit.
struct Arrangement {
    has_logo: bool,
    head: Vec<String>,
    labels: Labels,
    answer: Vec<Line<'static>>,
    /// The lines of the form, and those below it for the answer.
    fields: u16,
    below: u16,
}

impl Arrangement {
    /// Returns the lines above the form, with the blank one between.
    fn head_lines(&self) -> u16 {
        let head = u16::from(self.has_logo) + self.head.len() as u16;
        head + u16::from(head > 0)
    }

    fn height(&self) -> u16 {
        self.head_lines() + self.fields + self.below
    }
}

impl LoginScreen {
    pub(super) fn draw(&self, context: &Context, frame: &mut Frame<'_>) {
        if self.draw_step(context, frame) {
            return;
        }
        let theme = context.theme;
        let body = context.body;
        let parts = self.parts(context);
        let (top, column) = self.places(context, &parts);
        let logo = parts.has_logo.then(|| Line::styled("N E X U S", theme.focus()));
        let head = parts.head.iter().map(|text| Line::styled(text.clone(), theme.quiet()));
        for (y, line) in (top..).zip(logo.into_iter().chain(head)) {
            let place = Rect { y, height: 1, ..body };
            frame.render_widget(line.centered(), place.intersection(body));
        }
        if let Some(form) = self.step.form() {
            form.view(frame, column, theme, parts.labels);
        }
        let height = parts.answer.len() as u16;
        let place = Rect { y: column.bottom() + 1, height, ..column }.intersection(body);
        frame.render_widget(Text::from(parts.answer), place);
    }

    /// Returns the best arrangement for which there is room.
    fn arranged(&self, context: &Context) -> Option<Arrangement> {
        let mut tried = ARRANGEMENTS.iter().map(|(labels, less)| self.arrangement(context, *labels, *less));
        tried.find(|parts| parts.height() <= context.body.height)
    }

    fn arrangement(&self, context: &Context, labels: Labels, less: Less) -> Arrangement {
        let width = width(self, context);
        let answer = answer(self, context, width);
        let fields = self.step.form().map_or(0, |form| form.lines(labels, width, context.theme));
        // Where nothing is left out, a line is kept free for an answer, so that the form stays where it is.
        let kept = u16::from(less == Less::Nothing);
        let below = match (answer.len() as u16).max(kept) {
            0 => 0,
            lines => lines + 1,
        };
        let has_logo = less == Less::Nothing;
        Arrangement {
            has_logo,
            head: head(self, context, less != Less::Place),
            labels,
            answer,
            fields,
            below,
        }
    }

    /// Returns the parts of the screen; where nothing fits, the fields alone.
    fn parts(&self, context: &Context) -> Arrangement {
        self.arranged(context).unwrap_or_else(|| Arrangement {
            head: Vec::new(),
            ..self.arrangement(context, Labels::Left, Less::Place)
        })
    }

    /// Returns the first line of the head, and the area of the fields.
    fn places(&self, context: &Context, parts: &Arrangement) -> (u16, Rect) {
        let body = context.body;
        let width = width(self, context);
        let top = body.y + body.height.saturating_sub(parts.height()) / 3;
        let x = body.x + (body.width - width) / 2;
        let column = Rect { x, y: top + parts.head_lines(), width, height: parts.fields };
        (top, column.intersection(body))
    }

    /// Returns the area of the fields, and the place of their labels.
    pub(super) fn column(&self, context: &Context) -> (Rect, Labels) {
        let parts = self.parts(context);
        (self.places(context, &parts).1, parts.labels)
    }

    /// Returns the sentences above the form, and the answer to the last try.
    pub(super) fn in_text(&self, context: &Context) -> ScreenText {
        let answer = answer(self, context, u16::MAX);
        let LoginHeading { place, sentences } = head_of(self, context);
        let head =
            place.into_iter().chain(sentences).chain(self.step_text()).map(|line| line.trim_end().to_owned());
        let head = head.filter(|line| !line.is_empty());
        let wait = self.wait.clone().and_then(|wait| wait.at(context.now));
        let fault = wait.map(|wait| format!("{}.", wait.words()));
        let head = head.chain(answer.iter().map(Line::to_string)).collect();
        ScreenText { head, fault, ..ScreenText::default() }
    }

    /// Returns the answer to the last try in lines.
    pub(super) fn answer_lines(&self, context: &Context) -> Vec<Line<'static>> {
        answer(self, context, WIDTH.min(34))
    }

    /// Returns true if the answer to the last try has room below the fields.
    pub(super) fn answer_fits(&self, context: &Context) -> bool {
        self.arranged(context).is_some()
    }
}

/// Returns the width of the column.
fn width(login: &LoginScreen, context: &Context) -> u16 {
    let choosing =
        matches!(login.step, LoginStep::SetUp(_) | LoginStep::Register(_) | LoginStep::Choose { .. });
    if choosing { WIDTH_CHOOSING } else { WIDTH }.min(context.body.width.saturating_sub(2))
}

/// Returns the answer to the last try, in lines of so many cells.
fn answer(login: &LoginScreen, context: &Context, width: u16) -> Vec<Line<'static>> {
    let theme = context.theme;
    let cells = usize::from(width);
    let lines = |text: &str, style| answer::lines(text, style, cells);
    let wait = || login.wait.as_ref().into_iter().flat_map(|wait| lines(&wait.words(), theme.care()));
    match &login.refused {
        // The wait tells the reason, as long as there is one.
        None | Some(Failure { kind: FailureKind::TooSoon, .. }) if login.wait.is_some() => wait().collect(),
        Some(Failure { kind: FailureKind::TooSoon, .. }) => lines(NOT_CHECKED, theme.care()),
        Some(failure) => {
            let mut answer = answer::refusal(failure, theme, cells);
            answer.extend(wait());
            answer
        }
        None if login.checking && context.waiting => lines("checking…", theme.care()),
        None if login.has_registered => lines(&format!("{}{REGISTERED}", theme.sign("✓", "+")), theme.good()),
        None => Vec::new(),
    }
}

/// Returns the lines above the form, no wider than the screen.
fn head(login: &LoginScreen, context: &Context, has_place: bool) -> Vec<String> {
    let width = usize::from(context.body.width.saturating_sub(2));
    let LoginHeading { place, sentences } = head_of(login, context);
    let lines = place.filter(|_| has_place).into_iter().chain(sentences);
    lines.flat_map(|text| wrap(&text, width).into_iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn head_of(login: &LoginScreen, context: &Context) -> LoginHeading {
    let place = visible(&format!("{} · {}", login.host, login.store)).into_owned();
    let place = Some(clip(&place, usize::from(context.body.width)).into_owned());
    let told = |sentence: &str| vec![sentence.to_owned()];
    match &login.step {
        LoginStep::CheckingStore => LoginHeading { place: None, sentences: Vec::new() },
        LoginStep::SetUp(_) => {
            LoginHeading { place, sentences: told("Nobody can log in yet: make the first admin.") }
        }
        LoginStep::LogIn(_) => match (&login.demo, login.admins.way_back()) {
            (Some(demo), _) => LoginHeading { place: None, sentences: demo_sentences(demo) },
            (None, _) if login.admins != Admins::Usable && login.read_only => LoginHeading {
                place,
                sentences: told("No admin can log in, and nothing can be changed here."),
            },
            (None, Some(command)) => LoginHeading {
                place,
                sentences: vec![format!("No admin can log in. The way back in: {command}")],
            },
            (None, None) => {
                let sound = login.sound_at.map(|at| format!("checked {}, sound", ago(context.now, at)));
                let register =
                    login.can_register().then(|| "No account yet? Ctrl-n registers one.".to_owned());
                LoginHeading { place, sentences: sound.into_iter().chain(register).collect() }
            }
        },
        LoginStep::Register(_) => {
            LoginHeading { place, sentences: told("An admin confirms your account before you can log in.") }
        }
        LoginStep::Choose { why, .. } => {
            let why = match why {
                WhyChoose::Code => "The code was right. Choose your password now.",
                WhyChoose::MustChange => "Somebody else chose this password. Choose your own now.",
                WhyChoose::BreaksPolicy => "This password is too weak by today's rule. Choose another now.",
            };
            LoginHeading { place: None, sentences: told(why) }
        }
        LoginStep::Code { is_verified, .. } => {
            let sentences = second_step::sentences(*is_verified).iter().map(|told| (*told).to_owned());
            LoginHeading { place: None, sentences: sentences.collect() }
        }
        LoginStep::SetUpFactor { .. } | LoginStep::RecoveryCodes { .. } => {
            LoginHeading { place: None, sentences: Vec::new() }
        }
        LoginStep::Locked(_) => LoginHeading {
            place: None,
            sentences: vec![format!("This console is locked. {} unlocks it.", visible_name(&login.label))],
        },
    }
}

/// Returns the sentences about the store of samples; name and password stand below each other.
fn demo_sentences(demo: &DemoAccount) -> Vec<String> {
    let lines = [format!("Username  {}", demo.username), format!("Password  {}", demo.password)];
    let widest = lines.iter().map(|line| width_of(line)).max().unwrap_or_default();
    let head = ["A store to try things on; it is removed when you leave.".to_owned(), String::new()];
    head.into_iter().chain(lines.iter().map(|line| pad(line, widest))).collect()
}
