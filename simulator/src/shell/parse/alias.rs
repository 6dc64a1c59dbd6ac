//! Aliases (XCU 2.3.1): a word in the place of a command name that is one is replaced by its value in the text, which is
//! then read again from the beginning of the command.
//!
//! Not here: the builtins that define them, and when a text is read (see `run::alias`). Sources: dash `src/parser.c`
//! `readtoken` and `src/input.c` `pushstring`, where an alias is not replaced again while its own value is being read, and
//! where a blank at the end of a value makes the next word a candidate.

use super::lex::Token;
use super::{Parsed, Parser};
use crate::base::limits;
use crate::shell::ast::{Script, SyntaxErrorKind};
use crate::shell::syntax::Syntax;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Words that no alias replaces where they are reserved.
const RESERVED: &[&str] =
    &["if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for", "{", "}", "!", "in"];

/// Between words.
const BLANKS: &[char] = &[' ', '\t'];

/// What is replaced while a text is read.
#[derive(Clone, Copy, Debug)]
pub struct Aliases<'a> {
    /// Names with their values.
    pub table: &'a BTreeMap<String, String>,
    /// A reserved word may be an alias (zsh).
    pub reserved_words: bool,
    /// Also in `$( )`.
    pub in_parentheses: bool,
    /// Also between backquotes.
    pub in_backquotes: bool,
    /// Also in substitutions of a here-document.
    pub in_here_documents: bool,
}

/// A value that was put into a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    name: String,
    start: usize,
    end: usize,
}

/// A text with values in the place of aliases.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Expanded {
    /// What the spans of the commands point into.
    pub text: Arc<str>,
    /// Where values stand in it.
    pub replaced: Vec<Replaced>,
}

/// An alias that reading came upon.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    start: usize,
    end: usize,
    name: String,
    value: String,
}

impl Expanded {
    /// The text as it was written.
    #[must_use]
    pub fn of(text: Arc<str>) -> Expanded {
        Expanded { text, replaced: Vec::new() }
    }

    /// Puts the value in the place of the name.
    fn put(&mut self, hit: Hit) {
        let (before, behind) = (self.text.get(..hit.start), self.text.get(hit.end..));
        let (Some(before), Some(behind)) = (before, behind) else { return };
        let (old, new) = (hit.end - hit.start, hit.value.len());
        for one in &mut self.replaced {
            if one.start >= hit.end && one.start > hit.start {
                one.start = one.start + new - old;
            }
            if one.end >= hit.end {
                one.end = one.end + new - old;
            }
        }
        let text = [before, &hit.value, behind].concat();
        self.text = text.into();
        self.replaced.push(Replaced { name: hit.name, start: hit.start, end: hit.start + new });
    }

    /// Takes back what was replaced from there on.
    pub fn take_back(&mut self, from: usize) {
        while let Some(last) = self.replaced.pop_if(|one| one.start >= from) {
            let (before, behind) = (self.text.get(..last.start), self.text.get(last.end..));
            let (Some(before), Some(behind)) = (before, behind) else { return };
            let (old, new) = (last.end - last.start, last.name.len());
            for outer in self.replaced.iter_mut().filter(|one| one.end >= last.end) {
                outer.end = outer.end + new - old;
            }
            let text = [before, &last.name, behind].concat();
            self.text = text.into();
        }
    }

    /// Does the value of this alias stand here?
    fn inside(&self, name: &str, at: usize) -> bool {
        self.replaced.iter().any(|one| one.name == name && one.start <= at && at < one.end)
    }

    /// Does a value that ends in a blank stand directly in front?
    fn behind_blank(&self, at: usize) -> bool {
        let ends = |one: &Replaced| {
            let value = self.text.get(one.start..one.end).unwrap_or("");
            let between = self.text.get(one.end..at);
            value.ends_with(BLANKS) && between.is_some_and(|t| t.chars().all(|c| BLANKS.contains(&c)))
        };
        self.replaced.iter().any(ends)
    }
}

