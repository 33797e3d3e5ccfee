//! A console at which nothing can be changed.

use crate::domain::config::Registration;
use crate::tui::startup::ReadOnly;

use super::*;

const REASON: &str = "The file /srv/nexus.db has 2 names.";

fn linked() -> ReadOnly {
    let why = Failure::new(FailureKind::Unavailable, REASON).hint("cp -p a b && mv b a");
    ReadOnly { why, wanted: false }
}

fn wanted() -> ReadOnly {
    let why = Failure::new(FailureKind::Unavailable, "The store was opened for reading only.");
    ReadOnly { why, wanted: true }
}

fn damage() -> Failure {
    Failure::new(FailureKind::Damaged, "The store is damaged.").hint("Restore a backup.")
}

/// Returns a console of this size over a store that can only be read, at which `ada` has logged in.
fn reading(read_only: ReadOnly, size: (u16, u16)) -> Service {
    let mut service = Service::starting(StorePath::Usual("/srv/nexus.db".into()), size, Some(read_only));
    service.answer();
    service.press("ada<tab>sesame<enter>");
    service.answer();
    service
}

#[test]
fn its_title_says_so_on_every_screen_at_every_size() {
    for size in [(120, 36), (80, 24), (60, 18), (40, 12), (40, 10)] {
        for (read_only, mark) in
            [(linked(), "read-only"), (ReadOnly { why: damage(), wanted: false }, "damaged read-only")]
        {
            let mut service = reading(read_only, size);
            for (key, name) in
                [("1", "Users"), ("2", "Sessions"), ("3", "Directories"), ("4", "Journal"), ("ot", "Bin")]
            {
                service.operate(key);
                let seen = service.seen();
                let title = seen.lines().next().unwrap();
                assert!(title.contains(name) && title.trim_end().ends_with(mark), "{size:?} {title:?}");
            }
            service.operate("L");
            let seen = service.seen();
            let title = seen.lines().next().unwrap();
            assert!(title.contains("Locked") && title.trim_end().ends_with(mark), "{size:?} {title:?}");
        }
    }
}

#[test]
fn how_it_looks() {
    for size in [(80, 24), (40, 12)] {
        let name = |what| format!("read_only_{what}_{}x{}", size.0, size.1);
        let mut service = reading(linked(), size);
        insta::assert_snapshot!(name("entered"), service.seen());
        service.operate("j?");
        insta::assert_snapshot!(name("help"), service.seen());
        let service = reading(ReadOnly { why: damage(), wanted: false }, size);
        insta::assert_snapshot!(name("damaged"), service.seen());
    }
}

#[test]
fn the_reason_is_said_once_after_the_log_in_unless_it_was_wanted() {
    let mut service = reading(linked(), (80, 24));
    service.assert_shows(REASON);
    service.assert_shows("cp -p a b && mv b a");
    service.assert_hides("✓");
    service.operate("j");
    service.assert_hides(REASON);
    service.operate("L");
    service.press("sesame<enter>");
    service.answer();
    service.assert_hides(REASON);
    reading(wanted(), (80, 24)).assert_hides("reading only");
}

#[test]
fn every_key_that_changes_something_is_refused_in_words_and_asks_for_nothing() {
    for (screen, keys) in [
        ("1", &["c", "e", "x", "P", "a", "d", "X", "A", "i", "u", "<ctrl-r>"][..]),
        ("2", &["x", "X", "+", "a", "S", "u"]),
        ("3", &["a", "r", "m", "d", "i"]),
        ("4", &["u"]),
        ("ot", &["u", "D"]),
    ] {
        for key in keys {
            let mut service = reading(linked(), (80, 24));
            service.operate(screen);
            service.operate("j");
            let effects = service.press(key);
            assert!(requests(&effects).is_empty(), "{screen} {key}: {effects:?}");
            service.assert_shows(REASON);
            service.operate("j");
            service.assert_hides(REASON);
        }
    }
}

#[test]
fn neither_footer_nor_help_nor_palette_show_what_cannot_be_done() {
    let writable = {
        let mut service = Service::logged_in();
        service.operate("j");
        service
    };
    let mut service = reading(linked(), (80, 24));
    service.operate("j");
    let footer = |service: &Service| service.seen().lines().last().unwrap().to_owned();
    for word in ["confirm", "suspend", "delete"] {
        assert!(footer(&writable).contains(word) || word == "delete");
        assert!(!footer(&service).contains(word), "{}", footer(&service));
    }
    let helps = |service: &Service| service.model.help().iter().map(|help| help.name).collect::<Vec<_>>();
    let left_out: Vec<_> =
        helps(&writable).into_iter().filter(|name| !helps(&service).contains(name)).collect();
    let expected = [
        "confirm",
        "unlock",
        "edit",
        "suspend",
        "password",
        "note",
        "add",
        "delete",
        "revoke",
        "level",
        "reject",
        "promote",
        "demote",
        "access-code",
        "provision",
        "issue",
        "sweep",
        "second-factor",
        "undo",
        "redo",
        "as [WHO]",
    ];
    assert_eq!(left_out, expected);
    for typed in [":suspend<enter>", ":undo<enter>", ":renew<enter>", ":purge<enter>"] {
        service.operate(typed);
        service.assert_shows(REASON);
        service.operate("<esc><esc>");
    }
    service.operate(":sessions<enter>");
    service.assert_shows("Sessions");
}

