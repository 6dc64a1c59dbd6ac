//! The syntax tree of a shell program: what was written, with the place of every node.
//!
//! Not here: meaning (see `plan` and `run`) and spelling rules (see `parse`). The grammar is POSIX.1-2024 XCU 2.10
//! with the extensions of bash that people use in entrypoints.

use crate::base::diagnostic::Span;
use std::sync::Arc;

/// A whole text: its complete commands in order, and the error that ended the reading, if any.
///
/// Shells run each complete command before they read the next, so an error late in a script comes after the
/// effects of what stands before it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Script {
    /// Complete commands: one a line, or one a compound that spans lines.
    pub commands: Vec<CompleteCommand>,
    /// The first thing that could not be read.
    pub error: Option<SyntaxError>,
}

/// One complete command (XCU 2.10.2 `complete_command`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompleteCommand {
    /// What is run.
    pub list: List,
    /// Is there a newline after it? A shell that looks for the end of the text only in front of a newline does not
    /// know yet that this was the last command.
    pub newline_follows: bool,
    /// Nothing but blanks, newlines and comments follows.
    pub last: bool,
    /// How far the text has been read once this is known: the newline behind it, and the here-documents behind that.
    pub read_to: u32,
}

/// Commands joined by `;`, `&` or newlines.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct List {
    /// In order.
    pub items: Vec<Item>,
    /// From the first to the last byte.
    pub span: Span,
}

/// One and-or list and what ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The commands.
    pub and_or: AndOr,
    /// Ended by `&`.
    pub background: bool,
    /// Ended by an explicit `;`.
    pub semicolon: bool,
}

/// Pipelines joined by `&&` and `||`, equal in precedence, left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndOr {
    /// The first pipeline.
    pub first: Pipeline,
    /// The others, each with what joins it to what stands before.
    pub rest: Vec<(Join, Pipeline)>,
    /// All of it.
    pub span: Span,
}

/// `&&` or `||`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Begins with `!`.
    pub negated: bool,
    /// Begins with `time`.
    pub timed: bool,
    /// One command or more.
    pub commands: Vec<Command>,
    /// All of it.
    pub span: Span,
}

/// A command and its redirections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it does.
    pub kind: CommandKind,
    /// In the order written; for a simple command those between its words too.
    pub redirects: Vec<Redirect>,
    /// All of it.
    pub span: Span,
}

/// The kinds of command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// `X=1 app "$@"`
    Simple(Simple),
    /// `{ list; }`
    Group(List),
    /// `( list )`
    Subshell(List),
    /// `if .. then .. elif .. else .. fi`: condition and body pairs, then the last part.
    If {
        /// `if` and `elif` parts in order.
        arms: Vec<(List, List)>,
        /// The `else` part.
        otherwise: Option<List>,
    },
    /// `while` and `until`.
    While {
        /// `until`: runs as long as the condition fails.
        until: bool,
        /// What is asked before each turn.
        condition: List,
        /// What is run each turn.
        body: List,
    },
    /// `for name in words; do .. done`
    For {
        /// The variable.
        name: String,
        /// The words; none means `"$@"`.
        words: Option<Vec<Word>>,
        /// What is run each turn.
        body: List,
    },
    /// bash `for ((a; b; c)); do .. done`
    ArithFor {
        /// Start, condition and step, as written.
        parts: [Word; 3],
        /// What is run each turn.
        body: List,
    },
    /// `case word in pattern) list ;; esac`
    Case {
        /// What is compared.
        word: Word,
        /// In order.
        arms: Vec<CaseArm>,
    },
    /// `name() command`
    Function {
        /// Its name.
        name: String,
        /// What a call runs.
        body: Arc<Command>,
    },
    /// bash `[[ expression ]]`
    Test(Arc<TestExpr>),
    /// bash `(( expression ))`
    Arith(Word),
}

/// One arm of `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseArm {
    /// Alternatives joined by `|`.
    pub patterns: Vec<Word>,
    /// What is run.
    pub body: List,
    /// What follows a match.
    pub end: ArmEnd,
}

