//! `printf` (XCU printf; printf(1p) "EXTENDED DESCRIPTION" of the format), with `%q`, `%(..)T` and `-v` where a shell has them.

use super::Shell;
use super::escapes::{Escapes, unescape};
use super::quote::{self, ListQuote, backslashed};

/// Most that one `printf` may write.
const MOST: usize = crate::base::limits::EXPANSION_BYTES;
/// Length modifiers of C, which some shells pass over.
const LENGTHS: [char; 7] = ['h', 'l', 'L', 'j', 'z', 't', 'q'];
/// Widest field.
const WIDEST: usize = 1_000;

/// One call of `printf`.
struct Printf<'a> {
    values: std::slice::Iter<'a, String>,
    out: String,
    /// Texts that should have been numbers.
    bad_numbers: Vec<String>,
    /// A directive that the shell does not know, and what follows its `%`.
    bad_directive: Option<(String, String)>,
    escapes: Escapes,
    quotes: bool,
    /// How `%q` quotes.
    quote: fn(&str) -> String,
    times: bool,
    empty_is_number: bool,
}

/// `%-5.3d` without its last letter.
#[derive(Default)]
struct Spec {
    left: bool,
    plus: bool,
    blank: bool,
    zero: bool,
    alternative: bool,
    width: usize,
    precision: Option<usize>,
}

impl Shell {
    pub(super) fn printf(&mut self, args: &[String]) {
        let builtins = &self.columns().builtins;
        let mut args = args;
        let mut variable = None;
        match args {
            [flag, name, rest @ ..] if flag == "-v" && builtins.printf_v => {
                variable = Some(name.clone());
                args = rest;
            }
            _ if builtins.printf_without_options => {}
            [flag, ..] if flag.len() > 1 && flag.starts_with('-') && flag != "--" && !flag.contains('%') => {
                let letter: String = flag.chars().skip(1).take(1).collect();
                self.illegal_option("printf", &letter);
                return;
            }
            _ => {}
        }
        if args.first().is_some_and(|a| a == "--") {
            args = args.get(1..).unwrap_or(&[]);
        }
        let Some((format, values)) = args.split_first() else {
            let message = self.message(self.columns().messages.printf_usage, "printf", &[]);
            self.fail(u16::from(self.columns().builtins.no_operands_status), message);
            return;
        };
        let as_needed = self.columns().details.list_quote == ListQuote::AsNeeded;
        let mut printf = Printf {
            values: values.iter(),
            out: String::new(),
            bad_numbers: Vec::new(),
            bad_directive: None,
            escapes: Escapes { octal_zero: false, hex: builtins.printf_extended },
            quotes: builtins.printf_extended && builtins.printf_v,
            quote: if as_needed { quote::as_needed } else { backslashed },
            times: builtins.printf_v,
            empty_is_number: builtins.printf_empty_is_number,
        };
        loop {
            let before = printf.values.len();
            let goes_on = printf.once(format);
            let left = printf.values.len();
            if !goes_on || left == 0 || left == before || printf.out.len() > MOST {
                break;
            }
        }
        let Printf { out, bad_numbers, bad_directive, .. } = printf;
        self.printed(variable, out, &bad_numbers, bad_directive);
    }

    fn printed(&mut self, variable: Option<String>, out: String, numbers: &[String], bad: Option<(String, String)>) {
        let messages = &self.columns().messages;
        let mut lines: Vec<String> =
            numbers.iter().map(|text| self.message(messages.printf_number, "printf", &[("name", text)])).collect();
        let mut status = u16::from(!numbers.is_empty());
        if let Some((directive, rest)) = bad {
            let next: String = rest.trim_start_matches(LENGTHS).chars().take(1).collect();
            let values = [
                ("name", directive.as_str()),
                ("text", rest.as_str()),
                ("rest", rest.trim_start_matches(['h', 'l', 'L', 'j', 'z', 't'])),
                ("letter", next.as_str()),
            ];
            lines.push(self.message(messages.printf_directive, "printf", &values));
            status = u16::from(self.columns().builtins.printf_directive_status);
        }
        match variable {
            Some(name) => {
                self.set_reference(&name, out);
                self.state.status = status;
            }
            None => self.finish(status, out),
        }
        // The output is buffered: what is said of it comes first.
        self.error(lines.join("\n"));
    }
}

/// What one pass of printf(1) over a format makes of these values, for programs that have the same formats.
pub(crate) fn formatted(format: &str, values: &[String]) -> String {
    let mut printf = plain(values);
    printf.once(format);
    printf.out
}

/// printf(1): the format again as long as values are left.
pub(crate) fn printed(format: &str, values: &[String]) -> String {
    let mut printf = plain(values);
    loop {
        let before = printf.values.len();
        let goes_on = printf.once(format);
        let left = printf.values.len();
        if !goes_on || left == 0 || left == before || printf.out.len() > MOST {
            return printf.out;
        }
    }
}

