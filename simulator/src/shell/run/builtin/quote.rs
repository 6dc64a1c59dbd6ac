//! Quoting a text so that a shell reads it back: `trap`, `set`, `export -p`, `alias`, `printf %q`, `declare -p`.

use super::Shell;

/// How a shell quotes a value that it lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListQuote {
    /// Always `'..'`, with `'"'"'` for a quote (dash).
    DoubleQuoted,
    /// Always `'..'`, with `'\''` for a quote.
    Backslash,
    /// The same, where a character asks for it.
    WhenNeeded,
    /// The same, and nothing for an empty value (posh).
    WhenNeededForText,
    /// What stands between quotes in it, each part where it needs it, with `\'` between (yash `expand.c`, `wb_quote_as_word`).
    Parts,
    /// Only where it is needed: `'..'`, and `$'..'` with a quote or a control character (ksh93 `sh/string.c`, `sh_fmtq`).
    AsNeeded,
}

/// How a shell lists variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListStyle {
    /// `export name='value'`
    Command,
    /// `declare -x name="value"`
    Declare,
}

impl Shell {
    /// In single quotes, as this shell lists values.
    pub(super) fn quoted(&self, text: &str) -> String {
        match self.columns().details.list_quote {
            ListQuote::AsNeeded => as_needed(text),
            ListQuote::Parts if !text.is_empty() => {
                let plain = |part: &str| part.chars().all(|c| c.is_alphanumeric() || ".-_/".contains(c));
                let quote = |part| if plain(part) { part.to_owned() } else { format!("'{part}'") };
                text.split('\'').map(quote).collect::<Vec<_>>().join("\\'")
            }
            ListQuote::WhenNeeded if is_plain(text) => text.to_owned(),
            ListQuote::WhenNeededForText if text.is_empty() || is_plain(text) => text.to_owned(),
            ListQuote::Parts | ListQuote::Backslash | ListQuote::WhenNeeded | ListQuote::WhenNeededForText => {
                format!("'{}'", text.replace('\'', "'\\''"))
            }
            ListQuote::DoubleQuoted => {
                // A run of quotes stands in double quotes.
                let mut out = String::from("'");
                let mut in_run = false;
                for c in text.chars() {
                    match (c == '\'', in_run) {
                        (true, false) => out.push_str("'\"'"),
                        (false, true) => {
                            out.push_str("\"'");
                            out.push(c);
                        }
                        _ => out.push(c),
                    }
                    in_run = c == '\'';
                }
                out.push_str(if in_run { "\"" } else { "'" });
                out
            }
        }
    }
}

/// In quotes where it needs them.
pub(super) fn as_needed(text: &str) -> String {
    match text {
        text if is_plain(text) => text.to_owned(),
        text if text.contains(|c: char| c == '\'' || c.is_control()) => dollar_quoted(text),
        text => format!("'{text}'"),
    }
}

/// Does it need no quotes?
pub(in crate::shell::run) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-+./:=@%,".contains(c))
}

/// `%q`: backslashes, or `$'..'` where control characters are.
pub(super) fn backslashed(text: &str) -> String {
    if text.is_empty() {
        return "''".into();
    }
    if text.chars().any(char::is_control) {
        return dollar_quoted(text);
    }
    let mut out = String::new();
    for (n, c) in text.chars().enumerate() {
        let special = " \t'\"\\$`*?[]{}()<>;&|!^,".contains(c) || (n == 0 && "#~".contains(c));
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `$'..'`
pub(in crate::shell::run) fn dollar_quoted(text: &str) -> String {
    let mut out = String::from("$'");
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{1b}' => out.push_str("\\E"),
            '\u{7}' => out.push_str("\\a"),
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\{:03o}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// `"..."` as `declare -p` prints it.
pub(super) fn double_quoted(text: &str) -> String {
    if text.chars().any(char::is_control) {
        return dollar_quoted(text);
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        if "\"\\$`".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
