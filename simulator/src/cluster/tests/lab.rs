//! A cluster in a laboratory: a node whose pods are one scripted process each, and the loop that runs it all.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Text;
use crate::base::id::{EventId, Pid, PodId, TaskId};
use crate::base::limits::{INTERACTIVE, Limits};
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::cluster::{Cluster, ClusterSettings, Node, WorkloadPlan};
use crate::cx::{Cx, Stimulus};
use crate::kernel::fs::FileSystem;
use crate::kernel::process::Start;
use crate::kernel::{Kernel, NetId};
use crate::kubelet::DeleteRequest;
use crate::observed::Observed;
use crate::program::Program;
use crate::program::call::{Call, Settings};
use crate::program::serving::{Serving, UNKNOWN};
use crate::program::steps::Steps;
use crate::rules::RuleId;
use crate::trace::{DeleteFrom, EventKind, NewPod, OnPod, Outcome, PodPhase, Sender, SocketState, Trace};

/// What a pod of the laboratory does.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// Calls of its process.
    pub calls: Vec<Call>,
    /// From the delete to SIGKILL: a hook, a drain.
    pub stop_after: SimDuration,
    /// From the process's end to the object's removal.
    pub removed_after: SimDuration,
    /// The pod becomes ready so long after its creation; never if not set.
    pub ready_after: Option<SimDuration>,
    /// How it treats its connections.
    pub serving: Serving,
}

