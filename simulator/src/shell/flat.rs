//! A command on one line, as shells that descend from pdksh keep it for messages about jobs (mksh `tree.c`, `ptree`).
//!
//! Not here: the form that bash prints (`print`), when jobs are told of (`run::told`).

use super::ast::{
    AndOr, ArmEnd, AssignValue, Command, CommandKind, Join, List, Pipeline, Redirect, RedirectKind, Simple, Word,
};
use super::parse::parse;
use super::print::substitutions;
use super::syntax::Syntax;
use crate::base::diagnostic::Span;

/// The text of a command: a blank behind each word, and a backslash in front of names that could be aliases. As it is if it
/// cannot be read or has a here-document.
#[must_use]
pub fn flat(text: &str, syntax: &Syntax) -> String {
    printed(text, syntax).map_or_else(|| text.to_owned(), |out| out.trim_end().to_owned())
}

fn printed(text: &str, syntax: &Syntax) -> Option<String> {
    let script = parse(text, syntax);
    let mut flat = Flat { text, syntax, out: String::new(), fits: script.error.is_none() };
    for (n, command) in script.commands.iter().enumerate() {
        if n > 0 {
            flat.put("; ");
        }
        flat.list(&command.list);
    }
    flat.fits.then_some(flat.out)
}

struct Flat<'a> {
    text: &'a str,
    syntax: &'a Syntax,
    out: String,
    /// Nothing was met that is not printed here.
    fits: bool,
}

