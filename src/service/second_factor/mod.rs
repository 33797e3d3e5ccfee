//! The second factor of an account: a secret that an authenticator app shares, and recovery codes.
//!
//! The secret is sealed with the key of the key file beside the store. Of a recovery code only a keyed hash is stored.

use crate::auth::code::{new_code, normalise};
use crate::auth::seal::SealingKey;
use crate::auth::totp::{TotpSecret, may_be_code};
use crate::domain::finding::{Finding, FoundRows, Severity};
use crate::domain::journal::FieldValues;
use crate::domain::secret::Secret;
use crate::domain::text::{count, excerpt};
use crate::domain::time::Timestamp;
use crate::domain::user::{User, UserId, Who};
use crate::store::{Read, SecondFactor, read};

use super::contract::{Action, ActionSummary, FactorOffer, FactorSlip, Failure, FailureKind, Reply};
use super::instance::Service;
use super::transaction::{Snapshot, Transaction};
use super::{journal_writer, lookup};

/// The number of second factors that are read at a time.
const PAGE: u32 = 1_000;
/// The number of recovery codes.
const RECOVERY_CODES: usize = 10;
/// The ways out for accounts whose second factor cannot be read.
const PUT_BACK: &str = "Put the key file back; or nexus user second-factor WHO --reset, for each of them.";

/// Returns the owner for whom the secret of an account is sealed.
fn owner(account: UserId) -> String {
    format!("account {account}")
}

/// Returns the key of the key file, or `None` if there is none.
///
/// # Errors
/// The file cannot be read, or holds no key.
pub(super) fn key(service: &Service) -> Result<Option<SealingKey>, Failure> {
    service.store.key()?.map(|text| parse_key(&text)).transpose()
}

/// Returns the key with which a new second factor is sealed: that of the key file, which is made if there is none. A dry run
/// makes no file; what it seals is thrown away.
///
/// # Errors
/// As [`key`]; [`FailureKind::Unavailable`] if the file is lost; it cannot be written.
pub(super) fn key_for(service: &mut Service, dry_run: bool) -> Result<SealingKey, Failure> {
    if let Some(key) = key(service)? {
        return Ok(key);
    }
    require_no_lost_key(service)?;
    let new = SealingKey::new()?;
    if dry_run {
        return Ok(new);
    }
    parse_key(&service.store.make_key(&new.to_text()?)?)
}

/// Fails if there are second factors that were sealed with a key file which is gone. A new file would stand where the old one
/// has to be put back.
fn require_no_lost_key(service: &Service) -> Result<(), Failure> {
    let rows = read(&*service.store, |rows| unreadable_accounts(rows, None))?;
    if rows.total() == 0 {
        return Ok(());
    }
    let need = count(rows.total(), "account needs", "accounts need");
    let message = format!("There is no key file beside the store, and {need} it (id {}).", rows.names());
    Err(Failure::new(FailureKind::Unavailable, message).hint(PUT_BACK))
}

fn parse_key(text: &Secret) -> Result<SealingKey, Failure> {
    SealingKey::parse(text).ok_or_else(|| {
        Failure::new(FailureKind::Unavailable, "The key file beside the store holds no key.")
            .hint("Put the right file in its place, or remove it and have second factors set up anew.")
    })
}

/// A new second factor, and what is shown of it once.
pub(super) struct NewFactor {
    pub(super) stored: SecondFactor,
    pub(super) codes: Vec<Secret>,
}

impl NewFactor {
    /// Seals the secret for an account, and makes recovery codes. `verified` is the time, and the time step of the code, at
    /// which it was verified; `None` while it waits for its first code.
    pub(super) fn make(
        key: &SealingKey,
        account: UserId,
        secret: &TotpSecret,
        verified: Option<(Timestamp, i64)>,
    ) -> Result<Self, Failure> {
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        let mut hashes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let code = new_code()?;
            hashes.push(hash(key, account, &code));
            codes.push(code);
        }
        let stored = SecondFactor {
            sealed: key.seal(secret.bytes(), &owner(account))?,
            since: verified.map(|(at, _)| at),
            last_step: verified.map_or(0, |(_, step)| step),
            recovery_codes: hashes,
        };
        Ok(Self { stored, codes })
    }
}

/// Returns the keyed hash of a recovery code, however it was typed.
fn hash(key: &SealingKey, account: UserId, code: &Secret) -> String {
    key.hash(&normalise(code).unwrap_or_default(), &owner(account))
}

/// The way in which a second factor was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proven {
    ByCode,
    /// The number of recovery codes that are left.
    ByRecoveryCode(usize),
}

