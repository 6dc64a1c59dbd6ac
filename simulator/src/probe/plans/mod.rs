//! One command in every shell build side by side: what is run in whose place, who is PID 1, and what SIGTERM leads to.
//!
//! Builds that do the same are one group. What decided is a column of the variant table (`shell::variants`) with the page of
//! its rule. The script really runs, in a bare PID namespace with stand-ins for its programs; see `names`.
//! Not here: how it is drawn (`text`, the command line, the page).

mod container;
mod label;
mod names;
mod text;

use super::sandbox::Sandbox;
use super::shell::{Outcome, Question};
use super::shell_tree::{Entry, shape, tree};
use crate::base::id::TaskId;
use crate::base::limits;
use crate::base::signal::Signal;
use crate::base::time::{SimDuration, SimTime};
use crate::program::{Binary, Program};
use crate::rules::RuleId;
use crate::shell::missing;
use crate::shell::parse::parse;
use crate::shell::plan::{
    Context, Hurdle, Op, Place, Source, compile_complete, describe, place_of_command, place_of_text,
};
use crate::shell::run::is_common_builtin;
use crate::shell::variants::{Variant, all};
use crate::trace::{EventKind, ExitStatus, OnTask};
use names::Names;

pub use container::of_container;
pub use label::{Range, ranges};
pub use text::{headline, print};

/// Grace period after which SIGKILL comes (`terminationGracePeriodSeconds`).
const GRACE: SimDuration = SimDuration::from_millis(30_000);

/// A script that has not started its application by then is taken as it is.
const LONGEST_START: SimTime = SimTime::from_secs(3_600);

/// Steps of a plan that are shown.
const MOST_STEPS: usize = 40;

/// Printed lines that are shown, and how much of each.
const MOST_LINES: usize = 6;
const LONGEST_LINE: usize = 200;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The script.
    pub script: String,
    /// It is a file that the shell is called with, and not the string of `-c`.
    pub is_file: bool,
    /// What follows: `$0` and `$1` on for `-c`, `$1` on for a file.
    pub arguments: Vec<String>,
    /// Ids, families or lines of builds; empty for all.
    pub shells: Vec<String>,
    /// The program to watch; otherwise the last program that the script names.
    pub application: Option<String>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plans {
    /// The program that is watched, if the script runs one.
    pub application: Option<String>,
    /// What is assumed of the programs.
    pub assumed: String,
    /// Builds that do the same, in the order of the table.
    pub groups: Vec<Group>,
}

/// Builds that do the same with the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The builds.
    pub builds: Vec<&'static Variant>,
    /// What they do.
    pub fate: Fate,
}

/// What a build does with the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// The plan, one step a line, indented where another process runs it.
    pub steps: Vec<String>,
    /// What of the script is not simulated: `line:column what is not simulated`.
    pub not_simulated: Vec<String>,
    /// What it printed until it was quiet: its messages, as this build words them.
    pub printed: Vec<String>,
    /// The process tree once it is quiet: `sh[app]`. Empty if PID 1 ended by itself.
    pub tree: String,
    /// Where the application runs.
    pub application: Whereabouts,
    /// What decided that.
    pub decided: Decision,
    /// What came of it.
    pub end: End,
}

/// Where the application runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// It took the shell's place.
    Pid1,
    /// A child of PID 1.
    Child,
    /// Further down.
    Deeper,
    /// It does not run.
    Nowhere,
}

/// What decided whether the shell was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The column of the variant table; none where the language leaves no choice.
    pub column: Option<String>,
    /// The rule whose page explains it.
    pub rule: RuleId,
    /// The reason in words.
    pub reason: String,
}

/// How it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// PID 1 ended by itself, after so long.
    ByItself(u32, SimDuration),
    /// SIGTERM was sent to PID 1.
    Stopped {
        /// Did the application get a signal?
        reached: bool,
        /// Did it end by itself, and not with PID 1 before it was done?
        finished: bool,
        /// The container's exit code.
        code: u32,
        /// Time from SIGTERM to the end.
        after: SimDuration,
        /// It took SIGKILL.
        killed: bool,
        /// What PID 1 did with SIGTERM.
        rule: RuleId,
    },
}

/// The plans of the script. The error is a message for people.
pub fn plans(request: &Request) -> Result<Plans, String> {
    if request.script.len() > limits::SCRIPT_BYTES {
        return Err(format!("the script is longer than {} bytes", limits::SCRIPT_BYTES));
    }
    let wanted = |v: &Variant| {
        let named = |s: &String| *s == v.id || *s == v.family || *s == v.line;
        request.shells.is_empty() || request.shells.iter().any(named)
    };
    let rows: Vec<&'static Variant> = all().filter(|v| wanted(v)).collect();
    let unknown = |s: &&String| !all().any(|v| **s == v.id || **s == v.family || **s == v.line);
    if let Some(name) = request.shells.iter().find(unknown) {
        return Err(format!("no shell build, family or line of builds is called {name}"));
    }
    let names = names::of(request);
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let fate = fate(row, request, &names)?;
        match groups.iter_mut().find(|g| g.fate == fate) {
            Some(group) => group.builds.push(row),
            None => groups.push(Group { builds: vec![row], fate }),
        }
    }
    Ok(Plans { application: names.application.clone(), assumed: names.assumed(), groups })
}

