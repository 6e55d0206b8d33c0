//! GeoJSON, read as a stream: one feature in memory at a time, stray bytes survived, its old `crs` member honoured.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::crs;
use crate::error::{Error, Result};
use crate::reader::{Shape, Sink, Slots, part_for};
use crate::reason::Reason;
use crate::shape::{self, Ewkb};
use crate::source::{Options, Source};
use crate::text::{Utf8, column_name};

/// How much of the file is looked at for `crs` and `name` before the features.
const HEAD: usize = 64 * 1024;

/// Reads a FeatureCollection.
///
/// # Errors
/// [`Error::Unreadable`] with the last sound row where it breaks off, [`Error::MissingColumn`] judged on the first feature,
/// [`Error::UnknownCrs`]; whatever the sink says.
pub fn read(path: &Path, source: &'static Source, asked: bool, options: &Options, sink: &mut dyn Sink) -> Result<()> {
    let head = head(path)?;
    if asked {
        // What the operator says counts, whatever the file does.
    } else if let Some(name) = crs_name(&head) {
        sink.crs(crs::parse(&name).ok_or(Error::UnknownCrs { found: name })?);
    } else if let Some(crs) = crs::by_code(4326) {
        sink.crs(crs);
    }
    let layer = column_name(&path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default());
    let mut failure = None;
    let mut collection = Collection { source, options, layer, slots: None, wkb: Vec::new(), sink, failure: &mut failure };
    let input = BufReader::with_capacity(256 * 1024, Utf8::new(File::open(path)?));
    let mut json = serde_json::Deserializer::from_reader(input);
    let outcome = (&mut collection).deserialize(&mut json).and_then(|()| json.end());
    let after = collection.sink.rows();
    match (failure, outcome) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(Error::Unreadable { after, why: error.to_string() }),
        (None, Ok(())) => Ok(()),
    }
}

fn head(path: &Path) -> Result<String> {
    let mut bytes = vec![0; HEAD];
    let mut file = File::open(path)?.take(HEAD as u64);
    let mut filled = 0;
    loop {
        match file.read(&mut bytes[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    bytes.truncate(filled);
    Ok(crate::text::decode(&bytes).into_owned())
}

/// The name in `"crs":{"type":"name","properties":{"name":".."}}`, when it stands before the features.
fn crs_name(head: &str) -> Option<String> {
    let before = &head[..head.find("\"features\"").unwrap_or(head.len())];
    let object = before[before.find("\"crs\"")? + 5..].trim_start().strip_prefix(':')?;
    let value: Value = serde_json::Deserializer::from_str(object).into_iter::<Value>().next()?.ok()?;
    value.pointer("/properties/name")?.as_str().map(str::to_owned)
}

struct Collection<'a> {
    source: &'static Source,
    options: &'a Options,
    layer: String,
    slots: Option<Slots>,
    wkb: Vec<u8>,
    sink: &'a mut dyn Sink,
    failure: &'a mut Option<Error>,
}

#[derive(serde::Deserialize)]
struct Feature {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(default)]
    geometry: Option<Value>,
}

impl<'de> DeserializeSeed<'de> for &mut Collection<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(Object(self))
    }
}

struct Object<'b, 'a>(&'b mut Collection<'a>);

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a GeoJSON FeatureCollection")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        let mut seen = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "features" {
                seen = true;
                map.next_value_seed(Features(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if seen { Ok(()) } else { Err(A::Error::custom("no features: this is not a GeoJSON FeatureCollection")) }
    }
}

