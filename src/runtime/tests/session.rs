//! A whole session of the real console over a real store, from the set-up to the end.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI32, Ordering};

use tempfile::TempDir;

use crate::auth::password::{Cost, Hasher};
use crate::domain::config::{FactorPolicy, KeepDays, Registration};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::idle_settings::IdleSettings;
use crate::domain::session::RowStatus;
use crate::domain::session_settings::SessionSettings;
use crate::domain::time::Duration;
use crate::domain::user::{Fields, Status, UserId, Who};
use crate::runtime::clock;
use crate::service::operations::StepLimits;
use crate::service::{Proofs, Service, UnstoredTries};
use crate::store::{self, Access, NewUser, StoreError, TransactionEnd};
use crate::tui::model::Model;
use crate::tui::route::ScreenId;
use crate::tui::startup::{StartupOptions, StorePath};
use crate::tui::testing::keys;
use crate::tui::theme::TerminalFeatures;

use super::*;

/// Returns a time that advances by 50 ms at every call: nobody types faster.
fn ticking() -> Timestamp {
    static TICKS: AtomicI32 = AtomicI32::new(0);
    now() + Duration::milliseconds(50) * TICKS.fetch_add(1, Ordering::Relaxed)
}

/// Wait for a text on the screen, then press these keys.
type Step = (&'static str, &'static str);

/// The console with an operator who reads the screen and presses keys.
struct Operated {
    model: Model,
    steps: RefCell<VecDeque<Step>>,
    fingers: Sender<RuntimeEvent>,
    seen: RefCell<String>,
}

impl Console for Operated {
    fn begin(&mut self) -> Vec<Effect> {
        self.model.begin()
    }

    fn update(&mut self, now: Timestamp, msg: Msg) -> Vec<Effect> {
        let (steps, seen) = (self.steps.borrow(), self.seen.borrow());
        assert!(msg != Msg::Woken, "{:?} never came. The screen:\n{seen}", steps.front());
        drop((steps, seen));
        self.model.update(now, msg)
    }

    fn takes_text(&self) -> bool {
        self.model.takes_text()
    }

    fn view(&self, frame: &mut Frame<'_>) {
        self.model.view(frame);
        let mut seen = self.seen.borrow_mut();
        seen.clear();
        let width = frame.area().width.into();
        for line in frame.buffer_mut().content().chunks(width) {
            seen.extend(line.iter().map(ratatui::buffer::Cell::symbol));
            let _ = writeln!(seen);
        }
    }

    /// Presses the next keys: the loop asks for this once a frame is on the terminal, where somebody can read it.
    fn wake_at(&self) -> Option<Timestamp> {
        let mut steps = self.steps.borrow_mut();
        if let Some((_, script)) = steps.pop_front_if(|(text, _)| self.seen.borrow().contains(*text)) {
            for key in keys(script) {
                self.fingers.send(RuntimeEvent::Msg(Box::new(Msg::Key(key)))).unwrap();
            }
        }
        Some(ticking() + Duration::seconds(20))
    }
}

fn operate(folder: &TempDir, size: (u16, u16), steps: &[Step]) -> u8 {
    let service = |access| Service {
        store: store::open(&folder.path().join("nexus.db").into(), access).unwrap(),
        hasher: Hasher::new(Cost::CHEAPEST).unwrap(),
        host: host(None, None).into(),
        tries: UnstoredTries::default(),
        log: None,
        registration: Registration::Closed,
        keep: KeepDays::default().span(),
        idle: IdleSettings::default(),
        sessions: SessionSettings::default(),
        steps: StepLimits::measured_by(clock::steady),
        proofs: Proofs::new(Duration::minutes(5)),
        factor_policy: FactorPolicy::default(),
    };
    let (outbox, inbox) = mpsc::channel();
    let writes = service(Access::ReadWrite);
    let workers = Workers::start(service(Access::ReadOnly), writes, None, &outbox, ticking).unwrap();
    let features = TerminalFeatures { colour: true, unicode: true };
    let mut console = Operated {
        model: Model::new(StartupOptions {
            mouse: false,
            lock_after: Duration::minutes(15),
            proof_age: crate::service::contract::ProofAge(Duration::minutes(5)),
            size,
            now: now(),
            features,
            host: "media.example".into(),
            local_zone: None,
            store: StorePath::Usual("/srv/nexus.db".into()),
            front: ScreenId::USERS,
            demo: None,
            read_only: None,
            commands: crate::tui::testing::commands(),
            appearance: crate::tui::appearance::Appearance::default(),
            keymap: crate::tui::keymap::Keymap::usual(),
        }),
        steps: RefCell::new(steps.iter().copied().collect()),
        fingers: outbox.clone(),
        seen: RefCell::default(),
    };
    let mut canvas = Canvas::new(TestBackend::new(size.0, size.1), size.0, size.1);
    let mut window = Notes { notes: Vec::new(), turns: VecDeque::new() };
    let code = EventLoop::new(
        &mut canvas,
        &mut window,
        EffectRunner::new(&workers, outbox.clone()),
        ticking,
        outbox,
    )
    .run(&mut console, &inbox);
    assert_eq!(console.steps.into_inner(), [], "it left early");
    code
}

