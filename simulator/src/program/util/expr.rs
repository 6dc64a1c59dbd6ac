//! expr(1): arithmetic, comparison, `:` and the functions of texts (POSIX expr).

use super::text::matched;

/// Nesting of parentheses.
const DEPTH: usize = 32;

struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
    depth: usize,
}

/// What it prints, and its exit code: 1 for an empty text or 0, 2 for what is no expression.
pub(super) fn expr(words: &[&str]) -> Result<(String, u8), String> {
    let mut reader = Reader { words, at: 0, depth: 0 };
    if words.is_empty() {
        return Err("missing operand\nTry 'expr --help' for more information.".into());
    }
    let value = reader.either()?;
    if let Some(word) = reader.peek() {
        return Err(format!("syntax error: unexpected argument '{word}'"));
    }
    let code = u8::from(is_null(&value));
    Ok((value, code))
}

fn is_null(text: &str) -> bool {
    text.is_empty() || text.parse::<i64>() == Ok(0)
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, words: &[&'static str]) -> Option<&'static str> {
        let word = self.peek()?;
        let found = words.iter().find(|w| **w == word).copied();
        self.at += usize::from(found.is_some());
        found
    }

    fn either(&mut self) -> Result<String, String> {
        let mut left = self.both()?;
        while self.take(&["|"]).is_some() {
            let right = self.both()?;
            left = if !is_null(&left) {
                left
            } else if right.is_empty() {
                "0".into()
            } else {
                right
            };
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<String, String> {
        let mut left = self.compared()?;
        while self.take(&["&"]).is_some() {
            let right = self.compared()?;
            left = if is_null(&left) || is_null(&right) { "0".into() } else { left };
        }
        Ok(left)
    }

    fn compared(&mut self) -> Result<String, String> {
        let mut left = self.sum()?;
        while let Some(operator) = self.take(&["=", "==", "!=", "<", "<=", ">", ">="]) {
            let right = self.sum()?;
            let order = match (left.parse::<i64>(), right.parse::<i64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => left.cmp(&right),
            };
            let holds = match operator {
                "=" | "==" => order.is_eq(),
                "!=" => order.is_ne(),
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_ge(),
            };
            left = u8::from(holds).to_string();
        }
        Ok(left)
    }

    fn numbers(left: &str, right: &str) -> Result<(i64, i64), String> {
        match (left.parse(), right.parse()) {
            (Ok(a), Ok(b)) => Ok((a, b)),
            _ => Err("non-integer argument".into()),
        }
    }

    fn sum(&mut self) -> Result<String, String> {
        let mut left = self.product()?;
        while let Some(operator) = self.take(&["+", "-"]) {
            let (a, b) = Self::numbers(&left, &self.product()?)?;
            left = if operator == "+" { a.saturating_add(b) } else { a.saturating_sub(b) }.to_string();
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<String, String> {
        let mut left = self.matching()?;
        while let Some(operator) = self.take(&["*", "/", "%"]) {
            let (a, b) = Self::numbers(&left, &self.matching()?)?;
            let value = match operator {
                "*" => Some(a.saturating_mul(b)),
                "/" => a.checked_div(b),
                _ => a.checked_rem(b),
            };
            left = value.ok_or("division by zero")?.to_string();
        }
        Ok(left)
    }

    fn matching(&mut self) -> Result<String, String> {
        let mut left = self.primary()?;
        while self.take(&[":"]).is_some() {
            let pattern = self.primary()?;
            left = matched(&left, &pattern);
        }
        Ok(left)
    }

    fn primary(&mut self) -> Result<String, String> {
        let Some(word) = self.peek() else {
            let last = self.words.last().copied().unwrap_or("");
            return Err(format!("syntax error: missing argument after '{last}'"));
        };
        self.at += 1;
        let more = self.peek().is_some();
        match word {
            "(" if self.depth < DEPTH => {
                self.depth += 1;
                let value = self.either()?;
                self.depth -= 1;
                match self.take(&[")"]) {
                    Some(_) => Ok(value),
                    None => Err(format!("syntax error: expecting ')' after '{value}'")),
                }
            }
            "length" if more => Ok(self.primary()?.chars().count().to_string()),
            "match" if more => {
                let (text, pattern) = (self.primary()?, self.primary()?);
                Ok(matched(&text, &pattern))
            }
            "index" if more => {
                let (text, letters) = (self.primary()?, self.primary()?);
                Ok(text.chars().position(|c| letters.contains(c)).map_or(0, |at| at + 1).to_string())
            }
            "substr" if more => {
                let (text, from, length) = (self.primary()?, self.primary()?, self.primary()?);
                let (from, length) = (from.parse().unwrap_or(0_usize), length.parse().unwrap_or(0));
                Ok(if from == 0 { String::new() } else { text.chars().skip(from - 1).take(length).collect() })
            }
            word => Ok(word.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_give_what_expr_prints() {
        let of = |text: &str| expr(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(of("1 + 2 * 3"), Ok(("7".into(), 0)));
        assert_eq!(of("5 - 5"), Ok(("0".into(), 1)));
        assert_eq!(of("apache2 : apache"), Ok(("6".into(), 0)));
        assert_eq!(of("v12.3 : v\\([0-9]*\\)"), Ok(("12".into(), 0)));
        assert_eq!(of("abc : x"), Ok(("0".into(), 1)));
        assert_eq!(of("( 1 + 2 ) >= 3 & 4"), Ok(("1".into(), 0)));
        assert_eq!(of("length word"), Ok(("4".into(), 0)));
        assert_eq!(of("1 / 0"), Err("division by zero".into()));
        assert_eq!(of("a + 1"), Err("non-integer argument".into()));
    }
}
