//! Words the server speaks itself: errors, mail, sign-in pages. Dutch first, English complete.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

static_loader! {
    static TEXTS = {
        locales: "./messages",
        fallback_language: "nl",
        // Isolation marks are for running text in two directions; ours has one.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, async_graphql::Enum)]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

impl Language {
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// Dutch unless it says English.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        if code.starts_with("en") { Self::En } else { Self::Nl }
    }

    /// The first of the header's languages that we speak.
    #[must_use]
    pub fn from_header(accept_language: Option<&str>) -> Self {
        accept_language
            .into_iter()
            .flat_map(|header| header.split(','))
            .map(str::trim)
            .find(|part| part.starts_with("nl") || part.starts_with("en"))
            .map_or(Self::Nl, Self::from_code)
    }

    fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::Nl => langid!("nl"),
            Self::En => langid!("en"),
        }
    }
}

/// The words for a key in `server/messages`.
#[must_use]
pub fn text(language: Language, key: &str) -> String {
    TEXTS.lookup(&language.identifier(), key)
}

/// The words for a key, with parameters.
#[must_use]
pub fn text_with(language: Language, key: &str, params: &[(&'static str, FluentValue<'static>)]) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'static>> =
        params.iter().map(|(name, value)| (Cow::Borrowed(*name), value.clone())).collect();
    TEXTS.lookup_with_args(&language.identifier(), key, &args)
}

/// Parameters that any of the words take.
const PARAMS: [&str; 12] = ["code", "field", "found", "limit", "link", "max", "min", "most", "name", "reason", "seconds", "trace"];

/// Whether both languages have words for the key.
#[must_use]
pub fn is_complete(key: &str) -> bool {
    let params: HashMap<&str, FluentValue<'_>> = PARAMS.iter().map(|name| (*name, FluentValue::from(1))).collect();
    [Language::Nl, Language::En].iter().all(|language| TEXTS.lookup_single_language(&language.identifier(), key, Some(&params)).is_ok())
}
