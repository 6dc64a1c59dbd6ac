//! Utilities that read text and print something made of it: grep, sed, awk, sort, cut, tr, head, tail, wc and others.
//!
//! Each reads all its input and then works, as one sees from outside when the input ends; those that pass on what they read
//! at once (tr) or end early (head, `grep -q`) do so.

mod awk;
mod dialect;
mod digest;
mod grep;
mod lines;
pub(super) mod sed;
mod sort;
mod variables;

use super::super::call::{Call, Env, Fd, FileMark, OpenMode, Resume, Sys};
use super::{Act, Acts, Called, given, tar, tree};
use crate::base::Text;
use crate::base::errno::Errno;
use crate::base::limits::EXPANSION_BYTES;
use crate::kernel::fs::Content;

pub(super) use lines::end_of;

/// Something that is read: a name as it was given, and the text; none is standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Input {
    name: Text,
    text: Option<Text>,
}

/// What a tool works on.
struct Job<'a> {
    /// The name that it was called by.
    name: &'a str,
    args: Vec<&'a str>,
    /// What it reads: names and texts.
    inputs: Vec<(&'a str, &'a str)>,
    env: &'a Env,
    busybox: bool,
}

/// What a tool does at the end.
#[derive(Debug, Default)]
struct Outcome {
    /// Descriptors and texts.
    writes: Vec<(u32, String)>,
    /// Files and their new content.
    files: Vec<(String, String)>,
    /// Files and what is added to them.
    appends: Vec<(String, String)>,
    /// What else is done to files.
    marks: Vec<(String, FileMark)>,
    code: u8,
    /// It was called wrongly: no file was opened.
    refused: bool,
    /// What is not simulated.
    missing: Option<String>,
}

impl Outcome {
    fn print(text: String) -> Outcome {
        Outcome { writes: vec![(1, text)], ..Outcome::default() }
    }

    fn fails(message: String, code: u8) -> Outcome {
        Outcome { writes: vec![(2, message)], code, refused: true, ..Outcome::default() }
    }

    fn write(&mut self, fd: u32, text: &str) {
        let room = self.writes.len() < EXPANSION_BYTES;
        match self.writes.last_mut() {
            Some((last, all)) if *last == fd => all.push_str(text.get(..EXPANSION_BYTES).unwrap_or(text)),
            _ if room => self.writes.push((fd, text.to_owned())),
            _ => {}
        }
    }
}

/// A tool: its names, which of its arguments are files to read, and what it makes of them.
struct Tool {
    names: &'static [&'static str],
    /// The files it reads; none is standard input. An error is what it says and its exit code.
    reads: fn(&[&str]) -> Vec<String>,
    run: fn(&Job<'_>) -> Outcome,
    /// Exit code when a file cannot be read.
    unreadable: u8,
    /// It works on each piece that it reads.
    at_once: bool,
}

static TOOLS: &[Tool] = &[
    Tool { names: &["grep", "egrep", "fgrep"], reads: grep::reads, run: grep::run, unreadable: 2, at_once: false },
    Tool { names: &["sed"], reads: sed::reads, run: sed::run, unreadable: 2, at_once: false },
    Tool { names: &["awk", "gawk", "mawk"], reads: awk::reads, run: awk::run, unreadable: 2, at_once: false },
    Tool { names: &["head"], reads: lines::counted, run: lines::head, unreadable: 1, at_once: false },
    Tool { names: &["tail"], reads: lines::counted, run: lines::tail, unreadable: 1, at_once: false },
    Tool { names: &["nothing"], reads: lines::nothing, run: lines::swallow, unreadable: 0, at_once: false },
    Tool { names: &["wc"], reads: lines::words, run: lines::count, unreadable: 1, at_once: false },
    Tool { names: &["uniq"], reads: lines::words, run: lines::unique, unreadable: 1, at_once: false },
    Tool { names: &["tac"], reads: lines::words, run: lines::backwards, unreadable: 1, at_once: false },
    Tool { names: &["rev"], reads: lines::words, run: lines::mirrored, unreadable: 1, at_once: false },
    Tool { names: &["nl"], reads: lines::words, run: lines::numbered, unreadable: 1, at_once: false },
    Tool { names: &["paste"], reads: lines::delimited, run: lines::paste, unreadable: 1, at_once: false },
    Tool { names: &["cut"], reads: lines::cut_reads, run: lines::cut, unreadable: 1, at_once: false },
    Tool { names: &["tr"], reads: lines::nothing, run: lines::translate, unreadable: 1, at_once: true },
    Tool { names: &["sort"], reads: sort::reads, run: sort::run, unreadable: 2, at_once: false },
    Tool { names: &["envsubst"], reads: lines::nothing, run: variables::run, unreadable: 1, at_once: false },
    Tool {
        names: &["tar"],
        reads: |args| tar::archive(args).into_iter().collect(),
        run: unpack,
        unreadable: 2,
        at_once: false,
    },
    Tool { names: &["base64"], reads: digest::reads, run: digest::base64, unreadable: 1, at_once: false },
    Tool {
        names: &["md5sum", "sha1sum", "sha256sum"],
        reads: lines::words,
        run: digest::sums,
        unreadable: 1,
        at_once: false,
    },
];

