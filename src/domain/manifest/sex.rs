//! Men and women, as columns headed "JK" or "L/P" have them.

use super::text;
use crate::domain::pipeline::jamaah::Sex;

/// The letter in files that we write: *laki-laki* or *perempuan*.
pub fn letter(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "L",
        Sex::Female => "P",
    }
}

/// What the letter P means in one file: *perempuan* (woman) next to L, *pria*
/// (man) next to W.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterP {
    Female,
    /// The file has W and no L. Both readings are possible, so neither is taken.
    Unclear,
}

impl LetterP {
    /// Decides from all values of the column.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut w, mut l) = (false, false);
        for value in values {
            match text::key(value).as_str() {
                "w" => w = true,
                "l" => l = true,
                _ => {}
            }
        }
        if w && !l { Self::Unclear } else { Self::Female }
    }
}

/// Reads a cleaned value, if it is understood.
pub fn read(value: &str, letter_p: LetterP) -> Option<Sex> {
    match text::key(value).as_str() {
        "p" if letter_p == LetterP::Unclear => None,
        "l" | "lk" | "laki" | "lakilaki" | "laki2" | "lelaki" | "pria" | "cowok" | "ikhwan"
        | "m" | "male" | "man" | "mr" | "tn" | "tuan" => Some(Sex::Male),
        "p" | "pr" | "prp" | "perempuan" | "wanita" | "w" | "cewek" | "akhwat" | "f" | "female"
        | "woman" | "mrs" | "ms" | "miss" | "ny" | "nyonya" | "nn" | "nona" => Some(Sex::Female),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_words_are_understood() {
        for word in [
            "L",
            "l",
            "Laki-laki",
            "LAKI LAKI",
            "Pria",
            "M",
            "Male",
            "Lk.",
        ] {
            assert_eq!(read(word, LetterP::Female), Some(Sex::Male), "{word}");
        }
        for word in ["P", "Perempuan", "wanita", "F", "FEMALE", "Pr"] {
            assert_eq!(read(word, LetterP::Female), Some(Sex::Female), "{word}");
        }
        for word in ["x", "L/P", "1"] {
            assert_eq!(read(word, LetterP::Female), None, "{word}");
        }
    }

    #[test]
    fn p_next_to_w_is_not_guessed() {
        let letter_p = LetterP::of(["P", "W", "P"]);
        assert_eq!(letter_p, LetterP::Unclear);
        assert_eq!(read("P", letter_p), None);
        assert_eq!(LetterP::of(["P", "L", "W"]), LetterP::Female);
    }
}
