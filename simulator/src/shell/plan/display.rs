//! A plan in words, one step a line: what the page and `explain-shell` show.

use super::{Body, Op, Place, SimpleCommand};

/// The steps as text, indented where another process runs them. `is_builtin` knows the commands that are no programs.
pub fn describe(code: &[Op], is_builtin: &dyn Fn(&str) -> bool) -> String {
    let mut out = String::new();
    add(code, 0, is_builtin, &mut out);
    out
}

/// Words in front of the command that `exec` is part of.
const BEFORE_EXEC: &[&str] = &["command", "builtin"];

/// How a simple command is run, and its text.
fn simple(command: &SimpleCommand, place: Place, is_builtin: &dyn Fn(&str) -> bool) -> String {
    let mut words = command.words.iter().map(|w| w.as_literal().unwrap_or("")).skip_while(|w| BEFORE_EXEC.contains(w));
    let name = words.next().unwrap_or("");
    if command.words.is_empty() {
        return format!("assign: {}", command.text);
    }
    if name == "exec" {
        let how = if command.words.len() > 1 { "replace the shell" } else { "redirect the shell" };
        return format!("{how}: {}", command.text);
    }
    let how = match place {
        _ if is_builtin(name) => "in the shell",
        Place::Inside(_) => "fork; wait",
        Place::Last(_) => "exec",
        Place::LastOfLastTurn(_) => "exec in the last turn, else fork; wait",
    };
    format!("{how}: {}", command.text)
}

fn line(out: &mut String, depth: usize, text: &str) {
    out.push_str(&"  ".repeat(depth));
    out.push_str(text);
    out.push('\n');
}

fn child(body: &Body, how: &str, depth: usize, is_builtin: &dyn Fn(&str) -> bool, out: &mut String) {
    line(out, depth, &format!("{how}: {}", body.text));
    if !body.simple {
        add(&body.code, depth + 1, is_builtin, out);
    }
}

fn add(code: &[Op], depth: usize, is_builtin: &dyn Fn(&str) -> bool, out: &mut String) {
    for op in code {
        match op {
            Op::Simple(command, place) => line(out, depth, &simple(command, *place, is_builtin)),
            Op::Background(body) => child(body, "fork, do not wait", depth, is_builtin, out),
            Op::Subshell(body, _) => child(body, "fork; wait", depth, is_builtin, out),
            Op::BecomeSubshell(..) => line(out, depth, "become the subshell"),
            Op::Pipeline { members, last_in_shell, .. } => {
                for (n, member) in members.iter().enumerate() {
                    if *last_in_shell && n + 1 == members.len() {
                        add(&member.code, depth, is_builtin, out);
                    } else {
                        child(member, "fork, pipe", depth, is_builtin, out);
                    }
                }
                line(out, depth, "wait for the pipeline");
            }
            Op::JumpIfOk(_) => line(out, depth, "skip the next if it succeeded"),
            Op::JumpIfFail(_) => line(out, depth, "skip the next if it failed"),
            Op::Negate => line(out, depth, "turn the status round"),
            Op::EnterLoop { .. } => line(out, depth, "loop"),
            Op::LeaveLoop => line(out, depth, "end of loop"),
            Op::ForWords { name, .. } => line(out, depth, &format!("for {name}")),
            Op::Case { .. } => line(out, depth, "case"),
            Op::Define { name, .. } => line(out, depth, &format!("define {name}")),
            Op::Test(_) => line(out, depth, "test"),
            Op::Arith(_) => line(out, depth, "calculate"),
            Op::Redirect(..) => line(out, depth, "redirect"),
            Op::Restore => line(out, depth, "take the redirection back"),
            Op::Jump(_)
            | Op::BeginItem
            | Op::SpareErrExit
            | Op::Succeed
            | Op::Line(..)
            | Op::HeadLine(..)
            | Op::ErrExit
            | Op::EnterLastOfList
            | Op::LeaveLastOfList
            | Op::EnterCondition
            | Op::LeaveCondition
            | Op::KeepStatus
            | Op::ForNext(_)
            | Op::CaseFrom(..) => {}
        }
    }
}
