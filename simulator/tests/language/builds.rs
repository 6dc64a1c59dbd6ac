//! What differs between builds of dash and BusyBox ash. Expected is what the real builds print: dash 0.5.6 to 0.5.12, the
//! binaries of Alpine 3.6 to 3.20 and Debian's.

use crate::{Script, simulated};

/// Standard output of the script in each build.
fn prints(text: &str, expected: &[(&str, &str)]) {
    let script = Script { name: "build".into(), text: text.into(), inline: false, args: Vec::new() };
    for (shell, output) in expected {
        assert_eq!(simulated(&script, shell).stdout, *output, "{shell}: {text}");
    }
}

#[test]
fn redirections_are_undone_before_the_exit_trap() {
    let expected =
        [("dash-0.5.6", "bye\n"), ("dash-0.5.12-bookworm", "bye\n"), ("alpine-3.6", "bye\n"), ("bash-5.2.15", "")];
    prints("trap 'echo bye' EXIT; { exit 1; } >/dev/null", &expected);
    prints("trap 'echo bye' EXIT; f() { set -e; false; }; f >/dev/null", &expected);
}

#[test]
fn a_negated_break_fails_but_in_the_latest_dash() {
    for text in ["for i in 1; do ! break; done; echo $?", "while :; do ! break; done; echo $?"] {
        let expected =
            [("dash-0.5.6", "1\n"), ("dash-0.5.11", "1\n"), ("dash-0.5.12-bookworm", "0\n"), ("alpine-3.20", "1\n")];
        prints(text, &expected);
        prints(text, &[("zsh-5.9", "1\n"), ("yash-2.52", "1\n"), ("ksh93u+m-1.0.4", "1\n"), ("mksh-59c", "0\n")]);
    }
    let text = "f() { ! return 3; }; f; echo $?";
    prints(text, &[("dash-0.5.11", "0\n"), ("dash-0.5.12-bookworm", "3\n"), ("alpine-3.6", "0\n")]);
}

#[test]
fn local_outside_of_a_function_ends_the_shell_where_it_is_a_special_builtin() {
    let text = "local x=1; echo $?";
    prints(text, &[("dash-0.5.6", "0\n"), ("dash-0.5.7", ""), ("alpine-3.7", "2\n"), ("alpine-3.8", "")]);
}

#[test]
fn exec_knows_the_options_of_the_build() {
    // BusyBox's applets go by the name that they are given.
    let expected = [("alpine-3.12", "hi\n"), ("bash-5.2.15", "hi\n"), ("dash-0.5.12-bookworm", "")];
    prints("echo hi > f; exec -a cat cat f", &expected);
    prints("echo hi > f; exec -l cat f", &[("alpine-3.12", ""), ("bash-5.2.15", "hi\n")]);
}

#[test]
fn a_word_that_closes_nothing_is_dropped_by_old_dash() {
    let text = "echo a; fi";
    prints(text, &[("dash-0.5.8", "a\n"), ("dash-0.5.9", ""), ("alpine-3.6", "")]);
    prints("echo a; }; echo b", &[("dash-0.5.8", "a\n"), ("dash-0.5.9", "")]);
}

#[test]
fn busybox_waits_for_an_orphan_too_when_a_job_has_failed() {
    let text = "( ( sleep 0.3; echo orphan ) & ); ( exit 3 ) & wait; echo done";
    prints(text, &[("alpine-3.20", "orphan\ndone\n"), ("alpine-3.12", "done\n"), ("dash-0.5.12-bookworm", "done\n")]);
    let succeeds = "( ( sleep 0.3; echo orphan ) & ); ( sleep 0.1 ) & wait; echo done";
    prints(succeeds, &[("alpine-3.20", "done\n")]);
}

#[test]
fn wait_n_of_busybox_says_129_for_any_job_that_failed() {
    prints(
        "( exit 3 ) & wait -n; echo $?",
        &[("alpine-3.12", "3\n"), ("alpine-3.13", "129\n"), ("bash-5.2.15", "3\n")],
    );
    prints("( exit 0 ) & wait -n; echo $?", &[("alpine-3.12", "0\n"), ("alpine-3.20", "0\n")]);
}

#[test]
fn a_here_document_takes_a_process_in_busybox_up_to_1_31() {
    let text = "cat <<E\nx\nE\nsh -c 'echo $$'";
    prints(text, &[("alpine-3.12", "x\n4\n"), ("alpine-3.13", "x\n3\n"), ("dash-0.5.8", "x\n3\n")]);
    prints("cat <<'E'\nx\nE\nsh -c 'echo $$'", &[("alpine-3.12", "x\n3\n")]);
}

#[test]
fn set_e_ends_a_substitution_that_is_part_of_a_condition_in_dash_mksh_and_posh() {
    let text = "set -e; if x=$(false; echo a); then echo then; fi; echo \"<$x>\"";
    let (ends, goes_on) = ("<>\n", "then\n<a>\n");
    let expected = [("dash-0.5.12-bookworm", ends), ("mksh-59c", ends), ("posh-0.14.1", ends)];
    prints(text, &expected);
    let expected = [("bash-5.2.15", goes_on), ("busybox-1.35.0-deb", goes_on), ("zsh-5.9", goes_on)];
    prints(text, &expected);
    prints(text, &[("yash-2.52", goes_on), ("ksh93u+m-1.0.4", goes_on)]);
}

#[test]
fn the_status_in_front_of_a_substitution_is_that_of_the_command_before() {
    let text = "(exit 3); echo $? $(exit 4) $?";
    prints(text, &[("bash-5.2.15", "3 4\n"), ("dash-0.5.12-bookworm", "3 3\n")]);
}

#[test]
fn lastpipe_runs_the_last_member_in_bash_itself() {
    let text = "shopt -s lastpipe; true | false | read x; echo $? ${PIPESTATUS[@]}; echo a | read x; echo $x";
    prints(text, &[("bash-5.2.15", "1 0 1 1\na\n")]);
}

#[test]
fn a_child_of_bash_lists_the_traps_of_its_parent_and_keeps_that_of_err_with_set_e() {
    let text = "trap 'echo x' TERM; x=$(trap -p TERM); echo \"$x\"; set -E; trap 'echo err' ERR; (false); echo end";
    prints(text, &[("bash-5.2.15", "trap -- 'echo x' SIGTERM\nerr\nerr\nend\n")]);
}

#[test]
fn names_of_functions_are_checked_by_bash_as_sh_only() {
    let text = "echo a; my-f() { echo b; }; my-f; echo c";
    prints(text, &[("bash-5.2.15", "a\nb\nc\n"), ("bash-5.2.15-sh", "a\n"), ("mksh-59c", "a\nb\nc\n")]);
}
