//! Utilities that take lines, fields or letters: head, tail, wc, uniq, tac, rev, nl, paste, cut, tr, tee.

use super::given::{self, Given};
use super::{Job, Outcome};

/// Everything that is no option.
pub(super) fn words(args: &[&str]) -> Vec<String> {
    args.iter().filter(|a| !a.starts_with('-') || **a == "-").map(|a| (*a).to_owned()).collect()
}

/// It reads standard input only.
pub(super) fn nothing(_: &[&str]) -> Vec<String> {
    Vec::new()
}

/// It prints nothing.
pub(super) fn swallow(_: &Job<'_>) -> Outcome {
    Outcome::default()
}

fn counts<'a>(args: &[&'a str]) -> Given<'a> {
    let long =
        [("lines", 'n'), ("bytes", 'c'), ("quiet", 'q'), ("silent", 'q'), ("follow", 'f'), ("zero-terminated", 'z')];
    given::read(args, "nc", "qvfFz0123456789", &long)
}

/// head and tail: what is neither an option nor its number.
pub(super) fn counted(args: &[&str]) -> Vec<String> {
    counts(args).words.iter().filter(|w| !w.starts_with('+')).map(|w| (*w).to_owned()).collect()
}

/// The number of lines or bytes, whether it is bytes, and its sign.
fn amount(args: &[&str]) -> (usize, bool, Option<char>) {
    let given = counts(args);
    // The old form: `-5`, `+5`.
    let old = args.iter().find_map(|a| {
        let digits = a.strip_prefix('-').or_else(|| a.strip_prefix('+'))?;
        digits.bytes().all(|b| b.is_ascii_digit()).then_some(if a.starts_with('+') { *a } else { digits })
    });
    let bytes = given.value('c');
    let text = bytes.or(given.value('n')).or(old.filter(|o| !o.is_empty())).unwrap_or("10");
    let sign = text.chars().next().filter(|c| matches!(c, '+' | '-'));
    let factor = match text.chars().last() {
        Some('k' | 'K') => 1_024,
        Some('M') => 1_024 * 1_024,
        _ => 1,
    };
    let digits = text.trim_start_matches(['+', '-']).trim_end_matches(['k', 'K', 'M']);
    (digits.parse::<usize>().unwrap_or(10).saturating_mul(factor), bytes.is_some(), sign)
}

pub(super) fn head_has_enough(args: &[&str], text: &str) -> bool {
    let (most, bytes, sign) = amount(args);
    sign.is_none() && if bytes { text.len() >= most } else { text.matches('\n').take(most).count() >= most }
}

/// With several files each has a title.
fn titled(job: &Job<'_>, make: impl Fn(&str) -> String) -> Outcome {
    let many = job.inputs.len() > 1 && !counts(&job.args).has('q');
    let mut text = String::new();
    for (at, (name, content)) in job.inputs.iter().enumerate() {
        if many {
            let name = if *name == "-" { "standard input" } else { name };
            text.push_str(&format!("{}==> {name} <==\n", if at > 0 { "\n" } else { "" }));
        }
        text.push_str(&make(content));
    }
    Outcome::print(text)
}

pub(super) fn head(job: &Job<'_>) -> Outcome {
    let (number, bytes, sign) = amount(&job.args);
    titled(job, |text| {
        let all = if bytes { text.chars().count() } else { text.split_inclusive('\n').count() };
        let most = if sign == Some('-') { all.saturating_sub(number) } else { number };
        if bytes { text.chars().take(most).collect() } else { text.split_inclusive('\n').take(most).collect() }
    })
}

pub(super) fn tail(job: &Job<'_>) -> Outcome {
    titled(job, |text| end_of(&job.args, text))
}

/// What tail(1) with these arguments prints of a text.
pub(in crate::program::util) fn end_of(args: &[&str], text: &str) -> String {
    let (number, bytes, sign) = amount(args);
    let all = if bytes { text.chars().count() } else { text.split_inclusive('\n').count() };
    let from = if sign == Some('+') { number.saturating_sub(1) } else { all.saturating_sub(number) };
    if bytes { text.chars().skip(from).collect() } else { text.split_inclusive('\n').skip(from).collect() }
}

