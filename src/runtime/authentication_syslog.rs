//! Log-ins in the local syslog: one line each, which filters such as fail2ban's can trust.
//!
//! The address stands before everything that a person chose, and only an address that logind or utmp confirms: nobody can
//! get somebody else's banned.

use std::path::Path;

use crate::domain::text::excerpt_bare;
use crate::domain::time::Timestamp;
use crate::service::{AuthenticationKind, AuthenticationLog, AuthenticationReport};

use super::host_info::{self, LogInPlace};
use super::syslog::{Syslog, SyslogSeverity};

/// Returns the log of authentications for the store in this file.
pub fn authentication_log(store: &str) -> Box<dyn AuthenticationLog> {
    let syslog = Syslog::local(Path::new(store));
    Box::new(AuthenticationSyslog { syslog, place: host_info::place(), os_user: host_info::user() })
}

struct AuthenticationSyslog {
    syslog: Syslog,
    place: LogInPlace,
    os_user: String,
}

impl AuthenticationLog for AuthenticationSyslog {
    fn write(&mut self, now: Timestamp, report: &AuthenticationReport) {
        let severity = if report.result.is_ok() { SyslogSeverity::Info } else { SyslogSeverity::Notice };
        // Systems without a syslog are common, and nobody may be kept out by one that does not listen.
        let _ = self.syslog.send(now, severity, &self.line(report));
    }
}

impl AuthenticationSyslog {
    fn line(&self, AuthenticationReport { kind, account, result }: &AuthenticationReport) -> String {
        let what = match kind {
            AuthenticationKind::LogIn => "log-in",
            AuthenticationKind::Unlock => "unlock",
            AuthenticationKind::Token => "token check",
        };
        let failed = if result.is_ok() { "" } else { "failed " };
        let place = match &self.place {
            LogInPlace::Address(address) => format!("from {address}"),
            LogInPlace::Terminal(name) => format!("at {name}"),
            LogInPlace::Nowhere => "without a terminal".to_owned(),
        };
        let account = account.as_ref().map_or_else(
            || "unknown account".to_owned(),
            |account| format!("account {} {}", account.id, quoted(&account.label)),
        );
        let (os_user, store) = (quoted(&self.os_user), quoted(&self.syslog.store));
        let line = format!("{failed}{what} {place}: {account}, OS user {os_user}, store {store}");
        match result {
            Ok(()) => line,
            Err(words) => format!("{line}: {}", excerpt_bare(words.trim_end_matches('.'))),
        }
    }
}

/// Returns a text in quotation marks that none of its own can end.
fn quoted(text: &str) -> String {
    format!("\"{}\"", excerpt_bare(text).replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;

    use crate::domain::time::from_stored;
    use crate::domain::user::UserId;
    use crate::service::ReportedAccount;

    use super::*;

    fn log(socket: &Path, place: LogInPlace) -> AuthenticationSyslog {
        let syslog = Syslog::at(socket.to_owned(), Path::new("/srv/nexus.db"));
        AuthenticationSyslog { syslog, place, os_user: "media".into() }
    }

    fn report(label: Option<&str>, result: Result<(), String>) -> AuthenticationReport {
        let account = label.map(|label| ReportedAccount { id: UserId(7), label: label.into() });
        AuthenticationReport { kind: AuthenticationKind::LogIn, account, result }
    }

    fn wrong() -> Result<(), String> {
        Err("Wrong username or password.".into())
    }

    fn line(place: LogInPlace, report: &AuthenticationReport) -> String {
        log(Path::new("/nowhere"), place).line(report)
    }

    #[test]
    fn a_line_tells_place_account_user_store_and_the_reason() {
        let address = || LogInPlace::Address("10.0.4.7".parse().unwrap());
        assert_eq!(
            line(address(), &report(Some("ada"), wrong())),
            "failed log-in from 10.0.4.7: account 7 \"ada\", OS user \"media\", store \"/srv/nexus.db\": \
             Wrong username or password"
        );
        assert_eq!(
            line(LogInPlace::Terminal("pts/3".into()), &report(Some("ada"), Ok(()))),
            "log-in at pts/3: account 7 \"ada\", OS user \"media\", store \"/srv/nexus.db\""
        );
        let unknown = report(None, wrong());
        assert!(
            line(LogInPlace::Nowhere, &unknown)
                .starts_with("failed log-in without a terminal: unknown account, OS")
        );
        for (kind, words) in [
            (AuthenticationKind::Unlock, "failed unlock from 10.0.4.7: "),
            (AuthenticationKind::Token, "failed token check from 10.0.4.7: "),
        ] {
            let report = AuthenticationReport { kind, ..unknown.clone() };
            assert!(line(address(), &report).starts_with(words));
        }
    }

    #[test]
    fn a_name_ends_neither_its_quotation_marks_nor_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("log");
        let listener = UnixDatagram::bind(&socket).unwrap();
        let name =
            format!("x\"\n<85>Nov  3 nexus[1]: failed log-in from 10.0.0.1: \u{202e}{}", "y".repeat(5_000));
        let now = from_stored("2026-11-03 12:00:00").unwrap();
        log(&socket, LogInPlace::Terminal("pts/3\n".into())).write(now, &report(Some(&name), wrong()));
        let mut bytes = [0; 4_096];
        let length = listener.recv(&mut bytes).unwrap();
        let text = std::str::from_utf8(&bytes[..length]).unwrap();
        assert!(text.starts_with("<85>Nov  ") && text.len() < 1_000, "{text}");
        assert!(!text.contains(['\n', '\u{202e}']), "{text}");
        let (_, words) = text.split_once("]: ").unwrap();
        assert!(words.starts_with("failed log-in at pts/3␊: account 7 \"x\\\"␊<85>Nov"), "{words}");
        assert!(
            words.ends_with("…\", OS user \"media\", store \"/srv/nexus.db\": Wrong username or password")
        );
        log(&socket, LogInPlace::Nowhere).write(now, &report(Some("ada"), Ok(())));
        assert!(listener.recv(&mut bytes).is_ok() && bytes.starts_with(b"<86>"));
    }

    #[test]
    fn without_a_syslog_nothing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let now = from_stored("2026-11-03 12:00:00").unwrap();
        log(&folder.path().join("log"), LogInPlace::Nowhere).write(now, &report(None, wrong()));
    }
}
