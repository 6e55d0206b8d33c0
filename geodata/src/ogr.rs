//! Formats that GDAL reads for us, in a child process that is given little: no network, no database, an allow-list of drivers, its own
//! folder, limits on time and memory. It writes COPY lines to a pipe (its PGDump form: four times faster than CSV and ten times
//! faster than GeoJSON on 50,000 parcels), and we take them apart, check them and send our own.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::archive::extension;
use crate::crs;
use crate::error::{Error, Result};
use crate::reader::{Shape, Sink, Slots, part_for};
use crate::source::{Form, Options, Source};
use crate::text::{column_name, decode};

/// Longest a child may run, in seconds of its own processor time.
const CPU_SECONDS: u32 = 3600;
/// Most memory a child may address, in kilobytes.
const MEMORY_KB: u32 = 6 << 20;
/// Longest the listing of layers may take.
const LISTING: Duration = Duration::from_secs(300);

/// The driver for a file, by its extension. What is not here is not opened: no VRT, no database, no service.
pub fn driver(path: &Path) -> Option<&'static str> {
    Some(match extension(path).as_str() {
        "gpkg" => "GPKG",
        "shp" => "ESRI Shapefile",
        "fgb" => "FlatGeobuf",
        "gml" | "xml" => "GML",
        "tab" | "mif" => "MapInfo File",
        "kml" => "KML",
        "gpx" => "GPX",
        "dxf" => "DXF",
        _ => return None,
    })
}

/// What the operator may be told is read.
pub const FORMATS: &str = "GeoJSON, CSV, XLSX, GeoPackage, Shapefile, FlatGeobuf, GML, MapInfo, KML, GPX, DXF, or a zip of these";

/// Reads the layers of the source from a file; `folder` is the import's own and `path` lies in it.
///
/// # Errors
/// [`Error::NoLayer`], [`Error::MissingColumn`], [`Error::UnknownCrs`], [`Error::NoProgram`], [`Error::Unreadable`] with GDAL's first
/// complaint; whatever the sink says.
pub fn read(
    path: &Path,
    folder: &Path,
    layer: Option<&str>,
    source: &'static Source,
    crs_asked: bool,
    options: &Options,
    sink: &mut dyn Sink,
) -> Result<()> {
    let driver = driver(path).ok_or_else(|| Error::WrongFormat { file: file_name(path), wanted: FORMATS.into() })?;
    recognise(path, driver)?;
    if matches!(driver, "GML" | "KML" | "GPX") {
        refuse_entities(path)?;
    }
    let found = layers(path, folder, driver)?;
    let listing = || found.join(", ");
    let chosen: Vec<&String> = match layer {
        Some(wanted) => found.iter().filter(|name| *name == wanted).collect(),
        None if found.len() == 1 => found.iter().collect(),
        None => {
            let known = |name: &&String| source.parts.iter().any(|p| p.form != Form::Xml && p.layers.contains(&column_name(name).as_str()));
            found.iter().filter(known).collect()
        }
    };
    if chosen.is_empty() {
        let wanted = match layer {
            Some(wanted) => wanted.to_owned(),
            None => source.parts.iter().filter_map(|p| p.layers.first()).copied().collect::<Vec<_>>().join(" / "),
        };
        return Err(if wanted.is_empty() { Error::WhichLayer { found: listing() } } else { Error::NoLayer { wanted, found: listing() } });
    }
    let named = layer.is_none() && found.len() > 1;
    for name in chosen {
        one(path, folder, driver, name, named, source, crs_asked, options, sink)?;
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// GDAL looks at what is in a file, not at its name: a description of other sources (VRT, WFS, WMS) dressed up as data is stopped
/// here already, before the allow-list of drivers would.
fn recognise(path: &Path, driver: &str) -> Result<()> {
    let mut head = vec![0; 64 * 1024];
    let got = std::fs::File::open(path)?.read(&mut head)?;
    let head = &head[..got];
    let text = decode(head);
    let sound = match driver {
        "GPKG" => head.starts_with(b"SQLite format 3\0"),
        "FlatGeobuf" => head.starts_with(b"fgb"),
        "ESRI Shapefile" => head.starts_with(&[0, 0, 0x27, 0x0a]),
        _ => !["<OGR", "<GDAL", "<VRT", "<WMS", "<WCS", "<WFS_", "<TileMap"].iter().any(|mark| text.contains(mark)),
    };
    if sound { Ok(()) } else { Err(Error::WrongFormat { file: file_name(path), wanted: format!("this is not a {driver} file") }) }
}

/// A document type stands before the first element or not at all.
fn refuse_entities(path: &Path) -> Result<()> {
    let mut reader = quick_xml::Reader::from_file(path).map_err(|e| Error::Unreadable { after: 0, why: e.to_string() })?;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(quick_xml::events::Event::DocType(_)) => return Err(Error::Entities),
            Ok(quick_xml::events::Event::Start(_) | quick_xml::events::Event::Empty(_)) => return Ok(()),
            Ok(quick_xml::events::Event::Eof) => return Err(Error::Unreadable { after: 0, why: "no XML".into() }),
            Ok(_) => {}
            Err(e) => return Err(Error::Unreadable { after: 0, why: e.to_string() }),
        }
    }
}

