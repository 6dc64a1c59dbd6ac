//! `$NAME` and `${NAME...}` in the instructions that substitute, and the splitting of words around it.
//!
//! Follows BuildKit `frontend/dockerfile/shell/lex.go` with its quirks. This is the builder's language, not the
//! container's shell: text of a shell-form `CMD` never comes here.

use super::glob::Pattern;
use crate::base::limits::{EXPANSION_BYTES, SUBSTITUTION_DEPTH};

/// Looks a variable up.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How quotes, escapes and unset variables are treated; the default is that of an instruction's word.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The escape character: `\` or what the `escape` directive says.
    pub escape: char,
    /// Quotes stay in the result.
    pub raw_quotes: bool,
    /// Escape characters stay in the result.
    pub raw_escapes: bool,
    /// Quotes are plain text, as in the body of a heredoc.
    pub plain_quotes: bool,
    /// An unset variable stays as it is written instead of becoming empty.
    pub keep_unset: bool,
}

impl Rules {
    /// The rules of an instruction's word.
    pub fn word(escape: char) -> Self {
        Rules { escape, raw_quotes: false, raw_escapes: false, plain_quotes: false, keep_unset: false }
    }
}

/// Substitutes in `text` and takes quotes away; blanks stay. The error is the builder's wording.
pub fn word(text: &str, rules: Rules, env: Lookup) -> Result<String, String> {
    Lexer::new(text, rules, env).run(text).map(|(result, _)| result)
}

/// Substitutes in `text`, then splits at blanks that are not quoted.
pub fn words(text: &str, rules: Rules, env: Lookup) -> Result<Vec<String>, String> {
    Lexer::new(text, rules, env).run(text).map(|(_, words)| words)
}

/// Words while they are collected. The buffer of unfinished text is the lexer's: a nested `${}` clears it, so that
/// `EXPOSE 80${X:-80}` exposes 80 and not 8080, as the builder does.
#[derive(Default)]
struct Words {
    done: Vec<String>,
    inside: bool,
}

