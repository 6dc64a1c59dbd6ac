//! bash `[[ ]]` and the tests shared with `test`.

use super::Shell;
use super::expand::{Expanded, Expander};
use super::regex::Regex;
use super::state::Value;
use crate::kernel::fs::Content;
use crate::kernel::permission::Access;
use crate::program::{Call, Sys};
use crate::shell::ast::TestExpr;

impl Shell {
    /// `[[ expression ]]`
    pub(super) fn double_bracket(&mut self, test: &TestExpr, sys: &Sys<'_>) -> Option<Call> {
        let value = self.expand(sys, |e| {
            let mut terms = Vec::new();
            Ok((e.test(test, "", &mut terms)?, terms))
        });
        self.with(value, |shell, (value, terms)| {
            shell.trace_terms(&terms, sys);
            shell.state.status = u16::from(!value);
            shell.note_pipe_status();
        })
    }
}

impl Expander<'_> {
    /// Is the variable, or the element of the array, set?
    fn is_set(&mut self, name: &str, index: &str) -> bool {
        match self.state.vars.get(name).map(|v| v.value.clone()) {
            Some(Value::Indexed(elements)) => match index {
                "" => elements.contains_key(&0),
                "@" | "*" => !elements.is_empty(),
                index => self.calculate(index).is_ok_and(|at| elements.contains_key(&at)),
            },
            Some(Value::Named(elements)) => match index {
                "@" | "*" => !elements.is_empty(),
                index => elements.contains_key(index),
            },
            Some(Value::Scalar(_)) => matches!(index, "" | "0"),
            Some(Value::Unset) | None => false,
        }
    }

    /// Also notes each term as `set -x` shows it; `not` is what stands in front of it.
    fn test(&mut self, test: &TestExpr, not: &str, terms: &mut Vec<String>) -> Expanded<bool> {
        let shown = |text: &str| if text.is_empty() { "''".to_owned() } else { text.to_owned() };
        Ok(match test {
            TestExpr::Word(word) => {
                let text = self.text(word)?;
                terms.push(format!("[[ {not}-n {} ]]", shown(&text)));
                !text.is_empty()
            }
            TestExpr::Not(inner) => !self.test(inner, if not.is_empty() { "! " } else { "" }, terms)?,
            TestExpr::And(left, right) => self.test(left, "", terms)? && self.test(right, "", terms)?,
            TestExpr::Or(left, right) => self.test(left, "", terms)? || self.test(right, "", terms)?,
            TestExpr::Unary(op, word) => {
                let text = self.text(word)?;
                terms.push(format!("[[ {not}{op} {} ]]", shown(&text)));
                if op == "-v" {
                    let (name, index) = text.strip_suffix(']').and_then(|t| t.split_once('[')).unwrap_or((&text, ""));
                    return Ok(self.is_set(name, index));
                }
                unary(op, &text, self.sys).unwrap_or(false)
            }
            TestExpr::Binary(left, op, right) => {
                let left = self.text(left)?;
                let chars = self.characters(right)?;
                let escapes = |c: &char| match op.as_str() {
                    "=" | "==" | "!=" => true,
                    "=~" => "\\^$.|?*+()[]{}".contains(*c),
                    _ => false,
                };
                let escaped = chars
                    .iter()
                    .flat_map(|(c, quoted)| (*quoted && escapes(c)).then_some('\\').into_iter().chain([*c]));
                terms.push(format!("[[ {not}{} {op} {} ]]", shown(&left), shown(&escaped.collect::<String>())));
                match op.as_str() {
                    "=" | "==" => self.pattern_of(chars).matches(&left),
                    "!=" => !self.pattern_of(chars).matches(&left),
                    "=~" => {
                        // What is quoted stands for itself, where quotes count.
                        let counts = self.columns.syntax.regex_quotes;
                        let chars: Vec<(char, bool)> =
                            chars.iter().map(|(c, quoted)| (*c, *quoted && counts)).collect();
                        let found = Regex::new(&chars).and_then(|regex| regex.find(&left));
                        let groups = found.clone().unwrap_or_default();
                        let elements = (0_i64..).zip(groups).collect();
                        if self.columns.details.bash_variables {
                            self.state.entry("BASH_REMATCH").value = Value::Indexed(elements);
                        }
                        found.is_some()
                    }
                    "<" => left < text(&chars),
                    ">" => left > text(&chars),
                    op => {
                        let (right, older) = (text(&chars), self.columns.builtins.test_missing_is_older);
                        match compare_files(op, &left, &right, older, self.sys) {
                            Some(holds) => holds,
                            None => compare(op, self.calculate(&left)?, self.calculate(&right)?).unwrap_or(false),
                        }
                    }
                }
            }
        })
    }
}

