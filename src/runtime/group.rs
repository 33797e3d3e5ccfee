//! System groups by name.

use std::fs;

use crate::domain::config::GroupName;
use crate::service::contract::{Failure, FailureKind};

/// Returns the number of a group: the name itself if it is a number, else the number in the local list of
/// groups (group(5)).
///
/// # Errors
/// [`FailureKind::Invalid`] for a group that is not listed.
pub fn group_id(name: &GroupName) -> Result<u32, Failure> {
    let list = fs::read_to_string("/etc/group").unwrap_or_default();
    number(name.as_str(), &list).ok_or_else(|| {
        let message =
            format!("store.group names the group {}, which /etc/group does not list.", name.as_str());
        Failure::new(FailureKind::Invalid, message).hint("the number of a group works, too")
    })
}

fn number(name: &str, list: &str) -> Option<u32> {
    let listed = |line: &str| {
        let mut fields = line.split(':');
        (fields.next()? == name).then(|| fields.nth(1)?.parse().ok()).flatten()
    };
    list.lines().find_map(listed).or_else(|| name.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_by_name_or_is_a_number() {
        let list = "root:x:0:\nmedia:x:1001:ada,bob\nbad\nworse:x:y:\n";
        for (name, id) in [
            ("media", Some(1001)),
            ("root", Some(0)),
            ("1001", Some(1001)),
            ("med", None),
            ("worse", None),
            ("bad", None),
        ] {
            assert_eq!(number(name, list), id, "{name}");
        }
    }
}