struct Features<'b, 'a>(&'b mut Collection<'a>);

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of features")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<(), A::Error> {
        while let Some(feature) = seq.next_element::<Feature>()? {
            if let Err(error) = self.0.take(feature) {
                *self.0.failure = Some(error);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

impl Collection<'_> {
    fn take(&mut self, feature: Feature) -> Result<()> {
        let properties = feature.properties.unwrap_or_default();
        if self.slots.is_none() {
            let mut header: Vec<String> = properties.keys().cloned().collect();
            if feature.id.is_some() {
                header.push("id".into());
            }
            // The name of a GeoJSON file says little: columns decide.
            let part = part_for(self.source, &self.layer, false, &header, self.options)?
                .ok_or_else(|| Error::NoLayer { wanted: self.source.name.into(), found: self.layer.clone() })?;
            self.slots = Some(Slots::new(part, self.source.parts[part].columns, self.options));
        }
        let Some(slots) = self.slots.as_mut() else { return Ok(()) };
        slots.clear();
        let id = feature.id.iter().map(|id| ("id", id));
        for (name, value) in properties.iter().map(|(k, v)| (k.as_str(), v)).chain(id) {
            if let Some((at, rank)) = slots.find(&column_name(name))
                && let Some(text) = plain(value)
            {
                slots.set(at, rank, &text);
            }
        }
        self.wkb.clear();
        let shape = match feature.geometry {
            None | Some(Value::Null) => Shape::None,
            Some(geometry) => {
                let mut out = Ewkb(std::mem::take(&mut self.wkb));
                let outcome = write(&geometry, &mut out, 0);
                self.wkb = out.0;
                match outcome {
                    Ok(()) => Shape::Wkb(&self.wkb, None),
                    Err(reason) => Shape::Broken(reason),
                }
            }
        };
        self.sink.row(slots.part, &self.layer, &slots.values, shape)
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => Some(items.iter().filter_map(plain).collect::<Vec<_>>().join(",")),
        other => Some(other.to_string()),
    }
}

fn broken(why: &str) -> Reason {
    Reason::BrokenShape { why: why.into() }
}

fn write(geometry: &Value, out: &mut Ewkb, depth: u8) -> std::result::Result<(), Reason> {
    if depth > 4 {
        return Err(broken("nested too deeply"));
    }
    let kind = geometry.get("type").and_then(Value::as_str).ok_or_else(|| broken("no type"))?;
    if kind == "GeometryCollection" {
        let parts = array(geometry.get("geometries").unwrap_or(&Value::Null))?;
        out.header(shape::COLLECTION);
        out.count(parts.len() as u32);
        return parts.iter().try_for_each(|part| write(part, out, depth + 1));
    }
    let coordinates = geometry.get("coordinates").ok_or_else(|| broken("no coordinates"))?;
    match kind {
        "Point" => {
            out.header(shape::POINT);
            position(coordinates).map(|(x, y)| out.coordinate(x, y))
        }
        "LineString" => line(coordinates, out),
        "Polygon" => polygon(coordinates, out),
        "MultiPoint" => many(coordinates, shape::MULTI_POINT, out, |p, out| {
            out.header(shape::POINT);
            position(p).map(|(x, y)| out.coordinate(x, y))
        }),
        "MultiLineString" => many(coordinates, shape::MULTI_LINE, out, line),
        "MultiPolygon" => many(coordinates, shape::MULTI_POLYGON, out, polygon),
        _ => Err(broken("an unknown type")),
    }
}

fn array(value: &Value) -> std::result::Result<&Vec<Value>, Reason> {
    value.as_array().ok_or_else(|| broken("coordinates are no list"))
}

fn position(value: &Value) -> std::result::Result<(f64, f64), Reason> {
    match array(value)?.as_slice() {
        [x, y, ..] => x.as_f64().zip(y.as_f64()).ok_or_else(|| broken("a coordinate is not a number")),
        _ => Err(broken("a position of fewer than two numbers")),
    }
}

fn points(value: &Value, out: &mut Ewkb) -> std::result::Result<(), Reason> {
    let list = array(value)?;
    out.count(list.len() as u32);
    list.iter().try_for_each(|p| position(p).map(|(x, y)| out.coordinate(x, y)))
}

fn line(value: &Value, out: &mut Ewkb) -> std::result::Result<(), Reason> {
    out.header(shape::LINE);
    points(value, out)
}

fn polygon(value: &Value, out: &mut Ewkb) -> std::result::Result<(), Reason> {
    let rings = array(value)?;
    out.header(shape::POLYGON);
    out.count(rings.len() as u32);
    rings.iter().try_for_each(|ring| points(ring, out))
}

fn many(
    value: &Value,
    kind: u32,
    out: &mut Ewkb,
    one: impl Fn(&Value, &mut Ewkb) -> std::result::Result<(), Reason>,
) -> std::result::Result<(), Reason> {
    let parts = array(value)?;
    out.header(kind);
    out.count(parts.len() as u32);
    parts.iter().try_for_each(|part| one(part, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_crs_member_is_found_before_the_features() {
        let head =
            r#"{"type":"FeatureCollection", "crs": {"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::28992"}}, "features":["#;
        assert_eq!(crs_name(head).as_deref(), Some("urn:ogc:def:crs:EPSG::28992"));
        assert_eq!(crs_name(r#"{"features":[{"crs":"x"}]}"#), None);
    }

    #[test]
    fn shapes_are_written_or_refused_with_a_reason() {
        let polygon: Value =
            serde_json::from_str(r#"{"type":"Polygon","coordinates":[[[6,52],[6.1,52],[6.1,52.1],[6,52]]]}"#).expect("json");
        let mut out = Ewkb::default();
        write(&polygon, &mut out, 0).expect("sound");
        let crs = crs::by_code(4326).expect("known");
        assert!(shape::check(&out.0, &crs, shape::Wanted::Polygon, &mut Vec::new()).is_ok());
        for bad in [
            r#"{"type":"Point","coordinates":[1]}"#,
            r#"{"type":"Point","coordinates":["a","b"]}"#,
            r#"{"type":"Blob","coordinates":[]}"#,
            "{}",
        ] {
            let value: Value = serde_json::from_str(bad).expect("json");
            assert!(write(&value, &mut Ewkb::default(), 0).is_err(), "{bad}");
        }
    }
}
