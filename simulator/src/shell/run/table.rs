//! One table of all jobs, filled by the handler of CHLD and looked through at the shell's own times (bash `jobs.c`).
//!
//! Not here: starting jobs (`process`), shells that look at a child when they wait for it (`wait`).

use super::Shell;
use super::report::description;
use super::state::{Job, TrapOn};
use super::step::Step;
use super::wait::Interruption;
use super::wait_builtin::WaitBuiltin;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::program::{Call, Resume};
use crate::shell::print::canonical;
use crate::trace::{ExitStatus, WaitTarget};

/// `wait` for a process of the table that is no child: bash answers -1 (`wait_for`, ECHILD).
const NO_CHILD: u16 = u16::MAX;
/// Deaths of which nothing is said beyond the word for a foreground job (bash `config-top.h` `DONT_REPORT_SIGTERM`,
/// `DONT_REPORT_SIGPIPE`).
const UNTOLD: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::PIPE];

impl Shell {
    /// Where the handler of CHLD collects children: they are collected before anything else happens.
    pub(super) fn collect_if_told(&mut self) {
        // In its last second CHLD is blocked.
        if self.state.last_second || !self.columns().jobs.collected_at_once || !self.state.caught.contains(Signal::CHLD)
        {
            return;
        }
        if self.state.traps.contains_key(&TrapOn::Signal(Signal::CHLD)) {
            return;
        }
        if matches!(self.last, Resume::Done) || self.state.caught.iter().any(|s| self.is_watched(s)) {
            // A child needs its time to end: what the shell does without waiting for anything comes first.
            return;
        }
        self.state.caught = self.state.caught.without(Signal::CHLD);
        let resume = Box::new(std::mem::replace(&mut self.last, Resume::Done));
        self.stack.push(Step::Collect { resume, asked: false });
    }

    /// One call further in collecting.
    pub(super) fn collect(&mut self, resume: Box<Resume>, asked: bool) -> Option<Call> {
        if asked {
            match std::mem::replace(&mut self.last, Resume::Done) {
                Resume::Waited(pid, status) => self.note_end(pid, status),
                _ => {
                    self.last = *resume;
                    return None;
                }
            }
        }
        self.stack.push(Step::Collect { resume, asked: true });
        Some(Call::Wait { target: WaitTarget::Any, nohang: true })
    }

    /// A child has ended: notes how, in its job or for what will ask for it.
    pub(super) fn note_end(&mut self, pid: Pid, status: ExitStatus) {
        let known = self.state.record(pid, status);
        if !known && self.columns().jobs.collected_at_once {
            self.state.collected.push((pid, status));
        }
    }

    /// Takes out of the table what has ended and has been told; of background jobs the status is kept.
    pub(super) fn clean_table(&mut self) {
        // Places in the table are held by what is below on the stack.
        if self
            .stack
            .iter()
            .any(|s| matches!(s, Step::Foreground { .. } | Step::Pipeline(_) | Step::EndPipeline { .. }))
        {
            return;
        }
        let mut ended: Vec<(Pid, u16)> = Vec::new();
        for job in self.state.jobs.iter().filter(|j| j.told && j.is_done() && !j.foreground) {
            ended.extend(job.processes.last().map(|(pid, _)| (*pid, self.status_of_job(job))));
        }
        self.state.answers.extend(ended);
        self.state.jobs.retain(|j| !(j.told && j.is_done()));
    }

    /// A job's own status.
    pub(super) fn status_of_job(&self, job: &Job) -> u16 {
        let statuses: Vec<u16> =
            job.processes.iter().map(|(_, s)| self.status_of(s.unwrap_or(ExitStatus::Exited(0)))).collect();
        let last = statuses.last().copied().unwrap_or(0);
        let failed = statuses.iter().rev().find(|s| **s != 0).copied().unwrap_or(0);
        if self.state.options.pipefail { failed } else { last }
    }

    /// What is to be said of jobs that have ended, each once: lines for standard error (`notify_of_job_status`).
    pub(super) fn tell_of_jobs(&mut self) -> String {
        let string = self.state.options.command_string || self.state.in_substitution;
        let quiet = string && (self.state.in_substitution || self.columns().jobs.quiet_in_command_string);
        let (current, previous) = self.marked_jobs();
        let mut out = String::new();
        let mut told = Vec::new();
        for (at, job) in self.state.jobs.iter().enumerate().filter(|(_, j)| !j.told && j.is_done() && j.number > 0) {
            let signal = job.processes.last().and_then(|(_, end)| match end {
                Some(ExitStatus::Signaled(signal)) => Some(*signal),
                Some(ExitStatus::Exited(_)) | None => None,
            });
            let latest = job.processes.last().map(|(pid, _)| *pid) == self.state.last_background;
            if !string && signal.is_none() && !job.foreground || quiet && latest {
                continue;
            }
            told.push(at);
            if quiet {
                continue;
            }
            match signal {
                Some(signal) if !UNTOLD.contains(&signal) && !self.is_trapped(signal) => out += &self.long_lines(job),
                Some(signal) if job.foreground && signal != Signal::INT && signal != Signal::PIPE => {
                    out += &format!("{}\n", description(signal));
                }
                _ if !job.foreground && self.state.options.monitor => {
                    let mark = if Some(job.number) == current {
                        '+'
                    } else if Some(job.number) == previous {
                        '-'
                    } else {
                        ' '
                    };
                    out += &format!("[{}]{mark}  {:<23} {}\n", job.number, end_of(job), self.all_of(job));
                }
                Some(_) | None => {}
            }
        }
        for at in told {
            if let Some(job) = self.state.jobs.get_mut(at) {
                job.told = true;
            }
        }
        out
    }

