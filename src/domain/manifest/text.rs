//! What people mean by what they typed: stray spaces, invisible characters,
//! full-width letters and placeholders for "nothing" are taken out of the way.

use std::borrow::Cow;

/// The longest text that a field takes, in characters. Longer ones are a slip
/// of the file (a paragraph in the name column), not data.
pub const MAX_CHARS: usize = 200;

/// One line without leading, trailing, doubled, non-breaking or full-width
/// spaces, without control and invisible characters, and without the one
/// apostrophe that keeps a spreadsheet program from calculating (see [`guard`]).
pub fn clean(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars().map(narrow) {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !c.is_control() && !is_invisible(c) {
            out.push(c);
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    match out.strip_prefix('\'') {
        Some(rest) if rest.starts_with(is_guarded) => rest.to_owned(),
        _ => out,
    }
}

/// True if a cleaned text stands for "nothing": empty, dashes, `NULL`, `n/a`
/// or an error of a formula. Not "belum ada" ("not yet"): that is an answer
/// which a column may have to refuse.
pub fn is_nothing(cleaned: &str) -> bool {
    const WORDS: [&str; 11] = [
        "null",
        "(null)",
        "n/a",
        "#n/a",
        "#null!",
        "#ref!",
        "#value!",
        "#name?",
        "#num!",
        "#div/0!",
        "#getting_data",
    ];
    cleaned
        .chars()
        .all(|c| matches!(c, '-' | '–' | '—' | '_' | '.' | '*' | ' '))
        || WORDS.iter().any(|word| cleaned.eq_ignore_ascii_case(word))
}

/// What is left for comparing: letters and digits in lower case without
/// diacritics. "No. Paspor", "NO_PASPOR" and "no paspor" are one.
pub fn key(raw: &str) -> String {
    raw.chars()
        .map(narrow)
        .map(unaccented)
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The words of a text, each as its [`key`]. An apostrophe does not end a word
/// (jama'ah).
pub fn words(raw: &str) -> impl Iterator<Item = String> {
    raw.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '`' | '‘'))
        .map(key)
        .filter(|w| !w.is_empty())
}

/// A value as it may stand in a CSV file that a spreadsheet program opens: one
/// apostrophe before what the program would run as a formula. [`clean`] takes
/// exactly that apostrophe away again, which is why a value that already looks
/// guarded gets one more.
pub fn guard(value: &str) -> Cow<'_, str> {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula || looks_guarded(value) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// True if [`clean`] would take the first character for a guard.
pub fn looks_guarded(value: &str) -> bool {
    value
        .strip_prefix('\'')
        .is_some_and(|rest| rest.starts_with(is_guarded))
}

/// The first `MAX_CHARS` characters, for reports.
pub fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => text
            .get(..end)
            .map_or_else(String::new, |start| format!("{start}…")),
        None => text.to_owned(),
    }
}

/// What an apostrophe in front protects. Digits belong to it because phone
/// numbers are typed as `'0812…` to keep their zero; letters do not, because
/// names begin with an apostrophe ('Aisyah).
fn is_guarded(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\'') || c.is_ascii_digit()
}

/// Zero-width spaces, marks of writing direction, byte order marks, soft hyphens.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Full-width forms (Ａ, １, ／) as the ASCII characters they are wide forms of.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => u32::from(c)
            .checked_sub(0xfee0)
            .and_then(char::from_u32)
            .unwrap_or(c),
        _ => c,
    }
}

fn unaccented(c: char) -> char {
    match c {
        'à'..='å' | 'À'..='Å' | 'ā' | 'Ā' => 'a',
        'ç' | 'Ç' => 'c',
        'è'..='ë' | 'È'..='Ë' | 'ē' | 'Ē' => 'e',
        'ì'..='ï' | 'Ì'..='Ï' | 'ī' | 'Ī' | 'ı' | 'İ' => 'i',
        'ñ' | 'Ñ' => 'n',
        'ò'..='ö' | 'Ò'..='Ö' | 'ō' | 'Ō' => 'o',
        'ù'..='ü' | 'Ù'..='Ü' | 'ū' | 'Ū' => 'u',
        'ý' | 'ÿ' | 'Ý' => 'y',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stray_characters_are_cleaned_away() {
        assert_eq!(clean("  KARTINI \u{a0}HASIBUAN\n"), "KARTINI HASIBUAN");
        assert_eq!(
            clean("\u{feff}Ｂ１２３\u{3000}４５６７\u{200b}\0"),
            "B123 4567"
        );
        assert_eq!(clean("'+62812"), "+62812");
        assert_eq!(clean("'0812"), "0812");
        assert_eq!(clean("'Aisyah"), "'Aisyah");
    }

    #[test]
    fn placeholders_are_nothing_and_words_are_not() {
        for nothing in ["", "-", "--", "—", "NULL", "n/a", "#N/A", "#REF!", "."] {
            assert!(is_nothing(nothing), "{nothing}");
        }
        for something in ["belum ada", "Nul", "0", "-5"] {
            assert!(!is_nothing(something), "{something}");
        }
    }

    #[test]
    fn headers_compare_without_case_points_and_accents() {
        assert_eq!(key(" No. PASPÓR_"), "nopaspor");
        assert_eq!(
            words("Nama Jama'ah (L/P)").collect::<Vec<_>>(),
            ["nama", "jamaah", "l", "p"]
        );
    }

    proptest! {
        #[test]
        fn a_guarded_value_reads_as_the_value(raw in "['=+@\t\r0-9A-c-]{0,6}") {
            let value = clean(&raw);
            let guarded = guard(&value).into_owned();
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(clean(&guarded), value);
        }
    }
}
