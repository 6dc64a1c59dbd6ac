//! The small programs that a script calls, all in one binary that looks at the name it is called by.
//!
//! `app app1 app2 app30` handle TERM, INT, HUP, QUIT and USR1: they log it and exit 100 ms later, `app30` with 30 on TERM.
//! `plain` has no handler and does not end; `short` ends after 2.5 s, `brief` after 0.6 s; `quick` exits 0 and `fail3`
//! exits 3 at once. Each logs to the file in `$HLOG`, so that redirections hide nothing.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

/// Names of the helper programs.
pub const NAMES: [&str; 9] = ["app", "app1", "app2", "app30", "plain", "short", "brief", "quick", "fail3"];

/// One line in the log: name, pid, what.
fn log(name: &str, what: &str) {
    let file = std::env::var_os("HLOG").and_then(|path| OpenOptions::new().append(true).open(path).ok());
    if let Some(mut file) = file {
        // A single write, so that lines of different processes stay whole.
        let _ = file.write_all(format!("{name} {} {what}\n", std::process::id()).as_bytes());
    }
}

/// Runs the helper of this name and returns its exit code; none if there is no such helper.
#[cfg(unix)]
pub fn run(name: &str) -> Option<u8> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};
    use signal_hook::iterator::Signals;
    if !NAMES.contains(&name) {
        return None;
    }
    // Before the log says that it has started.
    let signals =
        if name.starts_with("app") { Signals::new([SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1]).ok() } else { None };
    log(name, &format!("start ppid={}", std::os::unix::process::parent_id()));
    match name {
        "quick" => return Some(0),
        "fail3" => return Some(3),
        "brief" => return Some(ends_after(name, 600)),
        "short" => return Some(ends_after(name, 2_500)),
        _ => {}
    }
    let Some(mut signals) = signals else { pause() };
    if let Some(signal) = signals.forever().next() {
        let signal_name = match signal {
            SIGTERM => "TERM",
            SIGINT => "INT",
            SIGHUP => "HUP",
            SIGQUIT => "QUIT",
            _ => "USR1",
        };
        log(name, &format!("got {signal_name}"));
        std::thread::sleep(Duration::from_millis(100));
        let code = if name == "app30" && signal == SIGTERM { 30 } else { 0 };
        log(name, &format!("exit {code}"));
        return Some(code);
    }
    pause()
}

/// There are no such signals elsewhere.
#[cfg(not(unix))]
pub fn run(_name: &str) -> Option<u8> {
    None
}

fn ends_after(name: &str, millis: u64) -> u8 {
    std::thread::sleep(Duration::from_millis(millis));
    log(name, "exit 0");
    0
}

fn pause() -> ! {
    loop {
        std::thread::sleep(Duration::from_secs(3_600));
    }
}
