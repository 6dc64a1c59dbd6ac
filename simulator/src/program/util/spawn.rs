//! Utilities that run commands one after the other and wait for each: `find -exec`, xargs.

use super::super::call::{Call, Resume, Sys};
use super::given;
use crate::base::Text;
use crate::base::errno::Errno;
use crate::trace::WaitTarget;
use std::sync::Arc;

/// Commands of one run.
const MOST: usize = 500;
/// Bytes of the arguments of one command; execve(2) and xargs(1) have 128 kB.
const BYTES: usize = 128 * 1024;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// A call; what is said in front of the error if it fails.
    Call(Call, Option<Text>),
    /// A command; does its failure make the utility fail?
    Run(Arc<[Text]>, bool),
}

/// How far it got.
#[derive(Clone, Debug, PartialEq)]
enum Phase {
    Reads,
    Works,
    /// The child of a fork: executes.
    Child,
    /// Says why the command cannot be executed, then exits.
    Refused(u8),
    Waits,
}

/// The utility.
#[derive(Clone, Debug, PartialEq)]
pub struct Spawn {
    name: &'static str,
    /// What xargs was given.
    args: Arc<[Text]>,
    read: String,
    pieces: Vec<Piece>,
    next: usize,
    phase: Phase,
    code: u8,
    /// The code that a failing command leads to.
    failure: u8,
}

impl Spawn {
    /// These things, then exit with this code, or with another one if a command fails.
    pub(super) fn new(name: &'static str, pieces: Vec<Piece>, code: u8) -> Spawn {
        let args = Vec::new().into();
        Spawn { name, args, read: String::new(), pieces, next: 0, phase: Phase::Works, code, failure: 1 }
    }

    /// xargs(1): reads its input first.
    pub(super) fn xargs(args: &[&str]) -> Spawn {
        let args: Arc<[Text]> = args.iter().map(|a| Text::from(*a)).collect();
        Spawn { args, phase: Phase::Reads, failure: 123, ..Spawn::new("xargs", Vec::new(), 0) }
    }

    pub(super) fn resume(&mut self, resume: Resume, sys: &Sys<'_>) -> Call {
        match (&self.phase, resume) {
            (Phase::Reads, Resume::Read(text)) if !text.is_empty() && self.read.len() < BYTES => {
                self.read.push_str(&text)
            }
            (Phase::Reads, Resume::Read(_) | Resume::Failed(_)) => {
                self.pieces = commands(&self.args, &self.read);
                self.phase = Phase::Works;
            }
            (Phase::Refused(code), _) => return Call::Exit(*code),
            (Phase::Child, Resume::Failed(errno)) => {
                let code = if errno == Errno::Enoent { 127 } else { 126 };
                self.phase = Phase::Refused(code);
                let last = self.next.checked_sub(1).and_then(|at| self.pieces.get(at));
                let Some(Piece::Run(argv, _)) = last else { return Call::Exit(code) };
                let file = argv.first().map_or("", |f| f);
                let quoted = if self.name == "find" { format!("'{file}'") } else { file.to_owned() };
                return Call::Write(2, format!("{}: {quoted}: {errno}\n", self.name).into());
            }
            (Phase::Works, Resume::Child) => {
                self.phase = Phase::Child;
                let last = self.next.checked_sub(1).and_then(|at| self.pieces.get(at));
                let Some(Piece::Run(argv, _)) = last else { return Call::Exit(126) };
                let file = argv.first().cloned().unwrap_or_else(|| "".into());
                return Call::Exec { file, argv: argv.clone(), env: sys.env.clone() };
            }
            (Phase::Works, Resume::Forked(_)) => {
                self.phase = Phase::Waits;
                return Call::Wait { target: WaitTarget::Any, nohang: false };
            }
            (Phase::Waits, Resume::Waited(_, status)) => {
                self.phase = Phase::Works;
                let code = status.container_code();
                let counts =
                    matches!(self.next.checked_sub(1).and_then(|at| self.pieces.get(at)), Some(Piece::Run(_, true)));
                if code != 0 && counts {
                    self.code = self.failure;
                }
                if self.name == "xargs" && matches!(code, 126 | 127) {
                    return Call::Exit(u8::try_from(code).unwrap_or(127));
                }
            }
            (Phase::Waits, Resume::Interrupted) => return Call::Wait { target: WaitTarget::Any, nohang: false },
            (Phase::Works, Resume::Failed(errno)) => {
                let last = self.next.checked_sub(1).and_then(|at| self.pieces.get(at));
                if let Some(Piece::Call(_, Some(complaint))) = last {
                    self.code = 1;
                    let line = format!("{complaint}: {errno}\n");
                    return Call::Write(2, line.into());
                }
            }
            _ => {}
        }
        if self.phase == Phase::Reads {
            return Call::Read { fd: 0, line: false };
        }
        let Some(piece) = self.pieces.get(self.next).cloned() else { return Call::Exit(self.code) };
        self.next += 1;
        match piece {
            Piece::Call(call, _) => call,
            Piece::Run(..) => Call::Fork,
        }
    }
}

/// The commands of xargs: `-n`, `-L`, `-I`, `-i`, `-0`, `-d`, `-r`, `-t`.
fn commands(args: &[Text], input: &str) -> Vec<Piece> {
    let words: Vec<&str> = args.iter().map(|a| &**a).collect();
    // Behind the command nothing is an option.
    let mut end = 0;
    while let Some(word) = words.get(end).filter(|w| w.starts_with('-') && w.len() > 1) {
        end += if word.len() == 2 && "nLIdPsEa".contains(word.get(1..).unwrap_or("-")) { 2 } else { 1 };
    }
    let (options, command) = words.split_at_checked(end).unwrap_or((&words, &[]));
    let long = [
        ("null", '0'),
        ("no-run-if-empty", 'r'),
        ("max-args", 'n'),
        ("replace", 'I'),
        ("max-procs", 'P'),
        ("delimiter", 'd'),
        ("verbose", 't'),
    ];
    let given = given::read(options, "nLIdPsEa", "0rtpix", &long);
    let command = if command.is_empty() { &["echo"][..] } else { command };
    let replaced = given.value('I').or(given.has('i').then_some("{}"));
    let items: Vec<String> = match given.value('d') {
        _ if given.has('0') => input.split_terminator('\0').map(str::to_owned).collect(),
        Some(between) => {
            let between = between.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0");
            input.split_terminator(&between).map(str::to_owned).collect()
        }
        None if replaced.is_some() => {
            input.lines().map(|l| l.trim_start().to_owned()).filter(|l| !l.is_empty()).collect()
        }
        None => quoted_words(input),
    };
    let run = |argv: Vec<String>| Piece::Run(argv.iter().map(|a| Text::from(a.as_str())).collect(), true);
    let head = || command.iter().map(|w| (*w).to_owned());
    if let Some(mark) = replaced {
        return items.iter().take(MOST).map(|item| run(head().map(|w| w.replace(mark, item)).collect())).collect();
    }
    if items.is_empty() {
        return if given.has('r') { Vec::new() } else { vec![run(head().collect())] };
    }
    let most =
        given.value('n').or(given.value('L')).and_then(|n| n.parse().ok()).filter(|n| *n > 0).unwrap_or(usize::MAX);
    items
        .chunks(most.min(items.len()))
        .take(MOST)
        .map(|part| run(head().chain(part.iter().cloned()).collect()))
        .collect()
}

/// Words between blanks; quotes and backslashes keep blanks.
fn quoted_words(input: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = input.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
