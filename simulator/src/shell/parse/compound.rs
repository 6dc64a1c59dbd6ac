//! Compound commands (XCU 2.9.4) and function definitions with the `function` word.

use super::lex::Token;
use super::words::{is_name_char, is_name_start};
use super::{Parsed, Parser};
use crate::shell::ast::{ArmEnd, CaseArm, CommandKind, Part, SyntaxError, SyntaxErrorKind, Word};

/// Words that begin what another word ends.
const OPENING: &[&str] = &["{", "if", "while", "until", "for", "select", "case"];

impl Parser<'_> {
    /// A compound command, if one starts here.
    pub(super) fn compound(&mut self) -> Parsed<Option<CommandKind>> {
        let opened = match self.peek()? {
            Token::Op("(") => Some("("),
            _ => {
                let word = self.peek_literal()?;
                OPENING.iter().find(|opening| word == Some(**opening)).copied()
            }
        };
        let start = self.next_start()?;
        let begins = opened.map(|word| (word, self.span(start, start).start));
        self.compound_here().map_err(|error| SyntaxError { inside: error.inside.or(begins), ..error })
    }

    fn compound_here(&mut self) -> Parsed<Option<CommandKind>> {
        let start = self.next_start()?;
        if *self.peek()? == Token::Op("(") {
            return self.parenthesised(start).map(Some);
        }
        let Some(word) = self.peek_literal()?.map(str::to_string) else { return Ok(None) };
        let kind = match word.as_str() {
            "{" => self.group(start)?,
            "if" => self.if_command(start)?,
            "while" | "until" => self.while_command(start, word == "until")?,
            "for" => self.for_command(start)?,
            "select" if self.syntax.select => self.for_command(start)?,
            "case" => self.case_command(start)?,
            "[[" if self.syntax.double_bracket => self.double_bracket(start)?,
            "function" if self.syntax.function_keyword => self.function_word(start)?,
            "then" | "else" | "elif" | "fi" | "do" | "done" | "esac" | "}" => return self.unexpected(None),
            _ => return Ok(None),
        };
        Ok(Some(kind))
    }

    fn parenthesised(&mut self, start: usize) -> Parsed<CommandKind> {
        if self.syntax.double_paren && self.slice(start, start + 2) == "((" {
            self.rewind(start + 2);
            let parts = self.nest(|p| p.arithmetic_parts());
            if let Ok(parts) = parts
                && self.eat("))")
            {
                self.consumed = self.pos;
                return Ok(CommandKind::Arith(Word { parts, span: self.span(start, self.pos) }));
            }
            self.rewind(start);
        }
        self.bump()?;
        let list = self.compound_list().map_err(|error| closed_by(error, &[")"]))?;
        self.expect(")", "(", start)?;
        Ok(CommandKind::Subshell(list))
    }

    fn group(&mut self, start: usize) -> Parsed<CommandKind> {
        self.bump()?;
        let list = self.list_inside("{", start)?;
        self.expect("}", "{", start)?;
        Ok(CommandKind::Group(list))
    }

    /// A list that has to be there; the end of the text is reported with what was opened.
    fn list_inside(&mut self, opened: &'static str, start: usize) -> Parsed<crate::shell::ast::List> {
        self.skip_newlines()?;
        if *self.peek()? == Token::End {
            self.pos = self.src.len();
            let kind = SyntaxErrorKind::UnexpectedEnd { expected: closing(opened), opened };
            return Err(self.error(start, start + opened.len(), kind));
        }
        let closers: &[&'static str] = match opened {
            "{" => &["}"],
            "if" => &["then", "fi"],
            "then" | "else" => &["fi"],
            "while" | "until" => &["do", "done"],
            "do" => &["done"],
            _ => &[],
        };
        let list = self.compound_list().map_err(|error| closed_by(error, closers))?;
        let branch = matches!(opened, "then" | "else") && !self.syntax.empty_branches;
        if branch && list.items.is_empty() { self.unexpected(None) } else { Ok(list) }
    }

    fn if_command(&mut self, start: usize) -> Parsed<CommandKind> {
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            self.bump()?;
            let condition = self.list_inside("if", start)?;
            self.expect("then", "if", start)?;
            arms.push((condition, self.list_inside("then", start)?));
            match self.peek_literal()? {
                Some("elif") => continue,
                Some("else") => {
                    self.bump()?;
                    otherwise = Some(self.list_inside("else", start)?);
                }
                _ => {}
            }
            self.expect("fi", "if", start)?;
            return Ok(CommandKind::If { arms, otherwise });
        }
    }

    fn while_command(&mut self, start: usize, until: bool) -> Parsed<CommandKind> {
        let opened = if until { "until" } else { "while" };
        self.bump()?;
        let condition = self.list_inside(opened, start)?;
        self.expect("do", opened, start)?;
        let body = self.list_inside("do", start)?;
        self.expect("done", opened, start)?;
        Ok(CommandKind::While { until, condition, body })
    }

    fn for_command(&mut self, start: usize) -> Parsed<CommandKind> {
        self.bump()?;
        let open = self.next_start()?;
        if self.syntax.arithmetic_for && self.slice(open, open + 2) == "((" {
            return self.arithmetic_for(start, open);
        }
        if !matches!(self.peek()?, Token::Word(_) | Token::End) {
            let doubled = self.syntax.double_paren && self.slice(open, open + 2) == "((";
            let token = if doubled { "((".to_owned() } else { self.token_text()? };
            let end = self.peeked.as_ref().map_or(self.pos, |(_, _, end)| *end);
            return Err(self.error(open, end, SyntaxErrorKind::BadLoopVariable(token)));
        }
        let name = self.expect_word()?.as_static().unwrap_or_default();
        if !name.starts_with(is_name_start) || !name.chars().all(is_name_char) {
            return Err(self.error(open, self.pos, SyntaxErrorKind::BadLoopVariable(name)));
        }
        let mut words = None;
        if !self.eat_op(";")? {
            self.skip_newlines()?;
            if self.peek_literal()? == Some("in") {
                self.bump()?;
                words = Some(self.for_words()?);
            }
        }
        self.skip_newlines()?;
        let body = self.do_group(start)?;
        Ok(CommandKind::For { name, words, body })
    }

    fn for_words(&mut self) -> Parsed<Vec<Word>> {
        let mut words = Vec::new();
        while matches!(self.peek()?, Token::Word(_)) {
            words.push(self.expect_word()?);
        }
        if !self.eat_op(";")? && *self.peek()? != Token::Newline {
            return self.unexpected(None);
        }
        Ok(words)
    }

    fn do_group(&mut self, start: usize) -> Parsed<crate::shell::ast::List> {
        self.expect("do", "for", start)?;
        let body = self.list_inside("do", start)?;
        self.expect("done", "for", start)?;
        Ok(body)
    }

    fn arithmetic_for(&mut self, start: usize, open: usize) -> Parsed<CommandKind> {
        self.rewind(open + 2);
        let mut parts: [Word; 3] = Default::default();
        for (n, slot) in parts.iter_mut().enumerate() {
            let close = if n == 2 { ')' } else { ';' };
            *slot = self.word_until(|c| c == close || c == '\n')?;
            if !self.eat(if n == 2 { "))" } else { ";" }) {
                return self.unclosed(open, "((", "))");
            }
        }
        self.eat_op(";")?;
        self.skip_newlines()?;
        let body = self.do_group(start)?;
        Ok(CommandKind::ArithFor { parts, body })
    }

    fn case_command(&mut self, start: usize) -> Parsed<CommandKind> {
        self.bump()?;
        let word = self.expect_word()?;
        self.skip_newlines()?;
        self.expect("in", "case", start)?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.peek_literal()? == Some("esac") {
                self.bump()?;
                return Ok(CommandKind::Case { word, arms });
            }
            if *self.peek()? == Token::End {
                self.pos = self.src.len();
                let kind = SyntaxErrorKind::UnexpectedEnd { expected: Some(")"), opened: "case" };
                return Err(self.error(start, start + 4, kind));
            }
            arms.push(self.nest(|p| p.case_arm()).map_err(|error| closed_by(error, &["esac"]))?);
        }
    }

    fn case_arm(&mut self) -> Parsed<CaseArm> {
        self.eat_op("(")?;
        let mut patterns = vec![self.expect_word()?];
        while self.eat_op("|")? {
            patterns.push(self.expect_word()?);
        }
        if !self.eat_op(")")? {
            return self.unexpected(Some(")"));
        }
        self.skip_newlines()?;
        let body = if self.at_list_end()? { Default::default() } else { self.compound_list()? };
        self.skip_newlines()?;
        let end = if self.eat_op(";;")? {
            ArmEnd::Break
        } else if self.eat_op(";&")? {
            ArmEnd::FallThrough
        } else if self.eat_op(";;&")? {
            ArmEnd::TryNext
        } else {
            match self.peek()? {
                Token::Word(word) if word.as_literal() == Some("esac") => ArmEnd::Break,
                Token::End => ArmEnd::Break,
                _ => return self.unexpected(Some(";;")),
            }
        };
        Ok(CaseArm { patterns, body, end })
    }

    fn function_word(&mut self, start: usize) -> Parsed<CommandKind> {
        self.bump()?;
        let name = self.expect_word()?;
        let name = match name.parts.as_slice() {
            [Part::Literal(text)] => text.clone(),
            _ => return self.unexpected(None),
        };
        if self.eat_op("(")? && !self.eat_op(")")? {
            return self.unexpected(Some(")"));
        }
        Ok(self.function_body(start, name)?.kind)
    }
}

/// An error inside something that these words close.
fn closed_by(mut error: SyntaxError, closers: &[&'static str]) -> SyntaxError {
    error.around.extend(closers);
    error
}

/// The word that goes on behind what a word opens.
fn closing(opened: &str) -> Option<&'static str> {
    Some(match opened {
        "if" => "then",
        "then" | "else" => "fi",
        "while" | "until" | "for" => "do",
        "do" => "done",
        "{" => "}",
        "(" => ")",
        _ => return None,
    })
}
