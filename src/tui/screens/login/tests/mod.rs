use crate::domain::config::Registration;
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::{Admins, FailureKind, NextTry};
use crate::tui::route::ScreenId;
use crate::tui::startup::StorePath;
use crate::tui::testing::{context, frame, keys, now, press};
use crate::tui::theme::TerminalFeatures;

use super::*;

mod second_step;

/// Keeps the policy.
const GOOD: &str = "seven orange kettles sing";

fn start(demo: Option<DemoAccount>) -> StartupOptions {
    let features = TerminalFeatures { colour: true, unicode: true };
    StartupOptions {
        size: (80, 24),
        now: now(),
        features,
        host: "media.example".into(),
        local_zone: None,
        store: StorePath::Usual("/srv/nexus.db".into()),
        front: ScreenId::USERS,
        demo,
        read_only: None,
        commands: crate::tui::testing::commands(),
        appearance: crate::tui::appearance::Appearance::default(),
        keymap: crate::tui::keymap::Keymap::usual(),
        mouse: false,
        lock_after: crate::domain::time::Duration::minutes(15),
        proof_age: crate::service::contract::ProofAge(crate::domain::time::Duration::minutes(5)),
    }
}

fn looked_into(admins: Admins) -> LoginScreen {
    let mut login = LoginScreen::new(&start(None));
    reply(
        &mut login,
        Ok(Reply::StoreStatus(StoreStatus {
            store: "/srv/nexus.db".into(),
            admins,
            sound_at: None,
            registration: Registration::Closed,
        })),
    );
    login
}

fn operator() -> Operator {
    let expires_at = now() + crate::domain::time::Duration::hours(8);
    Operator {
        id: UserId(1),
        label: "ada".into(),
        level: AccessLevel::Admin,
        session: Some(1),
        expires_at,
        restored_at: None,
        failed: None,
        seen_by: None,
        ended_consoles: 0,
    }
}

fn locked() -> LoginScreen {
    LoginScreen::locked(&start(None), &operator())
}

/// Returns a screen at which a password must be chosen after the code `ABCD-EFGH`.
fn choosing(why: WhyChoose) -> LoginScreen {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>ABCD-EFGH<enter>");
    reply(&mut login, Ok(Reply::ChoosePassword(why)));
    login
}

fn pressed(login: &mut LoginScreen, script: &str) -> Vec<Ask> {
    press(login, &context(80, 30), script)
}

fn reply(login: &mut LoginScreen, result: Result<Reply, Failure>) -> Vec<Ask> {
    login.reply(&context(80, 30), Slot::Single, result)
}

fn seen(login: &LoginScreen) -> String {
    frame(login, &context(80, 30))
}

fn secret(text: &str) -> Secret {
    Secret::from_text(text).unwrap()
}

fn asked(request: SignIn) -> Vec<Ask> {
    vec![Ask::Perform(Slot::Single, Request::SignIn(request))]
}

fn log_in(name: &str, typed: &str) -> Vec<Ask> {
    asked(SignIn::LogIn { name: name.into(), secret: secret(typed), code: None })
}

fn refusal(words: &str) -> Failure {
    Failure::new(FailureKind::Refused, words)
}

#[test]
fn it_looks_first_and_then_asks_for_what_is_needed() {
    let mut login = LoginScreen::new(&start(None));
    assert_eq!(login.open(&context(80, 30), None), [Ask::Query(Slot::Single, Request::SignIn(SignIn::Look))]);
    assert_eq!(login.name(), "");
    assert_eq!(looked_into(Admins::Never).name(), "Set up NEXUS");
    let login = looked_into(Admins::Usable);
    assert_eq!(login.name(), "Log in");
    let seen = seen(&login);
    assert!(seen.contains("media.example · /srv/nexus.db"), "{seen}");
}

#[test]
fn the_set_up_shows_each_field_and_what_it_is_for_at_any_size() {
    let login = looked_into(Admins::Never);
    for (columns, rows) in [(40, 12), (60, 18), (80, 24), (120, 36)] {
        let seen = frame(&login, &context(columns, rows));
        let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains("Nobody can log in yet: make the first admin."), "{seen}");
        for label in ["First name", "Last name", "Username", "Email", "Password", "The same again"] {
            assert!(seen.contains(label), "{label} at {columns}x{rows}: {seen}");
        }
    }
}

