//! What a script uses and a run of it does not do as the real shell does: found in the tree, before anything runs.
//!
//! Which constructs these are, and in which shells, stands in `variants::missing`; options of utilities stand in
//! `program::util`. Not here: what shows only when a word has been expanded, as an option in a variable.

use super::ast::{AssignValue, Command, CommandKind, Param, ParamOp, Part, Script, Simple, TestExpr, Word};
use super::run::is_common_builtin;
use super::variants::Variant;
use super::variants::missing::{Construct, MISSING, Operands, VALUED};
use super::walk::{Node, walk};
use crate::base::diagnostic::{Diagnostic, Severity, Span};
use crate::base::limits::DIAGNOSTICS;
use crate::program::util::options_not_simulated;
use std::collections::BTreeSet;

/// Something that a script uses and that is not simulated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// Where it stands in the script.
    pub span: Span,
    /// What it is: `coproc`, `option -t of read`.
    pub what: String,
}

impl Missing {
    /// The remark on a file of this name with this text.
    #[must_use]
    pub fn remark(&self, file: &str, text: &str) -> Diagnostic {
        Diagnostic::new(file, text, self.span, Severity::Warning, format!("{} is not simulated", self.what))
    }
}

/// `line:column what is not simulated` for everything of a text that this build is given.
#[must_use]
pub fn lines(text: &str, row: &Variant) -> Vec<String> {
    let script = super::parse::parse(text, &row.columns.syntax);
    let remarks = find(text, &script, row).into_iter().map(|missing| missing.remark("", text));
    remarks.map(|remark| format!("{}:{} {}", remark.line, remark.column, remark.message)).collect()
}

/// Everything of a script, in the order of the text.
#[must_use]
pub fn find(text: &str, script: &Script, row: &Variant) -> Vec<Missing> {
    let mut functions = BTreeSet::new();
    walk(script, &mut |node| {
        if let Node::Command(Command { kind: CommandKind::Function { name, .. }, .. }) = node {
            functions.insert(name.as_str());
        }
    });
    let mut search = Search { text, row, functions, inside: Vec::new(), found: BTreeSet::new() };
    walk(script, &mut |node| search.node(node));
    if let Some(error) = &script.error {
        let read = search.slice(Span { start: 0, end: error.span.end });
        let pattern = EXTENDED.iter().any(|opening| read.ends_with(opening));
        search.rows(error.span, "", |construct| match construct {
            Construct::Unread(endings) => endings.iter().any(|end| read.ends_with(end)),
            Construct::ExtendedPattern(behind) => pattern && is_behind(read, behind),
            _ => false,
        });
    }
    search.found.into_iter().take(DIAGNOSTICS).collect()
}

struct Search<'a> {
    text: &'a str,
    row: &'a Variant,
    /// Functions of the script, which are no builtins and no utilities.
    functions: BTreeSet<&'a str>,
    /// Substitutions around the place, the innermost last, whose own places do not lead into the text.
    inside: Vec<Span>,
    found: BTreeSet<Missing>,
}

impl<'a> Search<'a> {
    fn note(&mut self, span: Span, what: String) {
        let span = self.inside.first().copied().unwrap_or(span);
        self.found.insert(Missing { span, what });
    }

    /// Notes the constructs of the shell at hand for which `is` holds; `name` is what was found.
    fn rows(&mut self, span: Span, name: &str, is: impl Fn(&Construct) -> bool) {
        let family = self.row.family;
        for row in MISSING.iter().filter(|row| row.shells.contains(&family) && is(&row.construct)) {
            self.note(span, row.what.replace("{}", name));
        }
    }

