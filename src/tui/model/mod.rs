//! The root: screens, dialogs, operator, notice and pending requests. It routes messages and knows nothing of a
//! screen's inside.

mod actions;
mod check_schedule;
mod checking;
mod command_line;
mod commands;
mod export;
mod foreseen;
mod global_keys;
mod key_page;
mod key_queue;
mod keymap;
mod keys;
mod lines;
mod lock;
mod navigation;
mod notice;
mod page;
mod pointer;
mod preferences;
mod prefix_box;
mod progress_lines;
mod proof;
mod read_only;
mod recording;
mod requests;
mod screens;
mod second_factor;
mod session;
mod tab_counts;
mod times;
mod typed_ahead;
mod view;
mod view_as;
mod views;

use crossterm::event::KeyEventKind;
use ratatui::layout::Rect;

pub use key_page::{key_page, moved_keys};
pub use keymap::keymap;

use crate::domain::clock::ClockBehind;
use crate::domain::overview::TabCounts;
use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::{Failure, FailureKind, Operator};
use crate::tui::context::{Context, Medium, Viewer};
use crate::tui::effect::{Ask, Effect, Msg, RequestId};
use crate::tui::key_debounce::KeyDebounce;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::confirm::Confirm;
use crate::tui::pending::PendingRequests;
use crate::tui::plain;
use crate::tui::preferences::Preferences;
use crate::tui::route::ScreenId;
use crate::tui::runbook::Runbook;
use crate::tui::screens::login::LoginScreen;
use crate::tui::screens::screen::Screen;
use crate::tui::startup::StartupOptions;
use crate::tui::theme::Theme;
use crate::tui::trail::{ListView, Trail};
use crate::tui::widgets::progress::RunningWork;
use check_schedule::CheckSchedule;
use command_line::TypedCommands;
use key_queue::KeyQueue;
use pointer::ClickedRow;
use progress_lines::ToldWork;
use screens::Screens;
use times::Times;
use view_as::OwnConsole;

/// The time for which a notice is shown.
const NOTICE: Duration = Duration::seconds(4);
/// The wait after which the console says that it waits.
const SAY_WAITING: Duration = Duration::milliseconds(150);
/// The wait after which work shows a bar.
const SHOW_BAR: Duration = Duration::seconds(2);
/// The smallest terminal on which anything can be shown.
const MIN_SIZE: (u16, u16) = (40, 10);

/// A message at the foot of the screen.
#[derive(Debug, Clone, PartialEq)]
enum Notice {
    Info {
        text: String,
        /// Set if something was done; then a tick is shown.
        is_done: bool,
        /// The key to press about it.
        hint: Option<String>,
        /// Another key to press, if the line has room for it.
        also: Option<String>,
        until: Timestamp,
    },
    /// A warning that no action caused.
    Warning(Failure),
    Failed(Failure),
}

/// The state of the console.
pub struct Model {
    start: StartupOptions,
    now: Timestamp,
    typing: KeyDebounce,
    theme: Theme,
    operator: Option<Operator>,
    /// The time at which the operator last proved who they are.
    proved: Option<Timestamp>,
    /// The admin's own console, while it is seen as somebody else gets it.
    own_console: Option<Box<OwnConsole>>,
    /// The log-in screen, which also covers everything while the console is locked.
    login: Option<LoginScreen>,
    screens: Screens,
    front: ScreenId,
    /// The locations that back and forward lead to.
    trail: Trail,
    /// The dialog on top; a lock hides it, and unlocking shows it again.
    overlay: Option<Overlay>,
    /// The question before an action, in place of screen and dialog.
    asking: Option<Confirm>,
    notice: Option<Notice>,
    /// The notice that came while the console was locked.
    withheld: Option<Notice>,
    /// The first line shown of a notice that has more lines than there is room for.
    notice_top: usize,
    runbook: Runbook,
    preferences: Preferences,
    /// Set once the preferences of this operator have come: before that, nothing may replace them.
    are_preferences_loaded: bool,
    /// The time at which the screen in front opens without the preferences, if they have not come by then.
    opens_by: Option<Timestamp>,
    /// Set while the wall clock is behind the journal.
    clock_behind: Option<ClockBehind>,
    /// The first key of a sequence.
    prefix: Option<String>,
    /// The row that the last click was on: a second one is Enter.
    clicked: Option<ClickedRow>,
    times: Times,
    /// The work of which the front end in lines has told last.
    told_work: Option<ToldWork>,
    /// The numbers beside the tabs, once they have come.
    tab_counts: Option<TabCounts>,
    /// The time at which they were asked for.
    tabs_counted: Timestamp,
    pending: PendingRequests,
    /// The request whose secret a dialog will show, while nothing but a menu covers the list.
    secret_due: Option<RequestId>,
    /// The command that waits for the account that it is about, and the title of the one that prints.
    typed: TypedCommands,
    ahead: KeyQueue,
    checking: CheckSchedule,
    medium: Medium,
}