fn fate(row: &'static Variant, request: &Request, names: &Names) -> Result<Fate, String> {
    let mut argv = vec![row.argv0.to_string()];
    if request.is_file {
        argv.push("./entry.sh".into());
    } else {
        argv.extend(["-c".into(), request.script.clone()]);
    }
    argv.extend(request.arguments.iter().cloned());
    let script_file = request.is_file.then(|| request.script.clone());
    let question = Question { shell: row.id.into(), argv, script_file, stdin: None };
    let mut programs: Vec<(&str, Binary)> =
        names.programs.iter().map(|(name, stand)| (name.as_str(), stand.binary())).collect();
    // Another shell that the script calls: `sh` is this one, any other its latest build.
    programs.extend(names.shells.iter().filter(|name| *name != row.argv0).map(|name| {
        let called = name.rsplit('/').next().unwrap_or(name);
        let other = all().filter(|v| v.argv0 == called).last().filter(|_| called != "sh").unwrap_or(row);
        (name.as_str(), Binary::Shell(other.id.into()))
    }));
    let mut run = Sandbox::start(row, &question, &programs, &names.files)?;
    run.settle();
    let has_started = |run: &Sandbox| tree(&run.cx, run.namespace).iter().any(|entry| is_application(entry, names));
    while !has_started(&run) && run.sleep_through(LONGEST_START) {}
    let code = plan(row, request);
    let functions: Vec<&str> =
        code.iter().filter_map(|op| if let Op::Define { name, .. } = op { Some(&**name) } else { None }).collect();
    let is_builtin =
        |name: &str| functions.contains(&name) || row.columns.builtins.extra.contains(&name) || is_common_builtin(name);
    let mut steps: Vec<String> = describe(&code, &is_builtin).lines().map(str::to_string).collect();
    if let Some(left_out) = steps.len().checked_sub(MOST_STEPS).filter(|n| *n > 0) {
        let last = steps.split_off(MOST_STEPS / 2 + left_out);
        steps.truncate(MOST_STEPS / 2);
        steps.push(format!("... {left_out} further steps ..."));
        steps.extend(last);
    }
    if !steps.last().is_some_and(|s| s.trim_start().starts_with("exec") || s.starts_with("replace")) {
        steps.push("exit $?".into());
    }
    let printed = printed(&run);
    let not_simulated = missing::lines(&request.script, row);
    if run.ended().is_some() {
        let outcome = Outcome { pid1: run.ended(), ..run.outcome(0, 0, &[]) };
        let after = run.end_time.since(SimTime::ZERO);
        let decided = decision_of_end(&run, row, request);
        let end = End::ByItself(outcome.pid1.map_or(0, ExitStatus::container_code), after);
        return Ok(Fate {
            steps,
            not_simulated,
            printed,
            tree: String::new(),
            application: Whereabouts::Nowhere,
            decided,
            end,
        });
    }
    let settled = tree(&run.cx, run.namespace);
    let application = whereabouts(&settled, names);
    let decided = decision(&run, &code, application);
    let tree = shape(&settled).replacen(row.argv0, "sh", usize::MAX);
    Ok(Fate { steps, not_simulated, printed, tree, application, decided, end: stop(&mut run, &settled, names) })
}

/// The first lines on both outputs.
fn printed(run: &Sandbox) -> Vec<String> {
    let all: String = run.cx.seen().logs.iter().map(|line| &*line.text).collect();
    let mut lines: Vec<String> = all.lines().map(|line| line.chars().take(LONGEST_LINE).collect()).collect();
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push("...".into());
    }
    lines
}

/// The plan of the whole script.
fn plan(row: &'static Variant, request: &Request) -> Vec<Op> {
    let source = if request.is_file { Source::File } else { Source::CommandString };
    let (columns, text) = (&row.columns, request.script.as_str());
    let script = parse(text, &columns.syntax);
    let last = place_of_text(text, source, &columns.tail);
    let mut code = Vec::new();
    for command in &script.commands {
        let place = place_of_command(command, text, source, last, &columns.tail);
        let children = &columns.children;
        let text = text.into();
        let context = Context {
            tail: &columns.tail,
            children,
            text,
            line: 0,
            place,
            in_list: false,
            timed: false,
            braces: None,
            around: 0,
        };
        code.extend(compile_complete(command, &context).iter().cloned());
    }
    code
}

