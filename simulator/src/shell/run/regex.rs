//! Extended regular expressions (POSIX XBD 9.4) of `[[ text =~ pattern ]]` and of utilities: matched by backtracking, with
//! groups; of several alternatives the longest match is taken.
//!
//! Not here: collating elements. How sed and grep write them is in `dialect`.

use super::pattern::Pattern;

/// Steps after which a match is given up.
const STEPS: u32 = 200_000;
/// Groups inside groups.
const DEPTH: usize = 32;

/// A piece of a pattern.
#[derive(Clone, Debug)]
enum Item {
    Char(char),
    Any,
    Set(Pattern),
    Start,
    End,
    /// Between a word and what is no word; which side the word has to be on: before, behind, either.
    Edge(Option<bool>),
    /// What a group matched.
    Back(usize),
    /// Number and alternatives.
    Group(usize, Vec<Vec<Repeated>>),
}

/// Stand for what has no letter of its own: the edges of a word, and from here on the groups by number.
pub(crate) const EDGE: char = '\u{f0000}';
pub(crate) const WORD_BEGINS: char = '\u{f0001}';
pub(crate) const WORD_ENDS: char = '\u{f0002}';
const BACK: u32 = 0xf_0010;

/// The character that stands for what group `number` matched.
pub(crate) fn back(number: u32) -> char {
    char::from_u32(BACK + number).unwrap_or(EDGE)
}

/// A piece and how often it may stand.
#[derive(Clone, Debug)]
struct Repeated {
    item: Item,
    least: usize,
    most: usize,
}

/// A pattern that was read.
#[derive(Clone, Debug)]
pub(crate) struct Regex {
    alternatives: Vec<Vec<Repeated>>,
    groups: usize,
    /// Has it alternatives, so that the first match need not be the longest?
    chooses: bool,
}

/// Where the whole and the groups were found.
pub(crate) type Found = Vec<Option<(usize, usize)>>;

impl Regex {
    /// Reads a pattern; characters with `true` were quoted and stand for themselves. `None`: it is no pattern.
    pub fn new(pattern: &[(char, bool)]) -> Option<Regex> {
        let mut reader = Reader { chars: pattern, at: 0, groups: 0 };
        let alternatives = reader.alternatives(0)?;
        let chooses = pattern.contains(&('|', false));
        (reader.at == pattern.len()).then_some(Regex { alternatives, groups: reader.groups, chooses })
    }

    /// The texts of the whole match and of its groups.
    pub fn find(&self, text: &str) -> Option<Vec<String>> {
        let chars: Vec<char> = text.chars().collect();
        let found = self.find_from(&chars, 0)?;
        let text =
            |range: &Option<(usize, usize)>| range.and_then(|(a, b)| chars.get(a..b)).unwrap_or(&[]).iter().collect();
        Some(found.iter().map(text).collect())
    }

    /// Where the first match at or behind `start` and its groups are.
    pub fn find_from(&self, chars: &[char], start: usize) -> Option<Found> {
        let mut steps = STEPS;
        (start..=chars.len()).find_map(|from| self.longest(chars, from, &mut steps))
    }

    fn longest(&self, chars: &[char], from: usize, steps: &mut u32) -> Option<Found> {
        let mut best: Option<(usize, Found)> = None;
        for alternative in &self.alternatives {
            let mut found: Found = vec![None; self.groups + 1];
            run(alternative, chars, from, &mut found, steps, &mut |at, found, _| {
                if best.as_ref().is_none_or(|(end, _)| at > *end) {
                    best = Some((at, found.clone()));
                }
                !self.chooses
            });
        }
        let (end, mut found) = best?;
        if let Some(whole) = found.first_mut() {
            *whole = Some((from, end));
        }
        Some(found)
    }
}

type Next<'a> = &'a mut dyn FnMut(usize, &mut Found, &mut u32) -> bool;

/// Matches the items from `at` on, then asks `next`.
fn run(items: &[Repeated], text: &[char], at: usize, found: &mut Found, steps: &mut u32, next: Next<'_>) -> bool {
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    match items.split_first() {
        None => next(at, found, steps),
        Some((first, rest)) => repeat(first, 0, rest, text, at, found, steps, next),
    }
}

