//! GML and LVBAG, read as a stream: features by the name of their element, fields by the path of theirs, shapes from the element the
//! source wants (a parcel carries both its outline and the point of its label, and general readers take the point).
//!
//! Entities and document types are refused, so nothing outside the file is ever read and nothing inside it explodes. Arcs stay arcs
//! here; the database makes them straight within a centimetre.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::crs::{self, Crs};
use crate::error::{Error, Result};
use crate::metered::Metered;
use crate::reader::{Shape, Sink, Slots};
use crate::reason::Reason;
use crate::shape::{self, Ewkb};
use crate::source::{Form, Options, Part, Source};
use crate::text::column_name;

/// Deepest element an honest file has.
const DEPTH: usize = 64;

/// Reads every feature of the source's parts from one XML document. Returns the names of elements that might have been features
/// (children of the outermost two levels), for the message when none was.
///
/// # Errors
/// [`Error::Unreadable`] where the XML breaks off, [`Error::Entities`], [`Error::UnknownCrs`]; whatever the sink says.
pub fn read<R: BufRead>(input: R, source: &'static Source, crs_asked: bool, options: &Options, sink: &mut dyn Sink) -> Result<Vec<String>> {
    let mut xml = Xml { reader: Reader::from_reader(Metered::new(input)), buffer: Vec::new() };
    let mut slots: Vec<Slots> = source.parts.iter().enumerate().map(|(at, p)| Slots::new(at, p.columns, options)).collect();
    let mut seen = Vec::new();
    let mut depth = 0usize;
    let mut any = false;
    let mut srs = None;
    loop {
        match xml.next(sink)? {
            Token::Start(tag) => {
                any = true;
                let layer = column_name(&tag.local);
                if let Some(name) = tag.srs.clone() {
                    srs.get_or_insert(name);
                }
                if let Some(at) = source.parts.iter().position(|p| p.form != Form::Table && p.layers.contains(&layer.as_str())) {
                    let mut feature = Feature { part: &source.parts[at], slots: &mut slots[at], srs: &srs, crs_asked };
                    feature.read(&mut xml, &tag, &layer, sink)?;
                } else {
                    depth += 1;
                    if depth == 3 && seen.len() < 12 && !seen.contains(&tag.local) {
                        seen.push(tag.local);
                    }
                }
            }
            Token::Text(_) => {}
            Token::End => depth = depth.saturating_sub(1),
            Token::Eof if !any => return Err(Error::Unreadable { after: sink.rows(), why: "no XML".into() }),
            Token::Eof if depth > 0 => return Err(Error::Unreadable { after: sink.rows(), why: "the XML breaks off".into() }),
            Token::Eof => return Ok(seen),
        }
    }
}

struct Tag {
    local: String,
    /// The `gml:id` of a feature.
    id: Option<String>,
    srs: Option<String>,
    dimension: Option<usize>,
}

enum Token {
    Start(Tag),
    Text(String),
    End,
    Eof,
}

struct Xml<R> {
    reader: Reader<Metered<R>>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Xml<R> {
    fn next(&mut self, sink: &dyn Sink) -> Result<Token> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().restart();
            let at = self.reader.buffer_position();
            let broken = |why: String| Error::Unreadable { after: sink.rows(), why: format!("{why} (byte {at})") };
            match self.reader.read_event_into(&mut self.buffer).map_err(|e| broken(e.to_string()))? {
                Event::Start(tag) => return Ok(Token::Start(describe(&tag).map_err(broken)?)),
                // An empty element says nothing here that its absence would not.
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::End(_) => return Ok(Token::End),
                Event::Text(text) => return Ok(Token::Text(crate::text::decode(&text).into_owned())),
                Event::CData(text) => return Ok(Token::Text(crate::text::decode(&text).into_owned())),
                Event::GeneralRef(name) => return Ok(Token::Text(entity(&name)?)),
                Event::DocType(_) => return Err(Error::Entities),
                Event::Eof => return Ok(Token::Eof),
            }
        }
    }

    /// Reads on to the end of the element just opened; its text.
    fn text(&mut self, sink: &dyn Sink) -> Result<String> {
        let mut out = String::new();
        let mut depth = 0;
        loop {
            match self.next(sink)? {
                Token::Text(text) => out.push_str(&text),
                Token::Start(_) => depth += 1,
                Token::End if depth == 0 => return Ok(out),
                Token::End => depth -= 1,
                Token::Eof => return Err(cut(sink)),
            }
        }
    }
}

