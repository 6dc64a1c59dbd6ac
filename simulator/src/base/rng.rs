//! Chance: a 64-bit generator per named stream, so that a new user of chance shifts nobody else's numbers.
//!
//! SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Not cryptographic.

/// One stream of pseudo-random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The stream `name` of the run with this seed.
    pub fn stream(seed: u64, name: &str) -> Self {
        // FNV-1a over the name, then one round of mixing with the seed.
        let hash =
            name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        Rng { state: mix(seed ^ mix(hash)) }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number in `0..bound`; 0 if `bound` is 0. The bias is below 2^-32 for the bounds used here.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number in `low..=high`; `low` if the range is empty.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low.saturating_add(self.below(high.saturating_sub(low).saturating_add(1)))
    }
}

/// The finaliser of SplitMix64, also used as a hash of small numbers.
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_does_not_depend_on_other_streams() {
        let mut lag = Rng::stream(1, "lag");
        let first = lag.next_u64();
        let mut arrivals = Rng::stream(1, "arrivals");
        arrivals.next_u64();
        assert_eq!(Rng::stream(1, "lag").next_u64(), first);
        assert_ne!(Rng::stream(2, "lag").next_u64(), first);
    }

    #[test]
    fn a_range_includes_both_ends() {
        let mut rng = Rng::stream(7, "dice");
        let mut seen: Vec<u64> = (0..200).map(|_| rng.between(1, 6)).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [1, 2, 3, 4, 5, 6]);
    }
}
