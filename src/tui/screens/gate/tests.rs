use super::*;
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::{Admins, FailureKind};
use crate::tui::start::StorePath;
use crate::tui::testing::{context, frame, keys, now, press};
use crate::tui::theme::Look;

/// Keeps the policy.
const GOOD: &str = "seven orange kettles sing";

fn start(demo: Option<DemoAccount>) -> Start {
    let look = Look { colour: true, unicode: true };
    Start {
        size: (80, 24),
        now: now(),
        look,
        host: "media.example".into(),
        store: StorePath::Usual("/srv/nexus.db".into()),
        demo,
        read_only: None,
    }
}

fn looked_into(admins: Admins) -> Gate {
    let mut gate = Gate::new(&start(None));
    reply(&mut gate, Ok(Reply::House(House { store: "/srv/nexus.db".into(), admins, sound_at: None })));
    gate
}

fn operator() -> Operator {
    let expires_at = now() + crate::domain::time::Duration::hours(8);
    Operator { id: UserId(1), label: "ada".into(), level: AccessLevel::Admin, session: Some(1), expires_at }
}

fn locked() -> Gate {
    Gate::locked(&start(None), &operator())
}

/// A gate at which a password must be chosen, by the code `ABCD-EFGH`.
fn choosing(why: WhyChoose) -> Gate {
    let mut gate = looked_into(Admins::Usable);
    pressed(&mut gate, "ada<tab>ABCD-EFGH<enter>");
    reply(&mut gate, Ok(Reply::ChoosePassword(why)));
    gate
}

fn pressed(gate: &mut Gate, script: &str) -> Vec<Ask> {
    press(gate, &context(80, 30), script)
}

fn reply(gate: &mut Gate, result: Result<Reply, Failure>) -> Vec<Ask> {
    gate.reply(&context(80, 30), Slot::Once, result)
}

fn seen(gate: &Gate) -> String {
    frame(gate, &context(80, 30))
}

fn secret(text: &str) -> Secret {
    Secret::from_text(text).unwrap()
}

fn asked(request: SignIn) -> Vec<Ask> {
    vec![Ask::Load(Slot::Once, Request::SignIn(request))]
}

fn log_in(name: &str, typed: &str) -> Vec<Ask> {
    asked(SignIn::LogIn { name: name.into(), secret: secret(typed) })
}

fn refusal(words: &str) -> Failure {
    Failure::new(FailureKind::Refused, words)
}

#[test]
fn it_looks_first_and_then_asks_for_what_is_needed() {
    let mut gate = Gate::new(&start(None));
    assert_eq!(gate.open(&context(80, 30), None), asked(SignIn::Look));
    assert_eq!(gate.name(), "");
    assert_eq!(looked_into(Admins::Never).name(), "Set up NEXUS");
    let gate = looked_into(Admins::Usable);
    assert_eq!(gate.name(), "Log in");
    let seen = seen(&gate);
    assert!(seen.contains("Log in") && seen.contains("media.example · /srv/nexus.db"), "{seen}");
}

#[test]
fn a_store_whose_admins_are_gone_offers_no_set_up_but_names_the_way_back() {
    let gate = looked_into(Admins::NoneNow);
    assert_eq!(gate.name(), "Log in");
    let seen = seen(&gate);
    assert!(seen.contains("No admin can log in. The way back in: nexus setup"), "{seen}");
}

#[test]
fn what_is_typed_before_it_has_looked_is_kept() {
    let mut gate = Gate::new(&start(None));
    assert_eq!(pressed(&mut gate, "ada<tab>sesame<enter>x"), []);
    let house = House { store: String::new(), admins: Admins::Usable, sound_at: None };
    assert_eq!(reply(&mut gate, Ok(Reply::House(house))), log_in("ada", "sesame"));
}

#[test]
fn a_store_that_cannot_be_read_is_said() {
    let mut gate = Gate::new(&start(None));
    reply(&mut gate, Err(Failure::new(FailureKind::Unavailable, "The store is damaged.")));
    assert!(seen(&gate).contains("The store is damaged."));
}

#[test]
fn the_set_up_makes_the_first_admin() {
    let mut gate = looked_into(Admins::Never);
    let script = format!("Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>{GOOD}<tab>{GOOD}<enter>");
    let fields = Fields {
        first_name: Some("Ada".into()),
        last_name: Some("Lovelace".into()),
        username: Some("ada".into()),
        email: Some("ada@nexus.example".into()),
        ..Fields::default()
    };
    assert_eq!(pressed(&mut gate, &script), asked(SignIn::SetUp { fields, password: secret(GOOD) }));
    assert_eq!(reply(&mut gate, Ok(Reply::SignedIn(operator()))), [Ask::Enter(operator())]);
}

