//! Options of a shell's command line, and what it reads first. Expected is what the real shells of Debian bookworm print
//! without a terminal.

use simulator::probe::shell::{Question, ask};
use simulator::trace::ExitStatus;

/// Exit code, standard output and the first line of standard error.
fn called(shell: &str, argv: &[&str]) -> (Option<u8>, String, String) {
    let argv = argv.iter().map(|a| (*a).to_string()).collect();
    let question = Question { shell: shell.into(), argv, script_file: None, stdin: None };
    let end = ask(&question).unwrap().self_exit.unwrap();
    let code = if let Some(ExitStatus::Exited(code)) = end.pid1 { Some(code) } else { None };
    (code, end.stdout, end.stderr.lines().next().unwrap_or("").to_string())
}

fn prints(shell: &str, argv: &[&str], code: u8, stdout: &str, stderr: &str) {
    assert_eq!(called(shell, argv), (Some(code), stdout.into(), stderr.into()), "{shell} {argv:?}");
}

#[test]
fn options_with_a_value_take_the_next_word() {
    prints("bash-5.2.15", &["bash", "-O", "nullglob", "-c", "echo [*.x]"], 0, "\n", "");
    prints("bash-5.2.15", &["bash", "--rcfile", "f", "-c", "echo a"], 0, "a\n", "");
    prints("bash-5.2.15", &["bash", "-eo", "pipefail", "-c", "false | true; echo a"], 1, "", "");
    prints(
        "bash-5.2.15",
        &["bash", "-O", "none", "-c", "echo a"],
        2,
        "",
        "bash: line 0: none: invalid shell option name",
    );
}

#[test]
fn a_wrong_option_ends_the_shell_before_it_runs_anything() {
    prints("bash-5.2.15", &["bash", "-z", "-c", "echo a"], 2, "", "bash: -z: invalid option");
    prints("bash-5.2.15", &["bash", "--none", "-c", "echo a"], 2, "", "bash: --none: invalid option");
    prints(
        "bash-5.2.15",
        &["bash", "-o", "none", "-c", "echo a"],
        2,
        "",
        "bash: line 0: bash: none: invalid option name",
    );
    prints("dash-0.5.12-bookworm", &["sh", "--login", "-c", "echo a"], 2, "", "sh: 0: Illegal option --");
    prints("busybox-1.35.0-deb", &["sh", "-z", "-c", "echo a"], 2, "", "sh: illegal option -z");
    prints("mksh-59c", &["mksh", "-z", "-c", "echo a"], 1, "", "E: mksh: -z: unknown option");
}

#[test]
fn without_a_terminal_job_control_stays_off() {
    let told = "bash: cannot set terminal process group (-1): Inappropriate ioctl for device";
    prints("bash-5.2.15", &["bash", "-mc", "echo $-"], 0, "hBc\n", told);
    prints(
        "dash-0.5.12-bookworm",
        &["sh", "-m", "-c", "echo a"],
        0,
        "a\n",
        "sh: 0: can't access tty; job control turned off",
    );
    prints("mksh-59c", &["mksh", "-mc", "echo a"], 0, "a\n", "");
}

#[test]
fn an_interactive_shell_ignores_term_and_its_child_does_not() {
    let text = "sleep 0.3 & sleep 0.1; kill $!; wait $!; echo $?; kill $$; echo $?";
    assert_eq!(called("bash-5.2.15", &["bash", "-ic", text]).1, "143\n0\n");
}

#[test]
fn set_v_shows_lines_as_they_are_read() {
    prints("bash-5.2.15", &["bash", "-vc", "echo a"], 0, "a\n", "echo a");
    prints("dash-0.5.12-bookworm", &["sh", "-vc", "echo a"], 0, "a\n", "");
}

#[test]
fn set_c_protects_files_only() {
    prints("bash-5.2.15", &["bash", "-C", "-c", "echo a > /dev/null; echo $?"], 0, "0\n", "");
}
