//! Single rows and their rules; whole files are tested with `spreadsheet`.

use chrono::NaiveDate;

use super::sheet::{Cell, SheetRow};
use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Checks lines with `;` between the cells, the header first.
fn check_lines(lines: &[&str]) -> Manifest {
    let cells = |line: &str| {
        line.split(';')
            .map(|text| Cell::Text(text.into()))
            .collect()
    };
    let mut lines = lines.iter();
    let header = lines
        .next()
        .unwrap()
        .split(';')
        .map(|name| name.trim().to_owned())
        .collect();
    let rows = (2..)
        .zip(lines)
        .map(|(row, line)| SheetRow {
            row,
            cells: cells(line),
        })
        .collect();
    check(&Sheet { header, rows }, day(2026, 11, 22))
}

fn found(problems: &[Problem]) -> Vec<(u32, &str, ProblemCode)> {
    problems
        .iter()
        .map(|problem| (problem.row, problem.column.as_str(), problem.code))
        .collect()
}

const HEADER: &str = "Nama;Paspor;Tgl Lahir;JK;Negara;Berlaku s/d;Tgl Berangkat;HP";

#[test]
fn all_problems_of_a_row_are_reported_from_the_left() {
    let manifest = check_lines(&[HEADER, "Siti;123;31/02/1970;X;IDN;kapan;01/01/2026;8,1E+11"]);
    assert_eq!(
        found(&manifest.errors),
        [
            (2, "Paspor", ProblemCode::InvalidPassport),
            (2, "Tgl Lahir", ProblemCode::InvalidDate),
            (2, "Berlaku s/d", ProblemCode::InvalidDate),
        ]
    );
    assert_eq!(
        found(&manifest.warnings),
        [
            (2, "Nama", ProblemCode::OneWordName),
            (2, "JK", ProblemCode::InvalidValue),
            (2, "Tgl Berangkat", ProblemCode::DepartureInPast),
            (2, "HP", ProblemCode::InvalidValue),
        ]
    );
    assert_eq!((manifest.rows, manifest.people.len()), (1, 0));
}

#[test]
fn a_missing_column_stops_everything() {
    let manifest = check_lines(&["Nama;Paspor;Umur", "Siti Aminah;B1234567;30"]);
    assert_eq!(
        found(&manifest.errors),
        [
            (1, "Tgl Lahir", ProblemCode::MissingColumn),
            (1, "Tgl Berangkat", ProblemCode::MissingColumn),
        ]
    );
    assert_eq!((manifest.rows, manifest.people.len()), (1, 0));
    assert_eq!(manifest.ignored_columns, ["Umur"]);
}

#[test]
fn columns_that_are_not_mandatory_may_be_missing() {
    let manifest = check_lines(&[
        "Tgl Berangkat;Nama;Tgl Lahir;Paspor",
        "12/12/2026;Siti Aminah;1/2/1980;b1234567",
    ]);
    let [person] = manifest.people.as_slice() else {
        panic!("{manifest:?}")
    };
    assert_eq!(person.birth_date, day(1980, 2, 1));
    assert_eq!(
        (&person.departure_code, &person.sex, &person.phone),
        (&None, &None, &None)
    );
}

#[test]
fn a_passport_must_be_valid_180_days_after_the_departure() {
    for (expiry, warned) in [
        ("09/06/2027", true),
        ("10/06/2027", false),
        ("01/01/2026", true),
        ("", false),
        ("-", false),
    ] {
        let line = format!("Siti Aminah;B1234567;01/01/1980;P;;{expiry};12/12/2026");
        let manifest = check_lines(&[HEADER, &line]);
        assert_eq!(manifest.people.len(), 1);
        assert_eq!(!manifest.warnings.is_empty(), warned, "{expiry}");
    }
}

#[test]
fn only_people_who_are_imported_make_duplicates() {
    let manifest = check_lines(&[
        HEADER,
        "Siti Aminah;B1234567;31/02/1980;P;;;12/12/2026",
        "Siti Aminah;B1234567;01/02/1980;P;;;12/12/2026",
        "Siti Aminah; b 123 4567;01/02/1980;P;;;12/12/2026",
        "Siti Aminah;B1234567;31/02/1980;P;;;12/12/2026",
    ]);
    assert_eq!(
        found(&manifest.errors),
        [
            (2, "Tgl Lahir", ProblemCode::InvalidDate),
            (4, "Paspor", ProblemCode::DuplicateInFile),
            (5, "Paspor", ProblemCode::DuplicateInFile),
            (5, "Tgl Lahir", ProblemCode::InvalidDate),
        ]
    );
    assert_eq!(manifest.people[0].row, 3);
}

#[test]
fn a_birth_today_is_not_in_the_future() {
    let manifest = check_lines(&[
        HEADER,
        "Siti Aminah;B1234567;22/11/2026;P;;;12/12/2026",
        "Dewi Aminah;B1234568;23/11/2026;P;;;12/12/2026",
    ]);
    assert_eq!(
        found(&manifest.errors),
        [(3, "Tgl Lahir", ProblemCode::DateInFuture)]
    );
}

#[test]
fn the_nationality_decides_what_a_passport_number_looks_like() {
    let manifest = check_lines(&[
        HEADER,
        "Siti Aminah;A12345678;01/01/1980;P;Malaysia;;12/12/2026",
        "Dewi Aminah;A12345679;01/01/1980;P;WNI;;12/12/2026",
        "Rina Aminah;A12345670;01/01/1980;P;;;12/12/2026",
    ]);
    assert_eq!(
        found(&manifest.errors),
        [
            (3, "Paspor", ProblemCode::InvalidPassport),
            (4, "Paspor", ProblemCode::InvalidPassport),
        ]
    );
}

#[test]
fn overlong_texts_are_refused_and_shortened_in_the_report() {
    let name = "Siti ".repeat(100);
    let manifest = check_lines(&[
        HEADER,
        &format!("{name};B1234567;01/01/1980;P;;;12/12/2026"),
    ]);
    assert_eq!(
        found(&manifest.errors),
        [(2, "Nama", ProblemCode::InvalidValue)]
    );
    assert_eq!(manifest.errors[0].value.chars().count(), 201);
}
