//! Values as sources write them: lost encodings, decimal commas, keys that were numbers, house numbers in one field.

use std::borrow::Cow;
use std::io::{self, Read};

/// What Windows-1252 has at 0x80..0xA0.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The character of one byte in Windows-1252.
pub fn from_windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => byte as char,
    }
}

/// UTF-8 where it is that, Windows-1252 for each byte that is not.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut out = String::with_capacity(bytes.len() + 8);
            for chunk in bytes.utf8_chunks() {
                out.push_str(chunk.valid());
                out.extend(chunk.invalid().iter().map(|b| from_windows_1252(*b)));
            }
            Cow::Owned(out)
        }
    }
}

/// Undoes UTF-8 that was read as Windows-1252 (“CoÃ¶peratie”), trims, and turns an empty text into none.
pub fn clean(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    if text.is_empty() {
        return None;
    }
    let suspect = text.chars().any(|c| matches!(c, 'Ã' | 'Â' | 'â' | 'Å'));
    if suspect && let Some(repaired) = undo_mojibake(text) {
        return Some(Cow::Owned(repaired));
    }
    Some(Cow::Borrowed(text))
}

fn undo_mojibake(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        let code = c as u32;
        let byte = match WINDOWS_1252.iter().position(|w| *w == c) {
            Some(at) => 0x80 + at as u8,
            None => u8::try_from(code).ok()?,
        };
        bytes.push(byte);
    }
    let repaired = String::from_utf8(bytes).ok()?;
    (repaired != text).then_some(repaired)
}

/// Passes bytes on as UTF-8, so that a JSON reader survives a stray byte.
pub struct Utf8<R> {
    inner: R,
    pending: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    done: bool,
}

impl<R: Read> Utf8<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, pending: Vec::new(), ready: Vec::new(), at: 0, done: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        let read = self.inner.read(&mut buffer)?;
        self.done = read == 0;
        self.pending.extend_from_slice(&buffer[..read]);
        self.ready.clear();
        self.at = 0;
        // A character may be cut by the edge of the buffer: its bytes wait for the next one.
        let whole = if self.done { self.pending.len() } else { self.pending.len() - cut_tail(&self.pending) };
        self.ready.extend_from_slice(decode(&self.pending[..whole]).as_bytes());
        self.pending.drain(..whole);
        Ok(())
    }
}