#[test]
fn the_account_of_a_demo_stands_in_two_aligned_lines() {
    let demo = DemoAccount { username: "ada".into(), password: "a walk through the house".into() };
    let mut login = LoginScreen::new(&start(Some(demo)));
    let status = StoreStatus {
        store: String::new(),
        admins: Admins::Usable,
        sound_at: None,
        registration: Registration::Closed,
    };
    reply(&mut login, Ok(Reply::StoreStatus(status)));
    let seen = seen(&login);
    let column = |words: &str| seen.lines().find_map(|line| line.find(words)).unwrap();
    assert_eq!(column("Username  ada"), column("Password  a walk"), "{seen}");
}

#[test]
fn a_store_whose_admins_are_gone_offers_no_set_up_but_names_the_way_back() {
    let login = looked_into(Admins::NoneNow);
    assert_eq!(login.name(), "Log in");
    let seen = seen(&login);
    assert!(seen.contains("No admin can log in. The way back in: nexus recover WHO"), "{seen}");
    let seen = self::seen(&looked_into(Admins::NoneLeft));
    assert!(seen.contains("No admin can log in. The way back in: nexus setup"), "{seen}");
}

#[test]
fn what_is_typed_before_it_has_looked_is_kept() {
    let mut login = LoginScreen::new(&start(None));
    assert_eq!(pressed(&mut login, "ada<tab>sesame<enter>x"), []);
    let status = StoreStatus {
        store: String::new(),
        admins: Admins::Usable,
        sound_at: None,
        registration: Registration::Closed,
    };
    assert_eq!(reply(&mut login, Ok(Reply::StoreStatus(status))), log_in("ada", "sesame"));
}

#[test]
fn a_store_that_cannot_be_read_is_said() {
    let mut login = LoginScreen::new(&start(None));
    reply(&mut login, Err(Failure::new(FailureKind::Unavailable, "The store is damaged.")));
    assert!(seen(&login).contains("The store is damaged."));
}

#[test]
fn the_set_up_makes_the_first_admin() {
    let mut login = looked_into(Admins::Never);
    let script = format!("Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>{GOOD}<tab>{GOOD}<enter>");
    let fields = Fields {
        first_name: Some("Ada".into()),
        last_name: Some("Lovelace".into()),
        username: Some("ada".into()),
        email: Some("ada@nexus.example".into()),
        ..Fields::default()
    };
    assert_eq!(pressed(&mut login, &script), asked(SignIn::SetUp { fields, password: secret(GOOD) }));
    assert_eq!(reply(&mut login, Ok(Reply::SignedIn(operator()))), [Ask::Enter(operator())]);
}

#[test]
fn the_set_up_takes_no_weak_password_and_no_two_different_ones() {
    let mut login = looked_into(Admins::Never);
    pressed(&mut login, "Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>");
    assert_eq!(pressed(&mut login, "password<tab>password<enter>"), []);
    assert!(seen(&login).contains('×'), "the policy's words stand beside the field");
    let other = format!("<ctrl-u>{GOOD}<tab><ctrl-u>{GOOD}!<enter>");
    assert_eq!(pressed(&mut login, &other), []);
    assert!(seen(&login).contains("differs from the first"));
    assert_eq!(pressed(&mut login, "<backspace><enter>").len(), 1);
}

#[test]
fn a_refused_set_up_keeps_what_was_typed_and_marks_the_field() {
    let mut login = looked_into(Admins::Never);
    let script = format!("Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>{GOOD}<tab>{GOOD}<enter>");
    let first = pressed(&mut login, &script);
    let taken = Failure::new(FailureKind::Conflict, "This email is taken.").about(Field::Email);
    reply(&mut login, Err(taken));
    assert!(seen(&login).contains("This email is taken."));
    assert_eq!(pressed(&mut login, "<enter>"), first, "both passwords are still there");
}

#[test]
fn a_log_in_hands_over_name_and_password() {
    assert_eq!(pressed(&mut looked_into(Admins::Usable), "ada<tab>sesame<enter>"), log_in("ada", "sesame"));
    assert_eq!(
        pressed(&mut looked_into(Admins::Usable), " ada <enter>sesame<enter>"),
        log_in(" ada ", "sesame")
    );
}

#[test]
fn enter_goes_to_the_field_that_is_empty() {
    let mut login = looked_into(Admins::Usable);
    assert_eq!(pressed(&mut login, "<enter>"), []);
    assert!(seen(&login).contains("must not be empty"));
    assert_eq!(pressed(&mut login, "ada<enter>"), []);
    assert_eq!(pressed(&mut login, "x<enter>"), log_in("ada", "x"));
}

#[test]
fn after_a_wrong_password_the_name_stays_and_the_password_is_typed_anew() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>wrong<enter>");
    reply(&mut login, Err(refusal("Wrong username or password.")));
    assert!(seen(&login).contains("Wrong username or password."));
    assert_eq!(pressed(&mut login, "right<enter>"), log_in("ada", "right"));
}

