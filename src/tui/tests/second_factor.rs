//! The set-up of the own second factor, and the slip with its recovery codes.

use crate::service::contract::{FactorOffer, FactorSlip};

use super::*;

fn secret(text: &str) -> Secret {
    Secret::from_text(text).unwrap()
}

pub(super) fn offer() -> FactorOffer {
    let text = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let uri = format!("otpauth://totp/NEXUS:ada?secret={text}&issuer=NEXUS");
    FactorOffer { secret: secret(text), uri: secret(&uri), label: "ada".into() }
}

pub(super) fn slip(is_verified: bool) -> FactorSlip {
    let codes = (0..10).map(|n| secret(&format!("7K1M-0QR{n}"))).collect();
    let summary = ActionSummary {
        accounts: 1,
        label: Some("ada".into()),
        ..ActionSummary::new(Action::FactorEnrolled)
    };
    FactorSlip { summary, codes, offer: offer(), is_verified }
}

/// Returns a console of this size that shows the offer.
fn offered(size: (u16, u16)) -> Service {
    let mut service = Service::over(StorePath::Usual("/srv/nexus.db".into()), size);
    service.log_in();
    let effects = service.press(":second-factor<enter>");
    assert!(requests(&effects).contains(&&Request::Accounts(Accounts::OfferFactor)), "{effects:?}");
    let at = service.open.iter().position(|asked| asked.request == Request::Accounts(Accounts::OfferFactor));
    let asked = service.open.remove(at.unwrap());
    service.tell(Msg::Done(asked.request_id, Ok(Reply::FactorOffer(Box::new(offer())))));
    service.answer();
    service
}

#[test]
fn the_secret_stands_beside_the_picture_where_there_is_room() {
    for (size, has_picture) in [((120, 36), true), ((80, 24), true), ((60, 18), false), ((40, 12), false)] {
        let service = offered(size);
        service.assert_shows("Second factor of ada");
        service.assert_shows("GEZD GNBV GY3T QOJQ");
        service.assert_shows("Code");
        assert_eq!(service.shows("█"), has_picture, "{size:?}\n{}", service.seen());
    }
}

#[test]
fn the_first_code_sets_it_up_and_the_slip_is_shown_once() {
    let mut service = offered((80, 24));
    let effects = service.press("123456<enter>");
    let factor = offer().secret;
    assert_eq!(
        requests(&effects),
        [&Request::Accounts(Accounts::EnrolFactor { factor, code: secret("123456") })]
    );
    service.finish(Err(failure(FailureKind::Refused, "Wrong code.")));
    service.assert_shows("Wrong code.");
    service.now += Duration::seconds(2);
    service.press("654321<enter>");
    service.finish(Ok(Reply::FactorSet(Box::new(slip(true)))));
    service.answer();
    service.assert_shows("Recovery codes of ada");
    service.assert_shows("7K1M-0QR9");
    service.assert_hides("GEZD");
    let copied = service.press("y");
    assert!(matches!(&copied[..], [Effect::Copy(text)] if text.lines().count() == 10), "{copied:?}");
    service.press("<enter>");
    service.assert_hides("7K1M");
}

#[test]
fn the_slip_of_somebody_else_s_has_the_secret_too_at_every_size() {
    for size in [(120, 36), (80, 24), (60, 18), (40, 12)] {
        let mut service = Service::over(StorePath::Usual("/srv/nexus.db".into()), size);
        service.log_in();
        service.press(":user second-factor 2 --enrol<enter>");
        service.finish(Ok(Reply::FactorSet(Box::new(slip(false)))));
        service.answer();
        for n in 0..10 {
            service.assert_shows(&format!("7K1M-0QR{n}"));
        }
        service.assert_shows("GEZDGNBVGY3T");
    }
}

#[test]
fn a_stale_operator_is_asked_for_the_password_in_a_box() {
    let mut service = offered((80, 24));
    service.wait(Duration::minutes(10));
    service.press("123456<enter>");
    service.answer_counts();
    service.read();
    service.assert_shows("Your password:");
}

#[test]
fn what_was_typed_of_a_code_is_wiped_by_the_lock() {
    let mut service = offered((80, 24));
    service.press("123<f2>");
    service.assert_shows("123");
    service.wait(Duration::minutes(15));
    service.assert_hides("GEZD");
    service.operate("sesame<enter>");
    service.assert_shows("GEZD");
    assert_eq!(requests(&service.press("<enter>")), [&Request::Overview; 0], "the field is empty");
}
