//! A table as a spreadsheet program shows it, whatever kind of file it was.
//!
//! `crate::spreadsheet` makes these from bytes; the checks of a manifest read
//! them and know nothing of files.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// One table. Rows without any content are left out; the others keep their
/// numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// The first row with content, as written, trimmed.
    pub header: Vec<String>,
    /// The rows with content below it.
    pub rows: Vec<SheetRow>,
}

/// One row with content.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetRow {
    /// The number a spreadsheet program shows at its left: the first row of the
    /// file is 1, empty rows count.
    pub row: u32,
    /// Up to the last cell with content, so rows differ in length.
    pub cells: Vec<Cell>,
}

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    /// A number without a date format.
    Number {
        /// Without a superfluous `.0` or exponent.
        text: String,
        /// The day that the number would show if it were formatted as a date.
        date: Option<NaiveDate>,
    },
    /// A number with a date format.
    Date(NaiveDateTime),
}

impl Cell {
    /// The content as text; dates as `yyyy-mm-dd`, with the time of day unless
    /// it is midnight.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Number { text, .. } => Cow::Borrowed(text),
            Self::Date(at) if at.time() == NaiveTime::MIN => Cow::Owned(at.date().to_string()),
            Self::Date(at) => Cow::Owned(at.to_string()),
        }
    }

    /// True without any visible content.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(char::is_whitespace),
            Self::Number { .. } | Self::Date(_) => false,
        }
    }
}

impl SheetRow {
    /// The cell at `index`, empty where the row is shorter.
    pub fn cell(&self, index: usize) -> &Cell {
        self.cells.get(index).unwrap_or(&Cell::Empty)
    }
}
