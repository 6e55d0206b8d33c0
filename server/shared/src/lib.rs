//! Words every slice speaks: ids, shapes, pages, layers, the clock. No tables, no transport.

pub mod bbox;
pub mod clock;
pub mod geometry;
pub mod id;
pub mod layer;
pub mod page;
pub mod shape_json;
mod shape_valid;
pub mod text;
pub mod written;

/// Why a value was refused, as a code with parameters; the words live in `server/messages`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("required")]
    Required,
    #[error("too long, at most {max}")]
    TooLong { max: usize },
    #[error("out of range {min}..{max}")]
    OutOfRange { min: i64, max: i64 },
    #[error("at most {max} of them")]
    TooMany { max: usize },
    #[error("not a valid cursor")]
    WrongCursor,
    #[error("not a GeoJSON geometry")]
    NotAGeometry,
    #[error("only points, lines and areas")]
    WrongGeometryType,
    #[error("the shape is broken")]
    BrokenShape,
    #[error("outside the Netherlands")]
    OutsideTheNetherlands,
    #[error("exactly one of them")]
    ExactlyOne,
    #[error("the command id was used for something else")]
    CommandReused,
    #[error("already taken")]
    Taken,
    #[error("does not fit here")]
    DoesNotFit,
}

impl Reason {
    /// The code that clients translate and `server/messages/{nl,en}.ftl` has words for.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooLong { .. } => "too-long",
            Self::OutOfRange { .. } => "out-of-range",
            Self::TooMany { .. } => "too-many",
            Self::WrongCursor => "wrong-cursor",
            Self::NotAGeometry => "not-a-geometry",
            Self::WrongGeometryType => "wrong-geometry-type",
            Self::BrokenShape => "broken-shape",
            Self::OutsideTheNetherlands => "outside-the-netherlands",
            Self::ExactlyOne => "exactly-one",
            Self::CommandReused => "command-reused",
            Self::Taken => "taken",
            Self::DoesNotFit => "does-not-fit",
        }
    }

    /// Parameters for the words, by name.
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, i64)> {
        let size = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        match self {
            Self::TooLong { max } | Self::TooMany { max } => vec![("max", size(*max))],
            Self::OutOfRange { min, max } => vec![("min", *min), ("max", *max)],
            _ => Vec::new(),
        }
    }

    /// One of each, for the test that finds both languages for every code.
    #[must_use]
    pub fn all() -> Vec<Self> {
        vec![
            Self::Required,
            Self::TooLong { max: 1 },
            Self::OutOfRange { min: 0, max: 1 },
            Self::TooMany { max: 1 },
            Self::WrongCursor,
            Self::NotAGeometry,
            Self::WrongGeometryType,
            Self::BrokenShape,
            Self::OutsideTheNetherlands,
            Self::ExactlyOne,
            Self::CommandReused,
            Self::Taken,
            Self::DoesNotFit,
        ]
    }
}
