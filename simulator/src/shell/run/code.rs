//! The steps of a plan.

use super::Shell;
use super::builtin::is_name;
use super::expand::{Expanded, Expander, Stop};
use super::redirect::Then;
use super::state::{Function, TrapOn};
use super::step::{Frame, Loop, Starting, Step};
use crate::base::diagnostic::{line_ends, text_before};
use crate::base::signal::{Signal, SignalSet};
use crate::program::{Call, Sys};
use crate::shell::plan::{Hurdle, Op, Place};
use crate::shell::variants::{Shape, Together};
use std::sync::Arc;

impl Shell {
    /// Carries out the next step of a plan.
    pub(super) fn run_code(&mut self, mut frame: Box<Frame>, sys: &Sys<'_>) -> Option<Call> {
        if self.results.is_empty() && std::mem::take(&mut self.state.ran_in_trap) {
            self.look_at_round();
        }
        // Not while the words of a command are being expanded.
        let waits = self.looks_at_status_first(&frame)
            || self.int_is_late(&frame)
            || self.traps_are_late(&frame)
            || self.ends_unheard(&frame)
            || self.exit_trap_is_over(&frame);
        if self.results.is_empty() && self.has_signals() && !waits {
            self.stack.push(Step::Code(frame));
            return self.act_on_signals(sys);
        }
        if self.results.is_empty() && !self.state.process_fds.is_empty() {
            // Pipes to the process substitutions of the command before.
            self.stack.push(Step::Code(frame));
            let open = std::mem::take(&mut self.state.process_fds);
            self.stack.extend(open.into_iter().map(|fd| Step::Do(Call::Close(fd))));
            return None;
        }
        if self.state.options.noexec && !self.columns().details.noexec_ends_the_line {
            return None;
        }
        let op = frame.code.get(frame.pc)?.clone();
        frame.pc += 1;
        self.state.context = frame.context.clone();
        self.state.line_base = frame.line_base;
        self.state.reading = frame.reading.clone();
        let runs = matches!(op, Op::Simple(..) | Op::Background(_) | Op::Subshell(..) | Op::Pipeline { .. });
        if runs && self.columns().signals.end_forgotten_at_next_command {
            self.state.ended_by = None;
            self.state.child_died = false;
        }
        self.stack.push(Step::Code(frame));
        match op {
            Op::Simple(command, place) => {
                let call = self.simple(&command, place, sys);
                self.tell_of_missing_child();
                call
            }
            Op::Background(body) => self.background(body),
            Op::Subshell(body, hurdle) => self.subshell(body, hurdle, sys),
            Op::BecomeSubshell(body, end, place) => match self.hurdle(place) {
                // It is a process of its own already.
                _ if self.state.entered => self.become_subshell(),
                None => self.become_subshell(),
                Some(hurdle) => {
                    self.jump(end);
                    self.subshell(body, hurdle, sys)
                }
            },
            Op::Pipeline { members, last, last_in_shell, background } => {
                let text = background.clone().or_else(|| members.first().map(|m| m.text.clone()));
                let job = self.new_job(text.unwrap_or_default());
                let background = background.is_some();
                let starting = Starting { last, last_in_shell, background, ..Starting::new(members, job) };
                self.stack.push(Step::Pipeline(Box::new(starting)));
                None
            }
            op => self.control(op, sys),
        }
    }

    /// Behind the last command of a child, where the shell does not look at signals any more.
    fn ends_unheard(&self, frame: &Frame) -> bool {
        self.columns().traps.unheard_at_end
            && self.state.subshell
            && self.is_over(frame)
            && self.stack.iter().all(|step| match step {
                Step::Exit | Step::EndFunction { .. } | Step::RestoreVars(_) | Step::RestoreFds => true,
                Step::Code(outer) => self.is_over(outer),
                _ => false,
            })
    }

