//! What is a function's own: its EXIT trap (zsh `Src/signals.c`, `endtrapscope`), and what is said where its variables are
//! lost (bash `variables.c`, `pop_var_context`).

use super::Shell;
use super::state::TrapOn;
use super::step::Step;

impl Shell {
    /// `set -e` ends the shell in a text of `eval`, of `.` or of a trap: the functions around that text are left without
    /// their variables, and each says so (bash `builtins/evalstring.c`, `reset_local_contexts`).
    pub(super) fn scopes_lost(&mut self) -> String {
        let inner = |step: &&Step| !matches!(step, Step::EndEvaluating | Step::EndTrap { .. });
        let is_function = |step: &&Step| matches!(step, Step::EndFunction { .. });
        let inside = self.stack.iter().rev().take_while(inner).count();
        let around = self.stack.iter().rev().skip(inside).filter(is_function).count();
        let child = self.state.subshell && !self.state.in_substitution;
        if !self.columns().nesting.errexit_loses_scopes || around == 0 || child {
            return String::new();
        }
        let all = self.stack.iter().filter(is_function).count();
        let (scopes, line) = (self.state.locals.clone(), self.state.line);
        let mut lines = Vec::new();
        for left in (all - around..all).rev() {
            self.state.locals.truncate(left);
            self.state.line = self.state.calls.get(left).map_or(line, |call| call.line);
            lines.push(format!("{}pop_var_context: head of shell_variables not a function context", self.prefix()));
        }
        (self.state.locals, self.state.line) = (scopes, line);
        lines.join("\n")
    }

    /// The EXIT trap is set in a function, where that is its own: the one around it is put aside.
    pub(super) fn keep_outer_exit(&mut self) {
        let depth = self.state.locals.len();
        let inside = self.columns().traps.exit_is_local && depth > self.state.outer_functions;
        if inside && self.state.outer_exits.last().is_none_or(|(known, _)| *known < depth) {
            let outer = self.state.traps.remove(&TrapOn::Exit);
            self.state.outer_exits.push((depth, outer));
        }
    }

    /// A function has ended, or the shell `ends` in it: its own EXIT trap runs, and that around it counts again.
    pub(super) fn leave_exit_scope(&mut self, ends: bool) {
        let left = |(depth, _): &mut (usize, _)| ends || *depth > self.state.locals.len();
        let Some((_, outer)) = self.state.outer_exits.pop_if(left) else { return };
        let own = self.state.traps.remove(&TrapOn::Exit);
        if let Some(action) = outer {
            self.state.traps.insert(TrapOn::Exit, action);
        }
        if let Some(action) = own.filter(|action| !action.is_empty()) {
            self.run_trap(action, None);
        }
    }
}
