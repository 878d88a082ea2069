//! CSV for an Indonesian Excel: it opens a file with semicolons by a double click
//! (the comma is its decimal sign) and takes text for UTF-8 only behind a byte
//! order mark. Dates are `yyyy-mm-dd`, lines end in CR LF.
//!
//! A cell that a spreadsheet program would run as a formula gets an apostrophe in
//! front, which the reader takes away again. Excel drops the leading zero of phone
//! numbers in any CSV file; who wants to edit in Excel takes the XLSX.

use super::{ExportError, ExportRow, Value, titles, values};
use crate::domain::manifest::text;

/// Bytes gathered before they are handed on.
const CHUNK_BYTES: usize = 32 * 1024;

/// Turns rows into the chunks of a CSV file, one at a time. The first chunk has
/// the header, so that a file without people is a file too.
pub struct CsvWriter<I> {
    rows: I,
    written: u32,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Start,
    Rows,
    End,
}

impl<I: Iterator<Item = ExportRow>> CsvWriter<I> {
    pub fn new(rows: impl IntoIterator<IntoIter = I>) -> Self {
        Self {
            rows: rows.into_iter(),
            written: 0,
            state: State::Start,
        }
    }

    fn next_chunk(&mut self) -> Result<Vec<u8>, ExportError> {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        if self.state == State::Start {
            self.state = State::Rows;
            chunk.extend_from_slice("\u{feff}".as_bytes());
            append(&mut chunk, titles())?;
        }
        while self.state == State::Rows && chunk.len() < CHUNK_BYTES {
            let Some(row) = self.rows.next() else {
                self.state = State::End;
                break;
            };
            self.written = self.written.saturating_add(1);
            append(&mut chunk, values(self.written, &row).iter().map(cell))?;
        }
        Ok(chunk)
    }
}

impl<I: Iterator<Item = ExportRow>> Iterator for CsvWriter<I> {
    type Item = Result<Vec<u8>, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::End {
            return None;
        }
        let chunk = self.next_chunk();
        if chunk.is_err() {
            self.state = State::End;
        }
        // the last rows may have filled the chunk before
        Some(chunk).filter(|chunk| chunk.as_ref().map_or(true, |bytes| !bytes.is_empty()))
    }
}

/// Any rows of texts in the same manner, a chunk at a time.
#[derive(Default)]
pub struct CsvTable {
    chunk: Vec<u8>,
    has_head: bool,
}

impl CsvTable {
    /// With the byte order mark and the titles.
    pub fn head(titles: &[&str]) -> Self {
        let mut chunk = "\u{feff}".as_bytes().to_vec();
        // titles are words of ours, which can be written
        let has_head = append(&mut chunk, titles).is_ok();
        Self { chunk, has_head }
    }

    pub fn take_head(&mut self) -> Option<Vec<u8>> {
        std::mem::take(&mut self.has_head).then(|| std::mem::take(&mut self.chunk))
    }

    pub fn push(&mut self, cells: &[String]) -> Result<(), ExportError> {
        let guarded = cells.iter().map(|cell| text::guard(cell).into_owned());
        append(&mut self.chunk, guarded)
    }

    pub fn finish(self) -> Vec<u8> {
        self.chunk
    }
}

fn append(
    chunk: &mut Vec<u8>,
    cells: impl IntoIterator<Item = impl AsRef<[u8]>>,
) -> Result<(), ExportError> {
    let mut writer = ::csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(::csv::Terminator::CRLF)
        .from_writer(chunk);
    writer.write_record(cells)?;
    writer.flush().map_err(::csv::Error::from)?;
    Ok(())
}

fn cell(value: &Value<'_>) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text::guard(text).into_owned(),
        Value::Date(date) => date.map(|date| date.to_string()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rows: Vec<ExportRow>) -> String {
        let bytes: Vec<u8> = CsvWriter::new(rows).flat_map(Result::unwrap).collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_file_without_people_has_a_header() {
        insta::assert_snapshot!(file(vec![]).trim_start_matches('\u{feff}').trim_end(), @"No;Nama Lengkap;No. Paspor;Tgl Lahir;JK;Kewarganegaraan;Masa Berlaku Paspor;Paket;Kode Keberangkatan;Tgl Berangkat;No HP;Agen;Status;Tahap;Progres");
    }

    #[test]
    fn formulas_are_disarmed() {
        for (value, written) in [
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+62812", "'+62812"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tcmd", "'\tcmd"),
            ("Siti; Aminah", "\"Siti; Aminah\""),
            ("'Aisyah", "'Aisyah"),
        ] {
            let row = ExportRow {
                name: value.to_owned(),
                ..ExportRow::default()
            };
            let file = file(vec![row]);
            assert_eq!(
                file.lines().nth(1),
                Some(format!("1;{written};;;;;;;;;;;;;").as_str())
            );
        }
    }

    #[test]
    fn many_people_come_in_chunks() {
        let rows = vec![
            ExportRow {
                name: "Siti Aminah".into(),
                ..ExportRow::default()
            };
            5_000
        ];
        let chunks: Vec<_> = CsvWriter::new(rows).map(Result::unwrap).collect();
        assert!(chunks.len() > 2);
        assert!(
            chunks
                .iter()
                .all(|chunk| !chunk.is_empty() && chunk.len() < 2 * CHUNK_BYTES)
        );
    }
}
