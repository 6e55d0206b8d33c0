//! Shapes: GeoJSON outside (WGS 84, longitude first, 7 decimals), EWKB to and from PostGIS.

use geo::{BoundingRect, CoordsIter, Geometry};
use geozero::{CoordDimensions, ToGeo, ToWkb};
use sea_orm::{ColIdx, QueryResult, TryGetError, Value};
use tokio::runtime::RuntimeFlavor;

use crate::Reason;
use crate::shape_valid::{self, MAX_PARTS};

/// The box in which a shape must lie, EPSG:4326: the Netherlands with its sea, `[west, south, east, north]`.
pub const NETHERLANDS: [f64; 4] = [2.5, 50.6, 7.4, 55.9];
/// Most points a person's shape may have.
pub const MAX_POINTS: usize = 10_000;

/// A shape in EPSG:4326 that was checked: finite, in the Netherlands, closed rings, no self-intersection.
#[derive(Debug, Clone, PartialEq)]
pub struct Geom(Geometry<f64>);

impl Geom {
    /// Checks a shape; points, lines and areas with their multiples only.
    ///
    /// # Errors
    /// [`Reason`] tells what is wrong with it.
    pub fn new(geometry: Geometry<f64>) -> Result<Self, Reason> {
        match geometry {
            Geometry::Point(_)
            | Geometry::LineString(_)
            | Geometry::Polygon(_)
            | Geometry::MultiPoint(_)
            | Geometry::MultiLineString(_)
            | Geometry::MultiPolygon(_) => {}
            _ => return Err(Reason::WrongGeometryType),
        }
        if geometry.coords_count() > MAX_POINTS {
            return Err(Reason::TooMany { max: MAX_POINTS });
        }
        if shape_valid::parts(&geometry) > MAX_PARTS {
            return Err(Reason::TooMany { max: MAX_PARTS });
        }
        let bounds = geometry.bounding_rect().ok_or(Reason::BrokenShape)?;
        let [west, south, east, north] = NETHERLANDS;
        if geometry.coords_iter().any(|c| !c.x.is_finite() || !c.y.is_finite()) {
            return Err(Reason::BrokenShape);
        }
        if bounds.min().x < west || bounds.max().x > east || bounds.min().y < south || bounds.max().y > north {
            return Err(Reason::OutsideTheNetherlands);
        }
        if !shape_valid::is_valid(&geometry) {
            return Err(Reason::BrokenShape);
        }
        Ok(Self(geometry))
    }

    /// Reads a GeoJSON geometry object (RFC 7946).
    ///
    /// # Errors
    /// [`Reason::NotAGeometry`], or what [`Geom::new`] says.
    pub fn from_geojson(value: serde_json::Value) -> Result<Self, Reason> {
        let parsed = serde_json::from_value::<geojson::Geometry>(value).map_err(|_| Reason::NotAGeometry)?;
        // A ring that does not close would be closed silently on the way in.
        if !rings_close(&parsed.value) {
            return Err(Reason::BrokenShape);
        }
        Self::new(Geometry::try_from(parsed).map_err(|_| Reason::NotAGeometry)?)
    }

    /// The shape itself.
    #[must_use]
    pub fn geometry(&self) -> &Geometry<f64> {
        &self.0
    }

    /// EWKB with SRID 4326: what PostGIS takes for a geometry as it is.
    ///
    /// # Panics
    /// Never: writing to memory does not fail.
    #[must_use]
    pub fn to_ewkb(&self) -> Vec<u8> {
        self.0.to_ewkb(CoordDimensions::xy(), Some(4326)).unwrap_or_default()
    }
}

fn rings_close(value: &geojson::GeometryValue) -> bool {
    use geojson::GeometryValue::{MultiPolygon, Polygon};
    let closed = |ring: &Vec<geojson::Position>| ring.len() >= 4 && ring.first() == ring.last();
    match value {
        Polygon { coordinates } => coordinates.iter().all(closed),
        MultiPolygon { coordinates } => coordinates.iter().flatten().all(closed),
        _ => true,
    }
}

impl From<Geom> for Value {
    fn from(geom: Geom) -> Self {
        Value::Bytes(Some(geom.to_ewkb()))
    }
}

/// A geometry column as GeoJSON text, ready for the answer: made by ourselves from the database, never by a client. Select the column itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeoJsonText(pub String);

impl crate::written::Json for GeoJsonText {
    fn json(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.as_bytes());
    }
}

impl sea_orm::TryGetable for GeoJsonText {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let broken = |error: String| TryGetError::DbErr(sea_orm::DbErr::Type(error));
        let pg = row.try_as_pg_row().ok_or_else(|| broken("no row of PostgreSQL".to_owned()))?;
        let raw = sqlx::Row::try_get_raw(pg, index.as_sqlx_postgres_index()).map_err(|error| broken(error.to_string()))?;
        if sqlx::ValueRef::is_null(&raw) {
            return Err(TryGetError::Null("geometry".to_owned()));
        }
        let ewkb = raw.as_bytes().map_err(|error| broken(error.to_string()))?;
        crate::shape_json::geojson(ewkb).map(Self).map_err(|reason| broken(reason.to_string()))
    }
}

