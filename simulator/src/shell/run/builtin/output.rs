//! `echo` and `printf`. Which escapes `echo` reads differs between shells.

use super::Shell;
use super::escapes::{Escapes, unescape};

impl Shell {
    pub(super) fn echo(&mut self, args: &[String]) {
        let builtins = &self.columns().builtins;
        let (mut newline, mut escapes) = (true, builtins.echo_escapes);
        let mut words = args;
        while let Some((first, rest)) = words.split_first() {
            let letters = first.strip_prefix('-').filter(|l| !l.is_empty());
            let allowed = match (builtins.echo_n, builtins.echo_e) {
                (true, true) => "neE",
                (true, false) => "n",
                (false, _) => "",
            };
            let Some(letters) = letters.filter(|l| l.chars().all(|c| allowed.contains(c))) else { break };
            for letter in letters.chars() {
                match letter {
                    'n' => newline = false,
                    'e' => escapes = true,
                    _ => escapes = false,
                }
            }
            words = rest;
        }
        let mut text = words.join(" ");
        if escapes {
            let goes_on = builtins.echo_c_goes_on && text.contains("\\c");
            newline &= !goes_on;
            let text_without = if goes_on { text.replace("\\c", "") } else { text };
            let (plain, stopped) = unescape(&text_without, Escapes { octal_zero: true, hex: builtins.echo_hex });
            text = plain;
            newline &= !stopped;
        }
        if newline {
            text.push('\n');
        }
        self.finish(0, text);
    }
}
