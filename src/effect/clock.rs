//! The clock of playback: one tick a frame while something plays, none otherwise. It moves the cursor and nothing else.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};
use yew::{Callback, hook, use_effect_with};

use crate::store::action::Action;

/// A tab in the background gets no frames; when it comes back, no more than this is made up for.
const LONGEST_FRAME_MS: f64 = 100.0;

/// The pending frame, and the time of the last one.
#[derive(Default)]
struct Frames {
    pending: Option<AnimationFrame>,
    last: Option<f64>,
}

/// Ticks while `playing`.
#[hook]
pub fn use_clock(playing: bool, act: Callback<Action>) {
    use_effect_with(playing, move |playing| {
        let frames = Rc::new(RefCell::new(Frames::default()));
        if *playing {
            next(&frames, &act);
        }
        // Dropping the pending frame cancels it.
        move || frames.borrow_mut().pending = None
    });
}

fn next(frames: &Rc<RefCell<Frames>>, act: &Callback<Action>) {
    let (later, act) = (Rc::clone(frames), act.clone());
    let pending = request_animation_frame(move |now| {
        let passed = later.borrow_mut().last.replace(now).map_or(0.0, |last| (now - last).clamp(0.0, LONGEST_FRAME_MS));
        next(&later, &act);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..100 ms")]
        act.emit(Action::Tick((passed * 1_000.0) as u64));
    });
    frames.borrow_mut().pending = Some(pending);
}