#[test]
fn from_the_set_up_to_leaving() {
    let folder = TempDir::new().unwrap();
    let steps = [
        ("Set up NEXUS", "Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>"),
        ("Password", "a walk through the house<tab>a walk through the house<enter>"),
        ("row 1 of 1", "a"),
        ("Add an account", "Grace<tab>Hopper<tab>grace<tab>grace@nexus.example<enter>"),
        ("Access code for grace", "<enter>"),
        ("row 1 of 2", "jc"),
        ("Confirmed grace", "2"),
        ("this one", "a"),
        ("Issue a token", "<ctrl-u>grace<enter>"),
        ("nxs_", "<enter>"),
        ("row 2 of 2", "kx"),
        ("Revoke session", "y"),
        ("revoked", "3"),
        ("00001_ADA", "l"),
        ("Photos", "gjjjr"),
        ("Rename", "<ctrl-u>Pictures<enter>"),
        ("Renamed 00001_ADA/Pictures", "q"),
    ];
    assert_eq!(operate(&folder, (80, 24), &steps), 0);

    let store = store::open(&folder.path().join("nexus.db").into(), Access::ReadOnly).unwrap();
    store::read(&*store, |rows| {
        let grace = rows.user(now(), &Who::Id(UserId(2)))?.unwrap();
        assert_eq!((grace.label(), grace.status), ("grace", Status::Confirmed));
        for session in [1, 2] {
            assert_eq!(rows.session(session)?.unwrap().row_status, RowStatus::Expired);
        }
        assert_eq!(rows.directories_at("00001_ADA/Pictures")?.len(), 1);
        Ok::<_, StoreError>(())
    })
    .unwrap();
}

/// Adds accounts that wait for confirmation, `p1` and so on.
fn let_wait(folder: &TempDir, accounts: usize) {
    let mut store = store::open(&folder.path().join("nexus.db").into(), Access::ReadWrite).unwrap();
    store::change(&mut *store, TransactionEnd::Commit, |rows| {
        for n in 1..=accounts {
            let fields = Fields {
                first_name: Some("Pia".into()),
                last_name: Some("Tester".into()),
                username: Some(format!("p{n}")),
                email: Some(format!("p{n}@nexus.example")),
                ..Fields::default()
            };
            let hash = "!".to_owned();
            rows.insert_user(&NewUser {
                id: None,
                fields,
                password_hash: hash,
                created_at: now(),
                updated_at: None,
            })?;
        }
        Ok::<_, StoreError>(())
    })
    .unwrap();
}

#[test]
fn all_that_wait_are_confirmed_in_steps() {
    let folder = TempDir::new().unwrap();
    let_wait(&folder, 300);
    let steps = [
        ("Set up NEXUS", "Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>"),
        ("Password", "a walk through the house<tab>a walk through the house<enter>"),
        ("row 1 of 301", "/status:pending<enter>"),
        ("300", "*c"),
        ("Makes 2,400 directories", "300<enter>"),
        ("Confirmed 300 accounts, made 2,400 directories", "q"),
    ];
    assert_eq!(operate(&folder, (80, 24), &steps), 0);
    let store = store::open(&folder.path().join("nexus.db").into(), Access::ReadOnly).unwrap();
    let waiting = Filter::parse(ListKind::Users, "status:pending").unwrap();
    assert_eq!(store::read(&*store, |rows| rows.user_ids(now(), &waiting)).unwrap(), [] as [i64; 0]);
}
