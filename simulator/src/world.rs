//! The event loop: takes the next stimulus, hands it to its layer, lets the layers above react, until nothing is left.
//!
//! `run` is the whole simulator as one pure function. Upper layers call lower ones; lower ones never know an upper: after
//! each stimulus the new events are shown to the kubelet and to the cluster, in that order, until none is new.

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, Pid, PodId, TaskId};
use crate::base::signal::Signal;
use crate::base::time::SimTime;
use crate::cluster::Cluster;
use crate::cx::{Cx, Stimulus};
use crate::docker::{Docker, StopRequest};
use crate::kernel::Kernel;
use crate::kubelet::{DeleteRequest, Eviction, Kubelet};
use crate::observed::{ContainerState, Observed};
use crate::program::app::limits::StopLimit;
use crate::program::serving::Serving;
use crate::rules::RuleId;
use crate::scenario::{Action, DockerAction, NodeAction, Scenario, Target};
use crate::trace::{DeleteFrom, EventKind, Sender, Trace};

/// A finished run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Everything that happened.
    pub trace: Trace,
    /// What could be seen at the end.
    pub end: Observed,
}

/// Runs a scenario. The same scenario gives the same run, everywhere.
pub fn run(scenario: &Scenario) -> Run {
    let mut world = World::new(scenario);
    while world.step() {}
    let (trace, end) = world.cx.finish();
    Run { trace, end }
}

/// A run under way.
#[derive(Clone, Debug)]
pub struct World<'a> {
    scenario: &'a Scenario,
    cx: Cx,
    kernel: Kernel,
    kubelet: Kubelet,
    cluster: Cluster,
    docker: Docker,
    /// Events before this one have been shown to the upper layers.
    shown: usize,
    /// Inputs that are still to come.
    inputs_left: usize,
}

impl<'a> World<'a> {
    /// The state at the start: the workloads are applied, nothing has happened yet.
    pub fn new(scenario: &'a Scenario) -> Self {
        let settings = &scenario.settings;
        let mut world = World {
            scenario,
            cx: Cx::new(settings.seed, settings.tie_salt, scenario.limits),
            kernel: Kernel::with_pids_limit(settings.node.pids_limit),
            kubelet: Kubelet::new(),
            cluster: Cluster::new(scenario.cluster.clone(), scenario.workloads.clone()),
            docker: Docker::new(),
            shown: 0,
            inputs_left: scenario.inputs.len(),
        };
        let command = scenario.docker.first().map_or("kubectl apply -f .", |first| &first.command);
        let applied = world.cx.emit(RuleId::InputGiven, EventKind::Input(Text::from(command)));
        world.cx.set_cause(Some(applied));
        if scenario.docker.is_empty() {
            world.cluster.start(&mut world.cx, &mut world.kernel, &mut world.kubelet);
        } else {
            world.docker.up(&mut world.cx, &scenario.docker);
        }
        world.cx.set_cause(None);
        for (n, input) in scenario.inputs.iter().enumerate() {
            world.cx.at(input.at, Stimulus::Input(u32::try_from(n).unwrap_or(u32::MAX)));
        }
        world.show();
        world
    }

    /// Takes one stimulus. False when the run is over.
    pub fn step(&mut self) -> bool {
        if self.is_over() {
            return false;
        }
        let Some(stimulus) = self.cx.next(self.scenario.until) else { return false };
        let World { cx, kernel, kubelet, cluster, .. } = self;
        match stimulus {
            Stimulus::Run(task) => kernel.run(cx, task),
            Stimulus::Wake(task, generation) => kernel.wake_up(cx, task, generation),
            Stimulus::Kubelet(n) => kubelet.timer(cx, kernel, n),
            Stimulus::Cluster(n) => cluster.timer(cx, kernel, kubelet, n),
            Stimulus::Served(request) => cluster.served(cx, kernel, request),
            Stimulus::Docker(n) => self.docker.timer(cx, kernel, n),
            Stimulus::Input(n) => self.input(n),
        }
        self.show();
        true
    }

