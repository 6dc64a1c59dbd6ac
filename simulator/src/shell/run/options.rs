//! Invocation and `set` options (XCU sh, set).

use super::Shell;
use super::script::{ScriptFrame, Source};
use super::state::Options;
use super::step::Step;
use crate::kernel::fs::Content;
use crate::program::{Call, Sys};
use crate::shell::variants::messages::fill;
use crate::trace::Disposition;

/// Names for `set -o`, with their letters.
const NAMES: &[(&str, char)] = &[
    ("allexport", 'a'),
    ("errexit", 'e'),
    ("noglob", 'f'),
    ("monitor", 'm'),
    ("noexec", 'n'),
    ("nounset", 'u'),
    ("verbose", 'v'),
    ("xtrace", 'x'),
    ("noclobber", 'C'),
    ("errtrace", 'E'),
];

/// Names that are accepted and change nothing here.
const WITHOUT_EFFECT: &[&str] = &[
    "posix",
    "ignoreeof",
    "notify",
    "vi",
    "emacs",
    "nolog",
    "hashall",
    "braceexpand",
    "functrace",
    "history",
    "histexpand",
    "interactive-comments",
    "physical",
    "privileged",
    "keyword",
    "onecmd",
];

/// The place of a letter in `Options::others`.
fn bit(letter: char) -> u64 {
    u32::from(letter).checked_sub(u32::from('A')).and_then(|at| 1_u64.checked_shl(at)).unwrap_or(0)
}

impl Options {
    fn slot(&mut self, letter: char) -> Option<&mut bool> {
        Some(match letter {
            'a' => &mut self.allexport,
            'e' => &mut self.errexit,
            'f' => &mut self.noglob,
            'm' => &mut self.monitor,
            'n' => &mut self.noexec,
            'u' => &mut self.nounset,
            'v' => &mut self.verbose,
            'x' => &mut self.xtrace,
            'C' => &mut self.noclobber,
            'E' => &mut self.errtrace,
            _ => return None,
        })
    }

    /// Sets an option by letter; false if there is none.
    pub(super) fn set_letter(&mut self, letter: char, on: bool) -> bool {
        match self.slot(letter) {
            Some(slot) => {
                *slot = on;
                true
            }
            None => {
                self.others = if on { self.others | bit(letter) } else { self.others & !bit(letter) };
                "bhpkilTBHPqsLr".contains(letter)
            }
        }
    }

    /// Is this letter on, which changes nothing but `$-`?
    pub(super) fn shows(&self, letter: char) -> bool {
        bit(letter) & self.others != 0
    }

    /// Options by name, with whether they are on.
    pub(super) fn named(self, pipefail: bool) -> impl Iterator<Item = (&'static str, bool)> {
        let mut options = self;
        let on = move |letter| options.slot(letter).is_some_and(|slot| *slot);
        let mut on = on;
        let mut all: Vec<(&'static str, bool)> = NAMES.iter().map(|(name, letter)| (*name, on(*letter))).collect();
        if pipefail {
            all.push(("pipefail", self.pipefail));
        }
        all.sort_unstable();
        all.into_iter()
    }

    /// Sets an option by name; false if there is none.
    pub(super) fn set_name(&mut self, name: &str, on: bool, pipefail: bool) -> bool {
        if name == "pipefail" && pipefail {
            self.pipefail = on;
            return true;
        }
        match NAMES.iter().find(|(n, _)| *n == name) {
            Some((_, letter)) => self.set_letter(*letter, on),
            None => WITHOUT_EFFECT.contains(&name),
        }
    }
}

impl Shell {
    /// Reads the arguments and pushes what is to be run.
    pub(super) fn begin(&mut self, mut words: Vec<String>, sys: &Sys<'_>) {
        self.stack.push(Step::Exit);
        words.reverse();
        let told = self.stack.len();
        let called = self.read_options(&mut words, sys);
        let told = self.stack.split_off(told);
        words.reverse();
        if let Some(called) = called.filter(|called| !called.only_tells) {
            self.state.options.command_string = called.command;
            if called.command {
                self.begin_command_string(words);
            } else if words.is_empty() || called.stdin {
                self.state.positional = words;
                self.state.options.stdin = true;
                self.begin_stdin();
            } else {
                self.begin_file(words, sys);
            }
            self.read_first(&called, sys);
            self.ignore_interactively();
            self.install_handlers();
        }
        self.stack.extend(told);
    }

    fn begin_command_string(&mut self, words: Vec<String>) {
        let mut words = words.into_iter();
        let Some(text) = words.next() else {
            let message = fill(self.columns().messages.missing_command, &[("sh", &self.state.arg0)]);
            self.stack.push(Step::Status(self.columns().builtins.usage_status.into()));
            self.error(message);
            return;
        };
        if let Some(arg0) = words.next() {
            self.state.arg0 = arg0;
            self.state.named = true;
        }
        self.state.positional = words.collect();
        self.state.lines_apart = u32::from(self.columns().details.string_lines_from_zero);
        let frame = ScriptFrame::new(text.as_str().into(), 0, Source::CommandString, self);
        self.stack.push(Step::Script(Box::new(frame)));
    }

    fn begin_file(&mut self, words: Vec<String>, sys: &Sys<'_>) {
        let mut words = words.into_iter();
        let Some(path) = words.next() else { return };
        self.state.positional = words.collect();
        let found = sys.files.get(sys.cwd, &path).map(|f| &f.content);
        let found = found.or_else(|| {
            let env = sys.env.get("PATH").map_or("", |p| p);
            let full = sys.files.find_executable(sys.cwd, &path, env).ok().filter(|_| !path.contains('/'))?;
            sys.files.get("/", &full).map(|f| &f.content)
        });
        let text = match found {
            Some(Content::Binary(_)) => "cannot execute binary file",
            _ if sys.files.is_directory(sys.cwd, &path) => "Is a directory",
            _ => "",
        };
        let template = self.columns().invocation.not_a_script;
        if !text.is_empty() && !template.is_empty() {
            self.stack.push(Step::Status(126));
            self.error(fill(template, &[("name", &path), ("text", text)]));
            return;
        }
        let Some(Content::Text(text)) = found else {
            let message = fill(self.columns().messages.script_missing, &[("sh", &self.state.arg0), ("name", &path)]);
            self.stack.push(Step::Status(u16::from(self.columns().details.script_missing_status)));
            self.error(message);
            return;
        };
        self.state.arg0 = path;
        self.state.in_file = true;
        let frame = ScriptFrame::new(text.clone(), 0, Source::File, self);
        self.stack.push(Step::Script(Box::new(frame)));
    }

    fn begin_stdin(&mut self) {
        self.stack.push(Step::Capture(Box::new(super::substitution::Capture::stdin())));
    }

    /// The shell's own handlers (measured; sh(1), bash(1) "SIGNALS").
    fn install_handlers(&mut self) {
        let signals = &self.columns().signals;
        let set = |signal, disposition| Step::Do(Call::Sigaction(signal, disposition));
        for (list, disposition) in [(signals.caught, Disposition::Catch), (signals.ignored, Disposition::Ignore)] {
            for signal in list {
                let left = disposition == Disposition::Catch && !self.catches(*signal);
                if !left && !self.state.ignored_at_start.contains(*signal) {
                    self.stack.push(set(*signal, disposition));
                }
            }
        }
        self.state.handlers = true;
    }
}
