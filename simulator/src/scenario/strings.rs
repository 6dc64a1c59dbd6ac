//! Remarks on what is given to a shell as a string: in `CMD` and `ENTRYPOINT`, in the commands, hooks and probes of manifests,
//! in `docker run` and Compose files; and on scripts in ConfigMaps.
//!
//! The same is said as of a file (`scripts`), where the words are still found in the file as they were written; else at the
//! string as a whole.

use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::image::Image;
use crate::image::bases::Base;
use crate::pod::spec::{Action, ContainerSpec, Located, Manifests};

use super::{Draft, scripts};

/// A word of a command, its file, and where it stands there.
type Word<'a> = (&'a str, &'a str, Span);

/// Words that replace ENTRYPOINT, and those that replace CMD, with their places.
pub(super) type Own<'a> = (Option<&'a [(String, Span)]>, Option<&'a [(String, Span)]>);

/// What is said of the commands of a container: what starts it, its hooks and its probes. `dockerfile` is the name of the
/// image's.
pub(super) fn of_container(
    draft: &Draft,
    file: &str,
    spec: &ContainerSpec,
    image: &Image,
    dockerfile: &str,
) -> Vec<Diagnostic> {
    let own = |list: &Option<Located<Vec<Located<String>>>>| -> Option<Vec<(String, Span)>> {
        let words = list.as_ref().filter(|words| !words.value.is_empty())?;
        Some(words.value.iter().map(|word| (word.value.clone(), word.span)).collect())
    };
    let (entrypoint, command) = (own(&spec.command), own(&spec.args));
    let mut found = of_start(draft, file, (entrypoint.as_deref(), command.as_deref()), image, dockerfile);
    let hooks = [&spec.lifecycle.post_start, &spec.lifecycle.pre_stop].into_iter().flatten().map(|hook| &hook.value);
    let probes = [&spec.liveness, &spec.readiness, &spec.startup].into_iter().flatten().map(|probe| &probe.action);
    for action in hooks.chain(probes) {
        if let Action::Exec { command } = action {
            let words: Vec<Word<'_>> = command.iter().map(|word| (word.value.as_str(), file, word.span)).collect();
            found.extend(of_words(draft, &words, &image.base));
        }
    }
    found
}

/// What is said of the command that starts a container.
pub(super) fn of_start(draft: &Draft, file: &str, own: Own<'_>, image: &Image, dockerfile: &str) -> Vec<Diagnostic> {
    let mut words: Vec<Word<'_>> = Vec::new();
    match own.0 {
        Some(own) => words.extend(own.iter().map(|(word, span)| (word.as_str(), file, *span))),
        None => words.extend(of_image(&image.config.entrypoint, dockerfile, image.entrypoint_span)),
    }
    match own {
        (_, Some(own)) => words.extend(own.iter().map(|(word, span)| (word.as_str(), file, *span))),
        (Some(_), None) => {}
        (None, None) => words.extend(of_image(&image.config.cmd, dockerfile, image.cmd_span)),
    }
    of_words(draft, &words, &image.base)
}

fn of_image<'a>(list: &'a [String], dockerfile: &'a str, span: Option<Span>) -> impl Iterator<Item = Word<'a>> {
    list.iter().map(move |word| (word.as_str(), dockerfile, span.unwrap_or_default()))
}

/// What is said of the scripts in ConfigMaps, read by the shells of this image.
pub(super) fn of_config_maps(draft: &Draft, manifests: &Manifests, base: &Base) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for map in &manifests.config_maps {
        for script in map.data.values() {
            if let Some(shell) = scripts::shell(&script.value, base) {
                let remarks = scripts::found(&map.meta.file, &script.value, shell);
                found.extend(remarks.into_iter().map(|r| moved(draft, &map.meta.file, script.span, &script.value, r)));
            }
        }
    }
    found
}

