//! Names for many builds at once: the first and the last of those that follow each other in a line of releases.

use crate::shell::variants::{Variant, all};

/// Builds of one line that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The line.
    pub line: &'static str,
    /// The first release of them.
    pub first: &'static str,
    /// The last one.
    pub last: &'static str,
    /// How many builds.
    pub count: usize,
    /// No build of the line was measured before the first.
    pub from_start: bool,
    /// None was measured after the last.
    pub to_end: bool,
}

/// The builds as ranges, in the order of the table.
#[must_use]
pub fn ranges(builds: &[&'static Variant]) -> Vec<Range> {
    let mut lines: Vec<&str> = Vec::new();
    for row in all() {
        if !lines.contains(&row.line) {
            lines.push(row.line);
        }
    }
    lines.into_iter().flat_map(|line| ranges_of(line, builds)).collect()
}

fn ranges_of(line: &'static str, builds: &[&'static Variant]) -> Vec<Range> {
    let mut out: Vec<Range> = Vec::new();
    let rows: Vec<&'static Variant> = all().filter(|v| v.line == line).collect();
    let mut before = false;
    for (position, row) in rows.iter().enumerate() {
        let here = builds.contains(row);
        let to_end = position + 1 == rows.len();
        match out.last_mut().filter(|_| before && here) {
            Some(range) => {
                range.last = row.release;
                range.count += 1;
                range.to_end = to_end;
            }
            None if here => out.push(Range {
                line,
                first: row.release,
                last: row.release,
                count: 1,
                from_start: position == 0,
                to_end,
            }),
            None => {}
        }
        before = here;
    }
    out
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.from_start, self.to_end) {
            _ if self.first == self.last => write!(f, "{} {}", self.line, self.first),
            (false, true) => write!(f, "{} {} and later (to {})", self.line, self.first, self.last),
            (_, true | false) => write!(f, "{} {} - {}", self.line, self.first, self.last),
        }
    }
}
