//! The still figure that stands in the page before the simulator starts is what the simulator draws today.
//!
//! `UPDATE=1 cargo test --test figure` writes it anew.

use grace_period::scene::still::still;
use grace_period::store::opening;
use grace_period::store::state::State;

/// Ten seconds after the delete: one server has not heard of it, the other one is gone.
const MOMENT: i64 = 10_000_000;
const NAME: &str = "Ten seconds after the delete. Started through a shell, ruby has not heard the signal: the shell is process 1 \
                    and has no handler for it. Started directly, ruby has caught it and ended by itself.";

#[test]
fn the_still_figure_is_up_to_date() {
    let drawn = format!("{}\n", still(&State::new(opening::drafts()), MOMENT, NAME));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/static/opening.svg");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &drawn).expect("a writable file");
    }
    let kept = std::fs::read_to_string(path).expect("the figure");
    assert!(kept == drawn, "static/opening.svg is out of date: type  UPDATE=1 cargo test --test figure");
}