/// A tool that runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    name: Text,
    args: Vec<Text>,
    env: Env,
    busybox: bool,
    inputs: Vec<Input>,
    complaints: Vec<String>,
    /// A named pipe to be opened, and read in place of standard input.
    pipe: Option<Text>,
    from: Fd,
    read: String,
    end: Option<Acts>,
}

/// The tool of this name, about to read.
pub(super) fn find(called: &Called<'_>, sys: &Sys<'_>) -> Option<Box<Filter>> {
    let tool = TOOLS.iter().find(|tool| tool.names.contains(&called.name))?;
    let mut inputs = Vec::new();
    let mut complaints = Vec::new();
    let mut pipe = None;
    for name in (tool.reads)(&called.args) {
        if sys.files.get(sys.cwd, &name).is_some_and(|file| file.content == Content::Fifo) {
            pipe = Some(Text::from(name.as_str()));
        }
        match text_of(&name, sys) {
            Ok(text) => inputs.push(Input { name: name.as_str().into(), text }),
            Err(errno) => complaints.push(complaint(called, &name, errno)),
        }
    }
    if inputs.is_empty() && complaints.is_empty() {
        inputs.push(Input { name: "-".into(), text: None });
    }
    Some(Box::new(Filter {
        name: called.name.into(),
        args: called.args.iter().map(|a| Text::from(*a)).collect(),
        env: sys.env.clone(),
        busybox: called.busybox,
        inputs,
        complaints,
        pipe,
        from: 0,
        read: String::new(),
        end: None,
    }))
}

/// tar(1) that reads an archive.
fn unpack(job: &Job<'_>) -> Outcome {
    let text: String = job.inputs.iter().map(|(_, text)| *text).collect();
    match tar::extract(&job.args, &text) {
        Some((marks, listed)) => Outcome { marks, ..Outcome::print(listed) },
        None => {
            let missing = "this archive was not made here: what is in it is not known, so nothing is unpacked";
            Outcome { missing: Some(missing.into()), ..Outcome::default() }
        }
    }
}

/// What expr(1) says of a text and a pattern that stands at its begin: the first group, else how many characters.
pub(super) fn matched(text: &str, pattern: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let regex = dialect::compile(&format!("^{}", pattern.trim_start_matches('^')), dialect::Dialect::Basic, false);
    let found = regex.and_then(|r| r.find_from(&chars, 0));
    let group = |n: usize| found.as_ref().and_then(|f| f.get(n)).copied().flatten();
    if found.as_ref().is_some_and(|f| f.len() > 1) || pattern.contains("\\(") {
        return group(1).and_then(|(a, b)| chars.get(a..b)).unwrap_or(&[]).iter().collect();
    }
    group(0).map_or(0, |(_, b)| b).to_string()
}

fn complaint(called: &Called<'_>, file: &str, errno: Errno) -> String {
    let name = called.name;
    match name {
        "sed" if !called.busybox => format!("sed: can't read {file}: {errno}\n"),
        "tail" if called.busybox => format!("tail: can't open '{file}': {errno}\n"),
        "head" | "tail" if !called.busybox => format!("{name}: cannot open '{file}' for reading: {errno}\n"),
        "sort" if !called.busybox => format!("sort: cannot read: {file}: {errno}\n"),
        "awk" | "mawk" if !called.busybox => format!("{}: cannot open {file} ({errno})\n", called.name),
        _ => format!("{name}: {file}: {errno}\n"),
    }
}

