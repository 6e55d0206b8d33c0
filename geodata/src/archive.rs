//! Zip files of publishers, zips in zips among them, under limits: nothing is written outside the working folder, and a small file
//! cannot grow into a disk full.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::error::{Error, Result};

/// Most bytes one archive of XML, which is read as it unpacks, may hold. What must be unpacked to disk has the limit of a file.
pub const MAX_UNPACKED: u64 = 16 << 30;
/// Most entries over all levels.
const MAX_ENTRIES: usize = 50_000;
/// Zips in zips in the delivery of the national registers.
const MAX_DEPTH: u8 = 2;

/// What may still be unpacked.
pub struct Budget {
    bytes: u64,
    entries: usize,
}

impl Budget {
    pub fn new(bytes: u64) -> Self {
        Self { bytes, entries: MAX_ENTRIES }
    }
}

/// Reads at most what the budget has left, and fails loudly past it (an entry's stated size is not to be believed).
pub struct Bounded<'a, R> {
    inner: R,
    budget: &'a mut Budget,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(out)?;
        if read as u64 > self.budget.bytes {
            return Err(std::io::Error::other("the archive holds more than is unpacked here"));
        }
        self.budget.bytes -= read as u64;
        Ok(read)
    }
}

fn bad(why: impl ToString) -> Error {
    Error::BadArchive { why: why.to_string() }
}

/// Entries that are not data: folders, what Macs add, delivery notes, and the parts of a BAG delivery that are no current occurrences.
fn is_noise(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    last.is_empty()
        || name.starts_with("__MACOSX")
        || last.starts_with('.')
        || ["Leveringsdocument", "InOnderzoek", "Inactief", "NietBag", "GEM-WPL-RELATIE"].iter().any(|part| last.contains(part))
}

/// Calls `each` with the name and the bytes of every entry, descending into zips.
///
/// # Errors
/// [`Error::BadArchive`] for damage, encryption, names that point elsewhere, links, too many or too large entries; whatever `each` says.
pub fn walk(path: &Path, budget: &mut Budget, each: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>) -> Result<()> {
    level(File::open(path)?, budget, 0, each)
}

fn level<R: Read + Seek>(file: R, budget: &mut Budget, depth: u8, each: &mut dyn FnMut(&str, &mut dyn Read) -> Result<()>) -> Result<()> {
    let mut archive = ZipArchive::new(file).map_err(bad)?;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(bad)?;
        let Some(safe) = entry.enclosed_name() else {
            return Err(bad(format!("an entry points outside it: {}", crate::source::shorten(entry.name()))));
        };
        if entry.is_symlink() {
            return Err(bad("it holds a link"));
        }
        if budget.entries == 0 {
            return Err(bad(format!("it holds more than {MAX_ENTRIES} files")));
        }
        budget.entries -= 1;
        let name = safe.to_string_lossy().into_owned();
        if entry.is_dir() || is_noise(&name) {
            continue;
        }
        if extension(Path::new(&name)) == "zip" {
            if depth == MAX_DEPTH {
                return Err(bad("zips nested too deeply"));
            }
            let mut inner = tempfile::tempfile()?;
            std::io::copy(&mut Bounded { inner: entry, budget }, &mut inner).map_err(bad)?;
            level(inner, budget, depth + 1, each)?;
        } else {
            each(&name, &mut Bounded { inner: entry, budget })?;
        }
    }
    Ok(())
}

/// Unpacks everything into `folder` and returns the files, for formats that are several files (Shapefile) or that GDAL opens.
///
/// # Errors
/// As [`walk`].
pub fn unpack(path: &Path, folder: &Path, budget: &mut Budget) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    walk(path, budget, &mut |name, input| {
        let target = folder.join(name);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::io::copy(input, &mut File::create(&target)?).map_err(bad)?;
        files.push(target);
        Ok(())
    })?;
    Ok(files)
}

/// Lower-case extension.
pub fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(entries: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("temp");
        let mut writer = zip::ZipWriter::new(file.reopen().expect("reopen"));
        for (name, bytes) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).expect("start");
            writer.write_all(bytes).expect("write");
        }
        writer.finish().expect("finish");
        file
    }

    #[test]
    fn names_that_climb_out_are_refused() {
        let file = archive(&[("../../etc/x", b"y")]);
        let folder = tempfile::tempdir().expect("folder");
        assert!(matches!(unpack(file.path(), folder.path(), &mut Budget::new(100)), Err(Error::BadArchive { .. })));
    }

    #[test]
    fn a_bomb_stops_at_the_budget() {
        let file = archive(&[("zeros.csv", &vec![0; 1 << 20])]);
        let folder = tempfile::tempdir().expect("folder");
        assert!(matches!(unpack(file.path(), folder.path(), &mut Budget::new(1000)), Err(Error::BadArchive { .. })));
    }

    #[test]
    fn zips_in_zips_are_read_and_noise_is_not() {
        let inner = std::fs::read(archive(&[("a.xml", b"<a/>")]).path()).expect("inner");
        let file = archive(&[("9999PND.zip", &inner), ("9999Inactief.zip", b"x"), ("__MACOSX/a.xml", b"x"), (".DS_Store", b"x")]);
        let mut names = Vec::new();
        walk(file.path(), &mut Budget::new(10_000), &mut |name, _| {
            names.push(name.to_owned());
            Ok(())
        })
        .expect("walk");
        assert_eq!(names, ["a.xml"]);
    }
}
