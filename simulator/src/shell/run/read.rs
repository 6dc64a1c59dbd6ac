//! `read` and `mapfile`: lines, delimiters, counts, and the fields of what was read (XCU read; bash(1) `mapfile`).

use super::Shell;
use super::simple::{Assigned, NewValue};
use super::state::Value;
use super::step::Step;
use crate::program::{Call, Resume};

/// What to read and where to put it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReadLine {
    /// Variables; none: all of it into `REPLY`, or into the array of `mapfile`.
    pub names: Vec<String>,
    /// `-r`: backslashes are ordinary characters.
    pub raw: bool,
    /// `-a`: the fields into an array.
    pub array: Option<String>,
    /// `mapfile`: all lines, one an element.
    pub lines: Option<Lines>,
    /// `-d`: what ends the text instead of a newline.
    pub delimiter: char,
    /// `-n`: at most so many characters.
    pub count: Option<usize>,
    /// `-N`: exactly so many; nothing ends the text earlier and nothing is split.
    pub exact: bool,
    /// `-t 0`: only asks whether there is something.
    pub only_asks: bool,
    /// From.
    pub fd: u32,
    /// What was read so far.
    pub text: String,
    /// The result of read(2) is due.
    pub asked: bool,
}

/// How `mapfile` takes lines.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lines {
    /// `-t`: without their ends.
    pub trim: bool,
    /// `-s`: so many are left out first.
    pub skip: usize,
    /// `-n`: so many at most; 0 is all.
    pub most: usize,
    /// `-O`: index of the first.
    pub origin: i64,
    /// The array.
    pub name: String,
}

impl ReadLine {
    /// A plain `read`.
    pub fn new() -> ReadLine {
        ReadLine {
            names: Vec::new(),
            raw: false,
            array: None,
            lines: None,
            delimiter: '\n',
            count: None,
            exact: false,
            only_asks: false,
            fd: 0,
            text: String::new(),
            asked: false,
        }
    }

    /// Where the wanted text ends in what was read, if it does: with and without its end.
    fn end(&self) -> Option<(usize, usize)> {
        if self.lines.is_some() {
            return None;
        }
        let mut escaped = false;
        let mut counted = 0;
        for (at, c) in self.text.char_indices() {
            if self.count.is_some_and(|most| counted >= most) {
                return Some((at, at));
            }
            if c == self.delimiter && !escaped && !self.exact {
                return Some((at + c.len_utf8(), at));
            }
            escaped = c == '\\' && !escaped && !self.raw;
            counted += usize::from(!escaped);
        }
        self.count.is_some_and(|most| counted >= most).then_some((self.text.len(), self.text.len()))
    }
}

impl Shell {
    /// One call further.
    pub(super) fn read_builtin(&mut self, mut read: Box<ReadLine>) -> Option<Call> {
        if read.asked {
            match std::mem::replace(&mut self.last, Resume::Done) {
                Resume::Read(text) if text.is_empty() => return self.read_all(&read, None),
                Resume::Read(text) => read.text.push_str(&text),
                Resume::Interrupted => {
                    if self.read_interrupted() {
                        return None;
                    }
                }
                _ => {
                    self.state.status = 1;
                    return None;
                }
            }
        } else {
            if read.only_asks {
                self.state.status = 0;
                return None;
            }
            if let Some(at) = self.state.read_ahead.iter().position(|(fd, _)| *fd == read.fd) {
                read.text = self.state.read_ahead.remove(at).1;
            }
        }
        if let Some((end, body)) = read.end() {
            let rest = read.text.get(end..).unwrap_or("").to_owned();
            if !rest.is_empty() {
                self.state.read_ahead.push((read.fd, rest));
            }
            read.text.truncate(body);
            return self.read_all(&read, Some(()));
        }
        read.asked = true;
        let fd = read.fd;
        self.stack.push(Step::Read(read));
        Some(Call::Read { fd, line: true })
    }

    /// The text is there: stores it. `complete`: it was ended by what should end it.
    fn read_all(&mut self, read: &ReadLine, complete: Option<()>) -> Option<Call> {
        self.state.status = u16::from(complete.is_none() && read.lines.is_none());
        if let Some(lines) = &read.lines {
            self.store_lines(lines, read);
            return None;
        }
        self.store_fields(read);
        None
    }

    fn store_lines(&mut self, lines: &Lines, read: &ReadLine) {
        let all = read.text.split_inclusive(read.delimiter).skip(lines.skip);
        let most = if lines.most == 0 { usize::MAX } else { lines.most };
        let trimmed = |line: &str| match lines.trim {
            true => line.strip_suffix(read.delimiter).unwrap_or(line).to_owned(),
            false => line.to_owned(),
        };
        let elements = (lines.origin..).zip(all.take(most).map(trimmed));
        match &mut self.state.entry(&lines.name).value {
            Value::Indexed(old) if lines.origin > 0 => old.extend(elements),
            value => *value = Value::Indexed(elements.collect()),
        }
    }