/// The text of a file; none is standard input.
fn text_of(name: &str, sys: &Sys<'_>) -> Result<Option<Text>, Errno> {
    if matches!(name, "-" | "/dev/stdin") {
        return Ok(None);
    }
    if let Some(errno) = tree::unreadable(name, sys) {
        return Err(errno);
    }
    match sys.files.get(sys.cwd, name).map(|f| &f.content) {
        Some(Content::Text(text)) => Ok(Some(text.clone())),
        Some(Content::Fifo) => Ok(None),
        Some(Content::Null | Content::Binary(_)) => Ok(Some("".into())),
        Some(Content::Directory) => Err(Errno::Eisdir),
        None => Err(Errno::Eisdir),
    }
}

impl Filter {
    /// Reads all its input and prints nothing.
    pub(super) fn nothing() -> Filter {
        Filter {
            name: "nothing".into(),
            args: Vec::new(),
            env: Env::default(),
            busybox: false,
            inputs: vec![Input { name: "-".into(), text: None }],
            complaints: Vec::new(),
            pipe: None,
            from: 0,
            read: String::new(),
            end: None,
        }
    }

    pub(super) fn resume(&mut self, resume: Resume) -> Call {
        if let Some(end) = &mut self.end {
            return end.resume(&resume);
        }
        let Some(tool) = TOOLS.iter().find(|tool| tool.names.contains(&&*self.name)) else { return Call::Exit(1) };
        if let Some(pipe) = self.pipe.take() {
            return Call::Open(pipe, OpenMode::Read);
        }
        if let Resume::Opened(fd) = resume {
            self.from = fd;
        }
        let reads = self.inputs.iter().any(|input| input.text.is_none());
        let over = match resume {
            Resume::Read(text) if text.is_empty() => true,
            Resume::Read(text) => {
                if self.read.len() < EXPANSION_BYTES {
                    self.read.push_str(&text);
                }
                self.has_enough()
            }
            Resume::Done if tool.at_once => false,
            Resume::Failed(_) => true,
            _ => !reads,
        };
        if !over && tool.at_once && !self.read.is_empty() {
            let made = self.outcome(tool).writes.into_iter().map(|(_, text)| text).collect::<String>();
            self.read.clear();
            return Call::Write(1, made.into());
        }
        if !over {
            return Call::Read { fd: self.from, line: false };
        }
        let outcome = self.outcome(tool);
        let end = self.end.insert(acts(&self.complaints, outcome, tool.unreadable));
        end.resume(&Resume::Start)
    }

    /// Does it end before its input does?
    fn has_enough(&self) -> bool {
        let args: Vec<&str> = self.args.iter().map(|a| &**a).collect();
        match &*self.name {
            "head" => lines::head_has_enough(&args, &self.read),
            "grep" | "egrep" | "fgrep" => grep::has_enough(&args, &self.read),
            _ => self.read.len() >= EXPANSION_BYTES,
        }
    }

    fn outcome(&self, tool: &Tool) -> Outcome {
        let job = Job {
            name: &self.name,
            args: self.args.iter().map(|a| &**a).collect(),
            inputs: self.inputs.iter().map(|i| (&*i.name, i.text.as_deref().unwrap_or(&self.read))).collect(),
            env: &self.env,
            busybox: self.busybox,
        };
        (tool.run)(&job)
    }
}

fn acts(complaints: &[String], outcome: Outcome, unreadable: u8) -> Acts {
    let complaints = if outcome.refused { &[] } else { complaints };
    let mut acts: Vec<Act> = complaints.iter().map(|c| Act::from(Call::Write(2, c.as_str().into()))).collect();
    acts.extend(outcome.missing.map(|what| Act::from(Call::Say(what.into()))));
    for (fd, text) in outcome.writes.into_iter().filter(|(_, text)| !text.is_empty()) {
        acts.push(Act::from(Call::Write(fd, text.into())));
    }
    acts.extend(outcome.marks.into_iter().map(|(path, mark)| Act::from(Call::Mark(path.as_str().into(), mark))));
    let holds = outcome.files.into_iter().map(|(path, text)| (path, FileMark::Holds(text.as_str().into()), text));
    let grows = outcome.appends.into_iter().map(|(path, text)| (path, FileMark::Grows(text.as_str().into()), text));
    for (path, mark, text) in holds.chain(grows) {
        acts.push(match path.as_str() {
            "/dev/stdout" | "/proc/self/fd/1" => Act::from(Call::Write(1, text.into())),
            "/dev/stderr" | "/proc/self/fd/2" => Act::from(Call::Write(2, text.into())),
            _ => Act::from(Call::Mark(path.as_str().into(), mark)).or(path),
        });
    }
    Acts::new(acts, if complaints.is_empty() { outcome.code } else { unreadable })
}