impl Proven {
    /// Adds to the entry of a log-in how it was proven.
    pub(super) fn noted(self, after: FieldValues) -> FieldValues {
        match self {
            Self::ByCode => after.with("second_factor", "code"),
            Self::ByRecoveryCode(left) => {
                after.with("second_factor", "recovery code").with("recovery_codes_left", left as u64)
            }
        }
    }
}

/// Returns the failure for a code that is not right.
pub(super) fn wrong_code() -> Failure {
    Failure::new(FailureKind::Refused, "Wrong code.")
}

/// Returns the failure for an account whose secret cannot be read.
fn unreadable(user: &User) -> Failure {
    let name = excerpt(user.label());
    let words = format!(
        "The second factor of {name} cannot be checked: its key file is missing, or is not the one it was set up with."
    );
    Failure::new(FailureKind::Unavailable, words).hint(
        "Put the key file back beside the store. Or let an admin reset the second factor, or run: nexus recover WHO",
    )
}

/// Checks a code against the second factor of an account. Returns how it was proven, and the factor as it is to be stored.
///
/// # Errors
/// [`wrong_code`]; [`FailureKind::Unavailable`] if the secret cannot be read.
pub(super) fn check(
    key: Option<&SealingKey>,
    user: &User,
    factor: &SecondFactor,
    code: &Secret,
    now: Timestamp,
) -> Result<(Proven, SecondFactor), Failure> {
    let opened = key.and_then(|key| Some((key, open(key, user.id, &factor.sealed)?)));
    let (key, secret) = opened.ok_or_else(|| unreadable(user))?;
    let mut checked = factor.clone();
    checked.since = factor.since.or(Some(now));
    if may_be_code(code) {
        let step = secret.step_of(code, now, factor.last_step).ok_or_else(wrong_code)?;
        checked.last_step = step;
        return Ok((Proven::ByCode, checked));
    }
    if normalise(code).is_none() {
        return Err(wrong_code());
    }
    let hash = hash(key, user.id, code);
    checked.recovery_codes.retain(|left| *left != hash);
    if checked.recovery_codes.len() == factor.recovery_codes.len() {
        return Err(wrong_code());
    }
    Ok((Proven::ByRecoveryCode(checked.recovery_codes.len()), checked))
}

/// Returns the secret of a second factor, or `None` if the key is another one.
fn open(key: &SealingKey, account: UserId, sealed: &[u8]) -> Option<TotpSecret> {
    TotpSecret::from_bytes(&key.open(sealed, &owner(account))?)
}

/// Returns true if codes of an account can be checked with the key of the key file.
pub(super) fn can_check(key: Option<&SealingKey>, account: UserId, factor: &SecondFactor) -> bool {
    key.is_some_and(|key| open(key, account, &factor.sealed).is_some())
}

/// Returns the accounts whose second factor cannot be read.
///
/// # Errors
/// The rows cannot be read.
fn unreadable_accounts(rows: &dyn Read, key: Option<&SealingKey>) -> Result<FoundRows, Failure> {
    let mut found = FoundRows::default();
    let mut last = UserId(i64::MIN);
    loop {
        let page = rows.sealed_secrets(last, PAGE)?;
        for (id, sealed) in &page {
            if key.is_none_or(|key| open(key, *id, sealed).is_none()) {
                found.add(id.to_string());
            }
        }
        match page.last() {
            Some((id, _)) => last = *id,
            None => return Ok(found),
        }
    }
}

/// Returns a new secret for an app of this account.
///
/// # Errors
/// The system has no random numbers.
pub(super) fn offer(user: &User) -> Result<FactorOffer, Failure> {
    offer_of(&TotpSecret::new()?, user)
}

fn offer_of(secret: &TotpSecret, user: &User) -> Result<FactorOffer, Failure> {
    let label = user.label();
    Ok(FactorOffer { secret: secret.to_text()?, uri: secret.uri(label)?, label: label.to_owned() })
}

/// Returns the time step of the code with which somebody shows that an app has the secret.
///
/// # Errors
/// [`wrong_code`], with what may be the reason.
pub(super) fn verified(secret: &Secret, code: &Secret, now: Timestamp) -> Result<(TotpSecret, i64), Failure> {
    let wrong = || wrong_code().hint("Check the clock of your device.");
    let secret = TotpSecret::parse(secret).ok_or_else(wrong)?;
    let step = secret.step_of(code, now, 0).ok_or_else(wrong)?;
    Ok((secret, step))
}

