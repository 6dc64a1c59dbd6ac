//! `umask` and `ulimit` (XCU umask, ulimit): values are kept; of all limits only that of processes (`-u`, in dash `-p`) acts,
//! and root is exempt from it.

use super::Shell;
use crate::program::Call;
use crate::shell::run::step::Step;

impl Shell {
    pub(super) fn umask(&mut self, args: &[String]) {
        self.state.status = 0;
        let symbolic = args.first().is_some_and(|a| a == "-S");
        let Some(mode) = args.iter().find(|a| !a.starts_with('-')).cloned() else {
            let text = if symbolic { symbols(self.state.umask) } else { self.octal_mask() };
            self.finish(0, text + "\n");
            return;
        };
        let new = match mode.starts_with(|c: char| c.is_ascii_digit()) {
            true => u32::from_str_radix(&mode, 8).ok().filter(|m| *m <= 0o777),
            false => clauses(&mode, self.state.umask),
        };
        match new {
            Some(new) => {
                self.state.umask = new;
                self.stack.push(Step::Do(Call::Umask(new)));
            }
            None => {
                let message = self.message(self.columns().messages.umask_bad, "umask", &[("name", &mode)]);
                let status = self.error_status(1);
                self.fail(status, message);
            }
        }
    }

    fn octal_mask(&self) -> String {
        match self.columns().builtins.umask_four_digits {
            true => format!("{:04o}", self.state.umask),
            false => format!("{:03o}", self.state.umask),
        }
    }

    pub(super) fn ulimit(&mut self, args: &[String]) {
        let flags: String = args.iter().filter(|a| a.starts_with('-')).flat_map(|a| a.chars().skip(1)).collect();
        if let Some(bad) = flags.chars().find(|c| !"HSabcdefiklmnpqrstuvxPRTw".contains(*c)) {
            let message = self.message(self.columns().messages.ulimit_bad, "ulimit", &[("name", &bad.to_string())]);
            self.fail(u16::from(self.columns().builtins.ulimit_bad_status), message);
            return;
        }
        let resource = flags.chars().find(|c| !"HS".contains(*c)).unwrap_or('f');
        self.state.status = 0;
        if let Some(value) = args.iter().find(|a| !a.starts_with('-')) {
            self.state.ulimits.insert(resource, value.clone());
            if let Some(most) = value.parse().ok().filter(|_| matches!(resource, 'u' | 'p')) {
                self.stack.push(Step::Do(Call::ProcessLimit(most)));
            }
            return;
        }
        let value = match resource {
            _ if self.state.ulimits.contains_key(&resource) => self.state.ulimits.get(&resource).map_or("", |v| v),
            'n' => "1048576",
            'c' => "0",
            's' => "8192",
            _ => "unlimited",
        };
        self.finish(0, format!("{value}\n"));
    }
}

/// `u=rwx,g=rx,o=rx`: what is allowed.
fn symbols(mask: u32) -> String {
    let class = |shift: u32| -> String {
        let allowed = !(mask >> shift) & 7;
        [(4, 'r'), (2, 'w'), (1, 'x')].iter().filter(|(bit, _)| allowed & bit != 0).map(|(_, c)| *c).collect()
    };
    format!("u={},g={},o={}", class(6), class(3), class(0))
}

/// The mask after clauses like `u=rwx,g+w,o=`.
fn clauses(text: &str, mask: u32) -> Option<u32> {
    let mut mask = mask;
    for clause in text.split(',') {
        let at = clause.find(['=', '+', '-'])?;
        let (who, rest) = clause.split_at_checked(at)?;
        let mut letters = rest.chars();
        let op = letters.next()?;
        let mut bits = 0;
        for letter in letters {
            bits |= match letter {
                'r' => 4,
                'w' => 2,
                'x' => 1,
                _ => return None,
            };
        }
        for class in if who.is_empty() || who == "a" { "ugo" } else { who }.chars() {
            let shift = match class {
                'u' => 6,
                'g' => 3,
                'o' => 0,
                _ => return None,
            };
            match op {
                '=' => mask = (mask & !(7 << shift)) | ((!bits & 7) << shift),
                '+' => mask &= !(bits << shift),
                _ => mask |= bits << shift,
            }
        }
    }
    Some(mask)
}

#[cfg(test)]
mod tests {
    use super::{clauses, symbols};

    #[test]
    fn masks_are_read_and_written_with_letters() {
        assert_eq!(symbols(0o022), "u=rwx,g=rx,o=rx");
        assert_eq!(clauses("u=rwx,g=rx,o=", 0o022), Some(0o027));
        assert_eq!(clauses("g+w", 0o022), Some(0o002));
        assert_eq!(clauses("z=r", 0o022), None);
    }
}
