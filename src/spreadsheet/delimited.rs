//! CSV as agencies have it: any of `;`, `,`, tab and `|` between the cells,
//! quotes around some, any kind of line end.
//!
//! Rows are counted as a spreadsheet program counts them: a cell with line breaks
//! is in one row, an empty line is a row.

use std::borrow::Cow;
use std::collections::BTreeMap;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::{Limits, SpreadsheetError};
use crate::domain::manifest::sheet::{Cell, Sheet, SheetRow};

const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];
/// Records that decide which delimiter it is.
const SAMPLE: usize = 100;
/// Stands below the last line. If a cell has it, a quote was never closed.
const END: &str = "\u{1}end";

pub fn read(text: &str, limits: &Limits) -> Result<Sheet, SpreadsheetError> {
    let text = typed(text);
    let (stated, text) = stated_delimiter(&text);
    let delimiter = stated.unwrap_or_else(|| guess_delimiter(text));
    let mut rows = Rows::new(text, delimiter);
    let mut sheet = Sheet::default();
    let mut cells_left = limits.cells;
    while let Some(row) = rows.next_row(limits, sheet.header.len())? {
        cells_left =
            cells_left
                .checked_sub(row.cells.len())
                .ok_or(SpreadsheetError::TooManyCells {
                    limit: limits.cells,
                })?;
        if sheet.header.is_empty() {
            sheet.header = row
                .cells
                .iter()
                .map(|cell| cell.text().trim().to_owned())
                .collect();
        } else if sheet.rows.len().saturating_add(1) >= limits.rows {
            return Err(SpreadsheetError::TooManyRows { limit: limits.rows });
        } else {
            sheet.rows.push(row);
        }
    }
    if sheet.header.is_empty() {
        Err(SpreadsheetError::Empty)
    } else {
        Ok(sheet)
    }
}

/// The text with one kind of line end, which lines can be counted by, and without
/// two characters that nobody types: the first of [`END`], and the one that no
/// database takes.
fn typed(text: &str) -> Cow<'_, str> {
    if text.contains(['\r', '\0', '\u{1}']) {
        Cow::Owned(
            text.replace("\r\n", "\n")
                .replace('\r', "\n")
                .replace(['\0', '\u{1}'], ""),
        )
    } else {
        Cow::Borrowed(text)
    }
}

/// The first line `sep=;` that Excel writes, which it does not show or count.
fn stated_delimiter(text: &str) -> (Option<u8>, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let stated = line
        .trim_matches('"')
        .strip_prefix("sep=")
        .map(str::as_bytes);
    match stated {
        Some([delimiter]) if DELIMITERS.contains(delimiter) => (Some(*delimiter), rest),
        _ => (None, text),
    }
}

/// The delimiter that gives the most cells in rows of one and the same width. A
/// comma in names, or titles above the header, cannot outweigh that.
fn guess_delimiter(text: &str) -> u8 {
    let weight = |delimiter: u8| {
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        for record in reader(text.as_bytes(), delimiter)
            .records()
            .take(SAMPLE)
            .flatten()
        {
            let width = record.len().saturating_sub(1);
            let count = widths.entry(width).or_default();
            *count = count.saturating_add(1);
        }
        widths
            .into_iter()
            .map(|(width, count)| width.saturating_mul(count))
            .max()
            .unwrap_or(0)
    };
    // of equal weights the last would win
    DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|delimiter| weight(*delimiter))
        .unwrap_or(b';')
}

fn reader<R: std::io::Read>(input: R, delimiter: u8) -> Reader<R> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(input)
}