#[test]
fn the_set_up_takes_no_weak_password_and_no_two_different_ones() {
    let mut gate = looked_into(Admins::Never);
    pressed(&mut gate, "Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>");
    assert_eq!(pressed(&mut gate, "password<tab>password<enter>"), []);
    assert!(seen(&gate).contains('×'), "the policy's words stand beside the field");
    let other = format!("<ctrl-u>{GOOD}<tab><ctrl-u>{GOOD}!<enter>");
    assert_eq!(pressed(&mut gate, &other), []);
    assert!(seen(&gate).contains("differs from the first"));
    assert_eq!(pressed(&mut gate, "<backspace><enter>").len(), 1);
}

#[test]
fn a_refused_set_up_keeps_what_was_typed_and_marks_the_field() {
    let mut gate = looked_into(Admins::Never);
    let script = format!("Ada<tab>Lovelace<tab>ada<tab>ada@nexus.example<tab>{GOOD}<tab>{GOOD}<enter>");
    let first = pressed(&mut gate, &script);
    let taken = Failure::new(FailureKind::Conflict, "This email is taken.").about(Field::Email);
    reply(&mut gate, Err(taken));
    assert!(seen(&gate).contains("This email is taken."));
    assert_eq!(pressed(&mut gate, "<enter>"), first, "both passwords are still there");
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
    let mut gate = looked_into(Admins::Usable);
    assert_eq!(pressed(&mut gate, "<enter>"), []);
    assert!(seen(&gate).contains("must not be empty"));
    assert_eq!(pressed(&mut gate, "ada<enter>"), []);
    assert_eq!(pressed(&mut gate, "x<enter>"), log_in("ada", "x"));
}

#[test]
fn after_a_wrong_password_the_name_stays_and_the_password_is_typed_anew() {
    let mut gate = looked_into(Admins::Usable);
    pressed(&mut gate, "ada<tab>wrong<enter>");
    reply(&mut gate, Err(refusal("Wrong username or password.")));
    assert!(seen(&gate).contains("Wrong username or password."));
    assert_eq!(pressed(&mut gate, "right<enter>"), log_in("ada", "right"));
}

#[test]
fn a_pending_or_suspended_account_is_said_so() {
    for words in ["This account is waiting for confirmation.", "This account is suspended."] {
        let mut gate = looked_into(Admins::Usable);
        pressed(&mut gate, "alan<tab>right<enter>");
        reply(&mut gate, Err(refusal(words)));
        assert!(seen(&gate).contains(words));
    }
}

#[test]
fn nothing_is_typed_or_sent_while_it_is_checking() {
    let mut gate = looked_into(Admins::Usable);
    pressed(&mut gate, "ada<tab>wrong<enter>");
    assert_eq!(pressed(&mut gate, "<enter>xyz<enter><esc>"), []);
    assert_eq!(gate.paste(&context(80, 30), "pasted"), []);
    reply(&mut gate, Err(refusal("Wrong username or password.")));
    assert_eq!(pressed(&mut gate, "right<enter>"), log_in("ada", "right"));
}

#[test]
fn a_long_check_is_said() {
    let mut gate = looked_into(Admins::Usable);
    pressed(&mut gate, "ada<tab>sesame<enter>");
    assert!(!seen(&gate).contains("checking"));
    let waiting = Context { waiting: true, ..context(80, 30) };
    assert!(frame(&gate, &waiting).contains("checking"));
}

#[test]
fn an_access_code_leads_to_choosing_a_password() {
    let mut gate = choosing(WhyChoose::Code);
    assert_eq!(gate.name(), "Choose a password");
    assert!(seen(&gate).contains("The code was right."));
    assert_eq!(pressed(&mut gate, "<enter>short<enter>short<enter>"), []);
    let chosen = SignIn::Choose { name: "ada".into(), proof: secret("ABCD-EFGH"), password: secret(GOOD) };
    let script = format!("<backtab><ctrl-u>{GOOD}<tab><ctrl-u>{GOOD}<enter>");
    assert_eq!(pressed(&mut gate, &script), asked(chosen));
}

