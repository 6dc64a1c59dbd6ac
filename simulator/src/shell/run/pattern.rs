//! Patterns (XCU 2.14): `*`, `?`, `[...]`. Used by `case`, `${x%p}`, `[[ == ]]` and pathname expansion.

/// One element of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    Char(char),
    One,
    Many,
    Set { negated: bool, members: Vec<(char, char)>, classes: Vec<String> },
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Pattern {
    elements: Vec<Element>,
}

impl Pattern {
    /// Compiles characters where `[^a]` is no negation: the `^` is a character like others.
    pub fn without_caret(mut chars: Vec<(char, bool)>) -> Pattern {
        let mut open = false;
        for (c, quoted) in &mut chars {
            *quoted |= open && *c == '^';
            open = *c == '[' && !*quoted;
        }
        Pattern::new(&chars)
    }

    /// Compiles characters, each with whether it was quoted.
    pub fn new(chars: &[(char, bool)]) -> Pattern {
        let mut elements = Vec::new();
        let mut at = 0;
        while let Some((c, quoted)) = chars.get(at) {
            at += 1;
            elements.push(match (c, quoted) {
                ('*', false) => Element::Many,
                ('?', false) => Element::One,
                ('[', false) => match bracket(chars.get(at..).unwrap_or(&[])) {
                    Some((set, length)) => {
                        at += length;
                        set
                    }
                    None => Element::Char('['),
                },
                (c, _) => Element::Char(*c),
            });
        }
        Pattern { elements }
    }

    /// Has it anything that is not a plain character?
    pub fn is_special(&self) -> bool {
        self.elements.iter().any(|e| !matches!(e, Element::Char(_)))
    }

    /// Does it match all of `text`?
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.matches_chars(&text)
    }

    /// The same for characters; backtracks to the last `*` only, so time is bounded by the product of the lengths.
    pub fn matches_chars(&self, text: &[char]) -> bool {
        let (mut p, mut t) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        loop {
            match (self.elements.get(p), text.get(t)) {
                (Some(Element::Many), _) => {
                    star = Some((p, t));
                    p += 1;
                    continue;
                }
                (None, None) => return true,
                (Some(element), Some(c)) if element.takes(*c) => {
                    p += 1;
                    t += 1;
                    continue;
                }
                _ => {}
            }
            match star {
                Some((sp, st)) if st < text.len() => {
                    star = Some((sp, st + 1));
                    p = sp + 1;
                    t = st + 1;
                }
                _ => return false,
            }
        }
    }

    /// What is left of `text` without its shortest or longest matching prefix or suffix.
    pub fn trim(&self, text: &str, suffix: bool, longest: bool) -> String {
        let chars: Vec<char> = text.chars().collect();
        let n = chars.len();
        let cuts: Vec<usize> = if suffix == longest { (0..=n).collect() } else { (0..=n).rev().collect() };
        for cut in cuts {
            let (head, tail) = chars.split_at(cut.min(n));
            if suffix && self.matches_chars(tail) {
                return head.iter().collect();
            }
            if !suffix && self.matches_chars(head) {
                return tail.iter().collect();
            }
        }
        text.to_string()
    }

    /// The end of the longest match that starts at `from`.
    pub fn longest_at(&self, text: &[char], from: usize) -> Option<usize> {
        (from..=text.len()).rev().find(|to| text.get(from..*to).is_some_and(|part| self.matches_chars(part)))
    }
}

impl Element {
    fn takes(&self, c: char) -> bool {
        match self {
            Element::Char(x) => *x == c,
            Element::One => true,
            Element::Many => false,
            Element::Set { negated, members, classes } => {
                let inside =
                    members.iter().any(|(a, b)| (*a..=*b).contains(&c)) || classes.iter().any(|k| in_class(k, c));
                inside != *negated
            }
        }
    }
}

fn in_class(class: &str, c: char) -> bool {
    match class {
        "alpha" => c.is_alphabetic(),
        "digit" => c.is_ascii_digit(),
        "alnum" => c.is_alphanumeric(),
        "space" => c.is_whitespace(),
        "blank" => c == ' ' || c == '\t',
        "upper" => c.is_uppercase(),
        "lower" => c.is_lowercase(),
        "punct" => c.is_ascii_punctuation(),
        "xdigit" => c.is_ascii_hexdigit(),
        "cntrl" => c.is_control(),
        "print" => !c.is_control(),
        "graph" => !c.is_control() && c != ' ',
        _ => false,
    }
}

/// After `[`: the set and how many characters it took.
fn bracket(chars: &[(char, bool)]) -> Option<(Element, usize)> {
    let plain = |at: usize, c: char| chars.get(at) == Some(&(c, false));
    let mut at = 0;
    let negated = plain(0, '!') || plain(0, '^');
    if negated {
        at += 1;
    }
    let (mut members, mut classes) = (Vec::new(), Vec::new());
    let first = at;
    loop {
        let (c, quoted) = *chars.get(at)?;
        if c == ']' && !quoted && at > first {
            return Some((Element::Set { negated, members, classes }, at + 1));
        }
        if c == '[' && plain(at + 1, ':') {
            let name: String = chars.iter().skip(at + 2).map(|(c, _)| *c).take_while(|c| *c != ':').collect();
            at += 4 + name.chars().count();
            classes.push(name);
            continue;
        }
        if plain(at + 1, '-') && chars.get(at + 2).is_some_and(|n| *n != (']', false)) {
            let (end, _) = *chars.get(at + 2)?;
            members.push((c, end));
            at += 3;
            continue;
        }
        members.push((c, c));
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(&text.chars().map(|c| (c, false)).collect::<Vec<_>>())
    }

    #[test]
    fn stars_sets_and_question_marks_match_as_in_case() {
        for (p, yes, no) in [
            ("-*", "-f", "f"),
            ("a?c", "abc", "ac"),
            ("[a-c]x", "bx", "dx"),
            ("[!0-9]*", "a1", "1a"),
            ("*.sql", "a.sql", "a.sq"),
        ] {
            assert!(pattern(p).matches(yes), "{p} {yes}");
            assert!(!pattern(p).matches(no), "{p} {no}");
        }
        assert!(pattern("[[:digit:]]*").matches("7up"));
        assert!(!Pattern::new(&[('*', true)]).matches("x"), "a quoted star is a star");
    }

    #[test]
    fn trimming_takes_the_shortest_or_longest_part() {
        assert_eq!(pattern(".*").trim("a.b.c", true, false), "a.b");
        assert_eq!(pattern(".*").trim("a.b.c", true, true), "a");
        assert_eq!(pattern("*.").trim("a.b.c", false, false), "b.c");
        assert_eq!(pattern("*.").trim("a.b.c", false, true), "c");
        assert_eq!(pattern("x").trim("abc", true, true), "abc");
    }

    #[test]
    fn many_stars_do_not_explode() {
        assert!(!pattern(&"*a".repeat(40)).matches(&"a".repeat(39)));
    }
}
