//! A command line to its words, as an interactive bash splits it (bash(1), QUOTING).
//!
//! Quotes and backslashes are taken away. Pipes, redirections, lists and expansions are not simulated and are said so; one
//! `--` keeps everything behind it as it is.

/// The words of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// The program.
    pub fn first(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// All of them.
    pub fn all(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// What follows it.
    pub fn rest(&self) -> Vec<&str> {
        self.0.iter().skip(1).map(String::as_str).collect()
    }
}

/// Characters that mean something to the shell outside of quotes, and what.
const META: &[(char, &str)] = &[
    ('|', "pipes"),
    ('<', "redirections"),
    ('>', "redirections"),
    (';', "lists of commands"),
    ('&', "background jobs"),
    ('$', "expansions"),
    ('`', "expansions"),
];

/// Splits a line, or says what is not simulated.
pub fn split(line: &str) -> Result<Words, String> {
    read(line, true)
}

/// Splits a text at spaces outside of quotes; nothing else means anything (Compose, `command: ...`).
pub fn split_plain(text: &str) -> Result<Words, String> {
    read(text, false)
}

fn read(line: &str, shell: bool) -> Result<Words, String> {
    let mut words = Words::default();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\n' | '\r' => words.0.extend(word.take()),
            '#' if shell && word.is_none() => break,
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(c) => word.push(c),
                        None => return Err("bash: unexpected EOF while looking for matching `''".to_owned()),
                    }
                }
            }
            '"' => double(&mut chars, word.get_or_insert_default(), shell)?,
            '\\' => word.get_or_insert_default().extend(chars.next()),
            _ => {
                if let Some((_, what)) = META.iter().find(|(meta, _)| shell && *meta == c) {
                    return Err(format!("not simulated: {what} in the terminal ({c})"));
                }
                word.get_or_insert_default().push(c);
            }
        }
    }
    words.0.extend(word);
    Ok(words)
}

fn double(chars: &mut std::str::Chars<'_>, word: &mut String, shell: bool) -> Result<(), String> {
    loop {
        match chars.next() {
            Some('"') => return Ok(()),
            Some('\\') => match chars.next() {
                Some(c @ ('"' | '\\' | '$' | '`')) => word.push(c),
                Some(c) => word.extend(['\\', c]),
                None => break,
            },
            Some(c @ ('$' | '`')) if shell => return Err(format!("not simulated: expansions in the terminal ({c})")),
            Some(c) => word.push(c),
            None => break,
        }
    }
    Err("bash: unexpected EOF while looking for matching `\"'".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        split(line).unwrap().0
    }

    #[test]
    fn quotes_join_what_they_hold() {
        assert_eq!(
            words("  kubectl  exec web -- sh -c 'kill 1' # now"),
            ["kubectl", "exec", "web", "--", "sh", "-c", "kill 1"]
        );
        assert_eq!(words(r#"echo "a \"b\" \n" c\ d ''"#), ["echo", "a \"b\" \\n", "c d", ""]);
    }

    #[test]
    fn what_only_a_shell_can_do_is_said() {
        assert_eq!(split("kubectl get pods | grep web").unwrap_err(), "not simulated: pipes in the terminal (|)");
        assert!(split("echo 'a").unwrap_err().contains("unexpected EOF"));
    }
}