/// wc(1): a single number from standard input stands alone, several have columns of seven.
pub(super) fn count(job: &Job<'_>) -> Outcome {
    let long = [("lines", 'l'), ("words", 'w'), ("bytes", 'c'), ("chars", 'm')];
    let given = given::read(&job.args, "", "lwcmL", &long);
    let all = !"lwcm".chars().any(|c| given.has(c));
    let numbers = |text: &str| {
        let counts = [
            ('l', text.matches('\n').count()),
            ('w', text.split_whitespace().count()),
            ('m', text.chars().count()),
            ('c', text.len()),
        ];
        let wanted = |c: char| if all { c != 'm' } else { given.has(c) };
        counts.iter().filter(|(c, _)| wanted(*c)).map(|(_, n)| *n).collect::<Vec<usize>>()
    };
    let rows: Vec<(&str, Vec<usize>)> = job.inputs.iter().map(|(name, text)| (*name, numbers(text))).collect();
    let from_files = rows.iter().any(|(name, _)| *name != "-");
    let bytes: usize = job.inputs.iter().map(|(_, text)| text.len()).sum();
    let single = rows.iter().all(|(_, n)| n.len() == 1) && rows.len() == 1;
    let width = match (single, from_files) {
        (true, _) => 1,
        (false, true) => bytes.to_string().len(),
        (false, false) => 7,
    };
    let mut sums = vec![0; rows.first().map_or(0, |(_, n)| n.len())];
    let mut text = String::new();
    let row = |name: &str, numbers: &[usize]| {
        let columns: Vec<String> = numbers.iter().map(|n| format!("{n:>width$}")).collect();
        let name = if name == "-" { String::new() } else { format!(" {name}") };
        format!("{}{name}\n", columns.join(" "))
    };
    for (name, numbers) in &rows {
        sums.iter_mut().zip(numbers).for_each(|(sum, n)| *sum += n);
        text.push_str(&row(name, numbers));
    }
    if rows.len() > 1 {
        text.push_str(&row("total", &sums));
    }
    Outcome::print(text)
}

fn all_lines<'a>(job: &Job<'a>) -> Vec<&'a str> {
    job.inputs.iter().flat_map(|(_, text)| text.split_terminator('\n')).collect()
}

fn joined(lines: impl Iterator<Item = String>) -> Outcome {
    Outcome::print(lines.map(|l| l + "\n").collect())
}

/// uniq(1): `-c`, `-d`, `-u`, `-i`.
pub(super) fn unique(job: &Job<'_>) -> Outcome {
    let given = given::read(&job.args, "fsw", "cdui", &[("count", 'c'), ("repeated", 'd'), ("unique", 'u')]);
    let same = |a: &str, b: &str| if given.has('i') { a.eq_ignore_ascii_case(b) } else { a == b };
    let mut groups: Vec<(usize, &str)> = Vec::new();
    for line in all_lines(job) {
        match groups.last_mut() {
            Some((count, last)) if same(last, line) => *count += 1,
            _ => groups.push((1, line)),
        }
    }
    let kept = groups.into_iter().filter(|(n, _)| (!given.has('d') || *n > 1) && (!given.has('u') || *n == 1));
    joined(kept.map(|(n, line)| if given.has('c') { format!("{n:>7} {line}") } else { line.to_owned() }))
}

pub(super) fn backwards(job: &Job<'_>) -> Outcome {
    joined(all_lines(job).into_iter().rev().map(str::to_owned))
}

pub(super) fn mirrored(job: &Job<'_>) -> Outcome {
    joined(all_lines(job).into_iter().map(|l| l.chars().rev().collect()))
}

pub(super) fn numbered(job: &Job<'_>) -> Outcome {
    let every = job.args.iter().any(|a| *a == "-ba" || *a == "a");
    let mut number = 0;
    joined(all_lines(job).into_iter().map(|line| {
        if line.is_empty() && !every {
            return " ".repeat(7);
        }
        number += 1;
        format!("{number:>6}\t{line}")
    }))
}

fn paste_options<'a>(args: &[&'a str]) -> Given<'a> {
    given::read(args, "d", "s", &[("delimiters", 'd'), ("serial", 's')])
}

pub(super) fn delimited(args: &[&str]) -> Vec<String> {
    paste_options(args).words.iter().map(|w| (*w).to_owned()).collect()
}

pub(super) fn paste(job: &Job<'_>) -> Outcome {
    let given = paste_options(&job.args);
    let between = given.value('d').unwrap_or("\t").replace("\\n", "\n").replace("\\t", "\t");
    let columns: Vec<Vec<&str>> = job.inputs.iter().map(|(_, text)| text.split_terminator('\n').collect()).collect();
    if given.has('s') {
        return joined(columns.iter().map(|column| column.join(&between)));
    }
    let most = columns.iter().map(Vec::len).max().unwrap_or(0);
    let row = |at: usize| columns.iter().map(|c| c.get(at).copied().unwrap_or("")).collect::<Vec<_>>().join(&between);
    joined((0..most).map(row))
}

fn cut_options<'a>(args: &[&'a str]) -> Given<'a> {
    let long = [
        ("delimiter", 'd'),
        ("fields", 'f'),
        ("characters", 'c'),
        ("bytes", 'b'),
        ("only-delimited", 's'),
        ("complement", 'C'),
        ("output-delimiter", 'O'),
    ];
    given::read(args, "dfcbO", "sn", &long)
}

pub(super) fn cut_reads(args: &[&str]) -> Vec<String> {
    cut_options(args).words.iter().map(|w| (*w).to_owned()).collect()
}