/// Is this process the application?
fn is_application(entry: &Entry, names: &Names) -> bool {
    let name = names.application.as_deref().unwrap_or("");
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_string();
    entry.state != 'Z' && !name.is_empty() && entry.argv.first().is_some_and(|a| base(a) == base(name))
}

fn whereabouts(settled: &[Entry], names: &Names) -> Whereabouts {
    match settled.iter().find(|e| is_application(e, names)) {
        None => Whereabouts::Nowhere,
        Some(entry) if entry.pid == 1 => Whereabouts::Pid1,
        Some(entry) if entry.ppid == 1 => Whereabouts::Child,
        Some(_) => Whereabouts::Deeper,
    }
}

/// Why PID 1 ended by itself.
fn decision_of_end(run: &Sandbox, row: &'static Variant, request: &Request) -> Decision {
    let took_along = |(_, event): (_, &crate::trace::Event)| event.rule == RuleId::ProcessNamespaceEnd;
    let because = |rule, reason: &str| Decision { column: None, rule, reason: reason.into() };
    if parse(&request.script, &row.columns.syntax).error.is_some() {
        because(RuleId::ShellSyntaxError, "the text cannot be read to its end")
    } else if run.cx.trace().iter().any(took_along) {
        because(RuleId::ProcessNamespaceEnd, "PID 1 ended by itself, and the kernel killed what still ran")
    } else {
        because(RuleId::ProcessExit, "PID 1 ended by itself")
    }
}

/// What made PID 1 fork, or let it be replaced.
fn decision(run: &Sandbox, code: &[Op], application: Whereabouts) -> Decision {
    let forked = match run.kernel.program(run.init) {
        Some(Program::Shell(shell)) => shell.forked_for(),
        _ => None,
    };
    let by_itself = |op: &Op| match op {
        Op::Simple(command, Place::Last(_) | Place::LastOfLastTurn(_)) => {
            command.words.first().and_then(|w| w.as_literal()).is_none_or(|w| w != "exec")
        }
        Op::Pipeline { last: Place::Last(_) | Place::LastOfLastTurn(_), .. } => true,
        _ => false,
    };
    match (application, forked) {
        (Whereabouts::Pid1, _) if code.iter().any(by_itself) => Decision {
            column: Some(Hurdle::CommandString.column().unwrap_or_default()),
            rule: RuleId::ShellCommandString,
            reason: "nothing is done after the command, and this build does not fork for it".into(),
        },
        (Whereabouts::Pid1, _) => {
            Decision { column: None, rule: RuleId::ProcessExec, reason: "the script says exec".into() }
        }
        (_, Some(hurdle)) => Decision { column: hurdle.column(), rule: hurdle.rule(), reason: hurdle.reason().into() },
        (_, None) => {
            Decision { column: None, rule: RuleId::ProcessWaits, reason: "no program runs as its child".into() }
        }
    }
}

/// SIGTERM to PID 1, and SIGKILL after the grace.
fn stop(run: &mut Sandbox, settled: &[Entry], names: &Names) -> End {
    let before = run.cx.trace().len();
    let watched: Vec<_> = settled
        .iter()
        .filter(|e| is_application(e, names))
        .filter_map(|e| run.cx.seen().by_pid(run.namespace, crate::base::id::Pid(e.pid)))
        .collect();
    let outcome = run.signal(Signal::TERM, settled, GRACE);
    let mut reached = false;
    let mut rule = RuleId::SignalFromOutside;
    for (_, event) in run.cx.trace().iter().skip(before) {
        let EventKind::Task(task, what) = &event.kind else { continue };
        let got = matches!(what, OnTask::Caught(_) | OnTask::Died(ExitStatus::Signaled(Signal::TERM | Signal::INT)));
        reached |= got && watched.contains(task);
        let acts = matches!(what, OnTask::Dropped(_) | OnTask::Caught(_) | OnTask::Died(_) | OnTask::Taken(_));
        if *task == run.init && acts && rule == RuleId::SignalFromOutside {
            rule = event.rule;
        }
    }
    let ended = |task: &TaskId| matches!(run.cx.seen().task(*task).and_then(|t| t.ended()), Some((status, _)) if status != ExitStatus::Signaled(Signal::KILL));
    let finished = reached && watched.iter().all(ended);
    match outcome.pid1 {
        Some(status) => {
            End::Stopped { reached, finished, code: status.container_code(), after: outcome.after, killed: false, rule }
        }
        None => {
            let code = ExitStatus::Signaled(Signal::KILL).container_code();
            End::Stopped { reached, finished, code, after: GRACE, killed: true, rule }
        }
    }
}

#[cfg(test)]
mod tests;
