//! A command in a running container, whoever started it: `kubectl exec`, `docker exec`, or a prompt inside of it.

use crate::base::Text;
use crate::base::id::{ContainerId, EventId, NamespaceId, Pid, TaskId};
use crate::inventory::{ContainerFacts, PsKind};
use crate::observed::Observed;
use crate::program::ps;
use crate::rules::RuleId;
use crate::trace::{Entry, Event, EventKind, Execed, OnTask, ProgramKind, Stream};

use super::here::Here;
use super::{Answer, Line};

/// Where a command runs.
pub(super) struct Entered<'a> {
    pub pod: &'a str,
    pub name: &'a str,
    pub container: ContainerId,
    pub facts: Option<&'a ContainerFacts>,
}

/// What the program that started it says when it ends or cannot start.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Put before the runtime's words for a program that is not there.
    not_started: &'static str,
    /// What is said of an exit code other than 0; `{}` is the code.
    ended: Option<&'static str>,
    /// Exit code when the program is not there.
    missing: u8,
}

/// kubectl: the kubelet's error around the runtime's; client-go remotecommand `CodeExitError`.
pub(super) const KUBECTL: Manner = Manner {
    not_started: "error: Internal error occurred: error executing command in container: failed to exec in container: failed to \
                  start exec: ",
    ended: Some("command terminated with exit code {}"),
    missing: 1,
};

/// docker: the daemon's words as they are, code 127 (cli/command/container/exec.go).
pub(super) const DOCKER: Manner = Manner { not_started: "", ended: None, missing: 127 };
/// A prompt inside of the container.
pub(super) const BARE: Manner = Manner { not_started: "", ended: None, missing: 127 };

/// Runs a command in a container.
pub(super) fn run(here: &Here<'_>, place: &Entered<'_>, argv: &[&str], manner: Manner) -> Answer {
    let program = argv.first().copied().unwrap_or("");
    if matches!(program.rsplit('/').next(), Some("ps")) {
        return processes(here, place, argv, manner);
    }
    let words: Vec<String> = argv.iter().map(|w| quoted(w)).collect();
    let mut answer = here.prints("");
    answer.ends = None;
    answer.inputs = vec![format!(
        "{{at_ms: {}, do: exec, pod: {}, container: {}, argv: [{}]}}",
        here.at_ms(),
        place.pod,
        place.name,
        words.join(", ")
    )];
    let line = argv.join(" ");
    let by_kubectl = here.own_input(&format!("kubectl exec {} -- {line}", place.pod));
    if let Some(input) = by_kubectl.or_else(|| here.own_input(&format!("docker exec {} {line}", place.pod))) {
        outcome(here, input, program, manner, &mut answer);
    }
    answer
}

/// A word of a list in flow style.
pub(super) fn quoted(word: &str) -> String {
    let mut text = "\"".to_owned();
    for c in word.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// What the command wrote and how it ended, in the run that has it.
fn outcome(here: &Here<'_>, input: EventId, program: &str, manner: Manner, answer: &mut Answer) {
    let end = here.end();
    let of_input = |id: EventId| here.trace().causes(id).last() == Some(&input);
    let written = end.logs.iter().filter(|l| l.stream == Stream::Session && l.at >= here.at && of_input(l.by));
    for piece in written {
        answer.lines.extend(piece.text.lines().map(|text| Here::line(piece.at, text)));
    }
    let guests = end.tasks.iter().enumerate().filter(|(_, t)| t.role.is_some() && of_input(t.born));
    let Some((number, task)) = guests.map(|(n, t)| (TaskId::from_index(n), t)).next() else { return };
    let failed = here.trace().iter().find_map(|(_, e)| match &e.kind {
        EventKind::Task(t, OnTask::ExecFailed { .. }) if *t == number && task.execed.is_none() => Some(e.at),
        _ => None,
    });
    if let Some(at) = failed {
        answer.lines.push(Line { at, text: missing(program, manner), error: true });
        answer.ends = Some(at);
        answer.code = manner.missing;
        return;
    }
    let Some((status, died)) = task.ended() else { return };
    let at = here.trace().get(died).map_or(here.at, |e| e.at);
    let code = status.container_code();
    answer.ends = Some(at);
    answer.code = u8::try_from(code).unwrap_or(u8::MAX);
    if let (1.., Some(words)) = (code, manner.ended) {
        answer.lines.push(Line { at, text: words.replace("{}", &code.to_string()), error: true });
    }
}

fn missing(program: &str, manner: Manner) -> String {
    let why = if program.contains('/') {
        format!("stat {program}: no such file or directory")
    } else {
        "executable file not found in $PATH".to_owned()
    };
    format!(
        "{}OCI runtime exec failed: exec failed: unable to start container process: exec: {program:?}: {why}{}",
        manner.not_started,
        if manner.not_started.is_empty() { ": unknown" } else { "" }
    )
}

/// `ps`: the processes of the container's namespace, and `ps` itself, which is the newest.
fn processes(here: &Here<'_>, place: &Entered<'_>, argv: &[&str], manner: Manner) -> Answer {
    let kind = place.facts.map_or(Some(PsKind::Procps), |f| f.ps);
    let init = here.seen.container(place.container).and_then(|c| c.init).and_then(|t| here.seen.task(t));
    let (Some(kind), Some(init)) = (kind, init) else {
        return Answer::fails(here.at, &missing(argv.first().copied().unwrap_or("ps"), manner), manner.missing);
    };
    let mut seen = here.seen.clone();
    enter(&mut seen, init.namespace, place.container, argv);
    let style = match kind {
        PsKind::Procps => ps::Style::Procps,
        PsKind::BusyBox => ps::Style::BusyBox,
    };
    let (text, code) = ps::print(&seen, init.namespace, style, argv.get(1..).unwrap_or(&[]));
    let mut answer = here.prints(&text);
    answer.code = code;
    answer
}

/// Adds the process of `ps` to what can be seen, as the run itself would.
fn enter(seen: &mut Observed, namespace: NamespaceId, container: ContainerId, argv: &[&str]) {
    let Some(pid) = seen.namespace(namespace).map(|n| n.next_pid) else { return };
    let task = TaskId::from_index(seen.tasks.len());
    let argv: Vec<Text> = argv.iter().map(|a| Text::from(*a)).collect();
    let path = argv.first().cloned().unwrap_or_else(|| "ps".into());
    let entry = Entry { namespace, pid: Pid(pid.0), container: Some(container), role: "exec".into(), uid: 0 };
    let execed = Execed { path, argv: argv.into(), program: ProgramKind::Utility };
    for what in [OnTask::Entered(Box::new(entry)), OnTask::Execed(Box::new(execed))] {
        let kind = EventKind::Task(task, what);
        let event = Event { at: seen.now, cause: None, given: None, rule: RuleId::ProcessEntered, kind };
        seen.apply(EventId::from_index(usize::MAX), &event);
    }
}