fn cut(sink: &dyn Sink) -> Error {
    Error::Unreadable { after: sink.rows(), why: "the XML breaks off inside a feature".into() }
}

fn entity(name: &BytesRef<'_>) -> Result<String> {
    if let Ok(Some(c)) = name.resolve_char_ref() {
        return Ok(c.to_string());
    }
    let bytes: &[u8] = name;
    let text = match bytes {
        b"amp" => "&",
        b"lt" => "<",
        b"gt" => ">",
        b"quot" => "\"",
        b"apos" => "'",
        _ => return Err(Error::Entities),
    };
    Ok(text.to_owned())
}

fn describe(tag: &BytesStart<'_>) -> std::result::Result<Tag, String> {
    let local = String::from_utf8_lossy(tag.local_name().as_ref()).into_owned();
    let (mut id, mut srs, mut dimension) = (None, None, None);
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = || crate::text::decode(&attribute.value).into_owned();
        match attribute.key.local_name().as_ref() {
            b"id" => id = Some(value()),
            b"srsName" => srs = Some(value()),
            b"srsDimension" => dimension = value().parse().ok(),
            _ => {}
        }
    }
    Ok(Tag { local, id, srs, dimension })
}

/// The geometry taken so far: how well its element is wanted, its EWKB or what is wrong with it, the system it names.
type Chosen = (usize, std::result::Result<Vec<u8>, Reason>, Option<Crs>);

struct Feature<'a> {
    part: &'static Part,
    slots: &'a mut Slots,
    srs: &'a Option<String>,
    /// The operator named the system: what the file says of it does not matter.
    crs_asked: bool,
}

impl Feature<'_> {
    fn read<R: BufRead>(&mut self, xml: &mut Xml<R>, tag: &Tag, layer: &str, sink: &mut dyn Sink) -> Result<()> {
        let part = self.part;
        self.slots.clear();
        if let Some(id) = &tag.id
            && let Some((at, rank)) = self.slots.find("gmlid")
        {
            self.slots.set(at, rank, id);
        }
        let mut path: Vec<String> = Vec::new();
        let mut text = String::new();
        let mut best: Option<Chosen> = None;
        loop {
            match xml.next(sink)? {
                Token::Start(tag) if is_shape(&tag.local) => {
                    let holder = path.iter().rev().find(|name| !matches!(name.as_str(), "punt" | "vlak" | "multivlak" | "lijn"));
                    let rank = rank_of(part.geometry, holder.map(String::as_str));
                    let wanted = rank.filter(|rank| best.as_ref().is_none_or(|(earlier, ..)| rank < earlier));
                    let name = tag.srs.clone().or_else(|| self.srs.clone());
                    let mut gml = Gml { swap: name.as_deref().is_some_and(latitude_first) };
                    let parsed = gml.parse(xml, &tag, tag.dimension, 0, sink)?;
                    if let Some(rank) = wanted {
                        let crs = match &name {
                            Some(name) if !self.crs_asked => {
                                Some(crs::parse(name).ok_or_else(|| Error::UnknownCrs { found: name.clone() })?)
                            }
                            _ => None,
                        };
                        best = Some((rank, parsed.map(|geometry| geometry.write()), crs));
                    }
                    text.clear();
                }
                Token::Start(tag) => {
                    if path.len() >= DEPTH {
                        return Err(Error::Unreadable { after: sink.rows(), why: "elements nested too deeply".into() });
                    }
                    path.push(column_name(&tag.local));
                    text.clear();
                }
                Token::Text(more) => text.push_str(&more),
                Token::End if path.is_empty() => break,
                Token::End => {
                    let value = text.trim();
                    if !value.is_empty()
                        && let Some((at, rank)) = self.slots.find(&path.join("/"))
                    {
                        self.slots.set(at, rank, value);
                    }
                    text.clear();
                    path.pop();
                }
                Token::Eof => return Err(cut(sink)),
            }
        }
        let shape = match &best {
            None => Shape::None,
            Some((_, Ok(wkb), crs)) => Shape::Wkb(wkb, *crs),
            Some((_, Err(reason), _)) => Shape::Broken(reason.clone()),
        };
        sink.row(self.slots.part, layer, &self.slots.values, shape)
    }
}

