//! Passport numbers: one way to write them, and which ones can be real.

use super::text;

/// Upper case without the spaces, points, dashes and slashes people put in.
pub fn normalise(raw: &str) -> String {
    text::clean(raw)
        .chars()
        .filter(|c| !is_separator(*c))
        .flat_map(char::to_uppercase)
        .collect()
}

/// What a number should have looked like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassportError {
    /// Also where no nationality is given: a missing digit is the commonest
    /// slip in a manifest, and the looser rule would let it pass.
    #[error(
        "expected an Indonesian passport number, a letter and 7 digits or two letters and 6 digits; \
         another country's passport needs its nationality in the file"
    )]
    Indonesian,
    /// Letters and digits up to the nine characters that the machine-readable
    /// zone of a passport has room for (ICAO 9303).
    #[error("expected a passport number of 6 to 9 letters and digits, 3 or more of them digits")]
    Foreign,
}

/// Checks a normalised number against the rule of the passport's country.
/// `nationality` as cleaned from the file; none is taken for Indonesian.
pub fn check(number: &str, nationality: Option<&str>) -> Result<(), PassportError> {
    if nationality.is_none_or(is_indonesian) {
        if is_indonesian_number(number) {
            Ok(())
        } else {
            Err(PassportError::Indonesian)
        }
    } else if is_plausible(number) {
        Ok(())
    } else {
        Err(PassportError::Foreign)
    }
}

/// True if some country could have issued this number.
pub fn is_plausible(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (6..=9).contains(&number.len())
        && number
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        && digits >= 3
        && number.chars().any(|c| ('1'..='9').contains(&c))
}

/// `A1234567` for ordinary passports; two letters and six digits for older ones
/// and travel documents in place of one (SPLP).
fn is_indonesian_number(number: &str) -> bool {
    let letters = number.chars().take_while(char::is_ascii_uppercase).count();
    is_plausible(number)
        && number.len() == 8
        && matches!(letters, 1 | 2)
        && number.chars().skip(letters).all(|c| c.is_ascii_digit())
}

fn is_indonesian(nationality: &str) -> bool {
    matches!(
        text::key(nationality).as_str(),
        "idn"
            | "id"
            | "ina"
            | "ind"
            | "indonesia"
            | "indonesian"
            | "indo"
            | "wni"
            | "ri"
            | "republikindonesia"
            | "wniindonesia"
            | "indonesiawni"
    )
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '-' | '/' | '_' | ',' | '–' | '—' | '‐' | '‑' | '−')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_and_case_do_not_matter() {
        assert_eq!(normalise(" b 1027948 "), "B1027948");
        assert_eq!(normalise("b-102.7948"), "B1027948");
        assert_eq!(normalise("Ｂ１０２７９４８"), "B1027948");
    }

    #[test]
    fn indonesian_numbers_are_a_letter_and_seven_digits() {
        for nationality in [None, Some("IDN"), Some("WNI"), Some("Indonesia")] {
            assert_eq!(check("B1027948", nationality), Ok(()));
            assert_eq!(check("XD102794", nationality), Ok(()));
            for wrong in [
                "12345",
                "BELUMADA",
                "A12B",
                "B102794",
                "B10279480",
                "B12O4567",
                "A0000000",
                "123456789",
                "",
            ] {
                assert_eq!(
                    check(wrong, nationality),
                    Err(PassportError::Indonesian),
                    "{wrong}"
                );
            }
        }
    }

    #[test]
    fn other_countries_numbers_are_taken_as_they_are() {
        // United Kingdom, Germany, Malaysia, Singapore, Philippines, Brunei, Yemen
        for number in [
            "925665416",
            "C01X00T47",
            "A12345678",
            "K1234567X",
            "P1234567A",
            "B123456",
            "01234567",
        ] {
            assert_eq!(check(number, Some("MYS")), Ok(()), "{number}");
        }
        for wrong in [
            "12345",
            "BELUMADA",
            "A12B",
            "000000000",
            "1234567890",
            "Б1234567",
        ] {
            assert_eq!(
                check(wrong, Some("MYS")),
                Err(PassportError::Foreign),
                "{wrong}"
            );
        }
    }
}
