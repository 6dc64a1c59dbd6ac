//! Kubernetes events: what `kubectl describe pod` lists. Texts by release.

use crate::base::id::{EventId, PodId};
use crate::cx::Cx;
use crate::rules::RuleId;
use crate::trace::{EventKind, EventType, OnPod, Reported};

/// Reports a Normal event.
pub(super) fn normal(cx: &mut Cx, rule: RuleId, pod: PodId, reason: &str, message: &str) -> EventId {
    report(cx, rule, pod, EventType::Normal, reason, message)
}

/// Reports a Warning event.
pub(super) fn warning(cx: &mut Cx, rule: RuleId, pod: PodId, reason: &str, message: &str) -> EventId {
    report(cx, rule, pod, EventType::Warning, reason, message)
}

fn report(cx: &mut Cx, rule: RuleId, pod: PodId, kind: EventType, reason: &str, message: &str) -> EventId {
    // What a kubelet tells that does not reach the API server is lost (client-go tools/record: given up after some tries).
    if let Some(cause) = cx.cause().filter(|_| !cx.seen().is_reported(pod)) {
        return cause;
    }
    let event = Reported { kind, reason: reason.into(), message: message.into() };
    cx.emit(rule, EventKind::Pod(pod, OnPod::Event(Box::new(event))))
}

/// A text of the table of releases with the container's name in it.
pub(super) fn with_name(template: &str, name: &str) -> String {
    template.replace("{}", name)
}
