//! What all readers share: which part of a source a layer is, which column a name means, and where rows go.

use std::collections::HashMap;

use crate::crs::Crs;
use crate::error::{Error, Result};
use crate::reason::Reason;
use crate::source::{Column, Form, Options, Part, Source};
use crate::text::column_name;

/// Most rows one import may hold.
pub const MAX_ROWS: u64 = 5_000_000;

/// A geometry as a reader found it.
pub enum Shape<'a> {
    None,
    /// EWKB bytes and, when the row itself says so, their system.
    Wkb(&'a [u8], Option<Crs>),
    /// Hexadecimal EWKB, as GDAL writes it.
    Hex(&'a [u8]),
    Broken(Reason),
}

/// Takes rows as they are read.
pub trait Sink {
    /// # Errors
    /// Whatever stops the whole import; a row that cannot be used is the sink's own affair.
    fn row(&mut self, part: usize, layer: &str, values: &[Option<String>], shape: Shape<'_>) -> Result<()>;
    /// Called once, before the first row with a shape, when the file says its system.
    fn crs(&mut self, crs: Crs);
    /// Rows taken so far, for messages.
    fn rows(&self) -> u64;
}

/// The values of one row, filled by column name.
pub struct Slots {
    pub part: usize,
    pub values: Vec<Option<String>>,
    ranks: Vec<u8>,
    columns: &'static [Column],
    map: HashMap<String, String>,
    known: HashMap<String, Option<(usize, u8)>>,
}

impl Slots {
    pub fn new(part: usize, columns: &'static [Column], options: &Options) -> Self {
        Self {
            part,
            values: vec![None; columns.len()],
            ranks: vec![u8::MAX; columns.len()],
            columns,
            map: options.map.clone(),
            known: HashMap::new(),
        }
    }

    pub fn clear(&mut self) {
        self.values.fill(None);
        self.ranks.fill(u8::MAX);
    }

    /// Which of our columns a name of the file is, and how good a match (0 is best). `name` is on the form of [`column_name`].
    pub fn find(&mut self, name: &str) -> Option<(usize, u8)> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let mapped = self.map.iter().find(|(_, theirs)| *theirs == name);
        let found = if let Some((ours, _)) = mapped {
            self.columns.iter().position(|c| c.name == ours).map(|at| (at, 0))
        } else {
            self.columns
                .iter()
                .enumerate()
                .filter(|(_, c)| !self.map.contains_key(c.name))
                .filter_map(|(at, c)| c.aliases.iter().position(|alias| matches(name, alias)).map(|rank| (at, rank as u8)))
                .min_by_key(|(_, rank)| *rank)
        };
        self.known.insert(name.to_owned(), found);
        found
    }

    /// Puts a value in its column; a repeated element is joined with commas, a better name wins.
    pub fn set(&mut self, at: usize, rank: u8, value: &str) {
        if rank > self.ranks[at] {
            return;
        }
        match &mut self.values[at] {
            Some(earlier) if rank == self.ranks[at] => {
                earlier.push(',');
                earlier.push_str(value);
            }
            slot => *slot = Some(value.to_owned()),
        }
        self.ranks[at] = rank;
    }
}

fn matches(name: &str, alias: &str) -> bool {
    name == alias || name.strip_suffix(alias).is_some_and(|head| head.ends_with('/'))
}

/// The required columns of `part` that no name in `found` can fill.
fn missing(part: &Part, found: &[String], options: &Options) -> Option<&'static str> {
    let mut slots = Slots::new(0, part.columns, options);
    let filled: Vec<usize> = found.iter().filter_map(|name| slots.find(name)).map(|(at, _)| at).collect();
    part.columns.iter().enumerate().find(|(at, c)| c.required && !filled.contains(at)).map(|(_, c)| c.name)
}

/// Which part of the source a layer is. `named`: whether its name counts (it does not for the only layer of a file, or one asked for).
///
/// # Errors
/// [`Error::MissingColumn`] when the name fits and a column does not.
pub fn part_for(source: &Source, layer: &str, named: bool, header: &[String], options: &Options) -> Result<Option<usize>> {
    let names: Vec<String> = header.iter().map(|h| column_name(h)).collect();
    let by_name = |part: &&(usize, &Part)| part.1.layers.is_empty() || part.1.layers.contains(&layer);
    let parts: Vec<(usize, &Part)> = source.parts.iter().enumerate().filter(|(_, p)| p.form != Form::Xml).collect();
    let candidates: Vec<&(usize, &Part)> = parts.iter().filter(by_name).collect();
    if candidates.is_empty() && named {
        return Ok(None);
    }
    let others = parts.iter().filter(|part| !named && !by_name(part));
    let candidates: Vec<&(usize, &Part)> = candidates.into_iter().chain(others).collect();
    for (at, part) in &candidates {
        if missing(part, &names, options).is_none() {
            return Ok(Some(*at));
        }
    }
    // Of several candidates, complain about the likeliest.
    let column = candidates.first().and_then(|(_, part)| missing(part, &names, options)).unwrap_or("?");
    Err(Error::MissingColumn { column: column.to_owned(), found: header.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::column;

    const COLUMNS: &[Column] =
        &[column("id", true, &["identificatielokaalid", "identificatie"]), column("name", false, &["gemeente/waarde", "naam"])];

    #[test]
    fn two_spellings_of_a_name_are_one_and_the_better_one_wins() {
        let mut slots = Slots::new(0, COLUMNS, &Options::default());
        for name in ["identificatieLokaalID", "identificatie_lokaal_id"] {
            assert_eq!(slots.find(&column_name(name)), Some((0, 0)), "{name}");
        }
        assert_eq!(slots.find("perceel/gemeente/waarde"), Some((1, 0)));
        assert_eq!(slots.find("anderegemeente/waarde"), None);
        slots.set(0, 1, "worse");
        slots.set(0, 0, "better");
        slots.set(0, 1, "worse again");
        assert_eq!(slots.values[0].as_deref(), Some("better"));
    }

    #[test]
    fn the_operator_names_a_column() {
        let options = Options { map: HashMap::from([("name".to_owned(), "titel".to_owned())]), ..Options::default() };
        let mut slots = Slots::new(0, COLUMNS, &options);
        assert_eq!(slots.find("titel"), Some((1, 0)));
        assert_eq!(slots.find("naam"), None, "the map replaces the usual names");
    }
}
