//! `[[ expression ]]` (bash(1) "CONDITIONAL CONSTRUCTS"): `!`, `&&`, `||`, parentheses over unary and binary tests.

use super::lex::Token;
use super::{Parsed, Parser};
use crate::shell::ast::{CommandKind, Part, TestExpr, Word};
use std::sync::Arc;

impl Parser<'_> {
    pub(super) fn double_bracket(&mut self, start: usize) -> Parsed<CommandKind> {
        self.bump()?;
        let test = self.nest(|p| p.test_or())?;
        self.skip_newlines()?;
        self.expect("]]", "[[", start)?;
        Ok(CommandKind::Test(Arc::new(test)))
    }

    fn test_or(&mut self) -> Parsed<TestExpr> {
        let mut left = self.test_and()?;
        self.skip_newlines()?;
        while self.eat_op("||")? {
            left = TestExpr::Or(Box::new(left), Box::new(self.test_and()?));
            self.skip_newlines()?;
        }
        Ok(left)
    }

    fn test_and(&mut self) -> Parsed<TestExpr> {
        let mut left = self.test_primary()?;
        self.skip_newlines()?;
        while self.eat_op("&&")? {
            left = TestExpr::And(Box::new(left), Box::new(self.test_primary()?));
            self.skip_newlines()?;
        }
        Ok(left)
    }

    fn test_primary(&mut self) -> Parsed<TestExpr> {
        self.skip_newlines()?;
        if self.peek_literal()? == Some("!") {
            self.bump()?;
            return Ok(TestExpr::Not(Box::new(self.nest(|p| p.test_primary())?)));
        }
        if self.eat_op("(")? {
            let inner = self.nest(|p| p.test_or())?;
            if !self.eat_op(")")? {
                return self.unexpected(Some(")"));
            }
            return Ok(inner);
        }
        let left = self.expect_word()?;
        let unary = left.as_literal().filter(|t| t.len() == 2 && t.starts_with('-')).map(str::to_string);
        let operator = self.test_operator()?;
        match (operator, unary) {
            (Some(operator), _) => {
                let right = if operator == "=~" { self.regex_word()? } else { self.expect_word()? };
                Ok(TestExpr::Binary(left, operator, right))
            }
            (None, Some(unary)) if matches!(self.peek()?, Token::Word(w) if w.as_literal() != Some("]]")) => {
                Ok(TestExpr::Unary(unary, self.expect_word()?))
            }
            (None, _) => Ok(TestExpr::Word(left)),
        }
    }

    fn test_operator(&mut self) -> Parsed<Option<String>> {
        let regex = self.syntax.regex_match;
        let operator = match self.peek()? {
            Token::Op(op @ ("<" | ">")) => (*op).to_string(),
            Token::Word(word) => match word.as_literal() {
                Some(
                    op @ ("=" | "==" | "!=" | "=~" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "-nt" | "-ot"
                    | "-ef"),
                ) if op != "=~" || regex => op.to_string(),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        self.bump()?;
        Ok(Some(operator))
    }

    /// A regular expression: parentheses and bars are part of it.
    fn regex_word(&mut self) -> Parsed<Word> {
        self.skip_blanks();
        let word = self.word_until(|c| " \t\n".contains(c))?;
        let parts = if word.parts.is_empty() { vec![Part::Quoted(String::new())] } else { word.parts };
        Ok(Word { parts, span: word.span })
    }
}