/// Every vector driver of this GDAL but the wanted one and the one that writes: its allow-list, turned round, since `-if` came to
/// `ogr2ogr` only after GDAL 3.6.
///
/// # Errors
/// [`Error::NoProgram`].
fn all_but(wanted: &str, folder: &Path) -> Result<String> {
    static DRIVERS: OnceLock<Vec<String>> = OnceLock::new();
    let drivers = match DRIVERS.get() {
        Some(known) => known,
        None => {
            let mut command = limited("ogrinfo", folder);
            command.arg("--formats");
            let output = spawn("ogrinfo", &mut command)?.wait_with_output()?;
            let names = parse_formats(&decode(&output.stdout));
            if names.is_empty() {
                return Err(Error::NoProgram { program: "ogrinfo" });
            }
            DRIVERS.get_or_init(|| names)
        }
    };
    Ok(drivers.iter().filter(|name| *name != wanted && *name != "PGDUMP").cloned().collect::<Vec<_>>().join(","))
}

/// `  ESRI Shapefile -vector- (rw+v): ESRI Shapefile` -> `ESRI Shapefile`.
fn parse_formats(listing: &str) -> Vec<String> {
    listing.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(" -")).map(|(name, _)| name.to_owned()).collect()
}

fn command(program: &'static str, folder: &Path, driver: &str) -> Result<Command> {
    let skip = all_but(driver, folder)?;
    let mut command = limited(program, folder);
    command.env("OGR_SKIP", skip);
    Ok(command)
}

/// A GDAL program under limits. `ulimit` comes with every shell; the arguments are passed as arguments, never as shell text.
fn limited(program: &'static str, folder: &Path) -> Command {
    let limits = format!("ulimit -t {CPU_SECONDS}; ulimit -v {MEMORY_KB}; ulimit -c 0; exec \"$0\" \"$@\"");
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(limits).arg(program);
    command.env_clear().current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()));
    command.env("CPL_TMPDIR", folder).env("HOME", folder).env("LC_ALL", "C.UTF-8");
    command.env("PROJ_NETWORK", "OFF").env("GDAL_HTTP_TIMEOUT", "1").env("CPL_CURL_ENABLE_VSIMEM", "NO");
    // Should any driver reach for the network all the same, it finds nobody.
    command.env("http_proxy", "http://127.0.0.1:9").env("https_proxy", "http://127.0.0.1:9");
    command.env("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".none").env("GDAL_DRIVER_PATH", "disable");
    command
}

fn spawn(program: &'static str, command: &mut Command) -> Result<Child> {
    let found = std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()));
    if !found {
        return Err(Error::NoProgram { program });
    }
    Ok(command.spawn()?)
}

/// Ends the child when an import stops half-way.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // Both fail only for a child that has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn layers(path: &Path, folder: &Path, driver: &'static str) -> Result<Vec<String>> {
    let mut command = command("ogrinfo", folder, driver)?;
    command.args(["-ro", "-q"]).args(open_options(driver)).arg(path);
    let mut child = Guard(spawn("ogrinfo", &mut command)?);
    let errors = drain(child.0.stderr.take());
    let output = drain(child.0.stdout.take());
    let until = Instant::now() + LISTING;
    let status = loop {
        match child.0.try_wait()? {
            Some(status) => break status,
            None if Instant::now() > until => return Err(Error::Unreadable { after: 0, why: "listing its layers takes too long".into() }),
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let complaint = first_error(&drained(errors)?);
    if !status.success() || complaint.is_some() {
        let why = complaint.unwrap_or_else(|| format!("this is not a readable {driver} file"));
        return Err(Error::Unreadable { after: 0, why });
    }
    Ok(parse_layers(&drained(output)?))
}

/// `1: Perceel (Polygon)` -> `Perceel`.
fn parse_layers(listing: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in listing.lines() {
        let Some((number, rest)) = line.split_once(": ") else { continue };
        if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let name = rest.rfind(" (").map_or(rest, |at| &rest[..at]).trim();
        // A name that GDAL would take for an option cannot be asked for.
        if !name.starts_with('-') {
            out.push(name.to_owned());
        }
    }
    out
}

fn open_options(driver: &str) -> &'static [&'static str] {
    if driver == "GML" { &["-oo", "DOWNLOAD_SCHEMA=NO"] } else { &[] }
}

