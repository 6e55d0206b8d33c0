//! The app's own questions: known beforehand, parsed once, allowed to be larger than what a client makes up.

use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;

/// A question by its `documentId`.
pub struct Persisted {
    pub text: String,
    pub document: ExecutableDocument,
}

static OPERATIONS: LazyLock<HashMap<String, Persisted>> = LazyLock::new(|| {
    let list: HashMap<String, String> = match serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/persisted.json"))) {
        Ok(list) => list,
        Err(error) => {
            tracing::error!(%error, "the app's questions cannot be read: the app will not work");
            HashMap::new()
        }
    };
    list.into_iter()
        .filter_map(|(id, text)| match parse_query(&text) {
            Ok(document) => Some((id, Persisted { text, document })),
            Err(error) => {
                tracing::error!(document.id = %id, %error, "a question of the app cannot be read");
                None
            }
        })
        .collect()
});

/// Questions that a program with the server inside it (the benches) added to those of the app. Nothing that comes over a wire gets here.
static REGISTERED: RwLock<Vec<(String, &'static Persisted)>> = RwLock::new(Vec::new());

/// Adds a question for the rest of the process' life; its `documentId`. For programs that run the server in process: what a client sends is
/// never registered.
///
/// # Errors
/// For a text that is no question.
pub fn register(text: &str) -> anyhow::Result<String> {
    let document = parse_query(text)?;
    let id = blake3::hash(text.as_bytes()).to_hex().to_string();
    let persisted: &'static Persisted = Box::leak(Box::new(Persisted { text: text.to_owned(), document }));
    let mut registered = REGISTERED.write().map_err(|_| anyhow::anyhow!("a registration failed halfway"))?;
    registered.push((id.clone(), persisted));
    Ok(id)
}

/// The question with this id.
#[must_use]
pub fn find(document_id: &str) -> Option<&'static Persisted> {
    OPERATIONS.get(document_id).or_else(|| {
        let registered = REGISTERED.read().ok()?;
        registered.iter().find(|(id, _)| id == document_id).map(|(_, persisted)| *persisted)
    })
}

/// Whether this is the text of one of the app's own questions, however it is broken into lines: subscriptions come as text.
#[must_use]
pub fn knows(text: &str) -> bool {
    OPERATIONS.values().any(|persisted| persisted.text.split_whitespace().eq(text.split_whitespace()))
}

/// All of them, for the test that runs each against the graph.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    OPERATIONS.iter().map(|(id, persisted)| (id.as_str(), persisted.text.as_str()))
}
