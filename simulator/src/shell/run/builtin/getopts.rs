//! `getopts` (XCU getopts).

use super::Shell;

impl Shell {
    pub(super) fn getopts(&mut self, args: &[String]) {
        let (Some(spec), Some(name)) = (args.first().cloned(), args.get(1).cloned()) else {
            let lacks = if args.is_empty() { "options" } else { "name" };
            let message = self.message(self.columns().messages.getopts_usage, "getopts", &[("name", lacks)]);
            let builtins = &self.columns().builtins;
            let status = if builtins.usage_is_fatal { builtins.usage_status } else { builtins.no_operands_status };
            self.fail(u16::from(status), message);
            return;
        };
        let words: Vec<String> = match args.get(2..) {
            Some(rest) if !rest.is_empty() => rest.to_vec(),
            _ => self.state.positional.clone(),
        };
        let index: usize = self.state.get("OPTIND").and_then(|i| i.parse().ok()).unwrap_or(1).max(1);
        let word = words.get(index - 1).cloned().unwrap_or_default();
        let at = self.state.getopts_at.max(1);
        let letter = word.chars().nth(at).filter(|_| word.starts_with('-') && word != "--");
        let Some(letter) = letter else {
            let next = if word == "--" { index + 1 } else { index };
            self.state.set("OPTIND", next.to_string());
            self.state.set(&name, "?".into());
            self.state.getopts_at = 0;
            self.state.status = 1;
            return;
        };
        let rest: String = word.chars().skip(at + 1).collect();
        let position = spec.trim_start_matches(':').find(letter).filter(|_| letter != ':');
        let takes =
            position.is_some_and(|p| spec.trim_start_matches(':').get(p + 1..).is_some_and(|r| r.starts_with(':')));
        let (mut value, mut argument, mut next) = (letter.to_string(), None, index);
        if position.is_none() {
            value = "?".into();
            argument = spec.starts_with(':').then(|| letter.to_string());
            if argument.is_none() {
                let message =
                    self.message(self.columns().messages.getopts_bad, "getopts", &[("name", &letter.to_string())]);
                self.error(message);
            }
        } else if takes {
            next += 1;
            argument = if rest.is_empty() {
                next += 1;
                words.get(index).cloned()
            } else {
                Some(rest.clone())
            };
            if argument.is_none() {
                let silent = spec.starts_with(':');
                value = if silent { ":".into() } else { "?".into() };
                argument = silent.then(|| letter.to_string());
                if !silent {
                    let messages = &self.columns().messages;
                    let message = self.message(messages.getopts_missing, "getopts", &[("name", &letter.to_string())]);
                    self.error(message);
                }
            }
        }
        if takes || rest.is_empty() {
            next = next.max(index + 1);
            self.state.getopts_at = 0;
        } else {
            self.state.getopts_at = at + 1;
        }
        self.state.set("OPTIND", next.to_string());
        self.state.set(&name, value);
        match argument.or_else(|| self.columns().builtins.optarg_is_always_set.then(String::new)) {
            Some(argument) => {
                self.state.set("OPTARG", argument);
            }
            None => {
                self.state.vars.remove("OPTARG");
            }
        }
        self.state.status = 0;
    }
}