fn text(chars: &[(char, bool)]) -> String {
    chars.iter().map(|(c, _)| *c).collect()
}

/// `-nt`, `-ot` and `-ef`; `missing_counts`: a file that is not there is older than any.
pub(super) fn compare_files(op: &str, left: &str, right: &str, missing_counts: bool, sys: &Sys<'_>) -> Option<bool> {
    let age = |path: &str| sys.files.get(sys.cwd, path).map(|_| sys.files.attributes(sys.cwd, path).modified);
    let newer = |left: &str, right: &str| match (age(left), age(right)) {
        (Some(left), Some(right)) => left > right,
        (Some(_), None) => missing_counts,
        (None, _) => false,
    };
    Some(match op {
        "-nt" => newer(left, right),
        "-ot" => newer(right, left),
        "-ef" => crate::kernel::fs::normal(sys.cwd, left) == crate::kernel::fs::normal(sys.cwd, right),
        _ => return None,
    })
}

/// `-eq` and its like.
pub(super) fn compare(op: &str, left: i64, right: i64) -> Option<bool> {
    Some(match op {
        "-eq" => left == right,
        "-ne" => left != right,
        "-lt" => left < right,
        "-le" => left <= right,
        "-gt" => left > right,
        "-ge" => left >= right,
        _ => return None,
    })
}

/// `-f file` and its like; `None` if there is no such test.
pub(super) fn unary(op: &str, text: &str, sys: &Sys<'_>) -> Option<bool> {
    let file = sys.files.get(sys.cwd, text);
    let directory = || !text.is_empty() && sys.files.is_directory(sys.cwd, text);
    let process = crate::program::util::process_files(text, sys);
    let exists = || file.is_some() || directory() || process;
    let uid = sys.seen.task(sys.task).map_or(0, |t| t.uid);
    let permits = |access| process || sys.files.permits(uid, sys.cwd, text, access);
    Some(match op {
        "-n" => !text.is_empty(),
        "-z" => text.is_empty(),
        "-e" | "-a" | "-G" => exists(),
        "-r" => exists() && permits(Access::Read),
        "-w" => exists() && permits(Access::Write),
        "-O" => exists() && uid == sys.files.attributes(sys.cwd, text).uid,
        "-f" => file.is_some_and(|f| matches!(f.content, Content::Text(_) | Content::Binary(_))),
        "-d" => directory() || (process && !text.contains("/fd/")),
        "-x" => (file.is_some_and(|f| f.executable) || directory()) && permits(Access::Execute),
        "-s" => match file.map(|f| &f.content) {
            Some(Content::Text(text)) => !text.is_empty(),
            Some(Content::Binary(_)) => true,
            Some(Content::Directory | Content::Null | Content::Fifo) | None => directory(),
        },
        "-c" => file.is_some_and(|f| f.content == Content::Null),
        "-p" => file.is_some_and(|f| f.content == Content::Fifo),
        "-h" | "-L" => sys.files.link_at(sys.cwd, text).is_some(),
        "-u" => exists() && sys.files.attributes(sys.cwd, text).mode & 0o4000 != 0,
        "-g" => exists() && sys.files.attributes(sys.cwd, text).mode & 0o2000 != 0,
        "-k" => exists() && sys.files.attributes(sys.cwd, text).mode & 0o1000 != 0,
        "-t" | "-b" | "-S" | "-N" => false,
        "-o" => false,
        _ => return None,
    })
}
