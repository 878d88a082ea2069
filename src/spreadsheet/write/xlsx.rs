//! XLSX, one row in memory at a time: rows go to a temporary file and from there
//! into the archive. Texts are texts whatever they begin with, so nothing is run
//! as a formula; dates are dates.

use std::io::{Seek, Write};

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{ExportError, ExportRow, Value, titles, values};
use crate::domain::manifest::text;

/// What a sheet has below its header.
const MAX_ROWS: u32 = 1_048_575;
/// In characters, by column.
const WIDTHS: [f64; 15] = [
    5.0, 28.0, 12.0, 12.0, 5.0, 16.0, 20.0, 20.0, 20.0, 14.0, 18.0, 20.0, 12.0, 28.0, 10.0,
];

/// Writes the rows into `out`, which may be a temporary file or a buffer, and
/// says how many there were. `today` becomes the workbook's date of creation.
pub fn write_xlsx<W: Write + Seek + Send>(
    rows: impl IntoIterator<Item = ExportRow>,
    today: NaiveDate,
    out: W,
) -> Result<u32, ExportError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&excel_date(today)?));
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("Jamaah")?.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for ((column, title), width) in (0_u16..).zip(titles()).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, title, &bold)?;
    }
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let mut written = 0_u32;
    for row in rows {
        if written == MAX_ROWS {
            return Err(ExportError::TooManyRows { limit: MAX_ROWS });
        }
        written = written.saturating_add(1);
        for (column, value) in (0_u16..).zip(values(written, &row)) {
            write_cell(sheet, written, column, &value, &date)?;
        }
    }
    workbook.save_to_writer(out)?;
    Ok(written)
}

/// Any rows of texts: whatever they begin with, they stay texts.
pub fn write_table<const N: usize, W: Write + Seek + Send>(
    name: &str,
    titles: &[&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    today: NaiveDate,
    out: W,
) -> Result<(), ExportError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&excel_date(today)?));
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, title) in (0_u16..).zip(titles) {
        sheet.write_string_with_format(0, column, *title, &bold)?;
    }
    for (number, row) in (1_u32..=MAX_ROWS).zip(rows) {
        for (column, cell) in (0_u16..).zip(row) {
            sheet.write_string(number, column, cell)?;
        }
    }
    workbook.save_to_writer(out)?;
    Ok(())
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    value: &Value<'_>,
    format: &Format,
) -> Result<(), XlsxError> {
    match value {
        Value::Text("") | Value::Date(None) => {}
        Value::Number(number) => {
            sheet.write_number(row, column, *number)?;
        }
        // the reader would take the apostrophe for a guard
        Value::Text(text) if text::looks_guarded(text) => {
            sheet.write_string(row, column, format!("'{text}"))?;
        }
        Value::Text(text) => {
            sheet.write_string(row, column, *text)?;
        }
        // days that workbooks do not know, as text
        Value::Date(Some(date)) if !(1900..=9999).contains(&date.year()) => {
            sheet.write_string(row, column, date.to_string())?;
        }
        Value::Date(Some(date)) => {
            sheet.write_datetime_with_format(row, column, excel_date(*date)?, format)?;
        }
    }
    Ok(())
}

fn excel_date(date: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(date.year()).unwrap_or_default();
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    ExcelDateTime::from_ymd(year, part(date.month()), part(date.day()))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::spreadsheet::{Limits, read};

    #[test]
    fn days_that_workbooks_do_not_know_are_texts() {
        let day = NaiveDate::from_ymd_opt(1899, 12, 31).unwrap();
        let row = ExportRow {
            name: "Siti".into(),
            birth_date: Some(day),
            ..ExportRow::default()
        };
        let mut file = Cursor::new(Vec::new());
        let today = NaiveDate::from_ymd_opt(2026, 12, 12).unwrap();
        assert_eq!(write_xlsx([row], today, &mut file).unwrap(), 1);
        let sheet = read(file.get_ref(), &Limits::default()).unwrap();
        let mut texts = sheet.rows[0].cells.iter().map(|cell| cell.text());
        assert!(texts.any(|text| text == "1899-12-31"));
    }

    #[test]
    fn texts_stay_texts_and_dates_become_dates() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 12).unwrap();
        let row = ExportRow {
            name: "=1+1".into(),
            phone: Some("+62812".into()),
            birth_date: Some(day),
            status: "on_track".into(),
            ..ExportRow::default()
        };
        let mut file = Cursor::new(Vec::new());
        assert_eq!(write_xlsx([row], day, &mut file).unwrap(), 1);
        let sheet = read(file.get_ref(), &Limits::default()).unwrap();
        let texts: Vec<_> = sheet.rows[0].cells.iter().map(|cell| cell.text()).collect();
        assert_eq!(
            texts,
            [
                "1",
                "=1+1",
                "",
                "2026-12-12",
                "",
                "",
                "",
                "",
                "",
                "",
                "+62812",
                "",
                "on_track"
            ]
        );
    }
}