/// GML says latitude first for geographic systems named by URN or URI.
fn latitude_first(name: &str) -> bool {
    !name.starts_with("EPSG:") && !name.contains("CRS84") && matches!(crs::parse(name), Some(Crs { srid: 4326 | 4258, .. }))
}

fn rank_of(wanted: &[&str], holder: Option<&str>) -> Option<usize> {
    if wanted.is_empty() { Some(0) } else { wanted.iter().position(|w| Some(*w) == holder) }
}

fn is_shape(local: &str) -> bool {
    matches!(
        local,
        "Point"
            | "LineString"
            | "Curve"
            | "Polygon"
            | "Surface"
            | "MultiPoint"
            | "MultiLineString"
            | "MultiCurve"
            | "MultiPolygon"
            | "MultiSurface"
            | "CompositeCurve"
            | "CompositeSurface"
            | "MultiGeometry"
    )
}

enum Geometry {
    Point((f64, f64)),
    Line(Vec<(f64, f64)>),
    Arc(Vec<(f64, f64)>),
    /// Pieces that follow each other.
    Chain(Vec<Geometry>),
    Polygon(Vec<Geometry>),
    Many(u32, Vec<Geometry>),
}

struct Gml {
    swap: bool,
}

type Parsed = std::result::Result<Geometry, Reason>;

impl Gml {
    /// Parses the element just opened, to its end.
    fn parse<R: BufRead>(
        &mut self,
        xml: &mut Xml<R>,
        tag: &Tag,
        dimension: Option<usize>,
        depth: usize,
        sink: &dyn Sink,
    ) -> Result<Parsed> {
        if depth > DEPTH {
            return Err(Error::Unreadable { after: sink.rows(), why: "a shape nested too deeply".into() });
        }
        let dimension = tag.dimension.or(dimension);
        let mut parts: Vec<Geometry> = Vec::new();
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut bad: Option<Reason> = None;
        loop {
            match xml.next(sink)? {
                Token::Start(child) if matches!(child.local.as_str(), "pos" | "posList" | "coordinates") => {
                    let text = xml.text(sink)?;
                    if let Err(reason) = self.positions(&text, child.dimension.or(dimension), &child.local, &mut points) {
                        bad.get_or_insert(reason);
                    }
                }
                Token::Start(child) => match self.parse(xml, &child, dimension, depth + 1, sink)? {
                    Ok(Geometry::Many(0, inner)) => parts.extend(inner),
                    Ok(inner) => parts.push(inner),
                    Err(reason) => {
                        bad.get_or_insert(reason);
                    }
                },
                Token::Text(_) => {}
                Token::End => break,
                Token::Eof => return Err(cut(sink)),
            }
        }
        if let Some(reason) = bad {
            return Ok(Err(reason));
        }
        Ok(build(&tag.local, points, parts))
    }

    fn positions(&self, text: &str, dimension: Option<usize>, element: &str, out: &mut Vec<(f64, f64)>) -> std::result::Result<(), Reason> {
        let broken = || Reason::BrokenShape { why: format!("“{}” are no coordinates", crate::source::shorten(text.trim())) };
        let numbers = text
            .split(|c: char| c.is_whitespace() || (element == "coordinates" && c == ','))
            .filter(|part| !part.is_empty())
            .map(|part| part.parse::<f64>().map_err(|_| broken()))
            .collect::<std::result::Result<Vec<f64>, Reason>>()?;
        let size = match dimension {
            Some(size @ (2 | 3)) => size,
            _ if element == "pos" => numbers.len(),
            _ => 2,
        };
        if numbers.is_empty() || size < 2 || numbers.len() % size != 0 {
            return Err(broken());
        }
        out.extend(numbers.chunks(size).map(|c| if self.swap { (c[1], c[0]) } else { (c[0], c[1]) }));
        Ok(())
    }
}

