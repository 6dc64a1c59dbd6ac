//! awk: from tokens to a program (POSIX awk, "Grammar").

use super::ast::{Expr, Function, Pattern, Program, Stmt};
use super::lex::Token;
use crate::base::limits::SCRIPT_DEPTH;

const KEYWORDS: &[&str] = &[
    "BEGIN", "END", "function", "func", "if", "else", "while", "for", "do", "break", "continue", "next", "exit",
    "return", "delete", "in", "getline", "print", "printf", "nextfile",
];

pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

type Read<T> = Result<T, String>;

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    /// `>` is where print writes to, and `in` belongs to `for`.
    no_greater: bool,
    no_in: bool,
}

pub(super) fn program(tokens: &[Token]) -> Read<Program> {
    let mut reader = Reader { tokens, at: 0, depth: 0, no_greater: false, no_in: false };
    let mut program = Program::default();
    loop {
        reader.terminators();
        if reader.at >= tokens.len() {
            return Ok(program);
        }
        if reader.word("function") || reader.word("func") {
            program.functions.push(reader.function()?);
            continue;
        }
        let pattern = if reader.word("BEGIN") {
            Pattern::Begin
        } else if reader.word("END") {
            Pattern::End
        } else if reader.is("{") {
            Pattern::Always
        } else {
            let first = reader.expr()?;
            match reader.mark(",") {
                true => {
                    reader.newlines();
                    Pattern::Range(first, reader.expr()?)
                }
                false => Pattern::If(first),
            }
        };
        let action = if reader.is("{") { Some(reader.block()?) } else { None };
        program.rules.push((pattern, action));
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, mark: &str) -> bool {
        matches!(self.peek(), Some(Token::Mark(m)) if *m == mark)
    }

    fn mark(&mut self, mark: &str) -> bool {
        let yes = self.is(mark);
        self.at += usize::from(yes);
        yes
    }

    fn expect(&mut self, mark: &str) -> Read<()> {
        if self.mark(mark) { Ok(()) } else { Err(self.here()) }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(n) | Token::Function(n)) if n == word)
    }

    fn word(&mut self, word: &str) -> bool {
        let yes = self.is_word(word);
        self.at += usize::from(yes);
        yes
    }

    fn here(&self) -> String {
        match self.peek() {
            None => "end of file".into(),
            Some(Token::Newline) => "end of line".into(),
            Some(Token::Name(n) | Token::Function(n) | Token::Text(n) | Token::Regex(n)) => n.clone(),
            Some(Token::Number(n)) => super::value::shown(*n),
            Some(Token::Mark(mark)) => (*mark).into(),
        }
    }

    fn newlines(&mut self) {
        while self.peek() == Some(&Token::Newline) {
            self.at += 1;
        }
    }

    fn terminators(&mut self) {
        while self.peek() == Some(&Token::Newline) || self.is(";") {
            self.at += 1;
        }
    }

    fn name(&mut self) -> Read<String> {
        let name = match self.peek() {
            Some(Token::Name(n) | Token::Function(n)) if !is_keyword(n) => n.clone(),
            _ => return Err(self.here()),
        };
        self.at += 1;
        Ok(name)
    }

    fn function(&mut self) -> Read<Function> {
        let name = self.name()?;
        self.expect("(")?;
        let mut params = Vec::new();
        while !self.mark(")") {
            params.push(self.name()?);
            self.newlines();
            if !self.is(")") {
                self.expect(",")?;
                self.newlines();
            }
        }
        self.newlines();
        Ok(Function { name, params, body: self.block()? })
    }

    fn block(&mut self) -> Read<Stmt> {
        self.expect("{")?;
        let mut all = Vec::new();
        loop {
            self.terminators();
            if self.mark("}") {
                return Ok(Stmt::Block(all));
            }
            all.push(self.statement()?);
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= SCRIPT_DEPTH {
            return Err(self.here());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// A statement behind `if ( )` and its like.
    fn body(&mut self) -> Read<Box<Stmt>> {
        self.newlines();
        if self.mark(";") {
            return Ok(Box::new(Stmt::Block(Vec::new())));
        }
        Ok(Box::new(self.deeper(Reader::statement)?))
    }

    fn condition(&mut self) -> Read<Expr> {
        self.expect("(")?;
        let condition = self.expr()?;
        self.expect(")")?;
        Ok(condition)
    }

    fn statement(&mut self) -> Read<Stmt> {
        if self.is("{") {
            return self.deeper(Reader::block);
        }
        if self.word("if") {
            let condition = self.condition()?;
            let then = self.body()?;
            let before = self.at;
            self.terminators();
            let otherwise = if self.word("else") { Some(self.body()?) } else { None };
            if otherwise.is_none() {
                self.at = before;
            }
            return Ok(Stmt::If(condition, then, otherwise));
        }
        if self.word("while") {
            let condition = self.condition()?;
            return Ok(Stmt::While(condition, self.body()?, false));
        }
        if self.word("for") {
            return self.for_loop();
        }
        if self.word("do") {
            let body = self.body()?;
            self.terminators();
            if !self.word("while") {
                return Err(self.here());
            }
            return Ok(Stmt::While(self.condition()?, body, true));
        }
        self.simple()
    }

    fn for_loop(&mut self) -> Read<Stmt> {
        self.expect("(")?;
        if let (Some(Token::Name(key)), Some(Token::Name(word)), Some(Token::Name(array)), Some(Token::Mark(")"))) = (
            self.tokens.get(self.at),
            self.tokens.get(self.at + 1),
            self.tokens.get(self.at + 2),
            self.tokens.get(self.at + 3),
        ) && word == "in"
        {
            let (key, array) = (key.clone(), array.clone());
            self.at += 4;
            return Ok(Stmt::ForIn(key, array, self.body()?));
        }
        let start = if self.is(";") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(";")?;
        self.newlines();
        let condition = if self.is(";") { None } else { Some(self.expr()?) };
        self.expect(";")?;
        self.newlines();
        let step = if self.is(")") { None } else { Some(Box::new(self.simple()?)) };
        self.expect(")")?;
        Ok(Stmt::For(start, condition, step, self.body()?))
    }

    fn simple(&mut self) -> Read<Stmt> {
        let ends = |reader: &Self| {
            matches!(reader.peek(), None | Some(Token::Newline)) || reader.is(";") || reader.is("}") || reader.is(")")
        };
        let optional = |reader: &mut Self| if ends(reader) { Ok(None) } else { reader.expr().map(Some) };
        let keyword = match self.peek() {
            Some(Token::Name(n) | Token::Function(n)) if is_keyword(n) => n.clone(),
            _ => return Ok(Stmt::Expr(self.expr()?)),
        };
        if keyword == "getline" {
            return Ok(Stmt::Expr(self.expr()?));
        }
        self.at += 1;
        Ok(match keyword.as_str() {
            "print" | "printf" => self.print(keyword == "printf")?,
            "next" | "nextfile" => Stmt::Next,
            "break" => Stmt::Break,
            "continue" => Stmt::Continue,
            "exit" => Stmt::Exit(optional(self)?),
            "return" => Stmt::Return(optional(self)?),
            "delete" => {
                let name = self.name()?;
                Stmt::Delete(name, if self.mark("[") { Some(self.list("]")?) } else { None })
            }
            _ => return Err(keyword),
        })
    }

    fn print(&mut self, formatted: bool) -> Read<Stmt> {
        let before = std::mem::replace(&mut self.no_greater, true);
        let mut args = Vec::new();
        let ends = |reader: &Self| {
            matches!(reader.peek(), None | Some(Token::Newline))
                || [";", "}", ">", ">>", "|", ")"].iter().any(|m| reader.is(m))
        };
        while !ends(self) {
            args.push(self.expr()?);
            if !self.mark(",") {
                break;
            }
            self.newlines();
        }
        self.no_greater = before;
        if let [Expr::Group(inner)] = args.as_slice() {
            args = inner.clone();
        }
        let mark = [">>", ">", "|"].into_iter().find(|m| self.mark(m));
        let to = match mark {
            Some(mark) => Some((mark, self.concatenation(true)?)),
            None => None,
        };
        Ok(Stmt::Print(formatted, args, to))
    }

    fn list(&mut self, close: &str) -> Read<Vec<Expr>> {
        let (greater, inside) = (std::mem::take(&mut self.no_greater), std::mem::take(&mut self.no_in));
        let mut all = Vec::new();
        self.newlines();
        while !self.mark(close) {
            all.push(self.expr()?);
            self.newlines();
            if !self.is(close) {
                self.expect(",")?;
                self.newlines();
            }
        }
        (self.no_greater, self.no_in) = (greater, inside);
        Ok(all)
    }

    fn expr(&mut self) -> Read<Expr> {
        self.deeper(Reader::assignment)
    }

    fn assignment(&mut self) -> Read<Expr> {
        let left = self.choice()?;
        let is_place = matches!(left, Expr::Name(_) | Expr::Index(..) | Expr::Field(_));
        let marks = [("=", ""), ("+=", "+"), ("-=", "-"), ("*=", "*"), ("/=", "/"), ("%=", "%"), ("^=", "^")];
        match marks.iter().find(|(mark, _)| is_place && self.is(mark)) {
            Some((_, operator)) => {
                self.at += 1;
                self.newlines();
                Ok(Expr::Assign(Box::new(left), operator, Box::new(self.expr()?)))
            }
            None => Ok(left),
        }
    }

    fn choice(&mut self) -> Read<Expr> {
        let condition = self.either()?;
        if !self.mark("?") {
            return Ok(condition);
        }
        self.newlines();
        let yes = self.expr()?;
        self.newlines();
        self.expect(":")?;
        self.newlines();
        Ok(Expr::Choice(Box::new(condition), Box::new(yes), Box::new(self.expr()?)))
    }

    fn either(&mut self) -> Read<Expr> {
        let mut left = self.both()?;
        while self.mark("||") {
            self.newlines();
            left = Expr::Binary("||", Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Read<Expr> {
        let mut left = self.membership()?;
        while self.mark("&&") {
            self.newlines();
            left = Expr::Binary("&&", Box::new(left), Box::new(self.membership()?));
        }
        Ok(left)
    }

    fn membership(&mut self) -> Read<Expr> {
        let mut left = self.matching()?;
        while !self.no_in && self.word("in") {
            let array = self.name()?;
            let subscripts = if let Expr::Group(all) = left { all } else { vec![left] };
            left = Expr::In(subscripts, array);
        }
        Ok(left)
    }

    fn matching(&mut self) -> Read<Expr> {
        let mut left = self.comparison()?;
        while let Some(mark) = ["~", "!~"].into_iter().find(|m| self.mark(m)) {
            left = Expr::Binary(mark, Box::new(left), Box::new(self.comparison()?));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Read<Expr> {
        let left = self.concatenation(false)?;
        let greater = !self.no_greater;
        let marks = ["<=", ">=", "==", "!=", "<", ">"];
        match marks.into_iter().find(|m| (greater || *m != ">") && self.mark(m)) {
            Some(mark) => Ok(Expr::Binary(mark, Box::new(left), Box::new(self.concatenation(false)?))),
            None if greater && self.is("|") => {
                self.at += 1;
                if self.word("getline") {
                    return Ok(Expr::Missing("a command that awk reads with getline"));
                }
                Err(self.here())
            }
            None => Ok(left),
        }
    }

    fn concatenation(&mut self, as_file: bool) -> Read<Expr> {
        let mut left = self.sum()?;
        loop {
            let begins = match self.peek() {
                Some(Token::Number(_) | Token::Text(_) | Token::Regex(_)) => true,
                Some(Token::Name(n) | Token::Function(n)) => !is_keyword(n),
                Some(Token::Mark(mark)) => {
                    matches!(*mark, "$" | "!" | "(" | "-" | "+" | "++" | "--") && !(as_file && *mark == "!")
                }
                _ => false,
            };
            if !begins {
                return Ok(left);
            }
            left = Expr::Binary(" ", Box::new(left), Box::new(self.sum()?));
        }
    }

    fn sum(&mut self) -> Read<Expr> {
        let mut left = self.product()?;
        while let Some(mark) = ["+", "-"].into_iter().find(|m| self.mark(m)) {
            left = Expr::Binary(mark, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Read<Expr> {
        let mut left = self.unary()?;
        while let Some(mark) = ["*", "/", "%"].into_iter().find(|m| self.mark(m)) {
            left = Expr::Binary(mark, Box::new(left), Box::new(self.unary()?));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Read<Expr> {
        if self.mark("!") {
            return Ok(Expr::Not(Box::new(self.deeper(Reader::unary)?)));
        }
        if self.mark("-") {
            return Ok(Expr::Minus(Box::new(self.deeper(Reader::unary)?)));
        }
        if self.mark("+") {
            return Ok(Expr::Plus(Box::new(self.deeper(Reader::unary)?)));
        }
        let base = self.postfix()?;
        if self.mark("^") {
            return Ok(Expr::Binary("^", Box::new(base), Box::new(self.deeper(Reader::unary)?)));
        }
        Ok(base)
    }

    fn postfix(&mut self) -> Read<Expr> {
        for (mark, by) in [("++", 1.0), ("--", -1.0)] {
            if self.mark(mark) {
                let place = self.deeper(Reader::primary)?;
                return Ok(Expr::Step(Box::new(place), by, false));
            }
        }
        let place = self.primary()?;
        let is_place = matches!(place, Expr::Name(_) | Expr::Index(..) | Expr::Field(_));
        for (mark, by) in [("++", 1.0), ("--", -1.0)] {
            if is_place && self.mark(mark) {
                return Ok(Expr::Step(Box::new(place), by, true));
            }
        }
        Ok(place)
    }

    fn primary(&mut self) -> Read<Expr> {
        let token = self.peek().cloned().ok_or_else(|| self.here())?;
        match token {
            Token::Mark("(") => {
                self.at += 1;
                Ok(Expr::Group(self.deeper(|r| r.list(")"))?))
            }
            Token::Mark("$") => {
                self.at += 1;
                Ok(Expr::Field(Box::new(self.deeper(Reader::postfix)?)))
            }
            Token::Mark("-" | "+" | "!") => self.unary(),
            Token::Mark(_) | Token::Newline => Err(self.here()),
            Token::Name(name) if name == "getline" => {
                self.at += 1;
                let target = matches!(self.peek(), Some(Token::Name(n)) if !is_keyword(n)) || self.is("$");
                let target = if target { Some(Box::new(self.deeper(Reader::primary)?)) } else { None };
                if self.mark("<") {
                    self.concatenation(true)?;
                    return Ok(Expr::Missing("getline of awk from a file"));
                }
                Ok(Expr::Getline(target))
            }
            Token::Name(name) if is_keyword(&name) => Err(name),
            token => {
                self.at += 1;
                Ok(match token {
                    Token::Number(n) => Expr::Number(n),
                    Token::Text(text) => Expr::Text(text),
                    Token::Regex(text) => Expr::Regex(text),
                    Token::Function(name) if is_keyword(&name) => return Err(name),
                    Token::Function(name) => {
                        self.at += 1;
                        Expr::Call(name, self.deeper(|r| r.list(")"))?)
                    }
                    Token::Name(name) if self.mark("[") => Expr::Index(name, self.deeper(|r| r.list("]"))?),
                    Token::Name(name) if name == "length" => Expr::Call(name, Vec::new()),
                    Token::Name(name) => Expr::Name(name),
                    Token::Mark(_) | Token::Newline => return Err(self.here()),
                })
            }
        }
    }
}
