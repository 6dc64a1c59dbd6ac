//! Ruby: `trap`, `puts`, `warn`, `sleep`, `exit`, loops, TCPServer, WEBrick, Sinatra.

use super::story::Story;
use super::text::{inside, number, port, printed, secs, signals, split, without_comment};
use crate::base::limits::SCRIPT_DEPTH;
use crate::base::signal::Signal;
use crate::program::behaviour::{Behaviour, Step};
use crate::trace::Stream;

/// A statement with the block that belongs to it.
#[derive(Clone, Debug, Default)]
struct Node {
    line: usize,
    head: String,
    body: Vec<Node>,
}

const OPENERS: &[&str] = &["def ", "if ", "unless ", "while ", "until ", "for ", "case ", "class ", "module ", "begin"];

/// What the program does.
pub(super) fn read(source: &str, mut story: Story) -> Behaviour {
    let nodes = tree(source);
    let mut steps = Vec::new();
    let functions: Vec<&Node> = nodes.iter().filter(|n| n.head.starts_with("def ")).collect();
    main(&nodes, &functions, &mut story, &mut steps, 0);
    story.behaviour.start.append(&mut steps);
    if source.contains("sinatra") && !story.stays {
        let set = nodes.iter().find(|n| n.head.starts_with("set :port"));
        let given = set.and_then(|n| split(&n.head, ',').last().and_then(|p| port(p, &story.numbers)));
        let line = source.lines().position(|l| l.contains("sinatra")).map_or(1, |at| at + 1);
        story.listens(set.map_or(line, |n| n.line), given.unwrap_or(4567));
    }
    if story.unbuffered {
        let manner = story.behaviour.manner.get_or_insert_default();
        super::story::unbuffer(manner);
    }
    story.finish(true)
}

/// The statements with their blocks, found by `do`, `{`, keywords, `end` and `}`.
fn tree(source: &str) -> Vec<Node> {
    let mut open: Vec<Node> = vec![Node::default()];
    let lines = source.lines().take_while(|l| l.trim() != "__END__").enumerate();
    for (at, line) in lines {
        let line = without_comment(line, "#").trim();
        if !line.is_empty() {
            statements(line, at + 1, &mut open);
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|root| root.body).unwrap_or_default()
}

fn close(open: &mut Vec<Node>) {
    if open.len() > 1
        && let Some(node) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.body.push(node);
    }
}

/// Takes a line apart: an inline block first, then the pieces between semicolons.
fn statements(line: &str, at: usize, open: &mut Vec<Node>) {
    for piece in split(line, ';') {
        if piece == "end" || piece == "}" || piece.starts_with("end.") || piece.starts_with("end)") {
            close(open);
            continue;
        }
        if let Some((head, inner)) = inline_block(piece) {
            open.push(Node { line: at, head, body: Vec::new() });
            if open.len() < SCRIPT_DEPTH {
                statements(&inner, at, open);
            }
            close(open);
            continue;
        }
        let opened = opens(piece);
        if open.len() < SCRIPT_DEPTH && opened.is_some() {
            let head = opened.unwrap_or_default();
            open.push(Node { line: at, head, body: Vec::new() });
        } else if let Some(parent) = open.last_mut() {
            parent.body.push(Node { line: at, head: piece.to_owned(), body: Vec::new() });
        }
    }
}

/// `trap("TERM") { exit 0 }`, `loop do sleep 1 end`: head and what is inside.
fn inline_block(piece: &str) -> Option<(String, String)> {
    if let Some(rest) = piece.strip_suffix('}') {
        let at = rest.find(" {").or_else(|| rest.find("){").map(|at| at + 1))?;
        let head = rest.get(..at)?.trim();
        let is_call = head.ends_with(')') || head.ends_with("loop") || head.contains("trap ") || head.ends_with(".new");
        let inner = rest.get(at..)?.trim_start_matches([' ', '{']).trim();
        return is_call.then(|| (head.to_owned(), without_parameters(inner).to_owned()));
    }
    let (head, rest) = piece.split_once(" do ")?;
    let inner = rest.strip_suffix(" end").or_else(|| rest.strip_suffix("end"))?;
    Some((head.trim().to_owned(), without_parameters(inner.trim()).to_owned()))
}

fn without_parameters(inner: &str) -> &str {
    inner.strip_prefix('|').and_then(|rest| rest.split_once('|')).map_or(inner, |(_, body)| body.trim())
}

