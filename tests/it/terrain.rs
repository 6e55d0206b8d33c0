//! The terrain: who sees it, what is found on it, how it is corrected, how companies are linked to it by hand.

use serde_json::{Value, json};
use terrein::demo::id;
use terrein_tests::demo::{PLACE, command, hooge_waard, klein_eiland, mint, open_terrain};
use terrein_tests::{Client, TestApp};

const PAGE: &str = "{ terrains(first: 10) { edges { node { id name counts { companies openIssues } } } } }";
const TERRAIN: &str = "query($t: ID!) { terrain(id: $t) { name locality audience version provenance { source editedFields } municipalities { code name }
  counts { plots buildings companies openIssues openProblems openOpportunities openChallenges } viewerCan { reportIssue { allowed reason } edit { allowed reason } linkCompany { allowed reason } } } }";
const EDIT: &str = "mutation($input: EditTerrainInput!) { editTerrain(input: $input) { __typename
  ... on TerrainEdited { terrain { name locality version provenance { editedFields } } } ... on TerrainChangedMeanwhile { seen terrain { name version } } } }";
const HIDDEN: &str = "select o.id from occupancy o join company c on c.id = o.company_id where c.name = 'Eilandwerf' limit 1";
const LINK: &str = "mutation($input: LinkCompanyInput!) { linkCompany(input: $input) { __typename ... on IdTaken { id } ... on CompanyLinked { occupancy { id kind linkedBy version untilOn company { name } plot { key } building { bagId } } } } }";
const END: &str = "mutation($input: EndOccupancyInput!) { endOccupancy(input: $input) { __typename ... on OccupancyEnded { occupancy { untilOn version } } ... on OccupancyChangedMeanwhile { seen occupancy { version } } } }";

