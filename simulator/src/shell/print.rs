//! A command as bash prints it, from its tree: in messages about jobs, and as the text of `$( )` (bash `print_cmd.c`).
//!
//! Not here: tracing (`set -x`), here-documents.

use super::ast::{
    AndOr, ArmEnd, Assign, AssignValue, Command, CommandKind, Item, Join, List, Part, Pipeline, Redirect, RedirectKind,
    Script, Word,
};
use super::parse::parse;
use super::syntax::Syntax;
use crate::base::diagnostic::Span;

/// Columns of one level.
const INDENT: usize = 4;

/// The text of a command in the shell's own words; as it is if it cannot be read, or has more than one line of commands.
#[must_use]
pub fn canonical(text: &str, syntax: &Syntax, prints_substitutions: bool) -> String {
    let script = parse(text, syntax);
    match (&script.error, script.commands.as_slice()) {
        (None, [_]) => Printer::new(text, syntax, prints_substitutions).script(&script),
        _ => None,
    }
    .unwrap_or_else(|| text.to_owned())
}

/// What stands in `$( )` as the shell that has read it prints it, and runs it (bash `parse_comsub`, `print_comsub`); as it
/// is if it cannot be read or has a here-document.
#[must_use]
pub fn substitution(text: &str, syntax: &Syntax) -> String {
    let script = parse(text, syntax);
    let printed = script.error.is_none().then(|| Printer::of_substitution(text, syntax).script(&script)).flatten();
    printed.unwrap_or_else(|| text.to_owned())
}

/// The output, and where its next command stands.
struct Printer<'a> {
    text: &'a str,
    syntax: &'a Syntax,
    out: String,
    indent: usize,
    /// The next command stands on the line that has been begun.
    skip: bool,
    /// `$( )` in words is printed too.
    prints_substitutions: bool,
    /// What is printed stands in `$( )`: lines stay lines.
    substitution: bool,
    /// Functions around the command: each of its commands has a line of its own.
    functions: u32,
    /// A here-document was met.
    here: bool,
}

impl<'a> Printer<'a> {
    fn new(text: &'a str, syntax: &'a Syntax, prints_substitutions: bool) -> Printer<'a> {
        let (indent, skip, functions, here) = (0, true, 0, false);
        let (out, substitution) = (String::new(), false);
        Printer { text, syntax, out, indent, skip, prints_substitutions, substitution, functions, here }
    }

    fn of_substitution(text: &'a str, syntax: &'a Syntax) -> Printer<'a> {
        Printer { substitution: true, ..Printer::new(text, syntax, true) }
    }

    /// All commands of a text; none if a here-document is among them.
    fn script(mut self, script: &Script) -> Option<String> {
        for (n, command) in script.commands.iter().enumerate() {
            if n > 0 {
                let before = script.commands.get(n - 1).and_then(|command| command.list.items.last());
                self.join(before);
            }
            self.list(&command.list);
        }
        (!self.here).then_some(self.out)
    }

    /// What stands between a command and the next of a list (`make_command_string_internal`, `cm_connection`).
    fn join(&mut self, before: Option<&Item>) {
        let (behind, semicolon) = before.map_or((false, true), |item| (item.background, item.semicolon));
        self.skip = true;
        if behind {
            self.put(" ");
            return;
        }
        let newline = self.substitution && !semicolon;
        self.put(if newline { "\n" } else { ";" });
        if self.functions > 0 {
            self.put("\n");
            self.skip = false;
        } else if !newline {
            self.put(" ");
        }
    }
}