    fn slice(&self, span: Span) -> &'a str {
        let at = |n: u32| usize::try_from(n).unwrap_or(0);
        self.text.get(at(span.start)..at(span.end)).unwrap_or("")
    }

    fn node(&mut self, node: Node<'a>) {
        match node {
            Node::Command(command) => self.command(command),
            Node::Param(param) => self.param(param),
            Node::Assign(assign) => {
                let name = assign.name.as_str();
                self.rows(assign.span, name, |construct| match construct {
                    Construct::Variable(names) => names.contains(&name),
                    _ => false,
                });
                if let AssignValue::Array(words) = &assign.value
                    && words.iter().any(is_named_member)
                {
                    self.rows(assign.span, "", |construct| matches!(construct, Construct::CompoundValue));
                }
            }
            Node::Enter(substitution) if substitution.backquoted => self.inside.push(substitution.span),
            Node::Leave(substitution) if substitution.backquoted => {
                self.inside.pop();
            }
            Node::Word(word) if word.parts.iter().any(has_fraction) => {
                self.rows(word.span, "", |construct| matches!(construct, Construct::Fraction));
            }
            Node::Word(_) | Node::Enter(_) | Node::Leave(_) => {}
        }
    }

    fn command(&mut self, command: &'a Command) {
        let patterns = |words: &mut dyn Iterator<Item = &'a Word>| -> Vec<Span> {
            words.filter(|word| has_extended_pattern(word)).map(|word| word.span).collect()
        };
        let mut extended = Vec::new();
        match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple, command),
            CommandKind::For { .. } if self.slice(command.span).starts_with("select") => {
                self.rows(command.span, "", |construct| matches!(construct, Construct::Select));
            }
            CommandKind::Function { name, .. } => {
                let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
                self.rows(command.span, "", |construct| match construct {
                    Construct::FunctionName(endings) => endings.contains(&ending),
                    _ => false,
                });
            }
            CommandKind::Case { arms, .. } => extended = patterns(&mut arms.iter().flat_map(|arm| &arm.patterns)),
            CommandKind::Test(expression) => {
                let mut words = Vec::new();
                compared(expression, &mut words);
                extended = patterns(&mut words.into_iter());
            }
            _ => {}
        }
        extended.into_iter().for_each(|span| self.extended(span));
    }

    fn extended(&mut self, span: Span) {
        let read = self.slice(Span { start: 0, end: span.end });
        self.rows(span, "", |construct| match construct {
            Construct::ExtendedPattern(behind) => is_behind(read, behind),
            _ => false,
        });
    }

    fn param(&mut self, param: &Param) {
        let text = self.slice(param.span);
        let inner = text.strip_prefix("${").unwrap_or("");
        if let ParamOp::Trim { pattern, .. } | ParamOp::Replace { pattern, .. } = &param.op
            && has_extended_pattern(pattern)
        {
            // A parameter is expanded when its command runs, so the option may stand in the same line.
            let read = self.slice(Span { start: 0, end: pattern.span.start });
            self.rows(pattern.span, "", |construct| match construct {
                Construct::ExtendedPattern(behind) => {
                    behind.is_empty() || behind.iter().any(|word| read.contains(word))
                }
                _ => false,
            });
        }
        let bad = if matches!(param.op, ParamOp::Bad(_)) { inner } else { "" };
        let operator = bad.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let found = match &param.op {
            ParamOp::Slice { offset, length: None } => offset.as_literal().unwrap_or("").to_owned(),
            ParamOp::Transform(letter) => letter.to_string(),
            _ => param.name.clone(),
        };
        self.rows(param.span, &found, |construct| match construct {
            Construct::Parameter(begins) => begins.iter().any(|begin| bad.starts_with(begin)),
            Construct::Operator(begins) => bad != operator && begins.iter().any(|begin| operator.starts_with(begin)),
            Construct::Modifier(letters) => {
                matches!(param.op, ParamOp::Slice { length: None, .. }) && found.len() == 1 && letters.contains(&found)
            }
            Construct::Variable(names) => names.contains(&param.name.as_str()),
            Construct::Transform(letters) => matches!(param.op, ParamOp::Transform(c) if letters.contains(c)),
            _ => false,
        });
    }

    fn simple(&mut self, simple: &'a Simple, command: &Command) {
        for redirect in &command.redirects {
            let name = simple.words.iter().find(|word| word.span.end == redirect.span.start && redirect.fd.is_none());
            if let Some(word) = name
                && word.as_literal().is_some_and(|text| text.starts_with('{') && text.ends_with('}') && text.len() > 2)
            {
                self.rows(word.span, self.slice(word.span), |construct| matches!(construct, Construct::DescriptorName));
            }
        }
        let mut words = simple.words.as_slice();
        while let [first, rest @ ..] = words
            && matches!(first.as_literal(), Some("command" | "builtin" | "exec" | "nohup"))
            && rest.first().is_some_and(|next| next.as_literal().is_some_and(|text| !text.starts_with('-')))
        {
            words = rest;
        }
        let [first, rest @ ..] = words else { return };
        let Some(name) = first.as_static().filter(|name| !self.functions.contains(name.as_str())) else { return };
        let args: Vec<String> = rest.iter().map(|word| word.as_static().unwrap_or_default()).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let at = |number: usize| rest.get(number).map_or(first.span, |word| word.span);
        self.rows(
            first.span,
            &name,
            |construct| matches!(construct, Construct::Name(names) if names.contains(&&*name)),
        );
        for (number, letter) in letters(&name, &args) {
            self.rows(at(number), letter.encode_utf8(&mut [0; 4]), |construct| {
                matches!(construct, Construct::Option(of, letters) if *of == name && letters.contains(letter))
            });
        }
        for (number, arg) in args.iter().enumerate() {
            let plain = arg.to_ascii_lowercase().replace('_', "");
            let behind = number.checked_sub(1).and_then(|before| args.get(before)).copied().unwrap_or("");
            self.rows(at(number), arg, |construct| match construct {
                Construct::Operand(of, operands, names) => {
                    let here = match operands {
                        Operands::All => true,
                        Operands::BehindO => behind.starts_with(['-', '+']) && behind.ends_with('o'),
                        Operands::BehindFirst => number > 0 && args.first().is_some_and(|a| *a != "-"),
                    };
                    here && *of == name && names.contains(&plain.as_str())
                }
                _ => false,
            });
        }
        let builtins = &self.row.columns.builtins;
        let is_builtin = is_common_builtin(&name) || builtins.extra.contains(&&*name);
        if !is_builtin {
            let utility = name.rsplit('/').next().unwrap_or(&name);
            for (number, what) in options_not_simulated(utility, &args) {
                self.note(if what.starts_with("what ") { first.span } else { at(number) }, what);
            }
        }
    }
}

