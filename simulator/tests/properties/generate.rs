//! Small tools to generate with: a seeded stream of choices.

use simulator::base::rng::Rng;

/// Choices that depend on a seed only.
pub struct Dice {
    rng: Rng,
}

impl Dice {
    /// The choices of this seed, for one purpose.
    pub fn new(seed: u64, purpose: &str) -> Self {
        Dice { rng: Rng::stream(seed, purpose) }
    }

    /// A number in `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        self.rng.between(low, high)
    }

    /// True so many times out of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.rng.below(100) < percent
    }

    /// One of these.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[usize::try_from(self.rng.below(of.len() as u64)).expect("below the length")]
    }
}
