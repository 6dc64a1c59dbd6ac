//! Answers that cost more than a frame: they are asked for once nobody has changed anything for a moment.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::{hook, use_effect_with, use_state};

/// So long nothing has to change.
const DELAY_MS: u32 = 250;

/// What `ask` makes of `on`, a moment after the last change. Until then it is the answer before, with what it was asked of.
#[hook]
pub fn use_later<D, T>(on: D, ask: fn(&D) -> T) -> Option<Rc<(D, T)>>
where
    D: Clone + PartialEq + 'static,
    T: 'static,
{
    let answer = use_state(|| None::<Rc<(D, T)>>);
    {
        let answer = answer.clone();
        use_effect_with(on, move |on| {
            let on = on.clone();
            let timer = Timeout::new(DELAY_MS, move || {
                let told = ask(&on);
                answer.set(Some(Rc::new((on, told))));
            });
            move || drop(timer)
        });
    }
    (*answer).clone()
}
