//! The ground under a pack, as PMTiles: cut from our own backdrop, which everybody may see, or from a file of the installation. Drawn once per
//! terrain and state of the ground, and kept for all.

use std::io::Cursor as Buffer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context;
use axum::body::Bytes;
use pmtiles::{AsyncPmTilesReader, MmapBackend, PmTilesWriter, TileCoord, TileId, TileType};
use serde_json::json;
use sqlx::Row;

use super::place::Place;
use crate::app::App;
use crate::backdrop::LAYER;
use crate::error::{Error, Result};
use crate::http::buckets::Spender;
use crate::tiles::coord::Coord;
use crate::tiles::mvt;

/// Deepest zoom; what lies nearer is drawn from these.
const MOST_ZOOM: u8 = 16;
/// A harbour of ten kilometres goes less deep rather than fill the phone.
const MOST_TILES: usize = 4_000;
/// Bytes of all grounds kept.
const KEPT: u64 = 256 * 1024 * 1024;
/// A list of parts does not wait longer for one of them to be drawn.
const SOON: Duration = Duration::from_secs(3);
/// The part itself does, within the time of a request.
const WHOLE: Duration = Duration::from_secs(8);
/// A tile, before it is known.
const ABOUT_TILE: u64 = 4_000;

/// A ground as it is sent.
#[derive(Clone)]
pub struct Ground {
    pub version: String,
    pub min_zoom: u8,
    pub max_zoom: u8,
    pub bytes: Bytes,
}

/// A ground, or that it is being drawn.
pub enum Background {
    Drawn(Arc<Ground>),
    UnderWay { version: String, about: u64 },
}

impl Background {
    #[must_use]
    pub fn version(&self) -> String {
        match self {
            Self::Drawn(ground) => ground.version.clone(),
            Self::UnderWay { version, .. } => version.clone(),
        }
    }
}

/// The grounds drawn lately.
pub struct Backgrounds {
    source: Option<PathBuf>,
    kept: moka::future::Cache<String, Arc<Ground>>,
}

impl Backgrounds {
    /// # Errors
    /// For a source that is no PMTiles file of vector tiles; the line names the setting.
    pub async fn new(source: Option<PathBuf>) -> anyhow::Result<Self> {
        if let Some(path) = &source {
            let file = open(path).await.with_context(|| format!("TERREIN_PACK_BACKGROUND cannot be read: {}", path.display()))?;
            let kind = file.get_header().tile_type;
            anyhow::ensure!(kind == TileType::Mvt, "TERREIN_PACK_BACKGROUND holds no vector tiles (MVT): {}", path.display());
        }
        let kept = moka::future::Cache::builder()
            .max_capacity(KEPT)
            .weigher(|_, ground: &Arc<Ground>| u32::try_from(ground.bytes.len()).unwrap_or(u32::MAX))
            .time_to_idle(Duration::from_secs(86_400))
            .build();
        Ok(Self { source, kept })
    }

    /// The ground of a place when it is drawn soon; else that it is on its way.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn soon(&self, app: &App, place: &Place) -> Result<Background> {
        self.within(app, place, SOON).await
    }

    /// The same, waited for as long as a request may take.
    ///
    /// # Errors
    /// As the database answers.
    pub async fn whole(&self, app: &App, place: &Place) -> Result<Background> {
        self.within(app, place, WHOLE).await
    }

    async fn within(&self, app: &App, place: &Place, time: Duration) -> Result<Background> {
        let bbox = place.bbox();
        let version = match &self.source {
            Some(path) => version_of_file(path, bbox).await?,
            None => version_of_tables(app, bbox).await?,
        };
        let tiles = tiles(bbox);
        let about = tiles.len() as u64 * ABOUT_TILE;
        let (kept, source, app, key) = (self.kept.clone(), self.source.clone(), app.clone(), version.clone());
        // Goes on when whoever asked goes away: the next who asks finds it.
        let drawing = tokio::spawn(async move {
            let drawn = draw(&app, source.as_deref(), key.clone(), bbox, tiles);
            kept.try_get_with(key, drawn).await
        });
        match tokio::time::timeout(time, drawing).await {
            Err(_) => Ok(Background::UnderWay { version, about }),
            Ok(Ok(Ok(ground))) => Ok(Background::Drawn(ground)),
            Ok(Ok(Err(error))) => Err(match &*error {
                Error::Unavailable(cause) => Error::Unavailable(anyhow::anyhow!("{cause:#}")),
                error => Error::Internal(anyhow::anyhow!("{error}")),
            }),
            Ok(Err(error)) => Err(Error::Internal(error.into())),
        }
    }
}

async fn open(path: &Path) -> anyhow::Result<AsyncPmTilesReader<MmapBackend>> {
    Ok(AsyncPmTilesReader::new_with_path(path).await?)
}

fn version(words: &str, bbox: [f64; 4]) -> String {
    blake3::hash(format!("{words} {bbox:?}").as_bytes()).to_hex()[..24].to_owned()
}

async fn version_of_file(path: &Path, bbox: [f64; 4]) -> Result<String> {
    let unread = |error: std::io::Error| Error::Internal(error.into());
    let about = tokio::fs::metadata(path).await.map_err(unread)?;
    let since = about.modified().map_err(unread)?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(version(&format!("file {} {}", about.len(), since.as_nanos()), bbox))
}

