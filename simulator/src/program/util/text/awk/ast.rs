//! awk: what a program consists of.

#[derive(Clone, Debug)]
pub(super) enum Expr {
    Number(f64),
    Text(String),
    /// Alone it is compared with the record.
    Regex(String),
    Name(String),
    Index(String, Vec<Expr>),
    Field(Box<Expr>),
    /// The operator without its `=`; none is plain.
    Assign(Box<Expr>, &'static str, Box<Expr>),
    Choice(Box<Expr>, Box<Expr>, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    In(Vec<Expr>, String),
    Not(Box<Expr>),
    Minus(Box<Expr>),
    Plus(Box<Expr>),
    /// By how much, and is the old value taken?
    Step(Box<Expr>, f64, bool),
    Call(String, Vec<Expr>),
    /// `getline`, `getline x`.
    Getline(Option<Box<Expr>>),
    /// In parentheses, as the subscript of `in`.
    Group(Vec<Expr>),
    /// Something that is not simulated.
    Missing(&'static str),
}

#[derive(Clone, Debug)]
pub(super) enum Stmt {
    Expr(Expr),
    /// Is it printf, what, and where to: `>`, `>>`, `|`.
    Print(bool, Vec<Expr>, Option<(&'static str, Expr)>),
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    /// Is the body done before the first test?
    While(Expr, Box<Stmt>, bool),
    For(Option<Box<Stmt>>, Option<Expr>, Option<Box<Stmt>>, Box<Stmt>),
    ForIn(String, String, Box<Stmt>),
    Block(Vec<Stmt>),
    Next,
    Exit(Option<Expr>),
    Break,
    Continue,
    Return(Option<Expr>),
    Delete(String, Option<Vec<Expr>>),
}

#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Begin,
    End,
    Always,
    If(Expr),
    Range(Expr, Expr),
}

#[derive(Clone, Debug)]
pub(super) struct Function {
    pub name: String,
    pub params: Vec<String>,
    pub body: Stmt,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    pub rules: Vec<(Pattern, Option<Stmt>)>,
    pub functions: Vec<Function>,
}
