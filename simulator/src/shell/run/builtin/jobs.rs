//! `wait`, `jobs`, `sleep`.

use super::super::state::Job;
use super::super::step::Step;
use super::super::table::end_of;
use super::super::wait_builtin::WaitBuiltin;
use super::Shell;
use crate::base::id::Pid;
use crate::base::time::SimDuration;
use crate::program::Sys;
use crate::shell::variants::messages::fill;

impl Shell {
    pub(super) fn wait(&mut self, args: &[String]) {
        let mut any = false;
        let mut targets = Vec::new();
        let mut into = None;
        let mut words = args.iter();
        while let Some(arg) = words.next() {
            match arg.strip_prefix('-') {
                Some("p") if self.columns().builtins.wait_options.contains('p') => into = words.next().cloned(),
                Some("np" | "pn") if self.columns().builtins.wait_options.contains('p') => {
                    any = true;
                    into = words.next().cloned();
                }
                Some("n") if self.columns().builtins.wait_n => any = true,
                Some("f") if self.columns().builtins.wait_options.contains('f') => {}
                Some("-") => {}
                Some(letters) if !letters.is_empty() => {
                    let letter: String = letters.chars().take(1).collect();
                    self.illegal_option("wait", &letter);
                    return;
                }
                _ => match self.job_pid(arg) {
                    Some(pid) => targets.push(pid),
                    None => {
                        self.wait_for_nothing(arg);
                        return;
                    }
                },
            }
        }
        if let Some(name) = &into {
            self.state.vars.remove(name);
        }
        targets.reverse();
        let targets = (!targets.is_empty()).then_some(targets);
        if any && self.state.jobs.is_empty() && !self.columns().jobs.told_together {
            self.state.status = 127;
            return;
        }
        self.stack.push(Step::Wait(Box::new(WaitBuiltin::new(targets, any, into))));
    }

