//! Parts that know nothing of the simulator's world: drawings, buttons, tabs, the text editor.

pub mod code;
pub mod drawing;
pub mod icon;
pub mod prose;
pub mod tabs;

use yew::Callback;

/// A callback that passes on what `choose` makes of its argument, if anything.
pub fn filtered<T: 'static, A: 'static>(to: &Callback<A>, choose: impl Fn(T) -> Option<A> + 'static) -> Callback<T> {
    let to = to.clone();
    Callback::from(move |given| {
        if let Some(action) = choose(given) {
            to.emit(action);
        }
    })
}
