//! Remarks on SHELL, and on an exec form that was meant for a shell.
//!
//! Sources: BuildKit `dockerfile2llb/convert.go` `dispatchCmd` (the rule JSONArgsRecommended is only checked while no SHELL is
//! set), `withShell`; execve(2): words are handed over as they are.

use super::Builder;
use super::stage::{Origin, Stage};
use crate::base::diagnostic::{Severity, Span};

/// Programs that take a command line.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh", "yash"];
/// Words that mean something to a shell only.
const OPERATORS: &[&str] = &["&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"];

fn is_shell(word: &str) -> bool {
    SHELLS.contains(&word.rsplit('/').next().unwrap_or(word))
}

/// The begin of a variable, `$NAME` or `${NAME}`, in this word; `$(NAME)` is Kubernetes' own.
fn variable(word: &str) -> Option<&str> {
    let at = word.find('$')?;
    let rest = word.get(at..)?;
    let inner = rest.get(1..)?.trim_start_matches('{');
    let named = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "${_}".contains(c))).unwrap_or(rest.len());
    rest.get(..end).filter(|_| named && !rest.starts_with("$("))
}

struct Remark {
    span: Span,
    message: String,
    help: &'static str,
}

/// What is to be said of the command and the entrypoint in force.
pub(super) fn remarks(builder: &mut Builder, target: usize) {
    let Some(stage) = builder.stages.get(target) else { return };
    let lines = [("ENTRYPOINT", stage.entrypoint_from), ("CMD", stage.command_from)];
    let mut found = Vec::new();
    for (name, origin) in lines {
        let Some(origin) = origin else { continue };
        let words = if name == "CMD" { &stage.config.cmd } else { &stage.config.entrypoint };
        if origin.shell_form {
            found.extend(shell_form(stage, name, origin, words));
        } else {
            found.extend(exec_form(stage, name, origin, words));
        }
    }
    for Remark { span, message, help } in found {
        builder.remark(span, Severity::Warning, message, Some(help));
    }
}

fn shell_form(stage: &Stage, name: &str, origin: Origin, words: &[String]) -> Vec<Remark> {
    let mut found = Vec::new();
    let (shell, line) = words.split_at(words.len().saturating_sub(1));
    let shown = shell.join(" ");
    let takes_line = shell.iter().skip(1).any(|w| w.starts_with('-') && !w.starts_with("--") && w.ends_with('c'));
    if shell.first().is_some_and(|w| is_shell(w)) && !takes_line {
        let line = line.first().map_or("", String::as_str);
        let message =
            format!("SHELL has no -c: {shown} takes the text of this {name} ({line}) for the name of a script");
        found.push(Remark { span: origin.span, message, help: "write SHELL [\"/bin/bash\", \"-c\"]" });
    } else if origin.shell_set {
        let message = format!(
            "SHELL switches the builder's warning about shell form off (JSONArgsRecommended); this {name} still starts \
             {shown}, which gets the stop signal"
        );
        found.push(Remark { span: origin.span, message, help: "write it in exec form: SHELL does not change that" });
    }
    let later = stage.shell_from.filter(|at| at.start > origin.span.start);
    if let Some(span) = later.filter(|_| shell != stage.config.shell.as_slice()) {
        let message = format!("SHELL does not change the {name} above it, which runs with {shown}");
        found.push(Remark { span, message, help: "write SHELL before it" });
    }
    found
}

fn exec_form(stage: &Stage, name: &str, origin: Origin, words: &[String]) -> Option<Remark> {
    // Words that some shell of the line may still read are left alone.
    if stage.config.entrypoint.iter().chain(&stage.config.cmd).any(|w| is_shell(w)) {
        return None;
    }
    let help = "write [\"/bin/sh\", \"-c\", \"exec ...\"], or the value itself";
    if let Some(operator) = words.iter().skip(1).find(|w| OPERATORS.contains(&w.as_str())) {
        let message = format!("in exec form {operator} is an argument like any other: no shell reads this {name}");
        return Some(Remark { span: origin.span, message, help });
    }
    let reference = words.iter().find_map(|w| variable(w))?;
    let message = format!("in exec form nobody expands {reference}: the program gets these characters");
    Some(Remark { span: origin.span, message, help })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_those_of_a_shell_and_not_of_kubernetes() {
        assert_eq!(variable("--port=$PORT"), Some("$PORT"));
        assert_eq!(variable("${HOME}/x"), Some("${HOME}"));
        for none in ["$(POD)", "a$", "100$", "$1", "plain"] {
            assert_eq!(variable(none), None, "{none}");
        }
    }
}
