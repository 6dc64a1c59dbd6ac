//! Constructs of the shells that a run does not carry out as they do: one row a construct, with the shells that have it.
//!
//! Consumed in `shell::missing`, which names them in a script before the run. What a shell refuses itself is no row: the run
//! refuses it too. A row goes when the construct is simulated; `tests/language/constructs.rs` holds both against real shells.

/// What is looked for in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Construct {
    /// A command of one of these names.
    Name(&'static [&'static str]),
    /// An option of a builtin: one of these letters.
    Option(&'static str, &'static str),
    /// An operand of a builtin: one of these, without regard to case and `_`.
    Operand(&'static str, Operands, &'static [&'static str]),
    /// `{name}` directly in front of a redirection.
    DescriptorName,
    /// `select`
    Select,
    /// `@(a|b)`, `!(a)`, `+(a)`, `*(a)`, `?(a)` in a pattern; with a list, only behind one of these words: `[[` in the same
    /// line, another one in a line above.
    ExtendedPattern(&'static [&'static str]),
    /// `$((1.5 * 2))`
    Fraction,
    /// The text cannot be read here from where it has just had one of these.
    Unread(&'static [&'static str]),
    /// A variable of the shell.
    Variable(&'static [&'static str]),
    /// `${` with one of these behind it, where no rule reads the rest.
    Parameter(&'static [&'static str]),
    /// `${name` with one of these behind it, where no rule reads the rest.
    Operator(&'static [&'static str]),
    /// `${name:h}` with one of these letters.
    Modifier(&'static str),
    /// `${name@a}` with one of these letters.
    Transform(&'static str),
    /// A function whose name ends in one of these behind a dot.
    FunctionName(&'static [&'static str]),
    /// `name=(member=value)`
    CompoundValue,
}

/// Which operands are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// All of them.
    All,
    /// Those behind a word of options that ends in `o`.
    BehindO,
    /// All but the first.
    BehindFirst,
}

/// A construct, the shells that have it, and how it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Families.
    pub shells: &'static [&'static str],
    /// What is looked for.
    pub construct: Construct,
    /// The beginning of a sentence that ends in "is not simulated".
    pub what: &'static str,
}

/// Letters of builtins that take the next word, or the rest of theirs.
pub const VALUED: &[(&str, &str)] =
    &[("read", "adinNptuk"), ("mapfile", "dnsOuCc"), ("readarray", "dnsOuCc"), ("printf", "v"), ("print", "uf")];

const fn row(shells: &'static [&'static str], construct: Construct, what: &'static str) -> Missing {
    Missing { shells, construct, what }
}

