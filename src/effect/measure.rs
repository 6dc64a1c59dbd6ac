//! How long an action takes, as entries of the browser's performance timeline: User Timing, `Performance.measure`.
//! Nothing of the page reads them; the developer tools and `tests/browser/speed.mjs` do.

use crate::store::action::Action;

/// Does the work, and records under the name how long it takes.
pub fn measured<T>(name: Option<&str>, work: impl FnOnce() -> T) -> T {
    let Some((name, clock)) = name.zip(gloo::utils::window().performance()) else { return work() };
    // An observer gets every entry; only the last ones are kept, so that a page that stays open does not grow.
    clock.clear_marks_with_mark_name(name);
    clock.clear_measures_with_measure_name(name);
    // Without the entries the page is as it was.
    let _ = clock.mark(name);
    let done = work();
    let _ = clock.measure_with_start_mark(name, name);
    done
}

/// The name under which an action is recorded, if a reader waits for it. Ticks are not recorded.
pub fn name(action: &Action) -> Option<&'static str> {
    match action {
        Action::EditFile(..) | Action::EditDraft(_) | Action::Set(..) => Some("edit"),
        Action::Seek(_) | Action::SeekEvent(..) | Action::StepEvent(_) | Action::Ends(_) => Some("seek"),
        _ => None,
    }
}
