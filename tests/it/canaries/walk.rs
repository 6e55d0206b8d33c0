//! Somebody who goes to every door, and what they meet there.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use mvt_reader::Reader;
use serde_json::{Value, json};
use terrein::tiles::LAYERS;
use terrein_tests::Client;
use terrein_tests::client::Answer;
use terrein_tests::demo::tile_of;

use super::graph::Contract;
use super::tables::{Door, NODES, ROOTS, ROUTES};
use super::world::{Needle, World};

/// Codes with which a question may be refused; any other means that the test asked something wrong.
const REFUSED: [&str; 3] = ["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"];
/// Zooms at which a tile is read.
const ZOOMS: [u8; 3] = [10, 14, 16];

/// All canaries, looked for at once.
pub struct Watch {
    needles: Vec<Needle>,
    search: AhoCorasick,
}

impl Watch {
    pub fn new(needles: Vec<Needle>) -> Self {
        let search = AhoCorasick::builder().ascii_case_insensitive(true).build(needles.iter().map(|needle| &needle.text)).expect("needles");
        Self { needles, search }
    }
}

/// What somebody met, and at which door first.
pub type Met = BTreeMap<String, String>;

/// What everybody asks.
pub struct Round {
    pub watch: Watch,
    questions: Vec<String>,
    feed: String,
    tiles: BTreeSet<(u8, u32, u32)>,
    /// Rows with their ids.
    ids: Vec<(String, String)>,
    packs: Vec<String>,
}

impl Round {
    pub fn new(world: &World) -> Self {
        let contract = Contract::read();
        let mut questions = Vec::new();
        for (root, arguments, steps) in ROOTS {
            let field = contract.fields("Query").iter().find(|field| field.name == root).unwrap_or_else(|| panic!("no root field {root}"));
            for given in arguments {
                let given = world.fill(given);
                let asked = if given.is_empty() { root.to_owned() } else { format!("{root}({given})") };
                questions.extend(contract.questions(&vec![asked], &field.of, steps, usize::from(given.contains("first:"))));
            }
        }
        questions.extend(contract.by_id(world));
        let tiles = world
            .needles
            .iter()
            .filter_map(|needle| needle.place)
            .flat_map(|place| {
                ZOOMS.map(|zoom| {
                    let (x, y) = tile_of(place, zoom);
                    (zoom, x, y)
                })
            })
            .collect();
        let ids = world.all().map(|(row, id)| (row.clone(), id.to_string())).collect();
        let packs = ["here", "away", "deleted"].map(|name| format!("/packs/{}", world.known(&format!("terrain:{name}")))).to_vec();
        Self { watch: Watch::new(world.needles.clone()), questions, feed: contract.feed(world), tiles, ids, packs }
    }
}

impl World {
    /// `{row}` as its UUID.
    pub fn fill(&self, text: &str) -> String {
        self.all().fold(text.to_owned(), |text, (row, id)| text.replace(&format!("{{{row}}}"), &id.to_string()))
    }
}

impl Contract {
    /// Everything that was planted, by its id; as many in a question as one may hold.
    fn by_id(&self, world: &World) -> Vec<String> {
        let mut asked = Vec::new();
        for (table, kind, of) in NODES {
            asked.extend(
                world
                    .rows(table)
                    .map(|(_, id)| format!("node(id: \"{kind}:{id}\") {{ id ... on {of} {{ {} }} }}", self.selection(of, 1, 1))),
            );
        }
        // What is no thing of the graph.
        for table in ["person", "membership", "invitation", "passkey", "issue_event", "import_run", "backdrop", "gone"] {
            asked.extend(world.rows(table).map(|(_, id)| format!("node(id: \"{table}:{id}\") {{ __typename }}")));
        }
        let mut questions = Vec::new();
        let mut parts: Vec<String> = Vec::new();
        for one in asked {
            let with = |parts: &[String]| {
                format!("{{ {} }}", parts.iter().enumerate().map(|(n, part)| format!("n{n}: {part}")).collect::<Vec<_>>().join(" "))
            };
            parts.push(one);
            if !Self::fits(&with(&parts)) {
                let last = parts.pop().expect("the one that is too many");
                questions.push(with(&parts));
                parts = vec![last];
            } else if parts.len() == 30 {
                questions.push(with(&parts));
                parts.clear();
            }
        }
        if !parts.is_empty() {
            questions
                .push(format!("{{ {} }}", parts.iter().enumerate().map(|(n, part)| format!("n{n}: {part}")).collect::<Vec<_>>().join(" ")));
        }
        questions
    }

