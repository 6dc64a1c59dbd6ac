//! Python: `signal.signal`, `print`, `time.sleep`, `sys.exit`, loops, `http.server`.

use super::story::Story;
use super::text::{inside, number, port, printed, secs, signals, split, without_comment};
use crate::base::limits::SCRIPT_DEPTH;
use crate::base::signal::Signal;
use crate::base::time::SimDuration;
use crate::program::behaviour::{Behaviour, Step};
use crate::trace::Stream;

/// A line with what is indented below it.
#[derive(Clone, Debug, Default)]
struct Node {
    line: usize,
    head: String,
    body: Vec<Node>,
}

/// Everything that one look at the file needs.
struct Reader<'a> {
    functions: Vec<&'a Node>,
    story: Story,
    /// Is it a server of `http.server`, which logs each request?
    logs_requests: bool,
    /// Variables that a handler sets, to end a loop.
    flags: Vec<(String, usize)>,
    in_handler: bool,
}

/// What the program does.
pub(super) fn read(source: &str, story: Story) -> Behaviour {
    let nodes = tree(source);
    let mut functions = Vec::new();
    collect(&nodes, &mut functions, 0);
    let mut reader = Reader { functions, story, logs_requests: false, flags: Vec::new(), in_handler: false };
    for node in nodes.iter() {
        if let Some((name, value)) = node.head.split_once(" = ")
            && let Some(number) = number(value, &reader.story.numbers)
        {
            reader.story.numbers.insert(name.trim().to_owned(), number);
        }
    }
    let mut steps = Vec::new();
    reader.block(&nodes, &mut steps, 0);
    reader.story.behaviour.start.append(&mut steps);
    if reader.logs_requests {
        reader.request_log();
    }
    reader.story.finish(true)
}

/// Lines by their indentation; a line that ends inside brackets goes on.
fn tree(source: &str) -> Vec<Node> {
    let mut open: Vec<(usize, Node)> = vec![(0, Node::default())];
    let mut pending: Option<(usize, usize, String)> = None;
    let mut in_text = false;
    for (at, raw) in source.lines().enumerate() {
        let quotes = raw.matches("\"\"\"").count() + raw.matches("'''").count();
        if in_text || (quotes > 0 && raw.trim_start().starts_with(['"', '\''])) {
            in_text = if quotes % 2 == 1 { !in_text } else { in_text };
            continue;
        }
        let line = without_comment(raw, "#");
        let bare = line.trim();
        if bare.is_empty() {
            continue;
        }
        let (from, indent, text) = match pending.take() {
            Some((from, indent, text)) => (from, indent, format!("{text} {bare}")),
            None => (at + 1, line.len() - line.trim_start().len(), bare.to_owned()),
        };
        let balance = text.matches(['(', '[', '{']).count().saturating_sub(text.matches([')', ']', '}']).count());
        if balance > 0 && text.len() < 2_000 {
            pending = Some((from, indent, text));
            continue;
        }
        add(&mut open, indent, from, &text);
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|(_, root)| root.body).unwrap_or_default()
}

fn close(open: &mut Vec<(usize, Node)>) {
    if open.len() > 1
        && let Some((_, node)) = open.pop()
        && let Some((_, parent)) = open.last_mut()
    {
        parent.body.push(node);
    }
}

fn add(open: &mut Vec<(usize, Node)>, indent: usize, line: usize, text: &str) {
    while open.len() > 1 && open.last().is_some_and(|(i, _)| *i >= indent) {
        close(open);
    }
    let compound =
        ["if ", "for ", "while ", "def ", "class ", "try", "with ", "else", "elif ", "except", "finally", "async "];
    let is_compound = compound.iter().any(|k| text.starts_with(k));
    let (head, rest) = match is_compound.then(|| split(text, ':')) {
        Some(parts) if parts.len() > 1 && !text.ends_with(':') => {
            let head = parts.first().map_or("", |h| *h);
            (head.to_owned(), text.get(head.len() + 1..).unwrap_or("").trim().to_owned())
        }
        Some(_) => (text.trim_end_matches(':').trim().to_owned(), String::new()),
        None => (text.to_owned(), String::new()),
    };
    if is_compound && open.len() < SCRIPT_DEPTH {
        let body = split(&rest, ';').into_iter().map(|s| Node { line, head: s.to_owned(), body: Vec::new() }).collect();
        open.push((indent, Node { line, head, body }));
    } else if let Some((_, parent)) = open.last_mut() {
        parent.body.extend(split(&head, ';').into_iter().map(|s| Node { line, head: s.to_owned(), body: Vec::new() }));
    }
}

