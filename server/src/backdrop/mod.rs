//! Backdrop: water, roads, rail and green, so that the map is good without any outside tile server. From BGT and TOP10NL; tiles only.

use terrein_shared::layer::Layer;

pub const LAYER: Layer = Layer {
    name: "backdrop",
    description: "Water, roads, rail, green: the ground of the map",
    table: "backdrop",
    columns: "kind, name, level, width_m, rank",
    fields: &[("kind", "String"), ("name", "String"), ("level", "Number"), ("width_m", "Number"), ("rank", "Number")],
    condition: "deleted_at is null",
    min_zoom: 9,
    max_zoom: 16,
    min_pixels: 1.0,
    attribution: "BGT, TOP10NL",
    public: true,
};
