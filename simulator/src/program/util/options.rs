//! Options of utilities that are simulated: what else is written in a script is named before the run.
//!
//! A row has what the utility's own file reads and what makes no difference here. Utilities without a row take what they are
//! given, or run a command behind it.

use super::{OTHERS, READERS};

/// Options of utilities of one kind.
struct Taken {
    names: &'static [&'static str],
    /// Letters with a value.
    valued: &'static str,
    /// Letters without one.
    plain: &'static str,
    /// Long names, without their values.
    long: &'static str,
}

const fn row(names: &'static [&'static str], valued: &'static str, plain: &'static str, long: &'static str) -> Taken {
    Taken { names, valued, plain, long }
}

static TAKEN: &[Taken] = &[
    row(&["cat"], "", "u", ""),
    row(&["grep", "egrep", "fgrep"], "efmABC", "EFGPivqcnlLowxshHrRazI", GREP),
    row(
        &["sed"],
        "ef",
        "nErsuzi",
        "quiet silent expression regexp-extended separate null-data unbuffered file in-place",
    ),
    row(&["head"], "nc", "qz0123456789", "lines bytes quiet silent zero-terminated"),
    row(&["tail"], "nc", "qfFz0123456789", "lines bytes quiet silent zero-terminated follow retry pid"),
    row(&["wc"], "", "lwcm", "lines words bytes chars"),
    row(&["sort"], "kto", "nVrufghbszi", SORT),
    row(&["uniq"], "", "cdui", "count repeated unique ignore-case"),
    row(&["cut"], "dfcb", "sn", "delimiter fields characters bytes only-delimited complement output-delimiter"),
    row(&["tr"], "", "dscCt", "delete squeeze-repeats complement"),
    row(&["paste"], "d", "s", "delimiters serial"),
    row(&["tee"], "", "ai", "append ignore-interrupts"),
    row(&["base64"], "w", "di", "decode wrap ignore-garbage"),
    row(&["rm"], "", "rRfvd", "recursive force verbose no-preserve-root preserve-root dir"),
    row(&["rmdir"], "", "pv", "ignore-fail-on-non-empty parents verbose"),
    row(&["mkdir"], "m", "pvZ", "parents mode verbose"),
    row(&["touch"], "", "camf", "no-create"),
    row(&["ln"], "t", "sfnvrT", "symbolic force no-dereference verbose relative target-directory no-target-directory"),
    row(&["cp", "mv"], "t", "rRafnuvpPLHdTxi", COPY),
    row(&["mktemp"], "p", "duqt", "directory tmpdir suffix dry-run quiet"),
    row(&["chown", "chgrp"], "", "RfvchHLP", "recursive verbose changes silent quiet no-dereference from reference"),
    row(&["ls"], "IwT", "aAdlhnRr1iskgoGpNQLHFtScuU", "all almost-all directory recursive color human-readable"),
    row(&["stat"], "c", "L", "format printf dereference"),
    row(&["readlink", "realpath"], "", "femnqsvz", LINKS),
    row(&["id"], "", "ugGnra", "user group name groups real"),
    row(&["basename"], "s", "az", "multiple suffix zero"),
    row(&["uname"], "", "asnrvmo", "all"),
    row(&["sleep", "true", "false", "dirname", "whoami", "nproc", "tac", "rev"], "", "", "all ignore"),
    row(&["date"], "", "uIR", "rfc-3339 iso-8601 utc"),
    row(&["seq"], "", "0123456789", ""),
];

const GREP: &str = "quiet silent ignore-case invert-match count only-matching extended-regexp fixed-strings perl-regexp \
    line-number files-with-matches files-without-match regexp file max-count word-regexp line-regexp no-messages recursive \
    with-filename no-filename after-context before-context context color line-buffered null-data text";
const SORT: &str = "numeric-sort version-sort reverse unique key field-separator ignore-case human-numeric-sort \
    zero-terminated output stable";
const COPY: &str = "recursive archive force no-clobber update verbose preserve target-directory no-target-directory \
    no-preserve dereference";
const LINKS: &str = "canonicalize no-newline quiet canonicalize-missing canonicalize-existing";

/// What of a utility with these arguments is not simulated: the number of the argument, and what it is. Arguments that are not
/// known before the run are empty.
pub(crate) fn not_simulated(name: &str, args: &[&str]) -> Vec<(usize, String)> {
    if READERS.contains(&name) {
        return vec![(0, format!("what {name} prints"))];
    }
    if OTHERS.contains(&name) {
        return vec![(0, format!("what {name} does"))];
    }
    if matches!(name, "md5sum" | "sha1sum" | "sha256sum" | "sha512sum") {
        return vec![(0, format!("what {name} computes"))];
    }
    let Some(row) = TAKEN.iter().find(|row| row.names.contains(&name)) else { return Vec::new() };
    let mut found = Vec::new();
    let mut words = args.iter().enumerate();
    while let Some((at, word)) = words.next() {
        if *word == "--" {
            break;
        }
        if let Some(long) = word.strip_prefix("--") {
            let long = long.split('=').next().unwrap_or(long);
            if !row.long.split_whitespace().any(|known| known == long) {
                found.push((at, format!("option --{long} of {name}")));
            }
            continue;
        }
        let letters = word.strip_prefix('-').unwrap_or("");
        for (place, letter) in letters.char_indices() {
            if row.valued.contains(letter) {
                if place + letter.len_utf8() == letters.len() {
                    words.next();
                }
                break;
            }
            if !row.plain.contains(letter) {
                found.push((at, format!("option -{letter} of {name}")));
                break;
            }
            // What follows is a suffix: `sed -i.bak`, `date -Iseconds`, `uname`'s letters go on.
            if matches!((name, letter), ("sed", 'i') | ("date", 'I')) {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::not_simulated;

    fn of(line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split(' ').collect();
        let (name, args) = words.split_first().unwrap();
        not_simulated(name, args).into_iter().map(|(at, what)| format!("{at} {what}")).collect()
    }

    #[test]
    fn options_that_change_nothing_here_are_told_by_their_argument() {
        assert_eq!(of("sort -c list"), ["0 option -c of sort"]);
        assert_eq!(of("cat -A list"), ["0 option -A of cat"]);
        assert_eq!(of("uniq -c -f 1"), ["1 option -f of uniq"]);
        assert_eq!(of("ls -la --zero"), ["1 option --zero of ls"]);
        assert_eq!(of("jq -r .name"), ["0 what jq prints"]);
    }

    #[test]
    fn what_is_simulated_and_what_is_no_option_is_not_told() {
        for line in [
            "sort -t : -k 2n",
            "grep -qE ^a",
            "sed -i.bak -e s/a/b/",
            "head -n 1",
            "tail -5",
            "cut -d- -f2",
            "rm -rf -- -z",
            "find / -name x",
            "date -Iseconds",
        ] {
            assert_eq!(of(line), Vec::<String>::new(), "{line}");
        }
    }
}
