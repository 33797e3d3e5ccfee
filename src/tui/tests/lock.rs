//! The lock of the console: nothing passes it, and nothing that was typed is lost but secrets.

use super::*;

fn locked() -> Service {
    let mut service = Service::logged_in();
    service.operate("L");
    service.assert_shows("Locked");
    service
}

#[test]
fn it_locks_after_the_time_of_the_settings() {
    for minutes in [1, 60] {
        let start = Service::start(StorePath::Usual("/srv/nexus.db".into()), (80, 24), None);
        let after = Duration::minutes(minutes);
        let mut service = Service::of(StartupOptions { lock_after: after, ..start });
        service.log_in();
        service.press("j");
        service.answer();
        let last_key = service.now - Duration::seconds(1);
        service.now = last_key;
        service.wait(after - Duration::seconds(2));
        service.assert_hides("Locked");
        service.wait(Duration::seconds(4));
        service.assert_shows("Locked");
    }
}

#[test]
fn a_form_comes_back_without_the_secrets_that_were_typed() {
    let mut service = Service::logged_in();
    service.operate("jPp");
    service.operate("seven orange kettles sing<f2>");
    service.assert_shows("seven orange kettles sing");
    service.wait(Duration::minutes(15));
    service.operate("sesame<enter>");
    service.assert_shows("Set a password for user2");
    service.assert_hides("kettles");
    service.operate("<f2>");
    service.assert_hides("kettles");
}

#[test]
fn a_token_that_was_typed_is_wiped() {
    let mut service = Service::logged_in();
    service.operate(":verify<enter>nxs_typed");
    service.wait(Duration::minutes(15));
    service.operate("sesame<enter>");
    service.assert_shows("Verify");
    assert_eq!(requests(&service.press("<enter>")), [&Request::SignIn(SignIn::Look); 0]);
}

#[test]
fn what_is_done_meanwhile_is_told_after_the_lock() {
    let mut service = Service::logged_in();
    service.press("c");
    service.now += Duration::seconds(1);
    service.press("L");
    let done = usual(&service.open[0].request.clone(), false);
    service.finish(Ok(done));
    service.assert_shows("Locked");
    service.assert_hides("user1");
    service.operate("<backspace>sesame<enter>");
    service.assert_shows("Confirmed user1");
}

#[test]
fn what_failed_meanwhile_is_told_after_the_lock() {
    let mut service = Service::logged_in();
    service.press("c");
    service.now += Duration::seconds(1);
    service.press("L");
    service.finish(Err(failure(FailureKind::Conflict, "user1 was changed meanwhile.")));
    service.assert_hides("user1");
    service.operate("sesame<enter>");
    service.assert_shows("user1 was changed meanwhile.");
}

#[test]
fn no_key_no_paste_and_no_click_passes_it() {
    let start = Service::start(StorePath::Usual("/srv/nexus.db".into()), (100, 30), None);
    let mut service = Service::of(StartupOptions { mouse: true, ..start });
    service.log_in();
    service.operate("L");
    let mut effects = Vec::new();
    for script in
        ["dy", "1234", ":user delete alan<enter>", "<esc><esc>", "<ctrl-l>", "<ctrl-z>", "?", "<tab><f1>"]
    {
        effects.extend(service.press(script));
        service.assert_shows("Locked");
        service.press("<ctrl-u>");
    }
    effects.extend(service.tell(Msg::Paste("d\ny".into())));
    effects.extend(service.tell(Msg::Paste("1".into())));
    service.press("<ctrl-u>");
    for (columns, rows) in [(40, 12), (20, 5), (200, 60), (100, 30)] {
        service.size = (columns, rows);
        effects.extend(service.tell(Msg::Resize(columns, rows)));
        service.assert_hides("user1");
    }
    for y in 0..30 {
        for x in [3, 50, 97] {
            effects.extend(service.point((x, y), Gesture::Click));
        }
    }
    effects.extend(service.tell(Msg::Resumed));
    effects.extend(service.tell(Msg::StoreChanged));
    service.assert_shows("Locked");
    for words in ["user1", "row 1", "Users"] {
        service.assert_hides(words);
    }
    for request in requests(&effects) {
        assert!(
            matches!(
                request,
                Request::SignIn(SignIn::StillIn | SignIn::Unlock(_)) | Request::Accounts(Accounts::TabCounts)
            ),
            "{request:?}"
        );
    }
}

#[test]
fn to_the_shell_and_back_it_stays_locked() {
    let mut service = locked();
    assert_eq!(service.press("<ctrl-z>"), [Effect::Suspend]);
    service.tell(Msg::Resumed);
    service.assert_shows("Locked");
    service.assert_hides("user1");
}

#[test]
fn esc_at_the_lock_does_not_stop_the_work_behind_it() {
    let mut service = Service::logged_in();
    service.press("c");
    service.now += Duration::seconds(1);
    service.press("L");
    assert_eq!(service.press("<esc>"), []);
}

#[test]
fn it_holds_in_lines_too() {
    let start = Service::start(StorePath::Usual("/srv/nexus.db".into()), (80, 24), None);
    let mut service = Service::of(start.clone());
    service.model = Model::new(start).in_lines();
    service.open.clear();
    let effects = service.model.begin();
    service.note(&effects);
    service.log_in();
    service.tell(Msg::Line(Ok("L".into())));
    assert!(service.model.page().screen.rows.is_empty());
    let effects = service.tell(Msg::Line(Ok(":users alan".into())));
    assert!(
        matches!(requests(&effects)[..], [Request::SignIn(SignIn::Unlock(_))]),
        "a line is the password: {effects:?}"
    );
}