/// How an arm of `case` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmEnd {
    /// `;;`: done.
    Break,
    /// `;&`: the next arm's list too.
    FallThrough,
    /// `;;&`: the next arm's patterns are tried.
    TryNext,
}

/// Assignments and words.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Simple {
    /// Those in front of the first word.
    pub assigns: Vec<Assign>,
    /// Command name and arguments.
    pub words: Vec<Word>,
    /// bash: arrays among the arguments of `declare`, `local`, `readonly`, `export`.
    pub array_arguments: Vec<Assign>,
}

/// `name=word`, `name+=word`, `name[i]=word`, `name=(words)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assign {
    /// The variable.
    pub name: String,
    /// bash: the element that is meant.
    pub index: Option<Word>,
    /// `+=`
    pub append: bool,
    /// What it is set to.
    pub value: AssignValue,
    /// All of it.
    pub span: Span,
}

/// The right side of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignValue {
    /// One string.
    Scalar(Word),
    /// bash: a whole array.
    Array(Vec<Word>),
}

/// One redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The number in front, where there is one.
    pub fd: Option<u32>,
    /// What is done.
    pub kind: RedirectKind,
    /// All of it.
    pub span: Span,
}

/// The kinds of redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// `<`
    Read(Word),
    /// `>`
    Write(Word),
    /// `>|`
    Clobber(Word),
    /// `>>`
    Append(Word),
    /// `<>`
    ReadWrite(Word),
    /// `>&` and `<&`: a number or `-`.
    Duplicate {
        /// `<&`
        input: bool,
        /// Which descriptor, or `-` to close.
        source: Word,
    },
    /// bash `&>` and `&>>`: standard output and standard error.
    Both {
        /// `&>>`
        append: bool,
        /// The file.
        file: Word,
    },
    /// `<<` and `<<-`, and bash `<<<`: the text that will be read.
    Here(Word),
}

/// A word before expansion.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Word {
    /// In order.
    pub parts: Vec<Part>,
    /// All of it.
    pub span: Span,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Unquoted text: patterns and `~` count in it.
    Literal(String),
    /// Text that stands for itself: from a backslash, `'..'` or `$'..'`.
    Quoted(String),
    /// `"..."`
    Double(Vec<Part>),
    /// `$name` and `${...}`
    Param(Box<Param>),
    /// `$(...)` and backquotes.
    Command(Arc<Substitution>),
    /// `$((...))`
    Arith(Vec<Part>),
}

/// Which end of the pipe the command of a process substitution has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Process {
    /// `<( )`: it writes.
    Writes,
    /// `>( )`: it reads.
    Reads,
}

/// A command whose output becomes text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    /// What is run.
    pub script: Script,
    /// As written, without the delimiters.
    pub text: String,
    /// Written with backquotes.
    pub backquoted: bool,
    /// bash `<( )` and `>( )`: the text is the name of a pipe to it.
    pub process: Option<Process>,
    /// The whole substitution.
    pub span: Span,
}

/// `$name`, `${name}`, `${name operator word}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Name, number or special character.
    pub name: String,
    /// bash `${name[index]}`: `@`, `*` or an expression.
    pub index: Option<Word>,
    /// bash `${!name}`
    pub indirect: bool,
    /// What is done to the value.
    pub op: ParamOp,
    /// All of it.
    pub span: Span,
}

