//! Which type an unquoted word has: YAML 1.1 as go-yaml v2 resolves it, since kubectl converts manifests with it.
//!
//! Source: go-yaml v2.4 `resolve.go` (used by sigs.k8s.io/yaml): `y yes on` are booleans, `0777` is octal, `_` is
//! allowed in numbers, base 60 is not read, dates stay text.

use super::node::Kind;

const TRUE: &[&str] = &["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
const FALSE: &[&str] = &["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
const NULL: &[&str] = &["", "~", "null", "Null", "NULL"];
const NOT_FINITE: &[&str] =
    &[".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"];

/// The value of an unquoted scalar.
pub fn resolve(text: &str) -> Kind {
    if TRUE.contains(&text) {
        return Kind::Bool(true);
    }
    if FALSE.contains(&text) {
        return Kind::Bool(false);
    }
    if NULL.contains(&text) {
        return Kind::Null;
    }
    if NOT_FINITE.contains(&text) {
        return Kind::Number(text.to_owned());
    }
    match text.chars().next() {
        Some('0'..='9' | '+' | '-' | '.') => number(text),
        _ => Kind::Text(text.to_owned()),
    }
}

fn number(text: &str) -> Kind {
    let plain = text.replace('_', "");
    match whole(&plain) {
        Some(value) => i64::try_from(value).map_or_else(|_| Kind::Number(text.to_owned()), Kind::Int),
        None if is_float(&plain) => float(text, &plain),
        None => Kind::Text(text.to_owned()),
    }
}

/// Go's `strconv.ParseInt(s, 0, 64)`, and unsigned numbers up to 64 bits.
fn whole(plain: &str) -> Option<i128> {
    let (negative, digits) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(plain)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = [("0x", 16), ("0o", 8), ("0b", 2)]
        .into_iter()
        .find_map(|(prefix, radix)| lower.strip_prefix(prefix).map(|rest| (radix, rest)))
        .unwrap_or(match lower.strip_prefix('0') {
            Some(rest) if !rest.is_empty() => (8, rest),
            _ => (10, lower.as_str()),
        });
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(digits, radix).ok()?);
    Some(if negative { -value } else { value })
}

/// A float without a fraction is a whole number once it is JSON: `08` and `30.0` reach the API as 8 and 30.
fn float(text: &str, plain: &str) -> Kind {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    match whole.parse::<i64>() {
        Ok(value) if fraction.bytes().all(|b| b == b'0') => Kind::Int(value),
        Ok(_) | Err(_) => Kind::Number(text.to_owned()),
    }
}

/// go-yaml's `^[-+]?[0-9]*\.?[0-9]+([eE][-+][0-9]+)?$`; a leading dot is read by Go's `ParseFloat`, which is as strict.
fn is_float(plain: &str) -> bool {
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((before, after)) => (before.is_empty() || digits(before)) && digits(after),
        None => digits(mantissa),
    };
    mantissa_fits && exponent.is_none_or(|e| e.strip_prefix(['-', '+']).is_some_and(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_1_1_words_are_booleans() {
        for text in ["y", "yes", "On", "TRUE"] {
            assert_eq!(resolve(text), Kind::Bool(true), "{text}");
        }
        for text in ["n", "No", "OFF", "false"] {
            assert_eq!(resolve(text), Kind::Bool(false), "{text}");
        }
        assert_eq!(resolve("yEs"), Kind::Text("yEs".into()));
    }

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        for (text, value) in [
            ("30", 30),
            ("-1", -1),
            ("+7", 7),
            ("0777", 511),
            ("0x1f", 31),
            ("0o17", 15),
            ("0b11", 3),
            ("1_000", 1000),
            ("08", 8),
            ("30.0", 30),
        ] {
            assert_eq!(resolve(text), Kind::Int(value), "{text}");
        }
        assert_eq!(resolve("9223372036854775808"), Kind::Number("9223372036854775808".into()));
        assert_eq!(resolve("1.5"), Kind::Number("1.5".into()));
        assert_eq!(resolve("-.inf"), Kind::Number("-.inf".into()));
    }

    #[test]
    fn times_quantities_and_versions_are_text() {
        for text in ["25%", "1:30", "2026-01-02", "128Mi", "1.2.3", "30s", "0x", "-", "--5", "1e5"] {
            assert_eq!(resolve(text), Kind::Text(text.into()));
        }
    }

    #[test]
    fn nothing_and_tilde_are_null() {
        assert_eq!(resolve(""), Kind::Null);
        assert_eq!(resolve("~"), Kind::Null);
    }
}
