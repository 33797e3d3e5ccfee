//! The root: it holds the screens, the box on top, the operator, the notice and the awaited tickets. It routes, and
//! knows no screen's inside.

mod view;

use crossterm::event::{KeyEvent, KeyEventKind};
use ratatui::layout::Rect;

use crate::domain::time::{Duration, Timestamp};
use crate::service::contract::{Caller, Failure, FailureKind, Operator, Reply, Request, SignIn};
use crate::tui::effect::{Ask, Effect, Msg, Slot, Ticket};
use crate::tui::keys::{Found, Help, Key, find, name};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::confirm::Confirm;
use crate::tui::overlays::help::HelpBox;
use crate::tui::overlays::palette::Palette;
use crate::tui::overlays::reveal::Reveal;
use crate::tui::screens::directories::Directories;
use crate::tui::screens::gate::Gate;
use crate::tui::screens::sessions::Sessions;
use crate::tui::screens::users::Users;
use crate::tui::screens::{Answer, Context, Place, Press, Route, Screen, Viewer};
use crate::tui::start::Start;
use crate::tui::theme::Theme;
use crate::tui::tickets::{Purpose, Tickets};

/// A notice stays this long.
const NOTICE: Duration = Duration::seconds(4);
/// Waiting for longer than this is said.
const SAY_WAITING: Duration = Duration::milliseconds(150);
/// Work that takes longer than this shows a bar.
const SHOW_BAR: Duration = Duration::seconds(2);
/// The console locks when no key was pressed for this long (security policy 3.3).
const IDLE: Duration = Duration::minutes(15);
/// The least terminal on which anything can be shown.
const LEAST: (u16, u16) = (40, 10);

/// What a key means everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Global {
    To(Place),
    Help,
    Palette,
    PendingBoard,
    EndedBoard,
    RelativeTimes,
    Lock,
    Redraw,
    Suspend,
    Quit,
}

const KEYS: &[Key<Global>] = &[
    Key { on: &["1"], msg: Global::To(Place::Users), hint: "", help: "accounts" },
    Key { on: &["2"], msg: Global::To(Place::Sessions), hint: "", help: "sessions" },
    Key { on: &["3"], msg: Global::To(Place::Directories), hint: "", help: "directories" },
    Key { on: &["o p"], msg: Global::PendingBoard, hint: "", help: "board: pending accounts" },
    Key { on: &["o e"], msg: Global::EndedBoard, hint: "", help: "board: ended sessions" },
    Key { on: &[":"], msg: Global::Palette, hint: "", help: "a command by name, or a row by number" },
    Key { on: &["t"], msg: Global::RelativeTimes, hint: "", help: "times as dates, or as how long ago" },
    Key { on: &["L"], msg: Global::Lock, hint: "", help: "lock the console" },
    Key { on: &["ctrl-l"], msg: Global::Redraw, hint: "", help: "draw everything anew" },
    Key { on: &["ctrl-z"], msg: Global::Suspend, hint: "", help: "to the shell; fg comes back" },
    Key { on: &["q", "ctrl-c"], msg: Global::Quit, hint: "", help: "leave" },
    Key { on: &["?"], msg: Global::Help, hint: "all keys", help: "all keys; type to filter" },
];

/// The screens in the order of their tabs.
const TABS: [Place; 3] = [Place::Users, Place::Sessions, Place::Directories];

/// The screens behind the gate.
#[derive(Default)]
struct Screens {
    users: Users,
    sessions: Sessions,
    directories: Directories,
}

/// What is said at the foot of the screen.
#[derive(Debug, Clone, PartialEq)]
enum Notice {
    Said(String, Timestamp),
    Failed(Failure),
}

/// The console.
pub struct Model {
    start: Start,
    now: Timestamp,
    last_key: Timestamp,
    theme: Theme,
    operator: Option<Operator>,
    /// The screen before the log-in, and over everything while the console is locked.
    gate: Option<Gate>,
    screens: Screens,
    front: Place,
    overlay: Option<Overlay>,
    notice: Option<Notice>,
    /// The first key of a sequence.
    prefix: Option<String>,
    relative: bool,
    /// `q` was pressed while work is under way: `y` leaves all the same.
    leaving: bool,
    tickets: Tickets,
}

impl Model {
    /// A console that has not asked for anything yet.
    pub fn new(start: Start) -> Self {
        Self {
            now: start.now,
            last_key: start.now,
            theme: Theme::new(start.look),
            operator: None,
            gate: Some(Gate::new(&start)),
            screens: Screens::default(),
            front: Place::Users,
            overlay: None,
            notice: None,
            prefix: None,
            relative: true,
            leaving: false,
            tickets: Tickets::default(),
            start,
        }
    }

