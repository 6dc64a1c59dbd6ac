//! Two runs made by hand, for tests of what is shown: the same server started through a shell, and directly.

use std::sync::Arc;

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, NamespaceId, Pid, PodId, TaskId};
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::rules::RuleId;
use crate::trace::{
    ContainerEnd, DeleteFrom, Disposition, Entry, Event, EventKind, Execed, ExitStatus, NewContainer, NewPod,
    OnContainer, OnPod, OnTask, PodPhase, ProgramKind, Reaper, Sender, Stream, Trace, Wait, WaitTarget,
};

const CONTAINER: ContainerId = ContainerId(0);
const POD: PodId = PodId(0);

#[derive(Default)]
struct Script {
    events: Vec<Event>,
    at: SimTime,
}

impl Script {
    fn at(&mut self, at: SimTime) {
        self.at = at;
    }

    fn push(&mut self, rule: RuleId, kind: EventKind) -> EventId {
        let id = EventId::from_index(self.events.len());
        let cause = id.0.checked_sub(1).map(EventId).filter(|_| !matches!(kind, EventKind::Input(_)));
        self.events.push(Event { at: self.at, cause, given: None, rule, kind });
        id
    }

    fn task(&mut self, rule: RuleId, task: u32, what: OnTask) -> EventId {
        self.push(rule, EventKind::Task(TaskId(task), what))
    }

    fn container(&mut self, what: OnContainer) -> EventId {
        self.push(RuleId::ProcessWaits, EventKind::Container(CONTAINER, what))
    }

    fn pod(&mut self, what: OnPod) -> EventId {
        self.push(RuleId::ProcessWaits, EventKind::Pod(POD, what))
    }

    fn exec(&mut self, task: u32, argv: &[&str], program: ProgramKind) {
        let argv: Arc<[Text]> = argv.iter().map(|a| Text::from(*a)).collect();
        let path = argv.first().cloned().unwrap_or_else(|| Text::from(""));
        self.task(RuleId::ProcessExec, task, OnTask::Execed(Box::new(Execed { path, argv, program })));
    }

    fn start(&mut self) {
        self.push(RuleId::InputGiven, EventKind::Input("kubectl apply -f pod.yaml".into()));
        self.pod(OnPod::Created(Box::new(NewPod { name: "server".into(), owner: "".into(), node: 0, docker: false })));
        self.at(SimTime::from_millis(1_200));
        self.container(OnContainer::Created(Box::new(NewContainer { pod: POD, name: "server".into(), restarts: 0 })));
        self.push(RuleId::NamespaceCreated, EventKind::Namespace(NamespaceId(0), Pid(6)));
        let entry =
            Entry { namespace: NamespaceId(0), pid: Pid(1), container: Some(CONTAINER), role: "init".into(), uid: 0 };
        self.task(RuleId::ProcessEntered, 0, OnTask::Entered(Box::new(entry)));
    }

    fn server(&mut self, task: u32) {
        self.exec(task, &["ruby", "server.rb"], ProgramKind::App);
        self.container(OnContainer::Started(TaskId(0)));
        self.pod(OnPod::Phase(PodPhase::Running));
        self.pod(OnPod::Ready(true));
        self.at(SimTime::from_millis(1_350));
        self.task(RuleId::SignalDisposition, task, OnTask::Disposed(Signal::TERM, Disposition::Catch));
        let text = format!("starting server, pid {}\n", if task == 0 { 1 } else { 6 });
        self.task(RuleId::OutputWritten, task, OnTask::Wrote { stream: Stream::Stderr, text: text.into() });
        let until = SimTime::from_millis(6_350);
        self.task(RuleId::ProcessWaits, task, OnTask::Waits(Wait::Sleep { until }));
    }

    fn delete(&mut self) {
        self.at(SimTime::from_secs(20));
        self.push(RuleId::InputGiven, EventKind::Input("kubectl delete pod server".into()));
        self.pod(OnPod::DeleteRequested { grace_s: 30, deadline: SimTime::from_secs(50), from: DeleteFrom::User });
        self.at(SimTime::from_millis(20_002));
        self.pod(OnPod::Terminating(SimDuration::from_secs(30)));
        self.container(OnContainer::StopRequested { signal: Signal::TERM, timeout: SimDuration::from_secs(30) });
        self.task(RuleId::SignalFromOutside, 0, OnTask::Sent { signal: Signal::TERM, from: Sender::Outside });
    }

    fn end(mut self, code: u32, reason: &str) -> Trace {
        self.task(RuleId::ProcessReapedOutside, 0, OnTask::Reaped(Reaper::Outside));
        self.container(OnContainer::Exited(Box::new(ContainerEnd { code, reason: reason.into(), message: "".into() })));
        self.pod(OnPod::SandboxStopped);
        self.pod(OnPod::Removed);
        self.events.into_iter().collect()
    }
}

/// `CMD ruby server.rb`: the shell is pid 1, TERM has no effect, KILL after 30 s.
pub fn shell_form() -> Trace {
    let mut s = Script::default();
    s.start();
    s.exec(0, &["/bin/sh", "-c", "ruby server.rb"], ProgramKind::Shell);
    s.task(RuleId::ProcessFork, 0, OnTask::Forked { child: TaskId(1), pid: Pid(6) });
    s.task(RuleId::ProcessWaits, 0, OnTask::Waits(Wait::Child(WaitTarget::Pid(Pid(6)))));
    s.server(1);
    s.delete();
    s.task(RuleId::SignalInitNoHandler, 0, OnTask::Dropped(Signal::TERM));
    s.at(SimTime::from_millis(50_002));
    s.container(OnContainer::GraceExpired);
    s.task(RuleId::SignalFromOutside, 0, OnTask::Sent { signal: Signal::KILL, from: Sender::Outside });
    s.task(RuleId::SignalKill, 0, OnTask::Died(ExitStatus::Signaled(Signal::KILL)));
    s.task(RuleId::SignalFromKernel, 1, OnTask::Sent { signal: Signal::KILL, from: Sender::Kernel });
    s.task(RuleId::ProcessNamespaceEnd, 1, OnTask::Died(ExitStatus::Signaled(Signal::KILL)));
    s.task(RuleId::ProcessNamespaceEnd, 1, OnTask::Reaped(Reaper::NamespaceEnd));
    s.end(137, "Error")
}

/// `CMD ["ruby", "server.rb"]`: ruby is pid 1, its handler runs for 5 s.
pub fn exec_form() -> Trace {
    let mut s = Script::default();
    s.start();
    s.server(0);
    s.delete();
    s.task(RuleId::SignalCaught, 0, OnTask::Caught(Signal::TERM));
    let text = "received TERM, handling gracefully\n";
    s.task(RuleId::OutputWritten, 0, OnTask::Wrote { stream: Stream::Stderr, text: text.into() });
    let until = SimTime::from_millis(25_002);
    s.task(RuleId::ProcessWaits, 0, OnTask::Waits(Wait::Sleep { until }));
    s.at(until);
    s.task(RuleId::ProcessExit, 0, OnTask::Died(ExitStatus::Exited(0)));
    s.end(0, "Completed")
}
