//! `set -x`: what is run, in front of it `PS4` (XCU set; 2.5.3).
//!
//! Quoting differs: `TraceQuote`.

use super::Shell;
use super::simple::{Assigned, NewValue};
use super::step::Step;
use crate::base::diagnostic::Span;
use crate::program::Sys;
use crate::shell::ast::{Assign, AssignValue, Part, Word};
use crate::shell::parse::parse_double_quoted;
use crate::shell::plan::Op;
use crate::shell::variants::{TraceAssigns, TraceQuote};

impl Shell {
    /// `set -x`; `written` are the assignments before they were expanded, `arrays` those that are arguments.
    pub(super) fn trace_line(
        &mut self,
        argv: &[String],
        assigns: &[Assigned],
        arrays: &[Assigned],
        written: &[Assign],
        sys: &Sys<'_>,
    ) -> String {
        let (place, quotes) = (self.columns().details.trace_assigns, self.columns().details.trace_quote);
        let prefix = self.trace_prefix(sys);
        let mut lines = Vec::new();
        let mut words: Vec<String> = Vec::new();
        for (number, assign) in assigns.iter().enumerate() {
            let value = match &assign.value {
                NewValue::One(text) => quoted(text, quotes, true),
                NewValue::Many(_) if place == TraceAssigns::LinesAround => self.as_written(written.get(number)),
                NewValue::Many(list) => {
                    let list = list.iter().map(|word| quoted(word, quotes, false)).collect::<Vec<_>>().join(" ");
                    if place == TraceAssigns::Apart { format!("( {list} )") } else { format!("({list})") }
                }
            };
            let index = assign.index.as_ref().map_or(String::new(), |index| format!("[{index}]"));
            let text = format!("{}{index}{}={value}", assign.name, if assign.append { "+" } else { "" });
            match place {
                TraceAssigns::InFront | TraceAssigns::InFrontBlank | TraceAssigns::Apart => words.push(text),
                TraceAssigns::LinesBefore | TraceAssigns::LinesAround | TraceAssigns::LinesBehind => {
                    lines.push(format!("{prefix}{text}"));
                }
            }
        }
        for array in arrays {
            let NewValue::Many(list) = &array.value else { continue };
            let values: Vec<String> = list
                .iter()
                .map(|text| match text.strip_prefix('[').and_then(|inner| inner.split_once("]=")) {
                    Some((key, value)) => format!("['{key}']='{value}'"),
                    None => format!("'{text}'"),
                })
                .collect();
            lines.push(format!("{prefix}{}=({})", array.name, values.join(" ")));
        }
        let blank = matches!(place, TraceAssigns::InFrontBlank | TraceAssigns::Apart) && !words.is_empty();
        if argv.is_empty() && blank {
            words.push(String::new());
        }
        let again = if blank && place == TraceAssigns::Apart { prefix.as_str() } else { "" };
        words.extend(argv.iter().enumerate().map(|(n, word)| match word.as_str() {
            "[" | "!" if place == TraceAssigns::Apart => format!("{}{word}", if n == 0 { again } else { "" }),
            word => format!("{}{}", if n == 0 { again } else { "" }, quoted(word, quotes, false)),
        }));
        if !arrays.is_empty() {
            let options = words.iter().skip(1).take_while(|word| word.starts_with('-')).count();
            let names = arrays.iter().map(|array| array.name.clone());
            let at = (1 + options).min(words.len());
            words.splice(at..at, names);
        }
        if !words.is_empty() {
            let at = if place == TraceAssigns::LinesBehind { 0 } else { lines.len() };
            lines.insert(at, format!("{prefix}{}", words.join(" ")));
        }
        if place == TraceAssigns::LinesAround && matches!(argv.first().map(String::as_str), Some("export" | "readonly"))
        {
            let assigned = argv.iter().skip(1).filter_map(|word| word.split_once('='));
            lines.extend(assigned.map(|(name, value)| format!("{prefix}{name}={}", quoted(value, quotes, true))));
        }
        lines.join("\n")
    }

    /// The list of an array as it was written, between its parentheses.
    fn as_written(&mut self, assign: Option<&Assign>) -> String {
        let text = self.frame().map(|frame| frame.text.clone()).unwrap_or_default();
        let Some(AssignValue::Array(words)) = assign.map(|assign| &assign.value) else { return "()".into() };
        format!("({})", words.iter().map(|word| word.span.of(&text)).collect::<Vec<_>>().join(" "))
    }

    /// The value of `PS4` with its parameters, or what stands for it where it is not set. A substitution stays as written.
    fn trace_prefix(&mut self, sys: &Sys<'_>) -> String {
        let line = self.state.line.to_string();
        let usual = self.message(self.columns().messages.trace_prefix, "", &[("line", &line)]);
        let Some(set) = self.state.get("PS4") else { return self.deepened(usual) };
        if self.columns().details.names_scope {
            // It is a prompt: `%` leads to something there, `$` does not.
            return if set.contains('%') { usual } else { set };
        }
        let Ok(parts) = parse_double_quoted(&set, &self.columns().syntax) else { return set };
        let word = Word { parts: vec![Part::Double(parts)], span: Span::new(0, 0) };
        let text = self.expand(sys, |e| e.text(&word)).unwrap_or(set);
        self.deepened(text)
    }

