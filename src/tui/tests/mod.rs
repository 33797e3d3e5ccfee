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
    AccountSelection, Accounts, Action, ActionSummary, Admins, Bin, Caller, CheckStep, CountedRows,
    Directories, Failure, FailureKind, InBin, Journal, Operator, Own, Progress, Reply, Request, Sessions,
    SignIn, StoreStatus, Undo, UserDetail,
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
mod anything;
mod checking;
mod confirmation;
mod filter_line;
mod frames;
mod going;
mod keymap;
mod keys;
mod lists;
mod navigation;
mod notices;
mod palette;
mod pointer;
mod preferences;
mod read_only;
mod runbook;
mod themes;
mod typed_ahead;
mod undo;
mod views;
mod waiting;

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
    /// A console that has not asked for anything yet.
    fn new(size: (u16, u16)) -> Self {
        Self::over(StorePath::Usual("/srv/nexus.db".into()), size)
    }

    fn over(store: StorePath, size: (u16, u16)) -> Self {
        Self::starting(store, size, None)
    }

    /// The same with a store that can only be read for this reason.
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
            keymap: crate::tui::keymap::Keymap::default(),
            mouse: false,
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

    /// A console at which ada, an admin, has logged in and the rows have come.
    fn logged_in() -> Self {
        Self::logged_in_over(StorePath::Usual("/srv/nexus.db".into()))
    }

    fn logged_in_over(store: StorePath) -> Self {
        let mut service = Self::over(store, (80, 24));
        service.log_in();
        service
    }

    /// A console of this size with the mouse on that has not asked for anything yet.
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
        self.read();
    }

    /// The same before the next frame is drawn.
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

    /// A frame is drawn, and somebody takes a second to read a box that is new on it.
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
    }
}

fn failure(kind: FailureKind, words: &str) -> Failure {
    Failure::new(kind, words)
}

fn signed_out() -> Failure {
    failure(FailureKind::SignedOut, "Your session was ended.")
}

/// Returns the requested span of a list of [`ROWS`] rows; row ids count from 1.
fn range<R>(span: RowRange, row: impl FnMut(i64) -> R) -> Window<R> {
    let at = match span.anchor {
        Anchor::Position(at) => at,
        Anchor::Row { id, .. } => id as u64 - 1,
        Anchor::After(id) => id.max(0) as u64,
    };
    let at = at.min(ROWS - 1);
    let first = at.saturating_sub(span.before.into());
    let end = (first + u64::from(span.len)).min(ROWS);
    let rows = (first as i64 + 1..=end as i64).map(row).collect();
    Window { rows, first, anchor: Some(at), total: ROWS, unfiltered: ROWS }
}

fn tree_row(id: i64) -> TreeRow {
    let path = if id == 1 { "00003_ALAN".into() } else { format!("00003_ALAN/{id:03}") };
    TreeRow { directory: directory(id, &path), depth: u32::from(id > 1), children: 2, open: id == 1 }
}

/// Returns the number of selected rows.
fn chosen(people: &AccountSelection) -> u64 {
    match people {
        AccountSelection::Named(named) => named.len() as u64,
        AccountSelection::Shown { .. } => ROWS,
    }
}

/// Returns the summary of an action in a store where every account has two sessions and eight directories.
fn summary(request: &Request) -> ActionSummary {
    let accounts = |action, accounts| ActionSummary {
        accounts,
        id: (accounts == 1).then_some(2),
        label: (accounts == 1).then(|| "user1".into()),
        ..ActionSummary::new(action)
    };
    let with = |summary: ActionSummary| ActionSummary { sessions: summary.accounts * 2, ..summary };
    let ending = |summary: ActionSummary| ActionSummary { ended: summary.accounts * 2, ..with(summary) };
    let sessions = |action, which: &Selection| match which {
        Selection::Ids(ids) => ActionSummary { sessions: ids.len() as u64, ..ActionSummary::new(action) },
        Selection::Shown { .. } => ActionSummary { sessions: ROWS, ..ActionSummary::new(action) },
    };
    match request.uncounted() {
        Request::Accounts(request) => match request {
            Accounts::Suspend(people) => ending(accounts(Action::Suspended, chosen(people))),
            Accounts::SetLevel(people, _) => ending(accounts(Action::Promoted, chosen(people))),
            Accounts::Delete(people) => {
                let summary = with(accounts(Action::Deleted, chosen(people)));
                ActionSummary { directories: summary.accounts * 8, ..summary }
            }
            Accounts::Confirm(people) => accounts(Action::Confirmed, chosen(people)),
            Accounts::Edit { fields, .. } if fields.status.is_some() => ending(accounts(Action::Edited, 1)),
            Accounts::Edit { .. } => accounts(Action::Edited, 1),
            Accounts::SetPassword { .. } => ending(accounts(Action::PasswordSet, 1)),
            Accounts::RevokeCode(_) => accounts(Action::CodeRevoked, 1),
            _ => accounts(Action::CodeMade, 1),
        },
        Request::Sessions(Sessions::Issue { .. }) => {
            ActionSummary { sessions: 1, ..ActionSummary::new(Action::Issued) }
        }
        Request::Sessions(Sessions::Renew { which, .. }) => sessions(Action::Renewed, which),
        Request::Sessions(Sessions::Revoke(which)) => sessions(Action::Revoked, which),
        Request::Sessions(_) => ActionSummary { sessions: 40, ..ActionSummary::new(Action::Swept) },
        Request::Directories(Directories::Provision(people)) => {
            let summary = accounts(Action::Provisioned, chosen(people));
            ActionSummary { directories: summary.accounts * 8, ..summary }
        }
        Request::Directories(Directories::Trash(places)) => {
            let label = (places.len() == 1).then(|| "00003_ALAN".into());
            let directories = places.len() as u64 * 3;
            ActionSummary { label, directories, ..ActionSummary::new(Action::Trashed) }
        }
        Request::Bin(request) => {
            let (action, which) = match request {
                Bin::Restore { which, .. } => (Action::Restored, which),
                Bin::Purge(which) => (Action::Purged, which),
                Bin::List { .. } => panic!("{request:?}"),
            };
            let summary = with(accounts(action, items(which)));
            ActionSummary { directories: summary.accounts * 8, ..summary }
        }
        Request::Undo(undo) => {
            let action = if *undo == Undo::Redo { Action::Redone } else { Action::Undone };
            ActionSummary { of: Some(Action::Confirmed), entry: Some(7), ..accounts(action, 1) }
        }
        _ => ActionSummary { directories: 1, ..ActionSummary::new(Action::Moved) },
    }
}