/// The head of a statement that opens a block on the following lines.
fn opens(piece: &str) -> Option<String> {
    let bare = piece.rsplit_once('|').filter(|(head, rest)| rest.is_empty() && head.contains('|'));
    let bare = bare.and_then(|(head, _)| head.rsplit_once('|')).map_or(piece, |(head, _)| head).trim();
    if let Some(head) = bare.strip_suffix(" do").or_else(|| bare.strip_suffix('{')) {
        return Some(head.trim().to_owned());
    }
    let keyword = OPENERS.iter().any(|k| piece.starts_with(k) || piece == k.trim());
    keyword.then(|| piece.to_owned())
}

/// The statements of the main program.
fn main(nodes: &[Node], functions: &[&Node], story: &mut Story, steps: &mut Vec<Step>, depth: usize) {
    for node in nodes.iter().filter(|_| depth < SCRIPT_DEPTH) {
        let head = node.head.as_str();
        if is_trap(head) {
            story.behaviour.start.append(steps);
            trap(node, functions, story, &[]);
        } else if head.contains(".each") && node.body.iter().any(|n| is_trap(&n.head)) {
            story.behaviour.start.append(steps);
            for inner in node.body.iter().filter(|n| is_trap(&n.head)) {
                trap(inner, functions, story, &signals_in(head));
            }
        } else if is_endless(head) {
            let mut body = Vec::new();
            block(&node.body, functions, story, &mut body, depth + 1);
            story.behaviour.start.append(steps);
            story.repeats(node.line, &body);
            return;
        } else if head == "sleep" || head.contains(".join") || head.ends_with(".start") {
            story.stays = true;
            if head == "sleep" {
                story.found(node.line, "waits for ever");
            }
        } else if let Some(port) = listens(head, &story.numbers) {
            story.behaviour.start.append(steps);
            story.listens(node.line, port);
        } else if head.contains("sync = true") || head.contains("sync=true") {
            story.unbuffered = true;
        } else {
            statement(node, functions, story, steps, depth);
        }
    }
}

fn is_trap(head: &str) -> bool {
    ["trap", "Signal.trap", "Kernel.trap", "Process.trap"]
        .iter()
        .any(|t| head.strip_prefix(t).is_some_and(|rest| rest.starts_with(['(', ' '])))
}

fn is_endless(head: &str) -> bool {
    matches!(head, "loop" | "while true" | "while 1" | "until false" | "loop()")
        || head.starts_with("while (session")
        || head.starts_with("while session")
}

fn signals_in(head: &str) -> Vec<Signal> {
    let list = head.replace(['%', '[', ']', '(', ')'], " ");
    signals(&list)
}

fn trap(node: &Node, functions: &[&Node], story: &mut Story, outer: &[Signal]) {
    let arguments = node.head.split_once("trap").map_or("", |(_, rest)| rest);
    let mut named = signals_in(arguments);
    if named.is_empty() {
        named = outer.to_vec();
    }
    if named.is_empty() {
        story.not_understood(node.line, &node.head);
        return;
    }
    let ignores = arguments.contains("IGNORE") || arguments.contains("SIG_IGN");
    let mut steps = Vec::new();
    block(&node.body, functions, story, &mut steps, 1);
    for signal in named {
        match ignores && node.body.is_empty() {
            true => story.ignores(node.line, signal),
            false => story.handles(node.line, signal, steps.clone()),
        }
    }
}

fn block(nodes: &[Node], functions: &[&Node], story: &mut Story, steps: &mut Vec<Step>, depth: usize) {
    for node in nodes.iter().filter(|_| depth < SCRIPT_DEPTH) {
        if is_endless(&node.head) {
            story.not_understood(node.line, "a loop inside a block");
        } else {
            statement(node, functions, story, steps, depth);
        }
    }
}

