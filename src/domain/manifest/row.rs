//! Checks one row: a person, or what is wrong with it.

use std::borrow::Cow;

use ahash::AHashSet;
use chrono::{NaiveDate, TimeDelta};

use super::column::Column;
use super::date::{self, DateOf};
use super::header::Header;
use super::sex::{self, LetterP};
use super::sheet::{Cell, SheetRow};
use super::{ManifestPerson, Problem, ProblemCode, passport, text};
use crate::domain::pipeline::jamaah::Sex;

/// How long a passport has to be valid when the pilgrim leaves.
const PASSPORT_DAYS: i64 = 180;

/// Checks the rows of one file, in their order.
pub struct Checker<'a> {
    header: &'a Header<'a>,
    today: NaiveDate,
    letter_p: LetterP,
    /// Passport numbers of the people found so far.
    passports: AHashSet<String>,
}

/// What a row came to. `person` is there only without errors.
pub struct Outcome {
    pub person: Option<ManifestPerson>,
    pub errors: Vec<Problem>,
    pub warnings: Vec<Problem>,
}

impl<'a> Checker<'a> {
    pub fn new(header: &'a Header<'a>, today: NaiveDate) -> Self {
        let letters = header
            .layout
            .index(Column::Sex)
            .into_iter()
            .flat_map(|index| {
                header
                    .rows
                    .iter()
                    .filter_map(move |row| match row.cell(index) {
                        Cell::Text(text) => Some(text.as_str()),
                        _ => None,
                    })
            });
        Self {
            header,
            today,
            letter_p: LetterP::of(letters),
            passports: AHashSet::new(),
        }
    }

    /// A passport is a duplicate if a row above that could be imported has the
    /// same number: a row that is rejected for another reason leaves the number
    /// to the next.
    pub fn check(&mut self, row: &SheetRow) -> Outcome {
        let mut reader = Reader {
            header: self.header,
            today: self.today,
            row,
            found: Vec::new(),
        };
        let name = reader.name();
        let nationality = reader.text(Column::Nationality);
        let passport_number = reader.passport(nationality.as_deref());
        if let Some(number) = &passport_number
            && self.passports.contains(number)
        {
            let message = "this passport number is in a row above; expected each person once";
            reader.error(Column::Passport, ProblemCode::DuplicateInFile, message);
        }
        let birth_date = reader.birth_date();
        let departure_date = reader.required_date(Column::DepartureDate, DateOf::Departure);
        let passport_expiry = reader.date(Column::PassportExpiry, DateOf::PassportExpiry);
        reader.warn_of_dates(departure_date, passport_expiry);
        let sex = reader.sex(self.letter_p);
        let package = reader.text(Column::Package);
        let departure_code = reader.text(Column::DepartureCode);
        let phone = reader.phone();
        let agent = reader.text(Column::Agent);

        let (errors, warnings) = reader.problems();
        let person = match (
            errors.is_empty(),
            name,
            passport_number,
            birth_date,
            departure_date,
        ) {
            (true, Some(name), Some(passport_number), Some(birth_date), Some(departure_date)) => {
                self.passports.insert(passport_number.clone());
                Some(ManifestPerson {
                    row: row.row,
                    name,
                    passport_number,
                    birth_date,
                    sex,
                    nationality,
                    passport_expiry,
                    package,
                    departure_code,
                    departure_date,
                    phone,
                    agent,
                })
            }
            _ => None,
        };
        Outcome {
            person,
            errors,
            warnings,
        }
    }
}

/// Reads the cells of one row and notes what is wrong with them.
struct Reader<'a> {
    header: &'a Header<'a>,
    today: NaiveDate,
    row: &'a SheetRow,
    found: Vec<Finding>,
}

struct Finding {
    column_index: usize,
    is_error: bool,
    problem: Problem,
}