/// Returns the number of selected items of the bin.
fn items(which: &InBin) -> u64 {
    match which {
        InBin::Items(Selection::Ids(ids)) => ids.len() as u64,
        InBin::Items(Selection::Shown { .. }) => ROWS,
        InBin::Account(_) | InBin::Directory(_) => 1,
    }
}

/// Returns the rows that a count of this action finds.
fn rows(request: &Request) -> CountedRows {
    let ids = match request {
        Request::Undo(_) => vec![7],
        request => (1..=i64::try_from(summary(request).rows()).unwrap()).collect(),
    };
    CountedRows { ids: ids.into(), left_out: None, all_or_nothing: false }
}

/// Returns the reply of a store in good order.
pub(crate) fn usual(request: &Request, dry_run: bool) -> Reply {
    if dry_run {
        return Reply::Counted { summary: summary(request), rows: rows(request) };
    }
    let request = request.uncounted();
    let secret = || {
        let secret = Secret::from_text("nxs_secret").unwrap();
        let summary = ActionSummary { label: Some("user1".into()), ..summary(request) };
        Reply::Secret { summary, secret, expires_at: now() + Duration::hours(8) }
    };
    match request {
        Request::Accounts(Accounts::TabCounts) => {
            Reply::TabCounts(TabCounts { pending: 51, active_sessions: 312, next_end: None })
        }
        Request::SignIn(SignIn::Look) => Reply::StoreStatus(StoreStatus {
            store: "/srv/nexus.db".into(),
            admins: Admins::Usable,
            sound_at: None,
        }),
        Request::SignIn(SignIn::LogOut) => Reply::SignedOut,
        Request::SignIn(_) => Reply::SignedIn(operator(1)),
        Request::Accounts(Accounts::List { span, .. }) => {
            Reply::Users(range(*span, |id| user(id, &format!("user{id}"))))
        }
        Request::Accounts(Accounts::Begun(text)) => {
            let rows = (1..=3).map(|id| user(id, &format!("{text}{id}"))).collect();
            Reply::Users(Window { rows, total: 3, ..Window::default() })
        }
        Request::Accounts(Accounts::Show(who)) => Reply::User(Box::new(UserDetail {
            user: match who {
                Who::Id(UserId(id)) => user(*id, &format!("user{id}")),
                Who::Username(_) | Who::Email(_) => user(1, "user1"),
            },
            home: Some("00001_USER1".into()),
            directories: 8,
            code_expires_at: None,
            must_change: false,
        })),
        Request::Sessions(Sessions::List { span, .. }) => {
            Reply::Sessions(range(*span, |id| session(id, id, &format!("user{id}"))))
        }
        Request::Directories(Directories::Tree { span, .. }) => Reply::Tree(range(*span, tree_row)),
        Request::Directories(Directories::List { span, .. }) => {
            Reply::Directories(range(*span, |id| tree_row(id).directory))
        }
        Request::Journal(Journal::List { span, .. }) => Reply::Entries(range(*span, entry)),
        Request::Journal(Journal::Lines { span, .. }) => {
            Reply::Lines(range(*span, |seq| Line { entry: entry(seq), fold: Fold::Single }))
        }
        Request::Bin(Bin::List { span, .. }) => Reply::Items(range(*span, item)),
        Request::Overview => Reply::Overview(Box::new(overview())),
        // Somebody else has just done it.
        Request::Check(_) => Reply::Check(CheckStep::NotDue(now() + Duration::days(1))),
        Request::Accounts(Accounts::Add { .. } | Accounts::MakeCode { .. })
        | Request::Sessions(Sessions::Issue { .. }) => secret(),
        _ => Reply::Done(summary(request)),
    }
}
