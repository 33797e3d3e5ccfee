//! Stores with many rows of one account, and what tests compare of them.

use super::*;

/// The columns of an account that hold no time of change.
pub(super) const USER: &str =
    "id, firstname, lastname, username, email, password, access_level, status, access_code, created_at,
  session_token";

/// The tables that actions in steps change, except accounts, the journal, and the times of change.
pub(super) const TABLES: [&str; 12] = [
    "de_torres_vincent_session_tokens",
    "de_torres_vincent_user_directories",
    "nexus_accounts",
    "nexus_access_codes",
    "nexus_sessions",
    "nexus_session_ends",
    "nexus_names",
    "nexus_directories",
    "nexus_bin",
    "nexus_bin_sessions",
    "nexus_bin_directories",
    "nexus_bin_columns",
];

pub(super) fn place(path: &str) -> DirectorySelector {
    DirectorySelector::Path(path.into())
}

pub(super) fn move_photos() -> Request {
    Directories::Move { place: place("00002_BOB/Photos"), to: place("00002_BOB/Videos") }.into()
}

pub(super) fn trash_photos() -> Request {
    Directories::Trash(vec![place("00002_BOB/Photos")]).into()
}

pub(super) fn restore(which: InBin, to: Option<&str>) -> Request {
    Bin::Restore { which, to: to.map(str::to_owned), with_sessions: true }.into()
}

impl Bench {
    pub(super) fn large() -> Self {
        static FIRST: std::sync::Mutex<Option<Bench>> = std::sync::Mutex::new(None);
        FIRST.lock().unwrap().get_or_insert_with(Self::make_large).copy()
    }

    /// Returns a store as it is before an action.
    pub(super) fn before(acts: &[Request]) -> Self {
        let mut bench = Self::large();
        for act in acts {
            bench.done(OWNER, act.clone());
        }
        bench
    }

    /// Adds directories in Photos of bob, some with names beyond ASCII, and sessions, all with notes of another
    /// program.
    pub(super) fn make_large() -> Self {
        let mut bench = Self::new();
        bench.account("bob", AccessLevel::User, Status::Confirmed);
        bench.account("eve", AccessLevel::User, Status::Confirmed);
        bench.done(OWNER, Directories::Provision(accounts_named(&["bob", "eve"])));
        let now = bench.now;
        let paths = ["a", "a/x", "a/x/1", "a/x/2", "b", "b/Æther", "b/z", "c", "Ünder", "Ünder/a"];
        bench.write(|rows| {
            for (at, path) in paths.into_iter().enumerate() {
                rows.insert_directory(&NewDirectory {
                    id: None,
                    user_id: UserId(2),
                    directory_id: format!("{at:032x}"),
                    path: format!("00002_BOB/Photos/{path}"),
                    name: None,
                    date_added: now,
                    last_modified: None,
                    last_accessed: (at % 2 == 0).then_some(now),
                    username: Some("bob".into()),
                })
                .unwrap();
            }
            for at in 0..9 {
                let start = SessionStart {
                    origin: crate::domain::session::SessionOrigin::Service,
                    detail: format!("player {at}"),
                    label: (at == 0).then(|| "front room".to_owned()),
                    at: now,
                    process: None,
                    boot: None,
                };
                rows.insert_session(&NewSession {
                    id: None,
                    user_id: UserId(2),
                    digest: format!("sha256:{at:064}"),
                    expiration: Some(now + Span::hours(at - 1)),
                    active: at % 4 != 3,
                    start: Some(start),
                })
                .unwrap();
            }
            let reason = crate::domain::session::EndReason::Revoked;
            rows.end_session(4, &SessionEnd::new(now, Some("ada".into()), reason)).unwrap();
        });
        bench.spoil(
            "UPDATE de_torres_vincent_user_directories SET directory_id = 'made ' || id;
             ALTER TABLE de_torres_vincent_user_directories ADD COLUMN colour TEXT;
             UPDATE de_torres_vincent_user_directories SET colour = 'c' || id;
             ALTER TABLE de_torres_vincent_session_tokens ADD COLUMN device;
             UPDATE de_torres_vincent_session_tokens SET device = id * 2 WHERE id % 2;
             ALTER TABLE de_torres_vincent_users ADD COLUMN theme;
             UPDATE de_torres_vincent_users SET theme = x'01';",
        );
        bench
    }

    /// Makes actions on more than three rows run in steps of two.
    pub(super) fn in_batches(mut self) -> Self {
        self.service.steps =
            StepLimits { at_once: 3, first: 2, aim: Duration::ZERO, clock: || Duration::ZERO };
        self
    }

    pub(super) fn state(&self) -> String {
        self.dump_columns("de_torres_vincent_users", &format!("{USER}, theme"))
            + &self.dump_columns("nexus_bin_users", USER)
            + &self.dump_of(&TABLES)
    }

    /// Returns the ids of all sessions and directories, in their tables and in the bin.
    pub(super) fn everywhere(&self) -> Vec<String> {
        let tables = [
            ("de_torres_vincent_user_directories", "nexus_bin_directories"),
            ("de_torres_vincent_session_tokens", "nexus_bin_sessions"),
        ];
        let ids = |table: &str, kind: &str| self.dump_columns(table, "id").replace(table, kind);
        let mut ids: Vec<_> = tables
            .iter()
            .flat_map(|(table, bin)| [ids(table, table), ids(bin, table)])
            .flat_map(|ids| ids.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Returns the directories below one that does not exist.
    pub(super) fn orphans(&self) -> String {
        self.dump_columns(
            "nexus_directories t JOIN de_torres_vincent_user_directories d USING (id)
             WHERE t.parent = 0 AND d.directory_path LIKE '%/%'",
            "d.directory_path",
        )
    }

    pub(super) fn under_way(&self) -> Vec<Operation> {
        self.read(|rows| rows.operations())
    }

    /// Performs an action and kills the process after so many steps. Returns false if the action had fewer.
    pub(super) fn killed_after(&mut self, steps: u32, act: Request) -> bool {
        self.service.host.process = "gone 1".into();
        let mut left = steps;
        let mut progress = |_| {
            if left == 0 {
                return ControlFlow::Break(());
            }
            left -= 1;
            ControlFlow::Continue(())
        };
        let context = self.context(OWNER, &mut progress);
        let killed = perform(&mut self.service, context, act);
        assert!(killed.is_ok() || !self.under_way().is_empty(), "{killed:?}");
        killed.is_err()
    }

    /// Returns another process over the same store.
    pub(super) fn next(self) -> Self {
        let mut next = self.second();
        next.service.steps = self.service.steps;
        next
    }
}
