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
                if !self.columns().builtins.read_options.contains(letter) {
                    self.illegal_option("read", &letter.to_string());
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
        if read.names.is_empty() && read.array.is_none() && !self.columns().builtins.read_reply {
            let message = self.message("{builtin_prefix}arg count", "read", &[]);
            self.fail(2, message);
            return;
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
