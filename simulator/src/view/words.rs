//! Events in words: one English sentence an event, as it could be told at that moment.
//!
//! Pure: reads the visible state *before* the event, so that a process is called what it was called then.

use crate::base::id::{ContainerId, PodId, TaskId, WorkloadId};
use crate::observed::{Observed, node_name};
use crate::trace::{
    Choice, Conditions, DeleteFrom, Disposition, Event, EventKind, Exhausted, ExitStatus, Hook, HookKind, HookResult,
    OnContainer, OnEndpoint, OnNode, OnPod, OnRequest, OnTask, OnWorkload, Outcome, PodPhase, Probe, Reaper, Sender,
    SocketState, Stream, Wait, WaitTarget,
};

/// `ruby (pid 6)`.
pub fn task_name(seen: &Observed, task: TaskId) -> String {
    match seen.task(task) {
        Some(t) => format!("{} (pid {})", t.comm, t.pid),
        None => "a new process".to_owned(),
    }
}

/// The container's name in its pod.
pub fn container_name(seen: &Observed, container: ContainerId) -> String {
    match seen.container(container) {
        Some(c) if &*c.name == "POD" => "the sandbox".to_owned(),
        Some(c) => format!("container {}", c.name),
        None => "a new container".to_owned(),
    }
}

/// The pod's name.
pub fn pod_name(seen: &Observed, pod: PodId) -> String {
    seen.pod(pod).map_or_else(
        || "a new pod".to_owned(),
        |p| {
            let what = if p.docker { "container" } else { "pod" };
            format!("{what} {}", p.name)
        },
    )
}

/// What happened, as a sentence without a final full stop. `seen` is the state just before the event.
pub fn sentence(seen: &Observed, event: &Event) -> String {
    match &event.kind {
        EventKind::Input(text) => text.to_string(),
        EventKind::Namespace(_, first) => {
            format!("a PID namespace is made; the first process forked in it will be pid {first}")
        }
        EventKind::Task(task, what) => on_task(seen, *task, what),
        EventKind::Container(container, what) => on_container(seen, *container, what),
        EventKind::Pod(pod, what) => on_pod(seen, *pod, what),
        EventKind::Workload(workload, what) => on_workload(seen, *workload, what),
        EventKind::Endpoint(pod, what) => on_endpoint(seen, *pod, *what),
        EventKind::Request(request, what) => on_request(seen, request.0, *what),
        EventKind::Node(number, what) => on_node(*number, *what),
        EventKind::Budget(what) => budget(*what).to_owned(),
    }
}