    pub(super) fn is_trapped(&self, signal: Signal) -> bool {
        self.state.traps.contains_key(&TrapOn::Signal(signal))
    }

    /// The numbers of the current job and of the one before, as they were when the newest began.
    fn marked_jobs(&self) -> (Option<u32>, Option<u32>) {
        let mut numbers: Vec<u32> = self.state.jobs.iter().filter(|j| !j.foreground).map(|j| j.number).collect();
        numbers.sort_unstable();
        let current = numbers.pop();
        (current, numbers.pop())
    }

    /// All commands of a job.
    pub(super) fn all_of(&self, job: &Job) -> String {
        let all = if job.commands.is_empty() { std::slice::from_ref(&job.text) } else { &job.commands };
        all.iter().map(|text| self.in_own_words(text)).collect::<Vec<_>>().join(" | ")
    }

    fn in_own_words(&self, text: &str) -> String {
        canonical(text, &self.columns().syntax, self.columns().nesting.prints_substitutions)
    }

    /// A job, a line for each process (bash `print_pipeline`, JLIST_LONG).
    fn long_lines(&self, job: &Job) -> String {
        let mut out = self.prefix();
        let mut before: Option<String> = None;
        for (at, (pid, end)) in job.processes.iter().enumerate() {
            let end = end.map_or_else(String::new, words);
            let same = before.as_ref() == Some(&end);
            let shown = if same { String::new() } else { end.clone() };
            let command = self.in_own_words(job.commands.get(at).unwrap_or(&job.text));
            // An empty word for the status takes two columns less.
            let width = if same { 22 } else { 24 };
            let (space, bar) = if at > 0 { ("     ", "| ") } else { ("", "") };
            out += &format!("{space}{:5} {shown:<width$}{bar}{command}\n", pid.0);
            before = before.or(Some(end));
        }
        out
    }

    /// The shell has waited for a job, or reads a line: it tells of its jobs and clears the table.
    pub(super) fn look_through_table(&mut self) -> String {
        let told = self.tell_of_jobs();
        self.clean_table();
        told
    }

    /// The same where nothing else is to be said; a line of text begins.
    pub(super) fn look_through_table_at(&mut self, line: u32) {
        self.state.parsed_line = line;
        if self.columns().jobs.told_together && !self.state.jobs.is_empty() {
            let before = std::mem::replace(&mut self.state.line, line);
            let told = self.look_through_table();
            self.state.line = before;
            self.tell(told);
        }
    }

    /// Writes whole lines to standard error.
    pub(super) fn tell(&mut self, lines: String) {
        self.write(2, lines);
    }

    /// One call further in `wait`.
    pub(super) fn wait_in_table(&mut self, mut wait: Box<WaitBuiltin>) -> Option<Call> {
        if std::mem::replace(&mut wait.asked, false) {
            match std::mem::replace(&mut self.last, Resume::Done) {
                Resume::Waited(pid, status) => self.note_end(pid, status),
                Resume::Interrupted if self.int_comes_again() => {
                    self.stack.push(Step::Wait(wait));
                    self.repeat_int();
                    return None;
                }
                Resume::Interrupted if self.stays_behind_exit_trap().is_some() => {
                    self.stack.push(Step::Wait(wait));
                    if let Some(signal) = self.stays_behind_exit_trap() {
                        self.act_on(signal);
                    }
                    return None;
                }
                Resume::Interrupted => match self.interruption_of_wait() {
                    Interruption::GoOn => {}
                    Interruption::End(status) => {
                        self.state.status = status;
                        return None;
                    }
                    Interruption::Leave => return None,
                },
                Resume::Failed(_) => wait.alone = true,
                _ => {}
            }
        } else if self.trapped_signal().is_some()
            && let Interruption::End(status) = self.interruption()
        {
            self.state.status = status;
            return None;
        } else if let Some(signal) = self.has_yet_to_run() {
            self.state.status = self.status_of_signal(signal);
            return None;
        }
        let mut told = String::new();
        let done = match wait.any {
            true => self.any_ended(&mut wait, &mut told),
            false => self.all_ended(&mut wait, &mut told),
        };
        if done {
            self.tell(told);
            return None;
        }
        if !told.is_empty() {
            self.stack.push(Step::Wait(wait));
            self.tell(told);
            return None;
        }
        wait.asked = true;
        self.stack.push(Step::Wait(wait));
        Some(Call::Wait { target: WaitTarget::Any, nohang: false })
    }