#[expect(clippy::too_many_arguments, reason = "the state of one search")]
fn repeat(
    this: &Repeated,
    done: usize,
    rest: &[Repeated],
    text: &[char],
    at: usize,
    found: &mut Found,
    steps: &mut u32,
    next: Next<'_>,
) -> bool {
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    if done < this.most {
        let again = match &this.item {
            Item::Group(number, alternatives) => alternatives.iter().any(|alternative| {
                let before = found.clone();
                let ok = run(alternative, text, at, found, steps, &mut |end, found, steps| {
                    let old = found.get(*number).copied().flatten();
                    if let Some(slot) = found.get_mut(*number) {
                        *slot = Some((at, end));
                    }
                    // A group that matched nothing is not repeated.
                    let ok = (end > at || done < this.least)
                        && repeat(this, done + 1, rest, text, end, found, steps, &mut *next);
                    if !ok && let Some(slot) = found.get_mut(*number) {
                        *slot = old;
                    }
                    ok
                });
                if !ok {
                    *found = before;
                }
                ok
            }),
            Item::Back(number) => {
                let (a, b) = found.get(*number).copied().flatten().unwrap_or((at, at));
                let end = at + (b - a);
                text.get(a..b) == text.get(at..end)
                    && (end > at || done < this.least)
                    && repeat(this, done + 1, rest, text, end, found, steps, &mut *next)
            }
            item => one(item, text, at).is_some_and(|end| {
                (end > at || done < this.least) && repeat(this, done + 1, rest, text, end, found, steps, &mut *next)
            }),
        };
        if again {
            return true;
        }
    }
    done >= this.least && run(rest, text, at, found, steps, next)
}

/// Where a piece that is no group ends, if it stands at `at`.
fn one(item: &Item, text: &[char], at: usize) -> Option<usize> {
    let c = text.get(at);
    let yes = match item {
        Item::Start => return (at == 0).then_some(at),
        Item::End => return (at == text.len()).then_some(at),
        Item::Edge(side) => {
            let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
            let (before, behind) = (word(at.checked_sub(1).and_then(|i| text.get(i))), word(c));
            return (before != behind && side.is_none_or(|side| side == behind)).then_some(at);
        }
        Item::Char(wanted) => c == Some(wanted),
        Item::Any => c.is_some(),
        Item::Set(set) => c.is_some_and(|c| set.matches_chars(&[*c])),
        Item::Group(..) | Item::Back(_) => false,
    };
    yes.then_some(at + 1)
}