/// cut(1): fields or letters; a line without the delimiter is printed whole unless `-s`.
pub(super) fn cut(job: &Job<'_>) -> Outcome {
    let given = cut_options(&job.args);
    let Some(list) = given.value('f').or(given.value('c')).or(given.value('b')) else {
        let text = "cut: you must specify a list of bytes, characters, or fields\n\
                    Try 'cut --help' for more information.\n";
        return Outcome::fails(text.into(), 1);
    };
    let number = |text: &str, other: usize| if text.is_empty() { other } else { text.parse().unwrap_or(0) };
    let wanted = |at: usize| {
        let inside = list.split([',', ' ']).any(|range| match range.split_once('-') {
            Some((first, last)) => (number(first, 1)..=number(last, usize::MAX)).contains(&at),
            None => number(range, 0) == at,
        });
        inside != given.has('C')
    };
    let delimiter = given.value('d').unwrap_or("\t");
    if delimiter.chars().count() > 1 {
        let text = "cut: the delimiter must be a single character\nTry 'cut --help' for more information.\n";
        return Outcome::fails(text.into(), 1);
    }
    let line = |line: &str| {
        if given.value('f').is_none() {
            return Some(line.chars().enumerate().filter(|(at, _)| wanted(at + 1)).map(|(_, c)| c).collect());
        }
        if !line.contains(delimiter) {
            return (!given.has('s')).then(|| line.to_owned());
        }
        let fields = line.split(delimiter).enumerate().filter(|(at, _)| wanted(at + 1)).map(|(_, f)| f);
        Some(fields.collect::<Vec<_>>().join(given.value('O').unwrap_or(delimiter)))
    };
    joined(all_lines(job).into_iter().filter_map(line))
}

/// tr(1): translates, deletes (`-d`), squeezes (`-s`), with the complement of the first set (`-c`, `-C`).
pub(super) fn translate(job: &Job<'_>) -> Outcome {
    let long = [("delete", 'd'), ("squeeze-repeats", 's'), ("complement", 'c'), ("truncate-set1", 't')];
    let given = given::read(&job.args, "", "dscCt", &long);
    let sets: Vec<Vec<char>> = given.words.iter().map(|w| set(w)).collect();
    let first = sets.first().cloned().unwrap_or_default();
    let second = sets.get(1);
    let complement = given.has('c') || given.has('C');
    let place = |c: char| first.iter().rposition(|f| *f == c);
    let inside = |c: char| place(c).is_some() != complement;
    let becomes = |c: char| match second {
        _ if !inside(c) => Some(c),
        _ if given.has('d') => None,
        // The last letter of a shorter second set stands for the rest; so it does for a complement.
        Some(to) => place(c).and_then(|at| to.get(at)).or(to.last()).copied().or(Some(c)),
        None => Some(c),
    };
    let squeezed = second.filter(|_| given.has('d') || !first.is_empty()).cloned();
    let squeezes = |c: char| {
        given.has('s')
            && match &squeezed {
                Some(set) => set.contains(&c),
                None => inside(c),
            }
    };
    let mut text = String::new();
    for c in job.inputs.iter().flat_map(|(_, text)| text.chars()).filter_map(becomes) {
        if !(squeezes(c) && text.ends_with(c)) {
            text.push(c);
        }
    }
    Outcome::print(text)
}

/// `a-z`, `[:upper:]`, `\n`, `\012`.
fn set(text: &str) -> Vec<char> {
    let named = [
        ("[:upper:]", "A-Z"),
        ("[:lower:]", "a-z"),
        ("[:digit:]", "0-9"),
        ("[:space:]", " \\t\\n\\r\\v\\f"),
        ("[:blank:]", " \\t"),
        ("[:alnum:]", "0-9A-Za-z"),
        ("[:alpha:]", "A-Za-z"),
        ("[:xdigit:]", "0-9A-Fa-f"),
        ("[:punct:]", "!-/:-@\\[-`{-~"),
        ("[:print:]", " -~"),
        ("[:graph:]", "!-~"),
        ("[:cntrl:]", "\\000-\\037"),
    ];
    let text = named.iter().fold(text.to_owned(), |text, (name, set)| text.replace(name, set));
    let letters = unescaped(&text);
    let mut all = Vec::new();
    let mut at = 0;
    while let Some((letter, _)) = letters.get(at) {
        match (letters.get(at + 1), letters.get(at + 2)) {
            (Some(('-', false)), Some((last, _))) if letter <= last => {
                all.extend(*letter..=*last);
                at += 3;
            }
            _ => {
                all.push(*letter);
                at += 1;
            }
        }
    }
    all
}

/// Letters, each with whether a backslash stood before it.
fn unescaped(text: &str) -> Vec<(char, bool)> {
    let mut letters = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '\\' {
            letters.push((c, false));
            continue;
        }
        let mut octal = String::new();
        while octal.len() < 3
            && let Some(digit) = rest.next_if(|c| ('0'..='7').contains(c))
        {
            octal.push(digit);
        }
        if let Ok(code) = u32::from_str_radix(&octal, 8) {
            letters.push((char::from_u32(code).unwrap_or('\0'), true));
            continue;
        }
        let c = match rest.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('v') => '\u{b}',
            Some('f') => '\u{c}',
            Some(other) => other,
            None => '\\',
        };
        letters.push((c, true));
    }
    letters
}