/// A megabyte of what a child says, read to its end: one whose words nobody takes would stand still, or fall over.
fn drain<R: Read + Send + 'static>(pipe: Option<R>) -> std::thread::JoinHandle<std::io::Result<String>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.by_ref().take(1 << 20).read_to_end(&mut bytes)?;
            std::io::copy(&mut pipe, &mut std::io::sink())?;
        }
        Ok(decode(&bytes).into_owned())
    })
}

fn drained(reading: std::thread::JoinHandle<std::io::Result<String>>) -> Result<String> {
    Ok(reading.join().map_err(|_| std::io::Error::other("what GDAL said could not be read"))??)
}

fn first_error(stderr: &str) -> Option<String> {
    let line = stderr.lines().find(|l| l.starts_with("ERROR") || l.starts_with("FAILURE"))?;
    // The folder is ours and means nothing to the reader.
    let words: Vec<&str> = line.split_whitespace().map(|w| w.rsplit('/').next().unwrap_or(w)).collect();
    Some(words.join(" "))
}

#[allow(clippy::too_many_arguments)]
fn one(
    path: &Path,
    folder: &Path,
    driver: &'static str,
    layer: &str,
    named: bool,
    source: &'static Source,
    crs_asked: bool,
    options: &Options,
    sink: &mut dyn Sink,
) -> Result<()> {
    let mut command = command("ogr2ogr", folder, driver)?;
    command.args(open_options(driver)).args(["-f", "PGDump", "/vsistdout/"]).arg(path).arg(layer);
    command.args(["-nln", "layer", "-dim", "XY", "--config", "PG_USE_COPY", "YES"]);
    command.args(["-lco", "GEOMETRY_NAME=terrein_geom", "-lco", "FID=terrein_fid", "-lco", "SPATIAL_INDEX=NONE", "-lco", "LAUNDER=NO"]);
    let mut child = Guard(spawn("ogr2ogr", &mut command)?);
    let errors = drain(child.0.stderr.take());
    let stdout = child.0.stdout.take().ok_or_else(|| std::io::Error::other("no pipe"))?;
    let mut dump = Dump { input: BufReader::with_capacity(1 << 20, stdout), line: Vec::new() };
    let outcome = dump.read(layer, named, source, crs_asked, options, sink);
    if outcome.is_err() {
        drop(child);
        return outcome;
    }
    let status = child.0.wait()?;
    let complaint = first_error(&drained(errors)?);
    if !status.success() || complaint.is_some() {
        let why = complaint.unwrap_or_else(|| "ogr2ogr gave up".into());
        return Err(Error::Unreadable { after: sink.rows(), why });
    }
    Ok(())
}

struct Dump<R> {
    input: R,
    line: Vec<u8>,
}

