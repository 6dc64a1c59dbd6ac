//! The trigger of a case: words to what is done to the pod, and when.

use super::input::Input;
use super::script;
use crate::base::time::SimDuration;
use crate::kubelet::{DeleteRequest, Eviction};
use crate::trace::DeleteFrom;

/// What is done to the pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A delete.
    Delete(DeleteRequest),
    /// The kubelet ends it.
    Evict(Eviction),
    /// The kernel kills its main process for its memory.
    OutOfMemory,
}

/// What makes something happen without a deed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Story {
    /// Deeds, with the time after the trigger.
    pub deeds: Vec<(SimDuration, Deed)>,
    /// Time counts from the pod's start instead of from a trigger.
    pub from_start: bool,
    /// The regular containers, which are not listed, end by themselves at 0.
    pub regular_ends: bool,
    /// No node has been found for the pod.
    pub unscheduled: bool,
    /// The pod is over before the trigger: exit code of its containers.
    pub over: Option<u8>,
    /// A probe of this kind begins to fail at 0; its own grace.
    pub probe: Option<(&'static str, Option<i64>)>,
    /// postStart fails so long after the start, with this code.
    pub post_start: Option<(SimDuration, u8)>,
    /// Containers exit with this code so long after each start.
    pub crash: Option<(u8, SimDuration)>,
}

impl Story {
    /// The longest grace that a deed asks for.
    pub fn longest_grace(&self) -> Option<i64> {
        let asked = self.deeds.iter().map(|(_, deed)| match deed {
            Deed::Delete(request) => request.grace,
            Deed::Evict(Eviction::Soft(grace) | Eviction::NodeShutdown(grace)) => Some(*grace),
            Deed::OutOfMemory | Deed::Evict(Eviction::Hard | Eviction::Preemption | Eviction::Orphan) => None,
        });
        asked.flatten().max()
    }
}

/// Reads the trigger.
pub(super) fn read(input: &Input) -> Result<Story, String> {
    let text = input.trigger.as_deref().unwrap_or("delete");
    let lower = text.to_ascii_lowercase();
    let mut story = Story::default();
    let own_grace =
        || script::number_after(text, "gracePeriodSeconds=").or(script::number_after(text, "GracePeriodSeconds="));
    if lower.starts_with("none") {
        story.regular_ends = true;
    } else if lower.contains("poststart") && lower.contains("delete") {
        story.from_start = true;
        let at = script::time_after(&lower, " at ").unwrap_or_default();
        story.deeds.push((at, Deed::Delete(DeleteRequest::PLAIN)));
    } else if lower.contains("poststart") {
        story.from_start = true;
        let code = script::exit_code(&lower).unwrap_or(1);
        let at = script::time_after(&lower, " at ").unwrap_or_default();
        story.post_start = Some((at, code));
    } else if (lower.starts_with("container") && lower.contains("exits")) || lower.contains("after each start") {
        story.from_start = true;
        let run = script::first_time(&lower).unwrap_or_default();
        story.crash = Some((script::exit_code(&lower).unwrap_or(1), run));
    } else if lower.contains("liveness") || lower.contains("startup probe") {
        let kind = if lower.contains("liveness") { "liveness" } else { "startup" };
        story.probe = Some((kind, own_grace()));
    } else {
        for part in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            let at = script::time_after(&part.to_ascii_lowercase(), " at ").unwrap_or_default();
            let deed = deed(part, input).ok_or_else(|| format!("the trigger is not understood: {part}"))?;
            story.deeds.push((at, deed));
        }
        story.unscheduled =
            lower.contains("unscheduled") || lower.contains("not scheduled") || lower.contains("pending");
        story.over = if lower.contains("succeeded") { Some(0) } else { None };
        if lower.contains("failed") {
            story.over = Some(1);
        }
    }
    Ok(story)
}

fn deed(part: &str, input: &Input) -> Option<Deed> {
    let lower = part.to_ascii_lowercase();
    let given = input.kubelet_grace_override.flatten();
    if lower.contains("oom") || lower.contains("out of memory") {
        return Some(Deed::OutOfMemory);
    }
    if lower.contains("hard eviction") {
        return Some(Deed::Evict(Eviction::Hard));
    }
    if lower.contains("soft eviction") {
        let most = script::number_after(part, "evictionMaxPodGracePeriod=").or(given).unwrap_or(0);
        return Some(Deed::Evict(Eviction::Soft(most)));
    }
    if lower.contains("shutdown") {
        let period = script::number_after(part, "=").or(given)?;
        return Some(Deed::Evict(Eviction::NodeShutdown(period)));
    }
    if lower.contains("preempt") {
        return Some(Deed::Evict(Eviction::Preemption));
    }
    if lower.contains("no spec") || lower.contains("orphan") {
        return Some(Deed::Evict(Eviction::Orphan));
    }
    if lower.contains("drain") || lower.contains("eviction") {
        return Some(Deed::Delete(DeleteRequest { from: DeleteFrom::Eviction, ..DeleteRequest::PLAIN }));
    }
    if lower.contains("scale") || lower.contains("controller") || lower.contains("rollout") {
        return Some(Deed::Delete(DeleteRequest::CONTROLLER));
    }
    let from_api = script::number_after(part, "gracePeriodSeconds=");
    if let Some(grace) = from_api.filter(|_| !lower.contains("--grace")) {
        return Some(Deed::Delete(DeleteRequest {
            grace: Some(grace),
            from: DeleteFrom::Controller,
            ..DeleteRequest::PLAIN
        }));
    }
    let flags = lower.contains("--");
    if flags || lower.contains("delete") {
        let grace = script::number_after(part, "--grace-period=").or(script::number_after(part, "--grace-period "));
        let (force, now) = (lower.contains("--force"), lower.contains("--now"));
        return Some(Deed::Delete(DeleteRequest { grace, force, now, from: DeleteFrom::User }));
    }
    // Words that are not known, with the grace that the kubelet is given.
    given.map(|grace| Deed::Evict(Eviction::Soft(grace)))
}
