//! What is read, and what is refused where.

use super::*;
use crate::base::rng::Rng;
use crate::shell::ast::{CommandKind, Join, ParamOp, Part, RedirectKind, Word};

fn ok(text: &str) -> Script {
    let script = parse(text, &Syntax::FULL);
    assert_eq!(script.error, None, "{text}");
    script
}

fn first(text: &str) -> CommandKind {
    ok(text).commands[0].list.items[0].and_or.first.commands[0].kind.clone()
}

fn words(text: &str) -> Vec<Word> {
    match first(text) {
        CommandKind::Simple(simple) => simple.words,
        other => panic!("{other:?}"),
    }
}

fn refused(text: &str) -> String {
    let script = parse(text, &Syntax::FULL);
    diagnostic("entrypoint.sh", text, &script.error.expect(text)).to_string()
}

#[test]
fn each_line_is_a_complete_command_and_the_last_knows_whether_a_newline_follows() {
    let script = ok("quick\napp\n");
    let follows: Vec<_> = script.commands.iter().map(|c| (c.newline_follows, c.last)).collect();
    assert_eq!(follows, [(true, false), (true, true)]);
    assert!(!ok("quick\napp").commands[1].newline_follows);
}

#[test]
fn and_or_lists_keep_their_joins_over_line_ends() {
    let script = ok("a && # one\n  b || c; d & e");
    let items = &script.commands[0].list.items;
    let joins: Vec<_> = items[0].and_or.rest.iter().map(|(join, _)| *join).collect();
    assert_eq!(joins, [Join::And, Join::Or]);
    let background: Vec<_> = items.iter().map(|i| i.background).collect();
    assert_eq!(background, [false, true, false]);
}

