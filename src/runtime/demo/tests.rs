//! The demo's rows, in a real store.

use tempfile::TempDir;

use crate::auth::password::{Cost, Hasher};
use crate::domain::config::{FactorPolicy, KeepDays, Registration};
use crate::domain::filter::Filter;
use crate::domain::idle_settings::IdleSettings;
use crate::domain::page::{Anchor, RowRange, Sort};
use crate::domain::session_settings::SessionSettings;
use crate::domain::time::from_stored;
use crate::domain::user::User;
use crate::runtime::clock;
use crate::runtime::host;
use crate::service::operations::StepLimits;
use crate::service::{Proofs, Service, UnstoredTries};
use crate::store::{Access, ListOf};

use super::*;

fn now() -> Timestamp {
    from_stored("2026-11-23 12:00:00").unwrap()
}

fn demo(folder: &TempDir) -> Service {
    let store = store::open(&folder.path().join("nexus.db").into(), Access::ReadWrite).unwrap();
    let mut service = Service {
        store,
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
    populate(&mut service, now()).unwrap();
    service
}

fn users(service: &Service) -> Vec<User> {
    let list = ListOf { filter: Filter::default(), scope: None, sort: Sort::default() };
    let all = RowRange { anchor: Anchor::After(0), before: 0, len: 5_000 };
    store::read(&*service.store, |rows| rows.users(now(), &list, all)).unwrap().rows
}

#[test]
fn it_is_the_same_every_time() {
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let [one, other] = folders.each_ref().map(|folder| users(&demo(folder)));
    assert_eq!(one.len(), 2_000);
    assert_eq!(one, other);
}
