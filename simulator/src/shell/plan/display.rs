//! A plan in words, one step a line: what the page and `explain-shell` show.

use super::{Body, Op, Place};

/// The steps as text, indented where another process runs them.
pub fn describe(code: &[Op]) -> String {
    let mut out = String::new();
    add(code, 0, &mut out);
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    out.push_str(&"  ".repeat(depth));
    out.push_str(text);
    out.push('\n');
}

fn child(body: &Body, how: &str, depth: usize, out: &mut String) {
    line(out, depth, &format!("{how}: {}", body.text));
    add(&body.code, depth + 1, out);
}

fn add(code: &[Op], depth: usize, out: &mut String) {
    for op in code {
        match op {
            Op::Simple(command, place) => {
                let how = match place {
                    _ if command.words.is_empty() => "assign",
                    Place::Inside(_) => "fork; wait",
                    Place::Last(_) => "exec",
                    Place::LastOfLastTurn(_) => "exec in the last turn, else fork; wait",
                };
                line(out, depth, &format!("{how}: {}", command.text));
            }
            Op::Background(body) => child(body, "fork, do not wait", depth, out),
            Op::Subshell(body, _) => child(body, "fork; wait", depth, out),
            Op::BecomeSubshell => line(out, depth, "become the subshell"),
            Op::Pipeline { members, .. } => {
                for member in members.iter() {
                    child(member, "fork, pipe", depth, out);
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
            | Op::Succeed
            | Op::ErrExit
            | Op::EnterCondition
            | Op::LeaveCondition
            | Op::KeepStatus
            | Op::ForNext(_)
            | Op::CaseFrom(..) => {}
        }
    }
}