impl Script {
    /// It listens on port 80, and is killed at once when it is deleted.
    pub(super) fn server() -> Self {
        Script {
            calls: vec![Call::Socket(80, SocketState::Accepting), Call::Pause],
            stop_after: SimDuration::ZERO,
            removed_after: SimDuration::from_millis(100),
            ready_after: Some(SimDuration::from_millis(10)),
            serving: UNKNOWN,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Due {
    Ready(PodId),
    Stop(PodId),
    Over(PodId),
}

/// The node.
#[derive(Default)]
pub(super) struct PlainNode {
    due: Vec<Due>,
    pods: BTreeMap<PodId, (Script, TaskId)>,
}

impl PlainNode {
    fn later(&mut self, cx: &mut Cx, delay: SimDuration, due: Due) {
        cx.after(delay, Stimulus::Kubelet(u32::try_from(self.due.len()).unwrap()));
        self.due.push(due);
    }

    fn timer(&mut self, cx: &mut Cx, kernel: &mut Kernel, number: u32) {
        match self.due[usize::try_from(number).unwrap()] {
            Due::Ready(pod) => {
                cx.emit(RuleId::KubeletReady, EventKind::Pod(pod, OnPod::Ready(true)));
            }
            Due::Stop(pod) => {
                let (script, task) = self.pods[&pod].clone();
                kernel.send(cx, task, Signal::KILL, Sender::Outside);
                cx.emit(RuleId::RuntimeSandboxStopped, EventKind::Pod(pod, OnPod::SandboxStopped));
                self.later(cx, script.removed_after, Due::Over(pod));
            }
            Due::Over(pod) => {
                cx.emit(RuleId::ApiRemoved, EventKind::Pod(pod, OnPod::Removed));
            }
        }
    }
}

impl Node for PlainNode {
    type Plan = Script;

    fn add_pod(&mut self, cx: &mut Cx, kernel: &mut Kernel, plan: &Script, name: Text, owner: Text) -> PodId {
        let pod = PodId::from_index(cx.seen().pods.len());
        cx.emit(
            RuleId::KubeletPodAdded,
            EventKind::Pod(pod, OnPod::Created(Box::new(NewPod { name, owner, node: 0, docker: false }))),
        );
        let files = kernel.add_files(FileSystem::new(), Settings::default());
        let start = Start {
            namespace: kernel.new_namespace(cx, Pid(2)),
            container: None,
            role: "init".into(),
            files,
            net: self.net(pod),
            argv: Arc::from([Text::from("server")]),
            env: Arc::default(),
            cwd: "/".into(),
            uid: 0,
            logged: true,
            stdin: None,
        };
        let task =
            kernel.start_program(cx, &start, Program::Steps(Steps::new(&plan.calls, &[]).with(plan.serving))).unwrap();
        cx.emit(RuleId::KubeletStatus, EventKind::Pod(pod, OnPod::Phase(PodPhase::Running)));
        if let Some(delay) = plan.ready_after {
            self.later(cx, delay, Due::Ready(pod));
        }
        self.pods.insert(pod, (plan.clone(), task));
        pod
    }

    fn delete_pod(&mut self, cx: &mut Cx, _kernel: &mut Kernel, pod: PodId, request: &DeleteRequest) {
        let what = OnPod::DeleteRequested { grace_s: 30, deadline: cx.now(), from: request.from };
        let event = cx.emit(RuleId::ApiDelete, EventKind::Pod(pod, what));
        let delay = self.pods[&pod].0.stop_after;
        cx.because(event, |cx| self.later(cx, delay, Due::Stop(pod)));
    }

    fn open_gate(&mut self, _cx: &mut Cx, _pod: PodId) {}

    fn net(&self, pod: PodId) -> NetId {
        NetId(pod.0)
    }
}

/// The laboratory.
pub(super) struct Lab {
    pub cx: Cx,
    pub kernel: Kernel,
    pub node: PlainNode,
    pub cluster: Cluster<Script>,
    pub turns: u32,
    shown: usize,
}

impl Lab {
    pub(super) fn new(settings: ClusterSettings, workloads: Vec<WorkloadPlan<Script>>) -> Self {
        Lab::within(settings, workloads, 1, INTERACTIVE)
    }

    pub(super) fn within(
        settings: ClusterSettings,
        workloads: Vec<WorkloadPlan<Script>>,
        seed: u64,
        limits: Limits,
    ) -> Self {
        let mut lab = Lab {
            cx: Cx::new(seed, 0, limits),
            kernel: Kernel::new(),
            node: PlainNode::default(),
            cluster: Cluster::new(settings, workloads),
            turns: 0,
            shown: 0,
        };
        lab.input("start", |lab| lab.cluster.start(&mut lab.cx, &mut lab.kernel, &mut lab.node));
        lab
    }

    /// A person does something now.
    pub(super) fn input(&mut self, what: &str, act: impl FnOnce(&mut Lab)) {
        let event = self.cx.emit(RuleId::InputGiven, EventKind::Input(what.into()));
        let before = self.cx.set_cause(Some(event));
        act(self);
        self.cx.set_cause(before);
        self.show();
    }

    pub(super) fn scale(&mut self, name: &str, replicas: u32) {
        self.input("scale", |lab| lab.cluster.scale(&mut lab.cx, &mut lab.kernel, &mut lab.node, name, replicas));
    }

    pub(super) fn delete_pod(&mut self, pod: u32) {
        let request = DeleteRequest { from: DeleteFrom::User, ..DeleteRequest::PLAIN };
        self.input("delete", |lab| lab.node.delete_pod(&mut lab.cx, &mut lab.kernel, PodId(pod), &request));
    }

    /// Runs up to and including this time.
    pub(super) fn until(&mut self, millis: u64) {
        let until = SimTime::from_millis(millis);
        while let Some(stimulus) = self.cx.next(until) {
            self.turns += 1;
            let Lab { cx, kernel, node, cluster, .. } = self;
            match stimulus {
                Stimulus::Run(task) => kernel.run(cx, task),
                Stimulus::Wake(task, generation) => kernel.wake_up(cx, task, generation),
                Stimulus::Kubelet(n) => node.timer(cx, kernel, n),
                Stimulus::Cluster(n) => cluster.timer(cx, kernel, node, n),
                Stimulus::Served(request) => cluster.served(cx, kernel, request),
                Stimulus::Docker(_) | Stimulus::Input(_) => {}
            }
            self.show();
        }
        self.cx.advance(until);
    }

    fn show(&mut self) {
        while self.shown < self.cx.trace().len() {
            let new = EventId::from_index(self.shown)..EventId::from_index(self.cx.trace().len());
            self.shown = self.cx.trace().len();
            self.cluster.react(&mut self.cx, &mut self.kernel, &mut self.node, new);
        }
    }

    pub(super) fn seen(&self) -> &Observed {
        self.cx.seen()
    }

    pub(super) fn trace(&self) -> &Trace {
        self.cx.trace()
    }

    /// Requests with each outcome, in the order of `Outcome::ALL`: ok, refused, reset, cut, timed out, no endpoint.
    pub(super) fn outcomes(&self) -> [u32; 6] {
        Outcome::ALL.map(|o| self.seen().totals.of(o))
    }

    /// Names of pods that are there and not going.
    pub(super) fn pods(&self) -> Vec<String> {
        let there = self.seen().pods.iter().filter(|p| p.deleted.is_none() && p.removed.is_none());
        there.map(|p| p.name.to_string()).collect()
    }
}
