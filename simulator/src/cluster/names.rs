//! Names that controllers give: `web-7c5ddbdf54-x2x4z`.
//!
//! Follows apimachinery pkg/util/rand (27 characters without vowels and without those that look alike; `SafeEncodeString`)
//! and kubernetes pkg/controller/controller_utils.go ComputeHash.

use crate::base::rng::Rng;

/// The characters of generated names.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// Five random characters (`names.SimpleNameGenerator`).
pub(super) fn suffix(rng: &mut Rng) -> String {
    (0..5).map(|_| letter(rng.below(27))).collect()
}

/// A `pod-template-hash`: a 32-bit number in decimal, each digit made safe (`SafeEncodeString`).
pub(super) fn template_hash(rng: &mut Rng) -> String {
    let number = rng.below(1 << 32).to_string();
    number.bytes().map(|digit| letter(u64::from(digit) % 27)).collect()
}

fn letter(n: u64) -> char {
    usize::try_from(n).ok().and_then(|n| ALPHABET.get(n)).copied().map_or('b', char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_hash_has_only_the_ten_characters_that_digits_become() {
        let mut rng = Rng::stream(3, "names");
        for _ in 0..50 {
            let hash = template_hash(&mut rng);
            assert!(hash.chars().all(|c| "456789bcdf".contains(c)), "{hash}");
            assert!(!hash.is_empty() && hash.len() <= 10, "{hash}");
        }
    }

    #[test]
    fn a_suffix_has_five_characters_of_the_alphabet() {
        let suffix = suffix(&mut Rng::stream(1, "names"));
        assert_eq!(suffix.len(), 5);
        assert!(suffix.bytes().all(|b| ALPHABET.contains(&b)));
    }
}
