//! The contract: the committed schema, the app's own questions, words for every code.

use async_graphql::resolver_utils::EnumType;
use serde_json::Value;
use terrein::access::policy::Denial;
use terrein::schema::{graph, persisted, sdl};
use terrein::texts::is_complete;
use terrein_shared::Reason;

/// Refresh with `TERREIN_REFRESH=1 cargo nextest run --cargo-profile ci -p terrein-tests contract`, or `terrein schema > server/schema.graphql`.
#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/schema.graphql");
    let served = sdl().to_owned();
    if std::env::var_os("TERREIN_REFRESH").is_some() {
        std::fs::write(path, &served).expect("written");
    }
    let committed = std::fs::read_to_string(path).expect("server/schema.graphql");
    if committed != served {
        let line = committed.lines().zip(served.lines()).position(|(one, other)| one != other).unwrap_or_default();
        panic!(
            "server/schema.graphql is not what is served, from line {}: refresh with `terrein schema > server/schema.graphql`",
            line + 1
        );
    }
}

#[tokio::test]
async fn every_question_of_the_app_is_one_the_graph_answers() {
    let graph = graph(true);
    let mut names = Vec::new();
    for (id, text) in persisted::all() {
        assert!(id.starts_with("sha256:") && id.len() == 71, "{id}");
        let answer = graph.execute(async_graphql::Request::new(text)).await;
        // Nobody asks here and no variable is sent: what is wrong with the text itself has no path.
        for error in answer.errors.iter().filter(|error| error.path.is_empty()) {
            assert!(error.message.starts_with("Variable ") || text.starts_with("subscription"), "{}: {text}", error.message);
        }
        names.push(text.split(['(', '{', ' ']).filter(|word| !word.is_empty()).nth(1).unwrap_or_default().to_owned());
    }
    for name in ["ReportIssue", "Changes", "TerrainChanged"] {
        assert!(names.iter().any(|known| known == name), "{name} is missing: {names:?}");
    }
}

#[test]
fn every_word_of_the_contract_is_explained() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let query = "{ __schema { types { name kind description fields(includeDeprecated: true) { name description args { name } } inputFields { name description } enumValues { name description } } } }";
    let answer = runtime.block_on(graph(true).execute(query));
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    let schema = answer.data.into_json().expect("json");
    let mut bare = Vec::new();
    let explained = |thing: &Value| thing["description"].as_str().is_some_and(|text| text.trim().len() > 1);
    for kind in schema["__schema"]["types"].as_array().expect("types") {
        let name = kind["name"].as_str().unwrap_or_default();
        if name.starts_with("__") || ["Int", "Float", "String", "Boolean", "ID"].contains(&name) {
            continue;
        }
        let union = kind["kind"] == "UNION";
        // The three roots are what everybody knows they are.
        if !explained(kind) && !["Query", "Mutation", "Subscription", "FeedSubscription"].contains(&name) {
            bare.push(name.to_owned());
        }
        for part in ["fields", "inputFields", "enumValues"] {
            bare.extend(
                kind[part]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|part| !explained(part))
                    .map(|part| format!("{name}.{}", part["name"].as_str().unwrap_or_default())),
            );
        }
        assert!(!union || explained(kind), "{name}");
    }
    assert_eq!(bare, Vec::<String>::new());
}

#[test]
fn every_code_has_words_in_both_languages() {
    for reason in Reason::all() {
        assert!(is_complete(&format!("reason-{}", reason.code())), "{reason}");
    }
    for code in
        ["unauthenticated", "forbidden", "not-found", "invalid", "too-complex", "unavailable", "internal", "rate-limited", "document"]
    {
        assert!(is_complete(&format!("error-{code}")), "{code}");
    }
    // Why somebody may not is said beside a disabled button: by the app, in its own words or the general ones.
    let app =
        |file: &str| std::fs::read_to_string(format!("{}/../pwa/src/i18n/{file}", env!("CARGO_MANIFEST_DIR"))).expect("the app's words");
    let (words, dutch, english) = (app("reasons.ts"), app("messages/nl.json"), app("messages/en.json"));
    for denial in Denial::items().iter().map(|item| item.value.code()) {
        let code = if words.contains(&format!("{denial}:")) { denial } else { "FORBIDDEN" };
        let said = words.split_once(&format!(" {code}: m.")).and_then(|(_, rest)| rest.split_once(','));
        let key = said.expect(denial).0;
        assert!(dutch.contains(&format!("\"{key}\"")) && english.contains(&format!("\"{key}\"")), "{denial}");
    }
    // One file says nothing the other does not, and no key is there twice.
    let keys = |file: &str| -> Vec<String> {
        let text = std::fs::read_to_string(format!("{}/../server/messages/{file}.ftl", env!("CARGO_MANIFEST_DIR"))).expect("messages");
        text.lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(key, _)| key.to_owned()))
            .collect()
    };
    assert_eq!(keys("nl"), keys("en"));
    let mut unique = keys("nl");
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), keys("nl").len());
}