impl Printer<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn line(&mut self, text: &str) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', self.indent));
        self.put(text);
    }

    fn semicolon(&mut self) {
        if !self.out.ends_with(['&', '\n']) {
            self.out.push(';');
        }
    }

    fn slice(&self, span: Span) -> &str {
        span.of(self.text)
    }

    fn list(&mut self, list: &List) {
        for (n, item) in list.items.iter().enumerate() {
            if n > 0 {
                self.join(list.items.get(n - 1));
            }
            self.and_or(&item.and_or);
            if item.background {
                self.put(" &");
            }
        }
    }

    fn and_or(&mut self, list: &AndOr) {
        self.pipeline(&list.first);
        for (join, next) in &list.rest {
            self.put(if *join == Join::And { " && " } else { " || " });
            self.skip = true;
            self.pipeline(next);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        for (n, command) in pipeline.commands.iter().enumerate() {
            if n > 0 {
                self.put(" | ");
                self.skip = true;
            }
            if !std::mem::replace(&mut self.skip, false) {
                self.out.extend(std::iter::repeat_n(' ', self.indent));
            }
            if n == 0 && pipeline.timed {
                self.put("time ");
            }
            if n == 0 && pipeline.negated {
                self.put("! ");
            }
            self.command(command);
        }
    }

    fn command(&mut self, command: &Command) {
        match &command.kind {
            CommandKind::Simple(simple) => {
                let mut words: Vec<String> = simple.assigns.iter().map(|a| self.assign(a)).collect();
                words.extend(simple.words.iter().map(|w| self.word(w)));
                words.extend(simple.array_arguments.iter().map(|a| self.assign(a)));
                self.put(&words.join(" "));
            }
            kind => self.compound(kind, command.span),
        }
        self.redirects(command);
    }

    fn compound(&mut self, kind: &CommandKind, span: Span) {
        match kind {
            CommandKind::Simple(_) => {}
            CommandKind::Group(body) if self.functions > 0 => {
                self.put("{ \n");
                self.indent += INDENT;
                self.skip = false;
                self.list(body);
                self.indent -= INDENT;
                self.line("}");
            }
            CommandKind::Group(body) => {
                self.put("{ ");
                self.skip = true;
                self.list(body);
                self.semicolon();
                self.put(" }");
            }
            CommandKind::Subshell(body) => {
                self.put("( ");
                self.skip = true;
                self.list(body);
                self.put(" )");
            }
            CommandKind::If { arms, otherwise } => self.branches(arms, otherwise.as_ref()),
            CommandKind::While { until, condition, body } => {
                self.put(if *until { "until " } else { "while " });
                self.skip = true;
                self.list(condition);
                self.semicolon();
                self.put(" do\n");
                self.body(body);
                self.line("done");
            }
            CommandKind::For { name, words, body } => {
                self.put(&format!("for {name} in "));
                let words: Vec<String> = match words {
                    Some(words) => words.iter().map(|w| self.word(w)).collect(),
                    None => vec!["\"$@\"".to_owned()],
                };
                self.put(&words.join(" "));
                self.put(";");
                self.line("do\n");
                self.body(body);
                self.line("done");
            }
            CommandKind::Case { word, arms } => {
                let word = self.word(word);
                self.put(&format!("case {word} in "));
                self.indent += INDENT;
                for arm in arms {
                    let patterns: Vec<String> = arm.patterns.iter().map(|p| self.word(p)).collect();
                    self.line(&format!("{})\n", patterns.join(" | ")));
                    self.indent += INDENT;
                    self.list(&arm.body);
                    self.indent -= INDENT;
                    self.line(match arm.end {
                        ArmEnd::Break => ";;",
                        ArmEnd::FallThrough => ";&",
                        ArmEnd::TryNext => ";;&",
                    });
                }
                self.indent -= INDENT;
                self.line("esac");
            }
            CommandKind::ArithFor { parts, body } => {
                let [start, condition, step] = parts.each_ref().map(|part| self.slice(part.span).trim().to_owned());
                self.put(&format!("for (({start}; {condition}; {step}))"));
                self.line("do\n");
                self.body(body);
                self.line("done");
            }
            CommandKind::Function { name, body } => self.function(&format!("function {name} () \n"), body),
            CommandKind::Test(_) | CommandKind::Arith(_) => {
                let text = self.slice(span).to_owned();
                self.put(&text);
            }
        }
    }

    /// A function, its body in braces of its own (`print_function_def`).
    fn function(&mut self, head: &str, body: &Command) {
        self.put(head);
        self.out.extend(std::iter::repeat_n(' ', self.indent));
        self.put("{ \n");
        self.functions += 1;
        self.indent += INDENT;
        self.skip = false;
        match &body.kind {
            CommandKind::Group(list) => self.list(list),
            kind => {
                self.out.extend(std::iter::repeat_n(' ', self.indent));
                self.compound(kind, body.span);
            }
        }
        self.indent -= INDENT;
        self.functions -= 1;
        self.line("}");
        self.redirects(body);
    }

    fn redirects(&mut self, command: &Command) {
        for redirect in &command.redirects {
            let text = self.redirect(redirect);
            let space = if self.out.is_empty() { "" } else { " " };
            self.put(space);
            self.put(&text);
        }
    }

    fn branches(&mut self, arms: &[(List, List)], otherwise: Option<&List>) {
        let Some(((condition, body), rest)) = arms.split_first() else {
            if let Some(body) = otherwise {
                self.list(body);
            }
            return;
        };
        self.put("if ");
        self.skip = true;
        self.list(condition);
        self.semicolon();
        self.put(" then\n");
        self.body(body);
        if !rest.is_empty() || otherwise.is_some() {
            self.line("else\n");
            self.indent += INDENT;
            if rest.is_empty() {
                self.branches(rest, otherwise);
            } else {
                // `elif` is an `if` inside `else`.
                self.out.extend(std::iter::repeat_n(' ', self.indent));
                self.branches(rest, otherwise);
            }
            self.indent -= INDENT;
            self.semicolon();
        }
        self.line("fi");
    }

    fn body(&mut self, body: &List) {
        self.indent += INDENT;
        self.skip = false;
        self.list(body);
        self.indent -= INDENT;
        self.semicolon();
    }

    fn assign(&self, assign: &Assign) -> String {
        match &assign.value {
            AssignValue::Scalar(value) => {
                // The value may be a part of the word, or the whole word.
                let start = assign.span.start.min(value.span.start);
                self.word(&Word { parts: value.parts.clone(), span: Span { start, end: assign.span.end } })
            }
            AssignValue::Array(_) => self.slice(assign.span).to_owned(),
        }
    }

    fn redirect(&mut self, redirect: &Redirect) -> String {
        let fd = |default: u32| redirect.fd.filter(|fd| *fd != default).map_or(String::new(), |fd| fd.to_string());
        match &redirect.kind {
            RedirectKind::Read(word) => format!("{}< {}", fd(0), self.word(word)),
            RedirectKind::Write(word) => format!("{}> {}", fd(1), self.word(word)),
            RedirectKind::Clobber(word) => format!("{}>| {}", fd(1), self.word(word)),
            RedirectKind::Append(word) => format!("{}>> {}", fd(1), self.word(word)),
            RedirectKind::ReadWrite(word) => format!("{}<> {}", fd(0), self.word(word)),
            RedirectKind::Both { append, file } => format!("&>{} {}", if *append { ">" } else { "" }, self.word(file)),
            RedirectKind::Duplicate { input, source } => {
                let fd = redirect.fd.unwrap_or(if *input { 0 } else { 1 });
                format!("{fd}{}&{}", if *input { "<" } else { ">" }, self.word(source))
            }
            RedirectKind::Here(word) if self.slice(redirect.span).contains("<<<") => {
                format!("{}<<< {}", fd(0), self.slice(word.span))
            }
            RedirectKind::Here(_) => {
                self.here = true;
                self.slice(redirect.span).to_owned()
            }
        }
    }

    /// As written; the commands of substitutions are printed too.
    fn word(&self, word: &Word) -> String {
        let mut found = Vec::new();
        if self.prints_substitutions {
            substitutions(&word.parts, &mut found);
        }
        let mut out = String::new();
        let mut at = word.span.start;
        for (span, text) in found {
            let whole = self.slice(span);
            let Some(open) = ["$(", "<(", ">("].into_iter().find(|open| whole.starts_with(open)) else { continue };
            out.push_str(self.slice(Span { start: at, end: span.start }));
            let inner = substitution(text, self.syntax);
            let space = if inner.starts_with('(') { " " } else { "" };
            out.push_str(&format!("{open}{space}{inner})"));
            at = span.end;
        }
        out.push_str(self.slice(Span { start: at, end: word.span.end }));
        out
    }
}