/// What is done to a parameter's value (XCU 2.6.2; bash(1) "Parameter Expansion").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParamOp {
    /// Nothing.
    Plain,
    /// `${#name}`
    Length,
    /// `${name-word}`, and with `:` also when empty.
    Default {
        /// With `:`.
        colon: bool,
        /// What stands in.
        word: Word,
    },
    /// `${name=word}`
    Assign {
        /// With `:`.
        colon: bool,
        /// What is assigned.
        word: Word,
    },
    /// `${name?word}`
    Error {
        /// With `:`.
        colon: bool,
        /// The message.
        word: Word,
    },
    /// `${name+word}`
    Alternative {
        /// With `:`.
        colon: bool,
        /// What stands in when it is set.
        word: Word,
    },
    /// `${name%word}`, `%%`, `#`, `##`
    Trim {
        /// `%`: at the end.
        suffix: bool,
        /// Doubled: the longest match.
        longest: bool,
        /// What is removed.
        pattern: Word,
    },
    /// bash `${name:offset:length}`, both arithmetic.
    Slice {
        /// Where it begins.
        offset: Word,
        /// How much.
        length: Option<Word>,
    },
    /// bash `${name/pattern/replacement}`
    Replace {
        /// `//`: each match.
        all: bool,
        /// `/#`: at the start, `/%`: at the end.
        anchor: Option<char>,
        /// What is replaced.
        pattern: Word,
        /// By what.
        replacement: Word,
    },
    /// bash `${name^}`, `^^`, `,`, `,,`
    Case {
        /// `^`
        upper: bool,
        /// Doubled.
        all: bool,
    },
    /// bash `${name@Q}` and relatives: the letter.
    Transform(char),
    /// bash `${!prefix*}`: names of variables that begin so.
    Names {
        /// `*`: joined when quoted.
        star: bool,
    },
    /// `${` followed by something that no rule reads: an error when it is expanded.
    Bad(String),
}

/// bash `[[ ]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestExpr {
    /// `[[ word ]]`
    Word(Word),
    /// `-f word`
    Unary(String, Word),
    /// `left operator right`
    Binary(Word, String, Word),
    /// `! expression`
    Not(Box<TestExpr>),
    /// `left && right`
    And(Box<TestExpr>, Box<TestExpr>),
    /// `left || right`
    Or(Box<TestExpr>, Box<TestExpr>),
}

/// Why a text could not be read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where: for something left open, its opening.
    pub span: Span,
    /// Line at which a shell notices, from 1: for something left open, the last line.
    pub noticed_line: u32,
    /// The word that began the innermost compound command around it, and where.
    pub inside: Option<(&'static str, u32)>,
    /// What closes the compound commands around it, innermost first.
    pub around: Vec<&'static str>,
    /// What is wrong.
    pub kind: SyntaxErrorKind,
    /// What else is wrong behind it, where a shell reads on.
    pub further: Box<[SyntaxError]>,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// A quote, `$(`, `${`, backquote or `$((` is not closed: its opening and closing.
    Unclosed {
        /// The opening.
        open: &'static str,
        /// What would close it.
        close: &'static str,
    },
    /// A token that cannot stand here, and what could.
    Unexpected {
        /// As written; `newline` for a newline.
        token: String,
        /// The one thing that could stand here, where there is only one.
        expected: Option<&'static str>,
    },
    /// The text ends inside a compound command.
    UnexpectedEnd {
        /// What would go on.
        expected: Option<&'static str>,
        /// The reserved word that opened it.
        opened: &'static str,
    },
    /// A parameter expansion that no rule reads.
    BadSubstitution(String),
    /// A `for` whose variable is no name.
    BadLoopVariable(String),
    /// A function of a name or with a body that is not allowed.
    BadFunctionName(String),
    /// A bound of `base::limits` was reached: which.
    TooLarge(&'static str),
}

impl Word {
    /// The word's text if it is one unquoted literal.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with quotes removed, if nothing in it needs expansion.
    pub fn as_static(&self) -> Option<String> {
        fn add(parts: &[Part], out: &mut String) -> bool {
            parts.iter().all(|part| match part {
                Part::Literal(text) | Part::Quoted(text) => {
                    out.push_str(text);
                    true
                }
                Part::Double(inner) => add(inner, out),
                Part::Param(_) | Part::Command(_) | Part::Arith(_) => false,
            })
        }
        let mut out = String::new();
        add(&self.parts, &mut out).then_some(out)
    }
}
