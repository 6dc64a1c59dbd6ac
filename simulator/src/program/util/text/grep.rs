//! grep(1) of GNU grep 3.8: basic, extended, fixed patterns; options that scripts use.

use super::dialect::{Dialect, compile};
use super::given::{self, Given};
use super::{Job, Outcome};
use crate::shell::run::regex::Regex;

const LONG: &[(&str, char)] = &[
    ("quiet", 'q'),
    ("silent", 'q'),
    ("ignore-case", 'i'),
    ("invert-match", 'v'),
    ("count", 'c'),
    ("only-matching", 'o'),
    ("extended-regexp", 'E'),
    ("fixed-strings", 'F'),
    ("perl-regexp", 'P'),
    ("line-number", 'n'),
    ("files-with-matches", 'l'),
    ("files-without-match", 'L'),
    ("word-regexp", 'w'),
    ("line-regexp", 'x'),
    ("regexp", 'e'),
    ("max-count", 'm'),
    ("no-messages", 's'),
    ("no-filename", 'h'),
    ("with-filename", 'H'),
    ("recursive", 'r'),
    ("line-buffered", 'u'),
    ("text", 'a'),
    ("color", 'k'),
    ("null-data", 'z'),
    ("after-context", 'A'),
    ("before-context", 'B'),
    ("context", 'C'),
];

fn options<'a>(args: &[&'a str]) -> Given<'a> {
    given::read(args, "efmABC", "EFGPivqcnlLowxshHrRauzk", LONG)
}

/// The files: what is no option, but for the pattern.
pub(super) fn reads(args: &[&str]) -> Vec<String> {
    let given = options(args);
    let skipped = usize::from(!given.has('e'));
    given.words.iter().skip(skipped).map(|w| (*w).to_owned()).collect()
}

fn patterns(given: &Given<'_>, name: &str) -> Option<Vec<Regex>> {
    let dialect = match name {
        "egrep" => Dialect::Extended,
        "fgrep" => Dialect::Fixed,
        _ if given.has('F') => Dialect::Fixed,
        _ if given.has('P') => Dialect::Perl,
        _ if given.has('E') => Dialect::Extended,
        _ => Dialect::Basic,
    };
    let mut texts: Vec<&str> = given.values('e').collect();
    if texts.is_empty() {
        texts.extend(given.words.first());
    }
    texts.iter().flat_map(|t| t.split('\n')).map(|text| compile(text, dialect, given.has('i'))).collect()
}

/// Where a line matches first at or behind `from`.
fn find(patterns: &[Regex], line: &[char], from: usize, given: &Given<'_>) -> Option<(usize, usize)> {
    let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let fits = |(a, b): &(usize, usize)| {
        let alone = !word(a.checked_sub(1).and_then(|i| line.get(i))) && !word(line.get(*b));
        (!given.has('w') || alone) && (!given.has('x') || (*a == 0 && *b == line.len()))
    };
    let first = |regex: &Regex| {
        let mut at = from;
        loop {
            let found = regex.find_from(line, at)?.first().copied().flatten()?;
            if fits(&found) {
                return Some(found);
            }
            at = found.0 + 1;
        }
    };
    patterns.iter().filter_map(first).min_by_key(|(a, b)| (*a, usize::MAX - b))
}

/// With `-q` it ends at the first match, with `-m` behind the last that is asked for.
pub(super) fn has_enough(args: &[&str], text: &str) -> bool {
    let given = options(args);
    let most = match (given.has('q'), given.value('m').and_then(|m| m.parse::<usize>().ok())) {
        (true, _) => 1,
        (false, Some(most)) => most,
        (false, None) => return false,
    };
    let Some(patterns) = patterns(&given, "grep") else { return false };
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().filter(|l| holds(&patterns, l, &given)).take(most).count() >= most
}

fn holds(patterns: &[Regex], line: &str, given: &Given<'_>) -> bool {
    let chars: Vec<char> = line.chars().collect();
    find(patterns, &chars, 0, given).is_some() != given.has('v')
}

pub(super) fn run(job: &Job<'_>) -> Outcome {
    let given = options(&job.args);
    if given.words.is_empty() && !given.has('e') {
        let text = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";
        return Outcome::fails(text.into(), 2);
    }
    let Some(patterns) = patterns(&given, job.name) else {
        return Outcome::fails(format!("{}: Invalid regular expression\n", job.name), 2);
    };
    let named = (job.inputs.len() > 1 || given.has('H') || given.has('r')) && !given.has('h');
    let mut outcome = Outcome { code: 1, ..Outcome::default() };
    for (name, text) in &job.inputs {
        let shown = if *name == "-" { "(standard input)" } else { name };
        if one(&given, &patterns, text, (shown, named), &mut outcome) && outcome.code == 1 {
            outcome.code = 0;
        }
    }
    outcome
}

/// One file; true if something was selected.
fn one(given: &Given<'_>, patterns: &[Regex], text: &str, (name, named): (&str, bool), out: &mut Outcome) -> bool {
    let lines: Vec<&str> =
        if given.has('z') { text.split_terminator('\0').collect() } else { text.split_terminator('\n').collect() };
    let most = given.value('m').and_then(|m| m.parse().ok()).unwrap_or(usize::MAX);
    let chosen: Vec<usize> =
        lines.iter().enumerate().filter(|(_, l)| holds(patterns, l, given)).map(|(at, _)| at).take(most).collect();
    let some = !chosen.is_empty();
    let prefix = |mark: char| if named { format!("{name}{mark}") } else { String::new() };
    if given.has('q') {
        return some;
    }
    if given.has('l') || given.has('L') {
        if some != given.has('L') {
            out.write(1, &format!("{name}\n"));
        }
        return some != given.has('L');
    }
    if given.has('c') {
        out.write(1, &format!("{}{}\n", prefix(':'), chosen.len()));
        return some;
    }
    let around = |letter| given.value(letter).or(given.value('C')).and_then(|n| n.parse().ok()).unwrap_or(0_usize);
    let (before, after) = (around('B'), around('A'));
    let mut last: Option<usize> = None;
    for (at, line) in lines.iter().enumerate() {
        let is_chosen = chosen.contains(&at);
        let near = chosen.iter().any(|c| (c.saturating_sub(before)..=c + after).contains(&at));
        if !near {
            continue;
        }
        if (before > 0 || after > 0) && last.is_some_and(|last| last + 1 < at) {
            out.write(1, "--\n");
        }
        last = Some(at);
        let mark = if is_chosen { ':' } else { '-' };
        let number = if given.has('n') { format!("{}{mark}", at + 1) } else { String::new() };
        let head = format!("{}{number}", prefix(mark));
        if given.has('o') {
            matches(patterns, line, given, &head, out);
        } else {
            out.write(1, &format!("{head}{line}\n"));
        }
    }
    some
}

/// `-o`: each match on a line of its own.
fn matches(patterns: &[Regex], line: &str, given: &Given<'_>, head: &str, out: &mut Outcome) {
    let chars: Vec<char> = line.chars().collect();
    let mut at = 0;
    while let Some((a, b)) = find(patterns, &chars, at, given) {
        if b > a {
            let text: String = chars.get(a..b).unwrap_or(&[]).iter().collect();
            out.write(1, &format!("{head}{text}\n"));
        }
        at = b.max(a + 1);
        if at > chars.len() {
            break;
        }
    }
}
