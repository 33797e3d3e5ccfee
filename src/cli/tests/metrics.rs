//! `nexus metrics`, read back by a strict reader of OpenMetrics text.

use std::collections::BTreeMap;

use crate::domain::overview::{AccountCounts, StoreFacts, Totals};
use crate::domain::time::Duration;
use crate::service::contract::{Failure, FailureKind, Metrics, Reply, Request, StoreOverview};

use super::super::testing::{Ran, World, now};

fn metrics(location: &str) -> Metrics {
    Metrics {
        at: now(),
        totals: Totals {
            accounts: AccountCounts { confirmed: 1_241, pending: 51, suspended: 8 },
            active_sessions: 312,
            log_ins: 2_310,
            failed_log_ins: 40,
        },
        store: StoreOverview {
            location: location.into(),
            facts: StoreFacts {
                bytes: 12_400_000,
                schema: 12,
                entries: 4_711,
                bin_items: 1,
                last_backup: Some(now() - Duration::hours(9)),
            },
            sound_at: None,
            is_damaged: false,
        },
    }
}

fn shown(args: &[&str], metrics: &Metrics) -> Ran {
    World::default().run(&[&["metrics"], args].concat(), &mut |request, dry_run| {
        assert_eq!((request, dry_run), (&Request::Metrics, false));
        Ok(Reply::Metrics(Box::new(metrics.clone())))
    })
}

/// Samples by their names and labels.
type Samples = BTreeMap<(String, Vec<(String, String)>), i64>;

/// Reads OpenMetrics text. Panics at whatever the specification forbids, or an older reader would not take.
fn read(text: &str) -> Samples {
    let body = text.strip_suffix("# EOF\n").expect("the end mark, and nothing behind it");
    let mut samples = Samples::new();
    let mut seen: Vec<String> = Vec::new();
    let (mut family, mut kind, mut has_samples) = (String::new(), String::new(), false);
    for line in body.lines() {
        assert!(!line.is_empty() && line.is_ascii(), "{line:?}");
        if let Some(metadata) = line.strip_prefix("# ") {
            let [word, name, value] = metadata.splitn(3, ' ').collect::<Vec<_>>().try_into().unwrap();
            if name != family {
                assert_eq!(word, "TYPE", "the type comes first");
                assert!(!seen.iter().any(|other| other == name), "{name}: a family stands together");
                assert!(!name.ends_with("_total") && !name.ends_with("_info"), "{name}");
                seen.push(name.to_owned());
                (family, kind, has_samples) = (name.to_owned(), value.to_owned(), false);
                assert!(["gauge", "counter"].contains(&value), "{value}");
                continue;
            }
            assert!(!has_samples, "metadata comes before the samples");
            match word {
                "UNIT" => assert!(name.ends_with(&format!("_{value}")), "{line}"),
                "HELP" => assert!(value.ends_with('.'), "{line}"),
                _ => panic!("{line}"),
            }
            continue;
        }
        has_samples = true;
        let (name, rest) = line.split_once('{').unwrap();
        let (labels, value) = rest.rsplit_once("} ").unwrap();
        let expected = if kind == "counter" { format!("{family}_total") } else { family.clone() };
        assert_eq!(name, expected);
        let number: i64 = value.parse().unwrap();
        assert!(kind != "counter" || number >= 0);
        assert!(samples.insert((name.to_owned(), read_labels(labels)), number).is_none(), "{line}: twice");
    }
    samples
}

fn read_labels(text: &str) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (name, behind) = rest.split_once("=\"").unwrap();
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        let mut value = String::new();
        let mut letters = behind.char_indices();
        let end = loop {
            match letters.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match letters.next().unwrap().1 {
                    'n' => '\n',
                    escaped @ ('\\' | '"') => escaped,
                    other => panic!("\\{other}"),
                }),
                (_, letter) => value.push(letter),
            }
        };
        labels.push((name.to_owned(), value));
        rest = &behind[end + 1..];
        rest = rest.strip_prefix(',').inspect(|more| assert!(!more.is_empty())).unwrap_or(rest);
    }
    labels
}

#[test]
fn the_text_is_open_metrics_and_holds_every_figure() {
    let ran = shown(&[], &metrics("/srv/nexus.db"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!("metrics_text", ran.out);
    let samples = read(&ran.out);
    assert_eq!(samples.len(), 13);
    let label = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let store = label("store", "/srv/nexus.db");
    let of = |name: &str, more: &[(&str, &str)]| {
        let labels = [store.clone()].into_iter().chain(more.iter().map(|(name, value)| label(name, value)));
        samples[&(name.to_owned(), labels.collect())]
    };
    assert_eq!(of("nexus_accounts", &[("status", "pending")]), 51);
    assert_eq!(of("nexus_log_ins_total", &[("result", "failed")]), 40);
    assert_eq!(of("nexus_last_backup_age_seconds", &[]), 9 * 3_600);
    assert_eq!(of("nexus_last_backup_timestamp_seconds", &[]), now().timestamp() - 9 * 3_600);
}

#[test]
fn a_hostile_path_is_escaped_and_obeyed_by_no_terminal() {
    let samples = read(&shown(&[], &metrics("/srv/a\"b\\c} 1\n# EOF\u{1b}[2J")).out.replace(['␊', '␛'], "?"));
    assert!(samples.keys().all(|(_, labels)| labels[0].1 == "/srv/a\"b\\c} 1?# EOF?[2J"), "{samples:?}");
}

#[test]
fn without_a_backup_there_is_no_sample_of_it_and_none_is_from_the_future() {
    let mut none = metrics("/srv/nexus.db");
    none.store.facts.last_backup = None;
    let out = shown(&[], &none).out;
    assert_eq!(read(&out).len(), 11);
    assert!(out.contains("# TYPE nexus_last_backup_age_seconds gauge\n"), "{out}");
    let ahead = StoreFacts { last_backup: Some(now() + Duration::hours(1)), ..none.store.facts };
    let ahead = Metrics { store: StoreOverview { facts: ahead, ..none.store.clone() }, ..none };
    let age = read(&shown(&[], &ahead).out).into_iter().find(|((name, _), _)| name.ends_with("age_seconds"));
    assert_eq!(age.map(|(_, age)| age), Some(0));
}

#[test]
fn programs_get_the_same_figures_as_an_object_and_failures_as_such() {
    let ran = shown(&["--format", "json"], &metrics("/srv/nexus.db"));
    let object: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&object["accounts"]["confirmed"], &object["entries"]), (&1_241.into(), &4_711.into()));
    assert_eq!((&object["last_backup_age"], &object["damaged"]), (&32_400.into(), &false.into()));
    let failed = World::default().run(&["metrics"], &mut |_, _| {
        Err(Failure::new(FailureKind::Unavailable, "There is no store at /srv/nexus.db."))
    });
    assert_eq!((failed.code, failed.out.as_str()), (7, ""));
}