impl Flat<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn slice(&self, start: u32, end: u32) -> &str {
        let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
        self.text.get(range).unwrap_or("")
    }

    /// Behind a list comes something else.
    fn semicolon(&mut self) {
        let behind = self.out.ends_with("& ");
        self.put(if behind { " " } else { "; " });
    }

    fn list(&mut self, list: &List) {
        for (n, item) in list.items.iter().enumerate() {
            if n > 0 {
                self.semicolon();
            }
            self.and_or(&item.and_or);
            if item.background {
                self.put("& ");
            }
        }
    }

    fn and_or(&mut self, list: &AndOr) {
        self.pipeline(&list.first);
        for (join, next) in &list.rest {
            self.put(if *join == Join::And { "&& " } else { "|| " });
            self.pipeline(next);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        self.put(if pipeline.timed { "time " } else { "" });
        self.put(if pipeline.negated { "! " } else { "" });
        for (n, command) in pipeline.commands.iter().enumerate() {
            self.put(if n > 0 { "| " } else { "" });
            self.command(command);
        }
    }

    fn command(&mut self, command: &Command) {
        match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple),
            kind => self.compound(kind, command.span),
        }
        for redirect in &command.redirects {
            self.redirect(redirect);
        }
    }

    fn simple(&mut self, simple: &Simple) {
        for assign in &simple.assigns {
            let text = match &assign.value {
                AssignValue::Scalar(value) => self.words(assign.span.start.min(value.span.start), value),
                AssignValue::Array(_) => self.slice(assign.span.start, assign.span.end).to_owned(),
            };
            self.put(&format!("{text} "));
        }
        for (n, word) in simple.words.iter().enumerate() {
            let text = self.words(word.span.start, word);
            let alias = |c: char| c.is_ascii_alphanumeric() || "_!%+,-.:@[".contains(c);
            self.put(if n == 0 && text.chars().all(alias) { "\\" } else { "" });
            self.put(&format!("{text} "));
        }
    }

    fn compound(&mut self, kind: &CommandKind, span: Span) {
        match kind {
            CommandKind::Group(body) => self.between("{ ", body, "} "),
            CommandKind::Subshell(body) => {
                self.put("( ");
                self.list(body);
                self.put(") ");
            }
            CommandKind::If { arms, otherwise } => {
                for (n, (condition, body)) in arms.iter().enumerate() {
                    self.between(if n == 0 { "if " } else { "elif " }, condition, "then ");
                    self.list(body);
                    self.semicolon();
                }
                match otherwise {
                    Some(body) => self.between("else ", body, "fi "),
                    None => self.put("fi "),
                }
            }
            CommandKind::While { until, condition, body } => {
                self.between(if *until { "until " } else { "while " }, condition, "do ");
                self.between("", body, "done ");
            }
            CommandKind::For { name, words, body } => {
                self.put(&format!("for {name} "));
                if let Some(words) = words {
                    let words: String = words.iter().map(|w| self.words(w.span.start, w) + " ").collect();
                    self.put(&format!("in {words}; "));
                }
                self.between("do ", body, "done ");
            }
            CommandKind::Case { word, arms } => {
                self.put(&format!("case {} in", self.words(word.span.start, word)));
                for arm in arms {
                    let patterns: Vec<String> = arm.patterns.iter().map(|p| self.words(p.span.start, p)).collect();
                    self.put(&format!(" ({}) ", patterns.join("|")));
                    self.list(&arm.body);
                    self.put(match arm.end {
                        ArmEnd::Break => " ;;",
                        ArmEnd::FallThrough => " ;&",
                        ArmEnd::TryNext => " ;|",
                    });
                }
                self.put(" esac ");
            }
            CommandKind::Function { name, body } => {
                self.put(&format!("{name}() "));
                self.command(body);
            }
            CommandKind::Test(_) => {
                let text = self.slice(span.start, span.end).to_owned();
                self.put(&format!("{text} "));
            }
            CommandKind::Simple(_) | CommandKind::ArithFor { .. } | CommandKind::Arith(_) => self.fits = false,
        }
    }

    fn between(&mut self, open: &str, list: &List, close: &str) {
        self.put(open);
        self.list(list);
        self.semicolon();
        self.put(close);
    }

    fn redirect(&mut self, redirect: &Redirect) {
        let (default, operator, word) = match &redirect.kind {
            RedirectKind::Read(word) => (0, "<", word),
            RedirectKind::ReadWrite(word) => (0, "<>", word),
            RedirectKind::Write(word) => (1, ">", word),
            RedirectKind::Clobber(word) => (1, ">|", word),
            RedirectKind::Append(word) => (1, ">>", word),
            RedirectKind::Duplicate { input: true, source } => (0, "<&", source),
            RedirectKind::Duplicate { input: false, source } => (1, ">&", source),
            RedirectKind::Both { .. } | RedirectKind::Here(_) => {
                self.fits = false;
                return;
            }
        };
        let fd = redirect.fd.filter(|fd| *fd != default).map_or(String::new(), |fd| fd.to_string());
        let word = self.words(word.span.start, word);
        self.put(&format!("{fd}{operator}{word} "));
    }

    /// A word from `start` on as written, with the commands of its substitutions printed.
    fn words(&self, start: u32, word: &Word) -> String {
        let mut found = Vec::new();
        substitutions(&word.parts, &mut found);
        let (mut out, mut at) = (String::new(), start);
        for (span, inner) in found {
            if let Some(inner) = printed(inner, self.syntax) {
                out.push_str(self.slice(at, span.start));
                out.push_str(&format!("$({inner})"));
                at = span.end;
            }
        }
        out + self.slice(at, word.span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::flat;
    use crate::shell::syntax::Syntax;

    fn printed(text: &str) -> String {
        flat(text, &Syntax::FULL)
    }

    #[test]
    fn names_that_could_be_aliases_have_a_backslash() {
        assert_eq!(printed("X=1  sleep 0.1 >/dev/null 2>&1"), "X=1 \\sleep 0.1 >/dev/null 2>&1");
        assert_eq!(printed("/bin/sleep 1"), "/bin/sleep 1");
        assert_eq!(printed("echo \"a $(echo b)\" ${x:-y}"), "\\echo \"a $(\\echo b )\" ${x:-y}");
    }

    #[test]
    fn compound_commands_stand_on_one_line() {
        assert_eq!(printed("{ sleep 0 & wait; }"), "{ \\sleep 0 &  \\wait ; }");
        assert_eq!(printed("( a\n b ) | cat"), "( \\a ; \\b ) | \\cat");
        let branches = "if [ -n \"$x\" ]; then :; elif false; then true; else sleep 0; fi";
        let expected = "if \\[ -n \"$x\" ] ; then \\: ; elif \\false ; then \\true ; else \\sleep 0 ; fi";
        assert_eq!(printed(branches), expected);
        assert_eq!(printed("for i in 1 2; do echo $i; done"), "for i in 1 2 ; do \\echo $i ; done");
        assert_eq!(printed("while false; do a && ! b; done"), "while \\false ; do \\a && ! \\b ; done");
        assert_eq!(printed("case x in a|x) echo y;; *) ;; esac"), "case x in (a|x) \\echo y  ;; (*)  ;; esac");
    }
}
