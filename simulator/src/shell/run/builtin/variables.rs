//! `export readonly local declare unset read let`.

use super::super::simple::{Assigned, NewValue};
use super::super::state::{Case, Value};
use super::Shell;

pub(in crate::shell::run) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl Shell {
    /// `export`, `readonly`, `local`, `declare`.
    pub(super) fn declare(&mut self, builtin: &str, args: &[String], arrays: Vec<Assigned>) {
        let in_function = !self.state.locals.is_empty();
        if builtin == "local" && !in_function && !self.columns().builtins.local_anywhere {
            let message = self.message(self.columns().messages.not_in_function, builtin, &[]);
            let builtins = &self.columns().builtins;
            if builtins.usage_is_fatal && builtins.local_is_special {
                self.exit_with(2);
            }
            self.fail(if self.columns().builtins.usage_is_fatal { 2 } else { 1 }, message);
            return;
        }
        let builtins = &self.columns().builtins;
        let allowed = match builtin {
            "export" => builtins.export_options,
            "readonly" => builtins.readonly_options,
            _ => builtins.local_options,
        };
        let takes_options = !allowed.is_empty();
        let mut flags = String::new();
        let mut names = Vec::new();
        for arg in args {
            match arg.strip_prefix('-') {
                Some("") if names.is_empty() && builtin == "local" => self.keep_options(),
                Some(letters) if names.is_empty() && !letters.is_empty() && takes_options && arg != "--" => {
                    flags.push_str(letters);
                }
                _ if arg == "--" && takes_options => {}
                _ => names.push(arg.clone()),
            }
        }
        if let Some(bad) = flags.chars().find(|c| !allowed.contains(*c)) {
            self.illegal_option(builtin, &bad.to_string());
            return;
        }
        self.state.status = 0;
        let keeps_options = args.iter().any(|a| a == "-") && builtin == "local";
        if names.is_empty() && arrays.is_empty() {
            if !keeps_options {
                self.list_variables(builtin, &flags);
            }
            return;
        }
        if flags.contains('p') && builtin != "export" && builtin != "readonly" {
            self.show(builtin, &names);
            return;
        }
        if flags.contains(['f', 'F']) {
            let known = names.iter().all(|n| self.state.functions.contains_key(n.as_str()));
            self.state.status = u16::from(!known);
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
            self.give_attributes(&array.name, &flags);
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
            let own = self.columns().messages.bad_name;
            let template = if !own.is_empty() {
                own
            } else if self.columns().builtins.usage_is_fatal {
                "{builtin_prefix}{name}: bad variable name"
            } else {
                "{builtin_prefix}`{arg}': not a valid identifier"
            };
            let message = self.message(template, builtin, &[("name", name), ("arg", arg)]);
            if builtin == "local" && self.columns().builtins.usage_is_fatal {
                self.exit_with(2);
            }
            let status = self.error_status(1);
            self.fail_special(builtin, status, message);
            return false;
        }
        self.make_local(name, local);
        self.give_attributes(name, flags);
        if flags.contains('n')
            && builtin != "export"
            && let Some(target) = value
        {
            let var = self.state.entry(name);
            var.value = Value::Scalar(target.to_owned());
            var.reference = true;
            return true;
        }
        if let Some(value) = value {
            let assigned =
                Assigned { name: name.to_string(), index: None, append, value: NewValue::One(value.to_string()) };
            if !self.assign_for(builtin, vec![assigned]) {
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
        let keeps = self.columns().builtins.local_keeps_value;
        let new = if self.columns().builtins.local_is_empty { Value::Scalar(String::new()) } else { Value::Unset };
        if let Some(scope) = self.state.locals.last_mut()
            && !scope.iter().any(|(known, _)| known == name)
        {
            scope.push((name.to_string(), old));
            // In the Almquist shells a local variable begins with the outer value.
            if !keeps {
                let var = self.state.entry(name);
                var.value = new;
                var.read_only = false;
                var.integer = false;
                var.case = None;
                var.reference = false;
            }
        }
    }

    /// `-i`, `-u`, `-l`, `-a`, `-A`: how what is assigned is stored.
    fn give_attributes(&mut self, name: &str, flags: &str) {
        let var = self.state.entry(name);
        var.integer |= flags.contains('i');
        if flags.contains('u') {
            var.case = Some(Case::Upper);
        } else if flags.contains('l') {
            var.case = Some(Case::Lower);
        }
        if flags.contains('A') && !matches!(var.value, Value::Named(_)) {
            var.value = Value::Named(Default::default());
        }
        if flags.contains('a') && var.value == Value::Unset {
            var.value = Value::Indexed(Default::default());
        }
    }

    fn mark(&mut self, builtin: &str, name: &str, flags: &str) {
        let var = self.state.entry(name);
        var.exported = (var.exported || builtin == "export" || flags.contains('x'))
            && !(builtin == "export" && flags.contains('n'));
        var.read_only |= builtin == "readonly" || flags.contains('r');
        var.integer |= flags.contains('i');
    }

    /// `declare -p name...`
    fn show(&mut self, builtin: &str, names: &[String]) {
        let mut out = String::new();
        let mut complaints = Vec::new();
        for name in names {
            match self.declaration(name) {
                Some(line) => out.push_str(&line),
                None => complaints.push(self.message("{builtin_prefix}{name}: not found", builtin, &[("name", name)])),
            }
        }
        let status = u16::from(!complaints.is_empty());
        self.error(complaints.join("\n"));
        self.finish(status, out);
    }

    /// `local -`: the options are put back when the function ends.
    fn keep_options(&mut self) {
        let depth = self.state.locals.len();
        let options = self.state.options;
        if !self.state.local_options.iter().any(|(known, _)| *known == depth) {
            self.state.local_options.push((depth, options));
        }
    }

    pub(super) fn unset(&mut self, args: &[String]) {
        self.state.status = 0;
        let functions = args.first().is_some_and(|a| a == "-f");
        for name in args.iter().filter(|a| !a.starts_with('-')) {
            let bad = !is_name(name) && !name.contains('[');
            if bad && self.columns().builtins.unset_checks_names {
                let message = self.message("{builtin_prefix}{name}: bad variable name", "unset", &[("name", name)]);
                let status = self.error_status(2);
                self.fail_special("unset", status, message);
                return;
            }
            if functions {
                self.state.functions.remove(name.as_str());
                continue;
            }
            if self.state.vars.get(name).is_some_and(|v| v.read_only) {
                let message = self.message(self.columns().messages.unset_read_only, "unset", &[("name", name)]);
                let status = self.refusal_status();
                if self.columns().builtins.unset_read_only_is_fatal {
                    self.fail_special("unset", status, message);
                } else {
                    self.fail(status, message);
                }
                return;
            }
            let first = self.columns().details.array_names.first();
            match name.strip_suffix(']').and_then(|n| n.split_once('[')) {
                Some((array, index)) => match self.state.vars.get_mut(array).map(|v| &mut v.value) {
                    Some(Value::Indexed(elements)) => {
                        elements.remove(&(index.parse().unwrap_or(0) - first));
                    }
                    Some(Value::Named(elements)) => {
                        elements.remove(index.trim_matches(['"', '\'']));
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
