//! Dates as agencies write them.
//!
//! Read are `dd/mm/yyyy` (never month first: this is Indonesia) and
//! `yyyy-mm-dd`, with `/`, `-`, `.` or spaces between, one or two digits for day
//! and month, Indonesian or English month names (also `December 12, 2026`), a
//! weekday or birthplace in front ("Bandung, 12-05-1970"), and a time of day as
//! long as it is midnight: another time means that somebody's computer shifted a
//! date between time zones, and then the day may be wrong.
//!
//! Years have four digits. Two are accepted only where nothing is left to guess:
//! the month is a word (so it is clear which part is the year: `12-Des-26`, as
//! Excel shows dates) and only one century makes sense for the column.

use chrono::{Datelike, Days, NaiveDate, NaiveTime};

use super::sheet::Cell;
use super::text;
use crate::domain::pipeline::jamaah::MAX_AGE_YEARS;

/// Which date it is: this decides the century of a two-digit year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOf {
    Birth,
    PassportExpiry,
    Departure,
}

/// Why a cell is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    #[error("expected a date such as 31/12/1970 or 1970-12-31")]
    NotADate,
    #[error("expected a date that the calendar has, such as 31/12/1970 or 1970-12-31")]
    NotInCalendar,
    #[error("expected a year of four digits, as in 31/12/1970")]
    TwoDigitYear,
    #[error("expected a date without a time of day")]
    TimeOfDay,
    #[error("expected a year between 1900 and 2199")]
    Year,
    #[error("expected a birth date at most {MAX_AGE_YEARS} years ago")]
    TooLongAgo,
}

/// Beyond this age a two-digit year of birth is taken for the later century.
const MAX_AGE_BY_TWO_DIGITS: u32 = 105;

/// Reads a cell. `None` if it is empty, a placeholder or the zero that empty
/// dates are exported as (`0000-00-00`, the number 0).
pub fn read(cell: &Cell, of: DateOf, today: NaiveDate) -> Option<Result<NaiveDate, DateError>> {
    let parsed = match cell {
        Cell::Empty => return None,
        Cell::Date(at) if at.time() == NaiveTime::MIN => Ok(at.date()),
        Cell::Date(_) => Err(DateError::TimeOfDay),
        Cell::Number { text, .. } if text == "0" => return None,
        Cell::Number { date, .. } => date.ok_or(DateError::NotADate),
        Cell::Text(raw) => {
            let cleaned = text::clean(raw);
            if text::is_nothing(&cleaned) || is_zero(&cleaned) {
                return None;
            }
            parse(&cleaned, of, today)
        }
    };
    Some(parsed.and_then(|date| plausible(date, of, today)))
}

fn plausible(date: NaiveDate, of: DateOf, today: NaiveDate) -> Result<NaiveDate, DateError> {
    if !(1900..=2199).contains(&date.year()) {
        Err(DateError::Year)
    } else if of == DateOf::Birth
        && today
            .years_since(date)
            .is_some_and(|age| age > MAX_AGE_YEARS)
    {
        Err(DateError::TooLongAgo)
    } else {
        Ok(date)
    }
}

/// Nothing but zeros and separators.
fn is_zero(cleaned: &str) -> bool {
    cleaned.contains('0')
        && cleaned
            .chars()
            .all(|c| matches!(c, '0' | '-' | '/' | '.' | ':' | ' '))
}

fn parse(cleaned: &str, of: DateOf, today: NaiveDate) -> Result<NaiveDate, DateError> {
    let text = without_time(without_place(cleaned))?;
    let parts = parts(text).ok_or(DateError::NotADate)?;
    let [first, second, third] = parts.as_slice() else {
        return Err(DateError::NotADate);
    };
    let (year, month, day) = match (first, second, third) {
        (Part::Number(year), month, Part::Number(day)) if year.len() == 4 => (year, month, day),
        (Part::Number(day), month, Part::Number(year)) => (year, month, day),
        (month @ Part::Word(_), Part::Number(day), Part::Number(year)) => (year, month, day),
        _ => return Err(DateError::NotADate),
    };
    let number = |digits: &str| digits.parse::<u32>().map_err(|_| DateError::NotADate);
    if day.len() > 2 {
        return Err(DateError::NotADate);
    }
    let day = number(day)?;
    let (month, named) = match month {
        Part::Number(digits) if digits.len() <= 2 => (number(digits)?, false),
        Part::Number(_) => return Err(DateError::NotADate),
        Part::Word(word) => (month_named(word).ok_or(DateError::NotADate)?, true),
    };
    let date = |year: u32| {
        i32::try_from(year)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
    };
    match year.len() {
        4 => date(number(year)?).ok_or(DateError::NotInCalendar),
        2 if named => {
            let year = number(year)?;
            century(date(1900 + year), date(2000 + year), of, today)
        }
        2 => Err(DateError::TwoDigitYear),
        _ => Err(DateError::NotADate),
    }
}

