//! Tiles as SQL, made from a layer's data.

use sqlx::{PgConnection, Row};
use terrein_shared::layer::Layer;

use super::coord::Coord;
use crate::error::Result;

/// Pixels around the tile, of 4096: so that lines and labels meet their neighbours.
const BUFFER: u32 = 64;
/// The same, in tiles.
pub const MARGIN: f64 = BUFFER as f64 / 4096.0;

/// One tile with each of the layers, as the connection's caller.
///
/// # Errors
/// As the database answers.
pub async fn read(connection: &mut PgConnection, layers: &[&Layer], coord: Coord, leakproof: bool) -> Result<Vec<u8>> {
    let parts: Vec<String> = layers.iter().map(|layer| sql(layer, coord, leakproof)).collect();
    let sql = format!("select {}", parts.join(" || "));
    let cells = coord.cells().unwrap_or_default();
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(i32::from(coord.z)).bind(coord.x as i32).bind(coord.y as i32);
    for edge in coord.degrees(MARGIN) {
        query = query.bind(edge);
    }
    let query = if layers.iter().any(|layer| uses_cells(layer, coord, leakproof)) { query.bind(cells) } else { query };
    Ok(query.fetch_one(connection).await?.try_get(0)?)
}

/// Whether a layer is looked up by cell. Only those whose features are smaller than one: a road, a park, a cable, an issue drawn along a river
/// may reach further than the cells around a tile, and is looked for in the whole table, so that nothing is missing.
fn uses_cells(layer: &Layer, coord: Coord, leakproof: bool) -> bool {
    !leakproof && coord.z >= 12 && matches!(layer.name, "plot" | "building" | "address" | "company")
}

/// One layer of a tile. `offset 0` keeps the outer condition outside: pulled in, it would cut each shape a second time.
///
///  `$1, $2, $3` are z, x, y; `$4` to `$7` its box in degrees with the buffer; `$8` the cells where the server's box operator is not marked leakproof.
#[must_use]
pub fn sql(layer: &Layer, coord: Coord, leakproof: bool) -> String {
    let Layer { name, table, columns, condition, min_pixels, .. } = layer;
    let cell = if uses_cells(layer, coord, leakproof) { "cell = any ($8) and " } else { "" };
    let (shape, size) = if coord.z < 12 {
        let pixel = coord.metres_per_pixel();
        let smallest = pixel * min_pixels;
        (
            format!("ST_Simplify(geom_web, {}, true)", pixel / 4.0),
            // Points have no size: a layer that leaves small things out has none of them from far off.
            format!(
                " and ({min_pixels} = 0 or ST_XMax(geom_web) - ST_XMin(geom_web) > {smallest} or ST_YMax(geom_web) - ST_YMin(geom_web) > {smallest})"
            ),
        )
    } else {
        ("geom_web".to_owned(), String::new())
    };
    format!(
        "(select coalesce(ST_AsMVT(t, '{name}', 4096, 'geom'), ''::bytea) from (
            select {columns}, ST_AsMVTGeom({shape}, ST_TileEnvelope($1, $2, $3), 4096, {BUFFER}, true) as geom from {table}
            where {cell}geom && ST_MakeEnvelope($4, $5, $6, $7, 4326) and {condition}{size} offset 0) t where geom is not null)",
    )
}
