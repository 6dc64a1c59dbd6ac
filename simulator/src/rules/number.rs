//! A rule as a number, for runs that are kept as bytes.
//!
//! Not here: the stable text of a rule, which is what links and documents have.

use super::RuleId;

/// Its number in the list, for runs that are kept as bytes.
impl From<RuleId> for u16 {
    fn from(rule: RuleId) -> u16 {
        rule as u16
    }
}

impl TryFrom<u16> for RuleId {
    type Error = &'static str;
    fn try_from(number: u16) -> Result<RuleId, &'static str> {
        RuleId::ALL.get(usize::from(number)).copied().ok_or("no such rule")
    }
}
