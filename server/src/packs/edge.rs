//! What lies around a terrain and is not its own: plots, buildings, addresses and infrastructure up to [`EDGE_M`] metres away, with the fields
//! that tiles have. Found in one statement, read a page at a time.

use async_stream::try_stream;
use axum::body::Bytes;
use futures_util::Stream;
use sea_orm::FromQueryResult;
use terrein_shared::layer::Layer;
use uuid::Uuid;

use super::{Asking, EDGE_M};
use crate::error::Result;
use crate::listing::uuids;
use crate::{building, infrastructure, plot};

/// Rows in one page.
const PAGE: usize = 500;
/// Bytes of a row on the way, compressed, and of what is there without any.
const ROW_BYTES: usize = 60;
const LEAST_BYTES: usize = 400;
/// In the order in which they are sent.
const LAYERS: [&Layer; 4] = [&plot::LAYER, &building::LAYER, &building::ADDRESS_LAYER, &infrastructure::LAYER];

#[derive(FromQueryResult)]
struct Found {
    layer: i32,
    id: Uuid,
    changed_seq: i64,
}

#[derive(FromQueryResult)]
struct Row {
    feature: String,
}

/// What there is around a terrain, for its caller.
pub struct Edge {
    pub version: String,
    pages: Vec<(&'static Layer, Vec<Uuid>)>,
}

impl Edge {
    /// # Errors
    /// As the database answers.
    pub(super) async fn find(asking: &Asking) -> Result<Self> {
        let parts: Vec<String> = LAYERS
            .iter()
            .enumerate()
            .map(|(number, Layer { table, condition, .. })| {
                // A shape reaches in from outside the box, but no box of one does not overlap it: `&&` alone goes by the index.
                format!(
                    "select {number} as layer, id, changed_seq from {table} where geom && (select box from around) and {condition}
                       and terrain_id is distinct from $1 and ST_DWithin(geom_rd, (select geom_rd from around), $2)"
                )
            })
            .collect();
        let sql = format!(
            "with around as materialized (select geom_rd, ST_Transform(ST_Expand(geom_rd, $2), 4326) as box from terrain where id = $1)
             select layer, id, changed_seq from ({}) found order by layer, id",
            parts.join(" union all ")
        );
        let _turn = asking.turn().await?;
        let caller = asking.caller();
        let found: Vec<Found> = caller.all(&sql, [asking.terrain.0.into(), EDGE_M.into()]).await?;
        asking.done(&caller).await?;
        let mut hash = blake3::Hasher::new();
        for Found { id, changed_seq, .. } in &found {
            hash.update(id.as_bytes()).update(&changed_seq.to_be_bytes());
        }
        let mut pages = Vec::new();
        for (number, layer) in LAYERS.into_iter().enumerate() {
            let ids: Vec<Uuid> = found.iter().filter(|found| usize::try_from(found.layer) == Ok(number)).map(|found| found.id).collect();
            pages.extend(ids.chunks(PAGE).map(|ids| (layer, ids.to_vec())));
        }
        Ok(Self { version: hash.finalize().to_hex()[..24].to_owned(), pages })
    }

    /// Bytes on the way, about.
    #[must_use]
    pub fn about(&self) -> usize {
        LEAST_BYTES + self.pages.iter().map(|(_, ids)| ids.len() * ROW_BYTES).sum::<usize>()
    }

    /// A FeatureCollection; one that breaks off ends without its last bracket.
    pub(super) fn stream(self, asking: Asking) -> impl Stream<Item = Result<Bytes>> + Send + use<> {
        try_stream! {
            yield Bytes::from_static(b"{\"type\":\"FeatureCollection\",\"features\":[");
            let mut first = true;
            for (layer, ids) in self.pages {
                let rows = read(&asking, layer, ids).await?;
                if rows.is_empty() {
                    continue;
                }
                let text: Vec<&str> = rows.iter().map(|row| row.feature.as_str()).collect();
                yield Bytes::from(format!("{}{}", if std::mem::take(&mut first) { "" } else { "," }, text.join(",")));
            }
            yield Bytes::from(format!("]{}}}\n", asking.counted()));
        }
    }
}

async fn read(asking: &Asking, layer: &Layer, ids: Vec<Uuid>) -> Result<Vec<Row>> {
    let Layer { name, table, columns, condition, .. } = layer;
    let sql = format!(
        "select '{{\"type\":\"Feature\",\"geometry\":' || ST_AsGeoJSON(geom, 7) || ',\"properties\":'
                || (select to_jsonb(fields) || '{{\"layer\":\"{name}\"}}'::jsonb from (select {columns}) fields)::text || '}}' as feature
         from {table} where id = any (($1::text)::uuid[]) and {condition} order by id"
    );
    let _turn = asking.turn().await?;
    let caller = asking.caller();
    let rows = caller.all(&sql, [uuids(ids)]).await?;
    asking.done(&caller).await?;
    Ok(rows)
}
