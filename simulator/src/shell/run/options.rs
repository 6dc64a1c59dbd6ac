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
            None => "bhpkilTBHPqsLr".contains(letter),
        }
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
        let mut command = false;
        let mut stdin = false;
        words.reverse();
        while let Some(word) = words.pop() {
            if word == "--" || word == "-" {
                break;
            }
            let on = word.starts_with('-');
            if word.len() < 2 || !(on || word.starts_with('+')) {
                words.push(word);
                break;
            }
            if word.starts_with("--") {
                continue;
            }
            for letter in word.chars().skip(1) {
                match letter {
                    'c' => command = true,
                    's' => stdin = true,
                    'o' => {
                        let name = words.pop().unwrap_or_default();
                        self.state.options.set_name(&name, on, self.columns().builtins.pipefail);
                    }
                    letter => {
                        self.state.options.set_letter(letter, on);
                    }
                }
            }
        }
        words.reverse();
        self.state.options.command_string = command;
        self.stack.push(Step::Exit);
        if command {
            self.begin_command_string(words);
        } else if words.is_empty() || stdin {
            self.state.positional = words;
            self.state.options.stdin = true;
            self.begin_stdin();
        } else {
            self.begin_file(words, sys);
        }
        self.install_handlers();
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
