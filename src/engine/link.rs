//! Texts as a part of a link, and back: `story=ruby-shell-form`, or for texts of one's own `s=...` with all of them.
//!
//! `s` is base64url of deflate of JSON. A link comes from anywhere: it is limited in size before it is unpacked, and one
//! that makes no sense means nothing.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use serde::{Deserialize, Serialize};
use simulator::scenario::{Draft, stories};

/// The name of the opening figure, which is two stories.
pub const OPENING: &str = "opening";
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

/// The part of a link that means these texts, one draft a lane; `None` for more than a link may hold.
pub fn part(drafts: &[Draft]) -> Option<String> {
    if let Some(name) = known(drafts) {
        return Some(format!("story={name}"));
    }
    if drafts.iter().any(|d| d.files.len() > MOST_FILES) {
        return None;
    }
    pack(drafts).map(|packed| format!("s={packed}")).filter(|part| part.len() <= LONGEST_LINK)
}

/// The texts that such a part means; `None` if it makes no sense.
pub fn texts(part: &str) -> Option<Vec<Draft>> {
    if part.len() > LONGEST_LINK {
        return None;
    }
    match part.split_once('=')? {
        ("story", OPENING) => Some(opening()),
        ("story", name) => Some(vec![stories::by_name(name)?.draft()]),
        ("s", packed) => unpack(packed),
        _ => None,
    }
}

fn opening() -> Vec<Draft> {
    stories::OPENING.iter().filter_map(|name| stories::by_name(name)).map(|story| story.draft()).collect()
}

/// The name of the story whose texts these are, unchanged.
fn known(drafts: &[Draft]) -> Option<&'static str> {
    match drafts {
        [draft] => stories::all().iter().find(|s| s.draft() == *draft).map(|s| s.name),
        [_, _] => (opening() == drafts).then_some(OPENING),
        _ => None,
    }
}

fn pack(drafts: &[Draft]) -> Option<String> {
    let wire = Wire { v: 1, lanes: drafts.iter().map(|d| d.files.clone()).collect() };
    let json = serde_json::to_vec(&wire).ok().filter(|json| json.len() <= MOST_UNPACKED)?;
    Some(URL_SAFE_NO_PAD.encode(compress_to_vec(&json, EFFORT)))
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
    use simulator::base::rng::Rng;

    #[test]
    fn an_unchanged_story_has_a_short_part_that_means_it() {
        for story in stories::all() {
            let part = part(&[story.draft()]).unwrap();
            assert_eq!(part, format!("story={}", story.name));
            assert_eq!(texts(&part), Some(vec![story.draft()]));
        }
        assert_eq!(part(&opening()).as_deref(), Some("story=opening"));
        assert_eq!(texts("story=opening").map(|lanes| lanes.len()), Some(2));
    }

    /// What a person may type, and what a person hardly can.
    fn text(rng: &mut Rng) -> String {
        let pieces =
            ["CMD ", "a", "\n", "=&#%", "\"\\", "ünïcode", "\u{1f600}", "\0", "\r\n", "  ", "exec \"$@\"", "\u{feff}"];
        (0..rng.below(40)).map(|_| pieces[rng.below(pieces.len() as u64) as usize]).collect()
    }

    fn draft(rng: &mut Rng) -> Draft {
        let base = &stories::all()[rng.below(stories::all().len() as u64) as usize];
        let mut draft = base.draft();
        for _ in 0..rng.below(5) {
            let name = if rng.below(2) == 0 { text(rng) } else { "Dockerfile".to_owned() };
            draft.files.insert(name, text(rng));
        }
        draft
    }

    #[test]
    fn texts_come_back_as_they_were_typed_whatever_they_are() {
        let mut rng = Rng::stream(1, "links");
        for _ in 0..500 {
            let drafts: Vec<Draft> = (0..=rng.below(2)).map(|_| draft(&mut rng)).collect();
            let link = part(&drafts).unwrap();
            assert!(link.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=".contains(&b)), "{link}");
            assert_eq!(texts(&link).as_ref(), Some(&drafts), "{link}");
        }
    }

    #[test]
    fn a_link_is_made_only_of_what_it_can_give_back() {
        let mut rng = Rng::stream(3, "links");
        let noise: String = (0..200_000).map(|_| char::from(b' ' + rng.below(95) as u8)).collect();
        let one = |text: &str| Draft::new([("Dockerfile".to_owned(), text.to_owned())]);
        let many = |n: usize| Draft::new((0..n).map(|i| (format!("{i}.sh"), String::new())));
        let made = |draft: Draft| {
            let link = part(std::slice::from_ref(&draft));
            if let Some(link) = &link {
                assert_eq!(texts(link), Some(vec![draft]));
            }
            link.is_some()
        };
        assert!(made(one(&" ".repeat(500_000))) && !made(one(&" ".repeat(600_000))));
        assert!(made(one(&noise[..50_000])) && !made(one(&noise)));
        assert!(made(many(64)) && !made(many(65)));
    }

    #[test]
    fn bytes_that_are_no_link_mean_nothing_and_harm_nothing() {
        let mut rng = Rng::stream(2, "links");
        let sound = format!("s={}", pack(&[stories::all()[0].draft()]).unwrap());
        for _ in 0..2_000 {
            let mut bytes = sound.clone().into_bytes();
            for _ in 0..=rng.below(4) {
                let at = rng.below(bytes.len() as u64) as usize;
                bytes[at] = b"AZaz09-_=% "[rng.below(11) as usize];
            }
            let link = String::from_utf8(bytes).unwrap();
            // What still unpacks is texts, and those have a link that means them.
            if let Some(drafts) = texts(&link) {
                assert_eq!(texts(&part(&drafts).unwrap()), Some(drafts));
            }
        }
    }

    #[test]
    fn a_link_made_by_the_first_version_still_opens() {
        let link =
            "s=q1YqU7Iy1FHKScxLLVayiq5WcslPzk4tSsvMSVWyUnIL8vdVKCpNqrQy0jPRLc7JzI3Jc_Z1AQspFKcWlaUW6RUlxeQp1cbWAgA";
        let file = ("Dockerfile".to_owned(), "FROM ruby:2.4-slim\nCMD ruby server.rb\n".to_owned());
        assert_eq!(texts(link), Some(vec![Draft::new([file])]));
    }

    #[test]
    fn parts_that_make_no_sense_are_passed_over() {
        let bomb = URL_SAFE_NO_PAD.encode(compress_to_vec(&vec![b' '; 4 * MOST_UNPACKED], EFFORT));
        let foreign = URL_SAFE_NO_PAD.encode(compress_to_vec(b"{\"v\":9,\"lanes\":[{}]}", EFFORT));
        let long = format!("s={}", "A".repeat(LONGEST_LINK + 1));
        for part in
            ["", "s", "s=", "s=%%%", "s=AAAA", "story=nobody", &format!("s={bomb}"), &format!("s={foreign}"), &long]
        {
            assert_eq!(texts(part), None, "{}", &part[..part.len().min(40)]);
        }
    }
}