fn plain(values: &[String]) -> Printf<'_> {
    Printf {
        values: values.iter(),
        out: String::new(),
        bad_numbers: Vec::new(),
        bad_directive: None,
        escapes: Escapes { octal_zero: false, hex: true },
        quotes: true,
        quote: backslashed,
        times: false,
        empty_is_number: true,
    }
}

impl Printf<'_> {
    fn next(&mut self) -> String {
        self.values.next().cloned().unwrap_or_default()
    }

    /// One pass over the format; false if nothing more is to be printed.
    fn once(&mut self, format: &str) -> bool {
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            let (plain, after) = rest.split_at_checked(at).unwrap_or((rest, ""));
            let (text, stopped) = unescape(plain, self.escapes);
            self.out.push_str(&text);
            if stopped {
                return false;
            }
            match self.directive(after.get(1..).unwrap_or("")) {
                Some(tail) => rest = tail,
                None => return false,
            }
        }
        let (text, stopped) = unescape(rest, self.escapes);
        self.out.push_str(&text);
        !stopped
    }

    /// A directive behind its `%`: what stands behind it; none if nothing more is to be printed.
    fn directive<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (spec, tail) = self.spec(text);
        let long = tail.trim_start_matches(LENGTHS);
        let is_long = self.quotes && !tail.starts_with('q') && long.starts_with(|c| "diouxXeEfFgGc".contains(c));
        let mut chars = if is_long { long.chars() } else { tail.chars() };
        let kind = chars.next();
        let rest = chars.as_str();
        let body = match kind {
            Some('%') => {
                self.out.push('%');
                return Some(rest);
            }
            Some('s') => cut(&self.next(), spec.precision),
            Some('b') => {
                let value = self.next();
                let (text, stopped) = unescape(&value, Escapes { octal_zero: true, ..self.escapes });
                if stopped {
                    self.out.push_str(&text);
                    return None;
                }
                cut(&text, spec.precision)
            }
            Some('c') => self.next().chars().next().unwrap_or('\0').to_string(),
            Some('q') if self.quotes => (self.quote)(&self.next()),
            Some(kind @ ('d' | 'i' | 'u' | 'x' | 'X' | 'o')) => {
                let value = self.next();
                self.integer(kind, &spec, &value)
            }
            Some(kind @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G')) => {
                let value = self.next();
                self.float(kind, &spec, &value)
            }
            Some('(') if self.times && rest.contains(")T") => {
                let (format, after) = rest.split_once(")T").unwrap_or((rest, ""));
                let seconds = self.next().trim().parse().unwrap_or(0);
                let text = super::calendar::format_time(format, seconds);
                self.pad(&spec, text, false);
                return Some(after);
            }
            other => {
                let directive: String = other.into_iter().collect();
                let flags = text.get(..text.len() - tail.len()).unwrap_or("");
                self.bad_directive = Some((format!("{flags}{directive}"), format!("{flags}{tail}")));
                return None;
            }
        };
        let numeric = kind.is_some_and(|k| "diuxXoeEfFgG".contains(k));
        self.pad(&spec, body, numeric && !(spec.precision.is_some() && kind.is_some_and(|k| "diuxXo".contains(k))));
        Some(rest)
    }

    /// Flags, width and precision, and what stands behind them.
    fn spec<'t>(&mut self, text: &'t str) -> (Spec, &'t str) {
        let mut spec = Spec::default();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match c {
                '-' => spec.left = true,
                '+' => spec.plus = true,
                ' ' => spec.blank = true,
                '0' => spec.zero = true,
                '#' => spec.alternative = true,
                _ => break,
            }
            rest = rest.get(1..).unwrap_or("");
        }
        let (width, after) = self.count(rest);
        if width.is_some_and(|w| w < 0) {
            spec.left = true;
        }
        spec.width = width.map_or(0, |w| usize::try_from(w.unsigned_abs()).unwrap_or(WIDEST)).min(WIDEST);
        rest = after;
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = self.count(after);
            spec.precision = Some(usize::try_from(precision.unwrap_or(0)).unwrap_or(0).min(WIDEST));
            rest = after;
        }
        (spec, rest)
    }

    fn count<'t>(&mut self, text: &'t str) -> (Option<i64>, &'t str) {
        if let Some(rest) = text.strip_prefix('*') {
            return (self.next().trim().parse().ok(), rest);
        }
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        (digits.parse().ok(), rest)
    }

    fn integer(&mut self, kind: char, spec: &Spec, text: &str) -> String {
        let value = number(text).or_else(|| (text.is_empty() && self.empty_is_number).then_some(0));
        let value = value.unwrap_or_else(|| {
            self.bad_numbers.push(text.to_owned());
            leading(text)
        });
        let mut digits = match kind {
            'x' => format!("{value:x}"),
            'X' => format!("{value:X}"),
            'o' => format!("{value:o}"),
            'u' => u64::from_ne_bytes(value.to_ne_bytes()).to_string(),
            _ => value.unsigned_abs().to_string(),
        };
        if let Some(least) = spec.precision {
            digits = "0".repeat(least.saturating_sub(digits.len())) + &digits;
        }
        let sign = match kind {
            'd' | 'i' if value < 0 => "-",
            'd' | 'i' if spec.plus => "+",
            'd' | 'i' if spec.blank => " ",
            'x' if spec.alternative && value != 0 => "0x",
            'X' if spec.alternative && value != 0 => "0X",
            'o' if spec.alternative && !digits.starts_with('0') => "0",
            _ => "",
        };
        format!("{sign}{digits}")
    }

    fn float(&mut self, kind: char, spec: &Spec, text: &str) -> String {
        let value: f64 = if text.is_empty() { 0.0 } else { text.trim().parse().unwrap_or(f64::NAN) };
        if value.is_nan() {
            self.bad_numbers.push(text.to_owned());
        }
        let value = if value.is_nan() { 0.0 } else { value };
        let precision = spec.precision.unwrap_or(6);
        let body = match kind {
            'f' | 'F' => format!("{:.precision$}", value.abs()),
            'e' | 'E' => exponent(value.abs(), precision),
            _ => general(value.abs(), precision.max(1)),
        };
        let body = if kind.is_ascii_uppercase() { body.to_uppercase() } else { body };
        let sign = match value.is_sign_negative() {
            true => "-",
            false if spec.plus => "+",
            false if spec.blank => " ",
            false => "",
        };
        format!("{sign}{body}")
    }

    fn pad(&mut self, spec: &Spec, body: String, zeros: bool) {
        let missing = spec.width.saturating_sub(body.chars().count());
        if spec.left {
            self.out.push_str(&body);
            self.out.push_str(&" ".repeat(missing));
        } else if spec.zero && zeros {
            let prefix = ["0x", "0X", "-", "+", " "].iter().find(|p| body.starts_with(**p)).map_or(0, |p| p.len());
            let (sign, digits) = body.split_at_checked(prefix).unwrap_or(("", &body));
            self.out.push_str(sign);
            self.out.push_str(&"0".repeat(missing));
            self.out.push_str(digits);
        } else {
            self.out.push_str(&" ".repeat(missing));
            self.out.push_str(&body);
        }
    }
}

