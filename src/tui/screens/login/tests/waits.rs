//! The wait after a failed try.

use super::*;

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
