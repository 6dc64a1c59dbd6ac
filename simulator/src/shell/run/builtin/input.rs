//! `read` and `mapfile`: their options (XCU read; bash(1)). What they do is in `run::read`.

use super::super::read::{Lines, ReadLine};
use super::super::step::Step;
use super::Shell;

impl Shell {
    pub(super) fn read(&mut self, args: &[String]) {
        let mut read = ReadLine::new();
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let Some(letters) = word.strip_prefix('-').filter(|l| !l.is_empty() && read.names.is_empty()) else {
                read.names.push(word.clone());
                continue;
            };
            if letters == "-" {
                read.names.extend(words.by_ref().cloned());
                break;
            }
            let mut letters = letters.chars();
            while let Some(letter) = letters.next() {
                let builtins = &self.columns().builtins;
                if !builtins.read_options.contains(letter) {
                    self.illegal_option("read", &letter.to_string());
                    self.state.status = u16::from(builtins.read_failed_status.unwrap_or(builtins.usage_status));
                    return;
                }
                if letter == 'p' && builtins.read_p_is_coprocess {
                    // There is never one: `|&` with nothing behind it is not simulated.
                    let message = self.message("{builtin_prefix}-p: no coprocess", "read", &[]);
                    self.fail(u16::from(builtins.read_failed_status.unwrap_or(builtins.usage_status)), message);
                    return;
                }
                if "adinNptu".contains(letter) {
                    let rest = letters.as_str();
                    let value =
                        if rest.is_empty() { words.next().cloned().unwrap_or_default() } else { rest.to_owned() };
                    read_option(&mut read, letter, value);
                    break;
                }
                read.raw |= letter == 'r';
            }
        }
        let builtins = &self.columns().builtins;
        if read.names.is_empty() && read.array.is_none() && !builtins.read_reply {
            let message = self.message(self.columns().messages.read_unnamed, "read", &[]);
            self.fail(builtins.usage_status.into(), message);
            return;
        }
        if read.names.is_empty() && builtins.read_reply_splits {
            read.names.push("REPLY".into());
        }
        self.stack.push(Step::Read(Box::new(read)));
    }

    /// bash `mapfile`.
    pub(super) fn mapfile(&mut self, args: &[String]) {
        let mut lines = Lines { trim: false, skip: 0, most: 0, origin: 0, name: "MAPFILE".into() };
        let mut read = ReadLine { raw: true, ..ReadLine::new() };
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().cloned().unwrap_or_default();
            match word.as_str() {
                "-t" => lines.trim = true,
                "-d" => read.delimiter = value().chars().next().unwrap_or('\0'),
                "-n" => lines.most = value().parse().unwrap_or(0),
                "-s" => lines.skip = value().parse().unwrap_or(0),
                "-O" => lines.origin = value().parse().unwrap_or(0),
                "-u" => read.fd = value().parse().unwrap_or(0),
                "-c" | "-C" => {
                    value();
                }
                "--" => {}
                name => lines.name = name.to_owned(),
            }
        }
        read.lines = Some(lines);
        self.stack.push(Step::Read(Box::new(read)));
    }
}

fn read_option(read: &mut ReadLine, letter: char, value: String) {
    match letter {
        'a' => read.array = Some(value),
        'd' => read.delimiter = value.chars().next().unwrap_or('\0'),
        'n' => read.count = value.parse().ok(),
        'N' => {
            read.count = value.parse().ok();
            read.exact = true;
        }
        't' => read.only_asks = value == "0",
        'u' => read.fd = value.parse().unwrap_or(0),
        _ => {}
    }
}
