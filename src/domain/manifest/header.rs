//! Finds the header in a sheet: agencies put titles above it ("DAFTAR JAMAAH
//! UMROH …"), and some headers take two rows ("Paspor" above "Nomor" and
//! "Berlaku s/d").

use super::column::{self, Layout};
use super::sheet::{Sheet, SheetRow};

/// How many rows with content are tried. A header further down is not a header.
const TRIED_ROWS: usize = 30;

/// The header of a sheet and what follows it.
#[derive(Debug)]
pub struct Header<'a> {
    /// As written; of two rows, both.
    pub names: Vec<String>,
    pub layout: Layout,
    pub rows: &'a [SheetRow],
}

/// The first row with all mandatory columns, else the row with the most columns
/// that are known.
pub fn find(sheet: &Sheet) -> Header<'_> {
    let mut best = as_header(sheet.header.clone(), &sheet.rows);
    for index in 0..TRIED_ROWS.min(sheet.rows.len()) {
        if best.layout.missing().next().is_none() {
            break;
        }
        let Some((row, rest)) = sheet.rows.get(index..).and_then(<[SheetRow]>::split_first) else {
            break;
        };
        let found = as_header(names_of(row), rest);
        if worth(&found.layout) > worth(&best.layout) {
            best = found;
        }
    }
    best
}

/// True if the sheet looks like a manifest: some row heads all mandatory columns.
pub fn is_complete(sheet: &Sheet) -> bool {
    find(sheet).layout.missing().next().is_none()
}

/// A header of one row, or of two if the second one explains the first.
fn as_header(names: Vec<String>, rows: &[SheetRow]) -> Header<'_> {
    let layout = Layout::of(names.iter().map(String::as_str));
    if layout.recognised() > 0
        && let Some((second, rest)) = rows.split_first()
        && !has_digits(second)
    {
        let both = joined(&names, &names_of(second));
        let joined = Layout::of(both.iter().map(String::as_str));
        if worth(&joined) > worth(&layout) {
            return Header {
                names: both,
                layout: joined,
                rows: rest,
            };
        }
    }
    Header {
        names,
        layout,
        rows,
    }
}

fn worth(layout: &Layout) -> (usize, usize) {
    let found = 4_usize.saturating_sub(layout.missing().count());
    // one word such as "Paket" in a title does not make it a header
    if layout.recognised() < 2 {
        (0, 0)
    } else {
        (found, layout.recognised())
    }
}

fn names_of(row: &SheetRow) -> Vec<String> {
    row.cells
        .iter()
        .map(|cell| cell.text().trim().to_owned())
        .collect()
}

/// People have dates and numbers, headers do not.
fn has_digits(row: &SheetRow) -> bool {
    row.cells
        .iter()
        .any(|cell| cell.text().contains(|c: char| c.is_ascii_digit()))
}

/// Sets the names of the second row under those of the first. An upper name
/// stretches to the right over columns that only the second row names, as merged
/// cells do.
fn joined(upper: &[String], lower: &[String]) -> Vec<String> {
    let mut group = "";
    (0..upper.len().max(lower.len()))
        .map(|index| {
            let above = upper.get(index).map_or("", String::as_str);
            let below = lower.get(index).map_or("", String::as_str);
            if !above.is_empty() {
                group = above;
            }
            if below.is_empty() || above == below {
                return above.to_owned();
            }
            let both = format!("{group} {below}").trim_start().to_owned();
            let known = |name: &str| column::recognise(name).is_some();
            // "Tgl Lahir" above "hari/bulan/tahun" is known alone only
            let alone = [below, above]
                .into_iter()
                .find(|name| !known(&both) && known(name));
            alone.map_or(both, str::to_owned)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::column::Column;
    use super::super::sheet::Cell;
    use super::*;

    fn sheet(lines: &[&str]) -> Sheet {
        let mut rows = (1..).zip(lines).map(|(row, line)| SheetRow {
            row,
            cells: line
                .split(';')
                .map(|text| Cell::Text(text.into()))
                .collect(),
        });
        Sheet {
            header: names_of(&rows.next().unwrap()),
            rows: rows.collect(),
        }
    }

    #[test]
    fn titles_above_the_header_are_skipped() {
        let sheet = sheet(&[
            "DAFTAR JAMAAH UMROH",
            "Paket: Reguler 9 Hari;Kode: UMR-1",
            "No;Nama;Paspor;Tgl Lahir;Tgl Berangkat",
            "1;Siti Aminah;B1234567;01/01/1980;12/12/2026",
        ]);
        let header = find(&sheet);
        assert_eq!(
            header.names,
            ["No", "Nama", "Paspor", "Tgl Lahir", "Tgl Berangkat"]
        );
        assert_eq!(header.rows.len(), 1);
    }

    #[test]
    fn a_header_of_two_rows_is_read_as_one() {
        let sheet = sheet(&[
            "No;Nama;Paspor;;Tanggal;",
            ";;Nomor;Berlaku s/d;Lahir;Berangkat",
            "1;Siti Aminah;B1234567;01/01/2030;01/01/1980;12/12/2026",
        ]);
        let header = find(&sheet);
        let expected = [
            (Column::Name, 1),
            (Column::Passport, 2),
            (Column::PassportExpiry, 3),
            (Column::BirthDate, 4),
            (Column::DepartureDate, 5),
        ];
        for (column, index) in expected {
            assert_eq!(header.layout.index(column), Some(index), "{column:?}");
        }
        assert_eq!(header.names[3], "Paspor Berlaku s/d");
        assert_eq!(header.rows.len(), 1);
    }

    #[test]
    fn a_sheet_without_a_header_keeps_its_first_row() {
        let sheet = sheet(&["a;b", "1;2"]);
        assert_eq!(find(&sheet).names, ["a", "b"]);
        assert!(!is_complete(&sheet));
    }
}
