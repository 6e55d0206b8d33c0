//! What a slice publishes as a map layer, as data: tiles (and later OGC collections) read it and know no table themselves.

/// A layer of the map.
#[derive(Debug, Clone, Copy)]
pub struct Layer {
    /// Its name in addresses and in the tile.
    pub name: &'static str,
    /// One sentence, English.
    pub description: &'static str,
    /// Table that holds `geom_web` (EPSG:3857) and `cell`.
    pub table: &'static str,
    /// Columns of the tile as SQL, with the graph's id first: `'plot:' || id as id, key`.
    pub columns: &'static str,
    /// The fields that `columns` yields, and their type, for TileJSON.
    pub fields: &'static [(&'static str, &'static str)],
    /// What a row must be to be drawn, as SQL: `deleted_at is null`.
    pub condition: &'static str,
    /// Zooms at which it is drawn; more is overzoomed by the client.
    pub min_zoom: u8,
    pub max_zoom: u8,
    /// Below z12: what is smaller than this many pixels is left out, points too; 0 keeps everything.
    pub min_pixels: f64,
    /// Whom the data is owed to.
    pub attribution: &'static str,
    /// Nobody sees another tile than anybody else: safe to cache for all.
    pub public: bool,
}