/// The rows with content, numbered.
struct Rows<'a> {
    reader: Reader<std::io::Chain<&'a [u8], &'static [u8]>>,
    delimiter: u8,
    record: StringRecord,
    row: u32,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str, delimiter: u8) -> Self {
        let end: &'static [u8] = if text.ends_with('\n') {
            b"\x01end\n"
        } else {
            b"\n\x01end\n"
        };
        let reader = reader(std::io::Read::chain(text.as_bytes(), end), delimiter);
        Self {
            reader,
            delimiter,
            record: StringRecord::new(),
            row: 0,
        }
    }

    fn next_row(
        &mut self,
        limits: &Limits,
        header_width: usize,
    ) -> Result<Option<SheetRow>, SpreadsheetError> {
        loop {
            let line = self.reader.position().line();
            // neither happens: memory can be read, it is UTF-8, and `END` comes last
            if !self.reader.read_record(&mut self.record).unwrap_or(false) {
                return Ok(None);
            }
            let lines = self.reader.position().line().saturating_sub(line);
            let breaks = self
                .record
                .iter()
                .map(|cell| cell.matches('\n').count())
                .sum::<usize>();
            // empty lines in front of the record are skipped by the reader, but they are rows
            let rows = u32::try_from(lines)
                .unwrap_or(u32::MAX)
                .saturating_sub(u32::try_from(breaks).unwrap_or(u32::MAX));
            self.row = self.row.saturating_add(rows);
            if self.record.len() == 1 && self.record.get(0) == Some(END) {
                return Ok(None);
            }
            if self.record.iter().any(|cell| cell.contains(END)) {
                return Err(SpreadsheetError::OpenQuote {
                    row: self.row.saturating_add(1),
                });
            }
            // counted before it is built: a line of nothing but delimiters is long
            let filled = (1_usize..)
                .zip(&self.record)
                .filter(|(_, cell)| !cell.trim().is_empty());
            let width = filled.map(|(width, _)| width).last();
            if let Some(width) = width {
                self.check(width, limits, header_width)?;
                return Ok(Some(SheetRow {
                    row: self.row,
                    cells: self.record.iter().take(width).map(cell).collect(),
                }));
            }
        }
    }

    fn check(
        &self,
        width: usize,
        limits: &Limits,
        header_width: usize,
    ) -> Result<(), SpreadsheetError> {
        let row = self.row;
        if width > limits.columns {
            return Err(SpreadsheetError::TooManyColumns {
                row,
                limit: limits.columns,
            });
        }
        for cell in &self.record {
            if self.swallows_rows(cell, header_width) {
                return Err(SpreadsheetError::SwallowedRows { row });
            }
            if cell.len() > limits.cell_chars && cell.chars().nth(limits.cell_chars).is_some() {
                return Err(SpreadsheetError::CellTooLong {
                    row,
                    limit: limits.cell_chars,
                });
            }
        }
        Ok(())
    }

    /// A stray quote at the beginning of one cell and another further down make
    /// one cell of the rows between: people who would be missed by nobody. Such a
    /// cell has a line with as many delimiters as the header.
    fn swallows_rows(&self, cell: &str, header_width: usize) -> bool {
        let delimiters = header_width.saturating_sub(1);
        delimiters >= 3
            && cell.contains('\n')
            && cell.split('\n').any(|line| {
                line.bytes().filter(|byte| *byte == self.delimiter).count() >= delimiters
            })
    }
}