fn on_task(seen: &Observed, task: TaskId, what: &OnTask) -> String {
    let name = task_name(seen, task);
    match what {
        OnTask::Entered(entry) => format!("the runtime starts a process as pid {} ({})", entry.pid, entry.role),
        OnTask::Forked { pid, .. } => format!("{name} forks: pid {pid}"),
        OnTask::ForkRefused(errno) => format!("{name} cannot fork: {errno}"),
        OnTask::Execed(new) => format!("{name} becomes {}", new.argv.join(" ")),
        OnTask::ExecFailed { path, errno } => format!("{name} cannot execute {path}: {errno}"),
        OnTask::Disposed(signal, Disposition::Default) => format!("{name} restores the default for SIG{signal}"),
        OnTask::Disposed(signal, Disposition::Ignore) => format!("{name} ignores SIG{signal} from now on"),
        OnTask::Disposed(signal, Disposition::Catch | Disposition::CatchNoChildWait) => {
            format!("{name} installs a handler for SIG{signal}")
        }
        OnTask::Masked(set) if set.is_empty() => format!("{name} blocks no signals"),
        OnTask::Masked(set) => {
            let names: Vec<String> = set.iter().map(|s| format!("SIG{s}")).collect();
            format!("{name} blocks {}", names.join(", "))
        }
        OnTask::Sent { signal, from } => format!("SIG{signal} is sent to {name} {}", sender(seen, *from)),
        OnTask::Dropped(signal) => format!("SIG{signal} has no effect on {name}: the kernel drops it"),
        OnTask::Pended(signal) => format!("SIG{signal} stays pending for {name}"),
        OnTask::Caught(signal) => format!("{name} catches SIG{signal}: its handler runs"),
        OnTask::Taken(signal) => format!("{name} takes SIG{signal}, which it was waiting for"),
        OnTask::Handled(signal) => format!("{name} is done with what it does on SIG{signal}"),
        OnTask::Stopped(signal) => format!("{name} is stopped by SIG{signal}"),
        OnTask::Continued => format!("{name} continues"),
        OnTask::Waits(wait) => format!("{name} {}", waits(*wait)),
        OnTask::Died(ExitStatus::Exited(code)) => format!("{name} exits with code {code}"),
        OnTask::Died(ExitStatus::Signaled(signal)) => format!("{name} is killed by SIG{signal}"),
        OnTask::Adopted { by } => format!("{name} has lost its parent and is adopted by {}", task_name(seen, *by)),
        OnTask::Reaped(by) => match by {
            Reaper::Parent(parent) => format!("{} reaps {name}", task_name(seen, *parent)),
            Reaper::Outside => format!("the runtime reaps {name}"),
            Reaper::Unasked => format!("the kernel removes {name} at once: its parent ignores SIGCHLD"),
            Reaper::NamespaceEnd => format!("the kernel removes {name} with its namespace"),
        },
        OnTask::Grouped { pgid, sid } => format!("{name} is now in process group {pgid}, session {sid}"),
        OnTask::Subreaper(true) => format!("{name} becomes a subreaper"),
        OnTask::Subreaper(false) => format!("{name} is no subreaper any more"),
        OnTask::Wrote { stream, text } => {
            let to = match stream {
                Stream::Stdout | Stream::Session => "",
                Stream::Stderr => " to standard error",
            };
            format!("{name} writes{to}: {}", text.trim_end())
        }
        OnTask::Buffered(bytes) => format!("{name} holds {bytes} bytes of output in its buffer"),
        OnTask::BufferLost(bytes) => format!("{bytes} bytes in the buffer of {name} are lost"),
        OnTask::Socket { port, state } => match state {
            SocketState::Accepting => format!("{name} listens on port {port} and accepts connections"),
            SocketState::Backlog => format!("{name} stops accepting on port {port}; connections wait in the backlog"),
            SocketState::Closed => format!("{name} closes its socket on port {port}"),
        },
        OnTask::Titled(title) => format!("{name} shows itself as {title}"),
        OnTask::User(uid) => format!("{name} runs as user {uid} from now on"),
        OnTask::Does(text) => format!("{name}: {text}"),
    }
}

fn sender(seen: &Observed, from: Sender) -> String {
    match from {
        Sender::Outside => "from outside the namespace".to_owned(),
        Sender::Kernel => "by the kernel".to_owned(),
        Sender::Task(task) => format!("by {}", task_name(seen, task)),
    }
}

/// What a process does while it waits: `waits for its child, pid 6`.
pub fn waits(wait: Wait) -> String {
    match wait {
        Wait::Cpu => "computes".to_owned(),
        Wait::Child(WaitTarget::Any) => "waits for a child".to_owned(),
        Wait::Child(WaitTarget::Pid(pid)) => format!("waits for its child, pid {pid}"),
        Wait::Child(WaitTarget::Group(pgid)) => format!("waits for a child in process group {pgid}"),
        Wait::Sleep { until } => format!("sleeps until {until}"),
        Wait::Signal => "waits for a signal".to_owned(),
        Wait::Read => "waits for input".to_owned(),
        Wait::Write => "waits for room in a pipe".to_owned(),
        Wait::Connections => "waits for connections".to_owned(),
        Wait::Drain => "waits until its requests are answered".to_owned(),
    }
}

/// The hook's name in the manifest.
pub fn hook(hook: Hook) -> &'static str {
    match hook {
        Hook::PostStart => "postStart",
        Hook::PreStop => "preStop",
    }
}

