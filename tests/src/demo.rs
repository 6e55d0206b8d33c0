//! The demo's names for tests: ids, people by their role, places.

use serde_json::{Value, json};
use terrein::demo::{HOOGE_WAARD, KLEIN_EILAND, id};
use uuid::Uuid;

/// Nobody, then somebody of every role, then the neighbour of the closed terrain: the columns of the matrix.
pub const PEOPLE: [(&str, Option<&str>); 14] = [
    ("nobody", None),
    ("aanjager", Some("aanjager@demo.example")),
    ("entrepreneur", Some("ondernemer@demo.example")),
    ("entrepreneur2", Some("kadebeton@demo.example")),
    ("entrepreneur3", Some("polderstaal@demo.example")),
    ("owner", Some("eigenaar@demo.example")),
    ("park_manager", Some("parkmanager@demo.example")),
    ("project_lead", Some("projectleider@demo.example")),
    ("municipality", Some("gemeente@demo.example")),
    ("grid_operator", Some("netbeheerder@demo.example")),
    ("province", Some("provincie@demo.example")),
    ("partner", Some("partner@demo.example")),
    ("admin", Some("beheerder@demo.example")),
    ("neighbour", Some("buur@demo.example")),
];

/// A place on De Hooge Waard: longitude and latitude, EPSG:4326.
pub const PLACE: [f64; 2] = [5.082_775, 51.804_365];
/// A place on Klein Eiland.
pub const CLOSED_PLACE: [f64; 2] = [5.126_832, 51.806_452];

/// The open terrain's UUID.
#[must_use]
pub fn open_terrain() -> Uuid {
    id("terrain", HOOGE_WAARD)
}

/// The closed terrain's UUID.
#[must_use]
pub fn closed_terrain() -> Uuid {
    id("terrain", KLEIN_EILAND)
}

/// `terrain:…` of the open terrain.
#[must_use]
pub fn hooge_waard() -> String {
    format!("terrain:{}", open_terrain())
}

/// `terrain:…` of the closed terrain.
#[must_use]
pub fn klein_eiland() -> String {
    format!("terrain:{}", closed_terrain())
}

/// A new id of a kind, as a phone mints it.
#[must_use]
pub fn mint(kind: &str) -> String {
    format!("{kind}:{}", terrein_shared::id::new_id())
}

/// A new command id.
#[must_use]
pub fn command() -> String {
    terrein_shared::id::new_id().to_string()
}

/// A pin on the open terrain with these fields besides or instead.
#[must_use]
pub fn pin(fields: Value) -> Value {
    let mut input = json!({
        "commandId": command(), "issueId": mint("issue"), "terrainId": hooge_waard(), "kind": "PROBLEM", "title": "Lamp uit",
        "geometry": { "type": "Point", "coordinates": PLACE },
    });
    if let (Some(input), Value::Object(fields)) = (input.as_object_mut(), fields) {
        input.extend(fields);
    }
    input
}

/// The tile in which a place lies.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "places of the demo lie in the world")]
pub fn tile_of([longitude, latitude]: [f64; 2], zoom: u8) -> (u32, u32) {
    let across = f64::from(1_u32 << zoom);
    let latitude = latitude.to_radians();
    let x = (longitude + 180.0) / 360.0 * across;
    let y = (1.0 - (latitude.tan() + 1.0 / latitude.cos()).ln() / std::f64::consts::PI) / 2.0 * across;
    (x as u32, y as u32)
}
