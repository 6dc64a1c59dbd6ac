//! `echo` and `printf`. Which escapes `echo` reads differs between shells.

use super::Shell;
use super::escapes::{Escapes, unescape};

impl Shell {
    /// `print` (zshbuiltins(1), ksh(1)): escapes count without `-r`.
    pub(super) fn print(&mut self, args: &[String]) {
        let (mut newline, mut raw, mut words) = (true, false, args);
        while let Some((letters, rest)) = words.split_first().and_then(|(w, rest)| Some((w.strip_prefix('-')?, rest))) {
            words = rest;
            if letters.is_empty() || letters == "-" {
                break;
            }
            newline &= !letters.contains('n');
            raw |= letters.contains(['r', 'R']);
        }
        let mut text = words.join(" ");
        if !raw {
            let (plain, stopped) = unescape(&text, Escapes { octal_zero: true, hex: self.columns().builtins.echo_hex });
            text = plain;
            newline &= !stopped;
        }
        if newline {
            text.push('\n');
        }
        self.finish(0, text);
    }

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
