//! awk: variables, arrays, fields and how they are set.

use std::collections::BTreeMap;

use super::ast::Expr;
use super::run::{Flow, Machine};
use super::value::Val;

/// Most fields of a record.
pub(super) const FIELDS: usize = 10_000;

/// A variable: a value or an array.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub value: Val,
    pub array: BTreeMap<Key, Val>,
    /// It is the array of this name in the frame of this number.
    pub alias: Option<(usize, String)>,
}

impl Default for Cell {
    fn default() -> Cell {
        Cell::holding(Val::Unset)
    }
}

impl Cell {
    pub fn holding(value: Val) -> Cell {
        Cell { value, array: BTreeMap::new(), alias: None }
    }
}

/// A subscript; numbers stand before texts and in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Number(u64),
    Text(String),
}

impl Key {
    pub fn new(text: &str) -> Key {
        match text.parse::<u64>() {
            Ok(n) if n.to_string() == text => Key::Number(n),
            _ => Key::Text(text.to_owned()),
        }
    }

    pub fn text(&self) -> String {
        match self {
            Key::Number(n) => n.to_string(),
            Key::Text(text) => text.clone(),
        }
    }
}

/// The frame of the variables that all functions share; the others count from 1.
const GLOBAL: usize = 0;

impl Machine<'_> {
    fn frame(&self, number: usize) -> &BTreeMap<String, Cell> {
        number.checked_sub(1).and_then(|at| self.frames.get(at)).unwrap_or(&self.globals)
    }

    fn frame_mut(&mut self, number: usize) -> &mut BTreeMap<String, Cell> {
        match number.checked_sub(1).and_then(|at| self.frames.get_mut(at)) {
            Some(frame) => frame,
            None => &mut self.globals,
        }
    }

    /// Where a name has its value.
    pub(super) fn holder(&self, name: &str) -> (usize, String) {
        let top = self.frames.len();
        let mut at = (if self.frame(top).contains_key(name) { top } else { GLOBAL }, name.to_owned());
        while let Some(next) = self.frame(at.0).get(&at.1).and_then(|cell| cell.alias.clone()) {
            at = next;
        }
        at
    }

    /// A name without a value may become an array in the function that it is given to.
    pub(super) fn may_be_array(&self, name: &str) -> bool {
        self.get(name) == Val::Unset
    }

    pub(super) fn get(&self, name: &str) -> Val {
        let (frame, name) = self.holder(name);
        self.frame(frame).get(&name).map_or(Val::Unset, |cell| cell.value.clone())
    }

    pub(super) fn set(&mut self, name: &str, value: Val) {
        let (frame, name) = self.holder(name);
        if name == "NF" && frame == GLOBAL {
            let count = usize::try_from(super::builtin::whole(value.number())).unwrap_or(0).min(FIELDS);
            self.fields.resize(count, String::new());
            self.rebuild();
        }
        self.frame_mut(frame).entry(name).or_default().value = value;
    }

    pub(super) fn count_fields(&mut self) {
        let count = Val::count(self.fields.len());
        self.globals.entry("NF".into()).or_default().value = count;
    }

    pub(super) fn array(&mut self, name: &str) -> &mut BTreeMap<Key, Val> {
        let (frame, name) = self.holder(name);
        &mut self.frame_mut(frame).entry(name).or_default().array
    }

    pub(super) fn key(&mut self, subscripts: &[Expr]) -> Flow<Key> {
        let mut texts = Vec::new();
        for subscript in subscripts {
            texts.push(self.eval(subscript)?.text());
        }
        Ok(Key::new(&texts.join(&self.get("SUBSEP").text())))
    }

    fn rebuild(&mut self) {
        self.record = self.fields.join(&self.get("OFS").text());
    }

    pub(super) fn field(&mut self, expr: &Expr) -> Flow<usize> {
        let number = self.eval(expr)?.number();
        Ok(usize::try_from(super::builtin::whole(number)).unwrap_or(0).min(FIELDS))
    }

    pub(super) fn assign(&mut self, place: &Expr, value: Val) -> Flow {
        match place {
            Expr::Name(name) => self.set(name, value),
            Expr::Index(name, subscripts) => {
                let key = self.key(subscripts)?;
                self.array(name).insert(key, value);
            }
            Expr::Field(number) => match self.field(number)? {
                0 => self.set_record(value.text()),
                number => {
                    if self.fields.len() < number {
                        self.fields.resize(number, String::new());
                    }
                    if let Some(field) = self.fields.get_mut(number - 1) {
                        *field = value.text();
                    }
                    self.count_fields();
                    self.rebuild();
                }
            },
            Expr::Group(inner) => {
                if let [one] = inner.as_slice() {
                    self.assign(one, value)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