impl<R: BufRead> Dump<R> {
    fn next(&mut self) -> Result<bool> {
        self.line.clear();
        let read = self.input.read_until(b'\n', &mut self.line)?;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        }
        Ok(read > 0)
    }

    fn read(
        &mut self,
        layer: &str,
        named: bool,
        source: &'static Source,
        crs_asked: bool,
        options: &Options,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        let name = column_name(layer);
        while self.next()? {
            let line = decode(&self.line).into_owned();
            if line.contains("AddGeometryColumn(") && !crs_asked {
                let code = srid(&line);
                match code.and_then(crs::by_code) {
                    Some(crs) => sink.crs(crs),
                    // Without a code the publisher's own system is not assumed: it may be anything.
                    None => {
                        return Err(Error::UnknownCrs {
                            found: code.filter(|c| *c > 0).map_or("of this file".into(), |c| format!("EPSG:{c}")),
                        });
                    }
                }
            }
            let Some(columns) = copy_columns(&line) else { continue };
            let header: Vec<String> = columns.iter().filter(|c| !c.starts_with("terrein_")).cloned().collect();
            let part = part_for(source, &name, named, &header, options)?
                .ok_or_else(|| Error::NoLayer { wanted: source.name.into(), found: layer.to_owned() })?;
            let mut slots = Slots::new(part, source.parts[part].columns, options);
            let places: Vec<Option<(usize, u8)>> = columns.iter().map(|c| slots.find(&column_name(c))).collect();
            let shape_at = columns.iter().position(|c| c == "terrein_geom");
            self.rows(&name, &mut slots, &places, shape_at, sink)?;
        }
        Ok(())
    }

    fn rows(
        &mut self,
        layer: &str,
        slots: &mut Slots,
        places: &[Option<(usize, u8)>],
        shape_at: Option<usize>,
        sink: &mut dyn Sink,
    ) -> Result<()> {
        while self.next()? {
            if self.line == b"\\." {
                return Ok(());
            }
            slots.clear();
            let mut shape: Option<&[u8]> = None;
            for (at, cell) in self.line.split(|b| *b == b'\t').enumerate() {
                if Some(at) == shape_at {
                    shape = (cell != b"\\N").then_some(cell);
                } else if let Some(Some((column, rank))) = places.get(at)
                    && cell != b"\\N"
                {
                    slots.set(*column, *rank, &unescape(cell));
                }
            }
            sink.row(slots.part, layer, &slots.values, shape.map_or(Shape::None, Shape::Hex))?;
        }
        Err(Error::Unreadable { after: sink.rows(), why: "the rows break off".into() })
    }
}

/// The SRID in `SELECT AddGeometryColumn('public','layer','terrein_geom',28992,'POLYGON',2);`.
fn srid(line: &str) -> Option<i32> {
    line.split(',').nth(3)?.trim().parse().ok()
}

/// The names in `COPY "public"."layer" ("a", "b") FROM STDIN;`.
fn copy_columns(line: &str) -> Option<Vec<String>> {
    let list = line.strip_prefix("COPY ")?.split_once(" (")?.1.strip_suffix(") FROM STDIN;")?;
    let inner = list.strip_prefix('"')?.strip_suffix('"')?;
    Some(inner.split("\", \"").map(|name| name.replace("\"\"", "\"")).collect())
}

fn unescape(cell: &[u8]) -> String {
    if !cell.contains(&b'\\') {
        return decode(cell).into_owned();
    }
    let mut out = Vec::with_capacity(cell.len());
    let mut bytes = cell.iter();
    while let Some(byte) = bytes.next() {
        out.push(match (byte, byte == &b'\\') {
            (_, true) => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(other) => *other,
                None => b'\\',
            },
            (other, _) => *other,
        });
    }
    decode(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dump_is_taken_apart() {
        assert_eq!(srid("SELECT AddGeometryColumn('public','layer','terrein_geom',28992,'POLYGON',2);"), Some(28992));
        assert_eq!(
            copy_columns(r#"COPY "public"."layer" ("terrein_geom", "a ""b""", "c") FROM STDIN;"#),
            Some(vec!["terrein_geom".into(), "a \"b\"".into(), "c".into()])
        );
        assert_eq!(
            parse_formats("Supported Formats:\n  ESRI Shapefile -vector- (rw+v): x\n  GPKG -raster,vector- (rw): y"),
            ["ESRI Shapefile", "GPKG"]
        );
        assert_eq!(copy_columns("CREATE TABLE x ();"), None);
        assert_eq!(unescape(b"a\\tb\\\\c\\nd"), "a\tb\\c\nd");
        assert_eq!(
            parse_layers("1: Perceel (Polygon)\n2: Pand (3D Polygon)\nINFO: x\n3: -sql (None)\n4: a (b) (Point)"),
            ["Perceel", "Pand", "a (b)"]
        );
    }

    #[test]
    fn a_child_that_says_too_much_is_heard_to_its_end() {
        let mut child =
            Command::new("sh").args(["-c", "echo ERROR 1: x; head -c 80000000 /dev/zero"]).stdout(Stdio::piped()).spawn().expect("sh");
        let said = drained(drain(child.stdout.take())).expect("read");
        assert!(child.wait().expect("ended").success());
        assert!(said.len() <= 1 << 20 && first_error(&said).as_deref() == Some("ERROR 1: x"));
    }

    #[test]
    fn only_listed_drivers_are_opened() {
        for name in ["x.vrt", "x.sqlite", "PG:dbname=x", "x.pdf", "x"] {
            assert_eq!(driver(Path::new(name)), None, "{name}");
        }
    }
}
