use super::*;
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::FailureKind;
use crate::tui::testing::{context, frame, keys, now, press, start};

fn gate(has_usable_admin: bool) -> Gate {
    let mut gate = Gate::new(&start());
    gate.open(&context(80, 24), None);
    let house = House { store: "/srv/nexus.db".into(), has_usable_admin };
    gate.reply(&context(80, 24), Slot::Once, Ok(Reply::House(house)));
    gate
}

fn typed(gate: &mut Gate, script: &str) -> Vec<Ask> {
    press(gate, &context(80, 24), script)
}

fn operator() -> Operator {
    Operator { id: UserId(1), label: "ada".into(), level: AccessLevel::Admin, session: 7, expires_at: now() }
}

fn secret(text: &str) -> Secret {
    Secret::from_text(text).unwrap()
}

fn asked(request: SignIn) -> Vec<Ask> {
    vec![Ask::Load(Slot::Once, Request::SignIn(request))]
}

fn answer(gate: &mut Gate, result: Result<Reply, Failure>) -> Vec<Ask> {
    gate.reply(&context(80, 24), Slot::Once, result)
}

fn wrong() -> Failure {
    Failure::new(FailureKind::Refused, "Wrong username or password.")
}

#[test]
fn it_first_looks_whether_anybody_can_log_in() {
    let mut gate = Gate::new(&start());
    assert_eq!(gate.open(&context(80, 24), None), asked(SignIn::Look));
    assert_eq!(self::gate(true).name(), "Log in");
    assert_eq!(self::gate(false).name(), "Set up NEXUS");
}

#[test]
fn keys_before_the_fields_are_there_are_kept() {
    let mut gate = Gate::new(&start());
    gate.open(&context(80, 24), None);
    typed(&mut gate, "ada<tab>pw");
    let house = House { store: "s".into(), has_usable_admin: true };
    answer(&mut gate, Ok(Reply::House(house)));
    assert_eq!(
        typed(&mut gate, "<enter>"),
        asked(SignIn::LogIn { name: "ada".into(), secret: secret("pw") })
    );
}

#[test]
fn name_and_password_are_handed_in_and_nothing_typed_meanwhile() {
    let mut gate = gate(true);
    let request = SignIn::LogIn { name: "ada".into(), secret: secret("open sesame") };
    assert_eq!(typed(&mut gate, "ada<enter>open sesame<enter>"), asked(request));
    assert_eq!(typed(&mut gate, "x<enter>"), []);
    assert_eq!(answer(&mut gate, Ok(Reply::SignedIn(operator()))), [Ask::Enter(operator())]);
}

#[test]
fn after_a_wrong_password_the_name_stays_and_the_password_has_the_cursor() {
    let mut gate = gate(true);
    typed(&mut gate, "ada<tab>nope<enter>");
    assert_eq!(answer(&mut gate, Err(wrong())), []);
    assert!(frame(&gate, &context(80, 24)).contains("× Wrong username or password."));
    let again = SignIn::LogIn { name: "ada".into(), secret: secret("right") };
    assert_eq!(typed(&mut gate, "right<enter>"), asked(again));
}

#[test]
fn checking_is_said_when_it_takes_long() {
    let mut gate = gate(true);
    typed(&mut gate, "ada<tab>pw<enter>");
    let waiting = Context { waiting: true, ..context(80, 24) };
    assert!(frame(&gate, &waiting).contains("checking…"));
    assert!(!frame(&gate, &context(80, 24)).contains("checking…"));
}

#[test]
fn a_code_leads_to_choosing_a_password_and_escape_back() {
    let mut gate = gate(true);
    typed(&mut gate, "ada<tab>ABCD-EFGH<enter>");
    answer(&mut gate, Ok(Reply::ChoosePassword(WhyChoose::Code)));
    assert_eq!(gate.name(), "Choose a password");
    assert_eq!(typed(&mut gate, "short<tab>"), []);
    assert!(frame(&gate, &context(80, 24)).contains("needs at least 15 characters"));
    let new = "seven orange kettles sing";
    let script = format!("<backtab><ctrl-u>{new}<tab>{new}<enter>");
    let request = SignIn::Choose { name: "ada".into(), proof: secret("ABCD-EFGH"), password: secret(new) };
    assert_eq!(typed(&mut gate, &script), asked(request));
    answer(&mut gate, Err(wrong()));
    typed(&mut gate, "<esc>");
    assert_eq!(gate.name(), "Log in");
}

#[test]
fn the_set_up_wants_every_field_right() {
    let mut gate = gate(false);
    let new = "seven orange kettles sing";
    let script = format!("Ada<tab>Lovelace<tab>ada<tab>ada<tab>{new}<tab>{new}<enter>");
    assert_eq!(typed(&mut gate, &script), []);
    assert!(frame(&gate, &context(80, 24)).contains("needs an @"));
    let asks = typed(&mut gate, "@x.org<enter>");
    let [Ask::Load(Slot::Once, Request::SignIn(SignIn::SetUp { fields, password }))] = asks.as_slice() else {
        panic!("{asks:?}")
    };
    assert_eq!((fields.email.as_deref(), password), (Some("ada@x.org"), &secret(new)));
    let taken = Failure::new(FailureKind::Conflict, "This email is taken.").about(Field::Email);
    answer(&mut gate, Err(taken));
    assert!(frame(&gate, &context(80, 24)).contains("This email is taken."));
}

#[test]
fn a_locked_console_takes_its_operators_password_only() {
    let mut gate = Gate::locked(&start(), &operator());
    assert!(frame(&gate, &context(80, 24)).contains("ada locked this console."));
    assert_eq!(typed(&mut gate, "pw<enter>"), asked(SignIn::Unlock(secret("pw"))));
    answer(&mut gate, Err(wrong()));
    assert_eq!(gate.name(), "Locked");
}

#[test]
fn pasted_secrets_are_never_drawn_unless_asked() {
    let mut gate = gate(true);
    typed(&mut gate, "ada<tab>");
    gate.paste(&context(80, 24), "hunter2\n");
    assert!(!frame(&gate, &context(80, 24)).contains("hunter2"));
    for key in keys("<f2>") {
        gate.press(&context(80, 24), &Press { key, name: "f2".into() });
    }
    assert!(frame(&gate, &context(80, 24)).contains("hunter2"));
}

#[test]
fn it_is_whole_at_small_sizes() {
    for (columns, rows) in [(40, 12), (60, 18), (40, 10)] {
        let shown = frame(&gate(true), &context(columns, rows));
        assert!(shown.contains("Log in") && shown.contains("Password"), "{columns}x{rows}\n{shown}");
    }
}
