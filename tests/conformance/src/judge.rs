//! Where the two arms differ.
//!
//! Judged are pid, parent, group, session, state, name, arguments and ignored signals of every process at every look,
//! how and when PID 1 ended, what the helper programs logged and what was printed.

use crate::outcome::{Outcome, Process};

/// The real clock may be this much off, in milliseconds: two cores, many runs at once.
const TOLERANCE_MS: u64 = 300;

/// What the line of a difference in time only begins with: the one that load can make.
pub const TIME: &str = "end in ms";

/// What differs, one line a field; empty if nothing does.
pub fn differences(real: &Outcome, simulated: &Outcome) -> Vec<String> {
    let mut found = Vec::new();
    let mut same = |what: String, real: String, simulated: String| {
        if real != simulated {
            found.push(format!("{what}: real {real}, simulated {simulated}"));
        }
    };
    same("status".into(), format!("{:?}", real.status), format!("{:?}", simulated.status));
    if let (Some(real), Some(simulated)) = (real.ended_ms, simulated.ended_ms)
        && real.abs_diff(simulated) > TOLERANCE_MS
    {
        same(TIME.into(), real.to_string(), simulated.to_string());
    }
    same("output".into(), format!("{:?}", real.output), format!("{:?}", simulated.output));
    same("log".into(), format!("{:?}", real.events), format!("{:?}", simulated.events));
    for (index, (real, simulated)) in real.looks.iter().zip(&simulated.looks).enumerate() {
        let (real, simulated) = (judged(real), judged(simulated));
        let only = |of: &[String], other: &[String]| {
            let lines = of.iter().filter(|p| !other.contains(p)).map(|p| shortened(p));
            format!("[{}]", lines.collect::<Vec<_>>().join("; "))
        };
        same(format!("tree {index}"), only(&real, &simulated), only(&simulated, &real));
    }
    found
}

/// The judged fields of each process of a tree.
fn judged(look: &[Process]) -> Vec<String> {
    let one = |p: &Process| {
        let helper = crate::helpers::NAMES.contains(&p.comm.as_str());
        // A program in Rust ignores PIPE from its start on; 32 and 33 are the C library's own.
        let kept = |s: &&str| !(["RT32", "RT33"].contains(s) || helper && *s == "PIPE");
        let ign: Vec<&str> = p.ign.iter().map(String::as_str).filter(kept).collect();
        let ign = if ign.is_empty() { String::new() } else { format!("ign={} ", ign.join(",")) };
        let argv = if p.state == 'Z' { &[] } else { p.argv.as_slice() };
        format!("{} of {} g{} s{} {} {} {ign}{argv:?}", p.pid, p.ppid, p.pgid, p.sid, p.state, p.comm)
    };
    look.iter().map(one).collect()
}

/// A line for people.
fn shortened(line: &str) -> String {
    if line.chars().count() > 70 { format!("{}...", line.chars().take(67).collect::<String>()) } else { line.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Status;

    fn outcome(code: i32, ended_ms: u64, line: &str) -> Outcome {
        let output = vec![line.to_string()];
        Outcome {
            looks: vec![vec![]],
            status: Some(Status::Code(code)),
            ended_ms: Some(ended_ms),
            events: vec![],
            output,
        }
    }

    #[test]
    fn equal_runs_differ_in_nothing_even_if_one_is_a_little_late() {
        assert!(differences(&outcome(3, 700, "a"), &outcome(3, 600, "a")).is_empty());
    }

    #[test]
    fn every_field_that_differs_is_named() {
        let found = differences(&outcome(1, 1_000, "a"), &outcome(2, 600, "b"));
        let fields: Vec<&str> = found.iter().filter_map(|f| f.split(':').next()).collect();
        assert_eq!(fields, ["status", "end in ms", "output"]);
    }
}
