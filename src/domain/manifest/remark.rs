//! Tells people from what else stands in a manifest: totals, notes, signatures,
//! repeated headers, numbered lines that nobody filled in.
//!
//! Nobody may get lost here, so a row is a remark only if
//!
//! - name, passport number and birth date are all empty; or
//! - it repeats the header, or numbers the columns (1, 2, 3 …); or
//! - it begins with a word such as "Total" or "Mengetahui", and has neither a
//!   passport number nor a birth date that can be read; or
//! - it comes after such a row, nobody follows, and it has neither of the two
//!   and no running number: the names below "Mengetahui".
//!
//! Every other row is a person, if only one to complain about. Remarks are
//! reported as ignored.

use chrono::NaiveDate;

use super::column::Column;
use super::date::{self, DateOf};
use super::header::Header;
use super::sheet::SheetRow;
use super::{passport, text};

/// For each row below the header, whether it is a remark.
pub fn find(header: &Header<'_>, today: NaiveDate) -> Vec<bool> {
    let kinds: Vec<Kind> = header
        .rows
        .iter()
        .map(|row| kind(header, row, today))
        .collect();
    let after_last_person = kinds
        .iter()
        .rposition(|kind| *kind == Kind::Person)
        .map_or(0, |last| last.saturating_add(1));
    let mut closing = false;
    kinds
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            closing |= index >= after_last_person && *kind == Kind::Phrase;
            match kind {
                Kind::Person => false,
                Kind::Phrase | Kind::Nobody => true,
                Kind::NameOnly => closing,
            }
        })
        .collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A passport number or birth date that can be read, or a numbered name.
    Person,
    /// Something in a column that says who, but nothing that proves a person.
    NameOnly,
    /// Begins as totals, notes and signatures do.
    Phrase,
    /// Says nothing about who.
    Nobody,
}

fn kind(header: &Header<'_>, row: &SheetRow, today: NaiveDate) -> Kind {
    let cell = |column| header.layout.index(column).map(|index| row.cell(index));
    let filled =
        |column| cell(column).is_some_and(|cell| !text::is_nothing(&text::clean(&cell.text())));
    let passport = cell(Column::Passport)
        .is_some_and(|cell| passport::is_plausible(&passport::normalise(&cell.text())));
    let born = cell(Column::BirthDate)
        .and_then(|cell| date::read(cell, DateOf::Birth, today))
        .is_some_and(|date| date.is_ok());
    let numbered = cell(Column::Number)
        .map(|cell| text::clean(&cell.text()))
        .is_some_and(|number| {
            number.chars().any(|c| c.is_ascii_digit())
                && number.chars().all(|c| c.is_ascii_digit() || c == '.')
        });
    if repeats(header, row) || counts_columns(row) {
        Kind::Nobody
    } else if passport || born {
        Kind::Person
    } else if is_phrase(row) {
        Kind::Phrase
    } else if numbered && filled(Column::Name) {
        Kind::Person
    } else if [Column::Name, Column::Passport, Column::BirthDate]
        .into_iter()
        .any(filled)
    {
        Kind::NameOnly
    } else {
        Kind::Nobody
    }
}

/// The header again, as at the top of each printed page.
fn repeats(header: &Header<'_>, row: &SheetRow) -> bool {
    let same = |column| {
        header.layout.index(column).is_some_and(|index| {
            let key = text::key(&row.cell(index).text());
            !key.is_empty()
                && header
                    .names
                    .get(index)
                    .is_some_and(|name| text::key(name).ends_with(&key))
        })
    };
    same(Column::Name) && same(Column::Passport)
}

/// 1, 2, 3 … from the left, as below the headers of official forms.
fn counts_columns(row: &SheetRow) -> bool {
    let mut filled = (1_usize..)
        .zip(&row.cells)
        .filter(|(_, cell)| !cell.is_empty())
        .peekable();
    row.cells.len() >= 4
        && filled.peek().is_some()
        && filled.all(|(number, cell)| text::key(&cell.text()).parse() == Ok(number))
}

fn is_phrase(row: &SheetRow) -> bool {
    const WORDS: &str = "total jumlah subtotal mengetahui menyetujui catatan keterangan ket note notes nb dibuat \
                         disetujui diperiksa disusun ttd tertanda direktur pimpinan dicetak printed halaman page sumber";
    const PAIRS: &str = "sub total|grand total|hormat kami|tanda tangan|kepala cabang";
    let Some(first) = row.cells.iter().find(|cell| !cell.is_empty()) else {
        return false;
    };
    let text = first.text();
    let mut words = text::words(&text);
    let Some(word) = words.next() else {
        return false;
    };
    let pair = words.next().map(|second| format!("{word} {second}"));
    WORDS.split(' ').any(|known| known == word)
        || PAIRS.split('|').any(|known| Some(known) == pair.as_deref())
}

#[cfg(test)]
mod tests {
    use super::super::header;
    use super::super::sheet::{Cell, Sheet};
    use super::*;

    /// Which of the lines below the header are remarks.
    fn remarks(lines: &[&str]) -> Vec<bool> {
        let rows = (2..).zip(lines).map(|(row, line)| SheetRow {
            row,
            cells: line
                .split(';')
                .map(|text| Cell::Text(text.into()))
                .collect(),
        });
        let header = ["No", "Nama", "Paspor", "Tgl Lahir", "Tgl Berangkat", "Ket"]
            .map(String::from)
            .to_vec();
        let sheet = Sheet {
            header,
            rows: rows.collect(),
        };
        find(
            &header::find(&sheet),
            NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        )
    }

    const SITI: &str = "1;Siti Aminah;B1234567;01/01/1980;12/12/2026";

    #[test]
    fn totals_and_signatures_at_the_end_are_remarks() {
        let lines = [
            SITI,
            "2;;;;12/12/2026",
            ";Total: 1 orang",
            ";;;;Jakarta, 22 November 2026",
            ";Mengetahui,;;;Hormat kami,",
            ";H. Ahmad Fauzi;belum;;Budi",
            "Jumlah;1",
        ];
        assert_eq!(remarks(&lines), [false, true, true, true, true, true, true]);
    }

    #[test]
    fn whoever_could_be_a_person_is_none() {
        for line in [
            "2;Budi Santoso",
            ";Budi Santoso",
            ";;B7654321",
            ";;belum ada",
            "2;;;belum tahu",
            "2;Total Siregar",
            "2;Budi Santoso;;;;Catatan: menyusul",
            ";Total Siregar;B7654321",
        ] {
            assert_eq!(remarks(&[SITI, line]), [false, false], "{line}");
        }
    }

    #[test]
    fn a_subtotal_does_not_hide_who_follows() {
        let lines = [SITI, "Jumlah;1", ";Budi Santoso", "3;Dewi Idris;B7654321;;"];
        assert_eq!(remarks(&lines), [false, true, false, false]);
        let lines = [SITI, "Jumlah;1", "2;Budi Santoso"];
        assert_eq!(remarks(&lines), [false, true, false]);
    }

    #[test]
    fn repeated_headers_and_column_numbers_are_remarks() {
        let lines = [
            "(1);(2);(3);(4);(5);(6)",
            SITI,
            "NO;NAMA;PASPOR;TGL LAHIR;TGL BERANGKAT;KET",
            SITI,
        ];
        assert_eq!(remarks(&lines), [true, false, true, false]);
    }
}
