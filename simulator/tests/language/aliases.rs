//! Aliases: which shells replace them in a script, and from where on. Expected are the lines that the real shells of Debian
//! bookworm print for these scripts.

use crate::{Script, simulated};

/// All shells that replace aliases in a script file.
const REPLACING: &[&str] = &[
    "dash-0.5.12-bookworm",
    "busybox-1.35.0-deb",
    "bash-5.2.15-sh",
    "mksh-59c",
    "zsh-5.9",
    "yash-2.52",
    "ksh93u+m-1.0.4",
];

/// Standard output of a script file.
fn output(text: &str, shell: &str) -> String {
    simulated(&Script { name: "alias".into(), text: text.into(), inline: false, args: Vec::new() }, shell).stdout
}

#[test]
fn an_alias_holds_from_the_line_behind_its_definition_on() {
    for shell in REPLACING {
        assert_eq!(output("alias x='echo hi'\nx there", shell), "hi there\n", "{shell}");
        assert_eq!(output("alias x='echo hi'; x there\nx 2", shell), "hi 2\n", "{shell}");
        assert_eq!(
            output("alias x='echo hi'\nx 1\nalias x='echo ho'\nx 2\nunalias x\nx 3", shell),
            "hi 1\nho 2\n",
            "{shell}"
        );
    }
    assert_eq!(output("alias x='echo hi'\nx there", "bash-5.2.15"), "");
    assert_eq!(output("shopt -s expand_aliases\nalias x='echo hi'\nx there", "bash-5.2.15"), "hi there\n");
    assert_eq!(output("alias x='echo hi'\nx there", "posh-0.14.1"), "");
}

#[test]
fn a_function_keeps_the_alias_that_held_where_it_was_defined() {
    for shell in REPLACING {
        let text = "alias x='echo one'\nf() { x; }\nalias x='echo two'\nf\nx";
        assert_eq!(output(text, shell), "one\ntwo\n", "{shell}");
    }
}

#[test]
fn substitutions_are_read_with_the_function_or_when_they_run() {
    let text = "alias x='echo two'\ng() { echo $(x) `x`; }\nalias x='echo three'\ng";
    for (shell, line) in [
        ("dash-0.5.12-bookworm", "two two\n"),
        ("busybox-1.35.0-deb", "two two\n"),
        ("bash-5.2.15-sh", "two three\n"),
        ("mksh-59c", "two three\n"),
        ("yash-2.52", "two three\n"),
        ("zsh-5.9", "three three\n"),
        ("ksh93u+m-1.0.4", "three three\n"),
    ] {
        assert_eq!(output(text, shell), line, "{shell}");
    }
}

#[test]
fn where_eval_is_read_whole_an_alias_in_it_holds_only_behind_it() {
    let text = "eval \"alias x='echo hi'\nx one\"\nx two";
    for shell in REPLACING {
        let whole = shell.starts_with("zsh") || shell.starts_with("ksh");
        assert_eq!(output(text, shell), if whole { "hi two\n" } else { "hi one\nhi two\n" }, "{shell}");
    }
}

#[test]
fn values_may_be_reserved_words_and_make_the_next_word_a_candidate() {
    for shell in REPLACING {
        assert_eq!(output("alias f='for i in' b='{' e='}'\nf 1 2; do b echo $i; e; done", shell), "1\n2\n", "{shell}");
        assert_eq!(output("alias a='echo ' b=c\na b\na d b", shell), "c\nd b\n", "{shell}");
        assert_eq!(output("alias u='echo u\necho v'\nu w", shell), "u\nv w\n", "{shell}");
    }
}

#[test]
fn type_and_command_tell_of_an_alias() {
    for (shell, lines) in [
        ("dash-0.5.12-bookworm", "x is an alias for y z\nalias x='y z'\n"),
        ("busybox-1.35.0-deb", "x is an alias for y z\nalias x='y z'\n"),
        ("bash-5.2.15-sh", "x is aliased to `y z'\nalias x='y z'\n"),
        ("yash-2.52", "x: an alias for `y z'\nalias x='y z'\n"),
        ("zsh-5.9", "x is an alias for y z\nalias x='y z'\n"),
        ("ksh93u+m-1.0.4", "x is an alias for y z\n'y z'\n"),
        ("bash-5.2.15", ""),
    ] {
        assert_eq!(output("alias x='y z'; type x; command -v x", shell), lines, "{shell}");
    }
}
