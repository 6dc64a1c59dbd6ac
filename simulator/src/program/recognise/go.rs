//! Go: `signal.Notify` and what follows the receive, `fmt`, `log`, `time.Sleep`, `os.Exit`, `http.ListenAndServe`.

use super::braces::{Node, tree};
use super::story::Story;
use super::text::{inside, number, port, printed, signals, split};
use crate::base::limits::SCRIPT_DEPTH;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::behaviour::{Behaviour, Step};
use crate::trace::Stream;

struct Reader {
    story: Story,
    notified: Vec<(usize, Signal)>,
    limit: Option<SimDuration>,
}

/// What the program does.
pub(super) fn read(source: &str, story: Story) -> Behaviour {
    let nodes = tree(source);
    let mut reader = Reader { story, notified: Vec::new(), limit: None };
    reader.notifications(&nodes, 0);
    let main = nodes.iter().find(|n| n.text.starts_with("func main(")).and_then(|n| n.blocks.last());
    if let Some((line, time)) = idle_timeout(source, &reader) {
        reader.story.keeps_idle(line, time);
    }
    let mut steps = Vec::new();
    if let Some(main) = main {
        reader.block(main, &mut steps, 0);
    }
    reader.story.behaviour.start.append(&mut steps);
    reader.story.finish(true)
}

impl Reader {
    fn notifications(&mut self, nodes: &[Node], depth: usize) {
        for node in nodes.iter().filter(|_| depth < SCRIPT_DEPTH) {
            if let Some((_, rest)) = node.text.split_once("signal.Notify") {
                let line = node.line;
                let named = signals(inside(rest).unwrap_or(""));
                self.notified.extend(named.into_iter().map(|s| (line, s)));
            }
            if node.text.contains("WithTimeout(") {
                let time = inside(&node.text).and_then(|a| split(a, ',').last().and_then(|t| self.duration(t)));
                self.limit = time;
            }
            for block in &node.blocks {
                self.notifications(block, depth + 1);
            }
        }
    }

    /// `5 * time.Second`.
    fn duration(&self, text: &str) -> Option<SimDuration> {
        let (count, unit) = text.split_once('*').unwrap_or(("1", text));
        let (count, unit) = if count.contains("time.") { (unit, count) } else { (count, unit) };
        let count = number(count, &self.story.numbers)?;
        match unit.trim() {
            "time.Second" => Some(SimDuration::from_secs(count)),
            "time.Millisecond" => Some(SimDuration::from_millis(count)),
            "time.Minute" => Some(SimDuration::from_secs(60).times(count)),
            _ => None,
        }
    }

    fn block(&mut self, nodes: &[Node], steps: &mut Vec<Step>, depth: usize) {
        for (at, node) in nodes.iter().enumerate().filter(|_| depth < SCRIPT_DEPTH) {
            let text = node.text.as_str();
            let receives = text.starts_with("<-") || text.contains(":= <-") || text.contains("= <-");
            if receives && !self.notified.is_empty() && self.story.behaviour.on.is_empty() {
                let mut handler = Vec::new();
                self.block(nodes.get(at + 1..).unwrap_or(&[]), &mut handler, depth + 1);
                if depth == 0 && !handler.iter().any(|s| matches!(s, Step::Exit(_))) {
                    handler.push(Step::Exit(0));
                }
                self.story.stays |= depth == 0;
                self.story.behaviour.start.append(steps);
                for (line, signal) in self.notified.clone() {
                    self.story.handles(line, signal, handler.clone());
                }
                return;
            }
            if text.starts_with("for {") && depth == 0 {
                let mut body = Vec::new();
                if let Some(inner) = node.blocks.last() {
                    self.block(inner, &mut body, depth + 1);
                }
                self.story.behaviour.start.append(steps);
                self.story.repeats(node.line, &body);
                return;
            }
            self.statement(node, steps, depth);
        }
    }

    fn statement(&mut self, node: &Node, steps: &mut Vec<Step>, depth: usize) {
        let text = node.text.as_str();
        let arguments = inside(text).unwrap_or("").to_owned();
        let name = text.split('(').next().unwrap_or(text).trim();
        match name {
            "fmt.Println" | "fmt.Printf" | "fmt.Print" => steps.push(print(Stream::Stdout, &arguments)),
            "log.Println" | "log.Printf" | "log.Print" | "println" => steps.push(print(Stream::Stderr, &arguments)),
            "time.Sleep" => match self.duration(&arguments) {
                Some(time) => steps.push(Step::Sleep(time)),
                None => self.story.not_understood(node.line, text),
            },
            "os.Exit" => {
                let code = number(&arguments, &self.story.numbers).and_then(|n| u8::try_from(n).ok());
                steps.push(Step::Exit(code.unwrap_or(0)));
            }
            _ if text.contains(".Shutdown(") => steps.extend([Step::Unlisten, Step::Drain(self.limit)]),
            _ if text.contains("ListenAndServe(") && arguments.contains(':') => self.listen(node, &arguments, steps),
            _ if text.contains("http.Server{") => {
                let inner = node.blocks.iter().flatten().find_map(|n| n.text.split_once("Addr:"));
                if let Some((_, address)) = inner {
                    self.listen(node, address, steps);
                }
            }
            "select" => self.story.stays = true,
            "go func" => {
                for block in &node.blocks {
                    self.block(block, steps, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn listen(&mut self, node: &Node, address: &str, steps: &mut Vec<Step>) {
        let quoted = address.split('"').nth(1).unwrap_or("");
        let given = quoted.rsplit(':').next().and_then(|p| port(p, &self.story.numbers));
        self.story.behaviour.start.append(steps);
        match given {
            Some(port) => self.story.listens(node.line, port),
            None => self.story.not_understood(node.line, "the port it listens on"),
        }
    }
}

/// `http.Server{IdleTimeout: 60 * time.Second}`, with its line.
fn idle_timeout(source: &str, reader: &Reader) -> Option<(usize, SimDuration)> {
    let of_line = |(at, line): (usize, &str)| {
        let (_, value) = line.split_once("IdleTimeout:")?;
        let end = value.find([',', '}']).unwrap_or(value.len());
        Some((at + 1, reader.duration(value.get(..end)?.trim())?))
    };
    source.lines().enumerate().find_map(of_line)
}

fn print(stream: Stream, arguments: &str) -> Step {
    let words: Vec<String> = split(arguments, ',').into_iter().map(|a| printed(a, "\u{0}", '\u{0}')).collect();
    Step::Print(stream, words.join(" ").into())
}