/// Passports end and departures happen in this century. People are born in the
/// one that gives them a believable age, if it is only one.
fn century(
    last: Option<NaiveDate>,
    this: Option<NaiveDate>,
    of: DateOf,
    today: NaiveDate,
) -> Result<NaiveDate, DateError> {
    if of != DateOf::Birth {
        return this.ok_or(DateError::NotInCalendar);
    }
    let age = |date: NaiveDate| today.years_since(date);
    let last = last.filter(|date| age(*date).is_some_and(|years| years <= MAX_AGE_BY_TWO_DIGITS));
    let this = this.filter(|date| *date <= today);
    match (last, this) {
        (Some(date), None) | (None, Some(date)) => Ok(date),
        (Some(_), Some(_)) | (None, None) => Err(DateError::TwoDigitYear),
    }
}

/// "Senin, 12 Mei 1980" and "Bandung / 12-05-1980" without the words in front;
/// "December 12, 2026" as it is.
fn without_place(text: &str) -> &str {
    let (words, date) = text
        .find(|c: char| c.is_ascii_digit())
        .and_then(|at| text.split_at_checked(at))
        .unwrap_or(("", text));
    let is_place = words.contains(char::is_alphabetic)
        && month_named(words.trim_end_matches(is_separator)).is_none();
    if is_place { date } else { text }
}

/// Takes a midnight off the end: ` 00:00`, `T00:00:00.000Z`, ` 12:00:00 AM`.
fn without_time(text: &str) -> Result<&str, DateError> {
    // the date never has a colon, and "00.00" follows a space after a whole date
    let Some(at) = text
        .find(':')
        .and_then(|colon| text.get(..colon))
        .and_then(|head| head.rfind(['T', 't', ' ']))
    else {
        return Ok(text
            .strip_suffix(" 00.00")
            .or_else(|| text.strip_suffix(" 00.00.00"))
            .unwrap_or(text));
    };
    let (date, time) = text.split_at_checked(at).ok_or(DateError::NotADate)?;
    let time = time.to_ascii_uppercase();
    let time = time.trim_start_matches(['T', ' ']);
    let (time, twelve_hours) = match time.strip_suffix("AM") {
        Some(time) => (time.trim_end(), true),
        None => (time.strip_suffix('Z').unwrap_or(time), false),
    };
    let rest = if twelve_hours {
        time.strip_prefix("12:").unwrap_or(time)
    } else {
        time
    };
    if rest.chars().all(|c| matches!(c, '0' | ':' | '.')) {
        Ok(date)
    } else {
        Err(DateError::TimeOfDay)
    }
}

#[derive(Debug)]
enum Part<'a> {
    Number(&'a str),
    Word(&'a str),
}

/// Runs of digits and runs of letters; `None` if anything but separators stands
/// between, before or after them.
fn parts(text: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::with_capacity(3);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        if !digits && !first.is_alphabetic() {
            return None;
        }
        let end = rest
            .find(|c: char| {
                if digits {
                    !c.is_ascii_digit()
                } else {
                    !c.is_alphabetic()
                }
            })
            .unwrap_or(rest.len());
        let (part, tail) = rest.split_at_checked(end)?;
        parts.push(if digits {
            Part::Number(part)
        } else {
            Part::Word(part)
        });
        rest = tail.trim_start_matches(is_separator);
    }
    // a full stop at the end is a slip, any other separator half a date
    (text.ends_with(|c: char| c.is_alphanumeric() || c == '.')).then_some(parts)
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '/' | '-' | '.' | ',' | '–' | '‐' | '‑' | '−')
}

fn month_named(word: &str) -> Option<u32> {
    const MONTHS: [&[&str]; 12] = [
        &["januari", "january", "jan"],
        &["februari", "february", "pebruari", "feb", "peb"],
        &["maret", "march", "mar", "mrt"],
        &["april", "apr"],
        &["mei", "may"],
        &["juni", "june", "jun"],
        &["juli", "july", "jul"],
        &["agustus", "august", "agu", "ags", "agt", "agust", "aug"],
        &["september", "sep", "sept"],
        &["oktober", "october", "okt", "oct"],
        &["november", "nopember", "nov", "nop"],
        &["desember", "december", "des", "dec"],
    ];
    let word = word.to_lowercase();
    (1..)
        .zip(MONTHS)
        .find_map(|(number, names)| names.contains(&word.as_str()).then_some(number))
}

