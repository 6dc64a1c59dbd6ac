//! `kill -l`: signals by number and name (XCU kill).
//!
//! Sources: dash `src/jobs.c` killcmd and the table of `src/mksignames.c`; BusyBox `libbb/u_signal_names.c`.

use super::Shell;
use crate::base::signal::Signal;
use crate::shell::variants::KillList;

/// The highest number that has a signal.
const LAST: u32 = 64;

impl Shell {
    /// `kill -l`, with its operands.
    pub(super) fn list_signals(&mut self, operands: &[String]) {
        let kind = self.columns().builtins.kill_lists;
        let Some(first) = operands.first() else {
            self.finish(0, all(kind));
            return;
        };
        let taken = if kind == KillList::Numbers { std::slice::from_ref(first) } else { operands };
        let (mut out, mut status, mut complaints) = (String::new(), 0, Vec::new());
        for operand in taken {
            match listed(kind, operand) {
                Some(text) => out.push_str(&format!("{text}\n")),
                None => {
                    let messages = &self.columns().messages;
                    let number = operand.parse::<u32>().is_ok();
                    let illegal = matches!(kind, KillList::Numbers | KillList::Statuses) && !number;
                    let template = if illegal { messages.bad_number } else { messages.kill_list_bad };
                    status = if kind == KillList::Numbers { 2 } else { 1 };
                    complaints.push(self.message(template, "kill", &[("name", operand)]));
                }
            }
        }
        self.error(complaints.join("\n"));
        self.finish(status, out);
    }
}

/// The list without operands.
fn all(kind: KillList) -> String {
    let numbers = 1..=if kind == KillList::Numbers { LAST } else { 31 };
    let line = |n: u32| match kind {
        KillList::Both | KillList::Numbers | KillList::Names => name(kind, n),
        KillList::Any | KillList::Statuses => format!("{n:2}) {}", name(kind, n)),
    };
    let lines: Vec<String> = numbers.map(line).collect();
    let zero = if kind == KillList::Numbers { "0\n" } else { "" };
    format!("{zero}{}\n", lines.join("\n"))
}

/// What one operand stands for.
fn listed(kind: KillList, operand: &str) -> Option<String> {
    let number = operand.parse::<u32>().ok();
    match (kind, number) {
        (KillList::Names, Some(number)) => {
            let number = if number > 128 { number & 0x7f } else { number };
            Signal::from_number(number).map(|s| s.to_string())
        }
        (KillList::Names, None) => Signal::from_name(operand).map(|s| s.to_string()),
        (KillList::Both, Some(number)) => {
            let number = if number > 128 { number - 128 } else { number };
            Some(Signal::from_number(number).map(|s| s.to_string()).unwrap_or_default())
        }
        (KillList::Both, None) => Some(Signal::from_name(operand).map(|s| s.number().to_string()).unwrap_or_default()),
        (KillList::Statuses, number) => {
            let number = number?;
            let number = if (129..128 + LAST).contains(&number) { number - 128 } else { number };
            Some(name(kind, number))
        }
        (KillList::Numbers, number) => {
            let number = number?;
            let number = if number > 128 { number - 128 } else { number };
            (1..=LAST).contains(&number).then(|| name(kind, number))
        }
        (KillList::Any, Some(number)) => Some(name(kind, number & 0x7f)),
        (KillList::Any, None) => {
            let upper = operand.to_ascii_uppercase();
            let short = upper.strip_prefix("SIG").unwrap_or(&upper);
            Signal::from_name(short).map(|s| s.number().to_string())
        }
    }
}

/// A signal's name; where it has none its number.
fn name(kind: KillList, number: u32) -> String {
    let real_time = kind == KillList::Numbers;
    match (kind, number) {
        (KillList::Any, 0) => "EXIT".into(),
        (KillList::Any, 29) => "POLL".into(),
        (KillList::Numbers, 16) => "16".into(),
        (_, 34) if real_time => "RTMIN".into(),
        (_, 35..=49) if real_time => format!("RTMIN+{}", number - 34),
        (_, 50..=63) if real_time => format!("RTMAX-{}", LAST - number),
        (_, LAST) if real_time => "RTMAX".into(),
        (_, 32..) => number.to_string(),
        (_, number) => Signal::from_number(number).map_or_else(|| number.to_string(), |s| s.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dash_takes_numbers_and_busybox_their_lowest_bits_and_names() {
        assert_eq!(listed(KillList::Numbers, "137").as_deref(), Some("KILL"));
        assert_eq!(listed(KillList::Numbers, "KILL"), None);
        assert_eq!(listed(KillList::Numbers, "999"), None);
        assert_eq!(listed(KillList::Any, "999").as_deref(), Some("103"));
        assert_eq!(listed(KillList::Any, "sigint").as_deref(), Some("2"));
        assert_eq!(listed(KillList::Both, "TERM").as_deref(), Some("15"));
        assert_eq!(listed(KillList::Statuses, "143").as_deref(), Some("TERM"));
        assert_eq!(listed(KillList::Statuses, "999").as_deref(), Some("999"));
    }

    #[test]
    fn lists_are_as_the_shells_print_them() {
        assert!(all(KillList::Numbers).starts_with("0\nHUP\nINT\n"));
        assert!(all(KillList::Numbers).ends_with("RTMAX-1\nRTMAX\n"));
        assert!(all(KillList::Any).starts_with(" 1) HUP\n 2) INT\n"));
    }
}