    fn store_fields(&mut self, read: &ReadLine) {
        let chars = characters(&read.text, read.raw);
        let plain = |chars: &[(char, bool)]| chars.iter().map(|(c, _)| *c).collect::<String>();
        if read.exact {
            let name = read.names.first().cloned().unwrap_or_else(|| "REPLY".into());
            self.store(&name, plain(&chars));
            return;
        }
        let ifs = self.state.get("IFS").unwrap_or_else(|| " \t\n".into());
        if let Some(name) = &read.array {
            let elements = match self.columns().builtins.read_a_takes_characters {
                true => chars.iter().map(|(c, _)| u32::from(*c).to_string()).collect::<Vec<_>>(),
                false => fields(&chars, &ifs, usize::MAX).iter().map(|f| plain(f)).collect(),
            };
            self.state.entry(name).value = Value::Indexed((0_i64..).zip(elements).collect());
            return;
        }
        if read.names.is_empty() {
            self.store("REPLY", plain(&chars));
            return;
        }
        let mut found = fields(&chars, &ifs, read.names.len()).into_iter();
        for name in &read.names {
            let value = found.next().map(|f| plain(&f)).unwrap_or_default();
            if !self.store(name, value) {
                return;
            }
        }
    }

    /// Sets a variable; a read-only one is refused.
    fn store(&mut self, name: &str, value: String) -> bool {
        let assigned =
            Assigned { name: name.to_owned(), index: None, append: false, value: NewValue::One(value.clone()) };
        let stored = if name.ends_with(']') { self.set_reference(name, value) } else { self.assign(assigned) };
        if !stored {
            let (messages, builtins) = (&self.columns().messages, &self.columns().builtins);
            let named = self.columns().details.read_only_names_builtin;
            let template = match named {
                true => messages.read_only.replace("{prefix}", "{builtin_prefix}"),
                false => "{prefix}{name}: readonly variable".to_owned(),
            };
            let message = self.message(&template, "read", &[("name", name)]);
            let status = builtins.read_failed_status.unwrap_or(if named { builtins.usage_status } else { 1 });
            self.fail(u16::from(status.max(1)), message);
        }
        stored
    }
}

/// Characters with whether a backslash took away their meaning; a backslash at the end of a line joins the lines.
fn characters(text: &str, raw: bool) -> Vec<(char, bool)> {
    let mut out = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\0' => {}
            '\\' if !raw => match chars.next() {
                Some('\n') | None => {}
                Some(c) => out.push((c, true)),
            },
            c => out.push((c, false)),
        }
    }
    out
}

/// At most `most` fields, the last with all that is left (XCU read; 2.6.5 Field Splitting).
fn fields(chars: &[(char, bool)], ifs: &str, most: usize) -> Vec<Vec<(char, bool)>> {
    let separates = |(c, escaped): &(char, bool)| !escaped && ifs.contains(*c);
    let white = |p: &(char, bool)| separates(p) && p.0.is_ascii_whitespace();
    let skip = |mut at: usize| {
        while chars.get(at).is_some_and(white) {
            at += 1;
        }
        at
    };
    let mut out = Vec::new();
    let mut at = skip(0);
    while at < chars.len() {
        let length = chars.iter().skip(at).take_while(|p| !separates(p)).count();
        let end = at + length;
        let mut next = skip(end);
        if chars.get(next).is_some_and(|p| separates(p) && !white(p)) {
            next = skip(next + 1);
        }
        if out.len() + 1 == most && next < chars.len() {
            // The last variable takes the rest, without white space at its end.
            let mut last = chars.len();
            while last > at && chars.get(last - 1).is_some_and(white) {
                last -= 1;
            }
            out.push(chars.get(at..last).unwrap_or(&[]).to_vec());
            return out;
        }
        out.push(chars.get(at..end).unwrap_or(&[]).to_vec());
        at = next;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{characters, fields};

    fn split(text: &str, ifs: &str, most: usize) -> Vec<String> {
        let chars = characters(text, false);
        fields(&chars, ifs, most).iter().map(|f| f.iter().map(|(c, _)| *c).collect()).collect()
    }

    #[test]
    fn the_last_variable_takes_the_rest() {
        assert_eq!(split("  one two   three  ", " ", 2), ["one", "two   three"]);
        assert_eq!(split("x:y:z:w", ":", 3), ["x", "y", "z:w"]);
        assert_eq!(split(",x,", ",", 2), ["", "x"]);
        assert_eq!(split("a\\ b c", " ", 2), ["a b", "c"]);
    }
}
