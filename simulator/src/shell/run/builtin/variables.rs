//! `export readonly local declare unset read let`.

use super::super::simple::{Assigned, NewValue};
use super::super::state::Value;
use super::super::step::Step;
use super::super::wait::ReadLine;
use super::Shell;

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl Shell {
    /// `export`, `readonly`, `local`, `declare`.
    pub(super) fn declare(&mut self, builtin: &str, args: &[String], arrays: Vec<Assigned>) {
        let in_function = !self.state.locals.is_empty();
        if builtin == "local" && !in_function {
            let message = self.message(self.columns().messages.not_in_function, builtin, &[]);
            if self.columns().builtins.usage_is_fatal {
                self.exit_with(2);
            }
            self.fail(if self.columns().builtins.usage_is_fatal { 2 } else { 1 }, message);
            return;
        }
        let mut flags = String::new();
        let mut names = Vec::new();
        for arg in args {
            match arg.strip_prefix('-') {
                Some(letters) if names.is_empty() && !letters.is_empty() && arg != "--" => flags.push_str(letters),
                _ if arg == "--" => {}
                _ => names.push(arg.clone()),
            }
        }
        let allowed = match builtin {
            "export" | "readonly" => "pnfaA",
            _ => "aAgilrtuxpfFnI",
        };
        if let Some(bad) = flags.chars().find(|c| !allowed.contains(*c)) {
            self.illegal_option(builtin, &bad.to_string());
            return;
        }
        self.state.status = 0;
        if names.is_empty() && arrays.is_empty() {
            self.list_variables(builtin);
            return;
        }
        let local = in_function && matches!(builtin, "local" | "declare" | "typeset") && !flags.contains('g');
        for name in names {
            if !self.declare_one(builtin, &name, &flags, local) {
                return;
            }
        }
        for array in arrays {
            self.make_local(&array.name, local);
            if flags.contains('A') && !matches!(self.state.entry(&array.name).value, Value::Named(_)) {
                self.state.entry(&array.name).value = Value::Named(Default::default());
            }
            self.mark(builtin, &array.name, &flags);
            self.assign(array);
        }
    }

    fn declare_one(&mut self, builtin: &str, arg: &str, flags: &str, local: bool) -> bool {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg, None),
        };
        let (name, append) = match name.strip_suffix('+') {
            Some(short) => (short, true),
            None => (name, false),
        };
        if !is_name(name) {
            let template = if self.columns().builtins.usage_is_fatal {
                "{builtin_prefix}{name}: bad variable name"
            } else {
                "{builtin_prefix}`{arg}': not a valid identifier"
            };
            let message = self.message(template, builtin, &[("name", name), ("arg", arg)]);
            self.fail_special(builtin, if self.columns().builtins.usage_is_fatal { 2 } else { 1 }, message);
            return false;
        }
        self.make_local(name, local);
        if flags.contains('A') && !matches!(self.state.entry(name).value, Value::Named(_)) {
            self.state.entry(name).value = Value::Named(Default::default());
        }
        if let Some(value) = value {
            let assigned =
                Assigned { name: name.to_string(), index: None, append, value: NewValue::One(value.to_string()) };
            if !self.assign_all(vec![assigned]) {
                return false;
            }
        }
        self.mark(builtin, name, flags);
        true
    }

    fn make_local(&mut self, name: &str, local: bool) {
        if !local {
            return;
        }
        let old = self.state.vars.get(name).cloned();
        let keeps = !self.columns().builtins.declaration_assigns;
        if let Some(scope) = self.state.locals.last_mut()
            && !scope.iter().any(|(known, _)| known == name)
        {
            scope.push((name.to_string(), old));
            // In the Almquist shells a local variable begins with the outer value.
            if !keeps {
                let var = self.state.entry(name);
                var.value = Value::Unset;
                var.read_only = false;
            }
        }
    }

    fn mark(&mut self, builtin: &str, name: &str, flags: &str) {
        let var = self.state.entry(name);
        var.exported = (var.exported || builtin == "export" || flags.contains('x'))
            && !(builtin == "export" && flags.contains('n'));
        var.read_only |= builtin == "readonly" || flags.contains('r');
        var.integer |= flags.contains('i');
    }

    fn list_variables(&mut self, builtin: &str) {
        let shown = self.state.vars.iter().filter(|(_, v)| match builtin {
            "export" => v.exported,
            "readonly" => v.read_only,
            _ => true,
        });
        let lines: String = shown
            .map(|(name, _)| match self.state.get(name) {
                Some(value) => format!("{builtin} {name}='{}'\n", value.replace('\'', "'\\''")),
                None => format!("{builtin} {name}\n"),
            })
            .collect();
        self.finish(0, lines);
    }

    pub(super) fn unset(&mut self, args: &[String]) {
        self.state.status = 0;
        let functions = args.first().is_some_and(|a| a == "-f");
        for name in args.iter().filter(|a| !a.starts_with('-')) {
            if functions {
                self.state.functions.remove(name.as_str());
                continue;
            }
            if self.state.vars.get(name).is_some_and(|v| v.read_only) {
                let message = self.message(self.columns().messages.read_only, "unset", &[("name", name)]);
                self.fail_special("unset", if self.columns().builtins.usage_is_fatal { 2 } else { 1 }, message);
                return;
            }
            match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
                Some((array, index)) => match self.state.vars.get_mut(array).map(|v| &mut v.value) {
                    Some(Value::Indexed(elements)) => {
                        elements.remove(&index.parse().unwrap_or(0));
                    }
                    Some(Value::Named(elements)) => {
                        elements.remove(index);
                    }
                    _ => {}
                },
                None => {
                    if self.state.vars.remove(name).is_none() {
                        self.state.functions.remove(name.as_str());
                    }
                }
            }
        }
    }

    pub(super) fn read(&mut self, args: &[String]) {
        let mut read = ReadLine {
            names: Vec::new(),
            raw: false,
            array: false,
            lines: false,
            fd: 0,
            text: String::new(),
            asked: false,
        };
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let Some(letters) = word.strip_prefix('-').filter(|l| !l.is_empty() && read.names.is_empty()) else {
                read.names.push(word.clone());
                continue;
            };
            for letter in letters.chars() {
                match letter {
                    'r' => read.raw = true,
                    's' | '-' | 'e' => {}
                    'a' => read.array = true,
                    'u' => read.fd = words.next().and_then(|n| n.parse().ok()).unwrap_or(0),
                    'p' | 't' | 'd' | 'n' | 'N' | 'i' => {
                        words.next();
                    }
                    other => {
                        self.illegal_option("read", &other.to_string());
                        return;
                    }
                }
            }
        }
        if read.names.is_empty() {
            read.names.push("REPLY".into());
        }
        self.stack.push(Step::Read(Box::new(read)));
    }

    /// bash `mapfile`: all lines into an array; `-t` is taken for granted.
    pub(super) fn mapfile(&mut self, args: &[String]) {
        let name = args.iter().rfind(|a| !a.starts_with('-')).cloned().unwrap_or_else(|| "MAPFILE".into());
        let (text, names) = (String::new(), vec![name]);
        self.stack.push(Step::Read(Box::new(ReadLine {
            names,
            raw: true,
            array: true,
            lines: true,
            fd: 0,
            text,
            asked: false,
        })));
    }

    pub(super) fn let_builtin(&mut self, args: &[String]) {
        let mut value = 0;
        for arg in args {
            value = match super::super::arith::evaluate(arg, &mut super::Numbers(&mut self.state)) {
                Ok(value) => value,
                Err(_) => {
                    let message =
                        self.message(self.columns().messages.arithmetic, "let", &[("name", arg), ("token", "")]);
                    self.fail(1, message);
                    return;
                }
            };
        }
        self.state.status = u16::from(value == 0);
    }
}
