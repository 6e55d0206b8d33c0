//! What the two base maps share: every layer becomes the ground of the map, staged alike.

use crate::reason::Reject;
use crate::source::{Line, Outcome, Record};

/// Columns of the staging tables of ground layers.
pub const STAGED: &str = "source_id text, kind text, name text, level integer, width_m double precision, rank integer";
/// Columns of `backdrop` a ground layer fills.
pub const COLUMNS: &[&str] = &["kind", "name", "level", "width_m", "rank", "geom"];
/// Drawn last of all roads.
pub const LAST: i32 = 9;

/// One piece of ground, as a layer's reader sees it.
pub struct Ground {
    pub kind: &'static str,
    /// Roads: 1 motorway .. 9 path.
    pub rank: i32,
}

impl Ground {
    pub fn of(kind: &'static str) -> Option<Self> {
        Some(Self { kind, rank: LAST })
    }

    pub fn road(rank: i32) -> Option<Self> {
        Some(Self { kind: "road", rank })
    }
}

/// Writes a piece; none is passed over, and so is one that is no longer there. `suffix` keeps the area and the centre line of one road
/// apart, which share their identification.
///
/// # Errors
/// Without identification.
pub fn write(record: &Record<'_>, ground: Option<Ground>, line: &mut Line) -> Result<Outcome, Reject> {
    let (Some(ground), None) = (ground, record.get("ended")) else { return Ok(Outcome::Skip) };
    let id = record.need("id")?;
    let suffix = if record.layer.ends_with("lijn") { ":line" } else { "" };
    let level = record.get("level").and_then(|l| l.parse::<f64>().ok()).map_or(0, |l| l as i32);
    line.text(Some(&format!("{id}{suffix}"))).text(Some(ground.kind)).text(record.words("name", 200)?.as_deref());
    line.put(Some(level)).put(record.amount("width_m").unwrap_or_default()).put(Some(ground.rank));
    Ok(Outcome::Keep)
}
