//! Every key for programs is in the manual, with its place.

use std::collections::BTreeSet;

use crate::domain::backup::BackupCheck;
use crate::domain::bin::BinItem;
use crate::domain::calendar::AheadChange;
use crate::domain::directory::{Directory, TreeRow};
use crate::domain::finding::Finding;
use crate::domain::journal::Entry;
use crate::domain::session::Session;
use crate::domain::user::User;
use crate::service::contract::{
    Action, ActionSummary, AsItWas, BackupReply, BackupReport, CodeInForce, ExportReport, FactorOffer,
    FactorSlip, Gates, ImportReport, InvitationInForce, Metrics, Overview, RestoreReport, UserDetail,
    VerifiedBackup,
};

use super::super::output::Record;
use super::super::*;

const MANUAL: &str = include_str!("../../../assets/manual/json.md");

/// Returns the rows of the manual's table: a key, and its place.
fn documented() -> BTreeSet<(&'static str, &'static str)> {
    let rows = MANUAL.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.map(|row| {
        let (key, rest) = row.split_once("` | ").unwrap();
        let (places, meaning) = rest.split_once(" | ").unwrap();
        assert!(meaning.len() > 5, "{row}");
        (key, places)
    });
    rows.flat_map(|(key, places)| places.split(", ").map(move |place| (key, place))).collect()
}

fn of<R: Record>(place: &'static str) -> Vec<(&'static str, &'static str)> {
    R::keys().into_iter().map(|key| (key.name, place)).collect()
}

fn of_rows() -> Vec<(&'static str, &'static str)> {
    [
        of::<User>("account"),
        of::<UserDetail>("account shown"),
        of::<AheadChange>("calendar"),
        of::<Gates>("gates"),
        of::<CodeInForce>("access code"),
        of::<InvitationInForce>("invitation"),
        of::<AsItWas>("account as it was"),
        of::<Session>("session"),
        of::<super::super::session::Verified>("token checked"),
        of::<Finding>("finding"),
        of::<Directory>("directory"),
        of::<TreeRow>("tree"),
        of::<BinItem>("bin"),
        of::<Entry>("journal"),
        of::<Overview>("overview"),
        of::<Metrics>("metrics"),
    ]
    .concat()
}

fn of_acts() -> Vec<(&'static str, &'static str)> {
    let secret = Secret::from_text("7K3M-9QXT").unwrap();
    let mut keys = BTreeSet::new();
    for action in Action::ALL {
        let shown =
            matches!(action, Action::Issued | Action::Added).then(|| (&secret, super::super::testing::now()));
        let fields = action_report::fields(ActionSummary::new(action), false, shown);
        keys.extend(fields.into_iter().map(|(key, _)| (key, "act")));
    }
    let shown = || secret.clone();
    let slip = FactorSlip {
        summary: ActionSummary::new(Action::FactorEnrolled),
        codes: vec![shown()],
        offer: FactorOffer { secret: shown(), uri: shown(), label: "alan".into() },
        is_verified: false,
    };
    keys.extend(action_report::factor_fields(slip).into_iter().map(|(key, _)| (key, "act")));
    let import = import_report::fields(ImportReport::default(), false);
    keys.extend(import.into_iter().map(|(key, _)| (key, "import")));
    keys.extend(of_backups());
    let export = super::super::export::fields(&ExportReport::default(), "a.json".as_ref(), false);
    keys.extend(export.into_iter().map(|(key, _)| (key, "export")));
    keys.into_iter().collect()
}

fn of_backups() -> Vec<(&'static str, &'static str)> {
    let file = PathBuf::from("/srv/b.db");
    let content = super::backup::content();
    let check = BackupCheck { content: Some(content.clone()), findings: Vec::new() };
    let backup = VerifiedBackup { file: file.clone(), check };
    let (bytes, sha256, findings) = (1, String::new(), Vec::new());
    let store = "/srv/nexus.db".to_owned();
    let (file_made, set_aside) = (file.clone(), Vec::new());
    let report = BackupReport {
        file: file_made,
        bytes,
        sha256,
        content,
        findings,
        set_aside,
        key_file: None,
        entry: None,
    };
    let restored = RestoreReport {
        backup: backup.clone(),
        store: store.clone(),
        kept: None,
        sessions_ended: 0,
        key: None,
        entry: None,
    };
    let replies = [
        ("backup", BackupReply::Foreseen { file, overwrites: true }),
        ("backup", BackupReply::Made(report)),
        ("backup", BackupReply::Verified(backup.clone())),
        ("restore", BackupReply::RestoreForeseen { backup, store: Some(store), sessions: 0, key: None }),
        ("restore", BackupReply::Restored(restored)),
    ];
    let keys = replies.iter().flat_map(|(place, reply)| {
        super::super::backup::fields(reply).into_iter().map(|(key, _)| (key, *place))
    });
    keys.collect()
}

#[test]
fn every_key_is_documented_where_it_is_found_and_no_other() {
    let others = ["kind", "message", "hint", "exit", "report"].map(|key| (key, "error"));
    let head = ["seq", "hash"].map(|key| (key, "journal head"));
    let verified = ["whole", "seq", "hash", "broken"].map(|key| (key, "journal verified"));
    let found: BTreeSet<_> =
        of_rows().into_iter().chain(of_acts()).chain(others).chain(head).chain(verified).collect();
    let documented = documented();
    let missing: Vec<_> = found.difference(&documented).collect();
    let unknown: Vec<_> = documented.difference(&found).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:?}, unknown {unknown:?}");
}

#[test]
fn no_row_has_a_key_for_a_secret() {
    for (key, place) in of_rows() {
        assert!(!["password", "session_token", "access_code"].contains(&key), "{key} of {place}");
    }
}