#[test]
fn a_pending_or_suspended_account_is_said_so() {
    for words in ["This account is waiting for confirmation.", "This account is suspended."] {
        let mut login = looked_into(Admins::Usable);
        pressed(&mut login, "alan<tab>right<enter>");
        reply(&mut login, Err(refusal(words)));
        assert!(seen(&login).contains(words));
    }
}

#[test]
fn nothing_is_typed_or_sent_while_it_is_checking() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>wrong<enter>");
    assert_eq!(pressed(&mut login, "<enter>xyz<enter><esc>"), []);
    assert_eq!(login.paste(&context(80, 30), "pasted"), []);
    reply(&mut login, Err(refusal("Wrong username or password.")));
    assert_eq!(pressed(&mut login, "right<enter>"), log_in("ada", "right"));
}

#[test]
fn a_long_check_is_said() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>sesame<enter>");
    assert!(!seen(&login).contains("checking"));
    let waiting = Context { waiting: true, ..context(80, 30) };
    assert!(frame(&login, &waiting).contains("checking"));
}

#[test]
fn an_access_code_leads_to_choosing_a_password() {
    let mut login = choosing(WhyChoose::Code);
    assert_eq!(login.name(), "Choose a password");
    assert!(seen(&login).contains("The code was right."));
    assert_eq!(pressed(&mut login, "<enter>short<enter>short<enter>"), []);
    let chosen = SignIn::Choose { name: "ada".into(), proof: secret("ABCD-EFGH"), password: secret(GOOD) };
    let script = format!("<backtab><ctrl-u>{GOOD}<tab><ctrl-u>{GOOD}<enter>");
    assert_eq!(pressed(&mut login, &script), asked(chosen));
}

#[test]
fn it_says_why_a_password_must_be_chosen() {
    assert!(seen(&choosing(WhyChoose::MustChange)).contains("Somebody else chose this password."));
    assert!(seen(&choosing(WhyChoose::BreaksPolicy)).contains("too weak"));
}

#[test]
fn a_refused_choice_marks_the_password() {
    let mut login = choosing(WhyChoose::MustChange);
    pressed(&mut login, &format!("{GOOD}<tab>{GOOD}<enter>"));
    reply(&mut login, Err(refusal("It is the one before.").about(Field::Password)));
    assert!(seen(&login).contains("It is the one before."));
}

#[test]
fn escape_leads_from_choosing_back_to_the_log_in() {
    let mut login = choosing(WhyChoose::Code);
    assert_eq!(pressed(&mut login, "<esc>"), []);
    assert_eq!(login.name(), "Log in");
    assert_eq!(pressed(&mut login, "<tab>sesame<enter>"), log_in("ada", "sesame"));
}

#[test]
fn escape_takes_the_refusal_away_and_nothing_else() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>wrong<enter>");
    reply(&mut login, Err(refusal("Wrong username or password.")));
    pressed(&mut login, "<esc>");
    assert!(!seen(&login).contains("Wrong") && seen(&login).contains("ada"));
}

#[test]
fn only_the_operators_password_unlocks() {
    let mut login = locked();
    assert_eq!(login.name(), "Locked");
    assert!(seen(&login).contains("This console is locked. ada unlocks it."));
    assert!(!login.help().iter().any(|help| help.hint == "next field"), "there is one field");
    assert_eq!(pressed(&mut login, "wrong<enter>"), asked(SignIn::Unlock(secret("wrong"))));
    reply(&mut login, Err(refusal("Wrong password.")));
    assert!(seen(&login).contains("Wrong password."));
    assert_eq!(pressed(&mut login, "<esc>right<enter>"), asked(SignIn::Unlock(secret("right"))));
    assert_eq!(reply(&mut login, Ok(Reply::SignedIn(operator()))), [Ask::Enter(operator())]);
}

#[test]
fn a_password_is_shown_only_on_f2() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>sesame");
    assert!(!seen(&login).contains("sesame"));
    pressed(&mut login, "<f2>");
    assert!(seen(&login).contains("sesame"));
    pressed(&mut login, "<f2>");
    assert!(!seen(&login).contains("sesame"));
}

#[test]
fn a_pasted_password_is_taken() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>");
    login.paste(&context(80, 30), "sesame");
    assert_eq!(pressed(&mut login, "<enter>"), log_in("ada", "sesame"));
}