    /// What can be seen now.
    pub fn seen(&self) -> &Observed {
        self.cx.seen()
    }

    /// The time limits of the programs that run now.
    pub fn stop_limits(&self) -> Vec<(TaskId, StopLimit)> {
        self.kernel.stop_limits()
    }

    /// How a process that runs now treats its connections.
    pub fn serving(&self, task: TaskId) -> Serving {
        self.kernel.serving(task)
    }

    /// The events so far.
    pub fn trace(&self) -> &Trace {
        self.cx.trace()
    }

    /// Everything that was to happen has: no input is left, no pod or process, no request.
    fn is_over(&self) -> bool {
        let seen = self.cx.seen();
        // The pods last: there may be a thousand, and this is asked before every stimulus.
        self.inputs_left == 0
            && self.cluster.is_idle(&self.cx)
            && !seen.pods.is_empty()
            && seen.pods.iter().rev().all(|p| p.removed.is_some() && p.sandbox_stopped)
    }

    /// Shows new events to the upper layers until none is new.
    fn show(&mut self) {
        loop {
            let end = self.cx.trace().len();
            if self.shown == end || self.cx.is_exhausted() {
                return;
            }
            let new = EventId::from_index(self.shown)..EventId::from_index(end);
            self.shown = end;
            self.kubelet.react(&mut self.cx, &mut self.kernel, new.clone());
            self.docker.react(&mut self.cx, new.clone());
            self.cluster.react(&mut self.cx, &mut self.kernel, &mut self.kubelet, new);
        }
    }

    fn input(&mut self, n: u32) {
        self.inputs_left = self.inputs_left.saturating_sub(1);
        let index = usize::try_from(n).unwrap_or(usize::MAX);
        let Some(input) = self.scenario.inputs.get(index) else { return };
        self.cx.set_cause(None);
        let mut command = input.action.command();
        if !self.scenario.docker.is_empty() {
            command = command.replacen("kubectl exec", "docker exec", 1).replacen(" -- ", " ", 1);
        }
        let text = Text::from(command);
        let event = self.cx.emit(RuleId::InputGiven, EventKind::Input(text));
        self.cx.set_cause(Some(event));
        if !self.scenario.docker.is_empty() {
            return self.at_docker(input.action.clone());
        }
        match input.action.clone() {
            Action::Docker(_) => {}
            Action::Delete { target, grace, force, now } => {
                let request = DeleteRequest { grace, force, now, from: DeleteFrom::User };
                self.delete(&target, &request);
            }
            Action::Scale { workload, replicas } => {
                if let Some(name) = self.workload(workload.as_deref()) {
                    let World { cx, kernel, kubelet, cluster, .. } = self;
                    cluster.scale(cx, kernel, kubelet, &name, replicas);
                }
            }
            Action::Restart { workload } => {
                if let Some(name) = self.workload(workload.as_deref()) {
                    let World { cx, kernel, kubelet, cluster, .. } = self;
                    cluster.update(cx, kernel, kubelet, &name, None);
                }
            }
            Action::Update { .. } => {
                for applied in self.scenario.updates.iter().filter(|a| a.input == index) {
                    let World { cx, cluster, .. } = self;
                    cluster.apply(cx, &applied.plan, applied.replicas, applied.new_template);
                }
            }
            Action::Annotate { pod, deletion_cost } => {
                if let Some(pod) = self.pod(pod.as_deref()) {
                    self.cluster.set_deletion_cost(pod, deletion_cost);
                }
            }
            Action::Exec { pod, container, argv, stdin } => {
                if let Some(pod) = self.pod(pod.as_deref()) {
                    let World { cx, kernel, kubelet, .. } = self;
                    // A refusal is what kubectl prints; it changes nothing in the cluster.
                    let _ = kubelet.exec(cx, kernel, pod, container.as_deref(), &argv, stdin);
                }
            }
            Action::Node(action) => self.node(&action),
            Action::Signal { pod, container, pid, signal } => {
                let target = self.pod(pod.as_deref()).and_then(|p| self.container(p, container.as_deref()));
                self.signal(target, pid, signal);
            }
        }
    }

