//! A console over a real store without threads: every request is performed at once.

use std::collections::VecDeque;
use std::path::Path;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tempfile::TempDir;

use crate::auth::password::{Cost, Hasher};
use crate::cli::themes;
use crate::domain::color::ColorDepth;
use crate::domain::config::{FactorPolicy, KeepDays, Registration};
use crate::domain::idle_settings::IdleSettings;
use crate::domain::palette::Ground;
use crate::domain::secret::{Pasted, Secret};
use crate::domain::session_settings::SessionSettings;
use crate::domain::time::{Duration, Timestamp};
use crate::domain::user::{AccessLevel, Fields, Status, User, Who};
use crate::runtime::runbook::RunbookFile;
use crate::runtime::{clock, host};
use crate::service::contract::{Accounts, Caller, Failure, ListExport, OnProgress, Reply, Request};
use crate::service::operations::StepLimits;
use crate::service::{NewFile, Proofs, RequestContext, Service, UnstoredTries, perform};
use crate::store::{self, Access, Read, Write};
use crate::tui::appearance::Appearance;
use crate::tui::effect::{Effect, Msg};
use crate::tui::model::Model;
use crate::tui::preferences::Preferences;
use crate::tui::route::ScreenId;
use crate::tui::startup::{Commands, StartupOptions, StorePath};
use crate::tui::testing::{commands, keys, text};
use crate::tui::theme::TerminalFeatures;

use super::now;

/// Both satisfy the policy.
pub(super) const PASSWORD: &str = "seven orange kettles sing";
pub(super) const OTHER: &str = "nine violet anchors drift";

/// Returns a console over the store in a folder.
/// Returns the default theme on a dark terminal.
fn dark() -> Appearance {
    let mut looks = Appearance::new(themes(None).unwrap(), ColorDepth::Ansi);
    looks.ground = Some(Ground::Dark);
    looks
}

pub(super) struct Console {
    pub(super) model: Model,
    service: Service,
    pub(super) now: Timestamp,
    runbook: Option<RunbookFile>,
    pub(super) has_left: bool,
}

impl Console {
    pub(super) fn start(folder: &TempDir) -> Self {
        let features = TerminalFeatures { colour: true, unicode: true };
        let start = StartupOptions {
            mouse: false,
            lock_after: Duration::minutes(15),
            proof_age: crate::service::contract::ProofAge(Duration::minutes(5)),
            size: (100, 30),
            now: now(),
            features,
            host: "media.example".into(),
            local_zone: None,
            store: StorePath::Usual("/srv/nexus.db".into()),
            front: ScreenId::USERS,
            demo: None,
            read_only: None,
            commands: Commands { folder: folder.path().to_owned(), ..commands() },
            appearance: dark(),
            keymap: crate::tui::keymap::Keymap::usual(),
        };
        let mut console = Self {
            model: Model::new(start),
            service: service(folder),
            now: now(),
            runbook: None,
            has_left: false,
        };
        let effects = console.model.begin();
        console.execute(effects);
        console
    }

    /// Returns a console at which this account has logged in.
    pub(super) fn of(folder: &TempDir, name: &str, password: &str) -> Self {
        let mut console = Self::start(folder);
        console.press(&format!("{name}<tab>{password}<enter>"));
        console
    }

    pub(super) fn press(&mut self, script: &str) {
        self.now += Duration::milliseconds(50);
        for key in keys(script) {
            self.tell(Msg::Key(key));
        }
    }

    pub(super) fn tell(&mut self, msg: Msg) {
        let effects = self.model.update(self.now, msg);
        self.execute(effects);
    }

