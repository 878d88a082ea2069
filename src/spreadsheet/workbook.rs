//! XLSX: the cells of one sheet as their values, not as they are formatted.
//!
//! Numbers keep all digits (a phone number has no `.0`), formulas show what they
//! last came to, a cell merged downwards says the same in each of its rows.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::{Limits, SpreadsheetError, archive};
use crate::domain::manifest::from_serial;
use crate::domain::manifest::sheet::{Cell, Sheet, SheetRow};

/// Sheets that are looked into. Whoever has more has something else.
const MAX_SHEETS: usize = 32;

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

pub fn read(
    bytes: &[u8],
    limits: &Limits,
    is_wanted: impl Fn(&Sheet) -> bool,
) -> Result<Sheet, SpreadsheetError> {
    archive::check(bytes, limits)?;
    // the parser overflows on some references that no program writes ("B2:A1")
    catch_unwind(AssertUnwindSafe(|| choose(bytes, limits, is_wanted))).unwrap_or_else(|_| {
        Err(SpreadsheetError::Damaged(
            "its contents make no sense".to_owned(),
        ))
    })
}

fn choose(
    bytes: &[u8],
    limits: &Limits,
    is_wanted: impl Fn(&Sheet) -> bool,
) -> Result<Sheet, SpreadsheetError> {
    let mut workbook: Workbook<'_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut sheets = workbook.sheets_metadata().to_vec();
    sheets.retain(|sheet| sheet.typ == SheetType::WorkSheet);
    sheets.sort_by_key(|sheet| sheet.visible != SheetVisible::Visible);
    let mut first = None;
    for metadata in sheets.iter().take(MAX_SHEETS) {
        let Some(sheet) = read_sheet(&mut workbook, &metadata.name, limits)? else {
            continue;
        };
        if is_wanted(&sheet) {
            return Ok(sheet);
        }
        first.get_or_insert(sheet);
    }
    first.ok_or(SpreadsheetError::NoSheet)
}

/// `None` without content.
fn read_sheet(
    workbook: &mut Workbook<'_>,
    name: &str,
    limits: &Limits,
) -> Result<Option<Sheet>, SpreadsheetError> {
    let from_1904 = workbook.has_1904_epoch();
    let mut table = Table {
        rows: BTreeMap::new(),
        cells_left: limits.cells,
        limits,
    };
    let mut cells = workbook.worksheet_cells_reader(name).map_err(damaged)?;
    while let Some(found) = cells.next_cell().map_err(damaged)? {
        let (row, column) = found.get_position();
        table.put(row, column, cell(found.get_value(), from_1904))?;
    }
    drop(cells);
    for region in workbook.merge_cells_by_sheet_name(name).map_err(damaged)? {
        table.fill_down(region.start, region.end.0)?;
    }
    Ok(table.into_sheet())
}

fn cell(value: &DataRef<'_>, from_1904: bool) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::Text(text.replace('\0', "")),
        DataRef::SharedString(text) => Cell::Text(text.replace('\0', "")),
        DataRef::Int(number) => number_cell(number.to_string(), from_1904),
        DataRef::Float(number) => number_cell(number.to_string(), from_1904),
        DataRef::Bool(value) => Cell::Text(value.to_string().to_uppercase()),
        DataRef::DateTime(at) if at.is_datetime() && at.as_f64() != 0.0 => {
            at.as_datetime().map_or_else(
                || number_cell(at.as_f64().to_string(), from_1904),
                Cell::Date,
            )
        }
        DataRef::DateTime(at) => number_cell(at.as_f64().to_string(), from_1904),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(error) => Cell::Text(error.to_string()),
    }
}

fn number_cell(text: String, from_1904: bool) -> Cell {
    let date = text
        .parse()
        .ok()
        .and_then(|serial| from_serial(serial, from_1904));
    Cell::Number { text, date }
}

/// The cells with content, by row number as shown.
struct Table<'a> {
    rows: BTreeMap<u32, Vec<Cell>>,
    cells_left: usize,
    limits: &'a Limits,
}

impl Table<'_> {
    fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), SpreadsheetError> {
        if cell.is_empty() {
            return Ok(());
        }
        let row = row.saturating_add(1);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= self.limits.columns {
            return Err(SpreadsheetError::TooManyColumns {
                row,
                limit: self.limits.columns,
            });
        }
        if cell.text().chars().nth(self.limits.cell_chars).is_some() {
            return Err(SpreadsheetError::CellTooLong {
                row,
                limit: self.limits.cell_chars,
            });
        }
        if !self.rows.contains_key(&row) && self.rows.len() >= self.limits.rows {
            return Err(SpreadsheetError::TooManyRows {
                limit: self.limits.rows,
            });
        }
        let cells = self.rows.entry(row).or_default();
        let added = column.saturating_add(1).saturating_sub(cells.len());
        self.cells_left =
            self.cells_left
                .checked_sub(added)
                .ok_or(SpreadsheetError::TooManyCells {
                    limit: self.limits.cells,
                })?;
        if added > 0 {
            cells.resize_with(column.saturating_add(1), Cell::default);
        }
        if let Some(place) = cells.get_mut(column) {
            *place = cell;
        }
        Ok(())
    }

    /// Repeats the upper cell of a merged region in the rows below it that have
    /// other content. Downwards only: a title that stretches over all columns is
    /// still said once.
    fn fill_down(&mut self, (row, column): (u32, u32), last: u32) -> Result<(), SpreadsheetError> {
        let index = usize::try_from(column).unwrap_or(usize::MAX);
        let Some(cell) = self
            .rows
            .get(&row.saturating_add(1))
            .and_then(|cells| cells.get(index))
            .cloned()
        else {
            return Ok(());
        };
        let below = row.saturating_add(2)..=last.saturating_add(1);
        if cell.is_empty() || below.is_empty() {
            return Ok(());
        }
        let rows: Vec<u32> = self.rows.range(below).map(|(row, _)| *row).collect();
        // each row visited costs, or overlapping regions would take forever
        self.cells_left =
            self.cells_left
                .checked_sub(rows.len())
                .ok_or(SpreadsheetError::TooManyCells {
                    limit: self.limits.cells,
                })?;
        for row in rows {
            let is_free = self
                .rows
                .get(&row)
                .and_then(|cells| cells.get(index))
                .is_none_or(Cell::is_empty);
            if is_free {
                self.put(row.saturating_sub(1), column, cell.clone())?;
            }
        }
        Ok(())
    }

    fn into_sheet(self) -> Option<Sheet> {
        let mut rows = self.rows.into_iter();
        let (_, header) = rows.next()?;
        Some(Sheet {
            header: header
                .iter()
                .map(|cell| cell.text().trim().to_owned())
                .collect(),
            rows: rows.map(|(row, cells)| SheetRow { row, cells }).collect(),
        })
    }
}