/// One statement that is the same everywhere.
fn statement(node: &Node, functions: &[&Node], story: &mut Story, steps: &mut Vec<Step>, depth: usize) {
    let head = node.head.as_str();
    let print = |stream, rest: &str| {
        let rest = rest.trim();
        let text = inside(rest).filter(|_| rest.starts_with('(')).unwrap_or(rest);
        Step::Print(stream, printed(text, "#{", '}').into())
    };
    let argument = |word: &str| {
        let rest = head.strip_prefix(word)?;
        rest.starts_with(['(', ' ']).then(|| rest.trim_matches(|c: char| matches!(c, '(' | ')' | ' ')))
    };
    for (word, stream) in PRINTS {
        if let Some(rest) = head.strip_prefix(word).filter(|r| r.is_empty() || r.starts_with(['(', ' '])) {
            steps.push(print(*stream, rest));
            return;
        }
    }
    if let Some(time) = argument("sleep") {
        match secs(time, &story.numbers) {
            Some(time) => steps.push(Step::Sleep(time)),
            None => story.not_understood(node.line, head),
        }
    } else if let Some(code) = argument("exit").or_else(|| argument("Process.exit")) {
        let code = if code == "false" { Some(1) } else { number(code, &story.numbers) };
        steps.push(Step::Exit(code.and_then(|c| u8::try_from(c).ok()).unwrap_or(0)));
    } else if let Some(code) = argument("exit!") {
        steps.push(Step::ExitAtOnce(code.parse().unwrap_or(0)));
    } else if matches!(head, "exit" | "exit 0" | "exit()") {
        steps.push(Step::Exit(0));
    } else if head == "exit!" {
        steps.push(Step::ExitAtOnce(0));
    } else if let Some(text) = argument("abort") {
        steps.extend([Step::Print(Stream::Stderr, printed(text, "#{", '}').into()), Step::Exit(1)]);
    } else if head.ends_with(".shutdown") || head.ends_with(".stop") {
        steps.extend([Step::Unlisten, Step::Drain(None), Step::Exit(0)]);
    } else if head.ends_with(".close") {
        steps.push(Step::Unlisten);
    } else if head.ends_with(".flush") {
        steps.push(Step::Flush);
    } else if head.starts_with("Thread.new") || head == "begin" {
        block(&node.body, functions, story, steps, depth + 1);
    } else if let Some(function) =
        functions.iter().find(|f| f.head.strip_prefix("def ").is_some_and(|n| called(head, n)))
    {
        block(&function.body, functions, story, steps, depth + 1);
    } else if let Some((name, value)) = head.split_once(" = ") {
        if let Some(number) = number(value, &story.numbers) {
            story.numbers.insert(name.trim().to_owned(), number);
        }
    } else if !is_noise(head) {
        story.not_understood(node.line, head);
    }
}

const PRINTS: &[(&str, Stream)] = &[
    ("$stderr.puts", Stream::Stderr),
    ("STDERR.puts", Stream::Stderr),
    ("$stderr.print", Stream::Stderr),
    ("$stderr.write", Stream::Stderr),
    ("warn", Stream::Stderr),
    ("$stdout.puts", Stream::Stdout),
    ("STDOUT.puts", Stream::Stdout),
    ("puts", Stream::Stdout),
    ("print", Stream::Stdout),
    ("p", Stream::Stdout),
];

/// Does `head` call the function that is defined as `name`?
fn called(head: &str, name: &str) -> bool {
    let name = name.split(['(', ' ']).next().unwrap_or(name);
    head.split(['(', ' ']).next() == Some(name)
}

/// Statements that say nothing about signals, output or time.
fn is_noise(head: &str) -> bool {
    const NOISE: &[&str] = &[
        "require",
        "def ",
        "class ",
        "module ",
        "include ",
        "get ",
        "post ",
        "set ",
        "else",
        "rescue",
        "ensure",
        "return",
        "next",
        "break",
        "attr_",
        "private",
        "use ",
        "run ",
        "'",
        "\"",
        "server.mount",
        "configure",
    ];
    NOISE.iter().any(|word| head.starts_with(word)) || head.contains(" += ") || head.contains(" -= ")
}

/// The port of a server that is made here.
fn listens(head: &str, numbers: &std::collections::BTreeMap<String, u64>) -> Option<u16> {
    if let Some((_, rest)) =
        head.split_once("TCPServer.").filter(|(_, r)| r.starts_with("new") || r.starts_with("open"))
    {
        let arguments = inside(rest).unwrap_or_else(|| rest.split_once(' ').map_or("", |(_, r)| r));
        return split(arguments, ',').last().and_then(|p| port(p, numbers));
    }
    let (_, rest) = head.split_once("HTTPServer.new")?;
    let arguments = inside(rest)?;
    let given = split(arguments, ',').into_iter().find_map(|a| {
        let value =
            a.strip_prefix(":Port =>").or_else(|| a.strip_prefix("Port:")).or_else(|| a.strip_prefix(":Port=>"))?;
        port(value, numbers)
    });
    Some(given.unwrap_or(80))
}