/// Returns the keys of a screen as a script presses them; those of commands without a key are left out.
fn scripts(service: &Service) -> Vec<String> {
    let script = |on: &&str| {
        let keys =
            on.split(' ').map(|key| if key.chars().count() > 1 { format!("<{key}>") } else { key.into() });
        keys.collect::<String>()
    };
    let rows = service.model.help();
    rows.iter()
        .flat_map(|help| help.on)
        .filter(|on| on.len() < 2 || !on.starts_with(':'))
        .map(script)
        .collect()
}

#[test]
fn what_is_offered_works_and_what_is_not_says_why() {
    const LEAVING: [&str; 4] = ["q", "<ctrl-c>", "L", "<ctrl-z>"];
    for screen in ["0", "1", "2", "3", "4", "ot"] {
        let console = |read_only| {
            let path = StorePath::Usual("/srv/nexus.db".into());
            let mut service = Service::starting(path, (80, 24), read_only);
            service.log_in();
            service.operate(screen);
            service.operate("j");
            service
        };
        let offered = scripts(&console(Some(linked())));
        assert!(offered.len() > 20, "{screen} {offered:?}");
        for script in scripts(&console(None)).into_iter().filter(|script| !LEAVING.contains(&script.as_str()))
        {
            let mut service = console(Some(linked()));
            let effects = service.press(&script);
            let acts = requests(&effects).into_iter().filter(|request| is_act(request)).count();
            assert_eq!(acts, 0, "{screen} {script}");
            assert_eq!(
                service.shows(REASON),
                !offered.contains(&script),
                "{screen} {script}:\n{}",
                service.seen()
            );
        }
    }
}

#[test]
fn what_only_writes_a_file_can_be_done() {
    for (line, is_one) in [
        ("backup b.db", true),
        ("backup b.db --keep 3", true),
        ("restore b.db", false),
        ("import a.json", false),
    ] {
        for read_only in [linked(), wanted()] {
            let why = read_only.why.message.clone();
            let mut service = reading(read_only, (80, 24));
            service.press(&format!(":{}<enter>", line.replace(' ', "<space>")));
            let is_begun = service.open.iter().any(|asked| asked.request.acts_on_files_alone());
            assert_eq!((is_begun, service.shows(&why)), (is_one, !is_one), "{line}:\n{}", service.seen());
        }
    }
}

#[test]
fn a_filter_takes_the_letters_that_are_acts_elsewhere() {
    let mut service = reading(linked(), (80, 24));
    service.operate("/ade");
    service.assert_shows("/ ade");
}

#[test]
fn a_reader_is_locked_out_and_comes_back_to_where_they_were() {
    let mut service = Service::starting(StorePath::Usual("/srv/nexus.db".into()), (80, 24), Some(linked()));
    service.answer();
    service.press("ada<tab>sesame<enter>");
    let reader = Operator { session: None, ..operator(1) };
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(reader.clone()))));
    let caller = Caller::Reader { account: reader.id, until: reader.expires_at, restored_at: None };
    assert!(service.open.iter().all(|asked| asked.caller == caller));
    service.answer();
    service.operate("3L");
    service.press("sesame<enter>");
    let asked = service.open.remove(0);
    assert_eq!(asked.caller, caller);
    service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(reader))));
    service.answer();
    service.assert_shows("00003_ALAN");
}

#[test]
fn without_an_admin_there_is_a_log_in_and_no_set_up() {
    for admins in [Admins::Never, Admins::NoneNow] {
        let mut service =
            Service::starting(StorePath::Usual("/srv/nexus.db".into()), (80, 24), Some(linked()));
        let asked = service.open.remove(0);
        service.tell(Msg::Done(
            asked.request_id,
            Ok(Reply::StoreStatus(StoreStatus {
                store: "x".into(),
                admins,
                sound_at: None,
                registration: Registration::Closed,
            })),
        ));
        service.assert_shows("Log in");
        service.assert_shows("nothing can be changed here");
    }
}

#[test]
fn damage_met_by_any_request_is_said_and_marked_and_nothing_is_changed_from_then_on() {
    let mut service = Service::logged_in();
    service.operate("j");
    service.assert_hides("read-only");
    service.press("R");
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Err(damage())));
    service.assert_shows("damaged read-only");
    service.assert_shows("Restore a backup.");
    service.answer();
    let effects = service.press("c");
    assert!(requests(&effects).is_empty(), "{effects:?}");
    service.assert_shows("The store is damaged.");
}

#[test]
fn a_form_that_is_open_when_damage_is_met_is_refused_and_keeps_what_was_typed() {
    let mut service = Service::logged_in();
    service.operate("a");
    service.tell(Msg::StoreChanged);
    let asked = service.open.remove(0);
    service.tell(Msg::Done(asked.request_id, Err(damage())));
    service.answer();
    service.press("Grace<tab>Hopper<tab>grace<tab>grace@nexus.example");
    let effects = service.press("<enter>");
    assert!(requests(&effects).is_empty(), "{effects:?}");
    service.assert_shows("grace@nexus.example");
    service.assert_shows("The store is damaged.");
}
