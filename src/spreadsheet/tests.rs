//! Whole files: the two manifests that come with their reports, the same in other
//! formats, files we write ourselves, and files that nobody should send.

use std::io::{Cursor, Read, Write};

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde::Deserialize;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::write::{CsvWriter, ExportRow, write_xlsx};
use super::{Limits, read, read_preferring};
use crate::domain::manifest::{self, Manifest, ManifestPerson, Problem};
use crate::domain::pipeline::jamaah::Sex;

const CLEAN: &[u8] = include_bytes!("../../tests/data/manifest-clean.csv");
const MESSY: &[u8] = include_bytes!("../../tests/data/manifest-messy.csv");
const CLEAN_REPORT: &str = include_str!("../../tests/data/manifest-clean.expected.json");
const MESSY_REPORT: &str = include_str!("../../tests/data/manifest-messy.expected.json");

#[derive(Debug, PartialEq, Deserialize)]
struct Report {
    rows: u32,
    created: usize,
    rejected: u32,
    errors: Vec<ReportLine>,
    warnings: Vec<ReportLine>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct ReportLine {
    row: u32,
    column: String,
    code: String,
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn check(bytes: &[u8]) -> Manifest {
    manifest::check(&read(bytes, &Limits::default()).unwrap(), today())
}

fn report(manifest: &Manifest) -> Report {
    let lines = |problems: &[Problem]| {
        let line = |problem: &Problem| ReportLine {
            row: problem.row,
            column: problem.column.to_lowercase(),
            code: serde_json::to_value(problem.code)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned(),
        };
        problems.iter().map(line).collect()
    };
    let created = manifest.people.len();
    Report {
        rows: manifest.rows,
        created,
        rejected: manifest.rows - u32::try_from(created).unwrap(),
        errors: lines(&manifest.errors),
        warnings: lines(&manifest.warnings),
    }
}

fn expected(json: &str) -> Report {
    let mut report: Report = serde_json::from_str(json).unwrap();
    for line in report.errors.iter_mut().chain(&mut report.warnings) {
        line.column = line.column.to_lowercase();
    }
    report
}

/// The cells of one of the two files, as they stand there.
fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes)
        .unwrap()
        .trim_start_matches('\u{feff}');
    let delimiter = if text.contains(';') { ';' } else { ',' };
    text.lines()
        .map(|line| line.split(delimiter).map(str::to_owned).collect())
        .collect()
}