/// All of them, by construct. `{}` is what was found.
pub static MISSING: &[Missing] = &[
    row(&["bash", "zsh"], Construct::Name(&["coproc"]), "coproc"),
    row(&["ksh93", "mksh"], Construct::Unread(&["|&"]), "the coprocess of |&"),
    row(&["bash", "ksh93", "zsh"], Construct::DescriptorName, "{} in front of a redirection"),
    row(&["bash", "ksh93", "mksh", "zsh"], Construct::Select, "the dialogue of select"),
    row(&["zsh"], Construct::Name(&["repeat", "noglob", "nocorrect", "-"]), "{} of zsh"),
    row(&["bash", "ksh93", "mksh", "posh", "zsh"], Construct::Unread(&["; {", ";{", ")) {"]), "a loop with braces"),
    row(&["zsh"], Construct::Unread(&["]] {", "} always", "()", "function {"]), "this form of a compound command"),
    row(&["mksh", "zsh"], Construct::Unread(&[";|"]), "the ending ;| of an arm"),
    row(&["zsh"], Construct::Unread(&["&>|", ">&|"]), "this redirection"),
    row(&["ksh93", "mksh"], Construct::ExtendedPattern(&[]), "an extended pattern"),
    row(&["bash"], Construct::ExtendedPattern(&["extglob", "[["]), "an extended pattern"),
    row(&["zsh"], Construct::Unread(&["*(", "](", "?(", "h("]), "a pattern with parentheses"),
    row(&["zsh"], Construct::Parameter(&["(", "=", "^", "~"]), "this form of a parameter"),
    row(&["zsh"], Construct::Operator(&[":#"]), "this form of a parameter"),
    row(&["zsh"], Construct::Modifier("ahlrtuecAPQ"), "the modifier :{} of a parameter"),
    row(&["ksh93"], Construct::Parameter(&["."]), "a variable of .sh"),
    row(&["ksh93"], Construct::Operator(&["."]), "a member of a compound variable"),
    row(&["ksh93", "mksh"], Construct::Parameter(&[" ", "|"]), "${ command; }"),
    row(&["bash"], Construct::Operator(&["^^[", "^[", ",,[", ",[", "~"]), "this change of case"),
    row(&["bash"], Construct::Transform("AaEPKk"), "the transformation @{} of a parameter"),
    row(&["ksh93"], Construct::CompoundValue, "a compound variable"),
    row(&["ksh93"], Construct::Name(&["compound", "enum", "hist"]), "{} of ksh93"),
    row(
        &["ksh93"],
        Construct::FunctionName(&["get", "set", "append", "unset", "getn", "setn"]),
        "a discipline function",
    ),
    row(&["ksh93"], Construct::Option("typeset", "bCEFHLRSTXZ"), "option -{} of typeset"),
    row(&["mksh"], Construct::Option("typeset", "LRZU"), "option -{} of typeset"),
    row(&["zsh"], Construct::Option("typeset", "EFHLRTUZ"), "option -{} of typeset"),
    row(&["yash", "zsh"], Construct::Option("typeset", "p"), "typeset -p"),
    row(&["zsh"], Construct::Option("declare", "fp"), "option -{} of declare"),
    row(&["yash", "zsh"], Construct::Operand("local", Operands::All, &["-"]), "local -"),
    row(&["yash"], Construct::Name(&["bindkey", "complete", "fc", "history"]), "{} of yash"),
    row(&["ksh93", "mksh", "zsh"], Construct::Name(&["integer"]), "{}"),
    row(&["ksh93", "mksh"], Construct::Name(&["nameref"]), "{}"),
    row(&["ksh93", "zsh"], Construct::Name(&["float"]), "{}"),
    row(&["ksh93", "yash", "zsh"], Construct::Fraction, "arithmetic with fractions"),
    row(&["ksh93"], Construct::Option("read", "p"), "read from a coprocess"),
    row(&["zsh"], Construct::Option("read", "eqk"), "option -{} of read"),
    row(&["ksh93", "mksh", "zsh"], Construct::Option("print", "flpsuRv"), "option -{} of print"),
    row(&["bash", "ksh93", "zsh"], Construct::Operand("trap", Operands::BehindFirst, &["debug"]), "a DEBUG trap"),
    row(&["ksh93"], Construct::Operand("set", Operands::BehindO, IN_SET_KSH93), "set -o {}"),
    row(&["mksh"], Construct::Operand("set", Operands::BehindO, &["markdirs", "sh", "bgnice"]), "set -o {}"),
    row(&["yash", "zsh"], Construct::Operand("set", Operands::BehindO, &["markdirs", "extendedglob"]), "set -o {}"),
    row(&["bash", "ksh93"], Construct::Operand("set", Operands::All, &["+b"]), "set +B"),
    row(&["ksh93", "mksh", "zsh"], Construct::Option("set", "A"), "set -A"),
    row(&["bash"], Construct::Operand("shopt", Operands::All, IN_SHOPT), "shopt -s {}"),
    row(&["zsh"], Construct::Operand("setopt", Operands::All, IN_SETOPT), "setopt {}"),
    row(&["zsh"], Construct::Operand("unsetopt", Operands::All, IN_SETOPT), "unsetopt {}"),
    row(&["zsh"], Construct::Name(ZSH_BUILTINS), "{} of zsh"),
    row(&["bash", "ksh93", "mksh", "zsh"], Construct::Name(&["fc"]), "the history of commands"),
    row(&["bash"], Construct::Name(&["bind", "compopt"]), "{} of bash"),
    row(&["bash"], Construct::Option("mapfile", "C"), "the callback of mapfile"),
    row(&["bash"], Construct::Option("jobs", "x"), "jobs -x"),
    row(&["bash"], Construct::Option("declare", "fFc"), "option -{} of declare"),
    row(&["bash", "ksh93", "mksh", "zsh"], Construct::Option("typeset", "f"), "typeset -f"),
    row(&["bash"], Construct::Variable(BASH_VARIABLES), "the variable {} of bash"),
    row(&["zsh"], Construct::Variable(ZSH_VARIABLES), "the variable {} of zsh"),
];

/// Of `set -o`, besides what works or makes no difference to a script.
const IN_SET_KSH93: &[&str] = &["globstar", "markdirs", "letoctal", "bgnice", "multiline"];

/// Of `shopt`, besides what works or makes no difference to a script.
const IN_SHOPT: &[&str] =
    &["globstar", "nocasematch", "nocaseglob", "execfail", "xpgecho", "huponexit", "localvarinherit"];

/// Of `setopt` and `unsetopt`.
const IN_SETOPT: &[&str] = &["nullglob", "nomatch", "nonomatch", "shwordsplit", "ksharrays", "extendedglob"];

const ZSH_BUILTINS: &[&str] = &[
    "autoload",
    "bindkey",
    "disable",
    "emulate",
    "enable",
    "functions",
    "getln",
    "history",
    "limit",
    "pushln",
    "rehash",
    "sched",
    "unfunction",
    "unhash",
    "vared",
    "which",
    "zmodload",
    "zparseopts",
    "zstyle",
];

const BASH_VARIABLES: &[&str] = &[
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "SRANDOM",
    "BASHOPTS",
    "SHELLOPTS",
    "BASH",
    "BASH_ARGC",
    "BASH_ARGV",
    "BASH_ARGV0",
    "BASH_EXECUTION_STRING",
    "HISTCMD",
];

const ZSH_VARIABLES: &[&str] =
    &["ARGC", "path", "pipestatus", "signals", "status", "commands", "ZSH_NAME", "ZSH_SUBSHELL", "MACHTYPE"];
