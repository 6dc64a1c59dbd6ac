//! The scripts, read from the files of `scripts/`.

use std::fs;
use std::path::Path;

/// One script.
pub struct Script {
    /// Unique name.
    pub name: String,
    /// What is run.
    pub text: String,
    /// Given with `-c` instead of as a file.
    pub inline: bool,
    /// `$1` and on.
    pub args: Vec<String>,
}

impl Script {
    /// Argument list, and the text of `./entry.sh`.
    pub fn call(&self, argv0: &str) -> (Vec<String>, Option<String>) {
        let mut argv = vec![argv0.to_owned()];
        if self.inline {
            argv.extend(["-c".to_owned(), self.text.trim_end_matches('\n').to_owned()]);
            if !self.args.is_empty() {
                argv.push(argv0.to_owned());
            }
            argv.extend(self.args.iter().cloned());
            return (argv, None);
        }
        argv.push("./entry.sh".into());
        argv.extend(self.args.iter().cloned());
        (argv, Some(self.text.clone()))
    }
}

/// All scripts, by file and in the order written.
pub fn scripts() -> Vec<Script> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/scripts");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut out: Vec<Script> = Vec::new();
    for file in files {
        let topic = file.file_stem().unwrap().to_string_lossy().into_owned();
        for block in format!("\n{}", fs::read_to_string(&file).unwrap()).split("\n#### ").skip(1) {
            let (head, text) = block.split_once('\n').unwrap_or((block, ""));
            let mut words = head.split(' ').filter(|w| !w.is_empty()).map(str::to_owned);
            let name = format!("{topic}/{}", words.next().unwrap());
            assert!(out.iter().all(|s| s.name != name), "{name} is there twice");
            let mut args: Vec<String> = words.collect();
            let inline = args.first().is_some_and(|a| a == "-c");
            if inline {
                args.remove(0);
            }
            out.push(Script { name, text: format!("{text}\n"), inline, args });
        }
    }
    out
}