struct Reader<'a> {
    chars: &'a [(char, bool)],
    at: usize,
    groups: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).filter(|(_, quoted)| !quoted).map(|(c, _)| *c)
    }

    fn alternatives(&mut self, depth: usize) -> Option<Vec<Vec<Repeated>>> {
        if depth > DEPTH {
            return None;
        }
        let mut all = vec![self.sequence(depth)?];
        while self.peek() == Some('|') {
            self.at += 1;
            all.push(self.sequence(depth)?);
        }
        Some(all)
    }

    fn sequence(&mut self, depth: usize) -> Option<Vec<Repeated>> {
        let mut items = Vec::new();
        while let Some((c, quoted)) = self.chars.get(self.at).copied() {
            let item = match c {
                c if quoted => self.take(Item::Char(c)),
                '|' => break,
                ')' if depth > 0 => break,
                '^' => self.take(Item::Start),
                '$' => self.take(Item::End),
                '.' => self.take(Item::Any),
                '(' => {
                    self.at += 1;
                    self.groups += 1;
                    let number = self.groups;
                    let inner = self.alternatives(depth + 1)?;
                    if self.peek() != Some(')') {
                        return None;
                    }
                    self.take(Item::Group(number, inner))
                }
                '[' => self.set(),
                EDGE => self.take(Item::Edge(None)),
                WORD_BEGINS => self.take(Item::Edge(Some(true))),
                WORD_ENDS => self.take(Item::Edge(Some(false))),
                c if (BACK..BACK + 10).contains(&u32::from(c)) => {
                    self.take(Item::Back(usize::try_from(u32::from(c) - BACK).unwrap_or(0)))
                }
                '\\' => {
                    self.at += 1;
                    let (c, _) = self.chars.get(self.at).copied().unwrap_or(('\\', true));
                    self.take(Item::Char(c))
                }
                '*' | '+' | '?' if items.is_empty() => return None,
                c => self.take(Item::Char(c)),
            };
            let (least, most) = self.count()?;
            items.push(Repeated { item, least, most });
        }
        Some(items)
    }

    fn take(&mut self, item: Item) -> Item {
        self.at += 1;
        item
    }

    fn set(&mut self) -> Item {
        let mut end = self.at + 1;
        if self.chars.get(end).is_some_and(|(c, _)| *c == '^') {
            end += 1;
        }
        if self.chars.get(end).is_some_and(|(c, _)| *c == ']') {
            end += 1;
        }
        while let Some((c, _)) = self.chars.get(end) {
            if *c == '[' && self.chars.get(end + 1).is_some_and(|(c, _)| ":=.".contains(*c)) {
                end += 2;
                while self.chars.get(end).is_some_and(|(c, _)| *c != ']') {
                    end += 1;
                }
            } else if *c == ']' {
                break;
            }
            end += 1;
        }
        let mut chars: Vec<(char, bool)> = self.chars.get(self.at..=end).unwrap_or(&[]).to_vec();
        if let Some(second) = chars.get_mut(1).filter(|(c, _)| *c == '^') {
            *second = ('!', false);
        }
        self.at = end + 1;
        Item::Set(Pattern::new(&chars))
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}` behind a piece.
    fn count(&mut self) -> Option<(usize, usize)> {
        let range = match self.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => {
                let rest: String =
                    self.chars.iter().skip(self.at + 1).map(|(c, _)| *c).take_while(|c| *c != '}').collect();
                self.at += rest.chars().count() + 1;
                match rest.split_once(',') {
                    None => {
                        let n = rest.parse().ok()?;
                        (n, n)
                    }
                    Some((least, "")) => (least.parse().ok()?, usize::MAX),
                    Some((least, most)) => (least.parse().unwrap_or(0), most.parse().ok()?),
                }
            }
            _ => return Some((1, 1)),
        };
        self.at += 1;
        Some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, text: &str) -> Option<Vec<String>> {
        let chars: Vec<(char, bool)> = pattern.chars().map(|c| (c, false)).collect();
        Regex::new(&chars)?.find(text)
    }

    #[test]
    fn the_regular_expressions_of_entrypoints_match() {
        for (pattern, yes, no) in [
            ("^[0-9]+$", "123", "12a"),
            ("^(yes|true)$", "true", "truex"),
            (r"\.sql$", "a.sql", "asql"),
            ("a.c", "xabcx", "ac"),
            ("^-", "-f", "f-"),
            ("^[0-9]{1,3}(\\.[0-9]{1,3}){3}$", "10.0.0.1", "10.0.1"),
            ("^([a-z]+)?$", "", "1"),
        ] {
            assert!(find(pattern, yes).is_some(), "{pattern} {yes}");
            assert!(find(pattern, no).is_none(), "{pattern} {no}");
        }
    }

    #[test]
    fn groups_are_told() {
        let found = find("^v([0-9]+)\\.([0-9]+)", "v12.34.5").unwrap();
        assert_eq!(found, ["v12.34", "12", "34"]);
        assert_eq!(find("(a|b)*c", "abac").unwrap(), ["abac", "a"]);
        assert_eq!(find("(x)?y", "y").unwrap(), ["y", ""]);
        assert_eq!(find("a|ab|abc", "abcd").unwrap(), ["abc"]);
    }

    #[test]
    fn a_search_without_end_is_given_up() {
        assert_eq!(find("(a*)*b", &"a".repeat(60)), None);
    }
}
