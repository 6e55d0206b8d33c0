//! A source: its licence, its layers, how a row is read, and where it goes.

use std::collections::HashMap;

use crate::reason::{Reason, Reject};
use crate::shape::Wanted;
use crate::text;

/// One open or own data set, as data: a new one is a file in `sources/`, with its SQL beside it.
pub struct Source {
    /// The word on the command line, and `source` on every row.
    pub name: &'static str,
    pub licence: &'static str,
    /// EPSG code the publisher delivers in; taken when a file names none and its format has no rule of its own.
    pub srid: i32,
    pub parts: &'static [Part],
    pub targets: &'static [Target],
    /// Statements that return `row_number, field, code, key` of rows that staging could not judge alone; run before the merge.
    pub checks: &'static [&'static str],
    /// Statements for what hangs on a merged row; run after the merge.
    pub after: &'static [&'static str],
}

/// In what form a part comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Elements of XML, recognised by name alone.
    Xml,
    /// A layer or sheet with a header.
    Table,
    Both,
}

/// One kind of row in a source: a layer, a sheet, an XML element.
pub struct Part {
    /// Staged in `staging.<source>_<part>`.
    pub name: &'static str,
    pub form: Form,
    /// Names of the layer in files, as [`text::column_name`] makes them. Empty: any.
    pub layers: &'static [&'static str],
    pub columns: &'static [Column],
    pub shape: Wanted,
    /// XML elements that hold the geometry, best first. Empty: the first one.
    pub geometry: &'static [&'static str],
    /// Columns of the staging table after `row_number` and `geom`: `name text, year integer`.
    pub staged: &'static str,
    pub read: fn(&Record<'_>, &Options, &mut Line) -> Result<Outcome, Reject>,
}

/// A column as we call it, and as publishers do.
pub struct Column {
    pub name: &'static str,
    /// As [`text::column_name`] makes them; `a/b` matches the end of a path of XML elements.
    pub aliases: &'static [&'static str],
    pub required: bool,
}

/// Shorthand for [`Column`].
pub const fn column(name: &'static str, required: bool, aliases: &'static [&'static str]) -> Column {
    Column { name, aliases, required }
}

/// A table that rows of this source become.
pub struct Target {
    pub table: &'static str,
    /// The key within `source`: `source_id`, or the table's own key where it has no provenance.
    pub key: &'static str,
    /// Columns the select gives besides the key, in any order; `geom` in EPSG:4326 among them.
    pub columns: &'static [&'static str],
    pub select: &'static str,
    /// Carries source, licence, run, version (all but reference tables).
    pub provenance: bool,
    /// Only when one of these parts came in.
    pub needs: &'static [&'static str],
    /// Links that a new row gets as it is added, as column and expression over the row `n`: a second write of every row would cost as
    /// much as the first, since a table's shapes are computed anew with each.
    pub placing: &'static [(&'static str, &'static str)],
    /// The select also gives `geom_rd`: the shape in EPSG:28992 as it was drawn, null where it was drawn in another system. A new row
    /// takes it as it is; after that it follows `geom`.
    pub in_rd: bool,
}

/// The terrain that holds most of a new area, if that is a quarter or more; as `link/area_terrain.sql` has it.
pub const PLACE_ON_TERRAIN: (&str, &str) = ("terrain_id", include_str!("link/place_on_terrain.sql"));
/// The plot a new building mostly stands on; as `link/building_plot.sql` has it.
pub const PLACE_ON_PLOT: (&str, &str) = ("plot_id", include_str!("link/place_on_plot.sql"));

/// What a row turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Keep,
    /// Sound, and not wanted: history, another kind of thing.
    Skip,
}

/// What the operator asked beside the file.
#[derive(Debug, Default, Clone)]
pub struct Options {
    /// `--kind`, checked against the table's list.
    pub kind: Option<String>,
    /// `--map`: our column -> the file's column, on the form of [`text::column_name`].
    pub map: HashMap<String, String>,
}

/// One row as a reader hands it over: values in the order of [`Part::columns`].
pub struct Record<'a> {
    pub row: u64,
    pub columns: &'static [Column],
    pub values: &'a [Option<String>],
    /// The layer it came from, as [`text::column_name`] makes it.
    pub layer: &'a str,
}

