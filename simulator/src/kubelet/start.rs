//! Starting: the sandbox with its pause process, then containers.
//!
//! Follows kubernetes kuberuntime_sandbox.go, kuberuntime_container.go `startContainer`; containerd sandbox_run.go,
//! container_create.go, container_start.go. With `shareProcessNamespace` pause is PID 1 of the namespace that all containers
//! join; else it has one of its own, as every container has.

use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::id::{ContainerId, NamespaceId, PodId};
use crate::base::time::SimDuration;
use crate::cx::Cx;
use crate::kernel::fs::FileSystem;
use crate::kernel::process::Start;
use crate::kernel::{FilesId, Kernel};
use crate::observed::node_name;
use crate::program::call::{Binary, Env, Settings};
use crate::rules::RuleId;
use crate::trace::{ContainerEnd, EventKind, Hook, NewContainer, OnContainer, OnPod, Probe};

use super::Kubelet;
use super::events::{self, with_name};
use super::state::{At, Due, Life, Role, Stage, Watched};

/// Exit code that containerd reports when it could not start a container (container_start.go).
const START_ERROR: u32 = 128;

/// What the runtime calls the sandbox's container.
pub(super) const SANDBOX: &str = "POD";

impl Kubelet {
    /// The kubelet hears of a pod that the scheduler gave to its node, and writes a first status.
    pub(super) fn see_pod(&mut self, cx: &mut Cx, pod: PodId) {
        let Some(worker) = self.worker(pod) else { return };
        let namespace = &worker.plan.spec.meta.namespace.value;
        let message = format!("Successfully assigned {namespace}/{} to {}", worker.name, node_name(worker.node));
        let latency = worker.plan.latencies.volumes;
        events::normal(cx, RuleId::KubeletPodAdded, pod, "Scheduled", &message);
        let seen = cx.emit(RuleId::KubeletPodAdded, EventKind::Pod(pod, OnPod::Seen));
        cx.because(seen, |cx| self.later(cx, latency, Due::FirstSync(pod)));
    }

    /// The worker's first sync: probes get their turns from now on, and the sandbox is made.
    pub(super) fn first_sync(&mut self, cx: &mut Cx, pod: PodId) {
        let now = cx.now();
        let Some(worker) = self.worker_mut(pod) else { return };
        worker.probes_since = now;
        let latency = worker.plan.latencies.sandbox;
        self.later(cx, latency, Due::Sandbox(pod));
    }

    /// Makes the sandbox and its pause process.
    pub(super) fn make_sandbox(&mut self, cx: &mut Cx, kernel: &mut Kernel, pod: PodId) {
        let Some(worker) = self.worker(pod).filter(|w| w.stage == Stage::New) else { return };
        let (runtime, net) = (worker.plan.runtime, worker.net);
        // The node's own namespace is not simulated: containers of a pod with hostPID share one with pause as PID 1.
        let shares = worker.plan.spec.share_process_namespace.value || worker.plan.spec.host_pid.value;
        let container = create(cx, pod, SANDBOX.into(), 0);
        let namespace = kernel.new_namespace(cx, runtime.first_forked);
        let mut files = FileSystem::new();
        files.put_binary("/pause", Binary::Program { name: "pause".into(), version: "".into() });
        let start = Start {
            namespace,
            container: Some(container),
            role: "pause".into(),
            files: kernel.add_files(files, Settings::default()),
            net,
            argv: [Text::from("/pause")].into(),
            env: Env::default(),
            cwd: "/".into(),
            uid: 65_535,
            logged: false,
            stdin: None,
        };
        let pause = kernel.start(cx, &start).ok();
        if let Some(task) = pause {
            cx.emit(RuleId::RuntimeStarted, EventKind::Container(container, OnContainer::Started(task)));
        }
        if let Some(worker) = self.worker_mut(pod) {
            worker.shared = shares.then_some(namespace);
            worker.sandbox = Some(container);
            worker.pause = pause;
            worker.stage = Stage::Syncing;
        }
        self.watch_deadline(cx, pod);
        self.sync(cx, kernel, pod);
    }

    /// Decides to start a container; it runs after the time that takes.
    pub(super) fn begin_start(&mut self, cx: &mut Cx, at: At) {
        let token = self.token();
        let Some(latency) = self.worker(at.pod).map(|w| w.plan.latencies.start) else { return };
        if let Some(slot) = self.slot_mut(at) {
            if let Life::Exited { at: ended, .. } = slot.life {
                slot.earlier_end = Some(ended);
                slot.restarts = slot.restarts.saturating_add(1);
            }
            slot.life = Life::Starting;
            slot.token = token;
        }
        if let Some((worker, image)) = self.worker(at.pod).and_then(|w| Some((w, &w.spec(at.slot)?.image.value))) {
            let text = with_name(worker.plan.kubernetes.rules().pulled_text, image);
            events::normal(cx, RuleId::KubeletEvent, at.pod, "Pulled", &text);
        }
        self.later(cx, latency, Due::Start(at, token));
    }

