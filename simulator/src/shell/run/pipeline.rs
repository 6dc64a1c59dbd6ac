//! Pipelines (XCU 2.9.2): one member after the other, and the last one in the shell itself.
//!
//! Not here: what a member is as a process (`process`), waiting for it (`wait`).

use super::Shell;
use super::goes_on::is_lone_exec;
use super::process::Fork;
use super::redirect::Redir;
use super::state::Job;
use super::step::{Frame, Starting, Step};
use super::substitution::Capture;
use crate::base::id::Pid;
use crate::program::{Call, Fd, Resume};
use crate::shell::plan::Hurdle;
use crate::trace::ExitStatus;

impl Shell {
    /// Starts the next member of a pipeline: its pipe, then its process.
    pub(super) fn start_pipeline(&mut self, mut starting: Box<Starting>) -> Option<Call> {
        let is_last = starting.is_last();
        if starting.asked {
            starting.asked = false;
            if let Resume::Pipe(read, write) = self.last {
                starting.output = Some((read, write));
            }
        } else if !is_last {
            starting.asked = true;
            self.stack.push(Step::Pipeline(starting));
            return Some(Call::Pipe);
        }
        let keeps = self.state.options.monitor && self.columns().children.keep_monitor || self.state.options.pipefail;
        let last = starting.last.with(&self.columns().tail.job);
        if is_last && !keeps && self.hurdle(last).is_none() {
            self.become_member(*starting);
            return None;
        }
        let children = &self.columns().children;
        let lastpipe = self.state.shopt("lastpipe") && !self.state.options.monitor;
        let always = children.last_member_in_shell && !children.last_member_at_end_only || lastpipe;
        let inside = always && !starting.background;
        if is_last && (starting.last_in_shell || inside) {
            self.run_last_member(*starting);
            return None;
        }
        if starting.captured.is_none() {
            self.forked_for = Some(Hurdle::Pipeline);
        }
        self.fork(Fork::Member(*starting))
    }

    /// The process of a pipeline that was started first.
    pub(super) fn first_member(&self, starting: &Starting) -> Option<Pid> {
        self.state.jobs.get(starting.job)?.processes.first().map(|(pid, _)| *pid)
    }

    /// The last member runs in the shell, with its input from the pipe for so long.
    fn run_last_member(&mut self, starting: Starting) {
        let first = self.first_member(&starting);
        let Some(body) = starting.body() else { return };
        if self.columns().children.lone_exec_ends_pipeline && is_lone_exec(body) {
            self.state.jobs.retain(|job| !first.is_some_and(|member| job.holds(member)));
        } else {
            self.stack.extend(first.map(|member| Step::EndPipeline { member }));
        }
        self.state.simple_member = body.simple;
        self.state.left_pipeline = false;
        let input = starting.input.filter(|fd| *fd != 0);
        self.stack.extend(input.map(|_| Step::RestoreFds));
        let mut frame = Frame::new(body.code.clone(), body.text.clone(), self.state.line.saturating_sub(1));
        frame.context = self.state.context.clone();
        frame.line_base = self.state.line_base;
        self.stack.push(Step::Code(Box::new(frame)));
        if let Some(from) = input {
            self.stack.push(Step::Do(Call::Close(from)));
            let then = super::redirect::Then::SubshellBody;
            self.stack.push(Step::Apply(Box::new(super::redirect::Apply::new(
                vec![Redir::Copy { fd: 0, from }],
                true,
                then,
            ))));
            self.state.streams.plugged = if body.redirected { vec![0] } else { Vec::new() };
        }
    }

    /// Waits for the other members, where that is done; the status is that of the last one, unless `pipefail` asks for
    /// theirs.
    pub(super) fn end_pipeline(&mut self, member: Pid) {
        let status = self.state.status;
        self.state.simple_member = false;
        let has = |j: &Job| j.processes.iter().any(|(pid, _)| *pid == member);
        let Some(job) = self.state.jobs.iter().position(has) else { return };
        if self.columns().jobs.told_together
            && let Some(job) = self.state.jobs.get_mut(job)
        {
            // The last member counts as one more process of the job.
            let status = ExitStatus::Exited(u8::try_from(status & 0xff).unwrap_or(0));
            job.processes.push((Pid(0), Some(status)));
        }
        let options = self.state.options;
        if self.columns().children.pipeline_ends_with_last && !options.pipefail && !options.monitor {
            if let Some(job) = self.state.jobs.get_mut(job) {
                job.foreground = false;
            }
            return;
        }
        if (status != 0 || !options.pipefail) && !self.columns().jobs.told_together {
            self.stack.push(Step::Status(status));
        }
        self.stack.push(Step::Foreground { job, asked: false });
    }

    /// A signal ends what runs: was that the program at the end of a pipeline? Then the shell waits for no program until
    /// the next pipeline or `$( )` (`sh.pipepid` stays).
    pub(super) fn note_left_pipeline(&mut self) {
        let inside = || self.stack.iter().rev().take_while(|step| !matches!(step, Step::EndInner(_)));
        // A function begins with none, and puts back what was before it (`sh_funct`).
        let within = inside().any(|step| matches!(step, Step::EndPipeline { .. }))
            && !inside().any(|step| matches!(step, Step::EndFunction { .. }));
        let waits = self.stack.iter().any(|step| matches!(step, Step::Foreground { .. }));
        self.state.left_pipeline |= within && waits && self.columns().children.pipeline_ends_with_last;
    }

    fn become_member(&mut self, starting: Starting) {
        self.stack.clear();
        self.stack.push(Step::Exit);
        if let Some(body) = starting.body() {
            self.push_body(body);
        }
        self.plug(starting.input, None);
    }

    pub(super) fn member_started(&mut self, mut starting: Starting, pid: Pid) -> Option<Call> {
        let mut group = None;
        let each = self.columns().jobs.told_together || self.columns().children.each_member_is_last_background;
        if starting.background && each {
            // Each member is the latest job for those behind it.
            self.state.last_background = Some(pid);
        }
        let ended = self.state.take_collected(pid);
        let text = starting.body().map(|member| self.text_of_job(&member.text, member.simple));
        if let Some(job) = self.state.jobs.get_mut(starting.job) {
            if job.own_group {
                group = Some(job.processes.first().map_or(pid, |(first, _)| *first));
            }
            job.processes.push((pid, ended));
            job.commands.extend(text);
        }
        let mut closing: Vec<Fd> = starting.input.take().into_iter().collect();
        if let Some((read, write)) = starting.output.take() {
            closing.push(write);
            starting.input = Some(read);
        }
        starting.next += 1;
        if self.columns().children.members_find_zero {
            self.state.status = 0;
        }
        if starting.next < starting.members.len() {
            self.stack.push(Step::Pipeline(Box::new(starting)));
        } else if let Some((read, write)) = starting.captured {
            self.stack.push(Step::Capture(Box::new(Capture::of_members(pid, read))));
            closing.push(write);
        } else if starting.background {
            self.goes_to_background(starting.job);
            self.state.last_background = Some(pid);
            self.state.status = 0;
        } else {
            self.stack.push(Step::Foreground { job: starting.job, asked: false });
        }
        self.stack.extend(closing.into_iter().map(|fd| Step::Do(Call::Close(fd))));
        group.map(|group| Call::Setpgid(Some(pid), Some(group)))
    }
}