/// The option letters in front of the first operand, each with the number of its word.
fn letters(name: &str, args: &[&str]) -> Vec<(usize, char)> {
    let valued = VALUED.iter().find(|(builtin, _)| *builtin == name).map_or("", |(_, letters)| *letters);
    let mut found = Vec::new();
    let mut words = args.iter().enumerate();
    while let Some((at, word)) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|l| !l.is_empty() && !l.starts_with('-')) else { break };
        for (place, letter) in letters.char_indices() {
            found.push((at, letter));
            if valued.contains(letter) {
                if place + letter.len_utf8() == letters.len() {
                    words.next();
                }
                break;
            }
        }
    }
    found
}

/// Is this `name=value`, as a member of a compound value?
fn is_named_member(word: &Word) -> bool {
    match word.parts.first() {
        Some(Part::Literal(text)) => {
            let name = text.split_once('=').map_or("", |(name, _)| name);
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric())
        }
        _ => false,
    }
}

/// What extended patterns begin with.
const EXTENDED: &[&str] = &["@(", "!(", "+(", "*(", "?("];

/// Has it `@(..)`, `!(..)` or one of the others outside quotes?
fn has_extended_pattern(word: &Word) -> bool {
    let opens = |text: &str| EXTENDED.iter().any(|opening| text.contains(opening));
    word.parts.iter().any(|part| matches!(part, Part::Literal(text) if opens(text)))
}

/// Does one of these words stand in front, where there are any: `[[` in the same line, another one in a line above?
fn is_behind(read: &str, words: &[&str]) -> bool {
    let (above, line) = read.rsplit_once('\n').unwrap_or(("", read));
    words.is_empty() || words.iter().any(|word| if *word == "[[" { line.contains(word) } else { above.contains(word) })
}

/// Is there arithmetic with a number like `1.5`?
fn has_fraction(part: &Part) -> bool {
    let fraction = |text: &str| {
        let mut pieces = text.split('.').peekable();
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        std::iter::from_fn(|| Some((pieces.next()?, *pieces.peek()?)))
            .any(|(before, behind)| digit(before.chars().last()) && digit(behind.chars().next()))
    };
    match part {
        Part::Arith(inner) => inner.iter().any(|part| matches!(part, Part::Literal(text) if fraction(text))),
        Part::Double(inner) => inner.iter().any(has_fraction),
        Part::Literal(_) | Part::Quoted(_) | Part::Param(_) | Part::Command(_) => false,
    }
}

/// The patterns of `=` and `!=` in `[[ ]]`.
fn compared<'a>(expression: &'a TestExpr, out: &mut Vec<&'a Word>) {
    match expression {
        TestExpr::Binary(_, operator, right) if matches!(operator.as_str(), "=" | "==" | "!=") => out.push(right),
        TestExpr::Not(inner) => compared(inner, out),
        TestExpr::And(left, right) | TestExpr::Or(left, right) => {
            compared(left, out);
            compared(right, out);
        }
        TestExpr::Word(_) | TestExpr::Unary(..) | TestExpr::Binary(..) => {}
    }
}
