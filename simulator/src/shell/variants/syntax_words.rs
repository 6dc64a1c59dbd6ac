//! The words of a shell that explains what is wrong with a text, in place of naming the token (yash `parser.c`).
//!
//! Not here: where such a message begins, and the line (`run::syntax_words`).

/// The texts; `{name}` is the word in question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SyntaxWords {
    /// What a message begins with; `{file}`, `{line}`.
    pub prefix: &'static str,
    /// The same on standard input.
    pub prefix_on_input: &'static str,
    /// What is not closed, by its opening.
    pub unclosed: &'static [(&'static str, &'static str)],
    /// Words that close something, where nothing is open.
    pub closing: &'static [(&'static str, &'static str)],
    /// A word that has to be there; what closes the constructs around is missing too.
    pub missing: &'static str,
    /// The same behind a word that closes something else.
    pub missed: &'static str,
    /// No command in front of an operator: its first character.
    pub no_command: &'static str,
    /// No command at the end of the text.
    pub no_command_at_end: &'static str,
    /// Something other than a separator behind a command.
    pub no_separator: &'static str,
    /// `(` behind words.
    pub parenthesis: &'static str,
    /// `name(` without `)`.
    pub function_parenthesis: &'static str,
    /// No word where one has to be, by what stands in front of it.
    pub no_word: &'static [(&'static str, &'static str)],
    /// The name of a `for` that is none.
    pub bad_name: &'static str,
    /// A function whose name is none.
    pub bad_function_name: &'static str,
    /// A character in `${ }` that no rule reads there.
    pub bad_in_parameter: &'static str,
    /// No name in `${ }`.
    pub no_parameter: &'static str,
}

impl std::fmt::Debug for SyntaxWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("its own")
    }
}

/// Those of yash 2.52.
pub static YASH: SyntaxWords = SyntaxWords {
    prefix: "{file}:{line}: syntax error: ",
    prefix_on_input: "syntax error: ",
    unclosed: &[
        ("\"", "the double quotation is not closed"),
        ("'", "the single quotation is not closed"),
        ("`", "the backquoted command substitution is not closed"),
        ("$(", "`)' is missing"),
        ("(", "`)' is missing"),
        ("${", "`}' is missing"),
        ("$((", "`))' is missing"),
        ("[", "`]' is missing"),
    ],
    closing: &[
        (")", "encountered `{name}' without a matching `('"),
        ("}", "encountered `{name}' without a matching `{'"),
        ("!", "`{name}' cannot be used as a command name"),
        ("in", "`{name}' cannot be used as a command name"),
        ("fi", "encountered `{name}' without a matching `if' and/or `then'"),
        ("then", "encountered `{name}' without a matching `if' or `elif'"),
        ("do", "encountered `{name}' without a matching `for', `while', or `until'"),
        ("done", "encountered `{name}' without a matching `do'"),
        ("esac", "encountered `{name}' without a matching `case'"),
        ("elif", "encountered `{name}' without a matching `if' and/or `then'"),
        ("else", "encountered `{name}' without a matching `if' and/or `then'"),
    ],
    missing: "`{name}' is missing",
    missed: "(maybe you missed `{name}'?)",
    no_command: "a command is missing before `{name}'",
    no_command_at_end: "a command is missing at the end of input",
    no_separator: "`;' or `&' is missing",
    parenthesis: "invalid use of `('",
    function_parenthesis: "`(' must be followed by `)' in a function definition",
    no_word: &[
        ("for", "an identifier is required after `for'"),
        ("case", "a word is required after `case'"),
        ("function", "a word is required after `function'"),
        ("<<", "the end-of-here-document indicator is missing"),
        ("", "the redirection target is missing"),
    ],
    bad_name: "`{name}' is not a valid identifier",
    bad_function_name: "invalid function name",
    bad_in_parameter: "invalid character `{name}' in parameter expansion",
    no_parameter: "the parameter name is missing or invalid",
};
