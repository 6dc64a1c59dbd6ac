//! awk: from text to tokens (POSIX awk, "Lexical Conventions").

/// Tokens of one program.
const MOST: usize = 8_000;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    Regex(String),
    /// A name, also a keyword or a built-in function.
    Name(String),
    /// A name with `(` right behind it.
    Function(String),
    /// An operator or a mark.
    Mark(&'static str),
    Newline,
}

const MARKS: &[&str] = &[
    "**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "**", "==", "<=", ">=", "!=", "!~", ">>", "{",
    "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", ">", "<", "|", "?", ":", "~", "$", "=",
];

/// The tokens, or what stands where it cannot.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if tokens.len() > MOST {
            return Err("end of file".into());
        }
        if let Some(after) = rest.strip_prefix("\\\n").or_else(|| rest.strip_prefix("\\\r\n")) {
            rest = after;
        } else if c == '#' {
            rest = rest.get(rest.find('\n').unwrap_or(rest.len())..).unwrap_or("");
        } else if c == '\n' {
            tokens.push(Token::Newline);
            rest = rest.get(1..).unwrap_or("");
        } else if c.is_whitespace() {
            rest = rest.get(c.len_utf8()..).unwrap_or("");
        } else if c == '"' || (c == '/' && !divides(tokens.last())) {
            let (inner, after) = quoted(rest.get(1..).unwrap_or(""), c).ok_or("unexpected newline")?;
            tokens.push(if c == '"' {
                Token::Text(super::value::escapes(inner))
            } else {
                Token::Regex(inner.to_owned())
            });
            rest = after;
        } else if c.is_ascii_digit()
            || (c == '.' && rest.get(1..2).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit())))
        {
            let (number, length) = super::value::leading(rest);
            tokens.push(Token::Number(number));
            rest = rest.get(length.max(1)..).unwrap_or("");
        } else if c.is_ascii_alphabetic() || c == '_' {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            let called = after.starts_with('(');
            tokens.push(if called { Token::Function(name.to_owned()) } else { Token::Name(name.to_owned()) });
            rest = after;
        } else {
            let mark = MARKS.iter().find(|m| rest.starts_with(**m)).ok_or_else(|| c.to_string())?;
            tokens.push(Token::Mark(match *mark {
                "**" => "^",
                "**=" => "^=",
                mark => mark,
            }));
            rest = rest.get(mark.len()..).unwrap_or("");
        }
    }
    Ok(tokens)
}

/// Is a slash behind this a division, or does it begin an expression?
fn divides(last: Option<&Token>) -> bool {
    match last {
        Some(Token::Name(name)) => !super::parse::is_keyword(name),
        Some(Token::Number(_) | Token::Text(_)) => true,
        Some(Token::Mark(mark)) => matches!(*mark, ")" | "]" | "$" | "++" | "--"),
        _ => false,
    }
}

/// What stands before the closing mark, and what behind it.
fn quoted(text: &str, close: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    let mut in_bracket = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return None,
            '[' if close == '/' => in_bracket = true,
            ']' => in_bracket = false,
            c if c == close && !in_bracket => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}