fn on_container(seen: &Observed, container: ContainerId, what: &OnContainer) -> String {
    let name = container_name(seen, container);
    match what {
        OnContainer::Created(new) if &*new.name == "POD" => "the sandbox is made".to_owned(),
        OnContainer::Created(new) if new.restarts == 0 => format!("container {} is made", new.name),
        OnContainer::Created(new) => format!("container {} is made again, restart {}", new.name, new.restarts),
        OnContainer::Started(task) => format!("{name} runs; its main process is {}", task_name(seen, *task)),
        OnContainer::StartFailed(text) => format!("{name} cannot start: {text}"),
        OnContainer::StopRequested { signal, timeout } => {
            format!("the runtime is asked to stop {name}: SIG{signal} now, SIGKILL after {} s", timeout.as_secs())
        }
        OnContainer::OutOfMemory => format!("the memory limit of {name} is reached"),
        OnContainer::GraceExpired => format!("the time to stop {name} is over"),
        OnContainer::HookStarted(h, kind) => format!("the {} hook of {name} starts ({})", hook(*h), hook_kind(*kind)),
        OnContainer::HookEnded(h, result) => match result {
            HookResult::Done => format!("the {} hook of {name} is done", hook(*h)),
            HookResult::Answered(status) => {
                format!("the {} hook of {name} was answered with {status}: a success", hook(*h))
            }
            HookResult::Failed(why) => format!("the {} hook of {name} failed: {why}", hook(*h)),
            HookResult::Overran => format!("the {} hook of {name} has used up the grace period", hook(*h)),
            HookResult::Killed => format!("the {} hook dies with {name}", hook(*h)),
        },
        OnContainer::Probed { probe, ok, message } => {
            let probe = match probe {
                Probe::Startup => "startup",
                Probe::Liveness => "liveness",
                Probe::Readiness => "readiness",
            };
            let verdict = if *ok { "succeeds" } else { "fails" };
            let colon = if message.is_empty() { "" } else { ": " };
            format!("the {probe} probe of {name} {verdict}{colon}{message}")
        }
        OnContainer::Exited(end) => format!("{name} has ended: exit code {}, {}", end.code, end.reason),
        OnContainer::BackOff(time) if time.as_secs() == 0 => {
            format!("{name} waits {} ms before its next start", time.as_millis())
        }
        OnContainer::BackOff(time) => format!("{name} waits {} s before its next start", time.as_secs()),
        OnContainer::RestartRule { number, all: false } => format!("rule {number} of {name} says: start it again"),
        OnContainer::RestartRule { number, all: true } => {
            format!("rule {number} of {name} says: start all containers of the pod again")
        }
        OnContainer::Waiting => format!("the status of {name} says CrashLoopBackOff"),
        OnContainer::StopRefused(text) => format!("the runtime cannot stop {name}: {text}"),
        OnContainer::WaitsForTurn => format!("{name} waits until the containers that stop before it are done"),
        OnContainer::LeftoversKilled(n) => format!("the runtime kills the {n} processes that {name} left"),
        OnContainer::Ready(true) => format!("{name} is ready"),
        OnContainer::Ready(false) => format!("{name} is not ready"),
    }
}

fn hook_kind(kind: HookKind) -> &'static str {
    match kind {
        HookKind::Exec => "a process in the container",
        HookKind::HttpGet => "a request by the kubelet",
        HookKind::Sleep => "a timer of the kubelet",
        HookKind::TcpSocket => "tcpSocket, which always fails",
    }
}

fn on_pod(seen: &Observed, pod: PodId, what: &OnPod) -> String {
    let name = pod_name(seen, pod);
    match what {
        OnPod::Created(new) if new.docker => format!("Docker makes container {}", new.name),
        OnPod::Created(new) => format!("pod {} is created", new.name),
        OnPod::Seen => format!("the kubelet knows {name}"),
        OnPod::Phase(phase) => {
            let phase = match phase {
                PodPhase::Pending => "Pending",
                PodPhase::Running => "Running",
                PodPhase::Succeeded => "Succeeded",
                PodPhase::Failed => "Failed",
            };
            format!("the phase of {name} is {phase}")
        }
        OnPod::ContainersReady => format!("the containers of {name} are ready, its readiness gates are not"),
        OnPod::Ready(true) => format!("{name} is ready"),
        OnPod::Ready(false) => format!("{name} is not ready"),
        OnPod::DeleteRequested { grace_s, from: DeleteFrom::Docker, .. } => {
            format!("docker stops {name}: its stop signal now, SIGKILL after {grace_s} s")
        }
        OnPod::DeleteRequested { grace_s, from, .. } => {
            let from = match from {
                DeleteFrom::User => "kubectl",
                DeleteFrom::Controller => "its controller",
                DeleteFrom::Eviction => "the Eviction API",
                DeleteFrom::Kubelet => "the kubelet",
                DeleteFrom::Docker => "docker",
            };
            format!("{from} deletes {name} with a grace period of {grace_s} s")
        }
        OnPod::Terminating(grace) => format!("the kubelet begins to stop {name}, {} s at most", grace.as_secs()),
        OnPod::SandboxStopped => format!("the sandbox of {name} is stopped"),
        OnPod::NetworkGone => format!("the network of {name} is gone: its address answers no more"),
        OnPod::Removed if seen.pod(pod).is_some_and(|p| p.docker) => format!("{name} is removed"),
        OnPod::Removed => format!("{name} is gone from the API server"),
        OnPod::Event(event) => format!("event {}: {}", event.reason, event.message),
        OnPod::DeleteIgnored { grace_s } => {
            format!("a delete of {name} with {grace_s} s is not shorter than the one that runs: nothing changes")
        }
        OnPod::DeleteRefused(text) => format!("kubectl: {text}"),
        OnPod::EvictionRefused(text) => format!("{name} is not evicted: {text}"),
        OnPod::HeldByFinalizers => format!("{name} has finalizers: its object stays"),
        OnPod::Reason(reason) => format!("the reason of {name} is {reason}"),
        OnPod::WorkerBusy => format!("the kubelet is busy with {name} and looks at its end later"),
    }
}

