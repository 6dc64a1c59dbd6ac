//! The exec form: is the rest of the line one JSON array, and are its elements strings?
//!
//! Follows RFC 8259 as Go's `encoding/json` checks it, and BuildKit `parser/line_parsers.go` (`parseJSON`): whatever is
//! not valid JSON is silently shell form, valid JSON with another element than a string is an error.

/// What the text after an instruction is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonForm {
    /// A valid array of strings: exec form.
    Strings(Vec<String>),
    /// A valid array with something else in it: the build fails.
    NotStrings,
    /// Begins with `[` but is no valid JSON: shell form, brackets included.
    Invalid {
        /// Byte of the text at which it stops being JSON.
        at: usize,
    },
    /// Does not begin with `[`: plainly shell form.
    NoArray,
}

/// Deepest nesting that Go's decoder reads.
const MAX_DEPTH: usize = 10_000;

/// Reads the text after an instruction.
pub fn form(text: &str) -> JsonForm {
    let trimmed = text.trim_start();
    if !trimmed.starts_with('[') {
        return JsonForm::NoArray;
    }
    let skipped = text.len() - trimmed.len();
    let mut reader = Reader { text: trimmed, at: 0 };
    match reader.document() {
        Some(Some(strings)) => JsonForm::Strings(strings),
        Some(None) => JsonForm::NotStrings,
        None => JsonForm::Invalid { at: skipped + reader.at },
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// `None` is no JSON; `Some(None)` is an array with something else than strings.
    fn document(&mut self) -> Option<Option<Vec<String>>> {
        self.take(b'[')?;
        let mut strings = Some(Vec::new());
        self.blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
        } else {
            loop {
                self.blanks();
                if self.peek() == Some(b'"') {
                    let s = self.string()?;
                    if let Some(list) = &mut strings {
                        list.push(s);
                    }
                } else {
                    self.other()?;
                    strings = None;
                }
                self.blanks();
                if self.take(b',').is_none() {
                    break;
                }
            }
            self.take(b']')?;
        }
        self.blanks();
        self.peek().is_none().then_some(strings)
    }

    /// Any other value, only checked. Open brackets are kept on a list, not on the stack.
    fn other(&mut self) -> Option<()> {
        let mut open: Vec<u8> = Vec::new();
        loop {
            self.blanks();
            match self.peek()? {
                b @ (b'[' | b'{') => {
                    self.at += 1;
                    self.blanks();
                    let close = if b == b'[' { b']' } else { b'}' };
                    if self.take(close).is_none() {
                        open.push(close);
                        if open.len() >= MAX_DEPTH {
                            return None;
                        }
                        if close == b'}' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b'"' => drop(self.string()?),
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                _ => self.number()?,
            }
            loop {
                let Some(close) = open.last().copied() else { return Some(()) };
                self.blanks();
                if self.take(b',').is_some() {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                }
                self.take(close)?;
                open.pop();
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.blanks();
        self.string()?;
        self.blanks();
        self.take(b':')
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let matching = rest.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        self.at += matching;
        (matching == word.len()).then_some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            self.digits()?;
        }
        // A number that no float can hold fails to decode, which is not the same error: shell form.
        let number: f64 = self.text.get(start..self.at)?.parse().ok()?;
        number.is_finite().then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"')?;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..)?;
            let c = rest.chars().next()?;
            match c {
                '"' => {
                    self.at += 1;
                    return Some(out);
                }
                '\\' => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                c if c < ' ' => return None,
                c => {
                    self.at += c.len_utf8();
                    out.push(c);
                }
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let c = match self.peek()? {
            b @ (b'"' | b'\\' | b'/') => char::from(b),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode();
            }
            _ => return None,
        };
        self.at += 1;
        Some(c)
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let value = digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())??;
        self.at += 4;
        Some(value)
    }

    /// Half of a surrogate pair alone is the replacement character, as in Go.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex4()?;
        let replacement = Some('\u{fffd}');
        if !(0xd800..0xe000).contains(&first) {
            return char::from_u32(first).or(replacement);
        }
        let mark = self.at;
        if first < 0xdc00 && self.text.get(mark..mark + 2) == Some("\\u") {
            self.at += 2;
            if let Some(second) = self.hex4()
                && (0xdc00..0xe000).contains(&second)
            {
                return char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.at = mark;
        }
        replacement
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(list: &[&str]) -> JsonForm {
        JsonForm::Strings(list.iter().map(|s| s.to_string()).collect())
    }

    #[test]
    fn arrays_of_strings_are_exec_form() {
        assert_eq!(form(r#"["a", "b\t\"\u00e9\ud83d\ude00"] "#), strings(&["a", "b\t\"é😀"]));
        assert_eq!(form("[ ]"), strings(&[]));
        assert_eq!(form(r#"["\ud800"]"#), strings(&["\u{fffd}"]));
    }

    #[test]
    fn anything_that_is_not_json_is_shell_form_and_says_where_it_stops() {
        for (text, at) in [("['a']", 1), (r#"["a",]"#, 5), (r#"["a"] x"#, 6), (r#"["a" "b"]"#, 5), (r#"["\d"]"#, 3)] {
            assert_eq!(form(text), JsonForm::Invalid { at }, "{text}");
        }
        assert_eq!(form("{\"a\":1}"), JsonForm::NoArray);
    }

    #[test]
    fn valid_json_of_other_kinds_is_an_error() {
        for text in ["[1]", "[[\"a\"]]", "[null]", "[\"a\", {\"b\":[1.5e3,true]}]", "[[]]", "[{}]"] {
            assert_eq!(form(text), JsonForm::NotStrings, "{text}");
        }
        assert_eq!(form("[01]"), JsonForm::Invalid { at: 2 });
        assert_eq!(form("[1e999]"), JsonForm::Invalid { at: 6 });
    }

    #[test]
    fn deep_nesting_does_not_use_the_stack() {
        assert_eq!(form(&("[".repeat(9_000) + &"]".repeat(9_000))), JsonForm::NotStrings);
    }
}
