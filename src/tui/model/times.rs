//! The ways in which times are shown.

/// A way in which times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Times {
    /// As ages: `2 min ago`.
    #[default]
    Relative,
    Utc,
    /// In the zone of this machine.
    Local,
}

impl Times {
    /// Returns the next way. Where the machine's zone is UTC, that is not shown twice.
    pub(super) const fn next(self, has_local_zone: bool) -> Self {
        match self {
            Self::Relative => Self::Utc,
            Self::Utc if has_local_zone => Self::Local,
            Self::Utc | Self::Local => Self::Relative,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_come_round() {
        let round = |has_zone| {
            let first = Times::default();
            let second = first.next(has_zone);
            [first, second, second.next(has_zone), second.next(has_zone).next(has_zone)]
        };
        assert_eq!(round(true), [Times::Relative, Times::Utc, Times::Local, Times::Relative]);
        assert_eq!(round(false), [Times::Relative, Times::Utc, Times::Relative, Times::Utc]);
    }
}
