use crate::domain::config::Registration;
use crate::domain::secret::Secret;
use crate::domain::user::{AccessLevel, Fields, UserId};
use crate::service::contract::{Admins, FailureKind, NextTry};
use crate::tui::route::ScreenId;
use crate::tui::startup::StorePath;
use crate::tui::testing::{context, frame, keys, now, press};
use crate::tui::theme::TerminalFeatures;

use super::*;

mod choice;
mod registration;
mod second_step;
mod set_up;
mod waits;

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

/// Returns what the console learns of a store at which nobody can register.
fn status(admins: Admins) -> StoreStatus {
    StoreStatus { store: "/srv/nexus.db".into(), admins, sound_at: None, registration: Registration::Closed }
}

fn looked_into(admins: Admins) -> LoginScreen {
    let mut login = LoginScreen::new(&start(None));
    reply(&mut login, Ok(Reply::StoreStatus(status(admins))));
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
fn the_account_of_a_demo_stands_in_two_aligned_lines() {
    let demo = DemoAccount { username: "ada".into(), password: "a walk through the house".into() };
    let mut login = LoginScreen::new(&start(Some(demo)));
    let status = status(Admins::Usable);
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
    let status = status(Admins::Usable);
    assert_eq!(reply(&mut login, Ok(Reply::StoreStatus(status))), log_in("ada", "sesame"));
}

#[test]
fn a_store_that_cannot_be_read_is_said() {
    let mut login = LoginScreen::new(&start(None));
    reply(&mut login, Err(Failure::new(FailureKind::Unavailable, "The store is damaged.")));
    assert!(seen(&login).contains("The store is damaged."));
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
    reply(&mut login, Ok(Reply::StoreStatus(status(Admins::Usable))));
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
    let status = StoreStatus { sound_at, ..status(Admins::Usable) };
    reply(&mut login, Ok(Reply::StoreStatus(status)));
    assert!(seen(&login).contains("checked 5 h ago, sound"), "{}", seen(&login));
    assert!(!seen(&looked_into(Admins::Usable)).contains("sound"));
}
