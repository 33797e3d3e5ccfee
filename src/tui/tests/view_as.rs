//! The console as an account gets it.

use super::*;

const ALAN: UserId = UserId(3);

/// Returns a console that ada sees as alan, a plain user, gets it.
fn as_alan() -> Service {
    let mut service = Service::logged_in();
    service.operate("3");
    service.operate(":as alan<enter>");
    service
}

fn viewer() -> Caller {
    Caller::Viewer { session: 1, account: ALAN }
}

#[test]
fn every_request_is_made_with_the_rights_of_that_account_and_every_screen_says_so() {
    let mut service = Service::logged_in();
    service.press(":as alan<enter>");
    let asked = service.open.last().unwrap().clone();
    let see_as = Request::SignIn(SignIn::SeeAs(Who::Username("alan".into())));
    assert_eq!((asked.request, asked.caller), (see_as, Caller::Operator(1)));
    service.answer();
    for screen in ["1", "2", "3", "4", "0", "ot", "oe"] {
        let effects = service.press(screen);
        assert!(requests(&effects).iter().all(|request| request.is_read()));
        assert!(service.open.iter().all(|asked| asked.caller == viewer()), "{screen}");
        service.answer();
        for size in [(120, 36), (80, 24), (60, 18), (40, 12)] {
            service.size = size;
            service.tell(Msg::Resize(size.0, size.1));
            service.answer();
            service.assert_shows("as alan");
        }
    }
}

#[test]
fn keys_and_palette_are_those_of_the_account_and_change_nothing() {
    let mut service = as_alan();
    service.size = (120, 36);
    service.tell(Msg::Resize(120, 36));
    service.answer();
    service.operate("1");
    service.assert_shows(" e edit");
    service.assert_hides(" c confirm");
    for keys in ["e", "P", "u", "<ctrl-r>", ":edit<enter>", ":undo<enter>"] {
        let effects = service.press(keys);
        assert!(requests(&effects).iter().all(|request| request.is_read()), "{keys}: {effects:?}");
        service.answer();
        service.assert_shows("You see the console as alan: nothing can be changed.");
        service.operate("j");
    }
    service.press("e");
    service.assert_shows("You see the console as alan: nothing can be changed.");
    assert!(service.open.is_empty(), "{:?}", service.open);
    // Nothing of what is done there is remembered.
    service.operate("1");
    let effects = service.press(",u/x<enter>");
    assert_eq!(without_saves(effects.clone()), effects);
}

#[test]
fn it_ends_with_esc_or_the_command_where_it_began() {
    for end in ["<esc>", "1<esc>", ":as<enter>"] {
        let mut service = as_alan();
        service.operate(end);
        service.assert_hides("as alan");
        service.assert_shows("Directories");
        service.assert_shows("00003_ALAN");
        service.press("R");
        assert!(service.open.iter().all(|asked| asked.caller == Caller::Operator(1)), "{end}");
    }
    // Esc first undoes what is open.
    let mut service = as_alan();
    service.operate("1/x<enter><esc>");
    service.assert_shows("as alan");
    service.operate("<esc>");
    service.assert_hides("as alan");
}

#[test]
fn the_lock_and_the_way_out_are_the_admins() {
    let mut service = as_alan();
    service.operate("L");
    service.assert_shows("Locked");
    service.press("sesame<enter>");
    let unlock =
        service.open.iter().find(|asked| matches!(asked.request, Request::SignIn(SignIn::Unlock(_))));
    assert_eq!(unlock.map(|asked| asked.caller), Some(Caller::Operator(1)));
    let mut service = as_alan();
    let effects = service.press("q");
    let log_out = effects.iter().find_map(|effect| match effect {
        Effect::Perform { caller, request: Request::SignIn(SignIn::LogOut), .. } => Some(*caller),
        _ => None,
    });
    assert_eq!(log_out, Some(Caller::Operator(1)));
}

#[test]
fn an_account_that_gets_no_console_says_why_and_the_end_of_the_admins_session_ends_all() {
    let mut service = Service::logged_in();
    service.press(":as sue<enter>");
    let asked = service.open.pop().unwrap();
    let words = "sue gets no console: account suspended.";
    service.tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Conflict, words))));
    service.assert_shows(words);
    service.assert_hides("as sue");

    let mut service = as_alan();
    service.tell(Msg::StoreChanged);
    let still_in = |asked: &Asked| matches!(asked.request, Request::SignIn(SignIn::StillIn));
    let asked = service.open.iter().find(|asked| still_in(asked)).unwrap().clone();
    assert_eq!(asked.caller, viewer());
    service.tell(Msg::Done(asked.request_id, Err(failure(FailureKind::Conflict, "alan gets no console."))));
    service.assert_shows("alan gets no console.");
    service.press("x");
    service.answer();
    service.assert_hides("as alan");

    let mut service = as_alan();
    service.tell(Msg::StoreChanged);
    let asked = service.open.iter().find(|asked| still_in(asked)).unwrap().clone();
    service.tell(Msg::Done(asked.request_id, Err(signed_out())));
    service.answer();
    service.assert_shows("Log in");
    service.log_in();
    service.assert_hides("as alan");
    service.assert_shows("user1");
}

#[test]
fn only_admins_have_the_command() {
    let mut service = Service::over(StorePath::Usual("/srv/nexus.db".into()), (120, 36));
    service.answer();
    service.press("alan<tab>sesame<enter>");
    let asked = service.open.pop().unwrap();
    let plain = Operator { level: AccessLevel::User, ..operator(7) };
    service.tell(Msg::Done(asked.request_id, Ok(Reply::SignedIn(plain))));
    service.answer();
    assert!(service.model.help().iter().all(|help| help.name != "as [WHO]"));
    let effects = service.press(":as ada<enter>");
    assert!(requests(&effects).is_empty());
    service.assert_hides("as ada");
    let mut service = Service::logged_in();
    service.operate(":as<enter>");
    service.assert_shows("as needs an account");
}
