//! The worst that may be asked: as large as a limit lets through, or just too large, so that it is refused as late as can be.

use std::fmt::Write;

use serde_json::{Value, json};
use terrein_tests::demo::{PLACE, hooge_waard, mint, tile_of};

/// Something to ask, again and again.
pub struct Question {
    pub name: &'static str,
    pub method: &'static str,
    pub path: String,
    pub body: Option<String>,
    /// Whether it is within all limits, so that it is answered.
    pub good: bool,
}

/// A question that is within all limits.
fn good(name: &'static str, query: &str, variables: &Value) -> Question {
    Question { good: true, ..post(name, query, variables) }
}

fn post(name: &'static str, query: &str, variables: &Value) -> Question {
    let body = json!({ "query": query, "variables": variables }).to_string();
    Question { name, method: "POST", path: "/graphql".to_owned(), body: Some(body), good: false }
}

fn get(name: &'static str, path: String) -> Question {
    Question { name, method: "GET", path, body: None, good: false }
}

/// `count` times what `one` writes.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |text, n| text + &one(n))
}

/// All of them.
pub fn all() -> Vec<Question> {
    let terrain = hooge_waard();
    let t = json!({ "t": terrain });
    let mut all = Vec::new();
    // Pages: as many rows as the cost allows, with all their shapes.
    let wide = "query($t: ID!) { terrain(id: $t) { geometry a: plots(first: 100) { edges { node { id key geometry areaM2 provenance { source } } } }
        b: buildings(first: 100) { edges { node { id geometry provenance { source } } } } c: companies(first: 100) { edges { node { id name geometry } } }
        d: infrastructure(first: 90) { edges { node { id kind geometry } } } } }";
    all.push(good("wide", wide, &t));
    let deep = "query($t: ID!) { terrain(id: $t) { issues(first: 18) { edges { node { id title geometry viewerCan { edit { allowed } }
        parties(first: 5) { edges { node { id name } } } comments(first: 5) { edges { node { id text } } }
        history(first: 5) { edges { node { id } } } supports(first: 4) { edges { node { id } } } } } } } }";
    all.push(good("deep", deep, &t));
    // Fields again and again under other names: thirty counts of everything, thirty searches that find much or nothing.
    let counts = format!(
        "query($t: ID!) {{ {} }}",
        many(30, |n| format!(
            "a{n}: terrain(id: $t) {{ counts {{ plots buildings companies openIssues openProblems }} viewerCan {{ reportIssue {{ allowed }} }} }} "
        ))
    );
    all.push(good("thirty times all counts", &counts, &t));
    let searches = |word: &str| {
        format!(
            "query($t: ID!) {{ {} }}",
            many(30, |n| format!(
                "a{n}: search(terrainId: $t, text: {}, first: 15) {{ ... on Company {{ id name }} ... on Plot {{ id key }} ... on Address {{ id }} ... on Issue {{ id title }} }} ",
                json!(word)
            ))
        )
    };
    all.push(good("thirty searches", &searches("a"), &t));
    all.push(good("thirty searches of signs", &searches("' & | ! <-> :* \\ ( a:b:c %_ \u{0}x"), &t));
    all.push(good("a search of many words",
        "query($t: ID!, $w: String!) { search(terrainId: $t, text: $w, first: 50) { ... on Company { id name } ... on Plot { id key } ... on Address { id } ... on Issue { id title } } }",
        &json!({ "t": terrain, "w": "a b c d e f g ".repeat(7) }),
    ));
    let nodes = format!("{{ {} }}", many(30, |n| format!("a{n}: node(id: {}) {{ id }} ", json!(mint("plot")))));
    all.push(good("thirty things that are not there", &nodes, &json!({})));
    let terrains = format!("{{ {} }}", many(9, |n| format!("a{n}: terrains(first: 50) {{ edges {{ node {{ id geometry }} }} }} ")));
    all.push(good("nine lists of terrains", &terrains, &json!({})));
    // Fragments that unfold to all selections there may be, through all depths there may be.
    let mut folded = String::from("query($t: ID!) { terrain(id: $t) { ...a0 } } fragment a8 on Terrain { id name locality } ");
    for n in 0..8 {
        write!(folded, "fragment a{n} on Terrain {{ ...a{m} ...a{m} }} ", m = n + 1).expect("written");
    }
    all.push(good("fragments that fold out", &folded, &t));
    let mut bomb = String::from("{ ...a0 } fragment a250 on Query { viewer { id } } ");
    for n in 0..250 {
        write!(bomb, "fragment a{n} on Query {{ ...a{m} ...a{m} }} ", m = n + 1).expect("written");
    }
    all.push(post("a fragment bomb", &bomb, &json!({})));
    let conflicts = format!(
        "query($t: ID!) {{ terrain(id: $t) {{ {} }} }}",
        many(900, |n| if n % 2 == 0 { "x: name ".to_owned() } else { "x: locality ".to_owned() })
    );
    all.push(post("fields that contradict one another", &conflicts, &t));
    let unknown = format!("{{ {} }}", many(30, |n| format!("a{n}: viewer {{ {} }} ", many(30, |m| format!("nergens{m} ")))));
    all.push(post("nine hundred fields that are not there", &unknown, &json!({})));
    // Texts just under their limits that are no question: they are read to their end first.
    all.push(post("a thousand brackets", &format!("{}{}", "{a".repeat(660), "}".repeat(660)), &json!({})));
    all.push(post("a thousand open brackets", &"{a".repeat(999), &json!({})));
    all.push(post(
        "a thousand lists in one another",
        &format!("{{ node(id: {}1{}) {{ id }} }}", "[".repeat(950), "]".repeat(950)),
        &json!({}),
    ));
    all.push(post("sixteen kilobytes of words", &"{ viewer ".repeat(990), &json!({})));
    all.push(post("sixteen kilobytes of one text", &format!("{{ node(id: \"{}\") {{ id }} }}", "é".repeat(8_000)), &json!({})));
    let variables = format!("query({}) {{ viewer {{ id }} }}", many(50, |n| format!("$v{n}: [[[[Int]]]] = [[[[{n}]]]] ")));
    all.push(post("fifty variables with lists", &variables, &json!({})));
    // What comes with a question, as large as it may be.
    let nested = (0..100).fold(json!(1), |inner, _| json!({ "a": inner, "b": [1, 2, 3] }));
    all.push(post("variables in one another", "{ viewer { id } }", &json!({ "v": vec![nested; 40] })));
    let lists = json!({ "v": vec![vec!["abcdefgh"; 240]; 24] });
    all.push(post("variables of many", "{ viewer { id } }", &lists));
    let ring: Vec<[f64; 2]> = (0..2_900)
        .map(|n| f64::from(n) / 2_899.0 * std::f64::consts::TAU)
        .map(|angle| {
            [PLACE[0] + (0.01 + 0.001 * (angle * 90.0).sin()) * angle.cos(), PLACE[1] + 0.01 * angle.sin()].map(|x| (x * 1e6).round() / 1e6)
        })
        .collect();
    let mut ring = ring;
    ring.push(ring[0]);
    let shape = json!({ "t": terrain, "w": { "type": "Polygon", "coordinates": [ring] } });
    let within =
        "query($t: ID!, $w: GeoJSON!) { terrain(id: $t) { plots(first: 100, filter: { within: $w }) { edges { node { id geometry } } }
        buildings(first: 100, filter: { intersects: $w }) { edges { node { id } } } } }";
    all.push(good("a shape of three thousand points", within, &shape));
    all.push(Question {
        name: "a quarter of a megabyte of lists",
        method: "POST",
        path: "/graphql".to_owned(),
        body: Some(format!("{{\"query\":\"{{ viewer {{ id }} }}\",\"variables\":{{\"v\":[{}1]}}}}", "[],".repeat(80_000))),
        good: false,
    });
    // All the schema says of itself.
    let types = "{ __schema { types { name description fields { name description args { name description type { name ofType { name ofType { name } } } }
        type { name kind ofType { name kind ofType { name kind ofType { name } } } } } inputFields { name type { name } } enumValues { name description } } } }";
    all.push(good("what the schema says", types, &json!({})));
    all.push(get("the schema as text", "/schema.graphql".to_owned()));
    // What the app may ask, as much as it may.
    if let Some((id, _)) = terrein::schema::persisted::all().find(|(_, text)| text.starts_with("query Changes(")) {
        let body = json!({ "documentId": id, "variables": { "terrain": terrain, "since": null, "first": 1_000 } }).to_string();
        all.push(Question { name: "a thousand changes", method: "POST", path: "/graphql".to_owned(), body: Some(body), good: true });
    }
    for (name, zoom) in [("a tile from far off", 8), ("a tile near by", 14), ("a tile close by", 17)] {
        let (x, y) = tile_of(PLACE, zoom);
        all.push(get(name, format!("/tiles/backdrop,terrain,plot,building,infrastructure,address,company,issue/{zoom}/{x}/{y}")));
    }
    all
}
