//! The state as a link, and back: the texts (`story=ruby-shell-form`, or `s=...`), the moment and the lane,
//! `story=ruby-shell-form&t=30002000&lane=1`. How texts are packed is the simulator's side: `engine::link`.

use super::action::Action;
use super::opening;
use super::state::State;
use crate::sim::{self, Draft};

/// The link to what the page shows; `None` for more than a link may hold, while nobody can pack the texts, and while
/// something else is still to be opened.
pub fn fragment(state: &State) -> Option<String> {
    if !state.waiting.is_empty() {
        return None;
    }
    let texts = texts(state)?;
    let at = state.axis.moment_at(state.cursor);
    let lane = if state.active == 0 { String::new() } else { format!("&lane={}", state.active) };
    Some(format!("{texts}&t={at}{lane}"))
}

/// The link to the texts alone, if they are nobody's story.
pub fn texts_if_own(state: &State) -> Option<String> {
    texts(state).filter(|texts| texts.starts_with("s="))
}

fn texts(state: &State) -> Option<String> {
    sim::link(state.lanes.iter().map(|l| (*l.draft).clone()).collect())
}

/// The link to a story.
pub fn to_story(name: &str) -> String {
    format!("story={name}")
}

/// What of a link means texts; `None` if nothing does.
fn part(fragment: &str) -> Option<&str> {
    let named = |name: &str| fragment.split('&').find(|part| part.split_once('=').is_some_and(|(key, _)| key == name));
    named("story").or_else(|| named("s"))
}

/// Is there nobody yet who can say what texts a link means?
pub fn has_to_wait(fragment: &str) -> bool {
    !sim::is_ready() && part(fragment).is_some_and(|part| part != to_story(opening::NAME))
}

/// What a link asks for; `None` if it makes no sense.
pub fn action(fragment: &str) -> Option<Action> {
    let part = part(fragment)?;
    let drafts: Vec<Draft> = if part == to_story(opening::NAME) { opening::drafts() } else { sim::texts(part)? };
    let value = |name: &str| fragment.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let lane = value("lane").and_then(|n| n.parse().ok()).unwrap_or(0);
    match value("t") {
        Some(at) => Some(Action::Open(drafts, lane, at.parse().ok())),
        None => Some(Action::Load(drafts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::reduce::reduce;

    fn opened(fragment: &str) -> State {
        reduce(&State::new(Vec::new()), action(fragment).expect("a sound link"))
    }

    #[test]
    fn an_unchanged_story_has_a_short_link() {
        let state = opened("story=ruby-shell-form&t=0");
        assert_eq!(fragment(&state).as_deref(), Some("story=ruby-shell-form&t=0"));
        assert_eq!(texts_if_own(&state), None);
    }

    #[test]
    fn texts_of_ones_own_come_back_as_they_were_typed() {
        let state = opened("story=ruby-shell-form&t=0");
        let text = "FROM ruby:2.4-slim\n# ünïcode & more = text\nCMD ruby server.rb\n";
        let state = reduce(&state, Action::EditFile("Dockerfile".into(), text.into()));
        let link = fragment(&state).unwrap();
        let again = opened(&link);
        assert_eq!(again.lanes[0].draft.files, state.lanes[0].draft.files);
        assert_eq!(fragment(&again), Some(link));
    }

    #[test]
    fn the_opening_figure_is_two_lanes() {
        let state = opened("story=opening");
        assert_eq!(state.lanes.len(), 2);
        assert!(fragment(&state).unwrap().starts_with("story=opening&t="));
    }

    #[test]
    fn links_that_make_no_sense_are_passed_over() {
        for text in ["", "s=", "s=%%%", "s=AAAA", "story=nobody", "t=5"] {
            assert_eq!(action(text), None, "{text}");
        }
        assert_eq!(action(&format!("s={}", "A".repeat(100_000))), None);
    }

    #[test]
    fn a_moment_that_is_not_there_is_the_nearest_one() {
        let state = opened("story=ruby-shell-form&t=999999999999999999&lane=7");
        assert_eq!((state.cursor, state.active), (state.axis.length(), 0));
        let state = opened("story=ruby-shell-form&t=abc");
        assert_eq!(state.cursor, 0);
    }
}
