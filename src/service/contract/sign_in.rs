//! Requests for setting up, logging in and out.

use crate::domain::secret::Secret;
use crate::domain::user::{Fields, Who};

#[cfg(doc)]
use super::Reply;

/// Requests for setting up, logging in and out.
#[derive(Debug, Clone, PartialEq)]
pub enum SignIn {
    /// Returns what the console needs to know before anybody has logged in → [`Reply::StoreStatus`].
    Look,
    /// Makes the first admin while there is no usable one → [`Reply::SignedIn`], or [`Reply::Done`] for the owner.
    SetUp { fields: Fields, password: Secret },
    /// Logs in → [`Reply::SignedIn`], [`Reply::ChoosePassword`], [`Reply::EnterCode`] or [`Reply::FactorOffer`].
    LogIn {
        /// Username or email.
        name: String,
        /// A password, or an access code.
        secret: Secret,
        /// A code of the second factor, after [`Reply::EnterCode`].
        code: Option<Secret>,
    },
    /// Sets up a second factor after [`Reply::FactorOffer`], with the same proof again → [`Reply::FactorSet`]. The log-in is
    /// then repeated, without a code.
    EnrolFactor {
        /// Username or email.
        name: String,
        proof: Secret,
        /// The secret that was offered.
        factor: Secret,
        /// The first code.
        code: Secret,
    },
    /// Chooses a new password after [`Reply::ChoosePassword`] and logs in, with the same proof again →
    /// [`Reply::SignedIn`], or [`Reply::FactorOffer`] for the account with its new password.
    Choose {
        /// Username or email.
        name: String,
        /// The password or access code that led here.
        proof: Secret,
        password: Secret,
    },
    /// Registers an account that then waits for confirmation → [`Reply::Registered`].
    Register {
        fields: Fields,
        password: Secret,
        /// The invitation code; ignored where none is needed.
        code: Secret,
    },
    /// Unlocks the lock screen with the operator's password → [`Reply::SignedIn`].
    Unlock(Secret),
    /// Proves, before a grave action, that the operator is still the one who logged in → [`Reply::SignedIn`].
    Prove(Secret),
    /// Checks that the operator's session is still active → [`Reply::SignedIn`].
    StillIn,
    /// Begins to see the console as an account gets it → [`Reply::SignedIn`], with that account and the admin's session.
    SeeAs(Who),
    /// Logs out: ends the operator's session → [`Reply::SignedOut`].
    LogOut,
}

impl SignIn {
    /// Returns true if the request proves an identity. The time until a failure is reported must not tell what it had to
    /// compute.
    pub const fn is_proof(&self) -> bool {
        match self {
            Self::LogIn { .. }
            | Self::Choose { .. }
            | Self::EnrolFactor { .. }
            | Self::Register { .. }
            | Self::Unlock(_)
            | Self::Prove(_) => true,
            Self::Look | Self::SetUp { .. } | Self::StillIn | Self::SeeAs(_) | Self::LogOut => false,
        }
    }

    /// Returns true if the request can begin a session of an operator.
    pub const fn begins_session(&self) -> bool {
        match self {
            Self::SetUp { .. } | Self::LogIn { .. } | Self::Choose { .. } => true,
            Self::Look
            | Self::Register { .. }
            | Self::EnrolFactor { .. }
            | Self::Unlock(_)
            | Self::Prove(_)
            | Self::StillIn
            | Self::SeeAs(_)
            | Self::LogOut => false,
        }
    }
}