impl Reader<'_> {
    fn cell(&self, column: Column) -> &Cell {
        self.header
            .layout
            .index(column)
            .map_or(&Cell::Empty, |index| self.row.cell(index))
    }

    /// What a column says, cleaned; `None` for nothing.
    fn text(&mut self, column: Column) -> Option<String> {
        let text = text::clean(&self.cell(column).text());
        if text::is_nothing(&text) {
            return None;
        }
        if text.chars().nth(text::MAX_CHARS).is_some() {
            self.error(
                column,
                ProblemCode::InvalidValue,
                format!("expected at most {} characters", text::MAX_CHARS),
            );
        }
        Some(text)
    }

    fn required(&mut self, column: Column) -> Option<String> {
        let text = self.text(column);
        if text.is_none() {
            self.error(column, ProblemCode::Required, "expected a value");
        }
        text
    }

    fn name(&mut self) -> Option<String> {
        let name = self.required(Column::Name)?;
        if !name.contains(' ') {
            let message = "a visa needs a name of at least two words";
            self.warn(Column::Name, ProblemCode::OneWordName, message);
        }
        Some(name)
    }

    fn passport(&mut self, nationality: Option<&str>) -> Option<String> {
        let number = passport::normalise(&self.required(Column::Passport)?);
        match passport::check(&number, nationality) {
            Ok(()) => Some(number),
            Err(error) => {
                self.error(
                    Column::Passport,
                    ProblemCode::InvalidPassport,
                    error.to_string(),
                );
                None
            }
        }
    }

    fn date(&mut self, column: Column, of: DateOf) -> Option<NaiveDate> {
        match date::read(self.cell(column), of, self.today)? {
            Ok(date) => Some(date),
            Err(error) => {
                self.error(column, ProblemCode::InvalidDate, error.to_string());
                None
            }
        }
    }

    fn required_date(&mut self, column: Column, of: DateOf) -> Option<NaiveDate> {
        let before = self.found.len();
        let date = self.date(column, of);
        if date.is_none() && self.found.len() == before {
            self.error(
                column,
                ProblemCode::Required,
                "expected a date such as 31/12/1970 or 1970-12-31",
            );
        }
        date
    }

    fn birth_date(&mut self) -> Option<NaiveDate> {
        let date = self.required_date(Column::BirthDate, DateOf::Birth)?;
        if date > self.today {
            self.error(
                Column::BirthDate,
                ProblemCode::DateInFuture,
                "expected a birth date that is not in the future",
            );
        }
        Some(date)
    }

    fn warn_of_dates(&mut self, departure: Option<NaiveDate>, expiry: Option<NaiveDate>) {
        let Some(departure) = departure else { return };
        if departure < self.today {
            self.warn(
                Column::DepartureDate,
                ProblemCode::DepartureInPast,
                "the departure date is in the past",
            );
        }
        if expiry.is_some_and(|expiry| {
            expiry.signed_duration_since(departure) < TimeDelta::days(PASSPORT_DAYS)
        }) {
            let message = format!(
                "expected a passport that is valid for {PASSPORT_DAYS} days after the departure"
            );
            self.warn(
                Column::PassportExpiry,
                ProblemCode::PassportExpiresSoon,
                message,
            );
        }
    }

    /// Not understanding the sex costs a warning and not the person: it is asked
    /// for again with the documents.
    fn sex(&mut self, letter_p: LetterP) -> Option<Sex> {
        let value = self.text(Column::Sex)?;
        let sex = sex::read(&value, letter_p);
        if sex.is_none() {
            let message = match letter_p {
                LetterP::Unclear => {
                    "expected L or P; next to W, the letter P can mean pria and perempuan"
                }
                LetterP::Female => "expected L or P, laki-laki or perempuan, male or female",
            };
            self.warn(Column::Sex, ProblemCode::InvalidValue, message);
        }
        sex
    }

    fn phone(&mut self) -> Option<String> {
        let phone = self.text(Column::Phone)?;
        let scientific =
            phone
                .to_ascii_uppercase()
                .split_once("E+")
                .is_some_and(|(mantissa, exponent)| {
                    mantissa.starts_with(|c: char| c.is_ascii_digit())
                        && exponent.chars().all(|c| c.is_ascii_digit())
                });
        if scientific {
            let message = "a spreadsheet program has rounded this number; expected all its digits";
            self.warn(Column::Phone, ProblemCode::InvalidValue, message);
        }
        Some(phone)
    }

    fn error(&mut self, column: Column, code: ProblemCode, message: impl Into<Cow<'static, str>>) {
        self.note(column, code, message.into(), true);
    }

    fn warn(&mut self, column: Column, code: ProblemCode, message: impl Into<Cow<'static, str>>) {
        self.note(column, code, message.into(), false);
    }

    fn note(
        &mut self,
        column: Column,
        code: ProblemCode,
        message: Cow<'static, str>,
        is_error: bool,
    ) {
        let index = self.header.layout.index(column);
        let name = index
            .and_then(|index| self.header.names.get(index))
            .map_or(column.title(), String::as_str);
        let problem = Problem {
            row: self.row.row,
            column: name.to_owned(),
            code,
            message: message.into_owned(),
            value: text::shortened(&self.cell(column).text()),
        };
        self.found.push(Finding {
            column_index: index.unwrap_or(usize::MAX),
            is_error,
            problem,
        });
    }

    /// Errors and warnings, each from the left to the right.
    fn problems(mut self) -> (Vec<Problem>, Vec<Problem>) {
        self.found.sort_by_key(|finding| finding.column_index);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            self.found.into_iter().partition(|finding| finding.is_error);
        let problems =
            |found: Vec<Finding>| found.into_iter().map(|finding| finding.problem).collect();
        (problems(errors), problems(warnings))
    }
}