/// The string behind `-c` of a shell among these words, as in `tini -- sh -ec '...'`.
fn of_words(draft: &Draft, words: &[Word<'_>], base: &Base) -> Vec<Diagnostic> {
    let Some((at, shell)) = words.iter().enumerate().find_map(|(at, (word, ..))| {
        let name = word.rsplit('/').next().unwrap_or(word);
        (name.ends_with("sh")).then(|| scripts::shell_called(name, base)).flatten().map(|shell| (at, shell))
    }) else {
        return Vec::new();
    };
    let mut is_string = false;
    let mut rest = words.iter().skip(at + 1);
    while let Some((word, file, span)) = rest.next() {
        let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            if !is_string {
                return Vec::new();
            }
            let remarks = scripts::found(file, word, shell);
            return remarks.into_iter().map(|remark| moved(draft, file, *span, word, remark)).collect();
        };
        is_string |= !letters.starts_with('-') && letters.contains('c');
        if letters.ends_with('o') {
            rest.next();
        }
    }
    Vec::new()
}

/// A remark on a text that stands in a part of a file, at its place there.
fn moved(draft: &Draft, file: &str, part: Span, text: &str, remark: Diagnostic) -> Diagnostic {
    let whole = draft.files.get(file).map_or("", String::as_str);
    let span = place(whole, part, text, remark.span).unwrap_or(part);
    Diagnostic { help: remark.help, ..Diagnostic::new(file, whole, span, Severity::Warning, remark.message) }
}

/// Where a piece of a text stands in the part of the file that the text was read from: its line, else the piece alone.
fn place(whole: &str, part: Span, text: &str, piece: Span) -> Option<Span> {
    let usize_of = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let (start, end) = (usize_of(piece.start), usize_of(piece.end));
    let written = part.of(whole);
    let (before, inside) = (text.get(..start)?, text.get(start..end)?);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(line_start..)?.lines().next()?;
    let blanks = line.len() - line.trim_start().len();
    let find = |wanted: &str, begins: usize| {
        let earlier = text.get(..begins)?.matches(wanted).count();
        let (at, _) = written.match_indices(wanted).nth(earlier).filter(|_| !wanted.is_empty())?;
        Some(usize_of(part.start) + at)
    };
    let in_line = find(line.trim(), line_start + blanks).map(|at| at + start.saturating_sub(line_start + blanks));
    let at = in_line.or_else(|| find(inside, start))?;
    Some(Span::new(at, at + inside.len()))
}

#[cfg(test)]
mod tests {
    use super::super::Draft;

    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let draft = Draft { files: files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect() };
        let remarks = draft.check().1.into_iter().filter(|d| d.message.contains("not simulated"));
        remarks.map(|d| format!("{} {}:{} {}", d.file, d.line, d.column, d.message)).collect()
    }

    #[test]
    fn strings_of_a_dockerfile_are_told_in_their_instruction() {
        let of = |line: &str| told(&[("Dockerfile", &format!("FROM debian:12\n{line}\n"))]);
        assert_eq!(of("CMD ls | sort -c"), ["Dockerfile 2:15 option -c of sort is not simulated"]);
        let list = "ENTRYPOINT [\"bash\", \"-ec\", \"trap : TERM; coproc cat\"]";
        assert_eq!(of(list), ["Dockerfile 2:42 coproc is not simulated"]);
        assert_eq!(
            of("ENTRYPOINT [\"sh\", \"-c\"]\nCMD [\"cat -v\"]"),
            ["Dockerfile 3:11 option -v of cat is not simulated"]
        );
        assert_eq!(of("CMD [\"echo\", \"coproc cat\"]"), Vec::<String>::new());
    }

    #[test]
    fn strings_of_a_manifest_are_told_in_their_line_and_replace_those_of_the_image() {
        let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: app\n    \
                   command: [tini, --, sh, -c]\n    args:\n    - |\n      echo a\n      ls | sort -c\n    lifecycle:\n      \
                   preStop: {exec: {command: [sh, -c, \"cat -v /x\"]}}\n";
        let files = [("Dockerfile", "FROM debian:12\nCMD cat -A /y\n"), ("pod.yaml", pod)];
        assert_eq!(
            told(&files),
            ["pod.yaml 12:17 option -c of sort is not simulated", "pod.yaml 14:47 option -v of cat is not simulated"]
        );
    }

    #[test]
    fn scripts_in_config_maps_are_told() {
        let all = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - {name: a, image: 'debian:12'}\n\
                   ---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  run.sh: |\n    #!/bin/bash\n    \
                   coproc cat\n  note: coproc cat\n";
        assert_eq!(told(&[("pod.yaml", all)]), ["pod.yaml 14:5 coproc is not simulated"]);
    }
}
