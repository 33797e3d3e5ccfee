//! Reports every check of a password, an access code or a token to the log outside of the store.

use crate::store::{StoreError, read};

use super::authentication::Recorded;
use super::authentication_report::{AuthenticationKind, AuthenticationReport, ReportedAccount};
use super::contract::{Failure, Reply, Request, Sessions, SignIn};
use super::instance::Service;
use super::lookup::credentials;
use super::operator::Principal;
use super::request_context::RequestContext;

/// A check that is about to be made.
pub(super) struct Attempt {
    kind: AuthenticationKind,
    /// The name that was typed at log-in.
    name: Option<String>,
    failures: Recorded,
}

/// Returns the check that a request is, if there is a log for it.
pub(super) fn attempt(service: &Service, request: &Request) -> Option<Attempt> {
    service.log.as_ref()?;
    let unnamed = |kind| Attempt { kind, name: None, failures: Recorded::EveryRefusal };
    match request {
        Request::SignIn(
            request @ (SignIn::LogIn { name, .. }
            | SignIn::EnrolFactor { name, .. }
            | SignIn::Choose { name, .. }),
        ) => Some(Attempt {
            kind: AuthenticationKind::LogIn,
            name: Some(name.clone()),
            failures: Recorded::of(request),
        }),
        Request::SignIn(SignIn::SetUp { .. }) => Some(unnamed(AuthenticationKind::LogIn)),
        Request::SignIn(SignIn::Unlock(_) | SignIn::Prove(_)) => Some(unnamed(AuthenticationKind::Unlock)),
        Request::Sessions(Sessions::Verify(_)) => Some(unnamed(AuthenticationKind::Token)),
        Request::SignIn(
            SignIn::Look | SignIn::Register { .. } | SignIn::StillIn | SignIn::SeeAs(_) | SignIn::LogOut,
        )
        | Request::Sessions(
            Sessions::List { .. }
            | Sessions::Show(_)
            | Sessions::Issue { .. }
            | Sessions::Renew { .. }
            | Sessions::Revoke(_)
            | Sessions::Sweep,
        )
        | Request::Accounts(_)
        | Request::Directories(_)
        | Request::Import(_)
        | Request::Export(_)
        | Request::Journal(_)
        | Request::Undo(_)
        | Request::Bin(_)
        | Request::Counted(_)
        | Request::Doctor(_)
        | Request::Check(_)
        | Request::Backup(_)
        | Request::Overview
        | Request::Metrics => None,
    }
}

impl Attempt {
    /// Writes the result of the check to the log. A request that failed for another reason than the secret or the account,
    /// and a log-in that goes on with another step, are not reported.
    pub(super) fn report(
        self,
        service: &mut Service,
        context: &RequestContext<'_>,
        result: &Result<Reply, Failure>,
    ) {
        let (account, result) = match result {
            Ok(Reply::SignedIn(operator)) => {
                (Some(ReportedAccount { id: operator.id, label: operator.label.clone() }), Ok(()))
            }
            Ok(Reply::Verified(session, names)) => {
                let label = names.label().to_owned();
                (Some(ReportedAccount { id: session.user_id, label }), Ok(()))
            }
            Err(failure) if self.failures.includes(failure) => {
                (self.account(service, context), Err(failure.message.clone()))
            }
            Ok(_) | Err(_) => return,
        };
        let report = AuthenticationReport { kind: self.kind, account, result };
        if let Some(log) = &mut service.log {
            log.write(context.now, &report);
        }
    }

