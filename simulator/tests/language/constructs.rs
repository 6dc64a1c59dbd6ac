//! Constructs of all shells, one command string each: what is named as not simulated does differ from the real shell, and what
//! agrees with it is not named. What differs without being named is counted.
//!
//! A construct that begins to work is told by the first test: its row of `variants::missing` goes then.
//!
//! The strings and what the shells did are in `../data/constructs.json.gz`. `DIFFERS=1` prints what is not named.

use crate::{Run, Script, real, scripts, simulated};
use flate2::read::GzDecoder;
use serde_json::Value;
use simulator::base::diagnostic::line_column;
use simulator::shell::missing::find;
use simulator::shell::parse::parse;
use simulator::shell::variants::by_id;
use simulator::shell::variants::missing::MISSING;
use std::collections::BTreeMap;

const MEASURED: &[u8] = include_bytes!("../data/constructs.json.gz");

/// `line:column what` of each construct of the script that is not simulated in this build.
fn named(text: &str, shell: &str) -> Vec<String> {
    let row = by_id(shell).unwrap();
    let script = parse(text, &row.columns.syntax);
    let place = |span: simulator::base::diagnostic::Span| line_column(text, span.start as usize);
    let missing = find(text, &script, row);
    missing
        .iter()
        .map(|m| (place(m.span), &m.what))
        .map(|((line, column), what)| format!("{line}:{column} {what}"))
        .collect()
}

fn inline(text: &str) -> Script {
    Script { name: "construct".into(), text: text.into(), inline: true, args: Vec::new() }
}

#[test]
fn what_agrees_with_the_real_shell_is_not_named() {
    let document: Value = serde_json::from_reader(GzDecoder::new(MEASURED)).unwrap();
    let (mut wrong, mut open): (Vec<String>, BTreeMap<String, usize>) = (Vec::new(), BTreeMap::new());
    for (text, runs) in document["scripts"].as_object().unwrap() {
        for (shell, run) in runs.as_object().unwrap() {
            let (real, simulated): (Run, Run) = (real(run), simulated(&inline(text), shell));
            match (real == simulated, named(text, shell).as_slice()) {
                (true, []) | (false, [_, ..]) => {}
                (true, names) => wrong.push(format!("{shell}: {text}: {names:?}")),
                (false, []) => {
                    *open.entry(shell.clone()).or_default() += 1;
                    if std::env::var_os("DIFFERS").is_some() {
                        println!("@@ {shell} @@ {text} @@ {real:?} @@ {simulated:?}");
                    }
                }
            }
        }
    }
    println!("differ and are not named: {open:?}");
    assert!(wrong.is_empty(), "named without need:\n{}", wrong.join("\n"));
}

#[test]
fn scripts_that_agree_are_not_named() {
    let measured = crate::measured();
    let mut wrong = Vec::new();
    for script in scripts() {
        for (shell, run) in measured["scripts"][&script.name]["runs"].as_object().unwrap() {
            let names = named(&script.text, shell);
            if !names.is_empty() && real(run) == simulated(&script, shell) {
                wrong.push(format!("{shell} {}: {names:?}", script.name));
            }
        }
    }
    assert!(wrong.is_empty(), "named without need:\n{}", wrong.join("\n"));
}

