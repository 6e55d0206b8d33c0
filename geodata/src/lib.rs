//! Importers: from open and own data sets to the tables of Terrein.
//!
//! `run` leads: `fetch` brings a file into reach and `open` chooses its reader; `geojson`, `gml`, `table` and `ogr` read it (a zip through
//! `archive`) and hand rows to `load`, which has the source look at each one (`source`, `sources/<name>.rs`) and copies it to a staging table;
//! `check` makes shapes sound; `merge` brings what is new or different into the tables; `link` finds what belongs to what. Everything happens in one transaction of role `terrein_importer`.
//!
//! It merges by SQL on table names, as migrations do, and knows no entity.

mod archive;
mod check;
pub mod crs;
mod error;
mod fetch;
mod geojson;
mod gml;
mod link;
mod load;
mod merge;
mod metered;
mod ogr;
mod open;
mod reader;
mod reason;
mod report;
mod run;
mod shape;
mod source;
mod sources;
mod table;
mod text;

pub use error::{Error, Result};
pub use fetch::is_public;
pub use merge::Counts;
pub use reason::{Language, Reason, Reject, Repair};
pub use report::{Links, Report, Unlinked};
pub use run::{Request, import};
pub use sources::{ALL as SOURCES, KINDS};
