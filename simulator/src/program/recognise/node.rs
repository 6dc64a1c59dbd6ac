//! JavaScript on Node.js: `process.on`, timers, `server.close`, `process.exit`, `listen`, `console`.

use super::braces::{Node, tree};
use super::story::Story;
use super::text::{inside, number, port, printed, signals, split};
use crate::base::limits::SCRIPT_DEPTH;
use crate::base::time::SimDuration;
use crate::program::behaviour::{Behaviour, Step};
use crate::trace::Stream;

struct Reader<'a> {
    functions: Vec<(String, usize, &'a [Node])>,
    story: Story,
    /// Timers that keep the process running.
    timers: bool,
}

/// What the program does.
pub(super) fn read(source: &str, story: Story) -> Behaviour {
    let nodes = tree(source);
    let functions = nodes.iter().filter_map(function).collect();
    let timers = source.contains("setInterval(");
    let mut story = story;
    if let Some((line, time)) = keep_alive_timeout(source) {
        story.keeps_idle(line, time);
    }
    let mut reader = Reader { functions, story, timers };
    let mut steps = Vec::new();
    reader.block(&nodes, &mut steps, 0);
    reader.story.behaviour.start.append(&mut steps);
    reader.story.finish(true)
}

/// `function name() {}`, `const name = () => {}`.
fn function(node: &Node) -> Option<(String, usize, &[Node])> {
    let text = node.text.trim_start_matches("async ");
    let body = node.blocks.last()?;
    if let Some(rest) = text.strip_prefix("function ") {
        return Some((rest.split('(').next()?.trim().to_owned(), node.line, body));
    }
    let (name, value) = text.split_once('=')?;
    let is_function =
        value.contains("=>") || value.trim_start().starts_with("function") || value.contains("async function");
    let name = name.trim().split(' ').next_back()?;
    (is_function && !value.contains("createServer")).then(|| (name.to_owned(), node.line, body.as_slice()))
}

