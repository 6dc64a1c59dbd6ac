//! What ps(1) prints: a pure function of what can be seen. Two programs: procps and the applet of BusyBox.
//!
//! Follows procps-ng 4.0 (`ps ax`, `axf`, `aux`, `-ef`, `-o`, `-p`) and BusyBox 1.35 (options are all but ignored). Every
//! process is shown: no terminal is simulated, so all belong to `?`. CPU time, memory and start time are not simulated: 0:00
//! and the time since the start of the run.

use crate::base::id::{NamespaceId, Pid, TaskId};
use crate::observed::{Observed, Task};
use crate::trace::{ProgramKind, Wait};

/// Whose ps it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// procps-ng, Debian and others.
    Procps,
    /// The applet of BusyBox, Alpine.
    BusyBox,
}

/// Width of the pid column: digits of the usual limit of pids on a node, 4194304.
const PID: usize = 7;

/// A column: header, from the right?, least width, what it shows.
struct Column {
    names: &'static [&'static str],
    header: &'static str,
    right: bool,
    width: usize,
    show: fn(&Row<'_>) -> String,
}

struct Row<'a> {
    seen: &'a Observed,
    task: &'a Task,
    branch: String,
}

const COLUMNS: &[Column] = &[
    Column { names: &["pid", "tgid"], header: "PID", right: true, width: PID, show: |r| r.task.pid.to_string() },
    Column { names: &["ppid"], header: "PPID", right: true, width: PID, show: |r| ppid(r).to_string() },
    Column { names: &["pgid", "pgrp"], header: "PGID", right: true, width: PID, show: |r| r.task.pgid.to_string() },
    Column { names: &["sid", "sess"], header: "SID", right: true, width: PID, show: |r| r.task.sid.to_string() },
    Column { names: &["user", "euser", "uname"], header: "USER", right: false, width: 8, show: user },
    Column { names: &["uid", "euid"], header: "UID", right: true, width: 5, show: |r| r.task.uid.to_string() },
    Column { names: &["stat"], header: "STAT", right: false, width: 4, show: |r| stat(r.seen, r.task) },
    Column { names: &["s", "state"], header: "S", right: false, width: 1, show: |r| state(r.seen, r.task).to_string() },
    Column { names: &["tty", "tt", "tname"], header: "TT", right: false, width: 8, show: |_| "?".into() },
    Column { names: &["time", "cputime"], header: "TIME", right: true, width: 8, show: |_| "00:00:00".into() },
    Column { names: &["etime"], header: "ELAPSED", right: true, width: 11, show: |r| clock(elapsed(r)) },
    Column { names: &["etimes"], header: "ELAPSED", right: true, width: 7, show: |r| elapsed(r).to_string() },
    Column { names: &["comm", "ucmd", "ucomm"], header: "COMMAND", right: false, width: 15, show: comm },
    Column { names: &["args", "command"], header: "COMMAND", right: false, width: 27, show: args },
    Column { names: &["cmd"], header: "CMD", right: false, width: 27, show: args },
    Column { names: &["pcpu", "%cpu", "c"], header: "%CPU", right: true, width: 4, show: |_| "0.0".into() },
    Column { names: &["pmem", "%mem"], header: "%MEM", right: true, width: 4, show: |_| "0.0".into() },
    Column { names: &["vsz", "vsize"], header: "VSZ", right: true, width: 6, show: |_| "0".into() },
    Column { names: &["rss"], header: "RSS", right: true, width: 5, show: |_| "0".into() },
];

/// The state letter (proc_pid_stat(5)).
pub fn state(seen: &Observed, task: &Task) -> char {
    // An init process that has ended sleeps in the kernel until all that lived in its namespace is collected.
    let collects = || task.pid == Pid::INIT && seen.namespace(task.namespace).is_some_and(|n| n.members.len() > 1);
    match task.alive() {
        None if collects() => 'S',
        None => 'Z',
        Some(alive) if alive.stopped => 'T',
        Some(alive) => match alive.wait.map(|w| w.value) {
            None | Some(Wait::Cpu) => 'R',
            Some(_) => 'S',
        },
    }
}

/// The STAT column of procps: state, `s` for a session leader.
pub fn stat(seen: &Observed, task: &Task) -> String {
    let leader = if task.pid == task.sid { "s" } else { "" };
    format!("{}{leader}", state(seen, task))
}

