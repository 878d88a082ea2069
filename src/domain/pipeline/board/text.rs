//! Texts that can be searched for words, regardless of case, quickly: two
//! fingerprints rule most texts out before a single letter is compared.

use std::sync::Arc;

/// Words beyond this many are not looked at.
pub const MAX_WORDS: usize = 16;

/// Which words of a search a text contains, one bit each.
pub type WordHits = u16;

/// A text in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    lower: Arc<str>,
    /// Its first eight bytes, which decide most comparisons.
    head: u64,
    print: Fingerprint,
}

impl Text {
    /// Several fields are kept apart by line feeds, which no word contains.
    pub fn new(fields: &[&str]) -> Self {
        let lower: Arc<str> = Arc::from(fields.join("\n").to_lowercase());
        let mut head = [0; 8];
        for (place, byte) in head.iter_mut().zip(lower.bytes()) {
            *place = byte;
        }
        Self {
            head: u64::from_be_bytes(head),
            print: Fingerprint::of(&lower),
            lower,
        }
    }

    pub fn key(&self) -> (u64, &str) {
        (self.head, &self.lower)
    }
}

/// One bit for each letter or digit, and one of 64 for each pair of neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fingerprint {
    letters: u64,
    pairs: u64,
}

impl Fingerprint {
    fn of(text: &str) -> Self {
        let mut print = Self::default();
        let mut before = None;
        for byte in text.bytes() {
            print.letters |= 1 << letter(byte);
            if let Some(before) = before {
                let mixed = (u32::from(before) << 8 | u32::from(byte)).wrapping_mul(0x9e37_79b1);
                print.pairs |= 1 << (mixed >> 26);
            }
            before = Some(byte);
        }
        print
    }

    fn covers(self, other: Self) -> bool {
        self.letters & other.letters == other.letters && self.pairs & other.pairs == other.pairs
    }
}

fn letter(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => byte - b'a',
        b'0'..=b'9' => byte - b'0' + 26,
        _ => 36 + byte % 28,
    }
}

/// The words of a search: a text matches when each is somewhere in it.
#[derive(Clone, Debug)]
pub struct Words {
    words: Vec<Word>,
}

#[derive(Clone, Debug)]
struct Word {
    hit: WordHits,
    print: Fingerprint,
    /// A single letter or digit, of which the fingerprint says all.
    single: bool,
    text: Box<str>,
}

impl Word {
    fn is_in(&self, text: &Text) -> bool {
        text.print.covers(self.print) && (self.single || text.lower.contains(&*self.text))
    }
}

impl Words {
    /// `None` when the text has no words in it.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let words: Vec<Word> = lower
            .split_whitespace()
            .take(MAX_WORDS)
            .zip((0..).map(|bit| 1 << bit))
            .map(|(word, hit)| Word {
                hit,
                print: Fingerprint::of(word),
                single: word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                text: Box::from(word),
            })
            .collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// The hits of a text that contains every word.
    pub fn all(&self) -> WordHits {
        self.words.iter().fold(0, |all, word| all | word.hit)
    }

    pub fn hits(&self, text: &Text) -> WordHits {
        self.words
            .iter()
            .filter(|word| word.is_in(text))
            .fold(0, |hits, word| hits | word.hit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_found_exactly_where_they_are(
            name in "[a-eA-E é]{0,12}", passport in "[A-C0-3]{0,6}", words in "[a-e0-3É ]{0,6}",
        ) {
            let text = Text::new(&[&name, &passport]);
            let (name, passport) = (name.to_lowercase(), passport.to_lowercase());
            let expected = words.to_lowercase().split_whitespace()
                .all(|word| name.contains(word) || passport.contains(word));
            let found = Words::parse(&words).is_none_or(|words| words.hits(&text) == words.all());
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn keys_sort_like_the_texts(a in "[a-cA-C ]{0,12}", b in "[a-cA-C ]{0,12}") {
            let (x, y) = (Text::new(&[&a, "1"]), Text::new(&[&b, "1"]));
            prop_assert_eq!(x.key().cmp(&y.key()), a.to_lowercase().cmp(&b.to_lowercase()));
        }
    }

    #[test]
    fn a_search_without_words_is_none() {
        assert!(Words::parse("  \t ").is_none());
    }
}