/// A shape from its element, its own positions and its children. `Many(0, ..)` hands children on to the parent (a wrapper).
fn build(element: &str, points: Vec<(f64, f64)>, mut parts: Vec<Geometry>) -> Parsed {
    let empty = || Reason::BrokenShape { why: format!("an empty {element}") };
    Ok(match element {
        "Point" => Geometry::Point(*points.first().ok_or_else(empty)?),
        "LineString" | "LineStringSegment" | "LinearRing" => Geometry::Line(points),
        "Arc" | "ArcString" => Geometry::Arc(points),
        "Curve" | "Ring" | "CompositeCurve" => {
            if parts.is_empty() {
                return Err(empty());
            }
            if parts.len() == 1 { parts.remove(0) } else { Geometry::Chain(flatten(parts)) }
        }
        "Circle" | "ArcByCenterPoint" | "CircleByCenterPoint" | "CubicSpline" | "BSpline" | "Bezier" => {
            return Err(Reason::BrokenShape { why: format!("a {element} is not read") });
        }
        "Polygon" | "PolygonPatch" | "Rectangle" | "Triangle" => {
            if parts.is_empty() {
                return Err(empty());
            }
            Geometry::Polygon(parts)
        }
        "Surface" | "CompositeSurface" | "MultiPolygon" | "MultiSurface" => {
            if parts.is_empty() {
                return Err(empty());
            }
            let mut parts: Vec<Geometry> = parts
                .into_iter()
                .flat_map(|part| match part {
                    Geometry::Many(shape::MULTI_SURFACE, inner) => inner,
                    other => vec![other],
                })
                .collect();
            if parts.len() == 1 && element == "Surface" { parts.remove(0) } else { Geometry::Many(shape::MULTI_SURFACE, parts) }
        }
        "MultiLineString" | "MultiCurve" => Geometry::Many(shape::MULTI_CURVE, parts),
        "MultiPoint" => Geometry::Many(shape::MULTI_POINT, parts),
        "MultiGeometry" => Geometry::Many(shape::COLLECTION, parts),
        _ if !points.is_empty() => Geometry::Point(points[0]),
        _ => Geometry::Many(0, parts),
    })
}

fn flatten(parts: Vec<Geometry>) -> Vec<Geometry> {
    parts
        .into_iter()
        .flat_map(|part| match part {
            Geometry::Chain(inner) => flatten(inner),
            other => vec![other],
        })
        .collect()
}

impl Geometry {
    fn write(&self) -> Vec<u8> {
        let mut out = Ewkb::default();
        self.put(&mut out);
        out.0
    }

    fn straight(&self) -> bool {
        match self {
            Self::Point(_) | Self::Line(_) => true,
            Self::Arc(_) => false,
            // A chain of straight pieces is written as one line.
            Self::Chain(parts) | Self::Polygon(parts) | Self::Many(_, parts) => parts.iter().all(Self::straight),
        }
    }

    fn line(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Point(point) => vec![*point],
            Self::Line(points) | Self::Arc(points) => points.clone(),
            Self::Chain(parts) | Self::Polygon(parts) | Self::Many(_, parts) => {
                let mut out: Vec<(f64, f64)> = Vec::new();
                for part in parts {
                    let points = part.line();
                    let skip = usize::from(!out.is_empty() && out.last() == points.first());
                    out.extend(points.into_iter().skip(skip));
                }
                out
            }
        }
    }

    fn put(&self, out: &mut Ewkb) {
        match self {
            Self::Point((x, y)) => {
                out.header(shape::POINT);
                out.coordinate(*x, *y);
            }
            Self::Arc(points) => {
                out.header(shape::CIRCULAR);
                out.ring(points);
            }
            Self::Line(_) => {
                out.header(shape::LINE);
                out.ring(&self.line());
            }
            Self::Chain(_) if self.straight() => {
                out.header(shape::LINE);
                out.ring(&self.line());
            }
            Self::Chain(parts) => {
                out.header(shape::COMPOUND);
                out.count(parts.len() as u32);
                for part in parts {
                    part.put(out);
                }
            }
            Self::Polygon(rings) if self.straight() => {
                out.header(shape::POLYGON);
                out.count(rings.len() as u32);
                for ring in rings {
                    out.ring(&ring.line());
                }
            }
            Self::Polygon(rings) => {
                out.header(shape::CURVE_POLYGON);
                out.count(rings.len() as u32);
                for ring in rings {
                    ring.put(out);
                }
            }
            Self::Many(kind, parts) => {
                let kind = match *kind {
                    shape::MULTI_SURFACE if self.straight() => shape::MULTI_POLYGON,
                    shape::MULTI_CURVE if self.straight() => shape::MULTI_LINE,
                    other => other,
                };
                out.header(kind);
                out.count(parts.len() as u32);
                for part in parts {
                    part.put(out);
                }
            }
        }
    }
}
