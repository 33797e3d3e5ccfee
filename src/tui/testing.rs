//! For tests: keys from a script, a fixed time, frames as text.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;

use crate::domain::bin::BinItem;
use crate::domain::calendar::Calendar;
use crate::domain::directory::{Directory, split};
use crate::domain::journal::{
    Action, Actor, EntityKind, EntityRef, Entry, Erased, FieldValues, Origin, Outcome,
};
use crate::domain::overview::{
    AccountCounts, AccountFailures, Failures, Figures, LogInDay, NewAccountWeek, PlaceFailures,
    SessionCounts, SessionPoint, StoreFacts, log_in_days, new_account_weeks, session_points,
};
use crate::domain::page::Window;
use crate::domain::session::{RowStatus, Session, SessionOrigin};
use crate::domain::text::width;
use crate::domain::time::{Duration, Timestamp, from_stored};
use crate::domain::user::{AccessLevel, AccountState, Status, User, UserId};
use crate::service::contract::{OthersAction, Overview, Request, SinceLastVisit, StoreOverview};

use super::context::{Context, Medium, Viewer};
use super::effect::Ask;
use super::keymap::Keymap;
use super::keys::{Press, name};
use super::route::ScreenId;
use super::screens::screen::{Answer, Screen};
use super::startup::Commands;
use super::theme::{TerminalFeatures, Theme};

/// Returns the time at which tests happen.
pub(crate) fn now() -> Timestamp {
    from_stored("2026-11-23 12:00:00").unwrap()
}

/// Returns the commands of the command line, typed in /srv by somebody whose home is /home/op.
pub(crate) fn commands() -> Commands {
    Commands {
        interpreter: crate::cli::CONSOLE_COMMANDS,
        home: Some("/home/op".into()),
        folder: "/srv".into(),
    }
}

/// Returns the keys of a script: letters as they are, `<enter>`, `<ctrl-d>`, `<f2>`, `<space>`; `<lt>` is `<`.
pub(crate) fn keys(script: &str) -> Vec<KeyEvent> {
    let mut keys = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|named| named.split_once('>')) {
            keys.push(key(name));
            rest = after;
        } else {
            keys.push(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
            rest = &rest[c.len_utf8()..];
        }
    }
    keys
}