    /// Something happens to the node that pods have been on for longest, or to one of its pods.
    fn node(&mut self, action: &NodeAction) {
        let named = |world: &Self, pod: &Option<Text>| world.pod(pod.as_deref());
        let number = self.kubelet.oldest_node(&self.cx);
        let pod = match action {
            NodeAction::Evict { pod, .. }
            | NodeAction::Pressure { pod, .. }
            | NodeAction::Preempt { pod }
            | NodeAction::OutOfMemory { pod, .. }
            | NodeAction::RemoveFinalizers { pod } => named(self, pod),
            _ => None,
        };
        let World { cx, kernel, kubelet, cluster, .. } = self;
        match (action, pod) {
            (NodeAction::Drain(drain), _) => {
                kubelet.cordon(cx, number, false);
                let pods = kubelet.pods_on(number);
                let pods: Vec<PodId> =
                    pods.into_iter().filter(|p| cx.seen().pod(*p).is_some_and(|p| p.removed.is_none())).collect();
                cluster.drain(cx, kernel, kubelet, &pods, drain);
            }
            (NodeAction::Uncordon, _) => kubelet.cordon(cx, number, true),
            (NodeAction::Evict { grace, .. }, Some(pod)) => cluster.evict(cx, kernel, kubelet, pod, *grace),
            (NodeAction::Pressure { soft, .. }, Some(pod)) => {
                kubelet.evict(cx, kernel, pod, soft.map_or(Eviction::Hard, Eviction::Soft));
            }
            (NodeAction::Preempt { .. }, Some(pod)) => kubelet.evict(cx, kernel, pod, Eviction::Preemption),
            (NodeAction::OutOfMemory { container, .. }, Some(pod)) => {
                kubelet.out_of_memory(cx, kernel, pod, container.as_deref());
            }
            (NodeAction::RemoveFinalizers { .. }, Some(pod)) => kubelet.remove_finalizers(cx, pod),
            (NodeAction::ShutDown(groups), _) => kubelet.shut_down(cx, kernel, number, groups),
            (NodeAction::Lose { power, toleration }, _) => {
                kubelet.lose_node(cx, kernel, number, *power, *toleration);
            }
            (NodeAction::Return, _) => kubelet.return_lost_node(cx, kernel),
            (NodeAction::RestartKubelet, _) => kubelet.restart_kubelet(cx, kernel, number),
            // There is no such pod any more.
            (_, None) => {}
        }
    }

    /// An input in a run without a cluster. What only a cluster can do changes nothing.
    fn at_docker(&mut self, action: Action) {
        let World { cx, kernel, docker, .. } = self;
        match action {
            Action::Docker(DockerAction::Stop(request)) => docker.stop(cx, &request),
            Action::Docker(DockerAction::Start { container }) => docker.start_stopped(cx, container.as_deref()),
            Action::Docker(DockerAction::Kill { container, signal }) => docker.kill(cx, container.as_deref(), signal),
            Action::Docker(DockerAction::Interrupt { container }) => docker.interrupt(cx, kernel, container.as_deref()),
            Action::Docker(DockerAction::Down { timeout_s }) => docker.down(cx, timeout_s),
            Action::Delete { target: Target::All, grace, .. } => docker.down(cx, grace),
            Action::Delete { target: Target::Pod(name) | Target::Workload(name), grace, .. } => {
                docker.stop(
                    cx,
                    &StopRequest { container: Some(name), timeout_s: grace, signal: None, start_again: false },
                );
            }
            Action::Exec { pod, container, argv, stdin } => {
                docker.exec(cx, kernel, container.or(pod).as_deref(), &argv, stdin);
            }
            Action::Signal { pod, container, pid, signal } => {
                let target = self.pod(container.or(pod).as_deref()).and_then(|p| self.container(p, None));
                self.signal(target, pid, signal);
            }
            Action::Scale { .. }
            | Action::Restart { .. }
            | Action::Update { .. }
            | Action::Annotate { .. }
            | Action::Node(_) => {}
        }
    }

