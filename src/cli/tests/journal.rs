//! The journal: the list, the check, and one account's history.

use crate::domain::filter::{Filter, Test};
use crate::domain::journal::{
    Actor, Break, CHANGED, EntityKind, EntityRef, Entry, Erased, FieldValues, Head, JournalColumn, Origin,
    Outcome,
};
use crate::domain::page::{Anchor, Sort, Window};
use crate::domain::time::from_stored;
use crate::domain::user::{UserId, Who};
use crate::service::contract::{
    Accounts, AsItWas, Checked, Failure, FailureKind, Journal, Reply, Request, UserDetail,
};

use super::super::testing::{Ran, World, now, user};

fn entry(seq: i64) -> Entry {
    Entry {
        seq,
        at: Some(now()),
        actor: Actor { account: Some(UserId(1)), name: "ada".into(), sudo_user: None },
        origin: Origin { session: Some(7), place: "10.0.4.7".into() },
        action: "edit".into(),
        outcome: Outcome::Done,
        object: EntityRef {
            kind: EntityKind::Account,
            id: Some(3),
            label: "alan".into(),
            account: Some(UserId(3)),
        },
        before: FieldValues::new().with("access_level", "user").with("address", serde_json::Value::Null),
        after: FieldValues::new().with("access_level", "admin").with("address", "1 Bletchley\nPark"),
        act: seq,
        undoes: None,
        reason: None,
        hash: "ab".repeat(32),
        erased: Erased::default(),
    }
}

fn refusal(seq: i64) -> Entry {
    Entry {
        actor: Actor { account: None, name: "root".into(), sudo_user: Some("op\x1b".into()) },
        origin: Origin { session: None, place: "pts/3".into() },
        at: None,
        outcome: Outcome::Refused,
        action: "log-in".into(),
        before: FieldValues::new(),
        after: FieldValues::new().with("password", CHANGED).with("sessions_ended", 2),
        ..entry(seq)
    }
}

/// Runs a command over a journal of `total` entries.
fn journal(args: &[&str], total: i64) -> Ran {
    World::default().run(&[&["journal", "list"], args].concat(), &mut |request, _| {
        let Request::Journal(Journal::List { span, sort, .. }) = request else { panic!("{request:?}") };
        let len = span.len as usize;
        let rows: Vec<_> = match span.anchor {
            Anchor::After(seq) => (1..=total).rev().filter(|n| *n < seq).take(len).map(entry).collect(),
            Anchor::Position(at) if !sort.descending => {
                (1..=total).skip(at as usize).take(len).map(entry).collect()
            }
            _ => panic!("{span:?}"),
        };
        let first = if let Anchor::Position(at) = span.anchor { at } else { 0 };
        Ok(Reply::Entries(Window { rows, first, ..Window::default() }))
    })
}

fn seqs(ran: &Ran) -> Vec<i64> {
    let list: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    list.as_array().unwrap().iter().map(|row| row["seq"].as_i64().unwrap()).collect()
}

/// Follows a journal that has `lengths` entries, one after another, each time that it is looked at.
fn followed(args: &[&str], lengths: &[i64]) -> Ran {
    let (mut looks, mut total) = (lengths.iter(), 0);
    let format: &[_] = if args.contains(&"--format") { &[] } else { &["--format", "jsonl"] };
    let args = [&["journal", "list", "--follow"], format, args].concat();
    let waits = 0..lengths.len() as u32 - 1;
    World { waits, ..World::default() }.run(&args, &mut |request, _| {
        let Request::Journal(request) = request else { panic!("{request:?}") };
        Ok(match request {
            Journal::Version => {
                total = *looks.next().unwrap();
                Reply::Version(total)
            }
            Journal::Head => Reply::Head(head(total)),
            Journal::List { sort, span, .. } => {
                let Anchor::After(seq) = span.anchor else { panic!("{span:?}") };
                let len = span.len as usize;
                let rows = if sort.descending {
                    (1..seq.min(total + 1)).rev().take(len).map(entry).collect()
                } else {
                    (seq + 1..=total).take(len).map(entry).collect()
                };
                Reply::Entries(Window { rows, ..Window::default() })
            }
            Journal::Lines { .. } | Journal::AsItWas { .. } | Journal::Verify { .. } => panic!("{request:?}"),
        })
    })
}

fn followed_seqs(ran: &Ran) -> Vec<i64> {
    let seq = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["seq"].as_i64().unwrap();
    ran.out.lines().map(seq).collect()
}