pub(super) fn substitutions<'a>(parts: &'a [Part], found: &mut Vec<(Span, &'a str)>) {
    for part in parts {
        match part {
            Part::Command(it) => found.push((it.span, &it.text)),
            Part::Double(inner) => substitutions(inner, found),
            Part::Literal(_) | Part::Quoted(_) | Part::Param(_) | Part::Arith(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{canonical, substitution};
    use crate::shell::syntax::Syntax;

    fn printed(text: &str) -> String {
        canonical(text, &Syntax::FULL, true)
    }

    #[test]
    fn redirections_stand_behind_the_words_and_apart_from_their_files() {
        assert_eq!(printed("X=1   sleep 60 </dev/null 2>&1"), "X=1 sleep 60 < /dev/null 2>&1");
        assert_eq!(printed("x=1"), "x=1");
    }

    #[test]
    fn substitutions_are_printed_without_the_blanks_of_their_author() {
        assert_eq!(printed("{ kill -USR1 0; echo \"a $( plain)\"; }"), "{ kill -USR1 0; echo \"a $(plain)\"; }");
    }

    #[test]
    fn loops_and_branches_take_several_lines() {
        assert_eq!(printed("for i in 1 2; do a; b & done"), "for i in 1 2;\ndo\n    a; b &\ndone");
        assert_eq!(printed("if a; then b; else c; fi"), "if a; then\n    b;\nelse\n    c;\nfi");
    }

    #[test]
    fn functions_take_a_line_for_each_command() {
        let printed = printed("( f() { set -e; { a; }; b & }; kill -USR1 0 )");
        let body = "    set -e;\n    { \n        a\n    };\n    b &\n}; kill -USR1 0 )";
        assert_eq!(printed, format!("( function f () \n{{ \n{body}"));
    }

    #[test]
    fn what_stands_in_a_substitution_keeps_its_lines() {
        let printed = substitution(" # first\n a  b;c\n\n if d; then e; fi ", &Syntax::FULL);
        assert_eq!(printed, "a b; c\nif d; then\n    e;\nfi");
        assert_eq!(substitution("cat <<X\n a  b\nX\n", &Syntax::FULL), "cat <<X\n a  b\nX\n");
    }

    #[test]
    fn what_cannot_be_read_stays_as_it_is() {
        assert_eq!(printed("a  ; )"), "a  ; )");
    }
}