fn damaged(error: XlsxError) -> SpreadsheetError {
    SpreadsheetError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;

    fn read_first(workbook: &mut Workbook) -> Result<Sheet, SpreadsheetError> {
        read(
            &workbook.save_to_buffer().unwrap(),
            &Limits::default(),
            |_| true,
        )
    }

    #[test]
    fn numbers_keep_their_digits_and_dates_their_day() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        let date = Format::new().set_num_format("dd/mm/yyyy");
        sheet.write(2, 0, " No ").unwrap();
        sheet.write(2, 1, "HP").unwrap();
        sheet.write(4, 0, 1).unwrap();
        sheet.write(4, 1, 81_234_567_890_i64).unwrap();
        sheet
            .write_with_format(4, 2, ExcelDateTime::from_ymd(2026, 12, 12).unwrap(), &date)
            .unwrap();
        sheet.write(4, 3, 46_368).unwrap();
        sheet.write(4, 5, "  ").unwrap();
        let sheet = read_first(&mut workbook).unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 12, 12).unwrap();
        assert_eq!(sheet.header, ["No", "HP"]);
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!(sheet.rows[0].row, 5);
        assert_eq!(
            sheet.rows[0]
                .cells
                .iter()
                .map(|cell| cell.text().into_owned())
                .collect::<Vec<_>>(),
            ["1", "81234567890", "2026-12-12", "46368",]
        );
        assert_eq!(sheet.rows[0].cell(2), &Cell::Date(day.into()));
        assert_eq!(
            sheet.rows[0].cell(3),
            &Cell::Number {
                text: "46368".into(),
                date: Some(day)
            }
        );
    }

    #[test]
    fn merged_cells_are_repeated_downwards_only() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet
            .merge_range(0, 0, 0, 2, "title", &Format::new())
            .unwrap();
        sheet.write_column(1, 0, ["a", "b", "c"]).unwrap();
        sheet
            .merge_range(1, 1, 9, 2, "all", &Format::new())
            .unwrap();
        let sheet = read_first(&mut workbook).unwrap();
        assert_eq!(sheet.header, ["title"]);
        let texts: Vec<Vec<_>> = sheet
            .rows
            .iter()
            .map(|row| row.cells.iter().map(Cell::text).collect())
            .collect();
        assert_eq!(texts, [["a", "all"], ["b", "all"], ["c", "all"]]);
    }

    #[test]
    fn the_wanted_sheet_is_found_behind_covers_and_empty_ones() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet();
        workbook
            .add_worksheet()
            .set_hidden(true)
            .write(0, 0, "hidden")
            .unwrap();
        workbook.add_worksheet().write(0, 0, "cover").unwrap();
        workbook.add_worksheet().write(0, 0, "list").unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let header = |wanted: &str| {
            read(&bytes, &Limits::default(), |sheet| sheet.header == [wanted])
                .unwrap()
                .header
        };
        assert_eq!(header("list"), ["list"]);
        assert_eq!(header("hidden"), ["hidden"]);
        assert_eq!(header("missing"), ["cover"]);
    }

    #[test]
    fn limits_are_kept() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_column(0, 0, ["a", "b", "c"]).unwrap();
        sheet.write_row(0, 0, ["a", "b", "c", "dddd"]).unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let fine = Limits {
            rows: 3,
            columns: 4,
            cells: 6,
            cell_chars: 4,
            ..Limits::default()
        };
        let read = |limits: Limits| read(&bytes, &limits, |_| true);
        assert!(read(fine).is_ok());
        assert!(matches!(
            read(Limits { rows: 2, ..fine }),
            Err(SpreadsheetError::TooManyRows { .. })
        ));
        assert!(matches!(
            read(Limits { columns: 3, ..fine }),
            Err(SpreadsheetError::TooManyColumns { row: 1, .. })
        ));
        assert!(matches!(
            read(Limits { cells: 5, ..fine }),
            Err(SpreadsheetError::TooManyCells { .. })
        ));
        assert!(matches!(
            read(Limits {
                cell_chars: 3,
                ..fine
            }),
            Err(SpreadsheetError::CellTooLong { row: 1, .. })
        ));
        assert!(matches!(
            read(Limits {
                unpacked_bytes: 99,
                ..fine
            }),
            Err(SpreadsheetError::Bomb { .. })
        ));
    }
}
