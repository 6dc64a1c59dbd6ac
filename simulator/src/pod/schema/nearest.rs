//! The known name that a mistyped one most resembles.

/// The candidate nearest to `word`: equal but for case, or at most a third of its letters (and at most three) away.
pub fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let scored = candidates.map(|candidate| {
        let same = candidate.eq_ignore_ascii_case(word);
        (if same { 0 } else { distance(word, candidate) }, candidate)
    });
    scored.filter(|(away, _)| *away <= allowed).min().map(|(_, candidate)| candidate)
}

/// Letters to insert, delete or replace (Levenshtein); words far longer than any field name are not compared.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 64;
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, y) in row.iter_mut().skip(1).zip(b.chars()) {
            let replaced = diagonal + usize::from(x != y);
            diagonal = *cell;
            left = replaced.min(*cell + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn a_typo_finds_its_field_and_a_stranger_does_not() {
        let fields = ["lifecycle", "livenessProbe", "image", "env"];
        assert_eq!(nearest("lifecyle", fields.into_iter()), Some("lifecycle"));
        assert_eq!(nearest("LivenessPROBE", fields.into_iter()), Some("livenessProbe"));
        assert_eq!(nearest("gracePeriod", fields.into_iter()), None);
        assert_eq!(nearest("x", ["env"].into_iter()), None);
    }
}
