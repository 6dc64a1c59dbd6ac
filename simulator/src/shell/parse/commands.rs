//! Lists, and-or lists, pipelines and simple commands (XCU 2.9.1 to 2.9.3).

use super::lex::Token;
use super::words::{is_name, is_name_char, is_name_start};
use super::{Parsed, Parser};
use crate::shell::ast::{
    AndOr, Assign, AssignValue, Command, CommandKind, CompleteCommand, Item, Join, List, Part, Pipeline, Script,
    Simple, SyntaxError, SyntaxErrorKind, Word,
};
use crate::shell::run::is_special;
use std::sync::Arc;

/// Words that end a list inside a compound command.
const CLOSERS: &[&str] = &["then", "else", "elif", "fi", "do", "done", "esac", "}"];

/// Does a `}` stand in it, not at its beginning, that no `{` has opened? An assignment is none.
fn closes_unopened(word: &Word) -> bool {
    let mut depth = 0_u32;
    for (n, part) in word.parts.iter().enumerate() {
        let Part::Literal(text) = part else { continue };
        if text.contains('=') {
            return false;
        }
        for (at, c) in text.char_indices() {
            match (c, depth) {
                ('{', _) => depth += 1,
                ('}', 0) if (n, at) != (0, 0) => return true,
                ('}', _) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    false
}

/// Does the last command have neither a name nor a body?
fn ends_without_command(list: &AndOr) -> bool {
    let last = list.rest.last().map_or(&list.first, |(_, pipeline)| pipeline);
    matches!(last.commands.last().map(|c| &c.kind), Some(CommandKind::Simple(simple)) if simple.words.is_empty())
}

impl Parser<'_> {
    /// Complete commands up to the end of the text or the first error.
    pub(super) fn script(&mut self) -> Script {
        let mut script = Script::default();
        loop {
            match self.complete_command(false) {
                Ok(Some(command)) => script.commands.push(command),
                Ok(None) => break,
                Err(error) => {
                    script.error = Some(error);
                    return script;
                }
            }
        }
        if let Some(last) = script.commands.last_mut() {
            last.last = true;
        }
        script
    }

    /// The inside of `$(..)`, with its closing parenthesis.
    pub(super) fn script_in_parens(&mut self, start: usize, open: &'static str) -> Parsed<Script> {
        let mut script = Script::default();
        while let Some(command) = self.complete_command(true)? {
            script.commands.push(command);
        }
        if !self.eat_op(")")? {
            return match self.peek()? {
                Token::End => self.unclosed(start, open, ")"),
                _ => self.unexpected(None),
            };
        }
        if let Some(last) = script.commands.last_mut() {
            last.last = true;
        }
        Ok(script)
    }

    /// The next command, or all that is wrong with it.
    pub(super) fn complete_command(&mut self, in_parens: bool) -> Parsed<Option<CompleteCommand>> {
        let command = self.one_command(in_parens);
        if in_parens || self.bad.is_empty() {
            return command;
        }
        self.failed = false;
        let mut bad = std::mem::take(&mut self.bad);
        bad.extend(command.err());
        let further = bad.split_off(1).into_boxed_slice();
        bad.pop().map_or(Ok(None), |first| Err(SyntaxError { further, ..first }))
    }

    fn one_command(&mut self, in_parens: bool) -> Parsed<Option<CompleteCommand>> {
        self.skip_newlines()?;
        match self.peek()? {
            Token::End => return Ok(None),
            Token::Op(")") if in_parens => return Ok(None),
            _ => {}
        }
        let list = self.nest(|p| p.list(false))?;
        if self.failed {
            return Ok(None);
        }
        let newline_follows = match self.peek()? {
            Token::Newline => true,
            Token::End => false,
            Token::Op(")") if in_parens => false,
            _ => {
                let separated = list.items.last().is_some_and(|item| item.semicolon || item.background);
                if !(self.syntax.drops_stray_closer && separated) {
                    return self.unexpected(None);
                }
                self.bump()?;
                false
            }
        };
        let behind = self.peeked.as_ref().map_or(self.pos, |(_, _, end)| *end);
        let read_to = self.span(behind.saturating_sub(usize::from(newline_follows)), behind).start;
        Ok(Some(CompleteCommand { list, newline_follows, last: false, read_to }))
    }

    /// Items up to something that cannot go on; `over_lines`: newlines separate them too.
    fn list(&mut self, over_lines: bool) -> Parsed<List> {
        let failed = over_lines && std::mem::take(&mut self.failed);
        let start = self.next_start()?;
        let mut list = List::default();
        while !self.failed {
            if over_lines {
                self.skip_newlines()?;
            }
            if self.at_list_end()? {
                break;
            }
            let and_or = self.and_or()?;
            let end = self.consumed;
            list.span = self.span(start, end);
            let semicolon = self.eat_op(";")?;
            if self.syntax.job_needs_command && *self.peek()? == Token::Op("&") && ends_without_command(&and_or) {
                return self.unexpected(None);
            }
            let background = !semicolon && self.eat_op("&")?;
            list.items.push(Item { and_or, background, semicolon });
            let newline = over_lines && *self.peek()? == Token::Newline;
            if !semicolon && !background && !newline {
                break;
            }
        }
        self.failed |= failed;
        let may_be_empty = over_lines && self.syntax.empty_lists;
        if list.items.is_empty() && !may_be_empty { self.unexpected(None) } else { Ok(list) }
    }

    /// A list inside a compound command, up to its closing word.
    pub(super) fn compound_list(&mut self) -> Parsed<List> {
        self.nest(|p| p.list(true))
    }

    pub(super) fn at_list_end(&mut self) -> Parsed<bool> {
        if let Some(word) = self.peek_literal()? {
            return Ok(CLOSERS.contains(&word));
        }
        Ok(match self.peek()? {
            Token::End | Token::Newline => true,
            Token::Op(op) => matches!(*op, ")" | ";;" | ";&" | ";;&"),
            Token::Word(_) | Token::IoNumber(_) => false,
        })
    }

    fn and_or(&mut self) -> Parsed<AndOr> {
        let start = self.next_start()?;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            let join = if self.eat_op("&&")? {
                Join::And
            } else if self.eat_op("||")? {
                Join::Or
            } else {
                let span = self.span(start, self.consumed);
                return Ok(AndOr { first, rest, span });
            };
            self.skip_newlines()?;
            rest.push((join, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let start = self.next_start()?;
        let (mut negated, mut timed, mut option) = (false, false, false);
        let (time, takes_option) = (self.syntax.time_keyword, self.syntax.time_option);
        let (repeated, mut bangs) = (self.syntax.repeated_bang, 0_u32);
        loop {
            match self.peek_literal()? {
                Some("!") if bangs > 0 && !repeated => return self.unexpected(None),
                Some("!") => {
                    negated = !negated;
                    bangs += 1;
                }
                Some("time") if time => timed = true,
                Some("-p") if timed && !option && takes_option => option = true,
                Some("--") if timed && !negated => {}
                _ => break,
            }
            self.bump()?;
        }
        let mut commands = vec![self.nest(|p| p.command())?];
        loop {
            let both = self.eat_op("|&")?;
            if !both && !self.eat_op("|")? {
                break;
            }
            if both && let Some(last) = commands.last_mut() {
                last.redirects.push(stderr_to_stdout(last.span));
            }
            self.skip_newlines()?;
            commands.push(self.nest(|p| p.command())?);
        }
        let span = self.span(start, self.consumed);
        Ok(Pipeline { negated, timed, commands, span })
    }

    fn command(&mut self) -> Parsed<Command> {
        self.replace_command_name()?;
        let start = self.next_start()?;
        if let Some(kind) = self.compound()? {
            let redirects = self.redirects()?;
            let span = self.span(start, self.consumed);
            return Ok(Command { kind, redirects, span });
        }
        self.simple(start)
    }

    fn simple(&mut self, start: usize) -> Parsed<Command> {
        let mut simple = Simple::default();
        let mut redirects = Vec::new();
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if let Some(word) = self.operator_in_brackets(&simple)? {
                simple.words.push(word);
                continue;
            }
            if !matches!(self.peek()?, Token::Word(_)) {
                break;
            }
            let began = !simple.words.is_empty() || !simple.assigns.is_empty();
            if began && self.syntax.brace_ends_command && self.peek_literal()? == Some("}") {
                break;
            }
            let list = matches!(simple.assigns.last(), Some(Assign { value: AssignValue::Array(_), .. }));
            if list && !self.syntax.array_arguments {
                return self.unexpected(None);
            }
            if simple.words.is_empty() {
                self.replace_command_name()?
            } else {
                self.replace_behind_blank()?
            };
            let (Token::Word(word), at, end) = self.bump()? else { break };
            let alone = simple.words.is_empty() && simple.assigns.is_empty();
            let array = self.syntax.array_lists
                && (alone || self.syntax.array_arguments)
                && simple.words.first().is_none_or(|word| self.takes_arrays(word))
                && self.src.get(end..).is_some_and(|r| r.starts_with('('));
            if let Some(assign) = self.assignment(&word, at, array, simple.words.is_empty())? {
                match (simple.words.is_empty(), &assign.value) {
                    (true, _) => simple.assigns.push(assign),
                    (false, AssignValue::Array(_)) => simple.array_arguments.push(assign),
                    (false, AssignValue::Scalar(_)) => simple.words.push(word),
                }
                continue;
            }
            if self.syntax.brace_ends_command && closes_unopened(&word) {
                let kind = SyntaxErrorKind::Unexpected { token: "}".into(), expected: None };
                return Err(self.error(at, end, kind));
            }
            simple.words.push(word);
            if simple.words.len() == 1 && simple.assigns.is_empty() && redirects.is_empty() && self.eat_op("(")? {
                return self.function(start, &simple);
            }
        }
        if simple.words.is_empty() && simple.assigns.is_empty() && redirects.is_empty() {
            return self.unexpected(None);
        }
        let span = self.span(start, self.consumed);
        Ok(Command { kind: CommandKind::Simple(simple), redirects, span })
    }

    /// May `name=(..)` stand behind this command?
    fn takes_arrays(&self, command: &Word) -> bool {
        command.as_literal().is_some_and(|name| self.syntax.array_words.contains(&name))
    }

    /// `&&` and `||` between `[[` and `]]`, where that is a builtin: the operators of `test`.
    fn operator_in_brackets(&mut self, simple: &Simple) -> Parsed<Option<Word>> {
        let first = simple.words.first().and_then(Word::as_literal) == Some("[[");
        let open = simple.words.last().and_then(Word::as_literal) != Some("]]");
        let operator = match self.peek()? {
            Token::Op("&&") => "-a",
            Token::Op("||") => "-o",
            _ => return Ok(None),
        };
        if !self.syntax.brackets_take_operators || !first || !open {
            return Ok(None);
        }
        let (_, start, end) = self.bump()?;
        Ok(Some(Word { parts: vec![Part::Literal(operator.into())], span: self.span(start, end) }))
    }

    /// `name() command`, after its `(`.
    fn function(&mut self, start: usize, simple: &Simple) -> Parsed<Command> {
        let name = simple.words.first().and_then(Word::as_static).unwrap_or_default();
        let bad = self.syntax.strict_function_names && (!is_name(&name) || is_special(&name));
        let closed = bad && self.syntax.names_checked_first || self.eat_op(")")?;
        if !closed {
            return self.unexpected(Some(")"));
        }
        if bad {
            return Err(self.error(start, self.consumed, SyntaxErrorKind::BadFunctionName(name)));
        }
        self.function_body(start, name)
    }

    pub(super) fn function_body(&mut self, start: usize, name: String) -> Parsed<Command> {
        self.skip_newlines()?;
        let body = Arc::new(self.nest(|p| p.command())?);
        let group = matches!(body.kind, CommandKind::Group(_) | CommandKind::Subshell(_));
        if self.syntax.function_body_is_group && !group {
            return Err(self.error(start, self.consumed, SyntaxErrorKind::BadFunctionName(name)));
        }
        let span = self.span(start, self.consumed);
        Ok(Command { kind: CommandKind::Function { name, body }, redirects: Vec::new(), span })
    }

    /// The word as an assignment, if it is one. Behind the command name only arrays count (`declare -a x=(1 2)`).
    fn assignment(&mut self, word: &Word, at: usize, array: bool, leading: bool) -> Parsed<Option<Assign>> {
        let Some((name, index, append, value)) = self.split_assignment(word) else { return Ok(None) };
        let empty = value.parts.is_empty();
        if array && empty {
            self.rewind(at + usize::try_from(word.span.end - word.span.start).unwrap_or(0));
            let words = self.nest(|p| p.array_words())?;
            self.consumed = self.pos;
            let span = self.span(at, self.pos);
            return Ok(Some(Assign { name, index, append, value: AssignValue::Array(words), span }));
        }
        if !leading {
            return Ok(None);
        }
        Ok(Some(Assign { name, index, append, value: AssignValue::Scalar(value), span: word.span }))
    }

    fn split_assignment(&self, word: &Word) -> Option<(String, Option<Word>, bool, Word)> {
        let Some((Part::Literal(first), others)) = word.parts.split_first() else { return None };
        if !first.starts_with(is_name_start) {
            return None;
        }
        let length = first.find(|c| !is_name_char(c))?;
        let (name, after) = first.split_at_checked(length)?;
        let mut index = None;
        let mut after = after;
        let mut others = others;
        if self.syntax.arrays
            && self.syntax.element_assigns
            && let Some(inside) = after.strip_prefix('[')
        {
            let (found, rest, left) = split_index(inside, others)?;
            index = Some(Word { parts: found, span: word.span });
            after = rest;
            others = left;
        }
        let append = self.syntax.plus_assign && after.starts_with("+=");
        let text = after.strip_prefix(if append { "+=" } else { "=" })?;
        let mut parts = Vec::new();
        if !text.is_empty() {
            parts.push(Part::Literal(text.into()));
        }
        parts.extend(others.iter().cloned());
        Some((name.into(), index, append, Word { parts, span: word.span }))
    }

    fn array_words(&mut self) -> Parsed<Vec<Word>> {
        let open = self.pos;
        self.bump()?;
        let mut words = Vec::new();
        loop {
            match self.peek()? {
                Token::Word(_) => words.push(self.expect_word()?),
                Token::Newline => {
                    self.bump()?;
                }
                Token::Op(")") => {
                    self.bump()?;
                    return Ok(words);
                }
                Token::End => return self.unclosed(open, "(", ")"),
                Token::Op(_) | Token::IoNumber(_) => return self.unexpected(None),
            }
        }
    }

    /// The reserved word `expected`, inside what `opened` at `start` began.
    pub(super) fn expect(&mut self, expected: &'static str, opened: &'static str, start: usize) -> Parsed<()> {
        let found = match self.peek()? {
            Token::Word(word) => word.as_literal() == Some(expected),
            Token::Op(op) => *op == expected,
            Token::End => {
                let kind = SyntaxErrorKind::UnexpectedEnd { expected: Some(expected), opened };
                self.pos = self.src.len();
                return Err(self.error(start, start + opened.len(), kind));
            }
            Token::Newline | Token::IoNumber(_) => false,
        };
        if !found {
            return self.unexpected(Some(expected));
        }
        self.bump()?;
        Ok(())
    }
}

/// The parts of an index, up to its `]`; the text behind that, and the parts that are left.
fn split_index<'a>(inside: &'a str, others: &'a [Part]) -> Option<(Vec<Part>, &'a str, &'a [Part])> {
    let mut found = Vec::new();
    let mut text = inside;
    let mut others = others;
    loop {
        if let Some((before, behind)) = text.split_once(']') {
            found.push(Part::Literal(before.into()));
            return Some((found, behind, others));
        }
        found.push(Part::Literal(text.into()));
        text = "";
        let (next, rest) = others.split_first()?;
        others = rest;
        match next {
            Part::Literal(literal) => text = literal,
            other => found.push(other.clone()),
        }
    }
}

/// What `|&` adds to its left side.
fn stderr_to_stdout(span: crate::base::diagnostic::Span) -> crate::shell::ast::Redirect {
    let source = Word { parts: vec![Part::Literal("1".into())], span };
    let kind = crate::shell::ast::RedirectKind::Duplicate { input: false, source };
    crate::shell::ast::Redirect { fd: Some(2), kind, span }
}
