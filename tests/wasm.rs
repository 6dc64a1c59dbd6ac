//! The simulator in WebAssembly gives what it gives natively: the same literals are asserted in both worlds.
//!
//! Runs under Node with `wasm-bindgen-test-runner` for wasm32, and as an ordinary test elsewhere. What can differ is the
//! width of `usize` (32 bits) and everything computed from it. The page itself is tested in a browser: `tests/browser/`.

use simulator::base::rng::Rng;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn chance_is_the_same_natively_and_in_webassembly() {
    let mut rng = Rng::stream(1, "lag");
    assert_eq!([rng.next_u64(), rng.below(1_000_000), rng.between(1, 6)], [14_599_216_662_323_750_828, 554_855, 6]);
}