/// The command as ps shows it: the arguments, or the name of a process that has none left.
pub fn command(task: &Task) -> String {
    if task.is_zombie() {
        return format!("[{}] <defunct>", task.comm);
    }
    if task.argv.is_empty() { format!("[{}]", task.comm) } else { task.argv.join(" ") }
}

fn ppid(row: &Row<'_>) -> Pid {
    row.task.parent.and_then(|p| row.seen.task(p)).map_or(Pid::OUTSIDE, |p| p.pid)
}

fn user(row: &Row<'_>) -> String {
    if row.task.uid == 0 { "root".into() } else { row.task.uid.to_string() }
}

fn comm(row: &Row<'_>) -> String {
    let end = if row.task.is_zombie() { " <defunct>" } else { "" };
    format!("{}{}{end}", row.branch, row.task.comm)
}

fn args(row: &Row<'_>) -> String {
    format!("{}{}", row.branch, command(row.task))
}

fn elapsed(row: &Row<'_>) -> u64 {
    row.seen.now.since(row.task.started).as_secs()
}

fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

/// What `ps ARGS` prints for the processes of a namespace: the text and the exit code.
pub fn print(seen: &Observed, namespace: NamespaceId, style: Style, args: &[&str]) -> (String, u8) {
    let asked = Asked::read(args);
    let mut rows: Vec<(TaskId, &Task)> = seen.in_namespace(namespace).collect();
    rows.sort_by_key(|(_, t)| t.pid);
    if style == Style::Procps && !asked.pids.is_empty() {
        rows.retain(|(_, t)| asked.pids.contains(&t.pid.0));
    }
    let nothing = rows.is_empty();
    let rows = if asked.forest { forest(seen, &rows) } else { flat(seen, &rows) };
    let text = match (style, asked.columns.is_empty()) {
        (_, false) => chosen(&rows, &asked, style),
        (Style::BusyBox, true) => busybox(&rows),
        (Style::Procps, true) => procps(&rows, &asked),
    };
    (text, u8::from(nothing))
}

/// What the arguments ask for.
#[derive(Default)]
struct Asked {
    bsd: bool,
    full: bool,
    users: bool,
    forest: bool,
    pids: Vec<u32>,
    columns: Vec<String>,
}

impl Asked {
    fn read(args: &[&str]) -> Asked {
        let mut asked = Asked::default();
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let dashed = arg.starts_with('-');
            let word = arg.trim_start_matches('-');
            if let Some(list) = word.strip_prefix("format=").or_else(|| word.strip_prefix("pid=")) {
                asked.list(word.starts_with("pid"), list);
                continue;
            }
            if word == "forest" {
                asked.forest = true;
                continue;
            }
            if word.bytes().all(|b| b.is_ascii_digit() || b == b',') && !word.is_empty() {
                asked.list(true, word);
                continue;
            }
            asked.bsd |= !dashed;
            for (at, letter) in word.char_indices() {
                match letter {
                    'o' | 'O' | 'p' | 'q' => {
                        let joined = word.get(at + 1..).unwrap_or("");
                        let list = if joined.is_empty() { rest.next().copied().unwrap_or("") } else { joined };
                        asked.list(matches!(letter, 'p' | 'q'), list);
                        break;
                    }
                    'f' if !dashed => asked.forest = true,
                    'H' => asked.forest = true,
                    'f' | 'F' => asked.full = true,
                    'u' if !dashed => asked.users = true,
                    _ => {}
                }
            }
        }
        asked
    }

    fn list(&mut self, pids: bool, list: &str) {
        let words = list.split([',', ' ']).filter(|w| !w.is_empty());
        if pids {
            self.pids.extend(words.filter_map(|w| w.parse::<u32>().ok()));
        } else {
            self.columns.extend(words.map(str::to_owned));
        }
    }
}

