//! base64(1), and md5sum(1) and its like, whose sums are not computed.

use super::given;
use super::{Job, Outcome};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What base64 reads: everything but its options.
pub(super) fn reads(args: &[&str]) -> Vec<String> {
    given::read(args, "w", "di", &[("wrap", 'w')]).words.iter().map(|w| (*w).to_owned()).collect()
}

/// base64(1), RFC 4648: lines of 76 letters, `-w 0` none, `-d` backwards.
pub(super) fn base64(job: &Job<'_>) -> Outcome {
    let given = given::read(&job.args, "w", "di", &[("decode", 'd'), ("wrap", 'w'), ("ignore-garbage", 'i')]);
    let text: String = job.inputs.iter().map(|(_, text)| *text).collect();
    if given.has('d') {
        return match decoded(&text) {
            Some(text) => Outcome::print(text),
            None => Outcome::fails("base64: invalid input\n".into(), 1),
        };
    }
    let width = given.value('w').and_then(|w| w.parse().ok()).unwrap_or(76_usize);
    let all: Vec<char> = encoded(text.as_bytes()).chars().collect();
    let mut out = String::new();
    match width {
        0 => out.extend(all),
        width => all.chunks(width).for_each(|line| out.extend(line.iter().chain(&['\n']))),
    }
    Outcome::print(out)
}

fn encoded(bytes: &[u8]) -> String {
    let letter = |bits: u32| LETTERS.get(usize::try_from(bits & 63).unwrap_or(0)).map_or('=', |b| char::from(*b));
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        text.push(letter(bits >> 18));
        text.push(letter(bits >> 12));
        text.push(if chunk.len() > 1 { letter(bits >> 6) } else { '=' });
        text.push(if chunk.len() > 2 { letter(bits) } else { '=' });
    }
    text
}

fn decoded(text: &str) -> Option<String> {
    let letters: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').collect();
    let mut bytes = Vec::new();
    for chunk in letters.chunks(4) {
        let mut bits: u32 = 0;
        for at in 0..4 {
            let value = match chunk.get(at) {
                Some(letter) => LETTERS.iter().position(|l| l == letter)?,
                None => 0,
            };
            bits = bits << 6 | u32::try_from(value).ok()?;
        }
        let [_, a, b, c] = bits.to_be_bytes();
        bytes.extend([a, b, c].iter().take(chunk.len().saturating_sub(1)));
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The sums are not computed: what is printed has their form, and `-c` finds that none agrees.
pub(super) fn sums(job: &Job<'_>) -> Outcome {
    let given =
        given::read(&job.args, "", "cbtwz", &[("check", 'c'), ("status", 's'), ("quiet", 'q'), ("strict", 'S')]);
    let missing = Some(format!("the sums of {} are not computed: they agree with no other", job.name));
    if given.has('c') {
        let all: String = job.inputs.iter().map(|(_, text)| *text).collect();
        let files = all.lines().filter_map(|line| line.split_once("  "));
        let text: String = files.map(|(_, name)| format!("{name}: FAILED\n")).collect();
        let shown = if given.has('s') { String::new() } else { text };
        return Outcome { missing, code: 1, ..Outcome::print(shown) };
    }
    let length = match job.name {
        "md5sum" => 32,
        "sha1sum" => 40,
        _ => 64,
    };
    let text = job.inputs.iter().map(|(name, text)| {
        // A number that depends on the text, so that different texts differ.
        let mut state =
            text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |s, b| (s ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        let mut sum = String::new();
        while sum.len() < length {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            sum.push_str(&format!("{:08x}", state >> 32));
        }
        format!("{sum}  {name}\n")
    });
    Outcome { missing, ..Outcome::print(text.collect()) }
}
