//! Looks into an XLSX file before it is parsed: small files that unpack to
//! gigabytes, and numbers that make the parser allocate as much.
//!
//! The sizes that the archive declares can be relied on: unpacking stops with an
//! error where a part grows past what it declared.

use std::io::{Cursor, Read, Seek};

use zip::ZipArchive;

use super::{Limits, SpreadsheetError};

/// A workbook has some dozens of parts; pictures make it more.
const MAX_PARTS: usize = 4_096;
/// Excel allows 65,490 formats, and each has a second entry for its base.
const MAX_FORMATS: usize = 140_000;
/// Excel allows 255 characters in a number format and 31 in the name of a font,
/// and the parser copies them for each format.
const MAX_STYLE_TEXT: usize = 1_024;

pub fn check(bytes: &[u8], limits: &Limits) -> Result<(), SpreadsheetError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(SpreadsheetError::Damaged(format!(
            "it has {} parts",
            archive.len()
        )));
    }
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        unpacked = unpacked.saturating_add(archive.by_index_raw(index).map_err(damaged)?.size());
    }
    if unpacked > limits.unpacked_bytes {
        return Err(SpreadsheetError::Bomb {
            limit: limits.unpacked_bytes,
        });
    }
    for index in 0..archive.len() {
        check_part(&mut archive, index, limits)?;
    }
    Ok(())
}

fn check_part<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    limits: &Limits,
) -> Result<(), SpreadsheetError> {
    let mut part = archive.by_index(index).map_err(damaged)?;
    // the parser finds parts without regard to case
    let name = part.name_raw().to_ascii_lowercase();
    let mut xml = Vec::new();
    if name.ends_with(b"sharedstrings.xml") {
        part.by_ref()
            .take(4_096)
            .read_to_end(&mut xml)
            .map_err(damaged)?;
        let count = first_element(&xml).and_then(declared_count);
        match count {
            Some(count) if usize::try_from(count).is_ok_and(|count| count <= limits.cells) => {
                Ok(())
            }
            Some(_) => Err(SpreadsheetError::TooManyCells {
                limit: limits.cells,
            }),
            None => Err(damaged("the table of strings has no readable beginning")),
        }
    } else if name.ends_with(b"styles.xml") {
        part.read_to_end(&mut xml).map_err(damaged)?;
        check_styles(&xml)
    } else {
        Ok(())
    }
}

/// Bounds what the parser copies: formats times the longest text in them.
fn check_styles(xml: &[u8]) -> Result<(), SpreadsheetError> {
    let formats = xml
        .windows(4)
        .filter(|tag| {
            matches!(
                tag,
                [
                    b'<' | b':',
                    b'x',
                    b'f',
                    b' ' | b'/' | b'>' | b'\t' | b'\n' | b'\r'
                ]
            )
        })
        .count();
    let longest = xml
        .split(|byte| matches!(byte, b'"' | b'\'' | b'<' | b'>'))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0);
    // in UTF-16 neither would be seen
    if formats > MAX_FORMATS || longest > MAX_STYLE_TEXT || xml.contains(&0) {
        return Err(damaged("its styles are not Excel's"));
    }
    Ok(())
}

/// The inside of the first tag behind `<?xml …?>`.
fn first_element(xml: &[u8]) -> Option<&str> {
    let mut rest = std::str::from_utf8(xml.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(xml))
        .or_else(|error| std::str::from_utf8(xml.get(..error.valid_up_to()).unwrap_or_default()))
        .ok()?
        .trim_start();
    while let Some(instruction) = rest.strip_prefix("<?") {
        rest = instruction.split_once("?>")?.1.trim_start();
    }
    let element = rest.strip_prefix('<')?;
    let mut quote = None;
    let end = element.find(|c| {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        quote.is_none() && c == '>'
    })?;
    let element = element.get(..end)?;
    let name = element.split([' ', '\t', '\n', '\r', '/']).next()?;
    (name == "sst" || name.ends_with(":sst")).then_some(element)
}

/// How many strings the table says it has, 0 if it does not say. The parser
/// makes room for as many at once.
fn declared_count(element: &str) -> Option<u64> {
    let mut counts = element.split("uniqueCount").skip(1);
    let Some(count) = counts.next() else {
        return Some(0);
    };
    let digits = count
        .trim_start()
        .strip_prefix('=')?
        .trim_start()
        .strip_prefix(['"', '\''])?;
    let digits: String = digits
        .chars()
        .take_while(|c| !matches!(c, '"' | '\''))
        .collect();
    // said twice, or in a way that we do not read, it is not Excel who says it
    counts
        .next()
        .is_none()
        .then(|| digits.parse().ok())
        .flatten()
}

fn damaged(reason: impl ToString) -> SpreadsheetError {
    SpreadsheetError::Damaged(reason.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_would_unpack_beyond_the_limit_is_refused() {
        let limits = Limits {
            unpacked_bytes: 100_000,
            ..Limits::default()
        };
        let small = archive(&[("a", &[0; 60_000])]);
        assert!(check(&small, &limits).is_ok());
        let bomb = archive(&[("a", &[0; 60_000]), ("b", &[0; 60_000])]);
        assert!(bomb.len() < 1_000);
        assert!(matches!(
            check(&bomb, &limits),
            Err(SpreadsheetError::Bomb { limit: 100_000 })
        ));
    }

    #[test]
    fn counts_that_no_table_has_are_refused() {
        for (beginning, is_fine) in [
            (
                "<?xml version=\"1.0\"?>\n<sst count=\"3\" uniqueCount=\"2\"><si>",
                true,
            ),
            ("<sst>", true),
            ("<x:sst uniqueCount='7'/>", true),
            ("<sst uniqueCount=\"99999999999999\">", false),
            ("<sst a='>' uniqueCount=\"99999999999999\">", false),
            (
                "<sst uniqueCount=\"1\" uniqueCount=\"99999999999999\">",
                false,
            ),
            ("<sst uniqueCount=\"+99\">", true),
            ("<sst uniqueCount=\"x\">", false),
            ("<a/><sst uniqueCount=\"1\">", false),
            ("<sst ", false),
        ] {
            let file = archive(&[("xl/SharedStrings.xml", beginning.as_bytes())]);
            assert_eq!(
                check(&file, &Limits::default()).is_ok(),
                is_fine,
                "{beginning}"
            );
        }
    }

    #[test]
    fn styles_that_multiply_are_refused() {
        let long = format!(
            "<fonts><font><name val=\"{}\"/></font></fonts>",
            "a".repeat(2_000)
        );
        let many = "<xf/>".repeat(MAX_FORMATS + 1);
        for styles in [long.as_str(), many.as_str()] {
            let file = archive(&[("xl/styles.xml", styles.as_bytes())]);
            assert!(matches!(
                check(&file, &Limits::default()),
                Err(SpreadsheetError::Damaged(_))
            ));
        }
    }
}