#[test]
fn quotes_decide_what_is_text_and_what_expands() {
    let parts = &words(r#"echo 'a $x' "b $x" c\$x$'\t'"#)[1..];
    assert_eq!(parts[0].parts, [Part::Quoted("a $x".into())]);
    assert!(matches!(&parts[1].parts[..], [Part::Double(inner)] if inner.len() == 2));
    assert_eq!(parts[2].as_static().as_deref(), Some("c$x\t"));
}

#[test]
fn parameter_operators_are_told_apart() {
    let op = |text: &str| match &words(text)[0].parts[0] {
        Part::Param(param) => param.op.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(op("${x:-a b}"), ParamOp::Default { colon: true, .. }));
    assert!(matches!(op("${x-}"), ParamOp::Default { colon: false, .. }));
    assert!(matches!(op("${x%%.*}"), ParamOp::Trim { suffix: true, longest: true, .. }));
    assert!(matches!(op("${#x}"), ParamOp::Length));
    assert!(matches!(op("${#}"), ParamOp::Plain));
    assert!(matches!(op("${1:0:1}"), ParamOp::Slice { .. }));
    assert!(matches!(op("${x//a/b}"), ParamOp::Replace { all: true, .. }));
    let posix = parse("echo ${1:0:1}", &Syntax::POSIX);
    assert_eq!(posix.error, None, "a bad substitution is an error only when it is expanded");
}

#[test]
fn here_documents_are_taken_from_behind_their_line() {
    let script = ok("cat <<A <<-'B' && echo x\none $y\nA\n\ttwo $z\n\tB\necho after\n");
    assert_eq!(script.commands.len(), 2);
    let redirects = &script.commands[0].list.items[0].and_or.first.commands[0].redirects;
    let text = |n: usize| match &redirects[n].kind {
        RedirectKind::Here(word) => word.as_static(),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(0), None, "it expands");
    assert_eq!(text(1).as_deref(), Some("two $z\n"));
}

#[test]
fn substitutions_may_hold_anything_even_case() {
    let parts = &words("echo $(case a in a) echo ')';; esac) `echo \\`date\\``")[1..];
    assert!(matches!(&parts[0].parts[..], [Part::Command(_)]));
    assert!(matches!(&parts[1].parts[..], [Part::Command(s)] if s.text == "echo `date`"));
}

#[test]
fn double_parentheses_are_arithmetic_unless_they_do_not_close_so() {
    assert!(matches!(&words("echo $((1 + (2)))")[1].parts[..], [Part::Arith(_)]));
    assert!(matches!(&words("echo $((echo a); echo b)")[1].parts[..], [Part::Command(_)]));
}

#[test]
fn compound_commands_nest() {
    let text = "f() { if [ -z \"$1\" ]; then for i in a b; do while :; do break; done; done\nelif x; then y; else z; fi; }\n\
        case \"$1\" in -*|'') set -- app \"$@\" ;; (start) ;; *) exec \"$@\"\nesac > log 2>&1";
    let script = ok(text);
    assert!(matches!(script.commands[0].list.items[0].and_or.first.commands[0].kind, CommandKind::Function { .. }));
    let case = &script.commands[1].list.items[0].and_or.first.commands[0];
    assert!(matches!(&case.kind, CommandKind::Case { arms, .. } if arms.len() == 3));
    assert_eq!(case.redirects.len(), 2);
}

#[test]
fn bash_constructs_are_commands_of_their_own_only_where_the_grammar_has_them() {
    assert!(matches!(first("[[ $a == b* && ( -f x || ! -d y ) ]]"), CommandKind::Test(_)));
    assert!(matches!(first("(( i++ ))"), CommandKind::Arith(_)));
    assert!(matches!(first("for ((i=0; i<3; i++)); do x; done"), CommandKind::ArithFor { .. }));
    let posix = parse("[[ a == b ]]", &Syntax::POSIX);
    let kind = &posix.commands[0].list.items[0].and_or.first.commands[0].kind;
    assert!(matches!(kind, CommandKind::Simple(simple) if simple.words.len() == 5));
}

#[test]
fn what_is_left_open_is_reported_at_its_opening() {
    assert_eq!(refused("echo a\necho \"b\nc"), "entrypoint.sh:2:6: error: `\"` is not closed; close it with `\"`");
    assert_eq!(refused("x=$(echo"), "entrypoint.sh:1:3: error: `$(` is not closed; close it with `)`");
    assert_eq!(refused("echo ${x"), "entrypoint.sh:1:6: error: `${` is not closed; close it with `}`");
    assert_eq!(
        refused("if true; then\n echo"),
        "entrypoint.sh:1:1: error: the text ends inside `if`; `fi` is expected"
    );
}

#[test]
fn a_token_that_cannot_stand_there_is_named() {
    assert_eq!(refused("echo a\n;; b"), "entrypoint.sh:2:1: error: `;;` cannot stand here");
    assert_eq!(refused("if true; do x; fi"), "entrypoint.sh:1:10: error: `do` cannot stand here; `then` is expected");
    assert_eq!(refused("echo )"), "entrypoint.sh:1:6: error: `)` cannot stand here");
    assert_eq!(refused("a && && b"), "entrypoint.sh:1:6: error: `&&` cannot stand here");
}

#[test]
fn commands_before_an_error_are_kept() {
    let script = parse("echo a\necho b\nfi", &Syntax::POSIX);
    assert_eq!(script.commands.len(), 2);
    assert!(script.error.is_some());
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    for open in ["(", "{ ", "$(", "\"$(", "${x:-", "if "] {
        for syntax in [&Syntax::FULL, &Syntax::POSIX] {
            let error = parse(&open.repeat(2_000), syntax).error.expect("an error");
            assert_eq!(error.kind, SyntaxErrorKind::TooLarge("nested too deeply"), "{open}");
        }
    }
}

#[test]
fn what_is_repeated_without_nesting_overflows_nothing() {
    for (open, read) in [("`", true), ("! ", false), ("$((", false), ("[[ ( ", false)] {
        assert_eq!(parse(&open.repeat(2_000), &Syntax::FULL).error.is_none(), read, "{open}");
    }
}

#[test]
fn arbitrary_text_is_read_or_refused_without_a_panic() {
    const PIECES: &[&str] = &[
        "a",
        " ",
        "\n",
        "'",
        "\"",
        "`",
        "$",
        "(",
        ")",
        "((",
        "))",
        "{",
        "}",
        "${",
        "#",
        "%",
        "/",
        ":",
        "-",
        "=",
        "\\",
        ";",
        ";;",
        "&",
        "&&",
        "|",
        "||",
        "<",
        ">",
        "<<E",
        "<<-'E'",
        "E\n",
        "<<<",
        "if ",
        "then ",
        "fi ",
        "for i in ",
        "do ",
        "done ",
        "case x in ",
        "esac",
        "[[",
        "]]",
        "é",
        "\u{0}",
        "1",
        "x=",
        "x=(",
        "f() ",
        "!",
        "~",
        "*",
        "?",
        "[",
        "]",
        "$'",
        "\t",
        "function ",
        "while ",
        "in ",
        "x+=",
        "&>",
        "$((",
        "\\\n",
    ];
    let mut rng = Rng::stream(7, "shell-parse");
    for _ in 0..6_000 {
        let length = rng.below(24);
        let text: String = (0..length).map(|_| PIECES[rng.below(PIECES.len() as u64) as usize]).collect();
        for syntax in [&Syntax::FULL, &Syntax::POSIX] {
            let script = parse(&text, syntax);
            if let Some(error) = &script.error {
                let _ = diagnostic("f", &text, error).to_string();
            }
        }
    }
}

#[test]
fn an_array_stands_behind_commands_that_declare_and_no_others() {
    assert!(parse("declare -A m=([a]=1)", &Syntax::FULL).error.is_none());
    assert!(parse("app m=(1)", &Syntax::FULL).error.is_some());
}