#[test]
fn it_says_why_a_password_must_be_chosen() {
    assert!(seen(&choosing(WhyChoose::MustChange)).contains("Somebody else chose this password."));
    assert!(seen(&choosing(WhyChoose::BreaksPolicy)).contains("too weak"));
}

#[test]
fn a_refused_choice_marks_the_password() {
    let mut gate = choosing(WhyChoose::MustChange);
    pressed(&mut gate, &format!("{GOOD}<tab>{GOOD}<enter>"));
    reply(&mut gate, Err(refusal("It is the one before.").about(Field::Password)));
    assert!(seen(&gate).contains("It is the one before."));
}

#[test]
fn escape_leads_from_choosing_back_to_the_log_in() {
    let mut gate = choosing(WhyChoose::Code);
    assert_eq!(pressed(&mut gate, "<esc>"), []);
    assert_eq!(gate.name(), "Log in");
    assert_eq!(pressed(&mut gate, "<tab>sesame<enter>"), log_in("ada", "sesame"));
}

#[test]
fn escape_takes_the_refusal_away_and_nothing_else() {
    let mut gate = looked_into(Admins::Usable);
    pressed(&mut gate, "ada<tab>wrong<enter>");
    reply(&mut gate, Err(refusal("Wrong username or password.")));
    pressed(&mut gate, "<esc>");
    assert!(!seen(&gate).contains("Wrong") && seen(&gate).contains("ada"));
}

#[test]
fn only_the_operators_password_unlocks() {
    let mut gate = locked();
    assert_eq!(gate.name(), "Locked");
    assert!(seen(&gate).contains("ada locked this console."));
    assert_eq!(pressed(&mut gate, "wrong<enter>"), asked(SignIn::Unlock(secret("wrong"))));
    reply(&mut gate, Err(refusal("Wrong password.")));
    assert!(seen(&gate).contains("Wrong password."));
    assert_eq!(pressed(&mut gate, "<esc>right<enter>"), asked(SignIn::Unlock(secret("right"))));
    assert_eq!(reply(&mut gate, Ok(Reply::SignedIn(operator()))), [Ask::Enter(operator())]);
}

#[test]
fn a_password_is_shown_only_on_f2() {
    let mut gate = looked_into(Admins::Usable);
    pressed(&mut gate, "ada<tab>sesame");
    assert!(!seen(&gate).contains("sesame"));
    pressed(&mut gate, "<f2>");
    assert!(seen(&gate).contains("sesame"));
    pressed(&mut gate, "<f2>");
    assert!(!seen(&gate).contains("sesame"));
}

#[test]
fn a_pasted_password_is_taken() {
    let mut gate = looked_into(Admins::Usable);
    pressed(&mut gate, "ada<tab>");
    gate.paste(&context(80, 30), "sesame");
    assert_eq!(pressed(&mut gate, "<enter>"), log_in("ada", "sesame"));
}

#[test]
fn the_demo_says_whom_to_log_in_as() {
    let account = DemoAccount { username: "demo".into(), password: "take a look around".into() };
    let mut gate = Gate::new(&start(Some(account)));
    reply(
        &mut gate,
        Ok(Reply::House(House { store: "/tmp/x".into(), admins: Admins::Usable, sound_at: None })),
    );
    let seen = seen(&gate);
    assert!(seen.contains("demo") && seen.contains("take a look around"), "{seen}");
}

#[test]
fn keys_that_are_no_text_are_passed_on() {
    let context = context(80, 30);
    let answer = |gate: &mut Gate, script: &str| {
        let key = keys(script)[0];
        gate.press(&context, &Press { key, name: crate::tui::keys::name(key) })
    };
    assert_eq!(answer(&mut looked_into(Admins::Usable), "<ctrl-z>"), Answer::Pass);
    assert_eq!(answer(&mut looked_into(Admins::Usable), "q"), Answer::Asks(vec![]));
}

#[test]
fn it_says_when_the_store_was_found_sound() {
    let mut gate = Gate::new(&start(None));
    let sound_at = Some(now() - crate::domain::time::Duration::hours(5));
    let house = House { store: "/srv/nexus.db".into(), admins: Admins::Usable, sound_at };
    reply(&mut gate, Ok(Reply::House(house)));
    assert!(seen(&gate).contains("checked 5 h ago, sound"), "{}", seen(&gate));
    assert!(!seen(&looked_into(Admins::Usable)).contains("sound"));
}
