//! Parser directives: `# escape=`, `# syntax=` and `# check=` before everything else.
//!
//! Follows BuildKit `frontend/dockerfile/parser/directives.go`. `syntax` and `check` are read and change nothing here.

/// The directives in force while a file is read.
#[derive(Clone, Debug)]
pub struct Directives {
    seen: Vec<&'static str>,
    done: bool,
    /// The character that escapes and continues lines.
    pub escape: char,
}

impl Default for Directives {
    fn default() -> Self {
        Directives { seen: Vec::new(), done: false, escape: '\\' }
    }
}

impl Directives {
    /// Looks at one line, which has neither leading blanks (but for continuation lines) nor a line end.
    pub fn look(&mut self, line: &str) -> Result<(), String> {
        if self.done {
            return Ok(());
        }
        let Some((name, value)) = line.strip_prefix('#').and_then(assignment) else {
            self.done = true;
            return Ok(());
        };
        let lower = name.to_ascii_lowercase();
        let Some(known) = ["syntax", "escape", "check"].into_iter().find(|k| *k == lower) else {
            self.done = true;
            return Ok(());
        };
        if self.seen.contains(&known) {
            return Err(format!("only one {known} parser directive can be used"));
        }
        self.seen.push(known);
        if known == "escape" {
            self.escape = match value {
                "\\" => '\\',
                "`" => '`',
                other => return Err(format!("invalid escape token '{other}' does not match ` or \\")),
            };
        }
        Ok(())
    }
}

/// `name = value`, both trimmed.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let blank = |c: char| matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ');
    let (name, value) = text.trim_start().split_once('=')?;
    let name = name.trim_end_matches(blank);
    let value = value.trim_matches(blank);
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    (starts && name.chars().all(|c| c.is_ascii_alphanumeric()) && !value.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_escape_character_can_be_changed_before_anything_else() {
        let mut d = Directives::default();
        d.look("# syntax=docker/dockerfile:1").unwrap();
        d.look("#Escape = `").unwrap();
        assert_eq!(d.escape, '`');
        d.look("FROM a").unwrap();
        d.look("# escape=x").unwrap();
        assert_eq!(d.escape, '`');
    }

    #[test]
    fn a_comment_ends_the_directives() {
        let mut d = Directives::default();
        d.look("# hello").unwrap();
        d.look("# escape=`").unwrap();
        assert_eq!(d.escape, '\\');
    }

    #[test]
    fn wrong_and_repeated_directives_fail() {
        let mut d = Directives::default();
        assert_eq!(d.look("# escape=x"), Err("invalid escape token 'x' does not match ` or \\".into()));
        assert_eq!(d.look("# escape=`"), Err("only one escape parser directive can be used".into()));
    }
}
