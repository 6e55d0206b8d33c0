//! Why an import as a whole was refused: one clear line, and nothing half done.

use crate::reason::Language;

/// What went wrong with a whole import.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command itself makes no sense (exit status 2).
    #[error("{0}")]
    WrongUse(String),
    #[error("{path}: no such file")]
    NoFile { path: String },
    #[error("{address}: {why}")]
    Address { address: String, why: String },
    #[error("{what} is larger than {limit}")]
    TooLarge { what: String, limit: String },
    #[error("the archive is refused: {why}")]
    BadArchive { why: String },
    #[error("{file}: this kind of file is not read here ({wanted})")]
    WrongFormat { file: String, wanted: String },
    #[error("the file cannot be read past row {after}: {why}")]
    Unreadable { after: u64, why: String },
    #[error("XML with a document type or entities is not read")]
    Entities,
    #[error("no layer “{wanted}”; the file holds: {found}")]
    NoLayer { wanted: String, found: String },
    #[error("the file has several layers; name one with --layer: {found}")]
    WhichLayer { found: String },
    #[error("no column for {column}; the file has: {found}. Name it with --map {column}=<column>")]
    MissingColumn { column: String, found: String },
    #[error("the coordinate system {found} is not known here; name it with --crs EPSG:28992 (RD) or EPSG:4326 (WGS 84)")]
    UnknownCrs { found: String },
    #[error("the file holds no rows")]
    Empty,
    #[error("none of the {rows} rows can be used; the first (row {row}): {field}{reason}")]
    NothingUsable { rows: u64, row: u64, field: String, reason: String },
    #[error("another import of {source_name} is running; try again when it is done")]
    Busy { source_name: &'static str },
    #[error("no terrain {id}")]
    NoTerrain { id: String },
    #[error("the program {program} is needed to read this file and was not found (Debian: apt install gdal-bin)")]
    NoProgram { program: &'static str },
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    File(#[from] std::io::Error),
}

impl Error {
    /// Whether the command was wrong (exit status 2) rather than what it was given (1).
    pub fn is_wrong_use(&self) -> bool {
        matches!(self, Self::WrongUse(_))
    }

    /// One sentence. The Dutch text leaves the words of programs and files as they are.
    pub fn text(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::NoFile { path } => format!("{path}: dit bestand is er niet"),
            Self::TooLarge { what, limit } => format!("{what} is groter dan {limit}"),
            Self::BadArchive { why } => format!("het zipbestand is geweigerd: {why}"),
            Self::WrongFormat { file, wanted } => format!("{file}: dit soort bestand kan hier niet worden gelezen ({wanted})"),
            Self::Unreadable { after, why } => format!("het bestand is na rij {after} niet meer te lezen: {why}"),
            Self::Entities => "XML met een documenttype of entiteiten wordt niet gelezen".into(),
            Self::NoLayer { wanted, found } => format!("geen laag “{wanted}”; in het bestand zitten: {found}"),
            Self::WhichLayer { found } => format!("het bestand heeft meer lagen; kies er een met --layer: {found}"),
            Self::MissingColumn { column, found } => {
                format!("geen kolom voor {column}; het bestand heeft: {found}. Noem de kolom met --map {column}=<kolom>")
            }
            Self::UnknownCrs { found } => {
                format!("het coördinatenstelsel {found} is hier niet bekend; noem het met --crs EPSG:28992 (RD) of EPSG:4326 (WGS 84)")
            }
            Self::Empty => "het bestand heeft geen rijen".into(),
            Self::NothingUsable { rows, row, field, reason } => {
                format!("geen van de {rows} rijen is bruikbaar; de eerste (rij {row}): {field}{reason}")
            }
            Self::Busy { source_name } => format!("er loopt al een import van {source_name}; probeer het daarna opnieuw"),
            Self::NoTerrain { id } => format!("geen terrein {id}"),
            Self::NoProgram { program } => {
                format!("voor dit bestand is het programma {program} nodig, en dat is er niet (Debian: apt install gdal-bin)")
            }
            Self::Database(e) => format!("de database weigerde: {e}"),
            Self::WrongUse(_) | Self::Address { .. } | Self::File(_) => self.to_string(),
        }
    }
}

pub type Result<T> = std::result::Result<T, Error>;