/// A shape a client sent: what it said, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct GeoJsonInput {
    said: serde_json::Value,
    /// The checked shape, or why it is none: the command names the field.
    pub shape: Result<Geom, Reason>,
}

const SCALAR: &str = "GeoJSON";

fn register(registry: &mut async_graphql::registry::Registry) -> String {
    registry.create_output_type::<RawScalar, _>(async_graphql::registry::MetaTypeId::Scalar, |_| {
        async_graphql::registry::MetaType::Scalar {
            name: SCALAR.to_owned(),
            description: Some("A GeoJSON geometry object (RFC 7946): WGS 84, longitude first, at most 7 decimals.".to_owned()),
            is_valid: None,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            specified_by_url: Some("https://datatracker.ietf.org/doc/html/rfc7946".to_owned()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        }
    })
}

/// Stands for the scalar in the registry, whichever of the two sides is met first.
struct RawScalar;

impl async_graphql::OutputType for RawScalar {
    fn type_name() -> std::borrow::Cow<'static, str> {
        SCALAR.into()
    }
    fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
        register(registry)
    }
    async fn resolve(
        &self,
        _: &async_graphql::ContextSelectionSet<'_>,
        _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
    ) -> async_graphql::ServerResult<async_graphql::Value> {
        Ok(async_graphql::Value::Null)
    }
}

impl async_graphql::OutputType for GeoJsonText {
    fn type_name() -> std::borrow::Cow<'static, str> {
        SCALAR.into()
    }
    fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
        register(registry)
    }
    async fn resolve(
        &self,
        _: &async_graphql::ContextSelectionSet<'_>,
        _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
    ) -> async_graphql::ServerResult<async_graphql::Value> {
        let mut raw = async_graphql::indexmap::IndexMap::with_capacity(1);
        raw.insert(async_graphql::Name::new(async_graphql_value::RAW_VALUE_TOKEN), async_graphql::Value::String(self.0.clone()));
        Ok(async_graphql::Value::Object(raw))
    }
}

/// Checks a shape, a large one beside what else the thread has to do. One of a few hundred points is checked sooner than handed over.
fn checked(json: serde_json::Value) -> Result<Geom, Reason> {
    let large = json.get("coordinates").is_some_and(|coordinates| numbers(coordinates) > LARGE);
    let several = tokio::runtime::Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
    if large && several { tokio::task::block_in_place(|| Geom::from_geojson(json)) } else { Geom::from_geojson(json) }
}

/// Numbers in a shape that are many.
const LARGE: usize = 1_000;

fn numbers(value: &serde_json::Value) -> usize {
    value.as_array().map_or(1, |values| values.iter().map(numbers).sum())
}

impl async_graphql::InputType for GeoJsonInput {
    type RawValueType = Self;
    fn type_name() -> std::borrow::Cow<'static, str> {
        SCALAR.into()
    }
    fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
        register(registry)
    }
    fn parse(value: Option<async_graphql::Value>) -> async_graphql::InputValueResult<Self> {
        let json = value.unwrap_or_default().into_json().map_err(async_graphql::InputValueError::custom)?;
        if json.is_null() {
            return Err(async_graphql::InputValueError::expected_type(async_graphql::Value::Null));
        }
        let shape = checked(json.clone());
        Ok(Self { shape, said: json })
    }
    fn to_value(&self) -> async_graphql::Value {
        async_graphql::Value::from_json(self.said.clone()).unwrap_or_default()
    }
    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Reads EWKB as the database gives it.
///
/// # Errors
/// [`Reason::BrokenShape`] for bytes that are no shape.
pub fn from_ewkb(bytes: Vec<u8>) -> Result<Geometry<f64>, Reason> {
    geozero::wkb::Ewkb(bytes).to_geo().map_err(|_| Reason::BrokenShape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(value: serde_json::Value) -> Reason {
        Geom::from_geojson(value).expect_err("should be refused")
    }

    #[test]
    fn a_point_in_the_netherlands_survives_the_road() {
        let geom = Geom::from_geojson(json!({"type": "Point", "coordinates": [5.3872, 52.1551]})).expect("valid");
        assert_eq!(from_ewkb(geom.to_ewkb()).expect("valid"), *geom.geometry());
    }

    #[test]
    fn bad_shapes_are_refused_each_for_its_reason() {
        assert_eq!(refused(json!({"type": "Point", "coordinates": [52.1, 5.3]})), Reason::OutsideTheNetherlands);
        assert_eq!(refused(json!({"type": "Point"})), Reason::NotAGeometry);
        assert_eq!(refused(json!("nonsense")), Reason::NotAGeometry);
        assert_eq!(refused(json!({"type": "GeometryCollection", "geometries": []})), Reason::WrongGeometryType);
        let open = json!({"type": "Polygon", "coordinates": [[[5.0, 52.0], [5.1, 52.0], [5.1, 52.1], [5.0, 52.1]]]});
        assert_eq!(refused(open), Reason::BrokenShape);
        let bow = json!({"type": "Polygon", "coordinates": [[[5.0, 52.0], [5.1, 52.1], [5.1, 52.0], [5.0, 52.1], [5.0, 52.0]]]});
        assert_eq!(refused(bow), Reason::BrokenShape);
    }
}