/// Refuses an account that has a second factor already.
///
/// # Errors
/// [`FailureKind::Conflict`].
pub(super) fn require_none(rows: &dyn Read, user: &User) -> Result<(), Failure> {
    if rows.second_factor(user.id)?.is_none_or(|factor| factor.since.is_none()) {
        return Ok(());
    }
    let words = format!("{} has a second factor already.", excerpt(user.label()));
    Err(Failure::new(FailureKind::Conflict, words)
        .hint("Reset it first: nexus user second-factor WHO --reset"))
}

/// Stores a new second factor, with the time and the step of the code that has verified it. An account with a verified one is
/// left alone.
///
/// # Errors
/// As [`require_none`].
pub(super) fn enrol(
    tx: &mut Transaction<'_>,
    user: &User,
    key: &SealingKey,
    secret: &TotpSecret,
    verified: Option<(Timestamp, i64)>,
) -> Result<FactorSlip, Failure> {
    require_none(tx.rows, user)?;
    let NewFactor { stored, codes } = NewFactor::make(key, user.id, secret, verified)?;
    tx.rows.set_second_factor(user.id, Some(&stored))?;
    let after = FieldValues::new().with("verified", verified.is_some());
    tx.note(Action::FactorEnrolled, journal_writer::account(user), FieldValues::new(), after)?;
    let summary = ActionSummary { accounts: 1, ..ActionSummary::new(Action::FactorEnrolled) };
    let offer = offer_of(secret, user)?;
    Ok(FactorSlip { summary: lookup::about(summary, user), codes, offer, is_verified: verified.is_some() })
}

/// Removes the second factor of an account.
///
/// # Errors
/// [`FailureKind::Refused`] for a plain user and somebody else's; [`FailureKind::NotFound`] if there is none.
pub(super) fn reset(tx: &mut Transaction<'_>, who: &Who) -> Result<ActionSummary, Failure> {
    let user = own_or_any(tx.snapshot(), who, "reset another account's second factor")?;
    if tx.rows.second_factor(user.id)?.is_none() {
        let words = format!("{} has no second factor.", excerpt(user.label()));
        return Err(Failure::new(FailureKind::NotFound, words));
    }
    tx.rows.set_second_factor(user.id, None)?;
    tx.note(Action::FactorReset, journal_writer::account(&user), FieldValues::new(), FieldValues::new())?;
    let summary = ActionSummary { accounts: 1, ..ActionSummary::new(Action::FactorReset) };
    Ok(lookup::about(summary, &user))
}

/// Returns the account, if it is the principal's own or the principal is an admin.
///
/// # Errors
/// [`FailureKind::Refused`], [`FailureKind::NotFound`].
pub(super) fn own_or_any(snapshot: Snapshot<'_>, who: &Who, what: &str) -> Result<User, Failure> {
    let user = snapshot.account(who)?;
    if snapshot.principal.account() != Some(user.id.0) {
        snapshot.principal.admin_only(what)?;
    }
    Ok(user)
}

/// Returns the reply of an action that shows a slip. A dry run shows none, because it would not work.
pub(super) fn show(summary: ActionSummary, slip: Option<FactorSlip>, dry_run: bool) -> Reply {
    match slip.filter(|_| !dry_run) {
        Some(slip) => Reply::FactorSet(Box::new(FactorSlip { summary, ..slip })),
        None => Reply::Done(summary),
    }
}

/// Returns the finding about accounts whose second factor cannot be read.
///
/// # Errors
/// The rows cannot be read.
pub(super) fn findings(service: &Service) -> Result<Vec<Finding>, Failure> {
    let key = key(service);
    let unreadable = |rows: &dyn Read| unreadable_accounts(rows, key.as_ref().ok().and_then(Option::as_ref));
    let rows = read(&*service.store, unreadable)?;
    if rows.total() == 0 {
        return Ok(Vec::new());
    }
    let have = count(rows.total(), "account has", "accounts have");
    let why = match key {
        Ok(None) => "there is no key file beside the store".to_owned(),
        Ok(Some(_)) => "the key file beside the store is not the one they were set up with".to_owned(),
        Err(failure) => failure.message.trim_end_matches('.').to_owned(),
    };
    Ok(vec![Finding {
        check: "second-factor",
        severity: Severity::Warning,
        object: "nexus_accounts.factor_secret".to_owned(),
        message: format!("{have} a second factor that cannot be checked (id {}): {why}.", rows.names()),
        fix: PUT_BACK.into(),
        fixable: false,
    }])
}

#[cfg(test)]
mod tests;
