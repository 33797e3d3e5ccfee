//! The service itself: everything that outlives a request.

use crate::auth::password::Hasher;
use crate::domain::config::{FactorPolicy, Registration};
use crate::domain::idle_settings::IdleSettings;
use crate::domain::session_settings::SessionSettings;
use crate::domain::time::Duration;
use crate::store::Store;

use super::authentication_report::AuthenticationLog;
use super::host::Host;
use super::proofs::Proofs;
use super::step_limits::StepLimits;
use super::throttle::UnstoredTries;

/// The store, the hasher and the settings with which requests are performed.
pub struct Service {
    pub store: Box<dyn Store>,
    /// Hashes passwords and access codes.
    pub hasher: Hasher,
    pub host: Host,
    /// The failed tries while the store cannot be written.
    pub tries: UnstoredTries,
    /// The log outside of the store that is told of log-ins, if the config file asks for it.
    pub log: Option<Box<dyn AuthenticationLog>>,
    /// The way in which people without an account can register.
    pub registration: Registration,
    /// The time for which the names of deleted accounts stay reserved.
    pub keep: Duration,
    /// The rule for idle accounts that the config file asks for.
    pub idle: IdleSettings,
    /// The number of sessions that an account may have at once.
    pub sessions: SessionSettings,
    /// The limits by which actions on very many rows are divided.
    pub steps: StepLimits,
    /// The accounts that need a second factor.
    pub factor_policy: FactorPolicy,
    /// The last proofs of identity of the operators.
    pub proofs: Proofs,
}
