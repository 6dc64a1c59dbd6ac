//! A rule as a number, for runs that are kept as bytes, and by its stable text, which links and documents have.

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

impl RuleId {
    /// The rule of this text.
    pub fn from_id(id: &str) -> Option<RuleId> {
        RuleId::ALL.iter().copied().find(|r| r.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_texts_are_unique_and_found_again() {
        for rule in RuleId::ALL {
            assert_eq!(RuleId::from_id(rule.id()), Some(*rule));
        }
    }
}
