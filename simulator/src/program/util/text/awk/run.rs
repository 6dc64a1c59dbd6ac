//! awk: runs a program over the records of its input.

use std::collections::BTreeMap;

use super::super::dialect::{Dialect, compile};
use super::super::{Job, Outcome};
use super::ast::{Expr, Function, Pattern, Program, Stmt};
use super::cells::{Cell, Key};
use super::value::Val;
use crate::base::limits::EXPANSION_BYTES;
use crate::shell::run::regex::Regex;

/// Steps of one run, after which it is given up.
const STEPS: usize = 300_000;
/// Calls inside calls.
const DEPTH: usize = 64;

/// Why a statement does not go on to the next one.
pub(super) enum Stop {
    Next,
    Exit,
    Break,
    Continue,
    Return(Val),
    /// Something that is not simulated, or too many steps.
    Missing(String),
}

pub(super) type Flow<T = ()> = Result<T, Stop>;

pub(super) struct Machine<'a> {
    program: &'a Program,
    pub(super) files: Vec<(&'a str, &'a str)>,
    /// Which file, and how far it was read.
    pub(super) file: usize,
    pub(super) at: usize,
    pub(super) globals: BTreeMap<String, Cell>,
    /// Variables of the functions that are being called.
    pub(super) frames: Vec<BTreeMap<String, Cell>>,
    pub record: String,
    pub fields: Vec<String>,
    pub out: Outcome,
    pub gensub: bool,
    pub random: u32,
    open: Vec<bool>,
    steps: usize,
    written: usize,
}