    /// Is there nothing more to run in it?
    fn is_over(&self, frame: &Frame) -> bool {
        let mut at = frame.pc;
        for _ in &*frame.code {
            at = match frame.code.get(at) {
                None => return true,
                Some(Op::Jump(to)) => *to,
                Some(Op::JumpIfOk(to)) if self.state.status == 0 => *to,
                Some(Op::JumpIfFail(to)) if self.state.status != 0 => *to,
                Some(Op::ForNext(exit)) if frame.loops.last().is_some_and(Loop::is_over) => *exit,
                Some(Op::JumpIfOk(_) | Op::JumpIfFail(_) | Op::KeepStatus | Op::LeaveLoop | Op::Restore) => at + 1,
                Some(Op::ErrExit | Op::SpareErrExit | Op::LeaveLastOfList | Op::LeaveCondition | Op::Negate) => at + 1,
                Some(_) => return false,
            };
        }
        frame.pc >= frame.code.len()
    }

    /// INT behind the last command of a subshell: the shell, which looks at it between commands, does not any more.
    fn int_is_late(&self, frame: &Frame) -> bool {
        let rest = frame.code.get(frame.pc..).unwrap_or_default();
        let ends = |op: &Op| matches!(op, Op::ErrExit | Op::LeaveLastOfList);
        let jobs = &self.columns().jobs;
        let only = self.state.caught.without(Signal::CHLD) == SignalSet::EMPTY.with(Signal::INT);
        jobs.told_together
            && self.state.subshell
            && !self.state.in_substitution
            && !self.state.watches
            && only
            && !self.is_trapped(Signal::INT)
            && rest.iter().all(ends)
            && self.stack.iter().all(|step| matches!(step, Step::Exit))
    }

    /// The last command of a string is a `( )` and nothing else: a signal that came meanwhile has no trap any more (bash
    /// `execute_command_internal` returns before `run_pending_traps`).
    fn traps_are_late(&self, frame: &Frame) -> bool {
        let negated = |op: &Op| matches!(op, Op::EnterCondition | Op::LeaveCondition | Op::Negate);
        let around =
            |op: &Op| matches!(op, Op::HeadLine(..) | Op::BeginItem | Op::ErrExit | Op::Line(..)) || negated(op);
        let mut ops = frame.code.iter().filter(|op| !around(op));
        let is_subshell = |op: &Op| matches!(op, Op::Subshell(..));
        let ends = self.state.options.errexit && self.state.status != 0;
        self.columns().jobs.told_together
            && self.state.options.command_string
            && !self.state.subshell
            && !ends
            && ops.next().is_some_and(is_subshell)
            && ops.next().is_none()
            && frame.code.iter().take(frame.pc).any(is_subshell)
            && self.stack.iter().all(|step| matches!(step, Step::Exit))
    }

    /// Is `set -e` next, and before the traps?
    fn looks_at_status_first(&self, frame: &Frame) -> bool {
        let behind = |step: &&Step| !matches!(step, Step::EndPipeline { .. } | Step::RestoreFds);
        let next = frame.code.get(frame.pc).or_else(|| match self.stack.iter().rev().find(behind) {
            // The last member of a pipeline is over.
            Some(Step::Code(outer)) => outer.code.get(outer.pc),
            Some(_) | None => None,
        });
        let exits = self.state.options.errexit && self.state.status != 0 && self.state.conditions == 0;
        self.columns().traps.errexit_first && exits && matches!(next, Some(Op::ErrExit))
    }

