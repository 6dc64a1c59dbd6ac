//! The simulator without the page: the module that the page asks when it is built with the feature `split`. Wiring only.

fn main() {
    grace_period::effect::engine::serve();
}
