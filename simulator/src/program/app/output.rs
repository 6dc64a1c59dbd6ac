//! What an application prints: at once, or held back in the buffer of its standard library (setvbuf(3)).

use super::super::behaviour::Buffering;
use super::super::call::{Call, Sys};
use super::App;
use crate::base::Text;
use crate::trace::Stream;

/// Text that was printed and not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    out: String,
    err: String,
}

impl Held {
    pub(super) fn bytes(&self) -> u32 {
        u32::try_from(self.out.len().saturating_add(self.err.len())).unwrap_or(u32::MAX)
    }

    fn of(&mut self, stream: Stream) -> &mut String {
        match stream {
            Stream::Stdout | Stream::Session => &mut self.out,
            Stream::Stderr => &mut self.err,
        }
    }

    fn take(&mut self, stream: Stream) -> Option<Call> {
        let text = std::mem::take(self.of(stream));
        (!text.is_empty()).then(|| Call::Write(descriptor(stream), text.into()))
    }
}

fn descriptor(stream: Stream) -> u32 {
    match stream {
        Stream::Stdout | Stream::Session => 1,
        Stream::Stderr => 2,
    }
}

impl App {
    pub(super) fn print(&mut self, stream: Stream, text: &str, sys: &Sys<'_>) {
        let line = format!("{}\n", self.fill(text, sys));
        let buffering = match stream {
            Stream::Stdout | Stream::Session => self.manner.stdout,
            Stream::Stderr => self.manner.stderr,
        };
        match buffering {
            Buffering::None | Buffering::Line => self.calls.push(Call::Write(descriptor(stream), line.into())),
            Buffering::Block(size) => {
                self.held.of(stream).push_str(&line);
                let full = self.held.of(stream).len() >= usize::try_from(size).unwrap_or(usize::MAX);
                let mut calls = Vec::new();
                if full {
                    calls.extend(self.held.take(stream));
                }
                calls.push(Call::HoldBack(self.held.bytes()));
                self.put(calls);
            }
        }
    }

    /// The calls that write out what is held back.
    pub(super) fn flush(&mut self) -> Vec<Call> {
        if self.held.bytes() == 0 {
            return Vec::new();
        }
        let mut calls: Vec<Call> = [Stream::Stdout, Stream::Stderr].iter().filter_map(|s| self.held.take(*s)).collect();
        calls.push(Call::HoldBack(0));
        calls
    }

    /// Forgets what is held back: a forked child is about to become another program.
    pub(super) fn forget_held(&mut self) -> Option<Call> {
        let any = self.held.bytes() > 0;
        self.held = Held::default();
        any.then_some(Call::HoldBack(0))
    }

    /// Fills in `{pid}`, `{ppid}`, `{me}`, `{elapsed_s}`.
    pub(super) fn fill(&self, text: &str, sys: &Sys<'_>) -> Text {
        if !text.contains('{') {
            return text.into();
        }
        let elapsed = self.started.map_or(0, |at| sys.now.since(at).as_secs());
        let filled = text.replace("{pid}", &sys.pid.to_string()).replace("{ppid}", &sys.ppid.to_string());
        filled.replace("{me}", &self.me).replace("{elapsed_s}", &elapsed.to_string()).into()
    }
}