    /// INT without a trap gives `wait` its status before it ends the shell (bash `wait_sigint_handler`).
    fn interruption_of_wait(&mut self) -> Interruption {
        let int = Signal::INT;
        if self.state.watches && self.state.caught.contains(int) && !self.is_trapped(int) {
            self.state.status = 128 + u16::from(int.number());
        }
        self.interruption()
    }

    /// Have all that are waited for ended? Sets the status.
    fn all_ended(&mut self, wait: &mut WaitBuiltin, told: &mut String) -> bool {
        let everything = wait.targets.is_none();
        loop {
            if let Some(pid) = wait.now {
                let Some(status) = self.answer(pid, wait.alone, told) else { return false };
                wait.now = None;
                self.state.status = status;
                if let Some(name) = wait.into.clone().filter(|_| !everything) {
                    self.state.set(&name, pid.0.to_string());
                }
            }
            if everything && wait.alone {
                self.state.jobs.iter_mut().for_each(|job| job.dead = true);
            }
            wait.now = match &mut wait.targets {
                Some(targets) => targets.pop(),
                None => self.running(),
            };
            if wait.now.is_none() {
                break;
            }
        }
        if everything {
            if !wait.alone && self.state.jobs.iter().any(|j| j.number == 0 && !j.is_done()) {
                return false;
            }
            self.forget_all();
        }
        true
    }

    /// The last process of the first background job that runs.
    fn running(&self) -> Option<Pid> {
        let job = self.state.jobs.iter().find(|j| j.number > 0 && !j.foreground && !j.is_done())?;
        job.processes.last().map(|(pid, _)| *pid)
    }

    /// After `wait` for everything (`wait_for_background_pids`): all that has ended is forgotten.
    fn forget_all(&mut self) {
        let last = self.state.last_background;
        for job in self.state.jobs.iter_mut().filter(|j| j.is_done()) {
            job.told |= job.number == 0 || job.processes.last().map(|(pid, _)| *pid) != last;
        }
        self.clean_table();
        self.state.answers.clear();
        self.state.status = 0;
    }

    /// The status of one process, if it and its job have ended (`wait_for_single_pid`).
    fn answer(&mut self, pid: Pid, alone: bool, told: &mut String) -> Option<u16> {
        let Some(job) = self.state.jobs.iter().find(|j| j.holds(pid)) else {
            if let Some(status) = self.state.answers.get(&pid) {
                return Some(*status);
            }
            let values = [("name", pid.0.to_string())];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            *told += &(self.message(self.columns().messages.not_a_child, "wait", &values) + "\n");
            return Some(127);
        };
        if !job.has_ended() {
            if let Some(job) = self.state.jobs.iter_mut().find(|j| j.holds(pid)) {
                job.told |= alone && job.dead;
            }
            return alone.then_some(NO_CHILD);
        }
        let status = self.status_of_job(job);
        *told += &self.look_through_table();
        if let Some(job) = self.state.jobs.iter_mut().find(|j| j.holds(pid)) {
            job.told = true;
        }
        if self.columns().jobs.answered_once {
            self.clean_table();
            self.state.answers.remove(&pid);
        }
        Some(status)
    }

    /// `wait -n`: has one ended (`wait_for_any_job`)? Sets the status.
    fn any_ended(&mut self, wait: &mut WaitBuiltin, told: &mut String) -> bool {
        let again = std::mem::replace(&mut wait.began, true);
        if wait.alone {
            self.state.jobs.iter_mut().for_each(|job| job.dead = true);
        }
        let wanted = |j: &Job| wait.targets.as_ref().is_none_or(|t| t.iter().any(|pid| j.holds(*pid)));
        let ended = |j: &Job| j.number > 0 && wanted(j) && j.is_done() && (again || !j.told);
        let Some(at) = self.state.jobs.iter().position(ended) else {
            let gone = self.running().is_none();
            if gone {
                self.state.status = 127;
            }
            return gone;
        };
        *told += &self.tell_of_jobs();
        let job = self.state.jobs.remove(at);
        let status = self.status_of_job(&job);
        let pid = job.processes.last().map(|(pid, _)| *pid);
        if let Some(pid) = pid.filter(|_| !job.foreground) {
            self.state.answers.insert(pid, status);
        }
        if let (Some(name), Some(pid)) = (wait.into.clone(), pid) {
            self.state.set(&name, pid.0.to_string());
        }
        self.state.status = status;
        true
    }
}

/// How a process ended, in the words of a job's line.
fn words(end: ExitStatus) -> String {
    match end {
        ExitStatus::Exited(0) => "Done".into(),
        ExitStatus::Exited(code) => format!("Exit {code}"),
        ExitStatus::Signaled(signal) => description(signal),
    }
}

pub(super) fn end_of(job: &Job) -> String {
    job.processes.last().and_then(|(_, end)| *end).map_or_else(String::new, words)
}
