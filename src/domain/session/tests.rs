use crate::domain::day::Day;
use crate::domain::time::from_stored;
use crate::domain::user::Status;

use super::*;

fn session(expiration: &str, row_status: RowStatus, user_status: Status) -> Session {
    Session {
        id: 1,
        user_id: UserId(1),
        user: "ada".into(),
        account: AccountState::of(user_status),
        short_id: "3fa9c1e0".into(),
        row_status,
        expiration: from_stored(expiration),
        unreadable_expiration: from_stored(expiration).is_none().then(|| expiration.to_owned()),
        origin: SessionOrigin::Service,
        origin_detail: String::new(),
        label: None,
        started_at: None,
        last_seen: None,
        end: None,
        idle_limit: None,
    }
}

#[test]
fn an_ended_session_says_who_ended_it_when_and_why() {
    let now = from_stored("2026-11-23 12:00:00").unwrap();
    let (later, earlier) = ("2026-11-23 13:00:00", "2026-11-23 11:00:00");
    let why = |expiration, row, user, end| {
        Session { end, ..session(expiration, row, user) }.why_ended(now).unwrap_or_default()
    };
    let at = from_stored("2026-11-23 10:30:00").unwrap();
    let end = |reason| Some(SessionEnd::new(at, Some("ann".into()), reason));
    let (active, expired) = (RowStatus::Active, RowStatus::Expired);
    assert_eq!(why(later, active, Status::Confirmed, None), "");
    for reason in EndReason::ALL {
        assert_eq!(EndReason::parse(reason.word()), Some(reason));
        let expected = format!("{} by ann, 23 Nov 2026 10:30 UTC", reason.words());
        assert_eq!(why(later, expired, Status::Confirmed, end(reason)), expected);
    }
    let remark = |text: &str| {
        let end = SessionEnd::new(at, Some("ann".into()), EndReason::Revoked);
        Some(SessionEnd { remark: Some(text.into()), ..end })
    };
    let lost = why(later, expired, Status::Confirmed, remark("lost: laptop"));
    assert_eq!(lost, "revoked by ann, 23 Nov 2026 10:30 UTC: lost: laptop");
    assert_eq!(why(later, active, Status::Confirmed, remark("lost")), "");
    // The rest of an end that another program took back does not count.
    assert_eq!(why(later, active, Status::Confirmed, end(EndReason::Revoked)), "");
    assert_eq!(why(later, expired, Status::Confirmed, None), "ended");
    assert_eq!(why(earlier, active, Status::Confirmed, None), "expired, 23 Nov 2026 11:00 UTC");
    assert_eq!(why("never", active, Status::Confirmed, None), "unreadable date “never”");
    let swept = why("never", expired, Status::Confirmed, end(EndReason::TimeOver));
    assert_eq!(swept, "unreadable date “never” by ann, 23 Nov 2026 10:30 UTC");
    let revoked = why("never", expired, Status::Confirmed, end(EndReason::Revoked));
    assert_eq!(revoked, "revoked by ann, 23 Nov 2026 10:30 UTC");
    let none = Session { unreadable_expiration: None, ..session("", active, Status::Confirmed) };
    assert_eq!(none.why_ended(now).as_deref(), Some("it has no end time"));
    assert_eq!(why(later, active, Status::Suspended, None), "account suspended");
    assert_eq!(why(later, active, Status::Pending, None), "account pending");
}

#[test]
fn the_reason_of_an_end_is_stored_with_the_remark() {
    for remark in [None, Some("lost: laptop"), Some("x")] {
        for reason in EndReason::ALL {
            let end = SessionEnd { remark: remark.map(str::to_owned), ..SessionEnd::new(at(), None, reason) };
            assert_eq!(SessionEnd::parse_reason(&end.stored_reason()), Some((end.reason, end.remark)));
        }
    }
    assert_eq!(SessionEnd::parse_reason("of another program"), None);
    assert_eq!(SessionEnd::parse_reason("revoking: x"), None);
}

fn at() -> Timestamp {
    from_stored("2026-11-23 10:30:00").unwrap()
}

#[test]
fn it_is_good_only_when_row_time_and_account_agree() {
    let now = from_stored("2026-11-23 12:00:00").unwrap();
    let later = "2026-11-23 13:00:00";
    let good = session(later, RowStatus::Active, Status::Confirmed);
    assert_eq!((good.ended(now), good.left(now)), (None, Duration::hours(1)));
    for (expiration, row, user, why) in [
        (later, RowStatus::Expired, Status::Confirmed, Ended::Marked),
        ("2026-11-23 12:00:00", RowStatus::Active, Status::Confirmed, Ended::TimeOver),
        ("never", RowStatus::Active, Status::Confirmed, Ended::TimeOver),
        (later, RowStatus::Active, Status::Suspended, Ended::Account(Shut::Suspended)),
    ] {
        let over = session(expiration, row, user);
        assert_eq!((over.ended(now), over.left(now)), (Some(why), Duration::zero()));
    }
}

#[test]
fn it_is_good_only_on_the_days_of_its_account() {
    let now = from_stored("2026-11-23 12:00:00").unwrap();
    let [yesterday, today, tomorrow] =
        ["2026-11-22", "2026-11-23", "2026-11-24"].map(|day| Day::parse(day).unwrap());
    for (valid_from, expires_on, words) in [
        (None, Some(today), None),
        (Some(today), None, None),
        (None, Some(yesterday), Some("account expired on 2026-11-22")),
        (Some(tomorrow), None, Some("account not valid before 2026-11-24")),
    ] {
        let account = AccountState { valid_from, expires_on, ..AccountState::of(Status::Confirmed) };
        let session =
            Session { account, ..session("2026-12-23 13:00:00", RowStatus::Active, Status::Pending) };
        assert_eq!(session.why_ended(now).as_deref(), words);
    }
}