/// How many bytes at the end may be the start of a longer character.
fn cut_tail(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let byte = bytes[bytes.len() - back];
        if byte & 0b1100_0000 == 0b1000_0000 {
            continue;
        }
        let needs = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        return if needs > back { back } else { 0 };
    }
    0
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() {
            if self.done {
                return Ok(0);
            }
            self.fill()?;
        }
        let count = out.len().min(self.ready.len() - self.at);
        out[..count].copy_from_slice(&self.ready[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// A number in Dutch or English writing: `1.234,5`, `1234.5`, `1 234`. None when it is none.
pub fn number(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    let (comma, dot) = (text.rfind(','), text.rfind('.'));
    let plain = match (comma, dot) {
        (Some(c), Some(d)) if c > d => text.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => text.replace(',', ""),
        (Some(_), None) => text.replacen(',', ".", 1),
        (None, Some(_)) if thousands(&text) => text.replace('.', ""),
        _ => text,
    };
    if !plain.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') {
        return None;
    }
    plain.parse::<f64>().ok().filter(|n| n.is_finite())
}

/// Two or more groups of three after dots (`1.234.567`); one group alone is a decimal.
fn thousands(text: &str) -> bool {
    let mut groups = text.split('.');
    groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && text.matches('.').count() >= 2 && groups.all(|g| g.len() == 3)
}

/// A key of `length` digits; a shorter run of digits lost its leading zeros to a spreadsheet and gets them back.
pub fn key(text: &str, length: usize) -> Option<String> {
    let text = text.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    let text = text.rsplit(['.', '/', ':']).next().unwrap_or(text);
    (!text.is_empty() && text.len() <= length && text.bytes().all(|b| b.is_ascii_digit())).then(|| format!("{text:0>length$}"))
}

/// `GM0363` from `0363`, `363`, `GM0363`.
pub fn municipality(text: &str) -> Option<String> {
    let text = text.trim();
    key(text.strip_prefix("GM").or(text.strip_prefix("gm")).unwrap_or(text), 4).map(|code| format!("GM{code}"))
}

/// Codes that look like a municipality and stand for unknown (IBIS) or abroad (CBS).
pub fn is_pseudo_municipality(code: &str) -> bool {
    matches!(code, "GM0000" | "GM0997" | "GM0998" | "GM0999" | "GM9999")
}

/// `1234AB`, from any writing of it.
pub fn postcode(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let bytes = code.as_bytes();
    let sound = bytes.len() == 6
        && (b'1'..=b'9').contains(&bytes[0])
        && bytes[1..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_uppercase)
        && !matches!(&bytes[4..], b"SA" | b"SD" | b"SS");
    sound.then_some(code)
}

/// A year in a text that may carry more: `1977`, `v1900` (before), a broken byte before the digits, `1990-01-01`.
pub fn year(text: &str) -> Option<i32> {
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    (digits.len() == 4).then(|| digits.parse().ok())?.filter(|y| (1500..=2100).contains(y))
}

/// A day: `2020-09-15`, `15-09-2020`, `20200915`, or the day of an instant.
pub fn day(text: &str) -> Option<chrono::NaiveDate> {
    let text = text.trim();
    let head = text.get(..10).unwrap_or(text);
    ["%Y-%m-%d", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d"].iter().find_map(|form| chrono::NaiveDate::parse_from_str(head, form).ok())
}

/// House number, letter and addition of an address.
#[derive(Debug, PartialEq, Eq, Default, Clone)]
pub struct HouseNumber {
    pub number: i32,
    pub letter: Option<String>,
    pub addition: Option<String>,
}

/// Splits a house number written in one field: `12`, `12a`, `12 B`, `58-1`, `12-14 B` (a range: the first, the rest is its addition),
/// `7 bis`, `3-H2`. NEN 5825 keeps three fields.
pub fn house_number(text: &str) -> Option<HouseNumber> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: i32 = text.get(..digits)?.parse().ok().filter(|n| (1..=99_999).contains(n))?;
    let rest = text[digits..].trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '.' | ','));
    if rest.is_empty() {
        return Some(HouseNumber { number, ..HouseNumber::default() });
    }
    let mut chars = rest.chars();
    let first = chars.next()?;
    let after = chars.as_str();
    let lone_letter = first.is_ascii_alphabetic() && !after.starts_with(|c: char| c.is_alphanumeric());
    let (letter, addition) = if lone_letter {
        let tail = after.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '/'));
        (Some(first.to_ascii_uppercase().to_string()), (!tail.is_empty()).then(|| tail.to_owned()))
    } else {
        (None, Some(rest.to_owned()))
    };
    Some(HouseNumber { number, letter, addition })
}

/// Splits `Havenweg 12-14 B` into street and number.
pub fn street_and_number(text: &str) -> Option<(String, HouseNumber)> {
    let text = text.trim();
    text.match_indices(char::is_whitespace).find_map(|(at, _)| {
        let tail = text[at..].trim_start();
        let number = tail.starts_with(|c: char| c.is_ascii_digit()).then(|| house_number(tail)).flatten()?;
        (at > 1).then(|| (text[..at].trim_end().to_owned(), number))
    })
}

