//! Small changes of the texts that help: each is tried by running it, and only what helps is offered.

use serde::{Deserialize, Serialize};
use simulator::scenario::{DOCKERFILE, Draft};
use simulator::view::verdict::{Verdict, verdict};
use simulator::world;

/// A change that was tried and helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// The file.
    pub file: String,
    /// The line as it is; empty if one is added.
    pub before: String,
    /// The line as it becomes.
    pub after: String,
    /// All texts with the change.
    pub draft: Draft,
}

/// A change of one line, not tried yet.
struct Change {
    file: String,
    before: String,
    after: String,
}

/// How well a stop ends: did the application hear the signal, did it do what it does on it, and how many requests were
/// lost, as a negative number. More is better.
pub type Score = (bool, bool, i64);

/// Nothing can be better.
const BEST: Score = (true, true, 0);

/// How well the stop of a run ends; `None` if nothing is stopped.
pub fn score(verdict: &Verdict) -> Option<Score> {
    verdict.stop_began.map(|_| scored(verdict))
}

/// The first change of the texts that makes an end better than `now`.
pub fn fix(draft: &Draft, now: Score) -> Option<Fix> {
    if now == BEST {
        return None;
    }
    changes(draft).into_iter().find_map(|change| {
        let draft = apply(draft, &change)?;
        let run = world::run(&draft.check().0?);
        let Change { file, before, after } = change;
        (scored(&verdict(&run.trace, &run.end)) > now).then_some(Fix { file, before, after, draft })
    })
}

fn scored(verdict: &Verdict) -> Score {
    (verdict.signal_reached_app.value, verdict.handler_completed.value, -i64::from(verdict.requests.lost()))
}

fn changes(draft: &Draft) -> Vec<Change> {
    let mut all = Vec::new();
    if let Some(text) = draft.files.get(DOCKERFILE) {
        all.extend(start_directly(text));
        all.extend(stop_signal(text));
    }
    for (name, text) in draft.files.iter().filter(|(name, _)| name.ends_with(".sh")) {
        all.extend(exec_last(name, text));
    }
    all
}

/// `CMD a b` becomes `CMD ["a", "b"]`; where a shell is needed, `CMD exec ...`.
fn start_directly(text: &str) -> Vec<Change> {
    let Some(line) = text.lines().rfind(|l| starts(l, "CMD") || starts(l, "ENTRYPOINT")) else { return Vec::new() };
    let Some((word, rest)) = line.trim().split_once(char::is_whitespace) else { return Vec::new() };
    let rest = rest.trim();
    if rest.starts_with('[') || rest.starts_with("exec ") || rest.ends_with('\\') {
        return Vec::new();
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./=:@%+,- ".contains(c);
    let change = |after: String| Change { file: DOCKERFILE.to_owned(), before: line.to_owned(), after };
    let mut all = Vec::new();
    if rest.chars().all(plain) {
        let words: Vec<String> = rest.split_whitespace().map(|w| format!("{w:?}")).collect();
        all.push(change(format!("{word} [{}]", words.join(", "))));
    }
    if !rest.contains(['|', ';', '&']) {
        all.push(change(format!("{word} exec {rest}")));
    }
    all
}

/// Another stop signal: several servers drain on QUIT and stop at once on TERM.
fn stop_signal(text: &str) -> Option<Change> {
    let after = "STOPSIGNAL SIGQUIT".to_owned();
    let line = text.lines().rfind(|l| starts(l, "STOPSIGNAL")).unwrap_or("");
    let file = DOCKERFILE.to_owned();
    (line.trim() != after).then(|| Change { file, before: line.to_owned(), after })
}

/// The last command of a script replaces the shell.
fn exec_last(name: &str, text: &str) -> Option<Change> {
    let line = text.lines().rfind(|l| !l.trim().is_empty() && !l.trim_start().starts_with('#'))?;
    let command = line.trim();
    let simple = !command.contains(['|', ';', '&', '}', ')'])
        && !["exec ", "wait", "fi", "done", "esac", "exit"].iter().any(|word| command.starts_with(word));
    simple.then(|| Change {
        file: name.to_owned(),
        before: line.to_owned(),
        after: line.replacen(command, &format!("exec {command}"), 1),
    })
}

fn starts(line: &str, word: &str) -> bool {
    line.split_whitespace().next().is_some_and(|first| first.eq_ignore_ascii_case(word))
}

fn apply(draft: &Draft, change: &Change) -> Option<Draft> {
    let text = draft.files.get(&change.file)?;
    let changed = if change.before.is_empty() {
        format!("{}\n{}\n", text.trim_end_matches('\n'), change.after)
    } else {
        let at = text.rfind(&change.before)?;
        format!("{}{}{}", &text[..at], change.after, &text[at + change.before.len()..])
    };
    let mut draft = draft.clone();
    draft.files.insert(change.file.clone(), changed);
    Some(draft)
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::scenario::stories;

    fn offered(story: &str) -> Option<(String, String)> {
        let draft = stories::by_name(story).unwrap().draft();
        let run = world::run(&draft.check().0.unwrap());
        fix(&draft, score(&verdict(&run.trace, &run.end)).unwrap()).map(|f| (f.before, f.after))
    }

    #[test]
    fn a_server_behind_a_shell_is_started_directly() {
        let (before, after) = offered("ruby-shell-form").unwrap();
        assert_eq!((before.as_str(), after.as_str()), ("CMD ruby server.rb", "CMD [\"ruby\", \"server.rb\"]"));
    }

    #[test]
    fn a_script_that_keeps_the_shell_gets_an_exec() {
        let (before, after) = offered("entrypoint-plain").unwrap();
        assert_eq!(after, format!("exec {before}"));
    }

    #[test]
    fn what_ends_well_is_left_alone() {
        assert_eq!(offered("entrypoint-exec"), None);
    }
}
