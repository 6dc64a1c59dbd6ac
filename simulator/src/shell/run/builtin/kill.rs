//! `kill` (XCU kill): which spellings of a signal a builtin takes differs between shells.

use super::super::step::{Returned, Step};
use super::Shell;
use crate::base::id::Pid;
use crate::base::signal::Signal;
use crate::program::call::KillTarget;
use crate::program::{Call, Resume};

impl Shell {
    pub(super) fn kill_builtin(&mut self, args: &[String]) {
        let mut signal = Some(Signal::TERM);
        let mut rest = args;
        if let Some(first) = args.first().filter(|a| a.starts_with('-') && a.len() > 1) {
            let option = first.strip_prefix('-').unwrap_or(first);
            let options = self.columns().builtins.kill_options;
            let name = match option {
                "l" | "L" if options.contains(option) => {
                    self.list_signals(args.get(1..).unwrap_or(&[]));
                    return;
                }
                "s" | "n" if options.contains(option) => {
                    rest = args.get(2..).unwrap_or(&[]);
                    args.get(1).cloned().unwrap_or_default()
                }
                "-" => {
                    rest = args.get(1..).unwrap_or(&[]);
                    "TERM".to_string()
                }
                option if self.columns().builtins.kill_names_upper && option.starts_with(char::is_lowercase) => {
                    let letter: String = option.chars().take(1).collect();
                    self.illegal_option("kill", &letter);
                    return;
                }
                option => {
                    rest = args.get(1..).unwrap_or(&[]);
                    option.to_string()
                }
            };
            match self.signal(&name, matches!(option, "s" | "n")) {
                Some(found) => signal = found,
                None => return,
            }
        }
        if rest.first().is_some_and(|a| a == "--") {
            rest = rest.get(1..).unwrap_or(&[]);
        }
        let mut calls = Vec::new();
        for target in rest.iter().rev() {
            let no_job = self.columns().messages.kill_no_job;
            if target.starts_with('%') && self.job_pid(target).is_none() && !no_job.is_empty() {
                let message = self.message(no_job, "kill", &[("name", target)]);
                self.fail(2, message);
                return;
            }
            match self.target(target) {
                Some(to) => calls.push((target.clone(), Call::Kill(to, signal))),
                None => {
                    let values = [("name", target.as_str()), ("text", "No such process")];
                    let messages = &self.columns().messages;
                    let job = target.starts_with('%') && !messages.job_missing.is_empty();
                    let template = if job { messages.job_missing } else { messages.kill_bad_target };
                    let message = self.message(template, "kill", &values);
                    self.fail(self.columns().builtins.kill_bad_target_status, message);
                    return;
                }
            }
        }
        if calls.is_empty() {
            let message = self.message(self.columns().messages.kill_usage, "kill", &[]);
            if self.columns().builtins.kill_usage_is_held {
                self.state.held.push_str(&(message + "\n"));
                self.state.status = self.columns().builtins.kill_usage_status;
                return;
            }
            self.fail(self.columns().builtins.kill_usage_status, message);
            return;
        }
        self.next_kill(calls, 0);
    }

    fn target(&self, text: &str) -> Option<KillTarget> {
        if text.starts_with('%') {
            let pid = self.job_pid(text)?;
            let group_only = self.columns().builtins.kill_job_is_group;
            let own = group_only || self.state.jobs.iter().any(|j| j.own_group && j.holds(pid));
            let group = self.state.jobs.iter().find(|j| j.holds(pid));
            let leader = group.and_then(|j| j.processes.first()).map_or(pid, |(p, _)| *p);
            return Some(if own { KillTarget::Group(leader) } else { KillTarget::Pid(pid) });
        }
        match text.parse::<i64>().ok()? {
            0 => Some(KillTarget::OwnGroup),
            -1 => Some(KillTarget::All),
            n if n < 0 => u32::try_from(-n).ok().map(|n| KillTarget::Group(Pid(n))),
            n => u32::try_from(n).ok().map(|n| KillTarget::Pid(Pid(n))),
        }
    }

    /// A signal's name or number as this builtin takes it; outer `None`: refused, with the message.
    fn signal(&mut self, name: &str, by_option: bool) -> Option<Option<Signal>> {
        if name == "0" {
            return Some(None);
        }
        let with_prefix = name.len() > 3 && name.get(..3).is_some_and(|p| p.eq_ignore_ascii_case("sig"));
        let refused = with_prefix && !self.columns().builtins.kill_sig_prefix;
        match Signal::parse(name).filter(|_| !refused) {
            Some(signal) => Some(Some(signal)),
            None => {
                let letter: String = name.chars().take(1).collect();
                let values = [("name", name), ("letter", letter.as_str())];
                let messages = &self.columns().messages;
                let template = if by_option { messages.kill_s_bad_signal } else { messages.kill_bad_signal };
                let message = self.message(template, "kill", &values);
                let status = self.columns().builtins.kill_bad_signal_status;
                self.fail(status, message);
                None
            }
        }
    }

    fn next_kill(&mut self, mut calls: Vec<(String, Call)>, status: u16) -> Option<Call> {
        let (target, call) = calls.pop()?;
        self.stack.push(Step::Returned(Returned::Kill { target, rest: calls, status }));
        self.stack.push(Step::Do(call));
        None
    }

    pub(in crate::shell::run) fn after_kill(
        &mut self,
        target: &str,
        rest: Vec<(String, Call)>,
        status: u16,
        result: Resume,
    ) -> Option<Call> {
        let mut status = status;
        let mut message = String::new();
        if let Resume::Failed(errno) = result {
            status = 1;
            let values = [("name", target), ("text", errno.text())];
            message = self.message(self.columns().messages.kill_failed, "kill", &values);
        }
        let inside = self.columns().traps.run_inside_kill;
        if let Some(signal) = self.trapped_signal().filter(|_| inside && rest.is_empty()) {
            self.stack.push(Step::Status(status));
            self.act_on(signal);
        } else if rest.is_empty() {
            self.state.status = status;
        } else {
            self.next_kill(rest, status);
        }
        self.error(message);
        None
    }
}
