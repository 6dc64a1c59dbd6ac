//! What a shell says of its jobs when it ends, and lists of them, where it keeps jobs that nobody asked for (mksh `jobs.c`,
//! `j_exit`, `j_print`).
//!
//! Not here: the table that bash keeps (`table`).

use super::Shell;
use super::report::description;
use super::state::Job;
use super::step::Step;
use crate::base::signal::Signal;
use crate::shell::flat::flat;
use crate::trace::ExitStatus;

/// The state of a process in a list.
fn words(end: Option<ExitStatus>) -> String {
    match end {
        None => "Running".into(),
        Some(ExitStatus::Exited(0)) => "Done".into(),
        Some(ExitStatus::Exited(code)) => format!("Done ({code})"),
        Some(ExitStatus::Signaled(signal)) => description(signal),
    }
}

impl Shell {
    /// Does the shell keep jobs that have ended until it is asked, or ends?
    pub(super) fn keeps_jobs(&self) -> bool {
        self.columns().jobs.told_at_end && self.state.options.monitor
    }

    /// The lines of jobs, the newest first: of all that are wanted, or of those of them that have ended. These are forgotten.
    pub(super) fn told_jobs(&mut self, wanted: impl Fn(&Job) -> bool, all: bool) -> String {
        let kept = self.keeps_jobs();
        let mut out = String::new();
        // A job in the foreground is not listed, but it is the newest of them.
        for (place, job) in self.state.jobs.iter().rev().filter(|j| j.number > 0 || j.foreground).enumerate() {
            let shown = !job.foreground && if job.is_done() { kept } else { all };
            if shown && wanted(job) {
                out += &self.lines_of_job(job, ['+', '-'].get(place).copied().unwrap_or(' '));
            }
        }
        // Places in the list are held by what is below on the stack.
        if !self.stack.iter().any(|s| matches!(s, Step::Foreground { .. } | Step::Pipeline(_))) {
            self.state.jobs.retain(|j| j.number == 0 || !j.is_done() || !wanted(j));
        }
        out
    }

    /// The signals that ended members of a job, one for each run of members that ended alike (pdksh `j_print`, `JP_SHORT`).
    pub(super) fn tell_members(&mut self, job: &Job) {
        let (mut line, mut before) = (String::new(), None);
        for (_, end) in &job.processes {
            let same = before.replace(end) == Some(end);
            if let Some(ExitStatus::Signaled(signal)) = end
                && !same
                && !matches!(*signal, Signal::INT | Signal::PIPE)
            {
                line += &self.signal_text(*signal);
                line.push(' ');
            }
        }
        if !line.is_empty() {
            self.error(line);
        }
    }

    /// All commands of a job.
    pub(super) fn named_job(&self, job: &Job) -> String {
        if !self.columns().jobs.told_at_end {
            return self.all_of(job);
        }
        let all = if job.commands.is_empty() { std::slice::from_ref(&job.text) } else { &job.commands };
        all.iter().map(|text| flat(text, &self.columns().syntax)).collect::<Vec<_>>().join(" | ")
    }

    /// A line for each run of processes that are in the same state.
    fn lines_of_job(&self, job: &Job, mark: char) -> String {
        let syntax = &self.columns().syntax;
        let mut out = format!("[{}] {mark} ", job.number);
        let mut before = None;
        for (at, (_, end)) in job.processes.iter().enumerate() {
            let text = flat(job.commands.get(at).unwrap_or(&job.text), syntax);
            match before {
                None => out += &format!("{:<20} {text}", words(*end)),
                Some(same) if same == end => out += &format!(" | {text}"),
                Some(_) => out += &format!(" |\n      {:<20} {text}", words(*end)),
            }
            before = Some(end);
        }
        out + "\n"
    }
}