/// A shell, a script, and what is named in it: one of each kind.
const CASES: &[(&str, &str, &str)] = &[
    ("bash-5.2.15", "echo a\n  coproc cat", "2:3 coproc"),
    ("bash-5.2.15", "x=$(coproc cat)", "1:5 coproc"),
    ("bash-5.2.15", "x=`coproc cat`", "1:3 coproc"),
    ("mksh-59c", "cat |& echo", "1:6 the coprocess of |&"),
    ("bash-5.2.15", "exec {lock}> f", "1:6 {lock} in front of a redirection"),
    ("ksh93u+m-1.0.4", "select x in a; do :; done", "1:1 the dialogue of select"),
    ("zsh-5.9", "repeat 2 echo a", "1:1 repeat of zsh"),
    ("zsh-5.9", "for i in a; { echo; }", "1:13 a loop with braces"),
    ("zsh-5.9", "{ echo a; } always { echo b; }", "1:13 this form of a compound command"),
    ("mksh-59c", "case a in a) echo;| esac", "1:19 the ending ;| of an arm"),
    ("ksh93u+m-1.0.4", "case a in @(a|b)) ;; esac", "1:12 an extended pattern"),
    ("bash-5.2.15", "shopt -s extglob\ncase a in @(a|b)) ;; esac", "2:12 an extended pattern"),
    ("bash-5.2.15", "[[ $f == *.@(jpg|png) ]]", "1:13 an extended pattern"),
    ("zsh-5.9", "echo *(.)", "1:7 a pattern with parentheses"),
    ("zsh-5.9", "echo ${(U)x}", "1:6 this form of a parameter"),
    ("zsh-5.9", "echo ${x:t}", "1:6 the modifier :t of a parameter"),
    ("ksh93u+m-1.0.4", "echo ${.sh.version}", "1:6 a variable of .sh"),
    ("ksh93u+m-1.0.4", "echo ${c.x}", "1:6 a member of a compound variable"),
    ("mksh-59c", "x=${ echo a; }", "1:3 ${ command; }"),
    ("bash-5.2.15", "echo ${x^^[a]}", "1:6 this change of case"),
    ("bash-5.2.15", "echo ${x@A}", "1:6 the transformation @A of a parameter"),
    ("ksh93u+m-1.0.4", "x=(a=1)", "1:1 a compound variable"),
    ("ksh93u+m-1.0.4", "x.get() { :; }", "1:1 a discipline function"),
    ("ksh93u+m-1.0.4", "typeset -L5 x=a", "1:9 option -L of typeset"),
    ("mksh-59c", "integer x=5", "1:1 integer"),
    ("yash-2.52", "echo $((1.5 * 2))", "1:6 arithmetic with fractions"),
    ("zsh-5.9", "read -q x", "1:6 option -q of read"),
    ("mksh-59c", "print -u2 a", "1:7 option -u of print"),
    ("bash-5.2.15", "trap 'echo $LINENO' DEBUG", "1:21 a DEBUG trap"),
    ("ksh93u+m-1.0.4", "set -o globstar", "1:8 set -o globstar"),
    ("bash-5.2.15", "shopt -s globstar", "1:10 shopt -s globstar"),
    ("zsh-5.9", "setopt SH_WORD_SPLIT", "1:8 setopt SH_WORD_SPLIT"),
    ("bash-5.2.15", "declare -f name", "1:9 option -f of declare"),
    ("bash-5.2.15", "echo \"$EPOCHSECONDS\"", "1:7 the variable EPOCHSECONDS of bash"),
    ("dash-0.5.12-bookworm", "ls | sort -c", "1:11 option -c of sort"),
    ("dash-0.5.12-bookworm", "exec jq -r .a f", "1:6 what jq prints"),
];

#[test]
fn each_kind_is_named_at_its_line_and_column() {
    for (shell, script, expected) in CASES {
        assert_eq!(named(script, shell), [*expected], "{shell}: {script}");
    }
}

#[test]
fn every_row_of_the_table_is_met_by_a_script() {
    let document: Value = serde_json::from_reader(GzDecoder::new(MEASURED)).unwrap();
    let measured = document["scripts"].as_object().unwrap().iter();
    let scripts = measured.flat_map(|(text, runs)| runs.as_object().unwrap().keys().map(move |s| (&**text, &**s)));
    let scripts = scripts.chain(CASES.iter().map(|(shell, script, _)| (*script, *shell)));
    let of = |(text, shell): (&str, &str)| {
        named(text, shell).into_iter().map(move |what| (by_id(shell).unwrap().family, what)).collect::<Vec<_>>()
    };
    let found: Vec<(&str, String)> = scripts.flat_map(of).collect();
    for row in MISSING {
        let (before, behind) = row.what.split_once("{}").unwrap_or((row.what, ""));
        let is = |what: &str| what.split_once(' ').is_some_and(|(_, w)| w.starts_with(before) && w.ends_with(behind));
        assert!(found.iter().any(|(f, what)| row.shells.contains(f) && is(what)), "{:?}", row.construct);
    }
}

#[test]
fn names_of_functions_and_words_of_other_shells_are_left_alone() {
    for (shell, script) in [
        ("bash-5.2.15", "coproc() { :; }\ncoproc a"),
        ("dash-0.5.12-bookworm", "coproc cat\nselect x\nshopt -s lastpipe"),
        ("bash-5.2.15", "echo coproc; echo '{fd}> f' @"),
        ("bash-5.2.15", "sort() { :; }\nsort -c"),
        ("zsh-5.9", "echo ${x:-h} ${x:1}"),
    ] {
        assert_eq!(named(script, shell), Vec::<String>::new(), "{shell}: {script}");
    }
}
