//! What a main process does, in words, as a behaviour. A small grammar, read word by word:
//!
//! `exits N [Xs] after stop signal`, `ignores stop signal`, `exits N by itself at t=X`, `exits N after Xs`,
//! `has SIG handler needing X s [exits N]`, `no handler`, `dash -c running app as child[; app would need X s to drain]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::behaviour::{Behaviour, Manner, Reaction, Step};

/// A main process: its argument list and its application.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub argv: Arc<[Text]>,
    pub behaviour: Behaviour,
}

/// Words for a process that runs and does nothing about signals.
const PLAIN: &[&str] = &["no handler", "no term handler", "without", "sleep", "runs", "default"];

/// The whole number after `key`.
pub(super) fn number_after(text: &str, key: &str) -> Option<i64> {
    let (_, rest) = text.split_once(key)?;
    let rest = rest.trim_start();
    let end = rest
        .char_indices()
        .find(|(i, c)| !(c.is_ascii_digit() || (*i == 0 && *c == '-')))
        .map_or(rest.len(), |(i, _)| i);
    rest.get(..end)?.parse().ok()
}

/// The time in seconds after `key`: `2`, `0.3`, `5.1s`.
pub(super) fn time_after(text: &str, key: &str) -> Option<SimDuration> {
    text.split(key).skip(1).find_map(|rest| time(rest.trim_start()))
}

fn time(text: &str) -> Option<SimDuration> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    SimDuration::parse_secs(text.get(..end)?.trim_end_matches('.'))
}

/// N of `exits N`.
pub(super) fn exit_code(text: &str) -> Option<u8> {
    let after =
        text.split("exits").nth(1).or_else(|| text.split("exit code").nth(1)).or_else(|| text.split("exit").nth(1))?;
    after.split_whitespace().next()?.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok()
}

/// The first time with a unit: `5s`, `0.3s`, `5 s`, `5 seconds`.
pub(super) fn first_time(text: &str) -> Option<SimDuration> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.iter().enumerate().find_map(|(i, word)| {
        let word = word.trim_matches(|c: char| matches!(c, ',' | ';' | '(' | ')'));
        let joined = word.strip_suffix('s').filter(|w| w.ends_with(|c: char| c.is_ascii_digit()));
        let next = words.get(i + 1).map(|w| w.trim_matches(|c: char| c.is_ascii_punctuation()));
        let apart = matches!(next, Some("s" | "sec" | "second" | "seconds")).then_some(word);
        joined.or(apart).and_then(SimDuration::parse_secs)
    })
}

/// Reads the words. `signals` are those that the container's stop signal can be; `boot` is the time from the start of the
/// process to the time 0 of the case. `None`: the words are not understood.
pub(super) fn read(words: &str, signals: &[Signal], boot: SimDuration) -> Option<Script> {
    let lower = words.to_ascii_lowercase();
    // An event loop: a second signal is acted on while the first is being handled.
    let manner = Some(Manner { concurrent: true, ..Manner::default() });
    let mut behaviour = Behaviour { origin: words.into(), manner, ..Behaviour::default() };
    let code = exit_code(&lower);
    let end = |code: u8, after: SimDuration| {
        let wait = (after > SimDuration::ZERO).then_some(Step::Sleep(after));
        wait.into_iter().chain([Step::Exit(code)]).collect::<Vec<_>>()
    };
    let handle = |steps: Vec<Step>, signals: &[Signal]| -> BTreeMap<Signal, Reaction> {
        let caught = signals.iter().filter(|s| !s.is_uncatchable());
        caught.map(|s| (*s, Reaction::Handle(steps.clone()))).collect()
    };
    let shell = ["dash", "bash", "busybox", "ash", "sh"].into_iter().find(|s| lower.starts_with(&format!("{s} -c")));
    if let Some(shell) = shell {
        if let Some(time) = first_time(&lower) {
            behaviour.on = handle(end(0, time), signals);
        }
        let words = ["/bin/sh", "-c", if matches!(shell, "dash" | "sh") { "/app" } else { "/app; exit $?" }];
        return Some(Script { argv: words.map(Text::from).into(), behaviour });
    }
    if lower.contains("ignores") {
        behaviour.on = signals.iter().filter(|s| !s.is_uncatchable()).map(|s| (*s, Reaction::Ignore)).collect();
    } else if lower.contains("by itself") || lower.contains("on its own") || lower.contains("t=") {
        let at = time_after(&lower, "t=").or(first_time(&lower)).unwrap_or_default();
        behaviour.start = end(code.unwrap_or(0), boot + at);
    } else if lower.contains("handler") && !lower.contains("no handler") && !lower.contains("no term handler") {
        let named =
            words.split_whitespace().find_map(|w| Signal::parse(w.trim_matches(|c: char| !c.is_alphanumeric())));
        let time = first_time(&lower).unwrap_or_default();
        behaviour.on = handle(end(code.unwrap_or(0), time), &[named.unwrap_or(Signal::TERM)]);
    } else if lower.contains("signal") && code.is_some() {
        let time = first_time(&lower).unwrap_or_default();
        behaviour.on = handle(end(code.unwrap_or(0), time), signals);
    } else if let Some(code) = code {
        behaviour.start = end(code, first_time(&lower).map_or(SimDuration::ZERO, |t| boot + t));
    } else if !PLAIN.iter().any(|word| lower.contains(word)) {
        return None;
    }
    Some(Script { argv: [Text::from("/app")].into(), behaviour })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(words: &str) -> Option<Reaction> {
        read(words, &[Signal::TERM], SimDuration::ZERO)?.behaviour.on.get(&Signal::TERM).cloned()
    }

    #[test]
    fn a_reaction_to_the_stop_signal_is_read_with_code_and_time() {
        let slow = Reaction::Handle(vec![Step::Sleep(SimDuration::from_millis(5_100)), Step::Exit(3)]);
        assert_eq!(term("exits 3 5.1s after stop signal"), Some(slow));
        let handler = Reaction::Handle(vec![Step::Sleep(SimDuration::from_secs(5)), Step::Exit(0)]);
        assert_eq!(term("has TERM handler needing 5 s"), Some(handler));
        assert_eq!(term("ignores stop signal"), Some(Reaction::Ignore));
        assert_eq!(term("no handler"), None);
    }

    #[test]
    fn words_that_are_not_understood_are_refused() {
        assert!(read("banana", &[Signal::TERM], SimDuration::ZERO).is_none());
    }

    #[test]
    fn an_end_by_itself_counts_from_the_trigger() {
        let script = read("exits 0 by itself at t=2", &[Signal::TERM], SimDuration::from_secs(5)).unwrap();
        assert_eq!(script.behaviour.start, [Step::Sleep(SimDuration::from_secs(7)), Step::Exit(0)]);
    }
}
