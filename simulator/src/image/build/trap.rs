//! What a Dockerfile does not say but does: remarks where the build goes another way than it reads.
//!
//! Sources: BuildKit `parser/line_parsers.go` (`parseMaybeJSON`), `dockerfile2llb/convert.go` (`dispatchEntrypoint`,
//! `withShell`), all run.

use super::super::config::Healthcheck;
use super::super::dockerfile::instruction::CommandLine;
use super::super::rootfs::{Content, File, Rootfs};
use super::Builder;
use super::shell_trap;
use super::stage::Origin;
use crate::base::diagnostic::{Severity, Span};

/// A line that begins like the exec form and is none runs as a shell command, brackets included.
pub(super) fn broken_json(builder: &mut Builder, line: &CommandLine, name: &str) {
    let Some(at) = line.broken_json else { return };
    let width = builder.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    builder.remark(
        Span::new(at, at + width),
        Severity::Warning,
        format!("this {name} is no valid JSON array, so it is shell form: the shell gets the text with its brackets"),
        Some("use double quotes and commas between them, and nothing after the closing bracket"),
    );
}

/// `ENTRYPOINT` without a `CMD` of the same stage drops the one of the base image.
fn inherited_cmd_cleared(builder: &mut Builder, span: Span, lost: &[String]) {
    let message = format!("ENTRYPOINT clears the CMD of the base image ({})", lost.join(" "));
    builder.remark(span, Severity::Warning, message, Some("write CMD again in this stage if its words are needed"));
}

/// A second `CMD` or `ENTRYPOINT` of one stage replaces the first (BuildKit's rule MultipleInstructionsDisallowed).
pub(super) fn replaced(builder: &mut Builder, earlier: Option<Origin>, name: &str) {
    let Some(earlier) = earlier else { return };
    let message = format!("this {name} is never used: only the last {name} of a stage counts");
    builder.remark(earlier.span, Severity::Warning, message, Some("remove it"));
}

/// Kubernetes reads no `HEALTHCHECK`.
pub(super) fn healthcheck(builder: &mut Builder, span: Span, check: &Healthcheck) {
    if check.test.first().is_some_and(|word| word != "NONE") {
        let message = "HEALTHCHECK does nothing here: Kubernetes ignores it";
        builder.remark(span, Severity::Note, message, Some("write a livenessProbe or readinessProbe in the pod"));
    }
}

/// Remarks on the image as a whole, once the target stage is built.
pub(super) fn final_remarks(builder: &mut Builder, target: usize) {
    shell_trap::remarks(builder, target);
    let Some(stage) = builder.stages.get(target) else { return };
    let (config, from) = (stage.config.clone(), stage.span);
    let shell_entrypoint = stage.entrypoint_from.filter(|o| o.shell_form);
    let shell_command = stage.command_from.filter(|o| o.shell_form);
    let (command, entrypoint) = (stage.command_from, stage.entrypoint_from);
    let inherits_signal = !stage.stop_signal_set && !config.stop_signal.is_empty();
    let no_shell = stage.found.os.sh.is_none() && config.shell.is_empty();
    let base = stage.found.name.clone();
    if let Some((span, lost)) = stage.cleared_cmd.clone() {
        inherited_cmd_cleared(builder, span, &lost);
    }
    if let Some(origin) = shell_entrypoint
        && !config.cmd.is_empty()
    {
        let zeroth = config.cmd.first().map(String::as_str).unwrap_or_default();
        let message = format!(
            "the shell form of ENTRYPOINT does not pass CMD on: its words become $0 ({zeroth}), $1 and so on of the shell"
        );
        builder.remark(origin.span, Severity::Warning, message, Some("write ENTRYPOINT in exec form"));
    }
    if let (Some(origin), true, None) = (shell_command, !config.entrypoint.is_empty(), shell_entrypoint)
        && config.cmd.len() > 1
    {
        let message = "the shell form of CMD gives the entrypoint the words of a shell command line as arguments";
        let help = "write CMD in exec form if the entrypoint does not run its arguments as a command";
        // An entrypoint that the file itself writes is the usual mistake; base images' scripts run what they get.
        if entrypoint.is_some() {
            builder.remark(origin.span, Severity::Note, message, Some(help));
        }
    }
    if inherits_signal {
        let message = format!("the base image sets STOPSIGNAL {}: that is sent instead of SIGTERM", config.stop_signal);
        let severity = if command.is_some() || entrypoint.is_some() { Severity::Warning } else { Severity::Note };
        let help = "write STOPSIGNAL SIGTERM if the program expects that";
        builder.remark(from, severity, message, Some(help));
    }
    if let (true, Some(origin)) = (no_shell, shell_entrypoint.or(shell_command)) {
        let message = format!("shell form needs /bin/sh, and {base} has none: the container cannot start");
        builder.remark(origin.span, Severity::Warning, message, Some("use the exec form"));
    }
}

/// The entrypoint script that a base image brings, shortened to what it does in the end.
pub(super) fn add_base_script(fs: &mut Rootfs, path: &str, text: &str) {
    let content = Content::Text(text.into());
    fs.put(path, File { content, executable: true, source: "".into(), span: Span::default() });
}
