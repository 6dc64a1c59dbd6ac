//! The first process of a namespace, before it becomes the command: what a container runtime does there.

use nix::mount::{MsFlags, mount};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// What shells read at their start: what stands there is this machine's business.
const STARTUP: [&str; 2] = ["/etc/profile", "/etc/zsh/zshenv"];

/// Mounts /proc, starts a session, sets signals back to their default, and becomes the command of its arguments: the
/// sandbox, then argv. Returns only with an error, one line.
pub fn run() -> String {
    let mut args = std::env::args().skip(1);
    let (Some(sandbox), Some(called)) = (args.next(), args.next()) else { return "no command".into() };
    let sandbox = Path::new(&sandbox);
    if let Err(message) = prepare(sandbox) {
        return message;
    }
    let error = Command::new(sandbox.join("bin").join(&called)).arg0(&called).args(args).exec();
    format!("{called}: {error}")
}

fn prepare(sandbox: &Path) -> Result<(), String> {
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).map_err(|e| format!("mount /: {e}"))?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none).map_err(|e| format!("mount /proc: {e}"))?;
    let empty = sandbox.join("profile");
    for file in STARTUP.iter().filter(|file| Path::new(file).exists()) {
        mount(Some(&empty), *file, none, MsFlags::MS_BIND, none).map_err(|e| format!("mount {file}: {e}"))?;
    }
    nix::unistd::setsid().map_err(|e| format!("setsid: {e}"))?;
    // execve(2): a signal with a handler is set back to its default, one that is ignored stays ignored. So whatever
    // the starter ignored gets a handler first.
    for signal in 1..=31 {
        if !signal_hook::consts::FORBIDDEN.contains(&signal) {
            let _ = signal_hook::flag::register(signal, std::sync::Arc::default());
        }
    }
    Ok(())
}
