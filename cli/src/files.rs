//! The files of a scenario as people keep them: a directory, single files, a story that comes with the program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use simulator::scenario::{Draft, SCENARIO_FILE, edit, stories};

/// Deepest folder that is read below the one that was named.
const DEPTH: usize = 4;
/// Larger files are not scripts or manifests.
const FILE_BYTES: u64 = 1024 * 1024;
/// Most files that are read from a directory.
const FILES: usize = 200;

/// What the command line says about files.
#[derive(clap::Args)]
pub struct Files {
    /// A directory with a Dockerfile, manifests and scripts, one such file, or the name of a story
    source: Option<String>,
    /// The Dockerfile
    #[arg(long, value_name = "FILE")]
    dockerfile: Option<PathBuf>,
    /// A manifest with a Pod, Deployment, Service; may be given several times
    #[arg(long, value_name = "FILE")]
    pod: Vec<PathBuf>,
    /// Another file, under the name that COPY or a manifest uses
    #[arg(long = "file", value_name = "NAME=PATH")]
    files: Vec<String>,
    /// A setting of the run, for example seed=2 or traffic.per_s=100
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
}

impl Files {
    /// The first word, if it is no file but `KEY=VALUES`: it belongs to what comes after the files.
    pub fn take_key(&mut self) -> Option<String> {
        self.source.take_if(|word| word.contains('=') && !Path::new(word).exists())
    }

    /// Reads everything; the error is a sentence for people.
    pub fn draft(&self) -> Result<(Draft, Option<String>), String> {
        let mut draft = match &self.source {
            Some(name) if !Path::new(name).exists() => {
                let story = stories::by_name(name).ok_or_else(|| unknown(name))?;
                story.files.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect()
            }
            Some(path) if Path::new(path).is_dir() => read_directory(Path::new(path))?,
            Some(path) => vec![(file_name(Path::new(path)), read(Path::new(path))?)],
            None => Vec::new(),
        };
        if let Some(path) = &self.dockerfile {
            draft.push(("Dockerfile".to_owned(), read(path)?));
        }
        for path in &self.pod {
            draft.push((file_name(path), read(path)?));
        }
        for pair in &self.files {
            let (name, path) = pair.split_once('=').ok_or_else(|| format!("--file {pair}: write NAME=PATH"))?;
            draft.push((name.to_owned(), read(Path::new(path))?));
        }
        if draft.is_empty() {
            return Err("name a directory, a Dockerfile, a manifest, or a story; see grace run --help".to_owned());
        }
        let mut draft = Draft::new(draft);
        let expect = draft.files.remove("expect.yaml");
        for pair in &self.settings {
            let (key, value) = pair.split_once('=').ok_or_else(|| format!("--set {pair}: write KEY=VALUE"))?;
            let text = draft.files.get(SCENARIO_FILE).cloned().unwrap_or_default();
            let changed = edit::set(&text, &format!("settings.{key}"), value)
                .ok_or_else(|| format!("--set {pair}: {SCENARIO_FILE} has no place for it"))?;
            draft.files.insert(SCENARIO_FILE.to_owned(), changed);
        }
        Ok((draft, expect))
    }
}

fn unknown(name: &str) -> String {
    let names: Vec<&str> = stories::all().iter().map(|s| s.name).collect();
    format!("{name}: no such file, directory or story; the stories are {}", names.join(", "))
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "Dockerfile".to_owned(), |n| n.to_string_lossy().into_owned())
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    String::from_utf8(bytes).map_err(|e| not_text(path, e.utf8_error()))
}

/// Editors of Windows write UTF-16, which no tool that reads these files understands.
fn not_text(path: &Path, error: std::str::Utf8Error) -> String {
    format!("{}: not UTF-8 text from byte {} on; save it as UTF-8", path.display(), error.valid_up_to())
}

fn read_directory(root: &Path) -> Result<Vec<(String, String)>, String> {
    let mut files = Vec::new();
    walk(root, root, 0, &mut files)?;
    Ok(files)
}

/// Every text file, in order of names; hidden ones, large ones and binaries are left out, but a Dockerfile or a manifest
/// that is not text is an error.
fn walk(root: &Path, folder: &Path, depth: usize, files: &mut Vec<(String, String)>) -> Result<(), String> {
    let of = |path: &Path| {
        let path = path.display().to_string();
        move |e: io::Error| format!("{path}: {e}")
    };
    let mut entries = fs::read_dir(folder).and_then(|all| all.collect::<io::Result<Vec<_>>>()).map_err(of(folder))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden || files.len() >= FILES {
            continue;
        }
        if path.is_dir() {
            if depth < DEPTH {
                walk(root, &path, depth + 1, files)?;
            }
        } else if fs::metadata(&path).map_err(of(&path))?.len() <= FILE_BYTES {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            match String::from_utf8(fs::read(&path).map_err(of(&path))?) {
                Ok(text) => files.push((name, text)),
                Err(e) if name.starts_with("Dockerfile") || name.ends_with(".yaml") || name.ends_with(".yml") => {
                    return Err(not_text(&path, e.utf8_error()));
                }
                Err(_) => {}
            }
        }
    }
    Ok(())
}