struct Lexer<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    rules: Rules,
    env: Lookup<'a>,
    unfinished: String,
    depth: usize,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str, rules: Rules, env: Lookup<'a>) -> Self {
        // Go's text/scanner skips a byte order mark at the start.
        let chars = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
        Lexer { chars, rules, env, unfinished: String::new(), depth: 0 }
    }

    fn run(mut self, text: &str) -> Result<(String, Vec<String>), String> {
        let raw = self.rules.raw_escapes;
        self.until(None, raw).map_err(|e| format!("failed to process {}: {e}", super::quote(text)))
    }

    /// Reads up to `stop` (taken too) or, without one, to the end.
    fn until(&mut self, stop: Option<char>, raw_escapes: bool) -> Result<(String, Vec<String>), String> {
        self.depth += 1;
        if self.depth > SUBSTITUTION_DEPTH {
            return Err("substitutions are nested too deeply".into());
        }
        let before = std::mem::replace(&mut self.rules.raw_escapes, raw_escapes);
        let result = self.until_stop(stop);
        self.rules.raw_escapes = before;
        self.depth -= 1;
        result
    }

    fn until_stop(&mut self, stop: Option<char>) -> Result<(String, Vec<String>), String> {
        let mut result = String::new();
        let mut words = Words::default();
        self.unfinished.clear();
        while let Some(c) = self.chars.peek().copied() {
            if stop == Some(c) {
                self.chars.next();
                return Ok((result, self.finish(words)));
            }
            match c {
                '$' => {
                    let value = self.dollar()?;
                    value.chars().for_each(|c| self.add(&mut words, c));
                    result.push_str(&value);
                }
                '<' => {
                    let text = self.possible_heredoc();
                    self.add_raw(&mut words, &text);
                    result.push_str(&text);
                }
                '\'' | '"' if !self.rules.plain_quotes => {
                    let text = if c == '"' { self.double_quoted()? } else { self.single_quoted()? };
                    self.add_raw(&mut words, &text);
                    result.push_str(&text);
                }
                _ if c == self.rules.escape => {
                    self.chars.next();
                    if self.rules.raw_escapes {
                        self.add_raw(&mut words, c.encode_utf8(&mut [0; 4]));
                        result.push(c);
                    }
                    let Some(escaped) = self.chars.next() else { break };
                    self.add_raw(&mut words, escaped.encode_utf8(&mut [0; 4]));
                    result.push(escaped);
                }
                _ => {
                    self.chars.next();
                    self.add(&mut words, c);
                    result.push(c);
                }
            }
            if result.len() > EXPANSION_BYTES {
                return Err(format!("the result is longer than {EXPANSION_BYTES} bytes"));
            }
        }
        match stop {
            Some(c) => Err(format!("unexpected end of statement while looking for matching {c}")),
            None => Ok((result, self.finish(words))),
        }
    }

    fn add(&mut self, words: &mut Words, c: char) {
        if !c.is_whitespace() {
            self.unfinished.push(c);
            words.inside = true;
        } else if words.inside && !self.unfinished.is_empty() {
            words.done.push(std::mem::take(&mut self.unfinished));
            words.inside = false;
        }
    }

    fn add_raw(&mut self, words: &mut Words, text: &str) {
        self.unfinished.push_str(text);
        words.inside = true;
    }

    fn finish(&mut self, mut words: Words) -> Vec<String> {
        if !self.unfinished.is_empty() {
            words.done.push(std::mem::take(&mut self.unfinished));
        }
        words.done
    }

    fn single_quoted(&mut self) -> Result<String, String> {
        let mut text = String::new();
        let open = self.chars.next();
        text.extend(open.filter(|_| self.rules.raw_quotes));
        for c in self.chars.by_ref() {
            if c == '\'' {
                text.extend(open.filter(|_| self.rules.raw_quotes));
                return Ok(text);
            }
            text.push(c);
        }
        Err("unexpected end of statement while looking for matching single-quote".into())
    }

    fn double_quoted(&mut self) -> Result<String, String> {
        let mut text = String::new();
        let open = self.chars.next();
        text.extend(open.filter(|_| self.rules.raw_quotes));
        while let Some(c) = self.chars.peek().copied() {
            if c == '$' {
                text.push_str(&self.dollar()?);
                if text.len() > EXPANSION_BYTES {
                    return Err(format!("the result is longer than {EXPANSION_BYTES} bytes"));
                }
                continue;
            }
            self.chars.next();
            if c == '"' {
                text.extend(open.filter(|_| self.rules.raw_quotes));
                return Ok(text);
            }
            if c != self.rules.escape {
                text.push(c);
                continue;
            }
            if self.rules.raw_escapes {
                text.push(c);
            }
            // Only a quote, a dollar and the escape itself can be escaped; before anything else the escape is text.
            match self.chars.peek().copied() {
                None => {}
                Some(next) if next == '"' || next == '$' || next == self.rules.escape => {
                    self.chars.next();
                    text.push(next);
                }
                Some(_) => text.push(c),
            }
        }
        Err("unexpected end of statement while looking for matching double-quote".into())
    }

    /// `<<` and the blanks after it are one piece, so that `<< EOF` stays one word.
    fn possible_heredoc(&mut self) -> String {
        self.chars.next();
        let mut text = String::from("<");
        if self.chars.next_if_eq(&'<').is_some() {
            text.push('<');
            while let Some(blank) = self.chars.next_if(|c| matches!(c, '\t' | '\r' | ' ')) {
                text.push(blank);
            }
        }
        text
    }

    fn dollar(&mut self) -> Result<String, String> {
        self.chars.next();
        if self.chars.next_if_eq(&'{').is_none() {
            let name = self.name();
            return Ok(match (self.env)(&name) {
                _ if name.is_empty() => "$".into(),
                Some(value) => value,
                None if self.rules.keep_unset => format!("${name}"),
                None => String::new(),
            });
        }
        match self.chars.peek() {
            None => return Err("syntax error: missing '}'".into()),
            Some('{' | '}' | ':') => return Err("syntax error: bad substitution".into()),
            Some(_) => {}
        }
        let name = self.name();
        let value = (self.env)(&name);
        match self.chars.next() {
            Some('}') => Ok(match value {
                Some(value) => value,
                None if self.rules.keep_unset => format!("${{{name}}}"),
                None => String::new(),
            }),
            Some(':') => {
                let operator = self.chars.next();
                self.modified(&name, value, true, operator)
            }
            Some(c @ ('+' | '-' | '?' | '#' | '%')) => self.modified(&name, value, false, Some(c)),
            Some('/') => self.replaced(&name, value),
            other => Err(unsupported(&other.unwrap_or('\u{fffd}').to_string())),
        }
    }

    /// What follows `${name` or, with `or_empty`, `${name:`.
    fn modified(
        &mut self,
        name: &str,
        value: Option<String>,
        or_empty: bool,
        operator: Option<char>,
    ) -> Result<String, String> {
        let c = operator.unwrap_or('\u{fffd}');
        let written = if or_empty { format!(":{c}") } else { c.to_string() };
        let trims = matches!(c, '#' | '%');
        if or_empty && trims {
            return Err(unsupported(&written));
        }
        let (word, _) = self.nested('}', trims, "syntax error: missing '}'")?;
        if self.rules.keep_unset && value.is_none() {
            return Ok(format!("${{{name}{written}{word}}}"));
        }
        let missing = value.as_ref().is_none_or(|v| or_empty && v.is_empty());
        let must = |what: &str| format!("{name}: {}", if word.is_empty() { what } else { &word });
        match c {
            '-' => Ok(if missing { word } else { value.unwrap_or_default() }),
            '+' => Ok(if missing { String::new() } else { word }),
            '?' => match value {
                None => Err(must("is not allowed to be unset")),
                Some(_) if missing => Err(must("is not allowed to be empty")),
                Some(value) => Ok(value),
            },
            '#' | '%' => {
                let (pattern, greedy) = word.strip_prefix(c).map_or((word.as_str(), false), |rest| (rest, true));
                trim(&value.unwrap_or_default(), pattern, greedy, c == '%')
            }
            _ => Err(unsupported(&written)),
        }
    }

    fn replaced(&mut self, name: &str, value: Option<String>) -> Result<String, String> {
        let all = self.chars.next_if_eq(&'/').is_some();
        let (pattern, _) = self.nested('/', true, "syntax error: missing '/' in ${}")?;
        let (replacement, _) = self.nested('}', true, "syntax error: missing '}'")?;
        if self.rules.keep_unset && value.is_none() {
            return Ok(format!("${{{name}/{pattern}/{replacement}}}"));
        }
        // An unset variable is empty text, which a pattern may match.
        replace(&value.unwrap_or_default(), &pattern, &replacement, all)
    }

    fn nested(&mut self, stop: char, raw_escapes: bool, at_end: &str) -> Result<(String, Vec<String>), String> {
        self.until(Some(stop), raw_escapes).map_err(|e| if self.chars.peek().is_none() { at_end.into() } else { e })
    }

    /// Letters, digits and `_`; or digits only; or one special parameter.
    fn name(&mut self) -> String {
        let mut name = String::new();
        match self.chars.peek().copied() {
            Some(c) if c.is_numeric() => {
                while let Some(digit) = self.chars.next_if(|c| c.is_numeric()) {
                    name.push(digit);
                }
            }
            Some(c @ ('@' | '*' | '#' | '?' | '-' | '$' | '!')) => {
                self.chars.next();
                name.push(c);
            }
            _ => {
                while let Some(c) = self.chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    name.push(c);
                }
            }
        }
        name
    }
}