    /// The first requests.
    pub fn begin(&mut self) -> Vec<Effect> {
        self.with_front(|screen, context| screen.open(context, None))
    }

    /// Something happened.
    pub fn update(&mut self, now: Timestamp, msg: Msg) -> Vec<Effect> {
        self.now = now;
        let mut effects = self.handle(msg);
        effects.extend(self.keep_time());
        effects
    }

    fn handle(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) if key.kind != KeyEventKind::Release => self.key(key),
            Msg::Key(_) | Msg::Woken => Vec::new(),
            Msg::Paste(text) => self.paste(&text),
            Msg::Resize(columns, rows) => {
                self.start.size = (columns, rows);
                self.with_front(|screen, context| screen.refresh(context))
            }
            Msg::Done(ticket, result) => self.done(ticket, result),
            Msg::Progress(ticket, progress) => {
                self.tickets.progressed(ticket, progress);
                Vec::new()
            }
            Msg::StoreChanged => self.store_changed(),
            Msg::Resumed => vec![Effect::Redraw],
            Msg::Terminate => self.leave(),
        }
    }

    /// When [`Msg::Woken`] should come: a notice ends, a wait is long enough to be said, a minute is over.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let notice = match &self.notice {
            Some(Notice::Said(_, until)) => Some(*until),
            _ => None,
        };
        let waits = self.tickets.work().map(|(since, _)| {
            if self.now - since < SAY_WAITING { since + SAY_WAITING } else { since + SHOW_BAR }
        });
        let waits = waits.filter(|at| *at > self.now);
        let minute = self.operator.as_ref().map(|operator| {
            let left = (operator.expires_at - self.now).num_milliseconds().max(0);
            self.now + Duration::milliseconds(left % 60_000 + 1)
        });
        let idle = self.operator.as_ref().filter(|_| self.gate.is_none()).map(|_| self.last_key + IDLE);
        [notice, waits, minute, idle].into_iter().flatten().min()
    }

    /// What time alone brings about.
    fn keep_time(&mut self) -> Vec<Effect> {
        if matches!(&self.notice, Some(Notice::Said(_, until)) if *until <= self.now) {
            self.notice = None;
        }
        let Some(operator) = &self.operator else { return Vec::new() };
        if operator.expires_at <= self.now {
            return self.signed_out("Your session is over.");
        }
        if self.gate.is_none() && self.last_key + IDLE <= self.now {
            return self.lock();
        }
        Vec::new()
    }

    // Keys

    fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        self.last_key = self.now;
        if matches!(self.notice, Some(Notice::Failed(_))) {
            self.notice = None;
        }
        let named = match self.prefix.take() {
            Some(prefix) => format!("{prefix} {}", name(key)),
            None => name(key),
        };
        if std::mem::take(&mut self.leaving) {
            return if named == "y" { self.leave() } else { Vec::new() };
        }
        if named == "ctrl-c" {
            return self.quit();
        }
        if let Some(overlay) = &mut self.overlay {
            let asks = overlay.press(key);
            return self.fulfil(asks);
        }
        if named == "esc" && !self.tickets.acts().is_empty() {
            return self.stop();
        }
        self.press(Press { key, name: named })
    }

    fn press(&mut self, press: Press) -> Vec<Effect> {
        let context = self.context();
        let place = self.place();
        match self.screen_at(place).map_or(Answer::Pass, |screen| screen.press(&context, &press)) {
            Answer::Asks(asks) => self.fulfil(asks),
            Answer::Prefix => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            Answer::Pass => self.global(press),
        }
    }

    fn global(&mut self, press: Press) -> Vec<Effect> {
        match find(KEYS, &press.name) {
            Found::Hit(msg) if self.gate.is_none() || allowed_at_the_gate(msg) => self.act(msg),
            Found::Prefix if self.gate.is_none() => {
                self.prefix = Some(press.name);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn act(&mut self, msg: Global) -> Vec<Effect> {
        match msg {
            Global::To(place) => self.go(place, None),
            Global::PendingBoard => self.fulfil(vec![Ask::Go(Route::Users(Some("status:pending".into())))]),
            Global::EndedBoard => self.fulfil(vec![Ask::Go(Route::Sessions(Some("status:expired".into())))]),
            Global::Help => self.fulfil(vec![Ask::Open(Overlay::Help(HelpBox::new(self.help())))]),
            Global::Palette => self.fulfil(vec![Ask::Open(Overlay::Palette(Palette::new(self.help())))]),
            Global::RelativeTimes => {
                self.relative = !self.relative;
                Vec::new()
            }
            Global::Lock => self.lock(),
            Global::Redraw => vec![Effect::Redraw],
            Global::Suspend => vec![Effect::Suspend],
            Global::Quit => self.quit(),
        }
    }

    fn paste(&mut self, text: &str) -> Vec<Effect> {
        self.last_key = self.now;
        if let Some(overlay) = &mut self.overlay {
            overlay.paste(text);
            return Vec::new();
        }
        self.with_front(
            |screen, context| if screen.takes_text() { screen.paste(context, text) } else { Vec::new() },
        )
    }

    /// The keys of the screen in front and those that hold everywhere.
    fn help(&self) -> Vec<Help> {
        let mut help = self.screen().help();
        help.extend(KEYS.iter().map(Key::help));
        help
    }

    // Asks

    /// Does what a screen or a box asks for.
    fn fulfil(&mut self, asks: Vec<Ask>) -> Vec<Effect> {
        asks.into_iter().flat_map(|ask| self.fulfil_one(ask)).collect()
    }

    fn fulfil_one(&mut self, ask: Ask) -> Vec<Effect> {
        match ask {
            Ask::Load(slot, request) => self.perform(Purpose::Load(self.place(), slot), request, false),
            Ask::Act(request) => self.perform(Purpose::Act, request, false),
            Ask::Confirm { question, verb, rows, then } => {
                self.overlay =
                    Some(Overlay::Confirm(Box::new(Confirm::new(question, verb, rows, then.clone()))));
                self.perform(Purpose::Count, then, true)
            }
            Ask::Open(overlay) => {
                self.overlay = Some(overlay);
                Vec::new()
            }
            Ask::Close => {
                self.overlay = None;
                self.tickets.forget(Purpose::Count);
                Vec::new()
            }
            Ask::Go(route) => {
                let (place, filter) = route.place();
                self.go(place, filter)
            }
            Ask::Enter(operator) => self.enter(operator),
            Ask::Notice(text) => {
                self.say(text);
                Vec::new()
            }
            Ask::Complain(failure) => {
                self.notice = Some(Notice::Failed(failure));
                Vec::new()
            }
            Ask::Copy(text) => {
                self.say("Copied".into());
                vec![Effect::Copy(text)]
            }
            Ask::Press(named) => {
                let key = KeyEvent::from(crossterm::event::KeyCode::Null);
                self.press(Press { key, name: named })
            }
            Ask::Row(row) => self.with_front(|screen, context| screen.go_to(context, row)),
            Ask::Quit => self.quit(),
        }
    }

    fn perform(&mut self, purpose: Purpose, request: Request, rehearsal: bool) -> Vec<Effect> {
        let caller =
            self.operator.as_ref().map_or(Caller::Nobody, |operator| Caller::Operator(operator.session));
        let (ticket, superseded) = self.tickets.issue(purpose, self.now);
        let mut effects: Vec<_> = superseded.into_iter().map(Effect::Cancel).collect();
        effects.push(Effect::Perform { ticket, caller, request, rehearsal });
        effects
    }

    // Replies

    fn done(&mut self, ticket: Ticket, result: Result<Reply, Failure>) -> Vec<Effect> {
        let Some(purpose) = self.tickets.redeem(ticket) else { return Vec::new() };
        if let Err(Failure { kind: FailureKind::SignedOut, message, .. }) = &result {
            let message = message.clone();
            return self.signed_out(&message);
        }
        match (purpose, result) {
            (Purpose::Load(place, slot), result) => self.loaded(place, slot, result),
            // Nothing to ask about: it is so already.
            (Purpose::Count, Ok(Reply::Done(tally))) if tally.touched() == 0 && tally.unchanged > 0 => {
                self.overlay = None;
                self.say(tally.done());
                Vec::new()
            }
            (Purpose::Count, Ok(Reply::Done(tally))) => {
                if let Some(Overlay::Confirm(confirm)) = &mut self.overlay {
                    confirm.counted(tally);
                }
                Vec::new()
            }
            (Purpose::Count, Err(failure)) => {
                self.overlay = None;
                self.fulfil_one(Ask::Complain(failure))
            }
            (Purpose::Act, Ok(reply)) => self.acted(reply),
            (Purpose::Act, Err(failure)) => {
                if self.overlay.as_mut().is_some_and(|overlay| overlay.refuse(&failure)) {
                    return Vec::new();
                }
                self.fulfil_one(Ask::Complain(failure))
            }
            (Purpose::StillIn, Ok(Reply::SignedIn(operator))) => {
                self.operator = Some(operator);
                Vec::new()
            }
            (Purpose::Count | Purpose::StillIn, _) => Vec::new(),
        }
    }

    fn loaded(&mut self, place: Place, slot: Slot, result: Result<Reply, Failure>) -> Vec<Effect> {
        let context = self.context();
        let asks =
            self.screen_at(place).map(|screen| screen.reply(&context, slot, result)).unwrap_or_default();
        // A screen that is no longer in front asks for nothing more; it reads again when it comes back.
        if place == self.place() { self.fulfil(asks) } else { Vec::new() }
    }

    fn acted(&mut self, reply: Reply) -> Vec<Effect> {
        if matches!(self.overlay, Some(Overlay::Edit(_))) {
            self.overlay = None;
        }
        match reply {
            Reply::Done(tally) => self.say(tally.done()),
            Reply::Secret { tally, secret, expires_at } => {
                self.overlay = Some(Overlay::Reveal(Reveal::new(&tally, secret, expires_at)));
            }
            _ => {}
        }
        self.with_front(|screen, context| {
            screen.acted();
            screen.refresh(context)
        })
    }

    fn store_changed(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.operator.is_some() {
            effects = self.perform(Purpose::StillIn, Request::SignIn(SignIn::StillIn), false);
        }
        effects.extend(self.with_front(|screen, context| screen.refresh(context)));
        effects
    }

    // Coming and going

    fn enter(&mut self, operator: Operator) -> Vec<Effect> {
        let back = self.operator.as_ref().is_some_and(|before| before.session == operator.session);
        self.operator = Some(operator);
        self.gate = None;
        self.notice = None;
        if !back {
            self.screens = Screens::default();
            self.front = Place::Users;
        }
        self.with_front(|screen, context| screen.open(context, None))
    }

    fn go(&mut self, place: Place, filter: Option<&str>) -> Vec<Effect> {
        self.front = place;
        self.with_front(|screen, context| screen.open(context, filter))
    }

    fn lock(&mut self) -> Vec<Effect> {
        let Some(operator) = &self.operator else { return Vec::new() };
        self.gate = Some(Gate::locked(&self.start, operator));
        self.overlay = None;
        self.notice = None;
        self.prefix = None;
        Vec::new()
    }

    fn signed_out(&mut self, why: &str) -> Vec<Effect> {
        self.operator = None;
        self.overlay = None;
        self.prefix = None;
        self.tickets.forget_all();
        self.screens = Screens::default();
        self.gate = Some(Gate::new(&self.start));
        self.notice = Some(Notice::Failed(Failure::new(FailureKind::SignedOut, why)));
        self.with_front(|screen, context| screen.open(context, None))
    }

    fn quit(&mut self) -> Vec<Effect> {
        if self.operator.is_some() && !self.tickets.acts().is_empty() {
            self.leaving = true;
            return Vec::new();
        }
        self.leave()
    }

    fn leave(&mut self) -> Vec<Effect> {
        let mut effects: Vec<_> = self.tickets.forget_all().into_iter().map(Effect::Cancel).collect();
        if let Some(operator) = self.operator.take() {
            let (ticket, _) = self.tickets.issue(Purpose::Act, self.now);
            effects.push(Effect::Perform {
                ticket,
                caller: Caller::Operator(operator.session),
                request: Request::SignIn(SignIn::LogOut),
                rehearsal: false,
            });
        }
        effects.push(Effect::Leave);
        effects
    }

    fn stop(&mut self) -> Vec<Effect> {
        self.tickets.acts().into_iter().map(Effect::Cancel).collect()
    }

    fn say(&mut self, text: String) {
        self.notice = Some(Notice::Said(text, self.now + NOTICE));
    }

    // Screens

    fn place(&self) -> Place {
        if self.gate.is_some() { Place::Gate } else { self.front }
    }

    fn screen(&self) -> &dyn Screen {
        match (&self.gate, self.front) {
            (Some(gate), _) => gate,
            (None, Place::Sessions) => &self.screens.sessions,
            (None, Place::Directories) => &self.screens.directories,
            (None, Place::Users | Place::Gate) => &self.screens.users,
        }
    }

    fn screen_at(&mut self, place: Place) -> Option<&mut dyn Screen> {
        match place {
            Place::Gate => self.gate.as_mut().map(|gate| gate as &mut dyn Screen),
            Place::Users => Some(&mut self.screens.users),
            Place::Sessions => Some(&mut self.screens.sessions),
            Place::Directories => Some(&mut self.screens.directories),
        }
    }

    /// Lets the screen in front do something, and does what it then asks for.
    fn with_front(&mut self, work: impl FnOnce(&mut dyn Screen, &Context) -> Vec<Ask>) -> Vec<Effect> {
        let context = self.context();
        let asks = self.screen_at(self.place()).map(|screen| work(screen, &context)).unwrap_or_default();
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
            relative: self.relative,
            waiting: self.tickets.work().is_some_and(|(since, _)| self.now - since >= SAY_WAITING),
        }
    }
}

/// Keys that mean something while nobody has logged in.
fn allowed_at_the_gate(msg: Global) -> bool {
    matches!(msg, Global::Redraw | Global::Suspend | Global::Quit)
}
