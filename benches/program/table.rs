//! Tables in Markdown, and how figures look in them.

use std::fmt;

pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(head: &[&str]) -> Self {
        let head = head.iter().map(|cell| (*cell).to_owned()).collect();
        Self { rows: vec![head] }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    /// The first column to the left, figures to the right.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, row) in self.rows.iter().enumerate() {
            writeln!(out, "| {} |", row.join(" | "))?;
            if place == 0 {
                writeln!(
                    out,
                    "| --- |{}",
                    " ---: |".repeat(row.len().saturating_sub(1))
                )?;
            }
        }
        Ok(())
    }
}

/// With commas between thousands.
pub fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Two or three figures that mean something.
fn short(number: f64) -> String {
    match number {
        number if number < 1.0 => format!("{number:.2}"),
        number if number < 20.0 => format!("{number:.1}"),
        number => count(number),
    }
}

pub fn ms(number: f64) -> String {
    short(number)
}

pub fn us(number: Option<f64>) -> String {
    number.map_or("–".to_owned(), short)
}

pub fn ratio(number: f64) -> String {
    format!("{} ×", short(number))
}
