//! Questions to the kubelet alone: a pod with scripted applications, a trigger, and what happens from then on.
//!
//! The wire format of conformance vectors (`grace probe`, kind kubelet). The engine is the one of every run; the node takes
//! no time for what it does, so that only what the rules ask for is left. Times count from the trigger reaching the kubelet.

mod answer;
mod input;
mod manifest;
mod run;
mod script;
mod trigger;

pub use answer::{Answer, ContainerAnswer, Line};
pub use input::Input;
pub use run::play;
pub use trigger::Deed;

use super::versions::Version;
use crate::base::time::SimDuration;
use crate::pod::rolling;

/// What happens in the case, or why it cannot be understood.
pub fn answer(input: &Input, version: Version) -> Result<Answer, String> {
    if let Some(replicas) = input.replicas {
        return rolling_update(input, replicas);
    }
    let story = trigger::read(input)?;
    if story.unscheduled {
        return Ok(unscheduled());
    }
    match manifest::plan(input, &story, version)? {
        manifest::Made::Rejected => {
            Ok(Answer::of(vec![Line::new(SimDuration::ZERO, "api", "pod rejected by validation")]))
        }
        manifest::Made::Plan(plan) => Ok(run::run(input, &story, &plan)),
    }
}

/// A pod without a node is deleted with grace 0, whatever is asked for: no kubelet knows it (strategy.go
/// `CheckGracefulDelete`).
fn unscheduled() -> Answer {
    let line = |text| Line::new(SimDuration::ZERO, "api", text);
    let lines = vec![line("deletionGracePeriodSeconds=0"), line("object removed")];
    Answer { api_object_gone_at: Some(SimDuration::ZERO), ..Answer::of(lines) }
}

/// The bounds of a rolling update.
fn rolling_update(input: &Input, replicas: u32) -> Result<Answer, String> {
    let share = |text: &Option<input::Count>| match text {
        None => Ok(rolling::Share::DEFAULT),
        Some(input::Count::Number(n)) => Ok(rolling::Share::Count(*n)),
        Some(input::Count::Text(t)) => rolling::Share::parse(t).ok_or_else(|| format!("{t} is no share of pods")),
    };
    let room = rolling::room(share(&input.max_surge)?, share(&input.max_unavailable)?, replicas);
    let (surge, unavailable) = (room.surge, room.unavailable);
    let most = replicas.saturating_add(surge);
    let least = replicas.saturating_sub(unavailable);
    let text = format!("surge={surge} unavailable={unavailable} -> at most {most} desired, at least {least} available");
    Ok(Answer::of(vec![Line::new(SimDuration::ZERO, "deployment", &text)]))
}