fn flat<'a>(seen: &'a Observed, rows: &[(TaskId, &'a Task)]) -> Vec<Row<'a>> {
    rows.iter().map(|(_, task)| Row { seen, task, branch: String::new() }).collect()
}

/// Parents before their children, with the branches that procps draws.
fn forest<'a>(seen: &'a Observed, rows: &[(TaskId, &'a Task)]) -> Vec<Row<'a>> {
    let shown = |id: Option<TaskId>| id.is_some_and(|id| rows.iter().any(|(i, _)| *i == id));
    let mut out = Vec::new();
    // Task, and for each ancestor whether more of its siblings follow. Depth is bounded by the number of processes.
    let mut todo: Vec<(TaskId, &Task, Vec<bool>)> =
        rows.iter().rev().filter(|(_, t)| !shown(t.parent)).map(|(id, t)| (*id, *t, Vec::new())).collect();
    while let Some((id, task, above)) = todo.pop() {
        let mut branch = String::new();
        for more in above.iter().take(above.len().saturating_sub(1)) {
            branch.push_str(if *more { " |  " } else { "    " });
        }
        if !above.is_empty() {
            branch.push_str(" \\_ ");
        }
        out.push(Row { seen, task, branch });
        let children: Vec<_> = rows.iter().filter(|(_, t)| t.parent == Some(id)).collect();
        for (i, (child, t)) in children.iter().enumerate().rev() {
            let mut path = above.clone();
            path.push(i + 1 < children.len());
            todo.push((*child, t, path));
        }
    }
    out
}

fn procps(rows: &[Row<'_>], asked: &Asked) -> String {
    if asked.users {
        return lines(rows, "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND", |r| {
            let (user, pid, stat) = (user(r), r.task.pid, stat(r.seen, r.task));
            format!("{user:<8} {pid:>7}  0.0  0.0      0     0 ?        {stat:<4} 00:00   0:00 {}", args(r))
        });
    }
    if asked.full {
        return lines(rows, "UID          PID    PPID  C STIME TTY          TIME CMD", |r| {
            let (user, pid, ppid) = (user(r), r.task.pid, ppid(r));
            format!("{user:<8} {pid:>7} {ppid:>7}  0 00:00 ?        00:00:00 {}", args(r))
        });
    }
    if asked.bsd {
        return lines(rows, "    PID TTY      STAT   TIME COMMAND", |r| {
            format!("{:>PID$} ?        {:<4}   0:00 {}", r.task.pid, stat(r.seen, r.task), args(r))
        });
    }
    lines(rows, "    PID TTY          TIME CMD", |r| format!("{:>PID$} ?        00:00:00 {}", r.task.pid, comm(r)))
}

fn busybox(rows: &[Row<'_>]) -> String {
    lines(rows, "PID   USER     TIME  COMMAND", |r| {
        let shown = if r.task.is_zombie() { format!("[{}]", r.task.comm) } else { args(r) };
        format!("{:>5} {:<8}  0:00 {shown}", r.task.pid, user(r))
    })
}

fn lines(rows: &[Row<'_>], header: &str, line: impl Fn(&Row<'_>) -> String) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        text.push_str(line(row).trim_end());
        text.push('\n');
    }
    text
}

/// `-o pid,ppid,comm`; `-o pid=` has no header, `-o pid=NUMBER` another one.
fn chosen(rows: &[Row<'_>], asked: &Asked, style: Style) -> String {
    let columns: Vec<(&Column, String)> = asked
        .columns
        .iter()
        .filter_map(|word| {
            let (name, header) = word.split_once('=').map_or((word.as_str(), None), |(n, h)| (n, Some(h)));
            let column = COLUMNS.iter().find(|c| c.names.contains(&name))?;
            Some((column, header.unwrap_or(column.header).to_owned()))
        })
        .collect();
    let width = |c: &Column| if style == Style::BusyBox { c.width.min(16) } else { c.width };
    let join = |cells: Vec<(usize, bool, String)>| {
        let last = cells.len().saturating_sub(1);
        let cells = cells.into_iter().enumerate().map(|(i, (width, right, text))| match right {
            true => format!("{text:>width$}"),
            false if i == last => text,
            false => format!("{text:<width$}"),
        });
        cells.collect::<Vec<String>>().join(" ")
    };
    let mut text = String::new();
    if columns.iter().any(|(_, header)| !header.is_empty()) {
        text = join(columns.iter().map(|(c, h)| (width(c), c.right, h.clone())).collect());
        text.push('\n');
    }
    for row in rows {
        text.push_str(&join(columns.iter().map(|(c, _)| (width(c), c.right, (c.show)(row))).collect()));
        text.push('\n');
    }
    text
}

/// Is this one of those that pidof(8) and pkill(1) find by this name? Scripts are found by their interpreter only.
pub fn named(task: &Task, name: &str) -> bool {
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    task.alive().is_some() && (&*task.comm == name || task.argv.first().is_some_and(|a| base(a) == name))
}

/// Is it a process that people came to see, not the utility that they look with?
pub fn is_lasting(task: &Task) -> bool {
    task.program != ProgramKind::Utility
}