fn key(name: &str) -> KeyEvent {
    if let Some(letter) = name.strip_prefix("ctrl-") {
        return KeyEvent::new(KeyCode::Char(letter.chars().next().unwrap()), KeyModifiers::CONTROL);
    }
    if let Some(name) = name.strip_prefix("alt-") {
        return KeyEvent { modifiers: KeyModifiers::ALT, ..key(name) };
    }
    let code = match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pagedown" => KeyCode::PageDown,
        "pageup" => KeyCode::PageUp,
        "space" => KeyCode::Char(' '),
        "lt" => KeyCode::Char('<'),
        "f1" => KeyCode::F(1),
        "f2" => KeyCode::F(2),
        other => match (other.chars().next(), other.strip_prefix('f').map(str::parse)) {
            (Some(letter), _) if other.chars().count() == 1 => KeyCode::Char(letter),
            (_, Some(Ok(number))) => KeyCode::F(number),
            _ => panic!("no key is named {other}"),
        },
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// Creates a context for a screen on a terminal of this size.
pub(crate) fn context(columns: u16, rows: u16) -> Context {
    Context {
        now: now(),
        theme: Theme::new(TerminalFeatures { colour: true, unicode: true }),
        body: Rect { x: 0, y: 1, width: columns, height: rows - 3 },
        viewer: Some(Viewer { id: UserId(1), level: AccessLevel::Admin, session: Some(1) }),
        relative: true,
        zone: None,
        waiting: false,
        read_only: false,
        medium: Medium::Screen,
        keymap: Keymap::usual(),
        screen: ScreenId::USERS,
    }
}

/// Presses the keys of a script one after another and returns all asks. Sequences are put together as the root does it;
/// a key that the screen passes on asks for nothing.
pub(crate) fn press(screen: &mut dyn Screen, context: &Context, script: &str) -> Vec<Ask> {
    let mut asks = Vec::new();
    let mut prefix = String::new();
    for key in keys(script) {
        let name = format!("{prefix}{}", name(key));
        prefix.clear();
        match screen.press(context, &Press { key, name: name.clone() }) {
            Answer::Asks(more) => asks.extend(more),
            Answer::Prefix => prefix = format!("{name} "),
            Answer::Wait | Answer::Pass => {}
        }
    }
    asks
}

/// Returns the only action that a screen submits.
pub(crate) fn act(asks: &[Ask]) -> &Request {
    match asks {
        [Ask::Submit(request)] => request,
        other => panic!("no act: {other:?}"),
    }
}

/// Creates a window with these rows, all there are.
pub(crate) fn window<R>(rows: Vec<R>) -> Window<R> {
    let total = rows.len() as u64;
    Window { rows, first: 0, anchor: Some(0), total, unfiltered: total }
}

/// Returns an account for tests: confirmed, level user.
pub(crate) fn user(id: i64, username: &str) -> User {
    User { created_at: Some(now()), updated_at: Some(now()), ..User::named(id, username) }
}

/// Returns a session for tests: active, issued for a service, three of its eight hours over.
pub(crate) fn session(id: i64, user: i64, name: &str) -> Session {
    Session {
        id,
        user_id: UserId(user),
        user: name.into(),
        account: AccountState::of(Status::Confirmed),
        short_id: format!("{id:08x}"),
        row_status: RowStatus::Active,
        // Half a minute more, so that the time left does not change at once.
        expiration: Some(now() + Duration::hours(5) + Duration::seconds(30)),
        unreadable_expiration: None,
        origin: SessionOrigin::Service,
        origin_detail: "web".into(),
        label: None,
        started_at: Some(now() - Duration::hours(3)),
        last_seen: Some(now()),
        end: None,
        idle_limit: None,
    }
}

/// Returns a directory of account 3 for tests.
pub(crate) fn directory(id: i64, path: &str) -> Directory {
    Directory {
        id,
        user_id: UserId(3),
        owner: "alan".into(),
        directory_id: format!("{id:032x}"),
        name: split(path).1.into(),
        path: path.into(),
        date_added: Some(now()),
        last_modified: Some(now()),
        last_accessed: None,
        username: Some("alan".into()),
    }
}

/// Returns an entry for tests: ada confirmed account 3 from the console.
pub(crate) fn entry(seq: i64) -> Entry {
    Entry {
        seq,
        at: Some(now() - Duration::minutes(5)),
        actor: Actor { account: Some(UserId(1)), name: "ada".into(), sudo_user: None },
        origin: Origin { session: Some(12), place: "10.0.4.7".into() },
        action: "confirm".into(),
        outcome: Outcome::Done,
        object: EntityRef {
            kind: EntityKind::Account,
            id: Some(3),
            label: "alan".into(),
            account: Some(UserId(3)),
        },
        before: FieldValues::new().with("status", "pending"),
        after: FieldValues::new().with("status", "confirmed"),
        act: seq,
        undoes: None,
        reason: None,
        hash: "3fa9c1e0b77d02aa".repeat(4),
        erased: Erased::default(),
    }
}

/// Returns a deleted account for tests, with a name that would clear the terminal.
pub(crate) fn item(id: i64) -> BinItem {
    BinItem {
        id,
        kind: EntityKind::Account,
        object_id: 3,
        user_id: UserId(3),
        label: "alan\u{1b}[2J".into(),
        parent: None,
        username: Some("alan".into()),
        email: Some("alan@nexus.example".into()),
        sessions: 2,
        directories: 8,
        deleted_at: Some(now() - Duration::minutes(5)),
        deleted_by: "ada".into(),
        held_until: Some(now() + Duration::days(30)),
        is_rejected: false,
        reason: None,
    }
}

/// Returns the overview of a service for tests, as an admin sees it.
pub(crate) fn overview() -> Overview {
    let at = now();
    let sessions = session_points(at).enumerate();
    let sessions = sessions.map(|(n, at)| SessionPoint { at, active: (n as u64 * 7) % 40 }).collect();
    let day = |(n, day)| LogInDay { day, done: 40 + (n as u64 * 13) % 60, failed: (n as u64 * 5) % 4 };
    let week = |(n, from)| NewAccountWeek { from, accounts: (n as u64 * 3) % 8 };
    let waiting = |id, name| User { status: Status::Pending, ..user(id, name) };
    let figures = Figures {
        accounts: AccountCounts { confirmed: 241, pending: 51, suspended: 8 },
        sessions: SessionCounts { points: sessions },
        log_ins: log_in_days(at).enumerate().map(day).collect(),
        new_accounts: new_account_weeks(at).enumerate().map(week).collect(),
        waiting: vec![
            waiting(4, "edsger"),
            waiting(5, "u5\u{1b}[2J"),
            waiting(6, "barbara"),
            waiting(7, "niklaus"),
        ],
        ending: vec![session(9, 3, "alan")],
        ahead: Calendar::default(),
        failures: Failures {
            total: 40,
            unknown_names: 9,
            accounts: vec![AccountFailures { id: UserId(2), label: "grace".into(), failures: 31 }],
            places: vec![PlaceFailures { place: "203.0.113.9".into(), failures: 40 }],
        },
    };
    let others = OthersAction {
        actor: "grace".into(),
        is_command: false,
        action: Action::Confirmed,
        kind: EntityKind::Account,
        label: "alan".into(),
        entries: 3,
        at: Some(at - Duration::hours(3)),
    };
    let since = SinceLastVisit {
        last_log_in: Some(at - Duration::hours(19)),
        others: vec![others],
        is_cut: false,
        own_failures: 1,
        failed_from: Some("203.0.113.9".into()),
    };
    let facts = StoreFacts {
        bytes: 12_400_000,
        schema: 8,
        entries: 4_711,
        bin_items: 12,
        last_backup: Some(at - Duration::hours(9)),
    };
    let store = StoreOverview {
        location: "/srv/nexus.db".into(),
        facts,
        sound_at: Some(at - Duration::hours(6)),
        is_damaged: false,
    };
    Overview { at, figures, since: Some(since), store: Some(store) }
}

/// Returns what a screen draws, as text.
pub(crate) fn frame(screen: &dyn Screen, context: &Context) -> String {
    let body = context.body;
    let mut terminal = Terminal::new(TestBackend::new(body.width, body.height + 3)).unwrap();
    terminal.draw(|frame| screen.view(context, frame)).unwrap();
    text(&terminal)
}

/// Returns the cells of a test terminal as lines of text, without blanks at their ends.
pub(crate) fn text(terminal: &Terminal<TestBackend>) -> String {
    let buffer = terminal.backend().buffer();
    let mut lines = Vec::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += (width(symbol) as u16).max(1);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}
