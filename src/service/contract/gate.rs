//! The gates between an account and the console: each open or shut, and how it is opened.

use crate::domain::time::Timestamp;
use crate::domain::user::User;

/// A gate that an account must pass to log in, or that tells what else holds for it. Front ends show them in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateKind {
    Status,
    ValidFrom,
    ExpiresOn,
    IdleRule,
    Password,
    MustChange,
    SecondFactor,
    Wait,
    Sessions,
}

impl GateKind {
    /// All gates, in the order in which they are shown. A further one is a variant here, its words, and a row of the service's
    /// table of gates.
    pub const ALL: [Self; 9] = [
        Self::Status,
        Self::ValidFrom,
        Self::ExpiresOn,
        Self::IdleRule,
        Self::Password,
        Self::MustChange,
        Self::SecondFactor,
        Self::Wait,
        Self::Sessions,
    ];

    /// Returns the word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::ValidFrom => "valid-from",
            Self::ExpiresOn => "expires-on",
            Self::IdleRule => "idle-rule",
            Self::Password => "password",
            Self::MustChange => "must-change",
            Self::SecondFactor => "second-factor",
            Self::Wait => "wait",
            Self::Sessions => "sessions",
        }
    }

    /// Returns the label for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Status => "Status",
            Self::ValidFrom => "Valid from",
            Self::ExpiresOn => "Expires on",
            Self::IdleRule => "Idle rule",
            Self::Password => "Password",
            Self::MustChange => "Must change",
            Self::SecondFactor => "Second factor",
            Self::Wait => "Wait",
            Self::Sessions => "Sessions",
        }
    }
}

/// The state of a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    pub kind: GateKind,
    pub is_open: bool,
    /// The state in words, as part of a sentence: `suspended`, `no first day`.
    pub words: String,
    /// Since when it is in this state, as far as that is known.
    pub since: Option<Timestamp>,
    /// The operator or OS user who brought it into this state.
    pub by: Option<String>,
    /// The reason that they gave.
    pub reason: Option<String>,
    /// The way to open it, if it is shut or somebody may want it otherwise.
    pub lift: Option<Lift>,
}

impl Gate {
    /// Returns an open gate.
    pub fn open(kind: GateKind, words: impl Into<String>) -> Self {
        let words = words.into();
        Self { kind, is_open: true, words, since: None, by: None, reason: None, lift: None }
    }

    /// Returns a shut gate.
    pub fn shut(kind: GateKind, words: impl Into<String>) -> Self {
        Self { is_open: false, ..Self::open(kind, words) }
    }
}

/// The way to open a gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lift {
    /// The command line; `None` where none can be typed.
    pub command: Option<String>,
    /// The usual key in the console's list of accounts.
    pub key: Option<&'static str>,
}

/// The gates of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gates {
    pub user: User,
    /// One of each kind, in the order of [`GateKind::ALL`].
    pub gates: Vec<Gate>,
}

impl Gates {
    /// Returns the gate of a kind.
    pub fn get(&self, kind: GateKind) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.kind == kind)
    }

    /// Returns the first gate that is shut, or `None` if the account can log in.
    pub fn first_shut(&self) -> Option<&Gate> {
        self.gates.iter().find(|gate| !gate.is_open)
    }
}