impl Reader<'_> {
    fn block(&mut self, nodes: &[Node], steps: &mut Vec<Step>, depth: usize) {
        for node in nodes.iter().filter(|_| depth < SCRIPT_DEPTH) {
            self.statement(node, steps, depth);
        }
    }

    /// The body of a callback: a block, an expression after `=>`, or the name of a function.
    fn callback(&mut self, node: &Node, arguments: &str, steps: &mut Vec<Step>, depth: usize) -> Option<usize> {
        if let Some(body) = node.blocks.last() {
            self.block(body, steps, depth + 1);
            return Some(node.line);
        }
        if let Some((_, expression)) = arguments.split_once("=>") {
            let inner = Node { line: node.line, text: expression.trim().to_owned(), blocks: Vec::new() };
            self.statement(&inner, steps, depth + 1);
            return Some(node.line);
        }
        let name = split(arguments, ',').into_iter().find(|a| self.functions.iter().any(|(n, ..)| n == a))?;
        let (_, line, body) = self.functions.iter().find(|(n, ..)| n == name).cloned()?;
        if depth < SCRIPT_DEPTH {
            self.block(body, steps, depth + 1);
        }
        Some(line)
    }

    fn statement(&mut self, node: &Node, steps: &mut Vec<Step>, depth: usize) {
        let text = node.text.trim_start_matches("await ").trim_start_matches("return ");
        if depth >= SCRIPT_DEPTH || is_noise(text) {
            return;
        }
        let arguments = inside(text).unwrap_or("").to_owned();
        let name = text.split('(').next().unwrap_or(text).trim();
        match name {
            "console.log" | "console.info" => steps.push(print(Stream::Stdout, &arguments)),
            "console.error" | "console.warn" => steps.push(print(Stream::Stderr, &arguments)),
            "process.stdout.write" => steps.push(print(Stream::Stdout, &arguments)),
            "process.exit" => {
                let code = number(&arguments, &self.story.numbers).and_then(|n| u8::try_from(n).ok());
                steps.push(Step::Exit(code.unwrap_or(0)));
            }
            "process.on" | "process.once" => {
                self.story.behaviour.start.append(steps);
                self.handler(node, &arguments, depth);
            }
            "setTimeout" => {
                let time = split(&arguments, ',').last().and_then(|t| number(t, &self.story.numbers));
                steps.push(Step::Sleep(SimDuration::from_millis(time.unwrap_or(0))));
                self.callback(node, &arguments, steps, depth);
            }
            "setInterval" => self.interval(node, &arguments, depth),
            _ if name.ends_with(".close") || name.ends_with(".stop") => self.close(node, &arguments, steps, depth),
            _ if text.contains(".listen(") => self.listen(node, steps, depth),
            _ if text.contains("new Promise") && text.contains("setTimeout") => {
                let time = text.rsplit_once(',').and_then(|(_, t)| number(t.trim_matches(')'), &self.story.numbers));
                steps.push(Step::Sleep(SimDuration::from_millis(time.unwrap_or(0))));
            }
            _ if function(node).is_some() => {}
            _ if self.functions.iter().any(|(n, ..)| n == name) => {
                self.callback(&Node { blocks: Vec::new(), ..node.clone() }, name, steps, depth);
            }
            _ => self.other(node, text),
        }
    }

    fn other(&mut self, node: &Node, text: &str) {
        match text.split_once('=').filter(|_| !text.starts_with("if")) {
            Some((name, value)) => {
                let name = name.trim().split(' ').next_back().unwrap_or("").to_owned();
                if let Some(number) = number(value, &self.story.numbers) {
                    self.story.numbers.insert(name, number);
                }
            }
            None => self.story.not_understood(node.line, text.split('{').next().unwrap_or(text).trim()),
        }
    }

    fn handler(&mut self, node: &Node, arguments: &str, depth: usize) {
        let first = split(arguments, ',').first().copied().unwrap_or("").to_owned();
        let named = signals(&first);
        let Some(signal) = named.first().copied() else { return };
        let rest = arguments.split_once(',').map_or("", |(_, rest)| rest);
        let mut steps = Vec::new();
        match self.callback(node, rest, &mut steps, depth) {
            Some(line) => self.story.handles(line, signal, steps),
            None => self.story.not_understood(node.line, &node.text),
        }
    }

    fn interval(&mut self, node: &Node, arguments: &str, depth: usize) {
        let period = split(arguments, ',').last().and_then(|t| number(t, &self.story.numbers));
        let mut body = Vec::new();
        self.callback(node, arguments, &mut body, depth);
        let Some(period) = period.filter(|p| *p > 0) else {
            return self.story.not_understood(node.line, &node.text);
        };
        let mut round = vec![Step::Sleep(SimDuration::from_millis(period))];
        round.append(&mut body);
        self.story.repeats(node.line, &round);
    }

    /// `server.close(callback)`: no new connections; the callback runs when the last one is gone.
    fn close(&mut self, node: &Node, arguments: &str, steps: &mut Vec<Step>, depth: usize) {
        steps.extend([Step::Unlisten, Step::Drain(None)]);
        let before = steps.len();
        self.callback(node, arguments, steps, depth);
        let exits = steps.iter().skip(before).any(|s| matches!(s, Step::Exit(_)));
        if !exits && !self.timers {
            // Nothing is left that keeps the event loop running.
            steps.push(Step::Exit(0));
        }
    }

    fn listen(&mut self, node: &Node, steps: &mut Vec<Step>, depth: usize) {
        let rest = node.text.split_once(".listen").map_or("", |(_, rest)| rest);
        let arguments = inside(rest).unwrap_or("").to_owned();
        let first = split(&arguments, ',').first().copied().unwrap_or("").to_owned();
        self.story.behaviour.start.append(steps);
        match port(&first, &self.story.numbers) {
            Some(port) => self.story.listens(node.line, port),
            None => {
                self.story.stays = true;
                self.story.not_understood(node.line, "the port it listens on");
            }
        }
        let mut after = Vec::new();
        if arguments.contains("{}") || arguments.contains("=>") {
            self.callback(node, &arguments, &mut after, depth);
        }
        self.story.behaviour.start.append(&mut after);
    }
}

/// `server.keepAliveTimeout = 65 * 1000`, `createServer({ keepAliveTimeout: 65_000 })`: with its line. The last one counts.
fn keep_alive_timeout(source: &str) -> Option<(usize, SimDuration)> {
    let millis = |text: &str| {
        let end = text.find([',', ';', '}', '/']).unwrap_or(text.len());
        let factors = text.get(..end).unwrap_or("").split('*').map(|f| number(f, &std::collections::BTreeMap::new()));
        factors.reduce(|a, b| a?.checked_mul(b?)).flatten()
    };
    let of_line = |(at, line): (usize, &str)| {
        let (before, after) = line.split_once("keepAliveTimeout")?;
        let value = after.trim_start().strip_prefix(['=', ':'])?;
        let comment = before.trim_start().starts_with("//");
        Some((at + 1, SimDuration::from_millis(millis(value).filter(|_| !comment)?)))
    };
    source.lines().enumerate().filter_map(of_line).last()
}

fn print(stream: Stream, arguments: &str) -> Step {
    let words: Vec<String> = split(arguments, ',').into_iter().map(|a| printed(a, "${", '}')).collect();
    Step::Print(stream, words.join(" ").into())
}

/// Statements that say nothing about signals, output or time.
fn is_noise(text: &str) -> bool {
    const NOISE: &[&str] = &[
        "import ",
        "'use strict'",
        "\"use strict\"",
        "app.get",
        "app.post",
        "app.use",
        "app.set",
        "res.",
        "return",
        "export ",
        "function ",
        "async function ",
        "class ",
        "}",
        "module.exports",
        "else",
        ")",
    ];
    let requires = text.contains("require(") && !text.contains(".listen(");
    NOISE.iter().any(|word| text.starts_with(word)) || requires || text.is_empty()
}