/// As nobody: the ground is the same for all.
async fn version_of_tables(app: &App, [west, south, east, north]: [f64; 4]) -> Result<String> {
    let mut read = app.database.read(None).await?;
    let row = sqlx::query(
        "select count(*)::text || ' ' || coalesce(sum(version), 0)::text || ' ' || coalesce(max(import_run_id::text), '') from backdrop
         where geom && ST_MakeEnvelope($1, $2, $3, $4, 4326)",
    )
    .bind(west)
    .bind(south)
    .bind(east)
    .bind(north)
    .fetch_one(read.connection())
    .await?;
    read.commit().await?;
    Ok(version(row.try_get(0)?, [west, south, east, north]))
}

/// The tiles a box touches, coarse ones first, each zoom in the order of the file; a zoom that would be too much is left out with all finer ones.
fn tiles([west, south, east, north]: [f64; 4]) -> Vec<Coord> {
    let mut tiles = Vec::new();
    for z in 0..=MOST_ZOOM {
        let (left, top) = at(west, north, z);
        let (right, bottom) = at(east, south, z);
        let mut more: Vec<Coord> = (left..=right).flat_map(|x| (top..=bottom).map(move |y| Coord { z, x, y })).collect();
        if tiles.len() + more.len() > MOST_TILES {
            break;
        }
        more.sort_by_key(|coord| TileCoord::new(coord.z, coord.x, coord.y).map(|coord| TileId::from(coord).value()).unwrap_or_default());
        tiles.extend(more);
    }
    tiles
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within the world")]
fn at(longitude: f64, latitude: f64, z: u8) -> (u32, u32) {
    let across = f64::from(1_u32 << z);
    let radians = latitude.to_radians();
    let x = (longitude + 180.0) / 360.0 * across;
    let y = (1.0 - (radians.tan() + 1.0 / radians.cos()).ln() / std::f64::consts::PI) / 2.0 * across;
    (x.clamp(0.0, across - 1.0) as u32, y.clamp(0.0, across - 1.0) as u32)
}

async fn draw(app: &App, source: Option<&Path>, version: String, bbox: [f64; 4], tiles: Vec<Coord>) -> Result<Arc<Ground>> {
    let file = match source {
        Some(path) => Some(open(path).await.map_err(Error::Internal)?),
        None => None,
    };
    let mut drawn = Vec::new();
    for coord in tiles {
        let bytes = match &file {
            Some(file) => copied(file, coord).await.map_err(Error::Internal)?,
            None => own(app, coord).await?,
        };
        if !bytes.is_empty() {
            drawn.push((coord, bytes));
        }
    }
    let min_zoom = drawn.first().map_or(MOST_ZOOM, |(coord, _)| coord.z);
    let max_zoom = drawn.last().map_or(MOST_ZOOM, |(coord, _)| coord.z);
    let written = tokio::task::spawn_blocking(move || write(&drawn, bbox, min_zoom, max_zoom)).await;
    let bytes = written.map_err(|error| Error::Internal(error.into()))?.map_err(Error::Internal)?;
    Ok(Arc::new(Ground { version, min_zoom, max_zoom, bytes: bytes.into() }))
}

async fn copied(file: &AsyncPmTilesReader<MmapBackend>, coord: Coord) -> anyhow::Result<Vec<u8>> {
    let id = TileCoord::new(coord.z, coord.x, coord.y)?;
    Ok(file.get_tile_decompressed(id).await?.map(|bytes| bytes.to_vec()).unwrap_or_default())
}

/// One tile, in a transaction of its own and in the turns of tiles.
async fn own(app: &App, coord: Coord) -> Result<Vec<u8>> {
    if !(LAYER.min_zoom..=LAYER.max_zoom).contains(&coord.z) {
        return Ok(Vec::new());
    }
    let busy = || Error::Unavailable(anyhow::anyhow!("no turn to draw the ground of a pack"));
    let _turn = app.buckets.tile_turn(&Spender::Address(None)).await.ok_or_else(busy)?;
    let mut read = app.database.read(None).await?;
    let bytes = mvt::read(read.connection(), &[&LAYER], coord, app.leakproof).await?;
    read.commit().await?;
    Ok(bytes)
}

fn write(tiles: &[(Coord, Vec<u8>)], [west, south, east, north]: [f64; 4], min_zoom: u8, max_zoom: u8) -> anyhow::Result<Vec<u8>> {
    let fields: serde_json::Map<String, serde_json::Value> =
        LAYER.fields.iter().map(|(name, kind)| ((*name).to_owned(), json!(kind))).collect();
    let metadata = json!({
        "attribution": LAYER.attribution,
        "vector_layers": [{ "id": LAYER.name, "description": LAYER.description, "minzoom": min_zoom, "maxzoom": max_zoom, "fields": fields }],
    });
    let mut out = Buffer::new(Vec::new());
    let mut writer = PmTilesWriter::new(TileType::Mvt)
        .min_zoom(min_zoom)
        .max_zoom(max_zoom)
        .bounds(west, south, east, north)
        .center(f64::midpoint(west, east), f64::midpoint(south, north))
        .metadata(metadata.to_string())
        .create(&mut out)?;
    for (coord, bytes) in tiles {
        writer.add_tile(TileCoord::new(coord.z, coord.x, coord.y)?, bytes)?;
    }
    writer.finalize()?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_park_goes_down_to_the_street_and_a_province_less_deep() {
        let park = tiles([5.07, 51.80, 5.10, 51.815]);
        assert!(park.iter().any(|tile| tile.z == MOST_ZOOM) && park.len() < 150, "{}", park.len());
        let province = tiles([4.8, 51.6, 5.8, 52.1]);
        assert!(province.len() <= MOST_TILES && province.iter().all(|tile| tile.z < MOST_ZOOM));
    }
}
