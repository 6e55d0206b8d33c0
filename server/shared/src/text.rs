//! Strings people type: trimmed and bounded.

use async_graphql::MaybeUndefined;

use crate::Reason;

/// Trims `text` and drops control characters but the end of a line and the tab; `None` for nothing left.
///
/// # Errors
/// [`Reason::TooLong`] past `max` characters.
pub fn optional(text: Option<String>, max: usize) -> Result<Option<String>, Reason> {
    // A NUL is no text to the database; the others are no use to a reader.
    let legible = |text: String| text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect::<String>();
    match text.map(|text| legible(text).trim().to_owned()).filter(|text| !text.is_empty()) {
        Some(text) if text.chars().count() > max => Err(Reason::TooLong { max }),
        other => Ok(other),
    }
}

/// Trims `text`, which must leave something.
///
/// # Errors
/// [`Reason::Required`] for nothing, [`Reason::TooLong`] past `max` characters.
pub fn required(text: String, max: usize) -> Result<String, Reason> {
    optional(Some(text), max)?.ok_or(Reason::Required)
}

/// A text to set, or to clear; and whether to do either.
///
/// # Errors
/// As [`optional`].
pub fn change(said: MaybeUndefined<String>, max: usize) -> Result<(Option<String>, bool), Reason> {
    Ok(match said {
        MaybeUndefined::Undefined => (None, false),
        MaybeUndefined::Null => (None, true),
        MaybeUndefined::Value(text) => (optional(Some(text), max)?, true),
    })
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Words to a `tsquery` of prefixes: `have 14` finds "Havenweg 14". Empty when there is no letter or digit in it.
#[must_use]
pub fn prefix_query(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(8)
        .map(|word| format!("{}:*", word.to_lowercase()))
        .collect::<Vec<_>>()
        .join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_bounded() {
        assert_eq!(optional(Some("  a ".into()), 3), Ok(Some("a".into())));
        assert_eq!(optional(Some("   ".into()), 3), Ok(None));
        assert_eq!(optional(Some("a\0\r\nb".into()), 3), Ok(Some("a\nb".into())));
        assert_eq!(optional(Some("éééé".into()), 3), Err(Reason::TooLong { max: 3 }));
        assert_eq!(required(" ".into(), 3), Err(Reason::Required));
    }

    #[test]
    fn a_search_is_made_of_prefixes_and_nothing_else() {
        assert_eq!(prefix_query("Haven' 14:&|!"), "haven:* & 14:*");
        assert_eq!(prefix_query("  '()"), "");
    }
}