    fn control(&mut self, op: Op, sys: &Sys<'_>) -> Option<Call> {
        match op {
            Op::Jump(to) => self.jump(to),
            Op::JumpIfOk(to) if self.state.status == 0 => self.jump(to),
            Op::JumpIfFail(to) if self.state.status != 0 => self.jump(to),
            Op::JumpIfOk(_) | Op::JumpIfFail(_) => {}
            Op::Line(line, counted) => {
                let details = &self.columns().details;
                if (details.names_scope || counted && details.counts_compounds) && !self.keeps_line_of_trap() {
                    self.state.line = line;
                }
            }
            Op::HeadLine(line, text) => {
                if self.columns().details.heads_have_lines && !self.keeps_line_of_trap() {
                    self.state.line = line;
                }
                if let Some(text) = text {
                    self.note_command(&text);
                }
            }
            Op::Negate => self.state.status = u16::from(self.state.status == 0),
            Op::Succeed => self.state.status = 0,
            Op::BeginItem => self.state.spared = false,
            Op::SpareErrExit => self.state.spared = true,
            Op::ErrExit => self.check_errexit(),
            Op::EnterLastOfList if self.columns().details.errexit_skips_and_or => self.state.conditions += 1,
            Op::LeaveLastOfList if self.columns().details.errexit_skips_and_or => {
                self.state.conditions = self.state.conditions.saturating_sub(1);
            }
            Op::EnterLastOfList | Op::LeaveLastOfList => {}
            Op::EnterCondition => self.state.conditions += 1,
            Op::LeaveCondition => self.state.conditions = self.state.conditions.saturating_sub(1),
            Op::Redirect(redirects, end) => return self.redirect_compound(&redirects, end, sys),
            Op::Restore => {
                if let Some(frame) = self.frame() {
                    frame.redirects.pop();
                }
                self.stack.push(Step::RestoreFds);
            }
            Op::EnterLoop { exit, next } => self.enter_loop(exit, next),
            Op::LeaveLoop => {
                let done = self.frame().and_then(|f| f.loops.pop());
                self.state.status = done.map_or(0, |l| l.status);
            }
            Op::KeepStatus => {
                let status = self.state.status;
                if let Some(inner) = self.frame().and_then(|f| f.loops.last_mut()) {
                    inner.status = status;
                }
            }
            Op::ForWords { name, words } => return self.for_words(name, words.as_deref(), sys),
            Op::ForNext(exit) => self.for_next(exit, sys),
            Op::Case { word, arms, end } => return self.case(&word, &arms, end, 0, sys),
            Op::CaseFrom(at, arm) => return self.case_from(at, arm, sys),
            Op::Define { name, .. } if self.columns().details.names_checked_at_definition && !is_name(&name) => {
                let message = self.message(self.columns().messages.bad_function_name, "", &[("name", &name)]);
                self.exit_with(2);
                self.error(message);
            }
            Op::Define { name, body, text, line } => {
                let begins = line + 1 + line_ends(text_before(&text, body.span.start));
                self.state.functions.insert(name, Function { body, text, line, begins });
                self.state.status = 0;
            }
            Op::Test(test) => return self.double_bracket(&test, sys),
            Op::Arith(word) => {
                let value = self.expand(sys, |e| Ok((e.text(&word)?, e.arithmetic(&word.parts)?)));
                return self.with(value, |shell, (text, value)| {
                    shell.trace_terms(&[format!("(( {text} ))")], sys);
                    shell.state.status = u16::from(value == 0);
                    shell.note_pipe_status();
                    shell.spare_arithmetic();
                });
            }
            Op::Simple(..) | Op::Background(_) | Op::Subshell(..) | Op::BecomeSubshell(..) | Op::Pipeline { .. } => {}
        }
        None
    }

    /// `(( ))` is over: `set -e` does not look at it where it spares that.
    fn spare_arithmetic(&mut self) {
        let spares = self.columns().details.errexit_spares_arithmetic;
        if let Some(frame) = self.frame().filter(|f| spares && matches!(f.code.get(f.pc), Some(Op::ErrExit))) {
            frame.pc += 1;
        }
    }

    /// `[[ ]]` and `(( ))` count as a pipeline, with `!` in front too (bash `execute_command_internal`).
    pub(super) fn note_pipe_status(&mut self) {
        let status = self.state.status;
        let negated = self.frame().is_some_and(|f| matches!(f.code.get(f.pc + 1), Some(Op::Negate)));
        self.state.pipe_statuses = vec![if negated { u16::from(status == 0) } else { status }];
    }

    /// The plan that runs.
    pub(super) fn frame(&mut self) -> Option<&mut Frame> {
        match self.stack.last_mut() {
            Some(Step::Code(frame)) => Some(frame),
            _ => None,
        }
    }