fn cut(text: &str, most: Option<usize>) -> String {
    text.chars().take(most.unwrap_or(usize::MAX)).collect()
}

/// A C constant, or the code of the character behind a quote.
fn number(text: &str) -> Option<i64> {
    let text = text.trim_start();
    if let Some(quoted) = text.strip_prefix(['\'', '"']) {
        return quoted.chars().next().map(|c| i64::from(u32::from(c)));
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let value = match (hex, digits.strip_prefix('0')) {
        (Some(hex), _) => i64::from_str_radix(hex, 16).ok()?,
        (None, Some(octal)) if !octal.is_empty() => i64::from_str_radix(octal, 8).ok()?,
        _ => digits.parse().ok()?,
    };
    Some(if negative { -value } else { value })
}

/// The number that a text begins with.
fn leading(text: &str) -> i64 {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// `1.234500e+03`
fn exponent(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, power) = match power.strip_prefix('-') {
        Some(power) => ('-', power),
        None => ('+', power),
    };
    format!("{digits}e{sign}{power:0>2}")
}

/// `%g`: the shorter of both forms, without zeros at the end.
fn general(value: f64, precision: usize) -> String {
    let scientific = exponent(value, precision - 1);
    let (digits, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i64 = power.parse().unwrap_or(0);
    let trim = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    let most = i64::try_from(precision).unwrap_or(6);
    if power < -4 || power >= most {
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trim(digits), power.abs());
    }
    let places = usize::try_from(most - 1 - power).unwrap_or(0);
    trim(&format!("{value:.places$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printf(format: &str, values: &[&str]) -> String {
        let values: Vec<String> = values.iter().map(|v| (*v).to_string()).collect();
        let mut printf = Printf { times: true, ..plain(&values) };
        printf.once(format);
        printf.out
    }

    #[test]
    fn printf_pads_and_cuts_as_in_c() {
        assert_eq!(printf("%5s|%-5s|%.2s", &["ab", "cd", "efg"]), "   ab|cd   |ef");
        assert_eq!(printf("%03d %x %%\\n", &["7", "255"]), "007 ff %\n");
        assert_eq!(printf("%s %s", &["a"]), "a ");
        assert_eq!(printf("%+d|% d|%#x|%#o|%.3d", &["7", "7", "255", "8", "5"]), "+7| 7|0xff|010|005");
    }

    #[test]
    fn fractions_come_out_as_in_c() {
        assert_eq!(
            printf("%.2f %e %g %g", &["3.14159", "1234.5", "0.0001", "1000000"]),
            "3.14 1.234500e+03 0.0001 1e+06"
        );
    }

    #[test]
    fn the_date_of_a_second_is_told() {
        assert_eq!(printf("%(%F %T)T", &["86400"]), "1970-01-02 00:00:00");
    }
}