    /// The first character once more for each text inside a text (bash `indirection_level_string`).
    fn deepened(&self, prefix: String) -> String {
        // The EXIT trap is no text inside another one.
        let traps = self.stack.iter().filter(|step| matches!(step, Step::EndTrap { .. })).count();
        let inner = self.state.evaluating + self.state.substitutions + u32::try_from(traps).unwrap_or(0);
        match prefix.chars().next().filter(|_| self.columns().messages.trace_nests) {
            Some(first) => (0..inner).map(|_| first).chain(prefix.chars()).collect(),
            None => prefix,
        }
    }

    /// The head of a `for` or `case`, as written, where the shell traces it.
    pub(super) fn trace_head(&mut self, head: &str, words: &[Word], tail: &str, sys: &Sys<'_>) {
        if !self.state.options.xtrace || !self.columns().messages.trace_nests {
            return;
        }
        let text = self.frame().map(|f| f.text.clone()).unwrap_or_default();
        let words: Vec<&str> = words.iter().map(|word| word.span.of(&text)).collect();
        let prefix = self.trace_prefix(sys);
        self.error(format!("{prefix}{head} {}{tail}", words.join(" ")));
    }

    /// What was asked in `[[ ]]` or computed in `(( ))`, a line each, where the shell traces it (bash `print_cmd.c`,
    /// `xtrace_print_cond_term`).
    pub(super) fn trace_terms(&mut self, terms: &[String], sys: &Sys<'_>) {
        if !self.state.options.xtrace || !self.columns().messages.trace_nests || terms.is_empty() {
            return;
        }
        let prefix = self.trace_prefix(sys);
        let lines: Vec<String> = terms.iter().map(|term| format!("{prefix}{term}")).collect();
        self.error(lines.join("\n"));
    }

    /// The head of the `for` whose next turn begins.
    pub(super) fn trace_turn(&mut self, sys: &Sys<'_>) {
        if self.state.options.xtrace
            && self.columns().details.trace_assigns == TraceAssigns::Apart
            && let Some((name, _)) = self.frame().and_then(|f| f.loops.last()).and_then(|l| l.words.clone())
        {
            let value = NewValue::One(self.state.get(&name).unwrap_or_default());
            let line = self.trace_line(
                &[],
                &[Assigned { name: name.to_string(), index: None, append: false, value }],
                &[],
                &[],
                sys,
            );
            self.error(line.trim_end().to_owned());
            return;
        }
        let Some(frame) = self.frame() else { return };
        let at = frame.loops.last().and_then(|inner| inner.next.checked_sub(2));
        let Some(Op::ForWords { name, words }) = at.and_then(|at| frame.code.get(at)).cloned() else { return };
        match words {
            Some(words) => self.trace_head(&format!("for {name} in"), &words, "", sys),
            None => self.trace_head(&format!("for {name} in \"$@\""), &[], "", sys),
        }
    }
}

/// A word or the value of an assignment as `set -x` shows it.
fn quoted(text: &str, quotes: TraceQuote, is_value: bool) -> String {
    let other = |bare: &str| text.chars().any(|c| c.is_ascii() && !c.is_ascii_alphanumeric() && !bare.contains(c));
    let single = || format!("'{}'", text.replace('\'', "'\\''"));
    match quotes {
        TraceQuote::Nothing => text.to_owned(),
        TraceQuote::AllBut(bare) if text.is_empty() || other(bare) => single(),
        TraceQuote::ReservedAndAllBut(bare) if other(bare) || !is_value && RESERVED.contains(&text) => {
            let quoted = format!("'{}'", text.replace('\'', "'\"'\"'"));
            if text.ends_with('\'') { quoted.strip_suffix("''").unwrap_or(&quoted).to_owned() } else { quoted }
        }
        TraceQuote::Meaning if text.is_empty() => if is_value { "" } else { "''" }.to_owned(),
        TraceQuote::Meaning if text == "'" => "\\'".to_owned(),
        TraceQuote::Meaning if means_something(text) => single(),
        TraceQuote::AllBut(_) | TraceQuote::ReservedAndAllBut(_) | TraceQuote::Meaning => text.to_owned(),
    }
}

/// BusyBox's reserved words.
const RESERVED: &[&str] = &[
    "!", "[[", "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "then", "until",
    "while", "{", "}",
];

/// Is there a character that means something to a shell, where it stands?
fn means_something(text: &str) -> bool {
    let before = |at: usize| text.get(..at).and_then(|before| before.chars().last());
    text.char_indices().any(|(at, c)| match c {
        ' ' | '\t' | '\n' | '\'' | '"' | '\\' | '|' | '&' | ';' | '(' | ')' | '<' | '>' | '!' | '{' | '}' | '*'
        | '[' | '?' | ']' | '^' | '$' | '`' => true,
        '~' => matches!(before(at), None | Some('=' | ':')),
        '#' => matches!(before(at), None | Some(' ' | '\t')),
        _ => false,
    })
}