    /// Returns the account that failed. One that cannot be read now counts as unknown.
    fn account(&self, service: &Service, context: &RequestContext<'_>) -> Option<ReportedAccount> {
        let found = read(&*service.store, |rows| {
            Ok::<_, StoreError>(match (self.kind, &self.name) {
                (AuthenticationKind::LogIn, Some(name)) => {
                    credentials(rows, context.now, name)?.map(|found| ReportedAccount::of(&found.user))
                }
                (AuthenticationKind::Unlock, _) => {
                    let principal = Principal::find(rows, context).ok();
                    principal.and_then(|principal| principal.user().ok().map(ReportedAccount::of))
                }
                (AuthenticationKind::LogIn | AuthenticationKind::Token, _) => None,
            })
        });
        found.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use crate::auth::totp::TotpSecret;
    use crate::domain::config::FactorPolicy;
    use crate::domain::filter::Filter;
    use crate::domain::secret::Secret;
    use crate::domain::time::{Duration, Timestamp};
    use crate::domain::user::{AccessLevel, Status};

    use super::super::authentication_report::AuthenticationLog;
    use super::super::contract::{AccountChange, Caller, Directories};
    use super::super::testing::{ALL, Bench, OTHER, PASSWORD, fields, in_order, secret, who};
    use super::*;

    /// A log that is kept in memory.
    #[derive(Clone, Default)]
    struct Reports(Arc<Mutex<Vec<AuthenticationReport>>>);

    impl AuthenticationLog for Reports {
        fn write(&mut self, _: Timestamp, report: &AuthenticationReport) {
            self.0.lock().unwrap().push(report.clone());
        }
    }

    impl Reports {
        fn of(bench: &mut Bench) -> Self {
            let reports = Self::default();
            bench.service.log = Some(Box::new(reports.clone()));
            reports
        }

        /// Returns the reports since the last call: kind, account and result.
        fn take(&self) -> Vec<(AuthenticationKind, Option<String>, Result<(), String>)> {
            let reports = std::mem::take(&mut *self.0.lock().unwrap());
            let labels = |report: AuthenticationReport| {
                (report.kind, report.account.map(|account| account.label), report.result)
            };
            reports.into_iter().map(labels).collect()
        }
    }

    const WRONG: &str = "Wrong username or password.";

    fn failed(
        account: Option<&str>,
        words: &str,
    ) -> Vec<(AuthenticationKind, Option<String>, Result<(), String>)> {
        vec![(AuthenticationKind::LogIn, account.map(str::to_owned), Err(words.to_owned()))]
    }

    fn entered(name: &str) -> Vec<(AuthenticationKind, Option<String>, Result<(), String>)> {
        vec![(AuthenticationKind::LogIn, Some(name.to_owned()), Ok(()))]
    }

    #[test]
    fn every_log_in_is_reported_once_and_no_unknown_name() {
        let mut bench = Bench::new();
        bench.account("eve", AccessLevel::User, Status::Suspended);
        let reports = Reports::of(&mut bench);
        bench.log_in("ada@nexus.example", PASSWORD).unwrap();
        assert_eq!(reports.take(), entered("ada"));
        bench.log_in(" ADA ", OTHER).unwrap_err();
        assert_eq!(reports.take(), failed(Some("ada"), WRONG));
        bench.log_in(PASSWORD, "ada").unwrap_err();
        assert_eq!(reports.take(), failed(None, WRONG));
        bench.log_in("eve", PASSWORD).unwrap_err();
        assert_eq!(reports.take(), failed(Some("eve"), "This account is suspended."));
    }

    #[test]
    fn attempts_at_a_code_are_reported_and_so_is_the_log_in_that_it_leads_to() {
        let mut bench = Bench::new();
        let reports = Reports::of(&mut bench);
        bench.account("grace", AccessLevel::User, Status::Pending);
        let make = AccountChange::MakeCode { life: Duration::hours(1) }.of(who("grace"));
        let Ok(Reply::Secret { secret: code, .. }) = bench.ask(Caller::Owner, make.into()) else { panic!() };
        assert_eq!(reports.take(), []);
        bench.log_in("grace", "0000-0000").unwrap_err();
        assert_eq!(reports.take(), failed(Some("grace"), WRONG));
        assert!(matches!(bench.log_in("grace", code.expose()), Ok(Reply::ChoosePassword(_))));
        assert_eq!(reports.take(), [], "nobody is logged in yet");
        let choose = |proof: &Secret| SignIn::Choose {
            name: "grace".into(),
            proof: proof.clone(),
            password: secret(OTHER),
        };
        bench.ask(Caller::Nobody, choose(&secret("1111-1111")).into()).unwrap_err();
        assert_eq!(reports.take(), failed(Some("grace"), WRONG));
        bench.ask(Caller::Nobody, choose(&code).into()).unwrap();
        assert_eq!(reports.take(), entered("grace"));
    }

    #[test]
    fn a_mistyped_code_of_a_second_factor_that_is_being_set_up_is_not_reported() {
        let mut bench = Bench::new();
        bench.service.factor_policy = FactorPolicy::All;
        let reports = Reports::of(&mut bench);
        let factor = TotpSecret::new().unwrap().to_text().unwrap();
        let enrol = |proof| SignIn::EnrolFactor {
            name: "ada".into(),
            proof: secret(proof),
            factor: factor.clone(),
            code: secret("x"),
        };
        assert_eq!(bench.refused(Caller::Nobody, enrol(PASSWORD)).message, "Wrong code.");
        assert_eq!(reports.take(), []);
        bench.refused(Caller::Nobody, enrol(OTHER));
        assert_eq!(reports.take(), failed(Some("ada"), WRONG));
    }

    #[test]
    fn an_unlock_and_a_token_are_reported_and_nothing_else_is() {
        let mut bench = Bench::new();
        let caller = bench.operator("ada");
        let reports = Reports::of(&mut bench);
        let ada = Some("ada".to_owned());
        bench.ask(caller, SignIn::Unlock(secret(OTHER)).into()).unwrap_err();
        bench.ask(caller, SignIn::Unlock(secret(PASSWORD)).into()).unwrap();
        let unlock = AuthenticationKind::Unlock;
        let wrong = "Wrong password.".to_owned();
        assert_eq!(reports.take(), [(unlock, ada.clone(), Err(wrong)), (unlock, ada.clone(), Ok(()))]);

        let issue = Sessions::Issue { who: who("ada"), life: Duration::hours(1), label: None };
        let Ok(Reply::Secret { secret: token, .. }) = bench.ask(Caller::Owner, issue.into()) else {
            panic!()
        };
        bench.ask(Caller::Owner, Sessions::Verify(token).into()).unwrap();
        bench.ask(Caller::Owner, Sessions::Verify(secret("nxs_other")).into()).unwrap_err();
        let words = "Invalid token: it is unknown.".to_owned();
        let token = AuthenticationKind::Token;
        assert_eq!(reports.take(), [(token, ada, Ok(())), (token, None, Err(words))]);

        let list = Directories::List { of: None, filter: Filter::default(), sort: in_order(), span: ALL };
        bench.ask(caller, list.into()).unwrap();
        bench.ask(caller, SignIn::StillIn.into()).unwrap();
        bench.ask(caller, SignIn::LogOut.into()).unwrap();
        assert_eq!(reports.take(), []);
    }

    #[test]
    fn the_first_admin_and_a_read_only_console_are_reported_too() {
        let mut bench = Bench::empty();
        let reports = Reports::of(&mut bench);
        let set_up = SignIn::SetUp { fields: fields("ada"), password: secret(PASSWORD) };
        bench.ask(Caller::Nobody, set_up.into()).unwrap();
        assert_eq!(reports.take(), entered("ada"));
        bench.read_only();
        bench.log_in("ada", PASSWORD).unwrap();
        assert_eq!(reports.take(), entered("ada"));
        bench.log_in("ada", OTHER).unwrap_err();
        assert_eq!(reports.take(), failed(Some("ada"), WRONG));
    }
}
