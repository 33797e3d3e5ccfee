//! The process that serves a request, and its terminal.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use crate::auth;

/// This process and its terminal, recorded with sessions and journal entries.
#[derive(Debug, Clone)]
pub struct HostInfo {
    /// The name of the machine; empty if it has none.
    pub name: String,
    /// The operator's terminal or address: `pts/3`, `10.0.4.7`; `10.0.4.7 (claimed)` if only the environment says so.
    pub terminal: String,
    /// The origin of log-ins: the OS user, and the address that logind or utmp vouches for. Failed log-ins delay further ones
    /// from the same origin only.
    pub origin: String,
    /// An identifier of this process on this machine, to be passed to [`HostInfo::is_alive`].
    pub process: String,
    /// The OS user who runs the process, by name or else by number.
    pub user: String,
    /// The value of `SUDO_USER`, marked as claimed if nothing else confirms it.
    pub sudo_user: Option<String>,
    /// Returns true if the process with this identifier still runs, or if that is unknown.
    pub is_alive: fn(&str) -> bool,
}

/// The facts about this process, which are looked up when they are first needed: a command that only reads records nothing.
/// Copies share them.
#[derive(Clone)]
pub struct Host(Arc<LazyLock<HostInfo, Box<dyn FnOnce() -> HostInfo + Send>>>);

impl Host {
    /// Facts that are looked up by `find`.
    pub fn found_by(find: impl FnOnce() -> HostInfo + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(find))))
    }
}

impl From<HostInfo> for Host {
    fn from(known: HostInfo) -> Self {
        Self::found_by(|| known)
    }
}

impl Deref for Host {
    type Target = HostInfo;

    fn deref(&self) -> &HostInfo {
        &self.0
    }
}

#[cfg(test)]
impl std::ops::DerefMut for Host {
    fn deref_mut(&mut self) -> &mut HostInfo {
        *self = HostInfo::clone(self).into();
        Arc::get_mut(&mut self.0).unwrap()
    }
}

/// Returns a hash of a machine id, which tells processes of this machine from those of others.
pub fn machine_hash(id: &str) -> String {
    auth::machine::hash(id)
}
