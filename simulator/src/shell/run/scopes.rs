//! What is said of functions whose variables are lost (bash `variables.c`, `pop_var_context`).

use super::Shell;
use super::step::Step;

impl Shell {
    /// `set -e` ends the shell in a text of `eval`, of `.` or of a trap: the functions around that text are left without
    /// their variables, and each says so (bash `builtins/evalstring.c`, `reset_local_contexts`).
    pub(super) fn scopes_lost(&mut self) -> String {
        let inner = |step: &&Step| !matches!(step, Step::EndEvaluating | Step::EndTrap { .. });
        let is_function = |step: &&Step| matches!(step, Step::EndFunction { .. });
        let inside = self.stack.iter().rev().take_while(inner).count();
        let around = self.stack.iter().rev().skip(inside).filter(is_function).count();
        if !self.columns().nesting.errexit_loses_scopes || around == 0 {
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
}