    fn execute(&mut self, effects: Vec<Effect>) {
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Perform { request_id, caller, request, dry_run } => {
                    let progress = &mut |_| std::ops::ControlFlow::Continue(());
                    let call = RequestContext {
                        caller,
                        now: self.now,
                        boot: None,
                        dry_run,
                        reason: None,
                        counted: None,
                        progress,
                    };
                    let result = perform(&mut self.service, call, request);
                    effects.extend(self.model.update(self.now, Msg::Done(request_id, result)));
                }
                Effect::Watch(request_id) => {
                    effects.extend(self.model.update(self.now, Msg::Drawn(request_id)));
                }
                Effect::StartRunbook { file, header } => {
                    let begun = RunbookFile::create(file, &header).map(|file| self.runbook = Some(file));
                    effects.extend(self.model.update(self.now, Msg::Recording(begun)));
                }
                Effect::WriteRunbook(text) => self.runbook.as_mut().unwrap().add(&text).unwrap(),
                Effect::EndRunbook => self.runbook = None,
                Effect::Leave => self.has_left = true,
                Effect::LoadPreferences { account } => {
                    let loaded = Msg::Preferences { account, result: Ok(Preferences::default()) };
                    effects.extend(self.model.update(self.now, loaded));
                }
                Effect::Print { request_id, caller, words, options } => {
                    let interpreter = commands().interpreter;
                    let result = interpreter.print(&words, options, &mut self.performer(caller));
                    effects.extend(self.model.update(self.now, Msg::Printed(request_id, result)));
                }
                Effect::Export { request_id, caller, list, file, overwrites } => {
                    let result = self.export(caller, &list, &file, overwrites);
                    effects.extend(self.model.update(self.now, Msg::Exported(request_id, result)));
                }
                Effect::SavePreferences { .. }
                | Effect::Cancel(_)
                | Effect::Copy(_)
                | Effect::Redraw
                | Effect::ReportMouse(_)
                | Effect::Suspend => {}
            }
        }
    }

    /// Returns a function that performs requests for a caller.
    fn performer(
        &mut self,
        caller: Caller,
    ) -> impl FnMut(Request, bool, &mut OnProgress<'_>) -> Result<Reply, Failure> {
        let (now, service) = (self.now, &mut self.service);
        move |request, dry_run, on_progress| {
            let call = RequestContext {
                caller,
                now,
                boot: None,
                dry_run,
                reason: None,
                counted: None,
                progress: &mut |progress| on_progress(progress),
            };
            perform(service, call, request)
        }
    }

    fn export(
        &mut self,
        caller: Caller,
        list: &ListExport,
        file: &Path,
        overwrites: bool,
    ) -> Result<u64, Failure> {
        let now = self.now;
        let mut file = if overwrites { NewFile::replacing(file) } else { NewFile::create(file) }?;
        let go_on: &mut OnProgress<'_> = &mut |_| std::ops::ControlFlow::Continue(());
        let rows = commands().interpreter.export(list, now, &mut self.performer(caller), go_on, &mut file)?;
        file.finish()?;
        Ok(rows)
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.tell(Msg::Paste(Pasted::from(text.to_owned())));
    }

    pub(super) fn seen(&self) -> String {
        let mut terminal = Terminal::new(TestBackend::new(100, 30)).unwrap();
        terminal.draw(|frame| self.model.view(frame)).unwrap();
        text(&terminal)
    }

    /// Returns the first word on the screen for which `is_it` holds: a code or a token.
    pub(super) fn word(&self, is_it: impl Fn(&str) -> bool) -> String {
        let seen = self.seen();
        let found = seen.split_whitespace().find(|word| is_it(word));
        found.unwrap_or_else(|| panic!("no such word in\n{seen}")).to_owned()
    }

    #[track_caller]
    pub(super) fn shows(&self, words: &str) {
        assert!(self.seen().contains(words), "no {words:?} in\n{}", self.seen());
    }

    #[track_caller]
    pub(super) fn hides(&self, words: &str) {
        assert!(!self.seen().contains(words), "{words:?} in\n{}", self.seen());
    }
}

pub(super) fn service(folder: &TempDir) -> Service {
    Service {
        store: store::open(&folder.path().join("nexus.db").into(), Access::ReadWrite).unwrap(),
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
    }
}

/// Runs a command at the same time.
pub(super) fn command(folder: &TempDir, request: Request) -> Result<Reply, Failure> {
    let progress = &mut |_| std::ops::ControlFlow::Continue(());
    let call = RequestContext {
        caller: Caller::Owner,
        now: now(),
        boot: None,
        dry_run: false,
        reason: None,
        counted: None,
        progress,
    };
    perform(&mut service(folder), call, request)
}

/// Writes like another program at the same time.
pub(super) fn write<T>(folder: &TempDir, work: impl FnOnce(&mut dyn Write) -> store::Result<T>) -> T {
    store::change(&mut *service(folder).store, store::TransactionEnd::Commit, work).unwrap()
}

pub(super) fn read<T>(folder: &TempDir, work: impl FnOnce(&dyn Read) -> store::Result<T>) -> T {
    store::read(&*service(folder).store, work).unwrap()
}

pub(super) fn user(folder: &TempDir, name: &str) -> User {
    let who = Who::Username(name.into());
    read(folder, |rows| rows.user(now(), &who)).unwrap()
}

pub(super) fn has_directory(folder: &TempDir, path: &str) -> bool {
    !read(folder, |rows| rows.directories_at(path)).is_empty()
}

pub(super) fn add(folder: &TempDir, name: &str, level: AccessLevel) {
    let fields = Fields {
        first_name: Some(name.to_uppercase()),
        last_name: Some("Tester".into()),
        username: Some(name.into()),
        email: Some(format!("{name}@nexus.example")),
        level: Some(level),
        status: Some(Status::Confirmed),
        ..Fields::default()
    };
    let password = Some(Secret::from_text(PASSWORD).unwrap());
    command(folder, Request::Accounts(Accounts::Add { fields, password, must_change: false })).unwrap();
}

/// Creates a store with the admin ada and these plain users.
pub(super) fn store_with(names: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    add(&folder, "ada", AccessLevel::Admin);
    for name in names {
        add(&folder, name, AccessLevel::User);
    }
    folder
}