fn collect<'a>(nodes: &'a [Node], functions: &mut Vec<&'a Node>, depth: usize) {
    for node in nodes.iter().filter(|_| depth < SCRIPT_DEPTH) {
        if node.head.starts_with("def ") || node.head.starts_with("async def ") {
            functions.push(node);
        }
        collect(&node.body, functions, depth + 1);
    }
}

impl<'a> Reader<'a> {
    fn function(&self, name: &str) -> Option<&'a Node> {
        let name = name.rsplit('.').next().unwrap_or(name).trim();
        let defined = |n: &&&Node| {
            let head = n.head.trim_start_matches("async ").trim_start_matches("def ");
            head.split('(').next() == Some(name)
        };
        self.functions.iter().find(defined).copied()
    }

    fn block(&mut self, nodes: &[Node], steps: &mut Vec<Step>, depth: usize) {
        for (at, node) in nodes.iter().enumerate() {
            if depth >= SCRIPT_DEPTH || self.story.behaviour.every.is_some() {
                return;
            }
            let head = node.head.as_str();
            if head.starts_with("while ") && !self.in_handler {
                let after = nodes.get(at + 1..).unwrap_or(&[]);
                self.repeat(node, after, steps, depth);
                return;
            }
            if head.contains("serve_forever(") && !self.in_handler {
                self.story.stays = true;
                let after = nodes.get(at + 1..).unwrap_or(&[]);
                self.after_loop(after, depth);
                return;
            }
            self.statement(node, steps, depth);
        }
    }

    /// `while True:` or `while not flag:` of the main program.
    fn repeat(&mut self, node: &Node, after: &[Node], steps: &mut Vec<Step>, depth: usize) {
        let mut body = Vec::new();
        for inner in &node.body {
            self.statement(inner, &mut body, depth + 1);
        }
        self.story.behaviour.start.append(steps);
        self.story.repeats(node.line, &body);
        let condition = node.head.clone();
        let period = self.story.behaviour.every.as_ref().map(|(period, _)| *period);
        let ends = self.flags.iter().find(|(flag, _)| condition.contains(flag.as_str())).cloned();
        if let Some((flag, line)) = ends {
            let wait = if condition.contains("is_set") || condition.contains("wait(") { None } else { period };
            self.ends_after(line, &flag, wait, after, depth);
        }
    }

    /// Handlers that set a flag end the loop: what follows it is done then.
    fn ends_after(&mut self, line: usize, flag: &str, wait: Option<SimDuration>, after: &[Node], depth: usize) {
        let mut rest = Vec::new();
        self.in_handler = true;
        for node in after {
            self.statement(node, &mut rest, depth + 1);
        }
        self.in_handler = false;
        self.story.found(line, &format!("sets {flag}, which ends the loop at its next round"));
        for reaction in self.story.behaviour.on.values_mut() {
            let crate::program::behaviour::Reaction::Handle(steps) = reaction else { continue };
            if !steps.iter().any(|s| matches!(s, Step::Exit(_) | Step::ExitAtOnce(_))) {
                steps.extend(wait.map(Step::Sleep));
                steps.extend(rest.iter().cloned());
                steps.push(Step::Exit(0));
            }
        }
    }

    /// What follows `serve_forever()` is done when a handler has shut the server down.
    fn after_loop(&mut self, after: &[Node], depth: usize) {
        let mut rest = Vec::new();
        self.in_handler = true;
        for node in after {
            self.statement(node, &mut rest, depth + 1);
        }
        self.in_handler = false;
        for reaction in self.story.behaviour.on.values_mut() {
            let crate::program::behaviour::Reaction::Handle(steps) = reaction else { continue };
            let shuts = steps.contains(&Step::StopAccepting);
            if shuts && !steps.iter().any(|s| matches!(s, Step::Exit(_) | Step::ExitAtOnce(_))) {
                steps.push(Step::Drain(None));
                steps.extend(rest.iter().cloned());
                steps.push(Step::Exit(0));
            }
        }
    }

    fn statement(&mut self, node: &Node, steps: &mut Vec<Step>, depth: usize) {
        let head = node.head.as_str();
        if depth >= SCRIPT_DEPTH || is_noise(head) {
            return;
        }
        if head.starts_with("signal.signal(") {
            self.story.behaviour.start.append(steps);
            return self.handler(node);
        }
        if head.starts_with("if __name__") || head == "try" || head == "finally" || head.starts_with("with ") {
            if let Some(port) = head.starts_with("with ").then(|| self.server(head)).flatten() {
                self.story.behaviour.start.append(steps);
                self.story.listens(node.line, port);
            }
            return self.block(&node.body, steps, depth + 1);
        }
        if self.call(node, steps) {
            return;
        }
        if let Some(port) = self.server(head) {
            self.story.behaviour.start.append(steps);
            return self.story.listens(node.line, port);
        }
        let name = head.split('(').next().unwrap_or(head).trim_start_matches("await ");
        if let Some(function) = self.function(name).filter(|_| head.contains('(') && !head.starts_with("def ")) {
            return self.block(&function.body, steps, depth + 1);
        }
        if head.contains('=') && !head.contains("==") {
            self.assignment(node);
        } else {
            self.story.not_understood(node.line, head);
        }
    }

    /// Calls that mean the same everywhere. False: it is none of them.
    fn call(&mut self, node: &Node, steps: &mut Vec<Step>) -> bool {
        let head = node.head.trim_start_matches("await ");
        let arguments = inside(head).unwrap_or("");
        let name = head.split('(').next().unwrap_or(head);
        match name {
            "print" => steps.extend(print(arguments)),
            "sys.stdout.write" => steps.push(Step::Print(Stream::Stdout, line(arguments))),
            "sys.stderr.write" => steps.push(Step::Print(Stream::Stderr, line(arguments))),
            "sys.stdout.flush" | "sys.stderr.flush" => steps.push(Step::Flush),
            "time.sleep" | "sleep" | "asyncio.sleep" => match secs(arguments, &self.story.numbers) {
                Some(time) => steps.push(Step::Sleep(time)),
                None => self.story.not_understood(node.line, head),
            },
            "sys.exit" | "exit" | "quit" | "raise SystemExit" => steps.push(Step::Exit(self.code(arguments))),
            "os._exit" => steps.push(Step::ExitAtOnce(self.code(arguments))),
            "signal.pause" => {
                self.story.stays = true;
                self.story.found(node.line, "waits for signals");
            }
            _ if name.starts_with("logging.") || name.starts_with("logger.") || name.starts_with("log.") => {
                if !name.ends_with("basicConfig") && !name.ends_with("getLogger") {
                    steps.push(Step::Print(Stream::Stderr, line(split(arguments, ',').first().unwrap_or(&""))));
                }
            }
            _ if name.ends_with(".shutdown") && self.in_handler => {
                steps.push(Step::Note("waits for the loop that it has interrupted: it never goes on".into()));
                steps.push(Step::Sleep(SimDuration::from_secs(u64::from(u32::MAX))));
            }
            _ if name.ends_with(".server_close") || name.ends_with("socket.close") => steps.push(Step::Unlisten),
            _ if name.ends_with(".wait") && self.flags.iter().any(|(flag, _)| name.contains(flag.as_str())) => {
                self.story.stays = true;
                let time = secs(arguments, &self.story.numbers);
                steps.extend(time.map(Step::Sleep));
            }
            _ if name.ends_with(".set") => self.flags.push((name.trim_end_matches(".set").to_owned(), node.line)),
            _ if head.contains("Thread(") => self.thread(head, steps),
            _ if name.ends_with(".run") && name != "asyncio.run" => {
                let given = split(arguments, ',').into_iter().find_map(|a| a.strip_prefix("port=").map(str::to_owned));
                let usual = if name.starts_with("uvicorn") { 8000 } else { 5000 };
                let port = given.and_then(|p| port(&p, &self.story.numbers)).unwrap_or(usual);
                self.story.behaviour.start.append(steps);
                self.story.listens(node.line, port);
            }
            "asyncio.run" => match self.function(arguments.split('(').next().unwrap_or("")) {
                Some(function) => self.block(&function.body, steps, 1),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    /// `threading.Thread(target=httpd.shutdown).start()`: the server is told to stop while the handler goes on.
    fn thread(&mut self, head: &str, steps: &mut Vec<Step>) {
        if head.contains(".shutdown") {
            steps.push(Step::StopAccepting);
        }
    }

    fn code(&self, arguments: &str) -> u8 {
        match arguments.trim() {
            "" | "None" => 0,
            text => number(text, &self.story.numbers).and_then(|n| u8::try_from(n).ok()).unwrap_or(1),
        }
    }

    fn handler(&mut self, node: &Node) {
        let arguments = split(inside(&node.head).unwrap_or(""), ',');
        let mut named = arguments.first().map(|a| signals(a)).unwrap_or_default();
        // `signal.signal(15, ...)`.
        let number = arguments.first().filter(|a| a.trim().bytes().all(|b| b.is_ascii_digit()));
        named.extend(number.and_then(|n| Signal::parse(n.trim())));
        let what = arguments.get(1..).unwrap_or(&[]).join(",");
        let Some(signal) = named.first().copied() else {
            return self.story.not_understood(node.line, &node.head);
        };
        if what.contains("SIG_IGN") {
            return self.story.ignores(node.line, signal);
        }
        if what.contains("SIG_DFL") {
            return self.story.found(node.line, &format!("keeps the default for {signal}"));
        }
        let mut steps = Vec::new();
        let was = std::mem::replace(&mut self.in_handler, true);
        let mut line = node.line;
        if what.trim_start().starts_with("lambda") {
            let body = what.split_once(':').map_or("", |(_, b)| b).trim();
            let lambda = Node { line, head: body.to_owned(), body: Vec::new() };
            self.statement(&lambda, &mut steps, 1);
        } else if let Some(function) = self.function(&what) {
            line = function.line;
            self.block(&function.body, &mut steps, 1);
        } else {
            self.in_handler = was;
            return self.story.not_understood(node.line, &node.head);
        }
        self.in_handler = was;
        self.story.handles(line, signal, steps);
    }

    /// The port of a server that is made here.
    fn server(&mut self, head: &str) -> Option<u16> {
        let (before, rest) = head.split_once("Server(")?;
        self.logs_requests |= before.ends_with("HTTP") || before.ends_with("TCP");
        let address = inside(rest).unwrap_or(rest);
        split(address, ',').last().and_then(|p| port(p, &self.story.numbers))
    }

    fn assignment(&mut self, node: &Node) {
        let Some((name, value)) = node.head.split_once('=') else { return };
        let (name, value) = (name.trim(), value.trim());
        if let Some(number) = number(value, &self.story.numbers) {
            self.story.numbers.insert(name.to_owned(), number);
        }
        if self.in_handler && matches!(value, "True" | "False") {
            let name = name.trim_start_matches("self.");
            self.flags.push((name.to_owned(), node.line));
        }
    }

    /// What `http.server` prints for each request, or what the program prints instead.
    fn request_log(&mut self) {
        let usual = "127.0.0.1 - - [01/Jan/2026 00:00:00] \"GET / HTTP/1.1\" 200 -";
        let mut steps = vec![Step::Print(Stream::Stderr, usual.into())];
        if let Some(function) = self.function("log_message") {
            steps.clear();
            let was = std::mem::replace(&mut self.in_handler, true);
            let body: Vec<Node> = function.body.iter().map(as_logged).collect();
            self.block(&body, &mut steps, 1);
            self.in_handler = was;
            let text = if steps.is_empty() { "logs no requests" } else { "logs requests in its own way" };
            self.story.found(function.line, text);
        }
        self.story.behaviour.on_request = steps;
    }
}

/// A line of `log_message` with what its arguments stand for.
fn as_logged(node: &Node) -> Node {
    let mut head = node.head.clone();
    for (expression, text) in [
        ("format % args", "\"\\\"GET / HTTP/1.1\\\" 200 -\""),
        ("format%args", "\"\\\"GET / HTTP/1.1\\\" 200 -\""),
        ("self.address_string()", "\"127.0.0.1\""),
        ("self.client_address[0]", "\"127.0.0.1\""),
        ("self.log_date_time_string()", "\"01/Jan/2026 00:00:00\""),
    ] {
        head = head.replace(expression, text);
    }
    Node { line: node.line, head, body: node.body.iter().map(as_logged).collect() }
}

/// `print("text", flush=True, file=sys.stderr)`.
fn print(arguments: &str) -> Vec<Step> {
    let parts = split(arguments, ',');
    let is_option =
        |p: &&&str| ["flush", "file", "end", "sep"].iter().any(|o| p.replace(' ', "").starts_with(&format!("{o}=")));
    let words: Vec<String> = parts.iter().filter(|p| !is_option(p)).map(|p| printed(p, "{", '}')).collect();
    let stream = if arguments.contains("stderr") { Stream::Stderr } else { Stream::Stdout };
    let mut steps = vec![Step::Print(stream, words.join(" ").into())];
    if arguments.replace(' ', "").contains("flush=True") {
        steps.push(Step::Flush);
    }
    steps
}

fn line(arguments: &str) -> crate::base::Text {
    printed(arguments, "{", '}').into()
}

/// Lines that say nothing about signals, output or time.
fn is_noise(head: &str) -> bool {
    const NOISE: &[&str] = &[
        "import ",
        "from ",
        "def ",
        "async def ",
        "class ",
        "pass",
        "global ",
        "nonlocal ",
        "return",
        "@",
        "except",
        "else",
        "elif ",
        "'",
        "\"",
        "self.send_",
        "self.end_",
        "self.wfile",
        "super()",
        "break",
        "continue",
        "raise",
    ];
    NOISE.iter().any(|word| head.starts_with(word)) && !head.starts_with("raise SystemExit")
}
