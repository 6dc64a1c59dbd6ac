//! The process tree of a namespace as /proc shows it from outside: proc_pid_status(5), proc_pid_stat(5).

use super::sandbox::Sandbox;
use crate::outcome::Process;
use simulator::base::signal::Signal;
use std::collections::BTreeMap;
use std::fs;

/// A process with the numbers of the outer namespace, which all of /proc is in.
struct Outer {
    pid: u32,
    parent: u32,
    seen: Process,
}

/// All processes below and with the one of this outer pid, by inner pid.
pub fn tree(init: u32, sandbox: &Sandbox) -> Vec<Process> {
    let mut found: Vec<Outer> = Vec::new();
    let mut next = vec![init];
    while let Some(pid) = next.pop() {
        if let Some(process) = read(pid, sandbox) {
            found.push(process);
            next.extend(children(pid));
        }
    }
    let inner: BTreeMap<u32, u32> = found.iter().map(|p| (p.pid, p.seen.pid)).collect();
    let number = |outer: u32| inner.get(&outer).copied().unwrap_or(0);
    let mut tree: Vec<Process> = found
        .into_iter()
        .map(|p| Process { ppid: if p.pid == init { 0 } else { number(p.parent) }, ..p.seen })
        .collect();
    tree.sort_by_key(|p| p.pid);
    tree
}

fn children(pid: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let text = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        found.extend(text.split_whitespace().filter_map(|n| n.parse::<u32>().ok()));
    }
    found
}

fn read(pid: u32, sandbox: &Sandbox) -> Option<Outer> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| status.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(":\t"));
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut tail = stat.rsplit_once(") ")?.1.split(' ');
    let state = tail.next()?.chars().next()?;
    let parent = tail.next()?.parse::<u32>().ok()?;
    // The last number of these fields is that of the innermost namespace.
    let inner = |name: &str| field(name)?.split('\t').next_back()?.parse::<u32>().ok();
    let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let arguments = String::from_utf8_lossy(&arguments).into_owned();
    let mut argv: Vec<String> = arguments.split('\0').map(|a| sandbox.short(a)).collect();
    argv.pop();
    let seen = Process {
        pid: inner("NSpid")?,
        ppid: 0,
        pgid: inner("NSpgid")?,
        sid: inner("NSsid")?,
        state,
        comm: sandbox.short(field("Name")?),
        argv,
        ign: mask(field("SigIgn")?),
        cgt: mask(field("SigCgt")?),
        blk: mask(field("SigBlk")?),
    };
    Some(Outer { pid, parent, seen })
}

/// The names of the signals in a mask of hexadecimal digits.
fn mask(digits: &str) -> Vec<String> {
    let bits = u64::from_str_radix(digits.trim(), 16).unwrap_or(0);
    let name = |number: u32| match Signal::from_number(number) {
        Some(signal) if number < 32 => signal.to_string(),
        _ => format!("RT{number}"),
    };
    (1..=64).filter(|n| bits >> (n - 1) & 1 == 1).map(name).collect()
}
