//! How many pods a rolling update may add and take away.
//!
//! Source: `pkg/controller/deployment/util/deployment_util.go` `ResolveFenceposts`: the surge is rounded up, what may be
//! unavailable is rounded down, and if both are 0 one pod may be unavailable, since nothing could move otherwise.

/// A count, or a percentage of the replicas (`intstr.IntOrString`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// So many pods.
    Count(u32),
    /// So many hundredths of the replicas.
    Percent(u32),
}

impl Share {
    /// What a Deployment without the field gets, both for the surge and for what may be unavailable.
    pub const DEFAULT: Share = Share::Percent(25);

    /// `25%`; `None` for anything else (a number is not text in the API).
    pub fn parse(text: &str) -> Option<Share> {
        text.strip_suffix('%')?.parse().ok().map(Share::Percent)
    }

    /// Pods, a part of a pod counting as one.
    pub fn rounded_up(self, replicas: u32) -> u32 {
        self.of(replicas, 99)
    }

    /// Pods, a part of a pod not counting.
    pub fn rounded_down(self, replicas: u32) -> u32 {
        self.of(replicas, 0)
    }

    fn of(self, replicas: u32, add: u64) -> u32 {
        match self {
            Share::Count(count) => count,
            Share::Percent(percent) => {
                let hundredths = u64::from(percent).saturating_mul(u64::from(replicas)).saturating_add(add);
                u32::try_from(hundredths / 100).unwrap_or(u32::MAX)
            }
        }
    }
}

/// Pods above and below the wanted number that a rolling update may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Pods of both sets together may be this many above `replicas`.
    pub surge: u32,
    /// Available pods may be this many below `replicas`; never more than `replicas`.
    pub unavailable: u32,
}

/// The room of an update of `replicas` pods (`ResolveFenceposts`, `MaxUnavailable`).
#[must_use]
pub fn room(max_surge: Share, max_unavailable: Share, replicas: u32) -> Room {
    let surge = max_surge.rounded_up(replicas);
    let unavailable = max_unavailable.rounded_down(replicas);
    let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
    Room { surge, unavailable: unavailable.min(replicas) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_three_is_one_more_and_none_less() {
        assert_eq!(room(Share::DEFAULT, Share::DEFAULT, 3), Room { surge: 1, unavailable: 0 });
        assert_eq!(room(Share::DEFAULT, Share::DEFAULT, 10), Room { surge: 3, unavailable: 2 });
        assert_eq!(room(Share::DEFAULT, Share::DEFAULT, 4), Room { surge: 1, unavailable: 1 });
    }

    #[test]
    fn both_zero_lets_one_be_unavailable() {
        assert_eq!(room(Share::Count(0), Share::Percent(10), 5), Room { surge: 0, unavailable: 1 });
    }

    #[test]
    fn no_more_are_unavailable_than_there_are() {
        assert_eq!(room(Share::Count(1), Share::Count(5), 2), Room { surge: 1, unavailable: 2 });
        assert_eq!(room(Share::Count(0), Share::Count(0), 0), Room { surge: 0, unavailable: 0 });
        assert_eq!(room(Share::Percent(u32::MAX), Share::Percent(0), u32::MAX).surge, u32::MAX);
    }

    #[test]
    fn percentages_are_read_with_their_sign_only() {
        assert_eq!(Share::parse("25%"), Some(Share::Percent(25)));
        assert_eq!(Share::parse("25"), None);
        assert_eq!(Share::parse("-5%"), None);
    }
}
