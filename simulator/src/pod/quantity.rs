//! Resource quantities such as `128Mi`, `500m` and `1e3`.
//!
//! Source: `k8s.io/apimachinery/pkg/api/resource` quantity.go, suffix.go. Only whole bytes are needed here; a fraction is
//! rounded up, as the API does.

/// The expression that the API server names in its message.
pub const PATTERN: &str = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";

/// Suffix, and the factor as a fraction.
const SUFFIXES: &[(&str, i128, i128)] = &[
    ("n", 1, 1_000_000_000),
    ("u", 1, 1_000_000),
    ("m", 1, 1_000),
    ("", 1, 1),
    ("k", 1_000, 1),
    ("M", 1_000_000, 1),
    ("G", 1_000_000_000, 1),
    ("T", 1_000_000_000_000, 1),
    ("P", 1_000_000_000_000_000, 1),
    ("E", 1_000_000_000_000_000_000, 1),
    ("Ki", 1 << 10, 1),
    ("Mi", 1 << 20, 1),
    ("Gi", 1 << 30, 1),
    ("Ti", 1 << 40, 1),
    ("Pi", 1 << 50, 1),
    ("Ei", 1 << 60, 1),
];

/// Is it a quantity at all?
pub fn is_quantity(text: &str) -> bool {
    parts(text).is_some()
}

/// The whole value, a fraction rounded up; `None` if it is no quantity. Larger than `i64::MAX` becomes `i64::MAX`.
pub fn whole(text: &str) -> Option<i64> {
    let (negative, digits, decimals, multiply, divide) = parts(text)?;
    let scale = 10_i128.checked_pow(u32::try_from(decimals).ok()?)?.checked_mul(divide)?;
    let product = digits.checked_mul(multiply)?;
    let rounded = product.checked_add(scale.checked_sub(1)?)?.checked_div(scale)?;
    let value = i64::try_from(rounded).unwrap_or(i64::MAX);
    Some(if negative { -value } else { value })
}

/// Sign, digits as one number, how many of them are decimals, factor.
fn parts(text: &str) -> Option<(bool, i128, usize, i128, i128)> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at_checked(end)?;
    let (before, after) = number.split_once('.').unwrap_or((number, ""));
    if after.contains('.') || (before.is_empty() && after.is_empty()) || number.len() > 30 {
        return None;
    }
    let digits = format!("{before}{after}").parse::<i128>().ok()?;
    let (multiply, divide) = match SUFFIXES.iter().find(|(known, _, _)| *known == suffix) {
        Some((_, multiply, divide)) => (*multiply, *divide),
        None => exponent(suffix)?,
    };
    Some((negative, digits, after.len(), multiply, divide))
}

fn exponent(suffix: &str) -> Option<(i128, i128)> {
    let power = suffix.strip_prefix(['e', 'E'])?.parse::<i32>().ok()?;
    let factor = 10_i128.checked_pow(power.unsigned_abs())?;
    Some(if power < 0 { (1, factor) } else { (factor, 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_powers_of_ten_or_of_two() {
        for (text, value) in
            [("64Mi", 67_108_864), ("1Gi", 1_073_741_824), ("2k", 2_000), ("1500m", 2), ("1e3", 1_000), ("0.5Ki", 512)]
        {
            assert_eq!(whole(text), Some(value), "{text}");
        }
        assert_eq!(whole("-1"), Some(-1));
        assert_eq!(whole("16E"), Some(i64::MAX));
    }

    #[test]
    fn other_text_is_no_quantity() {
        for text in ["", "Mi", "12 apples", "1.2.3", "64MB", "0x10", "e3", "."] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