    /// The runtime makes the container and starts its main process.
    pub(super) fn start_container(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At, token: u32) {
        let starting = self.slot(at).is_some_and(|s| s.life == Life::Starting && s.token == token);
        if !starting || self.stage(at.pod) != Some(Stage::Syncing) {
            return;
        }
        let Some((name, restarts)) = self.slot(at).map(|s| (s.name.clone(), s.restarts)) else { return };
        let Some(worker) = self.worker(at.pod) else { return };
        let Some(plan) = worker.plan(at.slot).cloned() else { return };
        let (rules, runtime, net, shared) =
            (worker.plan.kubernetes.rules(), worker.plan.runtime, worker.net, worker.shared);
        let container = create(cx, at.pod, name.clone(), restarts);
        events::normal(cx, RuleId::KubeletEvent, at.pod, "Created", &with_name(rules.created_text, &name));
        let namespace = shared.unwrap_or_else(|| kernel.new_namespace(cx, runtime.first_forked));
        let files = kernel.add_files(plan.files.clone(), plan.settings.clone());
        let start = Start {
            namespace,
            container: Some(container),
            role: "init".into(),
            files,
            net,
            argv: plan.argv.clone(),
            env: plan.env.clone(),
            cwd: plan.cwd.clone(),
            uid: plan.uid,
            logged: true,
            stdin: None,
        };
        self.place(cx, at, container, namespace, files);
        match kernel.start(cx, &start) {
            Ok(task) => {
                let event =
                    cx.emit(RuleId::RuntimeStarted, EventKind::Container(container, OnContainer::Started(task)));
                self.watched.insert(task, Watched::Main(at));
                if let Some(slot) = self.slot_mut(at) {
                    slot.init = Some(task);
                    slot.life = Life::Running;
                }
                cx.because(event, |cx| {
                    events::normal(cx, RuleId::KubeletEvent, at.pod, "Started", &with_name(rules.started_text, &name));
                    self.container_runs(cx, kernel, at);
                });
            }
            Err(errno) => self.start_failed(cx, at, container, &plan.argv, errno),
        }
    }

    fn place(&mut self, cx: &Cx, at: At, container: ContainerId, namespace: NamespaceId, files: FilesId) {
        let now = cx.now();
        let Some(slot) = self.slot_mut(at) else { return };
        slot.current = Some(container);
        slot.namespace = Some(namespace);
        slot.files = Some(files);
        slot.started_at = now;
        slot.init = None;
        slot.hook = None;
        slot.kill = None;
        slot.stop = None;
        slot.ready = false;
        slot.started = false;
        slot.out_of_memory = false;
    }

    /// A container runs: its probes begin, its postStart hook too, and the worker goes on.
    fn container_runs(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At) {
        self.begin_probes(cx, at);
        let hook = self.worker(at.pod).and_then(|w| w.spec(at.slot)).is_some_and(|c| c.lifecycle.post_start.is_some());
        if hook {
            if let Some(worker) = self.worker_mut(at.pod) {
                worker.busy = Some(at.slot);
            }
            self.start_hook(cx, kernel, at, Hook::PostStart);
        } else {
            self.sync(cx, kernel, at.pod);
        }
    }

    fn start_failed(&mut self, cx: &mut Cx, at: At, container: ContainerId, argv: &[Text], errno: Errno) {
        let file = argv.first().map_or("", |a| a);
        let why = match errno {
            Errno::Enoent if file.contains('/') => format!("stat {file}: no such file or directory"),
            Errno::Enoent => "executable file not found in $PATH".to_owned(),
            Errno::Enotdir => format!("stat {file}: not a directory"),
            Errno::Eacces => "permission denied".to_owned(),
            Errno::Enoexec => "exec format error".to_owned(),
            _ => "resource temporarily unavailable".to_owned(),
        };
        let words = format!(
            "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: \
             unable to start container process: error during container init: exec: \"{file}\": {why}"
        );
        let failed = OnContainer::StartFailed(words.as_str().into());
        cx.emit(RuleId::RuntimeStartError, EventKind::Container(container, failed));
        let end = ContainerEnd { code: START_ERROR, reason: "StartError".into(), message: words.as_str().into() };
        cx.emit(RuleId::RuntimeStartError, EventKind::Container(container, OnContainer::Exited(Box::new(end))));
        events::warning(cx, RuleId::RuntimeStartError, at.pod, "Failed", &format!("Error: {words}"));
        let now = cx.now();
        if let Some(slot) = self.slot_mut(at) {
            slot.life = Life::Exited { code: START_ERROR, at: now };
        }
        let relist = self.worker(at.pod).map(|w| w.plan.latencies.relist).unwrap_or_default();
        self.later(cx, relist, Due::Sync(at.pod));
    }

    /// A sidecar or a container with a startup probe has started: what waited for it goes on.
    pub(super) fn mark_started(&mut self, cx: &mut Cx, kernel: &mut Kernel, at: At) {
        let Some(slot) = self.slot_mut(at) else { return };
        slot.started = true;
        let readiness = slot.probes.iter().find(|r| r.probe == Probe::Readiness).map(|r| r.token);
        let sidecar = slot.role == Role::Sidecar;
        if let Some(token) = readiness {
            self.later(cx, SimDuration::ZERO, Due::ProbeNow(at, token));
        }
        self.update_readiness(cx, at.pod);
        if sidecar {
            self.sync(cx, kernel, at.pod);
        }
    }
}

fn create(cx: &mut Cx, pod: PodId, name: Text, restarts: u32) -> ContainerId {
    let container = ContainerId::from_index(cx.seen().containers.len());
    let created = OnContainer::Created(Box::new(NewContainer { pod, name, restarts }));
    cx.emit(RuleId::RuntimeCreated, EventKind::Container(container, created));
    container
}
