//! Tables and durations as kubectl prints them.

use crate::base::time::SimDuration;

/// Narrowest column with its gap (cli-runtime pkg/printers/tabwriter.go `tabwriterMinWidth`).
const NARROWEST: usize = 6;

/// Lines of cells, each column as wide as its widest cell and `gap` more; the last column has no padding.
pub fn columns<const N: usize>(header: &[&str; N], rows: &[[String; N]], gap: usize) -> String {
    let widest = |n: usize| {
        let cells = rows.iter().filter_map(|r| r.get(n)).map(String::len);
        let own = header.get(n).map_or(0, |h| h.len());
        cells.max().unwrap_or(0).max(own).saturating_add(gap).max(NARROWEST)
    };
    let widths: Vec<usize> = (0..N).map(widest).collect();
    let mut text = String::new();
    let mut line = |cells: &[&str]| {
        for (n, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            if n + 1 == cells.len() {
                text.push_str(cell);
            } else {
                text.push_str(&format!("{cell:<width$}"));
            }
        }
        text.push('\n');
    };
    line(header);
    for row in rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        line(&cells);
    }
    text
}

/// `45s`, `2m10s`, `15m`, `3h20m` (apimachinery pkg/util/duration `HumanDuration`).
pub fn age(time: SimDuration) -> String {
    let seconds = time.as_secs();
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    let pair = |big: u64, unit: &str, small: u64, part: &str| match small {
        0 => format!("{big}{unit}"),
        _ => format!("{big}{unit}{small}{part}"),
    };
    match seconds {
        0..120 => format!("{seconds}s"),
        120..600 => pair(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => pair(hours, "h", minutes % 60, "m"),
        _ => format!("{hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_lose_precision_as_they_grow() {
        let ages =
            [0, 119, 120, 130, 599, 600, 10_799, 10_800, 12_000, 100_000].map(|s| age(SimDuration::from_secs(s)));
        assert_eq!(ages, ["0s", "119s", "2m", "2m10s", "9m59s", "10m", "179m", "3h", "3h20m", "27h"]);
    }

    #[test]
    fn a_narrow_column_is_six_wide() {
        assert_eq!(columns(&["A", "B"], &[["x".to_owned(), "y".to_owned()]], 3), "A     B\nx     y\n");
    }
}
