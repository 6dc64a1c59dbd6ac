//! Loops and `case` (XCU 2.9.4): their words, and where they go on.
//!
//! Not here: what they consist of (`crate::shell::plan`) and the conditions around them (`condition`).

use super::Shell;
use super::step::Loop;
use crate::program::{Call, Sys};
use crate::shell::ast::{ArmEnd, Word};
use crate::shell::plan::Op;
use std::sync::Arc;

impl Shell {
    pub(super) fn enter_loop(&mut self, exit: usize, next: usize) {
        let conditions = self.state.conditions;
        if let Some(frame) = self.frame() {
            let words = frame.words.take();
            let redirects = frame.redirects.len();
            frame.loops.push(Loop { exit, next, words, status: 0, conditions, redirects });
        }
    }

    pub(super) fn for_words(&mut self, name: Arc<str>, words: Option<&[Word]>, sys: &Sys<'_>) -> Option<Call> {
        let values = match words {
            Some(words) => self.expand(sys, |e| e.fields(words)),
            None => Ok(self.state.positional.clone()),
        };
        self.with(values, |shell, mut values| {
            values.reverse();
            if let Some(frame) = shell.frame() {
                frame.words = Some((name, values));
            }
        })
    }

    pub(super) fn for_next(&mut self, exit: usize, sys: &Sys<'_>) {
        let next = self.frame().and_then(|f| f.loops.last_mut()).and_then(|l| l.words.as_mut());
        let next = next.and_then(|(name, words)| words.pop().map(|word| (name.clone(), word)));
        match next {
            Some((name, word)) => {
                if !self.state.set(&name, word) {
                    let message = self.message(self.columns().messages.read_only, "", &[("name", &name)]);
                    match self.columns().details.errors_leave_out_the_line {
                        true => self.leave_line(1),
                        false => self.exit_with(self.read_only_status()),
                    }
                    self.error(message);
                }
                self.trace_turn(sys);
            }
            None => self.jump(exit),
        }
    }

    pub(super) fn case(
        &mut self,
        word: &Word,
        arms: &[(Vec<Word>, usize, ArmEnd)],
        end: usize,
        from: usize,
        sys: &Sys<'_>,
    ) -> Option<Call> {
        let target = self.expand(sys, |e| {
            let text = e.text(word)?;
            for (patterns, start, _) in arms.iter().skip(from) {
                for pattern in patterns {
                    if e.pattern(pattern)?.matches(&text) {
                        return Ok(Some(*start));
                    }
                }
            }
            Ok(None)
        });
        self.with(target, |shell, target| {
            if target.is_none() && from == 0 {
                shell.state.status = 0;
            }
            shell.jump(target.unwrap_or(end));
            if from == 0 {
                shell.trace_head("case", std::slice::from_ref(word), " in", sys);
            }
        })
    }

    pub(super) fn case_from(&mut self, at: usize, arm: usize, sys: &Sys<'_>) -> Option<Call> {
        let op = self.frame().and_then(|f| f.code.get(at).cloned());
        match op {
            Some(Op::Case { word, arms, end }) => self.case(&word, &arms, end, arm, sys),
            _ => None,
        }
    }
}
