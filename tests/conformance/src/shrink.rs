//! A smaller case that still differs.
//!
//! Parts of the script are left out, a construct is replaced by one of its parts, signals are dropped, as long as the
//! arms still disagree. What is left is what the mismatch is about.

use crate::case::Case;
use crate::generate::Generated;
use crate::installed::Installed;
use crate::real::Real;
use crate::suite::{Mismatch, Verdict, compare};

/// Cases that are tried at most: each takes some seconds.
const TRIES: usize = 120;

/// The smallest that was found, and its outcomes.
pub fn shrink(real: &Real, shell: &Installed, start: Generated, first: Mismatch) -> (Generated, Mismatch) {
    let mut best = (start, first);
    let mut tries = 0;
    'again: loop {
        for smaller in best.0.smaller() {
            let Some(case) = smaller.case(shell.row) else { continue };
            if tries >= TRIES {
                return best;
            }
            tries += 1;
            if let Some(mismatch) = differs(real, shell, &case) {
                best = (smaller, mismatch);
                continue 'again;
            }
        }
        return best;
    }
}

fn differs(real: &Real, shell: &Installed, case: &Case) -> Option<Mismatch> {
    match compare(real, shell, case) {
        Verdict::Differs(mismatch) => Some(*mismatch),
        _ => None,
    }
}
