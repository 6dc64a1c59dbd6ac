//! find(1): a walk over the files, and an expression that each of them is asked.
//!
//! `-exec` runs its command behind the walk and in its order; that it succeeds is assumed where something depends on it.
//! Left out: `-regex`, `-printf` but for `%p %f %h`, `-ls`, times of access.

use super::super::call::{Call, Sys};
use super::spawn::{Piece, Spawn};
use super::tree::{self, Kind};
use crate::base::Text;
use crate::shell::run::pattern::Pattern;

/// Nesting of parentheses.
const DEPTH: usize = 16;

/// A question about a file, or something to do with it.
enum Term<'a> {
    Or(Vec<Term<'a>>),
    And(Vec<Term<'a>>),
    /// One after the other, whatever they say: `,`.
    Each(Vec<Term<'a>>),
    Not(Box<Term<'a>>),
    Always(bool),
    Type(&'a str),
    /// A pattern, of the name or of the path; without regard to case?
    Name(Pattern, bool, bool),
    User(Option<u32>),
    Group(Option<u32>),
    /// Owner or group without a name.
    Nameless(bool),
    Permissions(char, u32),
    Empty,
    /// More than, less than, or as many; bytes of a unit.
    Size(char, usize, usize),
    Newer(&'a str),
    /// Age: unit in seconds.
    Age(char, u64, u64),
    Executable,
    Print(char),
    Formatted(&'a str),
    Delete,
    Quit,
    Prune,
    Exec(Vec<&'a str>, bool),
}

struct Reader<'a, 's> {
    words: Vec<&'a str>,
    at: usize,
    depth: usize,
    least: usize,
    most: usize,
    acts: bool,
    sys: &'s Sys<'s>,
    wrong: Option<String>,
}

/// What find does with these arguments.
pub(super) fn find(args: &[&str], busybox: bool, sys: &Sys<'_>) -> Spawn {
    let args: Vec<&str> = args.iter().copied().skip_while(|a| matches!(*a, "-L" | "-H" | "-P")).collect();
    let starts: Vec<&str> = args.iter().copied().take_while(|a| !a.starts_with(['-', '!', '('])).collect();
    let words = args.get(starts.len()..).unwrap_or(&[]).to_vec();
    let mut reader = Reader { words, at: 0, depth: 0, least: 0, most: usize::MAX, acts: false, sys, wrong: None };
    let mut all = vec![reader.either()];
    while reader.peek() == Some(",") {
        reader.at += 1;
        all.push(reader.either());
    }
    let term = Term::Each(all);
    if reader.at < reader.words.len() && reader.wrong.is_none() {
        reader.wrong = Some("find: paths must precede expression".into());
    }
    if let Some(wrong) = reader.wrong {
        let call = Call::Write(2, format!("{wrong}\n").into());
        return Spawn::new("find", vec![Piece::Call(call, None)], 1);
    }
    let term = if reader.acts { term } else { Term::And(vec![term, Term::Print('\n')]) };
    let mut walk = Walk {
        sys,
        least: reader.least,
        most: reader.most,
        pieces: Vec::new(),
        together: Vec::new(),
        quits: false,
        prunes: false,
        code: 0,
    };
    for start in if starts.is_empty() { vec!["."] } else { starts } {
        if tree::kind(start, sys).is_none() {
            let quoted = if busybox { start.to_owned() } else { format!("'{start}'") };
            let line = format!("find: {quoted}: {}\n", tree::why_missing(start, sys));
            walk.pieces.push(Piece::Call(Call::Write(2, line.into()), None));
            walk.code = 1;
            continue;
        }
        walk.visit(&term, start, 0);
    }
    for (command, paths) in walk.together {
        let argv = command.iter().flat_map(|word| if *word == "{}" { paths.clone() } else { vec![(*word).to_owned()] });
        walk.pieces.push(Piece::Run(argv.map(|a| Text::from(a.as_str())).collect(), true));
    }
    Spawn::new("find", walk.pieces, walk.code)
}

impl<'a> Reader<'a, '_> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn next(&mut self) -> Option<&'a str> {
        let word = self.peek()?;
        self.at += 1;
        Some(word)
    }

    fn either(&mut self) -> Term<'a> {
        let mut all = vec![self.both()];
        while matches!(self.peek(), Some("-o" | "-or")) {
            self.at += 1;
            all.push(self.both());
        }
        Term::Or(all)
    }

    fn both(&mut self) -> Term<'a> {
        let mut all = Vec::new();
        while let Some(word) = self.peek().filter(|w| !matches!(*w, "-o" | "-or" | ")" | ",")) {
            if matches!(word, "-a" | "-and") {
                self.at += 1;
                continue;
            }
            all.push(self.one());
            if self.wrong.is_some() {
                break;
            }
        }
        Term::And(all)
    }

    fn one(&mut self) -> Term<'a> {
        let word = self.next().unwrap_or("");
        if self.depth > DEPTH {
            self.wrong = Some("find: expression too deep".into());
            return Term::Always(false);
        }
        self.depth += 1;
        let term = match word {
            "!" | "-not" => Term::Not(Box::new(self.one())),
            "(" => {
                let inner = self.either();
                self.at += usize::from(self.peek() == Some(")"));
                inner
            }
            _ => self.test(word),
        };
        self.depth -= 1;
        term
    }

    fn value(&mut self, word: &str) -> &'a str {
        let value = self.next();
        if value.is_none() {
            self.wrong = Some(format!("find: missing argument to `{word}'"));
        }
        value.unwrap_or("")
    }

    fn owner(&mut self, word: &str, of: fn(&str, &Sys<'_>) -> Option<u32>, what: &str) -> Option<u32> {
        let name = self.value(word);
        let number = of(name, self.sys).or_else(|| name.parse().ok());
        if number.is_none() {
            self.wrong = Some(format!("find: '{name}' is not the name of {what}"));
        }
        number
    }

    fn test(&mut self, word: &'a str) -> Term<'a> {
        let pattern = |text: &str, lower: bool| {
            let text = if lower { text.to_lowercase() } else { text.to_owned() };
            Pattern::new(&text.chars().map(|c| (c, false)).collect::<Vec<_>>())
        };
        match word {
            "-follow" | "-xdev" | "-mount" | "-depth" | "-noleaf" | "-true" | "-daystart" | "-readable"
            | "-writable" => Term::Always(true),
            "-false" => Term::Always(false),
            "-mindepth" | "-maxdepth" => {
                let number = self.value(word).parse().unwrap_or(0);
                if word == "-mindepth" {
                    self.least = number
                } else {
                    self.most = number
                }
                Term::Always(true)
            }
            "-type" => Term::Type(self.value(word)),
            "-name" | "-iname" => Term::Name(pattern(self.value(word), word == "-iname"), false, word == "-iname"),
            "-path" | "-wholename" | "-ipath" => {
                Term::Name(pattern(self.value(word), word == "-ipath"), true, word == "-ipath")
            }
            "-user" | "-uid" => Term::User(self.owner(word, tree::user, "a known user")),
            "-group" | "-gid" => Term::Group(self.owner(word, tree::group, "an existing group")),
            "-nouser" => Term::Nameless(false),
            "-nogroup" => Term::Nameless(true),
            "-perm" => {
                let text = self.value(word);
                let how = text.chars().next().filter(|c| matches!(c, '-' | '/' | '+')).unwrap_or('=');
                let bits = tree::mode(text.trim_start_matches(['-', '/', '+']), 0, false, 0).unwrap_or(0);
                Term::Permissions(if how == '+' { '/' } else { how }, bits)
            }
            "-empty" => Term::Empty,
            "-size" => {
                let (how, number, unit) = amount(self.value(word));
                let bytes = match unit {
                    'c' => 1,
                    'k' => 1_024,
                    'M' => 1_024 * 1_024,
                    'G' => 1_024 * 1_024 * 1_024,
                    _ => 512,
                };
                Term::Size(how, usize::try_from(number).unwrap_or(usize::MAX), bytes)
            }
            "-newer" => Term::Newer(self.value(word)),
            "-mtime" | "-ctime" | "-atime" | "-mmin" | "-cmin" | "-amin" => {
                let (how, number, _) = amount(self.value(word));
                Term::Age(how, number, if word.ends_with("min") { 60 } else { 86_400 })
            }
            "-executable" => Term::Executable,
            "-prune" => Term::Prune,
            _ => self.action(word),
        }
    }

    fn action(&mut self, word: &'a str) -> Term<'a> {
        self.acts |= word != "-quit";
        match word {
            "-print" => Term::Print('\n'),
            "-print0" => Term::Print('\0'),
            "-printf" => Term::Formatted(self.value(word)),
            "-delete" => Term::Delete,
            "-quit" => Term::Quit,
            "-exec" | "-execdir" | "-ok" => {
                let rest = self.words.get(self.at..).unwrap_or(&[]);
                let Some(length) = rest.iter().position(|w| matches!(*w, ";" | "+")) else {
                    self.wrong = Some(format!("find: missing argument to `{word}'"));
                    return Term::Always(false);
                };
                let command = rest.get(..length).unwrap_or(&[]).to_vec();
                let together = rest.get(length) == Some(&"+");
                self.at += length + 1;
                Term::Exec(command, together)
            }
            _ => {
                self.wrong = Some(match word.starts_with('-') {
                    true => format!("find: unknown predicate `{word}'"),
                    false => format!("find: paths must precede expression: `{word}'"),
                });
                Term::Always(false)
            }
        }
    }
}

/// `+5k`: more or less, the number, the unit.
fn amount(text: &str) -> (char, u64, char) {
    let how = text.chars().next().filter(|c| matches!(c, '+' | '-')).unwrap_or('=');
    let rest = text.trim_start_matches(['+', '-']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (how, digits.parse().unwrap_or(0), rest.chars().last().filter(char::is_ascii_alphabetic).unwrap_or('b'))
}

struct Walk<'a, 's> {
    sys: &'s Sys<'s>,
    least: usize,
    most: usize,
    pieces: Vec<Piece>,
    /// Commands with `+` and what they get.
    together: Vec<(Vec<&'a str>, Vec<String>)>,
    quits: bool,
    prunes: bool,
    code: u8,
}

impl<'a> Walk<'a, '_> {
    fn visit(&mut self, term: &Term<'a>, path: &str, depth: usize) {
        if self.quits {
            return;
        }
        self.prunes = false;
        if depth >= self.least {
            self.holds(term, path);
        }
        let goes_down = !self.prunes && depth < self.most && depth < crate::base::limits::SCRIPT_DEPTH;
        if goes_down && tree::kind(path, self.sys) == Some(Kind::Directory) {
            let head = if path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
            for name in tree::names(&head, self.sys) {
                self.visit(term, &format!("{head}{name}"), depth + 1);
            }
        }
    }

    fn print(&mut self, text: String) {
        if let Some(Piece::Call(Call::Write(1, last), _)) = self.pieces.last_mut() {
            *last = format!("{last}{text}").into();
        } else {
            self.pieces.push(Piece::Call(Call::Write(1, text.into()), None));
        }
    }

    fn holds(&mut self, term: &Term<'a>, path: &str) -> bool {
        let sys = self.sys;
        let attributes = sys.files.attributes(sys.cwd, path);
        let compare = |how: char, value: u64, wanted: u64| match how {
            '+' => value > wanted,
            '-' => value < wanted,
            _ => value == wanted,
        };
        match term {
            Term::Or(all) => all.iter().any(|t| self.holds(t, path)),
            Term::And(all) => all.iter().all(|t| self.holds(t, path)),
            Term::Each(all) => all.iter().fold(false, |_, t| self.holds(t, path)),
            Term::Not(inner) => !self.holds(inner, path),
            Term::Always(yes) => *yes,
            Term::Type(letters) => letters.split(',').any(|letter| {
                matches!(
                    (letter, tree::kind(path, sys)),
                    ("f", Some(Kind::File))
                        | ("d", Some(Kind::Directory))
                        | ("l", Some(Kind::Link))
                        | ("c", Some(Kind::Device))
                )
            }),
            Term::Name(pattern, whole, lower) => {
                let text = if *whole { path } else { super::base_name(path.trim_end_matches('/')) };
                pattern.matches(&if *lower { text.to_lowercase() } else { text.to_owned() })
            }
            Term::User(uid) => Some(attributes.uid) == *uid,
            Term::Group(gid) => Some(attributes.gid) == *gid,
            Term::Nameless(group) => match group {
                true => tree::group_name(attributes.gid, sys).is_none(),
                false => tree::user_name(attributes.uid, sys).is_none(),
            },
            Term::Permissions(how, bits) => match how {
                '-' => attributes.mode & bits == *bits,
                '/' => *bits == 0 || attributes.mode & bits != 0,
                _ => attributes.mode & 0o7777 == *bits,
            },
            Term::Empty => tree::is_empty(path, sys),
            Term::Size(how, number, unit) => {
                let size = tree::size(path, sys).div_ceil(*unit);
                compare(*how, u64::try_from(size).unwrap_or(u64::MAX), u64::try_from(*number).unwrap_or(u64::MAX))
            }
            Term::Newer(other) => attributes.modified > sys.files.attributes(sys.cwd, other).modified,
            Term::Age(how, number, unit) => {
                let age = sys.now.since(attributes.modified).as_micros() / 1_000_000 / unit;
                compare(*how, age, *number)
            }
            Term::Executable => attributes.mode & 0o111 != 0,
            Term::Print(end) => {
                self.print(format!("{path}{end}"));
                true
            }
            Term::Formatted(format) => {
                let name = super::base_name(path);
                let parent = super::directory(path);
                let text = format.replace("%p", path).replace("%f", name).replace("%h", parent);
                self.print(text.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0"));
                true
            }
            Term::Delete => {
                let complaint = format!("find: cannot delete '{path}'");
                self.pieces.push(Piece::Call(Call::Unlink(path.into()), Some(complaint.into())));
                true
            }
            Term::Quit => {
                self.quits = true;
                true
            }
            Term::Prune => {
                self.prunes = true;
                true
            }
            Term::Exec(command, false) => {
                let argv = command.iter().map(|word| Text::from(word.replace("{}", path).as_str())).collect();
                self.pieces.push(Piece::Run(argv, false));
                true
            }
            Term::Exec(command, true) => {
                match self.together.iter_mut().find(|(c, _)| c == command) {
                    Some((_, paths)) => paths.push(path.to_owned()),
                    None => self.together.push((command.clone(), vec![path.to_owned()])),
                }
                true
            }
        }
    }
}