/// Dates as dates and running numbers as numbers, everything else as text.
fn as_workbook(table: &[Vec<String>], first_row: u32) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date_format = Format::new().set_num_format("dd/mm/yyyy");
    for (row, cells) in (first_row..).zip(table) {
        for (column, text) in (0..).zip(cells) {
            let date = ["%d/%m/%Y", "%Y-%m-%d"]
                .iter()
                .find_map(|format| NaiveDate::parse_from_str(text, format).ok());
            if let Some(date) = date {
                let date = ExcelDateTime::parse_from_str(&date.to_string()).unwrap();
                sheet
                    .write_with_format(row, column, date, &date_format)
                    .unwrap();
            } else if let (0, Ok(number)) = (column, text.parse::<u32>()) {
                sheet.write(row, column, number).unwrap();
            } else {
                sheet.write(row, column, text).unwrap();
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn the_clean_manifest_gives_its_report() {
    assert_eq!(report(&check(CLEAN)), expected(CLEAN_REPORT));
}

#[test]
fn the_messy_manifest_gives_its_report() {
    assert_eq!(report(&check(MESSY)), expected(MESSY_REPORT));
}

#[test]
fn people_are_read_as_they_are_meant() {
    let people = check(MESSY).people;
    assert_eq!(
        people[9],
        ManifestPerson {
            row: 11,
            name: "KARTINI HASIBUAN".into(),
            passport_number: "B8529565".into(),
            birth_date: NaiveDate::from_ymd_opt(1982, 10, 28).unwrap(),
            sex: Some(Sex::Female),
            nationality: Some("IDN".into()),
            passport_expiry: NaiveDate::from_ymd_opt(2028, 1, 4),
            package: Some("Reguler 9 Hari".into()),
            departure_code: Some("UMR-261212-A".into()),
            departure_date: NaiveDate::from_ymd_opt(2026, 12, 12).unwrap(),
            phone: Some("087384141669".into()),
            agent: Some("Agen Barokah".into()),
        }
    );
    assert!(people.iter().all(|person| person.sex.is_some()));
}

#[test]
fn a_problem_says_where_what_and_why() {
    let manifest = check(MESSY);
    insta::assert_json_snapshot!(manifest.errors[0], @r#"
    {
      "row": 18,
      "column": "TGL LAHIR",
      "code": "invalid_date",
      "message": "expected a date that the calendar has, such as 31/12/1970 or 1970-12-31",
      "value": "31/02/1970"
    }
    "#);
}

#[test]
fn workbooks_give_the_reports_of_the_same_text() {
    for (bytes, json) in [(CLEAN, CLEAN_REPORT), (MESSY, MESSY_REPORT)] {
        let manifest = check(&as_workbook(&table(bytes), 0));
        assert_eq!(report(&manifest), expected(json));
        assert_eq!(manifest.people, check(bytes).people);
    }
}

#[test]
fn other_encodings_delimiters_and_line_ends_change_nothing() {
    let lines = |delimiter: &str, end: &str| -> String {
        table(MESSY)
            .iter()
            .map(|cells| cells.join(delimiter) + end)
            .collect()
    };
    let mut utf_16 = vec![0xFF, 0xFE];
    utf_16.extend(
        lines("\t", "\r\n")
            .encode_utf16()
            .flat_map(u16::to_le_bytes),
    );
    for bytes in [
        lines("\t", "\n").into_bytes(),
        lines(",", "\r").into_bytes(),
        lines("|", "\r\n").into_bytes(),
        utf_16,
    ] {
        assert_eq!(check(&bytes), check(MESSY));
    }
}

#[test]
fn english_headers_in_another_order_give_the_same_people() {
    let english = [
        "Number",
        "Full Name",
        "Passport Number",
        "Date of Birth",
        "Sex",
        "Nationality",
        "Date of Expiry",
        "Package",
        "Departure Code",
        "Departure Date",
        "Mobile Phone",
        "Agent",
    ];
    let order = [11, 3, 9, 0, 2, 1, 10, 4, 6, 5, 8, 7];
    let mut cells = table(MESSY);
    cells[0] = english.map(String::from).to_vec();
    let reordered: Vec<Vec<String>> = cells
        .iter()
        .map(|row| order.iter().map(|index| row[*index].clone()).collect())
        .collect();
    let text: String = reordered.iter().map(|row| row.join(";") + "\n").collect();
    for bytes in [text.into_bytes(), as_workbook(&reordered, 0)] {
        let manifest = check(&bytes);
        assert_eq!(manifest.people, check(MESSY).people);
        let places = |manifest: &Manifest| -> Vec<_> {
            manifest.errors.iter().map(|e| (e.row, e.code)).collect()
        };
        assert_eq!(places(&manifest), places(&check(MESSY)));
        assert!(
            manifest
                .errors
                .iter()
                .all(|error| english.contains(&error.column.as_str()))
        );
    }
}

#[test]
fn titles_above_and_signatures_below_change_only_row_numbers() {
    let mut cells = vec![
        vec!["DAFTAR JAMAAH UMROH".to_owned()],
        vec!["PT. Barokah, Bandung".to_owned()],
    ];
    cells.extend(table(CLEAN));
    cells.push(vec![String::new(), "Total: 300 orang".to_owned()]);
    cells.push(
        [
            "",
            "Mengetahui,",
            "",
            "",
            "",
            "",
            "",
            "Bandung, 22 November 2026",
        ]
        .map(String::from)
        .to_vec(),
    );
    cells.push(
        ["", "H. Ahmad Fauzi", "", "", "", "", "", "Dewi"]
            .map(String::from)
            .to_vec(),
    );
    let text: String = cells.iter().map(|row| row.join(";") + "\n").collect();
    for (bytes, moved) in [(text.into_bytes(), 2), (as_workbook(&cells, 3), 5)] {
        let manifest = check(&bytes);
        let mut people = check(CLEAN).people;
        people.iter_mut().for_each(|person| person.row += moved);
        assert_eq!(manifest.people, people);
        assert_eq!(manifest.errors, []);
        assert_eq!(manifest.rows, 300);
        assert_eq!(manifest.ignored_rows.len(), 3);
    }
}

#[test]
fn a_cover_sheet_is_passed_over() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "Rekap").unwrap();
    let sheet = workbook.add_worksheet();
    sheet
        .write_row(0, 0, ["Nama", "Paspor", "Tgl Lahir", "Tgl Berangkat"])
        .unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let sheet = read_preferring(&bytes, &Limits::default(), manifest::is_manifest).unwrap();
    assert_eq!(manifest::check(&sheet, today()).errors, []);
}

#[test]
fn what_is_no_spreadsheet_is_refused_with_a_reason() {
    for (bytes, reason) in [
        (&b""[..], "the file is empty"),
        (b"\xEF\xBB\xBF \r\n;;\r\n", "the file is empty"),
        (
            b"%PDF-1.7",
            "this is a PDF file, expected a CSV or XLSX file",
        ),
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            "this is an old Excel file (.xls) or one with a password, expected a CSV or XLSX file",
        ),
        (
            b"\x00\x01\x02\x03",
            "the file is neither text nor an XLSX workbook",
        ),
    ] {
        let error = read(bytes, &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), reason);
        assert_eq!(Manifest::unreadable(error).errors[0].message, reason);
    }
    assert!(read(b"PK\x03\x04 and then nothing", &Limits::default()).is_err());
    let limits = Limits {
        bytes: 10,
        ..Limits::default()
    };
    assert!(
        read(CLEAN, &limits)
            .unwrap_err()
            .to_string()
            .starts_with("the file has 35585 bytes")
    );
}