/// Reads `from` the start of a command to the end. The spans of what was read point into the text as it is then.
pub fn parse_expanding(text: &mut Expanded, from: usize, syntax: &Syntax, aliases: Aliases<'_>) -> Script {
    let mut script = Script::default();
    if text.text.len() > limits::SCRIPT_BYTES {
        return super::parse(&text.text, syntax);
    }
    let mut at = from;
    loop {
        let (read, next) = expanding(text, 0, syntax, aliases, 0, |p| {
            p.pos = at;
            let read = p.complete_command(false);
            (read, p.pos)
        });
        match read {
            Ok(Some(command)) => script.commands.push(command),
            Ok(None) => break,
            Err(error) => {
                script.error = Some(error);
                return script;
            }
        }
        at = next;
    }
    if let Some(last) = script.commands.last_mut() {
        last.last = true;
    }
    script
}

/// Reads with aliases replaced: again from the beginning after each. No more than `limits::ALIASES_REPLACED` are.
pub(super) fn expanding<T>(
    text: &mut Expanded,
    base: usize,
    syntax: &Syntax,
    aliases: Aliases<'_>,
    depth: usize,
    read: impl Fn(&mut Parser<'_>) -> T,
) -> T {
    loop {
        let source = text.clone();
        let mut parser = Parser::new(&source.text, base, syntax);
        parser.depth = depth;
        let room = source.replaced.len() < limits::ALIASES_REPLACED && source.text.len() <= limits::SCRIPT_BYTES;
        parser.aliases = room.then_some((aliases, &source));
        let read = read(&mut parser);
        match parser.hit.take() {
            Some(hit) => text.put(hit),
            None => return read,
        }
    }
}

impl Parser<'_> {
    /// Is the next word an alias in the place of a command name? Then reading ends, to begin again with its value.
    pub(super) fn replace_command_name(&mut self) -> Parsed<()> {
        if self.aliases.is_some() { self.replace() } else { Ok(()) }
    }

    /// The same for a further word, which is a candidate behind a value that ends in a blank.
    pub(super) fn replace_behind_blank(&mut self) -> Parsed<()> {
        let Some((_, source)) = self.aliases else { return Ok(()) };
        let start = self.next_start()?;
        if source.behind_blank(start) { self.replace() } else { Ok(()) }
    }

    fn replace(&mut self) -> Parsed<()> {
        self.peek()?;
        let (Some((aliases, source)), Some((Token::Word(word), start, end))) = (self.aliases, &self.peeked) else {
            return Ok(());
        };
        let (start, end) = (*start, *end);
        let Some((name, value)) = word.as_literal().and_then(|name| aliases.table.get_key_value(name)) else {
            return Ok(());
        };
        let reserved = !aliases.reserved_words && RESERVED.contains(&name.as_str());
        if reserved || source.inside(name, start) {
            return Ok(());
        }
        self.hit.get_or_insert(Hit { start, end, name: name.clone(), value: value.clone() });
        let kind = SyntaxErrorKind::Unexpected { token: name.clone(), expected: None };
        Err(self.error(start, end, kind))
    }

    /// What is read inside `$( )`: with aliases only if they are replaced there.
    pub(super) fn in_parentheses<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let aliases = self.aliases;
        self.aliases = aliases.filter(|(aliases, _)| aliases.in_parentheses);
        let read = read(self);
        self.aliases = aliases;
        read
    }

    /// The text between backquotes: its commands, and the text with what was replaced in it.
    pub(super) fn script_in_backquotes(&mut self, text: String) -> (Script, String) {
        let depth = self.depth;
        match self.aliases.filter(|(aliases, _)| aliases.in_backquotes) {
            None => (super::parse_nested(&text, self.syntax, depth), text),
            Some((aliases, _)) => {
                let mut text = Expanded::of(text.into());
                let script = expanding(&mut text, 0, self.syntax, aliases, depth, |p| p.script());
                (script, text.text.to_string())
            }
        }
    }

    /// The parts of a here-document that stands at `from`.
    pub(super) fn parts_of_here_document(&mut self, body: &str, from: usize) -> Parsed<Vec<crate::shell::ast::Part>> {
        let (base, syntax, depth) = (self.base + from, self.syntax, self.depth);
        match self.aliases.filter(|(aliases, _)| aliases.in_here_documents) {
            None => {
                let mut inner = Parser::new(body, base, syntax);
                inner.depth = depth;
                inner.double_parts(None)
            }
            Some((aliases, _)) => {
                let mut text = Expanded::of(body.into());
                expanding(&mut text, base, syntax, aliases, depth, |p| p.double_parts(None))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::parse::parse;

    /// Aliases that are replaced in every inner text.
    fn everywhere(table: &BTreeMap<String, String>) -> Aliases<'_> {
        Aliases { table, reserved_words: false, in_parentheses: true, in_backquotes: true, in_here_documents: true }
    }

    /// The text after reading with these aliases, `name=value` each.
    fn read(text: &str, names: &[(&str, &str)]) -> String {
        let table = names.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let aliases = everywhere(&table);
        let mut text = Expanded::of(text.into());
        let script = parse_expanding(&mut text, 0, &Syntax::POSIX, aliases);
        assert_eq!(script.error, None, "{}", text.text);
        assert_eq!(script.commands, parse(&text.text, &Syntax::POSIX).commands);
        text.text.to_string()
    }

    #[test]
    fn a_command_name_is_replaced_wherever_one_can_stand() {
        let names = [("e", "echo hi")];
        assert_eq!(
            read("X=1 e a; \\e b | e c && ! e; echo e", &names),
            "X=1 echo hi a; \\e b | echo hi c && ! echo hi; echo e"
        );
        assert_eq!(read("if e; then (e); fi\nf() { e; }", &names), "if echo hi; then (echo hi); fi\nf() { echo hi; }");
        assert_eq!(read("x=$(e 1) >/f e 2 \"$(e 3)\"", &names), "x=$(echo hi 1) >/f echo hi 2 \"$(echo hi 3)\"");
    }

    #[test]
    fn an_alias_is_not_replaced_in_its_own_value() {
        assert_eq!(read("ls; ls", &[("ls", "ls -l")]), "ls -l; ls -l");
        assert_eq!(read("a x", &[("a", "b 1"), ("b", "a 2")]), "a 2 1 x");
    }

    #[test]
    fn a_blank_at_the_end_makes_the_next_word_a_candidate() {
        let names = [("sudo", "sudo "), ("ll", "ls -l")];
        assert_eq!(read("sudo ll ll", &names), "sudo  ls -l ll");
        assert_eq!(read("sudo x ll", &names), "sudo  x ll");
    }

    #[test]
    fn reserved_words_stay_and_values_may_be_reserved_words() {
        assert_eq!(
            read("if true; then x; fi", &[("if", "no"), ("x", "while false; do :; done")]),
            "if true; then while false; do :; done; fi"
        );
        assert_eq!(read("b echo x; e", &[("b", "{"), ("e", "}")]), "{ echo x; }");
    }

    #[test]
    fn endless_values_end() {
        let names: Vec<(String, String)> =
            (0..40).map(|n| (format!("a{n}"), format!("a{} ; a{}", n + 1, n + 1))).collect();
        let table: BTreeMap<String, String> = names.into_iter().collect();
        let aliases = everywhere(&table);
        let mut text = Expanded::of("a0".into());
        let _ = parse_expanding(&mut text, 0, &Syntax::POSIX, aliases);
        assert!(text.replaced.len() <= limits::ALIASES_REPLACED);
    }

    #[test]
    fn a_word_that_ends_what_a_value_began_is_found() {
        assert_eq!(read("f 1 2; do :; done", &[("f", "for i in")]), "for i in 1 2; do :; done");
    }
}