#[test]
fn a_journal_is_followed_from_its_last_entries_on_oldest_first() {
    let ran = followed(&[], &[25, 25, 26, 1_300, 1_300]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(followed_seqs(&ran), (16..=1_300).collect::<Vec<_>>());
    assert_eq!(followed_seqs(&followed(&["--limit", "2"], &[25, 26])), [24, 25, 26]);
    assert_eq!(followed_seqs(&followed(&["--limit", "700"], &[600])), (1..=600).collect::<Vec<_>>());
    assert_eq!(followed_seqs(&followed(&[], &[0, 0, 3])), [1, 2, 3]);
    // Nothing is read again while nothing has changed.
    let idle = followed(&[], &[3, 3, 3, 3]);
    assert_eq!(idle.asked.len(), 4 + 2, "{:?}", idle.asked);
    assert_eq!(followed(&["--columns", "seq"], &[1]).out, "{\"seq\":1}\n");
    // An array would have no end.
    assert_eq!(followed(&["--columns", "seq", "--format", "json"], &[1]).out, "{\"seq\":1}\n");
}

#[test]
fn a_journal_that_became_another_one_is_not_followed() {
    let ran = followed(&[], &[25, 20]);
    assert_eq!(ran.code, 7);
    assert!(ran.err.contains("no longer the one that was followed"), "{}", ran.err);
    assert_eq!(followed_seqs(&ran), (16..=25).collect::<Vec<_>>());
}

#[test]
fn what_cannot_be_followed_is_wrong_usage() {
    for args in [&["--sort", "seq"][..], &["--after", "7"]] {
        let ran = World::default()
            .run(&[&["journal", "list", "--follow"], args].concat(), &mut |_, _| panic!("{args:?}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    }
}

#[test]
fn entries_are_streamed_newest_first() {
    for total in [0, 1, 500, 1_234] {
        let ran = journal(&["--format", "json"], total);
        assert_eq!(seqs(&ran), (1..=total).rev().collect::<Vec<_>>());
    }
    assert_eq!(journal(&[], 0).err, "No entries.\n");
}

#[test]
fn after_goes_on_to_older_ones() {
    assert_eq!(seqs(&journal(&["--format", "json", "--limit", "2", "--after", "10"], 100)), [9, 8]);
    let args = ["--format", "json", "--limit", "2", "--after", "10", "--sort", "seq:desc"];
    assert_eq!(seqs(&journal(&args, 100)), [9, 8]);
    assert_eq!(seqs(&journal(&["--format", "json", "--limit", "2", "--sort", "seq"], 100)), [1, 2]);
    assert_eq!(journal(&["--sort", "seq", "--after", "10"], 100).code, 2);
}

#[test]
fn the_journal_has_a_filter_of_its_own() {
    let ran = journal(&["--filter", "by:ada verb:delete user:alan since:2d"], 1);
    let Request::Journal(Journal::List { filter, sort, .. }) = &ran.asked[0].0 else { panic!() };
    assert_eq!(filter.terms.len(), 4);
    assert_eq!(*sort, Sort { column: JournalColumn::Seq, descending: true });
    assert_eq!(journal(&["--filter", "status:pending"], 1).code, 6);
    assert_eq!(journal(&["--filter", ""], 1).code, 6);
}

#[test]
fn entries_in_every_format() {
    let window = Window { rows: vec![refusal(8), entry(7)], ..Window::default() };
    for format in ["table", "json", "csv"] {
        let ran = World::default()
            .run(&["journal", "list", "--format", format], &mut |_, _| Ok(Reply::Entries(window.clone())));
        insta::assert_snapshot!(format!("journal_{format}"), ran.out);
    }
}

fn head(seq: i64) -> Head {
    Head { seq, hash: "ab".repeat(32) }
}

#[test]
fn the_head_is_printed_alone() {
    let print = |format| {
        World::default()
            .run(&["journal", "head", "--format", format], &mut |_, _| Ok(Reply::Head(head(12))))
            .out
    };
    let hash = "ab".repeat(32);
    assert_eq!(print("table"), format!("12:{hash}\n"));
    assert_eq!(print("json"), format!("{{\"seq\":12,\"hash\":\"{hash}\"}}\n"));
    assert_eq!(print("csv"), format!("seq,hash\r\n12,{hash}\r\n"));
}

fn verify(args: &[&str], broken: Option<&Break>) -> Ran {
    World::default().run(&[&["journal", "verify"], args].concat(), &mut |_, _| {
        Ok(Reply::Checked(Checked { head: head(12), broken: broken.cloned() }))
    })
}

#[test]
fn a_whole_journal_shows_its_head() {
    let ran = verify(&[], None);
    assert_eq!((ran.code, ran.out), (0, format!("{}\n", head(12))));
    assert_eq!(ran.err, "12 entries, all unchanged.\n");
    let json: serde_json::Value = serde_json::from_str(&verify(&["--format", "json"], None).out).unwrap();
    assert_eq!((&json["whole"], &json["seq"], &json["broken"]), (&true.into(), &12.into(), &().into()));
}

#[test]
fn a_broken_journal_is_exit_8() {
    let broken = Some(&Break { seq: 13, what: "it is missing" });
    let ran = verify(&[], broken);
    assert_eq!((ran.code, ran.out.as_str()), (8, "entry 13: it is missing\n"));
    let hash = "ab".repeat(32);
    assert_eq!(
        ran.err,
        format!(
            "nexus: The journal was altered. The first bad one is entry 13: it is missing.\n  hint: it is \
             intact up to 12:{hash}; a backup of the store shows what was there\n"
        )
    );
    let ran = verify(&["--format", "json"], broken);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &json["broken"]["seq"], &json["whole"]), (8, &13.into(), &false.into()));
}

#[test]
fn a_head_is_expected_as_it_was_printed() {
    let ran = verify(&["--expect", &head(12).to_string()], None);
    assert_eq!(ran.asked[0].0, Request::Journal(Journal::Verify { expect: Some(head(12)) }));
    for wrong in ["", "12", "12:", "ab", &format!("12:{}", "AB".repeat(32))] {
        let ran = verify(&["--expect", wrong], None);
        assert_eq!((ran.code, ran.asked.len()), (6, 0), "{wrong}");
    }
}

fn by_id(id: i64) -> Filter {
    Filter::default().and(Test::EntityRef(EntityKind::Account, id))
}

#[test]
fn the_history_of_an_account_is_asked_by_id() {
    let ran = World::default().run(&["user", "history", "alan", "--limit", "5"], &mut |request, _| {
        Ok(match request {
            Request::Accounts(Accounts::Show(_)) => Reply::User(Box::new(UserDetail {
                user: user(3, "alan"),
                home: None,
                directories: 0,
                status_set: None,
                code: None,
                must_change: false,
                second_factor: crate::service::contract::FactorState::None,
                waits: Vec::new(),
            })),
            _ => Reply::Entries(Window { rows: vec![entry(7)], ..Window::default() }),
        })
    });
    assert!(ran.out.contains("edit"), "{}", ran.out);
    let Request::Journal(Journal::List { filter, span, .. }) = &ran.asked[1].0 else { panic!() };
    assert_eq!((filter, span.len), (&by_id(3), 5));
}

/// Runs the history of a deleted account over a journal with these entries.
fn history_of_one_gone(rows: &[Entry]) -> Ran {
    let window = Window { rows: rows.to_vec(), ..Window::default() };
    World::default().run(&["user", "history", "alan"], &mut |request, _| match request {
        Request::Accounts(_) => Err(Failure::new(FailureKind::NotFound, "There is no account alan.")),
        _ => Ok(Reply::Entries(window.clone())),
    })
}

#[test]
fn an_account_that_is_gone_has_its_history() {
    let ran = history_of_one_gone(&[entry(7)]);
    let filters = ran.asked.iter().filter_map(|(request, _)| match request {
        Request::Journal(Journal::List { filter, .. }) => Some(filter.clone()),
        _ => None,
    });
    let by_name = Filter::default().and(Test::User(Who::Username("alan".into())));
    assert_eq!(filters.collect::<Vec<_>>(), [by_name, by_id(3)]);
}

#[test]
fn an_account_that_never_was_is_exit_3() {
    let ran = history_of_one_gone(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (3, "nexus: There is no account alan.\n"));
}

fn as_it_was(args: &[&str]) -> Ran {
    let fields = FieldValues::new()
        .with("id", 3)
        .with("firstname", "Alan")
        .with("lastname", "Tu\x1bring")
        .with("username", "confirmed")
        .with("address", serde_json::Value::Null)
        .with("access_level", "user")
        .with("status", "pending")
        .with("created_at", "2024-01-11 09:00:00");
    World::default().run(&[&["user", "history", "alan"], args].concat(), &mut |request, _| {
        let Request::Journal(Journal::AsItWas { at, .. }) = request else { panic!("{request:?}") };
        Ok(Reply::AsItWas(Box::new(AsItWas { id: UserId(3), at: *at, fields: fields.clone(), entries: 2 })))
    })
}

#[test]
fn an_account_is_shown_as_it_was() {
    let ran = as_it_was(&["--at", "2026-11-01"]);
    insta::assert_snapshot!("as_it_was_table", format!("{}{}", ran.out, ran.err));
    insta::assert_snapshot!("as_it_was_json", as_it_was(&["--at", "2026-11-01", "--format", "json"]).out);
}

#[test]
fn a_date_alone_means_its_end() {
    for (date, moment) in [
        ("2026-11-01", "2026-11-01 23:59:59"),
        ("2026-11-01 07:40:57", "2026-11-01 07:40:57"),
        ("2026-11-01T07:40:57Z", "2026-11-01 07:40:57"),
    ] {
        let ran = as_it_was(&["--at", date]);
        let Request::Journal(Journal::AsItWas { at, .. }) = &ran.asked[0].0 else { panic!() };
        assert_eq!(Some(*at), from_stored(moment));
    }
    assert_eq!(as_it_was(&["--at", "yesterday"]).code, 6);
    assert_eq!(as_it_was(&["--at", "2026-11-01", "--limit", "3"]).code, 2);
}
