//! Flags of a command line, as the Go library that kubectl and docker use reads them (spf13/pflag `parseArgs`, `failf`).
//!
//! Long and short names, values behind `=` or as the next word, grouped short flags, `--`. Which flags a command knows is
//! its own table.

use std::collections::BTreeMap;

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing, or `=true`.
    Bool,
    /// A whole number.
    Int,
    /// `5s`, `1m30s`.
    Duration,
    /// Any text.
    Text,
}

/// A flag: long name, short name or a space, what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Flag(pub &'static str, pub char, pub Takes);

/// The words of a command, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What is no flag.
    pub args: Vec<String>,
    /// How many of them stood before `--`.
    pub before_dash: Option<usize>,
    values: BTreeMap<&'static str, Vec<String>>,
}

impl Parsed {
    /// Is this switch on?
    pub fn is_on(&self, long: &str) -> bool {
        self.text(long).is_some_and(|v| bool_of(v) == Some(true))
    }

    /// Is this switch off, although it is on by itself?
    pub fn is_off(&self, long: &str) -> bool {
        self.text(long).is_some_and(|v| bool_of(v) == Some(false))
    }

    /// The last value that was given.
    pub fn text(&self, long: &str) -> Option<&str> {
        self.values.get(long).and_then(|v| v.last()).map(String::as_str)
    }

    /// All values that were given, in order.
    pub fn texts(&self, long: &str) -> impl Iterator<Item = &str> {
        self.values.get(long).into_iter().flatten().map(String::as_str)
    }

    /// The number that was given.
    pub fn int(&self, long: &str) -> Option<i64> {
        self.text(long).and_then(|v| v.parse().ok())
    }

    /// The duration that was given, in milliseconds.
    pub fn millis(&self, long: &str) -> Option<u64> {
        self.text(long).and_then(|v| millis(v).ok())
    }
}

/// Reads the words by these flags. The error is the library's message, without what the program puts around it.
/// `stop_at_arg`: words behind the first argument are not read (`docker run`).
pub fn parse(words: &[&str], flags: &[Flag], stop_at_arg: bool) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if *word == "--" {
            parsed.before_dash = Some(parsed.args.len());
            parsed.args.extend(words.map(|w| (*w).to_owned()));
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            let (name, given) = long.split_once('=').map_or((long, None), |(n, v)| (n, Some(v)));
            let flag = flags.iter().find(|f| f.0 == name).ok_or_else(|| format!("unknown flag: --{name}"))?;
            let value = match (given, flag.2) {
                (Some(value), _) => value,
                (None, Takes::Bool) => "true",
                (None, _) => words.next().ok_or_else(|| format!("flag needs an argument: --{name}"))?,
            };
            parsed.set(flag, value)?;
        } else if let Some(short) = word.strip_prefix('-').filter(|s| !s.is_empty()) {
            shorts(&mut parsed, short, flags, &mut words)?;
        } else {
            parsed.args.push((*word).to_owned());
            if stop_at_arg {
                parsed.args.extend(words.map(|w| (*w).to_owned()));
                break;
            }
        }
    }
    Ok(parsed)
}

fn shorts<'w>(
    parsed: &mut Parsed,
    group: &str,
    flags: &[Flag],
    words: &mut impl Iterator<Item = &'w &'w str>,
) -> Result<(), String> {
    let mut rest = group;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or("");
        let known = flags.iter().find(|f| f.1 == c && c != ' ');
        let flag = known.ok_or_else(|| format!("unknown shorthand flag: {c:?} in -{rest}"))?;
        if let Some(value) = behind.strip_prefix('=') {
            return parsed.set(flag, value);
        }
        if flag.2 == Takes::Bool {
            parsed.set(flag, "true")?;
            rest = behind;
            continue;
        }
        if !behind.is_empty() {
            return parsed.set(flag, behind);
        }
        let value = words.next().ok_or_else(|| format!("flag needs an argument: {c:?} in -{rest}"))?;
        return parsed.set(flag, value);
    }
    Ok(())
}