    pub(super) fn jump(&mut self, to: usize) {
        if let Some(frame) = self.frame() {
            frame.pc = to;
        }
    }

    /// Expands with the results at hand.
    pub(super) fn expand<T>(
        &mut self,
        sys: &Sys<'_>,
        work: impl FnOnce(&mut Expander<'_>) -> Expanded<T>,
    ) -> Expanded<T> {
        let before = self.state.vars.clone();
        let columns = &self.row.columns;
        let mut expander = Expander {
            state: &mut self.state,
            columns,
            sys,
            version: self.row.version,
            results: &self.results,
            used: 0,
            size: 0,
        };
        let result = work(&mut expander);
        if matches!(result, Err(Stop::Need(_))) {
            // It will be done again from the start.
            self.state.vars = before;
        }
        result
    }

    /// Goes on with an expanded value; runs the substitution that is missing, or reports the error.
    pub(super) fn with<T>(&mut self, value: Expanded<T>, work: impl FnOnce(&mut Self, T)) -> Option<Call> {
        match value {
            Ok(value) => {
                self.results.clear();
                work(self, value);
                None
            }
            Err(stop) => self.stopped(stop),
        }
    }

    /// The expansion is not finished: the operation is done again later, or not at all.
    pub(super) fn stopped(&mut self, stop: Stop) -> Option<Call> {
        match stop {
            Stop::Need(substitution) => {
                if let Some(frame) = self.frame() {
                    frame.pc = frame.pc.saturating_sub(1);
                }
                self.substitute(substitution)
            }
            Stop::FailSubstitution(message) if self.columns().nesting.parser_tells_substitutions => {
                self.stopped(Stop::FailReading(message))
            }
            Stop::FailReading(message) if !self.columns().details.tells_when_collected => {
                self.stopped(Stop::Fail(message))
            }
            Stop::FailReading(message) => {
                self.results.clear();
                self.state.line = self.state.read_line;
                let message = format!("{}{message}", self.prefix());
                self.exit_with(self.expansion_error_status());
                self.error(message);
                None
            }
            Stop::FailSubstitution(message) => self.stopped(Stop::FailLine(message)),
            Stop::FailArithmetic(message) => {
                self.results.clear();
                let message = format!("{}{message}", self.warning_prefix());
                match self.columns().details.errors_leave_out_the_line {
                    true => self.leave_line(1),
                    false => self.exit_by_error(),
                }
                self.error(message);
                None
            }
            Stop::FailLine(message) if self.columns().details.errors_leave_out_the_line => {
                self.results.clear();
                let message = format!("{}{message}", self.prefix());
                self.leave_line(1);
                self.error(message);
                None
            }
            Stop::Fail(message) | Stop::FailLine(message) => {
                self.results.clear();
                let message = format!("{}{message}", self.prefix());
                self.exit_by_error();
                self.error(message);
                None
            }
        }
    }

    /// An expansion error ends the shell.
    fn exit_by_error(&mut self) {
        self.exit_with(self.expansion_error_status());
        if self.columns().details.names_scope {
            // The error has left every text; the string of -c had been read before it began.
            let line = if self.state.in_file { self.state.line } else { 1 };
            self.stack.push(Step::Line(line));
        }
    }

    /// Exit code of an assignment to a read-only variable.
    pub(super) fn read_only_status(&self) -> u16 {
        self.columns().details.read_only_status.map_or_else(|| self.expansion_error_status(), u16::from)
    }

    /// Exit code of an expansion error.
    pub(super) fn expansion_error_status(&self) -> u16 {
        let details = &self.columns().details;
        // What is forked for more than one command ends as a file does.
        let own_text = self.state.in_file || self.state.subshell && !self.state.plain_job;
        u16::from(if own_text { details.expansion_error_status_in_file } else { details.expansion_error_status })
    }

    /// `set -e` and the ERR trap.
    pub(super) fn check_errexit(&mut self) {
        if self.state.status == 0 || self.state.conditions > 0 || self.state.spared {
            return;
        }
        if self.columns().traps.together == Together::RoundUntilFailure {
            self.look_at_round();
        }
        let exits = self.state.options.errexit;
        let kept = self.state.exit_status.filter(|_| self.state.exit_trap_ran);
        let status = kept.unwrap_or(self.state.status);
        if exits && !self.leave_eval() {
            let lost = self.scopes_lost();
            self.exit_normally(status);
            self.error(lost);
        }
        let inherited = self.state.locals.is_empty() || self.state.options.errtrace;
        if self.state.in_trap == 0
            && inherited
            && let Some(action) = self.state.traps.get(&TrapOn::Err).filter(|a| !a.is_empty()).cloned()
        {
            self.run_trap(action, None);
            let line = self.columns().nesting.err_trap_lines.map(|lines| self.lines_before(lines));
            if let (Some(line), Some(Step::Script(frame))) = (line, self.stack.last_mut()) {
                frame.line = line;
            }
        }
    }

    fn redirect_compound(
        &mut self,
        redirects: &[crate::shell::ast::Redirect],
        end: usize,
        sys: &Sys<'_>,
    ) -> Option<Call> {
        let list = self.expand(sys, |e| e.redirects(redirects));
        self.with(list, |shell, list| {
            let forever = end == usize::MAX;
            // Inside the shell its end puts them back.
            let keep = !forever || shell.state.inner > 0;
            if !forever && let Some(frame) = shell.frame() {
                frame.redirects.push(end);
            }
            let then = if forever { Then::SubshellBody } else { Then::Compound };
            shell.redirect_command(list, keep, then);
        })
    }

    /// What keeps the command at this place from replacing the shell; none: it does.
    pub(super) fn hurdle(&mut self, place: Place) -> Option<Hurdle> {
        let tail = &self.columns().tail;
        let allowed = match place {
            Place::Inside(hurdle) => return Some(hurdle),
            Place::Last(allowed) => allowed,
            Place::LastOfLastTurn(allowed) => {
                if !self.frame().is_some_and(|f| f.loops.iter().all(Loop::is_over)) {
                    return Some(Hurdle::NotLast);
                }
                allowed
            }
        };
        if self.state.is_command {
            return None;
        }
        let running = |j: &super::state::Job| !j.foreground && j.processes.len() > 1 && !j.is_done();
        if self.columns().children.pipeline_keeps_shell && self.state.jobs.iter().any(running) {
            return Some(Hurdle::Pipeline);
        }
        if self.state.in_trap > 0 || self.state.of_trap {
            return Some(Hurdle::InnerText);
        }
        if self.state.inner > 0 || self.state.forked_subshell {
            return Some(Hurdle::Shape(Shape::Subshell));
        }
        // Not where the job is asked about as a whole (ksh93 `check_exec_optimization`).
        let becomes = self.columns().children.last_compound_becomes;
        let whole = becomes && (self.state.options.monitor || self.state.options.pipefail);
        if whole && self.state.reads_pipe {
            return Some(Hurdle::Pipeline);
        }
        let becomes = becomes && !self.state.simple_member && !whole;
        if !becomes && self.stack.iter().any(|step| matches!(step, Step::EndPipeline { .. })) {
            return Some(Hurdle::Shape(Shape::PipeLast));
        }
        if tail.trap_in_same_list_missed && self.frame().is_some_and(|f| f.began_without_traps) {
            return None;
        }
        let empty = self.columns().traps.empty_exit_counts && !self.state.subshell;
        let counts = |action: &Arc<str>| !action.is_empty() || empty;
        if self.state.exit_trap_counts || self.state.traps.get(&TrapOn::Exit).is_some_and(counts) {
            return Some(Hurdle::ExitTrap);
        }
        if self.state.has_action() && !tail.over_actions {
            return Some(Hurdle::Action);
        }
        if tail.traps_stick && self.state.had_action {
            return Some(Hurdle::TrapsStick);
        }
        if tail.over_actions {
            return None;
        }
        (!allowed.ignored_trap && !self.state.traps.is_empty()).then_some(Hurdle::Shape(Shape::IgnoredTrap))
    }
}
