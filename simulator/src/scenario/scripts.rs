//! Remarks on shell scripts that the image's shell cannot read to their end.
//!
//! They are warnings: a real shell runs what stands before the error and ends when it gets there, and so does the run.
//! Which shell reads a file is what its first line says (execve(2), "Interpreter scripts"); a file without one is not read.

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::image::bases::Base;
use crate::program::call::Binary;
use crate::shell::missing;
use crate::shell::parse;
use crate::shell::variants::{self, Variant};

use super::{Draft, userland};

/// What the shells of the image cannot read in the scripts of a draft.
pub(super) fn remarks(draft: &Draft, base: &Base) -> Vec<Diagnostic> {
    let remark = |(name, text): (&String, &String)| shell(text, base).map(|shell| found(name, text, shell));
    draft.files.iter().filter_map(remark).flatten().collect()
}

/// What a shell cannot read in a text, and what of it is not simulated.
pub(super) fn found(name: &str, text: &str, shell: &Variant) -> Vec<Diagnostic> {
    let script = parse::parse(text, &shell.columns.syntax);
    let error = script.error.iter().map(|error| parse::diagnostic(name, text, error));
    let missing = missing::find(text, &script, shell);
    let missing: Vec<Diagnostic> = missing.iter().map(|missing| missing.remark(name, text)).collect();
    error.chain(missing).map(|remark| Diagnostic { severity: Severity::Warning, ..remark }).collect()
}

/// The shell that the first line of a script names.
pub(super) fn shell(text: &str, base: &Base) -> Option<&'static Variant> {
    let mut words = text.lines().next()?.strip_prefix("#!")?.split_whitespace();
    let name = match words.next()?.rsplit('/').next()? {
        "env" => words.next()?,
        name => name,
    };
    shell_called(name, base)
}

/// The shell of this name in an image.
pub(super) fn shell_called(name: &str, base: &Base) -> Option<&'static Variant> {
    let binary = match name {
        "sh" => Binary::Shell(base.os.sh?.into()),
        family => userland::shell(base, family)?,
    };
    match binary {
        Binary::Shell(id) => variants::by_id(&id),
        Binary::Program { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Draft;

    fn told(script: &str) -> Vec<String> {
        let files = [("Dockerfile", "FROM debian:12\nCOPY run.sh /\nCMD [\"/run.sh\"]\n"), ("run.sh", script)];
        let draft = Draft { files: files.map(|(n, t)| (n.to_owned(), t.to_owned())).into() };
        let (scenario, remarks) = draft.check();
        assert!(scenario.is_some(), "a script with an error can be run");
        remarks
            .iter()
            .filter(|d| &*d.file == "run.sh")
            .map(|d| format!("{}:{} {}", d.line, d.column, d.message))
            .collect()
    }

    #[test]
    fn an_open_quote_is_told_where_it_opens() {
        assert_eq!(told("#!/bin/sh\necho \"hello\nsleep 1\n"), ["2:6 `\"` is not closed"]);
    }

    #[test]
    fn what_only_another_shell_can_read_is_told_by_the_shell_of_the_first_line() {
        let array = "\nnames=(a b)\necho done\n";
        assert_eq!(told(&format!("#!/bin/bash{array}")), Vec::<String>::new());
        assert_eq!(told(&format!("#!/bin/sh{array}")), ["2:7 `(` cannot stand here"]);
    }

    #[test]
    fn what_is_not_simulated_is_told_at_its_place() {
        assert_eq!(told("#!/bin/bash\necho a\n  coproc cat\n"), ["3:3 coproc is not simulated"]);
        assert_eq!(told("#!/bin/bash\nls | sort -c\n"), ["2:11 option -c of sort is not simulated"]);
    }

    #[test]
    fn sound_scripts_and_other_languages_are_left_alone() {
        for text in ["#!/bin/sh\necho hello\n", "#!/usr/bin/env python3\nprint('\n", "echo \"\n", ""] {
            assert_eq!(told(text), Vec::<String>::new());
        }
    }
}