    /// `wait` for something that is no process and no job.
    fn wait_for_nothing(&mut self, text: &str) {
        let messages = &self.columns().messages;
        let job = text.starts_with('%');
        let template = if job { messages.wait_no_job } else { messages.wait_bad };
        let message = self.message(template, "wait", &[("name", text)]);
        let builtins = &self.columns().builtins;
        let status = if job { builtins.wait_no_job_status } else { builtins.wait_bad_status };
        self.fail(u16::from(status), message);
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

    pub(super) fn jobs(&mut self, args: &[String]) {
        let letters: String = args.iter().filter_map(|a| a.strip_prefix('-')).collect();
        if let Some(bad) = letters.chars().find(|c| !self.columns().builtins.jobs_options.contains(*c)) {
            self.illegal_option("jobs", &bad.to_string());
            return;
        }
        let template = self.columns().messages.job_line;
        let named: Vec<&String> = args.iter().filter(|a| !a.starts_with('-')).collect();
        let wanted: Vec<Pid> = named.iter().filter_map(|name| self.job_pid(name)).collect();
        let is_wanted = |job: &Job| named.is_empty() || wanted.iter().any(|pid| job.holds(*pid));
        if template.is_empty() && !letters.contains('p') {
            let lines = self.told_jobs(is_wanted, true);
            self.finish(0, lines);
            return;
        }
        let numbers: Vec<u32> = self.state.jobs.iter().map(|j| j.number).filter(|n| *n > 0).collect();
        let mark = |number: u32| match numbers.iter().rev().position(|n| *n == number) {
            Some(0) => '+',
            Some(1) => '-',
            _ => ' ',
        };
        let listed =
            self.state.jobs.iter().filter(|j| is_wanted(j) && j.number > 0 && !(letters.contains('r') && j.is_done()));
        let mut lines: Vec<String> = listed
            .map(|j| {
                if letters.contains('p') {
                    return j.processes.first().map(|(pid, _)| format!("{}\n", pid.0)).unwrap_or_default();
                }
                let ended =
                    j.is_done().then(|| if self.columns().jobs.told_together { end_of(j) } else { "Done".into() });
                let template = if ended.is_some() { template.trim_end_matches(" &") } else { template };
                let state = format!("{:<23}", ended.unwrap_or_else(|| "Running".into()));
                let (number, mark) = (j.number.to_string(), mark(j.number).to_string());
                let values = [("number", number.as_str()), ("mark", &mark), ("state", &state), ("command", &j.text)];
                fill(template, &values) + "\n"
            })
            .collect();
        if self.columns().builtins.jobs_newest_first {
            lines.reverse();
        }
        self.finish(0, lines.concat());
    }

    /// `fg` and `bg`: without a terminal there is no job control.
    pub(super) fn resume_job(&mut self, builtin: &str, args: &[String]) {
        let named_here = self.columns().jobs.told_together || self.columns().jobs.told_at_end;
        if builtin == "fg" && self.state.options.monitor && named_here {
            self.wait_in_foreground(args.first().map(String::as_str));
            return;
        }
        let messages = &self.columns().messages;
        if !messages.jobs_need_monitor.is_empty() && !self.state.options.monitor {
            let message = self.message(messages.jobs_need_monitor, builtin, &[]);
            self.fail(1, message);
            return;
        }
        let named = args.first();
        let known = match named {
            Some(name) => self.state.jobs.iter().any(|j| j.number > 0) && self.job_pid(name).is_some(),
            None => self.state.jobs.iter().any(|j| j.number > 0),
        };
        let (template, name) = match (named, known) {
            (_, true) => (messages.no_job_control, named.map_or("(null)", String::as_str)),
            (Some(name), false) => (messages.wait_no_job, name.as_str()),
            (None, false) => (messages.no_current_job, ""),
        };
        self.state.status = 0;
        if !messages.no_job_control.is_empty() && !self.state.options.monitor {
            let message = self.message(template, builtin, &[("name", name)]);
            let status = self.error_status(2);
            self.fail(status, message);
        }
    }

    /// `fg` under `set -m`: the job is named and waited for.
    fn wait_in_foreground(&mut self, named: Option<&str>) {
        let spec = named.unwrap_or("%%");
        let pid = self.job_pid(spec);
        let at = self.state.jobs.iter().position(|j| j.number > 0 && pid.is_some_and(|pid| j.holds(pid)));
        let Some((at, job)) = at.and_then(|at| Some((at, self.state.jobs.get_mut(at)?))) else {
            let name = if named.is_none() && self.columns().jobs.told_together { "current" } else { spec };
            let own = self.columns().messages.job_missing;
            let template = if own.is_empty() { "{builtin_prefix}{name}: no such job" } else { own };
            let message = self.message(template, "fg", &[("name", name)]);
            self.fail(1, message);
            return;
        };
        job.foreground = true;
        let job = job.clone();
        self.stack.push(Step::Foreground { job: at, asked: false });
        self.write(1, self.named_job(&job) + "\n");
    }

    /// bash `disown`: the job is no longer listed.
    pub(super) fn disown(&mut self, args: &[String]) {
        self.state.status = 0;
        let names: Vec<&String> = args.iter().filter(|a| !a.starts_with('-')).collect();
        if args.iter().any(|a| a.starts_with('-') && a.contains('h')) {
            return;
        }
        if args.iter().any(|a| a == "-a") || (names.is_empty() && self.state.jobs.len() == 1) {
            self.state.jobs.clear();
            return;
        }
        let specs: Vec<String> =
            if names.is_empty() { vec!["%+".into()] } else { names.into_iter().cloned().collect() };
        for spec in specs {
            let pid = self.job_pid(&spec);
            let at = self.state.jobs.iter().position(|j| pid.is_some_and(|pid| j.holds(pid)));
            match at {
                Some(at) => {
                    self.state.jobs.remove(at);
                }
                None => {
                    let name = if spec == "%+" { "current" } else { &spec };
                    let messages = &self.columns().messages;
                    let template = match (spec.as_str(), messages.disown_no_job, messages.job_missing) {
                        ("%+", none, _) if !none.is_empty() => none,
                        (_, _, missing) if !missing.is_empty() => missing,
                        _ => "{builtin_prefix}{name}: no such job",
                    };
                    let message = self.message(template, "disown", &[("name", name)]);
                    self.fail(1, message);
                }
            }
        }
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
