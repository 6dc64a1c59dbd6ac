//! What of its parent's place in the script a child keeps: the loops around it, and with a lone `exec` all that follows.

use super::Shell;
use super::process::Fork;
use super::step::{Starting, Step};
use crate::shell::plan::{Body, Op};

impl Shell {
    /// Does the child do what stands behind its command, as the shell does?
    pub(super) fn goes_on_behind(&self, why: &Fork) -> bool {
        self.columns().children.exec_goes_on && why.body().is_some_and(is_lone_exec)
    }

    /// A child that goes on starts the members behind its own; what is between them is closed.
    pub(super) fn start_rest(&mut self, starting: &Starting) {
        let text = starting.members.get(starting.next + 1).map(|member| member.text.clone()).unwrap_or_default();
        let job = self.new_job(text);
        let next = starting.next + 1;
        let rest = Starting { next, input: None, output: None, job, asked: false, ..starting.clone() };
        self.stack.push(Step::Pipeline(Box::new(rest)));
    }
}

/// Is it `exec` with redirections and nothing else?
pub(super) fn is_lone_exec(body: &Body) -> bool {
    let Some(Op::Simple(command, _)) = body.code.first() else { return false };
    let alone = matches!(command.words.as_slice(), [word] if word.as_literal().is_some_and(|name| name == "exec"));
    alone && !command.redirects.is_empty()
}

/// Is it a child in which the loops around the command still count, where the shell has that?
pub(super) fn inherits_loops(why: &Fork) -> bool {
    matches!(why, Fork::Substitution(..)) || why.body().is_some_and(|body| body.simple)
}
