//! Columns: Go's text/tabwriter, which kubectl and docker print tables and descriptions with.
//!
//! A column is a run of neighbouring lines that have a cell there which a tab ends; it is as wide as its widest cell. So one
//! long key widens the lines around it and no others.

/// How wide columns are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Widths {
    /// Narrowest column with its gap.
    pub least: usize,
    /// Gap behind the widest cell.
    pub gap: usize,
}

/// `kubectl get`: cli-runtime pkg/printers/tabwriter.go.
pub(super) const GET: Widths = Widths { least: 6, gap: 3 };
/// `kubectl describe`: kubectl pkg/describe/describe.go `tabbedString`.
pub(super) const DESCRIBE: Widths = Widths { least: 0, gap: 2 };

/// Text with tabs to text in columns.
pub(super) fn align(text: &str, widths: Widths) -> String {
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let mut cells: Vec<Vec<usize>> = lines.iter().map(|cells| vec![0; cells.len()]).collect();
    let most = lines.iter().map(Vec::len).max().unwrap_or(0);
    for column in 0..most {
        let mut start = 0;
        while start < lines.len() {
            // The last cell of a line is ended by no tab and belongs to no column.
            let has = |line: usize| lines.get(line).is_some_and(|cells| column + 1 < cells.len());
            if !has(start) {
                start += 1;
                continue;
            }
            let end = (start..lines.len()).find(|line| !has(*line)).unwrap_or(lines.len());
            let length = |line: usize| lines.get(line).and_then(|c| c.get(column)).map_or(0, |c| c.chars().count());
            let widest = (start..end).map(length).max().unwrap_or(0);
            // A column without any text takes no place at all in Go's writer.
            let width = if widest == 0 && widths.least == 0 { 0 } else { (widest + widths.gap).max(widths.least) };
            for line in cells.get_mut(start..end).into_iter().flatten() {
                if let Some(cell) = line.get_mut(column) {
                    *cell = width;
                }
            }
            start = end;
        }
    }
    let mut out = String::new();
    for (line, widths) in lines.iter().zip(&cells) {
        for (n, (cell, width)) in line.iter().zip(widths).enumerate() {
            if n + 1 == line.len() {
                out.push_str(cell);
            } else {
                out.push_str(&format!("{cell:<width$}"));
            }
        }
        out.push('\n');
    }
    out
}

/// A table whose later rows keep at least the widths of the earlier ones, as `kubectl get -w` prints it.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// The lines of some rows.
    pub fn print(&mut self, rows: &[Vec<String>]) -> Vec<String> {
        for row in rows {
            for (n, cell) in row.iter().enumerate() {
                let width = (cell.chars().count() + GET.gap).max(GET.least);
                match self.widths.get_mut(n) {
                    Some(known) => *known = width.max(*known),
                    None => self.widths.push(width),
                }
            }
        }
        rows.iter().map(|row| self.line(row)).collect()
    }

    fn line(&self, row: &[String]) -> String {
        let mut line = String::new();
        for (n, (cell, width)) in row.iter().zip(&self.widths).enumerate() {
            if n + 1 == row.len() {
                line.push_str(cell);
            } else {
                line.push_str(&format!("{cell:<width$}"));
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_key_widens_only_its_neighbours() {
        let text = "Name:\tweb\nTermination Grace Period:\t30s\nContainers:\n  app:\n    Image:\tapp\n";
        let expected = "\
Name:                      web
Termination Grace Period:  30s
Containers:
  app:
    Image:  app
";
        assert_eq!(align(text, DESCRIBE), expected);
    }

    #[test]
    fn later_rows_of_a_watch_keep_their_columns() {
        let mut table = Table::default();
        let row = |cells: [&str; 2]| vec![cells.map(str::to_owned).to_vec()];
        assert_eq!(table.print(&row(["NAME", "READY"])), ["NAME   READY"]);
        assert_eq!(table.print(&row(["web-1234", "1/1"])), ["web-1234   1/1"]);
        assert_eq!(table.print(&row(["a", "0/1"])), ["a          0/1"]);
    }
}
