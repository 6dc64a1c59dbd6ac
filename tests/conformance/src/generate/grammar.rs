//! How constructs nest: what may stand where, and how often.

use super::commands;
use super::node::{Node, Separator};
use fastrand::Rng;

/// Constructs inside constructs, at most.
const DEPTH: u32 = 3;

/// Writes one script.
pub struct Grammar<'a> {
    /// Where chance comes from.
    pub rng: &'a mut Rng,
    /// The shell's name, for what only some have.
    pub family: &'static str,
    /// As what it is called.
    pub argv0: &'static str,
    /// How deep inside other constructs.
    pub depth: u32,
    /// `return` has something to return from.
    pub in_function: bool,
    /// Loops around this place.
    pub loops: u32,
}

fn text(text: impl Into<String>) -> Node {
    Node::Text(text.into())
}

impl Grammar<'_> {
    fn is_bash(&self) -> bool {
        self.family.starts_with("bash")
    }

    fn chance(&mut self, one_in: u32) -> bool {
        self.rng.u32(..one_in.max(1)) == 0
    }

    /// A whole script: perhaps options and traps, then some commands.
    pub fn script(&mut self) -> Node {
        let mut items = Vec::new();
        if self.chance(6) {
            items.push(text("set -e"));
        }
        if self.chance(25) {
            items.push(text("set -m"));
        }
        if self.chance(8) {
            items.extend(self.traps_that_tell_apart());
        }
        while self.chance(2) && items.len() < 3 {
            items.push(self.trap());
        }
        for _ in 0..self.rng.usize(1..5) {
            items.push(self.statement());
        }
        let separator = if self.chance(3) { Separator::Newline } else { Separator::Semicolon };
        Node::List(items, separator)
    }

    /// Some commands; where they are inside others, now and then behind a trap of their own.
    fn list(&mut self) -> Node {
        let mut items = Vec::new();
        if self.depth > 0 && self.chance(10) {
            items.push(self.trap());
        }
        for _ in 0..self.rng.usize(1..4) {
            items.push(self.statement());
        }
        Node::List(items, Separator::Semicolon)
    }

    /// A trap on each of several signals that says which one came, so that their order shows.
    fn traps_that_tell_apart(&mut self) -> Vec<Node> {
        let mut signals = commands::TRAPPED;
        self.rng.shuffle(&mut signals);
        let count = self.rng.usize(2..=signals.len());
        let more = commands::one(self.rng, &["", "", "; echo $?", "; brief", "; sleep 0.4; echo over"]);
        signals.iter().take(count).map(|signal| text(format!("trap 'echo {signal}{more}' {signal}"))).collect()
    }

    /// `trap 'ACTION' SIGNAL`
    fn trap(&mut self) -> Node {
        let signal = match self.rng.u8(..8) {
            0 | 1 => "EXIT",
            2 => "TERM INT",
            _ => commands::signal(self.rng),
        };
        if self.chance(8) {
            return text(format!("trap {} {signal}", commands::one(self.rng, &["''", "-", ":"])));
        }
        let action = match self.rng.u8(..10) {
            0 => text("exit 0"),
            1 => text("echo trapped; exit 7"),
            2 | 3 => text("echo trapped"),
            4 => text("kill -TERM $P"),
            5 => text("kill $! 2>/dev/null; wait $!"),
            6 => text("trap - TERM; kill 0"),
            7 => text("echo \"$?\""),
            _ => self.nested(Self::list),
        };
        Node::Parts("trap ".into(), vec![(Node::Quoted(Box::new(action)), format!(" {signal}"))])
    }

    /// One level deeper.
    fn nested(&mut self, make: impl FnOnce(&mut Self) -> Node) -> Node {
        self.depth = self.depth.saturating_add(1);
        let node = make(self);
        self.depth = self.depth.saturating_sub(1);
        node
    }

    /// One command, with everything that belongs to it.
    fn statement(&mut self) -> Node {
        if self.depth >= DEPTH {
            return self.simple();
        }
        match self.rng.u8(..40) {
            0..=17 => self.simple(),
            18..=21 => Node::around("", self.nested(Self::background), " &"),
            22 => self.trap(),
            23 => Node::around("( ", self.nested(Self::list), " )"),
            24 => Node::around("{ ", self.nested(Self::list), "; }"),
            25 => self.binary(" && "),
            26 => self.binary(" || "),
            27 => Node::around("! ", self.nested(Self::simple), ""),
            28 | 29 => self.pipeline(),
            30 => self.condition(),
            31 => self.repetition(),
            32 => self.function(),
            33 => self.substitution(),
            34 => Node::around("eval ", Node::Quoted(Box::new(self.nested(Self::list))), ""),
            35 => Node::around(&format!("{} -c ", self.argv0), Node::Quoted(Box::new(self.nested(Self::list))), ""),
            36 => self.case(),
            37 => text(commands::kill(self.rng)),
            _ => self.job_and_wait(),
        }
    }

    fn simple(&mut self) -> Node {
        let bash = self.is_bash();
        match self.rng.u8(..30) {
            0..=12 => text(commands::program(self.rng)),
            13..=24 => text(commands::builtin(self.rng, bash)),
            25 => text(format!("exec {}", commands::program(self.rng))),
            26 => text(format!("exit {}", self.rng.u8(..4))),
            27 if self.in_function => text("return 3"),
            28 if self.loops > 0 => text(commands::one(self.rng, &["break", "continue"])),
            29 => text("exec 2>&1"),
            _ => text(commands::long(self.rng)),
        }
    }

    /// What stands in front of `&`.
    fn background(&mut self) -> Node {
        match self.rng.u8(..8) {
            0 => Node::around("( ", self.nested(Self::list), " )"),
            1 => Node::around("{ ", self.nested(Self::list), "; }"),
            2 => self.pipeline(),
            3 => self.binary(" && "),
            _ => text(commands::program(self.rng)),
        }
    }

    /// The usual way to stay in charge: start, remember, wait.
    fn job_and_wait(&mut self) -> Node {
        let wait = match self.rng.u8(..6) {
            0 if self.is_bash() => "wait -n",
            0 | 1 => "wait",
            2 => "wait $P; wait $P",
            3 => "wait $P; echo $?",
            4 => "wait $!",
            _ => "wait $P",
        };
        let job = Node::around("", self.nested(Self::background), " &");
        Node::List(vec![job, text("P=$!"), text(wait)], Separator::Semicolon)
    }

    fn binary(&mut self, operator: &str) -> Node {
        let left = self.nested(Self::operand);
        let right = self.nested(Self::operand);
        Node::Parts(String::new(), vec![(left, operator.into()), (right, String::new())])
    }

    /// What may stand beside `&&`, `||` and `|`.
    fn operand(&mut self) -> Node {
        match self.rng.u8(..8) {
            0 => Node::around("( ", self.nested(Self::list), " )"),
            1 => Node::around("{ ", self.nested(Self::list), "; }"),
            _ => self.simple(),
        }
    }

    fn pipeline(&mut self) -> Node {
        let first = self.nested(Self::operand);
        if self.chance(2) {
            return Node::around("", first, " | cat");
        }
        let second = self.nested(Self::operand);
        Node::Parts(String::new(), vec![(first, " | ".into()), (second, String::new())])
    }

    fn condition(&mut self) -> Node {
        let test = commands::one(self.rng, &["true", "false", "[ -n \"$x\" ]", "quick", "fail3", "! fail3", "brief"]);
        let then = self.nested(Self::list);
        if self.chance(2) {
            return Node::around(&format!("if {test}; then "), then, "; fi");
        }
        let otherwise = self.nested(Self::list);
        Node::Parts(format!("if {test}; then "), vec![(then, "; else ".into()), (otherwise, "; fi".into())])
    }

    fn repetition(&mut self) -> Node {
        self.loops = self.loops.saturating_add(1);
        let body = self.nested(Self::list);
        self.loops = self.loops.saturating_sub(1);
        match self.rng.u8(..4) {
            0 => Node::around("for i in 1 2; do ", body, "; done"),
            1 => Node::around("for i in 1; do ", body, "; done"),
            2 => Node::around("while true; do sleep 0.7; ", body, "; done"),
            _ => Node::around("until [ -n \"$y\" ]; do y=1; ", body, "; done"),
        }
    }

    fn function(&mut self) -> Node {
        let before = self.in_function;
        self.in_function = true;
        let body = self.nested(Self::list);
        self.in_function = before;
        let call = commands::one(self.rng, &["f", "f", "f &", "f | cat", "( f )", "f || echo no"]);
        let whole = Node::around("f() { ", body, "; }");
        Node::List(vec![whole, text(call)], Separator::Semicolon)
    }

    fn substitution(&mut self) -> Node {
        let inner = self.nested(Self::list);
        match self.rng.u8(..4) {
            0 => Node::around("x=$( ", inner, ")"),
            1 => Node::around("echo $( ", inner, ")"),
            2 => Node::around("echo \"got $( ", inner, ")\""),
            _ => Node::around("x=$( ", inner, "); echo \"$x\""),
        }
    }

    fn case(&mut self) -> Node {
        let word = commands::one(self.rng, &["$x", "1", "\"$?\""]);
        let (first, second) = (self.nested(Self::list), self.nested(Self::list));
        Node::Parts(format!("case {word} in 1) "), vec![(first, ";; *) ".into()), (second, ";; esac".into())])
    }
}