impl Model {
    /// Creates a console that has not sent a request yet.
    pub fn new(start: StartupOptions) -> Self {
        Self {
            now: start.now,
            checking: CheckSchedule::new(start.now),
            typing: KeyDebounce::new(start.now),
            theme: start.appearance.theme(start.features),
            operator: None,
            proved: None,
            own_console: None,
            login: Some(LoginScreen::new(&start)),
            screens: Screens::default(),
            front: start.front,
            trail: Trail::new(ScreenId::USERS, ListView::default()),
            overlay: None,
            asking: None,
            notice: None,
            withheld: None,
            notice_top: 0,
            runbook: Runbook::default(),
            preferences: Preferences::default(),
            are_preferences_loaded: false,
            opens_by: None,
            clock_behind: None,
            prefix: None,
            clicked: None,
            times: Times::default(),
            told_work: None,
            tab_counts: None,
            tabs_counted: start.now,
            pending: PendingRequests::default(),
            secret_due: None,
            typed: TypedCommands::default(),
            ahead: KeyQueue::default(),
            medium: Medium::Screen,
            start,
        }
    }

    /// Has the console written in lines and not drawn.
    pub fn in_lines(mut self) -> Self {
        self.start.size = plain::SIZE;
        self.medium = Medium::Lines;
        self.use_theme();
        self
    }

    /// Has everything look as the theme in use says.
    fn use_theme(&mut self) {
        let theme = self.start.appearance.theme(self.start.features);
        self.theme = match self.medium {
            Medium::Screen => theme,
            Medium::Lines => theme.in_words(),
        };
    }

    /// Returns the first requests.
    pub fn begin(&mut self) -> Vec<Effect> {
        self.with_front(|screen, context| screen.open(context, None))
    }

    pub fn update(&mut self, now: Timestamp, msg: Msg) -> Vec<Effect> {
        self.now = now;
        let mut effects = match &msg {
            Msg::Key(_) | Msg::Pointer(_) | Msg::Paste(_) | Msg::Line(_) | Msg::Terminate => {
                self.pause_check()
            }
            Msg::Resize(..)
            | Msg::Done(..)
            | Msg::Printed(..)
            | Msg::Exported(..)
            | Msg::Progress(..)
            | Msg::StoreChanged
            | Msg::Damaged(_)
            | Msg::Clock(_)
            | Msg::Woken
            | Msg::Recording(_)
            | Msg::Preferences { .. }
            | Msg::Resumed
            | Msg::Ground(_)
            | Msg::Interrupted
            | Msg::Drawn(_) => Vec::new(),
        };
        effects.extend(self.handle(msg));
        self.note_location();
        effects.extend(self.keep_time());
        effects.extend(self.check());
        effects
    }