fn cell(text: &str) -> Cell {
    if text.trim().is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Vec<(u32, Vec<String>)> {
        let sheet = read(text, &Limits::default()).unwrap();
        let rows = sheet.rows.iter().map(|row| {
            (
                row.row,
                row.cells
                    .iter()
                    .map(|cell| cell.text().into_owned())
                    .collect(),
            )
        });
        std::iter::once((0, sheet.header.clone()))
            .chain(rows)
            .collect()
    }

    fn strings(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn every_delimiter_is_recognised_around_quoted_ones() {
        for (text, delimiter) in [
            (
                "Nama;Alamat;Umur\n\"Siti, S.Pd; M.Pd\";\"Jl. A, RT 1, RW 2\";4\nBudi, S.Ag;Jl. B;5\n",
                ';',
            ),
            (
                "Nama,Alamat,Umur\n\"Siti, S.Pd; M.Pd\",\"Jl. A, RT 1, RW 2\",4\n\"Budi, S.Ag\",Jl. B,5\n",
                ',',
            ),
            (
                "Nama\tAlamat\tUmur\nSiti, S.Pd; M.Pd\tJl. A, RT 1, RW 2\t4\nBudi, S.Ag\tJl. B\t5\n",
                '\t',
            ),
        ] {
            let table = table(text);
            assert_eq!(
                table[1],
                (2, strings(&["Siti, S.Pd; M.Pd", "Jl. A, RT 1, RW 2", "4"])),
                "{delimiter:?}"
            );
            assert_eq!(
                table[2],
                (3, strings(&["Budi, S.Ag", "Jl. B", "5"])),
                "{delimiter:?}"
            );
        }
    }

    #[test]
    fn titles_do_not_hide_the_delimiter() {
        let table =
            table("DAFTAR JAMAAH, BANDUNG, 2026, A, B, C\n\na;b\n1;2\n3;4\n5;6\n7;8\n9;10\n");
        assert_eq!(table[1], (3, strings(&["a", "b"])));
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_program_counts_them() {
        for line_end in ["\n", "\r\n", "\r"] {
            let text = "\n\na;b\n\"1\n2\n3\";x\n\n;\n4;y\n \"5;z\n\n;;\n\n".replace('\n', line_end);
            let table = table(&text);
            assert_eq!(table[0].1, ["a", "b"], "{line_end:?}");
            assert_eq!(table[1], (4, strings(&["1\n2\n3", "x"])), "{line_end:?}");
            assert_eq!(table[2], (7, strings(&["4", "y"])), "{line_end:?}");
            assert_eq!(table[3], (8, strings(&[" \"5", "z"])), "{line_end:?}");
            assert_eq!(table.len(), 4, "{line_end:?}");
        }
    }

    #[test]
    fn the_stated_delimiter_is_obeyed_and_not_counted() {
        assert_eq!(table("sep=;\na,b;c\n1;2")[1], (2, strings(&["1", "2"])));
    }

    #[test]
    fn ragged_rows_are_tolerated() {
        assert_eq!(
            table("a;b;c\n1\n1;2;3;4\n1;2;3;;;\n").last(),
            Some(&(4, strings(&["1", "2", "3"])))
        );
    }

    #[test]
    fn a_quote_that_would_hide_people_is_an_error() {
        let open = read("a;b\n1;2\n\"3;4\n5;6\n", &Limits::default());
        assert!(
            matches!(open, Err(SpreadsheetError::OpenQuote { row: 3 })),
            "{open:?}"
        );
        let swallowed = read(
            "a;b;c;d\n\"1;2;3;4\n5;6;7;8\n9\";10;11;12\n",
            &Limits::default(),
        );
        assert!(
            matches!(swallowed, Err(SpreadsheetError::SwallowedRows { row: 2 })),
            "{swallowed:?}"
        );
    }

    #[test]
    fn limits_are_kept() {
        let limits = Limits {
            rows: 2,
            columns: 2,
            cells: 5,
            cell_chars: 3,
            ..Limits::default()
        };
        assert!(read("a;b\n1;2\n", &limits).is_ok());
        assert!(matches!(
            read("a\n1\n2\n", &limits),
            Err(SpreadsheetError::TooManyRows { limit: 2 })
        ));
        assert!(matches!(
            read("a\n1;2;3\n", &limits),
            Err(SpreadsheetError::TooManyColumns { row: 2, .. })
        ));
        assert!(matches!(
            read("a\n1234\n", &limits),
            Err(SpreadsheetError::CellTooLong { row: 2, .. })
        ));
        let limits = Limits { cells: 3, ..limits };
        assert!(matches!(
            read("a;b\n1;2\n", &limits),
            Err(SpreadsheetError::TooManyCells { limit: 3 })
        ));
        assert!(matches!(
            read(" \n;;\n", &limits),
            Err(SpreadsheetError::Empty)
        ));
    }
}
