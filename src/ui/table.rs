//! Small tables: columns lined up with spaces, no drawing.

/// Where a column's cells stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells under headings. Widths are counted in characters.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows. An empty heading leaves its place blank.
    pub fn new<'a>(columns: impl IntoIterator<Item = (&'a str, Align)>) -> Self {
        Table {
            columns: columns
                .into_iter()
                .map(|(heading, align)| (heading.to_owned(), align))
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row. Missing cells are blank, cells beyond the last column are dropped.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }

    /// The lines, the headings first (unless all are empty), without spaces at line ends.
    pub fn render(&self) -> String {
        let headings: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let titled = headings.iter().any(|heading| !heading.is_empty());
        let lines = titled
            .then_some(&headings)
            .into_iter()
            .chain(&self.rows)
            .map(|row| row.iter().map(|cell| super::printable(cell)).collect())
            .collect::<Vec<Vec<_>>>();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                lines
                    .iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for line in &lines {
            let cells: Vec<String> = line
                .iter()
                .zip(&widths)
                .zip(&self.columns)
                .map(|((cell, &width), (_, align))| match align {
                    Align::Left => format!("{cell:<width$}"),
                    Align::Right => format!("{cell:>width$}"),
                })
                .collect();
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new([("RUN", Align::Left), ("MS", Align::Right)]);
        table.row(["first", "12.34"]);
        table.row(["é", "0.05"]);
        table.row(["short"]);
        assert_eq!(
            table.render(),
            "RUN       MS\nfirst  12.34\né       0.05\nshort\n"
        );
    }

    #[test]
    fn a_table_without_headings_has_only_its_rows() {
        let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
        table.row(["a", "b"]);
        assert_eq!(table.render(), "a  b\n");
    }
}