fn unsupported(modifier: &str) -> String {
    format!("unsupported modifier ({modifier}) in substitution")
}

const TOO_COSTLY: &str = "pattern and value are too long";

/// `${value#pattern}` and, from the end, `${value%pattern}`.
fn trim(value: &str, pattern: &str, greedy: bool, from_end: bool) -> Result<String, String> {
    // A shortest match at the end is a shortest match at the start of the reversed text.
    let turned = |text: &str| if from_end { text.chars().rev().collect() } else { text.chars().collect::<Vec<char>>() };
    let pattern_text = if from_end { reversed_pattern(pattern) } else { pattern.to_string() };
    let invalid = |e: &str| format!("invalid pattern ({pattern_text}) in substitution: {e}");
    let compiled = Pattern::parse(&pattern_text).map_err(|e| invalid(&e))?;
    let text = turned(value);
    let ends = compiled.ends(&text, greedy).ok_or_else(|| invalid(TOO_COSTLY))?;
    let cut = ends.first().copied().flatten().unwrap_or(0);
    let rest = text.get(cut..).unwrap_or_default();
    Ok(if from_end { rest.iter().rev().collect() } else { rest.iter().collect() })
}

/// The pattern from its end, each escape still before what it escapes.
fn reversed_pattern(pattern: &str) -> String {
    let mut pieces: Vec<String> = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let mut piece = String::from(c);
        if c == '\\' {
            piece.extend(chars.next());
        }
        pieces.push(piece);
    }
    pieces.into_iter().rev().collect()
}

