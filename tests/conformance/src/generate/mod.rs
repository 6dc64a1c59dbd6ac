//! Scripts and signals made by chance: the same number of the same seed is always the same script.

mod commands;
mod grammar;
mod node;

use crate::case::Case;
use crate::installed::Installed;
use crate::schedule;
use crate::simulated;
use fastrand::Rng;
use grammar::Grammar;
use node::Node;

/// Scripts whose times cannot be kept apart are thrown away; so often at most.
const ATTEMPTS: usize = 60;
/// Of scripts with more than one possible outcome, one in so many is kept: they are judged less sharply than the others.
const RACES_KEPT: u8 = 6;

/// How the script is given to the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `sh -c SCRIPT`
    Command,
    /// `sh -c SCRIPT` behind an init program.
    Init(&'static str),
    /// `sh ./entry.sh`
    File,
    /// On standard input.
    Input,
}

/// A script and its signals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    script: Node,
    form: Form,
    argv0: &'static str,
    /// Each with the pause before it, in milliseconds.
    signals: Vec<(u64, &'static str)>,
    watch_ms: u64,
}

impl Generated {
    /// The script of this number.
    pub fn new(shell: &Installed, seed: u64, number: u64) -> Generated {
        // Two rounds of a multiplicative hash: neighbouring numbers have nothing in common.
        let mut rng = Rng::with_seed(Rng::with_seed(seed).u64(..) ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut made = Generated::once(shell, &mut rng);
        for _ in 0..ATTEMPTS {
            if let Some(case) = made.case(shell.row)
                && (rng.u8(..RACES_KEPT) == 0 || !simulated::is_race(&case))
            {
                break;
            }
            made = Generated::once(shell, &mut rng);
        }
        made
    }

    fn once(shell: &Installed, rng: &mut Rng) -> Generated {
        let script =
            Grammar { rng, family: shell.name, argv0: shell.argv0, depth: 0, in_function: false, loops: 0 }.script();
        let form = match rng.u8(..20) {
            0 | 1 => Form::File,
            2 => Form::Input,
            3 if !shell.inits.is_empty() => Form::Init(shell.inits[rng.usize(..shell.inits.len())].0),
            _ => Form::Command,
        };
        let names = ["TERM", "TERM", "TERM", "TERM", "INT", "INT", "HUP", "HUP", "QUIT", "USR1", "USR1", "KILL"];
        let count = [0, 1, 1, 1, 2, 2, 3, 4][rng.usize(..8)];
        let signals = (0..count).map(|_| (rng.u64(0..8) * 150, names[rng.usize(..names.len())])).collect();
        Generated { script, form, argv0: shell.argv0, signals, watch_ms: schedule::WATCH_MS }
    }

    /// The script itself.
    pub fn text(&self) -> String {
        self.script.text()
    }

    /// As a case with times; none if these cannot be kept apart.
    pub fn case(&self, row: &str) -> Option<Case> {
        let text = self.script.text();
        let argv0 = self.argv0.to_string();
        let dash_c = [argv0.clone(), "-c".to_string(), text.clone()];
        let (argv, script_file, stdin) = match self.form {
            Form::Command => (dash_c.to_vec(), None, None),
            Form::Init(init) => ([vec![init.to_string(), "--".to_string()], dash_c.to_vec()].concat(), None, None),
            Form::File => (vec![argv0, "./entry.sh".to_string()], Some(text + "\n"), None),
            Form::Input => (vec![argv0], None, Some(text + "\n")),
        };
        let case = Case { shell: row.to_string(), argv, script_file, stdin, signals: Vec::new(), until_ms: 0 };
        schedule::timed(case, &self.signals, self.watch_ms)
    }

    /// The same with less: other scripts first, then fewer signals, then the plainest way to start it.
    pub fn smaller(&self) -> Vec<Generated> {
        let mut found: Vec<Generated> = Vec::new();
        if self.form != Form::Command {
            found.push(Generated { form: Form::Command, ..self.clone() });
        }
        for index in 0..self.signals.len() {
            let mut fewer = self.clone();
            fewer.signals.remove(index);
            found.push(fewer);
        }
        found.extend(self.script.smaller().into_iter().map(|script| Generated { script, ..self.clone() }));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::installed::Installed;

    fn dash() -> Installed {
        Installed { row: "dash-0.5.12-bookworm", name: "dash", ..Installed::plain_sh().unwrap() }
    }

    #[test]
    fn the_same_number_of_the_same_seed_is_the_same_script() {
        assert_eq!(Generated::new(&dash(), 7, 12), Generated::new(&dash(), 7, 12));
        assert_ne!(Generated::new(&dash(), 7, 12), Generated::new(&dash(), 7, 13));
    }

    #[test]
    fn few_scripts_have_more_than_one_outcome() {
        let races = (0..60).filter_map(|n| Generated::new(&dash(), 5, n).case("dash-0.5.12-bookworm"));
        let races = races.filter(simulated::is_race).count();
        assert!(races <= 5, "{races} of 60");
    }

    #[test]
    fn nearly_every_script_has_times_that_are_apart() {
        let fine = (0..60).filter(|n| Generated::new(&dash(), 3, *n).case("dash-0.5.12-bookworm").is_some()).count();
        assert!(fine >= 58, "{fine} of 60");
    }
}
