//! What has been found so far, and the words for it.

use std::collections::BTreeMap;

use crate::base::Text;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::behaviour::{Behaviour, Buffering, Manner, Reaction, Statement, Step};
use crate::program::serving::Idle;
use crate::trace::Stream;

/// Findings kept for one file.
const MOST_STATEMENTS: usize = 64;

/// A behaviour that is being put together.
pub(super) struct Story {
    file: Text,
    pub behaviour: Behaviour,
    /// Numbers with a name: `PORT = 8080`.
    pub numbers: BTreeMap<String, u64>,
    /// Output that the program itself unbuffers.
    pub unbuffered: bool,
    /// Something keeps it running: a server, a loop, a timer.
    pub stays: bool,
}

impl Story {
    pub(super) fn new(file: &str) -> Self {
        Story {
            file: file.into(),
            behaviour: Behaviour::default(),
            numbers: BTreeMap::new(),
            unbuffered: false,
            stays: false,
        }
    }

    /// A finding with its line.
    pub(super) fn found(&mut self, line: usize, text: &str) {
        self.state(line, text, true);
    }

    /// Something that is not understood.
    pub(super) fn not_understood(&mut self, line: usize, text: &str) {
        self.state(line, &format!("not understood: {text}"), false);
    }

    fn state(&mut self, line: usize, text: &str, understood: bool) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let statement = Statement { file: self.file.clone(), line, text: text.into(), understood };
        let statements = &mut self.behaviour.statements;
        if statements.len() < MOST_STATEMENTS && !statements.contains(&statement) {
            statements.push(statement);
        }
    }

    /// A handler for a signal.
    pub(super) fn handles(&mut self, line: usize, signal: Signal, steps: Vec<Step>) {
        self.found(line, &format!("handles {signal}: {}", words(&steps)));
        if !self.behaviour.start.contains(&Step::Install) {
            self.behaviour.start.push(Step::Install);
        }
        self.behaviour.on.insert(signal, Reaction::Handle(steps));
    }

    /// A signal that is ignored.
    pub(super) fn ignores(&mut self, line: usize, signal: Signal) {
        self.found(line, &format!("ignores {signal}"));
        if !self.behaviour.start.contains(&Step::Install) {
            self.behaviour.start.push(Step::Install);
        }
        self.behaviour.on.insert(signal, Reaction::Ignore);
    }

    /// A loop: what it does each time it comes round, and how long that takes.
    pub(super) fn repeats(&mut self, line: usize, body: &[Step]) {
        self.stays = true;
        let sleep = |s: &Step| if let Step::Sleep(time) = s { *time } else { SimDuration::ZERO };
        let period = body.iter().map(sleep).fold(SimDuration::ZERO, |a, b| a + b);
        let first = body.iter().position(|s| matches!(s, Step::Sleep(_))).unwrap_or(body.len());
        let work: Vec<Step> = body.iter().filter(|s| !matches!(s, Step::Sleep(_))).cloned().collect();
        if period == SimDuration::ZERO {
            self.found(line, "loops for ever; it is taken to wait");
            return;
        }
        if work.is_empty() {
            self.found(line, "waits for ever in a loop of sleeps");
            return;
        }
        self.found(line, &format!("every {} it {}", seconds(period), words(&work)));
        self.behaviour.start.extend(body.iter().take(first).cloned());
        // What comes before the sleep is done at once and then each time, rotated to come after it.
        let rotated = body.iter().skip(first).chain(body.iter().take(first));
        let work = rotated.filter(|s| !matches!(s, Step::Sleep(_))).cloned().collect();
        self.behaviour.every = Some((period, work));
    }

    /// How long it keeps idle connections.
    pub(super) fn keeps_idle(&mut self, line: usize, time: SimDuration) {
        self.found(line, &format!("closes connections that were idle for {}", seconds(time)));
        self.behaviour.tuned.idle = Some(Idle::time(time));
    }

    /// A listening socket.
    pub(super) fn listens(&mut self, line: usize, port: u16) {
        self.found(line, &format!("listens on port {port}"));
        self.behaviour.start.push(Step::Listen(port));
        self.stays = true;
    }

    /// The behaviour. `ends`: a program that nothing keeps running exits with 0 when its last line is done.
    pub(super) fn finish(mut self, ends: bool) -> Behaviour {
        let understood = self.behaviour.statements.iter().all(|s| s.understood);
        if ends && !self.stays && understood {
            self.behaviour.start.push(Step::Exit(0));
        }
        let handled: Vec<String> =
            self.behaviour.statements.iter().filter(|s| s.understood).map(|s| s.to_string()).collect();
        let handles = handled.iter().find(|s| s.contains(" handles ")).or(handled.first());
        self.behaviour.origin = match handles {
            Some(text) => text.as_str().into(),
            None => format!("{}: nothing about signals was found", self.file).into(),
        };
        self.behaviour
    }
}

/// How a runtime works, with the output unbuffered if the source says so.
pub(crate) fn unbuffer(manner: &mut Manner) {
    manner.stdout = Buffering::None;
    manner.stderr = Buffering::None;
}

fn seconds(time: SimDuration) -> String {
    let micros = time.as_micros();
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Steps as a sentence without its subject: `prints a line, sleeps 5 s, exits 0`.
pub(super) fn words(steps: &[Step]) -> String {
    let mut words: Vec<String> = Vec::new();
    for step in steps {
        let word = match step {
            Step::Print(Stream::Stderr, _) => "prints a line to standard error".to_owned(),
            Step::Print(..) => "prints a line".to_owned(),
            Step::Sleep(time) => format!("sleeps {}", seconds(*time)),
            Step::Exit(code) => format!("exits {code}"),
            Step::ExitAtOnce(code) => format!("exits {code} at once"),
            Step::Unlisten => "closes its listening socket".to_owned(),
            Step::StopAccepting => "stops accepting connections".to_owned(),
            Step::Drain(None) => "waits for its requests".to_owned(),
            Step::Drain(Some(time)) => format!("waits for its requests, at most {}", seconds(*time)),
            Step::Listen(port) => format!("listens on port {port}"),
            Step::Reraise => "dies of the signal".to_owned(),
            Step::Fault(signal) => format!("makes a fault ({signal})"),
            Step::Abort => "aborts".to_owned(),
            Step::SignalSelf(signal) => format!("sends itself {signal}"),
            Step::Note(text) => text.to_string(),
            Step::WaitChildren => "waits for its children".to_owned(),
            Step::SignalChildren(signal) => format!("sends {signal} to its children"),
            Step::Flush | Step::Install => continue,
            _ => "does something else".to_owned(),
        };
        if words.last() != Some(&word) {
            words.push(word);
        }
    }
    if words.is_empty() { "does nothing that ends it".to_owned() } else { words.join(", ") }
}
