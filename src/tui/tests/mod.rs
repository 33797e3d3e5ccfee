//! Tests of the root model with keys, replies, time and other programs. The store is a script here.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Position;

use crate::domain::directory::TreeRow;
use crate::domain::journal::{Fold, Line};
use crate::domain::overview::TabCounts;
use crate::domain::page::{Anchor, RowRange, Selection, Window};
use crate::domain::secret::Secret;
use crate::domain::text::width;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{AccessLevel, UserId, Who};
use crate::service::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, Action, ActionSummary, Admins, Bin, Caller,
    CheckStep, CountedRows, Directories, Failure, FailureKind, InBin, Journal, Operator, Own, Progress,
    Reply, Request, Sessions, SignIn, StoreStatus, Undo, UserDetail,
};

use super::effect::{Effect, Msg, RequestId};
use super::model::Model;
use super::pointer::{Gesture, Pointer};
use super::preferences::Preferences;
use super::route::ScreenId;
use super::startup::{ReadOnly, StartupOptions, StorePath};
use super::testing::{directory, entry, item, keys, now, overview, session, text, user};
use super::theme::TerminalFeatures;

mod acts;
mod answers;
mod anything;
mod backup;
mod checking;
mod confirmation;
mod filter_line;
mod frames;
mod going;
mod in_lines;
mod keymap;
mod keys;
mod lists;
mod lock;
mod navigation;
mod notices;
mod palette;
mod pointer;
mod preferences;
mod proof;
mod read_only;
mod runbook;
mod second_factor;
mod themes;
mod typed_ahead;
mod undo;
mod view_as;
mod views;
mod waiting;

pub(crate) use answers::usual;
use answers::{rows, summary};

/// The number of rows in every list.
const ROWS: u64 = 600;

/// From one key to the next of somebody who types fast.
const BETWEEN_KEYS: Duration = Duration::milliseconds(50);

/// The console, and what it asked for that has no answer yet.
struct Service {
    model: Model,
    now: Timestamp,
    size: (u16, u16),
    open: Vec<Asked>,
    /// The requests whose question should be on the terminal.
    watched: Vec<RequestId>,
    /// The accounts whose preferences are being loaded.
    loads: Vec<UserId>,
}

/// Something the console asked for.
#[derive(Debug, Clone)]
struct Asked {
    request_id: RequestId,
    caller: Caller,
    request: Request,
    dry_run: bool,
}

impl Service {
    /// Returns a console that has not asked for anything yet.
    fn new(size: (u16, u16)) -> Self {
        Self::over(StorePath::Usual("/srv/nexus.db".into()), size)
    }

    fn over(store: StorePath, size: (u16, u16)) -> Self {
        Self::starting(store, size, None)
    }

    /// Returns the same with a store that can only be read for this reason.
    fn starting(store: StorePath, size: (u16, u16), read_only: Option<ReadOnly>) -> Self {
        Self::of(Self::start(store, size, read_only))
    }

    fn start(store: StorePath, size: (u16, u16), read_only: Option<ReadOnly>) -> StartupOptions {
        let features = TerminalFeatures { colour: true, unicode: true };
        StartupOptions {
            size,
            now: now(),
            features,
            host: "media.example".into(),
            local_zone: None,
            store,
            front: ScreenId::USERS,
            demo: None,
            read_only,
            commands: crate::tui::testing::commands(),
            appearance: crate::tui::appearance::Appearance::default(),
            keymap: crate::tui::keymap::Keymap::usual(),
            mouse: false,
            lock_after: Duration::minutes(15),
            proof_age: crate::service::contract::ProofAge(Duration::minutes(5)),
        }
    }

    fn of(start: StartupOptions) -> Self {
        let size = start.size;
        let mut service = Self {
            model: Model::new(start),
            now: now(),
            size,
            open: Vec::new(),
            watched: Vec::new(),
            loads: Vec::new(),
        };
        let effects = service.model.begin();
        service.note(&effects);
        service
    }

    /// Returns a console at which ada, an admin, has logged in and the rows have come.
    fn logged_in() -> Self {
        Self::logged_in_over(StorePath::Usual("/srv/nexus.db".into()))
    }

    fn logged_in_over(store: StorePath) -> Self {
        let mut service = Self::over(store, (80, 24));
        service.log_in();
        service
    }

    /// Returns a console in lines at its log-in.
    fn in_lines() -> Self {
        let mut service = Self::new((80, 24));
        let start = Self::start(StorePath::Usual("/srv/nexus.db".into()), (80, 24), None);
        service.model = Model::new(start).in_lines();
        service.open.clear();
        let effects = service.model.begin();
        service.note(&effects);
        service
    }

    /// Returns a console of this size with the mouse on that has not asked for anything yet.
    fn with_mouse(size: (u16, u16)) -> Self {
        let start = Self::start(StorePath::Usual("/srv/nexus.db".into()), size, None);
        Self::of(StartupOptions { mouse: true, ..start })
    }

    fn log_in(&mut self) {
        self.answer();
        self.press("ada<tab>sesame<enter>");
        self.answer();
    }