fn replace(value: &str, pattern: &str, replacement: &str, all: bool) -> Result<String, String> {
    let invalid = |e: &str| format!("invalid pattern ({pattern}) in substitution: {e}");
    let compiled = Pattern::parse(pattern).map_err(|e| invalid(&e))?;
    let text: Vec<char> = value.chars().collect();
    let ends = compiled.ends(&text, true).ok_or_else(|| invalid(TOO_COSTLY))?;
    let mut out = String::new();
    let mut at = 0;
    let mut last_end = None;
    while let Some(end) = ends.get(at).copied() {
        match end {
            Some(end) if (all || last_end.is_none()) && last_end.is_none_or(|last| end > last) => {
                if all {
                    let matched: String = text.get(at..end).unwrap_or_default().iter().collect();
                    out.push_str(&template(replacement, &matched));
                } else {
                    out.push_str(replacement);
                }
                last_end = Some(end);
                if end > at {
                    at = end;
                    continue;
                }
            }
            _ => {}
        }
        out.extend(text.get(at));
        at += 1;
        if out.len() > EXPANSION_BYTES {
            return Err(format!("the result is longer than {EXPANSION_BYTES} bytes"));
        }
    }
    Ok(out)
}

/// Go's `Regexp.Expand`, which the builder applies to the replacement of `//`: `$0` is the match, other names are empty.
fn template(replacement: &str, matched: &str) -> String {
    let mut out = String::new();
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let braced = after.strip_prefix('{').and_then(|t| t.split_once('}')).filter(|(n, _)| n.chars().all(word));
        let (name, tail) = match braced {
            Some(found) => found,
            None => after.split_at(after.find(|c| !word(c)).unwrap_or(after.len())),
        };
        if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else if name.is_empty() {
            out.push('$');
            rest = after;
        } else {
            out.push_str(if name == "0" { matched } else { "" });
            rest = tail;
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str) -> Option<String> {
        let found = match name {
            "A" => "1",
            "F" => "foo.tar.gz",
            "EMPTY" => "",
            "TWO" => "80 443",
            _ => return None,
        };
        Some(found.to_string())
    }

    fn expand(text: &str) -> Result<String, String> {
        word(text, Rules::word('\\'), &env)
    }

    #[test]
    fn modifiers_tell_unset_from_empty() {
        assert_eq!(expand("${X:-d}${EMPTY-d}${EMPTY:-e}${A:+set}"), Ok("deset".into()));
        assert_eq!(expand("${X?gone}"), Err("failed to process \"${X?gone}\": X: gone".into()));
        assert_eq!(
            expand("${EMPTY:?}"),
            Err("failed to process \"${EMPTY:?}\": EMPTY: is not allowed to be empty".into())
        );
    }

    #[test]
    fn patterns_trim_and_replace() {
        assert_eq!(expand("${F%.*} ${F%%.*} ${F#*.} ${F##*.}"), Ok("foo.tar foo tar.gz gz".into()));
        assert_eq!(expand("${F/tar/zip} ${F//o/0}"), Ok("foo.zip.gz f00.tar.gz".into()));
        assert_eq!(expand("${X//*/z}${X//y/z}"), Ok("z".into()));
    }

    #[test]
    fn quotes_and_escapes_stop_substitution() {
        assert_eq!(expand("'$A' \"$A\" \\$A \"\\d\""), Ok("$A 1 $A \\d".into()));
    }

    #[test]
    fn malformed_substitutions_are_named() {
        assert_eq!(
            expand("${A"),
            Err("failed to process \"${A\": unsupported modifier (\u{fffd}) in substitution".into())
        );
        assert_eq!(expand("${}"), Err("failed to process \"${}\": syntax error: bad substitution".into()));
        assert_eq!(expand("${A:-x"), Err("failed to process \"${A:-x\": syntax error: missing '}'".into()));
    }

    #[test]
    fn words_are_split_after_substitution() {
        assert_eq!(words("$TWO '8 0'", Rules::word('\\'), &env), Ok(vec!["80".into(), "443".into(), "8 0".into()]));
    }

    #[test]
    fn nesting_has_an_end() {
        assert!(expand(&"${X:-".repeat(5_000)).is_err());
    }
}
