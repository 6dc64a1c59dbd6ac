//! awk: from the input to records and fields (POSIX awk, "Regular Expressions" of separators).

use super::cells::FIELDS;
use super::run::{Machine, regex};
use super::value::Val;

impl Machine<'_> {
    /// The next record becomes `$0`; false at the end of all input.
    pub(super) fn next_record(&mut self) -> bool {
        let separator = self.get("RS").text();
        loop {
            let Some((name, text)) = self.files.get(self.file).copied() else { return false };
            if self.at == 0 {
                self.set("FILENAME", Val::Text(if name == "-" { String::new() } else { name.to_owned() }));
                self.set("FNR", Val::Number(0.0));
            }
            let mut rest = text.get(self.at..).unwrap_or("");
            if separator.is_empty() {
                let skipped = rest.len() - rest.trim_start_matches('\n').len();
                self.at += skipped;
                rest = text.get(self.at..).unwrap_or("");
            }
            if rest.is_empty() {
                self.file += 1;
                self.at = 0;
                continue;
            }
            let (record, length) = split_record(rest, &separator);
            self.at += length;
            for counter in ["NR", "FNR"] {
                let number = self.get(counter).number() + 1.0;
                self.set(counter, Val::Number(number));
            }
            self.set_record(record.to_owned());
            return true;
        }
    }

    pub(super) fn set_record(&mut self, text: String) {
        self.record = text;
        let separator = self.get("FS").text();
        let paragraphs = self.get("RS").text().is_empty();
        self.fields = split(&self.record, &separator, paragraphs);
        self.fields.truncate(FIELDS);
        self.count_fields();
    }
}

/// The first record of a text, and how much of the text it took.
fn split_record<'t>(text: &'t str, separator: &str) -> (&'t str, usize) {
    if separator.is_empty() {
        let end = text.find("\n\n").unwrap_or(text.len());
        let record = text.get(..end).unwrap_or(text);
        return (record.trim_end_matches('\n'), end);
    }
    if separator.chars().count() > 1 {
        let chars: Vec<char> = text.chars().collect();
        let found = regex(separator).and_then(|r| r.find_from(&chars, 0)).and_then(|f| f.first().copied().flatten());
        if let Some((a, b)) = found.filter(|(a, b)| b > a) {
            let bytes = |to: usize| chars.iter().take(to).map(|c| c.len_utf8()).sum::<usize>();
            return (text.get(..bytes(a)).unwrap_or(text), bytes(b));
        }
        return (text.trim_end_matches('\n'), text.len());
    }
    match text.split_once(separator) {
        Some((record, _)) => (record, record.len() + separator.len()),
        None if separator == "\n" => (text, text.len()),
        None => (text, text.len()),
    }
}

/// Fields: by blanks, by a letter, by a pattern.
pub(super) fn split(text: &str, separator: &str, paragraphs: bool) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let by_blanks = separator == " ";
    if by_blanks {
        return text.split_whitespace().map(str::to_owned).collect();
    }
    let mut chars = separator.chars();
    if let (Some(letter), None) = (chars.next(), chars.next())
        && letter != '\\'
    {
        let lines = |c: char| c == letter || (paragraphs && c == '\n');
        return text.split(lines).map(str::to_owned).collect();
    }
    if separator.is_empty() {
        return text.chars().map(String::from).collect();
    }
    let Some(regex) = regex(separator) else { return vec![text.to_owned()] };
    let chars: Vec<char> = text.chars().collect();
    let (mut fields, mut from, mut at) = (Vec::new(), 0, 0);
    while let Some((a, b)) = regex.find_from(&chars, at).and_then(|f| f.first().copied().flatten()) {
        if a == b {
            at = a + 1;
            if at > chars.len() {
                break;
            }
            continue;
        }
        fields.push(chars.get(from..a).unwrap_or(&[]).iter().collect());
        (from, at) = (b, b);
    }
    fields.push(chars.get(from..).unwrap_or(&[]).iter().collect());
    fields
}
