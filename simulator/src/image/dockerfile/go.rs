//! Small pieces of Go's standard library whose exact behaviour shows in builds: splitting at blanks, quoting, integers
//! and durations.
//!
//! Follows the Go packages `regexp` (`Split`), `strconv` and `time` (`ParseDuration`).

/// The blanks at which the builder splits words: `[\t\v\f\r ]+`. Other white space of Unicode is no separator here.
pub fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// Is a byte alone white space, read as a Latin-1 character? The builder reads flags this way, so the second byte of a
/// no-break space ends a word.
pub fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0)
}

/// The text before byte `at`; a character that `at` is inside of is left out.
pub fn up_to(text: &str, at: usize) -> &str {
    let end = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

/// The text from byte `at` on; a character that `at` is inside of is left out.
pub fn after(text: &str, at: usize) -> &str {
    let start = (at..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len());
    text.get(start..).unwrap_or_default()
}

/// The text before and after the first run of blanks; `None` if there is none.
pub fn split_blank(text: &str) -> Option<(&str, &str)> {
    let at = text.find(is_blank)?;
    let (before, after) = text.split_at(at);
    Some((before, after.trim_start_matches(is_blank)))
}

/// All pieces between runs of blanks; an empty piece before a leading run and after a trailing one stays.
pub fn split_blanks(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((piece, after)) = split_blank(rest) {
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// The text as a Go string literal (`%q`).
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c.is_control() || c == '\u{feff}' || (c.is_whitespace() && c != ' ') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `strconv.Atoi`: an optional sign, then digits only; the error is its wording without the function's name.
pub fn integer(text: &str) -> Result<i64, &'static str> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err("invalid syntax");
    }
    text.parse().map_err(|_| "value out of range")
}

/// `time.ParseDuration` in nanoseconds; the error is its wording.
pub fn duration(text: &str) -> Result<i64, String> {
    let quoted = time_quote(text);
    let invalid = || format!("time: invalid duration {quoted}");
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let whole_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (whole, after) = rest.split_at(whole_end);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len())),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let unit_end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let scale: i128 = match unit {
            "" => return Err(format!("time: missing unit in duration {quoted}")),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(format!("time: unknown unit {} in duration {quoted}", time_quote(unit))),
        };
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        // Beyond 18 digits a fraction is less than a nanosecond, whatever the unit.
        let fraction: String = fraction.chars().take(18).collect();
        let parts: i128 = if fraction.is_empty() { 0 } else { fraction.parse().map_err(|_| invalid())? };
        let of = u32::try_from(fraction.len()).ok().and_then(|n| 10_i128.checked_pow(n)).ok_or_else(invalid)?;
        total = whole
            .checked_mul(scale)
            .and_then(|w| w.checked_add(parts * scale / of))
            .and_then(|t| t.checked_add(total))
            .ok_or_else(invalid)?;
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| invalid())
}

/// How package `time` quotes: everything beyond printable ASCII as bytes.
fn time_quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            // Written by hand in that package, where the delete character is printed as it is.
            '\u{7f}' => out.push(c),
            _ => c.encode_utf8(&mut [0; 4]).bytes().for_each(|b| out.push_str(&format!("\\x{b:02x}"))),
        }
    }
    out.push('"');
    out
}

/// Is it a size as `github.com/docker/go-units` reads it: a number, perhaps `k` to `p` with `i` and `b`?
pub fn is_size(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.strip_prefix(' ').unwrap_or(unit).to_lowercase();
    let number_ok = number.parse::<f64>().is_ok() && !number.is_empty();
    number_ok
        && ["", "b", "k", "kb", "kib", "m", "mb", "mib", "g", "gb", "gib", "t", "tb", "tib", "p", "pb", "pib"]
            .contains(&unit.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitting_keeps_empty_ends() {
        assert_eq!(split_blanks("a \t b "), ["a", "b", ""]);
        assert_eq!(split_blanks("a\u{a0}b"), ["a\u{a0}b"]);
    }

    #[test]
    fn durations_are_read_as_go_reads_them() {
        assert_eq!(duration("1m30s"), Ok(90_000_000_000));
        assert_eq!(duration("1.5s"), Ok(1_500_000_000));
        assert_eq!(duration("5"), Err("time: missing unit in duration \"5\"".into()));
        assert_eq!(duration("5x"), Err("time: unknown unit \"x\" in duration \"5x\"".into()));
        assert_eq!(duration("-1s"), Ok(-1_000_000_000));
    }

    #[test]
    fn integers_have_at_most_one_sign() {
        assert_eq!(integer("+3"), Ok(3));
        assert_eq!(integer("-1"), Ok(-1));
        assert_eq!(integer("0x3"), Err("invalid syntax"));
        assert_eq!(integer("99999999999999999999"), Err("value out of range"));
    }

    #[test]
    fn quoting_is_that_of_go() {
        assert_eq!(quote("a\"b\\\t\u{1}é"), "\"a\\\"b\\\\\\t\\x01é\"");
    }
}
