//! "Did you mean": the nearest of a few known words.
//!
//! Rule of BuildKit `util/suggest`: Levenshtein distance below 3, and a word that is known exactly gets no suggestion.
//! Among equally near ones that builder takes any; here it is the first that begins with the same letter.

/// Distance from which a word is no longer a slip of the pen (BuildKit `util/suggest`, as in HCL).
const TOO_FAR: usize = 3;
/// Longer words are nothing that a person mistyped; keeps the distance cheap.
const LONGEST: usize = 64;

/// The option that `word` was probably meant to be; letters' case counts.
pub fn nearest<'a>(word: &str, options: &[&'a str]) -> Option<&'a str> {
    if word.len() > LONGEST || options.contains(&word) {
        return None;
    }
    let mut best = None;
    let mut best_distance = 2 * TOO_FAR;
    for option in options {
        let other_start = usize::from(word.chars().next() != option.chars().next());
        // Twice the distance, so that the first letter decides only between equals.
        let d = 2 * distance(word, option) + other_start;
        if d < best_distance {
            best = Some(*option);
            best_distance = d;
        }
    }
    best
}

/// As `nearest`, without regard to case; the answer takes the case of `word` when that is all upper or all lower.
pub fn nearest_any_case(word: &str, options: &[&str]) -> Option<String> {
    let lower = word.to_lowercase();
    let found = nearest(&lower, options)?;
    Some(if word == word.to_uppercase() && word != lower { found.to_uppercase() } else { found.to_string() })
}

/// Single-character edits between the two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((diagonal, above), cb) in row.iter().zip(row.iter().skip(1)).zip(&b) {
            let left = next.last().copied().unwrap_or(0);
            next.push((diagonal + usize::from(ca != *cb)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_in_the_case_of_the_typed_one() {
        assert_eq!(nearest_any_case("FOO", &["add", "env", "from"]), Some("FROM".into()));
        assert_eq!(nearest_any_case("cmdd", &["add", "cmd"]), Some("cmd".into()));
        assert_eq!(nearest_any_case("CDM", &["add", "cmd"]), Some("CMD".into()));
        assert_eq!(nearest_any_case("echo", &["add", "env", "from"]), None);
    }

    #[test]
    fn an_exact_word_gets_no_suggestion() {
        assert_eq!(nearest("tini", &["tini", "tiny"]), None);
    }
}