fn on_node(number: u32, what: OnNode) -> String {
    let name = node_name(number);
    match what {
        OnNode::Schedulable(true) => format!("{name} takes new pods again"),
        OnNode::Schedulable(false) => format!("{name} takes no new pods"),
        OnNode::Reachable(true) => format!("{name} reaches the API server again"),
        OnNode::Reachable(false) => format!("{name} no longer reaches the API server; its containers run on"),
        OnNode::Ready(true) => format!("{name} is Ready"),
        OnNode::Ready(false) => format!("{name} is not Ready"),
        OnNode::Unreachable => format!("{name} has the taint unreachable: its pods go when their toleration is over"),
        OnNode::KubeletRestarted => format!("the kubelet of {name} is started anew"),
        OnNode::ShutsDown(time) => {
            format!("{name} shuts down; the kubelet holds it up for {} s at most", time.as_secs())
        }
        OnNode::EndsGroup { priority, period } => {
            format!("{name} ends its pods of priority {priority} and more, {} s at most", period.as_secs())
        }
        OnNode::Off => format!("{name} is off: whatever ran on it is gone"),
    }
}

/// What happened to a node, in a word or two.
pub fn short_node(what: OnNode) -> &'static str {
    match what {
        OnNode::Schedulable(true) => "uncordoned",
        OnNode::Schedulable(false) => "cordoned",
        OnNode::Reachable(true) => "reachable",
        OnNode::Reachable(false) => "cut off",
        OnNode::Ready(true) => "node Ready",
        OnNode::Ready(false) => "node NotReady",
        OnNode::Unreachable => "tainted",
        OnNode::KubeletRestarted => "kubelet restarted",
        OnNode::ShutsDown(_) => "shutdown",
        OnNode::EndsGroup { .. } => "ends a group",
        OnNode::Off => "off",
    }
}

/// What happened to a pod, in a word or two.
pub fn short_pod(what: &OnPod) -> &'static str {
    match what {
        OnPod::Created(_) => "created",
        OnPod::Seen => "seen",
        OnPod::Phase(PodPhase::Pending) => "Pending",
        OnPod::Phase(PodPhase::Running) => "Running",
        OnPod::Phase(PodPhase::Succeeded) => "Succeeded",
        OnPod::Phase(PodPhase::Failed) => "Failed",
        OnPod::ContainersReady => "containers ready",
        OnPod::Ready(true) => "ready",
        OnPod::Ready(false) => "not ready",
        OnPod::DeleteRequested { .. } => "delete",
        OnPod::Terminating(_) => "terminating",
        OnPod::SandboxStopped => "sandbox stopped",
        OnPod::NetworkGone => "network gone",
        OnPod::Removed => "removed",
        OnPod::Event(_) => "event",
        OnPod::DeleteIgnored { .. } => "delete ignored",
        OnPod::DeleteRefused(_) => "delete refused",
        OnPod::EvictionRefused(_) => "not evicted",
        OnPod::HeldByFinalizers => "held by finalizers",
        OnPod::Reason(_) => "reason",
        OnPod::WorkerBusy => "busy",
    }
}

/// What happened to a workload, in a word or two.
pub fn short_workload(what: &OnWorkload) -> &'static str {
    match what {
        OnWorkload::Created(_) => "created",
        OnWorkload::Scaled(_) => "scale",
        OnWorkload::Updated(_) => "update",
        OnWorkload::Removes { .. } => "removes a pod",
        OnWorkload::WaitsFor(_) => "waits for a pod",
        OnWorkload::Finished { .. } => "finished",
        OnWorkload::Deleted => "delete",
    }
}

fn on_endpoint(seen: &Observed, pod: PodId, what: OnEndpoint) -> String {
    let name = pod_name(seen, pod);
    match what {
        OnEndpoint::Slice(Conditions { ready, serving, terminating }) => {
            format!("the EndpointSlice lists {name} as ready={ready} serving={serving} terminating={terminating}")
        }
        OnEndpoint::Unlisted => format!("the EndpointSlice no longer lists {name}"),
        OnEndpoint::Learned { routes: true, consumer } => {
            format!("{} sends requests to {name} from now on", proxy(consumer))
        }
        OnEndpoint::Learned { routes: false, consumer } => {
            format!("{} sends no new requests to {name}", proxy(consumer))
        }
        OnEndpoint::Health { healthy: true, consumer } => {
            format!("{name} passes the health check of {}", proxy(consumer))
        }
        OnEndpoint::Health { healthy: false, consumer } => {
            format!("{name} fails the health checks of {}", proxy(consumer))
        }
        OnEndpoint::Deregistered { consumer } => {
            format!("the deregistration delay of {} for {name} is over", proxy(consumer))
        }
    }
}