impl<'a> Machine<'a> {
    pub fn new(program: &'a Program, job: &Job<'a>) -> Machine<'a> {
        let texts = [("FS", " "), ("OFS", " "), ("ORS", "\n"), ("RS", "\n"), ("SUBSEP", "\u{1c}"), ("FILENAME", "")];
        let mut globals: BTreeMap<String, Cell> =
            texts.iter().map(|(n, v)| ((*n).to_owned(), Cell::holding(Val::Text((*v).to_owned())))).collect();
        for name in ["NR", "FNR", "NF", "RSTART", "RLENGTH"] {
            globals.insert(name.into(), Cell::holding(Val::Number(0.0)));
        }
        let environment = job.env.iter().map(|(n, v)| (Key::new(n), Val::input(v.to_string()))).collect();
        globals.insert("ENVIRON".into(), Cell { array: environment, ..Cell::default() });
        Machine {
            program,
            files: job.inputs.clone(),
            file: 0,
            at: 0,
            globals,
            frames: Vec::new(),
            record: String::new(),
            fields: Vec::new(),
            out: Outcome::default(),
            gensub: false,
            random: 1,
            open: vec![false; program.rules.len()],
            steps: STEPS,
            written: 0,
        }
    }

    pub fn run(mut self) -> Outcome {
        let program = self.program;
        let is_begin = |p: &Pattern| matches!(p, Pattern::Begin);
        let is_end = |p: &Pattern| matches!(p, Pattern::End);
        let mut result = Ok(());
        for (_, action) in program.rules.iter().filter(|(p, _)| is_begin(p)) {
            result = result.and_then(|()| action.as_ref().map_or(Ok(()), |a| self.statement(a)));
        }
        let reads = program.rules.iter().any(|(p, _)| !is_begin(p));
        while reads && result.is_ok() && self.next_record() {
            result = match self.rules() {
                Err(Stop::Next) => Ok(()),
                other => other,
            };
        }
        if !matches!(result, Err(Stop::Missing(_))) {
            let mut end = Ok(());
            for (_, action) in program.rules.iter().filter(|(p, _)| is_end(p)) {
                end = end.and_then(|()| action.as_ref().map_or(Ok(()), |a| self.statement(a)));
            }
            if let Err(stop @ Stop::Missing(_)) = end {
                result = Err(stop);
            }
        }
        if let Err(Stop::Missing(what)) = result {
            self.out.missing = Some(what);
        }
        self.out
    }

    fn rules(&mut self) -> Flow {
        for (at, (pattern, action)) in self.program.rules.iter().enumerate() {
            let open = self.open.get(at).copied().unwrap_or(false);
            let holds = match pattern {
                Pattern::Begin | Pattern::End => false,
                Pattern::Always => true,
                Pattern::If(condition) => self.eval(condition)?.holds(),
                Pattern::Range(first, last) => {
                    let inside = open || self.eval(first)?.holds();
                    let goes_on = inside && !self.eval(last)?.holds();
                    if let Some(slot) = self.open.get_mut(at) {
                        *slot = goes_on;
                    }
                    inside
                }
            };
            match action {
                Some(action) if holds => self.statement(action)?,
                None if holds => {
                    let text = self.record.clone() + &self.get("ORS").text();
                    self.write(1, &text);
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub fn write(&mut self, fd: u32, text: &str) {
        self.written += text.len();
        if self.written < EXPANSION_BYTES {
            self.out.write(fd, text);
        }
    }

    fn step(&mut self) -> Flow {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 { Err(Stop::Missing("the program of awk does not end".into())) } else { Ok(()) }
    }

    pub fn statement(&mut self, statement: &Stmt) -> Flow {
        self.step()?;
        match statement {
            Stmt::Expr(expr) => self.eval(expr).map(|_| ()),
            Stmt::Print(formatted, args, to) => self.print(*formatted, args, to.as_ref()),
            Stmt::If(condition, then, otherwise) => match (self.eval(condition)?.holds(), otherwise) {
                (true, _) => self.statement(then),
                (false, Some(otherwise)) => self.statement(otherwise),
                (false, None) => Ok(()),
            },
            Stmt::While(condition, body, first) => {
                let mut goes_on = *first || self.eval(condition)?.holds();
                while goes_on {
                    if self.body(body)? {
                        break;
                    }
                    goes_on = self.eval(condition)?.holds();
                }
                Ok(())
            }
            Stmt::For(start, condition, step, body) => {
                start.as_ref().map_or(Ok(()), |s| self.statement(s))?;
                loop {
                    let holds = condition.as_ref().map_or(Ok(true), |c| self.eval(c).map(|v| v.holds()))?;
                    if !holds || self.body(body)? {
                        return Ok(());
                    }
                    step.as_ref().map_or(Ok(()), |s| self.statement(s))?;
                }
            }
            Stmt::ForIn(name, array, body) => {
                let keys: Vec<Key> = self.array(array).keys().cloned().collect();
                for key in keys {
                    self.set(name, Val::input(key.text()));
                    if self.body(body)? {
                        break;
                    }
                }
                Ok(())
            }
            Stmt::Block(all) => all.iter().try_for_each(|s| self.statement(s)),
            Stmt::Next => Err(Stop::Next),
            Stmt::Exit(code) => {
                if let Some(code) = code {
                    let number = self.eval(code)?.number();
                    self.out.code = super::builtin::whole(number).rem_euclid(256).try_into().unwrap_or(0);
                }
                Err(Stop::Exit)
            }
            Stmt::Break => Err(Stop::Break),
            Stmt::Continue => Err(Stop::Continue),
            Stmt::Return(value) => {
                let value = value.as_ref().map_or(Ok(Val::Unset), |v| self.eval(v))?;
                Err(Stop::Return(value))
            }
            Stmt::Delete(name, subscripts) => {
                match subscripts {
                    Some(subscripts) => {
                        let key = self.key(subscripts)?;
                        self.array(name).remove(&key);
                    }
                    None => self.array(name).clear(),
                }
                Ok(())
            }
        }
    }

    /// The body of a loop; true if the loop ends.
    fn body(&mut self, body: &Stmt) -> Flow<bool> {
        self.step()?;
        match self.statement(body) {
            Err(Stop::Break) => Ok(true),
            Ok(()) | Err(Stop::Continue) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn print(&mut self, formatted: bool, args: &[Expr], to: Option<&(&'static str, Expr)>) -> Flow {
        let mut values = Vec::new();
        for arg in args {
            values.push(self.eval(arg)?);
        }
        let text = match (formatted, values.split_first()) {
            (true, Some((format, values))) => super::builtin::sprintf(&format.text(), values),
            (true, None) => String::new(),
            (false, None) => self.record.clone() + &self.get("ORS").text(),
            (false, Some(_)) => {
                let texts: Vec<String> = values.iter().map(Val::text).collect();
                texts.join(&self.get("OFS").text()) + &self.get("ORS").text()
            }
        };
        let Some((mark, target)) = to else {
            self.write(1, &text);
            return Ok(());
        };
        let target = self.eval(target)?.text();
        match (*mark, target.as_str()) {
            ("|", "cat 1>&2" | "cat >&2") | (">" | ">>", "/dev/stderr") => self.write(2, &text),
            ("|", "cat") | (">" | ">>", "/dev/stdout" | "-") => self.write(1, &text),
            ("|", _) => return Err(Stop::Missing("a command that awk writes to".into())),
            (mark, _) => {
                let files = if mark == ">>" { &mut self.out.appends } else { &mut self.out.files };
                match files.iter_mut().find(|(name, _)| *name == target) {
                    Some((_, all)) => all.push_str(&text),
                    None => files.push((target, text)),
                }
            }
        }
        Ok(())
    }

    pub fn eval(&mut self, expr: &Expr) -> Flow<Val> {
        self.step()?;
        Ok(match expr {
            Expr::Number(n) => Val::Number(*n),
            Expr::Text(text) => Val::Text(text.clone()),
            Expr::Regex(pattern) => {
                let record = self.record.clone();
                Val::bool(self.matches(&record, pattern))
            }
            Expr::Name(name) => self.get(name),
            Expr::Index(name, subscripts) => {
                let key = self.key(subscripts)?;
                self.array(name).entry(key).or_insert(Val::Unset).clone()
            }
            Expr::Field(number) => match self.field(number)? {
                0 => Val::input(self.record.clone()),
                number => self.fields.get(number - 1).map_or(Val::Unset, |f| Val::input(f.clone())),
            },
            Expr::Assign(place, operator, value) => {
                let mut value = self.eval(value)?;
                if !operator.is_empty() {
                    let old = self.eval(place)?;
                    value = super::builtin::arithmetic(operator, old.number(), value.number());
                }
                self.assign(place, value.clone())?;
                value
            }
            Expr::Choice(condition, yes, no) => {
                let branch = if self.eval(condition)?.holds() { yes } else { no };
                self.eval(branch)?
            }
            Expr::Binary(operator, left, right) => self.binary(operator, left, right)?,
            Expr::In(subscripts, array) => {
                let key = self.key(subscripts)?;
                Val::bool(self.array(array).contains_key(&key))
            }
            Expr::Not(inner) => Val::bool(!self.eval(inner)?.holds()),
            Expr::Minus(inner) => Val::Number(-self.eval(inner)?.number()),
            Expr::Plus(inner) => Val::Number(self.eval(inner)?.number()),
            Expr::Step(place, by, old) => {
                let before = self.eval(place)?.number();
                self.assign(place, Val::Number(before + by))?;
                Val::Number(if *old { before } else { before + by })
            }
            Expr::Call(name, args) => self.call(name, args)?,
            Expr::Getline(place) => {
                let kept = (self.record.clone(), self.fields.clone());
                let found = self.next_record();
                if let (Some(place), true) = (place, found) {
                    let line = std::mem::replace(&mut self.record, kept.0);
                    self.fields = kept.1;
                    self.assign(place, Val::input(line))?;
                }
                Val::bool(found)
            }
            Expr::Group(inner) => match inner.as_slice() {
                [one] => self.eval(one)?,
                _ => Val::Unset,
            },
            Expr::Missing(what) => return Err(Stop::Missing(format!("{what} is not simulated"))),
        })
    }

    fn call(&mut self, name: &str, args: &[Expr]) -> Flow<Val> {
        match self.program.functions.iter().find(|f| f.name == name) {
            Some(function) => self.own(function, args),
            None => self.builtin(name, args),
        }
    }

    fn own(&mut self, function: &Function, args: &[Expr]) -> Flow<Val> {
        if self.frames.len() > DEPTH {
            return Err(Stop::Missing("calls of awk nested too deeply".into()));
        }
        let mut frame = BTreeMap::new();
        for (at, param) in function.params.iter().enumerate() {
            let cell = match args.get(at) {
                None => Cell::default(),
                Some(Expr::Name(name)) if self.may_be_array(name) => {
                    Cell { alias: Some(self.holder(name)), ..Cell::default() }
                }
                Some(arg) => Cell::holding(self.eval(arg)?),
            };
            frame.insert(param.clone(), cell);
        }
        self.frames.push(frame);
        let result = self.statement(&function.body);
        self.frames.pop();
        match result {
            Ok(()) => Ok(Val::Unset),
            Err(Stop::Return(value)) => Ok(value),
            Err(other) => Err(other),
        }
    }

    pub fn matches(&self, text: &str, pattern: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        regex(pattern).is_some_and(|r| r.find_from(&chars, 0).is_some())
    }
}

/// A pattern of awk.
pub(super) fn regex(pattern: &str) -> Option<Regex> {
    compile(pattern, Dialect::Awk, false)
}
