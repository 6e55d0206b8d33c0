//! Tiles: MVT and TileJSON of every layer a slice publishes, read as the caller, so that no tile shows what a page hides.

pub mod coord;
pub mod mvt;

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use terrein_shared::layer::Layer;

use self::coord::Coord;
use crate::app::App;
use crate::error::Error;
use crate::http::audited::look;
use crate::http::extract::Path;
use crate::http::peer::Peer;
use crate::http::problem::Problem;
use crate::http::session::{Asker, Session, meet};
use crate::{backdrop, building, company, infrastructure, issue, plot, terrain};

/// Every layer there is, in drawing order.
pub const LAYERS: [Layer; 8] = [
    backdrop::LAYER,
    terrain::LAYER,
    plot::LAYER,
    building::LAYER,
    infrastructure::LAYER,
    building::ADDRESS_LAYER,
    company::LAYER,
    issue::LAYER,
];

fn find(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

/// The layers an address names, each once; `None` when there is one that is not, or one twice: a tile with two layers of one name is no tile.
fn named(names: &str) -> Option<Vec<&'static Layer>> {
    let layers: Vec<&Layer> = names.split(',').map(find).collect::<Option<_>>()?;
    let mut seen = HashSet::new();
    layers.iter().all(|layer| seen.insert(layer.name)).then_some(layers)
}

/// `/tiles/{layers}/{z}/{x}/{y}`: one or several layers in one tile; 204 for nothing.
pub async fn tile(
    State(app): State<App>,
    Peer(address): Peer,
    asker: Asker,
    headers: HeaderMap,
    Path((names, z, x, y)): Path<(String, String, String, String)>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(asker.language);
    let y = y.trim_end_matches(".mvt").trim_end_matches(".pbf");
    let coord = Coord::parse(&z, &x, y).ok_or_else(unknown)?;
    let layers = named(&names).ok_or_else(unknown)?;
    let public = layers.iter().all(|layer| layer.public);
    let shown: Vec<&Layer> = layers.into_iter().filter(|layer| (layer.min_zoom..=layer.max_zoom).contains(&coord.z)).collect();
    let language = asker.language;
    let problem = |error| match error {
        Error::Unauthenticated => Problem::token(language),
        error => Problem::of(&error, language),
    };
    meet(&app, &asker, address).await?;
    let mut bytes = Vec::new();
    if !shown.is_empty() {
        let spender = app.buckets.claimant(asker.hash.as_ref(), address);
        app.buckets.tile(&spender).map_err(|seconds| Problem::too_many(language, seconds))?;
        let _turn = app.buckets.tile_turn(&spender).await.ok_or_else(|| Problem::busy(language))?;
        // With the eyes of a role, for the aanjager of the terrain.
        look(&app, &asker, address).await?;
        let mut read = app.database.read(asker.hash.as_ref()).await.map_err(problem)?;
        bytes = mvt::read(read.connection(), &shown, coord, app.leakproof).await.map_err(problem)?;
        read.commit().await.map_err(problem)?;
    }
    // What somebody may see can change under the same address: everything but the ground is asked for again, and mostly unchanged.
    let cache = if public { "public, max-age=300" } else { "private, no-cache" };
    let etag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..24]);
    let mut response = if headers.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == etag.as_bytes()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if bytes.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile")], bytes).into_response()
    };
    let set = response.headers_mut();
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    set.insert(header::VARY, HeaderValue::from_static("cookie, authorization, x-terrein-see-as, accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        set.insert(header::ETAG, etag);
    }
    Ok(response)
}

/// `/tiles/{layers}.json`: TileJSON 3.
pub async fn tilejson(State(app): State<App>, session: Session, Path(file): Path<String>) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(session.language);
    let names = file.strip_suffix(".json").ok_or_else(unknown)?;
    let layers = named(names).ok_or_else(unknown)?;
    let attribution: Vec<&str> = layers.iter().map(|layer| layer.attribution).filter(|text| !text.is_empty()).collect();
    let vector_layers: Vec<_> = layers
        .iter()
        .map(|layer| {
            let fields: serde_json::Map<String, serde_json::Value> = layer.fields.iter().map(|(name, kind)| ((*name).to_owned(), json!(kind))).collect();
            json!({ "id": layer.name, "description": layer.description, "minzoom": layer.min_zoom, "maxzoom": layer.max_zoom, "fields": fields })
        })
        .collect();
    Ok(Json(json!({
        "tilejson": "3.0.0",
        "name": names,
        "scheme": "xyz",
        "tiles": [format!("{}/tiles/{names}/{{z}}/{{x}}/{{y}}", app.public_url)],
        "minzoom": layers.iter().map(|layer| layer.min_zoom).min(),
        "maxzoom": layers.iter().map(|layer| layer.max_zoom).max(),
        "bounds": terrein_shared::geometry::NETHERLANDS,
        "attribution": attribution.join(", "),
        "vector_layers": vector_layers,
    }))
    .into_response())
}