impl Parsed {
    fn set(&mut self, flag: &Flag, value: &str) -> Result<(), String> {
        let why = match flag.2 {
            Takes::Bool if bool_of(value).is_none() => {
                Some(format!("strconv.ParseBool: parsing {value:?}: invalid syntax"))
            }
            Takes::Int if value.parse::<i64>().is_err() => {
                Some(format!("strconv.ParseInt: parsing {value:?}: invalid syntax"))
            }
            Takes::Duration => millis(value).err(),
            Takes::Bool | Takes::Int | Takes::Text => None,
        };
        if let Some(why) = why {
            let name = if flag.1 == ' ' { format!("--{}", flag.0) } else { format!("-{}, --{}", flag.1, flag.0) };
            return Err(format!("invalid argument {value:?} for {name:?} flag: {why}"));
        }
        self.values.entry(flag.0).or_default().push(value.to_owned());
        Ok(())
    }
}

/// Go's strconv.ParseBool.
fn bool_of(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Go's time.ParseDuration, down to milliseconds; a negative one is 0.
pub fn millis(text: &str) -> Result<u64, String> {
    let bad = |why: &str| format!("time: {why} {text:?}");
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(bad("invalid duration"));
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at_checked(digits).unwrap_or((rest, ""));
        let letters = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(letters).unwrap_or((behind, ""));
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && part.is_empty() {
            return Err(bad("invalid duration"));
        }
        let factor: u64 = match unit {
            "" => return Err(bad("missing unit in duration")),
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1_000,
            "ms" => 1,
            "us" | "µs" | "ns" => 0,
            _ => return Err(format!("time: unknown unit {unit:?} in duration {text:?}")),
        };
        let thousandths: String = part.chars().chain("000".chars()).take(3).collect();
        let value = |digits: &str| digits.parse::<u64>().unwrap_or(0);
        total = total
            .saturating_add(value(whole).saturating_mul(factor))
            .saturating_add(value(&thousandths).saturating_mul(factor) / 1_000);
        rest = behind;
    }
    Ok(if negative { 0 } else { total })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[Flag] = &[
        Flag("output", 'o', Takes::Text),
        Flag("watch", 'w', Takes::Bool),
        Flag("grace-period", ' ', Takes::Int),
        Flag("timeout", ' ', Takes::Duration),
        Flag("tty", 't', Takes::Bool),
    ];

    #[test]
    fn values_stand_behind_an_equals_sign_or_are_the_next_word() {
        let parsed = parse(&["pods", "-wo", "wide", "--grace-period=-1", "web", "--", "-x"], FLAGS, false).unwrap();
        assert_eq!(parsed.args, ["pods", "web", "-x"]);
        assert_eq!(parsed.before_dash, Some(2));
        assert!(parsed.is_on("watch"));
        assert_eq!((parsed.text("output"), parsed.int("grace-period")), (Some("wide"), Some(-1)));
        assert_eq!(parse(&["-oyaml"], FLAGS, false).unwrap().text("output"), Some("yaml"));
    }

    #[test]
    fn messages_are_those_of_the_library() {
        let error = |words: &[&str]| parse(words, FLAGS, false).unwrap_err();
        assert_eq!(error(&["--foo"]), "unknown flag: --foo");
        assert_eq!(error(&["-x"]), "unknown shorthand flag: 'x' in -x");
        assert_eq!(error(&["-wx"]), "unknown shorthand flag: 'x' in -x");
        assert_eq!(error(&["-o"]), "flag needs an argument: 'o' in -o");
        assert_eq!(error(&["--output"]), "flag needs an argument: --output");
        assert_eq!(
            error(&["--grace-period=x"]),
            "invalid argument \"x\" for \"--grace-period\" flag: strconv.ParseInt: parsing \"x\": invalid syntax"
        );
        assert_eq!(
            error(&["--watch=3"]),
            "invalid argument \"3\" for \"-w, --watch\" flag: strconv.ParseBool: parsing \"3\": invalid syntax"
        );
        assert_eq!(
            error(&["--timeout=3"]),
            "invalid argument \"3\" for \"--timeout\" flag: time: missing unit in duration \"3\""
        );
    }

    #[test]
    fn a_command_behind_the_first_argument_keeps_its_flags() {
        let parsed = parse(&["-t", "nginx", "sh", "-c", "ls"], FLAGS, true).unwrap();
        assert_eq!(parsed.args, ["nginx", "sh", "-c", "ls"]);
    }

    #[test]
    fn durations_are_read_as_go_does() {
        assert_eq!(
            ["5s", "1m30s", "1.5h", "250ms", "-1s", "0"].map(|t| millis(t).unwrap()),
            [5_000, 90_000, 5_400_000, 250, 0, 0]
        );
        assert!(millis("5x").unwrap_err().contains("unknown unit"));
    }
}
