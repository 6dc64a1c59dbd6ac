//! The state as a link, and back: `story=ruby-shell-form&t=30002000`, or for texts of one's own `s=...` with all of them.
//!
//! `s` is base64url of deflate of JSON. A link comes from anywhere: it is limited in size before it is unpacked, and one
//! that makes no sense opens the page as if there were none.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use serde::{Deserialize, Serialize};
use simulator::scenario::{Draft, stories};

use super::action::Action;
use super::opening;
use super::state::State;

/// Longest link that is read, in characters: far above what a browser's address takes.
const LONGEST_LINK: usize = 64 * 1024;
/// Most bytes that it may unpack to: four drafts of the largest files.
const MOST_UNPACKED: usize = 512 * 1024;
/// Most files of a draft.
const MOST_FILES: usize = 64;
/// Effort of packing, 0 to 10.
const EFFORT: u8 = 8;

/// The form of texts in a link; its version is part of it and older ones stay readable.
#[derive(Serialize, Deserialize)]
struct Wire {
    v: u8,
    lanes: Vec<BTreeMap<String, String>>,
}

/// The link to what the page shows.
pub fn fragment(state: &State) -> String {
    let texts = known(state).map_or_else(|| format!("s={}", pack(state)), |name| format!("story={name}"));
    let at = state.axis.moment_at(state.cursor);
    let lane = if state.active == 0 { String::new() } else { format!("&lane={}", state.active) };
    format!("{texts}&t={at}{lane}")
}

/// The link to the texts alone, if they are nobody's story.
pub fn texts_if_own(state: &State) -> Option<String> {
    known(state).is_none().then(|| format!("s={}", pack(state)))
}

/// What a link asks for; `None` if it makes no sense.
pub fn action(fragment: &str) -> Option<Action> {
    if fragment.len() > LONGEST_LINK {
        return None;
    }
    let value = |name: &str| fragment.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let drafts = match (value("story"), value("s")) {
        (Some(opening::NAME), _) => opening::drafts(),
        (Some(name), _) => vec![stories::by_name(name)?.draft()],
        (None, Some(packed)) => unpack(packed)?,
        (None, None) => return None,
    };
    let lane = value("lane").and_then(|n| n.parse().ok()).unwrap_or(0);
    match value("t") {
        Some(at) => Some(Action::Open(drafts, lane, at.parse().ok())),
        None => Some(Action::Load(drafts)),
    }
}

/// The name of the story that is shown unchanged.
fn known(state: &State) -> Option<&'static str> {
    let drafts: Vec<&Draft> = state.lanes.iter().map(|l| &*l.draft).collect();
    match drafts.as_slice() {
        [draft] => stories::all().iter().find(|s| s.draft() == **draft).map(|s| s.name),
        [_, _] => opening::drafts().iter().eq(drafts).then_some(opening::NAME),
        _ => None,
    }
}

fn pack(state: &State) -> String {
    let wire = Wire { v: 1, lanes: state.lanes.iter().map(|l| l.draft.files.clone()).collect() };
    // Maps of texts always have a JSON form.
    let json = serde_json::to_vec(&wire).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(compress_to_vec(&json, EFFORT))
}

fn unpack(packed: &str) -> Option<Vec<Draft>> {
    let bytes = URL_SAFE_NO_PAD.decode(packed).ok()?;
    let json = decompress_to_vec_with_limit(&bytes, MOST_UNPACKED).ok()?;
    let wire: Wire = serde_json::from_slice(&json).ok()?;
    let sound = wire.v == 1 && (1..=2).contains(&wire.lanes.len()) && wire.lanes.iter().all(|f| f.len() <= MOST_FILES);
    sound.then(|| wire.lanes.into_iter().map(|files| Draft { files }).collect())
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
        assert_eq!(fragment(&state), "story=ruby-shell-form&t=0");
        assert_eq!(texts_if_own(&state), None);
    }

    #[test]
    fn texts_of_ones_own_come_back_as_they_were_typed() {
        let state = opened("story=ruby-shell-form&t=0");
        let text = "FROM ruby:2.4-slim\n# ünïcode & more = text\nCMD ruby server.rb\n";
        let state = reduce(&state, Action::EditFile("Dockerfile".into(), text.into()));
        let again = opened(&fragment(&state));
        assert_eq!(again.lanes[0].draft.files, state.lanes[0].draft.files);
        assert_eq!(fragment(&again), fragment(&state));
    }

    #[test]
    fn the_opening_figure_is_two_lanes() {
        let state = opened("story=opening");
        assert_eq!(state.lanes.len(), 2);
        assert!(fragment(&state).starts_with("story=opening&t="));
    }

    #[test]
    fn links_that_make_no_sense_are_passed_over() {
        let bomb = URL_SAFE_NO_PAD.encode(compress_to_vec(&vec![b' '; 4 * MOST_UNPACKED], EFFORT));
        let foreign = URL_SAFE_NO_PAD.encode(compress_to_vec(b"{\"v\":9,\"lanes\":[{}]}", EFFORT));
        for text in ["", "s=", "s=%%%", "s=AAAA", "story=nobody", &format!("s={bomb}"), &format!("s={foreign}")] {
            assert_eq!(action(text), None, "{}", &text[..text.len().min(40)]);
        }
        assert_eq!(action(&"s".repeat(LONGEST_LINK + 1)), None);
    }

    #[test]
    fn a_moment_that_is_not_there_is_the_nearest_one() {
        let state = opened("story=ruby-shell-form&t=999999999999999999&lane=7");
        assert_eq!((state.cursor, state.active), (state.axis.length(), 0));
        let state = opened("story=ruby-shell-form&t=abc");
        assert_eq!(state.cursor, 0);
    }
}