#[test]
fn the_demo_says_whom_to_log_in_as() {
    let account = DemoAccount { username: "demo".into(), password: "take a look around".into() };
    let mut login = LoginScreen::new(&start(Some(account)));
    reply(
        &mut login,
        Ok(Reply::StoreStatus(StoreStatus {
            store: "/tmp/x".into(),
            admins: Admins::Usable,
            sound_at: None,
            registration: Registration::Closed,
        })),
    );
    let seen = seen(&login);
    assert!(seen.contains("demo") && seen.contains("take a look around"), "{seen}");
}

#[test]
fn keys_that_are_no_text_are_passed_on() {
    let context = context(80, 30);
    let answer = |login: &mut LoginScreen, script: &str| {
        let key = keys(script)[0];
        login.press(&context, &Press { key, name: crate::tui::keys::name(key) })
    };
    assert_eq!(answer(&mut looked_into(Admins::Usable), "<ctrl-z>"), Answer::Pass);
    assert_eq!(answer(&mut looked_into(Admins::Usable), "q"), Answer::Asks(vec![]));
}

#[test]
fn it_says_when_the_store_was_found_sound() {
    let mut login = LoginScreen::new(&start(None));
    let sound_at = Some(now() - crate::domain::time::Duration::hours(5));
    let status = StoreStatus {
        store: "/srv/nexus.db".into(),
        admins: Admins::Usable,
        sound_at,
        registration: Registration::Closed,
    };
    reply(&mut login, Ok(Reply::StoreStatus(status)));
    assert!(seen(&login).contains("checked 5 h ago, sound"), "{}", seen(&login));
    assert!(!seen(&looked_into(Admins::Usable)).contains("sound"));
}

/// Returns the answer to a wrong password, with a wait from now on.
fn refusal_with_wait(kind: FailureKind, seconds: i64) -> Failure {
    let wait = crate::domain::time::Duration::seconds(seconds);
    let words = if kind == FailureKind::TooSoon { "Next try in 3 s." } else { "Wrong username or password." };
    Failure::new(kind, words).with_next_try(NextTry { from: now(), wait })
}

/// Returns the context so many milliseconds later.
fn after(millis: i64) -> Context {
    Context { now: now() + crate::domain::time::Duration::milliseconds(millis), ..context(80, 30) }
}

#[test]
fn during_a_wait_enter_does_nothing_and_what_is_typed_stays() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>wrong<enter>");
    reply(&mut login, Err(refusal_with_wait(FailureKind::Refused, 3)));
    let shown = seen(&login);
    assert!(shown.contains("Wrong username or password.") && shown.contains("Next try in 3 s"), "{shown}");
    assert_eq!(pressed(&mut login, "right<enter><enter>"), []);
    assert_eq!(login.wake_at(), Some(after(1_000).now));
    login.wake(&after(1_000));
    assert!(seen(&login).contains("Next try in 2 s"));
    assert_eq!(press(&mut login, &after(2_999), "<enter>"), []);
    login.wake(&after(3_000));
    assert!(!seen(&login).contains("Next try") && login.wake_at().is_none());
    assert_eq!(press(&mut login, &after(3_000), "<enter>"), log_in("ada", "right"));
}

#[test]
fn a_try_that_came_too_soon_keeps_what_is_typed() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>right<enter>");
    reply(&mut login, Err(refusal_with_wait(FailureKind::TooSoon, 3)));
    let shown = seen(&login);
    assert_eq!(shown.matches("Next try in 3 s").count(), 1, "{shown}");
    assert!(!shown.contains("Wrong"), "{shown}");
    login.wake(&after(3_000));
    let shown = seen(&login);
    assert!(shown.contains("Too soon: not checked. Enter tries again."), "{shown}");
    assert_eq!(press(&mut login, &after(3_000), "<enter>"), log_in("ada", "right"));
    assert!(!seen(&login).contains("Too soon"));
}

#[test]
fn another_name_need_not_wait_and_a_clock_set_back_ends_the_wait_here() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>wrong<enter>");
    reply(&mut login, Err(refusal_with_wait(FailureKind::Refused, 3)));
    assert_eq!(pressed(&mut login, "right<backtab><ctrl-u>eve<tab><enter>"), log_in("eve", "right"));
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "ada<tab>wrong<enter>");
    reply(&mut login, Err(refusal_with_wait(FailureKind::Refused, 3)));
    assert_eq!(press(&mut login, &after(-1), "right<enter>"), log_in("ada", "right"));
}

#[test]
fn the_lock_screen_waits_as_well() {
    let mut login = locked();
    pressed(&mut login, "wrong<enter>");
    reply(&mut login, Err(refusal_with_wait(FailureKind::Refused, 1)));
    assert_eq!(pressed(&mut login, "right<enter>"), []);
    assert_eq!(press(&mut login, &after(1_000), "<enter>"), asked(SignIn::Unlock(secret("right"))));
}