/// What carries requests to pods: kube-proxy, an ingress controller or a load balancer. The trace has only its number.
pub fn proxy(consumer: u8) -> String {
    if consumer == 0 { "the proxy".to_owned() } else { format!("proxy {}", consumer.saturating_add(1)) }
}

fn on_request(seen: &Observed, request: u32, what: OnRequest) -> String {
    match what {
        OnRequest::Sent { pod, task, .. } => format!("request {request} is sent{}", way(seen, pod, task)),
        OnRequest::Retried { after, pod, task } => {
            format!("request {request} was {} and is sent again{}", after.word(), way(seen, pod, task))
        }
        OnRequest::Accepted(task) => format!("{} accepts request {request}", task_name(seen, task)),
        OnRequest::Queued => format!("request {request} waits in the backlog"),
        OnRequest::Ended(outcome) => {
            let how = match outcome {
                Outcome::Ok => "is answered",
                Outcome::Refused => "is refused: nobody listens",
                Outcome::Reset => "is reset",
                Outcome::Cut => "is cut off in flight",
                Outcome::TimedOut => "times out",
                Outcome::NoEndpoint => "finds no endpoint",
            };
            format!("request {request} {how}")
        }
    }
}

/// Where a request goes, and who accepts it.
fn way(seen: &Observed, pod: Option<PodId>, task: Option<TaskId>) -> String {
    let to = pod.map(|p| format!(" to {}", pod_name(seen, p))).unwrap_or_default();
    let by = task.map(|t| format!(", {} accepts it", task_name(seen, t))).unwrap_or_default();
    to + &by
}

fn on_workload(seen: &Observed, workload: WorkloadId, what: &OnWorkload) -> String {
    let name = seen.workload(workload).map_or_else(String::new, |w| format!("{} {}", w.kind, w.name));
    match what {
        OnWorkload::Created(new) => format!("{} {} is created, {} wanted", new.kind, new.name, new.replicas),
        OnWorkload::Scaled(replicas) => format!("{name} is scaled to {replicas}"),
        OnWorkload::Updated(revision) => format!("{name} gets revision {revision} of its pod template"),
        OnWorkload::Removes { pod, choice } => format!("{name} deletes {}: {}", pod_name(seen, *pod), why(*choice)),
        OnWorkload::WaitsFor(pod) => format!("{name} waits for {}", pod_name(seen, *pod)),
        OnWorkload::Finished { succeeded: true, .. } => format!("{name} is complete"),
        OnWorkload::Finished { succeeded: false, reason } => format!("{name} has failed: {reason}"),
        OnWorkload::Deleted => format!("{name} is deleted"),
    }
}

fn why(choice: Choice) -> &'static str {
    match choice {
        Choice::Phase => "it does not run yet",
        Choice::NotReady => "it is not ready",
        Choice::Crowded => "more of its kind are on its node",
        Choice::ReadyForLess => "it has been ready for less time",
        Choice::Restarts => "it restarted more often",
        Choice::DeletionCost => "its deletion cost is lower",
        Choice::Newer => "it is newer",
        Choice::Uid => "nothing sets the pods apart but their UIDs, which are chance",
        Choice::Ordinal => "it has the highest number",
        Choice::OldTemplate => "it has the old template",
        Choice::All => "all of its pods go",
        Choice::JobOver => "the job is over",
    }
}

/// Which limit of the simulator ended or cut the run.
pub fn budget(what: Exhausted) -> &'static str {
    match what {
        Exhausted::Events => "the run is cut here: it has as many events as the simulator keeps",
        Exhausted::Turns => "the run is cut here: it has taken as many steps as the simulator allows",
        Exhausted::Tasks => "the run is cut here: it has started as many processes as the simulator allows",
        Exhausted::Time => "the run is cut here: it has lasted as long as the simulator allows",
        Exhausted::LogBytes => "the log is full: later output is not kept",
        Exhausted::Requests => "the client sends no further requests: there are as many as the simulator allows",
        Exhausted::Pods => "no further pods are made: there are as many as the simulator allows",
    }
}
