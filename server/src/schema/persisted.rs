//! The app's own questions: known beforehand, parsed once, allowed to be larger than what a client makes up.

use std::collections::HashMap;
use std::sync::LazyLock;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;

/// A question by its `documentId`.
pub struct Persisted {
    pub text: String,
    pub document: ExecutableDocument,
}

static OPERATIONS: LazyLock<HashMap<String, Persisted>> = LazyLock::new(|| {
    let list: HashMap<String, String> = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/persisted.json"))).unwrap_or_default();
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

/// The question with this id.
#[must_use]
pub fn find(document_id: &str) -> Option<&'static Persisted> {
    OPERATIONS.get(document_id)
}

/// All of them, for the test that runs each against the graph.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    OPERATIONS.iter().map(|(id, persisted)| (id.as_str(), persisted.text.as_str()))
}
