//! Reads CSV and XLSX files into [`Sheet`]s and writes people into both.
//!
//! Reading trusts nothing: sizes are checked before anything is unpacked or
//! allocated, and every way for a file to be wrong has a name in
//! [`SpreadsheetError`]. It takes processor time in proportion to the file, so
//! call it where blocking is allowed.

pub use crate::domain::manifest::sheet::{Cell, Sheet, SheetRow};

mod archive;
mod delimited;
mod encoding;
mod workbook;
pub mod write;

/// What a file may be at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of the file as sent.
    pub bytes: usize,
    /// Of all parts of an XLSX file unpacked.
    pub unpacked_bytes: u64,
    /// With content, the header included.
    pub rows: usize,
    pub columns: usize,
    /// In the whole sheet: keeps a wide and long file from filling the memory.
    pub cells: usize,
    /// Characters in one cell.
    pub cell_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 32 * 1024 * 1024,
            unpacked_bytes: 256 * 1024 * 1024,
            rows: 200_000,
            columns: 256,
            cells: 5_000_000,
            cell_chars: 4_096,
        }
    }
}

/// Why a file cannot be read: an `unreadable_file` for whoever sent it.
#[derive(Debug, thiserror::Error)]
pub enum SpreadsheetError {
    #[error("the file is empty")]
    Empty,
    #[error("the file has {bytes} bytes, expected at most {limit}")]
    TooLarge { bytes: usize, limit: usize },
    #[error("this is {0}, expected a CSV or XLSX file")]
    OtherKind(&'static str),
    #[error("the file is neither text nor an XLSX workbook")]
    NotText,
    #[error("the file has more than {limit} rows")]
    TooManyRows { limit: usize },
    #[error("row {row} has more than {limit} columns")]
    TooManyColumns { row: u32, limit: usize },
    #[error("the file has more than {limit} cells")]
    TooManyCells { limit: usize },
    #[error("a cell in row {row} has more than {limit} characters")]
    CellTooLong { row: u32, limit: usize },
    #[error("row {row} opens a quotation mark that is never closed")]
    OpenQuote { row: u32 },
    #[error("a quotation mark in row {row} runs over the rows below it")]
    SwallowedRows { row: u32 },
    #[error("the XLSX file is damaged: {0}")]
    Damaged(String),
    #[error("the XLSX file would unpack to more than {limit} bytes")]
    Bomb { limit: u64 },
    #[error("the workbook has no sheet with content")]
    NoSheet,
}

/// Reads the first sheet with content.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Sheet, SpreadsheetError> {
    read_preferring(bytes, limits, |_| true)
}

/// Reads the first sheet for which `is_wanted`, or the first with content if
/// there is none: workbooks begin with covers and summaries. Visible sheets come
/// before hidden ones. A CSV file has one sheet.
pub fn read_preferring(
    bytes: &[u8],
    limits: &Limits,
    is_wanted: impl Fn(&Sheet) -> bool,
) -> Result<Sheet, SpreadsheetError> {
    if bytes.len() > limits.bytes {
        return Err(SpreadsheetError::TooLarge {
            bytes: bytes.len(),
            limit: limits.bytes,
        });
    }
    if bytes.starts_with(b"PK\x03\x04") {
        workbook::read(bytes, limits, is_wanted)
    } else if let Some(kind) = other_kind(bytes) {
        Err(SpreadsheetError::OtherKind(kind))
    } else {
        let text = encoding::decode(bytes).ok_or(SpreadsheetError::NotText)?;
        delimited::read(&text, limits)
    }
}

/// What people send instead, by its first bytes.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 8] = [
        (
            b"\xD0\xCF\x11\xE0",
            "an old Excel file (.xls) or one with a password",
        ),
        (b"%PDF", "a PDF file"),
        (b"\x89PNG", "an image"),
        (b"\xFF\xD8\xFF", "an image"),
        (b"Rar!", "a RAR archive"),
        (b"\x1F\x8B", "a compressed file"),
        (b"7z\xBC\xAF", "a 7z archive"),
        (b"{\\rtf", "a text document"),
    ];
    KINDS
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests;
