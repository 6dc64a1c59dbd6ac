//! Options as getopt(3) and getopt_long(3) of glibc and musl read them, with their messages.
//!
//! Words that are no options are passed over: those behind them are read too, up to `--`, and the words are moved behind the
//! options. With `+` before the option letters, and with `POSIXLY_CORRECT`, reading ends at the first such word. Not here:
//! what an option means, which is the program's own matter.

use super::rows::{Does, Libc, Opt};
use crate::base::Text;

/// What was read, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// An option and its value, empty for one that takes none.
    Option(&'static Opt, String),
    /// A wrong option: what getopt says.
    Wrong(String),
}

/// Reads options; `long`: with long ones; `permutes`: past words. Returns them and the words that are left.
pub(super) fn read(
    options: &'static [Opt],
    long: bool,
    permutes: bool,
    libc: Libc,
    argv: &[Text],
) -> (Vec<Found>, Vec<Text>) {
    let says = Wrong { libc, name: argv.first().map_or("", |a| a) };
    let mut found = Vec::new();
    let mut words = Vec::new();
    let mut rest = argv.get(1..).unwrap_or(&[]);
    while let Some((word, after)) = rest.split_first() {
        let is_option = word.starts_with('-') && word.len() > 1;
        if !is_option && !permutes {
            break;
        }
        rest = after;
        if !is_option {
            words.push(word.clone());
            continue;
        }
        if &**word == "--" {
            break;
        }
        match word.strip_prefix("--").filter(|_| long) {
            Some(text) => found.push(long_option(options, says, text, &mut rest)),
            None => letters(options, says, word.get(1..).unwrap_or(""), &mut rest, &mut found),
        }
    }
    words.extend_from_slice(rest);
    (found, words)
}

/// How the library words what is wrong.
#[derive(Clone, Copy)]
struct Wrong<'a> {
    libc: Libc,
    /// The program, as it was called.
    name: &'a str,
}

impl Wrong<'_> {
    fn say(self, glibc: &str, musl: &str) -> Found {
        let text = match self.libc {
            Libc::Glibc => glibc,
            Libc::Musl => musl,
        };
        Found::Wrong(format!("{}: {text}", self.name))
    }

    fn unknown_letter(self, letter: char) -> Found {
        self.say(&format!("invalid option -- '{letter}'"), &format!("unrecognized option: {letter}"))
    }

    fn no_value_of_letter(self, letter: char) -> Found {
        let text = "option requires an argument";
        self.say(&format!("{text} -- '{letter}'"), &format!("{text}: {letter}"))
    }

    fn unknown(self, called: &str) -> Found {
        self.say(&format!("unrecognized option '--{called}'"), &format!("unrecognized option: {called}"))
    }

    fn ambiguous(self, called: &str, several: &[&Opt]) -> Found {
        let names: String = several.iter().map(|o| format!(" '--{}'", o.long)).collect();
        let glibc = format!("option '--{called}' is ambiguous; possibilities:{names}");
        self.say(&glibc, &format!("option is ambiguous: {called}"))
    }

    fn takes_no_value(self, option: &Opt) -> Found {
        let glibc = format!("option '--{}' doesn't allow an argument", option.long);
        self.say(&glibc, &format!("option does not take an argument: {}", option.long))
    }

    fn no_value(self, option: &Opt) -> Found {
        let text = "requires an argument";
        self.say(&format!("option '--{}' {text}", option.long), &format!("option {text}: {}", option.long))
    }
}

/// `-v`, `-vg`, `-e143`, `-e 143`.
fn letters(options: &'static [Opt], says: Wrong<'_>, word: &str, rest: &mut &[Text], found: &mut Vec<Found>) {
    for (at, letter) in word.char_indices() {
        let Some(option) = options.iter().find(|o| o.short == Some(letter)) else {
            found.push(says.unknown_letter(letter));
            continue;
        };
        if !option.does.takes_value() {
            found.push(Found::Option(option, String::new()));
            continue;
        }
        let joined = word.get(at + letter.len_utf8()..).unwrap_or("");
        let value = if joined.is_empty() { next(rest) } else { Some(joined.to_owned()) };
        found.push(match value {
            Some(value) => Found::Option(option, value),
            None => says.no_value_of_letter(letter),
        });
        return;
    }
}

/// `--rewrite 15:3`, `--rewrite=15:3`, and any beginning that only one option has.
fn long_option(options: &'static [Opt], says: Wrong<'_>, text: &str, rest: &mut &[Text]) -> Found {
    let (called, joined) = text.split_once('=').map_or((text, None), |(n, v)| (n, Some(v)));
    let with_long = || options.iter().filter(|o| !o.long.is_empty());
    let mut fits: Vec<&'static Opt> = with_long().filter(|o| o.long == called).collect();
    if fits.is_empty() {
        fits = with_long().filter(|o| o.long.starts_with(called)).collect();
    }
    let option = match fits.as_slice() {
        [] => return says.unknown(called),
        [option] => *option,
        several => {
            return says.ambiguous(called, several);
        }
    };
    match (option.does.takes_value(), joined) {
        (false, Some(_)) => says.takes_no_value(option),
        (false, None) => Found::Option(option, String::new()),
        (true, Some(value)) => Found::Option(option, value.to_owned()),
        (true, None) => match next(rest) {
            Some(value) => Found::Option(option, value),
            None => says.no_value(option),
        },
    }
}

fn next(rest: &mut &[Text]) -> Option<String> {
    let (value, after) = rest.split_first()?;
    *rest = after;
    Some(value.to_string())
}

impl Does {
    /// Is there a value after it?
    fn takes_value(self) -> bool {
        matches!(self, Does::ParentDeath | Does::AsZero | Does::Rewrite)
    }
}