    fn note(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect.clone() {
                Effect::Perform { request_id, caller, request, dry_run } => {
                    self.open.push(Asked { request_id, caller, request, dry_run });
                }
                Effect::Watch(request_id) => self.watched.push(request_id),
                Effect::LoadPreferences { account } => self.loads.push(account),
                Effect::Cancel(request_id) => self.open.retain(|asked| asked.request_id != request_id),
                _ => {}
            }
        }
    }

    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = self.model.update(self.now, msg);
        self.note(&effects);
        effects
    }

    /// Presses the keys in one burst; what comes of them in all. Nothing is answered.
    fn press(&mut self, script: &str) -> Vec<Effect> {
        self.now += BETWEEN_KEYS;
        keys(script).into_iter().flat_map(|key| self.tell(Msg::Key(key))).collect()
    }

    /// Gives the usual answer to all that was asked for, and to what is asked for then; then somebody reads.
    fn answer(&mut self) {
        self.answer_unseen();
        self.rest();
        self.read();
    }

    /// Lets the details beside a list follow the cursor.
    fn rest(&mut self) {
        let rested = self.now + Duration::milliseconds(60);
        if self.size.0 >= 110 && self.model.wake_at().is_some_and(|at| at <= rested) {
            self.now = rested;
            self.tell(Msg::Woken);
            self.answer_unseen();
        }
    }

    /// Gives the usual answers before the next frame is drawn.
    fn answer_unseen(&mut self) {
        loop {
            self.load_preferences();
            if self.open.is_empty() {
                return;
            }
            let asked = self.open.remove(0);
            let result = Ok(usual(&asked.request, asked.dry_run));
            self.tell(Msg::Done(asked.request_id, result));
        }
    }

    /// Answers that nothing is remembered of those whose preferences are being loaded.
    fn load_preferences(&mut self) {
        for account in std::mem::take(&mut self.loads) {
            self.tell(Msg::Preferences { account, result: Ok(Preferences::default()) });
        }
    }

    /// Gives the usual answers to what is counted, and to nothing else.
    fn answer_counts(&mut self) {
        while let Some(at) = self.open.iter().position(|asked| asked.dry_run) {
            let asked = self.open.remove(at);
            let result = Ok(usual(&asked.request, true));
            self.tell(Msg::Done(asked.request_id, result));
        }
    }

    /// Draws a frame and takes a second to read a box that is new on it.
    fn read(&mut self) {
        for request_id in std::mem::take(&mut self.watched) {
            self.tell(Msg::Drawn(request_id));
            self.now += Duration::seconds(1);
        }
    }

    /// Presses the keys, each with the usual answers.
    fn operate(&mut self, script: &str) {
        for key in keys(script) {
            self.now += BETWEEN_KEYS;
            self.tell(Msg::Key(key));
            self.answer();
        }
    }

    /// Answers the only pending action.
    fn finish(&mut self, result: Result<Reply, Failure>) -> Vec<Effect> {
        let at = self.open.iter().position(|asked| is_act(&asked.request) && !asked.dry_run).unwrap();
        let asked = self.open.remove(at);
        self.tell(Msg::Done(asked.request_id, result))
    }

    /// Clicks the first cell of the words on the screen.
    #[track_caller]
    fn click(&mut self, words: &str) -> Vec<Effect> {
        let at = self.place_of(words);
        self.point(at, Gesture::Click)
    }

    fn point(&mut self, (x, y): (u16, u16), gesture: Gesture) -> Vec<Effect> {
        self.now += BETWEEN_KEYS;
        self.tell(Msg::Pointer(Pointer { at: Position { x, y }, gesture }))
    }

    /// Returns the place at which the screen shows these words first.
    #[track_caller]
    fn place_of(&self, words: &str) -> (u16, u16) {
        let seen = self.seen();
        let found = seen.lines().enumerate().find_map(|(y, line)| {
            let before = line.split_once(words)?.0;
            Some((width(before) as u16, y as u16))
        });
        found.unwrap_or_else(|| panic!("no {words:?} in\n{seen}"))
    }

    fn wait(&mut self, span: Duration) -> Vec<Effect> {
        self.now += span;
        self.tell(Msg::Woken)
    }

    fn draw(&self, (columns, rows): (u16, u16)) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal.draw(|frame| self.model.view(frame)).unwrap();
        terminal
    }

    fn seen(&self) -> String {
        text(&self.draw(self.size))
    }

    fn shows(&self, words: &str) -> bool {
        self.seen().contains(words)
    }

    #[track_caller]
    fn assert_shows(&self, words: &str) {
        assert!(self.shows(words), "no {words:?} in\n{}", self.seen());
    }

    #[track_caller]
    fn assert_hides(&self, words: &str) {
        assert!(!self.shows(words), "{words:?} in\n{}", self.seen());
    }
}

fn is_act(request: &Request) -> bool {
    !request.is_read()
        && !matches!(
            request,
            Request::SignIn(_) | Request::Check(_) | Request::Directories(Directories::Opened(_))
        )
}

/// Returns the effects without the saving of what is remembered.
fn without_saves(mut effects: Vec<Effect>) -> Vec<Effect> {
    effects.retain(|effect| !matches!(effect, Effect::SavePreferences { .. }));
    effects
}

fn requests(effects: &[Effect]) -> Vec<&Request> {
    fn request(effect: &Effect) -> Option<&Request> {
        match effect {
            Effect::Perform { request, .. } => Some(request),
            _ => None,
        }
    }
    effects.iter().filter_map(request).collect()
}

fn operator(session: i64) -> Operator {
    // Half a minute more, so that the time left does not change just when something else does.
    let expires_at = now() + Duration::hours(8) + Duration::seconds(30);
    Operator {
        id: UserId(1),
        label: "ada".into(),
        level: AccessLevel::Admin,
        session: Some(session),
        expires_at,
        restored_at: None,
        failed: None,
        seen_by: None,
        ended_consoles: 0,
    }
}

fn failure(kind: FailureKind, words: &str) -> Failure {
    Failure::new(kind, words)
}

fn signed_out() -> Failure {
    failure(FailureKind::SignedOut, "Your session was ended.")
}
