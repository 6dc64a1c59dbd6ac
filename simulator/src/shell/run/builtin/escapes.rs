//! Backslash escapes of `echo` and `printf` (XCU echo, printf).

/// Which escapes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Escapes {
    /// Octal numbers are written `\\0nnn`, and `\\c` ends the output, as in `echo` and `%b`.
    pub octal_zero: bool,
    /// `\\xhh` is known.
    pub hex: bool,
}

/// The text that the escapes stand for; true if `\c` ended it.
pub(super) fn unescape(text: &str, escapes: Escapes) -> (String, bool) {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            None => out.push('\\'),
            Some('a') => out.push('\u{7}'),
            Some('b') => out.push('\u{8}'),
            Some('e') => out.push('\u{1b}'),
            Some('f') => out.push('\u{c}'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('v') => out.push('\u{b}'),
            Some('\\') => out.push('\\'),
            Some('c') if escapes.octal_zero => return (out, true),
            Some(first @ '0'..='7') if first == '0' || !escapes.octal_zero => {
                let mut digits = String::from(first);
                let most = if escapes.octal_zero { 4 } else { 3 };
                while digits.len() < most
                    && let Some(d) = chars.next_if(|c| c.is_digit(8))
                {
                    digits.push(d);
                }
                let code = u32::from_str_radix(&digits, 8).unwrap_or(0) & 0xff;
                out.extend(char::from_u32(code));
            }
            Some('x') if escapes.hex && chars.peek().is_some_and(char::is_ascii_hexdigit) => {
                let mut digits = String::new();
                while digits.len() < 2
                    && let Some(d) = chars.next_if(char::is_ascii_hexdigit)
                {
                    digits.push(d);
                }
                out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    (out, false)
}
