//! Shell patterns of `${NAME#pattern}`, `%` and `/` as the builder reads them: `?` is one character, `*` any number, a
//! backslash quotes `*`, `?` and itself, brackets are plain text. Neither wildcard crosses a line end.
//!
//! Follows BuildKit `frontend/dockerfile/shell/lex.go`, `convertShellPatternToRegex`. Time is pattern times text.

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Char(char),
    One,
    Many,
}

/// A pattern read from text.
#[derive(Clone, Debug)]
pub struct Pattern(Vec<Step>);

/// Pattern steps times characters that one match may cost.
const MATCH_STEPS: usize = 8 << 20;

impl Pattern {
    /// Reads a pattern; the error is the builder's wording.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let mut steps = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            steps.push(match c {
                '*' => Step::Many,
                '?' => Step::One,
                // The escape belongs to the `${}` around the pattern, not to the pattern.
                '\\' if matches!(chars.peek(), Some('}' | '/')) => continue,
                '\\' => match chars.next() {
                    Some(quoted @ ('*' | '?' | '\\')) => Step::Char(quoted),
                    other => return Err(format!("invalid escape '\\{}'", other.unwrap_or('\u{fffd}'))),
                },
                plain => Step::Char(plain),
            });
        }
        Ok(Pattern(steps))
    }

    /// For each position of `text` (its end included) where a match that starts there ends: the longest if `greedy`,
    /// else the shortest. `None` as a whole if it would cost too much.
    pub fn ends(&self, text: &[char], greedy: bool) -> Option<Vec<Option<usize>>> {
        if self.0.len().saturating_mul(text.len()) > MATCH_STEPS {
            return None;
        }
        let mut after: Vec<Option<usize>> = (0..=text.len()).map(Some).collect();
        for step in self.0.iter().rev() {
            let mut here: Vec<Option<usize>> = vec![None; after.len()];
            if *step == Step::Many
                && let (Some(last), Some(end)) = (here.last_mut(), after.last())
            {
                *last = *end;
            }
            for (i, c) in text.iter().enumerate().rev() {
                let next = after.get(i + 1).copied().flatten();
                let found = match step {
                    Step::Char(wanted) => next.filter(|_| wanted == c),
                    Step::One => next.filter(|_| *c != '\n'),
                    Step::Many => {
                        let stop = after.get(i).copied().flatten();
                        let go = here.get(i + 1).copied().flatten().filter(|_| *c != '\n');
                        match (stop, go) {
                            (Some(a), Some(b)) => Some(if greedy { a.max(b) } else { a.min(b) }),
                            (a, b) => a.or(b),
                        }
                    }
                };
                if let Some(slot) = here.get_mut(i) {
                    *slot = found;
                }
            }
            after = here;
        }
        Some(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_end(pattern: &str, text: &str, greedy: bool) -> Option<usize> {
        let text: Vec<char> = text.chars().collect();
        Pattern::parse(pattern).unwrap().ends(&text, greedy).unwrap()[0]
    }

    #[test]
    fn a_star_takes_the_most_or_the_least() {
        assert_eq!(first_end("*.", "foo.tar.gz", false), Some(4));
        assert_eq!(first_end("*.", "foo.tar.gz", true), Some(8));
    }

    #[test]
    fn a_question_mark_is_one_character_and_brackets_are_plain() {
        assert_eq!(first_end("f?o", "foo", true), Some(3));
        assert_eq!(first_end("[f]", "foo", true), None);
    }

    #[test]
    fn only_wildcards_and_the_backslash_can_be_escaped() {
        assert_eq!(first_end("\\*", "*", true), Some(1));
        assert_eq!(Pattern::parse("\\d").unwrap_err(), "invalid escape '\\d'");
    }
}
