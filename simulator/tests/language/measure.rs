//! The real arm: runs every script in every installed shell as PID 1 of a PID namespace and writes what they did.

use crate::corpus::{Script, scripts};
use serde_json::{Map, Value, json};
use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The shells: row of the variant table, program, name in the argument list, Debian package.
const SHELLS: &[(&str, &str, &str, &str)] = &[
    ("dash-0.5.12-bookworm", "/bin/dash", "sh", "dash 0.5.12-2"),
    ("bash-5.2.15", "/bin/bash", "bash", "bash 5.2.15-2"),
    ("bash-5.2.15-sh", "/bin/bash", "sh", "bash 5.2.15-2"),
    ("busybox-1.35.0-deb", "/bin/busybox", "sh", "busybox 1:1.35.0-4"),
    ("zsh-5.9", "/bin/zsh", "zsh", "zsh 5.9-4"),
    ("mksh-59c", "/bin/mksh", "mksh", "mksh 59c-28"),
    ("yash-2.52", "/bin/yash", "yash", "yash 2.52-2"),
    ("ksh93u+m-1.0.4", "/bin/ksh93", "ksh", "ksh93u+m 1.0.4-3"),
    ("posh-0.14.1", "/bin/posh", "posh", "posh 0.14.1"),
];

/// Programs in PATH beside the shell.
const UTILITIES: &[&str] = &["sleep", "cat", "nohup", "env", "true", "false", "kill"];

/// A folder with `bin/`, `env.sh` and the empty files that the simulator's sandbox has.
struct Sandbox(PathBuf);

impl Sandbox {
    fn new(program: &str, argv0: &str) -> Sandbox {
        let folder = std::env::temp_dir().join(format!("language-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("bin")).unwrap();
        let program = fs::canonicalize(program).unwrap();
        symlink(&program, folder.join("bin").join(argv0)).unwrap();
        for name in UTILITIES {
            let applet = program.ends_with("busybox");
            let target = if applet { program.clone() } else { Path::new("/bin").join(name) };
            symlink(target, folder.join("bin").join(name)).unwrap();
        }
        fs::write(folder.join("env.sh"), "E=1\n").unwrap();
        for name in ["hlog", "out", "profile"] {
            fs::write(folder.join(name), "").unwrap();
        }
        Sandbox(folder)
    }

    fn text(&self, bytes: &[u8]) -> String {
        let folder = self.0.to_string_lossy();
        String::from_utf8_lossy(bytes).replace(&format!("{folder}/bin/"), "").replace(&*folder, ".")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run(script: &Script, program: &str, argv0: &str) -> Value {
    let sandbox = Sandbox::new(program, argv0);
    let folder = &sandbox.0;
    let (argv, file) = script.call(argv0);
    if let Some(text) = file {
        fs::write(folder.join("entry.sh"), text).unwrap();
    }
    let output = Command::new("/usr/bin/timeout")
        .args(["-s", "KILL", "10", "/usr/bin/unshare", "--pid", "--fork", "--mount-proc", "--kill-child"])
        .args(argv)
        .current_dir(folder)
        .env_clear()
        .env("PATH", folder.join("bin"))
        .env("HLOG", folder.join("hlog"))
        .env("HOME", "/nonexistent")
        .env("LC_ALL", "C")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let mut answer = json!({ "code": output.status.code() });
    for (key, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            answer[key] = sandbox.text(bytes).into();
        }
    }
    answer
}

/// Measures what has changed since the last time, or everything with `ALL=1`.
#[test]
#[ignore = "needs root, Linux and the shells; rewrites the data"]
fn measure() {
    let old = crate::measured();
    let again = std::env::var_os("ALL").is_some();
    let shells: Vec<_> = SHELLS.iter().filter(|(_, program, ..)| Path::new(program).exists()).collect();
    let mut records = Map::new();
    for script in scripts() {
        let known = &old["scripts"][&script.name];
        let call = json!({ "args": script.args, "inline": script.inline });
        if !again && known["text"].as_str() == Some(&script.text) && known["call"] == call {
            records.insert(script.name, known.clone());
            continue;
        }
        let runs: Map<String, Value> =
            shells.iter().map(|(id, program, argv0, _)| ((*id).into(), run(&script, program, argv0))).collect();
        records.insert(script.name, json!({ "text": script.text, "call": call, "runs": runs }));
    }
    let versions: Map<String, Value> =
        shells.iter().map(|(id, .., package)| ((*id).into(), (*package).into())).collect();
    let about = "scripts of tests/language/scripts in shells of Debian bookworm, as PID 1 of a PID namespace";
    let document = json!({ "about": about, "shells": versions, "scripts": records });
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/language.json.gz");
    let mut file = flate2::write::GzEncoder::new(fs::File::create(path).unwrap(), flate2::Compression::best());
    file.write_all(serde_json::to_string(&document).unwrap().as_bytes()).unwrap();
    file.finish().unwrap();
}
