//! What the operator lays down at the command line: organisations, roles, areas.

use serde_json::{Value, json};
use terrein_tests::TestApp;
use terrein_tests::demo::{CLOSED_PLACE, klein_eiland};

use super::serve::terrein;

/// Runs the program beside a server; its one object, or the one line in which it says no.
fn says(url: &str, args: &[&str]) -> Result<Value, String> {
    let done = terrein(args).arg("--json").args(["--database-url", url]).output().expect("the program runs");
    let (out, err) = (String::from_utf8_lossy(&done.stdout).into_owned(), String::from_utf8_lossy(&done.stderr).into_owned());
    if done.status.success() {
        return Ok(serde_json::from_str(&out).unwrap_or_else(|_| panic!("one object: {out}")));
    }
    assert!(done.status.code() == Some(1) && out.is_empty() && err.lines().count() == 1, "{out}{err}");
    Err(err.trim().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_people_and_organisations_are_laid_down_at_the_command_line() {
    let app = TestApp::demo().await;
    let url = app.database.url("terrein_app");
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, geometry: Value| {
        let path = folder.path().join(name);
        std::fs::write(
            &path,
            json!({ "type": "FeatureCollection", "features": [{ "type": "Feature", "properties": {}, "geometry": geometry }] }).to_string(),
        )
        .expect("written");
        path.to_string_lossy().into_owned()
    };
    let [x, y] = CLOSED_PLACE;
    let ring = [[x - 0.01, y - 0.01], [x + 0.01, y - 0.01], [x + 0.01, y + 0.01], [x - 0.01, y + 0.01], [x - 0.01, y - 0.01]];
    let area = file("area.geojson", json!({ "type": "Polygon", "coordinates": [ring] }));
    let line = file("line.geojson", json!({ "type": "LineString", "coordinates": [[x, y], [x + 0.01, y]] }));

    let made = says(&url, &["organisation", "add", "grid_operator", "Netbeheer Proef"]).expect("made");
    assert_eq!((&made["kind"], &made["name"]), (&json!("grid_operator"), &json!("Netbeheer Proef")));
    let listed = says(&url, &["organisation", "list"]).expect("listed");
    assert!(listed["organisations"].as_array().expect("a list").contains(&made));

    let grant = ["role", "grant", "Nieuw@demo.example", "grid_operator", "--organisation", "Netbeheer Proef"];
    assert_eq!(says(&url, &grant), Err("terrein: nobody has the address nieuw@demo.example: give --name to add them".to_owned()));
    let named: Vec<&str> = grant.into_iter().chain(["--name", "Iemand Nieuw"]).collect();
    let given = says(&url, &named).expect("given");
    assert_eq!(given["organisation"], made["id"]);
    assert_eq!(says(&url, &grant).expect("held already")["membership"], given["membership"]);

    // The role is theirs, where the area lies.
    let them = app.sign_in("nieuw@demo.example").await;
    let sees =
        async || !them.data("query($t: ID!) { terrain(id: $t) { name } }", json!({ "t": klein_eiland() })).await["terrain"].is_null();
    assert!(!sees().await);
    let id = made["id"].as_str().expect("an id");
    let set = says(&url, &["area", "set", id, "--geojson", &area]).expect("set");
    assert!((2.0..5.0).contains(&set["areaKm2"].as_f64().expect("a size")), "{set}");
    assert!(sees().await);
    let withdraw = ["role", "withdraw", "nieuw@demo.example", "grid_operator", "--organisation", id];
    assert_eq!(says(&url, &withdraw).expect("ended")["membership"], given["membership"]);
    assert!(!sees().await, "at once, in a session that is open");

    // What does not fit is told in one line, and nothing is done.
    let programme = ["--organisation", "Programma Vitale Terreinen", "--terrain", "De Hooge Waard"];
    let last: Vec<&str> = ["role", "withdraw", "aanjager@demo.example", "aanjager"].into_iter().chain(programme).collect();
    for (args, why) in [
        (last, "nobody else is aanjager of this terrain: grant the role to somebody first"),
        (withdraw.to_vec(), "nieuw@demo.example does not hold role grid_operator for Netbeheer Proef there"),
        (
            vec!["role", "grant", "nieuw@demo.example", "entrepreneur", "--organisation", id],
            "role entrepreneur does not fit grid_operator without a terrain",
        ),
        (vec!["role", "grant", "nieuw@demo.example", "grid_operator", "--organisation", "Niemand"], "no organisation “Niemand”"),
        (vec!["organisation", "add", "municipality", "Gemeente Proef", "--municipality", "GM0000"], "no municipality here has code GM0000"),
        (vec!["organisation", "add", "municipality", "Gemeente Proef"], "a municipality has --municipality"),
        (vec!["area", "set", id, "--geojson", &line], "is no polygon"),
        (vec!["area", "set", id, "--province", "PV27"], "a province's code is for a province; Netbeheer Proef is a grid_operator"),
    ] {
        let said = says(&url, &args).expect_err("refused");
        assert!(said.starts_with("terrein: ") && said.contains(why), "{said}");
    }
    // All of it is in the log, as the operator's.
    let log: String = app
        .value("select string_agg(action || ' ' || result || ' ' || coalesce(object_kind, '-'), ', ' order by seq) from audit_event where actor_kind = 'system'
            and action <> 'makeSignInLink' and result = 'done'")
        .await;
    assert_eq!(
        log,
        "addOrganisation done organisation, grantRole done membership, grantRole done membership, setArea done organisation, withdrawRole done membership"
    );
    let refused: i64 = app.value("select count(*) from audit_event where actor_kind = 'system' and result = 'INVALID'").await;
    assert_eq!(refused, 8);
}
