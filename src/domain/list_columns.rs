//! The columns of the lists: those that the console and the tables of commands share.

/// Columns of accounts.
pub mod accounts {
    use crate::domain::columns::Column;
    use crate::domain::text::Cut;

    pub const STATUS: Column = Column::new("Status", &["status"], 11, 0, 0).rank(1).shape_below(64);
    pub const USERNAME: Column = Column::new("Username", &["username"], 12, 1, 0).most(24);
    pub const NAME: Column = Column::new("Name", &["firstname", "lastname"], 16, 1, 50).most(28).rank(3);
    pub const EMAIL: Column = Column::new("Email", &["email"], 22, 1, 120).most(32).rank(4).cut(Cut::Middle);
    pub const LEVEL: Column = Column::new("Level", &["access_level"], 5, 0, 64).rank(2);
    pub const PHONE: Column = Column::new("Phone", &["contact_number"], 13, 1, 160).most(20).rank(5);
    pub const CREATED: Column = Column::new("Created", &["created_at"], 12, 0, 160).rank(6);
    pub const MODIFIED: Column = Column::new("Modified", &["updated_at"], 12, 0, 160).rank(7);
    pub const SESSIONS: Column = Column::new("Sessions", &["active_sessions"], 8, 0, 82).rank(9).right();
    pub const LAST_SEEN: Column = Column::new("Last seen", &["last_seen"], 12, 0, 64).rank(8);
}

/// Columns of sessions.
pub mod sessions {
    use crate::domain::columns::Column;

    pub const STATE: Column = Column::new("State", &["status"], 11, 0, 0).rank(1).shape_below(50);
    pub const USER: Column = Column::new("User", &["user"], 12, 1, 0).most(16);
    pub const SESSION: Column = Column::new("Session", &["short_id"], 9, 0, 66).rank(3);
    pub const ORIGIN: Column =
        Column::new("Origin", &["origin", "origin_detail"], 16, 1, 90).most(28).rank(5);
    pub const LABEL: Column = Column::new("Label", &["label"], 10, 1, 128).most(24).rank(7);
    pub const STARTED: Column = Column::new("Started", &["started_at"], 12, 0, 106).rank(6);
    pub const LAST_SEEN: Column = Column::new("Last seen", &["last_seen"], 12, 0, 80).rank(4);
    pub const TIME_LEFT: Column = Column::new("Time left", &["expiration"], 12, 0, 0).rank(2).has_short();
}

/// Columns of directories.
pub mod directories {
    use crate::domain::columns::Column;

    pub const OWNER: Column = Column::new("Owner", &["owner"], 12, 1, 56).most(24).rank(1);
    pub const BELOW: Column = Column::new("Below", &["children"], 5, 0, 70).rank(2).right();
    pub const CREATED: Column = Column::new("Created", &["date_added"], 12, 0, 80).rank(3);
    pub const MODIFIED: Column = Column::new("Modified", &["last_modified"], 12, 0, 96).rank(4);
}

/// Columns of the journal.
pub mod journal {
    use crate::domain::columns::Column;

    pub const TIME: Column = Column::new("Time", &["at"], 8, 0, 0);
    pub const BY: Column = Column::new("By", &["actor"], 10, 0, 50);
}

/// Columns of the bin.
pub mod bin {
    use crate::domain::columns::Column;
    use crate::domain::text::Cut;

    pub const DELETED: Column = Column::new("Deleted", &["deleted_at"], 12, 0, 0).rank(1);
    pub const BY: Column = Column::new("By", &["deleted_by"], 10, 0, 60).most(20).rank(3);
    pub const KIND: Column = Column::new("Kind", &["kind"], 9, 0, 50).rank(2);
    pub const WHAT: Column = Column::new("What", &["label"], 14, 1, 0).most(60).cut(Cut::Beginning);
    pub const SESSIONS: Column = Column::new("Sessions", &["sessions"], 8, 0, 72).rank(5).right();
    pub const DIRECTORIES: Column = Column::new("Directories", &["directories"], 11, 0, 64).rank(4).right();
}
