//! Options of utilities as getopt_long(3) reads them: letters in one word, values, long names, `--`.

/// What a utility was given.
#[derive(Debug, Default)]
pub(super) struct Given<'a> {
    options: Vec<(char, &'a str)>,
    /// What is no option.
    pub words: Vec<&'a str>,
    /// An option that is not known, as it was written.
    pub unknown: Option<&'a str>,
}

/// Reads arguments: letters with a value, letters without one, long names with their letters.
pub(super) fn read<'a>(args: &[&'a str], valued: &str, plain: &str, long: &[(&str, char)]) -> Given<'a> {
    let mut given = Given::default();
    let mut rest = args.iter().copied();
    while let Some(word) = rest.next() {
        if word == "--" {
            given.words.extend(rest);
            break;
        }
        if let Some(name) = word.strip_prefix("--") {
            let (name, value) = name.split_once('=').map_or((name, None), |(n, v)| (n, Some(v)));
            match long.iter().find(|(l, _)| *l == name) {
                Some((_, letter)) if valued.contains(*letter) => {
                    let value = value.or_else(|| rest.next()).unwrap_or("");
                    given.options.push((*letter, value));
                }
                Some((_, letter)) => given.options.push((*letter, value.unwrap_or(""))),
                None => given.unknown = given.unknown.or(Some(word)),
            }
            continue;
        }
        let Some(letters) = word.strip_prefix('-').filter(|l| !l.is_empty()) else {
            given.words.push(word);
            continue;
        };
        for (at, letter) in letters.char_indices() {
            let behind = letters.get(at + letter.len_utf8()..).unwrap_or("");
            if valued.contains(letter) {
                let value = if behind.is_empty() { rest.next().unwrap_or("") } else { behind };
                given.options.push((letter, value));
                break;
            }
            if !plain.contains(letter) {
                given.unknown = given.unknown.or(Some(word));
            }
            given.options.push((letter, ""));
        }
    }
    given
}

impl<'a> Given<'a> {
    pub fn has(&self, letter: char) -> bool {
        self.options.iter().any(|(l, _)| *l == letter)
    }

    /// The last value of an option.
    pub fn value(&self, letter: char) -> Option<&'a str> {
        self.options.iter().rev().find(|(l, _)| *l == letter).map(|(_, v)| *v)
    }

    pub fn values(&self, letter: char) -> impl Iterator<Item = &'a str> {
        self.options.iter().filter(move |(l, _)| *l == letter).map(|(_, v)| *v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_values_and_long_names_are_told_apart() {
        let args = ["-rn", "-e", "x", "-ofile", "--quiet", "--lines=3", "a", "--", "-b"];
        let given = read(&args, "eol", "rnq", &[("quiet", 'q'), ("lines", 'l')]);
        assert!(given.has('r') && given.has('n') && given.has('q'));
        assert_eq!((given.value('e'), given.value('o'), given.value('l')), (Some("x"), Some("file"), Some("3")));
        assert_eq!(given.words, ["a", "-b"]);
        assert_eq!(read(&["-z"], "", "", &[]).unknown, Some("-z"));
    }
}
