//! Text of unknown encoding: UTF-8 and UTF-16 by their byte order mark, else
//! UTF-8 if it is, else Windows-1252, which old programs write.

use std::borrow::Cow;

/// The text without its byte order mark; `None` if it is no text.
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        // it says what it is: a broken byte costs one character and not the encoding
        String::from_utf8_lossy(rest)
    } else if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        Cow::Owned(utf_16(rest, u16::from_le_bytes))
    } else if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        Cow::Owned(utf_16(rest, u16::from_be_bytes))
    } else {
        match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(bytes.iter().map(|byte| windows_1252(*byte)).collect()),
        }
    };
    is_text(&text).then_some(text)
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// Text has few control characters; images and programs are full of them.
fn is_text(text: &str) -> bool {
    let control = |c: &char| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{c}');
    let beginning = || text.chars().take(64 * 1024);
    beginning().filter(control).count().saturating_mul(100) <= beginning().count()
}

fn windows_1252(byte: u8) -> char {
    // 0x80 to 0x9F; the five holes stay the control characters they are in Latin-1
    const UPPER: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80)
        .and_then(|index| UPPER.get(usize::from(index)))
        .copied()
        .unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_of_a_name_is_read() {
        let name = "Zaïnal “Abu” Š";
        let utf_16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            std::iter::once(0xFEFF)
                .chain(name.encode_utf16())
                .flat_map(order)
                .collect()
        };
        let mut marked = b"\xEF\xBB\xBF".to_vec();
        marked.extend(name.as_bytes());
        for bytes in [
            name.as_bytes().to_vec(),
            marked,
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
            b"Za\xEFnal \x93Abu\x94 \x8A".to_vec(),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Some(name));
        }
    }

    #[test]
    fn binary_data_is_not_text() {
        assert_eq!(decode(&[0, 1, 2, 3, 200, 201, 0, 0]), None);
    }
}
