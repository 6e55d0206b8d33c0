//! CSV and spreadsheets: delimiter, encoding and header found out, cells as text.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use calamine::{Data, Reader as _, open_workbook_auto};

use crate::error::{Error, Result};
use crate::reader::{Shape, Sink, Slots, part_for};
use crate::source::{Options, Source};
use crate::text::{Utf8, column_name};

/// Reads a CSV file. UTF-8 or Windows-1252, with `,`, `;`, tab or `|`, whichever the header line has most of.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::MissingColumn`], [`Error::WrongFormat`] for UTF-16; whatever the sink says.
pub fn read_csv(path: &Path, source: &'static Source, options: &Options, sink: &mut dyn Sink) -> Result<()> {
    let mut start = [0; 2];
    let got = File::open(path)?.read(&mut start)?;
    if got == 2 && (start == [0xff, 0xfe] || start == [0xfe, 0xff]) {
        return Err(Error::WrongFormat { file: name(path), wanted: "CSV in UTF-8 or Windows-1252, this is UTF-16".into() });
    }
    let mut head = vec![0; 16 * 1024];
    let got = File::open(path)?.read(&mut head)?;
    let delimiter = delimiter(&crate::text::decode(&head[..got]));
    let input = BufReader::new(Utf8::new(File::open(path)?));
    let mut csv = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input);
    let unreadable = |after, e: csv::Error| Error::Unreadable { after, why: e.to_string() };
    let header: Vec<String> =
        csv.headers().map_err(|e| unreadable(0, e))?.iter().map(|h| h.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    let mut table = Table::new(&name(path), &header, source, options, false)?;
    let mut record = csv::StringRecord::new();
    loop {
        match csv.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(true) => table.row(record.iter(), sink)?,
            Err(e) => return Err(unreadable(sink.rows(), e)),
        }
    }
}

/// Reads one sheet of a workbook (XLSX, XLS, ODS): the one asked for, else the first. Its header is the first row with two cells filled.
///
/// # Errors
/// As [`read_csv`], and [`Error::NoLayer`] for a sheet that is not there.
pub fn read_workbook(path: &Path, sheet: Option<&str>, source: &'static Source, options: &Options, sink: &mut dyn Sink) -> Result<()> {
    let unreadable = |why: String| Error::Unreadable { after: 0, why };
    let mut book = open_workbook_auto(path).map_err(|e| unreadable(e.to_string()))?;
    let names = book.sheet_names();
    let chosen = match sheet {
        Some(wanted) => names.iter().find(|n| n.eq_ignore_ascii_case(wanted)),
        None => names.first(),
    };
    let Some(chosen) = chosen.cloned() else {
        return Err(Error::NoLayer { wanted: sheet.unwrap_or("1").to_owned(), found: names.join(", ") });
    };
    let range = book.worksheet_range(&chosen).map_err(|e| unreadable(e.to_string()))?;
    let mut rows = range.rows().map(|row| row.iter().map(cell).collect::<Vec<String>>());
    let header = rows.by_ref().find(|row| row.iter().filter(|c| !c.is_empty()).count() >= 2).ok_or(Error::Empty)?;
    let mut table = Table::new(&chosen, &header, source, options, sheet.is_some())?;
    for row in rows.filter(|row| row.iter().any(|c| !c.is_empty())) {
        table.row(row.iter().map(String::as_str), sink)?;
    }
    Ok(())
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        // A key typed as a number must not come out as 1.2345678e7 or 12345678.0.
        Data::Float(n) if n.fract() == 0.0 && n.abs() < 1e15 => format!("{n:.0}"),
        Data::DateTime(when) => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string().trim().to_owned(),
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The delimiter the first line has most of, outside quotes.
fn delimiter(head: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0), (b'|', 0)];
    for c in head.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => break,
            _ if !quoted => counts.iter_mut().filter(|(d, _)| char::from(*d) == c).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // The first of equals, so that a single column reads as `;`.
    counts.iter().rev().max_by_key(|(_, n)| *n).map_or(b';', |(d, _)| *d)
}

struct Table {
    slots: Slots,
    places: Vec<Option<(usize, u8)>>,
    layer: String,
}

impl Table {
    fn new(layer: &str, header: &[String], source: &'static Source, options: &Options, asked: bool) -> Result<Self> {
        let layer = column_name(layer);
        let part = part_for(source, &layer, false, header, options)?;
        let part = part.ok_or_else(|| Error::NoLayer { wanted: source.name.into(), found: layer.clone() })?;
        tracing::debug!(layer, asked, "columns {}", header.join(", "));
        let mut slots = Slots::new(part, source.parts[part].columns, options);
        let places = header.iter().map(|h| slots.find(&column_name(h))).collect();
        Ok(Self { slots, places, layer })
    }

    fn row<'a>(&mut self, cells: impl Iterator<Item = &'a str>, sink: &mut dyn Sink) -> Result<()> {
        self.slots.clear();
        for (place, cell) in self.places.iter().zip(cells) {
            if let Some((at, rank)) = place
                && !cell.trim().is_empty()
            {
                self.slots.set(*at, *rank, cell);
            }
        }
        sink.row(self.slots.part, &self.layer, &self.slots.values, Shape::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_the_header_has_most_of() {
        assert_eq!(delimiter("a;b;c\n1,2,3,4,5"), b';');
        assert_eq!(delimiter("a,b\n"), b',');
        assert_eq!(delimiter("a\tb\tc"), b'\t');
        assert_eq!(delimiter("\"a;b;c\",d"), b',');
        assert_eq!(delimiter("naam"), b';');
    }

    #[test]
    fn a_key_in_a_number_cell_stays_a_key() {
        assert_eq!(cell(&Data::Float(12_345_678.0)), "12345678");
        assert_eq!(cell(&Data::Float(12.5)), "12.5");
        assert_eq!(cell(&Data::String(" x ".into())), "x");
    }
}