impl Record<'_> {
    fn position(&self, name: &'static str) -> usize {
        self.columns.iter().position(|c| c.name == name).unwrap_or(usize::MAX)
    }

    /// The value of one of our columns; none when empty.
    pub fn get(&self, name: &'static str) -> Option<&str> {
        self.values.get(self.position(name))?.as_deref().map(str::trim).filter(|v| !v.is_empty())
    }

    pub fn reject(&self, field: &'static str, reason: Reason) -> Reject {
        Reject { row: self.row, field: Some(field), reason }
    }

    /// # Errors
    /// [`Reason::Missing`].
    pub fn need(&self, name: &'static str) -> Result<&str, Reject> {
        self.get(name).ok_or_else(|| self.reject(name, Reason::Missing))
    }

    /// A text for people, repaired, at most `limit` characters.
    ///
    /// # Errors
    /// [`Reason::TooLong`], [`Reason::BrokenText`] when bytes were lost.
    pub fn words(&self, name: &'static str, limit: usize) -> Result<Option<String>, Reject> {
        let Some(value) = self.get(name).and_then(text::clean) else { return Ok(None) };
        if value.contains('\u{fffd}') {
            return Err(self.reject(name, Reason::BrokenText { value: shorten(&value) }));
        }
        if value.chars().count() > limit {
            return Err(self.reject(name, Reason::TooLong { limit }));
        }
        Ok(Some(value.into_owned()))
    }

    /// # Errors
    /// As [`Record::words`], and [`Reason::Missing`].
    pub fn need_words(&self, name: &'static str, limit: usize) -> Result<String, Reject> {
        self.words(name, limit)?.ok_or_else(|| self.reject(name, Reason::Missing))
    }

    /// A number of at least 0.
    ///
    /// # Errors
    /// [`Reason::BadNumber`].
    pub fn amount(&self, name: &'static str) -> Result<Option<f64>, Reject> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match text::number(value) {
            Some(number) if number >= 0.0 => Ok(Some(number)),
            _ => Err(self.reject(name, Reason::BadNumber { value: shorten(value) })),
        }
    }

    /// A key of digits, leading zeros restored.
    ///
    /// # Errors
    /// [`Reason::BadForm`].
    pub fn key(&self, name: &'static str, length: usize) -> Result<Option<String>, Reject> {
        let Some(value) = self.get(name) else { return Ok(None) };
        text::key(value, length).map(Some).ok_or_else(|| self.reject(name, Reason::BadForm { value: shorten(value) }))
    }

    /// # Errors
    /// As [`Record::key`], and [`Reason::Missing`].
    pub fn need_key(&self, name: &'static str, length: usize) -> Result<String, Reject> {
        self.key(name, length)?.ok_or_else(|| self.reject(name, Reason::Missing))
    }
}

/// At most 60 characters of a value, for a message.
pub fn shorten(value: &str) -> String {
    value.chars().take(60).collect()
}

/// One line of COPY text in the making.
#[derive(Default)]
pub struct Line {
    pub bytes: Vec<u8>,
}

impl Line {
    fn separate(&mut self) {
        self.bytes.push(b'\t');
    }

    pub fn null(&mut self) -> &mut Self {
        self.separate();
        self.bytes.extend_from_slice(b"\\N");
        self
    }

    pub fn text(&mut self, value: Option<&str>) -> &mut Self {
        let Some(value) = value else { return self.null() };
        self.separate();
        for byte in value.bytes() {
            match byte {
                b'\\' => self.bytes.extend_from_slice(b"\\\\"),
                b'\t' => self.bytes.extend_from_slice(b"\\t"),
                b'\n' => self.bytes.extend_from_slice(b"\\n"),
                b'\r' => self.bytes.extend_from_slice(b"\\r"),
                0 => {}
                _ => self.bytes.push(byte),
            }
        }
        self
    }

    pub fn put<T: std::fmt::Display>(&mut self, value: Option<T>) -> &mut Self {
        match value {
            Some(value) => self.text(Some(&value.to_string())),
            None => self.null(),
        }
    }

    /// A text array.
    pub fn list<S: AsRef<str>>(&mut self, values: &[S]) -> &mut Self {
        let quoted: Vec<String> = values.iter().map(|v| format!("\"{}\"", v.as_ref().replace('\\', "\\\\").replace('"', "\\\""))).collect();
        self.text(Some(&format!("{{{}}}", quoted.join(","))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_escapes_what_copy_would_take_for_its_own() {
        let mut line = Line::default();
        line.text(Some("a\tb\\c\nd")).null().put(Some(1.5)).list(&["x\"y", "z"]);
        assert_eq!(String::from_utf8_lossy(&line.bytes), "\ta\\tb\\\\c\\nd\t\\N\t1.5\t{\"x\\\\\"y\",\"z\"}");
    }
}