fn names(page: &Value) -> Vec<String> {
    page["edges"].as_array().expect("edges").iter().filter_map(|edge| edge["node"]["name"].as_str().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_sees_public_terrains_and_not_a_closed_one() {
    let app = TestApp::demo().await;
    let page = app.anonymous().data(PAGE, json!({})).await;
    assert_eq!(names(&page["terrains"]), ["De Hooge Waard"]);
    let neighbour = app.sign_in("buur@demo.example").await.data(PAGE, json!({})).await;
    assert_eq!(names(&neighbour["terrains"]), ["De Hooge Waard", "Klein Eiland"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terrain_says_where_it_lies_how_much_there_is_and_what_one_may() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await.data(TERRAIN, json!({ "t": hooge_waard() })).await["terrain"].take();
    assert_eq!(boss["municipalities"], json!([{ "code": "GM9901", "name": "Hoogewaard" }]));
    let counts = json!({ "plots": 107, "buildings": 147, "companies": 96, "openIssues": 31, "openProblems": 14, "openOpportunities": 9, "openChallenges": 8 });
    assert_eq!(boss["counts"], counts);
    let yes = json!({ "allowed": true, "reason": null });
    assert_eq!(boss["viewerCan"], json!({ "reportIssue": yes, "edit": yes, "linkCompany": yes }));
    let no = |reason: &str| json!({ "allowed": false, "reason": reason });
    let ann = app.sign_in("ondernemer@demo.example").await.data(TERRAIN, json!({ "t": hooge_waard() })).await;
    assert_eq!(ann["terrain"]["viewerCan"], json!({ "reportIssue": yes, "edit": no("NOT_YOUR_ROLE"), "linkCompany": no("NOT_YOUR_ROLE") }));
    for (client, reason) in [(app.anonymous(), "SIGN_IN_FIRST"), (app.sign_in("buur@demo.example").await, "NOT_YOUR_TERRAIN")] {
        let terrain = client.data(TERRAIN, json!({ "t": hooge_waard() })).await["terrain"].take();
        assert_eq!(terrain["viewerCan"], json!({ "reportIssue": no(reason), "edit": no(reason), "linkCompany": no(reason) }));
        assert_eq!((&terrain["counts"]["companies"], &terrain["counts"]["openIssues"]), (&json!(0), &json!(8)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn terrains_are_found_by_name_place_and_municipality() {
    let app = TestApp::demo().await;
    let neighbour = app.sign_in("buur@demo.example").await;
    let query = "query($f: TerrainFilter) { terrains(first: 10, filter: $f) { edges { node { name } } } }";
    for (filter, found) in [
        (json!({ "text": "eiland" }), vec!["Klein Eiland"]),
        (json!({ "text": "HOOGE" }), vec!["De Hooge Waard", "Klein Eiland"]),
        (json!({ "text": "%" }), vec!["De Hooge Waard", "Klein Eiland"]),
        (json!({ "text": "100%_" }), vec![]),
        (json!({ "municipalityCode": "GM9902" }), vec!["Klein Eiland"]),
        (json!({ "municipalityCode": "GM0000" }), vec![]),
        (json!({ "bbox": [5.07, 51.79, 5.09, 51.81] }), vec!["De Hooge Waard"]),
        (json!({ "bbox": [5.07, 51.79, 5.13, 51.81], "text": "klein" }), vec!["Klein Eiland"]),
    ] {
        assert_eq!(names(&neighbour.data(query, json!({ "f": filter })).await["terrains"]), found, "{filter}");
    }
    let visitor = app.anonymous().data(query, json!({ "f": { "municipalityCode": "GM9902" } })).await;
    assert!(names(&visitor["terrains"]).is_empty());
    for (filter, field) in [
        (json!({ "bbox": [1.0, 2.0, 3.0] }), "bbox"),
        (json!({ "bbox": [6.0, 51.0, 5.0, 52.0] }), "bbox"),
        (json!({ "text": "x".repeat(101) }), "filter.text"),
        (json!({ "municipalityCode": "GM99010" }), "filter.municipalityCode"),
    ] {
        let answer = neighbour.ask(query, json!({ "f": filter })).await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn issues_are_found_by_words_and_by_where_they_lie() {
    let app = TestApp::demo().await;
    let ann = app.sign_in("ondernemer@demo.example").await;
    let query = "query($t: ID!, $f: IssueFilter) { terrain(id: $t) { issues(first: 100, filter: $f) { edges { node { title kind theme state geometry } } } } }";
    let found = |filter: Value| {
        let client = ann.clone();
        async move {
            client.data(query, json!({ "t": hooge_waard(), "f": filter })).await["terrain"]["issues"]["edges"]
                .as_array()
                .expect("edges")
                .clone()
        }
    };
    let all = found(json!({})).await;
    let solved = found(json!({ "states": ["SOLVED", "DROPPED"] })).await;
    assert!(solved.len() == 5 && solved.iter().all(|edge| edge["node"]["state"] != "OPEN"));
    let themes = found(json!({ "kinds": ["PROBLEM"], "themes": ["SAFETY"] })).await;
    assert!(!themes.is_empty() && themes.iter().all(|edge| edge["node"]["kind"] == "PROBLEM" && edge["node"]["theme"] == "SAFETY"));
    let words = found(json!({ "text": "vrachtwagens fiets" })).await;
    assert!(words.iter().any(|edge| edge["node"]["title"] == "Vrachtwagens wachten op het fietspad"));
    assert_eq!(found(json!({ "text": "!&|:*()" })).await.len(), all.len(), "signs alone ask nothing");
    // Nearby: as far as PostGIS measures it.
    let at = json!({ "type": "Point", "coordinates": PLACE });
    for metres in [50.0, 200.0, 50_000.0] {
        let near = found(json!({ "dwithinM": { "point": at, "metres": metres } })).await.len();
        let sql = format!(
            "select count(*) from issue where terrain_id = '{}' and audience in ('public', 'terrain') and ST_DWithin(geom_rd, ST_Transform('SRID=4326;POINT({} {})', 28992), {metres})",
            open_terrain(),
            PLACE[0],
            PLACE[1]
        );
        let measured = usize::try_from(app.value::<i64>(&sql).await).expect("a count");
        // One more is named to the entrepreneur's company.
        assert!((measured..=measured + 1).contains(&near), "{metres} m: {near}, {measured}");
    }
    let square = |d: f64| json!({ "type": "Polygon", "coordinates": [[[PLACE[0] - d, PLACE[1] - d], [PLACE[0] + d, PLACE[1] - d], [PLACE[0] + d, PLACE[1] + d], [PLACE[0] - d, PLACE[1] + d], [PLACE[0] - d, PLACE[1] - d]]] });
    let (within, touching) =
        (found(json!({ "within": square(0.002) })).await.len(), found(json!({ "intersects": square(0.002) })).await.len());
    assert!(within > 0 && within <= touching && touching < all.len());
    assert_eq!(found(json!({ "within": square(0.1) })).await.len(), all.len());
    assert_eq!(found(json!({ "bbox": [4.0, 51.0, 4.1, 51.1] })).await.len(), 0);
    for (filter, field) in [
        (json!({ "dwithinM": { "point": at, "metres": 0.0 } }), "dwithinM.metres"),
        (json!({ "dwithinM": { "point": at, "metres": 50_001.0 } }), "dwithinM.metres"),
        (json!({ "dwithinM": { "point": { "type": "Point", "coordinates": [52.0, 5.0] }, "metres": 5.0 } }), "dwithinM.point"),
        (json!({ "within": { "type": "Polygon", "coordinates": [[[5.0, 51.0], [5.1, 51.0], [5.1, 51.1]]] } }), "within"),
        (json!({ "intersects": "x" }), "intersects"),
    ] {
        let answer = ann.ask(query, json!({ "t": hooge_waard(), "f": filter })).await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn search_finds_companies_issues_addresses_and_plots_by_how_their_words_begin() {
    let app = TestApp::demo().await;
    let query = "query($t: ID!, $q: String!) { search(terrainId: $t, text: $q, first: 50) { __typename ... on Company { name } ... on Issue { title } ... on Address { label } ... on Plot { key } } }";
    let ann = app.sign_in("ondernemer@demo.example").await;
    let found = |client: &Client, text: &'static str| {
        let client = client.clone();
        async move { client.data(query, json!({ "t": hooge_waard(), "q": text })).await["search"].as_array().expect("hits").clone() }
    };
    assert!(found(&ann, "waardk").await.contains(&json!({ "__typename": "Company", "name": "Waardkoel Transport" })));
    assert!(found(&ann, "havenw 14").await.contains(&json!({ "__typename": "Address", "label": "Havenweg 14" })));
    assert!(found(&ann, "C1204").await.contains(&json!({ "__typename": "Plot", "key": "HGW00-C-1204" })));
    assert!(found(&ann, "lamp stuk").await.contains(&json!({ "__typename": "Issue", "title": "Lamp stuk bij achterpoort" })));
    assert!(
        found(&app.anonymous(), "waardk").await.iter().all(|hit| hit["__typename"] != "Company"),
        "companies are for those on the terrain"
    );
    assert!(found(&ann, " '); drop table plot; --").await.is_empty());
    assert!(found(&ann, "").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aanjager_corrects_a_terrain_and_imports_leave_it_so() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let edit = |version: i32, fields: Value| {
        let mut input = json!({ "commandId": command(), "terrainId": hooge_waard(), "version": version });
        input.as_object_mut().expect("fields").extend(fields.as_object().cloned().unwrap_or_default());
        input
    };
    let first = edit(1, json!({ "name": " De Nieuwe Waard " }));
    let done = boss.does(EDIT, first.clone()).await;
    assert_eq!(done["terrain"]["name"], "De Nieuwe Waard");
    assert_eq!(done["terrain"]["version"], 2);
    assert_eq!(done["terrain"]["provenance"]["editedFields"], json!(["name"]));
    assert_eq!(boss.does(EDIT, first).await, done, "twice is once");
    let cleared = boss.does(EDIT, edit(2, json!({ "locality": null }))).await;
    assert_eq!(
        (&cleared["terrain"]["locality"], &cleared["terrain"]["provenance"]["editedFields"]),
        (&Value::Null, &json!(["locality", "name"]))
    );
    let stale = boss.does(EDIT, edit(2, json!({ "name": "Te laat" }))).await;
    assert_eq!(
        stale,
        json!({ "__typename": "TerrainChangedMeanwhile", "seen": 2, "terrain": { "name": "De Nieuwe Waard", "version": 3 } })
    );
    for (fields, reason) in [(json!({ "name": " " }), "required"), (json!({ "name": "x".repeat(201) }), "too-long")] {
        let error = boss.fails(EDIT, edit(3, fields)).await;
        assert_eq!((error["field"].as_str(), error["reason"].as_str()), (Some("name"), Some(reason)));
    }
    for (email, reason) in [
        ("ondernemer", "NOT_YOUR_ROLE"),
        ("parkmanager", "NOT_YOUR_ROLE"),
        ("gemeente", "NOT_YOUR_ROLE"),
        ("buur", "NOT_YOUR_TERRAIN"),
        ("beheerder", "NOT_YOUR_TERRAIN"),
    ] {
        let error = app.sign_in(&format!("{email}@demo.example")).await.fails(EDIT, edit(3, json!({ "name": "x" }))).await;
        assert_eq!((error["code"].as_str(), error["reason"].as_str()), (Some("FORBIDDEN"), Some(reason)), "{email}");
    }
    assert_eq!(app.anonymous().fails(EDIT, edit(3, json!({ "name": "x" }))).await["reason"], "SIGN_IN_FIRST");
    let mut hidden = edit(1, json!({ "name": "x" }));
    hidden["terrainId"] = json!(klein_eiland());
    assert_eq!(boss.fails(EDIT, hidden).await["code"], "NOT_FOUND");
    // Closed: gone for visitors, there for those with a role.
    boss.does(EDIT, edit(3, json!({ "audience": "TERRAIN" }))).await;
    assert!(names(&app.anonymous().data(PAGE, json!({})).await["terrains"]).is_empty());
    assert_eq!(names(&app.sign_in("ondernemer@demo.example").await.data(PAGE, json!({})).await["terrains"]), ["De Nieuwe Waard"]);
    let issues =
        app.anonymous().data("query($t: ID!) { changes(terrains: [$t], first: 5) { items { id } } }", json!({ "t": hooge_waard() })).await;
    assert_eq!(issues["changes"]["items"], json!([]), "its public issues are closed with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_import_could_not_link_is_linked_by_hand() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    let company = format!("company:{}", id("company", "Kadebeton"));
    let plot = format!("plot:{}", id("plot", "HGW00-C-1204"));
    let link = |fields: Value| {
        let mut input = json!({ "commandId": command(), "occupancyId": mint("occupancy"), "companyId": company, "kind": "RENTS" });
        input.as_object_mut().expect("fields").extend(fields.as_object().cloned().unwrap_or_default());
        input
    };
    let first = link(json!({ "plotId": plot, "fromOn": "2026-01-01" }));
    let done = boss.does(LINK, first.clone()).await;
    let occupancy = json!({ "id": first["occupancyId"], "kind": "RENTS", "linkedBy": "person", "version": 1, "untilOn": null, "company": { "name": "Kadebeton" }, "plot": { "key": "HGW00-C-1204" }, "building": null });
    assert_eq!(done, json!({ "__typename": "CompanyLinked", "occupancy": occupancy }));
    assert_eq!(boss.does(LINK, first.clone()).await, done, "twice is once");
    let again = boss.does(LINK, link(json!({ "plotId": plot }))).await;
    assert_eq!(
        (&again["occupancy"]["id"], &again["occupancy"]["version"]),
        (&first["occupancyId"], &json!(2)),
        "the same link is the same"
    );
    // An id that is another's, also one that is hidden: it is told that it is taken, and nothing more.
    for taken in [format!("occupancy:{}", app.value::<uuid::Uuid>(HIDDEN).await), first["occupancyId"].as_str().expect("an id").to_owned()]
    {
        let other = link(json!({ "plotId": plot, "kind": "OWNS", "occupancyId": taken }));
        assert_eq!(boss.does(LINK, other.clone()).await, json!({ "__typename": "IdTaken", "id": taken }));
        assert_eq!(boss.does(LINK, other).await["__typename"], "IdTaken", "twice is once");
    }
    let both = link(json!({ "plotId": plot, "buildingId": mint("building") }));
    for input in [both, link(json!({}))] {
        assert_eq!(boss.fails(LINK, input).await["reason"], "exactly-one");
    }
    for fields in [
        json!({ "plotId": mint("plot") }),
        json!({ "plotId": format!("plot:{}", id("plot", "HGW00-D-11")) }),
        json!({ "plotId": plot, "companyId": format!("company:{}", id("company", "Eilandwerf")) }),
    ] {
        assert_eq!(boss.fails(LINK, link(fields.clone())).await["code"], "NOT_FOUND", "{fields}");
    }
    let ann = app.sign_in("ondernemer@demo.example").await;
    assert_eq!(ann.fails(LINK, link(json!({ "plotId": plot }))).await["reason"], "NOT_YOUR_ROLE");
    // Its end.
    let end =
        |version: i32| json!({ "commandId": command(), "occupancyId": first["occupancyId"], "version": version, "untilOn": "2026-10-31" });
    assert_eq!(ann.fails(END, end(2)).await["reason"], "NOT_YOUR_ROLE");
    assert_eq!(
        boss.does(END, end(1)).await,
        json!({ "__typename": "OccupancyChangedMeanwhile", "seen": 1, "occupancy": { "version": 2 } })
    );
    let manager = app.sign_in("parkmanager@demo.example").await;
    assert_eq!(manager.does(END, end(2)).await["occupancy"], json!({ "untilOn": "2026-10-31", "version": 3 }));
    let mut unknown = end(1);
    unknown["occupancyId"] = json!(mint("occupancy"));
    assert_eq!(boss.fails(END, unknown).await["code"], "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_roles_are_told_as_a_terrain_tells_them() {
    let app = TestApp::demo().await;
    let boss = app.sign_in("aanjager@demo.example").await;
    const FIELDS: &str =
        "id role validFrom validUntil person { id name } organisation { id } terrain { id } viewerCan { withdraw { allowed reason } }";
    let own = boss.data(&format!("{{ viewer {{ memberships {{ {FIELDS} }} }} }}"), json!({})).await["viewer"]["memberships"].take();
    assert_eq!(own.as_array().map(Vec::len), Some(1));
    assert!(own[0]["validFrom"].is_string(), "{own}");
    assert_eq!(own[0]["viewerCan"]["withdraw"], json!({ "allowed": false, "reason": "LAST_AANJAGER" }), "nobody else would be left");
    let query = format!("query($t: ID!) {{ people(terrainId: $t, first: 50) {{ edges {{ node {{ {FIELDS} }} }} }} }}");
    let all = boss.data(&query, json!({ "t": hooge_waard() })).await;
    let listed =
        all["people"]["edges"].as_array().expect("people").iter().find(|edge| edge["node"]["id"] == own[0]["id"]).expect("oneself");
    assert_eq!(listed["node"], own[0]);
}