/// The day that a number stands for in a workbook counting from 1900 (day 60 is
/// the 29 February 1900 that Excel invented) or from 1904.
pub fn from_serial(serial: u32, from_1904: bool) -> Option<NaiveDate> {
    let (epoch, first) = if from_1904 {
        (NaiveDate::from_ymd_opt(1904, 1, 1)?, 0)
    } else {
        (NaiveDate::from_ymd_opt(1899, 12, 30)?, 61)
    };
    (serial >= first)
        .then(|| epoch.checked_add_days(Days::new(serial.into())))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn read_text(text: &str, of: DateOf) -> Option<Result<NaiveDate, DateError>> {
        read(&Cell::Text(text.into()), of, day(2026, 11, 22))
    }

    #[test]
    fn the_usual_ways_to_write_a_date_are_read() {
        for text in [
            "05/12/1970",
            "5/12/1970",
            "05-12-1970",
            "5.12.1970",
            " 5 - 12 - 1970 ",
            "1970-12-05",
            "1970/12/05",
            "5 Des 1970",
            "5 Desember 1970",
            "05-DES-1970",
            "5Dec1970",
            "December 5, 1970",
            "5 December 1970",
            "Sabtu, 5 Desember 1970",
            "Bandung, 05-12-1970",
            "Tanjung Pinang / 5-12-1970",
            "Bandung 5 Des 1970",
            "1970-12-05 00:00:00",
            "1970-12-05T00:00:00.000Z",
            "05/12/1970 12:00:00 AM",
            "05/12/1970 00.00",
            "05–12–1970",
            "５/１２/１９７０",
            "5-Des-70",
            "5 Des 70",
        ] {
            assert_eq!(
                read_text(text, DateOf::Birth),
                Some(Ok(day(1970, 12, 5))),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for (text, error) in [
            ("31/02/1970", DateError::NotInCalendar),
            ("1970/13/40", DateError::NotInCalendar),
            ("12/31/1970", DateError::NotInCalendar),
            ("12 Foo 1980", DateError::NotADate),
            ("Foo 12, 1980", DateError::NotADate),
            ("belum ada", DateError::NotADate),
            ("12/1980", DateError::NotADate),
            ("12/12/", DateError::NotADate),
            ("-5/12/1970", DateError::NotADate),
            ("1/1/19700", DateError::NotADate),
            ("29221", DateError::NotADate),
            ("12/12/1970/1", DateError::NotADate),
            ("05/12/70", DateError::TwoDigitYear),
            ("70-12-05", DateError::TwoDigitYear),
            ("1970-12-04T17:00:00Z", DateError::TimeOfDay),
            ("05/12/1890", DateError::Year),
            ("05/12/1901", DateError::TooLongAgo),
        ] {
            assert_eq!(read_text(text, DateOf::Birth), Some(Err(error)), "{text}");
        }
    }

    #[test]
    fn two_digit_years_are_read_where_only_one_century_makes_sense() {
        assert_eq!(
            read_text("5-Des-26", DateOf::Departure),
            Some(Ok(day(2026, 12, 5)))
        );
        assert_eq!(
            read_text("5-Jan-31", DateOf::PassportExpiry),
            Some(Ok(day(2031, 1, 5)))
        );
        assert_eq!(
            read_text("5-Des-05", DateOf::Birth),
            Some(Ok(day(2005, 12, 5)))
        );
        assert_eq!(
            read_text("5-Des-26", DateOf::Birth),
            Some(Ok(day(1926, 12, 5)))
        );
        // a baby or a centenarian
        assert_eq!(
            read_text("5-Jan-24", DateOf::Birth),
            Some(Err(DateError::TwoDigitYear))
        );
    }

    #[test]
    fn empty_dates_are_nothing() {
        for text in ["", " ", "-", "NULL", "0000-00-00", "00/00/0000", "0"] {
            assert_eq!(read_text(text, DateOf::Birth), None, "{text}");
        }
    }

    #[test]
    fn dates_of_workbooks_are_read() {
        let today = day(2026, 11, 22);
        let read = |cell| read(&cell, DateOf::Departure, today);
        let midnight = day(2026, 12, 12).and_time(NaiveTime::MIN);
        assert_eq!(read(Cell::Date(midnight)), Some(Ok(day(2026, 12, 12))));
        assert_eq!(
            read(Cell::Date(midnight + chrono::Duration::hours(3))),
            Some(Err(DateError::TimeOfDay))
        );
        assert_eq!(from_serial(46_368, false), Some(day(2026, 12, 12)));
        assert_eq!(from_serial(46_368 - 1_462, true), Some(day(2026, 12, 12)));
        assert_eq!(from_serial(60, false), None);
        let number = Cell::Number {
            text: "46368".into(),
            date: from_serial(46_368, false),
        };
        assert_eq!(read(number), Some(Ok(day(2026, 12, 12))));
    }
}