    /// A signal from the node to a process of a container.
    fn signal(&mut self, target: Option<ContainerId>, pid: Pid, signal: Signal) {
        let init = target.and_then(|c| self.cx.seen().container(c)?.init);
        let namespace = init.and_then(|t| self.cx.seen().task(t)).map(|t| t.namespace);
        if let Some(task) = namespace.and_then(|ns| self.cx.seen().by_pid(ns, pid)) {
            self.kernel.send(&mut self.cx, task, signal, Sender::Outside);
        }
    }

    fn delete(&mut self, target: &Target, request: &DeleteRequest) {
        let names: Vec<Text> = match target {
            Target::Pod(name) => {
                if let Some(pod) = self.pod(Some(name)) {
                    self.kubelet.delete(&mut self.cx, &mut self.kernel, pod, request);
                }
                return;
            }
            Target::Workload(name) => vec![name.clone()],
            Target::All => self.scenario.workloads.iter().map(|w| w.name()).collect(),
        };
        for name in names {
            let World { cx, kernel, kubelet, cluster, .. } = self;
            cluster.delete_workload(cx, kernel, kubelet, &name, request);
        }
    }

    /// The workload of this name, or the first.
    fn workload(&self, name: Option<&str>) -> Option<Text> {
        let mut names = self.scenario.workloads.iter().map(|w| w.name());
        match name {
            Some(wanted) => names.find(|n| &**n == wanted),
            None => names.next(),
        }
    }

    /// The first pod with this name, or whose name begins so, that is still there.
    fn pod(&self, name: Option<&str>) -> Option<PodId> {
        let pods = &self.cx.seen().pods;
        let there = |wanted: &dyn Fn(&str) -> bool| {
            pods.iter().position(|p| p.removed.is_none() && wanted(&p.name)).map(PodId::from_index)
        };
        match name {
            None => there(&|_| true),
            Some(name) => there(&|n| n == name).or_else(|| there(&|n| n.starts_with(name))),
        }
    }

    /// The running container of this name, or the first regular one.
    fn container(&self, pod: PodId, name: Option<&str>) -> Option<ContainerId> {
        let seen = self.cx.seen();
        let mut running = seen.pod(pod)?.containers.iter().copied().filter(|c| {
            seen.container(*c).is_some_and(|c| {
                c.is_regular() && !matches!(c.state, ContainerState::Created | ContainerState::Exited { .. })
            })
        });
        running.find(|c| name.is_none_or(|name| seen.container(*c).is_some_and(|c| &*c.name == name)))
    }
}

/// How often a scenario is run to find out whether its outcome depends on the order of what happens at one instant.
const SALTS: u64 = 50;

/// The scenario run again with other orders of what happens at the same instant; where something differs is a race. Ends
/// early when no two things happen at one instant.
pub fn other_orders(scenario: &Scenario) -> impl Iterator<Item = Run> + '_ {
    let mut tied = true;
    (1..=SALTS).map_while(move |salt| {
        if !tied {
            return None;
        }
        let mut other = scenario.clone();
        other.settings.tie_salt = salt;
        let mut world = World::new(&other);
        while world.step() {}
        tied = world.cx.is_tied();
        let (trace, end) = world.cx.finish();
        Some(Run { trace, end })
    })
}

/// When the stop began that a run is about: the first delete or scale, else nothing.
pub fn stop_began(end: &Observed) -> Option<SimTime> {
    end.pods.iter().filter_map(|p| p.deleted.map(|(at, _, _)| at)).min()
}
