//! The simulator without the page: the module that the page asks. Wiring only.

fn main() {
    grace_period::effect::engine::serve(grace_period::engine::reply);
}