/// A workbook whose sheet unpacks to more than its archive says.
#[test]
fn an_archive_that_lies_about_its_sizes_is_refused() {
    let rows = vec![
        ExportRow {
            name: "Siti Aminah".into(),
            ..ExportRow::default()
        };
        2_000
    ];
    let mut file = Cursor::new(Vec::new());
    write_xlsx(rows, today(), &mut file).unwrap();
    let mut bytes = file.into_inner();
    let size = {
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let size = archive.by_name("xl/worksheets/sheet1.xml").unwrap().size();
        u32::try_from(size).unwrap()
    };
    let mut changed = 0;
    for at in 0..bytes.len() - 4 {
        if bytes[at..at + 4] == size.to_le_bytes() {
            bytes[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
            changed += 1;
        }
    }
    assert!(changed > 0);
    assert!(read(&bytes, &Limits::default()).is_err());
}

/// The parts of a workbook, unpacked.
fn parts(workbook: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let count = archive.len();
    let read = |index| {
        let mut part = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        (part.name().unwrap().into_owned(), content)
    };
    (0..count).map(read).collect()
}

fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive
            .start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn references_that_make_no_sense_do_not_panic() {
    for (from, to) in [
        ("A1:L4", "L4:A1"),
        ("A1:L4", "A99999999999:B1"),
        ("<c r=\"A1\"", "<c r=\"ZZZZZZZZZ1\""),
    ] {
        let mut parts = parts(&as_workbook(&table(CLEAN)[..4], 0));
        let mut changed = false;
        for (_, content) in &mut parts {
            if let Ok(xml) = std::str::from_utf8(content) {
                changed |= xml.contains(from);
                *content = xml.replace(from, to).into_bytes();
            }
        }
        assert!(changed, "{from}");
        // wherever the parser can still make something of it, that is as good
        let _ = read(&archive(&parts), &Limits::default());
    }
}

fn text() -> impl Strategy<Value = String> {
    "[A-Za-zé'=+@;,\"0-9-]{1,12}( [A-Za-z'=+@;,\"0-9-]{1,8}){0,2}"
        .prop_map(|text| manifest::text::clean(&text))
        .prop_filter("says nothing", |text| !manifest::text::is_nothing(text))
}

fn date(years: std::ops::Range<i32>) -> impl Strategy<Value = NaiveDate> {
    (years, 1_u32..366).prop_map(|(year, day)| NaiveDate::from_yo_opt(year, day).unwrap())
}

fn person(passport: u32) -> impl Strategy<Value = ManifestPerson> {
    let required = (text(), date(1930..2026), date(2026..2030));
    let optional = (
        proptest::option::of(prop_oneof![Just(Sex::Male), Just(Sex::Female)]),
        proptest::option::of(date(2026..2040)),
        proptest::array::uniform4(proptest::option::of(text())),
        proptest::option::of("[+0][0-9]{8,12}"),
    );
    (required, optional).prop_map(
        move |((name, birth_date, departure_date), (sex, passport_expiry, texts, phone))| {
            let [nationality, package, departure_code, agent] = texts;
            ManifestPerson {
                row: 0,
                name,
                passport_number: format!("A{passport:07}"),
                birth_date,
                sex,
                nationality,
                passport_expiry,
                package,
                departure_code,
                departure_date,
                phone,
                agent,
            }
        },
    )
}

fn people() -> impl Strategy<Value = Vec<ManifestPerson>> {
    (1_u32..8)
        .prop_flat_map(|count| (1..=count).map(person).collect::<Vec<_>>())
        .prop_map(|mut people| {
            for (row, person) in (2..).zip(&mut people) {
                person.row = row;
            }
            people
        })
}

proptest! {
    // each case packs and unpacks workbooks
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn people_written_are_the_people_read(people in people()) {
        let rows = || people.iter().cloned().map(|person| ExportRow { status: "on_track".into(), ..person.into() });
        let csv: Vec<u8> = CsvWriter::new(rows()).flat_map(Result::unwrap).collect();
        let mut xlsx = Cursor::new(Vec::new());
        write_xlsx(rows(), today(), &mut xlsx).unwrap();
        for bytes in [csv, xlsx.into_inner()] {
            let manifest = check(&bytes);
            prop_assert_eq!(&manifest.errors, &[]);
            prop_assert_eq!(&manifest.people, &people);
            prop_assert_eq!(&manifest.ignored_columns, &["Status", "Tahap", "Progres"]);
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0_usize..4) {
        let start = [&b""[..], b"PK\x03\x04", b"\xFF\xFE", b"Nama;Paspor;Tgl Lahir;Tgl Berangkat\n"][kind];
        let bytes = [start, &bytes].concat();
        if let Ok(sheet) = read(&bytes, &Limits::default()) {
            manifest::check(&sheet, today());
        }
    }

    #[test]
    fn damaged_text_never_panics(changes in proptest::collection::vec((0..MESSY.len(), any::<u8>()), 1..40)) {
        let mut bytes = MESSY.to_vec();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        if let Ok(sheet) = read(&bytes, &Limits::default()) {
            let manifest = manifest::check(&sheet, today());
            let rejected: std::collections::BTreeSet<u32> = manifest.errors.iter().map(|error| error.row).collect();
            if manifest.errors.iter().all(|error| error.code != manifest::ProblemCode::MissingColumn) {
                prop_assert_eq!(usize::try_from(manifest.rows).unwrap(), manifest.people.len() + rejected.len());
            }
        }
    }

    /// Changes inside the parts, which a change of the packed bytes would only
    /// break the checksums of.
    #[test]
    fn damaged_workbooks_never_panic(
        part in any::<prop::sample::Index>(),
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), prop::sample::select(&b"<>\"'/=&;0919AZaz: \0"[..])),
            1..6,
        ),
        packed in proptest::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let mut parts = parts(&as_workbook(&table(CLEAN)[..4], 0));
        let part = part.index(parts.len());
        let xml = &mut parts[part].1;
        for (at, byte) in changes {
            let at = at.index(xml.len());
            xml[at] = byte;
        }
        let mut bytes = archive(&parts);
        if let Some((at, byte)) = packed {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(sheet) = read(&bytes, &Limits::default()) {
            manifest::check(&sheet, today());
        }
    }
}
