//! Runs a case: kernel and kubelet, without a cluster around them.

use super::answer::{self, Answer};
use super::input::Input;
use super::manifest::boot;
use super::trigger::{Deed, Story};
use crate::base::Text;
use crate::base::id::EventId;
use crate::base::limits::{BATCH, Limits};
use crate::base::time::{SimDuration, SimTime};
use crate::cx::{Cx, Stimulus};
use crate::kernel::Kernel;
use crate::kubelet::{Kubelet, PodPlan};
use crate::observed::Observed;
use crate::rules::RuleId;
use crate::trace::{EventKind, Trace};

/// Time from the pod's start to the trigger: it runs and is ready by then.
pub(super) const BOOT: SimDuration = SimDuration::from_secs(5);
/// Port of servers in cases.
pub(super) const PORT: u16 = 8080;
/// How long a case is watched after its trigger, besides its grace.
const WATCH: SimDuration = SimDuration::from_secs(200);
/// The same for restarts: nine of them.
const WATCH_RESTARTS: SimDuration = SimDuration::from_secs(1_000);

/// Runs the case and looks at its trace.
pub(super) fn run(input: &Input, story: &Story, plan: &PodPlan) -> Answer {
    let grace = plan.spec.termination_grace_period_seconds.value;
    let start = SimTime::ZERO + boot(story);
    let watch = story.crash.map_or(WATCH, |(_, run)| WATCH_RESTARTS + run.times(9));
    let longest = input.kubelet_grace_override.flatten().into_iter().chain(story.longest_grace()).chain([grace]).max();
    let until = start + watch + SimDuration::from_secs(longest.and_then(|g| u64::try_from(g).ok()).unwrap_or(0));
    let limits = Limits { time: SimDuration::from_micros(u64::MAX), ..BATCH };
    let text = Text::from(input.trigger.as_deref().unwrap_or("delete"));
    let deeds: Vec<(SimTime, Deed)> = story.deeds.iter().map(|(after, deed)| (start + *after, *deed)).collect();
    let (trace, end) = play(plan, &text, &deeds, until, limits);
    answer::view(input, story, start, &trace, &end)
}

/// Runs a pod and does this to it, without a cluster around it. `words` is what the person typed.
pub fn play(
    plan: &PodPlan,
    words: &Text,
    deeds: &[(SimTime, Deed)],
    until: SimTime,
    limits: Limits,
) -> (Trace, Observed) {
    let mut cx = Cx::new(0, 0, limits);
    let mut kernel = Kernel::new();
    let mut kubelet = Kubelet::new();
    let applied = cx.emit(RuleId::InputGiven, EventKind::Input(Text::from("kubectl apply -f pod.yaml")));
    cx.set_cause(Some(applied));
    let pod = kubelet.add_pod(&mut cx, &mut kernel, plan, "pod".into(), "".into());
    cx.set_cause(None);
    for (n, (at, _)) in deeds.iter().enumerate() {
        cx.at(*at, Stimulus::Input(u32::try_from(n).unwrap_or(u32::MAX)));
    }
    let mut shown = 0;
    while let Some(stimulus) = cx.next(until) {
        match stimulus {
            Stimulus::Run(task) => kernel.run(&mut cx, task),
            Stimulus::Wake(task, generation) => kernel.wake_up(&mut cx, task, generation),
            Stimulus::Kubelet(n) => kubelet.timer(&mut cx, &mut kernel, n),
            Stimulus::Cluster(_) | Stimulus::Docker(_) | Stimulus::Served(_) => {}
            Stimulus::Input(n) => {
                let deed = deeds.get(usize::try_from(n).unwrap_or(usize::MAX)).map(|(_, deed)| *deed);
                let event = cx.emit(RuleId::InputGiven, EventKind::Input(words.clone()));
                cx.set_cause(Some(event));
                match deed {
                    Some(Deed::Delete(request)) => kubelet.delete(&mut cx, &mut kernel, pod, &request),
                    Some(Deed::OutOfMemory) => kubelet.out_of_memory(&mut cx, &mut kernel, pod, None),
                    Some(Deed::Evict(eviction)) => kubelet.evict(&mut cx, &mut kernel, pod, eviction),
                    None => {}
                }
            }
        }
        while shown < cx.trace().len() && !cx.is_exhausted() {
            let new = EventId::from_index(shown)..EventId::from_index(cx.trace().len());
            shown = new.end.index();
            kubelet.react(&mut cx, &mut kernel, new);
        }
    }
    cx.finish()
}
