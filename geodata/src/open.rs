//! Which reader a file gets, by its extension, and what is in a zip.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use crate::archive::{self, Budget, extension};
use crate::error::{Error, Result};
use crate::load::Stager;
use crate::source::{Form, Options, Source};
use crate::{geojson, gml, ogr, table};

/// One file to read.
pub struct Job<'a> {
    pub source: &'static Source,
    pub options: &'a Options,
    pub layer: Option<&'a str>,
    /// The import's own folder.
    pub folder: &'a Path,
    /// The operator named the coordinate system.
    pub crs_asked: bool,
}

impl Job<'_> {
    /// Reads `file` into `stager`.
    ///
    /// # Errors
    /// Whatever makes the whole file unusable.
    pub fn read(&self, file: &Path, stager: &mut Stager) -> Result<()> {
        let Self { source, options, layer, folder, crs_asked } = *self;
        match extension(file).as_str() {
            "json" | "geojson" => geojson::read(file, source, crs_asked, options, stager),
            "csv" | "txt" | "tsv" => table::read_csv(file, source, options, stager),
            "xlsx" | "xls" | "ods" | "xlsm" => table::read_workbook(file, layer, source, options, stager),
            "gml" | "xml" if self.reads_xml() => {
                let seen = gml::read(BufReader::with_capacity(1 << 20, std::fs::File::open(file)?), source, crs_asked, options, stager)?;
                self.found_something(&seen, stager)
            }
            "zip" => self.read_zip(file, stager),
            _ => ogr::read(&self.own_copy(file)?, folder, layer, source, crs_asked, options, stager),
        }
    }

    /// Sources whose XML we know; any other goes to GDAL.
    fn reads_xml(&self) -> bool {
        self.source.parts.iter().any(|p| p.form != Form::Table)
    }

    fn found_something(&self, seen: &[String], stager: &Stager) -> Result<()> {
        if stager.intake.read > 0 {
            return Ok(());
        }
        let wanted: Vec<&str> = self.source.parts.iter().flat_map(|p| p.layers.first()).copied().collect();
        let found = if seen.is_empty() { "-".into() } else { seen.join(", ") };
        Err(Error::NoLayer { wanted: wanted.join(" / "), found })
    }

    /// XML is read as it unpacks; other formats are unpacked first, and the one data file among them is read.
    fn read_zip(&self, file: &Path, stager: &mut Stager) -> Result<()> {
        let mut names = Vec::new();
        archive::walk(file, &mut Budget::new(archive::MAX_UNPACKED), &mut |name, _| {
            names.push(name.to_owned());
            Ok(())
        })?;
        let is_xml = |name: &String| matches!(extension(Path::new(name)).as_str(), "xml" | "gml");
        if self.reads_xml() && names.iter().any(is_xml) {
            let mut seen = Vec::new();
            archive::walk(file, &mut Budget::new(archive::MAX_UNPACKED), &mut |name, input| {
                if is_xml(&name.to_owned()) {
                    seen.extend(gml::read(BufReader::with_capacity(1 << 20, input), self.source, self.crs_asked, self.options, stager)?);
                }
                Ok(())
            })?;
            return self.found_something(&seen, stager);
        }
        let unpacked = self.folder.join("unpacked");
        let files = archive::unpack(file, &unpacked, &mut Budget::new(crate::fetch::MAX_BYTES))?;
        let readable =
            |f: &&PathBuf| ogr::driver(f).is_some() || matches!(extension(f).as_str(), "json" | "geojson" | "csv" | "xlsx" | "ods");
        let data: Vec<&PathBuf> = files.iter().filter(readable).collect();
        match data.as_slice() {
            [one] => self.read(one, stager),
            [] => Err(Error::WrongFormat { file: names.join(", "), wanted: ogr::FORMATS.into() }),
            _ => {
                let found: Vec<String> = data.iter().filter_map(|f| Some(f.file_name()?.to_string_lossy().into_owned())).collect();
                Err(Error::BadArchive { why: format!("it holds several files: {}", found.join(", ")) })
            }
        }
    }

    /// GDAL writes beside what it opens and looks at neighbours: it gets the file, and what belongs to it, in our own folder.
    fn own_copy(&self, file: &Path) -> Result<PathBuf> {
        if file.starts_with(self.folder) {
            return Ok(file.to_owned());
        }
        if ogr::driver(file).is_none() {
            let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            return Err(Error::WrongFormat { file: name, wanted: ogr::FORMATS.into() });
        }
        let inside = self.folder.join("input");
        std::fs::create_dir_all(&inside)?;
        let stem = file.file_stem().unwrap_or_default();
        let mut target = inside.join(format!("data.{}", extension(file)));
        if matches!(extension(file).as_str(), "shp" | "tab" | "mif") {
            let parent = file.parent().unwrap_or(Path::new("."));
            for entry in std::fs::read_dir(parent)?.flatten() {
                let path = entry.path();
                if path.file_stem() == Some(stem) && path.is_file() {
                    std::os::unix::fs::symlink(&path, inside.join(entry.file_name()))?;
                }
            }
            target = inside.join(file.file_name().unwrap_or_default());
        } else {
            std::os::unix::fs::symlink(file, &target)?;
        }
        Ok(target)
    }
}
