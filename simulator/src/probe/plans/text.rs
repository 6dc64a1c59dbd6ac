//! The plans as text for a terminal: one block a group, what differs first.

use super::{End, Group, Plans, Request, Whereabouts, ranges};
use std::fmt::Write as _;

/// Widest line of the list of builds.
const WIDTH: usize = 100;

/// The plans as text.
#[must_use]
pub fn print(request: &Request, plans: &Plans) -> String {
    let mut out = String::new();
    let arguments: String = request.arguments.iter().map(|word| format!(" {}", quoted(word))).collect();
    let _ = match request.is_file {
        true => writeln!(out, "sh FILE{arguments}:\n{}", request.script.trim_end()),
        false => writeln!(out, "sh -c {}{arguments}", quoted(&request.script)),
    };
    let _ = writeln!(out, "assumed: {}", plans.assumed);
    for group in &plans.groups {
        out.push('\n');
        print_group(group, plans, &mut out);
    }
    out
}

/// A word as one types it at a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn print_group(group: &Group, plans: &Plans, out: &mut String) {
    let fate = &group.fate;
    let name = plans.application.as_deref().unwrap_or("the application");
    let _ = writeln!(out, "{}", headline(fate.application, name, &fate.end));
    let names: Vec<String> = ranges(&group.builds).iter().map(ToString::to_string).collect();
    field(out, "in", &wrapped(&names));
    let steps: Vec<String> = fate.steps.clone();
    field(out, "plan", &steps);
    field(out, "left out", &fate.not_simulated);
    field(out, "prints", &fate.printed);
    if !fate.tree.is_empty() {
        field(out, "tree", std::slice::from_ref(&fate.tree));
    }
    field(out, "SIGTERM", &[fate.end.sentence(name)]);
    let column = fate.decided.column.as_ref().map(|c| format!(" (column {c})")).unwrap_or_default();
    field(out, "why", &[format!("{}{column}: grace explain {}", fate.decided.reason, fate.decided.rule.id())]);
    if let Some(sources) = fate.decided.rule.front_matter("sources") {
        field(out, "source", &[sources.to_string()]);
    }
}

/// What they do, in short.
#[must_use]
pub fn headline(application: Whereabouts, name: &str, end: &End) -> String {
    match (application, end) {
        (_, End::ByItself(..)) => "PID 1 ends by itself".into(),
        (Whereabouts::Pid1, _) => format!("exec: {name} is PID 1"),
        (Whereabouts::Child, _) => format!("fork; wait; exit $?: the shell is PID 1, {name} its child"),
        (Whereabouts::Deeper, _) => format!("the shell is PID 1, {name} runs below another process"),
        (Whereabouts::Nowhere, _) => format!("the shell is PID 1, {name} is no process of its own"),
    }
}

impl End {
    /// What came of it, as a sentence without a full stop.
    #[must_use]
    pub fn sentence(&self, name: &str) -> String {
        match self {
            End::ByItself(code, after) => format!("not sent: exit code {code} after {} s", tenths(after.as_millis())),
            End::Stopped { reached, finished, code, after, killed, rule } => {
                let reached = match (reached, finished) {
                    (true, true) => format!("reaches {name}"),
                    (true, false) => format!("reaches {name}, which is killed before it is done"),
                    (false, _) => format!("does not reach {name}"),
                };
                let seconds = tenths(after.as_millis());
                let end = match killed {
                    true => format!("SIGKILL after {seconds} s, exit code {code}"),
                    false => format!("exit code {code} after {seconds} s"),
                };
                format!("{reached}; {end} ({})", rule.id())
            }
        }
    }
}

fn tenths(millis: u64) -> String {
    let tenths = (millis + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn wrapped(names: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.len() + name.len() + 2 <= WIDTH => {
                line.push_str(", ");
                line.push_str(name);
            }
            Some(line) => {
                line.push(',');
                lines.push(name.clone());
            }
            None => lines.push(name.clone()),
        }
    }
    lines
}

fn field(out: &mut String, key: &str, lines: &[String]) {
    for (n, line) in lines.iter().enumerate() {
        let _ = writeln!(out, "  {:<9}{line}", if n == 0 { key } else { "" });
    }
}