/// Returns the log-in of a store at which people can register like this.
fn registering(registration: Registration) -> LoginScreen {
    let mut login = LoginScreen::new(&start(None));
    let status =
        StoreStatus { store: "/srv/nexus.db".into(), admins: Admins::Usable, sound_at: None, registration };
    reply(&mut login, Ok(Reply::StoreStatus(status)));
    login
}

/// The keys that fill in the form of an account.
const PIA: &str =
    "Pia<tab>Payne<tab>pia<tab>pia@nexus.example<tab>seven orange kettles sing<tab>seven orange kettles sing";

#[test]
fn where_it_is_open_ctrl_n_leads_to_an_account_and_back() {
    let mut login = registering(Registration::Open);
    assert!(seen(&login).contains("Ctrl-n registers one."));
    assert!(login.help().iter().any(|help| help.on == ["ctrl-n"]));
    pressed(&mut login, "<ctrl-n>");
    assert_eq!(login.name(), "Register");
    assert!(!seen(&login).contains("Invitation code"));
    let fields = Fields {
        first_name: Some("Pia".into()),
        last_name: Some("Payne".into()),
        username: Some("pia".into()),
        email: Some("pia@nexus.example".into()),
        ..Fields::default()
    };
    let register = SignIn::Register { fields, password: secret(GOOD), code: Secret::new() };
    assert_eq!(pressed(&mut login, &format!("{PIA}<enter>")), asked(register));
    reply(&mut login, Ok(Reply::Registered));
    assert_eq!(login.name(), "Log in");
    let shown = seen(&login);
    assert!(shown.contains("Registered. An admin confirms") && shown.contains("pia"), "{shown}");
    pressed(&mut login, "<ctrl-n>x<esc>");
    assert_eq!(login.name(), "Log in");
}

#[test]
fn a_read_only_console_offers_no_registration() {
    let mut login = LoginScreen { read_only: true, ..LoginScreen::new(&start(None)) };
    let status = StoreStatus {
        store: "/srv/nexus.db".into(),
        admins: Admins::Usable,
        sound_at: None,
        registration: Registration::Open,
    };
    reply(&mut login, Ok(Reply::StoreStatus(status)));
    assert!(!login.can_register() && !seen(&login).contains("Ctrl-n"));
}

#[test]
fn an_invitation_code_is_asked_for_and_not_shown() {
    let mut login = registering(Registration::Code);
    pressed(&mut login, "<ctrl-n>");
    let asks = pressed(&mut login, &format!("{PIA}<tab>3-abcd-efgh<enter>"));
    let [Ask::Perform(_, Request::SignIn(SignIn::Register { code, .. }))] = &asks[..] else {
        panic!("{asks:?}")
    };
    assert_eq!(code.expose(), "3-abcd-efgh");
    assert!(!seen(&login).contains("abcd"));
    let failure = Failure::new(FailureKind::Conflict, "is taken: choose another one").about(Field::Username);
    reply(&mut login, Err(failure));
    let shown = seen(&login);
    assert!(shown.contains("is taken: choose another one") && shown.contains("Pia"), "{shown}");
    assert_eq!(login.form().unwrap().secret(INVITATION_ROW).expose(), "3-abcd-efgh", "what was typed stays");
}

#[test]
fn where_it_is_closed_no_key_leads_to_an_account() {
    let mut login = looked_into(Admins::Usable);
    pressed(&mut login, "<ctrl-n>");
    assert_eq!(login.name(), "Log in");
    assert!(!seen(&login).contains("Ctrl-n"));
    let mut login = registering(Registration::Open);
    pressed(&mut login, "ada<tab>ABCD-EFGH<enter>");
    reply(&mut login, Ok(Reply::ChoosePassword(WhyChoose::Code)));
    pressed(&mut login, "<ctrl-n>");
    assert_eq!(login.name(), "Choose a password");
}

#[test]
fn the_form_of_an_account_shows_each_field_at_any_size() {
    let mut login = registering(Registration::Code);
    pressed(&mut login, "<ctrl-n>");
    for (columns, rows) in [(60, 18), (80, 24), (120, 36)] {
        let seen = frame(&login, &context(columns, rows));
        for label in
            ["First name", "Last name", "Username", "Email", "Password", "The same again", "Invitation code"]
        {
            assert!(seen.contains(label), "{label} at {columns}x{rows}: {seen}");
        }
    }
}
