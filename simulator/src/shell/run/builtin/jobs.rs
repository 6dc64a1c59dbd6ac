//! `wait`, `jobs`, `sleep`.

use super::super::step::Step;
use super::super::wait::WaitBuiltin;
use super::Shell;
use crate::base::id::Pid;
use crate::base::time::SimDuration;
use crate::program::Sys;

impl Shell {
    pub(super) fn wait(&mut self, args: &[String]) {
        let mut any = false;
        let mut targets = Vec::new();
        for arg in args {
            match arg.strip_prefix('-') {
                Some("n") if self.columns().builtins.wait_n => any = true,
                Some("f" | "-") if self.columns().builtins.wait_n => {}
                Some(letters) if !letters.is_empty() => {
                    let letter: String = letters.chars().take(1).collect();
                    self.illegal_option("wait", &letter);
                    return;
                }
                _ => match self.job_pid(arg) {
                    Some(pid) => targets.push(pid),
                    None => {
                        self.state.status = 127;
                        return;
                    }
                },
            }
        }
        targets.reverse();
        let targets = (!targets.is_empty()).then_some(targets);
        if any && self.state.jobs.is_empty() {
            self.state.status = 127;
            return;
        }
        self.stack.push(Step::Wait(Box::new(WaitBuiltin { targets, any, asked: false, after_trap: None })));
    }

    /// A pid or `%n`, as the pid of a job's last process.
    pub(super) fn job_pid(&self, text: &str) -> Option<Pid> {
        let Some(spec) = text.strip_prefix('%') else { return text.parse().ok().map(Pid) };
        let job = match spec {
            "" | "%" | "+" => self.state.jobs.iter().rev().find(|j| j.number > 0),
            spec => match spec.parse::<u32>() {
                Ok(number) => self.state.jobs.iter().find(|j| j.number == number),
                Err(_) => self.state.jobs.iter().find(|j| j.text.starts_with(spec)),
            },
        };
        job.and_then(|j| j.processes.last()).map(|(pid, _)| *pid)
    }

    pub(super) fn jobs(&mut self) {
        let lines: String = self
            .state
            .jobs
            .iter()
            .filter(|j| j.number > 0)
            .map(|j| format!("[{}]+  {:<23} {} &\n", j.number, if j.is_done() { "Done" } else { "Running" }, j.text))
            .collect();
        self.finish(0, lines);
    }

    pub(super) fn sleep(&mut self, args: &[String], sys: &Sys<'_>) {
        let text = args.first().map_or("", String::as_str);
        let until = if text == "infinity" { None } else { Some(text) };
        let until = match until.map(SimDuration::parse_secs) {
            None => None,
            Some(Some(time)) => Some(sys.now + time),
            Some(None) => {
                let message = format!("sleep: invalid number '{text}'");
                self.fail(1, message);
                return;
            }
        };
        self.last = crate::program::Resume::Done;
        self.stack.push(Step::Sleep { until });
    }
}
