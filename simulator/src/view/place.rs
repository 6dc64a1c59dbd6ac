//! Where in a person's files a finding can be changed: a file and a line, read off the text.
//!
//! A search in the text, not a parser: the files have been checked before. Without a match there is no place to name.

use crate::scenario::{DOCKERFILE, Draft};
use crate::view::findings::{Finding, Place};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// Name of the file.
    pub file: String,
    /// Number of the line, from 1.
    pub line: u32,
}

/// Where a finding can be changed.
pub fn place(draft: &Draft, finding: &Finding) -> Option<At> {
    let container = &*finding.container;
    match finding.place {
        Place::Command | Place::Program | Place::Image => in_container(draft, container, "command:")
            .or_else(|| in_container(draft, container, "args:"))
            .or_else(|| instruction(draft))
            .or_else(|| in_container(draft, container, "image:")),
        Place::Hook => in_container(draft, container, "preStop:").or_else(|| in_container(draft, container, "image:")),
        Place::Grace => manifest_line(draft, |line| key(line, "terminationGracePeriodSeconds:"))
            .or_else(|| in_container(draft, container, "preStop:"))
            .or_else(|| in_container(draft, container, "image:")),
    }
}

/// The last ENTRYPOINT of the last stage, else its last CMD, else its FROM.
fn instruction(draft: &Draft) -> Option<At> {
    let text = draft.files.get(DOCKERFILE)?;
    let word = |line: &str| line.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
    let words: Vec<String> = text.lines().map(word).collect();
    let from = words.iter().rposition(|w| w == "FROM").unwrap_or(0);
    let last = |name: &str| words.iter().rposition(|w| w == name).filter(|n| *n >= from);
    let line = last("ENTRYPOINT").or_else(|| last("CMD")).unwrap_or(from);
    Some(at(DOCKERFILE, line))
}

fn at(file: &str, line: usize) -> At {
    At { file: file.to_owned(), line: u32::try_from(line).unwrap_or(u32::MAX).saturating_add(1) }
}

fn manifests(draft: &Draft) -> impl Iterator<Item = (&String, &String)> {
    let is_manifest = |name: &&String| {
        (name.ends_with(".yaml") || name.ends_with(".yml")) && name.as_str() != crate::scenario::SCENARIO_FILE
    };
    draft.files.iter().filter(move |(name, _)| is_manifest(name))
}

fn key(line: &str, wanted: &str) -> bool {
    line.trim_start().trim_start_matches("- ").trim_start().starts_with(wanted)
}

fn manifest_line(draft: &Draft, wanted: impl Fn(&str) -> bool) -> Option<At> {
    manifests(draft).find_map(|(name, text)| Some(at(name, text.lines().position(&wanted)?)))
}

/// A key in the block of the container of this name: its list item's lines, whose indentation is deeper than the dash. With
/// an empty name, or a manifest written in another style, the first such key of any container.
fn in_container(draft: &Draft, container: &str, wanted: &str) -> Option<At> {
    for (name, text) in manifests(draft) {
        let lines: Vec<&str> = text.lines().collect();
        let indent = |line: &str| line.len() - line.trim_start().len();
        let items = lines.iter().enumerate().filter(|(_, line)| line.trim_start().starts_with("- "));
        for (start, dash) in items {
            let deeper = |line: &&&str| line.trim().is_empty() || indent(line) > indent(dash);
            let length = 1 + lines.iter().skip(start + 1).take_while(deeper).count();
            let block = || lines.iter().enumerate().skip(start).take(length);
            let value =
                |line: &str| line.trim_start().trim_start_matches("- ").trim_start_matches("name:").trim().to_owned();
            let named = block().any(|(_, line)| {
                key(line, "name:")
                    && value(line).trim_matches(['"', '\'']) == container
                    && indent(line) <= indent(dash) + 2
            });
            let is_container = block().any(|(_, line)| key(line, "image:"));
            let found = block().find(|(_, line)| key(line, wanted));
            if let (true, Some((n, _))) = (is_container && (container.is_empty() || named), found) {
                return Some(at(name, n));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::EventId;
    use crate::rules::RuleId;

    fn draft(files: &[(&str, &str)]) -> Draft {
        Draft::new(files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())))
    }

    fn finding(place: Place, container: &str) -> Finding {
        let rule = RuleId::SignalInitNoHandler;
        Finding { rule, message: String::new(), event: EventId(0), container: container.into(), count: 1, place }
    }

    const POD: &str = "\
spec:
  terminationGracePeriodSeconds: 10
  containers:
  - name: side
    image: side
    command: [\"sleep\"]
  - image: my-app
    name: app
    lifecycle:
      preStop:
        exec:
          command: [\"sleep\", \"60\"]
";

    #[test]
    fn a_shell_in_front_is_changed_in_the_last_stage() {
        let text = "FROM a\nCMD one\nFROM b\nENV X=1\ncmd ruby server.rb\n";
        let draft = draft(&[("Dockerfile", text)]);
        assert_eq!(place(&draft, &finding(Place::Command, "app")), Some(at("Dockerfile", 4)));
    }

    #[test]
    fn keys_are_found_in_the_container_they_belong_to() {
        let draft = draft(&[("pod.yaml", POD)]);
        let line = |f| place(&draft, &f).map(|at| at.line);
        assert_eq!(line(finding(Place::Hook, "app")), Some(10));
        assert_eq!(line(finding(Place::Command, "side")), Some(6));
        assert_eq!(line(finding(Place::Hook, "side")), Some(5));
        assert_eq!(line(finding(Place::Grace, "app")), Some(2));
        assert_eq!(line(finding(Place::Hook, "nobody")), None);
    }
}
