//! `echo` and `printf`. Which escapes `echo` reads differs between shells.

use super::Shell;

/// Most that one `printf` may write.
const MOST: usize = crate::base::limits::EXPANSION_BYTES;

impl Shell {
    pub(super) fn echo(&mut self, args: &[String]) {
        let builtins = &self.columns().builtins;
        let (mut newline, mut escapes) = (true, builtins.echo_escapes);
        let mut words = args;
        while let Some((first, rest)) = words.split_first() {
            let letters = first.strip_prefix('-').filter(|l| !l.is_empty());
            let allowed = if builtins.echo_e { "neE" } else { "n" };
            let Some(letters) = letters.filter(|l| l.chars().all(|c| allowed.contains(c))) else { break };
            for letter in letters.chars() {
                match letter {
                    'n' => newline = false,
                    'e' => escapes = true,
                    _ => escapes = false,
                }
            }
            words = rest;
        }
        let mut text = words.join(" ");
        if escapes {
            let (plain, stopped) = unescape(&text, true);
            text = plain;
            newline &= !stopped;
        }
        if newline {
            text.push('\n');
        }
        self.finish(0, text);
    }

    pub(super) fn printf(&mut self, args: &[String]) {
        let mut args = args;
        let mut variable = None;
        if let [flag, name, rest @ ..] = args
            && flag == "-v"
        {
            variable = Some(name.clone());
            args = rest;
        }
        if args.first().is_some_and(|a| a == "--") {
            args = args.get(1..).unwrap_or(&[]);
        }
        let Some((format, values)) = args.split_first() else {
            self.state.status = 2;
            return;
        };
        let mut out = String::new();
        let mut values = values.iter();
        let mut failed = false;
        loop {
            let before = values.len();
            let stopped = format_once(format, &mut values, &mut out, &mut failed);
            if stopped || values.len() == 0 || values.len() == before || out.len() > MOST {
                break;
            }
        }
        match variable {
            Some(name) => {
                self.state.set(&name, out);
                self.state.status = 0;
            }
            None => self.finish(u16::from(failed), out),
        }
    }
}

/// One pass over the format; true if `\c` or `%b` with `\c` ended it.
fn format_once(format: &str, values: &mut std::slice::Iter<'_, String>, out: &mut String, failed: &mut bool) -> bool {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let (plain, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (text, stopped) = unescape(plain, false);
        out.push_str(&text);
        if stopped {
            return true;
        }
        let spec = after.get(1..).unwrap_or("");
        let end = spec.find(|c: char| !"-+ #0123456789.*".contains(c)).unwrap_or(spec.len());
        let (flags, tail) = spec.split_at_checked(end).unwrap_or((spec, ""));
        let mut chars = tail.chars();
        let Some(kind) = chars.next() else {
            out.push('%');
            return false;
        };
        rest = chars.as_str();
        let mut flags = flags.to_string();
        while flags.contains('*') {
            let width = values.next().cloned().unwrap_or_default();
            flags = flags.replacen('*', &width, 1);
        }
        let mut next = || values.next().cloned().unwrap_or_default();
        let body = match kind {
            '%' => {
                out.push('%');
                continue;
            }
            's' => next(),
            'b' => unescape(&next(), true).0,
            'c' => next().chars().take(1).collect(),
            'q' => format!("'{}'", next().replace('\'', "'\\''")),
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => integer(kind, &next(), failed),
            '(' => {
                let close = rest.find(")T").unwrap_or(rest.len());
                rest = rest.get(close + 2..).unwrap_or("");
                next()
            }
            other => {
                out.push('%');
                out.push(other);
                continue;
            }
        };
        out.push_str(&pad(&flags, &body, kind));
    }
    let (text, stopped) = unescape(rest, false);
    out.push_str(&text);
    stopped
}

fn integer(kind: char, text: &str, failed: &mut bool) -> String {
    let trimmed = text.trim();
    let value = match trimmed.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None if trimmed.is_empty() => Some(0),
        None => match trimmed.strip_prefix(['\'', '"']) {
            Some(c) => c.chars().next().map(|c| i64::from(u32::from(c))),
            None => trimmed.parse().ok(),
        },
    };
    *failed |= value.is_none();
    let value = value.unwrap_or(0);
    match kind {
        'x' => format!("{value:x}"),
        'X' => format!("{value:X}"),
        'o' => format!("{value:o}"),
        _ => value.to_string(),
    }
}

fn pad(flags: &str, body: &str, kind: char) -> String {
    let left = flags.starts_with('-') || flags.contains("-");
    let digits = flags.trim_start_matches(['-', '+', ' ', '#']);
    let zero = digits.starts_with('0') && !left && kind != 's';
    let (width, precision) = match digits.split_once('.') {
        Some((w, p)) => (w, Some(p.parse().unwrap_or(0))),
        None => (digits, None),
    };
    let width: usize = width.parse().unwrap_or(0).min(1_000);
    let cut: String = match (kind, precision) {
        ('s' | 'b', Some(most)) => body.chars().take(most).collect(),
        ('d' | 'i' | 'u' | 'x' | 'X' | 'o', Some(least)) => {
            let least: usize = least;
            format!("{}{body}", "0".repeat(least.min(1_000).saturating_sub(body.len())))
        }
        _ => body.to_string(),
    };
    let missing = width.saturating_sub(cut.chars().count());
    match (left, zero) {
        (true, _) => cut + &" ".repeat(missing),
        (false, true) => match cut.strip_prefix('-') {
            Some(rest) => format!("-{}{rest}", "0".repeat(missing)),
            None => "0".repeat(missing) + &cut,
        },
        (false, false) => " ".repeat(missing) + &cut,
    }
}

/// Backslash escapes; `octal_zero`: octal numbers are written `\0nnn`. True if `\c` ended the text.
fn unescape(text: &str, octal_zero: bool) -> (String, bool) {
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
            Some('c') => return (out, true),
            Some(first @ '0'..='7') if first == '0' || !octal_zero => {
                let mut digits = String::from(first);
                let most = if octal_zero { 4 } else { 3 };
                while digits.len() < most
                    && let Some(d) = chars.next_if(|c| c.is_digit(8))
                {
                    digits.push(d);
                }
                let code = u32::from_str_radix(&digits, 8).unwrap_or(0) & 0xff;
                out.extend(char::from_u32(code));
            }
            Some('x') => {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn printf(format: &str, values: &[&str]) -> String {
        let values: Vec<String> = values.iter().map(|v| (*v).to_string()).collect();
        let mut iter = values.iter();
        let mut out = String::new();
        format_once(format, &mut iter, &mut out, &mut false);
        out
    }

    #[test]
    fn printf_pads_and_cuts_as_in_c() {
        assert_eq!(printf("%5s|%-5s|%.2s", &["ab", "cd", "efg"]), "   ab|cd   |ef");
        assert_eq!(printf("%03d %x %%\\n", &["7", "255"]), "007 ff %\n");
        assert_eq!(printf("%s %s", &["a"]), "a ");
    }
}