    /// A page of the feed after a cursor.
    fn feed(&self, world: &World) -> String {
        format!(
            "query($since: String) {{ changes(terrains: [\"terrain:{}\", \"terrain:{}\"], since: $since, first: 100) {{ cursor more items {{ kind id node {{ {} }} }} }} }}",
            world.known("terrain:here"),
            world.known("terrain:away"),
            self.selection("Node", 0, 0)
        )
    }
}

/// Who looks, and how.
pub struct Looker {
    pub name: String,
    pub client: Client,
    /// The value of the header with which an aanjager looks through other eyes.
    pub eyes: Option<String>,
    met: Met,
}

impl Looker {
    pub fn new(name: &str, client: &Client) -> Self {
        Self { name: name.to_owned(), client: client.clone(), eyes: None, met: Met::new() }
    }

    pub fn sees(&mut self, watch: &Watch, door: &str, text: &[u8]) {
        for found in watch.search.find_overlapping_iter(text) {
            self.met.entry(watch.needles[found.pattern().as_usize()].key.clone()).or_insert_with(|| door.to_owned());
        }
    }

    pub fn met(self) -> (String, Met) {
        (self.name, self.met)
    }

    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.client.request(method, path);
        if let Some(eyes) = &self.eyes {
            request = request.header("x-terrein-see-as", eyes);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = self.client.send(request).await;
        assert!(
            answer.status < 500 && answer.status != 429,
            "{} at {path}: {} {}",
            self.name,
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        answer
    }

    async fn ask(&mut self, round: &Round, question: &str, variables: Value) -> Value {
        let answer = self.send("POST", "/graphql", Some(&json!({ "query": question, "variables": variables }))).await;
        self.sees(&round.watch, question, &answer.body);
        let said = answer.json();
        for error in said["errors"].as_array().into_iter().flatten() {
            let code = error["extensions"]["code"].as_str().unwrap_or_default();
            assert!(REFUSED.contains(&code), "{}: {error} for {question}", self.name);
        }
        said
    }

    /// Goes to every door of the router.
    pub async fn walk(mut self, round: &Round) -> Self {
        for (path, doors) in ROUTES {
            for door in doors {
                let few = ["nobody", "ann"].contains(&self.name.as_str());
                match *door {
                    Door::Way(_) | Door::Post(..) if !few => {}
                    Door::Graph => self.graph(round).await,
                    Door::Tiles => self.tiles(round).await,
                    Door::Packs => self.packs(round).await,
                    Door::Get(at) | Door::Way(at) => {
                        let answer = self.send("GET", at, None).await;
                        self.sees(&round.watch, path, &answer.body);
                        self.sees(&round.watch, path, format!("{:?}", answer.headers).as_bytes());
                    }
                    Door::Post(at, body) => {
                        let body: Value = serde_json::from_str(body).expect("a body");
                        let answer = self.send("POST", at, Some(&body)).await;
                        self.sees(&round.watch, path, &answer.body);
                    }
                    Door::Files(table, at) => {
                        for id in round.ids.iter().filter(|(row, _)| row.starts_with(table)).map(|(_, id)| id) {
                            let answer = self.send("GET", &at.replace("{id}", id), None).await;
                            self.sees(&round.watch, path, &answer.body);
                            self.sees(&round.watch, path, format!("{:?}", answer.headers).as_bytes());
                        }
                    }
                    // Each with eyes of its own: `canaries.rs`.
                    Door::Export | Door::Socket | Door::Invitation | Door::Metrics => {}
                }
            }
        }
        self
    }

    pub async fn graph(&mut self, round: &Round) {
        for question in &round.questions {
            self.ask(round, question, json!({})).await;
        }
        let mut since = Value::Null;
        loop {
            let mut said = self.ask(round, &round.feed, json!({ "since": since })).await;
            assert!(said["data"].is_object(), "{}: the feed answers {said}", self.name);
            since = said["data"]["changes"]["cursor"].take();
            if said["data"]["changes"]["more"] != true {
                break;
            }
        }
    }

    async fn packs(&mut self, round: &Round) {
        for pack in &round.packs {
            let mut listed = true;
            for part in ["", "/rows.geojson", "/edge.geojson", "/people.json", "/background.pmtiles"] {
                // What is hidden is so by each of its parts: `packs.rs`. Here one of them is enough.
                if !listed && part != "/rows.geojson" {
                    continue;
                }
                let answer = self.send("GET", &format!("{pack}{part}"), None).await;
                // The terrain's own id is in its address.
                let said = String::from_utf8_lossy(&answer.body).replace(pack.trim_start_matches("/packs/"), "");
                let known = answer.status == 200;
                listed &= known || !part.is_empty();
                self.sees(&round.watch, &format!("{pack}{part}"), if known { &answer.body } else { said.as_bytes() });
            }
        }
    }

    async fn tiles(&mut self, round: &Round) {
        let all: Vec<&str> = LAYERS.iter().map(|layer| layer.name).collect();
        for layers in all.iter().map(|name| (*name).to_owned()).chain([all.join(",")]) {
            for (zoom, x, y) in &round.tiles {
                // One by one where they are all drawn; together from further off.
                if (*zoom == 16) == layers.contains(',') {
                    continue;
                }
                let path = format!("/tiles/{layers}/{zoom}/{x}/{y}");
                let answer = self.send("GET", &path, None).await;
                self.sees(&round.watch, &path, &answer.body);
                if answer.status == 200 {
                    let drawn = drawn(&round.watch, answer.body, (*zoom, *x, *y));
                    self.sees(&round.watch, &path, drawn.as_bytes());
                }
            }
        }
    }
}

/// What a tile says of its features, and the places at which one of them has a corner.
fn drawn(watch: &Watch, tile: Vec<u8>, (zoom, x, y): (u8, u32, u32)) -> String {
    let reader = Reader::new(tile).expect("a tile");
    let mut said = String::new();
    let mut corners = BTreeSet::new();
    for (index, layer) in reader.get_layer_names().expect("layers").iter().enumerate() {
        for feature in reader.get_features(index).expect("features") {
            said.push_str(&format!("{layer} {:?}\n", feature.properties));
            use geo::CoordsIter;
            #[expect(clippy::cast_possible_truncation, reason = "a place in a tile")]
            corners.extend(feature.geometry.coords_iter().map(|at| (at.x.round() as i64, at.y.round() as i64)));
        }
    }
    // From far off two canaries are one dot.
    if zoom < 14 {
        return said;
    }
    for needle in &watch.needles {
        let Some([longitude, latitude]) = needle.place else { continue };
        let across = f64::from(1_u32 << zoom);
        let radians = latitude.to_radians();
        let east = ((longitude + 180.0) / 360.0 * across - f64::from(x)) * 4096.0;
        let south = ((1.0 - (radians.tan() + 1.0 / radians.cos()).ln() / std::f64::consts::PI) / 2.0 * across - f64::from(y)) * 4096.0;
        #[expect(clippy::cast_possible_truncation, reason = "a place in a tile")]
        let at = (east.round() as i64, south.round() as i64);
        if (-2..=2).any(|dx| (-2..=2).any(|dy| corners.contains(&(at.0 + dx, at.1 + dy)))) {
            said.push_str(&format!("{}\n", needle.text));
        }
    }
    said
}
