//! awk(1) as POSIX has it, with gensub of gawk where it is called gawk or is BusyBox's.
//!
//! `lex` and `parse` read a program, `run` runs it, `value` says what strings and numbers are, `builtin` has the functions.
//! Left out: `system`, commands read by `getline` and written by `|`, and `getline < file`; they are said.

mod ast;
mod builtin;
mod cells;
mod lex;
mod parse;
mod records;
mod run;
mod value;

use super::given::{self, Given};
use super::{Job, Outcome};

fn options<'a>(args: &[&'a str]) -> Given<'a> {
    // Behind the program nothing is an option.
    let mut end = 0;
    while let Some(word) = args.get(end).filter(|w| w.starts_with('-') && w.len() > 1) {
        end += if matches!(*word, "-F" | "-v" | "-f") { 2 } else { 1 };
        if *word == "--" {
            break;
        }
    }
    let (head, tail) = args.split_at_checked(end).unwrap_or((args, &[]));
    let long = [("field-separator", 'F'), ("assign", 'v'), ("file", 'f')];
    let mut given = given::read(head, "Fvf", "Wne", &long);
    given.words.extend(tail);
    given
}

/// `name=value` among the files is an assignment.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    })
}

pub(super) fn reads(args: &[&str]) -> Vec<String> {
    let given = options(args);
    let files = given.words.iter().skip(usize::from(!given.has('f')));
    files.filter(|word| !is_assignment(word)).map(|word| (*word).to_owned()).collect()
}

pub(super) fn run(job: &Job<'_>) -> Outcome {
    let given = options(&job.args);
    let missing = |what: &str| Outcome { missing: Some(what.to_owned()), ..Outcome::default() };
    if given.has('f') {
        return missing("programs of awk in files are not simulated: it prints nothing");
    }
    let Some(text) = given.words.first() else {
        return Outcome::fails("Usage: mawk [Options] [Program] [file ...]\n".into(), 2);
    };
    let program = match lex::tokens(text).and_then(|tokens| parse::program(&tokens)) {
        Ok(program) => program,
        Err(what) => {
            return Outcome::fails(format!("{}: line 1: syntax error at or near {what}\n", shown(job)), 2);
        }
    };
    let mut machine = run::Machine::new(&program, job);
    machine.gensub = job.busybox || job.name == "gawk";
    if let Some(separator) = given.value('F') {
        let separator = if separator == "t" { "\t" } else { separator };
        machine.set("FS", value::Val::Text(value::escapes(separator)));
    }
    for pair in given.values('v').chain(given.words.iter().skip(1).copied().filter(|w| is_assignment(w))) {
        if let Some((name, text)) = pair.split_once('=') {
            machine.set(name, value::Val::input(value::escapes(text)));
        }
    }
    machine.run()
}

fn shown<'a>(job: &Job<'a>) -> &'a str {
    if job.busybox || job.name == "gawk" { job.name } else { "mawk" }
}

#[cfg(test)]
mod tests {
    use super::super::Job;

    fn awk(program: &str, input: &str) -> String {
        let env = std::sync::Arc::new([("HOME".into(), "/root".into())].into_iter().collect());
        let args = vec![program];
        let job = Job { name: "gawk", args, inputs: vec![("-", input)], env: &env, busybox: false };
        let outcome = super::run(&job);
        assert_eq!(outcome.missing, None, "{program}");
        outcome.writes.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn fields_patterns_and_separators_work_as_in_entrypoints() {
        assert_eq!(awk("{print $2}", "a b c\nd  e\n"), "b\ne\n");
        assert_eq!(awk("BEGIN{FS=\":\"} $1==\"redis\" {print $3}", "root:x:0\nredis:x:999\n"), "999\n");
        assert_eq!(awk("/^#/ {next} NF {n++} END {print n+0, NR}", "# x\na\n\nb\n"), "2 4\n");
        let program = "BEGIN{ORS=\" \"} $1==\"nameserver\" {if ($2 ~ \":\") {print \"[\"$2\"]\"} else {print $2}}";
        assert_eq!(awk(program, "search x\nnameserver 10.0.0.2\nnameserver fd00::2\n"), "10.0.0.2 [fd00::2] ");
        assert_eq!(awk("{ $2 = \"x\"; print; print NF, $NF }", "a b c\n"), "a x c\n3 c\n");
        assert_eq!(awk("NR==2,/end/", "1\n2\n3 end\n4\n"), "2\n3 end\n");
    }

    #[test]
    fn numbers_print_as_awk_prints_them() {
        assert_eq!(
            awk("BEGIN { print 1/3, 2^10, 7%3, 1e6, 0.1+0.2, -3, int(-3.9), 100000*100000 }", ""),
            "0.333333 1024 1 1000000 0.3 -3 -3 10000000000\n"
        );
        assert_eq!(
            awk("{ s += $1 } END { printf \"%d %.1f %5s|%-4s|\\n\", s, s/NR, \"ab\", \"c\" }", "1\n2.5\n"),
            "3 1.8    ab|c   |\n"
        );
        assert_eq!(awk("{ print ($1 > $2), ($1 \"\" > $2 \"\") }", "10 9\n"), "1 0\n");
    }

    #[test]
    fn functions_and_arrays_work() {
        assert_eq!(
            awk("{ gsub(/[^0-9]/, \"\"); print length($0), substr($0, 2, 2), index($0, \"3\") }", "a1b2c3d4\n"),
            "4 23 3\n"
        );
        assert_eq!(
            awk(
                "{ n = split($0, a, \",\"); for (i = n; i > 0; i--) printf \"%s \", a[i] } END { print \"\" }",
                "x,y,z\n"
            ),
            "z y x \n"
        );
        assert_eq!(awk("function f(x, y) { y = x * 2; return y } BEGIN { print f(4), toupper(\"ab\") }", ""), "8 AB\n");
        assert_eq!(
            awk("BEGIN { a[\"x\"]; if (\"x\" in a) print \"in\"; delete a[\"x\"]; print (\"x\" in a) ? 1 : 0 }", ""),
            "in\n0\n"
        );
        assert_eq!(
            awk("{ if (match($0, /v[0-9]+/)) print substr($0, RSTART + 1, RLENGTH - 1) }", "app v12 x\n"),
            "12\n"
        );
        assert_eq!(
            awk("BEGIN { print gensub(/(.+)\\/.+/, \"\\\\1\", \"g\", \"10.0.0.1/24\"), ENVIRON[\"HOME\"] }", ""),
            "10.0.0.1 /root\n"
        );
        assert_eq!(
            awk(
                "BEGIN { while (i < 3) { i++; if (i == 2) continue; print i } do { print \"once\" } while (0); exit 3 }",
                ""
            ),
            "1\n3\nonce\n"
        );
    }
}