/// Column and element names on one form: lower case, letters and digits only, `/` between nested elements.
pub fn column_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '/').flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_encodings_come_back() {
        assert_eq!(clean(" CoÃ¶peratie ").as_deref(), Some("Coöperatie"));
        assert_eq!(clean("Café â€œDe Sluisâ€\u{9d}").as_deref(), Some("Café â€œDe Sluisâ€\u{9d}"), "half of it is sound: left alone");
        assert_eq!(clean("Coöperatie Ål").as_deref(), Some("Coöperatie Ål"));
        assert_eq!(clean("  \u{feff}"), None);
        assert_eq!(decode(b"Co\xf6peratie"), "Coöperatie");
        let mut text = String::new();
        let half = [b"{\"a\":\"".as_slice(), &b"x".repeat(65_529), "ö\"".as_bytes(), b"\x80"].concat();
        Utf8::new(half.as_slice()).read_to_string(&mut text).expect("utf-8");
        assert!(text.ends_with("xö\"€"));
    }

    #[test]
    fn numbers_in_two_writings() {
        for (text, value) in
            [("1.234,5", 1234.5), ("1,234.5", 1234.5), ("12,5", 12.5), ("12.5", 12.5), ("1.234.567", 1_234_567.0), (" 7 923 ", 7923.0)]
        {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["", "x", "NaN", "inf", "1e999", "12 m2"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn keys_get_their_zeros_back() {
        assert_eq!(key("228100000038968", 16).as_deref(), Some("0228100000038968"));
        assert_eq!(key("NL.IMBAG.Pand.0228100000038968", 16).as_deref(), Some("0228100000038968"));
        assert_eq!(key("12345.0", 8).as_deref(), Some("00012345"));
        assert_eq!(key("123456789", 8), None);
        assert_eq!(key("12a", 8), None);
        assert_eq!(municipality("363").as_deref(), Some("GM0363"));
        assert_eq!(municipality("GM0363").as_deref(), Some("GM0363"));
        assert!(is_pseudo_municipality("GM0998") && is_pseudo_municipality("GM0000"));
    }

    #[test]
    fn postcodes_years_and_days() {
        assert_eq!(postcode("1234 ab").as_deref(), Some("1234AB"));
        for bad in ["0234AB", "1234SS", "1234A", "1234ABC", "éé"] {
            assert_eq!(postcode(bad), None, "{bad}");
        }
        assert_eq!(year("v1900"), Some(1900));
        assert_eq!(year("\u{fffd}1950"), Some(1950));
        assert_eq!(year("9999"), None);
        assert_eq!(year("20245"), None);
        assert_eq!(day("2020-09-15T05:06:07").map(|d| d.to_string()).as_deref(), Some("2020-09-15"));
        assert_eq!(day("15-09-2020").map(|d| d.to_string()).as_deref(), Some("2020-09-15"));
        assert_eq!(day("é"), None);
    }

    #[test]
    fn house_numbers_are_split_in_three() {
        let split = |text| house_number(text).map(|h| (h.number, h.letter.unwrap_or_default(), h.addition.unwrap_or_default()));
        let expect = |n, l: &str, a: &str| Some((n, l.to_owned(), a.to_owned()));
        assert_eq!(split("12"), expect(12, "", ""));
        assert_eq!(split("12a"), expect(12, "A", ""));
        assert_eq!(split("12 B"), expect(12, "B", ""));
        assert_eq!(split("58-1"), expect(58, "", "1"));
        assert_eq!(split("12-14 B"), expect(12, "", "14 B"));
        assert_eq!(split("7 bis"), expect(7, "", "bis"));
        assert_eq!(split("12A-2"), expect(12, "A", "2"));
        assert_eq!(split("0"), None);
        assert_eq!(split("bis 7"), None);
        assert_eq!(street_and_number("Plein 1940 12-14 B").map(|(s, n)| (s, n.number)), Some(("Plein".into(), 1940)));
        assert_eq!(street_and_number("Havenweg 12a").map(|(s, n)| (s, n.letter)), Some(("Havenweg".into(), Some("A".into()))));
        assert_eq!(street_and_number("Havenweg"), None);
    }
}