    fn handle(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) if key.kind != KeyEventKind::Release => self.key(key),
            Msg::Key(_) | Msg::Woken => Vec::new(),
            Msg::Pointer(pointer) => self.pointer(pointer),
            Msg::Paste(pasted) => self.paste(pasted.text()),
            Msg::Line(Ok(line)) => self.line(line.text()),
            Msg::Line(Err(failure)) => self.fulfil_one(Ask::ShowError(failure)),
            Msg::Resize(columns, rows) => {
                self.start.size = (columns, rows);
                let mut effects = self.show_again();
                effects.extend(self.refresh_front());
                effects
            }
            Msg::Done(request_id, result) => self.receive(request_id, result),
            Msg::Printed(request_id, result) => self.printed(request_id, result),
            Msg::Exported(request_id, result) => self.exported(request_id, result),
            Msg::Progress(request_id, progress) => {
                self.pending.progressed(request_id, progress, self.now);
                Vec::new()
            }
            Msg::StoreChanged => self.store_changed(),
            Msg::Clock(behind) => {
                self.clock(behind);
                Vec::new()
            }
            Msg::Damaged(failure) => self.note_damage(&failure),
            Msg::Drawn(request_id) => {
                self.drawn(request_id);
                Vec::new()
            }
            Msg::Recording(result) => self.recording(result),
            Msg::Preferences { account, result } => self.preferences_loaded(account, result),
            Msg::Resumed => vec![Effect::Redraw],
            Msg::Ground(ground) => {
                self.start.appearance.ground = Some(ground);
                self.use_theme();
                Vec::new()
            }
            Msg::Interrupted => self.interrupt(),
            Msg::Terminate => self.leave(),
        }
    }

    /// Returns the time at which [`Msg::Woken`] should come: a notice ends, a wait is long enough to mention, a minute
    /// is over.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let notice = match &self.notice {
            Some(Notice::Info { until, .. }) => Some(*until),
            Some(Notice::Failed(_) | Notice::Warning(_)) | None => None,
        };
        let waits = self.pending.work().map(|RunningWork { since, .. }| {
            if self.now - since < SAY_WAITING { since + SAY_WAITING } else { since + SHOW_BAR }
        });
        let asks = self.asking.as_ref().map(Confirm::wake_at);
        let [waits, asks, check] = [waits, asks, self.check_at()].map(|at| at.filter(|at| *at > self.now));
        let minute = self.operator.as_ref().map(|operator| {
            let left = (operator.expires_at - self.now).num_milliseconds().max(0);
            self.now + Duration::milliseconds(left % 60_000 + 1)
        });
        let screen = self.screen().and_then(Screen::wake_at);
        let others = [self.lock_at(), self.opens_by, self.counts_at(), screen, self.progress_at()];
        [notice, waits, asks, check, minute].into_iter().chain(others).flatten().min()
    }

    /// Handles what only depends on time: the end of a notice, of the session, of the time without a key, and what the
    /// screen in front waits for.
    fn keep_time(&mut self) -> Vec<Effect> {
        if matches!(&self.notice, Some(Notice::Info { until, .. }) if *until <= self.now) {
            self.notice = None;
        }
        let Some(operator) = &self.operator else {
            return self.with_front(|screen, context| screen.wake(context));
        };
        if operator.expires_at <= self.now {
            return self.signed_out("Your session is over.");
        }
        if self.lock_at().is_some_and(|at| at <= self.now) {
            return self.lock();
        }
        let mut effects = self.recount_tabs();
        if self.opens_by.is_some_and(|at| at <= self.now) {
            effects.extend(self.open_front());
        }
        effects.extend(self.with_front(|screen, context| screen.wake(context)));
        effects
    }

    /// Notes whether the wall clock is behind the journal, and says so when that begins.
    fn clock(&mut self, behind: Option<ClockBehind>) {
        if let Some(behind) = &behind {
            let failure = Failure::new(FailureKind::Unavailable, behind.to_string()).hint(ClockBehind::HINT);
            self.notify(Notice::Failed(failure));
        }
        self.clock_behind = behind;
    }

    /// Returns the id of the screen in front, or of the log-in while that is shown.
    fn current_screen(&self) -> ScreenId {
        if self.login.is_some() { ScreenId::LOGIN } else { self.front }
    }

    /// Returns the screen in front, or the log-in while that is shown.
    fn screen(&self) -> Option<&dyn Screen> {
        match &self.login {
            Some(login) => Some(login),
            None => self.screens.get(self.front),
        }
    }

    fn screen_mut(&mut self, id: ScreenId) -> Option<&mut dyn Screen> {
        if id == ScreenId::LOGIN {
            return self.login.as_mut().map(|login| login as &mut dyn Screen);
        }
        self.screens.get_mut(id)
    }

    /// Lets the screen in front work, and fulfils what it asks for.
    fn with_front(&mut self, work: impl FnOnce(&mut dyn Screen, &Context) -> Vec<Ask>) -> Vec<Effect> {
        let context = self.context();
        let asks =
            self.screen_mut(self.current_screen()).map(|screen| work(screen, &context)).unwrap_or_default();
        self.fulfil(asks)
    }

    fn context(&self) -> Context {
        let (columns, rows) = self.start.size;
        let viewer = self.operator.as_ref();
        Context {
            now: self.now,
            theme: self.theme,
            body: Rect { x: 0, y: 1, width: columns, height: rows.saturating_sub(3) },
            viewer: viewer.map(|operator| Viewer {
                id: operator.id,
                level: operator.level,
                session: operator.session,
            }),
            relative: self.times == Times::Relative,
            zone: self.start.local_zone.filter(|_| self.times == Times::Local),
            waiting: self.pending.work().is_some_and(|work| self.now - work.since >= SAY_WAITING),
            read_only: self.start.read_only.is_some(),
            medium: self.medium,
            keymap: self.start.keymap,
            screen: self.current_screen(),
        }
    }
}
