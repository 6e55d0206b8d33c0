//! Why a row was refused or mended, and why a whole import was: codes with parameters, and their texts in Dutch and English.

use serde::Serialize;
use serde_json::{Value, json};

/// The two languages every text exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    Nl,
    #[default]
    En,
}

/// Why one row of a source was left out. The code is stable; the text is for people.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// A field that must be there is empty.
    Missing,
    /// Not of the form this key has (a BAG id, a postcode, a KvK number).
    BadForm { value: String },
    /// Not a number, or outside what is possible.
    BadNumber { value: String },
    /// Longer than is kept.
    TooLong { limit: usize },
    /// Bytes were lost before the file reached us; the text cannot be told.
    BrokenText { value: String },
    /// No geometry where one is needed.
    NoShape,
    /// A point where an area is needed, and the like.
    WrongShape { found: &'static str },
    /// Open or two-point rings, coordinates that are no numbers, or a shape that repair leaves nothing of.
    BrokenShape { why: String },
    /// A coordinate outside the Netherlands. `x`, `y` in the source's own CRS.
    OutsideNetherlands { x: f64, y: f64 },
    /// A pseudo-municipality that stands for unknown or abroad.
    PseudoMunicipality { code: String },
    /// The same key came earlier in this file.
    Duplicate { key: String },
    /// Another source already knows a thing of this key.
    KnownElsewhere { key: String },
    /// A value that is not in the list of this field.
    Unknown { value: String },
    /// Points at something that is not in the delivery.
    Dangling { to: &'static str, key: String },
}

impl Reason {
    /// Stable code, stored and sent.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::BadForm { .. } => "bad_form",
            Self::BadNumber { .. } => "bad_number",
            Self::TooLong { .. } => "too_long",
            Self::BrokenText { .. } => "broken_text",
            Self::NoShape => "no_shape",
            Self::WrongShape { .. } => "wrong_shape",
            Self::BrokenShape { .. } => "broken_shape",
            Self::OutsideNetherlands { .. } => "outside_netherlands",
            Self::PseudoMunicipality { .. } => "pseudo_municipality",
            Self::Duplicate { .. } => "duplicate",
            Self::KnownElsewhere { .. } => "known_elsewhere",
            Self::Unknown { .. } => "unknown_value",
            Self::Dangling { .. } => "dangling",
        }
    }

    /// What belongs to the code, for `import_reject.detail`.
    pub fn detail(&self) -> Value {
        match self {
            Self::Missing | Self::NoShape => json!({}),
            Self::BadForm { value } | Self::BadNumber { value } | Self::BrokenText { value } | Self::Unknown { value } => {
                json!({ "value": value })
            }
            Self::TooLong { limit } => json!({ "limit": limit }),
            Self::WrongShape { found } => json!({ "found": found }),
            Self::BrokenShape { why } => json!({ "why": why }),
            Self::OutsideNetherlands { x, y } => json!({ "x": x, "y": y }),
            Self::PseudoMunicipality { code } => json!({ "code": code }),
            Self::Duplicate { key } | Self::KnownElsewhere { key } => json!({ "key": key }),
            Self::Dangling { to, key } => json!({ "to": to, "key": key }),
        }
    }

    /// One sentence.
    pub fn text(&self, language: Language) -> String {
        let nl = language == Language::Nl;
        match self {
            Self::Missing => pick(nl, "is leeg", "is empty"),
            Self::BadForm { value } if nl => format!("“{value}” heeft niet de vorm die hier hoort"),
            Self::BadForm { value } => format!("“{value}” does not have the form of this key"),
            Self::BadNumber { value } if nl => format!("“{value}” is geen bruikbaar getal"),
            Self::BadNumber { value } => format!("“{value}” is not a usable number"),
            Self::TooLong { limit } if nl => format!("is langer dan {limit} tekens"),
            Self::TooLong { limit } => format!("is longer than {limit} characters"),
            Self::BrokenText { value } if nl => format!("“{value}” bevat tekens die niet meer te herstellen zijn"),
            Self::BrokenText { value } => format!("“{value}” holds characters that cannot be restored"),
            Self::NoShape => pick(nl, "heeft geen geometrie", "has no geometry"),
            Self::WrongShape { found } if nl => format!("heeft een {found} waar een andere vorm nodig is"),
            Self::WrongShape { found } => format!("has a {found} where another shape is needed"),
            Self::BrokenShape { why } if nl => format!("kapotte geometrie: {why}"),
            Self::BrokenShape { why } => format!("broken geometry: {why}"),
            Self::OutsideNetherlands { x, y } if nl => format!("ligt buiten Nederland ({x}, {y})"),
            Self::OutsideNetherlands { x, y } => format!("lies outside the Netherlands ({x}, {y})"),
            Self::PseudoMunicipality { code } if nl => format!("{code} is geen gemeente maar een code voor onbekend of buitenland"),
            Self::PseudoMunicipality { code } => format!("{code} is no municipality but a code for unknown or abroad"),
            Self::Duplicate { key } if nl => format!("{key} stond al eerder in dit bestand"),
            Self::Duplicate { key } => format!("{key} came earlier in this file"),
            Self::KnownElsewhere { key } if nl => format!("{key} is al bekend uit een andere bron"),
            Self::KnownElsewhere { key } => format!("{key} is already known from another source"),
            Self::Unknown { value } if nl => format!("“{value}” staat niet in de lijst van dit veld"),
            Self::Unknown { value } => format!("“{value}” is not in the list of this field"),
            Self::Dangling { to, key } if nl => format!("verwijst naar {to} {key}, en die zit niet in de levering"),
            Self::Dangling { to, key } => format!("points at {to} {key}, which is not in the delivery"),
        }
    }
}

fn pick(nl: bool, dutch: &str, english: &str) -> String {
    if nl { dutch.into() } else { english.into() }
}

/// One refused row: where, in which field, why.
#[derive(Debug, Clone, PartialEq)]
pub struct Reject {
    /// Feature or line number in the source, from 1 (a header line does not count).
    pub row: u64,
    pub field: Option<&'static str>,
    pub reason: Reason,
}

/// One shape that was mended before it was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repair {
    pub row: u64,
    /// What was wrong, in PostGIS' words.
    pub was: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Reason> {
        let v = || "x".to_owned();
        vec![
            Reason::Missing,
            Reason::BadForm { value: v() },
            Reason::BadNumber { value: v() },
            Reason::TooLong { limit: 1 },
            Reason::BrokenText { value: v() },
            Reason::NoShape,
            Reason::WrongShape { found: "Point" },
            Reason::BrokenShape { why: v() },
            Reason::OutsideNetherlands { x: 1.0, y: 2.0 },
            Reason::PseudoMunicipality { code: v() },
            Reason::Duplicate { key: v() },
            Reason::KnownElsewhere { key: v() },
            Reason::Unknown { value: v() },
            Reason::Dangling { to: "pand", key: v() },
        ]
    }

    #[test]
    fn every_reason_has_its_own_code_and_two_texts() {
        let reasons = all();
        let codes: std::collections::HashSet<_> = reasons.iter().map(Reason::code).collect();
        assert_eq!(codes.len(), reasons.len());
        for reason in &reasons {
            assert_ne!(reason.text(Language::Nl), reason.text(Language::En), "{}", reason.code());
            assert!(reason.detail().is_object());
        }
    }
}
